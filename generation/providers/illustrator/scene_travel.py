# ruff: noqa: PLR0917 (props are placed by x, base, width and height, as everywhere in drawing)
"""Travel scenes: airport, island terrace, Paris balcony, desert road, market street."""

from __future__ import annotations

from .palette import darken, lighten, mix
from .scene_indoor import curtain, plain_floor, round_table
from .scene_kit import (
    HEIGHT,
    Scene,
    Stage,
    disc,
    group,
    oval,
    poly,
    rect,
    ridge,
    shape,
    stroke,
    tones,
)
from .scene_light import bokeh
from .scene_nature import cactus, corner_leaves, falling, flower, leaf, potted, sea, sky
from .scene_outdoors import sailboat
from .scene_urban import awning, facade, railing


def _airport_lounge(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 640, clouds=6)
    out += rect(0, 560, w, 240, stage.down(mix("#8f97a3", stage.light.horizon, 0.35), "#7d8490"))
    out += rect(0, 600, w, 5, "#ffffff", opacity=0.6)
    out += _plane(stage, stage.at(min(w * 0.26, 300)), 560, 1.0 if w < 1000 else 1.25)
    out += _climbing_plane(stage)
    gap = 250.0
    x = stage.figure_x - gap * 5 + 125
    while x < w:
        out += rect(x - 8, 0, 16, 790, stage.across("#f4f6f8", "#aeb6c0"))
        x += gap
    out += rect(0, 236, w, 9, "#c9d0d8") + rect(0, 0, w, 60, stage.down("#e9edf1", "#c4ccd5"))
    out += plain_floor(stage, "#c4c9d2", 770) + rect(0, 764, w, 10, "#8f98a5")
    for k in range(-7, 8):
        out += poly(
            [
                (stage.figure_x + k * 250, 775),
                (stage.figure_x + k * 250 + 90, 775),
                (stage.figure_x + k * 430 + 170, 1000),
                (stage.figure_x + k * 430, 1000),
            ],
            "#ffffff",
            0.22,
        )
    far = min(w * 0.36, 350)
    out += _seats(stage, stage.at(far + 60), 850, 3 if w < 1000 else 5)
    out += _suitcase(stage, stage.at(-far), 900, stage.accents[0])
    out += _board(stage, stage.at(-min(w * 0.28, 330)), 70)
    return out


def _plane(stage: Stage, x: float, y: float, size: float) -> str:
    """A parked airliner from its side, nose towards the figure."""
    f = -stage.side
    a = stage.accents[0]
    body = shape(
        "M-300-40Q-330-6-296 14L230 14Q330 8 352-20 320-74 220-82L-190-82Q-262-80-300-40Z",
        stage.down("#ffffff", "#f1f4f7", "#b9c3cf"),
    )
    body += poly([(-190, -80), (-270, -190), (-214, -190), (-110, -80)], a) + poly(
        [(-270, -190), (-214, -190), (-199, -172), (-257, -172)], darken(a, 0.2)
    )
    body += shape("M-300-8H336Q352-20 346-26L-306-26Z", stage.accents[1])
    body += "".join(rect(-160 + i * 34, -64, 17, 20, "#4d6478", 6) for i in range(11)) + shape(
        "M262-68Q310-58 324-40L270-44Z", "#3a4e60"
    )
    body += (
        poly([(-30, -6), (70, -6), (-90, 78), (-150, 78)], stage.down("#dfe5ec", "#97a3b2"))
        + rect(-60, 24, 96, 40, "#8d99a8", 18)
        + rect(24, 24, 14, 40, "#5d6a7a", 7)
    )
    for wx in (-40, 220):
        body += rect(wx - 4, 10, 8, 46, "#5d6a7a") + disc(wx, 60, 15, "#2b3038")
    return group(body, x, y, sx=f * size * 0.92, sy=size * 0.92)


def _climbing_plane(stage: Stage) -> str:
    x, y = stage.between(stage.width * 0.1, stage.width * 0.9), stage.between(120, 220)
    body = (
        shape("M-34 4Q-40-4-26-6L22-8Q40-6 40-1 38 4 24 5Z", "#ffffff")
        + poly([(-8, 0), (8, 0), (-16, 18), (-22, 18)], "#dbe3ec")
        + poly([(-34, -4), (-42, -20), (-32, -20), (-22, -6)], stage.accents[0])
    )
    return group(body, x, y, turn=-16 * stage.side, sx=stage.side)


