"""Trousers, skirts, shoes: everything worn below the waist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from . import figure_feet as feet
from .figure_geometry import Limb, Point, between, hull, lerp, line, outline, smoothstep, tube
from .figure_skin import foot_size
from .outfit_kit import Bench, Cloth


@dataclass(frozen=True, slots=True)
class Legs:
    """Trousers: `end` on the leg (0.45 shorts, 1.93 long), ease at thigh, knee and hem."""

    end: float = 1.93
    thigh: float = 3
    knee: float = 3
    hem: float = 4
    waist: float = 184

    def ease(self, t: float) -> float:
        if t <= 1:
            return lerp(self.thigh, self.knee, smoothstep(t))
        return lerp(self.knee, self.hem, smoothstep((t - 1) / max(0.2, self.end - 1)))


def high_waist(bench: Bench) -> float:
    """Where a waistband sits best, in rest heights."""
    return {"female": 172.0, "androgynous": 190.0, "male": 206.0}[bench.presentation]


def _fitted(bench: Bench, cut: Legs) -> Legs:
    """Straight legs stay straight on strong thighs: knees and hems get wider too."""
    extra = max(0.0, bench.skeleton.build.thigh - 34) * 0.55
    if cut.hem < 3 or not extra:
        return cut
    return replace(cut, knee=cut.knee + extra * 0.6, hem=cut.hem + extra)


def trousers(
    bench: Bench, cloth: Cloth, cut: Legs, *, shoes: Callable[[Bench], None] | None = None
) -> None:
    """Both legs and the seat. `shoes` are drawn under the hems."""
    if shoes:
        shoes(bench)
    cut = _fitted(bench, cut)
    for layer, limb in bench.legs():
        _leg(bench, layer, limb, cloth, cut)
    seat(bench, cloth, cut.waist, cut.thigh)


def _leg(bench: Bench, layer: str, limb: Limb, cloth: Cloth, cut: Legs) -> None:
    def inner(t: float) -> float:
        return min(cut.ease(t), 2.5 + 14 * max(0.0, t - 0.1))

    shape = tube(limb, -0.03, cut.end, outer=cut.ease, inner=inner, cap=10, foot=2.5, fade=1)
    bench.canvas.extend(shape.points())
    bench.lay(layer, shape.d(), cloth)
    bench.shadow(layer, cloth, shape.shades(bench.canvas.style.depth))
    for edge in shape.inner_lines():
        bench.seam(layer, cloth, edge, 0.9)
    if cloth.sheen:
        bench.gleam(layer, cloth, shape.highlight(), cloth.sheen)
    if cut.end < 1.8 or cut.hem > 9:
        bench.seam(layer, cloth, [shape.outer[-1], shape.foot, shape.inner[-1]], 1.2)
    _leg_folds(bench, layer, limb, cloth, cut)


def _leg_folds(bench: Bench, layer: str, limb: Limb, cloth: Cloth, cut: Legs) -> None:
    s = limb.side
    tight = cut.knee < 1
    bench.fold(layer, cloth, limb.at(0.06, -0.9), limb.at(0.16, 0.3), bulge=4 * s, width=1.8)
    if limb.bend() > 35:
        bench.fold(layer, cloth, limb.at(0.1, -0.7), limb.at(0.05, 0.8), bulge=4 * s, width=2.2)
    if cut.end < 1.1:
        return
    if limb.bend() > 28:
        for t, q in ((0.97, 0.78), (1.0, 1.02), (1.03, 1.26)):
            bench.fold(layer, cloth, limb.at(t, -0.95), limb.at(q, 0.35), bulge=2 * s, width=1.8)
    elif not tight:
        bench.fold(layer, cloth, limb.at(0.94, -0.95), limb.at(1.0, 0.2), bulge=3 * s, width=1.5)
        bench.fold(layer, cloth, limb.at(1.1, -0.9), limb.at(1.06, 0.35), bulge=3 * s, width=1.5)
    if cut.end > 1.8:
        e = cut.ease(1.85)
        bench.fold(
            layer, cloth, limb.at(1.8, -0.9, e * 0.8), limb.at(1.86, 0.5), bulge=3 * s, width=1.7
        )
        bench.fold(
            layer, cloth, limb.at(1.9, 0.95, e * 0.8), limb.at(1.87, -0.3), bulge=2 * s, width=1.5
        )


def seat(bench: Bench, cloth: Cloth, waist: float, ease: float, layer: str = "hips") -> None:
    """The part of trousers or shorts around the hips."""
    stops = [y for y in (190, 222, 254, 284) if y > waist + 6]
    right = [
        bench.at(bench.half(y) + ease * smoothstep((y - waist) / 60) + 1, y)
        for y in (waist, *stops)
    ]
    left = [
        bench.at(-bench.half(y) - ease * smoothstep((y - waist) / 60) - 1, y)
        for y in (waist, *stops)
    ]
    crotch = bench.run((bench.half(284) * 0.5, 298), (0, 306), (-bench.half(284) * 0.5, 298))
    bench.piece(
        layer,
        cloth,
        [left[0], bench.at(0, waist + 4), right[0]],
        right,
        [right[-1], *crotch, left[-1]],
        left[::-1],
    )
    inside = bench.run(
        (bench.half(280) * 0.55, 284),
        (bench.half(254) * 0.64, 254),
        (bench.half(222) * 0.74, 222),
        (bench.half(waist) * 0.8, waist + 3),
    )
    bench.shadow(f"{layer}_shade", cloth, outline(right, inside))


def fly(
    bench: Bench, cloth: Cloth, waist: float, *, pockets: bool = True, stitch: str = ""
) -> None:
    """Waistband, fly and slant pockets."""
    h = bench.half(waist)
    bench.seam("hips", cloth, bench.run((-h, waist + 11), (0, waist + 15), (h, waist + 11)), 1.2)
    bench.seam("hips", cloth, bench.run((1, waist + 15), (2, 250), (0, 280)), 1.2)
    bench.seam(
        "hips", cloth, bench.run((9, waist + 15), (9, 246), (2, 266)), 0.9, "3 2" if stitch else ""
    )
    bench.dot("hips", bench.at(1, waist + 8), 2.4, stitch or cloth.deep, cloth.deep)
    if pockets:
        for side in (-1, 1):
            x = bench.half(222)
            bench.seam(
                "hips",
                cloth,
                bench.run(
                    (side * x * 0.5, waist + 14),
                    (side * x * 0.72, 220),
                    (side * (bench.half(244) + 1), 240),
                ),
                1.3,
            )
            if stitch:
                bench.canvas.stroke(
                    "hips",
                    line(
                        bench.run(
                            (side * x * 0.46, waist + 15),
                            (side * x * 0.68, 224),
                            (side * bench.half(246), 246),
                        )
                    ),
                    stitch,
                    0.8,
                    opacity=0.9,
                    dash="3 2",
                )


def crease(bench: Bench, cloth: Cloth, end: float = 1.9) -> None:
    """A pressed crease down the front of each leg."""
    for layer, limb in bench.legs():
        bench.seam(layer, cloth, [limb.at(t, 0.08) for t in (0.3, 0.6, 1.0, 1.4, end)], 1.1)


def outseam(
    bench: Bench,
    colour: str,
    cut: Legs,
    *,
    width: float = 1.0,
    u: float = 0.72,
    dash: str = "",
    opacity: float = 0.9,
) -> None:
    """A line or stripe down the outside of each leg."""
    cut = _fitted(bench, cut)
    stops = [t for t in (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75) if t < cut.end - 0.05] + [
        cut.end - 0.02
    ]
    for layer, limb in bench.legs():
        points = [limb.at(t, u, cut.ease(t) * u) for t in stops]
        bench.canvas.stroke(layer, line(points), colour, width, opacity=opacity, dash=dash)


def turn_up(bench: Bench, cloth: Cloth, cut: Legs, width: float = 0.07) -> None:
    cut = _fitted(bench, cut)
    for layer, limb in bench.legs():
        shape = tube(limb, cut.end - width, cut.end, outer=lambda t: cut.ease(t) + 1.4, foot=2.5)
        bench.lay(layer, shape.d(), cloth, 0.5)
        bench.shadow(layer, cloth, shape.shades())


def belt(
    bench: Bench,
    cloth: Cloth,
    y: float,
    *,
    height: float = 10,
    buckle: str = "#d9b56a",
    ease: float = 2.0,
    layer: str = "hips",
) -> None:
    h = bench.half(y) + ease
    g = bench.half(y + height) + ease
    bench.piece(
        layer,
        cloth,
        bench.run((-h, y), (0, y + 4), (h, y)),
        bench.run((g, y + height), (0, y + height + 4), (-g, y + height)),
    )
    bench.shadow(
        layer,
        cloth,
        outline(
            bench.run((h * 0.6, y + 2), (h, y)),
            bench.run((g, y + height), (g * 0.6, y + height + 2)),
        ),
    )
    if buckle:
        p = bench.at(0, y + height / 2 + 4)
        bench.canvas.add(
            layer,
            (
                f'<rect x="{p[0] - 7:.1f}" y="{p[1] - height * 0.62:.1f}" width="14"'
                f' height="{height * 1.24:.1f}" rx="2.5" fill="none" stroke="{buckle}"'
                ' stroke-width="2.6"/>'
            ),
        )


# --- skirts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Skirt:
    """`end` on the leg; `flare` is added at the hem, `ease` at the hips."""

    end: float = 0.9
    flare: float = 16
    ease: float = 3
    top: float = 160
    waves: int = 3
    slit: bool = False


@dataclass(frozen=True, slots=True)
class Drape:
    """A draped skirt: corners, edges and hem in figure coordinates."""

    top_left: Point
    top_right: Point
    hem_left: Point
    hem_right: Point
    sides: list[list[Point]]
    hem: list[Point]

    def across(self, k: float, down: float) -> Point:
        """Point at `k` 0..1 from left to right, `down` 0..1 from waist to hem."""
        along_hem = self.hem[min(len(self.hem) - 1, round((1 - k) * (len(self.hem) - 1)))]
        return between(between(self.top_left, self.top_right, k), along_hem, down)

    def d(self) -> str:
        return outline(*self.sides, self.hem)


def drape(bench: Bench, cut: Skirt) -> Drape:
    """Cloth pulled tight around hips and legs, down to `cut.end`."""
    legs = bench.skeleton.legs
    top_left, top_right = (
        bench.at(s * (bench.half(cut.top) + cut.ease * 0.5), cut.top) for s in (-1, 1)
    )
    body = [top_left, top_right]
    for y in (190, 222, 254, 284):
        if y > cut.top + 8:
            body += [bench.at(s * (bench.half(y) + cut.ease), y) for s in (-1, 1)]
    stops = [cut.end * k for k in (0.15, 0.4, 0.7)]
    for limb in legs:
        body += [
            limb.at(t, u, cut.ease + cut.flare * (t / cut.end) ** 1.2)
            for t in stops
            for u in (-1, 1)
        ]
    rim = [limb.at(cut.end, u, cut.ease + cut.flare) for limb in legs for u in (-1, 1)]
    ring = hull([*body, *rim])
    on_rim = [p for p in ring if p in rim] or rim
    left, right = min(on_rim), max(on_rim)
    return _drape_from(ring, left, right, top_left=top_left, top_right=top_right, cut=cut)


def _drape_from(
    ring: list[Point], left: Point, right: Point, *, top_left: Point, top_right: Point, cut: Skirt
) -> Drape:
    """Split the hull at the hem's corners: over the waist, and along the hem."""
    if left == right:
        right = max(ring, key=lambda p: p[1] * 0.3 + p[0])
    i = ring.index(left)
    turned = ring[i:] + ring[:i]
    j = turned.index(right)
    one, other = turned[: j + 1], [*turned[j:], turned[0]]
    waist_first = _mean_y(one) < _mean_y(other)
    sides, hem = (one, other) if waist_first else (other[::-1], one[::-1])
    hem_points = _wavy([hem[0], *hem[1:-1], hem[-1]], cut.waves, 2.5 + cut.flare * 0.12)
    return Drape(
        top_left, top_right, left, right, _cornered(sides, top_left, top_right), hem_points
    )


