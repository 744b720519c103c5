"""The body itself: neck, torso, limbs, and ink on the skin."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from .figure_canvas import Canvas
from .figure_geometry import Limb, Point, Run, between, leaf, line, loop, outline, tube
from .figure_skeleton import Skeleton
from .palette import SkinTones, mix


def torso_run(
    skeleton: Skeleton, side: int, top: float, bottom: float, ease: float = 0.0
) -> list[Point]:
    """The edge of the torso on one side from rest height `top` down to `bottom`."""
    torso = skeleton.torso
    stops = [y for y in (44, 66, 94, 122, 156, 190, 222, 254, 284, 330) if top + 6 < y < bottom - 6]
    return [torso.edge(side, y, ease) for y in (top, *stops, bottom)]


def shoulder_run(skeleton: Skeleton, side: int, lift: float = 0.0) -> list[Point]:
    """From the side of the neck along the trapezius to the shoulder's corner."""
    b, warp = skeleton.build, skeleton.torso.warp
    rise = 2 + 7 * b.muscle
    return [
        warp(side * (b.neck - 0.5), -24 - lift),
        warp(side * (b.neck + 4), -10 - lift - rise * 0.3),
        warp(side * (b.neck + b.shoulder) * 0.5, 4 - lift - rise * 0.7),
        warp(side * (b.shoulder - 13), 13 - lift),
        warp(side * (b.shoulder - 10), 24 - lift),
    ]


def torso_outline(skeleton: Skeleton, bottom: float = 290) -> tuple[Run, ...]:
    right, left = shoulder_run(skeleton, 1), shoulder_run(skeleton, -1)
    right_side = torso_run(skeleton, 1, 36, bottom)
    left_side = torso_run(skeleton, -1, 36, bottom)
    crotch = skeleton.torso.warp(0, bottom + 14)
    return (right, right_side, [right_side[-1], crotch, left_side[-1]], left_side[::-1], left[::-1])


def draw_torso(canvas: Canvas, layer: str, skeleton: Skeleton, tones: SkinTones) -> None:
    """Chest to crotch, with the modelling the build calls for."""
    b, warp = skeleton.build, skeleton.torso.warp
    d = outline(*torso_outline(skeleton))
    canvas.fill(layer, d, tones.base)
    edge = torso_run(skeleton, 1, 36, 290)
    inside = [
        warp(skeleton.torso.half(y) * k, y)
        for y, k in (
            (290, 0.62),
            (254, 0.66),
            (222, 0.72),
            (190, 0.78),
            (156, 0.72),
            (122, 0.72),
            (94, 0.8),
            (66, 0.86),
            (36, 0.97),
        )
    ]
    canvas.fill(layer, outline(edge, inside), tones.shade)
    _collarbones(canvas, layer, skeleton, tones)
    if b.bust > 0.3:
        _bust(canvas, layer, skeleton, tones)
    else:
        _pectorals(canvas, layer, skeleton, tones)
    canvas.fill(layer, leaf(warp(0, 206), warp(0.5, 214), 0, 1.3), tones.deep, 0.6)
    canvas.fill(layer, leaf(warp(-1, 118), warp(0, 196), 1, 1.4), tones.shade, 0.8)
    if b.muscle > 0.3:
        for y in (140, 163, 185):
            for side in (-1, 1):
                canvas.fill(
                    layer,
                    leaf(warp(side * 2, y), warp(side * b.waist * 0.4, y - 2), side * 2.5, 1.3),
                    tones.shade,
                    0.55 + 0.35 * b.muscle,
                )
        for side in (-1, 1):
            canvas.fill(
                layer,
                leaf(warp(side * b.waist * 0.95, 212), warp(side * 14, 268), -side * 4, 1.6),
                tones.shade,
                0.8,
            )
    if canvas.style.line:
        canvas.stroke(layer, d, tones.deep, canvas.style.line, opacity=0.7)


