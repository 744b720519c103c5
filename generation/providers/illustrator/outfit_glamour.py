"""Clothes for an evening out and for the office. See `outfits` for how an outfit is made."""

from __future__ import annotations

from . import outfit_extras as extras
from .figure_geometry import line, outline
from .outfit_bottoms import (
    Legs,
    Skirt,
    belt,
    crease,
    drape,
    fly,
    hem_trim,
    high_waist,
    loafers,
    outseam,
    pumps,
    skirt,
    sneakers,
    trousers,
)
from .outfit_kit import GOLD, WHITE, Bench, Cloth
from .outfit_tops import (
    Cut,
    Opening,
    Sleeve,
    bodice,
    bow_tie,
    collar_back,
    jacket_fronts,
    lapels,
    mock_collar,
    neck_band,
    placket,
    pocket,
    pussy_bow,
    shirt_collar,
    sleeves,
    tie,
)
from .palette import darken, lighten, mix


def evening_gown(bench: Bench) -> Cloth | None:
    colour = bench.choose(
        ("#8e1f3b", "#1f3d6b", "#0f5f52", "#2a2434", "#c9a25c", "#b6849c", "#5b2a6b")
    )
    satin = bench.cloth(colour, sheen=0.5)
    if bench.presents("male"):
        dark = bench.cloth(darken(colour, 0.55))
        trousers(bench, dark, Legs(1.92, 2, 4, 6, 190), shoes=loafers("#231d26"))
        bodice(bench, "body", bench.cloth("#1f1b26"), Cut("crew", "set", 200, 3, 0.1, 2, 12))
        shape = skirt(bench, satin, Skirt(1.84, 20, 9, 186, 3))
        hem_trim(bench, "skirt", shape, GOLD, 2.6)
        jacket_fronts(
            bench, "outer", satin, Cut("crew", "set", 204, 6, 0.1, 2), Opening(10, 4, 184)
        )
        collar_back(bench, satin, 18)
        lapels(bench, "outer", dark, button=184, wide=22, shawl=True)
        belt(bench, dark, 184, height=18, buckle=GOLD, ease=7, layer="outer")
        sleeves(bench, satin, Sleeve(1.95, 6, 9))
        return satin
    pumps(mix(colour, GOLD, 0.6))(bench)
    one = bench.presents("androgynous")
    cut = Cut("boat" if one else "sweetheart", "set" if one else "bare", 190, 1.5, 0.0, 2)
    bodice(bench, "body", satin, cut, folds=False)
    for y, k in ((122, 5), (140, 6), (158, 6)):
        bench.fold(
            "body",
            satin,
            bench.at(-bench.half(y), y - 6),
            bench.at(bench.half(y) * 0.7, y + 14),
            bulge=-k,
            width=1.7,
        )
    skirt(bench, satin, cut_skirt := Skirt(1.96, 44, 2, 168, 4))
    if not one:
        _slit(bench, satin, cut_skirt)
    if one:
        sleeves(bench, satin, Sleeve(1.96, 3, 4))
        belt(bench, bench.cloth(GOLD), 160, height=8, buckle="", layer="skirt")
    else:
        extras.necklace(bench, "#f2e3b4", 24, pendant="#f7f0dc")
    return None


def _slit(bench: Bench, cloth: Cloth, cut: Skirt) -> None:
    """A slit in the skirt that shows the leg behind it."""
    near = bench.skeleton.pose.near_leg
    shape, limb = drape(bench, cut), bench.skeleton.legs[near]
    top = limb.at(0.55, 0.25)
    left, right = limb.at(1.98, -1.6), limb.at(1.98, 1.9)
    low = max(shape.hem_left[1], shape.hem_right[1], left[1], right[1]) + 40
    opening = outline(
        [top, limb.at(1.0, -0.35), limb.at(1.5, -1.0), left, (left[0], low)],
        [(right[0], low), right, limb.at(1.5, 0.95), limb.at(1.0, 0.9), top],
    )
    clip = bench.canvas.define(f'<clipPath id="{{id}}"><path d="{opening}"/></clipPath>')
    leg = "".join(bench.canvas.layers[f"leg{near}"])
    bench.canvas.fill(
        "skirt",
        outline(
            [top, limb.at(1.0, -0.5), limb.at(1.5, -1.2), left],
            [right, limb.at(1.5, 1.0), limb.at(1.0, 0.9), top],
        ),
        cloth.deep,
    )
    bench.canvas.add("skirt", f'<g clip-path="url(#{clip})">{leg}</g>')
    bench.canvas.stroke(
        "skirt",
        line([top, limb.at(1.0, 0.92), limb.at(1.5, 1.0), right]),
        cloth.light,
        2,
        opacity=0.8,
    )


