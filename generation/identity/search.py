"""Where the face is, for pictures of which nobody says: a window slides over where such a framing
has its face, and is compared with the faces it was fitted on (see `fitted.FACE_LIKE`)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import mul

from PIL import Image as Pillow

from . import fitted
from .upright import DIRECTIONS, Cells, Place, cells, cut_out, edge_maps

COLUMNS, ROWS = 6, 7
_CELL = 4  # pixels; a face is as high as all rows
_FACE_PX = ROWS * _CELL
UNIT = 100 / _FACE_PX
# Where faces are by framing, as fractions of the picture: middles from x to x and from y to y,
# and heights.
_USUAL: Mapping[str, tuple[float, float, float, float, float, float]] = {
    "close_up": (0.36, 0.64, 0.28, 0.50, 0.30, 0.50),
    "half_body": (0.36, 0.64, 0.17, 0.45, 0.15, 0.33),
    "full_body": (0.32, 0.68, 0.14, 0.38, 0.09, 0.135),
}
# Wider than twice its height no picture of people is; searching one would take seconds.
_CELLS_AT_MOST = 80
_GROWTH = 1.18  # from one size looked for to the next
_HALVES = ((0, 0), (_CELL // 2, _CELL // 2))
_FINER = (0.94, 1.0, 1.07)
_NUDGES = (-0.06, 0.0, 0.06)  # in heights of the face
_TILTS = tuple(math.radians(degrees) for degrees in (-13, -6.5, 0, 6.5, 13))


def find_face(picture: Pillow.Image, framing: str) -> Place:
    """The likeliest place; it is for others to say whether a face is there."""
    best = max(_candidates(picture, framing), default=None, key=lambda found: found[0])
    return _settled(picture, best[1]) if best else _middle(picture, framing)


def window(picture: Pillow.Image, place: Place) -> Cells:
    """What is compared of a place."""
    size = COLUMNS * _CELL + 2, _FACE_PX + 2
    return cells(edge_maps(cut_out(picture, place, size, UNIT)), COLUMNS, ROWS)


def usual(framing: str) -> tuple[float, float, float, float, float, float]:
    """Middles from x to x and from y to y, heights; in fractions of the picture."""
    return _USUAL.get(framing, _USUAL["half_body"])


def _middle(picture: Pillow.Image, framing: str) -> Place:
    left, right, top, bottom, low, high = usual(framing)
    x, y = (left + right) / 2 * picture.width, (top + bottom) / 2 * picture.height
    return Place(x, y, (low + high) / 2 * picture.height)


def _candidates(picture: Pillow.Image, framing: str) -> Iterator[tuple[float, Place]]:
    *_, low, high = usual(framing)
    while low <= high:
        yield from _of_height(picture, framing, low * picture.height)
        low *= _GROWTH


def _of_height(picture: Pillow.Image, framing: str, height: float) -> Iterator[tuple[float, Place]]:
    left, right, top, bottom, *_ = usual(framing)
    step = height / _FACE_PX  # pixels of the picture by pixel looked at
    reach_x, reach_y = COLUMNS * _CELL / 2 * step, height / 2
    x0, x1 = max(0.0, left * picture.width - reach_x), right * picture.width + reach_x
    y0, y1 = max(0.0, top * picture.height - reach_y), bottom * picture.height + reach_y
    x1, y1 = min(x1, picture.width), min(y1, picture.height)
    columns, rows = int((x1 - x0) / step / _CELL), int((y1 - y0) / step / _CELL)
    if columns <= COLUMNS or rows <= ROWS or max(columns, rows) > _CELLS_AT_MOST:
        return
    size = columns * _CELL + 2, rows * _CELL + 2
    area = (x0, y0, min(x1, x0 + size[0] * step), min(y1, y0 + size[1] * step))
    maps = edge_maps(picture.resize(size, Pillow.Resampling.BOX, box=area))
    for dx, dy in _HALVES:
        across, down = columns - bool(dx), rows - bool(dy)
        found = cells(maps, across, down, (dx, dy, dx + across * _CELL, dy + down * _CELL))
        for column, row, value in _slid(found, across, down):
            x = x0 + (1 + dx + (column + COLUMNS / 2) * _CELL) * step
            y = y0 + (1 + dy + (row + ROWS / 2) * _CELL) * step
            yield value, Place(x, y, height)


def _slid(found: Cells, columns: int, rows: int) -> Iterator[tuple[int, int, float]]:
    lines = [
        [v for cell in found[row * columns : (row + 1) * columns] for v in cell]
        for row in range(rows)
    ]
    firsts = range(0, (columns - COLUMNS + 1) * DIRECTIONS, DIRECTIONS)
    parts = [[line[first : first + COLUMNS * DIRECTIONS] for line in lines] for first in firsts]
    rows_wanted = wanted()
    for row in range(rows - ROWS + 1):
        for column, part in enumerate(parts):
            compared = zip(part[row : row + ROWS], rows_wanted, strict=True)
            yield column, row, sum([sum(map(mul, shown, line)) for shown, line in compared])


@lru_cache(maxsize=1)
def wanted() -> list[list[float]]:
    """A weight for each direction in each cell, by row; faces are symmetric, so that only the
    left half is kept."""
    rows = []
    half = COLUMNS // 2
    for row in range(ROWS):
        left = fitted.FACE_LIKE[row * half : (row + 1) * half]
        right = [[cell[-k % DIRECTIONS] for k in range(DIRECTIONS)] for cell in reversed(left)]
        rows.append([v / 100 for cell in (*left, *right) for v in cell])
    return rows


def _settled(picture: Pillow.Image, place: Place) -> Place:
    """Nearer at the best place of the neighbourhood: its tilt, its size, then itself again."""
    place = _likest(picture, [Place(place.x, place.y, place.height, tilt) for tilt in _TILTS])
    place = _likest(
        picture, [Place(place.x, place.y, place.height * by, place.tilt) for by in _FINER]
    )
    return _likest(
        picture,
        [
            Place(
                place.x + dx * place.height, place.y + dy * place.height, place.height, place.tilt
            )
            for dx in _NUDGES
            for dy in _NUDGES
        ],
    )


def _likest(picture: Pillow.Image, tried: Sequence[Place]) -> Place:
    return max(tried, key=lambda place: _likeness(window(picture, place)))


def _likeness(found: Cells) -> float:
    weights = (v for line in wanted() for v in line)
    return sum(v * w for v, w in zip((v for cell in found for v in cell), weights, strict=True))
