# ruff: noqa: PLR0917 (props are placed by x, base, width and height, as everywhere in drawing)
"""Nights and seasons: club, neon alley, concert, autumn, snow, Christmas."""

from __future__ import annotations

import math

from .palette import darken, lighten, mix
from .scene_indoor import bricks, planks, rug, wall, window
from .scene_kit import (
    HEIGHT,
    Scene,
    Stage,
    around,
    disc,
    frame,
    group,
    oval,
    poly,
    rect,
    ridge,
    ring,
    shape,
    stroke,
    tones,
)
from .scene_light import bokeh, candle, light_cone, neon_line, string_lights
from .scene_nature import bush, falling, fir, sky, snowflakes, tree
from .scene_studio import star_points
from .scene_urban import skyline, street_lamp


def _night_club(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    a, b, c = stage.accents
    out = rect(0, 0, w, 800, stage.down("#3a1f5c", "#4a2a70", "#33194f"))
    size = 62.0
    cols = int(w / size) + 1
    for i in range(cols):
        for k in range(6):
            level = stage.between(0, 1) * (0.35 + 0.65 * abs((i * size - x) / w))
            if level > 0.18:
                out += stage.lit(
                    rect(
                        i * size + 3,
                        250 + k * size + 3,
                        size - 6,
                        size - 6,
                        mix((a, b, c)[(i + k) % 3], "#2a1046", 0.72 - 0.5 * level),
                        6,
                    )
                )
    for i in range(7):
        target = x + (i - 3) * w * 0.2
        out += light_cone(
            stage,
            x + (i - 3) * w * 0.13,
            -10,
            target + stage.between(-60, 60),
            60,
            (a, b, c)[i % 3],
            foot_y=760,
            opacity=0.5,
        )
    out += rect(0, 0, w, 34, "#1d1030")
    ball_x = stage.at(min(w * 0.27, 260))
    out += _disco_ball(stage, ball_x, 170, 84)
    out += _booth(stage, stage.at(-min(w * 0.36, 400)), 800)
    out += rect(0, 780, w, 220, stage.down("#2a1440", "#4a2a66"))
    for k in range(-9, 10):
        for r, (y0, y1) in enumerate(((780, 830), (830, 905), (905, 1000))):
            k0, k1 = 70 + (y0 - 780) * 0.32, 70 + (y1 - 780) * 0.32
            if (k + r) % 2 == 0:
                out += stage.lit(
                    poly(
                        [
                            (x + k * k0, y0),
                            (x + (k + 1) * k0, y0),
                            (x + (k + 1) * k1, y1),
                            (x + k * k1, y1),
                        ],
                        mix((a, b, c)[(k + r) % 3], "#2a1046", stage.between(0.45, 0.85)),
                    )
                )
    return out


def _disco_ball(stage: Stage, x: float, y: float, r: float) -> str:
    out = stroke(f"M{x:.0f} -10V{y - r:.0f}", "#b9b4c9", 4)
    tiles = disc(x, y, r, "#8d86a8")
    rows = 9
    for i in range(rows):
        lat = -1 + (2 * i + 1) / rows
        half = r * math.sqrt(1 - lat * lat)
        count = max(3, int(half / 8))
        for k in range(count):
            t = -1 + (2 * k + 1) / count
            px = x + half * math.sin(t * math.pi / 2)
            wide = half * math.cos(t * math.pi / 2) * 3.1 / count
            shade = stage.pick(("#ffffff", "#d9d4ea", "#a79fc6", "#7a719c", *stage.accents))
            tiles += rect(
                px - wide / 2,
                y + lat * r - r / rows + 1,
                max(wide - 1.5, 1),
                2 * r / rows - 2,
                shade,
                1,
            )
    for _ in range(16):
        out += stage.glow(
            stage.between(0, stage.width),
            stage.between(180, 760),
            stage.between(8, 18),
            "#ffffff",
            0.7,
        )
    return out + stage.lit(tiles) + stage.glow(x - r * 0.35, y - r * 0.4, r * 0.9, "#ffffff", 0.8)


def _booth(stage: Stage, x: float, base: float) -> str:
    out = rect(x - 210, base - 250, 420, 250, stage.down("#2b2140", "#191129"), 8)
    out += rect(x - 236, base - 330, 90, 330, "#15101f", 8) + rect(
        x + 146, base - 330, 90, 330, "#15101f", 8
    )
    for sx in (-191, 191):
        for y, r in ((base - 250, 34), (base - 130, 40)):
            out += (
                disc(x + sx, y, r, "#3a3150")
                + disc(x + sx, y, r * 0.55, "#0d0915")
                + disc(x + sx, y, r * 0.2, "#57496f")
            )
    out += (
        rect(x - 140, base - 266, 280, 22, "#46395f", 4)
        + disc(x - 80, base - 262, 40, "#15101f")
        + disc(x + 80, base - 262, 40, "#15101f")
    )
    for i in range(9):
        h = stage.between(20, 110)
        out += stage.lit(
            rect(
                x - 126 + i * 29,
                base - 24 - h,
                20,
                h,
                stage.down(stage.accents[0], stage.accents[1]),
                4,
            )
        )
    return out


def _club_mood(stage: Stage) -> str:
    """Dancers' raised hands as dark shapes at the bottom, confetti of light."""
    return _crowd(stage, 996, "#160a26", 62) + stage.lit(
        bokeh(stage, stage.accents, 14, bottom=960, size=(6, 24))
    )


def _crowd(stage: Stage, base: float, colour: str, size: float) -> str:
    """Heads and raised hands in front; lower in the middle so that the figure stays free."""
    out, x = "", -20.0
    while x < stage.width + 30:
        near = min(1.0, abs(x - stage.figure_x) / 300)
        y = base + 44 - 66 * near + stage.between(-12, 12)
        s = size * stage.between(0.85, 1.1)
        out += disc(x, y - s * 0.2, s * 0.36, colour) + shape(
            f"M{x - s * 0.8:.0f} {y + s:.0f}Q{x - s * 0.7:.0f} {y + s * 0.2:.0f}"
            f" {x:.0f} {y + s * 0.16:.0f}T{x + s * 0.8:.0f} {y + s:.0f}Z",
            colour,
        )
        if near > 0.5 and stage.rng.random() < 0.6:
            side = stage.pick((-1, 1))
            hx, hy = x + side * s * stage.between(0.5, 0.9), y - s * stage.between(1.2, 2.0)
            out += stroke(
                f"M{x + side * s * 0.5:.0f} {y + s * 0.5:.0f}"
                f"Q{hx + side * 12:.0f} {(y + hy) / 2:.0f} {hx:.0f} {hy:.0f}",
                colour,
                s * 0.24,
            )
            out += disc(hx, hy - s * 0.08, s * 0.17, colour) + stroke(
                f"M{hx - 6:.0f} {hy - s * 0.1:.0f}l-4 {-s * 0.3:.0f}"
                f"M{hx + 5:.0f} {hy - s * 0.1:.0f}l5 {-s * 0.3:.0f}",
                colour,
                s * 0.1,
            )
        x += s * 1.15
    return out


def _neon_alley(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    a, b, c = stage.accents
    out = sky(stage, 560)
    out += skyline(stage, 600, 140, 320, mix("#4a3f78", stage.light.horizon, 0.25), width=(50, 90))
    inner = min(w * 0.16, 150)
    for side in (-1, 1):
        out += _alley_wall(stage, side, inner)
    out += poly(
        [(x - inner, 600), (x + inner, 600), (x + inner * 9, 1000), (x - inner * 9, 1000)],
        stage.down("#5a4a86", "#3a2f5c", "#2f2650"),
    )
    out += rect(0, 900, w, 100, stage.down(("#2f2650", 0), "#2f2650"))
    signs = (
        ("heart", -1, 250, a),
        ("bolt", 1, 320, b),
        ("cup", -1, 470, c),
        ("star", 1, 170, a),
        ("wave", 1, 500, b),
        ("moon", -1, 120, b),
    )
    for kind, side, y, colour in signs:
        depth = stage.between(0.9, 1.35)
        sx = x + side * min(w * 0.36, 340) * depth * (1 if w > 700 else 0.86)
        out += _neon_sign(stage, kind, sx, y, 105, colour)
        out += _reflection(stage, sx, colour)
    if stage.is_wide:
        for kind, side, colour in (("star", -1, c), ("heart", 1, a), ("cup", 1, c)):
            sx, sy = x + side * stage.between(480, 700), stage.between(180, 480)
            out += _neon_sign(stage, kind, sx, sy, 110, colour) + _reflection(stage, sx, colour)
    wires = "".join(
        f"M{-10} {stage.between(20, 120):.0f}Q{w / 2:.0f}"
        f" {stage.between(150, 260):.0f} {w + 10:.0f} {stage.between(20, 120):.0f}"
        for _ in range(4)
    )
    return out + stroke(wires, "#120a24", 3)


def _alley_wall(stage: Stage, side: int, inner: float) -> str:
    x, w = stage.figure_x, stage.width
    far = x + side * max(w, 900)
    out = poly(
        [(x + side * inner, 210), (far, -300), (far, 1200), (x + side * inner, 640)],
        stage.across("#6b5a94", "#4a3d74") if side > 0 else stage.across("#4a3d74", "#6b5a94"),
    )
    for i in range(9):
        t = 0.04 + 0.11 * i
        px = x + side * (inner + t * t * 1400)
        k = 1 + t * 3.2
        top = 330 - 160 * t * k * 0.5
        pane = rect(px - 16 * k, top, 32 * k, 58 * k, "#33285a", 3)
        if stage.rng.random() < 0.45:
            pane = stage.lit(
                rect(px - 16 * k, top, 32 * k, 58 * k, stage.down("#ffcf7a", "#ff8f6a"), 3, 0.85)
            )
        out += pane + rect(px - 18 * k, top + 58 * k, 36 * k, 6 * k, "#2a2048")
        if i % 3 == 1:
            out += rect(px - 20 * k, top + 92 * k, 40 * k, 28 * k, "#8d7fb0", 4) + disc(
                px, top + 106 * k, 10 * k, "#5a4d80"
            )
    return out


_NEON = {
    "heart": "M0 40C-60 0-44-46-14-40-4-37 0-28 0-24 0-28 4-37 14-40 44-46 60 0 0 40Z",
    "bolt": "M10-52L-30 6H-4L-12 52 32-10H4Z",
    "cup": "M-36-16H26V16Q26 40-4 40-36 40-36 16ZM26-8Q50-8 46"
    " 10 42 24 26 22M-20-28Q-28-38-20-48M0-28Q-8-38 0-48",
    "wave": "M-56 10Q-42-24-28 10T0 10 28 10 56 10M-56 34Q-42 0-28 34T0 34 28 34 56 34",
    "moon": "M14-46A46 46 0 1 0 44 26 36 36 0 0 1 14-46Z",
    "star": "M0-50L14-16 50-14 22 9 32 46 0 26-32 46-22 9-50-14-14-16Z",
}


def _neon_sign(stage: Stage, kind: str, x: float, y: float, size: float, colour: str) -> str:
    tube = neon_line(stage, _NEON[kind], colour, 6)
    return stage.glow(x, y, size * 1.5, colour, 0.5) + group(
        tube, x, y, sx=size / 100, sy=size / 100
    )


def _reflection(stage: Stage, x: float, colour: str) -> str:
    """The sign's light on the wet ground."""
    paint = stage.down((colour, 0.55), (colour, 0))
    out = ""
    for i in range(5):
        half = stage.between(16, 58)
        out += rect(x - half + stage.between(-12, 12), 760 + i * 44, 2 * half, 14, paint, 7)
    return stage.lit(out)


def _alley_mood(stage: Stage) -> str:
    """Rain in the light and out-of-focus signs."""
    rain = "".join(
        f"M{stage.between(0, stage.width):.0f} {stage.between(0, HEIGHT):.0f}l-5 34"
        for _ in range(int(stage.width / 13))
    )
    return stage.lit(stroke(rain, "#cfe8ff", 1.6, 0.32)) + bokeh(
        stage, stage.accents, 13, top=620, bottom=1000, size=(12, 36)
    )


def _concert(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    a, b, c = stage.accents
    out = rect(0, 0, w, 800, stage.down("#241a44", "#3d2a66", "#57357a"))
    out += rect(x - min(w, 1300) * 0.36, 190, min(w, 1300) * 0.72, 400, "#191230", 8)
    screen = stage.round(lighten(a, 0.5), a, mix(b, "#191230", 0.4), "#241a44", r=0.75)
    out += stage.lit(rect(x - min(w, 1300) * 0.34, 206, min(w, 1300) * 0.68, 368, screen, 4))
    for r in (60, 120, 190, 270):
        out += stage.lit(ring(x, 390, r, r, "#ffffff", 3, opacity=0.22))
    out += rect(0, 60, w, 10, "#8d86a8") + rect(0, 106, w, 10, "#8d86a8")
    out += stroke(
        "".join(f"M{i * 46:.0f} 68l23 40 23 -40" for i in range(int(w / 46) + 1)), "#8d86a8", 5
    )
    count = max(5, int(w / 130))
    for i in range(count):
        lx = (i + 0.5) * w / count
        tone = (a, b, c, "#fff3d6")[i % 4]
        out += light_cone(
            stage,
            lx,
            130,
            x + (lx - x) * stage.between(-0.3, 1.5),
            90,
            tone,
            foot_y=860,
            opacity=0.72,
        )
        out += rect(lx - 17, 112, 34, 34, "#191230", 6) + stage.glow(
            lx, 146, 60, lighten(tone, 0.5), 0.95
        )
    out += rect(0, 760, w, 70, stage.down("#57407c", "#2b1f48")) + rect(
        0, 826, w, 174, stage.down("#3d2d5c", "#57407c")
    )
    far = min(w * 0.38, 400)
    out += _amps(stage, stage.at(far), 800) + _drums(stage, stage.at(-far * 0.92), 800)
    return out + (_amps(stage, stage.at(-far - 330), 800) if stage.is_wide else "")


def _amps(stage: Stage, x: float, base: float) -> str:
    out = ""
    for dx, dy in ((-84, 0), (84, 0), (-84, -150), (84, -150)):
        out += (
            rect(x + dx - 80, base - 146 + dy, 160, 144, stage.across("#3a3352", "#211b33"), 8)
            + disc(x + dx, base - 70 + dy, 54, "#15101f")
            + disc(x + dx, base - 70 + dy, 30, "#3a3352")
            + rect(x + dx - 64, base - 138 + dy, 128, 9, stage.accents[2], 4)
        )
    return out


def _drums(stage: Stage, x: float, base: float) -> str:
    lit, mid, dark = tones(stage.accents[0])
    out = "".join(
        stroke(f"M{x + s * 128:.0f} {base:.0f}L{x + s * 112:.0f} {base - 260:.0f}", "#b9b4c9", 5)
        + oval(x + s * 110, base - 264, 66, 11, "#f2c95f")
        for s in (-1, 1)
    )
    for s in (-1, 1):
        out += rect(x + s * 66 - 48, base - 220, 96, 74, stage.across(lit, mid, dark), 8) + oval(
            x + s * 66, base - 220, 48, 13, "#f4eefc"
        )
    return (
        out
        + disc(x, base - 84, 86, "#f4eefc")
        + disc(x, base - 84, 76, stage.round(lit, mid, dark))
        + group(poly(star_points(0, 0, 44), "#fff3df"), x, base - 84)
    )


def _concert_mood(stage: Stage) -> str:
    return stage.lit(
        bokeh(stage, ("#fff3d6", *stage.accents), 12, bottom=900, size=(5, 18))
    ) + _crowd(stage, 990, "#120b22", 78)


def _autumn_park(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    out = sky(stage, 640, clouds=3)
    haze = stage.light.horizon
    leaves = ("#d9702e", "#e8963a", "#c4482e", "#f0b84a", "#b5602f")
    for i in range(int(w / 100) + 2):
        out += tree(
            stage,
            i * 100 + stage.between(-30, 30),
            640,
            stage.between(180, 290),
            mix(leaves[i % 5], haze, 0.42),
        )
    out += rect(0, 630, w, 370, stage.down(mix("#b98d4a", haze, 0.3), "#a87a3c", "#8f6431"))
    out += shape(
        f"M{x + 26:.0f} 632C{x + 90:.0f} 700 {x - 190:.0f} 780 {x - 300:.0f} 1000"
        f"H{x + 330:.0f}C{x + 210:.0f} 800 {x + 150:.0f} 700 {x + 50:.0f} 632Z",
        stage.down("#dcc7a4", "#c9ae88", "#b5966f"),
    )
    far = min(w * 0.42, 400)
    spots = [(-far - 20, 760, 640), (far + 30, 740, 590)]
    if stage.is_wide:
        spots += [(-far - 300, 720, 560), (far + 320, 730, 640)]
    for i, (dx, base, h) in enumerate(spots):
        out += tree(
            stage, stage.at(dx), base, h, leaves[(i * 2 + stage.rng.randrange(2)) % 5], "#5b3a2c"
        )
    out += street_lamp(stage, stage.at(-far * 0.62), 770, 380)
    out += _bench(stage, stage.at(far * 0.86), 850)
    for _ in range(int(w / 5)):
        y = stage.between(690, 995)
        k = (y - 600) / 400
        out += group(
            shape("M-10 0Q-4-8 10 0Q-4 8-10 0Z", stage.pick(leaves)),
            stage.between(0, w),
            y,
            turn=stage.between(0, 360),
            sx=0.5 + k,
            sy=0.3 + 0.5 * k,
        )
    return out


def _bench(stage: Stage, x: float, base: float) -> str:
    out = oval(x, base, 160, 11, "#2a1438", 0.28)
    for dx in (-120, 120):
        out += stroke(
            f"M{x + dx:.0f} {base:.0f}V{base - 100:.0f}"
            f"M{x + dx:.0f} {base - 96:.0f}l{8 if dx > 0 else -8} -120",
            "#2f2a33",
            11,
        )
    for i in range(3):
        out += rect(x - 154, base - 216 + i * 34, 308, 22, stage.down("#b97a4a", "#8f5834"), 5)
    return out + rect(x - 160, base - 108, 320, 20, stage.down("#c98a58", "#8f5834"), 5)


def _autumn_mood(stage: Stage) -> str:
    return falling(
        stage, ("#e8963a", "#d9572e", "#f0b84a", "#c4482e"), int(16 + stage.width / 60), 22
    )


def _snow_day(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    out = sky(stage, 640, clouds=3)
    haze = stage.light.horizon
    out += ridge(stage, 600, 120, 170, mix("#b9c9e0", haze, 0.4), 700)
    for i in range(int(w / 52) + 2):
        out += fir(
            i * 52 + stage.between(-14, 14),
            650,
            stage.between(90, 170),
            mix("#5d8090", haze, 0.35),
            has_snow=True,
        )
    out += _cabin(stage, stage.at(min(w * 0.3, 330)), 690)
    out += ridge(stage, 680, 26, 210, stage.down("#eef4fb", "#dfe9f5", "#f7fafd"))
    far = min(w * 0.44, 420)
    for dx, base, h in ((-far, 800, 470), (-far + 110, 740, 300), (far + 60, 780, 420)):
        out += fir(stage.at(dx), base, h, "#2f6260", has_snow=True)
    if stage.is_wide:
        out += fir(stage.at(-far - 230), 760, 360, "#2f6260", has_snow=True) + fir(
            stage.at(far + 300), 800, 520, "#2b5a5a", has_snow=True
        )
    out += ridge(stage, 800, 30, 240, stage.down("#ffffff", "#e6eef8", "#f4f8fd"))
    for _ in range(int(w / 60)):
        out += oval(
            stage.between(0, w),
            stage.between(830, 985),
            stage.between(26, 70),
            stage.between(3, 8),
            "#c5d5ea",
            0.6,
        )
    for i in range(7):
        out += oval(
            x - stage.side * (70 + 44 * i),
            862 - 14 * i + 8 * (i % 2),
            13 - i,
            6 - i * 0.5,
            "#b3c6e0",
        )
    return out + _snowman(stage, stage.at(far * 0.84), 890)


def _cabin(stage: Stage, x: float, base: float) -> str:
    out = rect(x - 110, base - 130, 220, 140, stage.across("#9a6545", "#74472f"))
    for i in range(6):
        out += rect(x - 110, base - 122 + i * 22, 220, 3, "#5b3624", opacity=0.6)
    out += poly([(x - 146, base - 120), (x, base - 236), (x + 146, base - 120)], "#f7fafd") + poly(
        [(x - 120, base - 124), (x, base - 218), (x + 120, base - 124)], "#e0e9f4"
    )
    out += rect(x + 56, base - 240, 34, 80, "#8a5a45") + rect(
        x + 50, base - 248, 46, 14, "#ffffff", 5
    )
    for dx in (-62, 50):
        pane = rect(x + dx - 24, base - 92, 48, 48, "#ffd27a", 3)
        out += (
            stage.lit(pane)
            + stage.glow(x + dx, base - 68, 80, "#ffc86b", 0.5)
            + rect(x + dx - 2, base - 92, 4, 48, "#5b3624")
        )
    for i in range(3):
        out += disc(x + 76 + 16 * i, base - 268 - 26 * i, 14 + 7 * i, "#ffffff", 0.5 - 0.12 * i)
    return out


def _snowman(stage: Stage, x: float, base: float) -> str:
    paint = stage.round("#ffffff", "#f1f6fc", "#c3d3ea", cx=0.36, cy=0.3, r=0.8)
    out = oval(x, base, 104, 12, "#9fb5d6", 0.6)
    out += stroke(
        f"M{x - 50:.0f} {base - 170:.0f}l-74 -46m14 -2l4 28"
        f"M{x + 50:.0f} {base - 170:.0f}l74 -52m-14 0l-4 28",
        "#5b3a2c",
        8,
    )
    for y, r in ((base - 76, 84), (base - 186, 60), (base - 268, 44)):
        out += disc(x, y, r, paint)
    a, b, _ = stage.accents
    out += rect(x - 46, base - 240, 92, 22, a, 11) + rect(
        x + 8, base - 232, 24, 66, darken(a, 0.12), 8
    )
    out += (
        disc(x - 15, base - 278, 5, "#2b2530")
        + disc(x + 15, base - 278, 5, "#2b2530")
        + poly([(x, base - 268), (x + 44, base - 258), (x, base - 254)], "#f2843c")
    )
    for y in (206, 182, 158):
        out += disc(x, base - y, 5, "#2b2530")
    return out + rect(x - 40, base - 314, 80, 12, b, 5) + rect(x - 27, base - 364, 54, 54, b, 6)


def _snow_mood(stage: Stage) -> str:
    out = stage.lit(snowflakes(stage, int(60 + stage.width / 9)))
    drift = (
        f"M-10 {HEIGHT + 10}V968Q{stage.width * 0.2:.0f} 936"
        f" {stage.width * 0.5:.0f} 984T{stage.width + 10:.0f} 962V{HEIGHT + 10}Z"
    )
    return shape(drift, stage.down("#ffffff", "#dce8f5")) + out


def _christmas(stage: Stage) -> str:
    w = stage.width
    out = wall(stage, "#5f7a68")
    out += rect(0, 560, w, 216, "#f1e7d8") + rect(0, 552, w, 14, "#fffaf0")
    for i in range(int(w / 120) + 2):
        out += frame(i * 120 - 40, 586, 96, 164, "#d9ccb8", 4, 4)
    far = min(w * 0.42, 400)
    hearth = stage.at(-far * 0.86)
    out += planks(stage, "#a06c48")
    out += _hearth(stage, hearth, 800)
    if w > 900:
        out += window(
            stage,
            stage.at(far + 260) - 110,
            120,
            220,
            330,
            frame="#fffaf0",
            view=snowflakes_view(stage, 220, 330),
        )
    if stage.is_wide:
        out += window(
            stage,
            hearth - stage.side * 470 - 110,
            120,
            220,
            330,
            frame="#fffaf0",
            view=snowflakes_view(stage, 220, 330),
        )
    out += rug(stage, stage.figure_x, 925, min(w * 0.92, 760), "#b5403c", "#f6e3bd")
    out += _christmas_tree(stage, stage.at(far * 0.9), 850, 740)
    for dx, size, i in ((-120, 100, 0), (110, 120, 1), (10, 84, 2)):
        out += gift(
            stage,
            stage.at(far * 0.9) + dx,
            886,
            size,
            (*stage.accents, "#fff3df")[i],
            (*stage.accents, "#fff3df")[i + 1],
        )
    return out


def snowflakes_view(stage: Stage, w: float, h: float) -> str:
    flakes = "".join(
        disc(stage.between(0, w), stage.between(0, h), stage.between(1.5, 4), "#ffffff", 0.85)
        for _ in range(40)
    )
    return (
        ridge(stage, h * 0.8, 30, 60, "#e6eef8", h)
        + fir(w * 0.25, h * 0.86, h * 0.36, "#3f6f6c", has_snow=True)
        + stage.lit(flakes)
    )


def _hearth(stage: Stage, x: float, base: float) -> str:
    out = rect(x - 210, 0, 420, base - 330, stage.across("#c9b8a4", "#ad9a86"))
    out += rect(x - 200, base - 330, 400, 330, stage.across("#efe4d4", "#d6c6b0"), 4)
    out += shape(f"M{x - 120:.0f} {base:.0f}v-180a120 84 0 0 1 240 0v180Z", "#2b1a1a")
    out += bricks_patch(stage, x, base)
    fire = ""
    for dx, h, tone in (
        (-44, 96, "#ff7a2e"),
        (40, 104, "#ff7a2e"),
        (0, 146, "#ff9a3c"),
        (-20, 84, "#ffc25a"),
        (22, 76, "#ffc25a"),
        (0, 60, "#fff0b8"),
    ):
        s = h * 0.32
        fire += shape(
            f"M{x + dx:.0f} {base - 24 - h:.0f}C{x + dx + s:.0f} {base - 24 - h * 0.5:.0f}"
            f" {x + dx + s:.0f} {base - 24:.0f} {x + dx:.0f} {base - 22:.0f}C{x + dx - s:.0f}"
            f" {base - 24:.0f} {x + dx - s * 1.1:.0f}"
            f" {base - 24 - h * 0.4:.0f} {x + dx:.0f} {base - 24 - h:.0f}Z",
            tone,
        )
    out += stage.lit(fire) + stage.glow(x, base - 90, 300, "#ff9a3c", 0.6)
    out += rect(x - 78, base - 34, 156, 22, "#6d4630", 11) + rect(
        x - 62, base - 18, 124, 18, "#573524", 9
    )
    out += rect(x - 232, base - 362, 464, 36, stage.down("#b97f4c", "#8a5834"), 5)
    for i in range(9):
        out += bush(stage, x - 200 + i * 50, base - 352, 74, 40, "#2f6f4b") + disc(
            x - 200 + i * 50, base - 362, 8, stage.accents[i % 3]
        )
    for i, dx in enumerate((-150, 0, 150)):
        out += _stocking(
            stage, x + dx, base - 326, (stage.accents[0], "#2f6f4b", stage.accents[2])[i]
        )
    for dx in (-168, 168):
        out += candle(stage, x + dx, base - 362, 66, 18)
    return out + _wreath(stage, x, base - 520)


def bricks_patch(stage: Stage, x: float, base: float) -> str:
    inside = bricks(stage, "#7a3f34", base - 270, base)
    return stage.clip(
        f"M{x - 106:.0f} {base:.0f}v-176a106 74 0 0 1 212 0v176Z",
        inside + rect(0, base - 270, stage.width, 270, "#1c0f12", opacity=0.55),
    )


def _stocking(stage: Stage, x: float, y: float, colour: str) -> str:
    return shape(
        f"M{x - 22:.0f} {y:.0f}h44v66q0 12 26 20q14 12 -2 26h-40q-28 -4 -28 -36Z",
        stage.across(lighten(colour, 0.15), colour, darken(colour, 0.2)),
    ) + rect(x - 28, y - 4, 56, 24, "#fff8ee", 8)


def _wreath(stage: Stage, x: float, y: float) -> str:
    out = "".join(
        disc(px, py, 24, ("#2f6f4b", "#3f8a58")[i % 2])
        for i, (px, py) in enumerate(around(x, y, 74, 18))
    )
    out += "".join(
        disc(px, py, 8, stage.accents[i % 3]) for i, (px, py) in enumerate(around(x, y, 74, 9, 20))
    )
    bow = stage.accents[0]
    return (
        out
        + shape(f"M{x:.0f} {y + 78:.0f}l-46 -26v52ZM{x:.0f} {y + 78:.0f}l46 -26v52Z", bow)
        + disc(x, y + 78, 12, darken(bow, 0.15))
    )


def _christmas_tree(stage: Stage, x: float, base: float, h: float) -> str:
    out = oval(x, base, h * 0.3, 18, "#2a1438", 0.3) + fir(x, base, h, "#2f7a55")
    for i in range(4):
        y = base - h * (0.14 + 0.2 * i)
        half = h * (0.235 - 0.05 * i)
        for k in range(6 - i):
            t = -1 + 2 * (k + 0.5) / (6 - i)
            bx, by = x + t * half, y - h * 0.05 + h * 0.05 * (1 - t * t)
            if (k + i) % 2:
                colour = stage.accents[(k + i) % 3]
                out += disc(
                    bx,
                    by + 12,
                    13,
                    stage.round(
                        lighten(colour, 0.4), colour, darken(colour, 0.2), cx=0.35, cy=0.3, r=0.8
                    ),
                )
            out += stage.glow(bx + 16, by - 18, 24, "#ffe7a0", 0.95)
    top = base - h * 1.06
    return (
        out
        + stage.glow(x, top, 90, "#ffe7a0", 0.7)
        + stage.lit(poly(star_points(x, top, 36), "#ffd257"))
    )


def gift(stage: Stage, x: float, base: float, size: float, paper: str, ribbon: str) -> str:
    lit, mid, dark = tones(paper)
    h = size * 0.72
    out = oval(x, base, size * 0.56, 7, "#2a1438", 0.3) + rect(
        x - size / 2, base - h, size, h, stage.across(lit, mid, dark), 4
    )
    out += (
        rect(x - size * 0.09, base - h, size * 0.18, h, ribbon)
        + rect(
            x - size * 0.54, base - h - 8, size * 1.08, size * 0.2, stage.across(lit, mid, dark), 4
        )
        + rect(x - size * 0.1, base - h - 8, size * 0.2, size * 0.2, ribbon)
    )
    return out + shape(
        f"M{x:.0f} {base - h - 8:.0f}q{-size * 0.44:.0f} {-size * 0.1:.0f} {-size * 0.28:.0f}"
        f" {-size * 0.26:.0f}q{size * 0.2:.0f} 0 {size * 0.28:.0f} {size * 0.26:.0f}"
        f"q{size * 0.08:.0f} {-size * 0.26:.0f} {size * 0.28:.0f} {-size * 0.26:.0f}"
        f"q{size * 0.16:.0f} {size * 0.16:.0f} {-size * 0.28:.0f} {size * 0.26:.0f}Z",
        ribbon,
    )


def _christmas_mood(stage: Stage) -> str:
    """A gift in the lower corner, lights out of focus."""
    x = stage.at(-min(stage.width * 0.42, 430))
    out = gift(stage, x, 1016, 150, stage.accents[0], stage.accents[2])
    return out + stage.lit(
        bokeh(stage, ("#ffd98a", "#ff9a8a", "#9fe0b0"), 10, bottom=980, size=(6, 20))
    )


def _christmas_overhead(stage: Stage) -> str:
    """Coloured bulbs and a garland of fir along the top."""
    out = ""
    for i in range(int(stage.width / 34) + 2):
        out += disc(
            i * 34, stage.between(0, 16), stage.between(18, 27), ("#2f6f4b", "#3a8457")[i % 2]
        )
    return out + string_lights(stage, 36, 38, (*stage.accents, "#7fd18f"), r=9)


SCENES = {
    "night_club": Scene(_night_club, _club_mood, "neon", ("#ff3fa4", "#35d6ff", "#8f5bff")),
    "neon_alley": Scene(_neon_alley, _alley_mood, "neon", ("#ff4f9a", "#36e0ff", "#ffd23f")),
    "concert": Scene(_concert, _concert_mood, "backlit", ("#ff5f8f", "#5f7bff", "#ffb347")),
    "autumn_park": Scene(
        _autumn_park, _autumn_mood, "golden_hour", ("#c4482e", "#7a5238", "#f0b84a")
    ),
    "snow_day": Scene(_snow_day, _snow_mood, "overcast", ("#d9413f", "#2f4a6b", "#8fb5d9")),
    "christmas": Scene(
        _christmas,
        _christmas_mood,
        "candlelight",
        ("#c93a3a", "#e8b84a", "#f6e3bd"),
        _christmas_overhead,
    ),
}