def cocktail_dress(bench: Bench) -> Cloth | None:
    colour = bench.choose(
        ("#23202c", "#b5264a", "#1d6a5b", "#d8b26a", "#5136a0", "#e5668f", "#2a5fa8")
    )
    crepe = bench.cloth(colour, sheen=0.3)
    if bench.presents("male"):
        trim = bench.cloth(mix(colour, GOLD, 0.75))
        trousers(
            bench,
            bench.cloth("#221f2a", sheen=0.3),
            Legs(1.9, 1, 2, 3, 190),
            shoes=loafers("#1f1b22"),
        )
        bodice(bench, "body", crepe, Cut("crew", "set", 250, 5, 0.3, 2, 14))
        skirt(bench, crepe, Skirt(0.62, 8, 6, 240, 2))
        mock_collar(bench, "body", crepe, 14)
        bench.canvas.stroke(
            "body", line(bench.run((0, 18), (18, 60), (30, 130), (32, 200))), trim.base, 3
        )
        for y in (58, 92, 126, 160, 194):
            bench.dot("body", bench.at(24 + (y - 58) * 0.06, y), 2.6, trim.base)
        belt(bench, trim, 180, height=8, buckle="", ease=4)
        sleeves(bench, crepe, Sleeve(1.93, 4, 2))
        return crepe
    pumps(mix(colour, "#f2dcc0", 0.55) if colour != "#23202c" else "#c43a4e")(bench)
    female = bench.presents("female")
    cut = (
        Cut("halter", "halter", 200, 1, 0, 2, 20) if female else Cut("boat", "tank", 200, 2, 0.1, 2)
    )
    bodice(bench, "body", crepe, cut, folds=False)
    for y in (130, 150, 170):
        bench.fold(
            "body",
            crepe,
            bench.at(-bench.half(y) * 0.96, y + 8),
            bench.at(bench.half(y) * 0.8, y - 8),
            bulge=5,
            width=1.6,
        )
    skirt(bench, crepe, Skirt(0.66, 5 if female else 16, 2, 182, 2))
    neck_band(bench, "body", mix(colour, GOLD, 0.6), cut, 2.2)
    for layer, limb in bench.arms()[:1]:
        bench.canvas.stroke(
            layer, line([limb.at(1.86, -1, 1.5), limb.at(1.88, 0), limb.at(1.86, 1, 1.5)]), GOLD, 4
        )
    return None


def tailored_suit(bench: Bench) -> Cloth:
    colour, pattern = bench.choose(
        (
            ("#3a4257", "pinstripe"),
            ("#22263a", ""),
            ("#8c8478", "check"),
            ("#5a3b46", ""),
            ("#d8cbb8", ""),
            ("#2f4f4a", ""),
            ("#6d7f97", "pinstripe"),
        )
    )
    wool = bench.cloth(colour, pattern, lighten(colour, 0.35))
    shirt = bench.cloth(bench.choose((WHITE, "#dbe5f0", "#f4dede"), "shirt"))
    male = not bench.presents("female")
    shoes = loafers("#3b2620") if male else pumps(darken(colour, 0.4))
    trousers(bench, wool, Legs(1.92, 3, 4, 5, 186), shoes=shoes)
    crease(bench, wool)
    bodice(
        bench, "under", shirt, Cut("shirt", "set", 230, 3, 0.2, 2, 22 if male else 54), folds=False
    )
    if male:
        shirt_collar(bench, "body", shirt, spread=20, drop=24, open_to=24)
        tie(
            bench,
            "body",
            bench.cloth(
                bench.choose(("#8e2f3f", "#274a75", "#3b5d4d", "#b98a3a", "#5a3a6e"), "tie"),
                "stripe" if bench.choose((0, 1), "pattern") else "",
                "#e9d9bd",
            ),
        )
    else:
        shirt_collar(bench, "body", shirt, spread=22, drop=30, open_to=56)
        extras.necklace(bench, GOLD, 34, pendant=GOLD)
    _tailored_jacket(bench, wool, button=176, hem=296)
    return wool


