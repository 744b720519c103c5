"""Admin pages that stay quick on tables of millions of rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import connections, models
from django.db.models import QuerySet
from django.http import HttpRequest

# Below this an exact count costs nothing; filtered lists are counted up to here and no further.
COUNTS_EXACTLY = 10_000
COUNTS_FILTERED = 100_000


class EstimatedCountPaginator(Paginator):  # type: ignore[type-arg]
    """Asks Postgres' statistics how long a whole table is instead of walking through it.

    A filtered list is counted for real, but not past COUNTS_FILTERED rows.
    """

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return super().count
        if rows.query.where or rows.query.is_sliced or rows.query.distinct:
            return rows.order_by()[:COUNTS_FILTERED].count()
        estimate = _estimated_rows(rows)
        return estimate if estimate >= COUNTS_EXACTLY else rows.count()


def _estimated_rows(rows: QuerySet[Any]) -> int:
    """-1 for a table that was never analysed."""
    with connections[rows.db].cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)",
            [connections[rows.db].ops.quote_name(rows.model._meta.db_table)],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else -1


class LargeTableAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """No count over everything, pages of fifty, searches that use an index.

    `search_fields` that begin with "=" are compared as they are (e-mail addresses in lower
    case) and one by one, the first that finds something winning: Django would compare both
    sides in upper case and join them by OR, and read the whole table. Other fields are only
    searched when no "=" field found anything.
    """

    paginator = EstimatedCountPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        fields = list(self.get_search_fields(request))
        exact = [name[1:] for name in fields if name.startswith("=")]
        if not term or not exact:
            return super().get_search_results(request, queryset, search_term)
        for lookup in _exact_lookups(self.model, exact, term):
            found = queryset.filter(**lookup)
            if found.exists():
                return found, False
        if len(exact) == len(fields):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)


def _exact_lookups(
    model: type[models.Model], names: list[str], term: str
) -> Iterator[dict[str, Any]]:
    """Those the term can be a value of: a word is no UUID."""
    for name in names:
        field = get_fields_from_path(model, name)[-1]
        try:
            value = field.to_python(term)
        except ValidationError:
            continue
        yield {name: value.lower() if isinstance(field, models.EmailField) else value}


class ReadOnlyAdmin:
    """Mix in before a ModelAdmin: rows to look at; what may be done with them is an action."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
