"""From what agrees of two faces to one number, by weights that were fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fit:
    """`weights` are by name of what agrees (see `faces.agreements`); `none`, `half` and `whole`
    are the weighted sums that count as 0, one half and 1."""

    weights: Mapping[str, float]
    none: float
    half: float
    whole: float

    def value_of(self, agreements: Mapping[str, float]) -> float:
        total = sum(weight * agreements[name] for name, weight in self.weights.items())
        low, high = (self.none, self.half) if total < self.half else (self.half, self.whole)
        value = (total - low) / (high - low) / 2 + (0.0 if total < self.half else 0.5)
        return min(1.0, max(0.0, value))
