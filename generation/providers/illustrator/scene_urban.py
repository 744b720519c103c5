# ruff: noqa: PLR0917 (props are placed by x, base, width and height, as everywhere in drawing)
"""The city: skylines, houses, streets and what stands in them."""

from __future__ import annotations

from .palette import darken, lighten, mix
from .scene_kit import HEIGHT, Stage, disc, group, num, oval, poly, rect, ring, shape, stroke, tones

LIT = "#ffd88a"


def skyline(
    stage: Stage,
    base: float,
    low: float,
    high: float,
    colour: str,
    *,
    width: tuple[float, float] = (60, 120),
    windows: bool = True,
    tops: bool = True,
) -> str:
    """A row of towers standing on base; windows are lit when it is dark."""
    out, x = "", -30.0
    while x < stage.width + 20:
        w, h = stage.between(*width), stage.between(low, high)
        tone = mix(colour, stage.light.sky[1], stage.between(0, 0.18))
        out += tower(stage, x, base, w, h, tone, windows=windows, tops=tops)
        x += w + stage.between(-6, 10)
    return out


def tower(
    stage: Stage,
    x: float,
    base: float,
    w: float,
    h: float,
    colour: str,
    *,
    windows: bool = True,
    tops: bool = True,
) -> str:
    lit, mid, dark = tones(colour)
    y = base - h
    out = rect(x, y, w, h, stage.across(mix(lit, mid, 0.4), mid, dark))
    top = stage.pick(("flat", "step", "mast", "tank", "slope")) if tops else "flat"
    if top == "step":
        out += rect(x + w * 0.2, y - h * 0.06, w * 0.6, h * 0.07, mid)
    elif top == "mast":
        out += rect(x + w * 0.46, y - h * 0.16, w * 0.05, h * 0.16, dark) + rect(
            x + w * 0.3, y - h * 0.03, w * 0.4, h * 0.03, mid
        )
    elif top == "tank":
        out += rect(x + w * 0.55, y - 40, w * 0.28, 28, dark, 4) + poly(
            [(x + w * 0.53, y - 40), (x + w * 0.69, y - 56), (x + w * 0.85, y - 40)], dark
        )
        out += rect(x + w * 0.58, y - 12, 4, 12, dark) + rect(x + w * 0.77, y - 12, 4, 12, dark)
    elif top == "slope":
        out += poly([(x, y), (x + w, y - w * 0.4), (x + w, y)], mid)
    return out + (_windows(stage, x, y, w, h, colour) if windows else "")


def _windows(stage: Stage, x: float, y: float, w: float, h: float, colour: str) -> str:
    columns, rows = max(2, int(w / 19)), max(2, int(h / 25))
    cw, ch = (w - 10) / columns, (h - 10) / rows
    plain, glowing = "", ""
    for r in range(rows):
        for c in range(columns):
            pane = (
                f"M{num(x + 5 + c * cw + cw * 0.22)} {num(y + 8 + r * ch)}"
                f"h{num(cw * 0.56)}v{num(ch * 0.56)}h{num(-cw * 0.56)}Z"
            )
            if stage.light.is_dark and stage.rng.random() < 0.42:
                glowing += pane
            else:
                plain += pane
    if glowing:
        tone = stage.pick((LIT, "#ffc774", "#ffe9b8", "#bfe3ff"))
        glowing = stage.lit(shape(glowing, tone, 0.9))
    return glowing + shape(plain, mix(colour, stage.light.sky[0], 0.5), 0.65)


def facade(
    stage: Stage,
    x: float,
    base: float,
    w: float,
    h: float,
    colour: str,
    *,
    floors: int = 3,
    ground: float = 0,
) -> str:
    """A house front with framed windows; `ground` keeps the lowest part free for a shop."""
    lit, mid, dark = tones(colour)
    y = base - h
    out = rect(x, y, w, h, stage.across(mix(lit, mid, 0.5), mid, mix(mid, dark, 0.5)))
    out += rect(x - 6, y - 14, w + 12, 18, lit, 3) + rect(x, y + 4, w, 8, dark, opacity=0.4)
    columns = max(1, round(w / 150))
    cw, rh = w / columns, (h - ground) / floors
    for f in range(floors):
        out += rect(x, y + rh * (f + 1) - 6, w, 6, lit, opacity=0.6)
        for c in range(columns):
            out += sash(
                stage, x + c * cw + cw * 0.24, y + f * rh + rh * 0.2, cw * 0.52, rh * 0.62, lit
            )
    return out


