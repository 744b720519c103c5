"""The same picture in other ways: its very request with another seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from characters.models import Character
from generation.providers.base import Capabilities, ImageRequest
from generation.recipes.base import new_seed
from generation.recipes.from_picture import FromPicture, request_of, source_of


class Variation(FromPicture):
    slug = "variation"
    label = "Variation"

    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        """Beside the base face the picture itself is shown to a provider that has room for it."""
        parsed = super().parse(options, capabilities)
        has_room = capabilities.references_for("create") > 1
        return {**parsed, "references": [parsed["image"]]} if has_room else parsed

    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        made = request_of(source_of(character, options))
        return [replace(made, seed=new_seed(rng)) for _ in range(options["count"])]
