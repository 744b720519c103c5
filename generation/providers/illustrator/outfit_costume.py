"""Costumes. See `outfits` for how an outfit is made."""

from __future__ import annotations

from . import outfit_extras as extras
from .figure_geometry import between, line, outline
from .outfit_bottoms import (
    Legs,
    Skirt,
    belt,
    boots,
    crease,
    drape,
    hem_trim,
    loafers,
    pumps,
    sandals,
    skirt,
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
    gloves,
    jacket_fronts,
    mock_collar,
    neck_band,
    shirt_collar,
    sleeves,
)
from .palette import darken, lighten, mix


def witch(bench: Bench) -> Cloth | None:
    colour, accent = bench.choose(
        (
            ("#3a2a5c", "#e08a3c"),
            ("#2a2833", "#8f5bc4"),
            ("#1f4a45", "#d9b04a"),
            ("#4f1f3c", "#c9d05a"),
            ("#27305f", "#e0a8d0"),
        )
    )
    gown, sash = bench.cloth(colour), bench.cloth(accent)
    boots("#231d28", shaft=1.5, laces=accent)(bench)
    male = bench.presents("male")
    if male:
        bodice(bench, "body", gown, Cut("v", "set", 210, 7, 0.5, 2, 52))
        skirt(bench, gown, Skirt(1.6, 34, 9, 190, 4))
        belt(bench, sash, 186, height=14, ease=7, layer="skirt")
        neck_band(bench, "body", accent, Cut("v", depth=52), 3)
    else:
        extras.limb_panel(bench, "legs", mix(colour, "#1a1420", 0.5), 0.4, 1.6, ease=0.6)
        cut = Cut("sweetheart", "set", 200, 2, 0, 2, 56)
        bodice(bench, "body", gown, cut, folds=False)
        shape = skirt(bench, gown, Skirt(0.98, 52, 4, 178, 5))
        hem_trim(bench, "skirt", shape, accent, 3)
        _corset(bench, sash, colour)
        neck_band(bench, "body", accent, cut, 2.6)
    sleeves(bench, gown, Sleeve(1.78, 4, 26))
    extras.witch_hat(bench, gown, accent)
    extras.choker(bench, colour if male else accent, 4)
    return gown if male else None


def _corset(bench: Bench, cloth: Cloth, lace: str) -> None:
    right = [bench.at(bench.half(y) + 2.4, y) for y in (112, 130, 156, 178, 194)]
    left = [bench.at(-bench.half(y) - 2.4, y) for y in (112, 130, 156, 178, 194)]
    bench.piece(
        "skirt",
        cloth,
        [left[0], bench.at(0, 104), right[0]],
        right,
        [right[-1], bench.at(0, 210), left[-1]],
        left[::-1],
    )
    bench.shadow(
        "skirt", cloth, outline(right, [bench.at(bench.half(y) * 0.66, y) for y in (194, 156, 112)])
    )
    for i in range(5):
        y = 116 + i * 17
        bench.canvas.stroke("skirt", line(bench.run((-8, y), (8, y + 13))), lace, 1.8)
        bench.canvas.stroke("skirt", line(bench.run((8, y), (-8, y + 13))), lace, 1.8)


def superhero(bench: Bench) -> None:
    colour, second, star = bench.choose(
        (
            ("#2b4fa8", "#d63a4a", "#f6d55c"),
            ("#7a2f8f", "#2fb8a6", "#ffe28a"),
            ("#1f6f5f", "#f0a63c", "#fff1c4"),
            ("#c5343f", "#27305f", "#ffd35c"),
            ("#30323f", "#e3563f", "#f7c64a"),
        )
    )
    suit, accent = bench.cloth(colour, sheen=0.35), bench.cloth(second, sheen=0.35)
    extras.cape(bench, accent)
    trousers(bench, suit, Legs(1.9, 0.3, 0.3, 0.5, 200))
    boots(second, shaft=1.36, ease=2.5)(bench)
    bodice(bench, "under", suit, Cut("crew", "set", 230, 1.5, 0, 2, 12), folds=False)
    extras.side_panels(bench, darken(colour, 0.35), top=78, bottom=222, width=0.26)
    belt(bench, bench.cloth(star), 214, height=13, buckle=WHITE)
    extras.emblem(bench, star, second)
    mock_collar(bench, "body", accent, 13)
    sleeves(bench, suit, Sleeve(1.92, 1.5))
    gloves(bench, accent, 1.52)
    bench.hand_cloth = accent


