"""Pages of a long list by cursor: as fast on the last page as on the first, and never counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import DateTimeField, Field, IntegerField, Model, Q, QuerySet, UUIDField
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
_SEPARATOR = "~"
_CURSORS = ("before", "after")
_WHOLE_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Newest first. The addresses are empty where the list ends; they keep other queries."""

    rows: list[M]
    newer_url: str
    older_url: str

    @property
    def is_first(self) -> bool:
        return not self.newer_url


def keyset_page(
    request: HttpRequest,
    rows: QuerySet[M],
    *,
    path: str,
    size: int,
    by: tuple[str, ...] = ("id",),
    twin: str = "",
) -> Page[M]:
    """The page of `rows` that the query names, newest first by the fields `by`, the last of
    which is unique. They are ids, instants or whole numbers.

    `?before=` holds the values of the last row seen, `?after=` those of the first; what cannot
    be read as such names the first page. `twin` is a column of a joined table that equals the one
    field of `by`: Postgres infers the order of one from the other but no bound, so both are told
    where the page begins. `path` is the page people read: the request may be for
    a fragment of it, whose own address leads nowhere.
    """
    links = _Links(request, path, by)
    after = _cursor(request, rows.model, "after", by)
    if after:
        found = list(rows.filter(_beyond(by, after, "gt", twin)).order_by(*by)[: size + 1])
        if len(found) > size:
            shown = found[:size][::-1]
            return Page(shown, links.newer(shown), links.older(shown))
    before = None if after else _cursor(request, rows.model, "before", by)
    if before:
        rows = rows.filter(_beyond(by, before, "lt", twin))
    found = list(rows.order_by(*(f"-{name}" for name in by))[: size + 1])
    shown = found[:size]
    return Page(
        shown,
        links.newer(shown) if before else "",
        links.older(shown) if len(found) > size else "",
    )


@dataclass(frozen=True, slots=True)
class _Links:
    request: HttpRequest
    path: str
    by: tuple[str, ...]

    def newer(self, shown: list[Any]) -> str:
        """From a page beyond the end of the list the way back is its start."""
        return self._url(after=self._values(shown[0])) if shown else self._url()

    def older(self, shown: list[Any]) -> str:
        return self._url(before=self._values(shown[-1]))

    def _values(self, row: Any) -> str:
        values = (getattr(row, name) for name in self.by)
        return _SEPARATOR.join(v.isoformat() if isinstance(v, datetime) else str(v) for v in values)

    def _url(self, **cursor: str) -> str:
        query = self.request.GET.copy()
        for name in _CURSORS:
            query.pop(name, None)
        for name, values in cursor.items():
            query[name] = values
        return f"{self.path}?{query.urlencode()}" if query else self.path


def _cursor(
    request: HttpRequest, model: type[Model], name: str, by: tuple[str, ...]
) -> tuple[Any, ...] | None:
    texts = request.GET.get(name, "").split(_SEPARATOR)
    if len(texts) != len(by):
        return None
    fields = (_column(model, name) for name in by)
    try:
        return tuple(_reader(field)(text) for field, text in zip(fields, texts, strict=True))
    except ValueError:
        return None


def _column(model: type[Model], name: str) -> Any:
    """Of a key to another table, what it holds."""
    field = model._meta.get_field(name)
    return getattr(field, "target_field", field)


def _reader(field: Any) -> Callable[[str], Any]:
    """Raising ValueError for what the column cannot hold."""
    readers: tuple[tuple[type[Field[Any, Any]], Callable[[str], Any]], ...] = (
        (UUIDField, UUID),
        (DateTimeField, _instant),
        (IntegerField, _whole),
    )
    return next(reader for kind, reader in readers if isinstance(field, kind))


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:20]) > _WHOLE_MAX:
        raise ValueError(text)
    return int(text)


def _beyond(by: tuple[str, ...], values: tuple[Any, ...], side: str, twin: str = "") -> Q:
    """(a, b) beyond (x, y): a beyond x, or a = x and b beyond y."""
    if twin:
        return Q(**{f"{name}__{side}": values[0] for name in (*by, twin)})
    condition = Q()
    equal: dict[str, Any] = {}
    for name, value in zip(by, values, strict=True):
        condition |= Q(**equal, **{f"{name}__{side}": value})
        equal[name] = value
    return condition
