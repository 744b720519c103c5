"""Everyday clothes. See `outfits` for how an outfit is made."""

from __future__ import annotations

from .figure_geometry import line, outline
from .outfit_bottoms import (
    Legs,
    Skirt,
    belt,
    boots,
    crease,
    drape,
    fly,
    hem_trim,
    high_waist,
    loafers,
    outseam,
    sandals,
    skirt,
    sneakers,
    trousers,
    turn_up,
)
from .outfit_kit import IVORY, WHITE, Bench, Cloth
from .outfit_tops import (
    Cut,
    Opening,
    Sleeve,
    bodice,
    collar_back,
    hem_band,
    hood,
    jacket_fronts,
    lapels,
    neck_band,
    placket,
    pocket,
    rib_collar,
    shirt_collar,
    sleeves,
    zip_line,
)
from .palette import darken, lighten, mix


def tee_and_jeans(bench: Bench) -> Cloth:
    tee, denim = bench.choose(
        (
            (WHITE, "#5d7fa8"),
            ("#e8a598", "#6b8db3"),
            ("#2f3242", "#7f9cc0"),
            ("#d9e2d0", "#4b678f"),
            ("#f0c75e", "#4f6d98"),
            ("#c6503f", "#49648c"),
            ("#8fb4c9", "#39456b"),
        )
    )
    jeans, top = bench.cloth(denim), bench.cloth(tee)
    cut = Legs(1.88, 2, 3, 4 if bench.presents("female") else 6, high_waist(bench))
    male = bench.presents("male")
    trousers(
        bench, jeans, cut, shoes=sneakers("#f6f2ec", accent=tee if tee != WHITE else "#c9bfb3")
    )
    turn_up(bench, bench.cloth(lighten(denim, 0.35)), cut)
    outseam(bench, "#e0b478", cut, dash="3 2.4", u=0.8)
    shirt = Cut(
        "crew", "set", 286 if male else cut.waist + 16, 6 if male else 3, 0.55 if male else 0.15, 4
    )
    layer = "body" if male else "under"
    bodice(bench, layer, top, shirt)
    if not male:
        fly(bench, jeans, cut.waist, stitch="#e0b478")
    rib_collar(bench, layer, top, shirt)
    sleeves(bench, top, Sleeve(0.52, 4, 3))
    return jeans


def oversized_hoodie(bench: Bench) -> Cloth:
    colour = bench.choose(
        ("#b9a7d6", "#e6b8a2", "#8fb09a", "#f0d9a8", "#5b6b8f", "#d98c8c", "#cfc6bb", "#3d4457")
    )
    fleece = bench.cloth(colour)
    lower = bench.cloth(bench.choose(("#2f2d3a", "#4a4a57", "#6f6a72"), "legs"))
    slim = not bench.presents("male")
    trousers(
        bench,
        lower,
        Legs(1.9, 0 if slim else 5, 0 if slim else 6, 0.5 if slim else 3, 190),
        shoes=sneakers(chunky=True, accent=colour),
    )
    cut = Cut("crew", "set", 304, 15, 0.95, 5)
    bodice(bench, "body", fleece, cut)
    hem_band(bench, "body", fleece, cut, 18)
    _kangaroo(bench, fleece)
    hood(bench, fleece)
    for side in (-1, 1):
        bench.canvas.stroke(
            "body",
            line(bench.run((side * 9, 36), (side * 11, 70), (side * 9, 96))),
            lighten(colour, 0.6),
            2.6,
        )
    sleeves(
        bench,
        fleece,
        Sleeve(1.94, 11, 0, gather=4),
        cuff=bench.cloth(darken(colour, 0.12)),
        cuff_width=0.14,
    )
    return fleece


def _kangaroo(bench: Bench, cloth: Cloth) -> None:
    w, low = bench.half(230) * 0.62, bench.hem(304) - 28
    top, knee = low - 70, low - 40
    d = outline(
        bench.run((-w * 0.62, top), (w * 0.62, top)),
        bench.run((w * 0.62, top), (w * 0.86, knee), (w, low)),
        bench.run((w, low), (0, low + 6), (-w, low)),
        bench.run((-w, low), (-w * 0.86, knee), (-w * 0.62, top)),
    )
    bench.lay("body", d, cloth, 0.5)


