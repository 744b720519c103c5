# ruff: noqa: PLR0917 (props are placed by x, base, width and height, as everywhere in drawing)
"""What grows and what is above: sky, sun, clouds, water, trees, plants, leaves in front."""

from __future__ import annotations

import itertools
import math

from .palette import darken, lighten, mix
from .scene_kit import (
    HEIGHT,
    Point,
    Stage,
    disc,
    group,
    num,
    poly,
    rect,
    shape,
    smooth,
    stroke,
    tones,
)


def sky(
    stage: Stage,
    bottom: float = 640,
    *,
    orb_x: float | None = None,
    orb_y: float = 210,
    clouds: int = 4,
) -> str:
    """The sky of the stage's light down to `bottom`, with sun or moon, clouds or stars."""
    light = stage.light
    out = stage.lit(rect(0, 0, stage.width, bottom, stage.down(*light.sky)))
    if light.is_dark and light.slug not in ("candlelight", "flash"):
        out += stage.lit(stars(stage, bottom * 0.8))
    x = stage.at(stage.width * 0.3) if orb_x is None else orb_x
    out += stage.lit(orb(stage, x, orb_y, bottom))
    if light.orb != "moon":
        out += stage.lit("".join(cloud(stage, bottom) for _ in range(clouds)))
    return out


def orb(stage: Stage, x: float, y: float, horizon: float) -> str:
    kind = stage.light.orb
    if kind == "sun":
        return stage.glow(x, y, 190, "#fffbe6", 0.9) + disc(x, y, 42, "#fffdf2")
    if kind == "low_sun":
        low = horizon - 75
        return (
            stage.glow(x, low, 430, "#fff0b8", 0.95)
            + stage.glow(x, low, 210, "#ffe9a0", 0.9)
            + disc(x, low, 66, "#fff6d2")
        )
    if kind == "moon":
        return (
            stage.glow(x, y, 230, "#bcd2ff", 0.55)
            + disc(x, y, 48, "#f2f6ff")
            + disc(x - 14, y - 10, 9, "#d5def2")
            + disc(x + 13, y + 12, 12, "#dbe3f5")
            + disc(x + 10, y - 20, 6, "#d8e1f4")
        )
    return ""


def stars(stage: Stage, bottom: float) -> str:
    count = int(stage.width / 14)
    return "".join(
        disc(
            stage.between(0, stage.width),
            stage.between(0, bottom),
            stage.between(0.7, 2.2),
            "#ffffff",
            stage.between(0.3, 0.9),
        )
        for _ in range(count)
    )


def cloud(stage: Stage, bottom: float) -> str:
    """Puffs on a flat base."""
    size = stage.between(0.5, 1.25)
    x, y = stage.between(0, stage.width), stage.between(50, bottom * 0.62)
    paint = stage.down((stage.light.cloud, 0.95), (stage.light.cloud, 0.35))
    tops = [(-118, 36), (-78, 2), (-24, -30), (34, -24), (82, 6), (120, 36)]
    points = [(px, py * stage.between(0.6, 1.25) if py < 30 else py) for px, py in tops]
    d = f"M{num(points[0][0])} {num(points[0][1])}"
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        r = math.hypot(bx - ax, by - ay) * stage.between(0.54, 0.66)
        d += f"A{num(r)} {num(r)} 0 0 1 {num(bx)} {num(by)}"
    return group(shape(f"{d}Z", paint), x, y, sx=size * 1.1, sy=size * 0.8, opacity=0.85)


def sea(stage: Stage, top: float, bottom: float, colour: str = "#2aa5b5") -> str:
    light = stage.light
    near = mix(colour, light.sky[1], 0.25)
    far = mix(colour, light.horizon, 0.55)
    out = rect(0, top, stage.width, bottom - top, stage.down(far, near, colour))
    for _ in range(int(stage.width / 26)):
        depth = stage.rng.random() ** 1.6
        y = top + 6 + depth * (bottom - top - 14)
        length = 16 + depth * stage.between(50, 110)
        x = stage.between(-40, stage.width)
        out += rect(x, y, length, 1.5 + depth * 3, "#ffffff", 2, stage.between(0.15, 0.5))
    return out