def sash(stage: Stage, x: float, y: float, w: float, h: float, frame: str) -> str:
    is_lit = stage.light.is_dark and stage.rng.random() < 0.5
    glass = stage.slant(mix("#6f93a8", stage.light.sky[1], 0.5), "#38505f")
    out = rect(x - 6, y - 6, w + 12, h + 12, frame, 2) + rect(x, y, w, h, glass)
    bars = rect(x + w / 2 - 2, y, 4, h, frame) + rect(x, y + h * 0.42, w, 4, frame)
    if is_lit:
        out += stage.lit(
            rect(x, y, w, h, stage.down(LIT, "#ff9d5c"), opacity=0.92)
            + bars
            + stage.glow(x + w / 2, y + h / 2, h, LIT, 0.22)
        )
    elif stage.rng.random() < 0.45:
        out += rect(x, y, w, h * stage.between(0.2, 0.45), "#f3e8d6", opacity=0.65)
    return out + bars + rect(x - 10, y + h + 5, w + 20, 8, frame, 2)


def shop(stage: Stage, x: float, base: float, w: float, h: float, colour: str, stripe: str) -> str:
    """A shop front: window, door and striped awning."""
    lit, mid, dark = tones(colour)
    out = rect(x, base - h, w, h, stage.across(mid, dark))
    door = w * 0.24
    glass = stage.slant("#cfe2e6", "#8fb0b8", "#6d8f9c")
    out += rect(x + 18, base - h * 0.72, w - door - 50, h * 0.56, glass, 3) + rect(
        x + w - door - 16, base - h * 0.74, door, h * 0.74, lit, 3
    )
    out += rect(x + w - door - 4, base - h * 0.68, door - 24, h * 0.5, glass, 2) + disc(
        x + w - door - 6, base - h * 0.3, 5, "#e8c26a"
    )
    goods = ""
    count = max(2, int((w - door) / 70))
    for i in range(count):
        gx = x + 40 + i * (w - door - 90) / max(1, count - 1)
        goods += (
            disc(gx, base - h * 0.27, 20, stage.pick(stage.accents))
            if i % 2
            else rect(gx - 16, base - h * 0.42, 32, h * 0.22, stage.pick(stage.accents), 5)
        )
    out += goods + rect(x + 18, base - h * 0.2, w - door - 50, 10, lit)
    if stage.light.is_dark:
        out += stage.lit(
            rect(
                x + 18,
                base - h * 0.72,
                w - door - 50,
                h * 0.56,
                stage.down((LIT, 0.75), ("#ff9d5c", 0.55)),
                3,
            )
            + stage.glow(x + w * 0.4, base - h * 0.4, w * 0.5, LIT, 0.3)
        )
    return out + awning(x - 8, base - h * 0.88, w + 16, h * 0.2, stripe)


def awning(x: float, y: float, w: float, h: float, colour: str) -> str:
    count = max(4, round(w / 44))
    step = w / count
    out = ""
    for i in range(count):
        tone = colour if i % 2 == 0 else "#fbf4e8"
        x0 = x + i * step
        out += poly(
            [
                (x0 + (w / 2 - i * step) * 0.08, y),
                (x0 + step + (w / 2 - (i + 1) * step) * 0.08, y),
                (x0 + step, y + h),
                (x0, y + h),
            ],
            tone,
        )
        out += shape(
            f"M{num(x0)} {num(y + h)}h{num(step)}v{num(h * 0.1)}"
            f"a{num(step / 2)} {num(h * 0.16)} 0 0 1 {num(-step)} 0Z",
            darken(tone, 0.12),
        )
    return out + rect(x - 4, y + h - 2, w + 8, 5, "#2a1438", opacity=0.14)


