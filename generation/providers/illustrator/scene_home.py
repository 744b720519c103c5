"""Scenes indoors: café, bookstore, kitchen, bedroom, living room, home office."""

from __future__ import annotations

from .palette import lighten, mix
from .scene_indoor import (
    FLOOR,
    armchair,
    baseboard,
    bed,
    bookshelf,
    bricks,
    cup,
    curtain,
    desk,
    floor_lamp,
    monitor,
    pendant,
    picture,
    plank_shelf,
    planks,
    round_table,
    rug,
    sofa,
    square_tiles,
    stool,
    table_edge,
    table_lamp,
    tiled_floor,
    vase_flowers,
    wall,
    window,
)
from .scene_kit import (
    HEIGHT,
    Scene,
    Stage,
    disc,
    frame,
    oval,
    poly,
    rect,
    ring,
    shape,
    stroke,
    tones,
)
from .scene_light import bokeh, string_lights
from .scene_nature import bush, corner_leaves, leaf, potted
from .scene_urban import skyline, tower


def _street_view(stage: Stage, w: float, h: float) -> str:
    """Houses and greenery seen through a window, in the window's coordinates."""
    out = ""
    x = -20.0
    while x < w:
        width = stage.between(60, 110)
        colour = mix(
            stage.pick(("#d9a58c", "#c7b6a0", "#a9b8bf", "#e2c59b")), stage.light.horizon, 0.35
        )
        out += tower(stage, x, h, width, h * stage.between(0.45, 0.75), colour, tops=False)
        x += width
    for i in range(int(w / 60) + 2):
        out += bush(
            stage,
            i * 60,
            h,
            110,
            h * stage.between(0.14, 0.26),
            mix("#5d9a63", stage.light.horizon, 0.25),
        )
    return out


def _cafe(stage: Stage) -> str:
    w = stage.width
    out = bricks(stage, "#c27f63")
    far = min(w * 0.5, 470)
    ww = 360
    x = stage.at(-far + 30) - ww / 2
    out += window(
        stage,
        x,
        130,
        ww,
        430,
        frame="#3c2b2d",
        columns=3,
        rows=3,
        view=_street_view(stage, ww, 430),
    )
    if stage.is_wide:
        out += window(
            stage,
            stage.at(-far - 390) - ww / 2,
            130,
            ww,
            430,
            frame="#3c2b2d",
            columns=3,
            rows=3,
            view=_street_view(stage, ww, 430),
        )
    bar_x = stage.at(min(w * 0.34, 380))
    out += rect(bar_x - 210, 150, 420, 330, mix("#7a4a3a", "#3c2b2d", 0.5), 6)
    for y in (250, 350, 450):
        out += plank_shelf(stage, bar_x - 196, y, 392, "#c98f5d", jars=True)
    out += tiled_floor(stage, "#efe3d3", "#6d4a46")
    out += _counter(stage, bar_x, 800)
    for i, dx in enumerate((-0.34, -0.04, 0.26)):
        if stage.is_wide or i != 1:
            out += pendant(
                stage,
                stage.figure_x + dx * min(w, 1300) + 60,
                190 + 24 * (i % 2),
                104,
                stage.accents[1],
                kind="dome",
            )
    out += _cafe_set(stage, stage.at(-min(w * 0.38, 420)), 880)
    return out


