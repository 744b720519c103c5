"""Bodices, sleeves, jackets, collars: everything worn on the torso and arms."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from . import figure_skin as skin
from .figure_geometry import Limb, Point, Run, leaf, lerp, line, outline, smoothstep, tube
from .outfit_kit import Bench, Cloth


@dataclass(frozen=True, slots=True)
class Cut:
    """How a top is cut. Heights are rest heights of the torso.

    `boxy` 0 follows the waist, 1 hangs straight from the chest; `shoulder` is set, tank, strap,
    halter or bare; `neck` is crew, scoop, v, boat, mock, sweetheart, square or shirt.
    """

    neck: str = "crew"
    shoulder: str = "set"
    hem: float = 286
    ease: float = 4
    boxy: float = 0.0
    drop: float = 6
    depth: float | None = None


_NECKS: dict[str, tuple[float, float]] = {  # extra width at the shoulder, depth
    "crew": (6, 15),
    "scoop": (14, 42),
    "v": (7, 58),
    "boat": (26, 14),
    "mock": (0, 4),
    "sweetheart": (14, 62),
    "square": (20, 46),
    "shirt": (3, 20),
    "halter": (-2, 26),
}


def width_at(bench: Bench, cut: Cut, y: float) -> float:
    """Half-width of the cut at height `y`."""
    body = bench.half(y)
    if y > 66:
        body = lerp(
            body, max(body, bench.half(84), bench.half(min(y, 254)) if y > 200 else 0), cut.boxy
        )
    fade = smoothstep((y - 30) / 50)
    return body + cut.ease * fade


def side_run(bench: Bench, cut: Cut, side: int, top: float, bottom: float) -> list[Point]:
    stops = [y for y in (44, 66, 94, 122, 156, 190, 222, 254, 284, 330) if top + 7 < y < bottom - 7]
    return [bench.at(side * width_at(bench, cut, y), y) for y in (top, *stops, bottom)]


def _neckline(bench: Bench, cut: Cut) -> tuple[float, list[list[Point]]]:
    """Shoulder width of the opening, and its runs from left to right in rest points."""
    extra, depth = _NECKS[cut.neck]
    if cut.depth is not None:
        depth = cut.depth
    w = bench.skeleton.build.neck + extra
    top = bench.trapezius(w) - 2
    if cut.neck in ("v", "shirt"):
        return w, [
            [(-w, top), (-w * 0.52, depth * 0.45), (0, depth)],
            [(0, depth), (w * 0.52, depth * 0.45), (w, top)],
        ]
    if cut.neck == "square":
        return w, [
            [(-w, top), (-w * 0.94, depth)],
            [(-w * 0.94, depth), (0, depth + 2), (w * 0.94, depth)],
            [(w * 0.94, depth), (w, top)],
        ]
    if cut.neck == "sweetheart":
        return w, [
            [(-w, top), (-w * 1.02, 30), (-w * 0.62, depth - 14), (0, depth)],
            [(0, depth), (w * 0.62, depth - 14), (w * 1.02, 30), (w, top)],
        ]
    return w, [
        [
            (-w, top),
            (-w * 0.86, depth * 0.42),
            (-w * 0.42, depth * 0.9),
            (0, depth),
            (w * 0.42, depth * 0.9),
            (w * 0.86, depth * 0.42),
            (w, top),
        ]
    ]


def _shoulder_side(bench: Bench, cut: Cut, side: int, w: float) -> list[list[Point]]:
    """From the neck opening over the shoulder and down the armhole to the hem."""
    b = bench.skeleton.build
    tail = side_run(bench, cut, side, 78, cut.hem)
    if cut.shoulder == "set":
        edge = b.shoulder - 9
        over = [
            (w, bench.trapezius(w) - 2),
            (lerp(w, edge, 0.5), bench.trapezius(lerp(w, edge, 0.5)) - 2),
            (edge, 13),
        ]
        down = side_run(bench, cut, side, 40, cut.hem)
        return [[bench.at(side * x, y) for x, y in over], [bench.at(side * (edge + 1), 24), *down]]
    outer = {"tank": w + 0.52 * (b.shoulder - w), "strap": w + 5, "halter": w + 7}[cut.shoulder]
    over = [(w, bench.trapezius(w) - 2), (outer, bench.trapezius(outer) - 2)]
    hole = [
        (outer, bench.trapezius(outer) - 2),
        (lerp(outer, b.chest, 0.18), 30),
        (lerp(outer, b.chest, 0.5), 56),
        (b.chest + 1, 73),
    ]
    return [
        [bench.at(side * x, y) for x, y in over],
        [bench.at(side * x, y) for x, y in hole],
        tail,
    ]


def _strapless(bench: Bench, cut: Cut) -> list[Run]:
    c = bench.skeleton.build.chest
    depth = 62 if cut.depth is None else cut.depth
    top = [
        [(-c - 1, depth - 2), (-c * 0.5, depth - 14), (0, depth)],
        [(0, depth), (c * 0.5, depth - 14), (c + 1, depth - 2)],
    ]
    right = side_run(bench, cut, 1, depth + 2, cut.hem)
    left = side_run(bench, cut, -1, depth + 2, cut.hem)
    low = bench.at(0, cut.hem + cut.drop)
    return [*(bench.run(*part) for part in top), right, [right[-1], low, left[-1]], left[::-1]]


def _settled(bench: Bench, cut: Cut) -> Cut:
    """The cut as it falls: hems gather at the hips of a sitting person."""
    return replace(cut, hem=bench.hem(cut.hem))


def bodice_runs(bench: Bench, cut: Cut) -> list[Run]:
    if cut.shoulder == "bare":
        return _strapless(bench, cut)
    w, neckline = _neckline(bench, cut)
    right = _shoulder_side(bench, cut, 1, w)
    left = [run[::-1] for run in _shoulder_side(bench, cut, -1, w)][::-1]
    low = bench.at(0, cut.hem + cut.drop)
    hem = [right[-1][-1], low, left[0][0]]
    return [*(bench.run(*part) for part in neckline), *right, hem, *left]


def bodice(bench: Bench, layer: str, cloth: Cloth, cut: Cut, *, folds: bool = True) -> None:
    """A closed top with its shading and folds."""
    cut = _settled(bench, cut)
    bench.piece(layer, cloth, *bodice_runs(bench, cut))
    _shade_side(bench, layer, cloth, cut)
    _shade_bust(bench, layer, cloth, cut)
    if folds:
        _body_folds(bench, layer, cloth, cut)


def _shade_side(bench: Bench, layer: str, cloth: Cloth, cut: Cut) -> None:
    top = 70 if cut.shoulder != "set" else 40
    edge = side_run(bench, cut, 1, top, cut.hem)
    stops = [
        (top, 0.97),
        (94, 0.84),
        (122, 0.74),
        (156, 0.7),
        (190, 0.74),
        (222, 0.72),
        (254, 0.66),
        (cut.hem, 0.6),
    ]
    inside = [bench.at(width_at(bench, cut, y) * k, y) for y, k in stops if y <= cut.hem]
    if len(inside) > 1:
        bench.shadow(layer, cloth, outline(edge, inside[::-1]))
    if cloth.sheen:
        x = [
            bench.at(-width_at(bench, cut, y) * k, y)
            for y, k in ((82, 0.72), (122, 0.6), (160, 0.62), (210, 0.58))
            if y < cut.hem
        ]
        back = [
            bench.at(-width_at(bench, cut, y) * k, y)
            for y, k in ((210, 0.5), (160, 0.44), (122, 0.36), (82, 0.5))
            if y < cut.hem
        ]
        if len(x) > 1:
            bench.gleam(layer, cloth, outline(x, back), cloth.sheen)


def _shade_bust(bench: Bench, layer: str, cloth: Cloth, cut: Cut) -> None:
    b = bench.skeleton.build
    if b.bust > 0.3:
        low = 98 + 8 * b.bust
        for side in (-1, 1):
            p, q = bench.at(side * 4, low - 10), bench.at(side * b.bust_width * 0.98, low - 16)
            bench.canvas.fill(layer, leaf(p, q, side * (12 + 8 * b.bust), 2.6), cloth.deep, 0.3)
    elif b.muscle > 0.3 and cut.ease < 7:
        for side in (-1, 1):
            p, q = bench.at(side * 5, 86), bench.at(side * b.chest * 0.9, 74)
            bench.canvas.fill(layer, leaf(p, q, side * 10, 2.2), cloth.deep, 0.2 + 0.15 * b.muscle)


def _body_folds(bench: Bench, layer: str, cloth: Cloth, cut: Cut) -> None:
    w = width_at(bench, cut, 156)
    if cut.hem > 150:
        bench.fold(
            layer, cloth, bench.at(-w * 0.98, 150), bench.at(-w * 0.35, 166), bulge=-5, width=1.9
        )
        bench.fold(
            layer, cloth, bench.at(w * 0.96, 146), bench.at(w * 0.3, 158), bulge=5, width=1.9
        )
    if cut.hem > 180:
        bench.fold(
            layer, cloth, bench.at(-w * 0.9, 172), bench.at(-w * 0.1, 190), bulge=-6, width=1.6
        )
        bench.fold(layer, cloth, bench.at(w * 0.9, 178), bench.at(w * 0.2, 186), bulge=4, width=1.6)
    if cut.shoulder == "set":
        for side in (-1, 1):
            x = bench.skeleton.build.chest
            bench.fold(
                layer,
                cloth,
                bench.at(side * x * 0.97, 62),
                bench.at(side * x * 0.5, 80),
                bulge=side * 4,
                width=1.8,
            )


def hem_band(
    bench: Bench, layer: str, cloth: Cloth, cut: Cut, height: float, *, colour: str = ""
) -> None:
    """A band along the hem: a rib, a facing, a contrasting edge."""
    cut = _settled(bench, cut)
    top = cut.hem - height
    right = [bench.at(width_at(bench, cut, y) + 0.5, y) for y in (top, cut.hem)]
    left = [bench.at(-width_at(bench, cut, y) - 0.5, y) for y in (top, cut.hem)]
    upper = [left[0], bench.at(0, top + cut.drop), right[0]]
    lower = [right[1], bench.at(0, cut.hem + cut.drop), left[1]]
    bench.canvas.fill(layer, outline(upper, lower), colour or cloth.shade)
    bench.seam(layer, cloth, upper)


def neck_band(bench: Bench, layer: str, colour: str, cut: Cut, width: float = 4.5) -> None:
    """Trim that follows the neck opening."""
    _, runs = _neckline(bench, cut)
    for run in runs:
        bench.canvas.stroke(layer, line(bench.run(*run)), colour, width, cap="butt")


def armhole_trim(bench: Bench, layer: str, colour: str, cut: Cut, width: float = 3) -> None:
    w, _ = _neckline(bench, cut)
    for side in (-1, 1):
        bench.canvas.stroke(layer, line(_shoulder_side(bench, cut, side, w)[1]), colour, width)


def mock_collar(bench: Bench, layer: str, cloth: Cloth, height: float = 20) -> None:
    """A close collar that stops well below the chin."""
    n = bench.skeleton.build.neck
    top = 5 - height
    upper = bench.run((-n - 1.2, top), (0, top + 8), (n + 1.2, top))
    lower = bench.run((n + 11, 2), (0, 17), (-n - 11, 2))
    bench.piece(layer, cloth, upper, lower)
    bench.shadow(
        layer,
        cloth,
        outline(
            bench.run((n * 0.3, top + 8), (n + 1.2, top)), bench.run((n + 11, 2), (n * 0.4, 16))
        ),
    )
    bench.seam(layer, cloth, upper, 1.2)


def rib_collar(bench: Bench, layer: str, cloth: Cloth, cut: Cut) -> None:
    neck_band(bench, layer, cloth.deep, cut, 9)
    neck_band(bench, layer, cloth.base, cut, 7)


# --- sleeves --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sleeve:
    """`end` on the arm (0.4 short, 1.3 pushed up, 1.95 long); `puff` swells the shoulder."""

    end: float = 1.95
    ease: float = 4
    flare: float = 0.0
    puff: float = 0.0
    gather: float = 0.0


def _ease(cut: Sleeve) -> Callable[[float], float]:
    def grow(t: float) -> float:
        k = max(0.0, t) / cut.end
        start = cut.ease * smoothstep(0.35 + t * 2.5)
        puff = cut.puff * math.sin(math.pi * min(1.0, (t + 0.14) / 0.6)) if t < 0.46 else 0.0
        balloon = cut.gather * math.sin(math.pi * min(1.0, max(0.0, (k - 0.3) / 0.72)))
        return float(start + puff + balloon + cut.flare * k**2.2)

    return grow


def sleeves(
    bench: Bench, cloth: Cloth, cut: Sleeve, *, cuff: Cloth | None = None, cuff_width: float = 0.1
) -> None:
    for layer, limb in bench.arms():
        _sleeve(bench, layer, limb, cloth, cut)
        if cuff:
            _cuff(bench, layer, limb, cuff, cut, width=cuff_width)


def _sleeve(bench: Bench, layer: str, limb: Limb, cloth: Cloth, cut: Sleeve) -> None:
    grow = _ease(cut)
    gusset(bench, layer, limb, cloth, cut.ease)
    shape = tube(limb, -0.02, cut.end, outer=grow, cap=9, foot=2.5 + cut.flare * 0.2)
    bench.canvas.extend(shape.points())
    d = shape.d()
    bench.lay(layer, d, cloth)
    bench.shadow(layer, cloth, shape.shades(bench.canvas.style.depth))
    for edge in shape.inner_lines():
        bench.seam(layer, cloth, edge, 1.0)
    bench.seam(layer, cloth, shape.outer[3:], 0.8)
    if cloth.sheen:
        bench.gleam(layer, cloth, shape.highlight(), cloth.sheen)
    if cut.flare > 6 or cut.end < 0.9:
        hem = [shape.outer[-1], shape.foot, shape.inner[-1]]
        bench.seam(layer, cloth, hem, 1.2)
    _sleeve_folds(bench, layer, limb, cloth, cut, grow=grow)


def gusset(bench: Bench, layer: str, limb: Limb, cloth: Cloth, ease: float) -> None:
    """Cloth between the side of the body and the underside of a raised arm."""
    points = skin.armpit(bench.skeleton, limb, ease + 2)
    if points:
        bench.lay(layer, outline(*points), cloth)
        bench.fold(layer, cloth, points[0][0], limb.at(0.12, 0.2), bulge=3 * limb.side, width=2)


def _sleeve_folds(
    bench: Bench,
    layer: str,
    limb: Limb,
    cloth: Cloth,
    cut: Sleeve,
    *,
    grow: Callable[[float], float],
) -> None:
    s = limb.side
    bench.fold(layer, cloth, limb.at(0.14, -0.95), limb.at(0.2, -0.05), bulge=2 * s, width=1.6)
    if cut.end < 1.1:
        return
    bent = limb.bend() > 40
    e = grow(1.0)
    bench.fold(layer, cloth, limb.at(0.96, -1, e * 0.8), limb.at(0.8, 0.3), bulge=3 * s, width=2.0)
    bench.fold(layer, cloth, limb.at(1.0, -1, e * 0.8), limb.at(1.02, 0.45), bulge=2 * s, width=2.0)
    if bent or cut.ease > 6:
        bench.fold(
            layer, cloth, limb.at(1.04, -1, e * 0.8), limb.at(1.22, 0.3), bulge=-3 * s, width=2.0
        )
    if cut.end > 1.7:
        bench.fold(
            layer, cloth, limb.at(1.7, -0.9, e * 0.7), limb.at(1.64, 0.5), bulge=2 * s, width=1.6
        )
        bench.fold(
            layer, cloth, limb.at(1.84, 0.95, e * 0.7), limb.at(1.78, -0.4), bulge=2 * s, width=1.5
        )


def _cuff(bench: Bench, layer: str, limb: Limb, cloth: Cloth, cut: Sleeve, *, width: float) -> None:
    grow = _ease(cut)
    start = cut.end - width
    held = cut.gather > 0
    ease = (lambda _t: 2.0) if held else (lambda t: grow(min(t, cut.end)) + 0.8)
    shape = tube(limb, start, cut.end + (0.04 if held else 0.01), outer=ease, foot=2.5)
    bench.lay(layer, shape.d(), cloth)
    bench.shadow(layer, cloth, shape.shades(bench.canvas.style.depth))
    bench.seam(layer, cloth, [shape.outer[0], limb.at(start, 0), shape.inner[0]], 1.1)


def stripe_sleeve(
    bench: Bench,
    colour: str,
    start: float,
    end: float,
    *,
    ease: float,
    width: float = 3,
    u: float = 0.45,
) -> None:
    """A racing stripe down the outside of both arms."""
    stops = [start + (end - start) * i / 5 for i in range(6)]
    for layer, limb in bench.arms():
        bench.canvas.stroke(layer, line([limb.at(t, u, ease * u) for t in stops]), colour, width)


def gloves(bench: Bench, cloth: Cloth, start: float = 1.6) -> None:
    """The cuff of a glove; hands themselves are painted in the glove's tones."""
    for layer, limb in bench.arms():
        shape = tube(limb, start, 2.04, outer=lambda t: 2 + max(0.0, 1.85 - t) * 14, cap=2)
        bench.lay(layer, shape.d(), cloth)
        bench.shadow(layer, cloth, shape.shades())
        bench.seam(layer, cloth, [shape.outer[0], shape.cap, shape.inner[0]], 1.4)


