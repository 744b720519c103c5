"""What somebody takes along, written as it is read: no size of account fills the memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

_PIECE_CHARS = 64 * 1024


def stream_json(sections: Mapping[str, Any]) -> Iterator[str]:
    """One JSON object: a section that is a mapping as an object, any other as a list of rows."""
    piece, size = [], 0
    for part in _parts(sections):
        piece.append(part)
        size += len(part)
        if size >= _PIECE_CHARS:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)


def _parts(sections: Mapping[str, Any]) -> Iterator[str]:
    yield "{"
    for number, (name, section) in enumerate(sections.items()):
        yield f"{',' if number else ''}\n{json.dumps(name)}: "
        yield from [_json(section)] if isinstance(section, Mapping) else _list(section)
    yield "\n}\n"


def _list(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n  {_json(row)}"
    yield "]"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
