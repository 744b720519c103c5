"""What is compared of two faces: how edges run in their parts, and their colours.

Colours are logarithms, and differences to the skin's: light of another colour or strength adds
the same to both and cancels out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image as Pillow

from .upright import Cells, Place, cells, cosine, cut_out, edge_maps, mirrored

Colour = tuple[float, float, float]

_UNIT = 1.44  # hundredths of the face's height
_WIDTH, _HEIGHT = 84, 90  # pixels: the head with its hair
_RAISED = 7.2
# The face itself, from the brows to the chin, in pixels; it is compared at several shifts,
# because a turned head moves its features over the skull.
_FACE = (22.0, 34.0, 62.0, 83.0)
_FACE_CELLS = (7, 9)
_HEAD_CELLS = (10, 11)
_SHIFTS = [(x, y) for x in (-4, -2, 0, 2, 4) for y in (-2, 0, 2)]
_PATCHES = (14, 15)  # of 6 × 6 pixels: colours of hair and forehead
_FAINT = 10  # added to a channel before its logarithm: darkness has no colour
_FAR = 0.2  # beyond this, two colours are simply different
_PLAIN = 2.0  # mean strength of edges below which there is no face
_LOGS = [math.log(v + _FAINT) for v in range(256)]


def _pixels(left: int, top: int, right: int, bottom: int) -> list[int]:
    return [y * _WIDTH + x for y in range(top, bottom) for x in range(left, right)]


_CHEEKS = _pixels(26, 55, 58, 67)
_EYES = _pixels(25, 46, 37, 55) + _pixels(47, 46, 59, 55)
_BROWS = _pixels(24, 38, 38, 46) + _pixels(46, 38, 60, 46)
_LIPS = _pixels(33, 67, 51, 78)
_MIDDLE = [
    at
    for at in _pixels(22, 38, 62, 80)
    if ((at % _WIDTH - 41.5) / 20) ** 2 + ((at // _WIDTH - 59.5) / 21) ** 2 < 1
]

# Rows of the face's cells; rows and columns (mirrored too) of the head's cells and the patches.
_FACE_PARTS = {
    "brows": (0, 2), "eyes": (2, 4), "nose": (4, 6), "mouth": (6, 8), "chin": (7, 9),
}  # fmt: skip
_HEAD_PARTS = {"crown": (0, 4, 2, 5), "sides": (4, 11, 0, 3)}
_PATCH_PARTS = {
    "crown": (2, 4, 5, 7), "hairline": (4, 5, 3, 7), "forehead": (5, 6, 4, 7),
    "temples": (4, 8, 2, 4), "lengths": (8, 13, 2, 4), "jaw": (12, 14, 4, 6),
}  # fmt: skip
_COLOURS = ("white", "lips", "eyes", "brows")


@dataclass(frozen=True, slots=True)
class Face:
    """`symmetry` is 0..1 and highest where the face stands upright."""

    maps: Sequence[Pillow.Image]
    face: Cells
    head: Cells
    colours: Mapping[str, Colour]  # less the skin's
    patches: Sequence[Colour]
    symmetry: float


def read_face(picture: Pillow.Image, place: Place) -> Face | None:
    """None where there are no edges."""
    crop = cut_out(picture, place, (_WIDTH + 2, _HEIGHT + 2), _UNIT, _RAISED)
    maps = edge_maps(crop)
    crop = crop.crop((1, 1, _WIDTH + 1, _HEIGHT + 1))
    strengths = sum(sum(m.tobytes()) for m in maps)
    if strengths < _PLAIN * _WIDTH * _HEIGHT:
        return None
    face = cells(maps, *_FACE_CELLS, _FACE)
    skin, colours = _colours(crop)
    return Face(
        maps=maps,
        face=face,
        head=cells(maps, *_HEAD_CELLS),
        colours=colours,
        patches=_patches(crop, skin),
        symmetry=cosine(face, mirrored(face, _FACE_CELLS[0])),
    )


def _colours(crop: Pillow.Image) -> tuple[Colour, dict[str, Colour]]:
    data = crop.tobytes()
    channels = data[0::3], data[1::3], data[2::3]
    red, green, blue = channels

    def middling(pixels: Iterable[int]) -> Colour:
        ordered = (sorted(channel[at] for at in pixels) for channel in channels)
        r, g, b = (_LOGS[values[len(values) // 2]] for values in ordered)
        return r, g, b

    def mean(pixels: Sequence[int]) -> Colour:
        r, g, b = (sum(_LOGS[channel[at]] for at in pixels) / len(pixels) for channel in channels)
        return r, g, b

    skin = middling(_CHEEKS)
    # The white of eyes and teeth shows the light's colour, and so how dark the skin is.
    whites = _highest(_MIDDLE, 80, lambda at: min(red[at], green[at], blue[at]))
    reddest = _highest(_LIPS, 6, lambda at: _LOGS[red[at]] - _LOGS[green[at]])
    found = {
        "white": mean(whites),
        "lips": middling(reddest),
        "eyes": mean(_EYES),
        "brows": mean(_BROWS),
    }
    return skin, {name: _less(colour, skin) for name, colour in found.items()}


def _highest(pixels: Sequence[int], share: int, key: Callable[[int], float]) -> list[int]:
    """One of `share` pixels."""
    return sorted(pixels, key=key)[-(len(pixels) // share) :]


def _patches(crop: Pillow.Image, skin: Colour) -> list[Colour]:
    data = crop.resize(_PATCHES, Pillow.Resampling.BOX).tobytes()
    pixels = zip(data[0::3], data[1::3], data[2::3], strict=True)
    return [_less((_LOGS[r], _LOGS[g], _LOGS[b]), skin) for r, g, b in pixels]


def _less(one: Colour, other: Colour) -> Colour:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


# --- Comparing -----------------------------------------------------------------------------------


def agreements(one: Face, other: Face) -> dict[str, float]:
    """By name: 0..1 for edges, -_FAR..0 for colours; the more, the more alike."""
    shown = max(
        (cells(other.maps, *_FACE_CELLS, _shifted(*by)) for by in _SHIFTS),
        key=lambda found: cosine(one.face, found),
    )
    found = {"face": cosine(one.face, shown)}
    columns = _FACE_CELLS[0]
    for name, (first, last) in _FACE_PARTS.items():
        rows = slice(first * columns, last * columns)
        found[f"{name}.edges"] = cosine(one.face[rows], shown[rows])
    for name, part in _HEAD_PARTS.items():
        pairs = _both_sides(part, _HEAD_CELLS[0])
        found[f"{name}.edges"] = cosine(
            [one.head[at] for at in pairs], [other.head[at] for at in pairs]
        )
    for name in _COLOURS:
        _add(found, name, [_distance(one.colours[name], other.colours[name])])
    apart = [_distance(a, b) for a, b in zip(one.patches, other.patches, strict=True)]
    for name, part in _PATCH_PARTS.items():
        _add(found, name, [apart[at] for at in _both_sides(part, _PATCHES[0])])
    return found


def _shifted(x: int, y: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = _FACE
    return left + x, top + y, right + x, bottom + y


def _both_sides(part: tuple[int, int, int, int], columns: int) -> list[int]:
    top, bottom, left, right = part
    across = [*range(left, right), *range(columns - right, columns - left)]
    return [row * columns + column for row in range(top, bottom) for column in across]


def _distance(one: Colour, other: Colour) -> tuple[float, float]:
    """In lightness and in tint."""
    r, g, b = _less(one, other)
    return abs(r + g + b) / 3, abs(r - b) + abs(g - (r + b) / 2)


def _add(found: dict[str, float], name: str, distances: Sequence[tuple[float, float]]) -> None:
    for index, kind in enumerate(("light", "tint")):
        near = [_FAR * math.tanh(distance[index] / _FAR) for distance in distances]
        found[f"{name}.{kind}"] = -sum(near) / len(near)