def _counter(stage: Stage, x: float, base: float) -> str:
    w = 560
    left = x - w / 2
    out = rect(left, base - 230, w, 232, stage.across("#5b7f78", "#3f625f", "#2f4a4b"), 4)
    for i in range(14):
        out += rect(left + 8 + i * 39, base - 206, 3, 200, "#2f4a4b", opacity=0.5)
    out += rect(left - 12, base - 250, w + 24, 26, stage.across("#f3d9b4", "#cf9f6b"), 4)
    machine = left + (90 if stage.side < 0 else w - 250)
    out += rect(machine, base - 372, 160, 122, stage.down("#f4f1ee", "#b9b3b3"), 12) + rect(
        machine + 12, base - 354, 136, 34, "#3c3238", 6
    )
    out += (
        disc(machine + 40, base - 337, 10, "#f2c46a")
        + disc(machine + 74, base - 337, 10, "#efefef")
        + rect(machine + 60, base - 306, 40, 14, "#3c3238", 3)
    )
    for i in range(4):
        out += rect(machine + 12 + i * 34, base - 392, 26, 20, "#fff8ee", 5)
    glass = left + (w - 210 if stage.side < 0 else 40)
    out += rect(glass, base - 330, 170, 80, "#fdf7ee", 8, 0.75)
    for i in range(4):
        out += oval(
            glass + 28 + i * 38, base - 264, 17, 12, stage.pick(("#c98544", "#b86a3a", "#e0b062"))
        )
        out += oval(
            glass + 28 + i * 38, base - 300, 15, 10, stage.pick(("#e78fa2", "#f2d6a8", "#8f5a4a"))
        )
    return out


def _cafe_set(stage: Stage, x: float, base: float) -> str:
    out = stool(stage, x - 70, base + 6, 190, "#7d4f38")
    out += round_table(stage, x + 30, base + 24, 240, 260, "#c68a5b")
    return (
        out
        + cup(stage, x + 10, base - 238, 44, "#fff6ea")
        + vase_flowers(stage, x + 84, base - 236, 96, "#7fa6a0", stage.accents)
    )


def _cafe_mood(stage: Stage) -> str:
    """The near edge of a table with a steaming cup and a croissant, where feet do not show;
    else the leaves of a hanging plant."""
    glints = bokeh(stage, ("#ffd9a0", "#ffe9c4"), 6, bottom=430, size=(8, 22))
    if stage.framing == "full_body":
        return hanging_plant(stage, "#4f8a5b") + glints
    x = stage.at(-min(stage.width * 0.33, 330))
    out = table_edge(stage, "#9a6242", 944) + cup(stage, x, 962, 88, stage.accents[0])
    return out + _croissant(stage.at(min(stage.width * 0.34, 320)), 958) + glints


def hanging_plant(stage: Stage, colour: str) -> str:
    """Tendrils with round leaves from the upper corner on the figure's far side."""
    edge = stage.at(-stage.width)
    edge = 0 if edge < 0 else stage.width
    inward = 1 if edge == 0 else -1
    out = ""
    for i in range(5):
        x, length = edge + inward * (6 + 30 * i), stage.between(150, 330) - 34 * i
        out += stroke(
            f"M{x:.0f} -10Q{x + 12:.0f} {length / 2:.0f} {x - 6:.0f} {length:.0f}",
            mix(colour, "#2a1438", 0.3),
            3,
        )
        for k in range(int(length / 30)):
            side = 1 if k % 2 else -1
            out += leaf(
                x + 3,
                k * 30 + 6,
                60 if side > 0 else 120,
                36,
                mix(colour, "#20352b", 0.12 * i),
                fat=0.42,
            )
    return out


def _croissant(x: float, base: float) -> str:
    out = oval(x, base + 4, 92, 15, "#fff8ee")
    for i, (dx, r) in enumerate(((-52, 17), (-28, 25), (0, 30), (28, 25), (52, 17))):
        out += oval(x + dx, base - 16 + abs(dx) * 0.14, r, r * 0.8, ("#d9923f", "#e8ab58")[i % 2])
        out += stroke(
            f"M{x + dx - r * 0.4:.0f} {base - 26 + abs(dx) * 0.14:.0f}"
            f"q{r * 0.4:.0f} -8 {r * 0.8:.0f} 0",
            "#f7cf8c",
            4,
            0.8,
        )
    return out


