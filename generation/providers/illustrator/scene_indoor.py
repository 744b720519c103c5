# ruff: noqa: PLR0917 (props are placed by x, base, width and height, as everywhere in drawing)
"""Rooms and what stands in them: walls, floors, windows, furniture, lamps, small things."""

from __future__ import annotations

import itertools

from .palette import darken, lighten, mix
from .scene_kit import (
    HEIGHT,
    Stage,
    disc,
    group,
    num,
    oval,
    poly,
    rect,
    ring,
    shape,
    stroke,
    tones,
)

FLOOR = 775.0  # where the wall meets the floor

BOOK_COLOURS = (
    "#c65b45",
    "#e0a458",
    "#2f6f73",
    "#34557f",
    "#8a3d5a",
    "#d9cdb8",
    "#5d7f56",
    "#403552",
)


def wall(stage: Stage, colour: str, floor: float = FLOOR) -> str:
    lit, mid, dark = tones(colour)
    return rect(
        0, 0, stage.width, floor + 2, stage.slant(mix(lit, mid, 0.4), mid, mix(mid, dark, 0.55))
    )


def baseboard(stage: Stage, colour: str, floor: float = FLOOR) -> str:
    return rect(0, floor - 22, stage.width, 22, colour) + rect(
        0, floor - 22, stage.width, 4, lighten(colour, 0.4), opacity=0.6
    )


def planks(stage: Stage, colour: str, top: float = FLOOR) -> str:
    """A wooden floor running towards the viewer."""
    lit, mid, dark = tones(colour)
    out = rect(
        0, top, stage.width, HEIGHT - top, stage.down(mix(mid, dark, 0.6), mid, mix(mid, lit, 0.5))
    )
    gap = 74.0
    middle = stage.figure_x
    lines = ""
    x = middle - gap * 30
    while x < middle + gap * 30:
        foot = middle + (x - middle) * 1.9
        if -200 < x < stage.width + 200:
            lines += f"M{num(x)} {num(top)}L{num(foot)} {num(HEIGHT)}"
        x += gap
    out += stroke(lines, dark, 2, 0.4)
    for y, shift in ((top + 26, 0), (top + 70, 1), (top + 132, 0), (top + 196, 1)):
        for _ in range(int(stage.width / 240)):
            x = stage.between(0, stage.width) + shift
            w = 74 * (1 + 0.9 * (y - top) / (HEIGHT - top))
            out += rect(x, y, w, 2.2, dark, opacity=0.32)
    return out + rect(0, top, stage.width, 26, stage.down((dark, 0.5), (dark, 0)))


def plain_floor(stage: Stage, colour: str, top: float = FLOOR) -> str:
    lit, mid, dark = tones(colour)
    return rect(
        0, top, stage.width, HEIGHT - top, stage.down(mix(mid, dark, 0.5), mid, mix(mid, lit, 0.6))
    ) + rect(0, top, stage.width, 22, stage.down((dark, 0.45), (dark, 0)))


def tiled_floor(stage: Stage, colour: str, other: str, top: float = FLOOR) -> str:
    """A chequered floor in perspective."""
    out = rect(0, top, stage.width, HEIGHT - top, colour)
    rows = (0, 0.12, 0.28, 0.48, 0.72, 1.0)
    middle = stage.figure_x

    def x_at(k: float, t: float) -> float:
        return middle + k * 92 * (1 + 1.1 * t)

    count = int(stage.width / 90) + 3
    for r, (a, b) in enumerate(itertools.pairwise(rows)):
        ya, yb = top + a * (HEIGHT - top), top + b * (HEIGHT - top)
        for k in range(-count, count):
            if (k + r) % 2 == 0:
                out += poly(
                    [
                        (x_at(k, a), ya),
                        (x_at(k + 1, a), ya),
                        (x_at(k + 1, b), yb),
                        (x_at(k, b), yb),
                    ],
                    other,
                )
    return out + rect(0, top, stage.width, 40, stage.down(("#2a1438", 0.35), ("#2a1438", 0)))


def bricks(stage: Stage, colour: str, top: float = 0, bottom: float = FLOOR) -> str:
    lit, mid, dark = tones(colour)
    out = rect(0, top, stage.width, bottom - top, stage.slant(lit, mid, dark))
    bw, bh = 62.0, 25.0
    seams, y, row = "", top, 0
    while y < bottom:
        seams += f"M0 {num(y)}H{num(stage.width)}"
        x = -bw / 2 * (row % 2)
        while x < stage.width:
            seams += f"M{num(x)} {num(y)}v{num(min(bh, bottom - y))}"
            x += bw
        y += bh
        row += 1
    out += stroke(seams, lighten(colour, 0.3), 2, 0.28)
    for _ in range(int(stage.width / 14)):
        r = int(stage.between(0, (bottom - top) / bh))
        c = int(stage.between(0, stage.width / bw))
        tone = stage.pick((lit, dark))
        out += rect(c * bw - bw / 2 * (r % 2) + 2, top + r * bh + 2, bw - 4, bh - 4, tone, 1, 0.32)
    return out


