"""What a look may be made of, as data.

A catalogue has a version and is never edited once characters were made with it: a new
option means a new version, so that an old character stays valid for ever. Pictures of
the options are drawn on demand by the built-in illustrator from the same slugs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    slug: str
    label: str
    group: str = ""
    is_adult: bool = False


@dataclass(frozen=True)
class Field:
    """One question about a look; `max_choices` > 1 makes the answer a list."""

    slug: str
    label: str
    options: tuple[Option, ...]
    max_choices: int = 1
    allows_hex: bool = False

    @cached_property
    def by_slug(self) -> Mapping[str, Option]:
        return MappingProxyType({option.slug: option for option in self.options})

    @cached_property
    def groups(self) -> Mapping[str, tuple[Option, ...]]:
        groups: dict[str, list[Option]] = {}
        for option in self.options:
            groups.setdefault(option.group, []).append(option)
        return MappingProxyType({name: tuple(members) for name, members in groups.items()})

    def has(self, slug: str) -> bool:
        return slug in self.by_slug


@dataclass(frozen=True)
class Catalogue:
    version: int
    fields: Mapping[str, Field]

    def __getitem__(self, field: str) -> Field:
        return self.fields[field]


def _field(
    slug: str, label: str, options: dict[str, str], *, max_choices: int = 1, hex_: bool = False
) -> Field:
    return Field(
        slug, label, tuple(Option(s, name) for s, name in options.items()), max_choices, hex_
    )


def _grouped(slug: str, label: str, groups: dict[str, dict[str, str]]) -> Field:
    options = tuple(
        Option(s, name, group) for group, members in groups.items() for s, name in members.items()
    )
    return Field(slug, label, options)


_VERSION_1 = (
    _field(
        "presentation",
        "Presentation",
        {"female": "Female", "male": "Male", "androgynous": "Androgynous"},
    ),
    _field(
        "visual_style",
        "Visual style",
        {"realistic": "Realistic", "anime": "Anime", "illustrated": "Illustrated"},
    ),
    _field(
        "ethnicity",
        "Ethnicity",
        {
            "asian": "Asian",
            "black": "Black",
            "white": "White",
            "latino": "Latino",
            "arab": "Arab",
            "indian": "Indian",
            "mixed": "Mixed",
        },
    ),
    # Adults only: no option below 18 exists, so no request can name one.
    _field(
        "age_range",
        "Age",
        {
            "18-25": "18–25",
            "26-33": "26–33",
            "34-41": "34–41",
            "42-50": "42–50",
            "51-65": "51–65",
            "66-80": "66–80",
        },
    ),
    _field(
        "skin_tone",
        "Skin tone",
        {"light": "Light", "medium": "Medium", "tan": "Tan", "dark": "Dark"},
    ),
    _field(
        "face_shape",
        "Face shape",
        {
            "oval": "Oval",
            "round": "Round",
            "square": "Square",
            "heart": "Heart",
            "diamond": "Diamond",
        },
    ),
    _field(
        "eye_colour",
        "Eye colour",
        {
            "brown": "Brown",
            "blue": "Blue",
            "green": "Green",
            "hazel": "Hazel",
            "gray": "Gray",
            "amber": "Amber",
        },
    ),
    _field(
        "hair_style",
        "Hair style",
        {
            "long": "Long",
            "short": "Short",
            "braids": "Braids",
            "ponytail": "Ponytail",
            "bangs": "Bangs",
            "bun": "Bun",
            "wavy": "Wavy",
            "curly": "Curly",
            "crew_cut": "Crew cut",
            "pompadour": "Pompadour",
            "layered": "Layered",
            "bald": "Bald",
        },
    ),
    _field(
        "hair_colour",
        "Hair colour",
        {
            "black": "Black",
            "brown": "Brown",
            "blonde": "Blonde",
            "auburn": "Auburn",
            "red": "Red",
            "gray": "Gray",
            "white": "White",
        },
        hex_=True,
    ),
    _field(
        "body_type",
        "Body type",
        {
            "slim": "Slim",
            "athletic": "Athletic",
            "average": "Average",
            "curvy": "Curvy",
            "muscular": "Muscular",
            "plus_size": "Plus size",
        },
    ),
    _field(
        "freckles",
        "Freckles",
        {"none": "None", "light": "Light", "medium": "Medium", "heavy": "Heavy"},
    ),
    _field(
        "beauty_marks", "Beauty marks", {"none": "None", "cheek": "Cheek", "lip": "Above the lip"}
    ),
    _field("scars", "Scars", {"none": "None", "brow": "Eyebrow", "cheek": "Cheek"}),
    _field(
        "piercings",
        "Piercings",
        {
            "none": "None",
            "ear": "Ear",
            "nose": "Nose",
            "lip": "Lip",
            "eyebrow": "Eyebrow",
            "several": "Several",
        },
    ),
    _field(
        "tattoos",
        "Tattoos",
        {"none": "None", "small": "Small", "medium": "Medium", "large": "Large"},
    ),
    _field(
        "glasses",
        "Glasses",
        {"none": "None", "round": "Round", "square": "Square", "sunglasses": "Sunglasses"},
    ),
    _grouped(
        "outfit_style",
        "Outfit",
        {
            "Casual": {
                "tee_and_jeans": "Tee and jeans",
                "oversized_hoodie": "Oversized hoodie",
                "knit_sweater": "Knit sweater",
                "denim_jacket": "Denim jacket",
                "linen_shirt": "Linen shirt",
                "summer_dress": "Summer dress",
                "leather_jacket": "Leather jacket",
                "long_coat": "Long coat",
            },
            "Glamour": {
                "evening_gown": "Evening gown",
                "cocktail_dress": "Cocktail dress",
                "tailored_suit": "Tailored suit",
                "silk_blouse": "Silk blouse",
                "blazer_look": "Blazer look",
                "sequin_top": "Sequin top",
                "velvet_tuxedo": "Velvet tuxedo",
            },
            "Sport and swim": {
                "gym_set": "Gym set",
                "tracksuit": "Tracksuit",
                "yoga_set": "Yoga set",
                "tennis_whites": "Tennis whites",
                "running_kit": "Running kit",
                "swimsuit": "Swimsuit",
                "board_shorts": "Board shorts and tee",
                "wetsuit": "Wetsuit",
            },
            "Costume": {
                "witch": "Witch",
                "superhero": "Superhero",
                "astronaut": "Astronaut",
                "pirate": "Pirate",
                "fairy": "Fairy",
                "cyberpunk": "Cyberpunk",
                "flapper": "Roaring twenties",
            },
        },
    ),
    _field(
        "archetype",
        "Archetype",
        {
            "next_door": "Girl or boy next door",
            "fitness": "Fitness enthusiast",
            "luxury": "Luxury lifestyle",
            "mysterious": "Mysterious and edgy",
            "playful": "Playful and fun",
            "professional": "Professional boss",
        },
    ),
    _field(
        "personality",
        "Personality",
        {
            "confident": "Confident",
            "shy": "Shy",
            "bold": "Bold",
            "laid_back": "Laid-back",
            "playful": "Playful",
            "mysterious": "Mysterious",
            "caring": "Caring",
            "independent": "Independent",
            "adventurous": "Adventurous",
            "homebody": "Homebody",
            "ambitious": "Ambitious",
            "creative": "Creative",
            "flirty": "Flirty",
            "classy": "Classy",
            "edgy": "Edgy",
            "sweet": "Sweet",
        },
        max_choices=3,
    ),
)

CURRENT_VERSION = 1
CATALOGUES: Mapping[int, Catalogue] = MappingProxyType(
    {1: Catalogue(1, MappingProxyType({field.slug: field for field in _VERSION_1}))}
)


def get_catalogue(version: int = CURRENT_VERSION) -> Catalogue:
    """Raises KeyError for a version that never existed."""
    return CATALOGUES[version]


# --- What can be chosen now -----------------------------------------------------------------------

# Slugs by field; a field that is not named is offered whole.
Limits = Mapping[str, tuple[str, ...]]
_find_limits: Callable[[], Limits] = dict


def limit_offer(find_limits: Callable[[], Limits]) -> None:
    """Who draws says at start what of a look it can draw: it lives a floor above. Asked anew each
    time, so that another provider in the settings is another offer."""
    global _find_limits  # noqa: PLW0603 (said once per process, before the first request)
    _find_limits = find_limits


def offered_options(field: Field) -> tuple[Option, ...]:
    """What a new choice may be; a character keeps what it has, as long as the catalogue lives."""
    slugs = _find_limits().get(field.slug)
    return field.options if slugs is None else tuple(o for o in field.options if o.slug in slugs)


def is_offered(field: str, slug: Any) -> bool:
    limits = _find_limits()
    return field not in limits or slug in limits[field]


def fitted(look: Mapping[str, Any]) -> dict[str, Any]:
    """A look nobody chose yet, with the first that is offered for what is not."""
    limits = _find_limits().items()
    return {**look, **{name: slugs[0] for name, slugs in limits if look[name] not in slugs}}
