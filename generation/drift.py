"""How like its face a character's pictures are over time: a line, and what can be read off it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from characters.models import Character, Image
from generation.likeness import threshold_of

PICTURES_AT_MOST = 500
# Of the drawing, in its own units.
WIDTH, HEIGHT, EDGE = 720, 220, 14


@dataclass(frozen=True, slots=True)
class Point:
    image: Image
    value: float
    x: float
    y: float
    is_below: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """`points` are in time's order, the newest last; `median` and `earlier` are 0 to 1, of the
    newer half and of the one before, None where there is too little to compare."""

    points: list[Point]
    threshold: float
    threshold_y: float
    is_cut: bool
    median: float | None
    earlier: float | None

    @property
    def line(self) -> str:
        return " ".join(f"{point.x},{point.y}" for point in self.points)

    @property
    def below(self) -> int:
        return sum(point.is_below for point in self.points)

    @property
    def said(self) -> str:
        """The trend in a word or two."""
        if self.median is None or self.earlier is None:
            return "There are too few pictures to tell a trend."
        change = self.median - self.earlier
        if abs(change) < _NO_CHANGE:
            return "It stays about the same."
        return "It is rising." if change > 0 else "It is falling."


_NO_CHANGE = 0.03  # what two draws of one picture differ by, about
_TREND_FROM = 6


def drift_of(character: Character) -> Drift:
    """Of the newest PICTURES_AT_MOST that were measured. One query, by `image_of_character`."""
    rows = character.images.visible().filter(kind=Image.Kind.PICTURE, likeness__isnull=False)
    newest = list(rows.order_by("-pk")[: PICTURES_AT_MOST + 1])
    images = newest[:PICTURES_AT_MOST][::-1]
    limit = threshold_of(character)
    values = [image.likeness or 0.0 for image in images]
    half = len(values) // 2
    return Drift(
        points=_points(images, values, limit),
        threshold=limit,
        threshold_y=_height(limit),
        is_cut=len(newest) > PICTURES_AT_MOST,
        median=median(values[half:]) if values else None,
        earlier=median(values[:half]) if len(values) >= _TREND_FROM else None,
    )


def _points(images: Sequence[Image], values: Sequence[float], limit: float) -> list[Point]:
    step = (WIDTH - 2 * EDGE) / max(1, len(images) - 1)
    return [
        Point(image, value, round(EDGE + step * n, 1), _height(value), value < limit)
        for n, (image, value) in enumerate(zip(images, values, strict=True))
    ]


def _height(value: float) -> float:
    """From the top, since drawings count downwards."""
    return round(HEIGHT - EDGE - value * (HEIGHT - 2 * EDGE), 1)
