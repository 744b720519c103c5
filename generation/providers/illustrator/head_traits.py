"""From a look to the measures of one person's face. All lengths in head units (head = 100)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .head_pen import Point, both_sides, polyline
from .head_person import Brows, Eyes, Jaw, Nose, Person, read_person
from .palette import EYES, HairTones, SkinTones, hair_tones, mix, skin_tones

AGES = ("18-25", "26-33", "34-41", "42-50", "51-65", "66-80")
FEMININITY = {"female": 1.0, "androgynous": 0.5, "male": 0.0}


@dataclass(frozen=True, slots=True)
class _Shape:
    """Half-widths of a face: temple, cheekbone, lower cheek, jaw corner, chin; then heights."""

    temple: float
    cheek: float
    hollow: float
    jaw: float
    chin: float
    cheek_y: float
    jaw_y: float
    chin_y: float


_SHAPES = {
    "oval": _Shape(36.2, 36.8, 33.2, 26.2, 9.8, -65, -38.5, -23.2),
    "round": _Shape(37.8, 40.4, 38.2, 31.6, 13.0, -61, -38.5, -25.8),
    "square": _Shape(37.2, 37.6, 35.4, 30.6, 14.4, -64, -36.6, -24.2),
    "heart": _Shape(40.2, 38.2, 32.0, 25.0, 6.2, -69, -39, -21.6),
    "diamond": _Shape(34.0, 40.4, 33.8, 26.2, 7.2, -68, -39, -21.8),
}

# A lean in proportion, kept small: the seed makes the person, not the group.
_ETHNIC = {
    "asian": {"eye_tilt": 0.4, "crease": -0.75, "nose_bridge": -0.35, "lid": -0.05},
    "black": {"lips": 0.16, "nose_w": 0.10, "cheek": 0.3},
    "white": {"nose_w": -0.07, "lips": -0.06, "nose_bridge": 0.15},
    "latino": {"lips": 0.07, "eye_tilt": 0.15, "brow": 0.05},
    "arab": {"brow": 0.13, "nose_len": 0.9, "lash": 0.2, "nose_bridge": 0.2},
    "indian": {"eye_size": 0.05, "brow": 0.08, "lash": 0.15, "lips": 0.03},
    "mixed": {"lips": 0.10, "nose_w": 0.03, "crease": -0.12, "eye_tilt": 0.2},
}

_BODY_FULLNESS = {
    "slim": -1.3,
    "athletic": -0.4,
    "average": 0.0,
    "curvy": 0.9,
    "muscular": 0.5,
    "plus_size": 3.0,
}


@dataclass(frozen=True)
class Traits:
    """One person's face, in numbers. `age` is the index of the range, 0 the youngest."""

    look: Mapping[str, Any]
    person: Person
    skin: SkinTones
    hair: HairTones
    iris: str
    femininity: float
    age: int
    fullness: float
    right_contour: tuple[Point, ...]
    eye_x: float
    eye_y: float
    eye_w: float
    eye_h: float
    eye_tilt: float
    crease: float
    lash: float
    brow_y: float
    brow_w: float
    brow_arch: float
    nose_y: float
    nose_w: float
    nose_bridge: float
    mouth_y: float
    mouth_w: float
    lip_upper: float
    lip_lower: float
    bow: float

    @property
    def eyes(self) -> Eyes:
        return self.person.eyes

    @property
    def brows(self) -> Brows:
        return self.person.brows

    @property
    def nose(self) -> Nose:
        return self.person.nose

    @property
    def seed(self) -> str:
        return str(self.look.get("seed", ""))

    @property
    def is_masculine(self) -> bool:
        return self.femininity < 0.25

    @property
    def is_feminine(self) -> bool:
        return self.femininity > 0.75

    @cached_property
    def contour(self) -> list[Point]:
        """The face's outline from the left of the chin over the top to its right, closed."""
        right = list(self.right_contour)
        return both_sides(right)[:-1]

    @cached_property
    def _edge(self) -> list[Point]:
        return polyline(self.right_contour, 6)

    def edge(self, y: float) -> float:
        """Half-width of the bare head at height `y`."""
        for (xa, ya), (xb, yb) in zip(self._edge, self._edge[1:], strict=False):
            if ya <= y <= yb and yb > ya:
                return xa + (xb - xa) * (y - ya) / (yb - ya)
        return 0.0

    def dice(self, name: str) -> random.Random:
        """This person's own randomness for one feature; the same in every picture."""
        return random.Random(f"{self.seed}/{name}")