# --- jackets and collars --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """The front of a jacket: gap at the chest and hem, and where it closes (`button`)."""

    gap: float = 20
    hem_gap: float = 30
    button: float | None = None


def jacket_fronts(bench: Bench, layer: str, cloth: Cloth, cut: Cut, opening: Opening) -> None:
    """Two front panels over what is worn beneath."""
    cut = _settled(bench, cut)
    for side in (-1, 1):
        edge = _front_edge(bench, cut, opening, side)
        w = bench.skeleton.build.neck + 5
        outer = _shoulder_side(bench, cut, side, w)
        bottom = [
            outer[-1][-1],
            bench.at(side * opening.hem_gap * 1.4, cut.hem + cut.drop * 0.7),
            edge[-1],
        ]
        bench.canvas.fill(
            layer,
            outline([(x + 5, y + 5) for x, y in edge], [edge[-1], *edge[::-1][1:]]),
            cloth.deep,
            0.35,
        )
        bench.piece(layer, cloth, *outer, bottom, edge[::-1])
        bench.seam(layer, cloth, edge, 1.2)
    _shade_side(bench, layer, cloth, cut)
    _body_folds(bench, layer, cloth, cut)


def _front_edge(bench: Bench, cut: Cut, opening: Opening, side: int) -> list[Point]:
    w = bench.skeleton.build.neck + 5
    if opening.button is not None:
        points = [
            (w, bench.trapezius(w) - 2),
            (w * 0.82, 40),
            (opening.gap * 0.4, opening.button - 40),
            (0.5, opening.button),
            (opening.hem_gap * 0.3, lerp(opening.button, cut.hem, 0.5)),
            (opening.hem_gap, cut.hem),
        ]
    else:
        points = [
            (w, bench.trapezius(w) - 2),
            (w * 0.92, 36),
            (opening.gap, 96),
            (lerp(opening.gap, opening.hem_gap, 0.5), 180),
            (opening.hem_gap, cut.hem),
        ]
    return [bench.at(side * x, y) for x, y in points]