def _bookstore(stage: Stage) -> str:
    w = stage.width
    out = rect(0, 0, w, FLOOR, "#4a2f33")
    cw = 300.0
    x = stage.figure_x - cw / 2 - cw * 4 - stage.between(0, 30)
    while x < w:
        if x > -cw:
            out += bookshelf(stage, x, 60, cw - 6, FLOOR - 62, "#9a6540", 6)
        x += cw
    out += rect(0, 0, w, 62, stage.down("#6d4530", "#8c5a3c")) + rect(0, 54, w, 10, "#c08a5a")
    out += planks(stage, "#9c6b48")
    out += rug(stage, stage.figure_x, 915, min(w * 0.9, 760), stage.accents[0], "#f2dcae")
    far = min(w * 0.36, 340)
    out += _ladder(stage, stage.at(far))
    x = stage.at(-far - 20)
    out += round_table(stage, x, 890, 260, 230, "#7a4b33")
    for i in range(4):
        out += rect(
            x - 66 + 6 * (i % 2), 656 - 20 * i, 118 - 10 * i, 20, (*stage.accents, "#f2e2c4")[i], 3
        ) + rect(x - 62 + 6 * (i % 2), 660 - 20 * i, 110 - 10 * i, 4, "#ffffff", opacity=0.3)
    out += table_lamp(stage, x + 82, 660, 160, "#e8b04f")
    for dx in (-0.26, 0.26):
        out += pendant(stage, stage.figure_x + dx * min(w, 1200), 170, 86, "#d9b070", kind="globe")
    if stage.is_wide:
        out += armchair(stage, stage.at(far + 260), 880, 250, stage.accents[1], stage.accents[2])
    return out


def _ladder(stage: Stage, x: float) -> str:
    top, lean = 90, stage.side * 90
    out = ""
    for dx in (-44, 44):
        out += stroke(f"M{x + dx * 0.8:.0f} {top}L{x + dx + lean:.0f} 850", "#d9a066", 13)
    for i in range(8):
        t = (i + 0.6) / 8.4
        y = top + (850 - top) * t
        cx = x + lean * t
        half = 36 + 8 * t
        out += stroke(f"M{cx - half:.0f} {y:.0f}H{cx + half:.0f}", "#b97f4c", 10)
    return out


def _bookstore_mood(stage: Stage) -> str:
    """Stacks of books close to the lens in both lower corners."""
    out = ""
    for edge in (0, 1):
        y = HEIGHT
        for i in range(3 + (edge == (stage.side > 0))):
            h, w = stage.between(26, 40), stage.between(150, 210)
            x = -30 if edge == 0 else stage.width - w + 30
            colour = (*stage.accents, "#efe0c2", "#3f5f7a")[(i + edge * 2) % 5]
            lit, mid, dark = tones(colour)
            y -= h
            out += rect(x, y, w, h, stage.down(lit, mid, dark), 4) + rect(
                x + 10, y + 7, w - 20, 4, "#ffe9b8", opacity=0.7
            )
    return out + bokeh(stage, ("#ffdc9a",), 7, bottom=500, size=(5, 15))


