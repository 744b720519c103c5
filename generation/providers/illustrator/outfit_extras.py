"""Accessories: capes, wings, hats (in head coordinates), jewellery, emblems."""

from __future__ import annotations

import math
from itertools import pairwise

from .figure_geometry import Point, between, leaf, line, loop, outline, tube
from .outfit_kit import Bench, Cloth
from .palette import darken, lighten, mix


def necklace(
    bench: Bench, colour: str, drop: float = 30, *, pendant: str = "", beads: bool = False
) -> None:
    n = bench.skeleton.build.neck + 4
    chain = bench.run((-n, -4), (-n * 0.7, drop * 0.55), (0, drop), (n * 0.7, drop * 0.55), (n, -4))
    dash = "0.1 5" if beads else ""
    bench.canvas.stroke("body", line(chain), colour, 4 if beads else 1.3, opacity=1.0, dash=dash)
    if pendant:
        bench.dot("body", bench.at(0, drop + 3), 3.4, pendant, darken(pendant, 0.3))


def choker(bench: Bench, colour: str, width: float = 4) -> None:
    n = bench.skeleton.build.neck
    band = bench.run((-n - 1, -13), (0, -3), (n + 1, -13))
    bench.canvas.stroke("body", line(band), colour, width)


def cape(bench: Bench, cloth: Cloth, *, length: float = 500, spread: float = 120) -> None:
    """A cape behind the body, caught by a little wind from the left."""
    b = bench.skeleton.build
    hip = bench.at(0, 262)
    y = min(length, max(p.end[1] for p in bench.skeleton.legs) - 40)
    left = [
        bench.at(-b.shoulder * 0.62, -2),
        bench.at(-b.shoulder - 6, 40),
        (hip[0] - spread * 0.75, hip[1] - 20),
        (hip[0] - spread, y - 20),
    ]
    right = [
        (hip[0] + spread * 1.5, y + 6),
        (hip[0] + spread * 1.02, hip[1] - 30),
        bench.at(b.shoulder + 8, 40),
        bench.at(b.shoulder * 0.62, -2),
    ]
    hem = [
        left[-1],
        (hip[0] - spread * 0.5, y + 14),
        (hip[0], y - 8),
        (hip[0] + spread * 0.6, y + 22),
        (hip[0] + spread * 1.1, y),
        right[0],
    ]
    d = bench.piece("back", cloth, left, hem, right)
    clip = bench.canvas.define(f'<clipPath id="{{id}}"><path d="{d}"/></clipPath>')
    bench.canvas.add("back", f'<g clip-path="url(#{clip})">')
    for k, w in ((0.16, 13), (0.42, 17), (0.72, 20), (0.92, 16)):
        q = between(left[-1], right[0], k)
        bench.canvas.fill(
            "back", leaf(bench.at((k - 0.5) * 80, 20), (q[0], q[1] + 26), 6, w), cloth.deep, 0.36
        )
    bench.canvas.add("back", "</g>")
    for side in (-1, 1):
        strap = bench.run(
            (side * (b.neck + 3), -14),
            (side * b.shoulder * 0.66, -6),
            (side * (b.shoulder - 22), 16),
            (side * 34, 20),
            (side * (b.neck * 0.6), 8),
        )
        bench.piece("body", cloth, strap, [strap[-1], strap[0]])
        bench.seam("body", cloth, strap[2:], 1.2)


