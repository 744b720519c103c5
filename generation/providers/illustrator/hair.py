"""The hair of a head, in two layers."""

from __future__ import annotations

from dataclasses import dataclass

from .hair_pieces import Brush, Piece, gray_share
from .hair_styles import STYLES, Style
from .head_pen import Canvas
from .head_traits import Traits

__all__ = ["STYLES", "Dress", "dress"]


@dataclass(frozen=True)
class Dress:
    """One person's hair, ready to be painted."""

    traits: Traits
    style: Style

    @property
    def covers_brows(self) -> bool:
        return self.style.covers_brows

    @property
    def covers_ears(self) -> bool:
        return self.style.covers_ears

    @property
    def casts(self) -> list[str]:
        """Shapes that throw shade on the face."""
        return [piece.shape() for piece in self.style.casting]

    def draw_back(self, canvas: Canvas) -> None:
        self._paint(canvas, self.style.back, "back")

    def draw_front(self, canvas: Canvas) -> None:
        self._paint(canvas, self.style.front, "front")

    def _paint(self, canvas: Canvas, pieces: list[Piece], layer: str) -> None:
        dice = self.traits.dice(f"hair-{layer}")
        brush = Brush(canvas, self.traits.hair, dice, gray_share(self.traits))
        for piece in pieces:
            piece.paint(brush)


def dress(traits: Traits) -> Dress:
    return Dress(traits, STYLES[traits.look["hair_style"]](traits))