def _kitchen(stage: Stage) -> str:
    w = stage.width
    out = wall(stage, "#f3e6d4")
    out += square_tiles(stage, "#f7f1e6", 330, 570, 62, 40, is_offset=True)
    far = min(w * 0.46, 400)
    wx = stage.at(-far + 60) - 170
    out += window(
        stage,
        wx,
        90,
        340,
        330,
        frame="#fffaf0",
        columns=2,
        rows=2,
        view=_street_view(stage, 340, 330),
    )
    out += curtain(wx - 46, 70, 78, 250, stage.accents[2]) + curtain(
        wx + 308, 70, 78, 250, stage.accents[2]
    )
    sx = stage.at(min(w * 0.36, 330))
    out += plank_shelf(stage, sx - 200, 210, 400, "#c99662", jars=True) + plank_shelf(
        stage, sx - 200, 320, 400, "#c99662", jars=True
    )
    if stage.is_wide:
        out += _cooker_hood(stage, stage.at(far + 330)) + plank_shelf(
            stage, stage.at(-far - 330) - 150, 260, 300, "#c99662", jars=True
        )
    sage = "#8fae96"
    out += planks(stage, "#c99a6b", 830)
    out += rect(0, 592, w, 240, sage)
    x = stage.figure_x - 1330
    while x < w:
        lit, mid, dark = tones(sage)
        out += rect(x + 6, 606, 176, 208, stage.across(lit, mid, mix(mid, dark, 0.4)), 6) + frame(
            x + 22, 622, 144, 176, dark, 2.5, 4, opacity=0.5
        )
        out += rect(x + 74, 612, 40, 7, "#e2b866", 3)
        x += 190
    out += rect(0, 566, w, 32, stage.down("#fffaf2", "#e3d5c2"))
    out += _fruit_bowl(stage, stage.at(min(w * 0.3, 270)), 566) + _kettle(
        stage, stage.at(-min(w * 0.3, 250)), 566
    )
    out += potted(stage, stage.at(min(w * 0.43, 400)), 566, 150, "#e2a78c", "snake")
    for dx in (-0.24, 0.24):
        out += pendant(
            stage, stage.figure_x + dx * min(w, 1100), 160, 120, "#e8d6b4", kind="rattan"
        )
    return out


def _cooker_hood(stage: Stage, x: float) -> str:
    return poly(
        [(x - 60, 0), (x + 60, 0), (x + 60, 210), (x + 130, 330), (x - 130, 330), (x - 60, 210)],
        stage.across("#fffaf2", "#cfc4b4"),
    )


def _fruit_bowl(stage: Stage, x: float, base: float) -> str:
    out = ""
    for dx, dy, colour in (
        (-40, -48, "#f2a33c"),
        (0, -58, "#e8583f"),
        (38, -48, "#f6c945"),
        (-18, -70, "#8fbf4d"),
        (20, -72, "#f2a33c"),
    ):
        out += disc(
            x + dx, base + dy, 24, stage.round(lighten(colour, 0.3), colour, cx=0.35, cy=0.3, r=0.7)
        )
    return out + shape(
        f"M{x - 74:.0f} {base - 46:.0f}h148q-8 44 -50 46h-48q-42 -2 -50 -46Z",
        stage.across("#fffaf2", "#c9bba8"),
    )


def _kettle(stage: Stage, x: float, base: float) -> str:
    lit, mid, dark = tones(stage.accents[0])
    out = stroke(f"M{x - 34:.0f} {base - 92:.0f}q34 -56 68 0", "#4a3638", 9)
    out += shape(f"M{x + 46:.0f} {base - 66:.0f}l40 -26 8 8 -40 52Z", mid)
    return (
        out
        + shape(f"M{x - 56:.0f} {base:.0f}q-8 -92 56 -96q64 4 56 96Z", stage.across(lit, mid, dark))
        + disc(x, base - 98, 8, "#4a3638")
    )


def _kitchen_mood(stage: Stage) -> str:
    """The counter in front with juice and a herb pot; in a full view herbs hung up to dry."""
    if stage.framing == "full_body":
        return _dried_herbs(stage)
    out = table_edge(stage, "#e9d8bf", 948)
    x = stage.at(-min(stage.width * 0.36, 360))
    juice = stage.down(("#ffffff", 0.7), "#ffb03b", "#f79a1f")
    out += rect(x - 26, 860, 52, 100, juice, 6) + rect(x - 20, 868, 8, 84, "#ffffff", 4, 0.6)
    out += stroke(f"M{x + 8:.0f} 880L{x + 30:.0f} 826", stage.accents[0], 6) + disc(
        x - 22, 864, 18, "#ffd257"
    )
    y = stage.at(min(stage.width * 0.4, 400))
    for angle in (-150, -125, -100, -80, -55, -30):
        out += leaf(y, 902, angle, 74, "#4f9a55", fat=0.36)
    pot = [(y - 40, 896), (y + 40, 896), (y + 31, 962), (y - 31, 962)]
    return out + poly(pot, stage.across("#f0b093", "#c9694f"))


