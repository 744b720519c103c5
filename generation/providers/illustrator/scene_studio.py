# ruff: noqa: PLR0917 (props are placed by x, base, width and height, as everywhere in drawing)
"""Studio and gym scenes."""

from __future__ import annotations

from .palette import darken, lighten, mix
from .scene_indoor import (
    bricks,
    curtain,
    mirror,
    plain_floor,
    planks,
    wall,
    window,
)
from .scene_kit import (
    HEIGHT,
    Scene,
    Stage,
    around,
    disc,
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
from .scene_light import bokeh, confetti, light_cone
from .scene_nature import corner_leaves, falling, potted


def paper_roll(stage: Stage, colour: str, half: float) -> str:
    """Seamless paper hanging from a bar and sweeping onto the floor."""
    lit, mid, dark = tones(colour)
    x = stage.figure_x
    out = poly(
        [(x - half, 92), (x + half, 92), (x + half * 1.02, 740), (x - half * 1.02, 740)],
        stage.down(mix(lit, mid, 0.4), lit, mid),
    )
    out += shape(
        f"M{x - half * 1.02:.0f} 738H{x + half * 1.02:.0f}C{x + half * 1.04:.0f} 790"
        f" {x + half * 1.2:.0f} 880 {x + half * 1.3:.0f} 1000H{x - half * 1.3:.0f}"
        f"C{x - half * 1.2:.0f} 880 {x - half * 1.04:.0f} 790 {x - half * 1.02:.0f} 738Z",
        stage.down(mid, mix(mid, dark, 0.3), mix(lit, mid, 0.3), lit),
    )
    return out + rect(
        x - half - 46,
        70,
        2 * half + 92,
        26,
        stage.down(lighten(colour, 0.45), darken(colour, 0.3)),
        13,
    )


def softbox(stage: Stage, x: float, y: float, size: float, base: float, facing: int) -> str:
    """A softbox on its stand; `facing` +1 shines to the right."""
    stand = stroke(
        f"M{x:.0f} {y + size * 0.3:.0f}V{base - 40:.0f}M{x:.0f} {base - 120:.0f}L{x - 60:.0f}"
        f" {base:.0f}M{x:.0f} {base - 120:.0f}L{x + 60:.0f}"
        f" {base:.0f}M{x:.0f} {base - 120:.0f}V{base + 6:.0f}",
        "#25222d",
        8,
    )
    back = poly(
        [
            (x - facing * size * 0.3, y - size * 0.16),
            (x - facing * size * 0.3, y + size * 0.16),
            (x + facing * size * 0.1, y + size * 0.56),
            (x + facing * size * 0.1, y - size * 0.56),
        ],
        stage.across("#3a3644", "#1f1c27"),
    )
    face = poly(
        [
            (x + facing * size * 0.1, y - size * 0.56),
            (x + facing * size * 0.1, y + size * 0.56),
            (x + facing * size * 0.36, y + size * 0.46),
            (x + facing * size * 0.36, y - size * 0.46),
        ],
        "#fffdf6",
    )
    return (
        stand
        + back
        + stage.lit(face)
        + stage.glow(x + facing * size * 0.3, y, size * 1.2, "#fffaf0", 0.5)
    )


def _studio_portrait(stage: Stage) -> str:
    w = stage.width
    out = wall(stage, "#8d857f", 800) + plain_floor(stage, "#6f6762", 790)
    half = min(w * 0.46, 470)
    out += paper_roll(stage, stage.accents[2], half)
    edge = min(w * 0.47, 560)
    out += softbox(stage, stage.figure_x - edge, 250, 230, 900, 1)
    if w > 700:
        out += softbox(stage, stage.figure_x + edge, 300, 190, 890, -1)
    if stage.is_wide:
        out += _reflector(stage, stage.at(edge + 160), 900) + _camera_bag(
            stage, stage.at(-edge - 190), 910
        )
    return out


def _reflector(stage: Stage, x: float, base: float) -> str:
    return oval(x, base - 220, 104, 190, "#2c2833") + oval(
        x, base - 220, 94, 178, stage.slant("#fffdf6", "#d9d2c6", "#f7f2e8")
    )


def _camera_bag(stage: Stage, x: float, base: float) -> str:
    return (
        oval(x, base, 110, 10, "#2a1438", 0.3)
        + rect(x - 96, base - 120, 192, 120, stage.down("#5b4a44", "#3b302e"), 16)
        + stroke(f"M{x - 50:.0f} {base - 118:.0f}q50 -66 100 0", "#3b302e", 9)
        + rect(x - 60, base - 80, 120, 50, "#6d5a52", 8)
    )


def _studio_mood(stage: Stage) -> str:
    """The dark edge of a flag and a leaf close to the lens: the look through a set."""
    x = stage.width if stage.side > 0 else 0
    out = shape(
        f"M{x:.0f} -10L{x - stage.side * 90:.0f} -10Q{x - stage.side * 30:.0f} 330 {x:.0f} 520Z",
        "#2a2530",
        0.85,
    )
    return (
        out
        + corner_leaves(stage, "#4f5f52", size=190)
        + stage.lit(bokeh(stage, ("#fff8ea",), 6, bottom=900, size=(5, 16)))
    )


def _colour_backdrop(stage: Stage) -> str:
    w, (a, b, c) = stage.width, stage.accents
    lit, mid, dark = tones(a)
    out = rect(0, 0, w, 790, stage.slant(lit, mid, mix(mid, dark, 0.25))) + rect(
        0, 780, w, 220, stage.down(mix(mid, dark, 0.35), mid, mix(lit, mid, 0.4))
    )
    kind = stage.pick(("circle", "arch", "arches", "split"))
    x = stage.figure_x
    r = min(w * 0.4, 330)
    if kind == "circle":
        out += disc(x, 400, r, stage.slant(lighten(b, 0.2), b)) + disc(
            stage.at(r * 0.95), 210, r * 0.32, c
        )
    elif kind == "arch":
        out += shape(
            f"M{x - r:.0f} 780V{150 + r:.0f}A{r:.0f} {r:.0f} 0 0 1 {x + r:.0f} {150 + r:.0f}V780Z",
            stage.across(lighten(b, 0.2), b, darken(b, 0.1)),
        )
    elif kind == "arches":
        for i, tone in enumerate((b, c, lighten(a, 0.35))):
            k = r * (1.1 - 0.28 * i)
            out += shape(
                f"M{x - k:.0f} 780V{130 + 90 * i + k:.0f}A{k:.0f}"
                f" {k:.0f} 0 0 1 {x + k:.0f} {130 + 90 * i + k:.0f}V780Z",
                tone,
            )
    else:
        out += poly(
            [
                (x + stage.side * 30, 0),
                (x + stage.side * w, 0),
                (x + stage.side * w, 780),
                (x - stage.side * 90, 780),
            ],
            stage.slant(lighten(b, 0.15), b),
        )
        out += disc(stage.at(-r * 0.8), 250, r * 0.4, c)
    out += _blocks(stage, stage.at(min(w * 0.38, 400)), 880)
    if w > 900:
        out += _blocks(stage, stage.at(-min(w * 0.4, 470)), 860)
    return out


def _blocks(stage: Stage, x: float, base: float) -> str:
    """Plinths, a ball and a half ring: props of a still life."""
    _, b, c = stage.accents
    out = oval(x, base, 150, 12, "#2a1438", 0.22)
    h = stage.between(120, 260)
    lit, mid, dark = tones(b)
    out += rect(x - 90, base - h, 110, h, stage.across(lit, mid, dark)) + oval(
        x - 35, base - h, 55, 13, lit
    )
    lit, mid, dark = tones(c)
    out += rect(x + 30, base - h * 0.5, 96, h * 0.5, stage.across(lit, mid, dark)) + oval(
        x + 78, base - h * 0.5, 48, 11, lit
    )
    return out + disc(
        x + 78,
        base - h * 0.5 - 40,
        42,
        stage.round(lighten(b, 0.4), b, darken(b, 0.2), cx=0.35, cy=0.3, r=0.75),
    )


def _backdrop_mood(stage: Stage) -> str:
    """Paper shapes: a big disc and a strip enter the frame, confetti in the air."""
    _, b, c = stage.accents
    x = stage.width if stage.side < 0 else 0
    out = disc(x, HEIGHT + 26, 150, stage.slant(lighten(c, 0.2), c))
    out += group(
        rect(-16, -160, 32, 200, b, 16), stage.width - x, HEIGHT - 10, turn=-30 if x == 0 else 30
    )
    return out + confetti(stage, (b, c, "#ffffff"), 16)


def _spotlight(stage: Stage) -> str:
    w, x = stage.width, stage.figure_x
    out = rect(0, 0, w, 800, "#2c1420")
    count = max(5, int(w / 105))
    cw = w / count
    for i in range(count):
        out += curtain(
            i * cw - 6,
            -10,
            cw + 12,
            810,
            mix(stage.accents[0], "#2c1420", 0.12 + 0.1 * (i % 2)),
        )
    out += shape(
        f"M0 -10H{w:.0f}V70"
        + "".join(f"Q{w - cw * (i + 0.5):.0f} 170 {w - cw * (i + 1):.0f} 70" for i in range(count))
        + "Z",
        stage.down(darken(stage.accents[0], 0.25), stage.accents[0]),
    )
    out += rect(0, 64, w, 6, stage.accents[2], opacity=0.8)
    out += planks(stage, "#5b3a34", 790)
    out += light_cone(
        stage, x - stage.side * 130, -20, x, min(w * 0.4, 330), "#fff3d6", opacity=0.75
    )
    ring = oval(
        x,
        930,
        min(w * 0.42, 340),
        66,
        stage.round(("#fff6df", 0.95), ("#ffe9bd", 0.6), ("#ffe9bd", 0.12)),
    )
    out += stage.lit(ring)
    far = min(w * 0.42, 420)
    return (
        out
        + _mic_stand(stage.at(far), 890)
        + (_mic_stand(stage.at(-far - 160), 880) if stage.is_wide else "")
    )


def _mic_stand(x: float, base: float) -> str:
    out = stroke(f"M{x:.0f} {base:.0f}V{base - 470:.0f}l-40 -40", "#a9a2b4", 8) + oval(
        x, base, 60, 11, "#57505f"
    )
    return out + group(
        rect(-17, -60, 34, 60, "#c9c2d2", 17) + rect(-17, -26, 34, 6, "#57505f"),
        x - 40,
        base - 505,
        turn=-45,
    )


def _spot_mood(stage: Stage) -> str:
    """Dust in the beam and the foot lights of the stage."""
    dust = "".join(
        disc(
            stage.figure_x + stage.between(-230, 230),
            stage.between(60, 900),
            stage.between(1.2, 4),
            "#fff3d6",
            stage.between(0.3, 0.8),
        )
        for _ in range(40)
    )
    out, x = "", 40.0
    while x < stage.width:
        out += shape(f"M{x - 34:.0f} 1004a34 40 0 0 1 68 0Z", "#3a2a30") + stage.glow(
            x, 972, 70, "#ffd98a", 0.5
        )
        x += 118
    return stage.lit(dust) + out


def _gym(stage: Stage) -> str:
    w = stage.width
    out = bricks(stage, "#6b6f7d", 0, 790)
    far = min(w * 0.46, 430)
    mx = stage.at(-far + 30)
    out += mirror(stage, mx - 150, 140, 320, 520, "#2b2a35")
    out += rect(stage.at(far * 0.8) - 240, 90, 480, 12, "#2b2a35")
    strip = rect(-10, 60, w + 20, 12, stage.accents[0], 6)
    out += stage.lit(strip) + stage.lit(
        rect(
            -10,
            20,
            w + 20,
            92,
            stage.down((stage.accents[0], 0), (stage.accents[0], 0.4), (stage.accents[0], 0)),
        )
    )
    out += plain_floor(stage, "#4a4753", 790)
    for _ in range(int(w / 10)):
        out += disc(
            stage.between(0, w),
            stage.between(800, 1000),
            stage.between(1, 2.6),
            stage.pick(stage.accents),
            0.6,
        )
    out += _squat_rack(stage, stage.at(far * 0.78), 830) + _dumbbell_rack(stage, mx, 830)
    out += _punching_bag(stage, stage.at(far * 0.42 + 330)) if w > 1000 else ""
    out += _dumbbell_rack(stage, stage.at(-far - 420), 835) if stage.is_wide else ""
    return (
        out
        + _kettlebell(stage, stage.at(far * 0.9), 905, 66, stage.accents[0])
        + _kettlebell(stage, stage.at(far * 0.9 - 84), 890, 50, stage.accents[1])
    )


def _squat_rack(stage: Stage, x: float, base: float) -> str:
    out = ""
    for dx in (-150, 150):
        out += rect(x + dx - 13, base - 650, 26, 650, stage.across("#4b4958", "#23212b"), 3)
        for i in range(12):
            out += disc(x + dx, base - 620 + i * 48, 5, "#15131c")
        out += rect(x + dx - 66, base - 14, 132, 16, "#23212b", 4)
    out += rect(x - 164, base - 660, 328, 22, "#3a3846", 4) + rect(
        x - 300, base - 442, 600, 11, stage.down("#f2f2f6", "#8d8c99"), 5
    )
    for side in (-1, 1):
        for i, (h, tone) in enumerate(
            ((190, stage.accents[0]), (190, "#2b2a35"), (150, stage.accents[1]))
        ):
            out += rect(
                x + side * (196 + i * 26) - 11,
                base - 437 - h / 2,
                22,
                h,
                stage.across(lighten(tone, 0.2), tone, darken(tone, 0.3)),
                6,
            )
    return out


def _dumbbell_rack(stage: Stage, x: float, base: float) -> str:
    out = rect(x - 190, base - 230, 16, 230, "#2b2a35") + rect(
        x + 174, base - 230, 16, 230, "#2b2a35"
    )
    for row, y in enumerate((base - 190, base - 90)):
        out += rect(x - 196, y, 392, 16, stage.down("#5b5968", "#2b2a35"), 3)
        for i in range(5):
            cx = x - 148 + i * 74
            tone = stage.accents[(i + row) % 3]
            out += (
                rect(cx - 12, y - 22, 24, 8, "#c9c8d2")
                + rect(
                    cx - 30, y - 38, 20, 38, stage.across(lighten(tone, 0.2), darken(tone, 0.15)), 6
                )
                + rect(
                    cx + 10, y - 38, 20, 38, stage.across(lighten(tone, 0.2), darken(tone, 0.15)), 6
                )
            )
    return out


def _punching_bag(stage: Stage, x: float) -> str:
    lit, mid, dark = tones(stage.accents[1])
    return (
        stroke(f"M{x:.0f} -10V190", "#2b2a35", 6)
        + rect(x - 58, 190, 116, 400, stage.across(lit, mid, dark), 44)
        + rect(x - 58, 300, 116, 26, "#2b2a35", opacity=0.5)
    )


def _kettlebell(stage: Stage, x: float, base: float, r: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    handle = ring(x, base - r * 1.5, r * 0.46, r * 0.46, "#2b2a35", r * 0.2)
    return (
        oval(x, base, r * 0.9, r * 0.14, "#15131c", 0.5)
        + handle
        + disc(x, base - r * 0.72, r * 0.72, stage.round(lit, mid, dark, cx=0.35, cy=0.3, r=0.8))
    )


def _gym_mood(stage: Stage) -> str:
    """A barbell end close to the lens, chalk dust in the air."""
    x = stage.width if stage.side < 0 else 0
    s = 1 if x == 0 else -1
    out = rect(min(x, x + s * 150), 944, 150, 20, stage.down("#f2f2f6", "#8d8c99"), 8)
    for i, (h, tone) in enumerate(
        ((250, "#2b2a35"), (210, stage.accents[0]), (170, stage.accents[1]))
    ):
        out += rect(
            x + s * (14 + 38 * i) - 17,
            954 - h / 2,
            34,
            h,
            stage.across(lighten(tone, 0.25), tone, darken(tone, 0.35)),
            9,
        )
    return out + bokeh(stage, ("#ffffff", stage.accents[0]), 12, top=100, bottom=980, size=(3, 10))


def _yoga_studio(stage: Stage) -> str:
    w = stage.width
    out = wall(stage, "#efe4d2")
    gap = 330.0
    x = stage.figure_x - gap * 3 - 115 + gap / 2
    while x < w:
        if x > -260:
            view = ridge_view(stage, 230, 520)
            out += window(
                stage, x, 110, 230, 520, frame="#c99a6b", is_arched=True, rows=3, view=view
            )
        x += gap
    out += planks(stage, "#dcb184")
    far = min(w * 0.38, 360)
    out += _rolled_mats(stage, stage.at(far), 836) + potted(
        stage, stage.at(-far - 10), 836, 330, "#f6efe2", "monstera"
    )
    out += _mat(stage)
    if w > 900:
        out += disc(
            stage.at(far + 170),
            760,
            84,
            stage.round(
                lighten(stage.accents[1], 0.4),
                stage.accents[1],
                darken(stage.accents[1], 0.2),
                cx=0.35,
                cy=0.3,
                r=0.75,
            ),
        )
        out += potted(stage, stage.at(-far - 240), 830, 280, "#d99a7c", "snake")
    return out


def ridge_view(stage: Stage, w: float, h: float) -> str:
    """Green hills and bamboo for a window."""
    out = group(
        ridge(stage, h * 0.66, 60, 70, mix("#86b58c", stage.light.horizon, 0.4)), 0, 0
    ) + ridge(stage, h * 0.82, 40, 50, mix("#5d9a6d", stage.light.horizon, 0.2))
    for i in range(3):
        x = w * (0.14 + 0.33 * i) + stage.between(-12, 12)
        out += stroke(
            f"M{x:.0f} {h:.0f}L{x + 6:.0f} {h * 0.2:.0f}",
            mix("#7fae58", stage.light.horizon, 0.15),
            7,
        )
        for k in range(6):
            out += group(
                shape("M0 0Q24-9 52 0 24 9 0 0Z", mix("#6b9f4f", stage.light.horizon, 0.15)),
                x + 4,
                h * (0.24 + 0.1 * k),
                turn=stage.pick((-40, 30, 200, 150)),
            )
    return out


def _mat(stage: Stage) -> str:
    x, half = stage.figure_x, min(stage.width * 0.4, 330)
    lit, mid, dark = tones(stage.accents[0])
    return poly(
        [(x - half * 0.82, 884), (x + half * 0.82, 884), (x + half, 986), (x - half, 986)],
        stage.across(lit, mid, dark),
    ) + poly(
        [
            (x - half * 0.76, 894),
            (x + half * 0.76, 894),
            (x + half * 0.92, 976),
            (x - half * 0.92, 976),
        ],
        lit,
        0.35,
    )


def _rolled_mats(stage: Stage, x: float, base: float) -> str:
    out = rect(x - 105, base - 120, 210, 120, stage.across("#e0bd94", "#b98d63"), 8)
    for i in range(11):
        out += stroke(f"M{x - 100 + i * 20:.0f} {base - 116:.0f}v112", "#a87c54", 2.4, 0.6)
    for i, colour in enumerate((*stage.accents, stage.accents[0])):
        cx = x - 72 + i * 48
        tall = stage.between(170, 230)
        out = (
            rect(
                cx - 24,
                base - 60 - tall,
                48,
                tall,
                stage.across(lighten(colour, 0.25), colour, darken(colour, 0.2)),
                10,
            )
            + disc(cx, base - 58 - tall, 22, lighten(colour, 0.35))
            + ring(cx, base - 58 - tall, 11, 11, colour, 4)
            + out
        )
    return out


def _yoga_mood(stage: Stage) -> str:
    """Calm: leaves in one corner, petals, and a row of pebbles."""
    x = stage.at(min(stage.width * 0.4, 400))
    out = corner_leaves(stage, "#4f8a6a", corner="top", size=190)
    for i, (rx, tone) in enumerate(((64, "#8d8790"), (50, "#b5aeb4"), (36, "#76707c"))):
        out += oval(
            x + 6 * (i % 2),
            978 - 36 * i,
            rx,
            22,
            stage.down(lighten(tone, 0.25), tone, darken(tone, 0.25)),
        )
    return out + falling(stage, tuple(lighten(c, 0.35) for c in stage.accents), 8, 10)


def star_points(cx: float, cy: float, r: float) -> list[tuple[float, float]]:
    outer, inner = around(cx, cy, r, 5, -90), around(cx, cy, r * 0.42, 5, -54)
    return [p for pair in zip(outer, inner, strict=True) for p in pair]


SCENES = {
    "studio_portrait": Scene(
        _studio_portrait, _studio_mood, "softbox", ("#b9a08c", "#8f9fae", "#d9cfc4")
    ),
    "colour_backdrop": Scene(
        _colour_backdrop, _backdrop_mood, "softbox", ("#f2694b", "#ffc93c", "#3d7de0")
    ),
    "spotlight": Scene(_spotlight, _spot_mood, "rim_light", ("#8f1f3a", "#3a2a5f", "#e8c06a")),
    "gym": Scene(_gym, _gym_mood, "rim_light", ("#38e0c0", "#ff5a5f", "#c9ccd6")),
    "yoga_studio": Scene(
        _yoga_studio, _yoga_mood, "window_light", ("#a58fc9", "#e2a083", "#8fb5a0")
    ),
}
