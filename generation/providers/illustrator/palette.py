"""Colours of the house style: skin, hair, eyes and the small arithmetic on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .head_person import hair_cast, undertone


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(a: str, b: str, t: float) -> str:
    """`a` moved towards `b` by `t` (0..1); both and the result are `#rrggbb`."""
    return "#" + "".join(
        f"{round(x + (y - x) * t):02x}" for x, y in zip(_rgb(a), _rgb(b), strict=True)
    )


def lighten(colour: str, t: float) -> str:
    return mix(colour, "#ffffff", t)


def darken(colour: str, t: float) -> str:
    return mix(colour, "#1a0b16", t)


@dataclass(frozen=True, slots=True)
class SkinTones:
    base: str
    shade: str
    deep: str
    light: str
    blush: str
    lip: str


@dataclass(frozen=True, slots=True)
class HairTones:
    base: str
    shade: str
    deep: str
    light: str


# skin tone × undertone: the tone sets the depth, the ethnicity leans the hue.
_SKIN = {"light": "#f6d3bd", "medium": "#e3b08c", "tan": "#c68a5e", "dark": "#7d4a32"}
_LEAN = {
    "asian": ("#f2d29c", 0.16),
    "black": ("#4a2618", 0.22),
    "white": ("#f9c9bd", 0.18),
    "latino": ("#c98a58", 0.16),
    "arab": ("#c79a68", 0.18),
    "indian": ("#a8713f", 0.20),
    "mixed": ("#b77f58", 0.10),
}
_HAIR = {
    "black": "#231f29",
    "brown": "#5a3825",
    "blonde": "#e2b866",
    "auburn": "#86371f",
    "red": "#c4502a",
    "gray": "#9a9aa3",
    "white": "#ece8e4",
}
EYES = {
    "brown": "#6b4226",
    "blue": "#4b8fd6",
    "green": "#4f9d69",
    "hazel": "#9a7a3a",
    "gray": "#8795a3",
    "amber": "#d08a2e",
}


# The chosen colour stays: with age it only loses a little depth. Silver strands are drawn.
_FADING = {"51-65": 0.04, "66-80": 0.1}


def _luma(colour: str) -> float:
    """Perceived lightness, 0..1."""
    r, g, b = _rgb(colour)
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255


def skin_tones(look: Mapping[str, Any]) -> SkinTones:
    lean, weight = _LEAN[look["ethnicity"]]
    base = mix(_SKIN[look["skin_tone"]], lean, weight)
    base = mix(base, *undertone(str(look.get("seed", ""))))
    luma = _luma(base)
    return SkinTones(
        base=base,
        shade=mix(base, "#a03c38", 0.24) if luma > 0.5 else mix(base, "#3a0f1c", 0.3),
        deep=mix(base, "#5a1626", 0.46) if luma > 0.5 else mix(base, "#22060f", 0.58),
        light=mix(base, "#fff4e2", 0.14 + 0.28 * luma),
        blush=mix(base, "#e8536b", 0.24 + 0.2 * luma),
        lip=mix(base, "#b8324a", 0.55),
    )


def hair_tones(look: Mapping[str, Any]) -> HairTones:
    colour = look["hair_colour"]
    if colour.startswith("#"):
        base = colour  # somebody chose exactly this
    else:
        base = mix(_HAIR[colour], *hair_cast(str(look.get("seed", ""))))
    fading = _FADING.get(look["age_range"], 0.0)
    if fading:
        base = mix(base, mix(base, "#c9c6c8", 0.92), fading)
    dark = 1 - _luma(base)
    r, g, b = _rgb(base)
    warmth = max(r - b, 0) / 255 if r >= g >= b else 0.0
    toned = mix(base, "#8a3a10", 0.42 * warmth)  # a darkened yellow alone would turn olive
    return HairTones(
        base=base,
        shade=darken(toned, 0.22 + 0.1 * dark),
        deep=darken(toned, 0.42 + 0.12 * dark),
        light=lighten(base, 0.16 + 0.2 * _luma(base)) if dark < 0.8 else lighten(base, 0.22),
    )