def _dried_herbs(stage: Stage) -> str:
    x = 0 if stage.side > 0 else stage.width
    inward = stage.side
    out = rect(min(x, x + inward * 190), 30, 190, 10, "#a9794f", 4)
    for i in range(4):
        px = x + inward * (26 + 44 * i)
        out += rect(px - 6, 36, 12, 26, "#d9b48c", 3)
        for k in range(7):
            colour = stage.pick(("#6f9a58", "#8fae6b", "#a58fc9"))
            out += leaf(px, 58, 90 + (k - 3) * 14, stage.between(70, 120), colour, fat=0.16)
    return out


def _cozy_bedroom(stage: Stage) -> str:
    w = stage.width
    out = wall(stage, "#d9a595")
    far = min(w * 0.42, 380)
    bx = stage.at(far * 0.62)
    out += window(
        stage, stage.at(-far) - 120, 130, 240, 350, frame="#fff3e4", view="", columns=2, rows=3
    )
    out += curtain(stage.at(-far) - 190, 100, 100, 640, "#f4e2d2") + curtain(
        stage.at(-far) + 95, 100, 100, 640, "#f4e2d2"
    )
    for i, (dx, y, s) in enumerate(((-120, 190, 110), (10, 150, 140), (150, 200, 96))):
        out += picture(stage, bx + dx - s / 2, y, s, s * 1.28, ("#7a4a3a", "#fff6e6", "#c98f5d")[i])
    out += planks(stage, "#b27b58")
    out += rug(
        stage, stage.figure_x - stage.side * 80, 925, min(w * 0.8, 640), "#efd9c4", stage.accents[0]
    )
    out += bed(stage, bx, 850, 620, "#8a5a45", "#fbf1e6", stage.accents[0])
    out += _nightstand(stage, bx - stage.side * 390, 820) if w > 760 else ""
    if stage.is_wide:
        out += armchair(
            stage, stage.at(-far - 330), 850, 240, stage.accents[1], stage.accents[2]
        ) + potted(stage, stage.at(-far - 150), 830, 330, "#f2dcc6", "monstera")
        out += floor_lamp(stage, stage.at(far + 520), 820, 520, "#f5d9a8")
    return out + potted(stage, stage.at(-far * 0.98), 850, 300, "#e9c9b0", "fig")


def _nightstand(stage: Stage, x: float, base: float) -> str:
    out = (
        rect(x - 66, base - 170, 132, 170, stage.across("#b07a5a", "#8a5a45"), 6)
        + rect(x - 54, base - 154, 108, 60, "#9a684c", 4)
        + disc(x, base - 124, 6, "#f2d29a")
    )
    return out + table_lamp(stage, x, base - 170, 170, "#f6dfb0", "#e8a58c")


def _bedroom_mood(stage: Stage) -> str:
    """A soft blanket's edge close to the lens."""
    lit, mid, dark = tones(stage.accents[2])
    d = (
        f"M-10 {HEIGHT + 10}V952Q{stage.width * 0.25:.0f} 912"
        f" {stage.width * 0.5:.0f} 966T{stage.width + 10:.0f} 944V{HEIGHT + 10}Z"
    )
    return shape(d, stage.across(lit, mid, dark))


def _bedroom_overhead(stage: Stage) -> str:
    """Fairy lights along the wall."""
    out = string_lights(stage, 40, 40, ("#ffd98a", "#ffc6a0"), r=6)
    return out + string_lights(stage, 84, 26, ("#ffe7b8",), r=5)