def lapels(
    bench: Bench,
    layer: str,
    cloth: Cloth,
    *,
    button: float = 170,
    wide: float = 26,
    notch: float = 52,
    shawl: bool = False,
    gap: float = 0.0,
) -> None:
    """Turned-back fronts from the neck to the button."""
    n = bench.skeleton.build.neck + 5
    top = bench.trapezius(n) - 4
    for side in (-1, 1):
        fold = [
            (n - 2, top),
            (n * 0.8, 36),
            (lerp(n, gap, 0.7), button * 0.62),
            (gap + 0.5, button),
        ]
        if shawl:
            outer = [
                (gap + 0.5, button),
                (wide * 0.95 + gap, button * 0.62),
                (n + wide * 0.75, notch * 0.7),
                (n + 9, top + 3),
            ]
            runs: list[Run] = [
                bench.run(*((side * x, y) for x, y in fold)),
                bench.run(*((side * x, y) for x, y in outer)),
            ]
        else:
            tip = n + wide
            runs = [
                bench.run(*((side * x, y) for x, y in fold)),
                bench.run(
                    *(
                        (side * x, y)
                        for x, y in (
                            (gap + 0.5, button),
                            (gap + wide * 0.72, button * 0.66),
                            (tip, notch),
                        )
                    )
                ),
                bench.run(*((side * x, y) for x, y in ((tip, notch), (n + wide * 0.5, notch - 7)))),
                bench.run(
                    *(
                        (side * x, y)
                        for x, y in (
                            (n + wide * 0.5, notch - 7),
                            (n + wide * 0.78, notch - 17),
                            (n + 10, top + 3),
                        )
                    )
                ),
            ]
        bench.lay(layer, outline(*runs), cloth, 0.5)
        if side > 0:
            bench.canvas.fill(
                layer,
                outline(
                    runs[0],
                    [
                        bench.at(gap + 0.5, button),
                        bench.at(n * 0.95 + wide * 0.12, button * 0.5),
                        bench.at(n + 5, top + 4),
                    ],
                ),
                cloth.deep,
                0.25,
            )


