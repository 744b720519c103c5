"""Clothes for sport and the water. See `outfits` for how an outfit is made."""

from __future__ import annotations

from . import outfit_extras as extras
from .figure_geometry import leaf, line, outline
from .outfit_bottoms import (
    Legs,
    Skirt,
    barefoot,
    belt,
    hem_trim,
    outseam,
    sandals,
    skirt,
    sneakers,
    trousers,
)
from .outfit_kit import WHITE, Bench, Cloth
from .outfit_tops import (
    Cut,
    Sleeve,
    armhole_trim,
    bodice,
    hem_band,
    mock_collar,
    neck_band,
    placket,
    rib_collar,
    shirt_collar,
    sleeves,
    stripe_sleeve,
    zip_line,
)
from .palette import darken, lighten, mix


def gym_set(bench: Bench) -> Cloth | None:
    colour = bench.choose(
        ("#4f8f8b", "#8a6bb8", "#c75b5b", "#2f3a5f", "#e08a5c", "#6f7f4f", "#d66f96")
    )
    knit, dark = bench.cloth(colour), bench.cloth(darken(colour, 0.5))
    shoes = sneakers("#f5f2ee", accent=colour, chunky=True)
    if bench.presents("female"):
        cut = Legs(1.8, -0.5, 0, 0.3, 176)
        trousers(bench, knit, cut, shoes=shoes)
        outseam(bench, lighten(colour, 0.55), cut, width=2.4, u=0.8)
        hem = Cut("square", "strap", 132, 1.5, 0, 5, 52)
        bodice(bench, "body", knit, hem, folds=False)
        hem_band(bench, "body", knit, hem, 11)
        neck_band(bench, "body", lighten(colour, 0.55), hem, 2)
        belt(bench, dark, 174, height=16, buckle="")
        return None
    male = bench.presents("male")
    tight = Legs(1.08 if male else 1.76, 0, 0, 0.4, 206)
    trousers(bench, dark, tight, shoes=shoes)
    if male:
        trousers(bench, knit, Legs(0.62, 7, 12, 12, 206))
        outseam(bench, lighten(colour, 0.6), Legs(0.62, 7, 12, 12), width=3, u=0.85)
    top = Cut("scoop", "tank", 280 if male else 196, 4, 0.2, 5, 34)
    bodice(
        bench,
        "body",
        bench.cloth(bench.choose(("#ece8e2", "#3a3844", "#b9c2cc"), "tank")) if male else knit,
        top,
    )
    armhole_trim(bench, "body", lighten(colour, 0.4), top, 2.2)
    neck_band(bench, "body", lighten(colour, 0.4), top, 2.2)
    return knit if male else None


def tracksuit(bench: Bench) -> Cloth:
    colour, stripe = bench.choose(
        (
            ("#2f4a7a", "#f4efe6"),
            ("#8e2f3f", "#f3d9c8"),
            ("#2c6e5c", "#f0e3c0"),
            ("#26242e", "#e9e4dc"),
            ("#e0a23f", "#43303a"),
            ("#7a5fa8", "#f3e8fb"),
            ("#d47a8c", "#fff1ee"),
        )
    )
    suit = bench.cloth(colour)
    cut = Legs(1.9, 5, 7, 4, 196)
    trousers(bench, suit, cut, shoes=sneakers(accent=colour, chunky=True))
    for u in (0.55, 0.85):
        outseam(bench, stripe, cut, width=3.4, u=u, opacity=1)
    top = Cut("crew", "set", 272, 8, 0.6, 3, 20)
    bodice(bench, "body", suit, top)
    for side in (-1, 1):
        bench.canvas.stroke(
            "body",
            line(bench.run((side * bench.half(90) * 1.05, 96), (side * 30, 74), (0, 92))),
            stripe,
            3.6,
        )
    hem_band(bench, "body", suit, top, 15)
    mock_collar(bench, "body", suit, 17)
    zip_line(bench, "body", lighten(stripe, 0.1), 16, 272)
    sleeves(
        bench,
        suit,
        Sleeve(1.94, 7, 0, gather=2),
        cuff=bench.cloth(darken(colour, 0.22)),
        cuff_width=0.12,
    )
    for u in (0.3, 0.62):
        stripe_sleeve(bench, stripe, 0.05, 1.8, ease=7, width=3.4, u=u)
    return suit


