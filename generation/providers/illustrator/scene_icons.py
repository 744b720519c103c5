"""Pictograms of the personality traits and of the picture formats, 100 × 100."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .palette import darken, lighten
from .scene_kit import around, disc, group, oval, poly, rect, shape, stroke

_CREAM, _INK = "#fff8ec", "#3a2348"


def trait_icon(slug: str) -> str:
    """The trait's pictogram on its coloured tile. Raises KeyError for an unknown trait."""
    colour, draw = _TRAITS[slug]
    tile = (
        '<defs><linearGradient id="tile" x2="1" y2="1">'
        f'<stop stop-color="{lighten(colour, 0.5)}"/><stop offset="1" stop-color="{colour}"/>'
        "</linearGradient></defs>"
    )
    halo = disc(50, 50, 37, "#ffffff", 0.32)
    return tile + rect(0, 0, 100, 100, "url(#tile)") + halo + draw()


def _confident() -> str:
    outer, inner = around(50, 51, 30, 5, -90), around(50, 51, 13.5, 5, -54)
    points = [p for pair in zip(outer, inner, strict=True) for p in pair]
    rays = "".join(
        stroke(f"M{x:.0f} {y:.0f}L{50 + (x - 50) * 1.14:.0f} {51 + (y - 51) * 1.14:.0f}", _CREAM, 3)
        for x, y in around(50, 51, 36, 5, -54)
    )
    return (
        rays
        + poly(points, "#ffcf4a")
        + poly([(50, 51), *points[-1:], points[0], points[1]], "#ffe28a")
    )


def _shy() -> str:
    sun = disc(60, 42, 19, "#ffcf4a") + disc(60, 42, 25, "#ffcf4a", 0.3)
    cloud = disc(35, 60, 15, _CREAM) + disc(52, 54, 18, _CREAM) + disc(69, 62, 13, _CREAM)
    face = (
        stroke("M44 59q3 3 6 0M56 59q3 3 6 0", _INK, 2.4)
        + disc(42, 65, 3.4, "#f79aa8")
        + disc(65, 65, 3.4, "#f79aa8")
    )
    return sun + cloud + rect(30, 60, 44, 15, _CREAM, 7.5) + face


def _bold() -> str:
    bolt = [(57, 14), (27, 55), (46, 55), (40, 87), (74, 42), (53, 42)]
    return poly(bolt, "#ffd23f") + poly([(57, 14), (27, 55), (46, 55)], "#fff0a8")


def _laid_back() -> str:
    bridge = stroke("M41 47q9-7 18 0", _INK, 4)
    lenses = "".join(
        shape(f"M{x} 42h30q2 23-14 23t-16-23Z", _INK) + stroke(f"M{x + 6} 48l7 0", "#8fe3e0", 3)
        for x in (15, 55)
    )
    return disc(50, 52, 34, "#ffcf4a") + lenses + bridge + stroke("M38 70q12 10 24 0", _INK, 3.4)


def _playful() -> str:
    out = ""
    for x, y, colour in ((34, 40, "#ff6f7d"), (64, 36, "#4fc4d9"), (50, 26, "#ffcf4a")):
        out += stroke(f"M{x} {y + 17}Q{(x + 50) / 2:.0f} 68 50 86", _CREAM, 2)
        out += oval(x, y, 14, 17, colour) + oval(x - 5, y - 6, 3.4, 5, "#ffffff", 0.7)
        out += poly([(x - 3, y + 20), (x + 3, y + 20), (x, y + 15)], darken(colour, 0.12))
    return out


def _mysterious() -> str:
    moon = shape("M64 18A33 33 0 1 0 82 66 27 27 0 0 1 64 18Z", "#ffe9ae")
    star = "".join(
        disc(x, y, r, _CREAM) for x, y, r in ((74, 30, 2.6), (84, 44, 1.8), (70, 50, 1.6))
    )
    return moon + star + stroke("M33 50q5 5 10 0M48 58q4 4 8 1", _INK, 2.6)


def _caring() -> str:
    heart = "M0 30C-46-2-30-32-10-27-3-25 0-19 0-16 0-19 3-25 10-27 30-32 46-2 0 30Z"
    hand = shape("M18 66q14-10 26 0h14q7 1 5 7l16-9q7-3 9 3L66 84q-5 4-12 4H18Z", "#ffd9b5")
    return (
        group(shape(heart, "#f2566f"), 50, 40, sx=0.92, sy=0.92)
        + stroke("M32 30q-6 4-5 12", _CREAM, 3.4)
        + hand
    )


def _independent() -> str:
    plane = poly([(16, 52), (84, 20), (58, 82), (45, 60)], _CREAM)
    plane += poly([(45, 60), (84, 20), (40, 78)], "#d9c8e2") + poly(
        [(45, 60), (84, 20), (58, 82)], "#f1e6f2"
    )
    return stroke("M14 84q10-4 14-14M30 86q6-2 8-7", _CREAM, 2.4) + plane


def _adventurous() -> str:
    peaks = poly([(12, 80), (42, 30), (62, 62), (72, 48), (90, 80)], "#4f7f78")
    snow = poly([(42, 30), (33, 45), (40, 43), (44, 49), (51, 45)], _CREAM)
    return (
        disc(72, 32, 11, "#ffcf4a")
        + peaks
        + snow
        + stroke("M42 30V13", _INK, 2.4)
        + poly([(42, 13), (58, 18), (42, 23)], "#f2566f")
    )


