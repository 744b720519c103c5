"""A face cut out of its picture: upright, of one size, and how edges run in it.

Lengths on a face are in hundredths of the height of its box (`Place.height`), measured from the
box's middle; a face box reaches from the chin to the top of the skull.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import mul

from PIL import Image as Pillow
from PIL import ImageChops

from .base import Box

ASPECT = 84 / 104  # width of a face box by its height, where the head is upright
DIRECTIONS = 8
_MOST_TILT = 0.47  # radians
_LEAST_TILT = 0.02
_SMALLEST_PX = 4.0
_MOST_OUTSIDE = 0.6  # share of a box that may lie outside the picture
_QUIET = 4.0  # a cell's differences below which it counts as plain

Cells = list[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """A face in a picture: its box's middle and upright height in pixels, its tilt in radians."""

    x: float
    y: float
    height: float
    tilt: float = 0.0


def places(size: tuple[int, int], box: Box) -> list[Place]:
    """The places a box can mean. Around a tilted head a box is wider than around an upright one,
    so that it tells how much the head is tilted, but not to which side. None where the box lies
    outside the picture."""
    if not all(math.isfinite(edge) for edge in box):
        return []
    left, right = sorted((box[0] * size[0], box[2] * size[0]))
    top, bottom = sorted((box[1] * size[1], box[3] * size[1]))
    width, height = right - left, bottom - top
    seen_x = min(right, size[0]) - max(left, 0.0)
    seen_y = min(bottom, size[1]) - max(top, 0.0)
    if min(seen_x, seen_y) < _SMALLEST_PX or seen_x * seen_y < (1 - _MOST_OUTSIDE) * width * height:
        return []
    x, y = (left + right) / 2, (top + bottom) / 2
    tilt = _tilt(width / height)
    if tilt is None:
        return [Place(x, y, height)]
    upright = (width + height) / ((1 + ASPECT) * (math.cos(tilt) + math.sin(tilt)))
    if tilt < _LEAST_TILT:
        return [Place(x, y, upright)]
    return [Place(x, y, upright, tilt), Place(x, y, upright, -tilt)]


def _tilt(proportion: float) -> float | None:
    """0 and more; None for a box that is drawn otherwise than around an upright or tilted head."""
    if proportion * ASPECT >= 1:
        return None
    tilt = math.atan((proportion - ASPECT) / (1 - ASPECT * proportion))
    return max(0.0, tilt) if -_LEAST_TILT <= tilt <= _MOST_TILT else None


def cut_out(
    picture: Pillow.Image, place: Place, size: tuple[int, int], unit: float, raised: float = 0.0
) -> Pillow.Image:
    """`size` pixels of `unit` hundredths of the face each, their middle `raised` above its box's.
    What lies outside the picture is as its nearest edge."""
    step = place.height / 100 * unit  # pixels of the picture by pixel of the result
    reach = (math.hypot(*size) / 2 + abs(raised) / unit) * step + 2
    left, top = math.floor(place.x - reach), math.floor(place.y - reach)
    side = math.ceil(2 * reach) + 1
    part = _crop(picture, left, top, side)
    # Shrunk first, so that the turning that follows sees every pixel.
    small = max(2, round(side / step)) if step > 1 else side
    part = part.resize((small, small), Pillow.Resampling.BOX) if small != side else part
    shrunk = small / side
    cos, sin = math.cos(place.tilt) * step * shrunk, math.sin(place.tilt) * step * shrunk
    x, y = (place.x - left) * shrunk, (place.y - top) * shrunk
    from_x, from_y = -size[0] / 2, -size[1] / 2 - raised / unit
    return part.transform(
        size,
        Pillow.Transform.AFFINE,
        (
            cos, -sin, x + cos * from_x - sin * from_y,
            sin, cos, y + sin * from_x + cos * from_y,
        ),
        Pillow.Resampling.BILINEAR,
    )  # fmt: skip


