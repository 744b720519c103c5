"""The eight environments: places of their own that take a scene's accents, mood and light."""

from __future__ import annotations

from .palette import darken, lighten, mix
from .scene_indoor import (
    armchair,
    baseboard,
    bed,
    bookshelf,
    cup,
    curtain,
    desk,
    floor_lamp,
    laptop,
    mirror,
    monitor,
    pendant,
    picture,
    plain_floor,
    plank_shelf,
    planks,
    round_table,
    rug,
    sofa,
    square_tiles,
    stool,
    table_lamp,
    tiled_floor,
    vase_flowers,
    wall,
    window,
)
from .scene_kit import (
    Draw,
    Stage,
    disc,
    frame,
    group,
    oval,
    poly,
    rect,
    ridge,
    shape,
    stroke,
    tones,
)
from .scene_nature import bush, flower, grass, potted, sea, sky, tree
from .scene_outdoors import lounger, parasol, sailboat, sand
from .scene_studio import paper_roll, softbox
from .scene_urban import asphalt, car, facade, pavement, planter, shop, skyline, street_lamp


def _beach(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 545, clouds=5)
    out += ridge(stage, 545, 40, 170, mix("#5f8f8a", stage.light.horizon, 0.45), 552)
    out += sea(stage, 540, 720, "#19b3bf")
    out += sailboat(stage.at(-min(w * 0.32, 300)), 566, 42) + sailboat(stage.at(w * 0.1), 556, 22)
    out += sand(stage, 700, "#f6dfb4")
    far = min(w * 0.42, 400)
    out += _hut(stage, stage.at(-far - 30), 800)
    out += parasol(stage, stage.at(far + 30), 880, 620, stage.accents[0]) + lounger(
        stage, stage.at(far + 20), 900, 300, stage.accents[1]
    )
    if stage.is_wide:
        out += parasol(stage, stage.at(far + 420), 850, 540, stage.accents[1]) + _surfboard(
            stage, stage.at(-far - 250), 850, stage.accents[1]
        )
    out += _surfboard(stage, stage.at(-far + 130), 820, stage.accents[0])
    return out + _beach_ball(stage, stage.at(far * 0.55), 930)


def _hut(stage: Stage, x: float, base: float) -> str:
    a, b, _ = stage.accents
    out = rect(x - 110, base - 260, 220, 260, lighten(a, 0.3))
    for i in range(5):
        out += rect(x - 110 + i * 44, base - 260, 22, 260, "#fff8ec")
    out += poly([(x - 140, base - 250), (x, base - 390), (x + 140, base - 250)], b) + rect(
        x - 40, base - 190, 80, 190, darken(b, 0.12), 4
    )
    return out + disc(x, base - 294, 22, "#fff8ec") + disc(x + 24, base - 96, 6, "#fff8ec")


def _surfboard(stage: Stage, x: float, base: float, colour: str) -> str:
    board = (
        shape(
            "M0 0C-46-60-52-260 0-380 52-260 46-60 0 0Z", stage.across(lighten(colour, 0.3), colour)
        )
        + rect(-4, -350, 8, 330, "#fff8ec", 3)
        + shape("M-40-150Q0-120 40-150V-120Q0-90-40-120Z", "#fff8ec", 0.85)
    )
    return group(board, x, base, turn=-6 * stage.side)


def _beach_ball(stage: Stage, x: float, base: float) -> str:
    out = oval(x, base, 50, 8, "#2a1438", 0.25) + disc(x, base - 46, 48, "#fffaf2")
    for i, colour in enumerate(stage.accents):
        out += group(shape("M0-48Q34-30 30 18 6-10 0-48Z", colour), x, base - 46, turn=120 * i)
    return out + disc(x - 16, base - 64, 10, "#ffffff", 0.6)