def street_lamp(stage: Stage, x: float, base: float, h: float) -> str:
    top = base - h
    out = stroke(f"M{num(x)} {num(base)}V{num(top)}", "#2c2a38", 9) + rect(
        x - 12, base - 50, 24, 50, "#2c2a38", 5
    )
    out += poly(
        [(x - 20, top - 46), (x + 20, top - 46), (x + 13, top), (x - 13, top)], "#fdf1cf"
    ) + poly([(x - 26, top - 44), (x, top - 66), (x + 26, top - 44)], "#2c2a38")
    if stage.light.is_dark:
        out += stage.lit(
            stage.glow(x, top - 24, 190, LIT, 0.6)
            + poly(
                [(x - 20, top - 46), (x + 20, top - 46), (x + 13, top), (x - 13, top)], "#fff3d0"
            )
        )
    return out


def car(stage: Stage, x: float, base: float, w: float, colour: str) -> str:
    """A small car from its side, centred on x."""
    lit, mid, dark = tones(colour)
    h = w * 0.36
    left = x - w / 2
    out = oval(x, base, w * 0.5, 9, "#1c1428", 0.4)
    out += shape(
        f"M{num(left)} {num(base - h * 0.2)}Q{num(left)}"
        f" {num(base - h * 0.55)} {num(left + w * 0.1)} {num(base - h * 0.58)}"
        f"L{num(left + w * 0.2)} {num(base - h * 0.62)}Q{num(left + w * 0.3)}"
        f" {num(base - h)} {num(left + w * 0.44)} {num(base - h)}"
        f"H{num(left + w * 0.6)}Q{num(left + w * 0.74)}"
        f" {num(base - h)} {num(left + w * 0.82)} {num(base - h * 0.6)}"
        f"Q{num(left + w)} {num(base - h * 0.56)} {num(left + w)} {num(base - h * 0.2)}Z",
        stage.down(lit, mid, dark),
    )
    glass = stage.slant("#dbeaf0", "#6d8f9c")
    out += shape(
        f"M{num(left + w * 0.25)} {num(base - h * 0.62)}Q{num(left + w * 0.33)}"
        f" {num(base - h * 0.9)} {num(left + w * 0.44)} {num(base - h * 0.9)}"
        f"H{num(left + w * 0.49)}V{num(base - h * 0.62)}Z",
        glass,
    )
    out += shape(
        f"M{num(left + w * 0.52)} {num(base - h * 0.9)}H{num(left + w * 0.6)}"
        f"Q{num(left + w * 0.7)} {num(base - h * 0.9)} {num(left + w * 0.76)}"
        f" {num(base - h * 0.62)}H{num(left + w * 0.52)}Z",
        glass,
    )
    for dx in (0.22, 0.78):
        out += disc(left + w * dx, base - h * 0.16, h * 0.2, "#221c28") + disc(
            left + w * dx, base - h * 0.16, h * 0.1, "#b9b4c0"
        )
    out += rect(left + 2, base - h * 0.46, w * 0.05, h * 0.12, "#fff3cf", 4) + rect(
        left + w * 0.95, base - h * 0.46, w * 0.04, h * 0.12, "#e0473f", 4
    )
    if stage.light.is_dark:
        out += stage.lit(
            stage.glow(left, base - h * 0.4, 90, "#fff0c0", 0.7)
            + stage.glow(left + w, base - h * 0.4, 50, "#ff3b30", 0.6)
        )
    return out


