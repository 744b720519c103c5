"""How like the pictures are to their base face: measured when they come, kept, and acted upon.

Every picture of a character that has its face gets a score from each scorer there is; one of
them decides. Below the threshold the picture needs its owner's look:
to be kept as it is, or drawn again for free, `REDRAWS_AT_MOST` times for each picture paid for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from characters import images
from characters.models import Character, Image, Limits
from characters.versions import face_of
from generation.identity import Box, Context, EmbeddingScorer, Score, Scorer, StructureScorer
from generation.models import JobItem, Likeness, LikenessThreshold, Redraw
from generation.providers.base import ImageProvider, ImageRequest
from generation.recipes.base import request_from_json
from ryla.lib.backends import Backends
from ryla.lib.errors import InvalidInput

log = logging.getLogger(__name__)

REDRAWS_AT_MOST = 2
providers = Backends[ImageProvider]("IMAGE_PROVIDERS")


@lru_cache(maxsize=1)
def scorers() -> tuple[Scorer, ...]:
    """The built-in one is always there."""
    better = (EmbeddingScorer(),) if EmbeddingScorer.is_available() else ()
    return (StructureScorer(), *better)


# --- Measuring -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """Scores of a picture that is not a row yet, the deciding one last."""

    face_id: UUID | None = None
    scores: tuple[Score, ...] = ()

    @property
    def value(self) -> float | None:
        """What the picture's own row says, for lists to be narrowed by."""
        return self.scores[-1].value if self.scores else None


def measure(item: JobItem, request: ImageRequest, picture: bytes) -> Measured:
    """Bytes are read and compared here, outside any transaction. Never raises: a picture that
    could not be compared is worth as much as before."""
    face = face_of(item.job.character, item.job.version)
    if face is None:
        return Measured()
    try:
        with images.read(face, "large") as file:
            content = file.read()
        context = _context(face, item, request)
        found = [scorer.score(content, picture, context) for scorer in scorers()]
        # Who knows where the face is needs no network; on all else the network sees more.
        ranked = reversed(found) if context.is_exact else found
        return Measured(face.pk, tuple(score for score in ranked if score))
    except Exception:
        log.exception("likeness not measured", extra={"item": str(item.pk)})
        return Measured()


def _context(face: Image, item: JobItem, request: ImageRequest) -> Context:
    return Context(
        face_framing=face.settings.get("framing", "close_up"),
        framing=request.framing,
        face_box=_box_of_face(face),
        box=providers[item.provider].face_box(request),
    )


def _box_of_face(face: Image) -> Box | None:
    item = JobItem.objects.filter(job_id=face.job_id, position=face.position).first()
    if item is None or item.provider not in providers:
        return None
    request = request_from_json(item.request, external_key=str(item.pk))
    return providers[item.provider].face_box(request)


def record(image: Image, measured: Measured) -> bool:
    """Joins the transaction that creates the image. Whether it needs its owner's look."""
    if measured.face_id is None or not measured.scores:
        return False
    *others, deciding = measured.scores
    Likeness.objects.bulk_create(
        Likeness(
            image=image,
            face_id=measured.face_id,
            model=score.model,
            version=score.version,
            value=score.value,
            is_deciding=score is deciding,
        )
        for score in (*others, deciding)
    )
    return deciding.value < threshold_of(image.character)


# --- Acting --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What is to be said of a picture's likeness. `redraws_left` are the free tries."""

    likeness: Likeness
    threshold: float
    redraws_left: int

    @property
    def is_below(self) -> bool:
        return self.likeness.value < self.threshold

    @property
    def needs_review(self) -> bool:
        return self.is_below and self.likeness.kept_at is None

    @property
    def may_redraw(self) -> bool:
        return self.is_poor and self.redraws_left > 0

    @property
    def is_poor(self) -> bool:
        """Below the installation's own threshold too, as an owner's may be anything."""
        return self.needs_review and self.likeness.value < settings.LIKENESS_THRESHOLD


def standing_of(image: Image) -> Standing | None:
    """None for a picture that was never compared."""
    likeness = image.likenesses.filter(is_deciding=True).first()
    if likeness is None:
        return None
    return Standing(
        likeness=likeness,
        threshold=threshold_of(image.character),
        redraws_left=REDRAWS_AT_MOST - Redraw.objects.filter(root_id=root_of(image)).count(),
    )


def is_to_be_reviewed() -> Exists:
    """`Standing.needs_review` as a question to each row of a query of images."""
    own = LikenessThreshold.objects.filter(character=OuterRef(OuterRef("character_id")))
    limit = Coalesce(Subquery(own.values("value")), Value(settings.LIKENESS_THRESHOLD))
    deciding = Likeness.objects.filter(image=OuterRef("pk"), is_deciding=True, kept_at=None)
    return Exists(deciding.alias(limit=limit).filter(value__lt=F("limit")))


def root_of(image: Image) -> UUID:
    """The picture that was paid for: itself, or what it is a new try of."""
    redraw = Redraw.objects.filter(job_id=image.job_id).first()
    return redraw.root_id if redraw else image.pk


def keep(*, image: Image) -> None:
    """Its owner says it is good as it is. Repeating is harmless."""
    image.likenesses.filter(is_deciding=True, kept_at=None).update(kept_at=timezone.now())


def threshold_of(character: Character) -> float:
    own = LikenessThreshold.objects.filter(character=character).first()
    return own.value if own else settings.LIKENESS_THRESHOLD


def limits_of(owner: User) -> Limits:
    """The thresholds of all their characters."""
    own = LikenessThreshold.objects.filter(character__owner=owner)
    return Limits(settings.LIKENESS_THRESHOLD, dict(own.values_list("character_id", "value")))


def set_threshold(*, character: Character, value: Any) -> None:
    """`value` is 0..1; None goes back to the setting. Holds for pictures that are there already
    too. Raises InvalidInput."""
    if value is None:
        LikenessThreshold.objects.filter(character=character).delete()
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidInput("Choose a likeness from 0 to 100 %.", field="threshold")
    LikenessThreshold.objects.update_or_create(
        character=character, defaults={"value": float(value)}
    )


def likenesses_json(image: Image) -> list[Mapping[str, Any]]:
    """Every score, the deciding one first."""
    return [
        {
            "value": round(one.value, 4),
            "model": one.model,
            "version": one.version,
            "is_deciding": one.is_deciding,
        }
        for one in image.likenesses.order_by("-is_deciding", "model")
    ]