def collar_back(bench: Bench, cloth: Cloth, height: float = 16) -> None:
    """The stand of a collar behind the neck."""
    n = bench.skeleton.build.neck
    upper = bench.run((-n - 4, -12 - height * 0.4), (0, -14 - height), (n + 4, -12 - height * 0.4))
    lower = bench.run((n + 10, 2), (0, 14), (-n - 10, 2))
    bench.canvas.fill("collar_back", outline(upper, lower), cloth.deep)


def shirt_collar(
    bench: Bench,
    layer: str,
    cloth: Cloth,
    *,
    spread: float = 16,
    drop: float = 26,
    open_to: float = 30,
) -> None:
    """Two collar points and the open triangle between them."""
    n = bench.skeleton.build.neck
    top = bench.trapezius(n + 3) - 5
    for side in (-1, 1):
        points = [(n - 1.5, top - 3), (n * 0.45, 10), (2.5, open_to - 6)]
        tip = (spread + 3, drop + 12)
        back = [(spread + 3, drop + 12), (n + 9, 12), (n + 6, top + 3)]
        d = outline(
            bench.run(*((side * x, y) for x, y in points)),
            bench.run((side * 2.5, open_to - 6), (side * tip[0], tip[1])),
            bench.run(*((side * x, y) for x, y in back)),
        )
        bench.lay(layer, d, cloth, 0.5)
        if side > 0:
            bench.canvas.fill(
                layer,
                leaf(bench.at(n + 6, top + 4), bench.at(spread + 3, drop + 11), 1, 2.4),
                cloth.deep,
                0.3,
            )