def square_tiles(
    stage: Stage,
    colour: str,
    top: float,
    bottom: float,
    w: float = 60,
    h: float = 60,
    *,
    is_offset: bool = False,
    x0: float = 0,
    x1: float | None = None,
) -> str:
    right = stage.width if x1 is None else x1
    lit, _, dark = tones(colour)
    out = rect(x0, top, right - x0, bottom - top, stage.slant(lit, colour, mix(colour, dark, 0.5)))
    seams, y, row = "", top, 0
    while y < bottom:
        seams += f"M{num(x0)} {num(y)}H{num(right)}"
        x = x0 + (w / 2 if is_offset and row % 2 else 0)
        while x < right:
            seams += f"M{num(x)} {num(y)}v{num(min(h, bottom - y))}"
            x += w
        y += h
        row += 1
    out += f'<path d="{seams}" fill="none" stroke="{dark}" stroke-width="1.8" stroke-opacity=".3"/>'
    for _ in range(int((right - x0) / 22)):
        c, r = int(stage.between(0, (right - x0) / w)), int(stage.between(0, (bottom - top) / h))
        shift = w / 2 if is_offset and r % 2 else 0
        out += rect(
            x0 + c * w + shift + 2,
            top + r * h + 2,
            w - 4,
            min(h, bottom - top - r * h) - 4,
            "#ffffff",
            2,
            0.22,
        )
    return out


def window(
    stage: Stage,
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    frame: str = "#f4efe6",
    columns: int = 2,
    rows: int = 2,
    view: str = "",
    is_arched: bool = False,
    has_sill: bool = True,
) -> str:
    """A window with the sky of the stage's light; `view` is drawn outside, in the window's own
    coordinates. At night the panes stay visible as the only cool light."""
    light = stage.light
    outline = _arch(w, h) if is_arched else f"M0 0H{num(w)}V{num(h)}H0Z"
    inside = rect(0, 0, w, h, stage.down(*light.sky))
    if light.is_dark and light.slug in ("moonlight", "blue_hour", "neon"):
        inside += "".join(
            disc(
                stage.between(0, w),
                stage.between(0, h * 0.6),
                stage.between(0.8, 2),
                "#ffffff",
                0.7,
            )
            for _ in range(12)
        )
    if light.orb == "moon":
        inside += stage.glow(w * 0.7, h * 0.25, 90, "#bcd2ff", 0.6) + disc(
            w * 0.7, h * 0.25, 22, "#f2f6ff"
        )
    if light.orb in ("sun", "low_sun"):
        inside += stage.glow(w * 0.3, h * 0.35, w * 0.7, "#fff7d8", 0.85)
    inside = stage.lit(inside) + view
    shine = poly([(w * 0.1, 0), (w * 0.34, 0), (w * 0.05, h), (-w * 0.19, h)], "#ffffff", 0.16)
    shine += poly([(w * 0.44, 0), (w * 0.5, 0), (w * 0.21, h), (w * 0.15, h)], "#ffffff", 0.14)
    out = stage.clip(outline, inside + shine)
    dark = darken(frame, 0.18)
    bars = ""
    for c in range(1, columns):
        bars += rect(w * c / columns - 4, 0 if not is_arched else 4, 8, h, frame)
    for r in range(1, rows):
        bars += rect(0, h * r / rows - 4, w, 8, frame)
    edge = f'<path d="{outline}" fill="none" stroke="{frame}" stroke-width="16"/>'
    edge += (
        f'<path d="{outline}" fill="none" stroke="{dark}" stroke-width="2.5" stroke-opacity=".6"/>'
    )
    sill = (
        rect(-22, h + 4, w + 44, 16, frame, 3) + rect(-22, h + 20, w + 44, 5, dark, 2, 0.5)
        if has_sill
        else ""
    )
    return group(out + bars + edge + sill, x, y)


def _arch(w: float, h: float) -> str:
    r = w / 2
    return f"M0 {num(h)}V{num(r)}A{num(r)} {num(r)} 0 0 1 {num(w)} {num(r)}V{num(h)}Z"


