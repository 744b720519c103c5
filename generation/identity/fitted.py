"""Written by `python -m benchmarks.likeness_fit`, which says what the numbers are."""

from __future__ import annotations

from .fit import Fit

# A weight for each direction of edges, cell by cell of a face's left half.
FACE_LIKE: list[tuple[int, ...]] = [
    (-8, 36, 55, -3, -17, -8, -8, -8),
    (-21, 14, 99, 14, -26, -15, -15, -14),
    (-14, -6, 0, 27, 17, -6, -13, -8),
    (3, 78, 43, -8, -24, -12, -10, -6),
    (-28, 13, 75, 38, -16, -13, -14, -15),
    (-36, -20, 6, 49, 55, 5, -19, -22),
    (38, 75, 15, -4, -18, -9, -12, -9),
    (-17, 37, 46, 17, 22, 9, -7, -11),
    (-14, -18, -11, 6, 34, 31, 14, 9),
    (64, 46, 3, -11, -24, -11, -10, 17),
    (-4, 9, 8, 16, 30, 43, 26, 13),
    (19, 25, 16, 12, 2, 2, 0, 7),
    (51, 5, -13, -15, -22, -6, 8, 47),
    (-4, -14, -16, -9, 0, 3, 9, 16),
    (-30, -13, -2, 9, 14, 2, -6, -12),
    (29, -3, -16, -15, -19, -6, 18, 55),
    (-14, -17, -18, -15, -10, 1, 46, 47),
    (-15, -7, 0, 23, 38, 25, 7, 0),
    (24, -2, -12, -12, -11, -5, 5, 18),
    (12, 10, -7, -12, -17, 8, 55, 40),
    (-33, -18, -18, -8, 27, 68, 26, -4),
]

KNOWN = Fit(
    {
        "face": 13.5565,
        "eyes.edges": 18.1536,
        "nose.edges": 8.9062,
        "chin.edges": 7.3812,
        "crown.edges": 2.5179,
        "sides.edges": 5.9111,
        "white.tint": 7.0777,
        "lips.light": 1.5973,
        "lips.tint": 1.4008,
        "eyes.tint": 18.9577,
        "crown.light": 3.1471,
        "crown.tint": 18.4115,
        "hairline.light": 18.8525,
        "lengths.tint": 28.9022,
        "jaw.light": 24.43,
    },
    none=16.778,
    half=26.462,
    whole=42.737,
)
SEARCHED = Fit(
    {
        "nose.edges": 2.9252,
        "sides.edges": 1.2249,
        "white.light": 5.2296,
        "white.tint": 7.2394,
        "lips.light": 5.4784,
        "lips.tint": 0.3471,
        "eyes.tint": 7.6521,
        "brows.light": 0.8682,
        "crown.light": 8.5817,
        "crown.tint": 17.8168,
        "hairline.light": 10.9418,
        "hairline.tint": 9.749,
        "forehead.light": 3.3704,
        "temples.light": 1.8523,
        "lengths.light": 8.6314,
        "lengths.tint": 8.0974,
        "jaw.light": 13.1588,
    },
    none=-15.351,
    half=-12.312,
    whole=-5.348,
)