def _living_room(stage: Stage) -> str:
    w = stage.width
    out = wall(stage, "#8fa69a") + baseboard(stage, "#f3ece0")
    far = min(w * 0.44, 420)
    out += window(
        stage,
        stage.at(-far) - 140,
        90,
        290,
        520,
        frame="#fbf5ea",
        is_arched=True,
        rows=3,
        view=_street_view(stage, 290, 520),
    )
    sx = stage.at(far * 0.72)
    for i, (dx, y, a, b) in enumerate(
        ((-190, 210, 120, 160), (-40, 150, 150, 190), (140, 220, 120, 150), (-30, 360, 110, 90))
    ):
        out += picture(
            stage, sx + dx - 30, y, a, b, ("#fbf5ea", "#c08a5a", "#3f3236", "#fbf5ea")[i]
        )
    out += planks(stage, "#c08d62")
    out += rug(stage, stage.figure_x, 915, min(w * 0.98, 900), "#eddcc6", stage.accents[0])
    out += sofa(stage, sx, 845, 640, stage.accents[1], (stage.accents[0], stage.accents[2]))
    out += potted(stage, stage.at(-far * 0.9), 850, 360, "#efe3d3", "monstera")
    if w > 700:
        out += floor_lamp(stage, sx - stage.side * 370, 820, 560, "#f7e3bb")
    if stage.is_wide:
        out += armchair(
            stage, stage.at(-far - 290), 870, 270, stage.accents[0], "#f6ead8"
        ) + floor_lamp(stage, stage.at(far + 380), 830, 560, "#f7e3bb")
        out += round_table(stage, stage.at(-far - 60), 905, 190, 150, "#b97f4c") + vase_flowers(
            stage, stage.at(-far - 60), 756, 130, "#f6ead8", stage.accents
        )
    return out


def _living_mood(stage: Stage) -> str:
    """The arm of a near armchair and flowers on one side, leaves on the other."""
    lit, mid, dark = tones(stage.accents[0])
    edge = stage.width if stage.side < 0 else 0
    out = oval(edge, 1010, 210, 96, stage.round(lit, mid, dark, cx=0.4, cy=0.2, r=0.9))
    x = stage.at(min(stage.width * 0.44, 440))
    return out + vase_flowers(stage, x, 1030, 230, "#f3e4cf", (*stage.accents, "#fff3df"))


def _home_office(stage: Stage) -> str:
    w = stage.width
    out = wall(stage, "#c9c2dd") + baseboard(stage, "#f6f2fa")
    far = min(w * 0.42, 370)
    dx = stage.at(far * 0.8)
    out += _pinboard(stage, dx - 170, 130)
    out += plank_shelf(stage, dx - 210, 110, 420, "#e0b58a")
    out += window(
        stage,
        stage.at(-far) - 120,
        120,
        250,
        380,
        frame="#ffffff",
        rows=2,
        view=skyline(stage, 380, 90, 210, mix("#8d93b8", stage.light.horizon, 0.4), width=(36, 60)),
    )
    out += plain_shelves(stage, stage.at(-far) - 130, 560)
    out += planks(stage, "#d2ab84")
    out += desk(stage, dx, 850, 560, 300, "#e3bd92")
    out += monitor(stage, dx - stage.side * 30, 552, 250) + table_lamp(
        stage, dx + stage.side * 210, 552, 150, stage.accents[2], "#8f86ad"
    )
    out += (
        cup(stage, dx - stage.side * 196, 551, 36, stage.accents[0])
        + rect(dx + stage.side * 130 - 40, 536, 80, 14, stage.accents[1], 2)
        + rect(dx + stage.side * 130 - 36, 522, 72, 14, stage.accents[0], 2)
    )
    out += _office_chair(stage, dx - stage.side * 40, 880)
    if stage.is_wide:
        out += bookshelf(
            stage, stage.at(-far - 420) - 110, 150, 250, 640, "#e3bd92", 5, fullness=0.75
        ) + potted(stage, stage.at(far + 330), 850, 380, "#f6f2fa", "fig")
    return out + _ring_light(stage, stage.at(-far * 0.92), 850)


