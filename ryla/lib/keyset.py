"""Pages of a long list, keyed by id: as fast on the last page as on the first, no COUNT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
_CURSOR_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Newest first. The addresses are empty where the list ends; they keep other queries."""

    rows: list[M]
    newer_url: str
    older_url: str

    @property
    def is_first(self) -> bool:
        return not self.newer_url


def keyset_page(request: HttpRequest, rows: QuerySet[M], *, size: int) -> Page[M]:
    """The page that `?before=<id>` or `?after=<id>` names; what is no id names the first."""
    after = _cursor(request, rows, "after")
    before = None if after is not None else _cursor(request, rows, "before")
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        shown, has_newer, has_older = found[:size][::-1], len(found) > size, bool(found)
    else:
        older = rows.filter(pk__lt=before) if before is not None else rows
        found = list(older.order_by("-pk")[: size + 1])
        shown, has_newer, has_older = found[:size], before is not None, len(found) > size
    return Page(
        shown,
        _address(request, after=shown[0].pk) if shown and has_newer else _start(request, has_newer),
        _address(request, before=shown[-1].pk) if shown and has_older else "",
    )


def _cursor(request: HttpRequest, rows: QuerySet[M], name: str) -> Any:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        value = rows.model._meta.pk.to_python(text)
    except ValidationError:
        return None
    return value if not isinstance(value, int) or abs(value) <= _CURSOR_MAX else None


def _address(request: HttpRequest, **cursor: Any) -> str:
    query = [(k, v) for k, vs in request.GET.lists() for v in vs if k not in ("before", "after")]
    return f"{request.path}?{urlencode([*query, *cursor.items()])}"


def _start(request: HttpRequest, is_elsewhere: bool) -> str:
    """From a page beyond the end of the list the way back is its start."""
    return request.path if is_elsewhere else ""
