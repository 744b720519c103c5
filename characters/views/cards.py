"""Rows as the components want them: pictures with words, covers with addresses."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from characters.models import Character, Image
from characters.pictures import describe, image_srcset, image_url, preview_url
from characters.states import CharacterStatus, ImageReview

COVER_WIDTH_PX, COVER_HEIGHT_PX = 512, 640


def face_url(character: Character, variant: str = "large") -> str:
    """The chosen face, or the drawing of the look while there is none to show."""
    face = character.base_face
    if face is None or face.review != ImageReview.VISIBLE:
        return preview_url(character)
    return image_url(face, variant)


def image_card(image: Image) -> dict[str, Any]:
    return {
        "id": str(image.pk),
        "src": image_url(image, "small"),
        "srcset": image_srcset(image),
        "alt": describe(image),
        "href": reverse("generation:image", args=[image.pk]),
        "width": image.width_px,
        "height": image.height_px,
        "color": image.dominant_colour,
        "favourite_url": reverse("characters:favourite", args=[image.pk]),
        "is_favourite": image.is_favourite,
        "badge": "Face" if image.kind == Image.Kind.BASE_FACE else "",
        # Of `marked` rows; other lists say nothing of it.
        "needs_review": getattr(image, "needs_review", False),
    }


def held_back_card(image: Image) -> dict[str, Any]:
    """The place of a picture that staff withheld: its shape, and the way to the reason."""
    return {
        "href": reverse("generation:image", args=[image.pk]),
        "width": image.width_px,
        "height": image.height_px,
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


def character_card(character: Character, *, has_faces: bool) -> dict[str, Any]:
    """`has_faces`: there are faces to pick one from (services.with_faces_to_pick)."""
    face = character.base_face
    return {
        "name": character.display_name,
        "href": resume_url(character, has_faces=has_faces),
        # A draft's card has room for one thing: where it goes on.
        "handle": character.handle if face else "",
        "image_url": face_url(character),
        "width": face.width_px if face else COVER_WIDTH_PX,
        "height": face.height_px if face else COVER_HEIGHT_PX,
        "color": face.dominant_colour if face else "",
        "status": character.status,
        "status_label": status_label(character, has_faces=has_faces),
        "meta": next_step(character, has_faces=has_faces),
    }


def resume_url(character: Character, *, has_faces: bool) -> str:
    """Where work on this character goes on: drawn faces wait to be picked, whatever screen of
    the designer was the last."""
    if character.base_face_id:
        return reverse("characters:detail", args=[character.pk])
    if has_faces:
        return reverse("generation:faces", args=[character.pk])
    if character.status == CharacterStatus.DRAFT and character.designer_step:
        return reverse("characters:design", args=[character.pk, character.designer_step])
    return reverse("generation:faces", args=[character.pk])


def status_label(character: Character, *, has_faces: bool) -> str:
    """Instead of the status word; empty where that one says it."""
    is_waiting = has_faces and character.status != CharacterStatus.GENERATING
    return "Pick a face" if is_waiting else ""


def next_step(character: Character, *, has_faces: bool) -> str:
    if character.base_face_id:
        return character.look.label("archetype")
    if character.status == CharacterStatus.GENERATING:
        return "Drawing its faces"
    if has_faces:
        return "Pick a face"
    return "Continue" if character.status == CharacterStatus.DRAFT else "Try again"
