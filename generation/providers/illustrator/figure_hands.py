"""Hands, drawn in their own frame: wrist at the origin, fingers down, thumb to the right."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .figure_geometry import Point, leaf, line, loop, outline
from .palette import SkinTones, mix


@dataclass(frozen=True, slots=True)
class _Finger:
    """`angle` 0 points down, positive to the thumb's side; `bend` bows the finger that way."""

    x: float
    y: float
    angle: float
    length: float
    width: float = 7.0
    bend: float = 0.0

    def axis(self, k: float) -> Point:
        a = math.radians(self.angle)
        bow = self.bend * 4 * k * (1 - k) * 0.5 - self.bend * k * k * 0.6
        along, across = self.length * k, bow
        return (
            self.x + math.sin(a) * along + math.cos(a) * across,
            self.y + math.cos(a) * along - math.sin(a) * across,
        )

    def d(self) -> str:
        a = math.radians(self.angle)
        nx, ny = math.cos(a), -math.sin(a)
        right, left = [], []
        for k, w in ((0.0, 1.0), (0.45, 0.96), (0.82, 0.82), (0.95, 0.56)):
            px, py = self.axis(k)
            h = self.width / 2 * w
            right.append((px + nx * h, py + ny * h))
            left.append((px - nx * h, py - ny * h))
        return outline([*right, self.axis(1.02), *left[::-1]])


def _edge(tones: SkinTones) -> str:
    return mix(tones.shade, tones.deep, 0.35)


def _fill(d: str, tones: SkinTones) -> str:
    return (
        f'<path d="{d}" fill="{tones.base}" stroke="{_edge(tones)}" stroke-width="1"'
        ' stroke-linejoin="round"/>'
    )


def _crease(p: Point, q: Point, tones: SkinTones, bulge: float = 1.0, width: float = 0.7) -> str:
    return f'<path d="{leaf(p, q, bulge, width)}" fill="{tones.deep}" fill-opacity="0.55"/>'


def _nail(finger: _Finger, tones: SkinTones) -> str:
    x, y = finger.axis(0.86)
    return (
        f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{finger.width * 0.27:.1f}"'
        f' ry="{finger.width * 0.4:.1f}" fill="{tones.light}" opacity="0.75"'
        f' transform="rotate({-finger.angle:.0f} {x:.1f} {y:.1f})"/>'
    )


def _palm(tones: SkinTones, length: float = 30.0, width: float = 13.0) -> str:
    d = loop(
        [
            (-8, -5),
            (-8.6, 4),
            (-width, length * 0.55),
            (-width + 0.5, length),
            (-width * 0.3, length + 4),
            (width * 0.5, length + 3),
            (width - 0.6, length * 0.86),
            (width - 0.4, length * 0.45),
            (8.6, 4),
            (8, -5),
        ]
    )
    shade = loop(
        [
            (2, -4),
            (4, 8),
            (6, length * 0.6),
            (5, length + 2),
            (width - 1, length * 0.9),
            (width - 0.6, length * 0.45),
            (8.4, 4),
            (7.6, -5),
        ]
    )
    return (
        f'<path d="{d}" fill="{tones.base}"/>'
        f'<path d="{shade}" fill="{tones.shade}" fill-opacity="0.45"/>'
    )


def _fingers(fingers: list[_Finger], tones: SkinTones, *, nails: bool = False) -> str:
    drawn = "".join(_fill(f.d(), tones) for f in fingers)
    return drawn + ("".join(_nail(f, tones) for f in fingers) if nails else "")


def _relaxed(tones: SkinTones) -> str:
    fingers = [
        _Finger(-7.6, 25, 8, 18, 6, 3),
        _Finger(-2.8, 27, 5, 23, 6.4, 3),
        _Finger(2.4, 27, 2, 24, 6.6, 3),
        _Finger(7.4, 25, -3, 21, 6.4, 2),
    ]
    thumb = _Finger(8.4, 9, 18, 25, 7.4, 4)
    return _fingers(fingers, tones) + _palm(tones, 27, 11.4) + _fill(thumb.d(), tones)


