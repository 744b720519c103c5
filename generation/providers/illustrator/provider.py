"""The built-in illustrator as an image provider: no network, no cost, nothing to wait for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from generation.providers.base import (
    FORMAT_SIZES,
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Progress,
    ProviderError,
    Ticket,
    UnsupportedOption,
)

from .compose import BACKDROPS, FRAMINGS, face_box, paint_picture
from .figure import OUTFITS, POSES
from .head import EXPRESSIONS, HAIR_STYLES
from .lights import LIGHTING
from .palette import EYES
from .scene_icons import TRAITS
from .scenes import ENVIRONMENTS, SCENES, light_of

MODEL = "ryla-illustrator"
MODEL_VERSION = "4"
DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"

# Every part of a look that is drawn, and what can be drawn for it.
LOOK_OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "presentation": ("female", "male", "androgynous"),
        "visual_style": ("illustrated",),
        "ethnicity": ("asian", "black", "white", "latino", "arab", "indian", "mixed"),
        "age_range": ("18-25", "26-33", "34-41", "42-50", "51-65", "66-80"),
        "skin_tone": ("light", "medium", "tan", "dark"),
        "face_shape": ("oval", "round", "square", "heart", "diamond"),
        "eye_colour": tuple(EYES),
        "hair_style": HAIR_STYLES,
        "hair_colour": ("black", "brown", "blonde", "auburn", "red", "gray", "white"),
        "body_type": ("slim", "athletic", "average", "curvy", "muscular", "plus_size"),
        "freckles": ("none", "light", "medium", "heavy"),
        "beauty_marks": ("none", "cheek", "lip"),
        "scars": ("none", "brow", "cheek"),
        "piercings": ("none", "ear", "nose", "lip", "eyebrow", "several"),
        "tattoos": ("none", "small", "medium", "large"),
        "glasses": ("none", "round", "square", "sunglasses"),
        "outfit_style": OUTFITS,
        "archetype": tuple(BACKDROPS),
        "personality": TRAITS,
    }
)
_HEX = re.compile(r"#[0-9a-f]{6}\Z")
# What a ticket carries: the request but its key (nothing of it is drawn) and what is refused.
_CARRIED = (
    "look", "seed", "width_px", "height_px", "scene", "environment", "lighting", "pose", "framing",
    "expression", "outfit", "quality",
)  # fmt: skip


class Illustrator(ImageProvider):
    """Draws the request itself when it is polled. Takes no options."""

    alias = "illustrator"
    capabilities = Capabilities(
        visual_styles=LOOK_OPTIONS["visual_style"],
        formats=tuple(FORMAT_SIZES),
        qualities=("standard",),
        scenes=SCENES,
        environments=ENVIRONMENTS,
        lighting=LIGHTING,
        poses=POSES,
        framings=FRAMINGS,
        expressions=EXPRESSIONS,
        outfits=OUTFITS,
        accepts_seeds=True,
        has_sketch=True,
        disclosure="This picture is an illustration drawn by software, not a photograph.",
    )

    def __init__(self, **options: Any) -> None:
        if options:
            raise TypeError(f"The illustrator has no options: {', '.join(sorted(options))}")

    def check(self, request: ImageRequest) -> None:
        super().check(request)
        _check_look(request.look)

    def submit(self, request: ImageRequest) -> Ticket:
        """Nothing starts yet: the ticket is the request, so it survives a restart."""
        data = {name: getattr(request, name) for name in _CARRIED}
        return Ticket(external_id=str(uuid4()), data={**data, "look": dict(request.look)})

    def find(self, request: ImageRequest) -> None:
        """Submitting anew costs nothing, so nobody has to wait for word of the first time."""

    def poll(self, ticket: Ticket) -> Progress | Finished:
        """Draws; the same ticket gives the same bytes however often it is polled."""
        request = _request_of(ticket)
        return Finished(
            content=paint_picture(request),
            content_type="image/png",
            model=MODEL,
            model_version=MODEL_VERSION,
            digital_source_type=DIGITAL_SOURCE_TYPE,
            parameters=_parameters(request),
        )

    def face_box(self, request: ImageRequest) -> tuple[float, float, float, float]:
        return face_box(request)

    def cancel(self, ticket: Ticket) -> None:
        """Nothing runs between submit and poll, so there is nothing to stop."""


def _check_look(look: Mapping[str, Any]) -> None:
    for field, drawn in LOOK_OPTIONS.items():
        value = look.get(field)
        if not (_is_free_colour(field, value) or _is_drawn(value, drawn)):
            raise UnsupportedOption(f"The illustrator cannot draw {field} “{value}”.", field=field)


def _is_free_colour(field: str, value: Any) -> bool:
    return field == "hair_colour" and isinstance(value, str) and bool(_HEX.match(value))


def _is_drawn(value: Any, drawn: tuple[str, ...]) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(slug in drawn for slug in value)
    return value in drawn


def _request_of(ticket: Ticket) -> ImageRequest:
    try:
        values = {name: ticket.data[name] for name in _CARRIED}
    except KeyError:
        raise ProviderError("This ticket is not ours.", code="lost", is_transient=False) from None
    return ImageRequest(external_key=ticket.external_id, **values)


def _parameters(request: ImageRequest) -> dict[str, Any]:
    """What was drawn, with the defaults spelled out."""
    names = ("seed", "scene", "environment", "pose", "framing", "expression", "quality")
    return {
        **{name: getattr(request, name) for name in names},
        "lighting": light_of(request.scene, request.lighting).slug,
        "outfit": request.outfit or request.look["outfit_style"],
    }
