"""Outdoor scenes: beach, pool, mountains, forest, flowers."""

from __future__ import annotations

from .palette import lighten, mix
from .scene_kit import (
    HEIGHT,
    Scene,
    Stage,
    group,
    num,
    oval,
    poly,
    rect,
    ridge,
    ring,
    shape,
    smooth,
    stroke,
    tones,
)
from .scene_light import bokeh
from .scene_nature import (
    bush,
    corner_fronds,
    corner_leaves,
    falling,
    fir,
    flower,
    glitter,
    grass,
    monstera,
    palm,
    peak,
    sea,
    sky,
    tree,
    tulip,
)


def sand(stage: Stage, shore: float, colour: str = "#f0d3a2") -> str:
    """A beach in front of the sea, wet and foamy where they meet."""
    lit, mid, dark = tones(colour)
    w = stage.width
    waves = [stage.between(-12, 12) for _ in range(8)]
    edge = [(w * i / 7, shore + wave) for i, wave in enumerate(waves)]
    curve = smooth(edge, is_closed=False)
    foam = smooth([(x, y + 15 + (i % 2) * 9) for i, (x, y) in enumerate(edge)], is_closed=False)
    wet = smooth([(x, y + 52 - (i % 2) * 12) for i, (x, y) in enumerate(edge)], is_closed=False)
    close = f"L{num(w)} {num(HEIGHT)}L0 {num(HEIGHT)}Z"
    out = shape(curve + close, mix(mid, stage.light.horizon, 0.35))
    out += stroke(curve, "#ffffff", 9, 0.9) + stroke(foam, "#ffffff", 4, 0.6)
    out += shape(wet + close, stage.down(mid, mix(mid, lit, 0.6), lit))
    for _ in range(int(w / 22)):
        out += oval(
            stage.between(0, w),
            stage.between(shore + 80, HEIGHT),
            stage.between(8, 36),
            stage.between(1.5, 4),
            dark,
            0.2,
        )
    for _ in range(5):
        out += _shell(stage, stage.between(0, w), stage.between(shore + 110, HEIGHT - 10))
    return out


def _shell(stage: Stage, x: float, y: float) -> str:
    colour = stage.pick(("#fff4e6", "#f7b9a1", "#f2d6c9"))
    return group(
        shape("M-9 5Q0-13 9 5Q0 9 -9 5Z", colour)
        + stroke("M0 5V-4M-4 5L-3-2M4 5L3-2", "#c98f7c", 1),
        x,
        y,
        turn=stage.between(-40, 40),
    )


def sailboat(x: float, y: float, size: float) -> str:
    return (
        shape(
            f"M{num(x - size * 0.5)} {num(y)}h{num(size)}"
            f"l{num(-size * 0.18)} {num(size * 0.2)}h{num(-size * 0.64)}Z",
            "#6b3b34",
        )
        + poly([(x, y - size * 1.2), (x, y - 4), (x + size * 0.48, y - 4)], "#fff8ec")
        + poly(
            [(x - size * 0.06, y - size), (x - size * 0.06, y - 4), (x - size * 0.42, y - 4)],
            "#f0dcc8",
        )
    )


def _beach_sunset(stage: Stage) -> str:
    horizon = 560.0
    sun_x = stage.at(-stage.width * 0.26)
    out = sky(stage, horizon + 4, orb_x=sun_x, clouds=5)
    island = ridge(stage, horizon - 6, 46, 120, mix("#6d5a86", stage.light.horizon, 0.35), horizon)
    out += group(island, stage.width * (0.62 if stage.side > 0 else -0.62))
    out += sea(stage, horizon, 760)
    if stage.light.orb != "none":
        out += stage.lit(glitter(stage, sun_x, horizon, 752))
    out += sailboat(stage.at(min(stage.width * 0.36, 330)), horizon + 12, 46)
    out += sand(stage, 740)
    reach = min(stage.width * 0.46, 430)
    out += palm(stage, stage.at(reach), 900, 690, -stage.side * 95)
    if stage.is_wide:
        out += palm(stage, stage.at(reach + 190), 860, 560, -stage.side * 40)
        out += palm(stage, stage.at(-reach - 170), 850, 520, stage.side * 80)
    return out


