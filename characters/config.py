"""The value behind a character's `config` column.

A `CharacterConfig` is frozen and always valid: it is built by `parse` (untrusted input),
`from_json` (our own column, older schema versions included) or `replace`.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from characters.catalogue import CURRENT_VERSION, Catalogue, Field, get_catalogue
from ryla.lib.errors import InvalidInput

SCHEMA_VERSION = 1
BIO_MAX = 500
_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")

# What is drawn: a change of any of these is another look, and asks for another face.
FACE_FIELDS = (
    "presentation",
    "visual_style",
    "ethnicity",
    "age_range",
    "skin_tone",
    "face_shape",
    "eye_colour",
    "hair_style",
    "hair_colour",
    "body_type",
    "freckles",
    "beauty_marks",
    "scars",
    "piercings",
    "tattoos",
    "glasses",
)
STYLE_FIELDS = ("outfit_style", "archetype", "personality")
CHOICE_FIELDS = (*FACE_FIELDS, *STYLE_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterConfig:
    """A look and a voice. Slugs are of the catalogue of `catalogue_version`; `hair_colour`
    may be `#rrggbb`; `personality` holds 1 to 3 slugs; `bio` is at most 500 characters."""

    presentation: str = "female"
    visual_style: str = "illustrated"
    ethnicity: str = "mixed"
    age_range: str = "26-33"
    skin_tone: str = "medium"
    face_shape: str = "oval"
    eye_colour: str = "brown"
    hair_style: str = "long"
    hair_colour: str = "brown"
    body_type: str = "average"
    freckles: str = "none"
    beauty_marks: str = "none"
    scars: str = "none"
    piercings: str = "none"
    tattoos: str = "none"
    glasses: str = "none"
    outfit_style: str = "tee_and_jeans"
    archetype: str = "next_door"
    personality: tuple[str, ...] = ("confident",)
    bio: str = ""
    nsfw_enabled: bool = False
    catalogue_version: int = CURRENT_VERSION
    schema_version: int = SCHEMA_VERSION

    @classmethod
    def parse(cls, data: Mapping[str, Any], *, base: CharacterConfig | None = None) -> Self:
        """Untrusted input over `base` (or the defaults). Unknown keys are refused.

        Raises InvalidInput naming the field.
        """
        values = _as_dict(base) if base else {}
        known = {field.name for field in dataclasses.fields(cls)}
        for key, value in data.items():
            if key not in known:
                raise InvalidInput(f"“{key}” is not part of a look.", field=key)
            values[key] = value
        values["schema_version"] = SCHEMA_VERSION
        version = values.setdefault("catalogue_version", CURRENT_VERSION)
        catalogue = _catalogue(version)
        for name in CHOICE_FIELDS:
            if name in values:
                values[name] = _choice(catalogue[name], values[name])
        values["bio"] = _bio(values.get("bio", ""))
        if not isinstance(values.get("nsfw_enabled", False), bool):
            raise InvalidInput("This is either true or false.", field="nsfw_enabled")
        return cls(**values)

    @classmethod
    def from_json(cls, column: Mapping[str, Any]) -> Self:
        """Our own column, brought up to the present schema. Raises InvalidInput."""
        data = dict(column)
        version = data.get("schema_version", 0)
        while version < SCHEMA_VERSION:
            data = _UPGRADES[version](data)
            version = data["schema_version"]
        return cls.parse(data)

    @classmethod
    def surprise(
        cls, rng: random.Random | None = None, *, visual_style: str = "illustrated"
    ) -> Self:
        """A random look that fits together (no fantasy hair, few extras)."""
        return cls(**_surprise(rng or random.SystemRandom(), visual_style))

    def replace(self, **changes: Any) -> CharacterConfig:
        """Raises InvalidInput."""
        return CharacterConfig.parse(changes, base=self)

    def to_json(self) -> dict[str, Any]:
        return _as_dict(self)

    def face(self) -> dict[str, Any]:
        """The part that decides what the face looks like; two equal ones share a face."""
        return {name: getattr(self, name) for name in FACE_FIELDS}

    def label(self, field: str) -> str:
        """The choice in words, as the catalogue it was made with names it."""
        choices = get_catalogue(self.catalogue_version)[field].by_slug
        value = getattr(self, field)
        slugs = value if isinstance(value, tuple) else (value,)
        return ", ".join(choices[slug].label if slug in choices else slug for slug in slugs)


def _as_dict(config: CharacterConfig) -> dict[str, Any]:
    values = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    values["personality"] = list(config.personality)
    return values


def _catalogue(version: Any) -> Catalogue:
    try:
        return get_catalogue(version)
    except (KeyError, TypeError):
        raise InvalidInput("There is no such catalogue.", field="catalogue_version") from None


def _choice(field: Field, value: Any) -> Any:
    if field.max_choices > 1:
        return _choices(field, value)
    if not isinstance(value, str):
        raise InvalidInput(f"{field.label}: choose one of the options.", field=field.slug)
    if field.allows_hex and _HEX.match(value):
        return value.lower()
    if not field.has(value):
        raise InvalidInput(f"{field.label}: “{value[:40]}” is not an option.", field=field.slug)
    return value


def _choices(field: Field, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{field.label}: choose from the options.", field=field.slug)
    chosen = tuple(dict.fromkeys(str(v) for v in value))
    for slug in chosen:
        if not field.has(slug):
            raise InvalidInput(f"{field.label}: “{slug[:40]}” is not an option.", field=field.slug)
    if not 1 <= len(chosen) <= field.max_choices:
        raise InvalidInput(f"{field.label}: choose 1 to {field.max_choices}.", field=field.slug)
    return chosen


def _bio(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise InvalidInput("The bio is plain text.", field="bio")
    bio = value.replace("\r\n", "\n").strip()
    if len(bio) > BIO_MAX:
        raise InvalidInput(
            f"The bio has {len(bio)} characters; at most {BIO_MAX} fit.", field="bio"
        )
    return bio


def _upgrade_0(data: dict[str, Any]) -> dict[str, Any]:
    """Before versions were written: the first catalogue, camelCase for two keys."""
    renamed = {"nsfwEnabled": "nsfw_enabled", "ageRange": "age_range"}
    upgraded = {renamed.get(key, key): value for key, value in data.items()}
    upgraded.setdefault("catalogue_version", 1)
    upgraded["schema_version"] = 1
    return upgraded


# From version n to n + 1; a new schema version adds its step and a test of it.
_UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: _upgrade_0}

_FITTING_SKIN = {
    "asian": ("light", "medium"),
    "black": ("tan", "dark"),
    "white": ("light", "medium"),
    "latino": ("medium", "tan"),
    "arab": ("medium", "tan"),
    "indian": ("medium", "tan", "dark"),
    "mixed": ("medium", "tan"),
}
_RARE = ("freckles", "beauty_marks", "scars", "piercings", "tattoos", "glasses")

# What suits an archetype comes up about nine times in ten; the rest of the catalogue stays
# possible. Outfit groups and slugs, ages, bodies and traits, by archetype.
_SUITS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "next_door": {
        "outfit_style": (
            "tee_and_jeans", "oversized_hoodie", "knit_sweater", "denim_jacket", "linen_shirt",
            "summer_dress",
        ),
        "age_range": ("18-25", "26-33", "26-33", "34-41"),
        "body_type": ("slim", "average", "average", "curvy", "athletic"),
        "personality": ("shy", "laid_back", "caring", "homebody", "sweet", "creative"),
    },
    "fitness": {
        "outfit_style": (
            "gym_set", "tracksuit", "yoga_set", "tennis_whites", "running_kit", "swimsuit",
            "board_shorts", "wetsuit",
        ),
        "age_range": ("18-25", "26-33", "26-33", "34-41", "42-50"),
        "body_type": ("athletic", "athletic", "muscular", "slim", "curvy"),
        "personality": ("confident", "bold", "adventurous", "ambitious", "independent"),
    },
    "luxury": {
        "outfit_style": (
            "evening_gown", "cocktail_dress", "tailored_suit", "silk_blouse", "blazer_look",
            "sequin_top", "velvet_tuxedo", "long_coat",
        ),
        "age_range": ("26-33", "34-41", "34-41", "42-50", "51-65"),
        "body_type": ("slim", "average", "curvy", "athletic"),
        "personality": ("confident", "classy", "flirty", "ambitious", "independent"),
    },
    "mysterious": {
        "outfit_style": (
            "leather_jacket", "leather_jacket", "long_coat", "velvet_tuxedo", "cyberpunk",
            "silk_blouse",
        ),
        "age_range": ("18-25", "26-33", "26-33", "34-41"),
        "body_type": ("slim", "average", "athletic", "curvy"),
        "personality": ("mysterious", "edgy", "bold", "independent", "creative"),
    },
    "playful": {
        "outfit_style": (
            "summer_dress", "sequin_top", "denim_jacket", "board_shorts", "tee_and_jeans",
            "oversized_hoodie", "flapper",
        ),
        "age_range": ("18-25", "18-25", "26-33", "34-41"),
        "body_type": ("slim", "average", "curvy", "plus_size", "athletic"),
        "personality": ("playful", "flirty", "adventurous", "sweet", "bold", "creative"),
    },
    "professional": {
        "outfit_style": (
            "blazer_look", "tailored_suit", "silk_blouse", "linen_shirt", "knit_sweater",
            "long_coat",
        ),
        "age_range": ("26-33", "34-41", "34-41", "42-50", "51-65"),
        "body_type": ("average", "slim", "athletic", "curvy", "plus_size"),
        "personality": ("confident", "ambitious", "independent", "classy", "caring"),
    },
}  # fmt: skip
_PLAIN_SHARE, _GREY_SHARE, _ODD_TRAIT_SHARE = 0.75, 0.6, 0.5
_SUITS_SHARE = 0.9
# By presentation: what is rarely worn or grown by it. Anybody may choose it; nobody is surprised.
_UNUSUAL = {
    "female": ("crew_cut", "pompadour", "bald", "velvet_tuxedo", "board_shorts"),
    "male": (
        "evening_gown", "cocktail_dress", "summer_dress", "flapper", "fairy", "silk_blouse",
        "sequin_top", "yoga_set", "swimsuit", "bangs", "bun", "ponytail", "braids", "curvy",
    ),
    "androgynous": ("evening_gown", "flapper", "fairy", "bald"),
}  # fmt: skip
_USUAL_SHARE = 0.95
# The natural colours that suit an ethnicity's usual depth of hair and eyes.
_DARK_HAIR = ("black", "black", "brown")
_FITTING_HAIR = {
    "white": ("brown", "blonde", "blonde", "auburn", "red", "black"),
    "mixed": ("black", "brown", "brown", "auburn", "blonde"),
    "latino": ("black", "brown", "brown", "auburn"),
}
_DARK_EYES = ("brown", "brown", "hazel", "amber")
_FITTING_EYES = {
    "white": ("blue", "green", "brown", "hazel", "gray"),
    "mixed": ("brown", "hazel", "green", "amber"),
}
_OLD = ("51-65", "66-80")


def _surprise(rng: random.Random, visual_style: str) -> dict[str, Any]:
    catalogue = get_catalogue()

    def pick(field: str, fitting: tuple[str, ...] = (), unusual: tuple[str, ...] = ()) -> str:
        """Mostly of the fitting ones, else of all; what is unusual is mostly passed over."""
        options = [option.slug for option in catalogue[field].options]
        suits = fitting if fitting and rng.random() < _SUITS_SHARE else options
        usual = [slug for slug in suits if slug not in unusual]
        return rng.choice(usual if usual and rng.random() < _USUAL_SHARE else list(suits))

    values: dict[str, Any] = {field: pick(field) for field in CHOICE_FIELDS}
    suits = _SUITS[values["archetype"]]
    ethnicity, unusual = values["ethnicity"], _UNUSUAL[values["presentation"]]
    values["visual_style"] = visual_style
    values["age_range"] = pick("age_range", suits["age_range"])
    values["body_type"] = pick("body_type", suits["body_type"], unusual)
    values["hair_style"] = pick("hair_style", unusual=unusual)
    values["outfit_style"] = pick("outfit_style", suits["outfit_style"], unusual)
    values["skin_tone"] = pick("skin_tone", _FITTING_SKIN[ethnicity])
    values["eye_colour"] = pick("eye_colour", _FITTING_EYES.get(ethnicity, _DARK_EYES))
    values["hair_colour"] = _surprising_hair(rng, ethnicity, values["age_range"])
    for field in _RARE:
        if rng.random() < _PLAIN_SHARE:
            values[field] = "none"
    if rng.random() < _USUAL_SHARE:
        values["scars"] = "none"
    if values["glasses"] == "sunglasses" and rng.random() < _SUITS_SHARE:
        values["glasses"] = "none"  # they hide the eyes at the first meeting
    values["personality"] = _surprising_traits(rng, suits["personality"])
    return values


def _surprising_hair(rng: random.Random, ethnicity: str, age: str) -> str:
    natural = _FITTING_HAIR.get(ethnicity, _DARK_HAIR)
    if age in _OLD and rng.random() < _GREY_SHARE:
        return rng.choice(("gray", "white"))
    if rng.random() < _SUITS_SHARE:
        return rng.choice(natural)
    return rng.choice(("black", "brown", "blonde", "auburn", "red"))


def _surprising_traits(rng: random.Random, suiting: tuple[str, ...]) -> tuple[str, ...]:
    """One or two that suit the archetype, and sometimes one more of all."""
    chosen = rng.sample(suiting, rng.randint(1, 2))
    if rng.random() < _ODD_TRAIT_SHARE:
        chosen.append(
            rng.choice([option.slug for option in get_catalogue()["personality"].options])
        )
    return tuple(dict.fromkeys(chosen))