def astronaut(bench: Bench) -> Cloth:
    accent, second = bench.choose(
        (
            ("#e8673f", "#2f4a7a"),
            ("#2f6fb8", "#d64a4a"),
            ("#d9a43c", "#3d4a63"),
            ("#6f5bc4", "#e08ab0"),
            ("#3f8f7a", "#e8a23f"),
        )
    )
    white, grey = bench.cloth("#eff0f2"), bench.cloth("#b9bfca")
    b = bench.skeleton.build
    pack = bench.run((-b.shoulder * 0.8, -8), (-b.shoulder * 0.98, 70), (-b.shoulder * 0.9, 200))
    pack_right = bench.run((b.shoulder * 0.9, 200), (b.shoulder * 0.98, 70), (b.shoulder * 0.8, -8))
    bench.piece("back", grey, pack, pack_right)
    trousers(bench, white, Legs(1.86, 9, 15, 13, 196))
    boots("#d8dbe2", shaft=1.66, chunky=True, ease=14)(bench)
    bodice(bench, "body", white, Cut("crew", "set", 282, 12, 0.6, 4, 22))
    for which, t in (("legs", 0.88), ("legs", 1.14), ("arms", 0.86), ("arms", 1.14)):
        extras.limb_ring(bench, which, "#c3c8d2", t, width=2, ease=13 if which == "legs" else 9)
    belt(bench, bench.cloth(second), 208, height=11, buckle="#e9ecf1", ease=11)
    _chest_pack(bench, accent, second)
    sleeves(bench, white, Sleeve(1.86, 10, 0))
    for which, t in (("arms", 0.42), ("arms", 0.5)):
        extras.limb_ring(bench, which, accent, t, width=4, ease=10)
    extras.limb_ring(bench, "legs", accent, 0.5, width=4, ease=10)
    gloves(bench, grey, 1.74)
    bench.hand_cloth = grey
    _neck_ring(bench, grey, accent)
    return white


def _chest_pack(bench: Bench, accent: str, second: str) -> None:
    box = bench.run((-34, 84), (34, 84), (34, 134), (-34, 134))
    d = outline(*([p, q] for p, q in zip(box, box[1:] + box[:1], strict=True)))
    bench.canvas.add(
        "body",
        f'<path d="{d}" fill="#d3d8e0" stroke="#9aa2b2" stroke-width="3" stroke-linejoin="round"/>',
    )
    for x, y, c in ((-22, 98, accent), (-8, 98, second), (6, 98, "#5fae62")):
        bench.dot("body", bench.at(x, y), 4.4, c)
    screen = bench.run((-26, 110), (14, 110), (14, 127), (-26, 127))
    bench.canvas.fill(
        "body",
        outline(*([p, q] for p, q in zip(screen, screen[1:] + screen[:1], strict=True))),
        "#2b3550",
    )
    bench.canvas.stroke(
        "body",
        line(bench.run((-22, 120), (-12, 118), (-8, 113), (-4, 123), (10, 119))),
        "#7fe0c8",
        1.4,
    )
    bench.canvas.stroke(
        "body", line(bench.run((34, 120), (58, 128), (66, 96), (56, 60))), accent, 5
    )
    flag = bench.run((-62, 62), (-40, 60), (-40, 74), (-62, 76))
    bench.canvas.fill(
        "body", outline(*([p, q] for p, q in zip(flag, flag[1:] + flag[:1], strict=True))), second
    )
    bench.dot("body", bench.at(-51, 68), 4, WHITE)


