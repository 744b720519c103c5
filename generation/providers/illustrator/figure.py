"""A whole person: body, clothes, hands and head composed in one pose.

Figure coordinates: y points down, the origin is the neck joint, a head is 100 high and a standing
person's soles are at about y = 650. Everything is deterministic in its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import figure_skin as skin
from .figure_build import build_of
from .figure_canvas import STYLES, Canvas
from .figure_geometry import Limb, Point, leaf, line, outline, rotated, shifted, tube
from .figure_hands import draw_hand, heart_half
from .figure_seats import draw_seat
from .figure_skeleton import HEAD_PIVOT, Hand, Skeleton, skeleton
from .head import draw_head
from .outfit_kit import Bench, Cloth
from .outfits import OUTFITS, dress
from .palette import SkinTones, hair_tones, skin_tones
from .pose_table import POSE_TABLE, POSES
from .takes import STILL, HeadTake, Take, posed

__all__ = ["OUTFITS", "POSES", "Figure", "draw_figure", "measure_figure"]

Box = tuple[float, float, float, float]

_HEAD_HALF, _HEAD_TOP, _CHIN = 42.0, -126.0, -22.0
_HAIR_BOX = ((-74.0, -152.0), (74.0, 60.0))
# From the floor up; arms are slotted in by their pose's layer.
_BEHIND = ("seat", "back", "back_skirt", "hair_back", "collar_back")


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn person. Boxes are (left, top, right, bottom) in figure coordinates."""

    svg: str
    box: Box
    face: Box
    waist_y: float
    ground_y: float


def draw_figure(
    look: Mapping[str, Any],
    *,
    pose: str = "relaxed",
    expression: str = "neutral",
    outfit: str | None = None,
    uid: str = "f",
    take: Take = STILL,
) -> Figure:
    """The person of `look` as an SVG fragment; every id in it begins with `uid`.

    `outfit` None wears the look's own; `take` is how the picture catches the pose. Raises
    KeyError for an unknown pose or outfit.
    """
    bench, ground = _dressed(look, pose, outfit, uid, take)
    svg = _compose(bench, expression, f"{uid}-h", take.head)
    return _measured(bench, ground, svg)


def measure_figure(
    look: Mapping[str, Any], *, pose: str = "relaxed", outfit: str | None = None, take: Take = STILL
) -> Figure:
    """The same figure but for its `svg`, which is empty: a head takes half of a drawing's time
    and is as large whatever is drawn of it."""
    return _measured(*_dressed(look, pose, outfit, "f", take), "")


def _measured(bench: Bench, ground: float, svg: str) -> Figure:
    canvas, bones = bench.canvas, bench.skeleton
    box = (canvas.left - 6, canvas.top - 6, canvas.right + 6, max(canvas.bottom, ground) + 8)
    return Figure(svg, box, _face_box(bones), bones.torso.warp(0, 240)[1], ground)


def _dressed(
    look: Mapping[str, Any], pose: str, outfit: str | None, uid: str, take: Take
) -> tuple[Bench, float]:
    """All but the head, for which there is room; and where the floor is."""
    canvas = Canvas(uid, STYLES[look["visual_style"]])
    bones = skeleton(build_of(look), posed(POSE_TABLE[pose], take))
    tones = skin_tones(look)
    bench = Bench(canvas, bones, look, tones, outfit or look["outfit_style"])
    _draw_body(bench, tones)
    pockets = dress(bench)
    for index in (0, 1):
        _draw_hand(bench, index, tones, pockets)
    ground = _ground(bench)
    draw_seat(canvas, bones, ground, str(look.get("seed", "")))
    _draw_ground_shadow(canvas, bones, ground)
    canvas.extend(bones.head_point(x, y) for x, y in _HAIR_BOX)
    return bench, ground


def _draw_body(bench: Bench, tones: SkinTones) -> None:
    canvas, bones = bench.canvas, bench.skeleton
    for layer, limb in bench.legs():
        skin.draw_limb(canvas, layer, limb, tones)
        skin.draw_knee(canvas, layer, limb, tones)
    skin.draw_torso(canvas, "skin", bones, tones)
    skin.draw_neck(canvas, "skin", bones, tones)
    skin.tattoo_neck(canvas, "skin", bones, bench.look, tones)
    for layer, limb in bench.arms():
        web = skin.armpit(bones, limb)
        if web:
            canvas.fill(layer, outline(*web), tones.base)
        skin.draw_limb(canvas, layer, limb, tones)
        skin.draw_arm_form(canvas, layer, bones, limb, tones)
        skin.tattoo_arm(canvas, layer, bench.look, limb, tones)


