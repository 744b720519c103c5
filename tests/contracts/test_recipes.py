"""What every recipe keeps, whatever it composes."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from characters.config import CharacterConfig
from characters.models import Character
from generation.providers.base import ImageRequest, UnsupportedOption
from generation.providers.fake import FakeProvider
from generation.recipes import RECIPES, Recipe
from generation.recipes.from_picture import FromPicture
from generation.recipes.studio import Studio
from ryla.lib.errors import InvalidInput

RNG = random.Random(1)
CAN = FakeProvider.capabilities


class OfChildren(Studio):
    """A recipe with a mistake that must never reach a provider."""

    def compose(self, character: Character, options: Any, rng: random.Random) -> list[ImageRequest]:
        good, *others = super().compose(character, options, rng)
        return [good, *(replace(r, look={**r.look, "age_range": "13-17"}) for r in others)]


# A grid has no scenes of its own; recipes that start from a picture need one in the tables, see
# tests/generation/test_recipes_from_picture.py.
OPTIONS = {"base_faces": {}, "profile_set": {}, "studio": {}, "grid": {"scenes": ["cafe"]}}


def test_every_recipe_is_under_contract() -> None:
    others = {slug for slug, recipe in RECIPES.items() if isinstance(recipe, FromPicture)}
    assert {*OPTIONS, *others} == set(RECIPES)


@pytest.fixture(params=list(OPTIONS))
def recipe(request: pytest.FixtureRequest) -> Recipe:
    return RECIPES[request.param]


def character_of(**look: Any) -> Character:
    return Character(config=CharacterConfig.parse(look).to_json())


def test_recipe_that_composes_a_minor_hands_out_nothing() -> None:
    recipe = OfChildren()
    options = recipe.parse({"count": 2}, CAN)
    with pytest.raises(UnsupportedOption) as refusal:
        recipe.requests(character_of(), options, RNG, CAN)
    assert refusal.value.field == "age_range"


def test_recipe_cannot_switch_the_adult_rule_off(recipe: Recipe) -> None:
    assert type(recipe).requests is Recipe.requests
    with pytest.raises(UnsupportedOption) as refusal:
        recipe.requests(
            character_of(nsfw_enabled=True), recipe.parse(OPTIONS[recipe.slug], CAN), RNG, CAN
        )
    assert refusal.value.field == "nsfw_enabled"


def test_recipe_asks_for_what_a_complete_provider_honours(recipe: Recipe) -> None:
    provider = FakeProvider()
    requests = recipe.requests(character_of(), recipe.parse(OPTIONS[recipe.slug], CAN), RNG, CAN)
    assert requests
    for request in requests:
        provider.check(request)


def test_studio_takes_no_seed_where_the_provider_does_not() -> None:
    with pytest.raises(InvalidInput) as refusal:
        Studio().parse({"seed": 5}, replace(CAN, accepts_seeds=False))
    assert refusal.value.field == "seed"


def test_studio_starts_with_what_the_provider_has() -> None:
    can = replace(CAN, scenes=("cafe",), expressions=("neutral",), formats=("1:1",))
    parsed = Studio().parse({}, can)
    chosen = (parsed["scene"], parsed["expression"], parsed["format"], parsed["pose"])
    assert chosen == ("cafe", "neutral", "1:1", "relaxed")