def _collarbones(canvas: Canvas, layer: str, skeleton: Skeleton, tones: SkinTones) -> None:
    b, warp = skeleton.build, skeleton.torso.warp
    for side in (-1, 1):
        p, q = warp(side * 7, 9), warp(side * (b.shoulder - 32), 6)
        canvas.fill(layer, leaf(p, q, -side * 4, 1.5), tones.shade, 0.9)
    canvas.fill(layer, leaf(warp(-3, 4), warp(0, 14), 1.5, 1.3), tones.shade, 0.8)


def _bust(canvas: Canvas, layer: str, skeleton: Skeleton, tones: SkinTones) -> None:
    b, warp = skeleton.build, skeleton.torso.warp
    low = 92 + 8 * b.bust
    for side in (-1, 1):
        p, q = warp(side * 5, low - 14), warp(side * b.bust_width * 0.95, low - 16)
        canvas.fill(
            layer, leaf(p, q, side * (15 + 9 * b.bust), 1.6 + b.bust * 1.4), tones.shade, 0.9
        )
    canvas.fill(layer, leaf(warp(0, 54), warp(0, low - 6), 2, 1.6), tones.shade, 0.8)


def _pectorals(canvas: Canvas, layer: str, skeleton: Skeleton, tones: SkinTones) -> None:
    b, warp = skeleton.build, skeleton.torso.warp
    strength = 0.35 + 0.55 * b.muscle
    for side in (-1, 1):
        p, q = warp(side * 3, 82), warp(side * b.chest * 0.92, 70)
        canvas.fill(layer, leaf(p, q, side * 11, 1.8), tones.shade, strength)
    canvas.fill(layer, leaf(warp(0, 40), warp(0, 84), 1.5, 1.4), tones.shade, strength)


def draw_neck(canvas: Canvas, layer: str, skeleton: Skeleton, tones: SkinTones) -> None:
    """From the shoulders up behind the head, with the shadow the chin casts."""
    b, warp, head = skeleton.build, skeleton.torso.warp, skeleton.head_point
    n = b.neck
    left = [
        head(-n * 1.02, -50),
        head(-n * 0.97, -34),
        warp(-n * 1.0, -18),
        warp(-n - 7, -4),
        warp(-n - 16, 6),
    ]
    right = [
        head(n * 1.02, -50),
        head(n * 0.97, -34),
        warp(n * 1.0, -18),
        warp(n + 7, -4),
        warp(n + 16, 6),
    ]
    base = [left[-1], warp(0, 20), right[-1]]
    canvas.fill(layer, outline(left, base, right[::-1]), tones.base)
    canvas.fill(
        layer,
        outline(
            [head(n * 0.5, -40), warp(n * 0.62, -16), warp(n * 0.8, 0), warp(n + 12, 6)],
            right[::-1],
        ),
        tones.shade,
    )
    chin = [
        left[0],
        left[1],
        head(-n * 0.96, -27),
        head(-n * 0.35, -13),
        head(n * 0.3, -9),
        head(n * 1.0, -14),
        right[1],
        right[0],
    ]
    canvas.fill(layer, outline(chin), tones.shade)
    canvas.fill(
        layer,
        outline([left[1], head(-n * 0.9, -30), head(0, -17), head(n * 0.98, -22), right[1]]),
        tones.deep,
        0.35,
    )
    for side in (-1, 1):
        canvas.fill(
            layer,
            leaf(warp(side * n * 0.72, -14), warp(side * 4.5, 8), side * 1.5, 1.3),
            tones.shade,
            0.7,
        )


def draw_limb(canvas: Canvas, layer: str, limb: Limb, tones: SkinTones, start: float = 0.0) -> None:
    """Bare skin of an arm or leg."""
    shape = tube(limb, start, 2.03, cap=8, fade=0.6)
    canvas.extend(shape.points())
    canvas.fill(layer, shape.d(), tones.base)
    canvas.fill(layer, shape.shades(canvas.style.depth), tones.shade)
    if canvas.style.sheen:
        canvas.fill(layer, shape.highlight(), tones.light, canvas.style.sheen + 0.25)
    if canvas.style.line:
        canvas.stroke(layer, line(shape.outer), tones.deep, canvas.style.line, opacity=0.7)
        for edge in shape.inner_lines():
            canvas.stroke(layer, line(edge), tones.deep, canvas.style.line, opacity=0.7)


