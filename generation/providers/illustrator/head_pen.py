"""The pen of the head: curves, sheets of hair and an SVG canvas whose ids carry one prefix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

Point = tuple[float, float]
Run = Sequence[Point]


def num(value: float) -> str:
    """A coordinate with at most two decimals, without a trailing zero."""
    return f"{round(value, 2):g}"


def _pair(point: Point) -> str:
    return f"{point[0]:.2f} {point[1]:.2f}"


def lerp(a: Point, b: Point, t: float) -> Point:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def shift(points: Iterable[Point], dx: float = 0.0, dy: float = 0.0) -> list[Point]:
    return [(x + dx, y + dy) for x, y in points]


def mirrored(points: Iterable[Point]) -> list[Point]:
    """The same points on the other side of the face's axis, in the same order."""
    return [(-x, y) for x, y in points]


def both_sides(right: Run) -> list[Point]:
    """A symmetric run from left to right, from its right half starting at the axis."""
    return [*reversed(mirrored(right[1:])), *right]


def _tangents(points: Run, is_closed: bool) -> list[Point]:
    """Unit directions: at each point the chord between its neighbours."""
    if is_closed:
        before, after = [points[-1], *points[:-1]], [*points[1:], points[0]]
    else:
        before, after = [points[0], *points[:-1]], [*points[1:], points[-1]]
    tangents = []
    for (ax, ay), (bx, by) in zip(before, after, strict=True):
        dx, dy = bx - ax, by - ay
        length = math.sqrt(dx * dx + dy * dy) or 1.0
        tangents.append((dx / length, dy / length))
    return tangents


def beziers(points: Run, *, is_closed: bool = False) -> list[tuple[Point, Point, Point, Point]]:
    """Cubic segments through the points; handles a third of each chord, so nothing overshoots."""
    tangents = _tangents(points, is_closed)
    if is_closed:
        points, tangents = [*points, points[0]], [*tangents, tangents[0]]
    segments = []
    a, (ax, ay) = points[0], tangents[0]
    for i in range(1, len(points)):
        b, (bx, by) = points[i], tangents[i]
        dx, dy = b[0] - a[0], b[1] - a[1]
        reach = math.sqrt(dx * dx + dy * dy) / 3
        segments.append(
            (a, (a[0] + ax * reach, a[1] + ay * reach), (b[0] - bx * reach, b[1] - by * reach), b)
        )
        a, ax, ay = b, bx, by
    return segments


def _curve_to(points: Run, *, is_closed: bool = False) -> str:
    # One formatting per segment: this is where most of a drawing's time goes.
    return "".join(
        [
            "C%.2f %.2f %.2f %.2f %.2f %.2f" % (*c1, *c2, *end)  # noqa: UP031 - twice as fast
            for _, c1, c2, end in beziers(points, is_closed=is_closed)
        ]
    )


def curve(points: Run) -> str:
    """Path data of one open smooth line."""
    return f"M{_pair(points[0])}{_curve_to(points)}"


def blob(points: Run) -> str:
    """Path data of one closed smooth shape."""
    return f"M{_pair(points[0])}{_curve_to(points, is_closed=True)}Z"


def outline(*runs: Run) -> str:
    """Path data of a closed shape whose corners lie where one smooth run meets the next."""
    parts = [f"M{_pair(runs[0][0])}"]
    for number, run in enumerate(runs):
        if number:
            parts.append(f"L{_pair(run[0])}")
        parts.append(_curve_to(run))
    return "".join(parts) + "Z"


def polyline(points: Run, steps: int = 8) -> list[Point]:
    """The smooth line through the points, sampled densely."""
    dense = [points[0]]
    for a, c1, c2, b in beziers(points):
        for k in range(1, steps + 1):
            t = k / steps
            u = 1 - t
            w0, w1, w2, w3 = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            dense.append(
                (
                    w0 * a[0] + w1 * c1[0] + w2 * c2[0] + w3 * b[0],
                    w0 * a[1] + w1 * c1[1] + w2 * c2[1] + w3 * b[1],
                )
            )
    return dense


