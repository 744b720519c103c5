"""The twelve lights: sky, grading of place and figure, rim, shadow and visible light.

A light acts in four places: it paints the sky and says whether lamps are lit; it grades the
colours of the place (`Stage.graded`) and, more gently, of the figure (`grade_figure`), whose
edges it lights (`rim_filter`); it casts the figure's shadow; and it glows behind and in front
of the figure (scene_light). Colours are graded before drawing, which costs nothing; full-size
filters and blend modes are what makes a picture slow. The key light comes from the upper left,
where the figures are lit from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rim:
    """A lit edge of the figure. (dx, dy) points from the light to the figure; its length is the
    edge's thickness in thousandths of the picture's height, in a half-body picture."""

    colour: str
    dx: float
    dy: float
    opacity: float = 0.85


@dataclass(frozen=True, slots=True)
class Shadow:
    """`lean` shears the cast shadow sideways, `length` is its share of the figure's height
    (negative falls towards the viewer); `wall` is a hard shadow's offset behind the figure."""

    colour: str
    opacity: float
    lean: float = 0
    length: float = 0
    wall: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Light:
    slug: str
    sky: tuple[str, str, str]
    cloud: str
    orb: str  # sun, low_sun, moon or none
    ambient: str  # multiplied onto the place
    tint: tuple[float, float, float]  # multiplied onto the figure
    shadow: Shadow
    rims: tuple[Rim, ...] = ()
    saturation: float = 1
    lift: float = 0  # haze on the figure, 0..1
    is_dark: bool = False  # lamps are lit

    @property
    def horizon(self) -> str:
        return self.sky[2]


_ALL = (
    Light(
        "daylight",
        ("#3f97e0", "#8fcbf4", "#dff1f7"),
        "#ffffff",
        "sun",
        "#ffffff",
        (1.0, 1.0, 1.0),
        Shadow("#2b2f55", 0.34, 0.75, 0.22),
        (Rim("#fffaf0", 4.0, 3.0, 0.7),),
    ),
    Light(
        "golden_hour",
        ("#7c79c2", "#f6a77c", "#ffdf96"),
        "#ffcfa6",
        "low_sun",
        "#ffcf9e",
        (1.05, 0.93, 0.80),
        Shadow("#4a1f3c", 0.4, 1.7, 0.34),
        (Rim("#ffd98c", 7.0, 2.0, 0.9),),
    ),
    Light(
        "blue_hour",
        ("#17245c", "#4a5db0", "#e9a3a8"),
        "#6d74b8",
        "none",
        "#7d8ad4",
        (0.86, 0.82, 0.98),
        Shadow("#0d1238", 0.42),
        (Rim("#8fc0ff", 5.0, 3.0, 0.7), Rim("#ffb38a", -5.0, 1.0, 0.6)),
        is_dark=True,
    ),
    Light(
        "overcast",
        ("#9aa6b3", "#bcc6ce", "#dde3e6"),
        "#f4f6f8",
        "none",
        "#e3e8ee",
        (0.97, 0.97, 0.97),
        Shadow("#39404d", 0.24),
        saturation=0.78,
        lift=0.02,
    ),
    Light(
        "window_light",
        ("#a8cdea", "#d7e9f3", "#fdf6e4"),
        "#ffffff",
        "sun",
        "#cdb9ad",
        (1.0, 0.95, 0.88),
        Shadow("#3a2436", 0.36, 1.1, 0.2),
        (Rim("#fff1d0", 7.0, 1.5, 0.8),),
    ),
    Light(
        "softbox",
        ("#b9d6ee", "#dcebf5", "#f7fafc"),
        "#ffffff",
        "none",
        "#fffdfb",
        (1.05, 1.05, 1.06),
        Shadow("#4a4560", 0.26),
        (Rim("#ffffff", 2.6, 1.6, 0.75), Rim("#ffffff", -2.6, 1.6, 0.75)),
        lift=0.03,
    ),
    Light(
        "rim_light",
        ("#20222f", "#2c2f40", "#454a60"),
        "#3b3f52",
        "none",
        "#7a7488",
        (0.72, 0.69, 0.76),
        Shadow("#05040c", 0.6),
        (Rim("#ffffff", 6.5, 2.5, 0.95), Rim("#cfdcff", -6.5, 2.5, 0.9)),
        is_dark=True,
    ),
    Light(
        "backlit",
        ("#f0a76e", "#ffd08c", "#fff1c4"),
        "#fff6e0",
        "low_sun",
        "#ffe9cf",
        (0.80, 0.70, 0.68),
        Shadow("#4a2638", 0.46, 0.15, -0.42),
        (Rim("#fff8dc", 5.0, 6.0, 1.0), Rim("#fff8dc", -5.0, 6.0, 1.0)),
        lift=0.06,
    ),
    Light(
        "flash",
        ("#161a33", "#232847", "#39406a"),
        "#323859",
        "none",
        "#aca7b8",
        (1.10, 1.09, 1.10),
        Shadow("#0b0714", 0.6, wall=(16, 14)),
        is_dark=True,
    ),
    Light(
        "neon",
        ("#120a2e", "#2b1055", "#5b1c7c"),
        "#35165f",
        "none",
        "#6b4bb0",
        (0.74, 0.66, 0.98),
        Shadow("#0a031c", 0.55),
        (Rim("#ff3fb4", 8.0, 2.0, 0.9), Rim("#2ee6ff", -8.0, 2.0, 0.9)),
        is_dark=True,
    ),
    Light(
        "candlelight",
        ("#1c1026", "#3a1c30", "#6b3430"),
        "#452436",
        "none",
        "#7c4a2c",
        (1.0, 0.77, 0.53),
        Shadow("#1c0808", 0.55, -0.9, 0.24),
        (Rim("#ffb648", 6.0, -4.0, 0.8),),
        is_dark=True,
    ),
    Light(
        "moonlight",
        ("#070d2a", "#142456", "#33508f"),
        "#22356e",
        "moon",
        "#3c55a6",
        (0.64, 0.73, 1.0),
        Shadow("#030616", 0.55, -1.3, 0.26),
        (Rim("#dbe8ff", -7.0, 4.0, 0.95),),
        is_dark=True,
    ),
)