def yoga_set(bench: Bench) -> Cloth | None:
    colour = bench.choose(
        ("#b8c4a2", "#d9b3a6", "#a8b9c9", "#c3a9c7", "#7f9184", "#e2c48d", "#8e6f7d")
    )
    soft = bench.cloth(colour)
    barefoot()(bench)
    if bench.presents("male"):
        loose = bench.cloth(darken(colour, 0.35))
        trousers(bench, loose, Legs(1.78, 9, 13, 2, 200))
        top = Cut("scoop", "tank", 286, 7, 0.5, 8, 34)
        bodice(bench, "body", bench.cloth(lighten(colour, 0.25)), top)
        armhole_trim(bench, "body", darken(colour, 0.2), top, 2)
        neck_band(bench, "body", darken(colour, 0.2), top, 2.2)
        return loose
    cut = Legs(1.92, -0.5, 0.5, 17, 172)
    trousers(bench, soft, cut)
    belt(bench, bench.cloth(darken(colour, 0.12)), 170, height=20, buckle="")
    female = bench.presents("female")
    top = Cut(
        "v" if female else "scoop",
        "strap" if female else "tank",
        148 if female else 182,
        1.5,
        0,
        4,
        56 if female else 32,
    )
    bodice(bench, "body", bench.cloth(lighten(colour, 0.18)), top, folds=False)
    hem_band(bench, "body", soft, top, 10)
    neck_band(bench, "body", darken(colour, 0.15), top, 1.8)
    return None


def tennis_whites(bench: Bench) -> Cloth:
    accent = bench.choose(("#3f7d5a", "#2f4a7a", "#c4433f", "#e39a3c", "#7a4f94"))
    white, knit = bench.cloth("#faf7f2"), bench.cloth("#f4efe6")
    shoes = sneakers("#ffffff", accent=accent)
    if bench.presents("male"):
        trousers(bench, white, Legs(0.68, 6, 11, 11, 200), shoes=shoes)
        outseam(bench, accent, Legs(0.68, 6, 11, 11), width=2.6, u=0.88)
    else:
        shoes(bench)
    extras.limb_panel(bench, "legs", "#ffffff", 1.72, 1.92, ease=1.2)
    extras.limb_ring(bench, "legs", accent, 1.76, width=2, ease=1.2)
    cut = Cut("shirt", "set", 274 if bench.presents("male") else 196, 4, 0.2, 4, 38)
    bodice(bench, "body", knit, cut)
    placket(bench, "body", knit, 40, 74, count=2)
    shirt_collar(bench, "body", knit, spread=22, drop=22, open_to=40)
    if not bench.presents("male"):
        shape = skirt(bench, white, Skirt(0.48, 22, 3, 180, 4), pleats=10)
        hem_trim(bench, "skirt", shape, accent, 2.6)
        belt(bench, white, 178, height=10, buckle="", layer="skirt")
    sleeves(bench, knit, Sleeve(0.46, 3, 2), cuff=bench.cloth(accent), cuff_width=0.05)
    extras.wristbands(bench, accent)
    extras.visor(bench, "#faf7f2")
    return white


