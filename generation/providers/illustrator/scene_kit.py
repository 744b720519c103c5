# ruff: noqa: PLR0917 (shapes are placed by x, y, width and height, as everywhere in drawing)
"""The drawing board of the scenes: a stage with its light, gradients and plain shapes.

Every scene is drawn on a stage 1000 units high and as wide as the format asks (560 to 1780).
At the depth of the figure one metre is about 470 units. Nothing here knows a scene.

Scenes are painted in their daylight colours; `Stage.graded` turns every colour to the light of
the picture afterwards. What shines by itself (`Stage.lit`) is marked `#!rrggbb` until then and
keeps its colour, so lamps and windows stay bright and can still be hidden by things in front.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import TypeVar

from .lights import Light
from .palette import mix

HEIGHT = 1000.0

Choice = TypeVar("Choice")
Point = tuple[float, float]
_COLOUR = re.compile(r"#(!?)([0-9a-f]{6})\b")
_REFERENCE = re.compile(r"url\(#(\w+)\)")
# A gradient stop: a colour, or a colour with its opacity.
Stop = str | tuple[str, float]


def num(value: float) -> str:
    """A short number for SVG attributes."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


@dataclass(slots=True)
class Stage:
    """Where a scene is drawn; collects its gradients.

    `figure_x` is where the figure's feet are, `side` (+1 right, -1 left) the side with the
    free room for the main prop. `accents` colour textiles and small things.
    """

    width: float
    light: Light
    rng: Random
    figure_x: float
    side: int
    framing: str
    accents: tuple[str, str, str]
    uid: str = "s"
    is_graded: bool = True
    # Inner text of a definition to its id: the same gradient is defined once.
    defs: dict[str, str] = field(default_factory=dict)

    @property
    def is_wide(self) -> bool:
        return self.width > 1150

    @property
    def accent(self) -> str:
        return self.accents[0]

    def at(self, distance: float) -> float:
        """x at a distance from the figure, positive towards the free side."""
        return self.figure_x + self.side * distance

    def between(self, low: float, high: float) -> float:
        return self.rng.uniform(low, high)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        return self.rng.choice(choices)

    def lit(self, svg: str) -> str:
        """The fragment, keeping its brightness in the dark (sky, lamps, lit windows, neon)."""
        return _COLOUR.sub(r"#!\2", _REFERENCE.sub(self._lit_paint, svg))

    def _lit_paint(self, reference: re.Match[str]) -> str:
        key = next(key for key, name in self.defs.items() if name == reference[1])
        name = self._named(_COLOUR.sub(r"#!\2", key))
        return f"url(#{name})"

    def graded(self, svg: str) -> str:
        """The fragment with every colour in the light of this stage."""
        if not self.is_graded:
            return svg.replace("#!", "#")
        return _COLOUR.sub(lambda found: "#" + _graded(self.light, *found.groups()), svg)

    def down(self, *stops: Stop) -> str:
        """Paint: a gradient from the top of the shape to its bottom."""
        return self._define("linearGradient", 'x1="0" y1="0" x2="0" y2="1"', stops)

    def across(self, *stops: Stop) -> str:
        return self._define("linearGradient", 'x1="0" y1="0" x2="1" y2="0"', stops)

    def slant(self, *stops: Stop) -> str:
        return self._define("linearGradient", 'x1="0" y1="0" x2="1" y2="1"', stops)

    def round(self, *stops: Stop, cx: float = 0.5, cy: float = 0.5, r: float = 0.5) -> str:
        """Paint: a gradient from the middle of the shape outwards."""
        return self._define("radialGradient", f'cx="{cx}" cy="{cy}" r="{r}"', stops)

    def base(self) -> str:
        """A ground under everything, so that no seam between two shapes is transparent."""
        return self.lit(rect(0, 0, self.width, HEIGHT, self.light.sky[1]))

    def glow(self, x: float, y: float, radius: float, colour: str, opacity: float = 0.6) -> str:
        """A soft disc of light."""
        paint = self.round((colour, opacity), (colour, opacity * 0.35), (colour, 0))
        return self.lit(disc(x, y, radius, paint))

    def clip(self, outline: str, svg: str) -> str:
        """The fragment inside an outline (path data)."""
        name = self._named(f'clipPath clip-rule="nonzero"><path d="{outline}"/>')
        return f'<g clip-path="url(#{name})">{svg}</g>'

    def _define(self, tag: str, geometry: str, stops: Sequence[Stop]) -> str:
        last = len(stops) - 1
        body = "".join(_stop(index / last, stop) for index, stop in enumerate(stops))
        return f"url(#{self._named(f'{tag} {geometry}>{body}')})"

    def _named(self, key: str) -> str:
        return self.defs.setdefault(key, f"{self.uid}{len(self.defs)}")

    def defs_svg(self) -> str:
        return self.graded("".join(_definition(key, name) for key, name in self.defs.items()))