def _neck_ring(bench: Bench, cloth: Cloth, accent: str) -> None:
    w = bench.skeleton.build.neck + 24
    upper = bench.run((-w, -6), (0, 14), (w, -6))
    lower = bench.run((w + 4, 8), (0, 30), (-w - 4, 8))
    bench.piece("body", cloth, upper, lower)
    bench.canvas.stroke("body", line(bench.run((-w - 2, 3), (0, 23), (w + 2, 3))), accent, 3)
    bench.canvas.stroke("body", line(upper), "#f4f6f9", 2)
    back = bench.run((-w, -6), (-w * 0.6, -20), (0, -25), (w * 0.6, -20), (w, -6))
    bench.canvas.fill(
        "collar_back", outline(back, [back[-1], bench.at(0, 16), back[0]]), cloth.deep
    )


def pirate(bench: Bench) -> Cloth:
    colour, accent = bench.choose(
        (
            ("#7a2430", "#d9b04a"),
            ("#1f3f5f", "#d97a3c"),
            ("#3a2a2f", "#c23a44"),
            ("#2f5f4f", "#e3c05a"),
            ("#5a3a6b", "#e0b0a0"),
        )
    )
    vest, sash = bench.cloth(colour), bench.cloth(accent)
    shirt, breeches = bench.cloth("#f4ecdf"), bench.cloth("#3b3230")
    trousers(bench, breeches, Legs(1.4, 3, 5, 4, 190))
    boots("#4a2f22", shaft=1.26, ease=6)(bench)
    bodice(bench, "under", shirt, Cut("v", "set", 240, 6, 0.3, 2, 70))
    for i in range(3):
        bench.canvas.stroke(
            "body", line(bench.run((-7, 44 + i * 10), (7, 52 + i * 10))), "#7a5a3f", 1.6
        )
    collar_back(bench, shirt, 10)
    shirt_collar(bench, "body", shirt, spread=32, drop=34, open_to=60)
    _coat_vest(bench, vest, accent)
    belt(bench, sash, 184, height=24, buckle="", ease=6, layer="outer")
    _sash_tail(bench, sash)
    belt(bench, bench.cloth("#2d2120"), 198, height=9, buckle=GOLD, ease=6.5, layer="outer")
    sleeves(bench, shirt, Sleeve(1.86, 6, 0, gather=14, puff=5), cuff=shirt, cuff_width=0.1)
    extras.tricorn(bench, bench.cloth(darken(colour, 0.25)), GOLD)
    return breeches


def _coat_vest(bench: Bench, vest: Cloth, trim: str) -> None:
    cut = Cut("crew", "tank", 286, 5, 0.1, 2)
    jacket_fronts(bench, "outer", vest, cut, Opening(24, 34))
    for side in (-1, 1):
        for y in (112, 138, 164):
            bench.dot(
                "outer", bench.at(side * (30 + (y - 112) * 0.05), y), 2.8, GOLD, darken(GOLD, 0.3)
            )
        bench.canvas.stroke(
            "outer",
            line(bench.run((side * 22, 40), (side * 24, 96), (side * 29, 180), (side * 34, 286))),
            trim,
            2.4,
        )


def _sash_tail(bench: Bench, sash: Cloth) -> None:
    x = -bench.half(200) * 0.7
    bench.piece(
        "outer",
        sash,
        bench.run((x - 6, 206), (x - 16, 258), (x - 14, 312)),
        bench.run((x - 14, 312), (x + 8, 318)),
        bench.run((x + 8, 318), (x + 8, 262), (x + 8, 206)),
    )
    bench.fold("outer", sash, bench.at(x, 210), bench.at(x - 4, 306), bulge=3, width=2)


