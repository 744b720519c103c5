"""What a person was told, as rows that can be shown: in words, with what each is about.

News is what was told after the event the owner has read up to (`User.events_read_id`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from accounts import services
from accounts.models import Event, User
from accounts.telling import Thing, find_things, told_kinds, words_of

COUNTED_AT_MOST = 100
_NOTHING = Thing()


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was told; `thing` is empty in every part once what it was about is gone."""

    id: int
    kind: str
    topic: str
    icon: str
    title: str
    text: str
    thing: Thing
    created_at: datetime
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Day:
    """Rows of one day of the reader's own time zone."""

    label: str
    rows: list[Row]


def told_to(user: User, *, topic: str = "") -> QuerySet[Event]:
    """All that has words, or of one topic; what is silent is left out."""
    return Event.objects.filter(user=user, kind__in=told_kinds(topic))


def count_unread(user: User) -> int:
    """At most COUNTED_AT_MOST."""
    news = told_to(user).filter(id__gt=user.events_read_id).order_by("-id")
    return news.values("id")[:COUNTED_AT_MOST].count()


def mark_read(*, user: User, up_to: int | None = None) -> None:
    """What was told up to that id (by default all) is no news any more; never moves backwards."""
    services.mark_events_read(user=user, up_to=up_to)


def rows_of(user: User, events: Iterable[Event]) -> list[Row]:
    """In the order given, in as many queries as there are kinds of things, not events."""
    told = list(events)
    things = find_things(user, told)
    return [_row(user, event, things.get(event.pk, _NOTHING)) for event in told]


def _row(user: User, event: Event, thing: Thing) -> Row:
    words = words_of(event.kind)
    return Row(
        id=event.pk,
        kind=event.kind,
        topic=words.topic,
        icon=words.icon,
        title=words.title(event),
        text=words.text(event),
        thing=thing,
        created_at=event.created_at,
        is_unread=event.pk > user.events_read_id,
    )


def days_of(rows: Iterable[Row]) -> list[Day]:
    """Rows that lie together in time, under the day they are of."""
    today = timezone.localdate()
    days = groupby(rows, key=lambda row: timezone.localtime(row.created_at).date())
    return [Day(_label(day, today), list(of_day)) for day, of_day in days]


def _label(day: date, today: date) -> str:
    near = {today: "Today", today - timedelta(days=1): "Yesterday"}
    return near.get(day) or date_format(day, "l, j F" if day.year == today.year else "j F Y")