def car_front(stage: Stage, x: float, base: float, w: float, colour: str) -> str:
    """A car coming towards the viewer."""
    lit, mid, dark = tones(colour)
    h = w * 0.78
    out = oval(x, base, w * 0.55, w * 0.06, "#1c1428", 0.45)
    out += rect(x - w * 0.44, base - h * 0.2, w * 0.16, h * 0.2, "#1c1820", 5) + rect(
        x + w * 0.28, base - h * 0.2, w * 0.16, h * 0.2, "#1c1820", 5
    )
    out += shape(
        f"M{num(x - w * 0.34)} {num(base - h * 0.94)}Q{num(x)} {num(base - h * 1.04)}"
        f" {num(x + w * 0.34)} {num(base - h * 0.94)}"
        f"L{num(x + w * 0.44)} {num(base - h * 0.52)}H{num(x - w * 0.44)}Z",
        stage.down(lit, mid),
    )
    out += shape(
        f"M{num(x - w * 0.3)} {num(base - h * 0.88)}Q{num(x)} {num(base - h * 0.95)}"
        f" {num(x + w * 0.3)} {num(base - h * 0.88)}"
        f"L{num(x + w * 0.37)} {num(base - h * 0.56)}H{num(x - w * 0.37)}Z",
        stage.slant("#dbeaf0", "#5c7c8c"),
    )
    out += rect(x - w / 2, base - h * 0.56, w, h * 0.42, stage.down(lit, mid, dark), w * 0.1)
    out += rect(x - w * 0.25, base - h * 0.36, w * 0.5, h * 0.1, "#2b2430", 5) + rect(
        x - w * 0.14, base - h * 0.22, w * 0.28, h * 0.07, "#f4efe6", 2
    )
    for dx in (-0.36, 0.36):
        out += disc(x + dx * w, base - h * 0.36, w * 0.08, "#fff6dc")
        if stage.light.is_dark:
            out += stage.lit(stage.glow(x + dx * w, base - h * 0.36, w * 0.42, "#fff0c0", 0.75))
    return out


def taxi(stage: Stage, x: float, base: float, w: float) -> str:
    return rect(x - w * 0.14, base - w * 0.88, w * 0.28, w * 0.12, "#fff3cf", 4) + car_front(
        stage, x, base, w, "#f5b82e"
    )


def bicycle(x: float, base: float, w: float, colour: str) -> str:
    r = w * 0.24
    a, b = (x - w * 0.28, base - r), (x + w * 0.28, base - r)
    wheels = "".join(ring(px, py, r, r, "#2b2430", 5) for px, py in (a, b))
    seat, bar, pedal = (
        (x - w * 0.12, base - w * 0.5),
        (x + w * 0.2, base - w * 0.52),
        (x - w * 0.02, base - r),
    )
    frame = (
        f"M{num(a[0])} {num(a[1])}L{num(seat[0])} {num(seat[1])}L{num(pedal[0])} {num(pedal[1])}"
        f"ZM{num(seat[0])} {num(seat[1] + 20)}L{num(bar[0])} {num(bar[1] + 16)}"
        f"L{num(pedal[0])} {num(pedal[1])}M{num(bar[0] - 4)}"
        f" {num(bar[1] - 18)}L{num(b[0])} {num(b[1])}"
    )
    return (
        wheels
        + stroke(frame, colour, 6)
        + rect(seat[0] - 20, seat[1] - 12, 40, 9, "#3b2a2a", 5)
        + stroke(f"M{num(bar[0] - 4)} {num(bar[1] - 18)}q24 -14 30 4", "#2b2430", 6)
    )


def railing(
    stage: Stage,
    y: float,
    h: float,
    colour: str = "#23202c",
    *,
    gap: float = 34,
    ornate: bool = False,
) -> str:
    """An iron railing over the whole width."""
    out, x = "", -gap / 2
    bars = ""
    while x < stage.width + gap:
        bars += f"M{num(x)} {num(y)}v{num(h)}"
        if ornate:
            bars += (
                f"M{num(x)} {num(y + h * 0.42)}c{num(gap * 0.5)} {num(-h * 0.16)} {num(gap * 0.5)}"
                f" {num(h * 0.2)} {num(gap / 2)} {num(h * 0.14)}M{num(x)} {num(y + h * 0.42)}"
                f"c{num(-gap * 0.5)} {num(-h * 0.16)} {num(-gap * 0.5)}"
                f" {num(h * 0.2)} {num(-gap / 2)} {num(h * 0.14)}"
            )
        x += gap
    out += stroke(bars, colour, 4.5)
    if ornate:
        rings = "".join(
            ring(-gap / 2 + i * gap + gap / 2, y + h * 0.16, gap * 0.28, gap * 0.28, colour, 3.5)
            for i in range(int(stage.width / gap) + 2)
        )
        out += rings + rect(-5, y + h * 0.27, stage.width + 10, 4, colour)
    return (
        out
        + rect(-5, y - 8, stage.width + 10, 12, lighten(colour, 0.12), 4)
        + rect(-5, y + h - 6, stage.width + 10, 9, colour)
    )


