"""People and shots to measure the likeness on. Some are to fit on, others only to measure on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from characters.config import CharacterConfig
from generation.identity import Box
from generation.providers.base import ImageRequest
from generation.providers.illustrator.compose import face_box, paint_picture
from generation.providers.illustrator.figure import OUTFITS, POSES
from generation.providers.illustrator.head import EXPRESSIONS
from generation.providers.illustrator.lights import LIGHTING
from generation.providers.illustrator.scenes import SCENES

TO_FIT = range(80)
HELD_OUT = range(200, 224)

_FRAMINGS = ("close_up", "half_body", "half_body", "full_body")
_OTHER_OUTFIT_SHARE = 0.2  # costumes with hats among them


@dataclass(frozen=True, slots=True)
class Drawn:
    content: bytes
    framing: str
    box: Box


def draw_person(number: int, shots: int, folder: Path | None = None) -> list[Drawn]:
    """The base face, then the shots. With a folder, what is there is not drawn again."""
    rng = random.Random(f"person{number}")
    look = {**CharacterConfig.surprise(rng).to_json(), "seed": f"{rng.getrandbits(64):016x}"}
    requests = [
        _request(look, _face(rng), rng),
        *(_request(look, _shot(rng), rng) for _ in range(shots)),
    ]
    return [
        _drawn(request, folder and folder / f"{number}_{n}.png")
        for n, request in enumerate(requests)
    ]


def draw_twin(number: int) -> Drawn:
    """The base face of somebody else whose look reads the same."""
    rng = random.Random(f"person{number}")
    look = {**CharacterConfig.surprise(rng).to_json(), "seed": f"twin{number}"}
    return _drawn(_request(look, _face(rng), rng), None)


def other_than(number: int, people: Sequence[int], count: int) -> list[int]:
    """Some of the others, the same each time."""
    others = [person for person in people if person != number]
    return random.Random(f"others{number}").sample(others, min(count, len(others)))


def _face(rng: random.Random) -> dict[str, Any]:
    return {
        "scene": "studio_portrait",
        "pose": "relaxed",
        "framing": "close_up",
        "expression": rng.choice(("smile", "neutral")),
    }


def _shot(rng: random.Random) -> dict[str, Any]:
    shot: dict[str, Any] = {
        "scene": rng.choice(SCENES),
        "pose": rng.choice(POSES),
        "framing": rng.choice(_FRAMINGS),
        "expression": rng.choice(EXPRESSIONS),
        "lighting": rng.choice((None, rng.choice(LIGHTING))),
    }
    if rng.random() < _OTHER_OUTFIT_SHARE:
        shot["outfit"] = rng.choice(list(OUTFITS))
    return shot


def _request(look: dict[str, Any], shot: dict[str, Any], rng: random.Random) -> ImageRequest:
    return ImageRequest(
        "", look=look, seed=rng.getrandbits(40), width_px=512, height_px=640, **shot
    )


def _drawn(request: ImageRequest, path: Path | None) -> Drawn:
    if path and path.exists():
        content = path.read_bytes()
    else:
        content = paint_picture(request)
        if path:
            path.write_bytes(content)
    return Drawn(content, request.framing, face_box(request))
