"""Three faces that the look could have; picking one decides who the character is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from billing.services import was_welcomed
from characters.models import Character, Image
from generation.models import FreeDraw
from generation.providers.base import Capabilities, ImageRequest
from generation.recipes.base import (
    BASE_FACES_CREDITS,
    FREE_FIRST_DRAWS,
    Quote,
    Recipe,
    new_seed,
    picture_settings,
    reject_unknown,
    size_of,
)

FACES = 3


class BaseFaces(Recipe):
    slug = "base_faces"
    label = "Base faces"
    image_kind = Image.Kind.BASE_FACE
    needs_face = False

    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        reject_unknown(options, ())
        return {}

    def quote(self, character: Character, options: Mapping[str, Any]) -> Quote:
        if _is_first_draw(character):
            return Quote(0, FACES, "The first draw of your first three characters is free.")
        return Quote(BASE_FACES_CREDITS, FACES)

    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        width, height = size_of("4:5")
        return [
            ImageRequest(
                external_key="",
                look={**character.look.to_json(), "seed": f"{rng.getrandbits(64):016x}"},
                seed=new_seed(rng),
                width_px=width,
                height_px=height,
                scene="studio_portrait",
                framing="close_up",
                expression="smile",
            )
            for _ in range(FACES)
        ]

    def image_settings(self, character: Character, request: ImageRequest) -> dict[str, Any]:
        """The seed that makes this face this person, and the look it was drawn for."""
        drawn = {name: request.look[name] for name in character.look.face()}
        return {**picture_settings(request), "look_seed": request.look["seed"], "face": drawn}


def _is_first_draw(character: Character) -> bool:
    """Only draws that delivered or still may count: nobody loses the free one to a failure.
    They are part of the welcome, which no mailbox has twice."""
    if not was_welcomed(character.owner):
        return False
    drawn = FreeDraw.objects.filter(owner_id=character.owner_id).values_list(
        "character_id", flat=True
    )
    characters = set(drawn[: FREE_FIRST_DRAWS + 1])
    return character.pk not in characters and len(characters) < FREE_FIRST_DRAWS
