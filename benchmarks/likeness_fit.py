"""Fits the built-in scorer's weights and writes generation/identity/fitted.py.

    python -m benchmarks.likeness_fit [FOLDER]

Two logistic regressions, one where the face is known and one where it is searched, of "the same
person" on what `faces.agreements` says of a pair. What agrees can only speak for a person: a
name whose weight would be below 0 is left out. Run it when the drawings change much, raise
`StructureScorer.version`, and look at `python -m benchmarks likeness`, whose people are others.
FOLDER keeps the pictures for the next time.
"""

from __future__ import annotations

import math
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from operator import mul
from pathlib import Path

from PIL import Image as Pillow

from benchmarks.likeness_pictures import TO_FIT, Drawn, draw_person, other_than
from benchmarks.table import percentile
from generation.identity import fitted, search, structure
from generation.identity.base import open_picture
from generation.identity.faces import Face, read_face
from generation.identity.fit import Fit
from generation.identity.upright import DIRECTIONS, Cells, Place, mirrored, places

SHOTS, OTHERS = 6, 8
_RIDGE = 3.0
_STEPS = 12
# Which shares of the same person's pictures are to lie below one half; and how much lower that
# is put, as people whom the weights were not fitted on lie lower.
_MISSED_KNOWN, _MISSED_SEARCHED = (0.01, 1.5), (0.05, 0.0)
_ELSEWHERE = 3  # places without a face for each with one

Columns = dict[str, list[float]]