def placket(
    bench: Bench,
    layer: str,
    cloth: Cloth,
    top: float,
    bottom: float,
    *,
    count: int = 5,
    button: str = "",
    offset: float = 0,
) -> None:
    """The buttoned front of a shirt."""
    bottom = bench.hem(bottom)
    bench.seam(
        layer,
        cloth,
        bench.run((offset + 4.5, top), (offset + 4.5, (top + bottom) / 2), (offset + 4.5, bottom)),
        1,
    )
    bench.seam(layer, cloth, bench.run((offset - 4.5, top), (offset - 4.5, bottom)), 0.8)
    for i in range(count):
        y = lerp(top + 8, bottom - 10, i / max(count - 1, 1))
        bench.dot(layer, bench.at(offset, y), 1.9, button or cloth.light, cloth.deep)


def zip_line(
    bench: Bench,
    layer: str,
    colour: str,
    top: float,
    bottom: float,
    *,
    x: float = 0,
    x_end: float | None = None,
) -> None:
    end = x if x_end is None else x_end
    points = bench.run((x, top), (lerp(x, end, 0.5), (top + bottom) / 2), (end, bottom))
    bench.canvas.stroke(layer, line(points), colour, 2.2)
    bench.canvas.stroke(layer, line(points), "#ffffff", 0.8, opacity=0.5, dash="1.6 2.2")
    px, py = points[0]
    bench.canvas.add(
        layer,
        f'<rect x="{px - 1.6:.1f}" y="{py:.1f}" width="3.2" height="8" rx="1.4" fill="{colour}"/>',
    )


