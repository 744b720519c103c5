# ruff: noqa: PLR0917 (props are placed by x, base, width and height, as everywhere in drawing)
"""What a light does to the picture around the figure: glow, veils and bokeh.

The overlays are drawn on a stage of their own whose colours are not graded.
"""

from __future__ import annotations

from .scene_kit import HEIGHT, Stage, disc, group, num, oval, poly, rect, shape, stroke
from .scene_nature import away_from_face

SCREEN = "mix-blend-mode:screen"


def screened(svg: str) -> str:
    """The fragment's light added to what is below."""
    return f'<g style="{SCREEN}">{svg}</g>'


def cover(stage: Stage, paint: str, opacity: float = 1) -> str:
    return rect(0, 0, stage.width, HEIGHT, paint, opacity=opacity)


def vignette(
    stage: Stage, colour: str, strength: float, *, cx: float = 0.5, cy: float = 0.42
) -> str:
    paint = stage.round(
        (colour, 0), (colour, 0), (colour, strength * 0.5), (colour, strength), cx=cx, cy=cy, r=0.85
    )
    return cover(stage, paint)


def glow_behind(stage: Stage) -> str:
    """Overlays between the place and the figure."""
    return _BEHIND.get(stage.light.slug, _nothing)(stage)


def veil(stage: Stage) -> str:
    """Light in front of everything, the figure too."""
    return _BEFORE.get(stage.light.slug, _nothing)(stage)


def bokeh(
    stage: Stage,
    colours: tuple[str, ...],
    count: int,
    *,
    top: float = 0,
    bottom: float = 620,
    size: tuple[float, float] = (10, 38),
) -> str:
    """Out-of-focus points of light, fainter by day."""
    strength = 0.5 if stage.light.is_dark else 0.32
    out = ""
    for _ in range(count):
        colour = stage.pick(colours)
        k = strength * stage.between(0.5, 1.2)
        paint = stage.round((colour, k * 0.8), (colour, k * 0.85), (colour, k), (colour, 0))
        r = stage.between(*size)
        x, y = away_from_face(stage, top, bottom)
        out += disc(x, y, r, paint)
    return stage.lit(out)


def _nothing(_stage: Stage) -> str:
    return ""


# --- behind the figure ---------------------------------------------------------------------


def _daylight_behind(stage: Stage) -> str:
    return cover(stage, stage.slant(("#fffbe8", 0.3), ("#fffbe8", 0.04), ("#fffbe8", 0)))


def _golden_behind(stage: Stage) -> str:
    paint = stage.round(
        ("#ffb14a", 0.85), ("#ff8a4a", 0.34), ("#ff7a5a", 0), cx=0.02, cy=0.4, r=0.95
    )
    return screened(cover(stage, paint))


def _blue_behind(stage: Stage) -> str:
    return cover(stage, stage.down(("#2a3a9a", 0), ("#ff9a8a", 0.16), ("#2a3a9a", 0.1)))


def _window_behind(stage: Stage) -> str:
    """The slanted image of a window on whatever is behind."""
    panes = ""
    x0 = stage.figure_x - 40 + stage.between(-30, 30)
    for column in range(2):
        for row in range(3):
            x, y = x0 + column * 150, 70 + row * 175 - column * 30
            corners = [(x, y), (x + 132, y - 26), (x + 132, y + 128), (x, y + 156)]
            panes += poly(corners, "#ffd98c", 0.42)
    shade = stage.across(("#fff3cf", 0.42), ("#fff3cf", 0.02), ("#2b1a33", 0.14), ("#2b1a33", 0.4))
    return cover(stage, shade) + screened(panes)


def _softbox_behind(stage: Stage) -> str:
    """Bright in the middle, quietly falling off to the edges."""
    fall = stage.round(
        ("#ffffff", 0.55),
        ("#ffffff", 0.22),
        ("#8f88a0", 0.02),
        ("#4a4360", 0.16),
        ("#4a4360", 0.3),
        cy=0.38,
        r=0.85,
    )
    return cover(stage, fall)


def _rim_behind(stage: Stage) -> str:
    lamps = stage.glow(stage.figure_x, 380, 400, "#b9c8ff", 0.36)
    for side in (-1, 1):
        x = stage.figure_x + side * min(stage.width * 0.47, 430)
        lamps += stage.glow(x, 60, 260, "#eaf0ff", 0.6) + disc(x, 60, 13, "#ffffff")
    return vignette(stage, "#07060f", 0.55) + lamps


def _backlit_behind(stage: Stage) -> str:
    x = stage.figure_x
    light = stage.glow(x, 330, 560, "#fff0c4", 0.85) + stage.glow(x, 300, 290, "#fffdf2", 0.95)
    for i, (a, b) in enumerate(((-0.9, -0.7), (-0.45, -0.32), (0.22, 0.4), (0.62, 0.9))):
        strength = 0.38 - 0.05 * i
        paint = stage.down(("#fff6d8", 0.0), ("#fff6d8", strength), ("#fff6d8", 0))
        feet = [(x + b * 900, 1000), (x + a * 900, 1000)]
        light += poly([(x - 10, 150), (x + 10, 150), *feet], paint)
    return screened(light)


