"""Stars on the studio's options, and what an option is found by."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import close_account
from characters.models import Character
from generation import synonyms
from generation.favourites import STARRED, favourites_of, set_favourite_option
from generation.models import FavouriteOption, GenerationJob
from generation.providers.fake import FakeProvider
from ryla.lib.errors import InvalidInput
from tests.builders import PASSWORD, make_character

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
BOTH = ("generation:studio", "generation:studio_grid")


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def groups_in(html: str, picker: str) -> dict[str, list[str]]:
    """The values of a picker by the label of their group."""
    picker_html = html[html.index(f'id="picker-{picker}"') :]
    parts = picker_html[: picker_html.index("</fieldset>")].split('role="group" aria-label="')[1:]
    return {
        part[: part.index('"')]: re.findall(rf'name="{picker}" value="([^"]*)"', part)
        for part in parts
    }


def test_star_is_kept_once_and_taken_off_once(user: User, stranger: User) -> None:
    for _ in range(2):
        set_favourite_option(owner=user, field="scene", slug="cafe", is_favourite=True)
    set_favourite_option(owner=stranger, field="scene", slug="gym", is_favourite=True)
    assert favourites_of(user) == {"scene": {"cafe"}}
    for _ in range(2):
        set_favourite_option(owner=user, field="scene", slug="cafe", is_favourite=False)
    assert (favourites_of(user), favourites_of(stranger)) == ({}, {"scene": {"gym"}})


def test_stars_go_with_the_account(user: User, stranger: User) -> None:
    for owner in (user, stranger):
        set_favourite_option(owner=owner, field="scene", slug="cafe", is_favourite=True)
    close_account(user=user, password=PASSWORD)
    assert [row.owner for row in FavouriteOption.objects.all()] == [stranger]


@pytest.mark.parametrize(("field", "slug"), [("scene", "moon"), ("mood", "cafe"), ("", "")])
def test_star_on_what_is_no_option_is_refused(user: User, field: str, slug: str) -> None:
    with pytest.raises(InvalidInput):
        set_favourite_option(owner=user, field=field, slug=slug, is_favourite=True)
    assert not FavouriteOption.objects.exists()


@pytest.mark.parametrize(("page", "picker"), [(BOTH[0], "scene"), (BOTH[1], "scenes")])
def test_favourites_come_first_and_stand_nowhere_else(
    character: Character, client_of: SignIn, page: str, picker: str
) -> None:
    for slug in ("gym", "cafe"):
        set_favourite_option(owner=character.owner, field="scene", slug=slug, is_favourite=True)
    client = client_of(character.owner)
    html = client.get(reverse(page, args=[character.pk])).content.decode()
    groups = groups_in(html, picker)
    assert next(iter(groups)) == "Favourites"
    assert groups["Favourites"] == ["cafe", "gym"]
    assert sorted(v for values in groups.values() for v in values) == sorted(
        STARRED["scene"].by_slug
    )
    assert re.findall(r'value="scene:(\w+):off"', html) == ["cafe", "gym"]
    assert "Favourites" not in groups_in(html, "pose")


def test_favourite_the_provider_lacks_is_not_shown(
    character: Character, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    can = replace(FakeProvider.capabilities, scenes=("studio_portrait", "cafe"))
    monkeypatch.setattr(FakeProvider, "capabilities", can)
    set_favourite_option(owner=character.owner, field="scene", slug="gym", is_favourite=True)
    html = client_of(character.owner).get(reverse(BOTH[0], args=[character.pk])).content.decode()
    assert "Favourites" not in groups_in(html, "scene")


@pytest.mark.parametrize("page", BOTH)
def test_star_by_the_plain_form_keeps_what_the_form_says_and_asks_for_nothing(
    character: Character, client_of: SignIn, page: str
) -> None:
    client, url = client_of(character.owner), reverse(page, args=[character.pk])
    says = {"pose": "waving", "count": "3", "scenes": ["gym"], "request_key": "k"}
    answer = client.post(url, {**says, "favourite": "pose:jumping:on"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert groups_in(html, "pose")["Favourites"] == ["jumping"]
    assert re.search(r'name="pose" value="waving" checked', html)
    assert not GenerationJob.objects.exists()
    off = client.post(url, {**says, "favourite": "pose:jumping:off"}).content.decode()
    assert "Favourites" not in groups_in(off, "pose")


def test_star_by_the_script_stays_on_the_page(
    character: Character, stranger: User, client_of: SignIn
) -> None:
    url = reverse(BOTH[0], args=[character.pk])
    client = client_of(character.owner)
    sent = {"headers": {"X-Requested-With": "fetch"}}
    assert client.post(url, {"favourite": "outfit:pirate:on"}, **sent).status_code == 204
    assert favourites_of(character.owner) == {"outfit": {"pirate"}}
    assert client.post(url, {"favourite": "outfit:toga:on"}, **sent).status_code == 400
    assert client.post(url, {"favourite": ""}, **sent).status_code == 400
    answer = client_of(stranger).post(url, {"favourite": "outfit:witch:on"}, **sent)
    assert answer.status_code == 404
    assert favourites_of(stranger) == {}


def test_enter_in_a_field_presses_no_star(character: Character, client_of: SignIn) -> None:
    for page in BOTH:
        html = client_of(character.owner).get(reverse(page, args=[character.pk])).content.decode()
        form = html[html.index("data-quote-url") :]
        first = re.search(r"<button[^>]*>", form)
        assert first
        assert "favourite" not in first.group(0)
        assert "type=" not in first.group(0)


def test_options_carry_the_words_they_are_found_by(character: Character, client_of: SignIn) -> None:
    html = client_of(character.owner).get(reverse(BOTH[0], args=[character.pk])).content.decode()
    words = re.findall(r'data-words="([^"]*)"', html)
    assert len(words) == sum(len(field.options) for field in STARRED.values())
    assert "Café Home and café cafe coffee shop bar" in words
    assert html.count("data-find-options>") == 3


def test_synonyms_are_of_options_that_exist() -> None:
    assert set(synonyms._SYNONYMS) == set(STARRED)
    for name, by_slug in synonyms._SYNONYMS.items():
        assert set(by_slug) <= set(STARRED[name].by_slug)
