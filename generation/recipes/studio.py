"""One to ten pictures exactly as the studio's controls say."""

from __future__ import annotations

import random
from collections.abc import Mapping
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
    whole_number,
)
from ryla.lib.errors import InvalidInput

COUNT_MAX = 10
PROMPT_MAX = 500
SEED_MAX = 2**53 - 1


# Where nothing is said. Place, light and outfit are then as scene and character say.
_AT_FIRST = {
    "scene": "studio_portrait",
    "pose": "relaxed",
    "framing": "half_body",
    "expression": "smile",
    "format": "4:5",
    "quality": "standard",
}


def choices_of(can: Capabilities) -> dict[str, tuple[tuple[str, ...], str | None]]:
    """By option: what can be chosen from, and what it is where nothing is said: None leaves it
    open. A provider that lacks our first choice starts with its own."""
    offered = {
        "scene": can.scenes,
        "environment": can.environments,
        "lighting": can.lighting,
        "pose": can.poses,
        "framing": can.framings,
        "expression": can.expressions,
        "outfit": can.outfits,
        "format": can.formats,
        "quality": can.qualities,
    }
    return {name: (slugs, _at_first(name, slugs)) for name, slugs in offered.items()}


def _at_first(name: str, slugs: tuple[str, ...]) -> str | None:
    wanted = _AT_FIRST.get(name)
    return wanted if wanted is None or wanted in slugs else next(iter(slugs), None)


class Studio(Recipe):
    slug = "studio"
    label = "Studio"

    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        choices = choices_of(capabilities)
        reject_unknown(options, (*choices, "count", "seed", "prompt", "references"))
        parsed: dict[str, Any] = {
            name: one_of(options, name, allowed, default)
            for name, (allowed, default) in choices.items()
        }
        parsed["count"] = whole_number(options, "count", low=1, high=COUNT_MAX, default=1)
        parsed["seed"] = _seed(options, capabilities)
        parsed["prompt"] = prompt_of(options.get("prompt") or "", capabilities)
        parsed["references"] = chosen_references(options, capabilities)
        return {name: value for name, value in parsed.items() if value not in (None, "")}

    def quote(self, character: Character, options: Mapping[str, Any]) -> Quote:
        return Quote(PICTURE_CREDITS[options["quality"]] * options["count"], options["count"])

    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        width, height = size_of(options["format"])
        passed = ("scene", "environment", "lighting", "pose", "framing", "expression", "outfit")
        chosen = {name: options[name] for name in (*passed, "quality", "prompt") if name in options}
        first = options.get("seed")
        return [
            ImageRequest(
                external_key="",
                look=character.drawn_look(),
                seed=new_seed(rng) if first is None else (first + n) % (SEED_MAX + 1),
                width_px=width,
                height_px=height,
                **chosen,
            )
            for n in range(options["count"])
        ]


def _seed(options: Mapping[str, Any], capabilities: Capabilities) -> int | None:
    seed = whole_number(options, "seed", low=0, high=SEED_MAX, default=None)
    if seed is not None and not capabilities.accepts_seeds:
        raise InvalidInput("This provider takes no seed.", field="seed")
    return seed


def prompt_of(value: Any, capabilities: Capabilities) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise InvalidInput("Prompt: plain text.", field="prompt")
    prompt = value.strip()
    if prompt and not capabilities.accepts_free_text:
        raise InvalidInput("This provider takes no free text.", field="prompt")
    if len(prompt) > PROMPT_MAX:
        raise InvalidInput(f"Prompt: at most {PROMPT_MAX} characters.", field="prompt")
    return prompt