def curtain(x: float, y: float, w: float, h: float, colour: str, *, opacity: float = 1) -> str:
    """A hanging cloth with soft folds."""
    lit, mid, dark = tones(colour)
    out = shape(
        f"M{num(x)} {num(y)}H{num(x + w)}L{num(x + w * 1.04)}"
        f" {num(y + h)}Q{num(x + w * 0.8)} {num(y + h - 10)}"
        f" {num(x + w * 0.6)} {num(y + h)}Q{num(x + w * 0.3)}"
        f" {num(y + h + 8)} {num(x - w * 0.04)} {num(y + h)}Z",
        mid,
    )
    folds = max(3, int(w / 26))
    for i in range(folds):
        fx = x + w * (i + 0.2) / folds
        fw = w / folds * 0.42
        tone = dark if i % 2 else lit
        out += shape(
            f"M{num(fx)} {num(y)}h{num(fw)}Q{num(fx + fw * 1.5)} {num(y + h / 2)} {num(fx + fw)}"
            f" {num(y + h)}h{num(-fw)}Q{num(fx + fw * 0.3)} {num(y + h / 2)} {num(fx)} {num(y)}Z",
            tone,
            0.5,
        )
    return out if opacity >= 1 else f'<g opacity="{opacity}">{out}</g>'


def rug(stage: Stage, x: float, y: float, w: float, colour: str, trim: str) -> str:
    lit, mid, dark = tones(colour)
    h = w * 0.16
    return (
        oval(x, y + 5, w / 2, h / 2, dark, 0.45)
        + oval(x, y, w / 2, h / 2, stage.across(lit, mid, dark))
        + ring(x, y, w * 0.43, h * 0.42, trim, 6, opacity=0.7)
        + ring(x, y, w * 0.33, h * 0.31, trim, 3, opacity=0.5)
    )


def sofa(
    stage: Stage, x: float, base: float, w: float, colour: str, cushions: tuple[str, str]
) -> str:
    """A sofa centred on x, standing on base; 2 m are about 760 wide."""
    lit, mid, dark = tones(colour)
    h = w * 0.38
    left = x - w / 2
    arm = w * 0.1
    out = oval(x, base + 4, w * 0.52, 14, "#2a1438", 0.25)
    for dx in (0.08, 0.92):
        out += rect(left + w * dx - 6, base - h * 0.14, 12, h * 0.14, "#5a3b2a", 2)
    out += rect(left + arm * 0.5, base - h, w - arm, h * 0.72, stage.down(lit, mid), 34)
    half = (w - 2 * arm) / 2
    for i in (0, 1):
        out += rect(
            left + arm + i * half + 3,
            base - h * 0.94,
            half - 6,
            h * 0.5,
            stage.down(mix(lit, mid, 0.3), mid, mix(mid, dark, 0.6)),
            22,
        )
        out += rect(
            left + arm + i * half + 2,
            base - h * 0.52,
            half - 4,
            h * 0.24,
            stage.down(lit, mid, mix(mid, dark, 0.4)),
            16,
        )
    out += rect(
        left + arm * 0.6, base - h * 0.3, w - arm * 1.2, h * 0.18, stage.down(mid, dark), 10
    )
    for edge in (0, 1):
        ax = left if edge == 0 else left + w - arm * 1.15
        out += rect(ax, base - h * 0.68, arm * 1.15, h * 0.56, stage.across(lit, mid, dark), 22)
    for i, colour_ in enumerate(cushions):
        cx = left + arm * 1.6 + h * 0.16 if i == 0 else left + w - arm * 1.6 - h * 0.16
        out += cushion(stage, cx, base - h * 0.66, h * 0.36, colour_, -10 if i == 0 else 12)
    return out


def cushion(stage: Stage, x: float, y: float, size: float, colour: str, turn: float = 0) -> str:
    lit, mid, dark = tones(colour)
    s = size / 2
    d = (
        f"M{num(-s)} {num(-s)}Q0 {num(-s * 0.82)} {num(s)} {num(-s)}Q{num(s * 0.84)} 0"
        f" {num(s)} {num(s)}Q0 {num(s * 0.84)} {num(-s)}"
        f" {num(s)}Q{num(-s * 0.84)} 0 {num(-s)} {num(-s)}Z"
    )
    pattern = stage.pick(("plain", "stripes", "dot"))
    detail = ""
    if pattern == "stripes":
        detail = "".join(
            rect(-s * 0.8 + s * 0.5 * i, -s * 0.86, s * 0.16, s * 1.72, lit, 2, 0.7)
            for i in range(4)
        )
    if pattern == "dot":
        detail = disc(0, 0, s * 0.42, lit, 0.7)
    return group(shape(d, stage.slant(lit, mid, dark)) + detail, x, y, turn=turn)


