"""How much a picture's face is like the base face. Scorers know nothing of our tables.

The built-in one, `StructureScorer`, needs no model and no network. It compares how edges run
across the face, and where the face is redder than blue: features of drawing and make-up, not of
a person as people see one. What it can tell and what it cannot:

- Where the geometry is known, which is the illustrator's case, the face is found exactly. On
  the pictures of `benchmarks/likeness.py`, in many lights and poses, a picture of another look
  scores less than one of the same character in 97 of 100 pairs, and 84 of 100 are below
  one half, where of the same character nearly none is.
- It does not tell apart two people of one look: same hair, same skin, another seed.
- Where the geometry is not known it searches around where such a framing has its face, which is
  right in about 88 of 100 pairs. Tuned on illustrations only: take its word on photographs for
  a first hint.

`EmbeddingScorer` compares faces as dlib's network sees them. It is made for photographs and is
used once its optional extra is installed (requirements/faces.txt). Drawings are nearly all the
same to it, so it does not decide over those whose geometry is known.
"""

from __future__ import annotations

import abc
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

Box = tuple[float, float, float, float]  # left, top, right, bottom in fractions of the picture


@dataclass(frozen=True, slots=True)
class Score:
    """`value` is 0..1 with 0.5 between "somebody else" and "the same"; values of different models
    or versions do not compare."""

    value: float
    model: str
    version: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the two pictures: their framings, and where the face lies, None where only
    the one who drew it would know."""

    face_framing: str = "close_up"
    framing: str = "half_body"
    face_box: Box | None = None
    box: Box | None = None

    @property
    def is_exact(self) -> bool:
        return self.face_box is not None and self.box is not None


class Scorer(abc.ABC):
    """Safe to build anew in every process and to call from threads."""

    model: str
    version: str

    @abc.abstractmethod
    def score(self, face: bytes, picture: bytes, context: Context) -> Score | None:
        """Both are PNG, JPEG or WebP files. None when there is nothing to compare: no face was
        found in one of them. Raises OSError for what is no picture."""


# --- The built-in one ----------------------------------------------------------------------------

_WIDTH, _HEIGHT = 36, 42
_ROWS, _COLUMNS, _DIRECTIONS = 7, 5, 8
_SMALLEST_PX = 2
_QUIET = 20.0  # summed differences of a cell below which it counts as plain
_WARMTH_WEIGHT = 0.1
# Agreement that counts as 0 and as 1. Measured by benchmarks/likeness.py: of the same character
# 95 in 100 have more than 0.79 where the face is found exactly, 0.67 where it is searched.
_EXACT = (0.66, 0.92)
_SEARCHED = (0.52, 0.82)
_PLAIN = 0.05  # a crop with less than this of its edges is no face
# Where a face usually is, by framing, and how large: centre x and y, width, height.
_USUAL: Mapping[str, tuple[float, float, float, float]] = {
    "close_up": (0.50, 0.42, 0.46, 0.44),
    "half_body": (0.50, 0.24, 0.24, 0.22),
    "full_body": (0.50, 0.16, 0.11, 0.10),
}
_SHIFTS = (-0.5, -0.25, 0.0, 0.25, 0.5)  # in widths and heights of the face
_SIZES = (0.8, 1.0, 1.25)


@dataclass(frozen=True, slots=True)
class _Features:
    edges: tuple[float, ...]
    warmth: tuple[float, ...]


class StructureScorer(Scorer):
    """Takes no options."""

    model = "structure"
    version = "1"

    def score(self, face: bytes, picture: bytes, context: Context) -> Score | None:
        wanted = _features(_open(face), context.face_box or _usual(context.face_framing))
        if wanted is None:
            return None
        shown = _open(picture)
        boxes = [context.box] if context.box else list(_search(context.framing))
        found = [features for box in boxes if (features := _features(shown, box))]
        if not found:
            return None
        likest = max(_agreement(wanted, features) for features in found)
        none, whole = _EXACT if context.is_exact else _SEARCHED
        value = min(1.0, max(0.0, (likest - none) / (whole - none)))
        return Score(
            value, self.model, self.version if context.is_exact else f"{self.version}-searched"
        )


def _open(content: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(content)).convert("RGB")


def _usual(framing: str) -> Box:
    x, y, width, height = _USUAL[framing]
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _search(framing: str) -> Iterator[Box]:
    x, y, width, height = _USUAL[framing]
    for size in _SIZES:
        half_width, half_height = size * width / 2, size * height / 2
        for dx in _SHIFTS:
            for dy in _SHIFTS:
                cx, cy = x + dx * width, y + dy * height
                yield (cx - half_width, cy - half_height, cx + half_width, cy + half_height)


def _features(picture: Pillow.Image, box: Box) -> _Features | None:
    """None where the box lies outside or holds nothing but one colour."""
    left, top = max(0.0, box[0] * picture.width), max(0.0, box[1] * picture.height)
    right, bottom = box[2] * picture.width, box[3] * picture.height
    right, bottom = min(float(picture.width), right), min(float(picture.height), bottom)
    if min(right - left, bottom - top) < _SMALLEST_PX:
        return None
    area = (left, top, right, bottom)
    crop = picture.resize((_WIDTH, _HEIGHT), Pillow.Resampling.BOX, box=area)
    edges = _edges(crop.convert("L").tobytes())
    if edges is None:
        return None
    return _Features(edges, _warmth(crop.tobytes()))


def _edges(grey: bytes) -> tuple[float, ...] | None:
    """How strong edges of each direction are in each cell; light and contrast cancel out."""
    cells = [[0.0] * _DIRECTIONS for _ in range(_ROWS * _COLUMNS)]
    for y in range(1, _HEIGHT - 1):
        for x in range(1, _WIDTH - 1):
            at = y * _WIDTH + x
            across, down = grey[at + 1] - grey[at - 1], grey[at + _WIDTH] - grey[at - _WIDTH]
            if across or down:
                turn = (math.atan2(down, across) % math.pi) / math.pi
                cell = cells[(y * _ROWS // _HEIGHT) * _COLUMNS + x * _COLUMNS // _WIDTH]
                cell[int(turn * _DIRECTIONS) % _DIRECTIONS] += math.hypot(across, down)
    values = [v / (math.hypot(*cell) + _QUIET) for cell in cells for v in cell]
    length = math.hypot(*values)
    return tuple(v / length for v in values) if length > _PLAIN else None


def _warmth(rgb: bytes) -> tuple[float, ...]:
    """Red against blue within the face's oval, less its mean: coloured light cancels out."""
    pairs = zip(rgb[0::3], rgb[2::3], _IN_FACE, strict=True)
    values = [math.log((red + 8) / (blue + 8)) for red, blue, is_inside in pairs if is_inside]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values)) or 1.0
    return tuple((v - mean) / spread for v in values)


