"""Eight pictures that make a profile: one per kind of post, led by archetype and personality."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from characters.models import Character
from generation.providers.base import Capabilities, ImageRequest
from generation.recipes.base import (
    PROFILE_SET_CREDITS,
    Quote,
    Recipe,
    new_seed,
    one_of,
    reject_unknown,
    size_of,
)

PICTURES = 8


@dataclass(frozen=True, slots=True)
class Shot:
    scene: str
    pose: str
    framing: str
    outfit: str | None = None


_OPENING = Shot("studio_portrait", "relaxed", "close_up")
_BY_ARCHETYPE: Mapping[str, tuple[Shot, ...]] = {
    "next_door": (
        Shot("cafe", "sitting_stool", "half_body"),
        Shot("kitchen_morning", "leaning", "half_body", "knit_sweater"),
        Shot("autumn_park", "walking", "full_body", "long_coat"),
        Shot("bookstore", "thinking", "half_body"),
        Shot("flower_field", "spinning", "full_body", "summer_dress"),
        Shot("living_room", "sitting_crossed", "full_body", "oversized_hoodie"),
        Shot("beach_sunset", "waving", "half_body", "linen_shirt"),
    ),
    "fitness": (
        Shot("gym", "hand_on_hip", "half_body", "gym_set"),
        Shot("yoga_studio", "stretching", "full_body", "yoga_set"),
        Shot("forest_trail", "running", "full_body", "running_kit"),
        Shot("rooftop", "arms_crossed", "half_body", "tracksuit"),
        Shot("mountain_view", "arms_up", "full_body", "running_kit"),
        Shot("tropical_pool", "relaxed", "full_body", "swimsuit"),
        Shot("kitchen_morning", "selfie", "half_body"),
    ),
    "luxury": (
        Shot("island_terrace", "leaning", "half_body", "linen_shirt"),
        Shot("paris_balcony", "hand_on_hip", "half_body", "silk_blouse"),
        Shot("airport_lounge", "sitting_crossed", "full_body", "long_coat"),
        Shot("spotlight", "relaxed", "full_body", "evening_gown"),
        Shot("tropical_pool", "lounging", "full_body", "swimsuit"),
        Shot("night_club", "dancing", "half_body", "sequin_top"),
        Shot("rooftop", "hands_in_pockets", "half_body", "tailored_suit"),
    ),
    "mysterious": (
        Shot("neon_alley", "hands_in_pockets", "half_body", "leather_jacket"),
        Shot("subway", "leaning", "full_body", "long_coat"),
        Shot("graffiti_wall", "arms_crossed", "half_body", "leather_jacket"),
        Shot("concert", "hand_in_hair", "half_body"),
        Shot("snow_day", "walking", "full_body", "long_coat"),
        Shot("spotlight", "sitting_forward", "full_body", "velvet_tuxedo"),
        Shot("rooftop", "thinking", "half_body", "denim_jacket"),
    ),
    "playful": (
        Shot("colour_backdrop", "jumping", "full_body"),
        Shot("graffiti_wall", "peace_sign", "half_body", "oversized_hoodie"),
        Shot("cozy_bedroom", "sitting_floor", "full_body", "oversized_hoodie"),
        Shot("tropical_pool", "arms_up", "half_body", "swimsuit"),
        Shot("market_street", "waving", "half_body", "summer_dress"),
        Shot("christmas", "heart_hands", "half_body", "knit_sweater"),
        Shot("concert", "dancing", "full_body", "denim_jacket"),
    ),
    "professional": (
        Shot("home_office", "sitting_forward", "half_body", "blazer_look"),
        Shot("crosswalk", "walking", "full_body", "tailored_suit"),
        Shot("cafe", "sitting_stool", "half_body", "silk_blouse"),
        Shot("airport_lounge", "relaxed", "half_body", "long_coat"),
        Shot("rooftop", "arms_crossed", "half_body", "blazer_look"),
        Shot("bookstore", "thinking", "half_body", "knit_sweater"),
        Shot("street_style", "hand_on_hip", "full_body", "tailored_suit"),
    ),
}
_MOODS: Mapping[str, tuple[str, ...]] = {
    "confident": ("smile", "serious"),
    "shy": ("thoughtful", "smile"),
    "bold": ("laugh", "serious"),
    "laid_back": ("smile", "neutral"),
    "playful": ("laugh", "surprised"),
    "mysterious": ("thoughtful", "neutral"),
    "caring": ("smile", "thoughtful"),
    "independent": ("neutral", "serious"),
    "adventurous": ("laugh", "smile"),
    "homebody": ("smile", "thoughtful"),
    "ambitious": ("serious", "smile"),
    "creative": ("thoughtful", "surprised"),
    "flirty": ("smile", "surprised"),
    "classy": ("neutral", "smile"),
    "edgy": ("serious", "neutral"),
    "sweet": ("smile", "laugh"),
}


class ProfileSet(Recipe):
    slug = "profile_set"
    label = "Profile set"
    again = "studio"

    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        reject_unknown(options, ("format",))
        return {"format": one_of(options, "format", capabilities.formats, "4:5")}

    def quote(self, character: Character, options: Mapping[str, Any]) -> Quote:
        return Quote(PROFILE_SET_CREDITS, PICTURES)

    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        width, height = size_of(options["format"])
        moods = _moods(character.look.personality)
        shots = (_OPENING, *_BY_ARCHETYPE[character.look.archetype])
        return [
            ImageRequest(
                external_key="",
                look=character.drawn_look(),
                seed=new_seed(rng),
                width_px=width,
                height_px=height,
                scene=shot.scene,
                pose=shot.pose,
                framing=shot.framing,
                outfit=shot.outfit,
                expression=moods[n % len(moods)],
            )
            for n, shot in enumerate(shots)
        ]


def _moods(personality: tuple[str, ...]) -> tuple[str, ...]:
    """The expressions of all traits in turn, so that every trait shows in a set of eight."""
    return tuple(
        mood for pair in zip(*(_MOODS[t] for t in personality), strict=True) for mood in pair
    )