def armchair(stage: Stage, x: float, base: float, w: float, colour: str, cloth: str) -> str:
    lit, mid, dark = tones(colour)
    h = w * 1.05
    left = x - w / 2
    out = oval(x, base + 3, w * 0.55, 12, "#2a1438", 0.25)
    for dx, lean in ((0.14, -8), (0.86, 8)):
        out += stroke(
            f"M{num(left + w * dx)} {num(base - h * 0.2)}l{num(lean)} {num(h * 0.2)}", "#6b4630", 9
        )
    out += rect(left + w * 0.1, base - h, w * 0.8, h * 0.8, stage.slant(lit, mid, dark), w * 0.3)
    out += rect(left + w * 0.15, base - h * 0.46, w * 0.7, h * 0.26, stage.down(lit, mid), 16)
    for edge in (0, 1):
        out += rect(
            left if edge == 0 else left + w * 0.8,
            base - h * 0.6,
            w * 0.2,
            h * 0.46,
            stage.across(lit, mid, dark),
            18,
        )
    return out + cushion(stage, x, base - h * 0.56, w * 0.36, cloth, 8)


def bed(stage: Stage, x: float, base: float, w: float, frame: str, linen: str, blanket: str) -> str:
    """A bed seen from its side and foot end, the headboard at the wall."""
    lit, mid, dark = tones(linen)
    blit, bmid, bdark = tones(blanket)
    flit, fmid, fdark = tones(frame)
    left, right = x - w / 2, x + w / 2
    head = base - w * 0.46
    out = oval(x, base + 4, w * 0.54, 16, "#2a1438", 0.28)
    out += rect(left - 8, head, w + 16, base - head, stage.slant(flit, fmid, fdark), 30)
    panels = 5
    for i in range(1, panels):
        out += rect(left + w * i / panels - 1.5, head + 12, 3, w * 0.2, fdark, opacity=0.4)
    for i, dx in enumerate((0.27, 0.73)):
        out += pillow(stage, left + w * dx, base - w * 0.27, w * 0.4, lit if i else mid)
    for dx, tone in ((0.36, blanket), (0.66, lit)):
        out += pillow(stage, left + w * dx, base - w * 0.235, w * 0.27, tone)
    top = base - w * 0.2
    out += shape(
        f"M{num(left - 4)} {num(base - 14)}V{num(top + 22)}Q{num(left)} {num(top)}"
        f" {num(left + 30)} {num(top)}H{num(right - 30)}Q{num(right)}"
        f" {num(top)} {num(right + 4)} {num(top + 22)}V{num(base - 14)}Z",
        stage.down(lit, mid, dark),
    )
    out += shape(
        f"M{num(left - 9)} {num(base - 6)}V{num(top + 58)}Q{num(left + w * 0.3)} {num(top + 34)}"
        f" {num(x)} {num(top + 52)}T{num(right + 9)} {num(top + 46)}V{num(base - 6)}Z",
        stage.down(blit, bmid, bdark),
    )
    for t in (0.18, 0.42, 0.61, 0.84):
        out += stroke(
            f"M{num(left + w * t)} {num(top + 66)}Q{num(left + w * t + 12)}"
            f" {num(top + 96)} {num(left + w * t - 6)} {num(base - 12)}",
            bdark,
            4,
            0.35,
        )
    return out + rect(left - 4, base - 10, w + 8, 12, fdark, 3)