def knit_sweater(bench: Bench) -> Cloth:
    colour = bench.choose(
        ("#e9dcc5", "#b5654a", "#5f7f6d", "#c9d3de", "#d7a44c", "#7d5a78", "#36506b")
    )
    wool = bench.cloth(colour, "knit", darken(colour, 0.45))
    rib = bench.cloth(colour, "rib", darken(colour, 0.5))
    leg = bench.choose(("#cbb694", "#3a3947", "#7a6a58", "#e9e2d6"), "legs")
    slacks = bench.cloth(leg)
    trousers(
        bench,
        slacks,
        Legs(1.9, 4, 6, 9, 180),
        shoes=loafers(bench.choose(("#5a3524", "#2b2530"), "shoes")),
    )
    crease(bench, slacks)
    cut = Cut("crew", "set", 274, 8, 0.7, 5, 18)
    bodice(bench, "body", wool, cut)
    for x in (-22, 22):
        _cable(bench, wool, x)
    _rib_band(bench, rib, cut)
    neck_band(bench, "body", darken(colour, 0.3), cut, 10)
    neck_band(bench, "body", rib.paint, cut, 8)
    sleeves(bench, wool, Sleeve(1.93, 7, 0, gather=3), cuff=rib, cuff_width=0.18)
    return slacks


def _rib_band(bench: Bench, rib: Cloth, cut: Cut) -> None:
    hem_band(bench, "body", rib, cut, 18, colour=rib.paint)


def _cable(bench: Bench, cloth: Cloth, x: float) -> None:
    for i in range(9):
        y = 44 + i * 23
        a, b = bench.at(x - 6, y), bench.at(x + 6, y + 22)
        c, d = bench.at(x + 6, y), bench.at(x - 6, y + 22)
        bench.canvas.stroke(
            "body", line([a, bench.at(x - 3, y + 9), b]), cloth.deep, 1.8, opacity=0.5
        )
        bench.canvas.stroke(
            "body", line([c, bench.at(x + 5, y + 12), d]), cloth.light, 1.8, opacity=0.7
        )


def denim_jacket(bench: Bench) -> Cloth:
    denim = bench.choose(("#6f93bd", "#4a6a99", "#9db8d4", "#3b4664"))
    tee = bench.choose((WHITE, "#26242f", "#e9b7a4", "#f2dfa6"), "tee")
    jacket = bench.cloth(denim)
    black = bench.cloth(bench.choose(("#2a2833", "#efe8dc", "#8d7a66"), "legs"))
    trousers(
        bench,
        black,
        Legs(1.9, 1, 2, 3, high_waist(bench)),
        shoes=boots("#4a3328", shaft=1.88, laces="#e8d9b8"),
    )
    fly(bench, black, high_waist(bench))
    bodice(bench, "under", bench.cloth(tee), Cut("crew", "set", high_waist(bench) + 14, 2, 0.2, 4))
    collar_back(bench, jacket, 14)
    cut = Cut("crew", "set", 232, 8, 0.5, 2)
    jacket_fronts(bench, "outer", jacket, cut, Opening(25, 36))
    for side in (-1, 1):
        pocket(
            bench, "outer", jacket, side * bench.half(94) * 0.7, 84, width=26, height=30, flap=True
        )
        bench.canvas.stroke(
            "outer",
            line(bench.run((side * 28, 62), (side * bench.half(66), 60))),
            "#e3b576",
            0.9,
            opacity=0.9,
            dash="3 2.2",
        )
        bench.canvas.stroke(
            "outer",
            line(bench.run((side * 32, 112), (side * 36, 170), (side * 44, 222))),
            "#e3b576",
            0.9,
            opacity=0.9,
            dash="3 2.2",
        )
        for y in (104, 140, 176, 212):
            bench.dot(
                "outer", bench.at(side * (29 + (y - 96) * 0.06), y), 2.1, "#d8b070", jacket.deep
            )
    shirt_collar(bench, "outer", jacket, spread=30, drop=30, open_to=34)
    sleeves(bench, jacket, Sleeve(1.9, 6, 1), cuff=jacket, cuff_width=0.14)
    return black