def _beach_mood(stage: Stage) -> str:
    return corner_fronds(stage) + stage.lit(
        bokeh(stage, ("#ffe2a3", "#ffc27a"), 6, top=560, bottom=960, size=(5, 16))
    )


def lounger(stage: Stage, x: float, base: float, w: float, towel: str) -> str:
    f = stage.side
    lit, mid, dark = tones(towel)
    out = oval(x, base, w * 0.52, 9, "#2a1438", 0.25)
    for dx in (-0.3, 0.34):
        out += rect(x + dx * w - 5, base - w * 0.16, 10, w * 0.16, "#b98552")
    out += poly(
        [
            (x - f * w * 0.5, base - w * 0.2),
            (x + f * w * 0.16, base - w * 0.2),
            (x + f * w * 0.52, base - w * 0.47),
            (x + f * w * 0.57, base - w * 0.42),
            (x + f * w * 0.2, base - w * 0.12),
            (x - f * w * 0.5, base - w * 0.12),
        ],
        stage.across("#f7f1e6", "#dccfbd"),
    )
    out += poly(
        [
            (x - f * w * 0.1, base - w * 0.215),
            (x + f * w * 0.15, base - w * 0.215),
            (x + f * w * 0.5, base - w * 0.48),
            (x + f * w * 0.53, base - w * 0.44),
            (x + f * w * 0.19, base - w * 0.16),
            (x - f * w * 0.1, base - w * 0.16),
        ],
        stage.across(lit, mid, dark),
    )
    return out


def parasol(stage: Stage, x: float, base: float, h: float, colour: str) -> str:
    """A striped parasol."""
    top, r = base - h, h * 0.46
    out = stroke(f"M{num(x)} {num(base)}V{num(top)}", "#b98552", 9)
    steps = 6
    for i in range(steps):
        a, b = -1 + 2 * i / steps, -1 + 2 * (i + 1) / steps
        tone = colour if i % 2 == 0 else "#fff6e8"
        out += shape(
            f"M{num(x)} {num(top - r * 0.1)}Q{num(x + a * r * 0.82)} {num(top)} {num(x + a * r)}"
            f" {num(top + r * 0.52)}Q{num(x + (a + b) / 2 * r)}"
            f" {num(top + r * 0.44)} {num(x + b * r)}"
            f" {num(top + r * 0.52)}Q{num(x + b * r * 0.82)}"
            f" {num(top)} {num(x)} {num(top - r * 0.1)}Z",
            tone,
        )
    shade = stage.across(("#ffffff", 0.18), ("#2a1438", 0.02), ("#2a1438", 0.22))
    out += shape(
        f"M{num(x)} {num(top - r * 0.1)}Q{num(x - r * 0.82)} {num(top)} {num(x - r)}"
        f" {num(top + r * 0.52)}Q{num(x)} {num(top + r * 0.4)} {num(x + r)} {num(top + r * 0.52)}"
        f"Q{num(x + r * 0.82)} {num(top)} {num(x)} {num(top - r * 0.1)}Z",
        shade,
    )
    return out


def _tropical_pool(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 600)
    out += ridge(stage, 470, 70, 150, mix("#3f8f86", stage.light.horizon, 0.5))
    for _ in range(int(w / 150) + 1):
        out += palm(
            stage, stage.between(0, w), 590, stage.between(300, 430), stage.between(-50, 50)
        )
    for i in range(int(w / 90) + 2):
        out += bush(
            stage,
            i * 90,
            600,
            170,
            stage.between(70, 130),
            stage.pick(("#2f8a5a", "#257a52", "#46a068")),
        )
    out += rect(0, 590, w, 34, stage.down("#fdf3e2", "#e2d2ba"))
    water = stage.down(mix("#7fe3e0", stage.light.sky[1], 0.25), "#35c5d0", "#1597b8")
    out += rect(0, 622, w, 200, water)
    for _ in range(int(w / 24)):
        y = stage.between(634, 806)
        r = 14 + (y - 620) * 0.2
        x = stage.between(0, w)
        out += stroke(
            f"M{num(x - r)} {num(y)}q{num(r / 2)} {num(-r * 0.3)} {num(r)} 0t{num(r)} 0",
            "#ffffff",
            2.6,
            0.5,
        )
    out += _ring(stage, stage.at(min(w * 0.37, 330)), 716)
    out += rect(0, 806, w, 26, stage.down("#fffaf0", "#d9c8ae"))
    out += rect(0, 830, w, 170, stage.down("#ead9bf", "#f6ead6"))
    for k in range(-10, 11):
        x = stage.figure_x + k * 130
        out += stroke(f"M{num(x)} 832L{num(stage.figure_x + k * 190)} 1000", "#cdb894", 2.4, 0.7)
    far = min(w * 0.42, 420)
    out += lounger(stage, stage.at(-far), 880, 330, stage.accent)
    if w > 900:
        out += parasol(stage, stage.at(-far - 60), 872, 560, stage.accents[1])
        out += lounger(stage, stage.at(far + 120), 884, 330, stage.accents[1])
    return out