def pillow(stage: Stage, x: float, y: float, w: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    h = w * 0.5
    d = (
        f"M{num(-w / 2)} {num(-h * 0.4)}Q0 {num(-h * 0.72)} {num(w / 2)} {num(-h * 0.4)}"
        f"Q{num(w * 0.46)} 0 {num(w / 2)} {num(h * 0.4)}Q0 {num(h * 0.62)}"
        f" {num(-w / 2)} {num(h * 0.4)}Q{num(-w * 0.46)} 0 {num(-w / 2)} {num(-h * 0.4)}Z"
    )
    return group(shape(d, stage.down(lit, mid, dark)), x, y)


def picture(stage: Stage, x: float, y: float, w: float, h: float, frame: str = "#f7f2e8") -> str:
    """A framed abstract print in the stage's accents."""
    a, b, c = stage.accents
    out = rect(x + 4, y + 6, w, h, "#2a1438", 2, 0.22) + rect(x, y, w, h, frame, 2)
    m = w * 0.1
    out += rect(x + m, y + m, w - 2 * m, h - 2 * m, mix(c, "#fff6e6", 0.72))
    iw, ih = w - 2 * m, h - 2 * m
    kind = stage.pick(("sun", "arches", "leaf", "blocks"))
    if kind == "sun":
        out += disc(x + w / 2, y + h * 0.42, iw * 0.28, a) + rect(
            x + m, y + h - m - ih * 0.3, iw, ih * 0.3, b
        )
    elif kind == "arches":
        for i, tone in enumerate((a, b, c)):
            r = iw * (0.4 - 0.12 * i)
            out += shape(
                f"M{num(x + w / 2 - r)} {num(y + h - m)}v{num(-ih * 0.4)}"
                f"a{num(r)} {num(r)} 0 0 1 {num(2 * r)} 0v{num(ih * 0.4)}Z",
                tone,
            )
    elif kind == "leaf":
        out += stroke(f"M{num(x + w / 2)} {num(y + h - m * 1.5)}V{num(y + m * 2)}", b, 3)
        for i in range(4):
            for sign in (-1, 1):
                out += oval(
                    x + w / 2 + sign * iw * 0.16,
                    y + m * 2.6 + i * ih * 0.19,
                    iw * 0.14,
                    ih * 0.06,
                    b,
                )
    else:
        out += rect(x + m, y + m, iw * 0.5, ih * 0.6, a) + disc(
            x + w * 0.62, y + h * 0.62, iw * 0.24, b
        )
    return out


def bookshelf(
    stage: Stage,
    x: float,
    y: float,
    w: float,
    h: float,
    wood: str,
    shelves: int = 5,
    *,
    fullness: float = 0.9,
) -> str:
    """A shelf full of books and a few other things."""
    lit, mid, dark = tones(wood)
    out = rect(x, y, w, h, mix(dark, "#1c0f1e", 0.25), 3)
    row = h / shelves
    for i in range(shelves):
        top, foot = y + row * i + 10, y + row * (i + 1) - 8
        out += _books(stage, x + 10, foot, w - 20, foot - top, fullness)
        out += (
            rect(x, foot, w, 9, mid)
            + rect(x, foot, w, 3, lit)
            + rect(x + 8, foot + 9, w - 16, 9, "#1c0f1e", opacity=0.3)
        )
    return (
        out
        + rect(x, y, 9, h, stage.across(lit, mid))
        + rect(x + w - 9, y, 9, h, stage.across(mid, dark))
        + rect(x - 4, y - 4, w + 8, 11, mid, 2)
    )


def _books(stage: Stage, x: float, foot: float, w: float, h: float, fullness: float) -> str:
    out, end = "", x + w
    while x < end - 12:
        if stage.rng.random() > fullness:
            x += stage.between(18, 46)
            continue
        bw = min(stage.between(11, 24), end - x)
        bh = h * stage.between(0.62, 0.93)
        colour = stage.pick(BOOK_COLOURS)
        out += rect(x, foot - bh, bw - 1.5, bh, colour, 1.5) + rect(
            x, foot - bh, bw * 0.28, bh, "#ffffff", 1, 0.14
        )
        if bw > 14:
            out += rect(x + 2, foot - bh * 0.84, bw - 5.5, 4, "#f3e3c2", opacity=0.75)
        x += bw
    return out


def plank_shelf(
    stage: Stage, x: float, y: float, w: float, wood: str = "#a9794f", *, jars: bool = False
) -> str:
    """One board on the wall with a few things on it."""
    lit, mid, dark = tones(wood)
    out, at = "", x + 16
    while at < x + w - 30:
        kind = stage.pick(
            ("jar", "cup", "bowl", "jar") if jars else ("books", "vase", "books", "frame")
        )
        colour = stage.pick(stage.accents)
        if kind == "jar":
            h = stage.between(42, 66)
            out += (
                rect(at, y - h, 32, h, mix(colour, "#fff3df", 0.35), 6)
                + rect(at + 2, y - h - 8, 28, 10, dark, 3)
                + rect(at + 5, y - h + 6, 6, h - 14, "#ffffff", 3, 0.4)
            )
            at += 42
        elif kind == "cup":
            out += rect(at, y - 30, 34, 30, colour, 7) + stroke(
                f"M{num(at + 34)} {num(y - 22)}q13 6 0 15", colour, 5
            )
            at += 56
        elif kind == "bowl":
            out += shape(
                f"M{num(at)} {num(y - 30)}h60q-4 30 -30 30q-26 0 -30 -30Z", lighten(colour, 0.3)
            )
            at += 72
        elif kind == "vase":
            out += shape(
                f"M{num(at + 8)} {num(y - 62)}h16q-3 14 8 26"
                f"q10 20 -4 36h-24q-14 -16 -4 -36q11 -12 8 -26Z",
                stage.across(lighten(colour, 0.3), colour),
            )
            at += 54
        elif kind == "frame":
            out += picture(stage, at, y - 76, 58, 74, darken(mid, 0.3))
            at += 74
        else:
            span = min(stage.between(60, 110), x + w - at - 8)
            out += _books(stage, at, y, span, 74, 1)
            at += span + 12
    return (
        out
        + rect(x, y, w, 11, stage.across(lit, mid))
        + rect(x + 6, y + 11, w - 12, 8, "#1c0f1e", opacity=0.18)
    )


def pendant(stage: Stage, x: float, y: float, w: float, colour: str, *, kind: str = "dome") -> str:
    """A hanging lamp whose bulb is at y; shines when lamps are lit."""
    lit, mid, dark = tones(colour)
    out = stroke(f"M{num(x)} -10V{num(y - w * 0.5)}", "#2a2230", 3)
    if kind == "globe":
        out += disc(x, y, w * 0.36, stage.round("#fff8e6", "#ffe9bd", "#e9bf7f"))
    elif kind == "rattan":
        out += shape(
            f"M{num(x - w * 0.16)} {num(y - w * 0.52)}h{num(w * 0.32)}Q{num(x + w * 0.62)}"
            f" {num(y - w * 0.1)} {num(x + w * 0.4)} {num(y + w * 0.1)}H{num(x - w * 0.4)}"
            f"Q{num(x - w * 0.62)} {num(y - w * 0.1)} {num(x - w * 0.16)} {num(y - w * 0.52)}Z",
            mid,
        )
        for i in range(1, 6):
            out += stroke(
                f"M{num(x - w * 0.5)} {num(y - w * 0.5 + i * w * 0.1)}h{num(w)}", dark, 1.6, 0.3
            )
        out += oval(x, y + w * 0.08, w * 0.38, w * 0.05, "#fff3cf")
    else:
        out += shape(
            f"M{num(x - w * 0.1)} {num(y - w * 0.5)}h{num(w * 0.2)}C{num(x + w * 0.5)}"
            f" {num(y - w * 0.42)} {num(x + w * 0.5)}"
            f" {num(y - w * 0.1)} {num(x + w * 0.5)} {num(y)}"
            f"H{num(x - w * 0.5)}C{num(x - w * 0.5)} {num(y - w * 0.1)} {num(x - w * 0.5)}"
            f" {num(y - w * 0.42)} {num(x - w * 0.1)} {num(y - w * 0.5)}Z",
            stage.across(lit, mid, dark),
        )
        out += oval(x, y, w * 0.5, w * 0.07, dark) + oval(x, y + 1, w * 0.2, w * 0.05, "#fff3cf")
    out += _shine(stage, x, y, w * 2.2)
    return out


def floor_lamp(stage: Stage, x: float, base: float, h: float, shade: str) -> str:
    lit, mid, dark = tones(shade)
    top = base - h
    w = h * 0.16
    out = oval(x, base, w * 0.7, 8, "#2b2028") + stroke(
        f"M{num(x)} {num(base)}V{num(top + h * 0.15)}", "#3a2c34", 6
    )
    out += poly(
        [(x - w * 0.6, top), (x + w * 0.6, top), (x + w, top + h * 0.2), (x - w, top + h * 0.2)],
        stage.across(lit, mid, dark),
    )
    out += _shine(stage, x, top + h * 0.12, h * 0.42)
    return out


def table_lamp(
    stage: Stage, x: float, base: float, h: float, shade: str, foot: str = "#c8a06a"
) -> str:
    lit, mid, dark = tones(shade)
    top, w = base - h, h * 0.42
    out = shape(
        f"M{num(x - 8)} {num(base - h * 0.45)}q-{num(h * 0.22)} {num(h * 0.2)} -4"
        f" {num(h * 0.45)}h24q{num(h * 0.2)} -{num(h * 0.2)} -4 -{num(h * 0.45)}Z",
        foot,
    )
    out += poly(
        [(x - w * 0.55, top), (x + w * 0.55, top), (x + w, top + h * 0.5), (x - w, top + h * 0.5)],
        stage.across(lit, mid, dark),
    )
    out += _shine(stage, x, top + h * 0.3, h * 1.3)
    return out


def _shine(stage: Stage, x: float, y: float, radius: float) -> str:
    if stage.light.is_dark:
        return stage.glow(x, y, radius, "#ffc36b", 0.55) + stage.glow(
            x, y, radius * 0.35, "#fff1cc", 0.9
        )
    return stage.glow(x, y, radius * 0.6, "#ffe7b0", 0.4)


def round_table(stage: Stage, x: float, base: float, w: float, h: float, wood: str) -> str:
    lit, mid, dark = tones(wood)
    top = base - h
    return (
        oval(x, base, w * 0.32, 10, "#2a1438", 0.3)
        + stroke(f"M{num(x)} {num(base - 6)}V{num(top)}", "#33262c", 11)
        + oval(x, base - 5, w * 0.22, 8, "#33262c")
        + oval(x, top + 9, w / 2, w * 0.09, dark)
        + oval(x, top, w / 2, w * 0.09, stage.across(lit, mid))
    )


def cup(stage: Stage, x: float, base: float, size: float, colour: str) -> str:
    """A coffee cup on its saucer, steaming."""
    lit, mid, dark = tones(colour)
    w, h = size, size * 0.72
    out = oval(x, base, w * 0.95, w * 0.17, mix(colour, "#ffffff", 0.35)) + oval(
        x, base - 2, w * 0.6, w * 0.09, dark, 0.3
    )
    out += stroke(
        f"M{num(x + w * 0.48)} {num(base - h * 0.8)}"
        f"q{num(w * 0.42)} {num(h * 0.1)} 0 {num(h * 0.5)}",
        mid,
        w * 0.11,
    )
    out += shape(
        f"M{num(x - w / 2)} {num(base - h)}H{num(x + w / 2)}Q{num(x + w * 0.46)} {num(base - 2)}"
        f" {num(x + w * 0.2)} {num(base - 2)}H{num(x - w * 0.2)}"
        f"Q{num(x - w * 0.46)} {num(base - 2)} {num(x - w / 2)} {num(base - h)}Z",
        stage.across(lit, mid, dark),
    )
    out += (
        oval(x, base - h, w / 2, w * 0.12, lit)
        + oval(x, base - h + 1, w * 0.43, w * 0.09, "#5b3524")
        + oval(x - w * 0.05, base - h + 1, w * 0.2, w * 0.04, "#d9a878", 0.9)
    )
    return out + steam(x, base - h - 8, size)


def steam(x: float, y: float, size: float) -> str:
    out = ""
    for dx in (-0.2, 0.15):
        px = x + dx * size
        out += stroke(
            f"M{num(px)} {num(y)}c{num(-size * 0.25)} {num(-size * 0.3)}"
            f" {num(size * 0.25)} {num(-size * 0.45)} 0 {num(-size * 0.8)}",
            "#ffffff",
            size * 0.07,
            0.35,
        )
    return out


def desk(stage: Stage, x: float, base: float, w: float, h: float, wood: str) -> str:
    lit, mid, dark = tones(wood)
    left, top = x - w / 2, base - h
    out = oval(x, base, w * 0.5, 10, "#2a1438", 0.2)
    for dx in (0.04, 0.9):
        out += rect(left + w * dx, top + 10, w * 0.05, h - 10, stage.across(mid, dark))
    out += rect(left + w * 0.66, top + 12, w * 0.27, h * 0.42, mix(mid, dark, 0.4), 3) + rect(
        left + w * 0.75, top + h * 0.22, w * 0.09, 6, lit, 3
    )
    return out + rect(left, top, w, 18, stage.across(lit, mid, dark), 4)


def monitor(stage: Stage, x: float, base: float, w: float) -> str:
    h = w * 0.58
    a, b, c = stage.accents
    top = base - h - w * 0.16
    screen = rect(
        x - w * 0.47,
        top + w * 0.025,
        w * 0.94,
        h - w * 0.05,
        stage.slant(lighten(b, 0.5), mix(a, c, 0.4)),
        4,
    )
    screen += (
        disc(x + w * 0.16, top + h * 0.42, h * 0.22, lighten(a, 0.3))
        + rect(x - w * 0.4, top + h * 0.2, w * 0.3, 8, "#ffffff", 4, 0.8)
        + rect(x - w * 0.4, top + h * 0.36, w * 0.2, 6, "#ffffff", 3, 0.6)
    )
    out = rect(x - w * 0.03, base - w * 0.18, w * 0.06, w * 0.18, "#8d8a97") + rect(
        x - w * 0.16, base - 6, w * 0.32, 6, "#a9a6b2", 3
    )
    out += rect(x - w / 2, top, w, h, "#2a2733", 9) + screen
    if stage.light.is_dark:
        out += stage.lit(screen) + stage.glow(x, top + h / 2, w * 0.8, lighten(b, 0.4), 0.3)
    return out


def laptop(stage: Stage, x: float, base: float, w: float) -> str:
    h = w * 0.62
    return (
        poly(
            [
                (x - w * 0.44, base - h),
                (x + w * 0.44, base - h),
                (x + w / 2, base - 8),
                (x - w / 2, base - 8),
            ],
            "#b9b7c4",
        )
        + rect(x - w * 0.6, base - 9, w * 1.2, 9, stage.across("#e6e4ec", "#a4a1b0"), 4)
        + disc(x, base - h * 0.5, w * 0.05, "#e9e7f0")
    )


def mirror(
    stage: Stage,
    x: float,
    y: float,
    w: float,
    h: float,
    frame: str = "#c8a06a",
    *,
    is_round: bool = False,
) -> str:
    paint = stage.slant("#e8f1f4", "#c3d6de", "#9fb8c6")
    if is_round:
        return (
            disc(x + w / 2, y + w / 2, w / 2 + 8, frame)
            + disc(x + w / 2, y + w / 2, w / 2, paint)
            + stroke(
                f"M{num(x + w * 0.25)} {num(y + w * 0.6)}l{num(w * 0.35)} {num(-w * 0.4)}",
                "#ffffff",
                8,
                0.5,
            )
        )
    out = rect(x - 9, y - 9, w + 18, h + 18, frame, 8) + rect(x, y, w, h, paint, 4)
    return out + poly(
        [(x + w * 0.2, y), (x + w * 0.45, y), (x + w * 0.1, y + h), (x, y + h), (x, y + h * 0.8)],
        "#ffffff",
        0.25,
    )


def vase_flowers(
    stage: Stage, x: float, base: float, h: float, vase: str, petals: tuple[str, ...]
) -> str:
    lit, mid, dark = tones(vase)
    out = ""
    for dx, up in ((-0.3, 0.82), (0.28, 0.86), (0, 1.0), (-0.14, 0.7), (0.16, 0.68)):
        tip_x, tip_y = x + dx * h, base - up * h
        out += stroke(
            f"M{num(x)} {num(base - h * 0.3)}Q{num(x)}"
            f" {num(tip_y + h * 0.2)} {num(tip_x)} {num(tip_y)}",
            "#4c7d4d",
            h * 0.018,
        )
        colour = stage.pick(petals)
        r = h * 0.11
        out += (
            disc(tip_x, tip_y, r, colour)
            + disc(tip_x - r * 0.2, tip_y - r * 0.2, r * 0.62, lighten(colour, 0.22))
            + disc(tip_x, tip_y, r * 0.26, darken(colour, 0.2))
        )
    w = h * 0.13
    return out + shape(
        f"M{num(x - w * 0.6)} {num(base - h * 0.42)}h{num(w * 1.2)}q{num(-w * 0.2)}"
        f" {num(h * 0.1)} {num(w * 0.5)} {num(h * 0.2)}q{num(w * 0.2)} {num(h * 0.16)}"
        f" {num(-w * 0.5)} {num(h * 0.22)}h{num(-w * 1.2)}q{num(-w * 0.7)} {num(-h * 0.06)}"
        f" {num(-w * 0.5)} {num(-h * 0.22)}q{num(w * 0.7)}"
        f" {num(-h * 0.1)} {num(w * 0.5)} {num(-h * 0.2)}Z",
        stage.across(lit, mid, dark),
    )


def stool(stage: Stage, x: float, base: float, h: float, wood: str) -> str:
    lit, mid, dark = tones(wood)
    w = h * 0.36
    top = base - h
    out = oval(x, base, w * 1.1, 8, "#2a1438", 0.25)
    for lean in (-1, 1):
        out += stroke(
            f"M{num(x + lean * w * 0.6)} {num(top)}L{num(x + lean * w)} {num(base)}", dark, 9
        )
    out += stroke(f"M{num(x - w * 0.82)} {num(base - h * 0.36)}H{num(x + w * 0.82)}", dark, 6)
    return out + rect(x - w * 0.9, top - 8, w * 1.8, 18, stage.across(lit, mid, dark), 9)


def table_edge(stage: Stage, wood: str, y: float = 905) -> str:
    """The near edge of a table along the bottom of the picture."""
    lit, mid, dark = tones(wood)
    return rect(-10, y, stage.width + 20, HEIGHT - y + 10, stage.down(mid, dark)) + rect(
        -10, y, stage.width + 20, 26, stage.across(lit, mix(lit, mid, 0.5), mid)
    )