def sample(dense: Run, s: float) -> Point:
    """The point at fraction `s` (0..1) of a sampled line."""
    last = len(dense) - 1
    position = s * last
    if position <= 0:
        return dense[0]
    if position >= last:
        return dense[last]
    index = int(position)
    t = position - index
    (ax, ay), (bx, by) = dense[index], dense[index + 1]
    return ax + (bx - ax) * t, ay + (by - ay) * t


def ribbon(spine: Run, width: float, *, ends: tuple[float, float] = (0.0, 0.0)) -> str:
    """A tapered stroke along the spine as a filled shape; `ends` are the widths kept there."""
    dense = polyline(spine, 4)
    tangents = _tangents(dense, False)
    last = len(dense) - 1
    left, right = [], []
    for i in range(0, last + 1, 2):
        u = i / last
        keep = ends[0] + (ends[1] - ends[0]) * u
        half = width / 2 * (keep + (1 - keep) * math.sin(math.pi * u))
        (x, y), (tx, ty) = dense[i], tangents[i]
        left.append((x - ty * half, y + tx * half))
        right.append((x + ty * half, y - tx * half))
    return outline(left, right[::-1])


@dataclass(frozen=True)
class Sheet:
    """Hair between two guide lines: `s` runs along the strands, `t` from `inner` to `outer`.

    `sag` lowers the middle of the lower end; `tips` > 0 ends the sheet in so many points,
    `bite` (a fraction of its length) deep.
    """

    inner: Run
    outer: Run
    sag: float = 0.0
    tips: int = 0
    bite: float = 0.1

    @cached_property
    def _guides(self) -> tuple[list[Point], list[Point]]:
        return polyline(self.inner), polyline(self.outer)

    def at(self, s: float, t: float) -> Point:
        inner, outer = self._guides
        (ax, ay), (bx, by) = sample(inner, s), sample(outer, s)
        return ax + (bx - ax) * t, ay + (by - ay) * t + self.sag * s * 4 * t * (1 - t)

    def along(self, t: float, start: float = 0.0, end: float = 1.0, steps: int = 8) -> list[Point]:
        """One strand's line."""
        return [self.at(start + (end - start) * k / steps, t) for k in range(steps + 1)]

    @property
    def breadth(self) -> float:
        """Distance between the guides half way down."""
        (xa, ya), (xb, yb) = self.at(0.5, 0), self.at(0.5, 1)
        return math.hypot(xb - xa, yb - ya) or 1.0

    def path(self) -> str:
        steps = 2 * (len(self.inner) - 1) if len(self.inner) > 9 else 10
        if not self.tips:
            hem = [self.at(1, k / 6) for k in range(7)]
            return outline(
                self.along(0, steps=steps), hem, self.along(1, steps=steps)[::-1], self._root()
            )
        corners = [
            self.at(1 - self.bite * 0.5 * (k % 2), (k + 0.5) / self.tips) for k in range(self.tips)
        ]
        runs: list[Run] = [[*self.along(0, 0, 1 - self.bite, steps), corners[0]]]
        for k in range(1, self.tips):
            notch = self.at(1 - self.bite * (1.2 if k % 2 else 0.9), k / self.tips)
            runs.append([corners[k - 1], notch, corners[k]])
        runs.append([corners[-1], *self.along(1, 0, 1 - self.bite, steps)[::-1]])
        return outline(*runs, self._root())

    def _root(self) -> list[Point]:
        return [self.at(0, 1 - k / 4) for k in range(5)]

    def lock(self, t: float, width: float, start: float = 0.0, end: float = 1.0) -> str:
        """A tapered strand along the sheet; `width` is in units of `t`."""
        steps = 5
        left, right = [], []
        for k in range(steps + 1):
            u = k / steps
            s = start + (end - start) * u
            half = width / 2 * math.sin(math.pi * u) ** 0.8
            left.append(self.at(s, max(t - half, 0.0)))
            right.append(self.at(s, min(t + half, 1.0)))
        return outline(left, right[::-1])

    def band(self, t0: float, t1: float, start: float = 0.0, end: float = 1.0) -> str:
        """A part of the sheet with square ends."""
        fractions = [start + (end - start) * k / 6 for k in range(7)]
        return outline(
            [self.at(s, t0) for s in fractions], [self.at(s, t1) for s in reversed(fractions)]
        )

    def sweep(self, s: float, width: float, start: float = 0.0, end: float = 1.0) -> str:
        """A tapered strand across the sheet, at `s` along its length; `width` in units of `s`."""
        upper, lower = [], []
        for k in range(7):
            u = k / 6
            t = start + (end - start) * u
            half = width / 2 * math.sin(math.pi * u) ** 0.8
            upper.append(self.at(s - half, t))
            lower.append(self.at(s + half, t))
        return outline(upper, lower[::-1])