def armpit(skeleton: Skeleton, limb: Limb, ease: float = 0.0) -> list[list[Point]]:
    """The web from the side of the chest to a raised arm; nothing when the arm hangs."""
    dx, dy = limb.heading(0.4)
    if dx * limb.side < 0.72 and dy > -0.2:
        return []
    low = skeleton.torso.edge(limb.side, 98, ease * 0.6)
    under = limb.at(0.46, -1, ease)
    corner = limb.at(0.14, -1, ease)
    middle = between(between(low, under, 0.5), corner, 0.62)
    within = 0.58 if ease else 0.7  # cloth reaches past the skin it covers
    inside = skeleton.torso.warp(limb.side * skeleton.torso.half(66) * within, 62)
    return [[low, middle, under], [under, limb.at(0.3, 0), limb.at(0.0, 0), inside, low]]


def draw_knee(canvas: Canvas, layer: str, limb: Limb, tones: SkinTones) -> None:
    canvas.fill(
        layer, leaf(limb.at(1.05, -0.6), limb.at(1.05, 0.5), 5 * limb.side, 1.2), tones.shade, 0.8
    )
    canvas.fill(
        layer, leaf(limb.at(0.9, -0.62), limb.at(1.0, -0.62), 2 * limb.side, 1.1), tones.shade, 0.7
    )


def draw_arm_form(
    canvas: Canvas, layer: str, skeleton: Skeleton, limb: Limb, tones: SkinTones
) -> None:
    """The crook of the elbow, and muscle where there is some."""
    canvas.fill(
        layer, leaf(limb.at(0.97, -0.75), limb.at(1.06, 0.2), 2 * limb.side, 1.0), tones.shade, 0.8
    )
    m = skeleton.build.muscle
    if m > 0.3:
        canvas.fill(
            layer,
            leaf(limb.at(0.08, -0.5), limb.at(0.36, 0.75), -4 * limb.side, 1.6),
            tones.shade,
            0.4 + 0.5 * m,
        )
        canvas.fill(
            layer,
            leaf(limb.at(0.45, -0.1), limb.at(0.85, -0.35), -5 * limb.side, 1.4),
            tones.shade,
            0.3 + 0.5 * m,
        )


def foot_size(skeleton: Skeleton) -> float:
    return 0.6 + 0.42 * skeleton.build.hand


# --- tattoos --------------------------------------------------------------------------------


def ink_of(tones: SkinTones) -> str:
    return mix(tones.deep, "#22345c", 0.62)


def tattoo_neck(
    canvas: Canvas, layer: str, skeleton: Skeleton, look: Mapping[str, Any], tones: SkinTones
) -> None:
    """At the neck and collarbone: what stays in sight whatever is worn."""
    size = look["tattoos"]
    if size == "none":
        return
    ink, warp, n = ink_of(tones), skeleton.torso.warp, skeleton.build.neck
    side = _tattoo_side(look)
    x = side * n * 0.46
    star = [
        warp(x + dx, -6 + dy)
        for dx, dy in (
            (0, -6),
            (1.6, -1.6),
            (6, 0),
            (1.6, 1.6),
            (0, 6),
            (-1.6, 1.6),
            (-6, 0),
            (-1.6, -1.6),
        )
    ]
    canvas.fill(
        layer, outline(*([p, q] for p, q in zip(star, star[1:] + star[:1], strict=True))), ink, 0.85
    )
    if size in ("medium", "large"):
        stem = [warp(side * (n + 2), 2), warp(side * (n + 12), 13), warp(side * (n + 28), 15)]
        canvas.stroke(layer, line(stem), ink, 1.5, opacity=0.8)
        for k, dy in ((8, 4), (15, 11), (22, 9)):
            p = warp(side * (n + k), dy + 1)
            canvas.fill(layer, leaf(p, warp(side * (n + k + 4), dy - 7), 1.5, 2.2), ink, 0.8)
            canvas.fill(layer, leaf(p, warp(side * (n + k + 3), dy + 8), -1.5, 2.2), ink, 0.8)
    if size == "large":
        for k in range(3):
            a, c = (
                warp(-side * (n - 6 + k * 4), -18 + 7 * k),
                warp(-side * (n + 2 + 6 * k), -6 + 5 * k),
            )
            canvas.fill(layer, leaf(a, c, 3, 1.9), ink, 0.8)