def glitter(stage: Stage, x: float, top: float, bottom: float, colour: str = "#fff1bd") -> str:
    """The path of light a low sun lays on water."""
    out = ""
    for i in range(22):
        t = i / 21
        half = 24 + 70 * t * stage.between(0.5, 1.2)
        y = top + 3 + (bottom - top) * t**1.25
        drift = stage.between(-20, 20) * (0.3 + t)
        out += rect(x - half + drift, y, 2 * half, 2 + 5 * t, colour, 3, 0.75 - 0.4 * t)
    return out


def peak(
    stage: Stage, x: float, base: float, w: float, h: float, colour: str, *, has_snow: bool = True
) -> str:
    """A mountain with a lit left and a shaded right flank."""
    lit, _, dark = tones(colour)
    jag = [stage.between(-0.05, 0.05) for _ in range(6)]
    top = (x, base - h)
    left = [
        (x - w * (0.5 + jag[0] * 0.3), base),
        (x - w * (0.3 + jag[1]), base - h * 0.42),
        (x - w * (0.13 + jag[2] * 0.6), base - h * 0.72),
    ]
    right = [
        (x + w * (0.12 + jag[3] * 0.6), base - h * 0.76),
        (x + w * (0.29 + jag[4]), base - h * 0.44),
        (x + w * (0.5 + jag[5] * 0.3), base),
    ]
    fold = [(x + w * 0.03, base - h * 0.7), (x - w * 0.04, base - h * 0.42), (x + w * 0.05, base)]
    out = poly([*left, top, *right], stage.down(lit, mix(lit, stage.light.horizon, 0.3)))
    out += poly([top, *right, *reversed(fold)], stage.down(dark, mix(dark, colour, 0.5)))
    if has_snow:
        out += _snow_cap(top, left[2], right[0], w, h)
    return out


def _snow_cap(top: Point, left: Point, right: Point, w: float, h: float) -> str:
    x, y = top
    zig = [
        (right[0] + w * 0.015, right[1] + h * 0.02),
        (x + w * 0.07, y + h * 0.20),
        (x + w * 0.03, y + h * 0.31),
        (x - w * 0.01, y + h * 0.21),
        (x - w * 0.06, y + h * 0.33),
        (left[0] - w * 0.012, left[1] + h * 0.02),
    ]
    out = poly([top, *zig], "#f7fafd")
    return out + poly([top, zig[0], zig[1], zig[2], (x + w * 0.02, y + h * 0.16)], "#cfdceb")


def palm(stage: Stage, x: float, base: float, h: float, lean: float = 0) -> str:
    """A palm; `lean` moves its crown sideways."""
    top_x, top_y = x + lean, base - h
    thick = h * 0.028
    bend = x + lean * 0.2
    trunk = (
        f"M{num(x - thick)} {num(base)}Q{num(bend - thick)} {num(base - h * 0.5)}"
        f" {num(top_x - thick * 0.6)} {num(top_y)}L{num(top_x + thick * 0.6)} {num(top_y)}"
        f"Q{num(bend + thick)} {num(base - h * 0.5)} {num(x + thick * 1.3)} {num(base)}Z"
    )
    out = shape(trunk, stage.across("#a9794f", "#6c4630"))
    for i in range(1, 9):
        t = i / 9
        px = x + lean * (0.4 * t * (1 - t) + t * t)
        y = base - h * t
        out += stroke(
            f"M{num(px - thick)} {num(y)}q{num(thick)} {num(thick * 0.8)} {num(2 * thick)} 0",
            "#5b3a2a",
            2.2,
            0.5,
        )
    colours = ("#1f6b4b", "#2b8a57", "#3aa264", "#257a52")
    for i, angle in enumerate((200, 340, 170, 10, 232, 308, 262, 285)):
        length = h * stage.between(0.40, 0.5)
        out += frond(top_x, top_y, angle + stage.between(-8, 8), length, colours[i % 4])
    return (
        out
        + disc(top_x - 8, top_y + 8, h * 0.02, "#7a4a2c")
        + disc(top_x + 9, top_y + 10, h * 0.022, "#8c5836")
    )


