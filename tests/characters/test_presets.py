from __future__ import annotations

import pytest

from characters.catalogue import get_catalogue
from characters.config import CharacterConfig
from characters.presets import PRESETS, Preset


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.slug)
def test_preset_is_a_look_that_can_be_stored(preset: Preset) -> None:
    assert CharacterConfig.from_json(preset.config.to_json()) == preset.config


def test_presets_show_one_of_each_archetype() -> None:
    shown = [preset.config.archetype for preset in PRESETS.values()]
    assert sorted(shown) == sorted(get_catalogue()["archetype"].by_slug)


def test_presets_show_how_different_people_may_be() -> None:
    looks = [preset.config for preset in PRESETS.values()]
    for field in ("ethnicity", "hair_style", "body_type", "outfit_style"):
        assert len({getattr(look, field) for look in looks}) == len(looks), field
    assert {look.presentation for look in looks} == {"female", "male", "androgynous"}