def _tailored_jacket(
    bench: Bench,
    wool: Cloth,
    *,
    button: float,
    hem: float,
    facing: Cloth | None = None,
    shawl: bool = False,
    sleeve: float = 1.94,
) -> None:
    collar_back(bench, wool, 14)
    jacket_fronts(
        bench, "outer", wool, Cut("crew", "set", hem, 7, 0.25, 4), Opening(16, 26, button)
    )
    lapels(bench, "outer", facing or wool, button=button, wide=25, notch=52, shawl=shawl)
    for k in (0, 20):
        bench.dot("outer", bench.at(3.5, button + 6 + k), 2.8, wool.deep, wool.light)
    for side in (-1, 1):
        x = bench.half(232)
        bench.piece(
            "outer",
            wool,
            bench.run((side * x * 0.42, 236), (side * x * 0.9, 230)),
            bench.run((side * x * 0.9, 230), (side * x * 0.91, 240), (side * x * 0.42, 246)),
        )
        bench.seam("outer", wool, bench.run((side * x * 0.42, 246), (side * x * 0.91, 240)), 1.1)
        bench.seam(
            "outer",
            wool,
            bench.run(
                (side * bench.half(94) * 0.62, 100),
                (side * bench.half(156) * 0.6, 156),
                (side * x * 0.58, 226),
            ),
            0.9,
        )
    bench.piece(
        "outer",
        bench.cloth(WHITE),
        bench.run((36, 88), (58, 84)),
        bench.run((58, 84), (57, 90), (37, 93)),
    )
    sleeves(bench, wool, Sleeve(sleeve, 5, 1))
    if sleeve > 1.8:
        for layer, limb in bench.arms():
            for t in (1.8, 1.86, 1.92):
                bench.dot(layer, limb.at(t, 0.8), 1.4, wool.deep)


def silk_blouse(bench: Bench) -> Cloth:
    colour = bench.choose(
        ("#f0e4d4", "#b7c7d9", "#d7a8b4", "#7b2d43", "#e8c98c", "#9fb8a4", "#31425f")
    )
    silk = bench.cloth(colour, sheen=0.55)
    lower = bench.cloth(bench.choose(("#2a2733", "#8a6f5a", "#ece2d4", "#4a5a4e"), "legs"))
    if bench.presents("female"):
        pumps(bench.choose(("#2a2430", "#b98b6a", "#8e2f3f"), "shoes"))(bench)
        bodice(bench, "body", silk, Cut("crew", "set", 182, 4, 0.2, 2, 14))
        skirt(bench, lower, Skirt(0.96, 3, 2, 166, 2))
        belt(bench, bench.cloth(darken(lower.base, 0.3)), 164, layer="skirt", height=9)
    else:
        trousers(bench, lower, Legs(1.92, 4, 6, 9, 182), shoes=loafers("#35231f"))
        crease(bench, lower)
        bodice(
            bench,
            "under",
            silk,
            Cut("shirt", "set", 200, 6, 0.4, 2, 62 if bench.presents("male") else 20),
        )
        belt(bench, bench.cloth("#2f2228"), 180)
    if bench.presents("male"):
        placket(bench, "body", silk, 64, 178, count=4)
        shirt_collar(bench, "body", silk, spread=28, drop=32, open_to=62)
    else:
        pussy_bow(bench, "body", silk)
    sleeves(bench, silk, Sleeve(1.9, 6, 0, gather=11, puff=3), cuff=silk, cuff_width=0.12)
    return lower


def blazer_look(bench: Bench) -> Cloth:
    colour = bench.choose(
        ("#e7e0d2", "#2f5d62", "#d98f7a", "#2c2a36", "#8fa58c", "#b14a5c", "#e3b75f")
    )
    blazer = bench.cloth(colour)
    tee = bench.cloth(bench.choose((WHITE, "#26242e"), "tee"))
    lower = bench.cloth(bench.choose(("#6c8ab1", "#2d2c36", "#efe7da"), "legs"))
    trousers(
        bench,
        lower,
        Legs(1.84, 2, 4, 5, high_waist(bench)),
        shoes=sneakers() if not bench.presents("female") else pumps("#2a2430"),
    )
    bodice(
        bench,
        "under",
        tee,
        Cut(
            "scoop" if bench.presents("female") else "crew",
            "set",
            high_waist(bench) + 20,
            2,
            0.2,
            2,
            36 if bench.presents("female") else None,
        ),
    )
    belt(bench, bench.cloth("#5a3a2a"), high_waist(bench))
    collar_back(bench, blazer, 14)
    jacket_fronts(bench, "outer", blazer, Cut("crew", "set", 300, 9, 0.55, 4), Opening(26, 40))
    lapels(bench, "outer", blazer, button=178, wide=27, notch=54, gap=28)
    for side in (-1, 1):
        pocket(
            bench,
            "outer",
            blazer,
            side * bench.half(240) * 0.82,
            226,
            width=28,
            height=34,
            flap=True,
        )
    sleeves(
        bench,
        blazer,
        Sleeve(1.5, 7, 1),
        cuff=bench.cloth(lighten(colour, 0.5), "pinstripe", colour),
        cuff_width=0.14,
    )
    return lower


