"""From a pose and a build to joints in the plane.

The neck joint is the origin. The torso is described straight ("rest": x across, y down the
spine) and `Torso.warp` bends any rest point into the pose, so clothes can be cut on a straight
body and still follow every movement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .figure_build import Build
from .figure_geometry import Limb, Point, along, lerp, reach, rotated, smoothstep

UPPER_ARM, FOREARM = 118.0, 104.0
HIP_Y, SHOULDER_Y = 262.0, 24.0
HEAD_PIVOT: Point = (0.0, -22.0)
_REFERENCE_HIP = 33.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where a wrist goes: a point of the named thing, x counted outwards from the middle.

    edge: height on the torso and distance outside its edge · body: rest point of the torso
    head: point of the head · thigh: (t, u) on the leg of that side · at: figure coordinates
    """

    kind: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ArmPose:
    """Angles in degrees from hanging straight down, positive away from the body."""

    upper: float = 12.0
    fore: float = 6.0
    hand: str = "relaxed"
    turn: float = 0.0
    layer: str = "front"  # of the torso, or "over" the head too
    to: Target | None = None
    bend: int = 1
    stretch: tuple[float, float] = (1.0, 1.0)
    flip: bool = False


@dataclass(frozen=True, slots=True)
class LegPose:
    """Knee and ankle in figure coordinates of a middling body, x outwards.

    Without a knee the leg runs straight to the ankle, the knee pushed out by `bow`.
    `toe` says how far the foot points outwards (-1..1), `pitch` drops the toes by degrees.
    """

    ankle: Point
    knee: Point | None = None
    bow: float = 3.0
    toe: float = 0.55
    pitch: float = 2.0
    is_foot_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Pose:
    """One attitude of the body. Pairs are (left, right) as seen on the screen."""

    arms: tuple[ArmPose, ArmPose]
    legs: tuple[LegPose, LegPose]
    lean: float = 0.0  # degrees the chest leans to the right of the screen
    sway: float = 0.0  # the same for the loins
    shoulders: float = 0.0  # degrees the right shoulder is lower
    hips: float = 0.0
    head: float = 0.0  # tilt of the head, clockwise
    squash: float = 1.0  # length of the torso, < 1 when it leans towards us
    near_leg: int = 1
    legs_over: bool = False  # thighs come towards us: hems gather on the lap
    seat: str = ""
    airborne: float = 0.0


_STEP = 10.0
_BOTTOM = 340.0
# The torso is drawn a little short, so that legs look long as fashion drawing likes them.
_LENGTH = 0.94


@dataclass(slots=True)
class Torso:
    build: Build
    pose: Pose
    _centres: list[tuple[Point, Point]] = field(default_factory=list)
    _halves: dict[float, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        x = y = 0.0
        rest, table = 0.0, [((0.0, 0.0), self._across(0.0))]
        while rest < _BOTTOM:
            theta = math.radians(self._theta(rest + _STEP / 2))
            step = _STEP * self.pose.squash * _LENGTH
            x, y = x - math.sin(theta) * step, y + math.cos(theta) * step
            rest += _STEP
            table.append(((x, y), self._across(rest)))
        self._centres = table

    def _theta(self, y: float) -> float:
        return lerp(self.pose.lean, self.pose.sway, smoothstep((y - 60) / 150))

    def _across(self, y: float) -> Point:
        tilt = (
            lerp(self.pose.shoulders, self.pose.hips, smoothstep((y - 30) / 200)) * self.build.swing
        )
        phi = math.radians(self._theta(y) + tilt)
        return math.cos(phi), math.sin(phi)

    def half(self, y: float) -> float:
        """Half-width of the body at rest height `y`."""
        if y not in self._halves:
            self._halves[y] = along(self.build.torso, y)
        return self._halves[y]

    def warp(self, x: float, y: float) -> Point:
        """The posed place of a rest point."""
        if y < 0:
            (_, (ax, ay)) = self._centres[0]
            theta = math.radians(self._theta(0))
            return x * ax - math.sin(theta) * y, x * ay + math.cos(theta) * y
        position = min(y / _STEP, len(self._centres) - 1.001)
        i = int(position)
        t = position - i
        (cx, cy), (ax, ay) = self._centres[i]
        (dx, dy), (bx, by) = self._centres[i + 1]
        return (
            lerp(cx, dx, t) + x * lerp(ax, bx, t),
            lerp(cy, dy, t) + x * lerp(ay, by, t),
        )

    def edge(self, side: int, y: float, ease: float = 0.0) -> Point:
        return self.warp(side * (self.half(y) + ease), y)


@dataclass(frozen=True, slots=True)
class Hand:
    wrist: Point
    angle: float  # degrees clockwise from fingers pointing straight down
    shape: str
    mirrored: bool
    side: int


@dataclass(frozen=True, slots=True)
class Foot:
    ankle: Point
    toe: float  # -1..1 towards the left or right of the screen
    pitch: float
    is_hidden: bool
    side: int


@dataclass(frozen=True, slots=True)
class Skeleton:
    build: Build
    pose: Pose
    torso: Torso
    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]
    hands: tuple[Hand, Hand]
    feet: tuple[Foot, Foot]

    def head_point(self, x: float, y: float) -> Point:
        return rotated((x, y), self.pose.head, HEAD_PIVOT)


