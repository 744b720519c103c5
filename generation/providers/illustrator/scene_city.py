"""City scenes: rooftop, street, crosswalk, graffiti wall, subway."""

from __future__ import annotations

from .palette import darken, lighten, mix
from .scene_indoor import bricks, plain_floor, planks, square_tiles
from .scene_kit import (
    HEIGHT,
    Scene,
    Stage,
    disc,
    group,
    num,
    oval,
    poly,
    rect,
    shape,
    stroke,
    tones,
)
from .scene_light import bokeh, confetti, string_lights
from .scene_nature import corner_leaves, falling, potted, sky
from .scene_urban import (
    asphalt,
    bicycle,
    car_front,
    facade,
    pavement,
    planter,
    shop,
    skyline,
    spray_shape,
    street_lamp,
    taxi,
    tower,
)


def _rooftop(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 760)
    haze = stage.light.horizon
    out += skyline(stage, 740, 150, 330, mix("#8f93b8", haze, 0.5), width=(50, 90), windows=False)
    out += skyline(stage, 745, 120, 400, mix("#6a6d99", haze, 0.22), width=(64, 120))
    out += skyline(stage, 750, 70, 230, "#4d4a73", width=(80, 150))
    out += rect(0, 690, w, 74, stage.down("#b6796a", "#8f564f")) + rect(0, 682, w, 16, "#cf9583", 3)
    out += planks(stage, "#a8795a", 760)
    far = min(w * 0.38, 360)
    out += planter(stage, stage.at(far), 800, 230, 74, "#6c4f58") + planter(
        stage, stage.at(-far - 40), 798, 260, 74, "#6c4f58"
    )
    if w > 900:
        out += _outdoor_sofa(stage, stage.at(far + 130), 880)
    for t in (-0.5, 0.5):
        x = stage.figure_x + t * min(w, 1400) * 0.96
        out += rect(x - 6, 140, 12, 560, "#3b2f3a")
    return out


def _outdoor_sofa(stage: Stage, x: float, base: float) -> str:
    out = oval(x, base, 190, 12, "#2a1438", 0.3) + rect(x - 180, base - 150, 360, 90, "#d8c7b4", 18)
    out += rect(x - 190, base - 84, 380, 66, stage.down("#efe2d2", "#c9b6a2"), 14) + rect(
        x - 180, base - 20, 360, 18, "#7c5a48"
    )
    for dx, colour in ((-110, stage.accents[0]), (-40, stage.accents[1]), (104, stage.accents[2])):
        out += rect(x + dx - 34, base - 150, 68, 66, colour, 10)
    return out


def _rooftop_mood(stage: Stage) -> str:
    """City lights out of focus, a planter's leaves close to the lens."""
    lamps = bokeh(stage, ("#ffd98a", "#ff9a8a", "#a8c8ff"), 9, top=640, bottom=980, size=(8, 26))
    return corner_leaves(stage, "#2a4a52", size=170) + lamps


def _rooftop_overhead(stage: Stage) -> str:
    """Two strings of bulbs across the sky."""
    bulbs = string_lights(stage, 60, 46, ("#ffd98a", "#ffc36b"))
    return bulbs + string_lights(stage, 130, 30, ("#ffe3a8",))


def _street_style(stage: Stage) -> str:
    w = stage.width
    out = sky(stage, 400, clouds=3)
    palette = ("#e9b7a4", "#f0d9a8", "#a9c7c0", "#d99b8c", "#c9b6d6", "#e8c9b5")
    x = stage.at(0) - 470 - stage.between(0, 60)
    start = stage.rng.randrange(6)
    while x > -40:
        x -= 330
    i = start
    while x < w:
        colour = palette[i % 6]
        wide = 330
        out += facade(stage, x, 800, wide, stage.between(700, 790), colour, floors=3, ground=290)
        out += shop(
            stage,
            x + 8,
            800,
            wide - 16,
            270,
            mix(stage.accents[i % 3], "#3a2c3c", 0.35),
            stage.accents[(i + 1) % 3],
        )
        x += wide
        i += 1
    out += pavement(stage, 800, "#d8cfc6")
    far = min(w * 0.4, 380)
    out += potted(stage, stage.at(-far), 850, 250, "#c9694f", "fig")
    out += bicycle(stage.at(far), 862, 270, stage.accent)
    if stage.is_wide:
        out += street_lamp(stage, stage.at(far + 210), 850, 500) + potted(
            stage, stage.at(-far - 190), 846, 210, "#7f6f8f", "snake"
        )
    return out


