"""Pictures that are less like the face than asked for are marked wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters.models import Character, Image
from generation import likeness
from generation.identity import Score, Scorer
from tests.builders import give_credits, make_character, request_job, run_jobs
from tests.characters.test_pages import queries_of

pytestmark = pytest.mark.django_db
MARK = "shot__badge--review"


class Told(Scorer):
    """Says one value after another, then the last again."""

    model, version = "told", "1"

    def __init__(self, *values: float) -> None:
        self.values = list(values)

    def score(self, face: bytes, picture: bytes, context: Any) -> Score | None:
        value = self.values.pop(0) if len(self.values) > 1 else self.values[0]
        return Score(value, self.model, self.version)


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    settings.LIKENESS_THRESHOLD = 0.5


@pytest.fixture
def character(user: User) -> Character:
    give_credits(user, 2000)
    return make_character(owner=user, ready=True)


@pytest.fixture
def owner(user: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(user)


def draw(character: Character, monkeypatch: pytest.MonkeyPatch, *values: float) -> list[Image]:
    scorer = Told(*values)
    monkeypatch.setattr(likeness, "scorers", lambda: (scorer,))
    job = request_job(character, count=len(values))
    run_jobs()
    return list(Image.objects.filter(job_id=job.pk).order_by("position"))


def places(image: Image) -> dict[str, str]:
    """Every page that shows pictures of a character beside each other."""
    return {
        "job": reverse("generation:job", args=[image.job_id]),
        "job fragment": reverse("generation:job_fragment", args=[image.job_id]),
        "character": reverse("characters:detail", args=[image.character_id]),
        "its pictures": reverse("characters:pictures", args=[image.character_id]),
        "gallery": reverse("characters:gallery"),
    }


def marks(client: Client, image: Image) -> dict[str, int]:
    pages = {name: client.get(url).content.decode() for name, url in places(image).items()}
    return {name: html.count(MARK) for name, html in pages.items()}


def test_only_what_is_below_the_threshold_is_marked_on_every_page(
    owner: Client, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor, *_ = draw(character, monkeypatch, 0.2, 0.8, 0.5)
    assert set(marks(owner, poor).values()) == {1}
    page = owner.get(places(poor)["job"]).content.decode()
    assert "One picture needs review." in page
    likeness.keep(image=poor)
    assert set(marks(owner, poor).values()) == {0}
    assert "needs review." not in owner.get(places(poor)["job"]).content.decode()


def test_marks_follow_the_threshold_of_the_character(
    owner: Client, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, *_ = draw(character, monkeypatch, 0.6, 0.9)
    assert set(marks(owner, one).values()) == {0}
    likeness.set_threshold(character=character, value=0.95)
    assert set(marks(owner, one).values()) == {2}
    assert "2 pictures need review." in owner.get(places(one)["job"]).content.decode()


def test_thresholds_of_others_mark_nothing_here(
    owner: Client, user: User, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = draw(character, monkeypatch, 0.6)
    likeness.set_threshold(character=make_character(owner=user, name="Other"), value=1.0)
    assert set(marks(owner, one).values()) == {0}


@pytest.mark.parametrize("place", ["job", "character", "gallery"])
def test_marks_cost_no_query_per_picture(
    owner: Client, character: Character, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (one,) = draw(character, monkeypatch, 0.2)
    three = draw(character, monkeypatch, 0.2, 0.2, 0.2)
    with_job_of_one = queries_of(owner, places(one)[place])
    assert queries_of(owner, places(three[0])[place]) == with_job_of_one


def test_picture_above_the_sites_own_limit_has_no_free_try_and_says_so(
    owner: Client, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = draw(character, monkeypatch, 0.6)
    likeness.set_threshold(character=character, value=0.9)
    page = owner.get(reverse("generation:image", args=[one.pk])).content.decode()
    assert "Needs review." in page
    assert "Drawn again for free only below 50 %" in page
    assert "Draw it again, free" not in page
    assert "Both free new tries are used." not in page
