"""The built-in scorer on the illustrator's own pictures, and what it does without a face."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from PIL import Image as Pillow

from characters.config import CharacterConfig
from generation.identity import Box, Context, EmbeddingScorer, StructureScorer, structure
from generation.identity.search import find_face
from generation.identity.upright import ASPECT, places
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
    {"scene": "rooftop", "lighting": "neon", "pose": "hand_in_hair", "expression": "serious"},
    {"scene": "snow_day", "lighting": "moonlight", "framing": "close_up", "outfit": "pirate"},
    {"scene": "gym", "lighting": "backlit", "pose": "stretching", "expression": "surprised"},
)


def request_of(person: str, **shot: Any) -> ImageRequest:
    look = {**CharacterConfig.parse(PEOPLE[person]).to_json(), "seed": person}
    return ImageRequest("", look=look, seed=3, width_px=410, height_px=512, **shot)


@cache
def painted(person: str, shot: int | None) -> bytes:
    return paint_picture(request_of(person, **(FACE if shot is None else SHOTS[shot])))


@cache
def context_of(face: str, person: str, shot: int) -> Context:
    illustrator = Illustrator()
    return Context(
        framing=SHOTS[shot].get("framing", "half_body"),
        face_box=illustrator.face_box(request_of(face, **FACE)),
        box=illustrator.face_box(request_of(person, **SHOTS[shot])),
    )


@cache
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
    assert len(below) >= 0.9 * len(pairs)


def test_face_is_wholly_like_itself_and_scored_the_same_each_time() -> None:
    box = Illustrator().face_box(request_of("ana", **FACE))
    context = Context(face_box=box, box=box, framing="close_up")
    scores = []
    for _ in range(2):
        structure._wanted_face.cache_clear()
        scores.append(StructureScorer().score(painted("ana", None), painted("ana", None), context))
    assert scores[0] == scores[1]
    assert scores[0]
    assert (scores[0].value, scores[0].model, scores[0].version) == (1.0, "structure", "2")


def test_without_geometry_it_searches_and_says_so() -> None:
    context = replace(context_of("ana", "ana", 0), box=None)
    score = StructureScorer().score(painted("ana", None), painted("ana", 0), context)
    other = StructureScorer().score(painted("ben", None), painted("ana", 0), context)
    assert score
    assert other
    assert score.version == "2-searched"
    assert 0 <= other.value < score.value <= 1


@pytest.mark.parametrize("shot", range(len(SHOTS)))
def test_search_finds_the_face_itself(shot: int) -> None:
    picture = Pillow.open(io.BytesIO(painted("ana", shot))).convert("RGB")
    known = places(picture.size, context_of("ana", "ana", shot).box or (0, 0, 1, 1))[0]
    found = find_face(picture, SHOTS[shot].get("framing", "half_body"))
    assert math.hypot(found.x - known.x, found.y - known.y) < 0.15 * known.height
    assert abs(math.log(found.height / known.height)) < 0.25


def changed(content: bytes, change: Any, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    change(Pillow.open(io.BytesIO(content)).convert("RGB")).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("light", [(0.5, 0.5, 0.5), (1.0, 0.75, 0.5), (0.6, 0.7, 1.0)])
def test_light_of_another_colour_or_strength_changes_little(light: tuple[float, ...]) -> None:
    def lit(picture: Pillow.Image) -> Pillow.Image:
        tables = [round(v * by) for by in light for v in range(256)]
        return picture.point(tables)

    context = context_of("ana", "ana", 0)
    other = StructureScorer().score(painted("ana", None), changed(painted("ana", 0), lit), context)
    assert other
    assert abs(other.value - value("ana", "ana", 0)) < 0.1


def test_smaller_and_compressed_changes_little() -> None:
    def halved(picture: Pillow.Image) -> Pillow.Image:
        return picture.resize((picture.width // 2, picture.height // 2))

    context = context_of("eve", "eve", 0)
    small = changed(painted("eve", 0), halved, "JPEG")
    other = StructureScorer().score(painted("eve", None), small, context)
    assert other
    assert abs(other.value - value("eve", "eve", 0)) < 0.15


def test_box_tells_how_much_a_head_is_tilted() -> None:
    tilt, height = math.radians(9), 300.0
    width = ASPECT * height
    outer_width = width * math.cos(tilt) + height * math.sin(tilt)
    outer_height = height * math.cos(tilt) + width * math.sin(tilt)
    box = (0.5 - outer_width / 2000, 0.4 - outer_height / 2000,
           0.5 + outer_width / 2000, 0.4 + outer_height / 2000)  # fmt: skip
    one, other = places((1000, 1000), box)
    assert (one.tilt, other.tilt) == (pytest.approx(tilt), pytest.approx(-tilt))
    assert (one.x, one.y, one.height) == pytest.approx((500, 400, height))


@pytest.mark.parametrize(
    "box",
    [
        (0.4, 0.2, 0.4, 0.4), (0.6, 0.5, 0.3, 0.2), (-40.0, -40.0, 40.0, 40.0),
        (math.nan, 0.1, 0.5, 0.4), (0.0, 0.0, math.inf, 1.0), (0.9, 0.9, 1.4, 1.4),
        (0.0, 0.0, 1.0, 0.01), (-0.1, -0.05, 0.3, 0.3),
    ],
)  # fmt: skip
def test_odd_boxes_are_none_or_a_value(box: Box) -> None:
    context = replace(context_of("ana", "ana", 0), box=box)
    score = StructureScorer().score(painted("ana", None), painted("ana", 0), context)
    assert score is None or 0 <= score.value <= 1


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (40, 50), (1, 400)])
@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1"])
@pytest.mark.parametrize("is_exact", [True, False])
def test_odd_pictures_are_none_or_a_value(size: tuple[int, int], mode: str, is_exact: bool) -> None:
    odd = changed(painted("ana", 0), lambda picture: picture.resize(size).convert(mode))
    context = context_of("ana", "ana", 0) if is_exact else Context()
    score = StructureScorer().score(painted("ana", None), odd, context)
    assert score is None or 0 <= score.value <= 1


def test_framing_it_does_not_know_is_searched_as_the_usual_one() -> None:
    context = Context(framing="from_above", face_framing="close_up")
    score = StructureScorer().score(painted("ana", None), painted("ana", 0), context)
    assert score
    assert score.version == "2-searched"


def test_plain_colour_holds_no_face() -> None:
    plain = make_png(400, 500)
    assert StructureScorer().score(plain, painted("ana", 0), Context()) is None
    assert StructureScorer().score(painted("ana", None), plain, Context()) is None


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(OSError, match="identify"):
        StructureScorer().score(b"not a picture", painted("ana", 0), Context())


def test_half_a_file_is_an_error() -> None:
    with pytest.raises(OSError, match="truncated"):
        StructureScorer().score(painted("ana", None), painted("ana", 0)[:9000], Context())


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