def asphalt(stage: Stage, top: float, colour: str = "#5d5a68") -> str:
    lit, mid, dark = tones(colour)
    out = rect(0, top, stage.width, HEIGHT - top, stage.down(mix(mid, lit, 0.4), mid, dark))
    for _ in range(int(stage.width / 24)):
        out += oval(
            stage.between(0, stage.width),
            stage.between(top, HEIGHT),
            stage.between(6, 26),
            1.6,
            dark,
            0.3,
        )
    return out


def pavement(stage: Stage, top: float, colour: str = "#c9c0b6", kerb: float | None = None) -> str:
    lit, mid, dark = tones(colour)
    out = rect(0, top, stage.width, HEIGHT - top, stage.down(mix(mid, dark, 0.35), mid, lit))
    lines, middle = "", stage.figure_x
    for k in range(-14, 15):
        lines += f"M{num(middle + k * 120)} {num(top)}L{num(middle + k * 250)} {num(HEIGHT)}"
    for y in (top + 34, top + 92, top + 172):
        lines += f"M0 {num(y)}H{num(stage.width)}"
    out += stroke(lines, dark, 2.2, 0.35)
    if kerb:
        out += rect(0, kerb, stage.width, 14, lit) + rect(
            0, kerb + 14, stage.width, 10, dark, opacity=0.5
        )
    return out


def planter(stage: Stage, x: float, base: float, w: float, h: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    out = ""
    for i in range(int(w / 20)):
        out += disc(
            x - w / 2 + 12 + i * 20,
            base - h - stage.between(6, 34),
            stage.between(14, 24),
            stage.pick(("#3f8a58", "#56a268", "#2f6f4b")),
        )
    for _ in range(int(w / 26)):
        out += disc(
            stage.between(x - w * 0.45, x + w * 0.45),
            base - h - stage.between(10, 50),
            6,
            stage.pick(stage.accents),
        )
    return (
        out
        + rect(x - w / 2, base - h, w, h, stage.across(lit, mid, dark), 5)
        + rect(x - w / 2 - 5, base - h, w + 10, 10, lit, 3)
    )


def spray_shape(stage: Stage, x: float, y: float, size: float, colour: str, edge: str) -> str:
    """One piece of graffiti: star, bolt, heart, arrow, wave, crown or bubble."""
    kind = stage.pick(("star", "bolt", "heart", "crown", "bubble", "arrow", "eye"))
    s = size
    paths = {
        "star": "M0-50L14-16 50-14 22 9 32 46 0 26-32 46-22 9-50-14-14-16Z",
        "bolt": "M8-56L-34 8-6 6-16 56 34-12 4-8Z",
        "heart": "M0 44C-70-4-44-54-14-44-4-40 0-30 0-26 0-30 6-40 16-44 46-54 70-4 0 44Z",
        "crown": "M-48 34L-52-26-24 2 0-40 24 2 52-26 48 34Z",
        "bubble": "M-52-8C-56-46-14-52 2-40 24-58 60-34 50-6 66 18"
        " 36 46 14 36-4 54-40 44-40 26-62 22-62 0-52-8Z",
        "arrow": "M-54 18C-30-40 10-40 22-12L8-8 52 26 48-30 36-20C16-70-58-56-54 18Z",
        "eye": "M-56 0Q0-56 56 0 0 56-56 0Z",
    }
    paint = stage.slant(lighten(colour, 0.25), colour, darken(colour, 0.12))
    body = stroke(paths[kind], edge, 16) + shape(paths[kind], paint)
    if kind == "eye":
        body += disc(0, 0, 20, edge) + disc(-6, -6, 6, "#ffffff")
    drips = "".join(
        rect(stage.between(-34, 30), 24, 5, stage.between(24, 70), colour, 2.5) for _ in range(3)
    )
    return group(drips + body, x, y, sx=s / 110, sy=s / 110, turn=stage.between(-16, 16))