def _flash_behind(stage: Stage) -> str:
    burst = stage.glow(stage.figure_x, 420, 520, "#fdfcff", 0.4)
    return burst + vignette(stage, "#06040f", 0.7, cx=stage.figure_x / stage.width)


def _neon_behind(stage: Stage) -> str:
    ends = stage.across(
        ("#ff2fa8", 0.55), ("#ff2fa8", 0.18), ("#9b4fd0", 0.05), ("#18d8ff", 0.16), ("#18d8ff", 0.5)
    )
    out = screened(cover(stage, ends))
    for side, colour in ((-1, "#ff4fc0"), (1, "#4feaff")):
        x = stage.figure_x + side * min(stage.width * 0.455, 460)
        out += neon_line(stage, f"M{num(x)} 90L{num(x)} 610", colour, 9)
    return out


def neon_line(stage: Stage, d: str, colour: str, width: float = 7) -> str:
    """A glass tube that shines: wide faint strokes under a nearly white core."""
    return stage.lit(
        stroke(d, colour, width * 6, 0.14)
        + stroke(d, colour, width * 3, 0.26)
        + stroke(d, colour, width * 1.3, 0.95)
        + stroke(d, "#fff4fd", width * 0.45, 0.95)
    )


def _candle_behind(stage: Stage) -> str:
    warm = stage.round(("#ffa63e", 0.72), ("#ff7b2a", 0.28), ("#ff5a1a", 0), cx=0.25, cy=0.8, r=0.8)
    points = bokeh(stage, ("#ffb14d", "#ff8a3a"), 9, bottom=520, size=(8, 26))
    return screened(cover(stage, warm)) + vignette(stage, "#120508", 0.82, cy=0.62) + points


def _moon_behind(stage: Stage) -> str:
    x = stage.width
    beam = poly(
        [(x * 0.72, -20), (x * 1.02, -20), (x * 0.62, 1000), (-x * 0.12, 1000)],
        stage.down(("#cfe0ff", 0.34), ("#9fbcff", 0.1), ("#9fbcff", 0.02)),
    )
    return vignette(stage, "#02041a", 0.62) + beam + stage.glow(x * 0.92, 60, 330, "#cfe0ff", 0.4)


# --- in front of the figure -----------------------------------------------------------------


def _golden_before(stage: Stage) -> str:
    haze = stage.round(("#ffb45c", 0.4), ("#ff9a4a", 0.12), ("#ff8a4a", 0), cx=0.0, cy=0.36, r=0.8)
    return cover(stage, haze) + _flares(stage, "#ffcf7a", 0, 330)


def _flares(stage: Stage, colour: str, x: float, y: float) -> str:
    out = ""
    for t, r in ((0.5, 22), (0.62, 40), (0.88, 30), (1.02, 62)):
        px, py = x + t * (stage.width - x) * 0.9, y + t * 560
        out += disc(
            px, py, r, stage.round((colour, 0.1), (colour, 0.14), (colour, 0.3), (colour, 0))
        )
    return out


def _blue_before(stage: Stage) -> str:
    return cover(stage, stage.down(("#1a2a86", 0.16), ("#1a2a86", 0), ("#0c1250", 0.2)))


def _overcast_before(stage: Stage) -> str:
    return cover(stage, stage.down(("#e3e9ee", 0.14), ("#e3e9ee", 0.05), ("#aeb8c4", 0.12)))


def _window_before(stage: Stage) -> str:
    """The light falls across the figure too, with dust in it; the far side stays in shade."""
    band = poly(
        [(-20, 120), (stage.figure_x + 30, 300), (stage.figure_x - 30, 760), (-20, 900)],
        stage.across(("#fff0c2", 0.34), ("#fff0c2", 0.1), ("#fff0c2", 0)),
    )
    shade = stage.across(("#2b1a33", 0), ("#2b1a33", 0.22))
    dust = "".join(
        disc(
            stage.between(0, stage.figure_x),
            stage.between(150, 850),
            stage.between(1, 2.6),
            "#fff6da",
            0.6,
        )
        for _ in range(26)
    )
    half = stage.width / 2
    return band + rect(half, 0, half, HEIGHT, shade) + dust


def _softbox_before(stage: Stage) -> str:
    """The edges of two big soft lamps just outside the picture."""
    reach = min(stage.width * 0.5, 420)
    return "".join(stage.glow(edge * stage.width, 140, reach, "#ffffff", 0.42) for edge in (0, 1))


def _rim_before(stage: Stage) -> str:
    return rect(0, 560, stage.width, 440, stage.down(("#05040c", 0), ("#05040c", 0.42)))


def _backlit_before(stage: Stage) -> str:
    haze = stage.round(
        ("#ffe9b8", 0.18), ("#ffcf8a", 0.1), ("#ffb86a", 0.05), cx=0.5, cy=0.26, r=0.75
    )
    return cover(stage, haze) + _flares(stage, "#fff3cf", stage.figure_x, 200)


