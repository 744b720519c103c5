"""What a pose sits on, leans against or stirs up; plain, so that it suits every scene."""

from __future__ import annotations

from random import Random

from .figure_canvas import Canvas
from .figure_geometry import Point, lerp, line, loop, outline
from .figure_skeleton import Skeleton
from .palette import darken, lighten, mix

_UPHOLSTERY = ("#d98f7a", "#7f9f93", "#c9a66b", "#8d86b0", "#b8707f", "#6f8fab")


def _colour(seed: str) -> str:
    return Random(f"{seed}:seat").choice(_UPHOLSTERY)


def _shape(canvas: Canvas, layer: str, points: list[Point], colour: str) -> None:
    canvas.extend(points)
    canvas.fill(layer, loop(points), colour)


def _box(canvas: Canvas, box: tuple[float, float, float, float], r: float, fill: str) -> None:
    """A rounded rectangle; `box` is (left, top, width, height)."""
    x, y, w, h = box
    canvas.extend([(x, y), (x + w, y + h)])
    canvas.add(
        "seat",
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r:g}"'
        f' fill="{fill}"/>',
    )


def _pouf(canvas: Canvas, skeleton: Skeleton, ground: float, colour: str) -> None:
    x, hip = skeleton.torso.warp(0, 268)
    w = max(104.0, skeleton.build.hip * 1.5)
    top, low = hip + 26, ground - 22
    knee = max(limb.joint[1] for limb in skeleton.legs)
    top = max(top, lerp(hip, knee, 0.4))
    wall = [(x - w, top), (x - w * 1.04, (top + low) / 2), (x - w * 0.94, low - 6)]
    far = [(x + w * 0.94, low - 6), (x + w * 1.04, (top + low) / 2), (x + w, top)]
    floor = [wall[-1], (x - w * 0.5, low + 9), (x, low + 12), (x + w * 0.5, low + 9), far[0]]
    canvas.extend([*wall, *far])
    canvas.fill("seat", outline(wall, floor, far, [far[-1], wall[0]]), colour)
    shade = [(x + w * 0.36, top), (x + w * 0.42, (top + low) / 2), (x + w * 0.34, low + 11)]
    canvas.fill("seat", outline(shade, [shade[-1], floor[3], far[0]], far), darken(colour, 0.18))
    for k in (-0.6, -0.2, 0.2, 0.6):
        seam = [
            (x + w * k, top + 30),
            (x + w * k * 1.05, (top + low) / 2 + 10),
            (x + w * k * 0.95, low + 8),
        ]
        canvas.stroke("seat", line(seam), darken(colour, 0.26), 1.6, opacity=0.6)
    canvas.add(
        "seat",
        f'<ellipse cx="{x:.1f}" cy="{top:.1f}" rx="{w:.1f}" ry="34"'
        f' fill="{lighten(colour, 0.16)}"/>'
        f'<path d="M{x - w:.1f} {top:.1f}A{w:.1f} 34 0 0 0 {x + w:.1f} {top:.1f}" fill="none"'
        f' stroke="{lighten(colour, 0.38)}" stroke-width="2.4"/>',
    )


def _stool(canvas: Canvas, skeleton: Skeleton, ground: float, colour: str) -> None:
    x, y = skeleton.torso.warp(0, 284)
    w, wood, foot = max(72.0, skeleton.build.hip * 1.06), "#8a6248", ground - 14
    for at, spread, drop, tone in (
        (-0.5, -0.78, foot - 24, darken(wood, 0.4)),
        (0.5, 0.78, foot - 24, darken(wood, 0.48)),
        (-0.74, -1.1, foot, wood),
        (0.74, 1.1, foot, darken(wood, 0.2)),
    ):
        a, b = x + w * at, x + w * spread
        leg = [(a - 5.5, y + 8), (a + 5.5, y + 8), (b + 4, drop), (b - 4, drop)]
        canvas.extend(leg)
        canvas.fill(
            "seat", outline(*([p, q] for p, q in zip(leg, leg[1:] + leg[:1], strict=True))), tone
        )
    rung = lerp(y, foot, 0.66)
    canvas.stroke(
        "seat",
        line([(x - w * 0.96, rung), (x, rung + 3), (x + w * 0.96, rung)]),
        darken(wood, 0.1),
        6.5,
    )
    cushion = [
        (x - w, y + 4),
        (x - w * 0.86, y - 10),
        (x, y - 14),
        (x + w * 0.86, y - 10),
        (x + w, y + 4),
        (x + w * 0.86, y + 17),
        (x, y + 21),
        (x - w * 0.86, y + 17),
    ]
    _shape(canvas, "seat", cushion, colour)
    canvas.fill(
        "seat",
        outline(
            [(x - w, y + 5), (x, y + 14), (x + w, y + 5)],
            [
                (x + w, y + 5),
                (x + w * 0.86, y + 17),
                (x, y + 21),
                (x - w * 0.86, y + 17),
                (x - w, y + 5),
            ],
        ),
        darken(colour, 0.22),
    )


def _cushion(canvas: Canvas, skeleton: Skeleton, ground: float, colour: str) -> None:
    x, y = skeleton.torso.warp(0, 290)
    w = max(150.0, skeleton.build.hip * 2.1)
    top, low = y - 2, ground + 16
    body = [
        (x - w, (top + low) / 2),
        (x - w * 0.93, top + 8),
        (x, top),
        (x + w * 0.93, top + 8),
        (x + w, (top + low) / 2),
        (x + w * 0.93, low - 6),
        (x, low),
        (x - w * 0.93, low - 6),
    ]
    _shape(canvas, "seat", body, colour)
    canvas.fill(
        "seat",
        outline(
            [(x - w, (top + low) / 2 + 4), (x, low - 20), (x + w, (top + low) / 2 + 4)],
            [body[4], body[5], body[6], body[7], body[0]],
        ),
        darken(colour, 0.24),
    )
    canvas.stroke(
        "seat",
        line([(x - w, (top + low) / 2 + 4), (x, low - 20), (x + w, (top + low) / 2 + 4)]),
        lighten(colour, 0.3),
        2,
    )