def linen_shirt(bench: Bench) -> Cloth:
    colour = bench.choose(("#f2ebdf", "#c8d8e4", "#dfe3cf", "#eac9b3", "#b9cdbf", "#f0d8c8"))
    lower = bench.choose(("#d2bd9a", "#8f9c88", "#ece4d6", "#71839a", "#4d5468"), "legs")
    linen, slacks = bench.cloth(colour), bench.cloth(lower)
    trousers(
        bench,
        slacks,
        Legs(1.86, 6, 9, 12, 184),
        shoes=sandals(bench.choose(("#8a5a3c", "#3b2f2c"), "shoes")),
    )
    cut = Cut("shirt", "set", 292 if bench.presents("male") else 280, 8, 0.6, 12, 46)
    bodice(bench, "body", linen, cut)
    placket(bench, "body", linen, 48, 286, count=5)
    pocket(bench, "body", linen, bench.half(94) * 0.5, 82, width=24, height=28)
    shirt_collar(bench, "body", linen, spread=24, drop=26, open_to=48)
    sleeves(bench, linen, Sleeve(1.24, 7, 2), cuff=linen, cuff_width=0.16)
    return slacks


def summer_dress(bench: Bench) -> Cloth | None:
    base, motif = bench.choose(
        (
            ("#f6d9cf", "#d86f6a"),
            ("#fbf1dc", "#e39a4b"),
            ("#cfe3ea", "#4f8fb0"),
            ("#e5dcf2", "#8a6bbd"),
            ("#d9ead3", "#e06f86"),
            ("#e2705f", "#fbe5d3"),
            ("#3f6f6b", "#f2cf9b"),
        )
    )
    print_ = bench.cloth(base, "floral", motif)
    if bench.presents("male"):
        light = bench.cloth("#f1e8d8")
        trousers(bench, light, Legs(1.86, 5, 7, 9, 200), shoes=sandals("#7a4f36"))
        cut = Cut("v", "set", 292, 9, 0.6, 0, 62)
        bodice(bench, "body", print_, cut)
        skirt(bench, print_, Skirt(0.78, 12, 9, 250, 2))
        neck_band(bench, "body", motif, cut, 3)
        belt(bench, bench.cloth(motif), 184, height=9, buckle="", ease=6)
        sleeves(bench, print_, Sleeve(0.8, 7, 8))
        return light
    sandals("#b07a4f")(bench)
    female = bench.presents("female")
    cut = Cut(
        "sweetheart" if female else "v",
        "strap" if female else "set",
        176,
        2,
        0.0,
        2,
        66 if female else 54,
    )
    bodice(bench, "body", print_, cut, folds=False)
    shape = skirt(bench, print_, Skirt(1.22, 46, 4, 166, 4))
    hem_trim(bench, "skirt", shape, motif, 2.4)
    belt(bench, bench.cloth(motif), 164, height=9, buckle="", layer="skirt")
    if female:
        neck_band(bench, "body", mix(base, motif, 0.35), cut, 2.4)
    else:
        sleeves(bench, print_, Sleeve(0.5, 5, 8, puff=3))
    return print_