def fairy(bench: Bench) -> Cloth | None:
    colour, second, flowers = bench.choose(
        (
            ("#9fcf9a", "#f2a7c3", ("#f7b6cf", "#fff1f4", "#f6d36b")),
            ("#c3a8e6", "#8fd0e0", ("#c9b2f2", "#ffffff", "#f7a8c4")),
            ("#f4b6a8", "#f7d98c", ("#f79a8c", "#fff0d8", "#f2c14e")),
            ("#8fc7d6", "#b8e0b0", ("#9ad8ec", "#ffffff", "#f7d56e")),
        )
    )
    petal, leafy = bench.cloth(colour), bench.cloth(mix(colour, "#3f7a4f", 0.5))
    extras.wings(bench, second, colour)
    if bench.presents("male"):
        trousers(bench, bench.cloth(darken(colour, 0.45)), Legs(1.8, 0, 0, 0.5, 190))
        boots("#7a5a3f", shaft=1.66, ease=3)(bench)
        bodice(bench, "body", leafy, Cut("v", "tank", 210, 4, 0.2, 2, 50))
        _petal_skirt(bench, (leafy, petal), 0.5, 14)
        belt(bench, bench.cloth("#7a5a3f"), 182, height=10, ease=5, layer="skirt")
    else:
        sandals(darken(colour, 0.25))(bench)
        female = bench.presents("female")
        cut = (
            Cut("sweetheart", "bare", 196, 1.5, 0, 2, 64)
            if female
            else Cut("v", "tank", 196, 3, 0.1, 2, 46)
        )
        bodice(bench, "body", petal, cut, folds=False)
        _petal_skirt(bench, (petal, leafy), 0.72, 46)
        belt(bench, leafy, 166, height=9, buckle="", layer="skirt")
    for layer, limb in bench.arms():
        stem = [limb.at(1.5 + 0.08 * i, -0.9 if i % 2 else 0.9) for i in range(5)]
        bench.canvas.stroke(layer, line(stem), leafy.base, 2)
    extras.flower_crown(bench, flowers)
    return None


def _petal_skirt(bench: Bench, cloths: tuple[Cloth, Cloth], end: float, flare: float) -> None:
    """Petals hanging from the waist in two rows."""
    cut = Skirt(end, flare, 4, 168, 4)
    shape = drape(bench, cut)
    bench.canvas.extend(shape.hem)
    for row, (cloth, count, reach) in enumerate(((cloths[1], 6, 1.06), (cloths[0], 5, 0.94))):
        for i in range(count):
            k = (i + 0.5) / count
            half = 0.72 / count
            top, tip = shape.across(k, 0.0), shape.across(k, reach)
            left, right = (
                shape.across(max(0.0, k - half), 0.62 * reach),
                shape.across(min(1.0, k + half), 0.62 * reach),
            )
            d = outline([top, left, tip], [tip, right, top])
            bench.lay("skirt", d, cloth, 0.5)
            bench.canvas.fill(
                "skirt",
                outline([top, between(top, tip, 0.5), tip], [tip, right, top]),
                cloth.shade,
                0.55 + 0.1 * row,
            )


def cyberpunk(bench: Bench) -> Cloth:
    neon, second = bench.choose(
        (
            ("#29e6d2", "#ff4fa3"),
            ("#ff4fa3", "#ffd23f"),
            ("#b6ff3c", "#8f5bff"),
            ("#ff7a2f", "#29c8ff"),
            ("#8f7bff", "#3cffb0"),
        )
    )
    dark, tech = bench.cloth("#2a2b3a", sheen=0.35), bench.cloth("#23242f")
    cut = Legs(1.74, 5, 9, 4, 186)
    trousers(bench, tech, cut)
    boots("#1b1b24", shaft=1.66, chunky=True, laces=neon, ease=5)(bench)
    for layer, limb in bench.legs():
        extras.glow_line(
            bench, layer, [limb.at(t, 0.75, 5) for t in (0.1, 0.4, 0.8, 1.2, 1.6)], neon, 1.8
        )
        bench.canvas.stroke(layer, line([limb.at(0.56, -1, 6), limb.at(0.6, 1, 7)]), "#14141b", 5)
    top = Cut("crew", "tank", 168 if not bench.presents("male") else 200, 2, 0, 4, 14)
    bodice(bench, "under", bench.cloth("#3a3c50", "hex", neon), top, folds=False)
    belt(bench, bench.cloth("#14141b"), 186, buckle=second)
    collar_back(bench, dark, 22)
    jacket = Cut("crew", "set", 176, 11, 0.6, 2)
    jacket_fronts(bench, "outer", dark, jacket, Opening(28, 38))
    n = bench.skeleton.build.neck
    for side in (-1, 1):
        bench.piece(
            "outer",
            dark,
            bench.run((side * (n + 2), -20), (side * (n + 20), -16), (side * (n + 24), 10)),
            bench.run((side * (n + 24), 10), (side * (n + 6), 46)),
            bench.run((side * (n + 6), 46), (side * (n + 8), 10), (side * (n + 2), -20)),
        )
        extras.glow_line(
            bench,
            "outer",
            bench.run(
                (side * (n + 20), -16),
                (side * (n + 24), 10),
                (side * (n + 6), 46),
                (side * 30, 110),
                (side * 37, 174),
            ),
            neon if side < 0 else second,
            1.8,
        )
        extras.glow_line(
            bench,
            "outer",
            bench.run((side * 42, 150), (side * bench.half(140) * 1.05, 144)),
            second,
            1.4,
        )
    sleeves(bench, dark, Sleeve(1.72, 9, 0, gather=4), cuff=tech, cuff_width=0.1)
    for layer, limb in bench.arms():
        extras.glow_line(
            bench, layer, [limb.at(t, 0.45, 6) for t in (0.1, 0.4, 0.8, 1.2, 1.55)], second, 1.8
        )
    extras.choker(bench, neon, 3.4)
    extras.headset(bench, "#23242f", neon)
    return tech


