"""One line per message: constant text first, data after it as fields, so lines can be counted."""

from __future__ import annotations

import logging

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "data"}


class FieldFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            k: v for k, v in vars(record).items() if k not in _STANDARD and not k.startswith("_")
        }
        text = super().format(record)
        if fields:
            head, *trace = text.split("\n", 1)
            text = "\n".join(
                [head + "".join(f" {k}={v}" for k, v in sorted(fields.items())), *trace]
            )
        return text
