from __future__ import annotations

import dataclasses
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from characters.catalogue import CATALOGUES, get_catalogue
from characters.config import (
    CHOICE_FIELDS,
    FACE_FIELDS,
    SCHEMA_VERSION,
    STYLE_FIELDS,
    CharacterConfig,
)
from characters.models import Character
from ryla.lib.errors import InvalidInput
from tests.builders import make_character

CATALOGUE = get_catalogue()
OPTIONS = [
    (name, option.slug)
    for name in CHOICE_FIELDS
    if name != "personality"
    for option in CATALOGUE[name].options
]


# --- Catalogue ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", CATALOGUES)
def test_no_catalogue_can_say_an_age_below_18(version: int) -> None:
    for option in get_catalogue(version)["age_range"].options:
        youngest, oldest = option.slug.split("-")
        assert 18 <= int(youngest) < int(oldest)


def test_slugs_are_unique_within_their_field() -> None:
    for field in CATALOGUE.fields.values():
        assert len(field.by_slug) == len(field.options), field.slug


def test_catalogue_and_config_name_the_same_fields() -> None:
    assert tuple(sorted(CATALOGUE.fields)) == tuple(sorted(CHOICE_FIELDS))
    assert set(FACE_FIELDS).isdisjoint(STYLE_FIELDS)


def test_outfits_are_about_thirty_in_four_groups() -> None:
    assert list(CATALOGUE["outfit_style"].groups) == [
        "Casual",
        "Glamour",
        "Sport and swim",
        "Costume",
    ]
    assert len(CATALOGUE["outfit_style"].options) == 30


def test_version_that_never_existed_is_unknown() -> None:
    with pytest.raises(KeyError):
        get_catalogue(0)


# --- Parsing -----------------------------------------------------------------------------------


def test_nothing_said_is_a_valid_look() -> None:
    assert CharacterConfig.parse({}) == CharacterConfig()


