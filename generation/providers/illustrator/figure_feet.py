"""Feet and shoes from one profile: toes to the side, squeezed when the foot points at us."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .figure_canvas import Canvas
from .figure_geometry import Point, line, loop, outline
from .figure_skeleton import Foot
from .palette import SkinTones, darken, lighten, mix


@dataclass(frozen=True, slots=True)
class FootFrame:
    """Maps profile points (toe towards +x, ankle at the origin) into the figure."""

    foot: Foot
    size: float

    def __call__(self, x: float, y: float) -> Point:
        toward = 1 if self.foot.toe >= 0 else -1
        reach = 0.42 + 0.58 * min(1.0, abs(self.foot.toe))
        beyond = max(0.0, x - 10)
        px = (min(x, 10.0) + beyond * reach) * self.size
        py = y * self.size + beyond * (1 - reach) * 0.3
        a = math.radians(self.foot.pitch)
        c, s = math.cos(a), math.sin(a)
        return (
            self.foot.ankle[0] + toward * (px * c - py * s),
            self.foot.ankle[1] + px * s + py * c,
        )

    def run(self, *points: Point) -> list[Point]:
        return [self(x, y) for x, y in points]


def bare(canvas: Canvas, layer: str, frame: FootFrame, tones: SkinTones) -> None:
    body = frame.run(
        (-10.5, -12),
        (-11, 0),
        (-14, 10),
        (-12, 19),
        (-4, 21.5),
        (10, 19),
        (24, 21),
        (40, 22.5),
        (51, 21),
        (53, 16),
        (47, 11.5),
        (33, 6),
        (20, -2),
        (11, -12),
    )
    canvas.extend(body)
    canvas.fill(layer, loop(body), tones.base)
    canvas.fill(
        layer,
        loop(
            frame.run(
                (-13, 14),
                (-8, 20),
                (10, 18),
                (26, 20),
                (42, 22),
                (51, 20),
                (38, 17),
                (20, 13),
                (4, 14),
            )
        ),
        tones.shade,
        0.8,
    )
    for x in (43.0, 46.5):
        canvas.stroke(layer, line(frame.run((x, 16.5), (x + 2.4, 21))), tones.shade, 1.1)


def sneaker(
    canvas: Canvas,
    layer: str,
    frame: FootFrame,
    colour: str,
    *,
    sole: str = "#f6f1ea",
    accent: str = "#d9d2c8",
    chunky: bool = False,
) -> None:
    low = 29 if chunky else 25.5
    upper = frame.run(
        (-12, -10),
        (-14, 2),
        (-15, 18),
        (20, 20),
        (52, 21),
        (56, 15),
        (50, 8),
        (36, 3),
        (24, -5),
        (13, -11),
    )
    canvas.extend(upper)
    canvas.fill(layer, outline(upper[:3], upper[2:5], upper[4:], [upper[-1], upper[0]]), colour)
    canvas.fill(
        layer,
        loop(
            frame.run(
                (-15, 17), (-14, 8), (0, 12), (22, 13), (44, 12), (55, 16), (50, 21), (10, 20)
            )
        ),
        mix(colour, "#2a1030", 0.18),
    )
    bottom = frame.run(
        (-16, 15), (-17, low - 3), (-12, low), (22, low), (52, low), (59, low - 5), (57, 15.5)
    )
    canvas.extend(bottom)
    top = frame.run((57, 15.5), (38, 18), (12, 17), (-16, 15))
    canvas.fill(layer, outline(bottom, top), sole)
    canvas.stroke(
        layer, line(frame.run((-15, low - 5), (22, low - 4.5), (57, low - 6))), accent, 1.5
    )
    for x, y in ((20, -1), (26, 2), (32, 5)):
        canvas.stroke(layer, line(frame.run((x - 5, y + 4), (x + 4, y - 2.5))), accent, 1.8)
    canvas.fill(layer, outline(frame.run((2, 4), (12, 14), (16, 14), (8, 3))), accent)
    canvas.stroke(layer, line(frame.run((-12, -9), (0, -12.5), (13, -10))), accent, 2.2)


def loafer(canvas: Canvas, layer: str, frame: FootFrame, colour: str) -> None:
    body = frame.run(
        (-12, 0),
        (-14, 10),
        (-13, 20),
        (18, 21),
        (48, 22),
        (55, 19),
        (52, 13),
        (40, 8),
        (26, 5),
        (14, 9),
        (2, 6),
    )
    canvas.extend(body)
    canvas.fill(layer, loop(body), colour)
    canvas.fill(
        layer,
        outline(
            frame.run((-13, 19), (18, 20.5), (50, 21.5)),
            frame.run((56, 18), (56, 23), (20, 25), (-13, 25), (-14, 19)),
        ),
        darken(colour, 0.45),
    )
    canvas.fill(
        layer, loop(frame.run((26, 6), (34, 7.5), (31, 14), (23, 12))), lighten(colour, 0.22)
    )
    canvas.fill(
        layer, loop(frame.run((42, 11), (50, 13), (52, 17), (46, 14))), lighten(colour, 0.3), 0.7
    )


def pump(canvas: Canvas, layer: str, frame: FootFrame, colour: str, tones: SkinTones) -> None:
    """A high-heeled court shoe; its sole is `HEEL` below the ankle."""
    skin = frame.run(
        (-10, -12), (-11, 2), (-10, 14), (10, 18), (36, 30), (40, 22), (26, 10), (15, -2), (10, -12)
    )
    canvas.fill(layer, loop(skin), tones.base)
    canvas.fill(
        layer,
        loop(frame.run((-4, 4), (6, 12), (28, 24), (36, 27), (20, 20), (0, 14))),
        tones.shade,
        0.7,
    )
    heel = frame.run((-14, 10), (-12, 22), (-10.5, 38), (-7, 38), (-5, 26), (0, 19))
    canvas.extend(heel)
    canvas.fill(layer, outline(heel), darken(colour, 0.3))
    body = frame.run(
        (-12, 2),
        (-15, 10),
        (-13, 18),
        (-2, 19),
        (12, 25),
        (26, 35),
        (46, 38),
        (56, 37.5),
        (54, 32),
        (44, 27),
        (35, 24),
        (26, 24),
        (12, 15),
        (-2, 10),
    )
    canvas.extend(body)
    canvas.fill(layer, loop(body), colour)
    canvas.fill(
        layer, loop(frame.run((40, 28), (50, 32), (53, 35), (44, 32))), lighten(colour, 0.4), 0.7
    )


def sandal(canvas: Canvas, layer: str, frame: FootFrame, colour: str, tones: SkinTones) -> None:
    bare(canvas, layer, frame, tones)
    sole = frame.run((-14, 19), (10, 19.5), (53, 21), (56, 24), (20, 26), (-13, 25.5))
    canvas.extend(sole)
    canvas.fill(layer, loop(sole), darken(colour, 0.25))
    for a, b in (((24, 0), (22, 20)), ((39, 8), (38, 21))):
        canvas.stroke(
            layer, line(frame.run(a, ((a[0] + b[0]) / 2 + 2, (a[1] + b[1]) / 2), b)), colour, 4.4
        )
    canvas.stroke(layer, line(frame.run((-12, -2), (0, -4), (14, -6))), colour, 3.6)


def boot(
    canvas: Canvas,
    layer: str,
    frame: FootFrame,
    colour: str,
    *,
    chunky: bool = False,
    laces: str = "",
) -> None:
    """The foot of a boot; the shaft is a tube around the shin, drawn by the outfit."""
    low = 30 if chunky else 27
    body = frame.run(
        (-13, -18),
        (-14, 0),
        (-15, 20),
        (20, 21.5),
        (54, 22),
        (58, 15),
        (50, 7),
        (34, 1),
        (20, -8),
        (14, -18),
    )
    canvas.extend(body)
    canvas.fill(layer, outline(body[:3], body[2:5], body[4:], [body[-1], body[0]]), colour)
    canvas.fill(
        layer,
        loop(frame.run((-14, 18), (-13, 6), (2, 12), (26, 13), (54, 16), (54, 21), (10, 21))),
        mix(colour, "#12060f", 0.3),
    )
    canvas.fill(
        layer, loop(frame.run((36, 5), (46, 8), (51, 12), (42, 9))), lighten(colour, 0.35), 0.6
    )
    sole = frame.run(
        (-16, 18),
        (-16, low),
        (-3, low),
        (0, 25),
        (10, 25),
        (14, low),
        (56, low),
        (60, 20),
        (30, 20),
    )
    canvas.extend(sole)
    canvas.fill(
        layer,
        outline(
            sole[:2],
            sole[1:3],
            sole[2:5],
            sole[4:6],
            sole[5:7],
            sole[6:8],
            [sole[7], sole[8], sole[0]],
        ),
        darken(colour, 0.5),
    )
    if laces:
        for x, y in ((17, -10), (22, -4), (29, 1)):
            canvas.stroke(layer, line(frame.run((x - 6, y + 4), (x + 4, y - 2))), laces, 1.8)