def wings(bench: Bench, colour: str, second: str) -> None:
    """Two pairs of gauzy wings."""
    paint = bench.canvas.define(
        f'<linearGradient id="{{id}}" x1="0" y1="0" x2="1" y2="1"><stop offset="0"'
        f' stop-color="{lighten(colour, 0.45)}"'
        f' stop-opacity="0.95"/><stop offset="0.6" stop-color="{colour}" stop-opacity="0.75"/>'
        f'<stop offset="1" stop-color="{second}" stop-opacity="0.7"/></linearGradient>'
    )
    root = bench.at(0, 70)
    for side in (-1, 1):
        upper = [
            (root[0] + side * x, root[1] + y)
            for x, y in (
                (6, 0),
                (60, -90),
                (140, -166),
                (206, -168),
                (216, -110),
                (180, -40),
                (110, 14),
                (40, 26),
            )
        ]
        lower = [
            (root[0] + side * x, root[1] + y)
            for x, y in (
                (8, 10),
                (70, 26),
                (140, 60),
                (168, 116),
                (140, 168),
                (96, 150),
                (50, 90),
                (16, 40),
            )
        ]
        for shape in (lower, upper):
            bench.canvas.extend(shape)
            bench.canvas.add(
                "back",
                (
                    f'<path d="{loop(shape)}" fill="url(#{paint})"'
                    f' stroke="{lighten(colour, 0.7)}" stroke-width="1.6"/>'
                ),
            )
        for tip in (upper[3], upper[4], upper[5], lower[3], lower[4]):
            bench.canvas.stroke(
                "back",
                line(
                    [
                        root,
                        between(between(root, tip, 0.5), (tip[0], root[1]), 0.12),
                        between(root, tip, 0.93),
                    ]
                ),
                "#ffffff",
                1.3,
                opacity=0.75,
            )


def emblem(bench: Bench, colour: str, rim: str, y: float = 72, size: float = 24) -> None:
    """A four-pointed star in a shield: the hero's own sign."""
    shield = [
        bench.at(x * size, y + dy * size)
        for x, dy in ((-1, -0.8), (0, -1), (1, -0.8), (0.85, 0.2), (0, 1.15), (-0.85, 0.2))
    ]
    bench.canvas.add(
        "body",
        (
            f'<path d="{outline(shield[:3], shield[2:5], [shield[4], shield[5], shield[0]])}"'
            f' fill="{rim}"/>'
        ),
    )
    star = [
        bench.at(x * size, y + dy * size)
        for x, dy in (
            (0, -0.75),
            (0.16, -0.16),
            (0.66, 0),
            (0.16, 0.16),
            (0, 0.85),
            (-0.16, 0.16),
            (-0.66, 0),
            (-0.16, -0.16),
        )
    ]
    bench.canvas.fill(
        "body", outline(*([p, q] for p, q in zip(star, star[1:] + star[:1], strict=True))), colour
    )


def side_panels(
    bench: Bench,
    colour: str,
    *,
    top: float = 70,
    bottom: float = 290,
    width: float = 0.3,
    ease: float = 1.5,
) -> None:
    """Slimming panels along both sides of a tight top."""
    for side in (-1, 1):
        ys = [y for y in (top, 94, 122, 156, 190, 222, 254, 284) if top <= y <= bottom] + [bottom]
        edge = [bench.at(side * (bench.half(y) + ease), y) for y in ys]
        inner = [
            bench.at(
                side
                * bench.half(y)
                * (1 - width * (0.4 + 0.6 * math.sin(math.pi * i / (len(ys) - 1)))),
                y,
            )
            for i, y in enumerate(ys)
        ]
        bench.canvas.fill("body", outline(edge, inner[::-1]), colour)


def limb_panel(
    bench: Bench, which: str, colour: str, start: float, end: float, *, ease: float = 1.5
) -> None:
    """Tight cloth of another colour around a stretch of both arms or both legs."""
    for layer, limb in bench.arms() if which == "arms" else bench.legs():
        shape = tube(limb, start, end, outer=ease, foot=2)
        bench.canvas.fill(layer, shape.d(), colour)
        bench.canvas.fill(layer, shape.shades(), darken(colour, 0.3))


def limb_ring(
    bench: Bench, which: str, colour: str, t: float, *, width: float = 3, ease: float = 2
) -> None:
    for layer, limb in bench.arms() if which == "arms" else bench.legs():
        points = [limb.at(t, -1, ease), limb.at(t + 0.02, 0), limb.at(t, 1, ease)]
        bench.canvas.stroke(layer, line(points), colour, width)


def fringe(
    bench: Bench, layer: str, colour: str, top: list[Point], length: float, *, step: float = 5.5
) -> None:
    """A row of hanging threads along `top`."""
    parts = []
    for p, q in pairwise(top):
        count = max(1, round(math.hypot(q[0] - p[0], q[1] - p[1]) / step))
        for i in range(count):
            x, y = between(p, q, i / count)
            sway = 1.5 * math.sin(x * 0.21)
            parts.append(
                f"M{x:.1f} {y:.1f}q{sway:.1f} {length * 0.5:.1f} {sway * 0.4:.1f} {length:.1f}"
            )
    bench.canvas.stroke(layer, "".join(parts), colour, 1.7)
    bench.canvas.extend([(x, y + length) for x, y in top])