def _leg(torso: Torso, spec: LegPose, side: int) -> Limb:
    build = torso.build
    root = torso.warp(side * build.hip_joint, HIP_Y)
    wider = side * (build.hip_joint - _REFERENCE_HIP) * 0.8
    ankle = side * spec.ankle[0] + wider, spec.ankle[1]
    if spec.knee:
        knee = side * spec.knee[0] + wider, spec.knee[1]
    else:
        knee = (
            lerp(root[0], ankle[0], 0.52) + side * spec.bow,
            lerp(root[1], ankle[1], 0.52),
        )
    return Limb(root, knee, ankle, side, build.leg_outer, build.leg_inner)


def _fork(root: Point, side: int, degrees: float, length: float) -> Point:
    a = math.radians(degrees)
    return root[0] + side * math.sin(a) * length, root[1] + math.cos(a) * length


def _resolve(target: Target, side: int, torso: Torso, pose: Pose, legs: tuple[Limb, Limb]) -> Point:
    x, y = target.x, target.y
    if target.kind == "edge":
        return torso.edge(side, x, y)
    if target.kind == "body":
        return torso.warp(side * x, y)
    if target.kind == "head":
        return rotated((side * x, y), pose.head, HEAD_PIVOT)
    if target.kind == "thigh":
        return legs[(side + 1) // 2].at(x, y)
    return side * x, y


def _room_for_hips(build: Build) -> float:
    """Degrees hanging arms spread so that they clear wide hips."""
    return min(9.0, max(0.0, (build.hip - build.shoulder + 22) * 0.3))


def _arm(
    torso: Torso, pose: Pose, spec: ArmPose, side: int, legs: tuple[Limb, Limb]
) -> tuple[Limb, Hand]:
    build = torso.build
    upper, lower = UPPER_ARM * spec.stretch[0], FOREARM * spec.stretch[1]
    root = torso.warp(side * (build.shoulder - build.arm * 1.08), SHOULDER_Y)
    lifted = smoothstep((spec.upper - 60) / 90)
    root = root[0] - side * 7 * lifted, root[1] - 12 * lifted
    if spec.to:
        wrist = _resolve(spec.to, side, torso, pose, legs)
        elbow = reach(root, wrist, upper, lower, -side * spec.bend)
    else:
        spread = _room_for_hips(build) if abs(spec.upper) < 30 and abs(spec.fore) < 30 else 0.0
        elbow = _fork(root, side, spec.upper + spread, upper)
        wrist = _fork(elbow, side, spec.fore, lower)
    limb = Limb(root, elbow, wrist, side, build.arm_outer, build.arm_inner)
    angle = limb.angle(1.9) - side * spec.turn
    # Thumbs point to the middle of the body, be the hand hanging or raised palm first.
    is_raised = abs((angle + 180) % 360 - 180) > 90
    mirrored = (side > 0) != (spec.flip != is_raised)
    return limb, Hand(wrist, angle, spec.hand, mirrored, side)


def skeleton(build: Build, pose: Pose) -> Skeleton:
    torso = Torso(build, pose)
    legs = _leg(torso, pose.legs[0], -1), _leg(torso, pose.legs[1], 1)
    left, left_hand = _arm(torso, pose, pose.arms[0], -1, legs)
    right, right_hand = _arm(torso, pose, pose.arms[1], 1, legs)
    feet = tuple(
        Foot(limb.end, spec.toe * limb.side, spec.pitch, spec.is_foot_hidden, limb.side)
        for limb, spec in zip(legs, pose.legs, strict=True)
    )
    return Skeleton(
        build, pose, torso, (left, right), legs, (left_hand, right_hand), (feet[0], feet[1])
    )