# --- hands ----------------------------------------------------------------------------------


def _glove_tones(cloth: Cloth) -> SkinTones:
    return SkinTones(cloth.base, cloth.shade, cloth.deep, cloth.light, cloth.base, cloth.base)


def _draw_hand(bench: Bench, index: int, tones: SkinTones, pockets: Cloth | None) -> None:
    hand, layer = bench.skeleton.hands[index], f"arm{index}"
    paint = _glove_tones(bench.hand_cloth) if bench.hand_cloth else tones
    if hand.shape == "heart":
        centre = bench.skeleton.torso.warp(0, 60)
        bench.canvas.add(layer, heart_half(hand.side, centre, bench.skeleton.build.hand, paint))
        return
    if hand.shape == "pocket" and pockets:
        _draw_pocket(bench, layer, hand, pockets)
        return
    shape = "flat" if hand.shape == "pocket" else hand.shape
    size = bench.skeleton.build.hand
    bench.canvas.add(
        layer, draw_hand(shape, paint, hand.wrist, hand.angle, size, mirrored=hand.mirrored)
    )
    x, y = rotated((0.0, (94.0 if shape == "phone" else 62.0) * size), hand.angle)
    tip, pad = (hand.wrist[0] + x, hand.wrist[1] + y), 20.0
    bench.canvas.extend([shifted(tip, -pad, -pad), shifted(tip, pad, pad)])
    _ink_hand(bench, layer, hand, tones, shape)


def _ink_hand(bench: Bench, layer: str, hand: Hand, tones: SkinTones, shape: str) -> None:
    """A little ink on the back of a hand for those who wear much of it."""
    if (
        bench.hand_cloth
        or bench.look["tattoos"] not in ("medium", "large")
        or shape in ("open", "phone", "peace")
    ):
        return
    ink = skin.ink_of(tones)
    bench.canvas.add(
        layer,
        f'<g transform="translate({hand.wrist[0]:.1f} {hand.wrist[1]:.1f}) rotate({hand.angle:.1f})'
        f' scale({bench.skeleton.build.hand:.2f})"><path d="{leaf((0, 8), (0, 22), 0, 2.6)}'
        f'{leaf((-6, 15), (6, 15), 0, 2.2)}" fill="{ink}" fill-opacity="0.8"/></g>',
    )