def _street_mood(stage: Stage) -> str:
    """Leaves of a street tree above, petals of a flower shop in the air."""
    leaves = corner_leaves(stage, "#2d5a42", corner="top", size=230)
    return leaves + falling(stage, tuple(lighten(c, 0.2) for c in stage.accents), 9, 11)


def _crosswalk(stage: Stage) -> str:
    w, x0 = stage.width, stage.figure_x
    out = sky(stage, 640, orb_x=x0, clouds=3)
    haze = stage.light.horizon
    out += skyline(stage, 620, 90, 210, mix("#8e96ac", haze, 0.55), width=(40, 70), windows=False)
    palette = ("#b07a63", "#8e97a8", "#c2a27d", "#7d7a92", "#a86f5b")
    for side in (-1, 1):
        for i, (d, tall) in enumerate(
            ((70, 300), (130, 420), (215, 560), (330, 730), (480, 900), (690, 1000))
        ):
            width = (60, 85, 115, 150, 210, 600)[i]
            x = x0 + side * d - (0 if side > 0 else width)
            colour = mix(palette[(i + (side > 0)) % 5], haze, max(0.0, 0.5 - 0.11 * i))
            out += tower(
                stage, x, 640 + i * 9, width, tall * stage.between(0.9, 1.05), colour, tops=i < 3
            )
            if i > 2:
                out += rect(x - 4, 600 + i * 9, width + 8, 14, stage.accents[(i + 1) % 3])
    out += asphalt(stage, 636, "#62606f")
    for side in (-1, 1):
        edge = x0 + side * 90
        out += poly(
            [
                (edge, 636),
                (x0 + side * 2200, 636),
                (x0 + side * 2200, 1000),
                (x0 + side * 720, 760),
            ],
            "#b9b2ab",
        )
    out += taxi(stage, stage.at(150), 700, 96) + car_front(
        stage, stage.at(-130), 690, 78, stage.accents[1]
    )
    if w > 900:
        out += taxi(stage, stage.at(-290), 740, 170)
    for k in range(-8, 9):
        a, b = x0 + k * 108, x0 + k * 176
        out += poly(
            [(a - 26, 800), (a + 26, 800), (b + 48, 972), (b - 48, 972)],
            stage.down("#e9e6ec", "#ffffff"),
        )
    far = min(w * 0.43, 470)
    out += _traffic_light(stage, stage.at(far), 820)
    return out


def _traffic_light(stage: Stage, x: float, base: float) -> str:
    out = rect(x - 7, base - 620, 14, 620, "#2f2c39") + rect(
        x - 30, base - 640, 60, 160, "#26232f", 14
    )
    for i, colour in enumerate(("#6b2b2b", "#6b5a2b", "#4fe08a")):
        lamp = disc(x, base - 612 + i * 50, 18, colour)
        out += stage.lit(lamp) + stage.glow(x, base - 512, 60, "#4fe08a", 0.5) if i == 2 else lamp
    return out


def _crosswalk_mood(stage: Stage) -> str:
    """A taxi's roof and lamp close to the lens in the lower corner."""
    x = stage.width if stage.side < 0 else 0
    s = 1 if x == 0 else -1
    lit, mid, dark = tones("#f5b82e")
    d = f"M{x:.0f} 872C{x + s * 120:.0f} 868 {x + s * 200:.0f} 900 {x + s * 252:.0f} 1010H{x:.0f}Z"
    out = rect(x + s * 52 - 46, 834, 92, 44, "#fff3cf", 8) + rect(
        x + s * 52 - 36, 848, 72, 12, "#3a2f36", 3
    )
    out += shape(d, stage.down(lit, mid, dark))
    glass = (
        f"M{x:.0f} 906C{x + s * 96:.0f} 902 {x + s * 160:.0f} 930 {x + s * 204:.0f} 1010H{x:.0f}Z"
    )
    out += shape(glass, stage.slant("#dbeaf0", "#5c7c8c"))
    return out + bokeh(
        stage, ("#ffdf8e", "#ff6a5a", "#7be0a0"), 7, top=560, bottom=820, size=(8, 22)
    )


