"""A month or a week of posts, as a calendar shows it: in its owner's time zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from accounts.models import User
from characters.models import Character, Post, PostQuerySet
from ryla.lib.zones import nearest_instant_at

POSTS_MAX = 300
DRAFTS_MAX = 30
VIEWS = ("month", "week")
# Days that can be turned to; a year before the first and after the last there are others.
FIRST_DAY, LAST_DAY = date(2000, 2, 1), date(2999, 11, 30)
_WEEK = timedelta(days=7)


@dataclass(slots=True)
class Day:
    """`is_outside`: of another month than the one that is shown."""

    date: date
    is_today: bool
    is_outside: bool
    posts: list[Post] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks from Monday on, and where one turns to from there."""

    view: str
    on: date
    first: date
    last: date
    previous: date
    next: date

    @classmethod
    def of(cls, view: str, on: date) -> Period:
        if view == "week":
            monday = on - timedelta(days=on.weekday())
            return cls(view, on, monday, monday + timedelta(days=6), on - _WEEK, on + _WEEK)
        first = on.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
        last = after - timedelta(days=1)
        return cls(
            view,
            on,
            first - timedelta(days=first.weekday()),
            last + timedelta(days=6 - last.weekday()),
            (first - timedelta(days=1)).replace(day=1),
            after,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """`is_cut`: there are more than POSTS_MAX; the first of them are shown."""

    days: list[Day]
    is_cut: bool
    count: int


def read_calendar(
    *, owner: User, period: Period, today: date, character: Character | None = None
) -> Shown:
    """Three queries, whatever it holds."""
    rows = posts_between(owner=owner, first=period.first, last=period.last, character=character)
    found = list(rows.with_pictures()[: POSTS_MAX + 1])
    days = {day.date: day for day in _days(period, today)}
    for post in found[:POSTS_MAX]:
        days[post.calendar_at.astimezone(owner.zone).date()].posts.append(post)
    return Shown(list(days.values()), len(found) > POSTS_MAX, min(len(found), POSTS_MAX))


def posts_between(
    *, owner: User, first: date, last: date, character: Character | None = None
) -> PostQuerySet:
    """From the first minute of `first` to the last of `last`, by the hour."""
    start = nearest_instant_at(first, time.min, owner.zone)
    end = nearest_instant_at(last + timedelta(days=1), time.min, owner.zone)
    rows = Post.objects.owned_by(owner).between(start, end).order_by("calendar_at", "id")
    return rows.filter(character=character) if character else rows


def _days(period: Period, today: date) -> list[Day]:
    count = (period.last - period.first).days + 1
    dates = [period.first + timedelta(days=n) for n in range(count)]
    is_month = period.view == "month"
    return [Day(one, one == today, is_month and one.month != period.on.month) for one in dates]