def _bedroom(stage: Stage) -> str:
    w, (a, b, c) = stage.width, stage.accents
    out = wall(stage, "#dcd9d2") + baseboard(stage, "#f7f4ee")
    far = min(w * 0.42, 390)
    wx = stage.at(far) - 190
    out += window(
        stage, wx, 90, 380, 470, frame="#ffffff", columns=3, rows=2, view=_greens(stage, 380, 470)
    )
    out += curtain(wx - 90, 60, 110, 690, "#f6f1e8") + curtain(wx + 360, 60, 110, 690, "#f6f1e8")
    bx = stage.at(-far * 0.74)
    out += rect(bx - 330, 300, 660, 478, mix(a, "#e9e2d8", 0.55))
    for i in range(1, 8):
        out += rect(bx - 330 + i * 82, 300, 3, 478, mix(a, "#6b5f58", 0.5), opacity=0.4)
    out += mirror(stage, bx - 70, 110, 150, 150, mix(b, "#c8a06a", 0.5), is_round=True)
    out += planks(stage, "#d6b48e") + rug(
        stage, stage.figure_x, 925, min(w * 0.86, 720), mix(c, "#f3ece0", 0.5), a
    )
    out += bed(stage, bx, 850, 620, mix(b, "#cdb494", 0.55), "#ffffff", a)
    if w > 900:
        out += table_lamp(stage, stage.at(-far - 330), 640, 170, "#f6ead2", b) + rect(
            stage.at(-far - 330) - 60, 640, 120, 190, "#e3cba9", 6
        )
    if stage.is_wide:
        out += armchair(stage, stage.at(far + 330), 850, 250, b, c)
    return out + potted(stage, stage.at(far * 1.02), 850, 340, "#ffffff", "fig")


def _greens(stage: Stage, w: float, h: float) -> str:
    haze = stage.light.horizon
    out = ridge(stage, h * 0.7, 50, 80, mix("#8ab58c", haze, 0.45), h)
    for i in range(int(w / 70) + 2):
        out += bush(
            stage,
            i * 70,
            h,
            130,
            h * stage.between(0.2, 0.4),
            mix(("#5f9a63", "#7fae6b")[i % 2], haze, 0.2),
        )
    return out


def _living_room(stage: Stage) -> str:
    w, (a, b, c) = stage.width, stage.accents
    base_tone = mix(b, "#e9ddcf", 0.72)
    out = wall(stage, base_tone)
    far = min(w * 0.44, 410)
    panel = mix(base_tone, "#ffffff", 0.3)
    for i in range(-6, 7):
        x = stage.figure_x + i * 250 - 105
        out += frame(x, 70, 210, 600, panel, 6)
    out += picture(stage, stage.at(far * 0.8) - 110, 170, 220, 280, "#f7f2e8")
    out += mirror(stage, stage.at(-far) - 90, 200, 180, 430, "#d2a45c")
    out += planks(stage, "#a9754f") + baseboard(stage, panel)
    out += rug(stage, stage.figure_x, 915, min(w, 940), mix(c, "#f6eee2", 0.45), b)
    out += sofa(stage, stage.at(far * 0.84), 850, 660, a, (b, c))
    out += floor_lamp(stage, stage.at(-far * 0.72), 820, 580, "#fbeccb") + potted(
        stage, stage.at(-far - 40), 850, 330, mix(a, "#f2e6d6", 0.5), "monstera"
    )
    if stage.is_wide:
        out += armchair(stage, stage.at(-far - 260), 870, 270, b, a) + bookshelf(
            stage, stage.at(far + 400), 130, 240, 650, "#c0905e", 5, fullness=0.8
        )
    out += _chandelier(stage, stage.at(0), 80)
    return out


def _chandelier(stage: Stage, x: float, y: float) -> str:
    out = stroke(
        f"M{x:.0f} -10V{y:.0f}M{x - 130:.0f} {y + 20:.0f}"
        f"Q{x:.0f} {y - 40:.0f} {x + 130:.0f} {y + 20:.0f}",
        "#b98a4a",
        5,
    )
    for dx in (-130, -65, 0, 65, 130):
        by = y + 20 - 30 * (1 - (dx / 130) ** 2)
        out += disc(x + dx, by + 16, 17, "#fff6df") + stage.glow(
            x + dx, by + 16, 58, "#ffdf9e", 0.5
        )
    return out


def _office(stage: Stage) -> str:
    w, (a, b, c) = stage.width, stage.accents
    haze = stage.light.horizon
    out = sky(stage, 700, clouds=3)
    out += skyline(stage, 700, 160, 420, mix("#8b94b5", haze, 0.42), width=(60, 110))
    out += skyline(stage, 720, 80, 250, mix("#6f7899", haze, 0.2), width=(70, 130))
    gap = 262.0
    x = stage.figure_x - gap * 5 + gap / 2
    while x < w:
        out += rect(x - 7, 0, 14, 720, "#3d4352")
        x += gap
    out += (
        rect(0, 0, w, 46, "#d9dde4")
        + rect(0, 330, w, 7, "#3d4352")
        + rect(0, 690, w, 92, stage.down("#eef0f4", "#cfd4dd"))
    )
    out += plain_floor(stage, "#9aa0ad", 775)
    far = min(w * 0.4, 370)
    dx = stage.at(far * 0.95)
    out += (
        desk(stage, dx, 860, 520, 300, "#e9d3b5")
        + monitor(stage, dx - 60, 562, 230)
        + laptop(stage, dx + 150, 562, 120)
        + cup(stage, dx - 210, 561, 32, a)
    )
    out += _task_chair(stage, dx + 20, 900, b)
    out += _whiteboard(stage, stage.at(-far) - 150, 210)
    out += potted(stage, stage.at(-far * 0.9), 850, 340, "#f2f4f7", "fig")
    if stage.is_wide:
        out += (
            desk(stage, stage.at(-far - 330), 840, 440, 280, "#e9d3b5")
            + monitor(stage, stage.at(-far - 330), 562, 210)
            + potted(stage, stage.at(far + 400), 840, 300, c, "snake")
        )
    for t in (-0.3, 0.3):
        out += pendant(stage, stage.figure_x + t * min(w, 1200), 140, 120, mix(c, "#3d4352", 0.4))
    return out


