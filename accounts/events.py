"""Events: rows in the transaction of what they tell, a wake-up after commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

from accounts.mail_kinds import note
from accounts.models import Event, User
from ryla.lib.pubsub import wake


def emit(user: User, kind: str, subject: object, data: dict[str, Any] | None = None) -> Event:
    """Tell `user` that `kind` (dotted, past tense) happened to `subject` (an id), and note the
    mail about it, if that kind has one.

    Call it last in its transaction: it takes a lock per user until commit, so that the ids a
    reader of the stream sees only ever rise. Without it a slow transaction could commit a
    lower id after a higher one was already read, and that event would be lost.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"event:{user.pk}"]
        )
    event = Event.objects.create(user=user, kind=kind, subject=str(subject), data=data or {})
    note(event)
    wake(str(user.pk))
    return event


def events_after(user_id: UUID | str, last_id: int, *, limit: int = 200) -> Sequence[Event]:
    """At most `limit` events of the user with ids above `last_id`, oldest first."""
    return list(Event.objects.filter(user_id=user_id, id__gt=last_id).order_by("id")[:limit])


_AFTER_EACH = """
SELECT told.*, asked.last_id FROM unnest(%s::uuid[], %s::bigint[]) AS asked (user_id, last_id)
CROSS JOIN LATERAL (
  SELECT * FROM accounts_event
  WHERE user_id = asked.user_id AND id > asked.last_id ORDER BY id LIMIT %s
) AS told
ORDER BY told.id
"""


def events_after_each(
    asked: Collection[tuple[UUID, int]], *, limit: int = 200
) -> Mapping[tuple[UUID, int], Sequence[Event]]:
    """As `events_after` for each pair of a user and the last id, in one statement; pairs after
    which there is nothing are left out."""
    found: defaultdict[tuple[UUID, int], list[Event]] = defaultdict(list)
    if asked:
        users, last_ids = zip(*asked, strict=True)
        rows = Event.objects.raw(_AFTER_EACH, [list(users), list(last_ids), limit])
        for event in rows:
            found[event.user_id, vars(event)["last_id"]].append(event)
    return dict(found)


def last_event_id(user_id: UUID | str) -> int:
    """0 when nothing was ever told."""
    newest = Event.objects.filter(user_id=user_id).aggregate(newest=models.Max("id"))["newest"]
    return newest or 0