def _tattoo_side(look: Mapping[str, Any]) -> int:
    return Random(f"{look.get('seed', '')}:ink").choice((-1, 1))


def tattoo_arm(
    canvas: Canvas, layer: str, look: Mapping[str, Any], limb: Limb, tones: SkinTones
) -> None:
    """Ink on one arm, or both when it is large; clothes are drawn over it."""
    size = look["tattoos"]
    if size == "none" or (size != "large" and limb.side != _tattoo_side(look)):
        return
    ink = ink_of(tones)
    if size == "small":
        _crescent(canvas, layer, limb, 1.55, ink)
        return
    _band(canvas, layer, limb, 0.62, ink)
    _vine(canvas, layer, limb, 1.12, end=1.85, ink=ink)
    if size == "large":
        _vine(canvas, layer, limb, 0.1, end=0.54, ink=ink)
        _band(canvas, layer, limb, 0.9, ink)
        _band(canvas, layer, limb, 1.9, ink)
        _diamond(canvas, layer, limb, 0.76, ink)


def _crescent(canvas: Canvas, layer: str, limb: Limb, t: float, ink: str) -> None:
    canvas.fill(layer, leaf(limb.at(t - 0.08, 0.1), limb.at(t + 0.08, 0.1), 4, 2.2), ink, 0.85)
    x, y = limb.at(t, -0.3)
    canvas.add(
        layer, f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6" fill="{ink}" fill-opacity="0.85"/>'
    )


def _band(canvas: Canvas, layer: str, limb: Limb, t: float, ink: str) -> None:
    for dt, width in ((0.0, 3.2), (0.06, 1.3)):
        points = [limb.at(t + dt, -0.97), limb.at(t + dt + 0.025, 0), limb.at(t + dt, 0.97)]
        canvas.stroke(layer, line(points), ink, width, opacity=0.8)


def _diamond(canvas: Canvas, layer: str, limb: Limb, t: float, ink: str) -> None:
    points = [limb.at(t - 0.09, 0), limb.at(t, 0.5), limb.at(t + 0.09, 0), limb.at(t, -0.5)]
    canvas.fill(
        layer, outline(points[:2], points[1:3], points[2:], [points[3], points[0]]), ink, 0.75
    )


def _vine(canvas: Canvas, layer: str, limb: Limb, start: float, *, end: float, ink: str) -> None:
    count = 5
    stem = [
        limb.at(start + (end - start) * i / count, 0.45 if i % 2 else -0.35)
        for i in range(count + 1)
    ]
    canvas.stroke(layer, line(stem), ink, 1.5, opacity=0.8)
    for i, p in enumerate(stem[:-1]):
        t = start + (end - start) * (i + 0.5) / count
        u = -0.75 if i % 2 else 0.8
        canvas.fill(layer, leaf(p, limb.at(t, u), 2, 2.4), ink, 0.8)
    x, y = stem[count // 2]
    petals = loop(
        [
            limb.at(start + (end - start) * 0.4 + dt, u)
            for dt, u in ((-0.06, 0), (0, 0.5), (0.06, 0), (0, -0.5))
        ]
    )
    canvas.fill(layer, petals, ink, 0.85)
    canvas.add(layer, f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.2" fill="{ink}"/>')
