"""How well the built-in scorer tells characters apart, on pictures of the illustrator.

    python -m benchmarks likeness

Surprising people whom the scorer was not fitted on: one base face each and shots in random
scenes, lights, poses, expressions and outfits. Each shot against its own base face and some
others'. A twin has the same look and another seed: to be told apart only by the face itself.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.likeness_pictures import HELD_OUT, Drawn, draw_person, draw_twin, other_than
from benchmarks.table import median, ms, percentile, show
from generation.identity import Context, StructureScorer

SHOTS, OTHERS, TWINS = 3, 3, 6


def run() -> None:
    people = {number: draw_person(number, SHOTS) for number in HELD_OUT}
    twins = {number: draw_twin(number) for number in HELD_OUT[:TWINS]}
    show(
        f"Likeness: {len(people)} people, {SHOTS} shots each",
        ("", "face is known", "face is searched"),
        list(
            zip(_NAMES, _figures(people, twins, True), _figures(people, twins, False), strict=True)
        ),
    )


_NAMES = (
    "right order of same and other",
    "same: 2 %, 5 %, median",
    "same, below one half",
    "others: median, 95 %",
    "others, below one half",
    "twins, below one half",
    "a score, median and 95 % ms",
)


def _figures(people: dict[int, list[Drawn]], twins: dict[int, Drawn], is_exact: bool) -> list[str]:
    same: list[float] = []
    others: list[float] = []
    times: list[float] = []
    for number, (face, *shots) in people.items():
        same += [_value(face, shot, is_exact, times) for shot in shots]
        for other in other_than(number, list(people), OTHERS):
            others += [_value(people[other][0], shot, is_exact, times) for shot in shots]
    alike = [
        _value(twin, shot, is_exact, times)
        for number, twin in twins.items()
        for shot in people[number][1:]
    ]
    right = sum((a > b) + (a == b) / 2 for a in same for b in others) / len(same) / len(others)
    return [
        f"{right:.3f}",
        " ".join(
            f"{v:.2f}" for v in (percentile(same, 0.02), percentile(same, 0.05), median(same))
        ),
        f"{_below(same):.3f}",
        f"{median(others):.2f} {percentile(others, 0.95):.2f}",
        f"{_below(others):.3f}",
        f"{_below(alike):.3f}",
        f"{ms(median(times))} {ms(percentile(times, 0.95))}",
    ]


def _value(face: Drawn, shot: Drawn, is_exact: bool, times: list[float]) -> float:
    context = Context(
        face_framing=face.framing,
        framing=shot.framing,
        face_box=face.box if is_exact else None,
        box=shot.box if is_exact else None,
    )
    begun = time.perf_counter()
    score = StructureScorer().score(face.content, shot.content, context)
    times.append(time.perf_counter() - begun)
    return score.value if score else 0.0


def _below(values: Sequence[float]) -> float:
    return sum(value < 0.5 for value in values) / len(values)