def _cornered(run: list[Point], *corners: Point) -> list[list[Point]]:
    """The run cut at the corners it passes, so that they stay sharp."""
    cuts = sorted({0, len(run) - 1, *(run.index(p) for p in corners if p in run)})
    return [run[i : j + 1] for i, j in pairwise(cuts)]


def _mean_y(points: list[Point]) -> float:
    inner = points[1:-1] or points
    return sum(y for _, y in inner) / len(inner)


def _wavy(points: list[Point], waves: int, depth: float) -> list[Point]:
    """The hem resampled along its length, dipping between the folds."""
    steps = max(6, waves * 4)
    lengths = [0.0]
    for p, q in pairwise(points):
        lengths.append(lengths[-1] + ((q[0] - p[0]) ** 2 + (q[1] - p[1]) ** 2) ** 0.5)
    result = []
    for i in range(steps + 1):
        want = lengths[-1] * i / steps
        j = next((n for n in range(1, len(lengths)) if lengths[n] >= want - 1e-9), len(lengths) - 1)
        span = lengths[j] - lengths[j - 1] or 1.0
        x, y = between(points[j - 1], points[j], (want - lengths[j - 1]) / span)
        arc = 4 * (i / steps) * (1 - i / steps)
        dip = depth * (1 if (i * waves * 2 // steps) % 2 else -0.4) if 0 < i < steps else 0
        result.append((x, y + dip + arc * 5))
    return result


def skirt(
    bench: Bench, cloth: Cloth, cut: Skirt, *, layer: str = "skirt", pleats: int = 0
) -> Drape:
    shape = drape(bench, cut)
    d = shape.d()
    bench.canvas.extend([*(p for run in shape.sides for p in run), *shape.hem])
    bench.lay(layer, d, cloth, 0.5)
    clip = bench.canvas.define(f'<clipPath id="{{id}}"><path d="{d}"/></clipPath>')
    bench.canvas.add(layer, f'<g clip-path="url(#{clip})">')
    side = [
        shape.across(0.8, 0),
        shape.across(0.74, 0.4),
        shape.across(0.7, 0.75),
        shape.across(0.72, 1.1),
    ]
    # No further than the skirt: what is clipped away is drawn all the same.
    edge = max(p[0] for p in [*shape.hem, *(q for run in shape.sides for q in run)]) + 24
    far = [(edge, p[1] + 10) for p in side]
    bench.shadow(layer, cloth, outline(side, far[::-1]))
    _skirt_folds(bench, layer, cloth, shape, cut, pleats=pleats)
    bench.canvas.add(layer, "</g>")
    return shape


def _skirt_folds(
    bench: Bench, layer: str, cloth: Cloth, shape: Drape, cut: Skirt, *, pleats: int
) -> None:
    if pleats:
        for i in range(1, pleats):
            k = i / pleats
            p, q, r = (
                shape.across(k, 0.02),
                shape.across(k, 1.06),
                shape.across(k + 0.4 / pleats, 1.06),
            )
            bench.canvas.fill(layer, outline([p, q], [r, p]), cloth.deep, 0.28)
        return
    count = max(2, cut.waves + 1)
    for i in range(1, count + 1):
        k = i / (count + 1)
        start = 0.1 + 0.12 * (i % 2)
        p, q = shape.across(lerp(0.5, k, 0.7), start), shape.across(k, 1.04)
        r = shape.across(min(1.0, k + 0.1), 1.06)
        if cut.flare > 8:
            bench.canvas.fill(
                layer,
                outline([p, between(p, q, 0.6), q], [r, between(p, r, 0.5), p]),
                cloth.deep,
                0.3,
            )
        else:
            bench.fold(
                layer,
                cloth,
                shape.across(k, 0.05),
                shape.across(lerp(k, 0.5, 0.3), 0.4 + 0.1 * (i % 2)),
                bulge=4,
                width=1.8,
            )
    if cloth.sheen:
        p, q = shape.across(0.2, 0.1), shape.across(0.16, 0.96)
        r = shape.across(0.27, 0.9)
        bench.gleam(
            layer,
            cloth,
            outline([p, between(p, q, 0.5), q], [r, between(p, r, 0.5), p]),
            cloth.sheen,
        )


def hem_trim(bench: Bench, layer: str, shape: Drape, colour: str, width: float = 3) -> None:
    bench.canvas.stroke(layer, line(shape.hem), colour, width)


# --- shoes ----------------------------------------------------------------------------------

Shoe = Callable[[Bench], None]


def _each(draw: Callable[[Bench, str, feet.FootFrame], None]) -> Shoe:
    def put_on(bench: Bench) -> None:
        for i, foot in enumerate(bench.skeleton.feet):
            if not foot.is_hidden:
                draw(bench, f"leg{i}", feet.FootFrame(foot, foot_size(bench.skeleton)))

    return put_on


def sneakers(
    colour: str = "#f4f1ec", *, sole: str = "#fbf9f5", accent: str = "#d4cdc4", chunky: bool = False
) -> Shoe:
    return _each(
        lambda b, layer, frame: feet.sneaker(
            b.canvas, layer, frame, colour, sole=sole, accent=accent, chunky=chunky
        )
    )


def loafers(colour: str) -> Shoe:
    return _each(lambda b, layer, frame: feet.loafer(b.canvas, layer, frame, colour))


def pumps(colour: str) -> Shoe:
    return _each(lambda b, layer, frame: feet.pump(b.canvas, layer, frame, colour, b.tones))


def sandals(colour: str) -> Shoe:
    return _each(lambda b, layer, frame: feet.sandal(b.canvas, layer, frame, colour, b.tones))


def barefoot() -> Shoe:
    return _each(lambda b, layer, frame: feet.bare(b.canvas, layer, frame, b.tones))


def boots(
    colour: str, *, shaft: float = 1.72, chunky: bool = False, laces: str = "", ease: float = 3
) -> Shoe:
    """Boots whose shaft begins at `shaft` on the leg."""

    def put_on(bench: Bench) -> None:
        cloth = bench.cloth(colour, sheen=0.35)
        for i, (layer, limb) in enumerate(bench.legs()):
            if bench.skeleton.feet[i].is_hidden:
                continue
            frame = feet.FootFrame(bench.skeleton.feet[i], foot_size(bench.skeleton))
            feet.boot(bench.canvas, layer, frame, colour, chunky=chunky, laces=laces)
            leg = tube(
                limb, shaft, 2.0, outer=lambda t: ease + max(0.0, 1.9 - t) * 4, cap=-2, foot=3
            )
            bench.lay(layer, leg.d(), cloth)
            bench.shadow(layer, cloth, leg.shades())
            bench.gleam(layer, cloth, leg.highlight(), 0.35)
            bench.seam(layer, cloth, [leg.outer[0], leg.cap, leg.inner[0]], 1.5)
            if laces and shaft < 1.85:
                for k in (0.2, 0.45, 0.7, 0.9):
                    t = lerp(shaft, 2.0, k)
                    bench.canvas.stroke(
                        layer, line([limb.at(t, -0.3), limb.at(t + 0.015, 0.4)]), laces, 1.6
                    )

    return put_on
