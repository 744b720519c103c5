"""What a look leaves open and the person's seed decides: this one's eyes, nose, mouth and hair.

Every feature is first of one kind and then varies around it. Kinds, not small even spreads, are
what makes two people of the same description two people. Lengths are in head units (head = 100).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Eyes:
    """Factors of the middling eye; `peak` moves the lid's highest point outwards (-1..1), `low`
    deepens the lower lid, `crease` is added: below 0 the lid hides it, above it is deep-set."""

    width: float = 1.0
    height: float = 1.0
    tilt: float = 0.0
    crease: float = 0.0
    peak: float = 0.0
    low: float = 1.0
    iris: float = 1.0


@dataclass(frozen=True, slots=True)
class Brows:
    """`weight` and `length` are factors, `arch` and `rise` are added (rise: outer end up);
    `peak` is where along the brow the arch is highest, `gap` the distance added to the eye."""

    weight: float = 1.0
    arch: float = 0.0
    peak: float = 0.64
    rise: float = 0.0
    length: float = 1.0
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Nose:
    """`drop` lowers the whole nose, `tip` its tip alone (negative: turned up); `ridge` is the
    width of the bone, `bump` bends it outwards below the eyes."""

    width: float = 1.0
    drop: float = 0.0
    tip: float = 0.0
    ridge: float = 1.0
    bridge: float = 0.0
    bump: float = 0.0


@dataclass(frozen=True, slots=True)
class Lips:
    width: float = 1.0
    upper: float = 1.0
    lower: float = 1.0
    bow: float = 0.0
    corner: float = 0.0


@dataclass(frozen=True, slots=True)
class Jaw:
    """Added to the face shape: half-widths of cheekbone, lower cheek, jaw and chin, and how far
    down the chin reaches; `width` is a factor of the whole head."""

    width: float = 1.0
    cheek: float = 0.0
    hollow: float = 0.0
    corner: float = 0.0
    chin: float = 0.0
    drop: float = 0.0


_EYES = (
    Eyes(),  # almond
    Eyes(width=0.96, height=1.2, tilt=-0.2, crease=0.15, peak=-0.5, low=1.2, iris=1.05),  # round
    Eyes(width=1.06, height=0.98, tilt=1.7, crease=0.1, peak=0.7, low=0.9),  # cat
    Eyes(width=0.98, height=0.86, tilt=-0.3, crease=-1.0, peak=0.2, iris=0.97),  # hooded
    Eyes(width=1.04, height=1.14, tilt=-1.5, crease=0.2, peak=0.3, low=1.1),  # doe
    Eyes(width=1.15, height=0.82, tilt=0.5, crease=-0.2, peak=0.4, low=0.8, iris=0.94),  # long
    Eyes(width=0.9, height=0.96, tilt=0.2, crease=0.55, peak=-0.2, low=0.9),  # deep-set
)
_BROWS = (
    Brows(),
    Brows(weight=1.0, arch=-1.1, rise=0.5, length=1.0, gap=-0.7),  # straight
    Brows(weight=0.85, arch=2.3, peak=0.7, length=1.06, gap=0.9),  # high arch
    Brows(weight=1.45, arch=0.3, rise=0.4, length=1.08, gap=-0.8),  # bold
    Brows(weight=0.64, arch=1.0, peak=0.55, length=0.96, gap=0.6),  # fine
    Brows(weight=1.15, arch=0.7, peak=0.72, rise=1.2, length=1.03, gap=-0.3),  # winged
    Brows(weight=1.2, arch=0.4, peak=0.5, rise=-1.2, length=0.9, gap=0.4),  # short and soft
)
_NOSES = (
    Nose(),
    Nose(width=0.92, drop=-2.3, tip=-1.1, ridge=0.95, bridge=-0.3),  # button
    Nose(width=0.86, drop=2.1, tip=0.5, ridge=0.75, bridge=0.3),  # long and fine
    Nose(width=1.28, drop=-0.2, tip=-0.2, ridge=1.35, bridge=-0.25),  # broad
    Nose(width=1.02, drop=1.5, tip=1.5, ridge=1.1, bridge=0.45, bump=1.2),  # aquiline
    Nose(width=1.16, drop=-1.3, tip=-0.8, ridge=0.85, bridge=0.0),  # snub
    Nose(width=0.78, drop=0.3, tip=0.0, ridge=0.9, bridge=0.2),  # narrow
)
_LIPS = (
    Lips(),
    Lips(width=1.02, upper=1.4, lower=1.32, bow=0.1, corner=0.0),  # full
    Lips(width=0.84, upper=1.3, lower=1.15, bow=1.1, corner=0.1),  # heart
    Lips(width=1.2, upper=0.72, lower=0.82, bow=0.2, corner=0.3),  # wide and fine
    Lips(width=0.98, upper=0.74, lower=1.34, bow=0.3, corner=-0.2),  # full below
    Lips(width=1.12, upper=1.12, lower=1.08, bow=-0.6, corner=0.2),  # generous, soft bow
    Lips(width=0.88, upper=0.95, lower=1.25, bow=0.5, corner=-0.3),  # pout
)
_JAWS = (
    Jaw(),
    Jaw(width=0.94, cheek=1.2, hollow=-2.4, corner=-2.2, chin=-1.4, drop=2.1),  # fine and long
    Jaw(width=1.055, cheek=0.7, hollow=1.7, corner=1.8, chin=1.4, drop=-2.3),  # soft and short
    Jaw(width=1.0, cheek=-0.3, hollow=0.8, corner=3.0, chin=2.8, drop=0.5),  # strong
    Jaw(width=1.015, cheek=2.5, hollow=-1.7, corner=-1.2, chin=-0.8, drop=-0.3),  # cheekbones
    Jaw(width=0.965, cheek=-0.9, hollow=0.2, corner=0.6, chin=-2.0, drop=1.4),  # narrow chin
)

# A tint laid over the chosen skin tone or hair colour, and how strongly.
_UNDERTONES = (
    ("#f0b060", 0.13),
    ("#f09a94", 0.15),
    ("#b49a58", 0.13),
    ("#ffe9d6", 0.13),
    ("#7a3b2a", 0.12),
    ("#c98a6a", 0.0),
)
_HAIR_CASTS = (
    ("#7a3a1e", 0.16),
    ("#2c3552", 0.15),
    ("#f2c98c", 0.13),
    ("#140d12", 0.15),
    ("#a05a3c", 0.08),
    ("#808080", 0.0),
)
LIPSTICKS = (
    "#b5304c", "#c24a5c", "#9c2f4f", "#c7605a", "#a84452", "#8f2740",
    "#d9726a", "#b86a5c", "#a23a3a", "#7d2a44", "#cf5f86",
)  # fmt: skip
EYE_SHADOWS = ("#8a3d55", "#7a4a2c", "#5a3f6e", "#3f4f6a", "#b06a4a", "#a0506a", "#4c5a48")


Kind = TypeVar("Kind", Eyes, Brows, Nose, Lips, Jaw)


@dataclass(frozen=True, slots=True)
class Person:
    eyes: Eyes
    brows: Brows
    nose: Nose
    lips: Lips
    jaw: Jaw
    hairline: float  # how much lower it lies, -3..3
    peak: float  # a widow's peak's depth
    volume: float  # factor of loose hair
    frame: float  # how far loose hair falls into the face
    ear: float  # factor
    has_dimples: bool
    has_chin_cleft: bool
    make_up: float  # 0..1, shows with feminine presentation
    wing: float  # length of the drawn lid line


def undertone(seed: str) -> tuple[str, float]:
    return _dice(seed, "undertone").choice(_UNDERTONES)


def hair_cast(seed: str) -> tuple[str, float]:
    return _dice(seed, "hair-cast").choice(_HAIR_CASTS)


def _dice(seed: str, name: str) -> random.Random:
    return random.Random(f"{seed}/{name}")


def _around(dice: random.Random, kinds: tuple[Kind, ...], spreads: Mapping[str, float]) -> Kind:
    kind = dice.choice(kinds)
    moved = {name: getattr(kind, name) + dice.uniform(-s, s) for name, s in spreads.items()}
    return replace(kind, **moved)


def read_person(seed: str) -> Person:
    """The same seed is always the same person."""
    hair, extra = _dice(seed, "hair-shape"), _dice(seed, "extras")
    return Person(
        eyes=_around(
            _dice(seed, "eyes"),
            _EYES,
            {"width": 0.03, "height": 0.05, "tilt": 0.35, "crease": 0.15, "peak": 0.15},
        ),
        brows=_around(
            _dice(seed, "brows"),
            _BROWS,
            {"weight": 0.1, "arch": 0.4, "rise": 0.4, "length": 0.03, "gap": 0.4},
        ),
        nose=_around(
            _dice(seed, "nose"), _NOSES, {"width": 0.05, "drop": 0.5, "tip": 0.2, "bridge": 0.12}
        ),
        lips=_around(
            _dice(seed, "lips"),
            _LIPS,
            {"width": 0.04, "upper": 0.08, "lower": 0.08, "bow": 0.25, "corner": 0.12},
        ),
        jaw=_around(
            _dice(seed, "jaw"),
            _JAWS,
            {"width": 0.012, "cheek": 0.4, "hollow": 0.3, "corner": 0.6, "drop": 0.4},
        ),
        hairline=hair.uniform(-2.8, 2.6),
        peak=hair.choice((0.0, 0.0, 0.0, 2.2)),
        volume=hair.choice((0.65, 0.9, 1.2, 1.6)) + hair.uniform(-0.1, 0.1),
        frame=hair.choice((-1.6, 0.0, 2.0, 4.2)) + hair.uniform(-0.4, 0.4),
        ear=extra.uniform(0.86, 1.2),
        has_dimples=extra.random() < 0.35,
        has_chin_cleft=extra.random() < 0.25,
        make_up=extra.choice((0.15, 0.5, 0.75, 1.0)),
        wing=extra.choice((0.0, 0.0, 1.0, 2.0)),
    )
