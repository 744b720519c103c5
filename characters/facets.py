"""Which choices occur among somebody's pictures, read off the indexes one choice at a time.

The indexes `image_by_…` sort by choice: from each one found, the next greater is looked up. That
costs as many steps as there are choices, however many pictures there are of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from accounts.models import User
from characters.models import FACETS

_OF_ONE = """
{name} (slug) AS (
    SELECT ''
    UNION ALL
    SELECT greater.slug FROM {name} CROSS JOIN LATERAL (
        SELECT settings ->> '{name}' AS slug FROM characters_image
        WHERE owner_id = %(owner)s AND settings ->> '{name}' > {name}.slug
        AND review = 'visible' AND binned_at IS NULL AND kind = 'picture'
        ORDER BY settings ->> '{name}' LIMIT 1
    ) greater
)"""
_ALL = "WITH RECURSIVE {choices} {rows}".format(
    choices=",".join(_OF_ONE.format(name=name) for name in FACETS),
    rows=" UNION ALL ".join(
        f"SELECT '{name}', slug FROM {name} WHERE slug <> ''"  # noqa: S608 (our own names)
        for name in FACETS
    ),
)


def find_choices(owner: User) -> Mapping[str, list[str]]:
    """Slugs by facet, of the owner's visible pictures; one query."""
    found: dict[str, list[str]] = {name: [] for name in FACETS}
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"owner": owner.pk})
        rows: list[Any] = cursor.fetchall()
    for name, slug in rows:
        found[name].append(slug)
    return found
