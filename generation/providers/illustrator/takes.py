"""What a photographer varies between two shots of the same moment, read from the picture's seed.

A take never touches who is drawn: pose and head are only turned, the camera and the light moved.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from random import Random

from .figure_skeleton import ArmPose, LegPose, Pose
from .lights import Light
from .palette import darken, lighten

# A seat that is built on one side only.
_ONE_SIDED = "daybed"


@dataclass(frozen=True, slots=True)
class HeadTake:
    """`turn` and `nod` move the features over the head (right, down), `gaze` the irises over the
    eyes; `light` is +1 from the left, -1 from the right. The rest is added to the mood."""

    turn: float = 0.0
    nod: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    light: int = 1
    lift: float = 0.0
    lid: float = 0.0
    brow: float = 0.0
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class Take:
    """`shift` is the subject's place right of the middle, in picture widths; `zoom` a factor,
    `room` the air above the head as a factor; `place_*` the same for what lies behind.

    `exposure` is a step -2..2, `rim` a factor of the lit edges' width.
    """

    head: HeadTake = field(default_factory=HeadTake)
    tilt: float = 0.0
    is_mirrored: bool = False
    limbs: str = ""
    shift: float = 0.0
    zoom: float = 1.0
    room: float = 1.0
    place_zoom: float = 1.0
    place_x: float = 0.5
    place_y: float = 0.0
    side: int = 1  # where the light comes from; the place is turned with it
    exposure: int = 0
    rim: float = 1.0


STILL = Take()


def read_take(scene: str, seed: int) -> Take:
    """Neighbouring seeds, as a series has them, are never turned the same way."""
    salt = int.from_bytes(hashlib.sha256(f"take|{scene}".encode()).digest()[:8], "big")
    dice = Random(f"take|{scene}|{seed}")
    turn = dice.choice((-1, 1)) * dice.uniform(0.8, 3.4)
    side = 1 if (seed >> 1 ^ salt >> 1) & 1 else -1
    # Mostly into the camera: the irises go back by what the head is turned.
    gaze = -0.3 * turn if dice.random() < 0.72 else 0.42 * turn
    return Take(
        head=HeadTake(
            turn=turn,
            nod=dice.uniform(-1.3, 1.5),
            gaze=(gaze, dice.uniform(-0.35, 0.35)),
            light=side,
            lift=dice.uniform(-0.35, 0.55),
            lid=dice.uniform(-0.08, 0.06),
            brow=dice.uniform(-0.5, 0.8),
            skew=dice.choice((0.0, 0.0, 0.9)),
        ),
        tilt=dice.uniform(-6.0, 6.0),
        is_mirrored=bool((seed ^ salt) & 1),
        limbs=f"{scene}|{seed}",
        shift=_evenly(seed, salt) * 0.22 - 0.11,
        zoom=_evenly(seed >> 1, salt >> 3),
        room=dice.uniform(0.75, 1.9),
        place_zoom=1 + dice.uniform(0.0, 0.16),
        place_x=dice.random(),
        place_y=dice.uniform(-160, 160),
        side=side,
        exposure=dice.randint(-2, 2),
        rim=dice.choice((0.6, 1.0, 1.5)),
    )


def _evenly(seed: int, salt: int) -> float:
    """0..1, far apart for neighbouring seeds (multiples of the golden ratio)."""
    return ((seed * 0x9E3779B97F4A7C15 + salt) & 0xFFFFFFFFFFFFFFFF) / 2**64


def posed(pose: Pose, take: Take) -> Pose:
    """The same pose as this take catches it."""
    if take == STILL:
        return pose
    dice = Random(f"limbs|{take.limbs}")
    arms = _arm(pose.arms[0], dice), _arm(pose.arms[1], dice)
    legs = _leg(pose.legs[0], dice), _leg(pose.legs[1], dice)
    moved = replace(
        pose,
        arms=arms,
        legs=legs,
        lean=pose.lean + dice.uniform(-1.4, 1.4),
        sway=pose.sway + dice.uniform(-1.6, 1.6),
        shoulders=pose.shoulders + dice.uniform(-1.8, 1.8),
        head=pose.head + take.tilt,
    )
    if not take.is_mirrored or pose.seat == _ONE_SIDED:
        return moved
    return replace(
        moved,
        arms=arms[::-1],
        legs=legs[::-1],
        lean=-moved.lean,
        sway=-moved.sway,
        shoulders=-moved.shoulders,
        hips=-moved.hips,
        head=-moved.head,
        near_leg=1 - pose.near_leg,
    )


def _arm(arm: ArmPose, dice: Random) -> ArmPose:
    """Hands that rest on something stay there; free arms swing, hanging ones never inwards."""
    swing, bend = dice.uniform(-4, 5), dice.uniform(-6, 6)
    if arm.to:
        return arm
    if arm.upper < 30:
        swing = abs(swing)
    return replace(arm, upper=arm.upper + swing, fore=arm.fore + bend)


def _leg(leg: LegPose, dice: Random) -> LegPose:
    step = dice.uniform(-5, 9)
    if leg.knee:
        return leg
    return replace(leg, ankle=(leg.ankle[0] + step, leg.ankle[1]))


def lit(light: Light, take: Take) -> Light:
    """The light as strong as this take has it."""
    if not take.exposure:
        return light
    step = take.exposure * 0.028
    ambient = lighten(light.ambient, step) if step > 0 else darken(light.ambient, -2 * step)
    red, green, blue = (channel * (1 + step) for channel in light.tint)
    return replace(light, ambient=ambient, tint=(red, green, blue))


def sided(light: Light, take: Take) -> Light:
    """The light from this take's side: edges and shadows fall the other way."""
    shadow = light.shadow
    wall = (shadow.wall[0] * take.side, shadow.wall[1]) if shadow.wall else None
    rims = tuple(
        replace(rim, dx=rim.dx * take.side * take.rim, dy=rim.dy * take.rim) for rim in light.rims
    )
    return replace(
        light, rims=rims, shadow=replace(shadow, lean=shadow.lean * take.side, wall=wall)
    )
