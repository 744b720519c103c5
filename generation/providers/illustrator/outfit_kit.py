"""What every garment is made of: cloth with its tones and patterns, and the dresser's bench."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from .figure_canvas import Canvas
from .figure_geometry import Limb, Point, Run, along, leaf, line, outline
from .figure_skeleton import Skeleton
from .palette import SkinTones, darken, lighten, mix

GOLD, WHITE, IVORY = "#d9b56a", "#f7f3ee", "#f3e9da"
_SHADE = (0.84, 0.795, 0.835)  # a cool light multiplied onto the cloth
_DEEP = (0.58, 0.5, 0.6)


_NUMBER = re.compile(r"-?[0-9.]+")
_POINTS = re.compile(r"[MLCQZ0-9 .,\-]+")  # commands that take whole points


def _steps(values: Sequence[float], step: int) -> range:
    """Multiples of the step from the one before the least value to the greatest."""
    return range(math.floor(min(values) / step) * step, math.ceil(max(values)), step)


def tinted(colour: str, factors: tuple[float, float, float]) -> str:
    """`colour` multiplied by a light, channel by channel."""
    return "#" + "".join(
        f"{round(int(colour[i : i + 2], 16) * f):02x}"
        for i, f in zip((1, 3, 5), factors, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Cloth:
    base: str
    shade: str
    deep: str
    light: str
    paint: str  # what shapes are filled with: a colour or gradient
    print: Print | None  # laid over the paint
    sheen: float


@dataclass(frozen=True, slots=True)
class Print:
    """A pattern: the id of its tile, and how far apart the tiles lie."""

    tile: str
    width: int
    height: int


_Motif = Callable[[str, str], str]


def _flat(svg: str) -> _Motif:
    """A pattern of one drawing, in which `{m}` is the motif's colour."""
    return lambda _base, motif: svg.replace("{m}", motif).replace("{l}", lighten(motif, 0.4))


def _floral(_base: str, motif: str) -> str:
    petals = "".join(
        f'<ellipse cx="{x}" cy="{y}" rx="3.1" ry="2.3" transform="rotate({a} {x} {y})"'
        f' fill="{motif}"/>'
        for x, y, a in ((9, 5.4, 90), (12.3, 8, 18), (11, 12, 125), (7, 12, 55), (5.7, 8, 162))
    )
    leaves = darken(mix(motif, "#3f7d5a", 0.75), 0.1)
    return (
        f'{petals}<circle cx="9" cy="9" r="1.9" fill="{lighten(motif, 0.6)}"/>'
        f'<path d="M22 22q4 -6 9 -5q-2 6 -9 5M22 22q-6 -1 -7 5q5 1 7 -5" fill="{leaves}"/>'
        f'<circle cx="27" cy="7" r="1.7" fill="{motif}"/>'
        f'<circle cx="5" cy="27" r="1.5" fill="{motif}"/>'
    )


def _sequin(base: str, motif: str) -> str:
    """Little overlapping discs, a few of which catch the light."""
    glints = Random("sequin")
    return "".join(
        f'<circle cx="{x * 4 + (y % 2) * 2 + 1}" cy="{y * 4 + 2}" r="1.9"'
        f' fill="{mix(base, motif, glints.choice((0, 0.08, 0.16, 0.24, 0.4, 0.85)))}"/>'
        for y in range(8)
        for x in range(8)
    )