def frond(x: float, y: float, angle: float, length: float, colour: str) -> str:
    """A hanging palm leaf: a curved rib with narrow leaflets on both sides."""
    a = math.radians(angle)
    end = (x + length * math.cos(a), y + length * math.sin(a) * 0.7 + length * 0.42)
    mid = (x + length * 0.55 * math.cos(a), y + length * 0.6 * math.sin(a) - length * 0.1)
    rib, upper, lower = [], [], []
    for i in range(15):
        t = i / 14
        px = (1 - t) ** 2 * x + 2 * t * (1 - t) * mid[0] + t * t * end[0]
        py = (1 - t) ** 2 * y + 2 * t * (1 - t) * mid[1] + t * t * end[1]
        tx = 2 * (1 - t) * (mid[0] - x) + 2 * t * (end[0] - mid[0])
        ty = 2 * (1 - t) * (mid[1] - y) + 2 * t * (end[1] - mid[1])
        norm = math.hypot(tx, ty) or 1
        nx, ny = -ty / norm, tx / norm
        half = length * 0.15 * math.sin(math.pi * (0.12 + 0.85 * t)) * (1 if i % 2 else 0.45)
        reach = 0.1 * length * (1 if i % 2 else 0)
        upper.append((px + nx * half + tx / norm * reach, py + ny * half + ty / norm * reach))
        lower.append((px - nx * half + tx / norm * reach, py - ny * half + ty / norm * reach))
        rib.append((px, py))
    out = poly([*rib, *reversed(upper)], mix(colour, "#0c2f33", 0.25)) + poly(
        [*rib, *reversed(lower)], colour
    )
    return out + stroke(smooth(rib, is_closed=False), lighten(colour, 0.25), 2)


def leaf(x: float, y: float, angle: float, length: float, colour: str, *, fat: float = 0.28) -> str:
    """A pointed two-tone leaf growing from (x, y)."""
    w = length * fat
    lit, dark = lighten(colour, 0.14), darken(colour, 0.16)
    body = (
        shape(
            f"M0 0C{num(length * 0.25)} {num(-w)} {num(length * 0.7)} {num(-w)} {num(length)} 0Z",
            lit,
        )
        + shape(
            f"M0 0C{num(length * 0.25)} {num(w)} {num(length * 0.7)} {num(w)} {num(length)} 0Z",
            dark,
        )
        + stroke(f"M0 0L{num(length * 0.94)} 0", lighten(colour, 0.35), length * 0.012)
    )
    return group(body, x, y, turn=angle)


def monstera(x: float, y: float, angle: float, size: float, colour: str) -> str:
    """A big leaf with cuts, as in hotel gardens."""
    outline = [
        (0, 0),
        (8, -30),
        (38, -44),
        (44, -22),
        (56, -48),
        (84, -44),
        (70, -20),
        (98, -34),
        (112, -16),
        (84, -4),
        (120, 0),
        (84, 6),
        (110, 20),
        (96, 34),
        (70, 22),
        (82, 44),
        (54, 46),
        (44, 22),
        (36, 44),
        (8, 30),
    ]
    scaled = [(px * size / 120, py * size / 120) for px, py in outline]
    lower = [p for p in scaled if p[1] >= 0]
    body = shape(smooth(scaled), lighten(colour, 0.08)) + shape(smooth(lower), darken(colour, 0.14))
    body += stroke(
        f"M{num(-size * 0.4)} {num(size * 0.1)}Q0 0 {num(size * 0.94)} 0",
        lighten(colour, 0.3),
        size * 0.018,
    )
    return group(body, x, y, turn=angle)