def _ring(stage: Stage, x: float, y: float) -> str:
    """A swim ring drifting on the pool."""
    a, b = stage.accent, "#fff6ec"
    out = oval(x, y + 12, 78, 20, "#0e6f8e", 0.35)
    out += ring(x, y, 60, 19, a, 27)
    dashes = ring(x, y, 60, 19, b, 27).replace("/>", ' stroke-dasharray="33 33"/>')
    return (
        out
        + dashes
        + stroke(
            f"M{num(x - 66)} {num(y - 8)}Q{num(x - 30)} {num(y - 29)} {num(x + 16)} {num(y - 25)}",
            "#ffffff",
            5,
            0.7,
        )
    )


def _pool_mood(stage: Stage) -> str:
    out = ""
    edge = stage.width if stage.side > 0 else 0
    for i, angle in enumerate((-118, -150, -172)):
        turn = angle if stage.side > 0 else -180 - angle
        out += monstera(
            edge + stage.side * 16,
            HEIGHT + 16,
            turn,
            250 - 30 * i,
            ("#1f6f52", "#2a855c", "#3a9a63")[i],
        )
    return out


def _mountain_view(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 640, orb_y=170)
    haze = stage.light.horizon
    for i in range(int(w / 210) + 2):
        x = i * 210 + stage.between(-60, 60)
        out += peak(
            stage,
            x,
            600,
            stage.between(330, 460),
            stage.between(200, 300),
            mix("#7d92bd", haze, 0.45),
        )
    tall = [(stage.at(w * 0.27), 430), (stage.at(-w * 0.3), 380)]
    if stage.is_wide:
        tall += [(stage.at(w * 0.58), 350), (stage.at(-w * 0.05), 320)]
    for x, h in tall:
        out += peak(stage, x, 630, h * 1.35, h, mix("#5d6f9c", haze, 0.16))
    out += ridge(stage, 622, 50, 90, mix("#3f6e63", haze, 0.3))
    out += rect(0, 640, w, 110, stage.down(mix(haze, "#6cb5cf", 0.5), "#3f8fb0"))
    for _ in range(int(w / 40)):
        out += rect(
            stage.between(-20, w),
            stage.between(648, 742),
            stage.between(30, 120),
            2.4,
            "#ffffff",
            1,
            stage.between(0.2, 0.5),
        )
    for x in _row(stage, w, 58):
        out += fir(x, stage.between(655, 668), stage.between(60, 120), mix("#2f6657", haze, 0.18))
    out += ridge(stage, 745, 34, 160, stage.down("#6fae62", "#4f9455", "#3c7f4c"))
    for t in (-0.47, 0.44, 0.52, -0.39):
        out += fir(stage.at(t * w), stage.between(800, 850), stage.between(340, 470), "#245546")
    out += grass(stage, 0, w, 800, 26, "#4a8f50", 12) + grass(stage, 0, w, 880, 30, "#5aa35a", 14)
    for _ in range(int(w / 34)):
        out += flower(
            stage.between(0, w),
            stage.between(800, 985),
            stage.between(5, 9),
            stage.pick(("#ffffff", "#ffd54f", *stage.accents)),
        )
    rock = [(-150, 0), (-120, -46), (-60, -66), (10, -58), (70, -70), (130, -40), (158, 0)]
    x = stage.at(min(w * 0.36, 330))
    out += poly(
        [(x + px, 905 + py) for px, py in rock], stage.slant("#b6b1b4", "#85808c", "#5f5b6b")
    )
    return out