def _graffiti_wall(stage: Stage) -> str:
    w = stage.width
    out = bricks(stage, "#b9a79c", 0, 800)
    ink = "#2b1d3d"
    for i in range(3):
        colour = stage.accents[i % 3]
        out += group(
            oval(0, 0, 260, 150, colour, 0.55),
            stage.between(0, w),
            stage.between(160, 600),
            turn=stage.between(-30, 30),
        )
    path = (
        f"M{num(-40)} 470C{num(w * 0.2)} 200 {num(w * 0.3)} 720"
        f" {num(w * 0.52)} 420S{num(w * 0.8)} 260 {num(w + 40)} 500"
    )
    for width, colour in (
        (132, ink),
        (112, stage.accents[0]),
        (76, stage.accents[1]),
        (40, stage.accents[2]),
        (10, "#ffffff"),
    ):
        out += stroke(path, colour, width)
    colours = (*stage.accents, "#4fd1ff", "#ffffff", "#b4f25a")
    count = max(7, int(w / 95))
    for i in range(count):
        x = (i + 0.5) * w / count + stage.between(-20, 20)
        y = (170, 600, 300, 480)[i % 4] + stage.between(-40, 40)
        out += spray_shape(
            stage, x, y, stage.between(120, 210), colours[i % 6], ink if i % 2 else "#ffffff"
        )
    for _ in range(int(w / 20)):
        out += disc(
            stage.between(0, w),
            stage.between(60, 770),
            stage.between(2, 6),
            stage.pick(colours),
            0.9,
        )
    out += rect(0, 778, w, 30, "#8d827d") + asphalt(stage, 806, "#716c78")
    far = min(w * 0.38, 340)
    for i, colour in enumerate(stage.accents):
        out += _spray_can(stage, stage.at(far + (i - 1) * 44), 862 + 8 * (i % 2), colour)
    if w > 900:
        out += _spray_can(stage, stage.at(-far), 872, "#4fd1ff") + rect(
            stage.at(-far) - 190, 770, 130, 96, "#7d5a42", 4
        )
    return out


def _spray_can(stage: Stage, x: float, base: float, colour: str) -> str:
    lit, mid, dark = tones(colour)
    return (
        oval(x, base, 22, 5, "#1c1428", 0.4)
        + rect(x - 15, base - 66, 30, 66, stage.across(lit, mid, dark), 5)
        + rect(x - 11, base - 78, 22, 13, "#d9d5de", 4)
        + rect(x - 6, base - 90, 12, 13, "#ffffff", 3)
        + rect(x - 15, base - 46, 30, 16, "#ffffff", opacity=0.8)
    )


def _graffiti_mood(stage: Stage) -> str:
    """Splashes of paint on the lens side corners."""
    return (
        confetti(stage, (*stage.accents, "#4fd1ff"), 26)
        + _paint_splash(stage, 0, stage.accents[0])
        + _paint_splash(stage, 1, stage.accents[1])
    )


def _paint_splash(stage: Stage, edge: int, colour: str) -> str:
    x = edge * stage.width
    out = disc(x, HEIGHT, 74, colour)
    for _ in range(12):
        r = stage.between(70, 210)
        out += disc(
            x + (1 if edge == 0 else -1) * r * stage.between(0.2, 1),
            HEIGHT - r * stage.between(0.1, 0.8),
            stage.between(4, 15),
            colour,
        )
    return out


