from __future__ import annotations

import dataclasses

import pytest
from django.http import QueryDict

from accounts.models import User
from generation.forms import StudioForm, prefill
from generation.providers.base import Capabilities
from generation.providers.fake import FakeProvider
from tests.builders import make_character

CAN = dataclasses.replace(
    FakeProvider.capabilities,
    scenes=("studio_portrait", "cafe", "rooftop"),
    poses=("relaxed", "waving"),
    outfits=("tee_and_jeans", "evening_gown"),
)


def form(user: User, data: dict[str, str] | None = None, can: Capabilities = CAN) -> StudioForm:
    return StudioForm(data, character=make_character(owner=user, ready=True), capabilities=can)


@pytest.mark.django_db
def test_studio_form_says_what_it_shows_when_nothing_is_sent(user: User) -> None:
    sent = form(user, {"count": "1", "request_key": "k"})
    assert sent.is_valid(), sent.errors
    assert sent.options() == {
        "scene": "studio_portrait",
        "pose": "relaxed",
        "framing": "half_body",
        "expression": "smile",
        "format": "4:5",
        "quality": "standard",
        "count": 1,
    }


@pytest.mark.django_db
def test_studio_form_of_a_lesser_provider_asks_only_for_what_it_can(user: User) -> None:
    can = dataclasses.replace(
        CAN,
        qualities=("draft",),
        scenes=("cafe",),
        lighting=(),
        accepts_free_text=False,
        accepts_seeds=False,
    )
    sent = form(user, {"count": "3", "request_key": "k"}, can)
    assert sent.is_valid(), sent.errors
    assert (sent.options()["quality"], sent.options()["scene"]) == ("draft", "cafe")
    assert (sent.qualities, sent.lightings) == ([], [])
    assert {"prompt", "seed"} & set(sent.fields) == set()
    assert prefill(QueryDict("seed=5&prompt=hi"), can) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scene", "gym"),
        ("outfit", "astronaut"),
        ("format", "5:4"),
        ("count", "0"),
        ("count", "11"),
        ("seed", "-1"),
        ("seed", str(2**53)),
        ("request_key", ""),
        ("prompt", "x" * 501),
    ],
)
def test_studio_form_refuses_what_is_not_offered(user: User, name: str, value: str) -> None:
    sent = form(user, {"count": "1", "request_key": "k", name: value})
    assert list(sent.errors) == [name]


@pytest.mark.django_db
def test_studio_form_marks_one_card_of_each_control(user: User) -> None:
    shown = form(user)
    groups = (*shown.scene_groups, *shown.pose_groups)
    ticked = [card["value"] for group in groups for card in group["options"] if card["checked"]]
    assert ticked == ["studio_portrait", "relaxed"]
    assert [card["value"] for card in shown.formats if card["checked"]] == ["4:5"]
    assert [card["value"] for card in shown.environments if card["checked"]] == [""]


def test_prefill_takes_what_is_offered_and_nothing_else() -> None:
    query = QueryDict(
        "scene=rooftop&pose=flying&outfit=evening_gown&lighting=&count=99&seed=5&prompt=hi&x=1"
    )
    assert prefill(query, CAN) == {
        "scene": "rooftop",
        "outfit": "evening_gown",
        "lighting": "",
        "seed": 5,
        "prompt": "hi",
    }


@pytest.mark.parametrize("seed", ["²", "1e3", "-4", "9" * 400, "٣"])
def test_prefill_seed_that_is_no_plain_number_is_left_out(seed: str) -> None:
    query = QueryDict(mutable=True)
    query["seed"] = seed
    assert prefill(query, CAN) == {}
