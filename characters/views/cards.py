"""Rows as the components want them: pictures with words, covers with addresses."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from characters.config import CHOICE_FIELDS, CharacterConfig
from characters.images import LARGE_WIDTH_PX, SMALL_WIDTH_PX
from characters.models import Character, Image
from characters.states import CharacterStatus, ImageReview

COVER_WIDTH_PX, COVER_HEIGHT_PX = 512, 640


def look_query(look: CharacterConfig, *, without: tuple[str, ...] = (), seed: str = "") -> str:
    """The look as the query of a preview picture. `seed` draws one certain person."""
    values = look.to_json()
    pairs = [(name, values[name]) for name in CHOICE_FIELDS if name not in without]
    if seed:
        pairs.append(("seed", seed))
    return urlencode(pairs, doseq=True)


def person_query(character: Character) -> str:
    """A draft has no face of its own yet: it is drawn as the look alone says."""
    return look_query(character.look, seed=character.seed if character.base_face_id else "")


def preview_url(character: Character) -> str:
    return f"{reverse('generation:preview')}?{person_query(character)}"


def image_url(image: Image, variant: str) -> str:
    return reverse("characters:image_file", args=[image.pk, variant])


def face_url(character: Character, variant: str = "large") -> str:
    """The chosen face, or the drawing of the look while there is none to show."""
    face = character.base_face
    if face is None or face.review != ImageReview.VISIBLE:
        return preview_url(character)
    return image_url(face, variant)


def describe(image: Image) -> str:
    """What is on the picture, in the words it was made with."""
    return str(image.settings.get("alt") or f"Picture of {image.character.display_name}")


def image_card(image: Image) -> dict[str, Any]:
    small, large = image_url(image, "small"), image_url(image, "large")
    return {
        "id": str(image.pk),
        "src": small,
        "srcset": f"{small} {SMALL_WIDTH_PX}w, {large} {LARGE_WIDTH_PX}w",
        "alt": describe(image),
        "href": reverse("generation:image", args=[image.pk]),
        "width": image.width_px,
        "height": image.height_px,
        "color": image.dominant_colour,
        "favourite_url": reverse("characters:favourite", args=[image.pk]),
        "is_favourite": image.is_favourite,
        "badge": "Face" if image.kind == Image.Kind.BASE_FACE else "",
    }


def binned_card(image: Image) -> dict[str, Any]:
    days = days_left(image)
    return {
        **image_card(image),
        "caption": "Goes today" if days == 0 else f"{days} day{'' if days == 1 else 's'} left",
    }


def days_left(image: Image) -> int:
    """Days until it is erased, begun ones counted."""
    left = image.binned_at + timedelta(days=settings.BIN_KEEPS_DAYS) - timezone.now()
    return max(0, ceil(left / timedelta(days=1)))


def character_card(character: Character) -> dict[str, Any]:
    face = character.base_face
    return {
        "name": character.display_name,
        "href": resume_url(character),
        # A draft's card has room for one thing: where it goes on.
        "handle": character.handle if face else "",
        "image_url": face_url(character),
        "width": face.width_px if face else COVER_WIDTH_PX,
        "height": face.height_px if face else COVER_HEIGHT_PX,
        "color": face.dominant_colour if face else "",
        "status": character.status,
        "meta": _next_step(character),
    }


def resume_url(character: Character) -> str:
    """Where work on this character goes on."""
    if character.base_face_id:
        return reverse("characters:detail", args=[character.pk])
    if character.status == CharacterStatus.DRAFT and character.designer_step:
        return reverse("characters:design", args=[character.pk, character.designer_step])
    return reverse("generation:faces", args=[character.pk])


def _next_step(character: Character) -> str:
    if character.base_face_id:
        return character.look.label("archetype")
    if character.status == CharacterStatus.DRAFT:
        return "Continue"
    return "Drawing its faces" if character.status == CharacterStatus.GENERATING else "Try again"
