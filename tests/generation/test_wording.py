"""What is sent, shown before it is sent."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters.models import Character
from generation.models import JobItem
from generation.wording import find_wording
from tests.builders import make_character, request_job

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
WISH = {"scene": "cafe", "pose": "waving", "prompt": "with a red hat"}


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def test_wording_is_the_very_text_of_the_request(character: Character) -> None:
    shown = find_wording(character=character, recipe="studio", options=WISH)
    request_job(character, **WISH)
    request = JobItem.objects.get().request
    assert shown
    assert (shown.text, shown.negative) == (request["text"], request["negative"])
    assert shown.trace[-1].words == "with a red hat"


def test_wording_of_a_grid_is_that_of_its_first_picture(character: Character) -> None:
    options = {"scenes": ["cafe", "gym"], "outfits": ["pirate", "witch"]}
    shown = find_wording(character=character, recipe="grid", options=options)
    job = request_job(character, "grid", **options)
    assert shown
    assert shown.count == 4
    assert shown.text == job.items.get(position=0).request["text"]


def test_wording_of_what_cannot_be_asked_for_is_none(character: Character) -> None:
    assert find_wording(character=character, recipe="studio", options={"scene": "moon"}) is None


def test_wording_where_the_provider_takes_no_words_is_none_and_has_no_place(
    character: Character, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    assert find_wording(character=character, recipe="studio", options={}) is None
    client = client_of(character.owner)
    page = client.get(reverse("generation:studio", args=[character.pk])).content.decode()
    assert 'data-quote-part="wording"' not in page
    url = reverse("generation:quote", args=[character.pk])
    assert client.post(url, {"recipe": "studio", "count": "1"}).json()["parts"] == {}


@pytest.mark.parametrize(
    ("page", "recipe", "query"),
    [
        ("generation:studio", "studio", {"scene": "cafe", "prompt": "<b>hat</b>"}),
        ("generation:studio_grid", "grid", {"scenes": "cafe", "prompt": "<b>hat</b>"}),
    ],
)
def test_page_and_quote_show_the_words_and_whose_they_are(
    character: Character, client_of: SignIn, page: str, recipe: str, query: dict[str, str]
) -> None:
    client = client_of(character.owner)
    html = client.get(reverse(page, args=[character.pk]), query).content.decode()
    url = reverse("generation:quote", args=[character.pk])
    part = client.post(url, {**query, "count": "1", "recipe": recipe}).json()["parts"]["wording"]
    assert "<b>" not in part
    assert part.strip() in html
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", part)
    assert any(whose == "Scene: Café" for _, whose in rows)
    assert (markup.escape("<b>hat</b>"), "Your words") in rows
