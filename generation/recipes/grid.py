"""Every chosen scene with every chosen outfit, in one job with one price."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import product
from typing import Any

from characters.models import Character
from generation.providers.base import Capabilities, ImageRequest
from generation.recipes.base import (
    PICTURE_CREDITS,
    Quote,
    Recipe,
    chosen_references,
    new_seed,
    one_of,
    reject_unknown,
    size_of,
)
from generation.recipes.studio import choices_of, prompt_of
from ryla.lib.errors import InvalidInput

PICTURES_MAX = 24
# What is the same in all of them.
COMMON = ("environment", "lighting", "pose", "framing", "expression", "format", "quality")


class Grid(Recipe):
    slug = "grid"
    label = "Grid"
    again = "studio"

    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        """No `outfits` means the character's own."""
        reject_unknown(options, ("scenes", "outfits", "prompt", "references", *COMMON))
        choices = choices_of(capabilities)
        parsed: dict[str, Any] = {
            "scenes": _several(options, "scenes", capabilities.scenes),
            "outfits": _several(options, "outfits", capabilities.outfits),
            **{name: one_of(options, name, *choices[name]) for name in COMMON},
            "prompt": prompt_of(options.get("prompt") or "", capabilities),
            "references": chosen_references(options, capabilities),
        }
        if not parsed["scenes"]:
            raise InvalidInput("Scenes: choose one or more.", field="scenes")
        if _count(parsed) > PICTURES_MAX:
            message = (
                f"{len(parsed['scenes'])} scenes with {len(parsed['outfits'])} outfits are "
                f"{_count(parsed)} pictures; a grid holds {PICTURES_MAX}."
            )
            raise InvalidInput(message, field="scenes")
        return {name: value for name, value in parsed.items() if value not in (None, "")}

    def quote(self, character: Character, options: Mapping[str, Any]) -> Quote:
        count = _count(options)
        return Quote(PICTURE_CREDITS[options["quality"]] * count, count)

    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        """Scene by scene, each with its outfits in the order chosen."""
        width, height = size_of(options["format"])
        names = ("environment", "lighting", "pose", "framing", "expression", "quality", "prompt")
        chosen = {name: options[name] for name in names if name in options}
        return [
            ImageRequest(
                external_key="",
                look=character.drawn_look(),
                seed=new_seed(rng),
                width_px=width,
                height_px=height,
                scene=scene,
                outfit=outfit,
                **chosen,
            )
            for scene, outfit in product(options["scenes"], options["outfits"] or [None])
        ]


def _count(parsed: Mapping[str, Any]) -> int:
    return len(parsed["scenes"]) * max(1, len(parsed["outfits"]))


def _several(options: Mapping[str, Any], name: str, offered: tuple[str, ...]) -> list[str]:
    """The chosen slugs once each, in the order they were chosen. Raises InvalidInput."""
    value = options.get(name) or []
    if not isinstance(value, list | tuple):
        raise InvalidInput(f"{name.capitalize()}: a list.", field=name)
    chosen = list(dict.fromkeys(str(slug) for slug in value))
    unknown = [slug for slug in chosen if slug not in offered]
    if unknown:
        message = f"{name.capitalize()}: “{unknown[0][:40]}” is not available."
        raise InvalidInput(message, field=name)
    return chosen