@pytest.mark.parametrize(("name", "slug"), OPTIONS)
def test_every_option_is_accepted_and_survives_the_column(name: str, slug: str) -> None:
    config = CharacterConfig.parse({name: slug})
    assert getattr(config, name) == slug
    stored = json.loads(json.dumps(config.to_json()))
    assert CharacterConfig.from_json(stored) == config


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"age_range": "12-17"}, "age_range"),
        ({"age_range": "0-99"}, "age_range"),
        ({"hair_style": "Long"}, "hair_style"),
        ({"hair_style": ["long"]}, "hair_style"),
        ({"hair_style": None}, "hair_style"),
        ({"hair_colour": "#12"}, "hair_colour"),
        ({"hair_colour": "#12345g"}, "hair_colour"),
        ({"hair_colour": "#123456\n"}, "hair_colour"),
        ({"eye_colour": "#123456"}, "eye_colour"),
        ({"personality": []}, "personality"),
        ({"personality": ["shy", "bold", "sweet", "edgy"]}, "personality"),
        ({"personality": "shy"}, "personality"),
        ({"personality": ["nobody"]}, "personality"),
        ({"bio": "x" * 501}, "bio"),
        ({"bio": 5}, "bio"),
        ({"bio": "a\x00b"}, "bio"),
        ({"nsfw_enabled": "true"}, "nsfw_enabled"),
        ({"wings": "two"}, "wings"),
        ({"catalogue_version": 99}, "catalogue_version"),
        ({"catalogue_version": [1]}, "catalogue_version"),
    ],
)
def test_what_is_no_look_is_refused_by_name(data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        CharacterConfig.parse(data)
    assert refused.value.field == field


WORDS = st.sampled_from(
    [
        *{slug for _, slug in OPTIONS},
        "shy",
        "bold",
        "sweet",
        "edgy",
        "#12abEF",
        "#12",
        "",
        "18",
        "ß",
    ]
)


@given(st.dictionaries(st.sampled_from(CHOICE_FIELDS), WORDS | st.lists(WORDS, max_size=5)))
@settings(derandomize=True, database=None)
def test_any_answers_are_a_valid_look_or_refused_by_name(data: dict[str, Any]) -> None:
    refused_field = None
    try:
        config = CharacterConfig.parse(data)
    except InvalidInput as refused:
        refused_field = refused.field
    else:
        assert CharacterConfig.from_json(config.to_json()) == config
    assert refused_field is None or refused_field in data


def test_fantasy_colour_is_kept_in_lower_case() -> None:
    assert CharacterConfig.parse({"hair_colour": "#ABCDEF"}).hair_colour == "#abcdef"


def test_traits_said_twice_count_once() -> None:
    config = CharacterConfig.parse({"personality": ["shy", "bold", "shy"]})
    assert config.personality == ("shy", "bold")


def test_bio_is_trimmed_and_its_line_ends_are_ours() -> None:
    assert CharacterConfig.parse({"bio": "  One.\r\nTwo. "}).bio == "One.\nTwo."


def test_replace_keeps_the_rest() -> None:
    config = CharacterConfig.parse({"hair_style": "bun", "bio": "Mine."})
    changed = config.replace(glasses="round")
    assert (changed.hair_style, changed.bio, changed.glasses) == ("bun", "Mine.", "round")
    assert config.glasses == "none"


def test_config_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CharacterConfig().bio = "x"  # type: ignore[misc]


def test_column_from_before_versions_were_written_is_read() -> None:
    config = CharacterConfig.from_json({"ageRange": "34-41", "nsfwEnabled": False, "bio": "Old."})
    assert (config.age_range, config.bio) == ("34-41", "Old.")
    assert config.schema_version == SCHEMA_VERSION


# --- What it is for ----------------------------------------------------------------------------


def test_face_changes_with_the_look_and_not_with_the_style() -> None:
    config = CharacterConfig()
    assert config.replace(outfit_style="witch", bio="x", archetype="luxury").face() == config.face()
    assert config.replace(glasses="round").face() != config.face()


def test_label_is_the_catalogues_word() -> None:
    config = CharacterConfig.parse(
        {"hair_style": "crew_cut", "personality": ["laid_back", "shy"], "hair_colour": "#123456"}
    )
    assert config.label("hair_style") == "Crew cut"
    assert config.label("personality") == "Laid-back, Shy"
    assert config.label("hair_colour") == "#123456"


@pytest.mark.parametrize("seed", range(60))
def test_surprise_is_always_a_valid_look_that_fits_together(seed: int) -> None:
    config = CharacterConfig.surprise(random.Random(seed))
    assert CharacterConfig.from_json(config.to_json()) == config
    assert config.visual_style == "illustrated"
    if config.hair_colour in ("gray", "white"):
        assert config.age_range in ("51-65", "66-80")


def test_surprises_differ() -> None:
    rng = random.Random(1)
    looks = {str(CharacterConfig.surprise(rng).face()) for _ in range(20)}
    assert len(looks) == 20


def test_surprises_reach_every_option() -> None:
    rng = random.Random(7)
    seen: dict[str, set[str]] = {name: set() for name in CHOICE_FIELDS}
    for _ in range(4000):
        config = CharacterConfig.surprise(rng)
        for name in CHOICE_FIELDS:
            value = getattr(config, name)
            seen[name].update(value if isinstance(value, tuple) else (value,))
    missing = {
        name: set(CATALOGUE[name].by_slug) - seen[name]
        for name in CHOICE_FIELDS
        if name != "visual_style"  # asked for, not surprised with
    }
    assert {name: slugs for name, slugs in missing.items() if slugs} == {}


def test_surprises_mostly_suit_their_archetype() -> None:
    """An old muscular pirate as the girl next door is possible, not to be expected."""
    rng = random.Random(11)
    looks = [CharacterConfig.surprise(rng) for _ in range(1000)]
    outfits = CATALOGUE["outfit_style"].by_slug
    costumes = [look for look in looks if outfits[look.outfit_style].group == "Costume"]
    assert len(costumes) < 80
    athletes = [look for look in looks if look.archetype == "fitness"]
    sporty = [k for k in athletes if outfits[k.outfit_style].group == "Sport and swim"]
    assert len(sporty) > 0.85 * len(athletes)
    neighbours = [look for look in looks if look.archetype == "next_door"]
    assert sum(look.age_range == "66-80" for look in neighbours) < 0.06 * len(neighbours)
    assert sum(look.body_type == "muscular" for look in neighbours) < 0.06 * len(neighbours)
    gowns = [look for look in looks if look.outfit_style == "evening_gown"]
    assert sum(look.presentation == "male" for look in gowns) < 0.2 * len(gowns)


@pytest.mark.django_db
def test_database_too_refuses_an_age_that_is_not_in_the_catalogue(user: User) -> None:
    from django.db import IntegrityError, transaction

    character = make_character(owner=user)
    for config in ({**character.config, "age_range": "12-17"}, {"hair_style": "long"}):
        with pytest.raises(IntegrityError, match="character_is_adult"), transaction.atomic():
            Character.objects.filter(pk=character.pk).update(config=config)
