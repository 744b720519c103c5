"""What every API endpoint shares."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request


class StrictJSONParser(JSONParser):
    """Refuses what no honest client sends and no table can hold: nesting beyond all measure,
    halves of surrogate pairs, NUL characters."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            _require_text(data)
        except RecursionError as error:
            raise ParseError("This JSON is nested too deeply.") from error
        except UnicodeEncodeError as error:
            raise ParseError("This JSON holds characters that are no text.") from error
        return data


def _require_text(value: Any) -> None:
    if isinstance(value, str):
        value.encode()
        if "\x00" in value:
            raise ParseError("This JSON holds characters that are no text.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _require_text(name)
            _require_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _require_text(inner)


class NewestFirst(CursorPagination):
    """Keyset pages over ids that sort by time: page 1 000 costs what page 1 costs."""

    ordering = "-id"
    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not _is_id(str(cursor.position)):
            raise NotFound("This is not a page of this list.")
        return cursor


def _is_id(position: str) -> bool:
    """A UUID or a whole number that fits a big integer."""
    if position.isascii() and position.isdigit():
        return len(position) <= 18  # noqa: PLR2004 (digits of a bigint)
    try:
        UUID(position)
    except ValueError:
        return False
    return True