def _seats(stage: Stage, x: float, base: float, count: int) -> str:
    tone = stage.accents[1]
    lit, mid, dark = tones(tone)
    out, w = rect(x - count * 55, base - 84, count * 110, 12, "#5d6470", 4), 104
    for i in range(count):
        left = x - count * 55 + i * 110
        out += rect(left, base - 240, w, 130, stage.across(lit, mid, dark), 16) + rect(
            left - 2, base - 124, w + 4, 44, stage.down(lit, mid, dark), 12
        )
    for dx in (-count * 48, count * 48):
        out += stroke(
            f"M{x + dx:.0f} {base - 80:.0f}V{base:.0f}M{x + dx - 34:.0f} {base:.0f}h68",
            "#5d6470",
            9,
        )
    return out


def _suitcase(stage: Stage, x: float, base: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    out = oval(x, base, 92, 9, "#2a1438", 0.3) + stroke(
        f"M{x - 34:.0f} {base - 240:.0f}v-90h68v90", "#4a4f5a", 7
    )
    out += rect(x - 78, base - 250, 156, 238, stage.across(lit, mid, dark), 20)
    for i in range(5):
        out += rect(x - 54 + i * 24, base - 236, 6, 210, dark, 3, 0.45)
    return (
        out
        + disc(x - 54, base - 7, 11, "#2b2a35")
        + disc(x + 54, base - 7, 11, "#2b2a35")
        + rect(x + 10, base - 190, 44, 30, "#fff8ea", 5)
        + disc(x + 30, base - 175, 9, stage.accents[2])
    )


def _board(stage: Stage, x: float, y: float) -> str:
    out = (
        rect(x - 150, y, 300, 150, "#23283a", 8)
        + rect(x - 110, 0, 8, y, "#8f98a5")
        + rect(x + 102, 0, 8, y, "#8f98a5")
    )
    for i in range(4):
        row = (
            rect(x - 132, y + 18 + i * 32, stage.between(60, 110), 11, "#ffd166", 3)
            + rect(x - 6, y + 18 + i * 32, stage.between(40, 70), 11, "#ffffff", 3, 0.8)
            + disc(x + 120, y + 24 + i * 32, 6, stage.pick(("#5be08a", "#ff6a5a")))
        )
        out += stage.lit(row)
    return out


def _airport_mood(stage: Stage) -> str:
    """A glass barrier with a belt and soft lights of the apron."""
    out = ""
    for edge in (-1, 1):
        x = stage.figure_x + edge * min(stage.width * 0.44, 560)
        out += rect(x - 10, 850, 20, 160, stage.across("#f4f6f8", "#8f98a5"), 6) + rect(
            x - 16, 838, 32, 22, "#3a4250", 8
        )
        out += rect(min(x, x + edge * 700), 868, 700, 20, stage.accents[0], opacity=0.92)
    return out + bokeh(stage, ("#ffd98a", "#8fc7ff"), 6, top=540, bottom=800, size=(6, 16))


def _island_terrace(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 570, clouds=2)
    out += sea(stage, 540, 780, "#1f78c4")
    out += ridge(stage, 548, 60, 150, mix("#8a86b0", stage.light.horizon, 0.45), 552)
    for _ in range(2):
        out += sailboat(stage.between(0, w), stage.between(575, 640), stage.between(18, 34))
    far = min(w * 0.42, 400)
    for i, (dx, h) in enumerate(
        ((far + 250, 420), (far + 20, 330), (-far - 260, 380), (-far - 60, 270))
    ):
        out += _white_house(stage, stage.at(dx), 800, 290 - 20 * i, h, has_dome=i in (1, 2))
    out += rect(0, 716, w, 76, stage.down("#ffffff", "#dfe6ee")) + rect(0, 706, w, 18, "#ffffff", 8)
    out += rect(0, 790, w, 210, stage.down("#d6dbe3", "#eef1f4"))
    for _ in range(int(w / 26)):
        x, y = stage.between(0, w), stage.between(805, 990)
        out += oval(x, y, stage.between(20, 52), stage.between(7, 15), "#c2c9d6", 0.5)
    out += _bougainvillea(stage, stage.at(far), 790) + potted(
        stage, stage.at(-far), 850, 240, "#2f6fc4", "fig"
    )
    if stage.is_wide:
        out += round_table(stage, stage.at(far + 200), 900, 240, 240, "#2f6fc4") + _drink(
            stage, stage.at(far + 200), 656
        )
    return out


def _white_house(stage: Stage, x: float, base: float, w: float, h: float, *, has_dome: bool) -> str:
    out = ""
    if has_dome:
        r = w * 0.36
        out += shape(
            f"M{x - r:.0f} {base - h + 4:.0f}a{r:.0f} {r:.0f} 0 0 1 {2 * r:.0f} 0Z",
            stage.across("#5aa0ea", "#2a6fcf", "#1b4f9f"),
        )
        out += stroke(f"M{x:.0f} {base - h - r:.0f}v-42m-14 16h28", "#ffffff", 5)
    out += rect(x - w / 2, base - h, w, h, stage.across("#ffffff", "#f2f4f8", "#cfd8e6"), 10)
    out += shape(
        f"M{x - 30:.0f} {base:.0f}v-130a30 30 0 0 1 60 0v130Z", stage.across("#4f93e0", "#2a62b8")
    )
    for dx in (-0.32, 0.32):
        out += rect(x + dx * w - 22, base - h * 0.72, 44, 60, "#3f82d6", 4) + rect(
            x + dx * w - 2, base - h * 0.72, 4, 60, "#ffffff"
        )
    return out


def _bougainvillea(stage: Stage, x: float, base: float) -> str:
    out = stroke(
        f"M{x:.0f} {base:.0f}Q{x + 40:.0f} {base - 220:.0f} {x - 10:.0f} {base - 420:.0f}",
        "#7a5238",
        13,
    )
    for _ in range(58):
        t = stage.rng.random()
        px = x + stage.between(-130, 130) * (0.35 + 0.65 * t)
        py = base - 190 - 330 * t + stage.between(-40, 40)
        out += disc(
            px,
            py,
            stage.between(14, 26),
            stage.pick(("#3f8a58", "#2f7548"))
            if stage.rng.random() < 0.3
            else stage.pick(("#e83f8f", "#f25fa8", "#c92a7a", "#ff86bd")),
        )
    return out


def _drink(stage: Stage, x: float, base: float) -> str:
    return (
        shape(
            f"M{x - 26:.0f} {base - 84:.0f}h52l-9 84h-34Z",
            stage.down(("#ffffff", 0.6), "#ffb03b", "#ff6f61"),
        )
        + stroke(f"M{x:.0f} {base - 40:.0f}L{x + 26:.0f} {base - 116:.0f}", stage.accents[0], 5)
        + disc(x - 24, base - 84, 16, "#ffd257")
    )


def _terrace_mood(stage: Stage) -> str:
    """A branch of bougainvillea hangs into the upper corner, petals fall."""
    x0 = stage.width if stage.side > 0 else 0
    out = ""
    reach = min(300, stage.width * 0.3)
    for i in range(34):
        t = i / 33
        x = x0 - stage.side * (10 + reach * t * stage.between(0.7, 1))
        y = 10 + 130 * t * stage.between(0.2, 1.2)
        out += (
            leaf(x, y, stage.between(30, 150), 40, "#3f8a58")
            if i % 4 == 0
            else flower(
                x,
                y,
                stage.between(15, 25),
                stage.pick(("#e83f8f", "#f25fa8", "#c92a7a")),
                "#fff3c4",
                3,
            )
        )
    return out + falling(stage, ("#f25fa8", "#ff86bd"), 9, 11)


def _paris_balcony(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 700, clouds=4)
    haze = stage.light.horizon
    tower_x = stage.at(min(w * 0.3, 330))
    out += _mansards(stage, 640, 60, 120, mix("#9a94b4", haze, 0.5))
    out += _eiffel(stage, tower_x, 640, 500, mix("#6f5a62", haze, 0.22))
    out += _mansards(stage, 690, 60, 130, mix("#a89a9c", haze, 0.22)) + _mansards(
        stage, 856, 130, 210, "#cdb9a2"
    )
    out += plain_floor(stage, "#b9a594", 850)
    far = min(w * 0.47, 520)
    sx = stage.at(-far)
    out += rect(sx - 120, 0, 210, 870, stage.across("#f3e7d5", "#dcc9b0"))
    out += _shutter(stage, sx - 74 if stage.side > 0 else sx - 56, 60, 130, 800)
    out += railing(stage, 640, 228, "#2a2530", gap=46, ornate=True)
    for dx in (-0.42, 0.2, 0.44):
        out += _window_box(stage, stage.figure_x + dx * min(w, 1300), 690)
    if stage.is_wide:
        out += round_table(stage, stage.at(far * 0.8), 925, 220, 250, "#3a4a42")
    return out


def _mansards(stage: Stage, base: float, low: float, high: float, colour: str) -> str:
    """A row of houses with zinc roofs and chimneys."""
    out, x = "", -30.0
    while x < stage.width + 20:
        w, h = stage.between(110, 190), stage.between(low, high)
        out += facade(
            stage, x, base, w, h, mix(colour, "#ffffff", stage.between(0, 0.14)), floors=1
        )
        slate = mix("#5f6a80", colour, 0.25)
        out += poly(
            [
                (x - 4, base - h - 8),
                (x + 12, base - h - 58),
                (x + w - 12, base - h - 58),
                (x + w + 4, base - h - 8),
            ],
            stage.down(lighten(slate, 0.2), slate),
        )
        for k in range(2):
            cx = x + w * (0.28 + 0.44 * k)
            out += rect(cx - 13, base - h - 48, 26, 34, lighten(slate, 0.35), 3)
        for k in range(3):
            out += rect(x + w * 0.68 + k * 15, base - h - 84, 10, 28, "#c07a5c")
        x += w
    return out


def _eiffel(stage: Stage, x: float, base: float, h: float, colour: str) -> str:
    d = ""
    for s in (-1, 1):
        d += (
            f"M{x + s * h * 0.21:.0f} {base:.0f}C{x + s * h * 0.12:.0f} {base - h * 0.26:.0f}"
            f" {x + s * h * 0.05:.0f} {base - h * 0.5:.0f}"
            f" {x + s * h * 0.014:.0f} {base - h * 0.94:.0f}"
            f"L{x:.0f} {base - h * 0.94:.0f}L{x:.0f} {base - h * 0.6:.0f}C{x + s * h * 0.02:.0f}"
            f" {base - h * 0.42:.0f} {x + s * h * 0.07:.0f}"
            f" {base - h * 0.22:.0f} {x + s * h * 0.125:.0f} {base:.0f}Z"
        )
    out = shape(d, colour) + stroke(
        f"M{x:.0f} {base - h * 0.92:.0f}V{base - h * 1.04:.0f}", colour, 3
    )
    for t, half in ((0.24, 0.135), (0.47, 0.068)):
        out += rect(x - h * half, base - h * t - 8, 2 * h * half, 14, colour, 2)
    out += stroke(
        f"M{x - h * 0.13:.0f} {base:.0f}Q{x:.0f}"
        f" {base - h * 0.26:.0f} {x + h * 0.13:.0f} {base:.0f}",
        colour,
        9,
    )
    lattice = "".join(
        f"M{x - h * (0.115 - 0.1 * t):.0f} {base - h * (0.26 + 0.6 * t):.0f}"
        f"L{x + h * (0.1 - 0.09 * t):.0f} {base - h * (0.33 + 0.6 * t):.0f}"
        f"M{x + h * (0.115 - 0.1 * t):.0f} {base - h * (0.26 + 0.6 * t):.0f}"
        f"L{x - h * (0.1 - 0.09 * t):.0f} {base - h * (0.33 + 0.6 * t):.0f}"
        for t in (0.02, 0.18, 0.36, 0.54, 0.72)
    )
    out += stroke(lattice, colour, 3)
    if stage.light.is_dark:
        out += "".join(
            stage.glow(
                x + stage.between(-1, 1) * h * 0.14 * (1 - t) ** 1.6,
                base - h * t,
                12,
                "#ffe2a0",
                0.9,
            )
            for t in (i / 40 for i in range(40))
        )
    return out


def _shutter(stage: Stage, x: float, y: float, w: float, h: float) -> str:
    tone = "#6f8fa0"
    lit, mid, dark = tones(tone)
    out = rect(x, y, w, h, stage.across(lit, mid, dark), 4)
    for i in range(int(h / 24) - 2):
        out += rect(x + 16, y + 24 + i * 24, w - 32, 9, dark, 2, 0.55)
    return out


def _window_box(stage: Stage, x: float, base: float) -> str:
    out = ""
    for _ in range(24):
        out += disc(
            x + stage.between(-92, 92),
            base - stage.between(0, 64),
            stage.between(11, 20),
            stage.pick(("#3f8a58", "#56a268")),
        )
    for _ in range(18):
        out += flower(
            x + stage.between(-96, 96),
            base - stage.between(4, 72),
            stage.between(9, 15),
            stage.pick(("#e8485f", "#ff8fa0", "#ffffff")),
        )
    return out + rect(x - 100, base - 4, 200, 54, stage.across("#d98a6a", "#b0603f"), 6)


def _paris_mood(stage: Stage) -> str:
    """A white curtain blown in from the side, geraniums close to the lens."""
    x = -30 if stage.side > 0 else stage.width - 76
    out = curtain(x, -10, 106, 1020, "#fbf3e6", opacity=0.82)
    y0 = stage.width if stage.side > 0 else 0
    for _ in range(10):
        out += leaf(
            y0,
            HEIGHT,
            stage.between(-170, -110) if stage.side > 0 else stage.between(-70, -10),
            stage.between(80, 130),
            "#3f7f52",
            fat=0.4,
        )
    for _ in range(9):
        out += flower(
            y0 - stage.side * stage.between(0, 120),
            HEIGHT - stage.between(20, 120),
            stage.between(20, 34),
            stage.pick(("#e8485f", "#ff8fa0")),
        )
    return out


def _desert_road(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    horizon = 600.0
    out = sky(stage, horizon + 4, orb_x=stage.at(w * 0.26), clouds=3)
    haze = stage.light.horizon
    out += ridge(stage, 592, 40, 200, mix("#b98a9c", haze, 0.45), horizon + 4)
    for t, mw, h in ((-0.38, 330, 230), (0.44, 280, 180), (-0.06, 190, 96)):
        out += _mesa(
            stage, stage.at(t * min(w, 1500)), horizon + 6, mw, h, mix("#b5583c", haze, 0.22)
        )
    if stage.is_wide:
        out += _mesa(stage, stage.at(w * 0.62), horizon + 6, 360, 250, mix("#b5583c", haze, 0.18))
    out += rect(0, horizon, w, 400, stage.down(mix("#e0a468", haze, 0.3), "#d98f55", "#c4763f"))
    for _ in range(int(w / 18)):
        y = stage.between(620, 990)
        out += oval(stage.between(0, w), y, (y - 590) * 0.12, (y - 590) * 0.018, "#a85e33", 0.35)
    out += poly(
        [(x - 9, horizon), (x + 9, horizon), (x + 460, 1000), (x - 460, 1000)],
        stage.down("#6f6470", "#4a4352"),
    )
    for s in (-1, 1):
        out += poly(
            [(x + s * 7, horizon), (x + s * 8, horizon), (x + s * 430, 1000), (x + s * 412, 1000)],
            "#f6ead2",
            0.85,
        )
    for i in range(7):
        a, b = (i / 7) ** 2.1, ((i + 0.5) / 7) ** 2.1
        out += poly(
            [
                (x - 1 - 9 * a, horizon + 400 * a),
                (x + 1 + 9 * a, horizon + 400 * a),
                (x + 1 + 9 * b, horizon + 400 * b),
                (x - 1 - 9 * b, horizon + 400 * b),
            ],
            "#ffc93c",
        )
    far = min(w * 0.42, 430)
    out += (
        cactus(stage.at(far), 850, 430)
        + cactus(stage.at(-far - 30), 760, 240, "#5b8f60")
        + cactus(stage.at(far * 0.62), 680, 110, "#6f9a68")
    )
    out += _road_sign(stage.at(-far * 0.82), 850)
    if stage.is_wide:
        out += cactus(stage.at(far + 260), 780, 280, "#5b8f60") + cactus(
            stage.at(-far - 240), 840, 390
        )
    return out


def _mesa(stage: Stage, x: float, base: float, w: float, h: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    out = poly(
        [
            (x - w * 0.62, base),
            (x - w * 0.36, base - h * 0.42),
            (x - w * 0.32, base - h),
            (x + w * 0.3, base - h),
            (x + w * 0.36, base - h * 0.46),
            (x + w * 0.62, base),
        ],
        stage.across(lit, mid, dark),
    )
    out += rect(x - w * 0.33, base - h * 0.8, w * 0.65, h * 0.1, lit, opacity=0.5) + rect(
        x - w * 0.34, base - h * 0.58, w * 0.68, h * 0.06, dark, opacity=0.35
    )
    for _ in range(6):
        px = x + stage.between(-0.26, 0.26) * w
        out += rect(px, base - h, w * 0.02, h * stage.between(0.3, 0.55), dark, opacity=0.4)
    return out


def _road_sign(x: float, base: float) -> str:
    out = rect(x - 6, base - 330, 12, 330, "#8a7f88")
    sign = rect(-65, -65, 130, 130, "#3a2f36", 17) + rect(-59, -59, 118, 118, "#ffc93c", 11)
    curve = stroke("M-16 40C-34 6 30 6 6-34M6-40L-14-24M6-40L22-20", "#3a2f36", 9)
    return out + group(sign, x, base - 380, turn=45) + group(curve, x, base - 380)


def _desert_mood(stage: Stage) -> str:
    """Dry grass and dust near the lens."""
    out = ""
    for edge in (0, 1):
        for _ in range(16):
            x = stage.between(-20, 130) if edge == 0 else stage.width - stage.between(-20, 130)
            h = stage.between(60, 170)
            out += stroke(
                f"M{x:.0f} 1010Q{x + stage.between(-10, 10):.0f} {1000 - h * 0.6:.0f}"
                f" {x + stage.between(-50, 50):.0f} {1000 - h:.0f}",
                stage.pick(("#a8763f", "#8a5a34", "#c9974f")),
                4,
            )
    dust = rect(0, 880, stage.width, 130, stage.down(("#f2c088", 0), ("#f2c088", 0.5)))
    return dust + out + bokeh(stage, ("#ffe2b0",), 8, top=600, bottom=980, size=(3, 10))


def _market_street(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    out = sky(stage, 720, clouds=2)
    walls = ("#d99a6c", "#e2b98a", "#c98a78", "#b5a08f", "#dcc19a")
    for side in (-1, 1):
        for i, (d, width, tall) in enumerate(
            ((70, 90, 420), (150, 130, 540), (260, 200, 640), (430, 320, 760), (720, 420, 820))
        ):
            left = x + side * d - (0 if side > 0 else width)
            out += facade(
                stage,
                left,
                640 + i * 36,
                width,
                tall,
                mix(walls[(i + (side > 0) * 2) % 5], stage.light.horizon, 0.34 - 0.08 * i),
                floors=3,
                ground=200,
            )
    out += rect(0, 700, w, 300, stage.down("#b08c70", "#d0ad8a", "#dcbd99"))
    for _ in range(int(w / 12)):
        y = stage.between(715, 990)
        out += oval(stage.between(0, w), y, (y - 640) * 0.13, (y - 640) * 0.045, "#a07c60", 0.45)
    out += _bunting(stage, 150, 90) + _bunting(stage, 270, 60)
    for i in range(3):
        px = x + (i - 1) * min(w * 0.3, 260) + stage.between(-20, 20)
        out += _lantern(stage, px, 330 + 50 * (i % 2), stage.accents[i])
    far = min(w * 0.4, 400)
    out += _stall(stage, stage.at(far), 860, 420, stage.accents[0])
    out += _stall(stage, stage.at(-far - 50), 850, 420, stage.accents[1])
    if stage.is_wide:
        out += _stall(stage, stage.at(far + 430), 870, 420, stage.accents[2])
    return out


def _bunting(stage: Stage, y: float, sag: float) -> str:
    w = stage.width
    out = stroke(f"M-10 {y:.0f}Q{w / 2:.0f} {y + 2 * sag:.0f} {w + 10:.0f} {y:.0f}", "#5b4038", 3)
    count = int(w / 62)
    for i in range(count):
        t = (i + 0.5) / count
        px, py = w * t, y + 4 * sag * t * (1 - t)
        out += poly(
            [(px - 24, py), (px + 24, py), (px, py + 46)], (*stage.accents, "#fff3df")[i % 4]
        )
    return out


def _lantern(stage: Stage, x: float, y: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    out = stroke(f"M{x:.0f} -10V{y - 60:.0f}", "#4a3630", 3) + shape(
        f"M{x:.0f} {y - 66:.0f}C{x + 66:.0f} {y - 60:.0f} {x + 58:.0f} {y + 44:.0f} {x:.0f}"
        f" {y + 58:.0f}C{x - 58:.0f} {y + 44:.0f} {x - 66:.0f} {y - 60:.0f} {x:.0f} {y - 66:.0f}Z",
        stage.across(lit, mid, dark),
    )
    for k in (-0.5, 0, 0.5):
        out += stroke(
            f"M{x:.0f} {y - 64:.0f}Q{x + k * 90:.0f} {y:.0f} {x:.0f} {y + 56:.0f}",
            lighten(colour, 0.4),
            2,
            0.6,
        )
    return out + stage.glow(x, y, 130, "#ffcf7a", 0.5 if stage.light.is_dark else 0.28)


def _stall(stage: Stage, x: float, base: float, w: float, colour: str) -> str:
    left = x - w / 2
    out = rect(left + 8, base - 520, 14, 520, "#7a5238") + rect(
        left + w - 22, base - 520, 14, 520, "#7a5238"
    )
    out += rect(left, base - 190, w, 190, stage.across("#b98457", "#8f5f3c"), 4)
    for i in range(6):
        out += rect(left + 6, base - 180 + i * 31, w - 12, 3, "#6d4630", opacity=0.5)
    goods = ("#e8503f", "#f2a33c", "#7fae45", "#8f4fa0", "#f6cf4a", "#d9763f")
    crates = int(w / 104)
    for i in range(crates):
        cx = left + 56 + i * (w - 20) / crates
        tone = goods[(i + stage.rng.randrange(6)) % 6]
        if stage.rng.random() < 0.35:
            out += poly(
                [(cx - 44, base - 190), (cx, base - 276), (cx + 44, base - 190)],
                stage.across(lighten(tone, 0.25), tone, darken(tone, 0.2)),
            )
        else:
            for row in range(3):
                for k in range(4 - row):
                    out += disc(
                        cx - 36 + k * 24 + row * 12,
                        base - 204 - row * 19,
                        14,
                        mix(tone, "#ffffff", 0.12 * ((k + row) % 2)),
                    )
        out += rect(cx - 50, base - 200, 100, 26, "#a87048", 3)
    return out + awning(left - 22, base - 560, w + 44, 110, colour)


def _market_mood(stage: Stage) -> str:
    """A basket of oranges near the lens and a hanging cloth."""
    x = stage.at(-min(stage.width * 0.4, 420))
    out = ""
    for i in range(9):
        tone = stage.pick(("#f2943c", "#f6ad4a", "#e8782f"))
        out += disc(
            x - 84 + (i % 5) * 42,
            930 - (i // 5) * 32,
            27,
            stage.round(lighten(tone, 0.35), tone, darken(tone, 0.15), cx=0.35, cy=0.3, r=0.75),
        )
    out += leaf(x - 20, 890, -40, 52, "#4f8a45") + shape(
        f"M{x - 124:.0f} 930h248l-34 90h-180Z", stage.across("#d9a566", "#b07d45", "#8a5c30")
    )
    corner = corner_leaves(stage, stage.accents[1], corner="top", size=150)
    return corner + out


SCENES = {
    "airport_lounge": Scene(
        _airport_lounge, _airport_mood, "daylight", ("#f2644b", "#2f6fb5", "#ffd166")
    ),
    "island_terrace": Scene(
        _island_terrace, _terrace_mood, "daylight", ("#2f6fc4", "#e83f8f", "#ffffff")
    ),
    "paris_balcony": Scene(
        _paris_balcony, _paris_mood, "blue_hour", ("#e8485f", "#6f8fa0", "#f3dcae")
    ),
    "desert_road": Scene(_desert_road, _desert_mood, "backlit", ("#d9633f", "#ffc93c", "#5b8f60")),
    "market_street": Scene(
        _market_street, _market_mood, "daylight", ("#d9483f", "#2f8a83", "#f2b33c")
    ),
}