# Width and height of the tile, and what is drawn on it. Bars are strokes: ThorVG rounds upright
# rectangles to whole pixels, and of small pictures every other stripe would be gone.
_PATTERNS: Mapping[str, tuple[int, int, _Motif]] = {
    "stripe": (20, 18, _flat('<path d="M0 2.75H20" stroke="{m}" stroke-width="5.5"/>')),
    "pinstripe": (11, 20, _flat('<path d="M.5 0V20" stroke="{m}" stroke-opacity="0.6"/>')),
    "rib": (
        5,
        20,
        _flat('<path d="M.65 0V20" stroke="{m}" stroke-width="1.3" stroke-opacity="0.55"/>'),
    ),
    "check": (
        34,
        34,
        _flat(
            '<g stroke="{m}"><path d="M0 4H34" stroke-width="8" stroke-opacity="0.4"/>'
            '<path d="M4 0V34" stroke-width="8" stroke-opacity="0.4"/>'
            '<path d="M0 19.7H34" stroke-width="1.4" stroke-opacity="0.6"/>'
            '<path d="M19.7 0V34" stroke-width="1.4" stroke-opacity="0.6"/></g>'
        ),
    ),
    "floral": (34, 34, _floral),
    "sequin": (32, 32, _sequin),
    "palm": (
        46,
        50,
        _flat(
            '<path d="M10 34Q20 20 36 14Q26 20 22 28Q34 22 40 28Q28 26 20 34Q28 36 30 42'
            'Q20 36 10 34Z" fill="{m}"/><path d="M30 50q3 -6 10 -6q-4 6 -10 6'
            'M2 10q6 -4 12 0q-7 4 -12 0" fill="{l}"/>'
        ),
    ),
    "knit": (
        8,
        7,
        _flat(
            '<path d="M1.2 1L4 5.4L6.8 1" fill="none" stroke="{m}" stroke-width="1.2"'
            ' opacity="0.42"/>'
        ),
    ),
    "hex": (
        14,
        24,
        _flat(
            '<path d="M0 4L7 0L14 4V12L7 16L0 12M7 16V24" fill="none" stroke="{m}"'
            ' stroke-width="0.8" opacity="0.5"/>'
        ),
    ),
    "deco": (
        26,
        30,
        _flat(
            '<path d="M0 28A13 13 0 0 1 26 28M5 28A8 8 0 0 1 21 28M10 28A3 3 0 0 1 16 28"'
            ' fill="none" stroke="{m}" stroke-width="1.2"/>'
            '<circle cx="13" cy="6" r="1.5" fill="{m}"/>'
        ),
    ),
}


def make_cloth(
    canvas: Canvas, colour: str, pattern: str = "", motif: str = "", sheen: float = 0.0
) -> Cloth:
    """Tones of a cloth and the paint that carries its soft gradient or pattern."""
    shade, deep = tinted(colour, _SHADE), tinted(colour, _DEEP)
    paint, print_ = colour, None
    if not canvas.style.line:
        name = canvas.define(
            '<linearGradient id="{id}" gradientUnits="userSpaceOnUse" x1="-110" y1="-20"'
            f' x2="120" y2="640"><stop offset="0" stop-color="{lighten(colour, 0.1)}"/>'
            f'<stop offset="0.45" stop-color="{colour}"/>'
            f'<stop offset="1" stop-color="{mix(colour, shade, 0.5)}"/></linearGradient>'
        )
        paint = f"url(#{name})"
    if pattern:
        width, height, draw = _PATTERNS[pattern]
        name = canvas.define(f'<g id="{{id}}">{draw(colour, motif or deep)}</g>')
        print_ = Print(name, width, height)
    return Cloth(colour, shade, deep, lighten(colour, 0.28), paint, print_, sheen)