def _homebody() -> str:
    house = rect(26, 46, 48, 38, _CREAM, 3) + poly([(18, 50), (50, 20), (82, 50)], "#e0685a")
    heart = "M0 9C-14-1-9-10-3-8-1-8 0-6 0-5 0-6 1-8 3-8 9-10 14-1 0 9Z"
    door = rect(43, 62, 14, 22, "#8a5a45", 2)
    return rect(64, 24, 8, 16, "#b0503f") + house + door + group(shape(heart, "#f2566f"), 50, 50)


def _ambitious() -> str:
    body = shape("M0-36C15-22 16 0 11 18H-11C-16 0-15-22 0-36Z", _CREAM)
    body += shape("M0-36C7-30 10-22 12-14H-12C-10-22-7-30 0-36Z", "#f2566f")
    body += disc(0, -4, 6, "#4fa4d9") + shape(
        "M-12 4Q-24 12-22 28L-10 18ZM12 4Q24 12 22 28L10 18Z", "#e0485f"
    )
    return group(
        shape("M-7 19Q0 48 7 19Z", "#ffb52e") + shape("M-3.4 19Q0 36 3.4 19Z", "#fff0a8") + body,
        49,
        50,
        turn=35,
    )


def _creative() -> str:
    board = shape(
        "M50 18C78 16 92 40 84 58 78 70 66 60 60 66 54 72"
        " 64 80 54 84 30 88 12 68 16 46 19 30 34 19 50 18Z",
        "#f3d2a4",
    )
    dots = (
        (38, 34, "#f2566f"),
        (58, 31, "#ffcf4a"),
        (72, 45, "#4fa4d9"),
        (28, 52, "#6fbf73"),
        (36, 69, "#9a6fd8"),
    )
    return board + "".join(disc(x, y, 6.4, colour) for x, y, colour in dots)


def _flirty() -> str:
    upper = shape(
        "M14 50Q30 34 42 36 47 37 50 41 53 37 58 36 70 34 86 50 68 46 50 51 32 46 14 50Z", "#d9304f"
    )
    lower = shape("M14 50Q32 54 50 54 68 54 86 50 70 72 50 72 30 72 14 50Z", "#ee4f6b")
    return upper + lower + stroke("M38 62q10 5 20 1", "#ff9fb0", 3.2)


def _classy() -> str:
    top, side, tip = 34, 50, (50, 84)
    gem = poly([(30, top), (70, top), (84, side), tip, (16, side)], "#8fdcf0")
    gem += poly([(30, top), (38, side), (16, side)], "#c5f0fa") + poly(
        [(70, top), (84, side), (62, side)], "#5cb8dc"
    )
    gem += poly([(38, side), (62, side), tip], "#b5eaf7") + poly(
        [(62, side), (84, side), tip], "#4fa4cf"
    )
    sparkle = stroke("M76 18v12M70 24h12", _CREAM, 3)
    return gem + poly([(30, top), (70, top), (62, side), (38, side)], "#e4f9fd") + sparkle


def _edgy() -> str:
    flame = shape(
        "M52 12C58 30 80 38 76 62 73 80 60 88 48 88 32 88 22 76 24"
        " 60 26 48 34 44 36 32 44 38 46 44 46 50 54 40 56 26 52 12Z",
        "#ff6a3d",
    )
    return flame + shape(
        "M51 46C56 56 66 60 63 73 60 83 52 86 47 86 38 85"
        " 33 78 36 69 38 63 43 62 44 56 49 58 51 54 51 46Z",
        "#ffd24a",
    )


def _sweet() -> str:
    cake = poly([(28, 54), (72, 54), (64, 86), (36, 86)], "#f2a65a")
    cake += "".join(
        stroke(f"M{36 + i * 9} 56l{1.6 - i * 1.1:.1f} 28", "#d9823f", 2.4) for i in range(4)
    )
    cream = (
        disc(36, 50, 12, "#ffb3c7")
        + disc(64, 50, 12, "#ffb3c7")
        + disc(50, 44, 15, "#ffc7d6")
        + disc(50, 32, 10, "#ffd9e3")
    )
    return cake + cream + disc(51, 21, 6, "#e0304f") + stroke("M52 16q3-6 9-6", "#4f8a4a", 2)


_TRAITS: Mapping[str, tuple[str, Callable[[], str]]] = MappingProxyType(
    {
        "confident": ("#f28a4b", _confident),
        "shy": ("#8fb8e0", _shy),
        "bold": ("#d9485f", _bold),
        "laid_back": ("#5cc0b5", _laid_back),
        "playful": ("#b58be0", _playful),
        "mysterious": ("#5a4f96", _mysterious),
        "caring": ("#f29bb0", _caring),
        "independent": ("#5f8fd0", _independent),
        "adventurous": ("#8fc27a", _adventurous),
        "homebody": ("#e0b27a", _homebody),
        "ambitious": ("#4f6fc0", _ambitious),
        "creative": ("#7fc7b0", _creative),
        "flirty": ("#f2a6b8", _flirty),
        "classy": ("#7a6fb5", _classy),
        "edgy": ("#4a3f5c", _edgy),
        "sweet": ("#f2a0a8", _sweet),
    }
)
TRAITS: tuple[str, ...] = tuple(_TRAITS)