def tree(stage: Stage, x: float, base: float, h: float, colour: str, trunk: str = "#6a4632") -> str:
    """A round broad-leaved tree in three tones."""
    lit, mid, dark = tones(colour)
    r = h * 0.3
    cy = base - h + r * 1.05
    w = h * 0.035
    out = shape(
        f"M{num(x - w)} {num(base)}Q{num(x - w * 0.4)}"
        f" {num(base - h * 0.3)} {num(x - w * 0.5)} {num(cy)}"
        f"L{num(x + w * 0.5)} {num(cy)}Q{num(x + w * 0.5)}"
        f" {num(base - h * 0.3)} {num(x + w * 1.2)} {num(base)}Z",
        trunk,
    )
    out += stroke(
        f"M{num(x)} {num(base - h * 0.38)}L{num(x + r * 0.5)} {num(cy + r * 0.3)}", trunk, w * 0.7
    )
    for tone, dx, dy, scale in (
        (dark, 0.12, 0.16, 1.0),
        (mid, 0, 0, 0.95),
        (lit, -0.24, -0.26, 0.52),
    ):
        out += shape(_crown(stage, x + dx * r, cy + dy * r, r * scale), tone)
    return out


def _crown(stage: Stage, cx: float, cy: float, r: float) -> str:
    points = []
    for i in range(11):
        a = 2 * math.pi * i / 11
        reach = r * stage.between(0.9, 1.14)
        points.append((cx + reach * 1.12 * math.cos(a), cy + reach * math.sin(a)))
    return smooth(points)


def fir(x: float, base: float, h: float, colour: str, *, has_snow: bool = False) -> str:
    _, mid, dark = tones(colour)
    out = rect(x - h * 0.025, base - h * 0.12, h * 0.05, h * 0.12, "#4a3226")
    for i in range(4):
        y = base - h * (0.08 + 0.2 * i)
        w = h * (0.27 - 0.05 * i)
        t = h * 0.38
        d = (
            f"M{num(x)} {num(y - t)}Q{num(x - w * 0.4)} {num(y - t * 0.3)}"
            f" {num(x - w)} {num(y)}Q{num(x)} {num(y + h * 0.04)} "
        )
        out += shape(
            f"{d}{num(x + w)} {num(y)}Q{num(x + w * 0.4)}"
            f" {num(y - t * 0.3)} {num(x)} {num(y - t)}Z",
            mid,
        )
        out += shape(
            f"M{num(x)} {num(y - t)}L{num(x + w * 0.1)} {num(y + h * 0.018)}"
            f"Q{num(x + w * 0.6)} {num(y + h * 0.012)}"
            f" {num(x + w)} {num(y)}Q{num(x + w * 0.4)} {num(y - t * 0.3)} {num(x)} {num(y - t)}Z",
            dark,
        )
        if has_snow:
            out += shape(
                f"M{num(x)} {num(y - t)}Q{num(x - w * 0.4)}"
                f" {num(y - t * 0.3)} {num(x - w)} {num(y)}"
                f"Q{num(x - w * 0.62)} {num(y - t * 0.2)} {num(x - w * 0.4)} {num(y - t * 0.12)}"
                f"Q{num(x - w * 0.2)} {num(y - t * 0.32)} {num(x + w * 0.06)} {num(y - t * 0.2)}Z",
                "#f4f8fc",
            )
    return out


def bush(stage: Stage, x: float, base: float, w: float, h: float, colour: str) -> str:
    lit, mid, _ = tones(colour)
    out = ""
    for tone, scale, dx in ((mid, 1.0, 0.0), (lit, 0.55, -0.18)):
        points = [(x + w * (dx - 0.5 * scale), base)]
        for i in range(7):
            t = i / 6
            top = h * scale * (0.45 + 0.55 * math.sin(math.pi * t)) * stage.between(0.85, 1.12)
            points.append((x + w * (dx + (t - 0.5) * scale), base - top))
        points.append((x + w * (dx + 0.5 * scale), base))
        out += shape(smooth(points), tone)
    return out


def grass(
    stage: Stage, x0: float, x1: float, y: float, h: float, colour: str, gap: float = 9
) -> str:
    """A fringe of blades standing on y."""
    d, x = "", x0
    while x < x1:
        tall, lean = h * stage.between(0.5, 1), stage.between(-14, 14)
        d += (
            f"M{num(x - 3)} {num(y)}Q{num(x)} {num(y - tall * 0.6)} {num(x + lean)}"
            f" {num(y - tall)}Q{num(x + 4)} {num(y - tall * 0.5)} {num(x + 4)} {num(y)}Z"
        )
        x += gap * stage.between(0.5, 1.5)
    return shape(d, colour) if d else ""


