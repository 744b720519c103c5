"""Finding pictures by words: those of their caption and of what they were made with.

The column `words` (migration 0006) is kept by Postgres. Words are compared as they are written,
whatever the language; the last one may be begun only, as people look while they type.
"""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from accounts.models import User
from characters.models import ImageQuerySet

_CONFIG = "simple"
# Ends in a word that is to be there: neither a group nor "-word".
_ENDS_IN_WORD = re.compile(r"(?:^|[^!'])'(?:[^']|'')*'$")


def saying(rows: ImageQuerySet, *, owner: User, text: str) -> ImageQuerySet:
    """Those of `rows` that say all of `text`: "quoted words" stand together, `or` is either,
    `-word` is not there. A text without any word asks nothing."""
    query = _query(text)
    if not query:
        return rows
    condition = '"characters_image"."words" @@ %s::tsquery'
    asked = RawSQL(condition, [f"' {owner.pk}' & ({query})"], output_field=BooleanField())  # noqa: S611 (parameters are passed apart)
    return rows.filter(asked)


def _query(text: str) -> str:
    """In Postgres's own language, the last word as a beginning; empty without words. Asked apart,
    so that the planner knows the words when it chooses the way to them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT websearch_to_tsquery(%s, %s)::text", [_CONFIG, text])
        query: str = cursor.fetchone()[0]
    is_begun = _ENDS_IN_WORD.search(query) and not text.rstrip().endswith('"')
    return f"{query}:*" if is_begun else query
