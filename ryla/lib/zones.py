"""Time zones of people: instants are kept in UTC, days and hours are those of the wall clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache, wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import override

from ryla.lib.errors import InvalidInput

Answer = TypeVar("Answer", bound=HttpResponseBase)

_AREAS = ("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/",
          "Europe/", "Indian/", "Pacific/")  # fmt: skip


@cache
def zone_names() -> tuple[str, ...]:
    """UTC and every area and city; the old names beside them (“EST5EDT”) are left out."""
    cities = (name for name in available_timezones() if name.startswith(_AREAS))
    return ("UTC", *sorted(cities))


def in_own_zone(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """The view draws days and hours on the wall clock of whoever is signed in (`login_required`
    stands above)."""

    @wraps(view)
    def drawn(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        zone: ZoneInfo = request.user.zone  # type: ignore[union-attr]
        with override(zone):
            return view(request, *args, **kwargs)

    return drawn


def find_zone(name: str) -> ZoneInfo:
    """UTC for a name that this machine no longer knows: a page must not fail for it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def instant_at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That hour of the wall clock as an instant, in UTC. Of an hour that comes twice the first.

    Raises InvalidInput (time) for one that never comes, as the clocks go forward.
    """
    instant = nearest_instant_at(day, clock, zone)
    if instant.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, clock):
        raise InvalidInput("The clocks go forward then: that hour does not exist.", field="time")
    return instant


def nearest_instant_at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """As `instant_at`; an hour that never comes is the one after it."""
    try:
        return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:  # the first and last day there are, seen from elsewhere
        raise InvalidInput("That day is out of reach.", field="day") from error
