"""What a picture was made from, step by step, and what was made from it.

Nothing is stored for it: a job that starts from a picture names it in its options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Subquery

from characters.models import Image
from generation.models import FROM_PICTURE, GenerationJob

SHOWN_AT_MOST = 12
ORIGINAL = "The first one"
LATER = "Earlier ones before it"
# By recipe, what was done.
DONE: Mapping[str, str] = MappingProxyType(
    {"variation": "Variation", "inpaint": "Changed in part", "upscale": "Enlarged"}
)
Origin: TypeAlias = tuple[UUID, str]

# Upwards, nearest first; the recipe is the one that made the nearer of the two.
_UPWARDS = """
WITH RECURSIVE line (picture_id, recipe, step) AS (
    SELECT (options ->> 'image')::uuid, recipe, 1
    FROM generation_generationjob
    WHERE id = %(job)s AND recipe = ANY(%(recipes)s)
  UNION ALL
    SELECT (job.options ->> 'image')::uuid, job.recipe, line.step + 1
    FROM line
    JOIN characters_image picture ON picture.id = line.picture_id
    JOIN generation_generationjob job ON job.id = picture.job_id
    WHERE job.recipe = ANY(%(recipes)s) AND line.step < %(most)s
)
SELECT picture_id, recipe FROM line ORDER BY step
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A picture, and in words how it came of the one before it."""

    image: Image
    done: str
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """`line` leads from the first picture to this one, `made` is what came of this one, oldest
    first; `parent` is the one it was made from. `is_broken` where a picture of the line cannot be
    shown any more."""

    line: tuple[Step, ...]
    made: tuple[Step, ...]
    parent: Image | None = None
    is_broken: bool = False

    def __bool__(self) -> bool:
        return len(self.line) > 1 or bool(self.made) or self.is_broken


def lineage_of(image: Image) -> Lineage:
    """At most `SHOWN_AT_MOST` steps up, and as many of the newest down. Only what its owner may
    still open: the bin counts upwards, as a binned picture still says where this one is from."""
    origins, is_whole = _origins(image)
    known = _known(image, [pk for pk, _ in origins])
    upwards = [image, *(known.get(pk) for pk, _ in origins)]
    done = [*(DONE[recipe] for _, recipe in origins), ORIGINAL if is_whole else LATER]
    shown = [Step(one, how, one is image) for one, how in zip(upwards, done, strict=True) if one]
    return Lineage(
        line=tuple(reversed(shown)),
        made=_made_from(image),
        parent=known.get(origins[0][0]) if origins else None,
        is_broken=len(shown) < len(upwards),
    )


def _origins(image: Image) -> tuple[list[Origin], bool]:
    """And whether these are all."""
    asked: dict[str, Any] = {
        "job": image.job_id,
        "recipes": list(FROM_PICTURE),
        "most": SHOWN_AT_MOST + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPWARDS, asked)
        found: list[Origin] = list(cursor.fetchall())
    return found[:SHOWN_AT_MOST], len(found) <= SHOWN_AT_MOST


def _known(image: Image, ids: list[UUID]) -> dict[UUID, Image]:
    if not ids:
        return {}
    rows = Image.objects.filter(owner_id=image.owner_id, pk__in=ids).viewable()
    return {one.pk: one for one in rows.select_related("character")}


def _made_from(image: Image) -> tuple[Step, ...]:
    jobs = GenerationJob.objects.filter(owner_id=image.owner_id).made_from(image)
    rows = Image.objects.filter(owner_id=image.owner_id, job_id__in=jobs.values("pk")).visible()
    recipe = GenerationJob.objects.filter(pk=OuterRef("job_id")).values("recipe")
    newest = rows.annotate(recipe=Subquery(recipe)).select_related("character").order_by("-pk")
    return tuple(Step(one, DONE[one.recipe]) for one in reversed(newest[:SHOWN_AT_MOST]))
