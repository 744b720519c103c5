"""Reading tables of any length without holding them, a cursor or a connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def in_bites(rows: QuerySet[Any], *fields: str, size: int = 1000) -> Iterator[dict[str, Any]]:
    """`fields` of each row in the order of the primary key, `size` rows in memory at a time.

    Whoever reads may be a slow download, so the pool gets its connection back between bites.
    """
    rows = rows.order_by("pk").values("pk", *fields)
    bite = list(rows[:size])
    while bite:
        if not connection.in_atomic_block:
            connection.close()
        for row in bite:
            yield {name: row[name] for name in fields}
        is_last = len(bite) < size
        bite = [] if is_last else list(rows.filter(pk__gt=bite[-1]["pk"])[:size])