def flower(
    x: float, y: float, r: float, colour: str, heart: str = "#f6c445", petals: int = 6
) -> str:
    turn = 360 / petals
    body = "".join(
        f'<ellipse cx="0" cy="{num(-r * 0.62)}" rx="{num(r * 0.36)}" ry="{num(r * 0.52)}"'
        f' fill="{colour if i % 2 else lighten(colour, 0.14)}"'
        f' transform="rotate({num(turn * i)})"/>'
        for i in range(petals)
    )
    return group(body + disc(0, 0, r * 0.3, heart), x, y, sy=0.86)


def tulip(x: float, y: float, h: float, colour: str, stem: str = "#4e8a4a") -> str:
    r = h * 0.24
    top = y - h
    return (
        stroke(
            f"M{num(x)} {num(y)}Q{num(x + 4)} {num(y - h / 2)} {num(x)} {num(top + r)}",
            stem,
            h * 0.045,
        )
        + leaf(x, y - h * 0.1, -70, h * 0.5, stem, fat=0.16)
        + shape(
            f"M{num(x - r)} {num(top)}Q{num(x - r * 1.1)}"
            f" {num(top + r * 2)} {num(x)} {num(top + r * 2)}"
            f"Q{num(x + r * 1.1)} {num(top + r * 2)} {num(x + r)}"
            f" {num(top)}L{num(x + r * 0.45)} {num(top + r * 0.7)}"
            f"L{num(x)} {num(top - r * 0.2)}L{num(x - r * 0.45)} {num(top + r * 0.7)}Z",
            colour,
        )
        + shape(
            f"M{num(x)} {num(top - r * 0.2)}L{num(x + r * 0.45)}"
            f" {num(top + r * 0.7)}L{num(x + r)} {num(top)}"
            f"Q{num(x + r * 1.1)} {num(top + r * 2)} {num(x)} {num(top + r * 2)}Z",
            darken(colour, 0.15),
        )
    )


def cactus(x: float, base: float, h: float, colour: str = "#4f8a5b") -> str:
    lit, mid, dark = tones(colour)
    w = h * 0.15
    out = ""
    for side, y, reach, up in ((-1, 0.45, 0.24, 0.3), (1, 0.6, 0.22, 0.26)):
        ex, ey = x + side * reach * h, base - h * y
        out += stroke(
            f"M{num(x)} {num(ey)}Q{num(ex)} {num(ey)} {num(ex)} {num(ey - up * h)}",
            dark if side > 0 else mid,
            w * 0.72,
        )
    out += rect(x - w / 2, base - h, w, h, mid, w / 2)
    out += rect(x - w / 2, base - h, w * 0.3, h, lit, w * 0.15, 0.7)
    return out + rect(x + w * 0.18, base - h * 0.96, w * 0.32, h * 0.96, dark, w * 0.15, 0.7)


def potted(
    stage: Stage, x: float, base: float, h: float, pot: str = "#d9d2c6", kind: str | None = None
) -> str:
    """A house plant in its pot: monstera, fig or snake plant."""
    kind = kind or stage.pick(("monstera", "fig", "snake"))
    lit, mid, dark = tones(pot)
    pw, ph = h * 0.17, h * 0.26
    top = base - ph
    out = ""
    green = stage.pick(("#2f7d57", "#3a8a5c", "#2a6f5c"))
    if kind == "snake":
        for i, dx in enumerate((-0.6, 0.6, -0.3, 0.3, 0)):
            tall = h * (0.42 + 0.07 * i)
            out += leaf(
                x + dx * pw, top + 6, -90 + dx * 16, tall, mix(green, "#d8c66a", 0.12), fat=0.09
            )
    else:
        angles = (
            (-155, -28, -128, -55, -105, -78)
            if kind == "monstera"
            else (-165, -12, -140, -40, -115, -62, -90)
        )
        for i, angle in enumerate(angles):
            reach = h * (0.30 + 0.07 * (i % 4)) * stage.between(0.92, 1.1)
            a = math.radians(angle)
            tip = (x + reach * 0.62 * math.cos(a), top + reach * 0.95 * math.sin(a))
            out += stroke(
                f"M{num(x)} {num(top)}Q{num(x)}"
                f" {num((top + tip[1]) / 2)} {num(tip[0])} {num(tip[1])}",
                darken(green, 0.1),
                h * 0.012,
            )
            if kind == "monstera":
                out += monstera(tip[0], tip[1], angle + (18 if angle < -90 else -2), h * 0.3, green)
            else:
                out += leaf(tip[0], tip[1], angle, h * 0.26, green, fat=0.3)
    out += poly(
        [(x - pw, top), (x + pw, top), (x + pw * 0.72, base), (x - pw * 0.72, base)],
        stage.across(lit, mid, dark),
    )
    return out + rect(x - pw * 1.08, top - h * 0.02, pw * 2.16, h * 0.05, mid, 3)