def _row(stage: Stage, w: float, gap: float) -> list[float]:
    return [i * gap + stage.between(-gap / 2, gap / 2) for i in range(int(w / gap) + 2)]


def _mountain_mood(stage: Stage) -> str:
    out = ""
    for edge in (0, 1):
        x0, x1 = (-20, stage.width * 0.26) if edge == 0 else (stage.width * 0.74, stage.width + 20)
        out += grass(stage, x0, x1, 1010, 120, "#2f6b42", 10)
        for _ in range(4):
            x = stage.between(x0, x1)
            h = stage.between(70, 140)
            out += stroke(f"M{num(x)} 1000q4 {num(-h / 2)} 0 {num(-h)}", "#2f6b42", 4)
            out += flower(x, 1000 - h, 20, stage.pick(stage.accents))
    return out


def _forest_trail(stage: Stage) -> str:
    w = stage.width
    haze = mix(stage.light.horizon, "#cfe8b4", 0.35)
    out = stage.lit(rect(0, 0, w, 720, stage.down(mix(stage.light.sky[1], "#9cc98a", 0.45), haze)))
    for depth, count, colour in ((0.15, 13, "#7fae83"), (0.45, 9, "#4f8462"), (0.75, 6, "#335f4a")):
        trunk = mix("#5a4234", haze, 0.72 - 0.75 * depth)
        for i in range(int(count * max(w, 760) / 1000)):
            x = (i + stage.between(0.1, 0.9)) * 1000 / count
            if depth > 0.4 and abs(x - stage.figure_x) < 130:
                x += 220 * stage.pick((-1, 1))
            out += _trunk(x, 620 + 130 * depth, 16 + 46 * depth, trunk)
        for i in range(int(w / 120) + 2):
            out += bush(
                stage,
                i * 120,
                645 + 130 * depth,
                220,
                60 + 70 * depth,
                mix(colour, haze, 0.5 - 0.6 * depth),
            )
        out += _canopy(stage, 20 + 110 * (1 - depth), mix(colour, haze, 0.45 - 0.55 * depth))
    out += rect(0, 715, w, 285, stage.down("#5c8a4e", "#3f7042", "#2f5a3a"))
    x = stage.figure_x
    out += shape(
        f"M{num(x + 20)} 700C{num(x + 90)} 760 {num(x - 120)} 800 {num(x - 230)} 1000"
        f"H{num(x + 260)}C{num(x + 190)} 840 {num(x + 130)} 770 {num(x + 44)} 700Z",
        stage.down("#d9bf92", "#c19a6b", "#a67c52"),
    )
    for _ in range(int(w / 30)):
        out += oval(
            x + stage.between(-150, 160),
            stage.between(820, 990),
            stage.between(4, 12),
            3,
            "#8a6444",
            0.5,
        )
    for i, t in enumerate((-0.36, -0.18, 0.12, 0.3)):
        a = x + t * w
        ray = stage.down(("#fff7cf", 0.55 - 0.06 * i), ("#fff7cf", 0.04))
        out += poly([(a + 60, -20), (a + 130, -20), (a - 60, 820), (a - 190, 820)], ray)
    for _ in range(14):
        px = stage.pick((stage.between(-20, w * 0.3), stage.between(w * 0.7, w + 20)))
        out += _fern(stage, px, stage.between(800, 960), stage.between(60, 110))
    return out


def _trunk(x: float, base: float, w: float, colour: str) -> str:
    _, mid, dark = tones(colour)
    d = (
        f"M{num(x - w * 0.36)} -10L{num(x - w * 0.5)} {num(base - 30)}Q{num(x - w * 0.6)}"
        f" {num(base)} {num(x - w)} {num(base + 10)}H{num(x + w)}Q{num(x + w * 0.6)}"
        f" {num(base)} {num(x + w * 0.5)} {num(base - 30)}L{num(x + w * 0.36)} -10Z"
    )
    return shape(d, mid) + poly(
        [(x + w * 0.05, -10), (x + w * 0.36, -10), (x + w * 0.5, base - 20), (x + w * 0.1, base)],
        dark,
        0.6,
    )