def plain_shelves(stage: Stage, x: float, y: float) -> str:
    lit, mid, dark = tones("#e3bd92")
    out = rect(x, y, 270, 220, stage.across(lit, mid, dark), 6)
    for i in range(2):
        out += rect(x + 14, y + 16 + i * 100, 242, 86, mix(mid, dark, 0.5), 4) + rect(
            x + 116, y + 50 + i * 100, 38, 8, lit, 4
        )
    return out + potted(stage, x + 60, y, 130, stage.accents[1], "snake")


def _pinboard(stage: Stage, x: float, y: float) -> str:
    out = rect(x, y + 30, 330, 220, "#d9b48c", 6) + frame(x, y + 30, 330, 220, "#fff8ee", 9, 6)
    for i in range(7):
        px, py = x + 20 + (i % 4) * 76, y + 52 + (i // 4) * 100
        colour = (*stage.accents, "#fff8ee")[i % 4]
        out += (
            rect(px, py, 60, stage.between(56, 80), colour, 2)
            + disc(px + 30, py + 7, 5, "#4a3650")
            + rect(px + 10, py + 24, 40, 4, "#ffffff", 2, 0.6)
            + rect(px + 10, py + 36, 28, 4, "#ffffff", 2, 0.6)
        )
    return out


def _office_chair(stage: Stage, x: float, base: float) -> str:
    lit, mid, dark = tones(stage.accents[1])
    out = oval(x, base, 92, 10, "#2a1438", 0.25) + stroke(
        f"M{x:.0f} {base - 110:.0f}V{base - 24:.0f}M{x - 76:.0f} {base - 6:.0f}"
        f"Q{x:.0f} {base - 40:.0f} {x + 76:.0f} {base - 6:.0f}",
        "#4a4458",
        10,
    )
    return (
        out
        + rect(x - 76, base - 330, 152, 190, stage.across(lit, mid, dark), 40)
        + rect(x - 88, base - 144, 176, 40, stage.across(mid, dark), 18)
    )


def _ring_light(stage: Stage, x: float, base: float) -> str:
    lamp = ring(x, base - 470, 82, 82, "#fffdf6", 24)
    legs = stroke(
        f"M{x:.0f} {base - 370:.0f}V{base - 60:.0f}M{x:.0f} {base - 90:.0f}"
        f"L{x - 70:.0f} {base:.0f}M{x:.0f} {base - 90:.0f}L{x + 70:.0f} {base:.0f}",
        "#3d3850",
        8,
    )
    return legs + stage.lit(lamp) + stage.glow(x, base - 470, 210, "#fff6e0", 0.5)


def _office_mood(stage: Stage) -> str:
    """A plant and a stack of notebooks near the lens."""
    out = corner_leaves(stage, "#3d7a63", size=210)
    x = stage.at(-min(stage.width * 0.4, 400))
    for i, colour in enumerate((*stage.accents, "#ffffff")):
        out += rect(x - 84 + 5 * (i % 2), 976 - 22 * i, 168 - 12 * i, 23, colour, 4)
    return out + cup(stage, x + 6, 908, 56, "#ffffff")


SCENES = {
    "cafe": Scene(_cafe, _cafe_mood, "window_light", ("#d9633f", "#3f7f7a", "#f2c879")),
    "bookstore": Scene(
        _bookstore, _bookstore_mood, "golden_hour", ("#a8443f", "#35656b", "#e0a64b")
    ),
    "kitchen_morning": Scene(
        _kitchen, _kitchen_mood, "daylight", ("#e2725b", "#f2b84b", "#f6e3c4")
    ),
    "cozy_bedroom": Scene(
        _cozy_bedroom,
        _bedroom_mood,
        "candlelight",
        ("#c96f5a", "#7a8f7a", "#f2c9a0"),
        _bedroom_overhead,
    ),
    "living_room": Scene(
        _living_room, _living_mood, "window_light", ("#d98a4b", "#2f5f5b", "#f0c9b5")
    ),
    "home_office": Scene(_home_office, _office_mood, "softbox", ("#f27a6a", "#6b5fb5", "#ffd166")),
}