def running_kit(bench: Bench) -> Cloth | None:
    colour, second = bench.choose(
        (
            ("#e8563f", "#2c2f45"),
            ("#2f9fb8", "#26303f"),
            ("#c8e04a", "#30343c"),
            ("#f08bb0", "#3a2f4f"),
            ("#f2a13c", "#2f3a5f"),
            ("#6b5be0", "#26233a"),
        )
    )
    top, lower = bench.cloth(colour), bench.cloth(second)
    shoes = sneakers(lighten(colour, 0.15), accent=second)
    shoes(bench)
    extras.limb_panel(bench, "legs", "#f7f4ef", 1.8, 1.93, ease=1.2)
    female = bench.presents("female")
    if female:
        trousers(bench, lower, Legs(0.5, -0.5, 0, 0.4, 184))
    else:
        trousers(bench, lower, Legs(0.5, 7, 13, 13, 204))
    outseam(
        bench,
        colour,
        Legs(0.5, 0 if female else 8, 0 if female else 12, 0 if female else 12),
        width=3,
        u=0.85,
    )
    cut = Cut("scoop", "tank", 250 if female else 276, 3, 0.15 if female else 0.45, 5, 36)
    bodice(bench, "body", top, cut)
    bench.canvas.fill(
        "body",
        outline(
            bench.run((-bench.half(110) * 0.98, 98), (bench.half(130), 136)),
            bench.run((bench.half(150), 150), (-bench.half(120) * 0.98, 113)),
        ),
        second,
        0.9,
    )
    neck_band(bench, "body", second, cut, 2.4)
    armhole_trim(bench, "body", second, cut, 2.4)
    for layer, limb in bench.arms()[:1]:
        bench.canvas.stroke(
            layer, line([limb.at(1.84, -1, 1), limb.at(1.86, 0), limb.at(1.84, 1, 1)]), "#22202a", 5
        )
    extras.headband(bench, colour, width=8)
    return None


def swimsuit(bench: Bench) -> Cloth | None:
    colour = bench.choose(
        ("#d6455a", "#1f7f8c", "#26355f", "#e7a83e", "#3d8f6b", "#8a4fa0", "#2a2833")
    )
    lycra = bench.cloth(colour, sheen=0.3)
    trim = lighten(colour, 0.55)
    barefoot()(bench)
    if bench.presents("female"):
        _one_piece(bench, lycra, trim)
        if bench.skeleton.pose.legs_over:
            _pareo(bench, trim, colour)
        return None
    shorts = bench.cloth(colour, "palm" if bench.choose((0, 1), "print") else "stripe", trim)
    trousers(bench, shorts, Legs(0.52, 5, 8, 9, 212))
    bench.canvas.stroke("body", line(bench.run((-4, 226), (-8, 246), (-6, 258))), trim, 2.2)
    bench.canvas.stroke("body", line(bench.run((3, 226), (8, 244), (7, 254))), trim, 2.2)
    rash = bench.cloth(
        mix(colour, "#f4efe6", 0.8) if bench.presents("male") else darken(colour, 0.25), sheen=0.2
    )
    cut = Cut("crew", "set", 236, 1.5, 0.05, 4, 13)
    bodice(bench, "body", rash, cut)
    extras.side_panels(bench, colour, top=70, bottom=236)
    neck_band(bench, "body", colour, cut, 4)
    sleeves(bench, rash, Sleeve(0.5 if bench.presents("male") else 1.9, 1.5))
    return shorts


def _one_piece(bench: Bench, lycra: Cloth, trim: str) -> None:
    """A classic swimsuit with straps and a low-cut leg."""
    cut = Cut("scoop", "strap", 250, 0.8, 0, 0, 50)
    bodice(bench, "body", lycra, cut, folds=False)
    h = bench.half(252)
    right = bench.run((h + 1, 246), (h * 0.72, 270), (h * 0.36, 296), (15, 306))
    left = bench.run((-15, 306), (-h * 0.36, 296), (-h * 0.72, 270), (-h - 1, 246))
    bench.piece(
        "body",
        lycra,
        [left[-1], bench.at(0, 240), right[0]],
        right,
        [right[-1], bench.at(0, 309), left[0]],
        left,
    )
    bench.shadow(
        "body", lycra, outline(right[:3], bench.run((h * 0.4, 280), (h * 0.6, 258), (h * 0.7, 246)))
    )
    for run in (right, left):
        bench.canvas.stroke("body", line(run), trim, 2.2)
    neck_band(bench, "body", trim, cut, 2.2)
    for side in (-1, 1):
        bench.gleam(
            "body",
            lycra,
            outline(
                bench.run(
                    (side * bench.half(150) * 0.9, 120),
                    (side * bench.half(156) * 0.55, 156),
                    (side * bench.half(210) * 0.86, 214),
                ),
                bench.run(
                    (side * bench.half(210) * 0.78, 214),
                    (side * bench.half(156) * 0.45, 156),
                    (side * bench.half(120) * 0.8, 120),
                ),
            ),
            0.55,
        )


