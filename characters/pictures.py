"""Which answers the picture of an option shows beside the option itself.

The designer, the studio and the drawing view build and read the same short addresses by it, so
that a picture changes only with what can be seen on it, and everybody shares it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from characters.config import CHOICE_FIELDS

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
