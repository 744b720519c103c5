"""From the score of a picture to its owner's look and the free new tries."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from characters.models import Character, Image
from characters.services import choose_base_face
from generation import likeness
from generation.again import make_again, offer_again, redraw
from generation.identity import Score, Scorer
from generation.models import GenerationJob, Likeness, Redraw
from generation.services import cancel_job
from ryla.lib.errors import Conflict, InvalidInput
from ryla.lib.ids import new_id
from tests.builders import give_credits, make_character, make_image, request_job, run_jobs

pytestmark = pytest.mark.django_db


class Told(Scorer):
    """A scorer that is told what to say."""

    model, version = "told", "1"

    def __init__(self, value: float | None) -> None:
        self.value = value

    def score(self, face: bytes, picture: bytes, context: Any) -> Score | None:
        return None if self.value is None else Score(self.value, self.model, self.version)


class Broken(Told):
    def score(self, face: bytes, picture: bytes, context: Any) -> Score | None:
        raise RuntimeError("a mistake in a scorer")


def listen_to(monkeypatch: pytest.MonkeyPatch, *scorers: Scorer) -> None:
    monkeypatch.setattr(likeness, "scorers", lambda: scorers)


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    settings.LIKENESS_THRESHOLD = 0.5


@pytest.fixture
def character(user: User) -> Character:
    give_credits(user, 2000)
    return make_character(owner=user, ready=True)


def draw(character: Character, **options: Any) -> Image:
    job = request_job(character, **options)
    run_jobs()
    return Image.objects.get(job_id=job.pk)


def try_again(image: Image) -> GenerationJob:
    return redraw(image=image, request_key=str(new_id()))


def standing(image: Image) -> likeness.Standing:
    found = likeness.standing_of(image)
    assert found
    return found


# --- Measuring -----------------------------------------------------------------------------------


def test_illustrators_picture_is_like_the_face_it_was_drawn_after(
    user: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    # One in many seeds scores low; how many, benchmarks/likeness.py tells.
    monkeypatch.setattr(random, "SystemRandom", lambda: random.Random(5))
    character = make_character(owner=user, hair_style="braids")
    job = request_job(character, "base_faces")
    run_jobs()
    face = Image.objects.filter(job_id=job.pk).earliest("position")
    choose_base_face(character=character, image=face)
    character.refresh_from_db()
    image = draw(character, scene="cafe", expression="laugh")
    row = image.likenesses.get()
    assert (row.model, row.version, row.face_id) == ("structure", "2", face.pk)
    assert row.is_deciding
    assert 0.5 < row.value <= 1
    assert not standing(image).needs_review
    assert not face.likenesses.exists()


def test_picture_without_a_face_to_compare_has_no_score(character: Character) -> None:
    image = draw(character)
    assert likeness.standing_of(image) is None
    assert not Likeness.objects.exists()


def test_scorer_that_breaks_costs_nobody_a_picture(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen_to(monkeypatch, Broken(None))
    assert likeness.standing_of(draw(character)) is None


def test_each_scorer_is_kept_and_the_better_one_decides(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = Told(0.2)
    better.model = "better"
    listen_to(monkeypatch, Told(0.9), better)
    image = draw(character)
    assert [(one["model"], one["is_deciding"]) for one in likeness.likenesses_json(image)] == [
        ("better", True),
        ("told", False),
    ]
    assert standing(image).needs_review


def test_scorer_without_an_answer_leaves_it_to_the_other(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen_to(monkeypatch, Told(0.9), Told(None))
    assert standing(draw(character)).likeness.value == 0.9


# --- The threshold -------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "needs"), [(0.49, True), (0.5, False), (0.51, False)])
def test_picture_below_the_threshold_needs_its_owners_look(
    character: Character, monkeypatch: pytest.MonkeyPatch, value: float, needs: bool
) -> None:
    listen_to(monkeypatch, Told(value))
    image = draw(character)
    assert standing(image).needs_review is needs
    event = character.owner.events.get(kind="generation.image.delivered")
    assert event.data.get("needs_review", False) is needs


def test_threshold_of_a_character_goes_before_the_setting(
    user: User, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen_to(monkeypatch, Told(0.6))
    image = draw(character)
    likeness.set_threshold(character=character, value=0.7)
    assert standing(image).needs_review
    assert likeness.threshold_of(make_character(owner=user)) == 0.5
    likeness.set_threshold(character=character, value=None)
    assert not standing(image).needs_review


@pytest.mark.parametrize("value", [-0.1, 1.1, "0.5", True, float("nan")])
def test_threshold_is_a_fraction(character: Character, value: Any) -> None:
    with pytest.raises(InvalidInput):
        likeness.set_threshold(character=character, value=value)


def test_kept_picture_needs_no_look_and_no_new_try(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen_to(monkeypatch, Told(0.1))
    image = draw(character)
    likeness.keep(image=image)
    first = standing(image).likeness.kept_at
    likeness.keep(image=image)
    assert standing(image).likeness.kept_at == first is not None
    assert not standing(image).needs_review
    with pytest.raises(Conflict):
        try_again(image)


# --- Free new tries ------------------------------------------------------------------------------


@pytest.fixture
def unlike(character: Character, monkeypatch: pytest.MonkeyPatch) -> Image:
    listen_to(monkeypatch, Told(0.1))
    return draw(character, scene="rooftop", prompt="with a hat")


def test_redraw_is_free_linked_and_has_another_seed(character: Character, unlike: Image) -> None:
    before = character.owner.credit_account.balance
    job = try_again(unlike)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.credits_charged, job.recipe) == ("succeeded", 0, "studio")
    row = Redraw.objects.get()
    assert (row.root_id, row.n, row.job_id) == (unlike.pk, 1, job.pk)
    first = GenerationJob.objects.get(pk=unlike.job_id).items.get().request
    second = job.items.get().request
    assert {k for k in first if first[k] != second[k]} == {"seed"}
    character.owner.credit_account.refresh_from_db()
    assert character.owner.credit_account.balance == before


def test_two_redraws_for_each_picture_that_was_paid_for(unlike: Image) -> None:
    job = try_again(unlike)
    run_jobs()
    second = Image.objects.get(job_id=job.pk)
    assert standing(second).redraws_left == standing(unlike).redraws_left == 1
    try_again(second)
    run_jobs()
    assert standing(unlike).redraws_left == 0
    assert not standing(unlike).may_redraw
    for image in (unlike, second):
        with pytest.raises(Conflict):
            try_again(image)
    assert sorted(Redraw.objects.values_list("root_id", "n")) == [(unlike.pk, 1), (unlike.pk, 2)]


def test_redraw_repeats_with_its_key(unlike: Image) -> None:
    jobs = [redraw(image=unlike, request_key="again-1") for _ in range(2)]
    assert jobs[0].pk == jobs[1].pk
    assert Redraw.objects.count() == 1


def test_redraw_that_failed_is_given_back_and_a_canceled_one_is_not(
    unlike: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = GenerationJob.objects.get(pk=unlike.job_id).items.get()
    item.request["prompt"] = "fail:oom"
    item.save(update_fields=["request"])
    try_again(unlike)
    run_jobs()
    assert standing(unlike).redraws_left == 2
    cancel_job(job=try_again(unlike))
    assert standing(unlike).redraws_left == 1


def test_picture_that_is_like_enough_is_not_redrawn(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen_to(monkeypatch, Told(0.9))
    image = draw(character)
    with pytest.raises(Conflict):
        try_again(image)
    assert not Redraw.objects.exists()
    assert GenerationJob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_redraws_at_the_same_moment_are_two_at_most(unlike: Image) -> None:
    def attempt(_: int) -> bool:
        try:
            try_again(Image.objects.get(pk=unlike.pk))
        except Conflict:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(5) as pool:
        won = list(pool.map(attempt, range(5)))
    assert sum(won) == 2
    assert Redraw.objects.count() == 2
    assert GenerationJob.objects.filter(credits_charged=0).count() == 2


# --- The same once more --------------------------------------------------------------------------


def test_again_sends_the_identical_request_at_the_price_of_one(character: Character) -> None:
    job = request_job(character, count=2, scene="cafe", quality="high", prompt="with a hat")
    run_jobs()
    image = Image.objects.get(job_id=job.pk, position=1)
    offer = offer_again(image)
    assert offer
    assert (offer.credits, "the same seed" in offer.promise) == (50, True)
    again = make_again(image=image, request_key="again", credits=50)
    assert again.items.get().request == job.items.get(position=1).request
    assert (again.credits_charged, again.count, again.options["seed"]) == (50, 1, image.seed)
    run_jobs()
    assert Image.objects.get(job_id=again.pk).sha256 == image.sha256


def test_again_of_a_set_is_one_picture_of_the_studio(character: Character) -> None:
    job = request_job(character, "profile_set")
    run_jobs()
    image = Image.objects.get(job_id=job.pk, position=3)
    again = make_again(image=image, request_key="again")
    assert (again.recipe, again.count, again.credits_charged) == ("studio", 1, 40)
    assert again.items.get().request == job.items.get(position=3).request


def test_again_repeats_with_its_key_and_charges_once(character: Character) -> None:
    image = draw(character)
    jobs = [make_again(image=image, request_key="k") for _ in range(2)]
    assert jobs[0].pk == jobs[1].pk
    with pytest.raises(Conflict):
        make_again(image=draw(character), request_key="k")


def test_again_at_another_price_than_shown_is_refused(character: Character) -> None:
    image = draw(character)
    with pytest.raises(Conflict) as refusal:
        make_again(image=image, request_key="k", credits=39)
    assert refusal.value.code == "price_changed"
    assert GenerationJob.objects.count() == 1


def test_faces_and_pictures_of_unknown_origin_are_not_made_again(
    character: Character, settings: Any
) -> None:
    assert character.base_face
    assert offer_again(character.base_face) is None
    lone = make_image(character=character)
    assert offer_again(lone) is None
    with pytest.raises(Conflict):
        make_again(image=lone, request_key="k")
    image = draw(character)
    others = {k: v for k, v in settings.IMAGE_PROVIDERS.items() if k != "fake"}
    settings.IMAGE_PROVIDERS = others
    assert offer_again(image) is None