def pocket(
    bench: Bench,
    layer: str,
    cloth: Cloth,
    x: float,
    y: float,
    *,
    width: float,
    height: float,
    flap: bool = False,
) -> None:
    """A patch pocket centred on (x, y)."""
    h = width / 2
    runs = (
        bench.run((x - h, y), (x + h, y)),
        bench.run((x + h, y), (x + h, y + height * 0.8)),
        bench.run((x + h, y + height * 0.8), (x, y + height), (x - h, y + height * 0.8)),
    )
    d = outline(*runs)
    bench.lay(layer, d, cloth, 0.5)
    if flap:
        bench.canvas.fill(
            layer,
            outline(
                bench.run((x - h - 1, y - 1), (x + h + 1, y - 1)),
                bench.run((x + h + 1, y - 1), (x, y + height * 0.42), (x - h - 1, y - 1)),
            ),
            cloth.shade,
        )


def tie(bench: Bench, layer: str, cloth: Cloth) -> None:
    knot = bench.run((-6, 16), (6, 16), (4, 28), (-4, 28))
    blade = bench.run((-4, 28), (4, 28), (9, 138), (0, 152), (-9, 138))
    for shape in (blade, knot):
        bench.piece(
            layer, cloth, *([p, q] for p, q in zip(shape, shape[1:] + shape[:1], strict=True))
        )
    bench.shadow(
        layer, cloth, outline(bench.run((1, 30), (4, 28)), bench.run((9, 138), (0, 152), (2, 136)))
    )


