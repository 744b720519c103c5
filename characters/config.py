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


def _surprise(rng: random.Random, visual_style: str) -> dict[str, Any]:
    catalogue = get_catalogue()

    def pick(field: str) -> str:
        return rng.choice(catalogue[field].options).slug

    values: dict[str, Any] = {field: pick(field) for field in CHOICE_FIELDS}
    values["visual_style"] = visual_style
    values["skin_tone"] = rng.choice(_FITTING_SKIN[values["ethnicity"]])
    for field in _RARE:
        if rng.random() < 0.7:  # noqa: PLR2004 (most people have few extras)
            values[field] = "none"
    if values["age_range"] not in ("51-65", "66-80") and values["hair_colour"] in ("gray", "white"):
        values["hair_colour"] = rng.choice(("black", "brown", "blonde", "auburn", "red"))
    personality = rng.sample([o.slug for o in catalogue["personality"].options], rng.randint(1, 3))
    values["personality"] = tuple(personality)
    return values