def _contour(
    shape: _Shape, femininity: float, fullness: float, age: int, own: Jaw
) -> tuple[Point, ...]:
    male = 1 - femininity
    jowl = max(0, age - 2) * 0.45
    soft = fullness * 0.7 + jowl
    temple = shape.temple + 0.3 * male
    cheek = shape.cheek + fullness * 0.45 + 0.2 * male + own.cheek
    hollow = shape.hollow - 0.5 * femininity + 1.5 * male + soft + own.hollow
    hollow = min(hollow, cheek * 0.97)
    jaw = shape.jaw - 0.9 * femininity + 2.5 * male + soft * 1.15 + own.corner
    jaw = min(jaw, cheek * 0.89)
    chin = max(4.6, shape.chin - 0.9 * femininity + 3.0 * male + fullness * 0.4 + own.chin)
    bottom = shape.chin_y + 0.8 * male - 0.3 * femininity + own.drop
    jaw_y = shape.jaw_y + own.drop * 0.4
    slim = (0.945 + 0.03 * male) * own.width
    right = (
        (0.0, -124.0),
        (15.0, -121.6),
        (26.5, -115.0),
        (temple * 0.925, -104.0),
        (temple, -90.0),
        (temple + (cheek - temple) * 0.55, -77.0),
        (cheek, shape.cheek_y),
        (hollow, -49.0),
        (jaw, jaw_y),
        (jaw * 0.53 + chin * 0.47 + 0.9, jaw_y * 0.42 + bottom * 0.58 - 0.9),
        (chin, bottom - 2.2),
        (chin * 0.42, bottom - 0.3),
        (0.0, bottom),
    )
    return tuple((x * slim, y) for x, y in right)


def read_traits(look: Mapping[str, Any]) -> Traits:
    """Measures of the person; the same look and seed always give the same."""
    femininity = FEMININITY[look["presentation"]]
    male = 1 - femininity
    age = AGES.index(look["age_range"])
    lean = _ETHNIC[look["ethnicity"]]
    fullness = _BODY_FULLNESS[look["body_type"]] + lean.get("cheek", 0.0)
    seed = str(look.get("seed", ""))

    def vary(name: str, spread: float) -> float:
        return random.Random(f"{seed}/{name}").uniform(-spread, spread)

    person = read_person(seed)
    eyes, brows, nose, mouth = person.eyes, person.brows, person.nose, person.lips
    shape = _SHAPES[look["face_shape"]]
    lips = 1 + lean.get("lips", 0.0) - 0.06 * max(0, age - 2)
    eye_size = 1 + lean.get("eye_size", 0.0) + vary("eye-size", 0.04)
    mouth_y = (-53.0 + shape.chin_y) / 2 - 3.7 + person.jaw.drop * 0.45 + nose.drop * 0.4
    eye_y = -72.6 + vary("eye-y", 1.7)
    eye_w = (16.6 + 1.9 * femininity) * eye_size * eyes.width
    return Traits(
        look=look,
        person=person,
        skin=skin_tones(look),
        hair=hair_tones(look),
        iris=EYES[look["eye_colour"]],
        femininity=femininity,
        age=age,
        fullness=fullness,
        right_contour=_contour(shape, femininity, fullness, age, person.jaw),
        eye_x=16.1 + vary("eye-x", 1.5) + 0.2 * male + 0.2 * (eye_w - 17.5),
        eye_y=eye_y,
        eye_w=eye_w,
        eye_h=(4.4 + 0.95 * femininity) * eye_size * eyes.height * (1 + lean.get("lid", 0.0))
        - 0.15 * age,
        eye_tilt=0.1
        + 0.45 * femininity
        + lean.get("eye_tilt", 0.0)
        + eyes.tilt
        - 0.18 * max(0, age - 2),
        crease=1 + lean.get("crease", 0.0) + eyes.crease,
        lash=(0.25 + 0.75 * femininity) * (1 - 0.05 * age)
        + lean.get("lash", 0.0)
        + vary("lash", 0.25) * femininity,
        brow_y=eye_y - 11.6 + 0.9 * male - brows.gap + vary("brow-y", 0.5),
        brow_w=(3.0 + 1.1 * male) * (brows.weight + lean.get("brow", 0.0)) - 0.1 * max(0, age - 3),
        brow_arch=max(0.0, 0.9 + 1.1 * femininity + brows.arch),
        nose_y=-53.4 + nose.drop + lean.get("nose_len", 0.0) + 0.4 * male,
        nose_w=(6.3 + 1.3 * male) * (nose.width + lean.get("nose_w", 0.0)),
        nose_bridge=max(0.45, 1 + lean.get("nose_bridge", 0.0) + nose.bridge),
        mouth_y=mouth_y + vary("mouth-y", 0.8),
        mouth_w=(10.8 + 0.8 * male) * mouth.width,
        lip_upper=(2.55 + 0.95 * femininity) * lips * mouth.upper,
        lip_lower=(3.8 + 1.1 * femininity) * lips * mouth.lower,
        bow=0.8 + mouth.bow,
    )


def brow_colour(traits: Traits) -> str:
    """Brows keep a natural darkness: under light or fantasy hair they are browner."""
    tone = mix(traits.hair.base, "#2e1c18", 0.5)
    return mix(tone, "#b9b2b0", 0.12 * max(0, traits.age - 3))