def wristbands(bench: Bench, colour: str) -> None:
    limb_panel(bench, "arms", colour, 1.74, 1.92, ease=1.8)


# --- hats: drawn in the head's own frame ----------------------------------------------------


def _hat(bench: Bench, d: str, fill: str, layer: str = "hat", **more: str) -> None:
    extra = "".join(f' {k.replace("_", "-")}="{v}"' for k, v in more.items())
    bench.canvas.add(layer, f'<path d="{d}" fill="{fill}"{extra}/>')


def witch_hat(bench: Bench, cloth: Cloth, band: str) -> None:
    bench.canvas.extend([(-112, -110), (116, -262)])
    _hat(
        bench,
        "M-108 -104Q-104 -126 0 -128Q104 -126 112 -102Q60 -92 0 -92Q-60 -92 -108 -104Z",
        cloth.deep,
        "hat_back",
    )
    _hat(
        bench,
        (
            "M-60 -112Q-34 -170 -22 -206Q-10 -246 34 -256Q62 -262 74 -246Q50 -250 38 -232Q40"
            " -190 62 -112Q0 -96 -60 -112Z"
        ),
        cloth.paint,
    )
    _hat(
        bench,
        (
            "M20 -190Q30 -150 26 -104Q46 -107 62 -112Q40 -190 38 -232Q50 -250 74 -246Q62 -262 40"
            " -257Q14 -240 20 -190Z"
        ),
        cloth.shade,
    )
    _hat(bench, "M-63 -104Q-58 -122 -52 -132Q0 -118 54 -132Q60 -120 64 -104Q0 -90 -63 -104Z", band)
    _hat(
        bench,
        (
            "M-108 -104Q-62 -116 -56 -110Q0 -98 58 -110Q70 -116 112 -102Q92 -84 0 -84Q-90 -84"
            " -108 -104Z"
        ),
        cloth.base,
    )
    _hat(bench, "M20 -85Q92 -86 112 -102Q80 -108 70 -106Q50 -94 20 -92Z", cloth.shade)
    _hat(bench, "M-9 -121H9V-103H-9Z", "none", stroke="#e8c66a", stroke_width="3")


def tricorn(bench: Bench, cloth: Cloth, trim: str) -> None:
    bench.canvas.extend([(-98, -110), (98, -172)])
    _hat(bench, "M-50 -108Q-44 -158 0 -164Q44 -158 50 -108Z", cloth.shade)
    _hat(
        bench,
        (
            "M-98 -122Q-62 -116 -44 -142Q-20 -168 0 -170Q20 -168 44 -142Q62 -116 98 -122Q84 -98"
            " 44 -96Q0 -100 -44 -96Q-84 -98 -98 -122Z"
        ),
        cloth.paint,
        stroke=trim,
        stroke_width="3",
        stroke_linejoin="round",
    )
    _hat(bench, "M10 -98Q50 -112 44 -138Q62 -116 96 -121Q84 -99 44 -97Z", cloth.deep, opacity="0.5")
    _hat(bench, "M-52 -128C-90 -150 -96 -178 -70 -190C-76 -168 -58 -148 -40 -136Z", "#f3ece2")
    bench.canvas.extend([(-92, -192)])


def fedora(bench: Bench, cloth: Cloth, band: str) -> None:
    bench.canvas.extend([(-86, -104), (86, -166)])
    _hat(
        bench,
        "M-50 -108Q-54 -152 -28 -162Q-8 -154 0 -158Q10 -154 28 -162Q54 -152 50 -108Z",
        cloth.paint,
    )
    _hat(bench, "M16 -108Q26 -140 20 -158L28 -162Q54 -152 50 -108Z", cloth.shade)
    _hat(bench, "M-51 -104L-52 -122Q0 -112 52 -122L51 -104Z", band)
    _hat(
        bench,
        "M-86 -110Q-60 -108 -51 -110Q0 -98 51 -110Q60 -108 86 -112Q70 -92 0 -91Q-70 -92 -86 -110Z",
        cloth.base,
    )
    _hat(bench, "M10 -91Q70 -92 86 -112Q62 -108 51 -110Q30 -104 12 -102Z", cloth.shade)


