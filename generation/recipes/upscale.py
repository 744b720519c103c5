"""A picture in twice its size."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from characters.models import Character
from generation.providers.base import Capabilities, ImageRequest, Reference
from generation.recipes.from_picture import (
    FromPicture,
    request_of,
    require_first_hand,
    source_of,
    source_reference,
)

UPSCALE_CREDITS = 20


class Upscale(FromPicture):
    slug = "upscale"
    label = "Enlarge"
    operation = "upscale"
    credits_each = UPSCALE_CREDITS
    count_max = 1

    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        source = source_of(character, options)
        require_first_hand(source)
        shown = (source_reference(source),)
        return [replace(request_of(source), operation="upscale", references=shown)]

    def _shown(
        self, character: Character, options: Mapping[str, Any], capabilities: Capabilities
    ) -> tuple[Reference, ...]:
        """Nobody is drawn anew."""
        return ()