def sequin_top(bench: Bench) -> Cloth:
    colour, glint = bench.choose(
        (
            ("#c9a24d", "#fff3c9"),
            ("#b9bfcc", "#ffffff"),
            ("#8b3a8f", "#ffd0f2"),
            ("#1f7a6f", "#b9fff0"),
            ("#c23a5a", "#ffd3d8"),
            ("#2d3f86", "#c6d4ff"),
        )
    )
    sequins = bench.cloth(colour, "sequin", glint)
    lower = bench.cloth(bench.choose(("#221f2a", "#3a2733", "#f0e8de"), "legs"), sheen=0.35)
    waist = 178
    female = bench.presents("female")
    trousers(
        bench,
        lower,
        Legs(1.92, 2, 5, 12 if female else 6, waist),
        shoes=pumps(mix(colour, "#332030", 0.3)) if female else loafers("#1f1b22"),
    )
    if female:
        cut = Cut("scoop", "strap", waist + 18, 2, 0, 2, 52)
        bodice(bench, "under", sequins, cut, folds=False)
        neck_band(bench, "under", lighten(colour, 0.3), cut, 2.2)
    else:
        cut = Cut("v" if bench.presents("male") else "boat", "set", waist + 20, 5, 0.3, 2)
        bodice(bench, "under", sequins, cut)
        sleeves(bench, sequins, Sleeve(0.6, 5, 2) if bench.presents("male") else Sleeve(1.9, 4, 2))
    fly(bench, lower, waist)
    _sparkles(bench, glint)
    return lower


def _sparkles(bench: Bench, colour: str) -> None:
    for x, y, r in ((-26, 84, 5), (18, 122, 6), (-12, 150, 4), (34, 76, 4)):
        px, py = bench.at(x, y)
        d = (
            f"M{px - r:.1f} {py:.1f}Q{px:.1f} {py:.1f} {px:.1f} {py - r:.1f}Q{px:.1f}"
            f" {py:.1f} {px + r:.1f} {py:.1f}Q{px:.1f} {py:.1f} {px:.1f}"
            f" {py + r:.1f}Q{px:.1f} {py:.1f} {px - r:.1f} {py:.1f}Z"
        )
        bench.canvas.fill("body", d, mix(colour, "#ffffff", 0.6))


def velvet_tuxedo(bench: Bench) -> Cloth:
    colour = bench.choose(("#6b1530", "#17305c", "#0f4a3e", "#4a2163", "#241f2b", "#7a4a1f"))
    velvet, satin = bench.cloth(colour, sheen=0.22), bench.cloth("#1d1a24", sheen=0.4)
    shirt = bench.cloth(WHITE)
    trousers(
        bench,
        satin,
        Legs(1.92, 2, 3, 5, 184),
        shoes=pumps("#1d1a24") if bench.presents("female") else loafers("#17141c"),
    )
    outseam(bench, "#3c3648", Legs(1.92, 2, 3, 5), width=3.2)
    bodice(bench, "under", shirt, Cut("shirt", "set", 230, 3, 0.2, 2, 20), folds=False)
    for x in (-14, -9, 9, 14):
        bench.seam("body", shirt, bench.run((x, 34), (x, 170)), 0.8)
    for y in (52, 82, 112):
        bench.dot("body", bench.at(0, y), 2.2, "#1d1a24")
    shirt_collar(bench, "body", shirt, spread=18, drop=20, open_to=22)
    bow_tie(bench, "body", satin)
    _tailored_jacket(bench, velvet, button=170, hem=292, facing=satin, shawl=True)
    return satin