def _flash_before(stage: Stage) -> str:
    return rect(0, 700, stage.width, 300, stage.down(("#05030c", 0), ("#05030c", 0.4)))


def _neon_before(stage: Stage) -> str:
    ends = stage.across(
        ("#ff2fa8", 0.3), ("#ff2fa8", 0.06), ("#18d8ff", 0), ("#18d8ff", 0.06), ("#18d8ff", 0.26)
    )
    return screened(cover(stage, ends))


def _candle_before(stage: Stage) -> str:
    """Three candles stand in the lower corner away from the main prop."""
    x = stage.at(-min(stage.width * 0.44, 420))
    out = stage.glow(x, HEIGHT - 60, 520, "#ff9a2e", 0.42)
    for dx, h in ((-34, 120), (6, 170), (42, 95)):
        out += candle(stage, x + dx, HEIGHT + 20, h)
    return out


def candle(stage: Stage, x: float, base: float, h: float, width: float = 30) -> str:
    top = base - h
    wax = stage.across("#fff1d6", "#f0cf9f", "#b98455")
    flame = stage.glow(x, top - 24, 110, "#ffb648", 0.7) + stage.lit(
        shape(
            f"M{num(x)} {num(top - 52)}C{num(x + 15)} {num(top - 30)}"
            f" {num(x + 11)} {num(top - 8)} {num(x)} {num(top - 6)}"
            f"C{num(x - 11)} {num(top - 8)} {num(x - 13)}"
            f" {num(top - 28)} {num(x)} {num(top - 52)}Z",
            "#ff9f2e",
        )
        + oval(x, top - 18, 5.5, 13, "#fff3c0")
    )
    return (
        rect(x - width / 2, top, width, h, wax, 5)
        + oval(x, top + 1, width / 2, 5, "#fff6e2")
        + flame
    )


def _moon_before(stage: Stage) -> str:
    return cover(stage, stage.down(("#0a1550", 0.16), ("#0a1550", 0), ("#040a30", 0.3)))


def string_lights(
    stage: Stage,
    y: float,
    sag: float,
    colours: tuple[str, ...] = ("#ffd98a",),
    *,
    swags: int = 0,
    r: float = 8,
) -> str:
    """Bulbs on a hanging wire across the picture."""
    count = swags or max(1, round(stage.width / 520))
    span = (stage.width + 80) / count
    wire, bulbs = "", ""
    for i in range(count):
        x0 = -40 + i * span
        wire += (
            f"M{num(x0)} {num(y)}Q{num(x0 + span / 2)} {num(y + 2 * sag)} {num(x0 + span)} {num(y)}"
        )
        steps = max(4, round(span / 62))
        for k in range(1, steps):
            t = k / steps
            x, by = x0 + span * t, y + 4 * sag * t * (1 - t)
            colour = colours[(i * steps + k) % len(colours)]
            bulbs += stage.glow(x, by + 12, r * 4.2, colour, 0.55) + oval(
                x, by + 12, r * 0.8, r, "#fff7df"
            )
            bulbs += oval(x, by + 12, r * 0.8, r, colour, 0.45)
    return stroke(wire, "#2a2230", 2.2) + stage.lit(bulbs)


def light_cone(
    stage: Stage,
    x: float,
    y: float,
    foot_x: float,
    half: float,
    colour: str,
    *,
    foot_y: float = 930,
    opacity: float = 0.5,
) -> str:
    paint = stage.down((colour, opacity), (colour, opacity * 0.5), (colour, opacity * 0.08))
    return stage.lit(
        poly([(x - 14, y), (x + 14, y), (foot_x + half, foot_y), (foot_x - half, foot_y)], paint)
    )


def confetti(stage: Stage, colours: tuple[str, ...], count: int) -> str:
    out = ""
    for _ in range(count):
        x, y = away_from_face(stage)
        out += group(
            rect(-5, -3, 10, 6, stage.pick(colours), 1),
            x,
            y,
            turn=stage.between(0, 180),
            sx=stage.between(0.7, 1.6),
            opacity=stage.between(0.7, 1),
        )
    return out


_BEHIND = {
    "daylight": _daylight_behind,
    "golden_hour": _golden_behind,
    "blue_hour": _blue_behind,
    "window_light": _window_behind,
    "softbox": _softbox_behind,
    "rim_light": _rim_behind,
    "backlit": _backlit_behind,
    "flash": _flash_behind,
    "neon": _neon_behind,
    "candlelight": _candle_behind,
    "moonlight": _moon_behind,
}
_BEFORE = {
    "golden_hour": _golden_before,
    "blue_hour": _blue_before,
    "overcast": _overcast_before,
    "window_light": _window_before,
    "softbox": _softbox_before,
    "rim_light": _rim_before,
    "backlit": _backlit_before,
    "flash": _flash_before,
    "neon": _neon_before,
    "candlelight": _candle_before,
    "moonlight": _moon_before,
}
