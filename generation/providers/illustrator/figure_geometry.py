"""Plane geometry of the figure: smooth outlines, tapered limbs, two-bone reaching.

Units are those of the figure (a head is 100 high), y points down. A *run* is a list of points
joined by one smooth curve; an outline is a closed chain of runs with corners between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Run = Sequence[Point]
Keys = tuple[tuple[float, float], ...]

# Where the light comes from (upper left), as a unit vector pointing at it.
LIGHT: Point = (-0.72, -0.69)
_HANDLE = 0.36


def lerp(a: float, b: float, t: float) -> float:
    return a + (b - a) * t


def between(p: Point, q: Point, t: float) -> Point:
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def shifted(p: Point, dx: float, dy: float) -> Point:
    return p[0] + dx, p[1] + dy


def rotated(p: Point, degrees: float, about: Point = (0.0, 0.0)) -> Point:
    """`p` turned clockwise on screen, as SVG's rotate() does."""
    r = math.radians(degrees)
    c, s = math.cos(r), math.sin(r)
    x, y = p[0] - about[0], p[1] - about[1]
    return about[0] + x * c - y * s, about[1] + x * s + y * c


def distance(p: Point, q: Point) -> float:
    return math.hypot(q[0] - p[0], q[1] - p[1])


def smoothstep(t: float) -> float:
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def along(keys: Keys, x: float) -> float:
    """The value at `x` of a smooth curve through `keys` (sorted by their first number)."""
    if x <= keys[0][0]:
        return keys[0][1]
    last = len(keys) - 1
    for i in range(last):
        x1, y1 = keys[i]
        x2, y2 = keys[i + 1]
        if x <= x2:
            t = (x - x1) / (x2 - x1)
            before, after = keys[max(i - 1, 0)], keys[min(i + 2, last)]
            m1 = _slope(before, keys[i + 1]) * (x2 - x1)
            m2 = _slope(keys[i], after) * (x2 - x1)
            t2, t3 = t * t, t * t * t
            return (
                (2 * t3 - 3 * t2 + 1) * y1
                + (t3 - 2 * t2 + t) * m1
                + (3 * t2 - 2 * t3) * y2
                + (t3 - t2) * m2
            )
    return keys[-1][1]


def _slope(p: Point, q: Point) -> float:
    return (q[1] - p[1]) / (q[0] - p[0]) if q[0] != p[0] else 0.0


# --- path data ------------------------------------------------------------------------------


def number(x: float) -> str:
    return f"{x:.1f}"


def _bezier(points: Run) -> str:
    """`C` commands through `points`, the current point being the first of them."""
    n = len(points)
    if n == 2:
        return f"L{points[1][0]:.1f} {points[1][1]:.1f}"
    tangents = []
    for i in range(n):
        ax, ay = points[i - 1] if i else points[0]
        bx, by = points[i + 1] if i < n - 1 else points[-1]
        dx, dy = bx - ax, by - ay
        length = math.hypot(dx, dy) or 1.0
        tangents.append((dx / length, dy / length))
    parts = []
    for i in range(n - 1):
        (x1, y1), (x2, y2) = points[i], points[i + 1]
        h = math.hypot(x2 - x1, y2 - y1) * _HANDLE
        (t1x, t1y), (t2x, t2y) = tangents[i], tangents[i + 1]
        parts.append(
            f"C{x1 + t1x * h:.1f} {y1 + t1y * h:.1f} {x2 - t2x * h:.1f} {y2 - t2y * h:.1f}"
            f" {x2:.1f} {y2:.1f}"
        )
    return "".join(parts)


def line(points: Run) -> str:
    """Path data of one open smooth curve."""
    return f"M{points[0][0]:.1f} {points[0][1]:.1f}{_bezier(points)}"


def outline(*runs: Run) -> str:
    """Path data of a closed shape: runs are smooth, their meeting points are corners."""
    first = runs[0][0]
    parts = [f"M{first[0]:.1f} {first[1]:.1f}"]
    current: Point | None = first
    for run in runs:
        if run[0] != current:
            parts.append(f"L{run[0][0]:.1f} {run[0][1]:.1f}")
        if len(run) > 1:
            parts.append(_bezier(run))
        current = run[-1]
    parts.append("Z")
    return "".join(parts)


def loop(points: Run) -> str:
    """Path data of a closed shape that is smooth everywhere."""
    n = len(points)
    wrapped = [points[-1], *points, points[0], points[1]]
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(1, n + 1):
        p0, p1, p2, p3 = wrapped[i - 1 : i + 3]
        h = distance(p1, p2) * _HANDLE
        l1, l2 = distance(p0, p2) or 1.0, distance(p1, p3) or 1.0
        parts.append(
            f"C{p1[0] + (p2[0] - p0[0]) / l1 * h:.1f} {p1[1] + (p2[1] - p0[1]) / l1 * h:.1f}"
            f" {p2[0] - (p3[0] - p1[0]) / l2 * h:.1f} {p2[1] - (p3[1] - p1[1]) / l2 * h:.1f}"
            f" {p2[0]:.1f} {p2[1]:.1f}"
        )
    parts.append("Z")
    return "".join(parts)