def _subway(stage: Stage) -> str:
    w = stage.width
    out = rect(0, 0, w, 800, "#d9d6cf") + rect(0, 0, w, 120, stage.down("#6f6b78", "#9a96a0"))
    for i in range(int(w / 260) + 2):
        x = i * 260.0 - 60
        out += stage.lit(rect(x, 66, 170, 18, "#fdfbf0", 8)) + stage.glow(
            x + 85, 80, 150, "#fffbe0", 0.5
        )
    out += square_tiles(stage, "#e9e4da", 120, 330, 58, 30, is_offset=True)
    out += rect(0, 190, w, 46, stage.accents[0]) + rect(0, 240, w, 8, stage.accents[1])
    for i in range(int(w / 330) + 2):
        x = stage.figure_x + (i - 2) * 420 - 150
        out += disc(x, 213, 30, "#fff8ec") + disc(x, 213, 22, stage.accents[2])
    out += _train(stage)
    out += plain_floor(stage, "#a8a2a6", 790)
    out += rect(0, 800, w, 26, "#f2c230") + rect(0, 826, w, 5, "#4d4750")
    for i in range(int(w / 30) + 1):
        out += disc(i * 30 + 8, 813, 5, "#d19f1c")
    far = min(w * 0.46, 440)
    for x in (stage.at(-far), stage.at(far + (180 if stage.is_wide else 40))):
        out += rect(
            x - 30,
            60,
            60,
            810,
            stage.across("#fdf7ea", stage.accents[0], darken(stage.accents[0], 0.35)),
            6,
        )
        out += rect(x - 38, 850, 76, 26, "#5b5560", 4)
    return out


def _train(stage: Stage) -> str:
    w, body = stage.width, "#c9ced6"
    out = rect(
        -10, 300, w + 20, 480, stage.down(lighten(body, 0.35), body, mix(body, "#5d6475", 0.5))
    )
    out += rect(-10, 560, w + 20, 34, stage.accents[0]) + rect(
        -10, 600, w + 20, 10, stage.accents[1]
    )
    x = stage.figure_x - 1300 + stage.between(0, 60)
    while x < w:
        inside = stage.down("#fff6d9", "#f3dcae")
        out += stage.lit(rect(x, 372, 150, 150, inside, 14)) + _riders(stage, x, 372)
        out += rect(x + 186, 350, 118, 420, "#9aa2b0", 8) + stage.lit(
            rect(x + 196, 366, 46, 190, inside, 6) + rect(x + 248, 366, 46, 190, inside, 6)
        )
        out += rect(x + 243, 352, 4, 416, "#5d6475")
        x += 330
    return out + rect(-10, 760, w + 20, 34, "#3d3946")


def _riders(stage: Stage, x: float, y: float) -> str:
    """Passengers as soft shapes in the windows."""
    out = ""
    for _ in range(stage.rng.randrange(1, 3)):
        px, tone = x + stage.between(30, 120), stage.pick(("#8a7a90", "#a08a86", "#7a86a0"))
        out += disc(px, y + 76, 20, tone, 0.7) + shape(
            f"M{num(px - 34)} {num(y + 150)}q0 -56 34 -56t34 56Z", tone, 0.7
        )
    return stage.clip(f"M{num(x)} {num(y)}h150v150h-150Z", out)


def _subway_mood(stage: Stage) -> str:
    """The blur of a passing train's lights along both edges."""
    out = ""
    for edge in (-1, 1):
        x = 0 if edge < 0 else stage.width
        for i in range(5):
            y = 560 + i * 84 + stage.between(-20, 20)
            length = stage.between(90, 190)
            paint = (
                stage.across(("#fff0b8", 0.7), ("#fff0b8", 0))
                if edge < 0
                else stage.across(("#fff0b8", 0), ("#fff0b8", 0.7))
            )
            out += stage.lit(
                rect(x if edge < 0 else x - length, y, length, stage.between(6, 14), paint, 6)
            )
    return out


SCENES = {
    "rooftop": Scene(
        _rooftop, _rooftop_mood, "blue_hour", ("#f2935c", "#7f8fe0", "#f4c95d"), _rooftop_overhead
    ),
    "street_style": Scene(
        _street_style, _street_mood, "daylight", ("#d9573f", "#2f6f73", "#efb13f")
    ),
    "crosswalk": Scene(
        _crosswalk, _crosswalk_mood, "golden_hour", ("#c8402f", "#2f5fa8", "#e6b23c")
    ),
    "graffiti_wall": Scene(
        _graffiti_wall, _graffiti_mood, "daylight", ("#ff3d7f", "#19b5c9", "#ffd23f")
    ),
    "subway": Scene(_subway, _subway_mood, "flash", ("#1f6fb5", "#e8493f", "#f2c230")),
}
