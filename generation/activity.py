"""What the activity page shows, and so what its badge counts: one definition for both.

Jobs that ended, and what staff did to what is the user's. What people did themselves a moment
ago is no news to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Event, User
from characters.models import Image
from generation.models import GenerationJob
from generation.states import ENDED

NEWS_AT_MOST = 100
JOB_ENDS = tuple(f"generation.job.{status}" for status in ENDED)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something staff did, in words; `href` is empty when what it was about is gone."""

    event: Event
    title: str
    text: str
    href: str


def _credits(event: Event) -> str:
    amount = int(event.data.get("credits", 0))
    return f"{abs(amount):,} credits were {'added' if amount > 0 else 'taken back'}"


def _expired(event: Event) -> str:
    return f"{-int(event.data.get('credits', 0)):,} credits expired"


_TITLES: Mapping[str, Callable[[Event], str]] = {
    "billing.credits.adjusted": _credits,
    "billing.credits.expired": _expired,
    "characters.image.withheld": lambda event: "A picture is held back",
    "characters.image.released": lambda event: "A picture can be seen again",
    "characters.image.removed": lambda event: "A picture was removed",
}
NOTICES = tuple(_TITLES)


def count_news(user: User) -> int:
    """What the page shows that happened since it was last looked at; at most NEWS_AT_MOST."""
    rows = _events(user, (*JOB_ENDS, *NOTICES)).filter(id__gt=user.events_read_id)
    news = list(rows.values_list("kind", "subject")[:NEWS_AT_MOST])
    ended = [subject for kind, subject in news if kind in JOB_ENDS]
    # A deleted character took its jobs off the page.
    shown = GenerationJob.objects.filter(pk__in=ended).count() if ended else 0
    return len(news) - len(ended) + shown


def find_notices(user: User) -> list[Notice]:
    """Newest first."""
    found = list(_events(user, NOTICES)[:NEWS_AT_MOST])
    images = _existing_images(user, (e.subject for e in found if e.kind.startswith("characters.")))
    return [
        Notice(event, _TITLES[event.kind](event), event.data.get("reason", ""), href)
        for event in found
        for href in [_href(event, images)]
    ]


def _events(user: User, kinds: tuple[str, ...]) -> QuerySet[Event]:
    return Event.objects.filter(user=user, kind__in=kinds).order_by("-id")


def _existing_images(user: User, ids: Iterable[str]) -> set[str]:
    rows = Image.objects.owned_by(user).filter(pk__in=[UUID(pk) for pk in ids])
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def _href(event: Event, images: set[str]) -> str:
    if event.kind.startswith("billing."):
        return reverse("billing:statement")
    return reverse("generation:image", args=[event.subject]) if event.subject in images else ""