def main(words: Sequence[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    folder = Path(words[0]) if words else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    people = {number: draw_person(number, SHOTS, folder) for number in TO_FIT}
    print(f"{len(people)} people are drawn", flush=True)
    face_like = _face_like([one for drawn in people.values() for one in drawn])
    _write(face_like, fitted.KNOWN, fitted.SEARCHED)
    # The search reads it from there.
    fitted.FACE_LIKE = face_like
    search.wanted.cache_clear()
    known = _fitted(people, _known_faces, _MISSED_KNOWN)
    _write(face_like, known, fitted.SEARCHED)
    _write(face_like, known, _fitted(people, _searched_faces, _MISSED_SEARCHED))


# --- The face that is searched for ---------------------------------------------------------------


def _face_like(pictures: Sequence[Drawn]) -> list[tuple[int, ...]]:
    """The mean of faces less the mean of places beside them, the left half."""
    rng = random.Random("elsewhere")
    faces, elsewhere = [], []
    for drawn in pictures:
        picture = open_picture(drawn.content)
        place = _upright(picture, drawn)
        faces.append(search.window(picture, place))
        for _ in range(_ELSEWHERE):
            elsewhere.append(
                search.window(picture, _beside(picture.size, place, drawn.framing, rng))
            )
    away = zip(_mean(faces), _mean(elsewhere), strict=True)
    found = [tuple(a - b for a, b in zip(*pair, strict=True)) for pair in away]
    both = [
        tuple(a + b for a, b in zip(*pair, strict=True))
        for pair in zip(found, mirrored(found, search.COLUMNS), strict=True)
    ]
    most = max(abs(v) for cell in both for v in cell)
    half = [cell for at, cell in enumerate(both) if at % search.COLUMNS < search.COLUMNS // 2]
    return [tuple(round(99 * v / most) for v in cell) for cell in half]


def _upright(picture: Pillow.Image, drawn: Drawn) -> Place:
    def symmetry(place: Place) -> float:
        face = read_face(picture, place)
        return face.symmetry if face else 0.0

    return max(places(picture.size, drawn.box), key=symmetry)


def _beside(size: tuple[int, int], place: Place, framing: str, rng: random.Random) -> Place:
    """Where the search looks, but not at the face."""
    left, right, top, bottom, low, high = search.usual(framing)
    while True:
        x, y = rng.uniform(left, right) * size[0], rng.uniform(top, bottom) * size[1]
        height = rng.uniform(low, high) * size[1]
        away = max(abs(x - place.x), abs(y - place.y)) / place.height
        if away > 0.15 or abs(math.log(height / place.height)) > 0.25:
            return Place(x, y, height)


def _mean(found: Sequence[Cells]) -> Cells:
    return [
        tuple(sum(cell[k] for cell in same) / len(same) for k in range(DIRECTIONS))
        for same in zip(*found, strict=True)
    ]


# --- The weights ---------------------------------------------------------------------------------


def _known_faces(drawn: Drawn) -> list[Face]:
    picture = open_picture(drawn.content)
    return structure.read_faces(picture, places(picture.size, drawn.box))


def _searched_faces(drawn: Drawn) -> list[Face]:
    picture = open_picture(drawn.content)
    return structure.read_faces(picture, [search.find_face(picture, drawn.framing)])


def _fitted(
    people: Mapping[int, Sequence[Drawn]],
    read: Callable[[Drawn], list[Face]],
    missed: tuple[float, float],
) -> Fit:
    columns, is_same = _pairs(people, read)
    weights = _weights(columns, is_same)
    sums = [
        sum(weight * columns[name][at] for name, weight in weights.items())
        for at in range(len(is_same))
    ]
    same = [v for v, one in zip(sums, is_same, strict=True) if one]
    others = [v for v, one in zip(sums, is_same, strict=True) if not one]
    return Fit(
        {name: round(weight, 4) for name, weight in weights.items()},
        none=round(percentile(others, 0.25), 3),
        half=round(percentile(same, missed[0]) - missed[1], 3),
        whole=round(percentile(same, 0.9), 3),
    )


def _pairs(
    people: Mapping[int, Sequence[Drawn]], read: Callable[[Drawn], list[Face]]
) -> tuple[Columns, list[bool]]:
    """Every shot against its own base face and against some others'."""
    faces = {number: [read(one) for one in drawn] for number, drawn in people.items()}
    columns: Columns = {}
    is_same = []
    for number, (_, *shots) in faces.items():
        for against in (number, *other_than(number, list(people), OTHERS)):
            for shown in shots:
                if not faces[against][0] or not shown:
                    continue
                found = structure.likest(faces[against][0][0], shown)
                for name, value in found.items():
                    columns.setdefault(name, []).append(value)
                is_same.append(against == number)
    print(f"{len(is_same)} pairs are compared", flush=True)
    return columns, is_same


def _weights(columns: Columns, is_same: Sequence[bool]) -> dict[str, float]:
    """By name, none below 0."""
    scaled = {name: _scaled(values) for name, values in columns.items()}
    names = list(columns)
    while True:
        found = _logistic([scaled[name][0] for name in names], is_same)
        worst = min(range(len(names)), key=found.__getitem__)
        if found[worst] >= 0:
            return {name: value / scaled[name][1] for name, value in zip(names, found, strict=True)}
        print(f"  without {names[worst]}", flush=True)
        del names[worst]


def _scaled(values: Sequence[float]) -> tuple[list[float], float]:
    """About 0 with a spread of 1, and what the spread was."""
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)) or 1.0
    return [(v - mean) / spread for v in values], spread


def _logistic(columns: Sequence[Sequence[float]], is_same: Sequence[bool]) -> list[float]:
    """Newton's method; both kinds count the same, though there are more of others."""
    count, same = len(is_same), sum(is_same)
    share = [count / 2 / (same if one else count - same) for one in is_same]
    known = [*columns, [1.0] * count]
    found = [0.0] * len(known)
    for _ in range(_STEPS):
        sums = [sum(map(mul, found, row)) for row in zip(*known, strict=True)]
        chances = [1 / (1 + math.exp(-max(-30.0, min(30.0, v)))) for v in sums]
        left = [w * (one - p) for w, one, p in zip(share, is_same, chances, strict=True)]
        bent = [w * p * (1 - p) + 1e-9 for w, p in zip(share, chances, strict=True)]
        ridge = [_RIDGE] * len(columns) + [1e-6]
        slope = [
            sum(map(mul, column, left)) - r * b
            for column, r, b in zip(known, ridge, found, strict=True)
        ]
        curve = []
        for at, column in enumerate(known):
            weighted = list(map(mul, column, bent))
            curve.append([sum(map(mul, weighted, other)) for other in known])
            curve[at][at] += ridge[at]
        found = [b + step for b, step in zip(found, _solved(curve, slope), strict=True)]
    return found[:-1]


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Gauss's elimination; the matrix is symmetric and positive."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        rows[at] = [v / rows[at][at] for v in rows[at]]
        for other in range(size):
            if other != at:
                by = rows[other][at]
                rows[other] = [v - by * w for v, w in zip(rows[other], rows[at], strict=True)]
    return [row[-1] for row in rows]


# --- Writing -------------------------------------------------------------------------------------


def _write(face_like: Sequence[Sequence[int]], known: Fit, searched: Fit) -> None:
    lines = [
        '"""Written by `python -m benchmarks.likeness_fit`, which says what the numbers are."""',
        "",
        "from __future__ import annotations",
        "",
        "from .fit import Fit",
        "",
        "# A weight for each direction of edges, cell by cell of a face's left half.",
        "FACE_LIKE: list[tuple[int, ...]] = [",
        *(f"    {tuple(cell)}," for cell in face_like),
        "]",
        "",
        *_fit_lines("KNOWN", known),
        *_fit_lines("SEARCHED", searched),
    ]
    Path(fitted.__file__).write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _fit_lines(name: str, fit: Fit) -> list[str]:
    weights = (f'        "{key}": {value},' for key, value in fit.weights.items())
    return [
        f"{name} = Fit(",
        "    {",
        *weights,
        "    },",
        f"    none={fit.none},",
        f"    half={fit.half},",
        f"    whole={fit.whole},",
        ")",
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
