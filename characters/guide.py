"""The first steps of a newcomer, done by doing: each ticks itself from what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.services import show_guide
from characters.models import Character, Image


@dataclass(frozen=True, slots=True)
class Step:
    """`href` and `action` are those of the step that is next; empty for the others."""

    label: str
    text: str
    is_done: bool
    href: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    steps: list[Step]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def said(self) -> str:
        return f"{self.done} of {len(self.steps)} first steps done"


_STEPS = (
    ("Design a character", "Start from a preset or a surprise and change what you like."),
    ("Choose its face", "Three are drawn for you. The one you take stays."),
    ("Make pictures", "A profile set in one go, or one scene in the studio."),
    ("Keep a favourite", "Put a heart on a picture you like."),
    ("Download", "One picture, or all of them as a ZIP."),
)
_FAVOURITE = 3


def find_guide(user: User) -> Guide | None:
    """None for whoever put it away or has done all of it, which is remembered: what is deleted
    later does not bring it back."""
    if user.guide_hidden_at is not None:
        return None
    facts = _facts(user)
    done = facts.done
    if all(done):
        show_guide(user=user, is_shown=False)
        return None
    following = done.index(False)
    lead = _lead(facts, following)
    return Guide(
        [
            Step(label, text, is_done, *(lead if place == following else ()))
            for place, ((label, text), is_done) in enumerate(zip(_STEPS, done, strict=True))
        ]
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """`ready` and `designed` are the newest characters that have a face, or wait for one."""

    ready: UUID | None
    designed: UUID | None
    draft: UUID | None
    draft_step: str | None
    has_pictures: bool
    has_favourite: bool
    has_downloaded: bool

    @property
    def done(self) -> list[bool]:
        return [
            bool(self.designed or self.ready),
            self.ready is not None,
            self.has_pictures,
            self.has_favourite,
            self.has_downloaded,
        ]


def _facts(user: User) -> _Facts:
    """One query, in which each question ends at its first row."""
    mine = Character.objects.filter(owner=OuterRef("pk")).order_by("-id")
    pictures = Image.objects.filter(owner=OuterRef("pk")).visible()
    faceless = mine.filter(base_face=None)
    # Past the questions, or never asked: a program names a look and draws its faces.
    designed = faceless.filter(designer_step__in=("review", ""))
    drafts = faceless.exclude(designer_step__in=("review", ""))
    asked: Any = (
        Subquery(mine.filter(base_face__isnull=False).values("pk")[:1]),
        Subquery(designed.values("pk")[:1]),
        Subquery(drafts.values("pk")[:1]),
        Subquery(drafts.values("designer_step")[:1]),
        Exists(pictures.filter(kind=Image.Kind.PICTURE)),
        Exists(pictures.filter(is_favourite=True)),
    )
    found = User.objects.filter(pk=user.pk).values_list(*asked).get()
    return _Facts(*found, user.first_download_at is not None)


def _lead(facts: _Facts, step: int) -> tuple[str, str]:
    """Where the next step is done, and what the button says."""
    if step == 0 and facts.draft:
        address = reverse("characters:design", args=[facts.draft, facts.draft_step])
        return address, "Go on designing"
    if step == 0:
        return reverse("characters:new"), "Design one"
    if step == 1:
        return reverse("generation:faces", args=[facts.designed]), "See the faces"
    if step == _FAVOURITE:
        return reverse("characters:gallery"), "Choose one"
    page = reverse("characters:detail", args=[facts.ready])
    return (page, "To the pictures") if step > _FAVOURITE else (f"{page}#profile-set", "Make one")