def bow_tie(bench: Bench, layer: str, cloth: Cloth) -> None:
    for side in (-1, 1):
        bench.piece(
            layer,
            cloth,
            bench.run((0, 17), (side * 20, 8)),
            bench.run((side * 20, 8), (side * 22, 18), (side * 20, 29)),
            bench.run((side * 20, 29), (0, 21)),
        )
        bench.fold(
            layer, cloth, bench.at(side * 4, 19), bench.at(side * 15, 18), bulge=1, width=1.4
        )
    bench.dot(layer, bench.at(0, 19), 4.6, cloth.deep)


def pussy_bow(bench: Bench, layer: str, cloth: Cloth) -> None:
    """A soft bow tied at the throat."""
    for side in (-1, 1):
        bench.piece(
            layer,
            cloth,
            bench.run((side * 2, 22), (side * 6, 60), (side * 14, 104)),
            bench.run((side * 14, 104), (side * 25, 98)),
            bench.run((side * 25, 98), (side * 14, 56), (side * 4, 20)),
        )
        bench.fold(
            layer, cloth, bench.at(side * 5, 32), bench.at(side * 17, 92), bulge=2, width=1.4
        )
    for side in (-1, 1):
        bench.piece(
            layer,
            cloth,
            bench.run(
                (0, 18),
                (side * 14, 4),
                (side * 30, 6),
                (side * 33, 18),
                (side * 26, 32),
                (side * 12, 30),
                (0, 22),
            ),
        )
        bench.fold(
            layer, cloth, bench.at(side * 4, 20), bench.at(side * 24, 17), bulge=side * 2, width=1.7
        )
    bench.dot(layer, bench.at(0, 20), 5.4, cloth.shade)


def hood(bench: Bench, cloth: Cloth) -> None:
    """A hood lying on the back, and its rim around the neck."""
    n = bench.skeleton.build.neck
    back = bench.run(
        (-n - 26, 14),
        (-n - 24, -20),
        (-n - 4, -34),
        (0, -38),
        (n + 4, -34),
        (n + 24, -20),
        (n + 26, 14),
    )
    bench.canvas.extend(back)
    bench.canvas.fill("collar_back", outline(back), cloth.shade)
    for side in (-1, 1):
        rim = bench.run(
            (side * (n + 1), -22),
            (side * (n + 12), -14),
            (side * (n + 20), 4),
            (side * (n + 8), 28),
            (side * 3, 44),
        )
        inner = bench.run(
            (side * 3, 34), (side * (n * 0.6), 22), (side * (n + 4), 2), (side * (n + 1), -22)
        )
        bench.lay("body", outline(rim, inner), cloth, 0.5)
    bench.shadow(
        "body",
        cloth,
        outline(
            bench.run((n + 14, -8), (n + 20, 4), (n + 8, 28), (3, 44)),
            bench.run((3, 40), (n + 6, 20), (n + 14, -8)),
        ),
    )