def _crop(picture: Pillow.Image, left: int, top: int, side: int) -> Pillow.Image:
    """A square, beyond the picture's edges their colours."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(picture.width, left + side), min(picture.height, top + side)
    seen = picture.crop((x0, y0, x1, y1))
    if seen.size == (side, side):
        return seen
    columns, rows = seen.size
    wide = Pillow.new("RGB", (side, rows))
    wide.paste(seen.crop((0, 0, 1, rows)).resize((side, rows)), (0, 0))
    wide.paste(seen.crop((columns - 1, 0, columns, rows)).resize((side, rows)), (x1 - left, 0))
    wide.paste(seen, (x0 - left, 0))
    whole = Pillow.new("RGB", (side, side))
    whole.paste(wide.crop((0, 0, side, 1)).resize((side, side)), (0, 0))
    whole.paste(wide.crop((0, rows - 1, side, rows)).resize((side, side)), (0, y1 - top))
    whole.paste(wide, (0, y0 - top))
    return whole


# --- Edges ---------------------------------------------------------------------------------------


def edge_maps(crop: Pillow.Image) -> list[Pillow.Image]:
    """How strong edges of each direction are at each pixel; two pixels narrower and lower.
    Four directions lie in a picture, as what is done with them costs by the picture."""
    grey = crop.convert("L")
    width, height = grey.size
    across = _difference(grey, (2, 1, width, height - 1), (0, 1, width - 2, height - 1))
    down = _difference(grey, (1, 2, width - 1, height), (1, 0, width - 1, height - 2))
    keys = bytearray(2 * across.width * across.height)
    keys[0::2], keys[1::2] = across.tobytes(), down.tobytes()
    found = b"".join(map(_strengths().__getitem__, memoryview(keys).cast("H")))
    halves = memoryview(found).cast("I")
    # As CMYK, because the bands of RGBA are not resized alike.
    return [Pillow.frombytes("CMYK", across.size, halves[k::2].tobytes()) for k in (0, 1)]


def _difference(
    grey: Pillow.Image, one: tuple[int, int, int, int], other: tuple[int, int, int, int]
) -> Pillow.Image:
    return ImageChops.subtract(grey.crop(one), grey.crop(other), scale=1, offset=128)


@lru_cache(maxsize=1)
def _strengths() -> list[bytes]:
    """For each pair of differences across and down (128 is none), as two bytes read as a number:
    the strengths by direction. An edge between two directions counts for both in part."""
    table = [bytes(DIRECTIONS)] * (1 << 16)
    for x in range(-128, 128):
        for y in range(-128, 128):
            turn = math.atan2(y, x) % math.pi / math.pi * DIRECTIONS
            first, strength = int(turn), math.hypot(x, y)
            rest = turn - first
            by_direction = bytearray(DIRECTIONS)
            by_direction[first % DIRECTIONS] = int(strength * (1 - rest))
            by_direction[(first + 1) % DIRECTIONS] = int(strength * rest)
            table[int.from_bytes((x + 128, y + 128), sys.byteorder)] = bytes(by_direction)
    return table


def cells(maps: Sequence[Pillow.Image], columns: int, rows: int, box: Box | None = None) -> Cells:
    """Strengths by direction in each cell, row by row; light and contrast cancel out."""
    first, second = (
        m.resize((columns, rows), Pillow.Resampling.BOX, box=box).tobytes() for m in maps
    )
    found = []
    for at in range(0, len(first), 4):
        cell = first[at : at + 4] + second[at : at + 4]
        length = math.hypot(*cell) + _QUIET
        found.append(tuple([v / length for v in cell]))
    return found


def cosine(one: Sequence[tuple[float, ...]], other: Sequence[tuple[float, ...]]) -> float:
    a, b = list(chain.from_iterable(one)), list(chain.from_iterable(other))
    lengths = math.sqrt(sum(map(mul, a, a)) * sum(map(mul, b, b)))
    return sum(map(mul, a, b)) / lengths if lengths else 0.0


def mirrored(found: Cells, columns: int) -> Cells:
    rows = [found[at : at + columns] for at in range(0, len(found), columns)]
    return [
        tuple(cell[-k % DIRECTIONS] for k in range(DIRECTIONS))
        for row in rows
        for cell in reversed(row)
    ]