def _open(tones: SkinTones) -> str:
    fingers = [
        _Finger(-10, 27, -17, 23, 6.4),
        _Finger(-4, 30, -6, 29, 6.9),
        _Finger(2.8, 30.5, 4, 30.5, 7.1),
        _Finger(9, 28.5, 14, 28, 6.9),
    ]
    thumb = _Finger(9, 12, 50, 27, 8, -3)
    lines = (
        _crease((10.5, 21), (-10, 23.5), tones, -2.6)
        + _crease((10.5, 17), (-2, 8), tones, 4)
        + _crease((-9, 28.5), (6, 26.5), tones, 2)
    )
    return _fingers([*fingers, thumb], tones) + _palm(tones, 30, 12.8) + lines


def _flat(tones: SkinTones, length: float = 1.0) -> str:
    fingers = [
        _Finger(-8.4, 25, 3, 20 * length, 6.2, 1.5),
        _Finger(-3, 27, 1, 25 * length, 6.6, 1),
        _Finger(2.6, 27.5, -1, 26.5 * length, 6.8),
        _Finger(8.2, 26, -2, 24 * length, 6.6, -1),
    ]
    thumb = _Finger(8.6, 8, 28, 25, 7.6, 5)
    return (
        _fill(thumb.d(), tones)
        + _fingers(fingers, tones, nails=length > 0.9)
        + _palm(tones, 27, 12)
    )


def _hip(tones: SkinTones) -> str:
    fingers = [
        _Finger(-8, 20, 6, 15, 6.2, 3),
        _Finger(-2.8, 22, 4, 19, 6.5, 3),
        _Finger(2.6, 22, 2, 20, 6.6, 3),
        _Finger(7.6, 20, 0, 19, 6.5, 2),
    ]
    return _fingers(fingers, tones) + _palm(tones, 23, 11.6)


def _knuckles(tones: SkinTones, xs: tuple[float, ...], y: float, length: float) -> str:
    return "".join(_fill(_Finger(x, y, 0, length, 7, 0).d(), tones) for x in xs)


def _fist(tones: SkinTones) -> str:
    thumb = _Finger(9.4, 11, -28, 22, 7.8, 4)
    return (
        _palm(tones, 24, 12.4)
        + _knuckles(tones, (-8.6, -2.9, 2.9, 8.6), 18, 13)
        + _fill(thumb.d(), tones)
    )


def _peace(tones: SkinTones) -> str:
    index = _Finger(8, 27, 15, 32, 7.2)
    middle = _Finger(1.6, 29, -13, 34, 7.2)
    thumb = _Finger(10, 12, -40, 22, 8, 4)
    return (
        _fingers([index, middle], tones, nails=False)
        + _palm(tones, 29, 12.6)
        + _fill(_Finger(-9.2, 33, 8, -17, 7).d(), tones)
        + _fill(_Finger(-3, 35, 6, -18, 7).d(), tones)
        + _fill(thumb.d(), tones)
    )


def _chin(tones: SkinTones) -> str:
    index = _Finger(7.6, 25, 12, 27, 6.8, -2)
    thumb = _Finger(9.6, 10, 52, 22, 7.6, -4)
    return (
        _fill(thumb.d(), tones)
        + _fill(index.d(), tones)
        + _nail(index, tones)
        + _palm(tones, 26, 12)
        + _knuckles(tones, (-8.4, -2.9, 2.6), 19, 14)
    )


def _hair(tones: SkinTones) -> str:
    fingers = [
        _Finger(-9, 25, -8, 18, 6.2, -3),
        _Finger(-3.4, 27, -2, 22, 6.6, -3),
        _Finger(2.6, 27.5, 4, 23, 6.8, -3),
        _Finger(8.4, 26, 10, 21, 6.6, -3),
    ]
    return _fingers(fingers, tones) + _palm(tones, 28, 12)


def _clasp(tones: SkinTones) -> str:
    thumb = _Finger(8.6, 10, -18, 20, 7.4, 3)
    fingers = [_Finger(x, 20, -6, 17, 6.6, 4) for x in (-8.2, -2.8, 2.6, 8)]
    return _palm(tones, 24, 12) + _fingers(fingers, tones) + _fill(thumb.d(), tones)