def leather_jacket(bench: Bench) -> Cloth:
    colour = bench.choose(("#2a2730", "#5b2f2a", "#7a4a2e", "#31333c", "#4b1f2c"))
    leather = bench.cloth(colour, sheen=0.45)
    tee = bench.cloth(bench.choose((WHITE, "#8a8f99", "#b7322f", "#d9cfc0"), "tee"))
    jeans = bench.cloth(bench.choose(("#26252e", "#3b4a68", "#55565f"), "legs"))
    trousers(bench, jeans, Legs(1.86, 0.5, 0.5, 1, high_waist(bench)))
    boots("#201d25", shaft=1.74, chunky=True, laces="#6b6673")(bench)
    bodice(bench, "under", tee, Cut("crew", "set", high_waist(bench) + 20, 2, 0.2, 4))
    fly(bench, jeans, high_waist(bench))
    belt(bench, bench.cloth("#1e1b22"), high_waist(bench) + 2, buckle="#cfd2d8")
    collar_back(bench, leather, 14)
    cut = Cut("crew", "set", 222, 7, 0.3, 2)
    jacket_fronts(bench, "outer", leather, cut, Opening(22, 34))
    lapels(bench, "outer", leather, button=132, wide=30, notch=50, gap=22)
    zip_line(bench, "outer", "#c3c6cf", 128, 220, x=26, x_end=35)
    for side in (-1, 1):
        a, b = bench.at(side * 44, 164), bench.at(side * (bench.half(150) + 2), 150)
        bench.canvas.stroke("outer", line([a, b]), "#b9bcc6", 2)
    bench.canvas.stroke(
        "outer",
        line(bench.run((-bench.half(214) - 6, 212), (-36, 216))),
        "#b9bcc6",
        1.2,
        opacity=0.6,
    )
    sleeves(bench, leather, Sleeve(1.92, 5, 0))
    for layer, limb in bench.arms():
        bench.canvas.stroke(layer, line([limb.at(1.66, 0.5), limb.at(1.88, 0.6)]), "#b9bcc6", 1.8)
    return jeans


def long_coat(bench: Bench) -> Cloth:
    colour = bench.choose(
        ("#c49a6c", "#4a4d57", "#7c8b7a", "#8d3f3a", "#d9cdbb", "#2f3a55", "#a7798a")
    )
    wool = bench.cloth(colour)
    knit = bench.cloth(bench.choose((IVORY, "#2b2933", "#b4553f", "#d8c9e0"), "knit"))
    slacks = bench.cloth(bench.choose(("#2d2b36", "#54483f", "#e5dccd"), "legs"))
    trousers(bench, slacks, Legs(1.88, 2, 3, 4, 180), shoes=boots("#2c2427", shaft=1.88))
    bodice(bench, "under", knit, Cut("crew", "set", 210, 3, 0.2, 4, 14))
    belt(bench, bench.cloth("#4a3026"), 180)
    _coat_tails(bench, wool, 1.42, 13)
    cut = Cut("crew", "set", 292, 10, 0.6, 6)
    collar_back(bench, wool, 22)
    jacket_fronts(bench, "outer", wool, cut, Opening(26, 34))
    lapels(bench, "outer", wool, button=150, wide=36, notch=58, gap=24)
    for side in (-1, 1):
        bench.piece(
            "outer",
            wool,
            bench.run((side * 46, 226), (side * 78, 216)),
            bench.run((side * 78, 216), (side * 79, 225), (side * 47, 236)),
        )
        bench.seam("outer", wool, bench.run((side * 46, 226), (side * 78, 216)), 1.4)
    sleeves(bench, wool, Sleeve(1.96, 9, 2))
    return wool


def _coat_tails(bench: Bench, wool: Cloth, end: float, ease: float) -> None:
    """The skirts of an open coat: a back behind the legs, a front outside each of them."""
    back = drape(bench, Skirt(end, ease + 12, ease, 200, 2))
    bench.canvas.extend(back.hem)
    bench.canvas.fill("back_skirt", back.d(), wool.deep)
    for layer, limb in bench.legs():
        stops = (0.0, 0.25, 0.5, 0.75, 1.0, 1.2, end)
        outer = [limb.at(t, 1, ease + 8 * t) for t in stops]
        inner = [limb.at(t, -0.05 + 0.3 * t * t / 2) for t in stops]
        hem = [outer[-1], limb.at(end + 0.03, 0.7), inner[-1]]
        bench.piece(layer, wool, outer, hem, inner[::-1])
        if limb.side > 0:
            middle = [limb.at(t, 0.62, 4 * t) for t in stops]
            bench.shadow(layer, wool, outline(outer, middle[::-1]))
        bench.seam(layer, wool, inner, 1.2)
