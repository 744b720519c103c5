"""Pieces of hair and how they are painted: sheets, curls, plaits, buns, close crops."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from .head_pen import Canvas, Point, Sheet, blob, curve, num, outline, polyline, ribbon, sample
from .head_traits import Traits
from .palette import HairTones, darken, lighten, mix


@dataclass(frozen=True)
class Brush:
    """The colours of one head of hair on one canvas; `gray` is 0..1 of silver strands."""

    canvas: Canvas
    tones: HairTones
    dice: random.Random
    gray: float
    fills: dict[str, str] = field(default_factory=dict)

    def fill(self, depth: str) -> str:
        """A gradient over the whole head; depth is front, mid or back."""
        if depth not in self.fills:
            self.fills[depth] = self._gradient(depth)
        return self.fills[depth]

    def _gradient(self, depth: str) -> str:
        tones = self.tones
        if depth == "front":
            stops: tuple[tuple[float, str, float], ...] = (
                (0, mix(tones.base, tones.light, 0.45), 1),
                (0.4, tones.base, 1),
                (1, mix(tones.base, tones.shade, 0.85), 1),
            )
            return self.canvas.linear((-40, -128), (48, -10), *stops)
        if depth == "mid":
            stops = (
                (0, mix(tones.base, tones.shade, 0.3), 1),
                (1, mix(tones.shade, tones.deep, 0.25), 1),
            )
            return self.canvas.linear((-44, -120), (50, 20), *stops)
        return self.canvas.linear(
            (0, -110),
            (10, 70),
            (0, mix(tones.shade, tones.deep, 0.55), 1),
            (0.35, mix(tones.shade, tones.deep, 0.7), 1),
            (1, mix(tones.base, tones.shade, 0.8), 1),
        )

    @property
    def silver(self) -> str:
        return mix("#dcdadb", self.tones.base, 0.12)


class Piece(Protocol):
    def paint(self, brush: Brush) -> None: ...

    def shape(self) -> str:
        """Path data of the silhouette, for the shadow it throws."""
        ...


@dataclass(frozen=True)
class Fall:
    """A sheet of combed hair with shade locks, light strands and a band of shine."""

    sheet: Sheet
    depth: str = "front"
    shades: int = 5
    lights: int = 5
    shine: tuple[float, float] | None = (0.14, 0.42)
    start: float = 0.02
    turn: float = 0.0

    def shape(self) -> str:
        return self.sheet.path()

    def paint(self, brush: Brush) -> None:
        canvas, dice, tones = brush.canvas, brush.dice, brush.tones
        data = self.sheet.path()
        canvas.path(data, brush.fill(self.depth))
        # Strands have few points and cut the corners of a long wavy guide.
        is_long = len(self.sheet.inner) > 9
        if is_long:
            canvas.open(canvas.clip(data))
        reach = 1 - self.sheet.bite * 0.6 if self.sheet.tips else 0.995
        is_back = self.depth == "back"
        dark = tones.deep if is_back else tones.shade
        if self.turn:
            lo, hi = (0.5, 1.0) if self.turn > 0 else (0.0, 0.5)
            canvas.path(self.sheet.lock((lo + hi) / 2, hi - lo, 0.05, 1), dark, 0.4)
        for k in range(self.shades):
            t = (k + 0.5 + dice.uniform(-0.28, 0.28)) / self.shades
            first = self.start + dice.random() * 0.3
            width = dice.uniform(0.35, 0.75) / self.shades
            canvas.path(self.sheet.lock(t, width, first, reach), dark, 0.72)
        for k in range(self.lights):
            t = (k + 0.4 + dice.uniform(-0.3, 0.3)) / self.lights
            first = self.start + dice.random() * 0.35
            last = min(first + dice.uniform(0.3, 0.6), reach)
            width = dice.uniform(0.12, 0.34) / self.lights
            canvas.path(
                self.sheet.lock(t, width, first, last), tones.light, 0.3 if is_back else 0.62
            )
        if self.shine:
            self._paint_shine(brush, self.shine)
        self._paint_silver(brush, reach)
        if is_long:
            canvas.close()

    def _paint_shine(self, brush: Brush, span: tuple[float, float]) -> None:
        bright = lighten(brush.tones.light, 0.22)
        count = max(self.lights, 4)
        for k in range(count):
            t = (k + 0.5 + brush.dice.uniform(-0.2, 0.2)) / count
            middle = (span[0] + span[1]) / 2 + brush.dice.uniform(-0.05, 0.05)
            half = (span[1] - span[0]) / 2 * brush.dice.uniform(0.45, 1)
            width = 0.42 / count * brush.dice.uniform(0.5, 1)
            brush.canvas.path(self.sheet.lock(t, width, middle - half, middle + half), bright, 0.4)

    def _paint_silver(self, brush: Brush, reach: float) -> None:
        thin = 0.75 / self.sheet.breadth
        for _ in range(round(brush.gray * (3 + self.lights))):
            t = brush.dice.uniform(0.03, 0.97)
            first = brush.dice.random() * 0.2
            brush.canvas.path(self.sheet.lock(t, thin, first, reach), brush.silver, 0.75)


@dataclass(frozen=True)
class Cap:
    """Hair combed from the hairline (inner guide) to the silhouette (outer guide)."""

    sheet: Sheet
    lines: int = 15
    depth: str = "front"

    def shape(self) -> str:
        return self.sheet.path()

    def paint(self, brush: Brush) -> None:
        canvas, dice, tones = brush.canvas, brush.dice, brush.tones
        canvas.path(self.sheet.path(), brush.fill(self.depth))
        for k in range(self.lines):
            s = (k + 0.5 + dice.uniform(-0.3, 0.3)) / self.lines
            start = dice.uniform(0.0, 0.25)
            width = dice.uniform(0.16, 0.34) / self.lines
            canvas.path(self.sheet.sweep(s, width, start, 0.98), tones.shade, 0.62)
        for k in range(self.lines):
            s = (k + dice.uniform(0.2, 0.8)) / self.lines
            start = dice.uniform(0.05, 0.3)
            canvas.path(self.sheet.sweep(s, 0.2 / self.lines, start, start + 0.5), tones.light, 0.6)
        bright = lighten(tones.light, 0.22)
        for k in range(8):
            s = 0.2 + 0.03 * k + dice.uniform(-0.01, 0.01)
            half = 0.34 - abs(k - 3.5) * 0.05
            canvas.path(self.sheet.sweep(s, 0.008, 0.52 - half, 0.52 + half), bright, 0.55)
        for _ in range(round(brush.gray * 12)):
            s = dice.choice((dice.uniform(0.0, 0.28), dice.uniform(0.72, 1), dice.random()))
            canvas.path(self.sheet.sweep(s, 0.012, 0.0, 0.9), brush.silver, 0.8)


@dataclass(frozen=True)
class Crop:
    """Very short hair: a soft cap that lets the scalp through towards the sides."""

    sheet: Sheet
    strength: float = 0.92
    fade: float = 0.3
    nap: int = 150

    def shape(self) -> str:
        return self.sheet.path()

    def paint(self, brush: Brush) -> None:
        canvas, dice, tones = brush.canvas, brush.dice, brush.tones
        tone = mix(tones.base, tones.shade, 0.25)
        fill = canvas.linear(
            (0, -108),
            (0, -70),
            (0, tone, self.strength),
            (0.45, tone, self.strength * 0.85),
            (1, tone, self.fade),
        )
        data = self.sheet.path()
        canvas.path(data, fill)
        canvas.open(canvas.clip(data))
        canvas.ellipse((-13, -119), 24, 10, canvas.glow(tones.light, 0.6 * self.strength**3))
        for colour, share, opacity in ((tones.shade, 0.62, 0.75), (tones.light, 0.38, 0.32)):
            canvas.parts.append(self._stubble(dice, round(self.nap * share), colour, opacity))
        if brush.gray:
            canvas.parts.append(
                self._stubble(dice, round(self.nap * brush.gray * 0.5), brush.silver, 0.7)
            )
        canvas.close()

    def _stubble(self, dice: random.Random, count: int, colour: str, opacity: float) -> str:
        marks = []
        for _ in range(count):
            s, t = dice.random(), dice.random()
            x, y = self.sheet.at(s, t)
            ahead = self.sheet.at(s, min(t + 0.1, 1.0))
            dx, dy = ahead[0] - x, ahead[1] - y
            length = math.hypot(dx, dy) or 1
            marks.append(f"M{x:.1f} {y:.1f}l{dx / length * 1.4:.1f} {dy / length * 1.4:.1f}")
        return (
            f'<path d="{"".join(marks)}" fill="none" stroke="{colour}" stroke-width=".36" '
            f'stroke-linecap="round" stroke-opacity="{num(opacity)}"/>'
        )


@dataclass(frozen=True)
class Shape:
    """A plain mass without strands of its own."""

    data: str
    depth: str = "front"
    opacity: float = 1.0

    def shape(self) -> str:
        return self.data

    def paint(self, brush: Brush) -> None:
        brush.canvas.path(self.data, brush.fill(self.depth), self.opacity)


@dataclass(frozen=True)
class Curls:
    """A cluster of curls, painted in the order given; each is (centre, radius)."""

    curls: Sequence[tuple[Point, float]]
    depth: str = "front"

    def shape(self) -> str:
        return "".join(_disc(centre, radius) for centre, radius in self.curls)

    def paint(self, brush: Brush) -> None:
        for centre, radius in self.curls:
            lit = min(max(0.55 - centre[0] / 95 - (centre[1] + 92) / 150, 0), 1)
            if self.depth == "back":
                self._paint_far(brush, centre, radius, lit)
            else:
                self._paint_near(brush, centre, radius, lit)

    def _paint_far(self, brush: Brush, centre: Point, radius: float, lit: float) -> None:
        tones, turn = brush.tones, brush.dice.uniform(0, 360)
        brush.canvas.path(_disc(centre, radius), mix(tones.shade, tones.deep, 0.65 - 0.3 * lit))
        stroke = _Stroke(tones.deep, 1.1, 0.3)
        brush.canvas.parts.append(stroke.draw(_swirl(centre, radius * 0.8, 1, turn, 150)))

    def _paint_near(self, brush: Brush, centre: Point, radius: float, lit: float) -> None:
        canvas, tones, dice = brush.canvas, brush.tones, brush.dice
        canvas.path(_disc(centre, radius), mix(tones.shade, tones.base, 0.45 + 0.55 * lit))
        turn, squash = dice.uniform(0, 360), dice.uniform(0.6, 0.9)
        dark = _Stroke(tones.shade, 1.3, 0.75)
        light = _Stroke(mix(tones.base, tones.light, 0.25 + 0.75 * lit), 1.1, 0.6)
        for step, size in enumerate((0.95, 0.5)):
            begin = turn + 55 * step
            canvas.parts.append(dark.draw(_swirl(centre, radius * size, squash, begin, 165)))
            inner = radius * (size - 0.14)
            canvas.parts.append(light.draw(_swirl(centre, inner, squash, begin + 25, 120)))
        if dice.random() < brush.gray * 0.4:
            silver = _Stroke(brush.silver, 0.8, 0.85)
            canvas.parts.append(silver.draw(_swirl(centre, radius * 0.6, 1, turn + 150, 170)))


def _disc(centre: Point, radius: float) -> str:
    r = num(radius)
    return (
        f"M{num(centre[0] - radius)} {num(centre[1])}a{r} {r} 0 1 0 {num(2 * radius)} 0"
        f"a{r} {r} 0 1 0 {num(-2 * radius)} 0Z"
    )


@dataclass(frozen=True, slots=True)
class _Stroke:
    colour: str
    width: float
    alpha: float

    def draw(self, data: str) -> str:
        return (
            f'<path d="{data}" fill="none" stroke="{self.colour}" '
            f'stroke-width="{num(self.width)}" stroke-linecap="round" '
            f'stroke-opacity="{num(self.alpha)}"/>'
        )


def _swirl(centre: Point, radius: float, squash: float, start: float, turn: float) -> str:
    """A part of an ellipse that winds inwards, as a strand of a curl; angles in degrees."""
    lean = math.radians(start * 0.5)
    cos, sin = math.cos(lean), math.sin(lean)
    points = []
    for k in range(5):
        angle = math.radians(start + turn * k / 4)
        reach = radius * (1 - 0.09 * k)
        x, y = reach * math.cos(angle), reach * squash * math.sin(angle)
        points.append((centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos))
    return curve(points)


@dataclass(frozen=True)
class Plait:
    """A braid along a spine; `width` at its root, tapering to `tip` of it."""

    spine: Sequence[Point]
    width: float
    tip: float = 0.62
    tie: str | None = "#c9a24e"
    depth: str = "front"
    has_tuft: bool = True

    def shape(self) -> str:
        return ribbon(self.spine, self.width, ends=(1.0, self.tip))

    def paint(self, brush: Brush) -> None:
        canvas, tones = brush.canvas, brush.tones
        dense = polyline(self.spine, 10)
        length = sum(math.dist(a, b) for a, b in pairwise(dense))
        count = max(int(length / (self.width * (0.46 if self.width > 8 else 0.6))), 4)
        base = tones.base if self.depth == "front" else mix(tones.shade, tones.deep, 0.5)
        core = ribbon(self.spine, self.width * 0.8, ends=(0.8, self.tip))
        canvas.path(core, tones.deep)
        for k in range(count):
            self._paint_link(brush, dense, k, count, base)
        if self.has_tuft:
            self._paint_end(brush, dense)
        if brush.gray and brush.dice.random() < brush.gray:
            canvas.path(ribbon([sample(dense, 0.1), sample(dense, 0.5)], 0.6), brush.silver, 0.6)

    def _paint_link(self, brush: Brush, dense: list[Point], k: int, count: int, base: str) -> None:
        s = k / count
        (x, y), ahead = sample(dense, s), sample(dense, s + 0.02)
        angle = math.atan2(ahead[1] - y, ahead[0] - x)
        width = self.width * (1 - (1 - self.tip) * s) * (0.66 + 0.34 * min(s / 0.14, 1))
        side = 1 if k % 2 else -1
        nx, ny = -math.sin(angle), math.cos(angle)
        centre = (x + nx * width * 0.22 * side, y + ny * width * 0.22 * side)
        tilt = math.degrees(angle) - 38 * side
        lit = side * nx < 0
        tone = mix(base, brush.tones.light, 0.16) if lit else mix(base, brush.tones.shade, 0.45)
        spin = f' transform="rotate({num(tilt)} {num(centre[0])} {num(centre[1])})"'
        canvas = brush.canvas
        if self.width > 6.5:
            canvas.ellipse(centre, width * 0.57, width * 0.42, brush.tones.deep, 0.8, extra=spin)
        canvas.ellipse(centre, width * 0.54, width * 0.375, tone, 1, extra=spin)
        if self.width > 5:
            canvas.ellipse(
                (centre[0] - width * 0.06, centre[1] - width * 0.08),
                width * 0.34,
                width * 0.07,
                brush.tones.light,
                0.6,
                extra=spin,
            )

    def _paint_end(self, brush: Brush, dense: list[Point]) -> None:
        (ax, ay), (x, y) = sample(dense, 0.97), dense[-1]
        angle = math.atan2(y - ay, x - ax)
        w = self.width * self.tip
        dx, dy = math.cos(angle), math.sin(angle)
        nx, ny = -dy, dx
        tuft = w * 1.7
        brush.canvas.path(
            outline(
                [
                    (x + nx * w * 0.3, y + ny * w * 0.3),
                    (x + dx * tuft * 0.5 + nx * w * 0.55, y + dy * tuft * 0.5 + ny * w * 0.55),
                    (x + dx * tuft, y + dy * tuft),
                ],
                [
                    (x + dx * tuft, y + dy * tuft),
                    (x + dx * tuft * 0.5 - nx * w * 0.55, y + dy * tuft * 0.5 - ny * w * 0.55),
                    (x - nx * w * 0.3, y - ny * w * 0.3),
                ],
            ),
            brush.tones.base,
        )
        if self.tie:
            band = [
                (x + nx * w * 0.44, y + ny * w * 0.44),
                (x - nx * w * 0.44, y - ny * w * 0.44),
            ]
            brush.canvas.line(band, self.tie, max(w * 0.28, 1.2))


@dataclass(frozen=True)
class Knot:
    """A coiled bun."""

    centre: Point
    rx: float
    ry: float

    def _rim(self) -> list[Point]:
        x, y = self.centre
        return [
            (
                x + self.rx * math.cos(math.tau * k / 12) * (1 + 0.025 * (-1) ** k),
                y + self.ry * math.sin(math.tau * k / 12) * (1 + 0.025 * (-1) ** k),
            )
            for k in range(12)
        ]

    def shape(self) -> str:
        return blob(self._rim())

    def paint(self, brush: Brush) -> None:
        canvas, tones, dice = brush.canvas, brush.tones, brush.dice
        x, y = self.centre
        fill = canvas.linear(
            (x - self.rx, y - self.ry),
            (x + self.rx, y + self.ry),
            (0, mix(tones.base, tones.light, 0.4), 1),
            (0.5, tones.base, 1),
            (1, tones.shade, 1),
        )
        canvas.path(self.shape(), fill)
        canvas.open(canvas.clip(self.shape()))
        for k in range(7):
            self._paint_coil(canvas, 1.02 - k * 0.15, tones.shade, 0.7, dice.uniform(-0.3, 0.3))
            self._paint_coil(canvas, 0.94 - k * 0.15, tones.light, 0.55, dice.uniform(-0.3, 0.3))
        for _ in range(round(brush.gray * 5)):
            self._paint_coil(canvas, dice.uniform(0.3, 0.95), brush.silver, 0.8, dice.random())
        canvas.close()
        base = [
            (x - self.rx * 0.72, y + self.ry * 0.86),
            (x, y + self.ry * 1.04),
            (x + self.rx * 0.72, y + self.ry * 0.86),
        ]
        canvas.path(ribbon(base, 2.6), tones.deep, 0.55)

    def _paint_coil(
        self, canvas: Canvas, size: float, colour: str, alpha: float, wobble: float
    ) -> None:
        if size <= 0:
            return
        x, y = self.centre
        coil = []
        for k in range(7):
            angle = math.pi * (0.75 + wobble + 1.15 * k / 6)
            shrink = size * (1 - 0.05 * k)
            coil.append(
                (x + self.rx * shrink * math.cos(angle), y + self.ry * shrink * math.sin(angle))
            )
        canvas.path(ribbon(coil, 1.5), colour, alpha)


@dataclass(frozen=True)
class Wisp:
    """A single loose lock."""

    spine: Sequence[Point]
    width: float
    is_light: bool = False
    ends: tuple[float, float] = (0.35, 0.0)

    def shape(self) -> str:
        return ribbon(self.spine, self.width, ends=self.ends)

    def paint(self, brush: Brush) -> None:
        tones = brush.tones
        brush.canvas.path(self.shape(), mix(tones.base, tones.light, 0.4 if self.is_light else 0))
        inner = [(x + self.width * 0.12, y) for x, y in self.spine]
        brush.canvas.path(ribbon(inner, self.width * 0.35), tones.shade, 0.6)
        if brush.dice.random() < brush.gray * 0.7:
            brush.canvas.path(ribbon(list(self.spine), 0.6), brush.silver, 0.8)


@dataclass(frozen=True)
class Parting:
    """The line where hair divides."""

    points: Sequence[Point]
    scalp: str

    def shape(self) -> str:
        return ribbon(list(self.points), 0.9)

    def paint(self, brush: Brush) -> None:
        brush.canvas.path(ribbon(list(self.points), 1.5, ends=(0.7, 0.1)), self.scalp, 0.75)
        edge = [(x + 0.7, y) for x, y in self.points]
        brush.canvas.path(ribbon(edge, 0.8), darken(brush.tones.shade, 0.2), 0.7)


@dataclass(frozen=True)
class Shine:
    """Light on a bare scalp."""

    colour: str

    def shape(self) -> str:
        return _disc((-12, -114), 8)

    def paint(self, brush: Brush) -> None:
        canvas = brush.canvas
        spin = ' transform="rotate(-24 -12 -114)"'
        canvas.ellipse((-12, -113), 20, 8.5, canvas.glow(self.colour, 0.85), 1, extra=spin)
        canvas.ellipse(
            (-14, -115.5), 8, 2.4, canvas.glow(lighten(self.colour, 0.4), 0.9), 1, extra=spin
        )


@dataclass(frozen=True)
class Tie:
    """A band around gathered hair."""

    points: Sequence[Point]
    width: float
    colour: str

    def shape(self) -> str:
        return ribbon(list(self.points), self.width, ends=(1, 1))

    def paint(self, brush: Brush) -> None:
        brush.canvas.line(list(self.points), darken(self.colour, 0.3), self.width)
        brush.canvas.line(
            [(x - 0.3, y - 0.4) for x, y in self.points], self.colour, self.width * 0.6
        )


def gray_share(traits: Traits) -> float:
    """How much of the hair's strands have turned silver at this age."""
    return (0.0, 0.0, 0.04, 0.12, 0.3, 0.5)[traits.age]
