"""Figures as a table, and the few statistics they need."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    cells = [[str(c) for c in row] for row in (heads, *rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(heads))]
    print(title)
    for number, row in enumerate(cells):
        texts = (
            cell.ljust(w) if n == 0 else cell.rjust(w)
            for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        print("  " + "   ".join(texts))
        if number == 0:
            print("  " + "   ".join("-" * w for w in widths), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """`share` 0..1; the nearest value at or above it."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"