def flapper(bench: Bench) -> Cloth | None:
    colour, shine = bench.choose(
        (
            ("#23202c", "#e3c06a"),
            ("#7a1f3a", "#f0cf8a"),
            ("#175a55", "#e9d29a"),
            ("#5b4f94", "#e9dff7"),
            ("#2f3a6b", "#d9d4ee"),
        )
    )
    deco = bench.cloth(colour, "deco", mix(colour, shine, 0.55))
    if bench.presents("male"):
        wool = bench.cloth(mix(colour, "#6d6258", 0.45), "pinstripe", lighten(colour, 0.4))
        shirt = bench.cloth("#f6efe3")
        trousers(bench, wool, Legs(1.9, 5, 7, 8, 184), shoes=loafers("#efe6d8"))
        crease(bench, wool)
        bodice(bench, "under", shirt, Cut("shirt", "set", 220, 5, 0.3, 2, 20))
        shirt_collar(bench, "body", shirt, spread=18, drop=20, open_to=22)
        sleeves(bench, shirt, Sleeve(1.92, 6, 0, gather=4), cuff=shirt)
        extras.limb_ring(bench, "arms", shine, 0.66, width=4, ease=5)
        jacket_fronts(bench, "body", wool, Cut("crew", "tank", 226, 4, 0.1, 8), Opening(10, 10, 92))
        for y in (104, 128, 152, 176, 200):
            bench.dot("body", bench.at(0, y), 2.6, shine, wool.deep)
        bow_tie(bench, "body", bench.cloth(darken(colour, 0.1)))
        bench.canvas.stroke("body", line(bench.run((0, 152), (22, 168), (38, 158))), GOLD, 1.8)
        extras.fedora(bench, bench.cloth(mix(colour, "#8a7a68", 0.4)), darken(colour, 0.4))
        return wool
    pumps(darken(colour, 0.1))(bench)
    cut = Cut("v", "strap" if bench.presents("female") else "tank", 246, 5, 0.55, 3, 54)
    bodice(bench, "body", deco, cut, folds=False)
    neck_band(bench, "body", shine, cut, 3)
    shape = skirt(bench, deco, Skirt(0.62, 8, 5, 238, 3))
    thread = mix(colour, shine, 0.45)
    for down, length in ((0.02, 36), (0.42, 36), (0.84, 38)):
        row = [shape.across(k / 8, down) for k in range(9)]
        extras.fringe(bench, "skirt", darken(thread, 0.2), row, length, step=4)
        bench.canvas.stroke("skirt", line(row), shine, 2.4)
    extras.necklace(bench, "#f6efe0", 118, beads=True)
    extras.necklace(bench, "#f6efe0", 86, beads=True)
    extras.limb_panel(bench, "arms", darken(colour, 0.15), 1.1, 2.02, ease=0.8)
    bench.hand_cloth = bench.cloth(darken(colour, 0.15))
    extras.headband(
        bench,
        shine,
        feather=lighten(colour, 0.3),
        jewel=colour,
    )
    return None
