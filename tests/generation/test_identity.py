"""The built-in scorer on the illustrator's own pictures, and what it does without a face."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from PIL import Image as Pillow

from characters.config import CharacterConfig
from generation.identity import Context, EmbeddingScorer, StructureScorer
from generation.providers.base import ImageRequest
from generation.providers.illustrator import Illustrator
from generation.providers.illustrator.compose import paint_picture
from tests.builders import make_png

PEOPLE: dict[str, dict[str, Any]] = {
    "ana": {"hair_style": "braids", "hair_colour": "blonde", "glasses": "round"},
    "ben": {
        "presentation": "male", "ethnicity": "black", "hair_style": "crew_cut",
        "skin_tone": "dark", "face_shape": "square", "hair_colour": "black",
    },
    "eve": {
        "presentation": "female", "ethnicity": "asian", "face_shape": "heart",
        "hair_style": "bangs", "hair_colour": "black", "skin_tone": "light",
    },
}  # fmt: skip
FACE: dict[str, Any] = {"framing": "close_up", "expression": "smile"}
SHOTS: tuple[dict[str, Any], ...] = (
    {"scene": "rooftop", "pose": "waving", "expression": "laugh"},
    {"scene": "cafe", "lighting": "candlelight", "expression": "thoughtful"},
    {"scene": "beach_sunset", "pose": "walking", "framing": "full_body"},
)


def request_of(person: str, **shot: Any) -> ImageRequest:
    look = {**CharacterConfig.parse(PEOPLE[person]).to_json(), "seed": person}
    return ImageRequest("", look=look, seed=3, width_px=410, height_px=512, **shot)


@cache
def painted(person: str, shot: int | None) -> bytes:
    return paint_picture(request_of(person, **(FACE if shot is None else SHOTS[shot])))


def context_of(face: str, person: str, shot: int) -> Context:
    illustrator = Illustrator()
    return Context(
        framing=SHOTS[shot].get("framing", "half_body"),
        face_box=illustrator.face_box(request_of(face, **FACE)),
        box=illustrator.face_box(request_of(person, **SHOTS[shot])),
    )


def value(face: str, person: str, shot: int) -> float:
    context = context_of(face, person, shot)
    score = StructureScorer().score(painted(face, None), painted(person, shot), context)
    assert score
    return score.value


@pytest.mark.parametrize("person", list(PEOPLE))
@pytest.mark.parametrize("shot", range(len(SHOTS)))
def test_same_person_is_more_like_than_anybody_else_in_every_shot(person: str, shot: int) -> None:
    others = [value(person, other, shot) for other in PEOPLE if other != person]
    assert value(person, person, shot) > max(others)
    assert value(person, person, shot) >= 0.5


def test_most_others_are_below_the_default_threshold() -> None:
    pairs = [(a, b, n) for a in PEOPLE for b in PEOPLE if a != b for n in range(len(SHOTS))]
    below = [pair for pair in pairs if value(*pair) < 0.5]
    assert len(below) >= 0.6 * len(pairs)


def test_face_is_wholly_like_itself_and_scored_the_same_each_time() -> None:
    box = Illustrator().face_box(request_of("ana", **FACE))
    context = Context(face_box=box, box=box, framing="close_up")
    scores = [
        StructureScorer().score(painted("ana", None), painted("ana", None), context)
        for _ in range(2)
    ]
    assert scores[0] == scores[1]
    assert scores[0]
    assert (scores[0].value, scores[0].model, scores[0].version) == (1.0, "structure", "1")


def test_without_geometry_it_searches_and_says_so() -> None:
    context = replace(context_of("ana", "ana", 0), box=None)
    score = StructureScorer().score(painted("ana", None), painted("ana", 0), context)
    other = StructureScorer().score(painted("ben", None), painted("ana", 0), context)
    assert score
    assert other
    assert score.version == "1-searched"
    assert 0 <= other.value < score.value <= 1


def test_brightness_and_tint_of_the_whole_picture_change_little() -> None:
    picture = Pillow.open(io.BytesIO(painted("ana", 0))).convert("RGB")
    dark = io.BytesIO()
    Pillow.blend(picture, Pillow.new("RGB", picture.size, "#201030"), 0.4).save(dark, "PNG")
    context = context_of("ana", "ana", 0)
    tinted = StructureScorer().score(painted("ana", None), dark.getvalue(), context)
    assert tinted
    assert abs(tinted.value - value("ana", "ana", 0)) < 0.15


def test_plain_colour_holds_no_face() -> None:
    plain = make_png(400, 500)
    assert StructureScorer().score(plain, painted("ana", 0), Context()) is None
    assert StructureScorer().score(painted("ana", None), plain, Context()) is None


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(OSError, match="identify"):
        StructureScorer().score(b"not a picture", painted("ana", 0), Context())


def test_box_outside_the_picture_holds_no_face() -> None:
    context = replace(context_of("ana", "ana", 0), box=(1.2, 0.1, 1.5, 0.4))
    assert StructureScorer().score(painted("ana", None), painted("ana", 0), context) is None


@pytest.mark.skipif(not EmbeddingScorer.is_available(), reason="the optional extra is not here")
def test_network_finds_a_face_most_like_itself() -> None:
    scorer = EmbeddingScorer()
    same = scorer.score(painted("ben", None), painted("ben", None), Context())
    other = scorer.score(painted("ben", None), painted("ana", None), Context())
    assert same
    assert same.value == 1
    assert other is None or other.value < same.value
