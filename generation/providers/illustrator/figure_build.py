"""How a body is made: widths from presentation, body type, age and a little of the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from .figure_geometry import Keys


@dataclass(frozen=True, slots=True)
class Build:
    """Half-widths in figure units, plus `muscle`, `soft` and `bust` (0..1) for modelling."""

    shoulder: float
    chest: float
    bust_width: float
    rib: float
    waist: float
    hip: float
    neck: float
    arm: float
    forearm: float
    wrist: float
    thigh: float
    knee: float
    calf: float
    ankle: float
    hand: float
    muscle: float
    soft: float
    bust: float
    swing: float = 1.0  # how far hips and shoulders follow a pose's tilt

    @property
    def hip_joint(self) -> float:
        """Distance of a hip joint from the middle."""
        return self.hip * 0.5

    @property
    def torso(self) -> Keys:
        """Half-width of the torso by height."""
        return (
            (0, self.shoulder - 34),
            (16, self.shoulder - 17),
            (44, (self.shoulder - 16) * 0.55 + self.chest * 0.45 - 1),
            (66, self.chest),
            (94, self.bust_width),
            (122, self.rib),
            (156, self.waist),
            (190, self.waist * 0.52 + self.hip * 0.48 + 1),
            (222, self.hip * 0.95),
            (254, self.hip),
            (284, self.hip * 0.985),
            (330, self.hip * 0.95),
        )

    @property
    def arm_outer(self) -> Keys:
        a, f, w, m = self.arm, self.forearm, self.wrist, self.muscle
        return (
            (-0.1, a * 1.02),
            (0.0, a * 1.13),
            (0.2, a * (1.12 + 0.16 * m)),
            (0.5, a * (0.93 + 0.06 * m)),
            (0.85, f * 0.98),
            (1.0, f * 0.95),
            (1.22, f * (1.08 + 0.1 * m)),
            (1.55, f * 0.88),
            (1.85, w * 1.05),
            (2.0, w),
            (2.1, w),
        )

    @property
    def arm_inner(self) -> Keys:
        a, f, w, m = self.arm, self.forearm, self.wrist, self.muscle
        return (
            (-0.1, a * 0.86),
            (0.0, a * 0.95),
            (0.3, a * (0.95 + 0.12 * m)),
            (0.55, a * (0.93 + 0.14 * m)),
            (0.85, f * 0.92),
            (1.0, f * 0.9),
            (1.25, f * (1.0 + 0.08 * m)),
            (1.6, f * 0.8),
            (1.85, w),
            (2.0, w * 0.98),
            (2.1, w * 0.98),
        )

    @property
    def leg_outer(self) -> Keys:
        t, k, c, a, m = self.thigh, self.knee, self.calf, self.ankle, self.muscle
        return (
            (-0.15, self.hip * 0.47),
            (0.0, self.hip - self.hip_joint),
            (0.16, max(t * 1.04, (self.hip - self.hip_joint) * 0.98)),
            (0.5, t * (0.9 + 0.06 * m)),
            (0.82, k * (1.08 + 0.06 * m)),
            (1.0, k),
            (1.1, k * 0.97),
            (1.32, c * (1.0 + 0.07 * m)),
            (1.55, c * 0.86),
            (1.8, a * 1.14),
            (1.95, a),
            (2.1, a),
        )

    @property
    def leg_inner(self) -> Keys:
        t, k, c, a, m = self.thigh, self.knee, self.calf, self.ankle, self.muscle
        return (
            (-0.15, self.hip_joint * 0.7),
            (0.0, self.hip_joint * 0.93),
            (0.16, max(t * 0.9, self.hip_joint * 0.93)),
            (0.5, t * (0.82 + 0.06 * m)),
            (0.82, k * 1.02),
            (1.0, k * 0.95),
            (1.1, k * 0.93),
            (1.38, c * (0.97 + 0.07 * m)),
            (1.62, c * 0.74),
            (1.82, a * 1.08),
            (1.95, a * 1.03),
            (2.1, a),
        )


_PRESENTATION = {
    "female": Build(
        shoulder=75.5,
        chest=56.5,
        bust_width=60,
        rib=51,
        waist=44,
        hip=66,
        neck=17.5,
        arm=14.2,
        forearm=12,
        wrist=7.2,
        thigh=33.5,
        knee=18.4,
        calf=20.6,
        ankle=9.8,
        hand=0.9,
        muscle=0.1,
        soft=0.2,
        bust=0.62,
    ),
    "male": Build(
        shoulder=97,
        chest=72,
        bust_width=70,
        rib=63,
        waist=55,
        hip=59,
        neck=23.5,
        arm=18.2,
        forearm=15.2,
        wrist=9.4,
        thigh=33.5,
        knee=22,
        calf=22.5,
        ankle=12,
        hand=1.06,
        muscle=0.4,
        soft=0.1,
        bust=0.0,
        swing=0.6,
    ),
    "androgynous": Build(
        shoulder=85,
        chest=62,
        bust_width=61,
        rib=55,
        waist=49,
        hip=60,
        neck=20,
        arm=15.4,
        forearm=13.2,
        wrist=8,
        thigh=32,
        knee=20.5,
        calf=20.5,
        ankle=10.8,
        hand=0.97,
        muscle=0.2,
        soft=0.1,
        bust=0.16,
        swing=0.82,
    ),
}

# Body type → factors of (shoulder, torso, waist, hip, arm, thigh, calf, neck), muscle, soft, bust.
_TYPES: dict[str, tuple[tuple[float, ...], float, float, float]] = {
    "slim": ((0.94, 0.9, 0.88, 0.87, 0.8, 0.78, 0.82, 0.92), -0.05, 0.0, -0.2),
    "athletic": ((1.03, 1.0, 0.95, 0.98, 1.07, 1.0, 1.04, 1.03), 0.42, 0.0, -0.06),
    "average": ((1.0, 1.0, 1.03, 1.0, 1.0, 1.0, 1.0, 1.0), 0.0, 0.08, 0.0),
    "curvy": ((1.0, 1.1, 1.04, 1.23, 1.14, 1.22, 1.1, 1.0), -0.05, 0.35, 0.28),
    "muscular": ((1.14, 1.14, 1.05, 1.04, 1.36, 1.17, 1.17, 1.2), 0.9, 0.0, -0.1),
    "plus_size": ((1.11, 1.36, 1.7, 1.46, 1.52, 1.48, 1.3, 1.14), -0.1, 0.85, 0.3),
}


def build_of(look: Mapping[str, Any]) -> Build:
    presentation = look["presentation"]
    base = _PRESENTATION[presentation]
    factors, muscle, soft, bust = _TYPES[look["body_type"]]
    shoulder, torso, waist, hip, arm, thigh, calf, neck = factors
    if presentation != "female":
        hip = 1 + (hip - 1) * 0.75
    own = Random(f"{look.get('seed', '')}:build")
    broad, long_waist = own.uniform(0.985, 1.015), own.uniform(0.98, 1.03)
    aged = {"51-65": 1.04, "66-80": 1.08}.get(look["age_range"], 1.0)
    return replace(
        base,
        shoulder=base.shoulder * shoulder * broad,
        chest=base.chest * torso,
        bust_width=base.bust_width * torso * (1.04 if look["body_type"] == "curvy" else 1.0),
        rib=base.rib * (torso * 0.6 + waist * 0.4),
        waist=base.waist * waist * long_waist * aged,
        hip=base.hip * hip,
        neck=base.neck * neck,
        arm=base.arm * arm,
        forearm=base.forearm * (arm * 0.8 + 0.2),
        wrist=base.wrist * (arm * 0.4 + 0.6),
        thigh=base.thigh * thigh,
        knee=base.knee * (thigh * 0.6 + 0.4),
        calf=base.calf * calf,
        ankle=base.ankle * (calf * 0.5 + 0.5),
        hand=base.hand * (arm * 0.15 + 0.85),
        muscle=min(1.0, max(0.0, base.muscle + muscle)),
        soft=min(1.0, base.soft + soft),
        bust=min(1.0, max(0.0, base.bust + bust)) if presentation == "female" else base.bust,
    )