# --- in front of the figure ---------------------------------------------------------------------


def corner_leaves(stage: Stage, colour: str, *, corner: str = "bottom", size: float = 250) -> str:
    """Dark soft leaves growing into the picture from one or both corners."""
    out = ""
    for edge in (0, 1):
        x = edge * stage.width
        y = HEIGHT + 20 if corner == "bottom" else -20
        for i in range(4):
            base = (-20 - 26 * i) if corner == "bottom" else (18 + 26 * i)
            angle = base if edge == 0 else 180 - base
            length = size * stage.between(0.7, 1.1)
            out += leaf(
                x, y, angle + stage.between(-6, 6), length, mix(colour, "#12261f", 0.1 * i), fat=0.2
            )
    return out


def corner_fronds(stage: Stage, colour: str = "#17543f", *, size: float = 330) -> str:
    """Palm fronds hanging into the upper corners."""
    x = stage.width if stage.side > 0 else 0
    flip = stage.side
    out = ""
    for i, angle in enumerate((178, 150, 128)):
        turned = angle if flip > 0 else 180 - angle
        out += frond(
            x + flip * 30,
            -60 + 10 * i,
            turned,
            size * (1 - 0.12 * i),
            mix(colour, "#0b2a2a", 0.18 * i),
        )
    return out


def falling(stage: Stage, colours: tuple[str, ...], count: int, size: float = 13) -> str:
    """Leaves or petals in the air, kept away from the face."""
    out = ""
    for _ in range(count):
        x, y = away_from_face(stage)
        out += group(
            shape("M-10 0Q-4 -8 10 0Q-4 8 -10 0Z", stage.pick(colours)),
            x,
            y,
            turn=stage.between(0, 360),
            sx=size / 10 * stage.between(0.7, 1.5),
            sy=size / 10 * stage.between(0.7, 1.3),
            opacity=stage.between(0.75, 1),
        )
    return out


def snowflakes(stage: Stage, count: int) -> str:
    out = ""
    for i in range(count):
        x, y = away_from_face(stage)
        near = i % 9 == 0
        r = stage.between(9, 16) if near else stage.between(2, 6)
        paint = (
            stage.round(("#ffffff", 0.9), ("#ffffff", 0.5), ("#ffffff", 0)) if near else "#ffffff"
        )
        out += disc(x, y, r, paint, stage.between(0.6, 0.95))
    return out


# Half the width of the column faces are in, as a share of the picture and at most in units, and
# how far down it reaches.
_FACE_COLUMN = {
    "close_up": (0.34, 300.0, 760.0),
    "half_body": (0.24, 190.0, 560.0),
    "full_body": (0.16, 110.0, 360.0),
}


def away_from_face(stage: Stage, top: float = 0, bottom: float = HEIGHT) -> Point:
    """A point between two heights anywhere but where the face is."""
    share, most, deep = _FACE_COLUMN[stage.framing]
    half = min(most, stage.width * share)
    while True:
        x, y = stage.between(0, stage.width), stage.between(top, bottom)
        if abs(x - stage.figure_x) > half or y > deep:
            return x, y
