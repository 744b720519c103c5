from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from characters.guide import find_guide
from characters.models import Character
from tests.builders import make_character, make_image

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST = "/characters/"


def ticks(user: User) -> list[bool]:
    guide = find_guide(user)
    assert guide
    return [step.is_done for step in guide.steps]


def leads(user: User) -> str:
    guide = find_guide(user)
    assert guide
    return next(step.href for step in guide.steps if step.href)


def test_newcomer_begins_with_the_designer(user: User) -> None:
    assert ticks(user) == [False] * 5
    assert leads(user) == reverse("characters:new")


def test_draft_is_gone_on_with_where_it_was_left(user: User) -> None:
    draft = make_character(owner=user)
    Character.objects.filter(pk=draft.pk).update(designer_step="style")
    assert ticks(user)[0] is False
    assert leads(user) == reverse("characters:design", args=[draft.pk, "style"])


def test_steps_tick_themselves_from_what_is_there(user: User) -> None:
    character = make_character(owner=user, ready=True)
    assert ticks(user) == [True, True, False, False, False]
    assert leads(user).startswith(reverse("characters:detail", args=[character.pk]))
    image = make_image(character=character)
    assert ticks(user) == [True, True, True, False, False]
    type(image).objects.filter(pk=image.pk).update(is_favourite=True)
    assert ticks(user) == [True, True, True, True, False]


def test_last_step_is_done_by_a_download_and_the_guide_goes_for_good(
    user: User, client_of: SignIn
) -> None:
    image = make_image(character=make_character(owner=user, ready=True))
    type(image).objects.filter(pk=image.pk).update(is_favourite=True)
    browser = client_of(user)
    assert "first steps done" in browser.get(LIST).content.decode()
    answer = browser.get(reverse("characters:image_download", args=[image.pk]))
    if answer.streaming:
        b"".join(answer)
    user.refresh_from_db()
    assert user.first_download_at is not None
    assert find_guide(user) is None
    user.refresh_from_db()
    assert user.guide_hidden_at is not None
    assert "first steps done" not in browser.get(LIST).content.decode()


def test_pictures_of_others_tick_nothing(user: User, stranger: User) -> None:
    make_image(character=make_character(owner=stranger, ready=True))
    assert ticks(user) == [False] * 5


def test_guide_put_away_can_be_had_back(user: User, client_of: SignIn) -> None:
    browser = client_of(user)
    switch = reverse("characters:guide_switch")
    html = browser.post(switch, {"shown": "0"}, follow=True).content.decode()
    assert "first steps done" not in html
    assert 'name="shown" value="1"' in html
    assert "first steps done" in browser.post(switch, {"shown": "1"}, follow=True).content.decode()


def test_fragment_is_the_card_and_gone_when_put_away(user: User, client_of: SignIn) -> None:
    browser = client_of(user)
    address = reverse("characters:guide")
    assert "0 of 5 first steps done" in browser.get(address).content.decode()
    browser.post(reverse("characters:guide_switch"), {"shown": "0"})
    assert browser.get(address).status_code == 404


def test_guide_asks_once(user: User) -> None:
    make_image(character=make_character(owner=user, ready=True))
    with CaptureQueriesContext(connection) as asked:
        find_guide(user)
    assert len(asked) == 1