@dataclass(slots=True)
class Bench:
    """Everything a garment needs to know about the wearer, and small drawing verbs."""

    canvas: Canvas
    skeleton: Skeleton
    look: Mapping[str, Any]
    tones: SkinTones
    outfit: str
    hand_cloth: Cloth | None = None  # what gloves are made of

    @property
    def presentation(self) -> str:
        return str(self.look["presentation"])

    def presents(self, *presentations: str) -> bool:
        return self.presentation in presentations

    def choose(self, choices: Sequence[Any], salt: str = "") -> Any:
        """One of `choices`, the same for this character in this outfit for ever."""
        return Random(f"{self.look.get('seed', '')}:{self.outfit}:{salt}").choice(choices)

    def cloth(self, colour: str, pattern: str = "", motif: str = "", sheen: float = 0.0) -> Cloth:
        return make_cloth(self.canvas, colour, pattern, motif, sheen)

    def at(self, x: float, y: float) -> Point:
        return self.skeleton.torso.warp(x, y)

    def run(self, *points: Point) -> list[Point]:
        return [self.skeleton.torso.warp(x, y) for x, y in points]

    def half(self, y: float) -> float:
        return self.skeleton.torso.half(y)

    def hem(self, y: float) -> float:
        """Where a hem cut at rest height `y` ends: on the lap of those who sit."""
        return min(y, 258.0) if self.skeleton.pose.legs_over else y

    def trapezius(self, x: float) -> float:
        """Rest height of the line from neck to shoulder at distance `x` from the middle."""
        b = self.skeleton.build
        rise = 2 + 7 * b.muscle
        keys = (
            (b.neck - 0.5, -24.0),
            (b.neck + 4, -10.0 - rise * 0.3),
            ((b.neck + b.shoulder) * 0.5, 4.0 - rise * 0.7),
            (b.shoulder - 13, 13.0),
            (b.shoulder, 22.0),
        )
        return along(keys, x)

    def arms(self) -> tuple[tuple[str, Limb], ...]:
        return (("arm0", self.skeleton.arms[0]), ("arm1", self.skeleton.arms[1]))

    def legs(self) -> tuple[tuple[str, Limb], ...]:
        return (("leg0", self.skeleton.legs[0]), ("leg1", self.skeleton.legs[1]))

    def piece(self, layer: str, cloth: Cloth, *runs: Run) -> str:
        """Fill a closed shape with cloth; returns its path data."""
        d = outline(*runs)
        for run in runs:
            self.canvas.extend(run)
        self.lay(layer, d, cloth)
        return d

    def lay(self, layer: str, d: str, cloth: Cloth, edge: float = 0.0) -> None:
        """Fill path data with cloth; `edge` is the opacity of a tone line around it."""
        self.canvas.fill(layer, d, cloth.paint)
        if cloth.print:
            self._lay_print(layer, d, cloth.print)
        if self.canvas.style.line:
            self.canvas.stroke(layer, d, cloth.deep, self.canvas.style.line, opacity=0.7)
        elif edge:
            self.canvas.stroke(layer, d, cloth.deep, 1.0, opacity=edge)

    def _lay_print(self, layer: str, d: str, pattern: Print) -> None:
        """Tiles cut out by the shape: what `<pattern>` would do, which ThorVG lacks."""
        if not d:
            return
        if not _POINTS.fullmatch(d):
            raise ValueError(f"Where does this outline end? {d}")
        numbers = [float(number) for number in _NUMBER.findall(d)]
        clip = self.canvas.define(f'<clipPath id="{{id}}"><path d="{d}"/></clipPath>')
        tiles = (
            f'<use href="#{pattern.tile}" x="{x}" y="{y}"/>'
            for y in _steps(numbers[1::2], pattern.height)
            for x in _steps(numbers[::2], pattern.width)
        )
        self.canvas.add(layer, f'<g clip-path="url(#{clip})">{"".join(tiles)}</g>')

    def shadow(self, layer: str, cloth: Cloth, d: str) -> None:
        """A cel shade on cloth; over a pattern it is see-through."""
        if cloth.print:
            self.canvas.fill(layer, d, cloth.deep, 0.32)
        else:
            self.canvas.fill(layer, d, cloth.shade)

    def gleam(self, layer: str, cloth: Cloth, d: str, opacity: float = 0.5) -> None:
        self.canvas.fill(layer, d, cloth.light, opacity)

    def fold(
        self, layer: str, cloth: Cloth, p: Point, q: Point, *, bulge: float = 3, width: float = 1.8
    ) -> None:
        self.canvas.fill(layer, leaf(p, q, bulge, width), cloth.deep, 0.42)

    def seam(
        self, layer: str, cloth: Cloth, points: Run, width: float = 1.1, dash: str = ""
    ) -> None:
        self.canvas.stroke(layer, line(points), cloth.deep, width, opacity=0.7, dash=dash)

    def dot(self, layer: str, p: Point, radius: float, colour: str, rim: str = "") -> None:
        edge = f' stroke="{rim}" stroke-width="0.8"' if rim else ""
        self.canvas.add(
            layer, f'<circle cx="{p[0]:.1f}" cy="{p[1]:.1f}" r="{radius:g}" fill="{colour}"{edge}/>'
        )
