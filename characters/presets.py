"""The looks offered on the first screen: one per archetype, each somebody to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from characters.config import CharacterConfig


@dataclass(frozen=True, slots=True)
class Preset:
    slug: str
    label: str
    hint: str
    config: CharacterConfig


_ALL = (
    Preset(
        "sunday_market",
        "Next door",
        "Warm, easy, Sunday markets",
        CharacterConfig(
            presentation="female",
            ethnicity="white",
            age_range="18-25",
            skin_tone="light",
            face_shape="heart",
            eye_colour="green",
            hair_style="wavy",
            hair_colour="auburn",
            body_type="average",
            freckles="medium",
            outfit_style="knit_sweater",
            archetype="next_door",
            personality=("caring", "laid_back", "sweet"),
        ),
    ),
    Preset(
        "first_light",
        "Fitness",
        "Up at six, miles before breakfast",
        CharacterConfig(
            presentation="male",
            ethnicity="black",
            age_range="26-33",
            skin_tone="dark",
            face_shape="square",
            eye_colour="brown",
            hair_style="crew_cut",
            hair_colour="black",
            body_type="muscular",
            outfit_style="gym_set",
            archetype="fitness",
            personality=("ambitious", "confident"),
        ),
    ),
    Preset(
        "front_row",
        "Luxury",
        "Silk, terraces, front row",
        CharacterConfig(
            presentation="female",
            ethnicity="arab",
            age_range="34-41",
            skin_tone="medium",
            face_shape="oval",
            eye_colour="hazel",
            hair_style="long",
            hair_colour="black",
            body_type="curvy",
            beauty_marks="lip",
            piercings="ear",
            outfit_style="silk_blouse",
            archetype="luxury",
            personality=("classy", "confident", "flirty"),
        ),
    ),
    Preset(
        "after_midnight",
        "Mysterious",
        "Neon, leather, after midnight",
        CharacterConfig(
            presentation="androgynous",
            ethnicity="asian",
            age_range="18-25",
            skin_tone="light",
            face_shape="diamond",
            eye_colour="gray",
            hair_style="layered",
            hair_colour="#5b6ee1",
            body_type="slim",
            piercings="several",
            tattoos="medium",
            outfit_style="leather_jacket",
            archetype="mysterious",
            personality=("mysterious", "edgy", "independent"),
        ),
    ),
    Preset(
        "loud_colours",
        "Playful",
        "Loud colours, louder laugh",
        CharacterConfig(
            presentation="female",
            ethnicity="latino",
            age_range="26-33",
            skin_tone="tan",
            face_shape="round",
            eye_colour="brown",
            hair_style="curly",
            hair_colour="brown",
            body_type="plus_size",
            glasses="round",
            outfit_style="denim_jacket",
            archetype="playful",
            personality=("playful", "bold", "creative"),
        ),
    ),
    Preset(
        "corner_office",
        "Professional",
        "Sharp suit, dry humour",
        CharacterConfig(
            presentation="male",
            ethnicity="indian",
            age_range="42-50",
            skin_tone="medium",
            face_shape="oval",
            eye_colour="amber",
            hair_style="pompadour",
            hair_colour="black",
            body_type="athletic",
            glasses="square",
            outfit_style="tailored_suit",
            archetype="professional",
            personality=("independent", "ambitious", "classy"),
        ),
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.slug: preset for preset in _ALL})
