"""Scenes times outfits in one job, its whole price known first."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from billing.services import get_account
from characters.models import Character, Image
from generation.models import GenerationJob
from generation.services import quote
from ryla.lib.errors import InvalidInput
from tests.builders import give_credits, make_character, request_job, run_jobs

pytestmark = pytest.mark.django_db

SCENES = ["cafe", "rooftop", "gym"]
OUTFITS = ["gym_set", "evening_gown"]


@pytest.fixture(autouse=True)
def _fake(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    give_credits(user, 5000)
    return make_character(owner=user, ready=True)


def test_whole_price_is_told_first_and_charged(character: Character) -> None:
    before = get_account(character.owner).balance
    options = {"scenes": SCENES, "outfits": OUTFITS, "quality": "draft"}
    offer = quote(character=character, recipe="grid", options=options)
    assert (offer.count, offer.credits) == (6, 90)
    job = request_job(character, "grid", **options)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.count, job.credits_charged) == ("succeeded", 6, 90)
    assert before - get_account(character.owner).balance == 90


def test_every_scene_comes_with_every_outfit(character: Character) -> None:
    common = {"pose": "waving", "framing": "full_body", "prompt": "at noon"}
    job = request_job(character, "grid", scenes=SCENES, outfits=OUTFITS, **common)
    run_jobs()
    images = Image.objects.filter(job_id=job.pk).order_by("position")
    chosen = [(image.settings["scene"], image.settings["outfit"]) for image in images]
    assert chosen == [(scene, outfit) for scene in SCENES for outfit in OUTFITS]
    assert {(i.settings["pose"], i.settings["prompt"]) for i in images} == {("waving", "at noon")}
    assert len({image.seed for image in images}) == 6


def test_without_outfits_the_characters_own_is_kept(character: Character) -> None:
    job = request_job(character, "grid", scenes=SCENES)
    run_jobs()
    images = Image.objects.filter(job_id=job.pk)
    assert {image.settings["outfit"] for image in images} == {character.look.outfit_style}
    assert images.count() == 3


def test_what_is_chosen_twice_is_made_once(character: Character) -> None:
    job = request_job(character, "grid", scenes=["cafe", "cafe"], outfits=["gym_set", "gym_set"])
    assert job.count == 1


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "scenes"),
        ({"scenes": []}, "scenes"),
        ({"scenes": "cafe"}, "scenes"),
        ({"scenes": ["moon"]}, "scenes"),
        ({"scenes": [{"a": 1}]}, "scenes"),
        ({"scenes": ["cafe"], "outfits": ["toga"]}, "outfits"),
        ({"scenes": ["cafe"], "outfits": {"a": 1}}, "outfits"),
        ({"scenes": ["cafe"], "pose": "flying"}, "pose"),
        ({"scenes": ["cafe"], "scene": "gym"}, "scene"),
        ({"scenes": ["cafe"], "count": 3}, "count"),
        ({"scenes": ["cafe"], "prompt": "x" * 501}, "prompt"),
    ],
)
def test_wrong_option_is_named(character: Character, options: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        request_job(character, "grid", **options)
    assert refusal.value.field == field
    assert not GenerationJob.objects.exists()


def test_grid_holds_24(character: Character) -> None:
    outfits = ["gym_set", "evening_gown", "pirate", "fairy", "yoga_set"]
    scenes = ["cafe", "rooftop", "gym", "subway", "concert"]
    with pytest.raises(InvalidInput) as refusal:
        quote(character=character, recipe="grid", options={"scenes": scenes, "outfits": outfits})
    assert refusal.value.message == ("5 scenes with 5 outfits are 25 pictures; a grid holds 24.")
    offer = quote(
        character=character,
        recipe="grid",
        options={"scenes": [*scenes[:4]], "outfits": [*outfits, "astronaut"]},
    )
    assert offer.count == 24