def _task_chair(stage: Stage, x: float, base: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    out = stroke(
        f"M{x:.0f} {base - 110:.0f}V{base - 20:.0f}M{x - 74:.0f}"
        f" {base:.0f}Q{x:.0f} {base - 38:.0f} {x + 74:.0f} {base:.0f}",
        "#3d4352",
        10,
    )
    return (
        out
        + rect(x - 70, base - 320, 140, 180, stage.across(lit, mid, dark), 34)
        + rect(x - 82, base - 142, 164, 38, stage.across(mid, dark), 16)
    )


def _whiteboard(stage: Stage, x: float, y: float) -> str:
    out = rect(x - 8, y - 8, 316, 246, "#b5bac6", 6) + rect(
        x, y, 300, 230, stage.slant("#ffffff", "#eef1f5"), 3
    )
    a, b, c = stage.accents
    out += stroke(
        f"M{x + 24:.0f} {y + 190:.0f}L{x + 84:.0f} {y + 130:.0f}"
        f" {x + 130:.0f} {y + 160:.0f} {x + 210:.0f} {y + 60:.0f}",
        a,
        7,
    ) + stroke(
        f"M{x + 20:.0f} {y + 206:.0f}h190M{x + 20:.0f} {y + 206:.0f}V{y + 40:.0f}", "#5d6470", 4
    )
    for i, tone in enumerate((b, c, a, b)):
        out += rect(x + 228, y + 24 + i * 48, 44, 38, lighten(tone, 0.25), 3)
    return out


def _cafe(stage: Stage) -> str:
    w, (a, b, c) = stage.width, stage.accents
    tile = mix(b, "#2f5f52", 0.45)
    out = wall(stage, "#f1e4d3") + square_tiles(stage, tile, 330, 775, 46, 46)
    far = min(w * 0.42, 400)
    bx = stage.at(far * 0.8)
    out += rect(0, 318, w, 14, "#c98f5d")
    out += _menu_board(stage, bx - 150, 90) + plank_shelf(
        stage, stage.at(-far) - 170, 220, 340, "#c98f5d", jars=True
    )
    out += mirror(stage, stage.at(-far) - 70, 380, 140, 240, "#d2a45c")
    out += tiled_floor(stage, "#f4ecdf", mix(tile, "#f4ecdf", 0.35))
    out += rect(
        bx - 300, 590, 600, 220, stage.across(lighten(a, 0.12), a, darken(a, 0.2)), 6
    ) + rect(bx - 316, 566, 632, 28, "#e9c79a", 6)
    for i in range(12):
        out += rect(bx - 290 + i * 50, 612, 4, 190, darken(a, 0.25), opacity=0.5)
    for i in range(3):
        out += cup(stage, bx - 180 + i * 62, 566, 34, "#ffffff")
    out += vase_flowers(stage, bx + 120, 566, 150, "#f6ead8", (a, c, "#ffffff"))
    for dx in (-150, 60):
        out += stool(stage, bx + dx, 886, 270, "#b5794d")
    out += round_table(stage, stage.at(-far - 10), 900, 240, 250, "#d9a873") + cup(
        stage, stage.at(-far), 652, 38, a
    )
    for t in (-0.36, -0.1, 0.18, 0.42):
        out += pendant(
            stage,
            stage.figure_x + t * min(w, 1250),
            190 + 30 * (t > 0),
            90,
            "#e8d2a8",
            kind="globe",
        )
    if stage.is_wide:
        out += potted(stage, stage.at(-far - 260), 840, 370, "#f2e6d6", "monstera") + round_table(
            stage, stage.at(far + 430), 880, 240, 250, "#d9a873"
        )
    return out


def _menu_board(stage: Stage, x: float, y: float) -> str:
    out = rect(x - 10, y - 10, 320, 216, "#b5794d", 6) + rect(x, y, 300, 196, "#33383a", 3)
    for i in range(5):
        out += rect(x + 24, y + 46 + i * 28, stage.between(90, 150), 7, "#f4ecdf", 3, 0.8) + rect(
            x + 232, y + 46 + i * 28, 40, 7, stage.accents[i % 3], 3
        )
    return out + rect(x + 84, y + 18, 130, 12, stage.accents[0], 6)


def _urban_street(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    haze = stage.light.horizon
    out = sky(stage, 772, clouds=3)
    out += skyline(stage, 770, 150, 330, mix("#8e97b3", haze, 0.5), width=(50, 90))
    for i in range(6):
        out += bush(stage, x - 150 + i * 60, 772, 110, 70, mix("#6f9a58", haze, 0.25))
    colours = ("#c98a73", "#d9b48c", "#8fa3ad", "#b5a0b8", "#cfa07a")
    pitch = 320.0
    left = x - pitch * 4 - 150 + stage.between(-30, 30)
    i = stage.rng.randrange(5)
    while left < w:
        centre = left + pitch / 2
        if abs(centre - x) > 140 and left > -pitch:
            tall = 560 + 0.5 * min(abs(centre - x), 700)
            out += facade(
                stage, left, 770, pitch, tall, colours[i % 5], floors=3, ground=230
            ) + shop(
                stage,
                left + 6,
                770,
                pitch - 12,
                215,
                mix(stage.accents[i % 3], "#33303f", 0.3),
                stage.accents[(i + 1) % 3],
            )
        left += pitch
        i += 1
    out += pavement(stage, 766, "#b9b3ae") + asphalt(stage, 826, "#66636f")
    out += rect(0, 820, w, 12, "#d9d3cc")
    far = min(w * 0.42, 400)
    out += car(stage, stage.at(far + 30), 862, 330, stage.accents[0])
    for dx in (-far, far + 300):
        out += tree(stage, stage.at(dx), 806, 470, "#6f9a58")
    out += street_lamp(stage, stage.at(-far * 0.62), 808, 440)
    if stage.is_wide:
        out += car(stage, stage.at(-far - 280), 866, 330, stage.accents[1]) + planter(
            stage, stage.at(far + 560), 812, 200, 60, "#6c5a58"
        )
    for k in range(-8, 9):
        out += rect(x + k * 210 - 60, 935, 120, 9, "#f3eee4", opacity=0.75)
    return out


def _photo_studio(stage: Stage) -> str:
    w, (a, b, c) = stage.width, stage.accents
    out = wall(stage, "#e6e3e0", 800)
    far = min(w * 0.46, 470)
    for i in range(3):
        out += rect(0, 120 + i * 210, w, 3, "#cfcac6", opacity=0.6)
    out += plain_floor(stage, "#b5aca4", 790)
    out += paper_roll(stage, mix(a, "#f3e9df", 0.25), min(w * 0.36, 330))
    for i, tone in enumerate((b, c, a)):
        px = stage.at(far + 30) - 60 + i * 44
        out += rect(
            px - 17, 190, 34, 610, stage.across(lighten(tone, 0.25), tone, darken(tone, 0.2)), 12
        )
    out += _flat(stage, stage.at(-far - 20), 850)
    out += softbox(stage, stage.at(-far + 70), 230, 200, 900, stage.side)
    if w > 900:
        out += softbox(stage, stage.at(far + 170), 280, 210, 890, -stage.side)
    if stage.is_wide:
        out += _step_ladder(stage.at(-far - 260), 880) + stool(
            stage, stage.at(far + 370), 900, 280, "#b5794d"
        )
    out += rect(0, 40, w, 12, "#3a3644")
    for t in (-0.3, 0.06, 0.36):
        lx = stage.figure_x + t * min(w, 1400)
        out += (
            rect(lx - 22, 50, 44, 56, "#2a2733", 8)
            + stage.lit(oval(lx, 106, 22, 7, "#fffdf0"))
            + stage.glow(lx, 112, 80, "#fffbe8", 0.5)
        )
    return out + _apple_box(stage, stage.at(far * 0.8), 900)


def _flat(stage: Stage, x: float, base: float) -> str:
    return poly(
        [(x - 70, 150), (x + 50, 120), (x + 50, base - 20), (x - 70, base)],
        stage.across("#f9f7f4", "#dcd7d2"),
    ) + poly([(x + 50, 120), (x + 96, 150), (x + 96, base), (x + 50, base - 20)], "#2d2a35")


def _step_ladder(x: float, base: float) -> str:
    out = stroke(
        f"M{x - 20:.0f} {base - 460:.0f}L{x - 80:.0f} {base:.0f}M{x + 30:.0f} {base - 460:.0f}"
        f"L{x + 100:.0f} {base:.0f}M{x + 10:.0f} {base - 460:.0f}L{x - 30:.0f} {base:.0f}",
        "#e0b23c",
        13,
    )
    return (
        out
        + "".join(
            rect(x - 74 + 9 * i, base - 70 - 84 * i, 72 - 6 * i, 13, "#c9982c", 3) for i in range(5)
        )
        + rect(x - 36, base - 472, 80, 20, "#3a3644", 4)
    )


def _apple_box(stage: Stage, x: float, base: float) -> str:
    lit, mid, dark = tones("#c99a66")
    out = (
        oval(x, base, 92, 8, "#2a1438", 0.28)
        + rect(x - 84, base - 92, 168, 92, stage.across(lit, mid, dark), 4)
        + rect(x - 26, base - 58, 52, 20, darken("#c99a66", 0.5), 10)
    )
    return out + rect(x - 64, base - 134, 128, 42, stage.across(lit, stage.accents[1], dark), 4)


def _nature(stage: Stage) -> str:
    w = stage.width
    haze = stage.light.horizon
    out = sky(stage, 600, clouds=5)
    out += ridge(stage, 560, 110, 220, mix("#8fa6c9", haze, 0.45)) + ridge(
        stage, 590, 80, 160, mix("#6f9f86", haze, 0.32)
    )
    out += rect(0, 600, w, 90, stage.down(mix(haze, "#8fd0e0", 0.5), "#5aaec9"))
    for _ in range(int(w / 45)):
        out += rect(
            stage.between(-20, w),
            stage.between(608, 682),
            stage.between(24, 90),
            2.4,
            "#ffffff",
            1,
            0.35,
        )
    out += ridge(stage, 690, 26, 130, stage.down("#8fc46f", "#6fae5b", "#4f9150"))
    far = min(w * 0.43, 420)
    for dx, base, h in ((-far - 60, 760, 560), (far + 110, 740, 500), (far - 20, 690, 250)):
        out += tree(stage, stage.at(dx), base, h, "#5b9a55")
    if stage.is_wide:
        out += tree(stage, stage.at(far + 400), 770, 600, "#6fa85a") + tree(
            stage, stage.at(-far - 330), 720, 380, "#4f8f56"
        )
    x = stage.figure_x
    out += shape(
        f"M{x + 60:.0f} 684C{x + 130:.0f} 740 {x - 150:.0f} 810 {x - 230:.0f} 1000"
        f"H{x + 240:.0f}C{x + 170:.0f} 840 {x + 170:.0f} 740 {x + 84:.0f} 684Z",
        stage.down("#e9dcb2", "#d6bf8f"),
    )
    out += _picnic(stage, stage.at(far * 0.9), 890)
    out += grass(stage, 0, x - 190, 900, 34, "#4f9150") + grass(
        stage, x + 190, w, 870, 34, "#4f9150"
    )
    for _ in range(int(w / 26)):
        out += flower(
            stage.between(0, w),
            stage.between(720, 985),
            stage.between(6, 12),
            stage.pick((*stage.accents, "#ffffff")),
        )
    return out


def _picnic(stage: Stage, x: float, base: float) -> str:
    a, b, _ = stage.accents
    out = poly(
        [(x - 150, base - 60), (x + 120, base - 60), (x + 170, base + 14), (x - 190, base + 14)], a
    )
    for i in range(4):
        out += poly(
            [
                (x - 130 + i * 68, base - 60),
                (x - 106 + i * 68, base - 60),
                (x - 134 + i * 92, base + 14),
                (x - 168 + i * 92, base + 14),
            ],
            "#fff6e8",
            0.75,
        )
    out += rect(x - 190 + 20, base - 34, 330, 14, "#fff6e8", opacity=0.5)
    out += (
        stroke(f"M{x - 40:.0f} {base - 70:.0f}q42 -84 84 0", "#8a5a34", 9)
        + rect(x - 62, base - 78, 124, 70, stage.down("#d9a566", "#a87240"), 10)
        + rect(x - 68, base - 84, 136, 18, b, 6)
    )
    return out


ENVIRONMENTS: dict[str, Draw] = {
    "beach": _beach,
    "bedroom": _bedroom,
    "living_room": _living_room,
    "office": _office,
    "cafe": _cafe,
    "urban_street": _urban_street,
    "photo_studio": _photo_studio,
    "nature": _nature,
}