_IN_FACE = tuple(
    ((x + 0.5) / _WIDTH * 2 - 1) ** 2 + ((y + 0.5) / _HEIGHT * 2 - 1) ** 2 <= 1
    for y in range(_HEIGHT)
    for x in range(_WIDTH)
)


def _agreement(one: _Features, other: _Features) -> float:
    return _dot(one.edges, other.edges) + _WARMTH_WEIGHT * _dot(one.warmth, other.warmth)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


# --- The optional one ----------------------------------------------------------------------------

_MODELS = "face_recognition_models"
_LOOKED_AT_PX = 960  # the longest side: more takes seconds and finds no more
_SAME_BELOW = 0.6  # http://dlib.net/face_recognition.py.html: same person below this distance


class EmbeddingScorer(Scorer):
    """Distance of two faces in the space of dlib's recognition network. `is_available` says
    whether the optional extra is installed; without it, building works and scoring raises."""

    model = "dlib-resnet"
    version = "1"

    @staticmethod
    def is_available() -> bool:
        return all(find_spec(name) for name in ("dlib", "numpy", _MODELS))

    def score(self, face: bytes, picture: bytes, context: Context) -> Score | None:
        wanted, shown = self._faces(face), self._faces(picture)
        if not wanted or not shown:
            return None
        distance = min(math.dist(a, b) for a in wanted[:1] for b in shown)
        value = max(0.0, 1 - distance / (2 * _SAME_BELOW))
        return Score(value, self.model, self.version)

    def _faces(self, content: bytes) -> list[tuple[float, ...]]:
        """The largest first; small ones are looked for where there is no other."""
        numpy = import_module("numpy")
        detect, find_marks, embed = self._networks
        picture = _open(content)
        picture.thumbnail((_LOOKED_AT_PX, _LOOKED_AT_PX))
        pixels = numpy.asarray(picture)
        places = sorted(detect(pixels, 0) or detect(pixels, 1), key=lambda p: -p.area())
        marks = [find_marks(pixels, place) for place in places]
        return [tuple(embed.compute_face_descriptor(pixels, one)) for one in marks]

    @cached_property
    def _networks(self) -> tuple[Any, Any, Any]:
        dlib = import_module("dlib")
        # The package's own functions need `pkg_resources`, which newer Pythons do not have.
        spec = find_spec(_MODELS)
        places = spec.submodule_search_locations if spec else None
        models = Path(next(iter(places or [""]))) / "models"
        return (
            dlib.get_frontal_face_detector(),
            dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat")),
            dlib.face_recognition_model_v1(
                str(models / "dlib_face_recognition_resnet_model_v1.dat")
            ),
        )