@dataclass
class Canvas:
    """Collects SVG fragments; every id it hands out starts with `uid`."""

    uid: str
    parts: list[str] = field(default_factory=list)
    defs: list[str] = field(default_factory=list)
    _count: int = 0

    def _next_id(self) -> str:
        self._count += 1
        return f"{self.uid}-{self._count}"

    def path(self, data: str, fill: str, opacity: float = 1.0, extra: str = "") -> None:
        faded = f' fill-opacity="{num(opacity)}"' if opacity < 1 else ""
        self.parts.append(f'<path d="{data}" fill="{fill}"{faded}{extra}/>')

    def line(self, points: Run, colour: str, width: float, opacity: float = 1.0) -> None:
        faded = f' stroke-opacity="{num(opacity)}"' if opacity < 1 else ""
        self.parts.append(
            f'<path d="{curve(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="{num(width)}" stroke-linecap="round" stroke-linejoin="round"{faded}/>'
        )

    def ellipse(
        self,
        centre: Point,
        rx: float,
        ry: float,
        fill: str,
        opacity: float = 1.0,
        *,
        extra: str = "",
    ) -> None:
        faded = f' fill-opacity="{num(opacity)}"' if opacity < 1 else ""
        self.parts.append(
            f'<ellipse cx="{num(centre[0])}" cy="{num(centre[1])}" rx="{num(rx)}" '
            f'ry="{num(ry)}" fill="{fill}"{faded}{extra}/>'
        )

    def ring(self, centre: Point, rx: float, ry: float, colour: str, width: float) -> None:
        self.parts.append(
            f'<ellipse cx="{num(centre[0])}" cy="{num(centre[1])}" rx="{num(rx)}" ry="{num(ry)}" '
            f'fill="none" stroke="{colour}" stroke-width="{num(width)}"/>'
        )

    def linear(self, start: Point, end: Point, *stops: tuple[float, str, float]) -> str:
        """A gradient in user space; stops are (offset, colour, opacity). Returns its url()."""
        name = self._next_id()
        self.defs.append(
            f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="{num(start[0])}" '
            f'y1="{num(start[1])}" x2="{num(end[0])}" y2="{num(end[1])}">{_stops(stops)}'
            "</linearGradient>"
        )
        return f"url(#{name})"

    def radial(self, *stops: tuple[float, str, float]) -> str:
        """A gradient from the centre of whatever it fills. Returns its url()."""
        name = self._next_id()
        self.defs.append(f'<radialGradient id="{name}">{_stops(stops)}</radialGradient>')
        return f"url(#{name})"

    def glow(self, colour: str, opacity: float) -> str:
        """A soft spot: `colour` in the middle, nothing at the rim."""
        return self.radial((0, colour, opacity), (0.5, colour, opacity * 0.55), (1, colour, 0))

    def clip(self, data: str) -> str:
        """Returns the attribute that clips a group to the path."""
        name = self._next_id()
        self.defs.append(f'<clipPath id="{name}"><path d="{data}"/></clipPath>')
        return f' clip-path="url(#{name})"'

    def open(self, attributes: str = "") -> None:
        self.parts.append(f"<g{attributes}>")

    def close(self) -> None:
        self.parts.append("</g>")

    def svg(self) -> str:
        defs = f"<defs>{''.join(self.defs)}</defs>" if self.defs else ""
        return f"<g>{defs}{''.join(self.parts)}</g>"


def _stops(stops: Iterable[tuple[float, str, float]]) -> str:
    return "".join(
        f'<stop offset="{num(offset)}" stop-color="{colour}"'
        + (f' stop-opacity="{num(opacity)}"' if opacity < 1 else "")
        + "/>"
        for offset, colour, opacity in stops
    )
