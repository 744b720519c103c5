"""A person's calendar for calendar programs (iCalendar), at a private address.

The address is signed, not stored: it names a row (`CalendarFeed`) and proves that we wrote it.
A copy of the database therefore opens no calendar. It ends with its row, and with the sessions
of its owner: a new password and signing out everywhere raise the epoch that is signed.
"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from icalendar import Calendar, Event

from accounts.models import User
from characters.models import CalendarFeed, Post
from characters.posts import PLATFORMS

DAYS_BACK, DAYS_AHEAD = 90, 400
EVENTS_MAX = 1000
_SHOWN_AS_LONG = timedelta(minutes=15)
_TOKEN = re.compile(r"([0-9a-f]{32})-([0-9a-f]{64})\Z")


# --- The address -------------------------------------------------------------------------------


@transaction.atomic
def renew_feed(*, owner: User) -> CalendarFeed:
    """A new address; the one before, if there was one, ends now."""
    CalendarFeed.objects.filter(owner=owner).delete()
    return CalendarFeed.objects.create(owner=owner, epoch=owner.session_epoch)


def end_feed(*, owner: User) -> None:
    CalendarFeed.objects.filter(owner=owner).delete()


def find_feed(*, owner: User) -> CalendarFeed | None:
    """None too when signing out everywhere has ended it."""
    return CalendarFeed.objects.filter(owner=owner, epoch=owner.session_epoch).first()


def token_of(feed: CalendarFeed) -> str:
    return f"{feed.pk.hex}-{_signature(feed)}"


def find_feed_by_token(token: str) -> CalendarFeed | None:
    """With its owner; None for whatever is not the address of a living feed."""
    match = _TOKEN.match(token)
    if match is None:
        return None
    rows = CalendarFeed.objects.select_related("owner").filter(owner__is_active=True)
    feed = rows.filter(pk=UUID(match[1])).first()
    if feed is None or feed.epoch != feed.owner.session_epoch:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    is_ours = any(constant_time_compare(_signature(feed, key), match[2]) for key in keys)
    return feed if is_ours else None


def _signature(feed: CalendarFeed, key: str | None = None) -> str:
    said = f"{feed.pk}:{feed.owner_id}:{feed.epoch}"
    return salted_hmac(
        "characters.CalendarFeed", said, secret=key or settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()


# --- What is read there ------------------------------------------------------------------------


def write_calendar(*, owner: User) -> bytes:
    """Planned and posted posts of the last months and the next year, in UTC. The same posts give
    the same bytes, so that an unchanged calendar is not sent again."""
    rows = _posts(owner)
    calendar = Calendar()
    calendar.add("prodid", "-//RYLA//Posts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "RYLA posts")
    calendar.add("x-wr-caldesc", _said_of(rows))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for post in rows[:EVENTS_MAX]:
        calendar.add_component(_event(post))
    written: bytes = calendar.to_ical()
    return written


def _posts(owner: User) -> list[Post]:
    """In order of time; by whole days, as a window that moved by seconds would be news."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    rows = Post.objects.owned_by(owner).between(start, end).select_related("character")
    return list(rows.order_by("calendar_at", "id")[: EVENTS_MAX + 1])


def _said_of(rows: list[Post]) -> str:
    if len(rows) > EVENTS_MAX:
        return f"The first {EVENTS_MAX:,} of your posts from {DAYS_BACK} days ago on."
    return f"Your posts from {DAYS_BACK} days ago to {DAYS_AHEAD} days ahead."


def _event(post: Post) -> Event:
    event = Event()
    event.add("uid", f"{post.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", post.updated_at)
    event.add("last-modified", post.updated_at)
    event.add("created", post.created_at)
    event.add("sequence", post.revision)
    event.add("dtstart", post.calendar_at)
    event.add("dtend", post.calendar_at + _SHOWN_AS_LONG)
    posted = "Posted: " if post.posted_at else ""
    platform = PLATFORMS[post.platform].label
    event.add("summary", f"{posted}{post.character.display_name}, {platform}")
    if post.words:
        event.add("description", post.words)
    event.add("url", settings.SITE_URL + reverse("characters:post", args=[post.pk]))
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
