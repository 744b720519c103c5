"""Two pictures side by side: in what they differ, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from characters.models import Image
from generation.lineage import DONE
from generation.models import Likeness, Provenance
from generation.templatetags.generation import percent, settings_in_words

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison: what it is about, and how it is with either."""

    label: str
    one: str
    other: str


def differences(one: Image, other: Image) -> list[Difference]:
    """Only what is not the same, in the order of a picture's own page."""
    origins = _origins(one, other)
    first, second = _facts(one, origins.get(one.pk)), _facts(other, origins.get(other.pk))
    first |= _likeness(one)
    second |= _likeness(other)
    return [
        Difference(label, first.get(label, NOTHING), second.get(label, NOTHING))
        for label in _labels(first, second)
        if first.get(label) != second.get(label)
    ]


def _labels(*facts: Mapping[str, str]) -> Iterable[str]:
    return dict.fromkeys(label for one in facts for label in one)


def _origins(*images: Image) -> dict[object, Provenance]:
    rows = Provenance.objects.filter(image__in=images)
    return {row.image_id: row for row in rows}


def _facts(image: Image, origin: Provenance | None) -> dict[str, str]:
    facts = {"Character": image.character.display_name}
    facts |= dict(settings_in_words(image.settings))
    facts["Seed"] = str(image.seed)
    if origin:
        facts["What was done"] = DONE.get(origin.recipe, "Made anew")
        facts["Made by"] = f"{origin.provider.capitalize()}, {origin.model} {origin.model_version}"
    facts["Size"] = f"{image.width_px} × {image.height_px}"
    facts["Made"] = f"{image.created_at:%-d %b %Y, %H:%M} UTC"
    return facts


def _likeness(image: Image) -> dict[str, str]:
    """A number of one measure alone; two measures are not held against each other."""
    deciding = Likeness.objects.filter(image=image, is_deciding=True).first()
    if deciding is None:
        return {}
    return {f"Likeness by {deciding.model} {deciding.version}": percent(deciding.value)}