def _pareo(bench: Bench, colour: str, motif: str) -> None:
    """A printed wrap around the hips, tied on one side, for sitting down."""
    wrap = bench.cloth(colour, "floral", motif)
    skirt(bench, wrap, Skirt(0.96, 14, 3, 206, 3))
    knot = bench.at(-bench.half(210) * 0.62, 214)
    for dx, dy in ((-14, 40), (8, 46)):
        tail = (knot[0] + dx, knot[1] + dy)
        bench.canvas.fill("skirt", leaf(knot, tail, dx * 0.3, 6), wrap.base)
        bench.fold("skirt", wrap, knot, tail, bulge=dx * 0.3, width=1.4)
    bench.dot("skirt", knot, 5, wrap.shade)


def board_shorts(bench: Bench) -> Cloth:
    colour, motif = bench.choose(
        (
            ("#2f8f9f", "#f3e2b8"),
            ("#e2725b", "#fbe3cf"),
            ("#34507f", "#f0b65a"),
            ("#f0b84a", "#c1443c"),
            ("#3f7d5a", "#f2e6c0"),
            ("#8a5aa8", "#f7cfe0"),
        )
    )
    print_ = bench.cloth(colour, "palm", motif)
    tee = bench.cloth(bench.choose((WHITE, "#f4d7b8", "#bcd6df", "#3a3d4d"), "tee"))
    sandals(darken(colour, 0.3))(bench)
    female = bench.presents("female")
    trousers(bench, print_, Legs(0.5 if female else 0.82, 4, 8, 10, 196))
    outseam(bench, motif, Legs(0.5 if female else 0.82, 4, 8, 10), width=3, u=0.9)
    cut = Cut("crew", "set", 214 if female else 272, 7, 0.7, 5)
    bodice(bench, "body", tee, cut)
    rib_collar(bench, "body", tee, cut)
    _wave_print(bench, colour, motif)
    sleeves(bench, tee, Sleeve(0.58, 6, 4))
    return print_


def _wave_print(bench: Bench, colour: str, motif: str) -> None:
    for y, ink in (
        (96, motif if motif != "#f3e2b8" else "#e6a94f"),
        (106, colour),
        (116, darken(colour, 0.2)),
    ):
        bench.canvas.stroke(
            "body",
            line(bench.run((-30, y), (-18, y - 7), (-6, y), (6, y - 7), (18, y), (30, y - 7))),
            ink,
            4,
        )


def wetsuit(bench: Bench) -> None:
    accent = bench.choose(("#2fa8b8", "#e8673f", "#d6c43a", "#c93f6f", "#5b7be0", "#5fae62"))
    neoprene = bench.cloth("#2b2d38", sheen=0.3)
    barefoot()(bench)
    trousers(bench, neoprene, Legs(1.86, 0.5, 0.5, 0.6, 200))
    cut = Cut("crew", "set", 240, 1.5, 0, 3, 12)
    bodice(bench, "under", neoprene, cut, folds=False)
    extras.side_panels(bench, accent, top=74, bottom=284, width=0.34)
    yoke = bench.run(
        (-bench.skeleton.build.shoulder + 16, 34),
        (-30, 46),
        (0, 50),
        (30, 46),
        (bench.skeleton.build.shoulder - 16, 34),
    )
    bench.canvas.stroke("body", line(yoke), accent, 3)
    mock_collar(bench, "body", neoprene, 15)
    sleeves(bench, neoprene, Sleeve(1.92, 1.5))
    stripe_sleeve(bench, accent, 0.1, 1.85, ease=1, width=5, u=0.5)
    outseam(bench, accent, Legs(1.86, 0, 0, 0), width=5, u=0.6)
    zip_line(bench, "body", "#c9ccd4", 16, 120)