Draw = Callable[[Stage], str]


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene: its place behind the figure, its mood in front of it, its light and accents.

    `overhead` is the part of the mood that hangs behind the figure (lamps, garlands).
    """

    place: Draw
    mood: Draw
    light: str
    accents: tuple[str, str, str]
    overhead: Draw | None = None


def _stop(offset: float, stop: Stop) -> str:
    if isinstance(stop, str):
        return f'<stop offset="{offset:.3g}" stop-color="{stop}"/>'
    colour, opacity = stop
    return f'<stop offset="{offset:.3g}" stop-color="{colour}" stop-opacity="{opacity:.3g}"/>'


def _definition(key: str, name: str) -> str:
    tag, rest = key.split(" ", 1)
    return f'<{tag} id="{name}" {rest}</{tag}>'


def _graded(light: Light, mark: str, colour: str) -> str:
    if mark:
        return colour
    return _graded_colour(light.ambient, light.saturation, colour)


@lru_cache(maxsize=8192)
def _graded_colour(ambient: str, saturation: float, colour: str) -> str:
    channels = [int(colour[i : i + 2], 16) for i in (0, 2, 4)]
    luma = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    factors = [int(ambient[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return "".join(
        f"{round((luma + (channel - luma) * saturation) * factor):02x}"
        for channel, factor in zip(channels, factors, strict=True)
    )


# --- plain shapes ---------------------------------------------------------------------------


def rect(
    x: float, y: float, w: float, h: float, fill: str, r: float = 0, opacity: float = 1
) -> str:
    corner = f' rx="{num(r)}"' if r else ""
    return (
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(max(w, 0))}" height="{num(max(h, 0))}"'
        f'{corner} fill="{fill}"{_opacity(opacity, "fill-")}/>'
    )


def oval(cx: float, cy: float, rx: float, ry: float, fill: str, opacity: float = 1) -> str:
    return (
        f'<ellipse cx="{num(cx)}" cy="{num(cy)}" rx="{num(rx)}" ry="{num(ry)}"'
        f' fill="{fill}"{_opacity(opacity, "fill-")}/>'
    )


def disc(cx: float, cy: float, r: float, fill: str, opacity: float = 1) -> str:
    return (
        f'<circle cx="{num(cx)}" cy="{num(cy)}" r="{num(r)}"'
        f' fill="{fill}"{_opacity(opacity, "fill-")}/>'
    )


def shape(d: str, fill: str, opacity: float = 1) -> str:
    return f'<path d="{d}" fill="{fill}"{_opacity(opacity, "fill-")}/>'


def stroke(d: str, colour: str, width: float, opacity: float = 1) -> str:
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{num(width)}"'
        f' stroke-linecap="round" stroke-linejoin="round"{_opacity(opacity, "stroke-")}/>'
    )


def poly(points: Iterable[Point], fill: str, opacity: float = 1) -> str:
    return shape("M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + "Z", fill, opacity)


def ring(
    cx: float, cy: float, rx: float, ry: float, colour: str, width: float, opacity: float = 1
) -> str:
    """The outline of an ellipse."""
    return (
        f'<ellipse cx="{num(cx)}" cy="{num(cy)}" rx="{num(rx)}" ry="{num(ry)}" fill="none"'
        f' stroke="{colour}" stroke-width="{num(width)}"{_opacity(opacity, "stroke-")}/>'
    )


def frame(
    x: float,
    y: float,
    w: float,
    h: float,
    colour: str,
    width: float,
    r: float = 0,
    opacity: float = 1,
) -> str:
    """The outline of a rectangle."""
    return (
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}" rx="{num(r)}"'
        f' fill="none" stroke="{colour}" stroke-width="{num(width)}"'
        f"{_opacity(opacity, 'stroke-')}/>"
    )


def group(
    svg: str,
    x: float = 0,
    y: float = 0,
    *,
    sx: float = 1,
    sy: float = 1,
    turn: float = 0,
    opacity: float = 1,
) -> str:
    steps = [f"translate({num(x)} {num(y)})"]
    if turn:
        steps.append(f"rotate({num(turn)})")
    if sx != 1 or sy != 1:
        steps.append(f"scale({sx:.3g} {sy:.3g})")
    return f'<g transform="{" ".join(steps)}"{_opacity(opacity)}>{svg}</g>'


def smooth(points: Sequence[Point], *, is_closed: bool = True) -> str:
    """Path data of a soft curve through the points (Catmull-Rom as Béziers)."""
    count = len(points)
    pieces = [f"M{num(points[0][0])} {num(points[0][1])}"]
    for i in range(count if is_closed else count - 1):
        p0, p1, p2, p3 = (_point(points, i + k, is_closed) for k in (-1, 0, 1, 2))
        c1 = (p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6)
        c2 = (p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6)
        pieces.append("C" + " ".join(f"{num(x)} {num(y)}" for x, y in (c1, c2, p2)))
    return "".join(pieces) + ("Z" if is_closed else "")


def _point(points: Sequence[Point], index: int, is_closed: bool) -> Point:
    if is_closed:
        return points[index % len(points)]
    return points[min(max(index, 0), len(points) - 1)]


def _opacity(opacity: float, paint: str = "") -> str:
    # The opacity of a fill or stroke is free; that of an element is a picture of its own.
    return "" if opacity >= 1 else f' {paint}opacity="{opacity:.3g}"'


def ridge(
    stage: Stage, y: float, amplitude: float, step: float, fill: str, bottom: float = HEIGHT
) -> str:
    """A soft chain of hills over the whole width."""
    points = []
    x = -step
    while x < stage.width + 2 * step:
        points.append((x, y - stage.between(0, amplitude)))
        x += step * stage.between(0.7, 1.3)
    d = smooth(points, is_closed=False)
    return shape(f"{d}L{num(x)} {num(bottom)}L{num(-step)} {num(bottom)}Z", fill)


def around(cx: float, cy: float, radius: float, count: int, start: float = 0) -> list[Point]:
    """Points on a circle, `start` in degrees."""
    angles = (math.radians(start + 360 * i / count) for i in range(count))
    return [(cx + radius * math.cos(a), cy + radius * math.sin(a)) for a in angles]


def tones(colour: str) -> tuple[str, str, str]:
    """Light, base and shaded tone of one material (shadows lean to plum, lights to cream)."""
    return mix(colour, "#fff3df", 0.28), colour, mix(colour, "#2a1438", 0.26)