def leaf(p: Point, q: Point, bulge: float, width: float) -> str:
    """A tapered stroke from `p` to `q`, bowed sideways by `bulge`, `width` thick in the middle."""
    length = distance(p, q) or 1.0
    nx, ny = (q[1] - p[1]) / length, (p[0] - q[0]) / length
    mx, my = (p[0] + q[0]) / 2, (p[1] + q[1]) / 2
    near, far = bulge - width, bulge + width
    return (
        f"M{p[0]:.1f} {p[1]:.1f}Q{mx + nx * far:.1f} {my + ny * far:.1f} {q[0]:.1f} {q[1]:.1f}"
        f"Q{mx + nx * near:.1f} {my + ny * near:.1f} {p[0]:.1f} {p[1]:.1f}Z"
    )


def hull(points: Iterable[Point]) -> list[Point]:
    """Convex hull, counter-clockwise seen with y up (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def half(candidates: Iterable[Point]) -> list[Point]:
        chain: list[Point] = []
        for p in candidates:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    return half(ordered) + half(reversed(ordered))


def _turn(o: Point, a: Point, b: Point) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


# --- limbs ----------------------------------------------------------------------------------

_ROUNDING = 0.15


@dataclass(frozen=True, slots=True)
class Limb:
    """A bent limb: root, middle joint and end, with half-widths on both sides.

    `t` runs 0..1 along the upper and 1..2 along the lower bone (a little beyond at the ends is
    fine). `outer` is the side away from the body when the limb hangs straight down; `side` is
    -1 for the limb on the left of the screen, +1 for the other one.
    """

    root: Point
    joint: Point
    end: Point
    side: int
    outer: Keys
    inner: Keys

    def spine(self, t: float) -> Point:
        if t <= 1 - _ROUNDING:
            return between(self.root, self.joint, t)
        if t >= 1 + _ROUNDING:
            return between(self.joint, self.end, t - 1)
        k = (t - 1 + _ROUNDING) / (2 * _ROUNDING)
        p = between(self.root, self.joint, 1 - _ROUNDING)
        q = between(self.joint, self.end, _ROUNDING)
        return between(between(p, self.joint, k), between(self.joint, q, k), k)

    def heading(self, t: float) -> Point:
        """Unit vector of travel at `t`."""
        p, q = self.spine(t - 0.06), self.spine(t + 0.06)
        length = distance(p, q) or 1.0
        return (q[0] - p[0]) / length, (q[1] - p[1]) / length

    def normal(self, t: float) -> Point:
        """Unit vector towards the outer side."""
        dx, dy = self.heading(t)
        return self.side * dy, -self.side * dx

    def half(self, t: float, u: float) -> float:
        return along(self.outer if u >= 0 else self.inner, t)

    def at(self, t: float, u: float = 0.0, ease: float = 0.0) -> Point:
        """Point at `t`; `u` -1..1 crosses the limb from its inner to its outer edge."""
        x, y = self.spine(t)
        nx, ny = self.normal(t)
        reach = u * self.half(t, u) + (ease if u > 0 else -ease if u < 0 else 0.0)
        return x + nx * reach, y + ny * reach

    def angle(self, t: float) -> float:
        """Heading as degrees clockwise from straight down the screen."""
        dx, dy = self.heading(t)
        return math.degrees(math.atan2(-dx, dy))

    def bend(self) -> float:
        """Degrees between the two bones, 0 when the limb is straight."""
        a = math.atan2(self.joint[1] - self.root[1], self.joint[0] - self.root[0])
        b = math.atan2(self.end[1] - self.joint[1], self.end[0] - self.joint[0])
        return abs((math.degrees(b - a) + 180) % 360 - 180)


Ease = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Tube:
    """A sleeve around a stretch of a limb: both edges, and how much each lies in the shade."""

    outer: tuple[Point, ...]
    inner: tuple[Point, ...]
    outer_shade: tuple[float, ...]
    inner_shade: tuple[float, ...]
    cap: Point
    foot: Point
    is_rounded: bool
    stops: tuple[float, ...]
    is_bent: bool

    def d(self) -> str:
        hem = [self.outer[-1], self.foot, self.inner[-1]]
        if self.is_rounded:
            return outline(hem, [*self.inner[::-1], self.cap, *self.outer])
        return outline(hem, self.inner[::-1], [self.inner[0], self.cap, self.outer[0]], self.outer)

    def points(self) -> tuple[Point, ...]:
        return (*self.outer, *self.inner, self.cap, self.foot)

    def inner_lines(self) -> list[list[Point]]:
        """The inner edge to draw a line on, without the knot it ties inside a bent joint."""
        if not self.is_bent:
            return [list(self.inner[1:])]
        pairs = list(zip(self.inner, self.stops, strict=True))[1:]
        upper = [p for p, t in pairs if t < 0.8]
        lower = [p for p, t in pairs if t > 1.2]
        return [run for run in (upper, lower) if len(run) > 1]

    def shades(self, depth: float = 0.48) -> str:
        """Path data of the shaded margins ('' when the limb is lit all over)."""
        return _margin(self.outer, self.inner, self.outer_shade, depth) + _margin(
            self.inner, self.outer, self.inner_shade, depth
        )

    def highlight(self) -> str:
        """A slim streak near the lit edge."""
        lit_outer = sum(self.outer_shade) < sum(self.inner_shade)
        edge, other = (self.outer, self.inner) if lit_outer else (self.inner, self.outer)
        pairs = list(zip(edge, other, strict=True))[1:-1]
        if len(pairs) < 2:
            return ""
        near = [between(p, q, 0.16) for p, q in pairs]
        far = [
            between(p, q, 0.16 + 0.12 * math.sin(math.pi * i / max(len(pairs) - 1, 1)))
            for i, (p, q) in enumerate(pairs)
        ]
        return outline(near, far[::-1])


def _margin(edge: Run, other: Run, shade: Sequence[float], depth: float) -> str:
    if max(shade) < 0.05:
        return ""
    inside = [between(p, q, s * depth) for p, q, s in zip(edge, other, shade, strict=True)]
    return outline(edge, inside[::-1])


_STOPS = (0.0, 0.14, 0.3, 0.5, 0.7, 0.86, 1.0, 1.14, 1.3, 1.5, 1.7, 1.86, 2.0)


def tube(
    limb: Limb,
    start: float = 0.0,
    end: float = 2.0,
    *,
    outer: Ease | float = 0.0,
    inner: Ease | float | None = None,
    cap: float = 0.0,
    foot: float = 0.0,
    fade: float = 0.25,
) -> Tube:
    """The limb between `start` and `end` with `outer`/`inner` added to its half-widths.

    `cap` and `foot` bulge the two ends outwards by so many units (a cap of 5 or more makes the
    start round); `fade` weakens the shade at
    the start.
    """
    stops = [start, *(t for t in _STOPS if start + 0.05 < t < end - 0.05), end]
    inner = outer if inner is None else inner
    outers, inners, shade_o, shade_i = [], [], [], []
    for i, t in enumerate(stops):
        grow_o = outer(t) if callable(outer) else outer
        grow_i = inner(t) if callable(inner) else inner
        x, y = limb.spine(t)
        nx, ny = limb.normal(t)
        wo, wi = along(limb.outer, t) + grow_o, along(limb.inner, t) + grow_i
        outers.append((x + nx * wo, y + ny * wo))
        inners.append((x - nx * wi, y - ny * wi))
        lit = nx * LIGHT[0] + ny * LIGHT[1]
        weight = fade if i == 0 else 1.0
        shade_o.append(max(0.0, -lit) * weight)
        shade_i.append(max(0.0, lit) * weight)
    hx, hy = limb.heading(start)
    sx, sy = between(outers[0], inners[0], 0.5)
    ex, ey = between(outers[-1], inners[-1], 0.5)
    gx, gy = limb.heading(end)
    return Tube(
        tuple(outers),
        tuple(inners),
        tuple(shade_o),
        tuple(shade_i),
        (sx - hx * cap, sy - hy * cap),
        (ex + gx * foot, ey + gy * foot),
        cap >= 5,
        tuple(stops),
        limb.bend() > 32,
    )


def reach(root: Point, target: Point, upper: float, lower: float, bend: float) -> Point:
    """The middle joint of a two-bone limb from `root` to `target`.

    `bend` +1/-1 chooses the side. A target out of reach is met by stretching both bones alike.
    """
    gap = distance(root, target) or 1.0
    if gap >= (upper + lower) * 0.995:
        return between(root, target, upper / (upper + lower))
    cosine = (upper**2 + gap**2 - lower**2) / (2 * upper * gap)
    a = math.acos(min(1.0, max(-1.0, cosine))) * bend
    dx, dy = (target[0] - root[0]) / gap, (target[1] - root[1]) / gap
    c, s = math.cos(a), math.sin(a)
    return root[0] + (dx * c - dy * s) * upper, root[1] + (dx * s + dy * c) * upper
