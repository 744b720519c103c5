"""Addresses of pictures and the words for them, the same on every page.

Which answers the picture of an option shows beside the option itself: the designer, the studio
and the drawing view build and read the same short addresses by it, so that a picture changes only
with what can be seen on it, and everybody shares it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from characters.config import CHOICE_FIELDS, CharacterConfig
from characters.images import LARGE_WIDTH_PX, SMALL_WIDTH_PX
from characters.models import Character, Image

_PERSON = ("presentation", "ethnicity", "skin_tone")
_HAIR = ("hair_style", "hair_colour")
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "presentation": (*_PERSON, *_HAIR),
    "visual_style": (*_PERSON, *_HAIR),
    "ethnicity": (*_PERSON, *_HAIR),
    "age_range": (*_PERSON, *_HAIR),
    "skin_tone": (*_PERSON, *_HAIR),
    "face_shape": (*_PERSON, "hair_colour"),
    "eye_colour": _PERSON,
    "hair_style": (*_PERSON, "age_range", "hair_colour"),
    "hair_colour": (*_PERSON, "hair_style"),
    "body_type": (*_PERSON, *_HAIR),
    "freckles": _PERSON,
    "beauty_marks": _PERSON,
    "scars": _PERSON,
    "piercings": (*_PERSON, "hair_colour"),
    "tattoos": (*_PERSON, *_HAIR),
    "glasses": (*_PERSON, "face_shape", *_HAIR),
    "outfit_style": (*_PERSON, "body_type", *_HAIR),
    "archetype": (*_PERSON, *_HAIR),
    "personality": (),  # signs, not people
}
# By field, in the order of the catalogue; the field itself is in the path.
SHOWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    field: tuple(name for name in CHOICE_FIELDS if name in shown and name != field)
    for field, shown in _SHOWN.items()
}


def shown_query(field: str, look: Mapping[str, Any]) -> str:
    """The query of a picture of this field; names missing in `look` are left out."""
    return urlencode([(name, look[name]) for name in SHOWN_FIELDS[field] if name in look])


def look_query(look: CharacterConfig, *, without: tuple[str, ...] = (), seed: str = "") -> str:
    """The look as the query of a preview picture. `seed` draws one certain person."""
    values = look.to_json()
    pairs = [(name, values[name]) for name in CHOICE_FIELDS if name not in without]
    if seed:
        pairs.append(("seed", seed))
    return urlencode(pairs, doseq=True)


def preview_url(character: Character) -> str:
    """A draft has no face of its own yet: it is drawn as the look alone says."""
    seed = character.seed if character.base_face_id else ""
    return f"{reverse('generation:preview')}?{look_query(character.look, seed=seed)}"


def image_url(image: Image, variant: str) -> str:
    return reverse("characters:image_file", args=[image.pk, variant])


def image_srcset(image: Image) -> str:
    """Thumbnails are never wider than the picture itself."""
    small, large = (min(width, image.width_px) for width in (SMALL_WIDTH_PX, LARGE_WIDTH_PX))
    return f"{image_url(image, 'small')} {small}w, {image_url(image, 'large')} {large}w"


def describe(image: Image) -> str:
    """What is on the picture, in the words it was made with."""
    return str(image.settings.get("alt") or f"Picture of {image.character.display_name}")