def _canopy(stage: Stage, y: float, colour: str) -> str:
    points = [(-60.0, -40.0)]
    x = -60.0
    while x < stage.width + 90:
        points.append((x, y + stage.between(-50, 60)))
        x += stage.between(50, 110)
    points.append((stage.width + 90, -40))
    return shape(smooth(points), colour)


def _fern(stage: Stage, x: float, base: float, size: float) -> str:
    out = ""
    for angle in (-150, -118, -90, -62, -30):
        colour = stage.pick(("#3f8a4d", "#57a35b", "#2f6f45"))
        out += group(
            shape("M0 0Q30-16 100-4Q40 14 0 0Z", colour),
            x,
            base,
            turn=angle + stage.between(-10, 10),
            sx=size / 100,
            sy=size / 100,
        )
    return out


def _forest_mood(stage: Stage) -> str:
    return corner_leaves(stage, "#1d4a36", size=270) + stage.lit(
        bokeh(stage, ("#fff6c2", "#e8ffb8"), 9, bottom=900, size=(4, 12))
    )


def _flower_field(stage: Stage) -> str:
    w = stage.width
    horizon = 590.0
    out = sky(stage, horizon + 10, orb_x=stage.at(-w * 0.24))
    haze = stage.light.horizon
    out += ridge(stage, 560, 60, 190, mix("#7a8fc0", haze, 0.45), horizon) + ridge(
        stage, 585, 40, 120, mix("#5f9470", haze, 0.3)
    )
    for x in _row(stage, w, 150):
        out += tree(stage, x, horizon + 8, stage.between(50, 95), mix("#4d8a5a", haze, 0.2))
    out += rect(0, horizon, w, HEIGHT - horizon, stage.down("#86b463", "#4f8a4a"))
    out += _rows(stage, horizon)
    for row in range(9):
        t = row / 8
        y = horizon + 26 + (HEIGHT - horizon) * t**1.5
        r = 3.5 + 15 * t
        step = r * 2.3
        x = -step + stage.between(0, step)
        while x < w + step:
            if stage.rng.random() < 0.82:
                colour = stage.pick(stage.accents)
                jitter = stage.between(-r, r)
                if t < 0.4:
                    out += oval(x, y + jitter, r, r * 0.8, colour)
                else:
                    out += flower(x, y + jitter, r, colour)
            x += step * stage.between(0.75, 1.25)
    return out


def _rows(stage: Stage, horizon: float) -> str:
    out = ""
    vanish = stage.at(-stage.width * 0.12)
    for k in range(-16, 17):
        colour = mix(stage.accents[k % 3], "#5c8a4c", 0.3)
        a, b = vanish + k * 34, vanish + k * 260
        out += poly([(a, horizon), (a + 15, horizon), (b + 130, HEIGHT), (b, HEIGHT)], colour, 0.75)
    return out


def _flower_mood(stage: Stage) -> str:
    """Big blossoms close to the lens along the bottom, petals in the air."""
    out = ""
    for i in range(int(stage.width / 74) + 1):
        x = i * 74 + stage.between(-16, 16)
        near = abs(x - stage.figure_x) / (stage.width / 2)
        h = 70 + 130 * near * stage.between(0.7, 1.1)
        out += tulip(x, 1030, h + 40, stage.pick(stage.accents), "#3d7a45")
    return out + falling(stage, tuple(lighten(c, 0.25) for c in stage.accents), 10, 11)


SCENES = {
    "beach_sunset": Scene(
        _beach_sunset, _beach_mood, "golden_hour", ("#f2785c", "#2f8f9d", "#ffd27a")
    ),
    "tropical_pool": Scene(
        _tropical_pool, _pool_mood, "daylight", ("#ff6f91", "#ffc145", "#2ec4b6")
    ),
    "mountain_view": Scene(
        _mountain_view, _mountain_mood, "daylight", ("#8f6bd1", "#ff8f6b", "#5bb0d9")
    ),
    "forest_trail": Scene(
        _forest_trail, _forest_mood, "daylight", ("#7a9e4b", "#c98a4a", "#e6d3a3")
    ),
    "flower_field": Scene(
        _flower_field, _flower_mood, "backlit", ("#e8527a", "#f7a13d", "#9a6fd8")
    ),
}