LIGHTS: Mapping[str, Light] = MappingProxyType({light.slug: light for light in _ALL})
LIGHTING: tuple[str, ...] = tuple(LIGHTS)


# --- grading ----------------------------------------------------------------------------------

_COLOUR = re.compile(r"#([0-9a-fA-F]{6})\b")


def grade_figure(light: Light, svg: str) -> str:
    """The figure's fragment with every colour tinted, desaturated and lifted by the light."""
    return _COLOUR.sub(lambda found: _tinted(light, found[1]), svg)


def flat(svg: str, colour: str) -> str:
    """The fragment in one colour: its silhouette, when drawn with group opacity."""
    return _COLOUR.sub(colour, svg)


@lru_cache(maxsize=8192)
def _tinted(light: Light, colour: str) -> str:
    channels = [int(colour[i : i + 2], 16) for i in (0, 2, 4)]
    luma = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    # Skin must stay alive in flat light: the figure loses half of what the place loses.
    keep = (1 + light.saturation) / 2
    return "#" + "".join(
        f"{_lifted((luma + (channel - luma) * keep) * tint, light.lift):02x}"
        for channel, tint in zip(channels, light.tint, strict=True)
    )


def _lifted(value: float, lift: float) -> int:
    return min(255, round(value * (1 - lift) + 255 * lift))


# --- the rim ------------------------------------------------------------------------------------


def rim_filter(
    light: Light, name: str, box: tuple[float, float, float, float], scale: float
) -> str:
    """A filter that lights the edges of what it is applied to; empty for a light without rims.

    `box` is x, y, width, height of its region in the units of the group and `scale` those units
    per thousandth of the picture's height.
    """
    if not light.rims:
        return ""
    x, y, w, h = box
    steps, last = "", "SourceGraphic"
    for index, rim in enumerate(light.rims):
        steps += _rim(rim, last, f"r{index}", scale)
        last = f"r{index}"
    return (
        f'<filter id="{name}" filterUnits="userSpaceOnUse" x="{x:.1f}" y="{y:.1f}"'
        f' width="{w:.1f}" height="{h:.1f}" color-interpolation-filters="sRGB">{steps}</filter>'
    )


def _rim(rim: Rim, below: str, name: str, scale: float) -> str:
    """What the shape covers but its moved copy does not is lit."""
    return (
        f'<feOffset in="SourceAlpha" dx="{rim.dx * scale:.2f}"'
        f' dy="{rim.dy * scale:.2f}" result="o"/>'
        f'<feFlood flood-color="{rim.colour}" flood-opacity="{rim.opacity}"/>'
        '<feComposite in2="o" operator="out"/>'
        f'<feComposite in2="{below}" operator="atop" result="{name}"/>'
    )