def _draw_pocket(bench: Bench, layer: str, hand: Hand, cloth: Cloth) -> None:
    """The cloth that hides a hand: a bulge below the slanted mouth of the pocket."""
    limb = bench.skeleton.arms[(hand.side + 1) // 2]
    dx, dy = limb.heading(1.95)
    nx, ny = limb.normal(1.95)
    w, n = hand.wrist, 15 * bench.skeleton.build.hand

    def at(along: float, across: float) -> Point:
        return w[0] + dx * along + nx * across, w[1] + dy * along + ny * across

    mouth = [at(-8, n * 0.95), at(-2, 0), at(4, -n * 1.1)]
    bulge = [
        mouth[-1],
        at(15, -n * 1.1),
        at(26, -n * 0.6),
        at(29, 0),
        at(24, n * 0.7),
        at(10, n),
        mouth[0],
    ]
    bench.lay(layer, outline(mouth, bulge), cloth)
    bench.canvas.fill(
        layer, leaf(at(14, -n * 1.1), at(46, -n * 0.3), 5 * hand.side, 2), cloth.deep, 0.4
    )
    bench.canvas.stroke(layer, line(mouth), cloth.deep, 2.2)


# --- composition ----------------------------------------------------------------------------


def _ground(bench: Bench) -> float:
    """Where the floor is: the lowest thing drawn that stands on it."""
    pose, legs = bench.skeleton.pose, bench.skeleton.legs
    lowest = max(bench.canvas.bottom, *(limb.end[1] + 18 for limb in legs))
    if pose.seat == "daybed":
        lowest = bench.skeleton.torso.warp(0, 262)[1] + bench.skeleton.build.hip * 0.5 + 112
    return lowest + pose.airborne


def _draw_ground_shadow(canvas: Canvas, bones: Skeleton, ground: float) -> None:
    xs = [p.end[0] for p in bones.legs] + [bones.torso.warp(0, 262)[0]]
    left, right = min(xs) - 44, max(xs) + 52
    if bones.pose.seat in ("pouf", "cushion", "daybed", "plinth"):
        left, right = min(left, canvas.left + 20), max(right, canvas.right - 10)
    lift = bones.pose.airborne
    rx, ry = (right - left) / 2 * (0.8 if lift else 1.0), 13.0 if not lift else 9.0
    name = canvas.define(
        '<radialGradient id="{id}"><stop offset="0" stop-color="#1c1024" stop-opacity="0.42"/>'
        '<stop offset="0.55" stop-color="#1c1024" stop-opacity="0.22"/>'
        '<stop offset="1" stop-color="#1c1024" stop-opacity="0"/></radialGradient>'
    )
    canvas.add(
        "ground",
        f'<ellipse cx="{(left + right) / 2 + 8:.1f}" cy="{ground - 6:.1f}" rx="{rx:.1f}"'
        f' ry="{ry:.1f}" fill="url(#{name})"/>',
    )


def _face_box(bones: Skeleton) -> Box:
    corners = [
        bones.head_point(x, y) for x in (-_HEAD_HALF, _HEAD_HALF) for y in (_HEAD_TOP, _CHIN)
    ]
    xs, ys = [p[0] for p in corners], [p[1] for p in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _head_turn(bones: Skeleton, fragment: str) -> str:
    if not fragment:
        return ""
    x, y = HEAD_PIVOT
    return f'<g transform="rotate({bones.pose.head:g} {x:g} {y:g})">{fragment}</g>'


def _arm_shadow(canvas: Canvas, bones: Skeleton, index: int, clip: str) -> str:
    """What a front arm casts on the body."""
    limb = bones.arms[index]
    root, joint, end = (shifted(p, 7, 9) for p in (limb.root, limb.joint, limb.end))
    moved = Limb(root, joint, end, limb.side, limb.outer, limb.inner)
    d = tube(moved, 0.1, 2.1, outer=3).d()
    return f'<g clip-path="url(#{clip})"><path d="{d}" fill="#4a1f3c" fill-opacity="0.17"/></g>'


def _compose(bench: Bench, expression: str, head_uid: str, take: HeadTake) -> str:
    canvas, bones, look = bench.canvas, bench.skeleton, bench.look
    pose = bones.pose
    head = draw_head(look, expression, uid=head_uid, take=take)
    canvas.add("hair_back", _head_turn(bones, canvas.drain("hat_back") + head.back))
    clip = canvas.define(
        f'<clipPath id="{{id}}"><path d="{outline(*skin.torso_outline(bones))}"/></clipPath>'
    )
    arms = {i: canvas.drain(f"arm{i}") for i in (0, 1)}
    layer = {i: pose.arms[i].layer for i in (0, 1)}

    def arms_of(name: str) -> str:
        return "".join(
            (_arm_shadow(canvas, bones, i, clip) if name == "front" else "") + arms[i]
            for i in (0, 1)
            if layer[i] == name
        )

    legs = canvas.drain(f"leg{1 - pose.near_leg}") + canvas.drain(f"leg{pose.near_leg}")
    base = canvas.drain("skin") + canvas.drain("under") + canvas.drain("hips")
    hips_shade, top = canvas.drain("hips_shade"), canvas.drain("body")
    skirt, outer = canvas.drain("skirt"), canvas.drain("outer")
    lap = hips_shade + legs if pose.legs_over else legs + hips_shade
    middle = base + lap + top + skirt + outer
    parts = [
        canvas.drain("ground"),
        *(canvas.drain(name) for name in _BEHIND),
        middle,
        arms_of("front"),
        _head_turn(bones, head.front + canvas.drain("hat")),
        arms_of("over"),
        _hair_over_fingers(bones, look),
    ]
    return f"<g><defs>{''.join(canvas.defs)}</defs>{''.join(parts)}</g>"


def _hair_over_fingers(bones: Skeleton, look: Mapping[str, Any]) -> str:
    """Strands that fall over the fingers of a hand in the hair."""
    hand = next((h for h in bones.hands if h.shape == "hair"), None)
    if hand is None or look["hair_style"] in ("bald", "crew_cut"):
        return ""
    tones, size, s = hair_tones(look), bones.build.hand, hand.side
    tip = rotated((0.0, 50.0 * size), hand.angle)
    x, y = hand.wrist[0] + tip[0], hand.wrist[1] + tip[1]
    strands = (
        leaf((x - s * 16, y - 14), (x + s * 10, y + 16), -s * 6, 5),
        leaf((x - s * 20, y - 5), (x + s * 3, y + 24), -s * 6, 4.5),
        leaf((x - s * 10, y - 19), (x + s * 15, y + 6), -s * 5, 4),
    )
    fills = (tones.base, tones.shade, tones.base)
    return "".join(f'<path d="{d}" fill="{c}"/>' for d, c in zip(strands, fills, strict=True))
