"""Texts are looked at before anything is charged; every answer is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from characters.config import CHOICE_FIELDS
from characters.models import Character
from generation import catalogue
from generation.models import ModerationVerdict
from generation.moderation.base import Moderator, ModeratorError, Verdict
from ryla.lib.backends import Backends
from ryla.lib.errors import InvalidInput

moderators = Backends[Moderator]("MODERATORS")

_REASONS_SHOWN = 3
_LABELS = {"name": "Name", "handle": "Handle", "bio": "Bio", "prompt": "Prompt"}
# Options whose values are words of ours, checked before they come here.
_CHOICES = frozenset(
    field.slug
    for field in (
        catalogue.SCENES,
        catalogue.ENVIRONMENTS,
        catalogue.LIGHTING,
        catalogue.POSES,
        catalogue.FRAMINGS,
        catalogue.EXPRESSIONS,
        catalogue.QUALITIES,
    )
) | {"outfit", "format", "references", "scenes", "outfits", "image", "mask"}


class TextRefused(InvalidInput):
    code = "text_refused"


def screen(character: Character, options: Mapping[str, Any]) -> None:
    """Every text that goes with the pictures, before anything is charged.

    Keeps one verdict row for each text, whatever is decided, and only then raises TextRefused
    for the first that is not allowed. The rows are committed here: calling this inside a
    transaction is a mistake that raises RuntimeError, since the refusal would roll them back.
    """
    judged = [(field, text, _judge(text, field)) for field, text in texts_of(character, options)]
    with transaction.atomic(durable=True):
        ModerationVerdict.objects.bulk_create(
            _record(character, field, text, verdict) for field, text, verdict in judged
        )
    for field, _text, verdict in judged:
        if verdict.decision != ModerationVerdict.Decision.ALLOW:
            raise TextRefused(_explain(field, verdict), field=field)


def texts_of(character: Character, options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, text) for all words somebody typed: what is not a choice from a list of ours is
    such a text, so that a text added to looks or recipes is screened without being named here.
    """
    yield from _spoken("name", character.name)
    yield from _spoken("handle", character.handle)
    for name, value in character.look.to_json().items():
        if name not in CHOICE_FIELDS:
            yield from _spoken(name, value)
    for name, value in options.items():
        if name not in _CHOICES:
            yield from _spoken(name, value)


def _spoken(field: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value.strip():
        yield field, value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _spoken(field, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _spoken(field, inner)


def _judge(text: str, field: str) -> Verdict:
    """What nobody could look at is not allowed."""
    try:
        return moderators[settings.DEFAULT_MODERATOR].screen_text(text, field)
    except ModeratorError:
        reason = "this text could not be checked just now; try again in a moment."
        return Verdict("review", "unavailable", (reason,))


def _record(character: Character, field: str, text: str, verdict: Verdict) -> ModerationVerdict:
    return ModerationVerdict(
        owner_id=character.owner_id,
        character_id=character.pk,
        stage=f"text:{field}"[:20],
        decision=verdict.decision,
        reasons=list(verdict.reasons),
        moderator=settings.DEFAULT_MODERATOR,
        version=verdict.version,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _explain(field: str, verdict: Verdict) -> str:
    label = _LABELS.get(field, field.replace("_", " ").capitalize())
    reasons = verdict.reasons[:_REASONS_SHOWN] or ("say this in other words.",)
    return f"{label}: {' '.join(reasons)} Nothing was charged."
