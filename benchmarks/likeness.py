"""How well the built-in scorer tells characters apart, on pictures of the illustrator.

    python -m benchmarks likeness

Six surprising characters, one base face and seven shots each in many lights and poses; every
base face against every shot.
"""

from __future__ import annotations

import random
from typing import Any

from characters.config import CharacterConfig
from generation.identity import Context, StructureScorer
from generation.providers.base import ImageRequest
from generation.providers.illustrator.compose import face_box, paint_picture

PEOPLE = 6
FACE = ("studio_portrait", "relaxed", "close_up", "smile", None)
SHOTS = (
    ("rooftop", "waving", "half_body", "laugh", None),
    ("neon_alley", "arms_crossed", "half_body", "serious", None),
    ("beach_sunset", "walking", "full_body", "neutral", None),
    ("cafe", "sitting_stool", "half_body", "thoughtful", "candlelight"),
    ("concert", "dancing", "full_body", "surprised", None),
    ("snow_day", "hand_in_hair", "close_up", "neutral", "moonlight"),
    ("gym", "stretching", "half_body", "smile", "blue_hour"),
)


def run() -> None:
    rng = random.Random(5)
    looks = [{**CharacterConfig.surprise(rng).to_json(), "seed": f"p{n}"} for n in range(PEOPLE)]
    faces = [_picture(look, FACE, rng) for look in looks]
    shots = [[_picture(look, shot, rng) for shot in SHOTS] for look in looks]
    for is_exact in (True, False):
        _report(is_exact, *_scores(faces, shots, is_exact=is_exact))


def _picture(look: dict[str, Any], shot: tuple[Any, ...], rng: random.Random) -> tuple[Any, bytes]:
    scene, pose, framing, expression, lighting = shot
    request = ImageRequest(
        "", look=look, seed=rng.getrandbits(40), width_px=512, height_px=640, scene=scene,
        pose=pose, framing=framing, expression=expression, lighting=lighting,
    )  # fmt: skip
    return request, paint_picture(request)


def _scores(faces: Any, shots: Any, *, is_exact: bool) -> tuple[list[float], list[float]]:
    scorer = StructureScorer()
    same: list[float] = []
    others: list[float] = []
    for i, (face_request, face) in enumerate(faces):
        for k, of_one in enumerate(shots):
            for request, picture in of_one:
                context = Context(
                    framing=request.framing,
                    face_box=face_box(face_request) if is_exact else None,
                    box=face_box(request) if is_exact else None,
                )
                score = scorer.score(face, picture, context)
                (same if i == k else others).append(score.value if score else 0.0)
    return same, others


def _report(is_exact: bool, same: list[float], others: list[float]) -> None:
    right = sum(a > b for a in same for b in others) / len(same) / len(others)
    print("where the face is known" if is_exact else "where the face is searched")
    print(f"  right order of two pictures   {right:.3f}")
    print(f"  same character   5 %, median  {_at(same, 0.05):.2f} {_at(same, 0.5):.2f}")
    print(f"  others         median, 95 %   {_at(others, 0.5):.2f} {_at(others, 0.95):.2f}")
    print(f"  others below one half         {sum(v < 0.5 for v in others) / len(others):.2f}")


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]