def _phone(tones: SkinTones) -> str:
    case = (
        '<g transform="rotate(-8 0 44)"><rect x="-19" y="8" width="39" height="78" rx="8"'
        ' fill="#2a2438"/><rect x="-19" y="8" width="39" height="78" rx="8" fill="#fff"'
        ' opacity="0.08"/><path d="M-19 60L20 26V78Q20 86 12 86H-11Q-19 86 -19 78Z"'
        ' fill="#fff" opacity="0.07"/><rect x="-15" y="64" width="16" height="18" rx="5.5"'
        ' fill="#171223"/><circle cx="-10.4" cy="69" r="3.2" fill="#5a6bd8"/>'
        '<circle cx="-10.4" cy="77" r="3.2" fill="#3d3a56"/>'
        '<circle cx="-3.6" cy="73" r="2.2" fill="#f4efe6"/></g>'
    )
    fingers = [
        _Finger(-9, 18, 30, 24, 6.6, -4),
        _Finger(-8, 25, 38, 25, 6.8, -4),
        _Finger(-7, 32, 42, 25, 6.8, -4),
        _Finger(-5, 38, 24, 25, 6.6, -3),
    ]
    thumb = _Finger(9, 10, 40, 14, 7.6, -3)
    return case + _fill(thumb.d(), tones) + _fingers(fingers, tones) + _palm(tones, 26, 12)


def _tucked(tones: SkinTones) -> str:
    return _palm(tones, 24, 11.5)


_SHAPES = {
    "relaxed": _relaxed,
    "open": _open,
    "flat": _flat,
    "hip": _hip,
    "fist": _fist,
    "peace": _peace,
    "chin": _chin,
    "hair": _hair,
    "clasp": _clasp,
    "phone": _phone,
    "tucked": _tucked,
    "pocket": _tucked,
}


def draw_hand(
    shape: str, tones: SkinTones, wrist: Point, angle: float, size: float, *, mirrored: bool
) -> str:
    """A hand at `wrist` in figure coordinates; `angle` turns it clockwise from fingers down."""
    flip = -size if mirrored else size
    return (
        f'<g transform="translate({wrist[0]:.1f} {wrist[1]:.1f}) rotate({angle:.1f})'
        f' scale({flip:.3f} {size:.3f})">{_SHAPES[shape](tones)}</g>'
    )


def heart_half(side: int, centre: Point, size: float, tones: SkinTones) -> str:
    """One half of a heart made with both hands, around `centre` (the middle of the heart)."""

    def place(points: list[Point]) -> list[Point]:
        return [(centre[0] + side * x * size, centre[1] + y * size) for x, y in points]

    fingers = place(
        [
            (40, 40),
            (44, 20),
            (41, 0),
            (32, -16),
            (19, -22),
            (7, -16),
            (0, -5),
            (0, 5),
            (7, 2),
            (14, -5),
            (22, -3),
            (26, 8),
            (25, 22),
            (27, 34),
        ]
    )
    thumb = place([(31, 40), (24, 24), (17, 20), (8, 28), (0, 36), (0, 45), (12, 40), (22, 40)])
    parts = [
        f'<path d="{loop(thumb)}" fill="{tones.base}" stroke="{_edge(tones)}"/>',
        f'<path d="{loop(fingers)}" fill="{tones.base}" stroke="{_edge(tones)}"/>',
    ]
    for k in (0.0, 5.0, 10.0):
        a, b, c, e = place(
            [
                (38 - k * 0.55, 6 + k * 0.5),
                (30 - k * 0.35, -11 + k * 0.75),
                (19, -17.5 + k * 0.95),
                (5 + k * 0.3, -8 + k * 0.75),
            ]
        )
        parts.append(
            f'<path d="{line([a, b, c, e])}" fill="none" stroke="{_edge(tones)}" '
            'stroke-width="1.1" stroke-linecap="round"/>'
        )
    return "".join(parts)