def headband(
    bench: Bench, colour: str, *, feather: str = "", jewel: str = "", width: float = 9
) -> None:
    if feather:
        bench.canvas.extend([(84, -196)])
        _hat(
            bench,
            (
                "M38 -100C44 -140 44 -180 72 -192C88 -199 102 -186 92 -174C98 -160 86 -154 86 -146"
                "C86 -134 74 -132 72 -122C66 -110 58 -104 46 -97Z"
            ),
            feather,
        )
        _hat(
            bench,
            "M43 -100C54 -134 58 -166 80 -182",
            "none",
            stroke=darken(feather, 0.3),
            stroke_width="1.4",
        )
    _hat(bench, "M-42 -88Q0 -112 42 -88", "none", stroke=colour, stroke_width=f"{width:g}")
    _hat(
        bench,
        "M-42 -90Q0 -114 42 -90",
        "none",
        stroke=lighten(colour, 0.35),
        stroke_width="1.2",
        opacity="0.8",
    )
    if jewel:
        _hat(
            bench,
            "M36 -104L46 -94L37 -84L28 -95Z",
            jewel,
            stroke=lighten(jewel, 0.6),
            stroke_width="1.2",
        )


def visor(bench: Bench, colour: str) -> None:
    _hat(bench, "M-43 -92Q0 -118 43 -92L42 -101Q0 -127 -42 -101Z", darken(colour, 0.12))
    _hat(bench, "M-44 -94Q0 -118 44 -94Q40 -78 0 -80Q-40 -78 -44 -94Z", colour)
    _hat(bench, "M8 -80Q40 -79 44 -94Q32 -101 20 -104Q34 -90 8 -80Z", darken(colour, 0.22))


def flower_crown(bench: Bench, colours: tuple[str, ...]) -> None:
    bench.canvas.extend([(0, -142)])
    _hat(bench, "M-44 -90Q0 -128 44 -90", "none", stroke="#5f8a52", stroke_width="4")
    for i in range(7):
        k = i / 6
        x, y = -44 + 88 * k, -90 - 76 * k * (1 - k)
        r = 8.5 if i % 2 else 11
        colour = colours[i % len(colours)]
        petals = "".join(
            (
                f'<circle cx="{x + r * 0.55 * math.cos(a):.1f}"'
                f' cy="{y + r * 0.55 * math.sin(a):.1f}" r="{r * 0.46:.1f}" fill="{colour}"/>'
            )
            for a in (i + 1.257 * j for j in range(5))
        )
        leaf_shape = leaf((x, y), (x + r * 1.5, y - r * 0.9), 2, 3)
        bench.canvas.add(
            "hat",
            (
                f'<path d="{leaf_shape}" fill="#6f9c5e"/>{petals}<circle cx="{x:.1f}"'
                f' cy="{y:.1f}" r="{r * 0.3:.1f}" fill="#fbe7a8"/>'
            ),
        )


def headset(bench: Bench, colour: str, glow: str) -> None:
    """A slim earpiece and antenna at the temple."""
    _hat(bench, "M38 -92Q50 -92 50 -76V-62Q50 -52 42 -52Q37 -58 37 -72Z", colour)
    _hat(bench, "M44 -90L56 -124", "none", stroke=colour, stroke_width="3")
    bench.canvas.add(
        "hat",
        (
            f'<circle cx="45" cy="-72" r="4.4" fill="{glow}"/><circle cx="56.5" cy="-126" r="2.8"'
            f' fill="{glow}"/>'
        ),
    )


def glow_line(bench: Bench, layer: str, points: list[Point], colour: str, width: float = 2) -> None:
    """A neon line: a soft halo and a bright core."""
    d = line(points)
    bench.canvas.stroke(layer, d, colour, width * 3, opacity=0.25)
    bench.canvas.stroke(layer, d, mix(colour, "#ffffff", 0.35), width)