def _daybed(canvas: Canvas, skeleton: Skeleton, ground: float, colour: str) -> None:
    hip = skeleton.torso.warp(0, 262)
    top = hip[1] + skeleton.build.hip * 0.5
    left, right = -150.0, max(p.end[0] for p in skeleton.legs) + 62
    wood = "#7a5540"
    for x in (left + 22, right - 34):
        _box(canvas, (x, top + 60, 12, 56), 3, darken(wood, 0.15))
    _box(canvas, (left + 4, top + 48, right - left - 8, 18), 6, wood)
    _box(canvas, (left, top - 6, right - left, 60), 24, colour)
    canvas.fill(
        "seat",
        outline(
            [(left + 4, top + 26), ((left + right) / 2, top + 36), (right - 4, top + 26)],
            [
                (right - 4, top + 26),
                (right - 8, top + 46),
                (right - 24, top + 54),
                (left + 24, top + 54),
                (left + 6, top + 46),
                (left + 4, top + 26),
            ],
        ),
        darken(colour, 0.2),
    )
    bolster = mix(colour, "#f6e8d6", 0.55)
    pillow = [
        (left + 6, top - 10),
        (left + 2, top - 66),
        (left + 30, top - 104),
        (left + 74, top - 96),
        (left + 96, top - 52),
        (left + 100, top - 6),
        (left + 50, top + 2),
    ]
    _shape(canvas, "seat", pillow, bolster)
    canvas.fill(
        "seat",
        outline(
            [
                (left + 70, top - 97),
                (left + 96, top - 52),
                (left + 100, top - 6),
                (left + 50, top + 2),
            ],
            [(left + 50, top + 2), (left + 78, top - 44), (left + 70, top - 97)],
        ),
        darken(bolster, 0.16),
    )


def _mat(canvas: Canvas, skeleton: Skeleton, ground: float, colour: str) -> None:
    index = 1 - skeleton.pose.near_leg  # the knee that is on the floor
    knee = skeleton.legs[index].joint
    x, y = knee[0] + (22 if index else -22), knee[1] + skeleton.build.knee + 2
    body = [
        (x - 70, y + 4),
        (x - 58, y - 9),
        (x, y - 12),
        (x + 66, y - 8),
        (x + 78, y + 4),
        (x + 62, y + 15),
        (x, y + 18),
        (x - 60, y + 15),
    ]
    _shape(canvas, "seat", body, colour)
    canvas.fill(
        "seat",
        outline(
            [(x - 70, y + 4), (x, y + 10), (x + 78, y + 4)],
            [body[4], body[5], body[6], body[7], body[0]],
        ),
        darken(colour, 0.25),
    )


def _plinth(canvas: Canvas, skeleton: Skeleton, ground: float, colour: str) -> None:
    arms = skeleton.pose.arms
    index = next(i for i in (1, 0) if (to := arms[i].to) and to.kind == "at")
    hand = skeleton.hands[index].wrist
    top, left = hand[1] + 12, hand[0] - (44 if index else 64)
    stone = mix(colour, "#efe6da", 0.72)
    _box(canvas, (left + 8, top + 10, 92, ground - 12 - top - 10), 2, stone)
    canvas.fill(
        "seat",
        f"M{left + 62:.1f} {top + 10:.1f}H{left + 100:.1f}V{ground - 12:.1f}H{left + 62:.1f}Z",
        darken(stone, 0.14),
    )
    _box(canvas, (left, top - 2, 108, 16), 4, lighten(stone, 0.2))
    _box(canvas, (left, ground - 24, 108, 16), 3, darken(stone, 0.06))


def _swirl(canvas: Canvas, skeleton: Skeleton, ground: float, colour: str) -> None:
    """The air a turn leaves behind: two tapering ribbons around the legs."""
    x = skeleton.torso.warp(0, 262)[0]
    ribbon = mix(colour, "#ffffff", 0.6)
    for dy, w, thick, opacity in ((-14, 128, 9, 0.75), (-96, 156, 7, 0.55)):
        y = ground + dy
        outer = [
            (x + w, y - 26),
            (x + w * 0.8, y + 8),
            (x, y + 16),
            (x - w * 0.8, y + 6),
            (x - w, y - 20),
            (x - w * 0.7, y - 36),
        ]
        inner = [
            (x - w * 0.7, y - 36),
            (x - w * 0.93, y - 18),
            (x - w * 0.76, y + 6 - thick),
            (x, y + 16 - thick),
            (x + w * 0.78, y + 6 - thick * 0.6),
            (x + w, y - 26),
        ]
        canvas.extend(outer)
        canvas.fill("seat", outline(outer, inner), ribbon, opacity)


_SEATS = {
    "pouf": _pouf,
    "stool": _stool,
    "cushion": _cushion,
    "daybed": _daybed,
    "mat": _mat,
    "plinth": _plinth,
    "swirl": _swirl,
}


def draw_seat(canvas: Canvas, skeleton: Skeleton, ground: float, seed: str) -> None:
    name = skeleton.pose.seat
    if name:
        _SEATS[name](canvas, skeleton, ground, _colour(seed))
