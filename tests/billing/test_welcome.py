from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from billing import welcome
from billing.models import Welcome
from billing.services import get_account, was_welcomed
from generation.services import quote
from tests.builders import PASSWORD, make_character, make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def joined(email: str) -> User:
    return accounts.register(email=email, password=PASSWORD, accepted_terms=True, is_adult=True)


def test_newcomer_has_the_welcome(user: User) -> None:
    assert get_account(user).balance == 500
    assert was_welcomed(user)


def test_closing_and_joining_again_gives_no_second_welcome() -> None:
    first = joined("ada@example.com")
    assert get_account(first).balance == 500
    accounts.close_account(user=first, password=PASSWORD)
    again = joined("Ada@Example.com")
    assert get_account(again).balance == 0
    assert not was_welcomed(again)


def test_joining_again_gives_no_free_faces_either() -> None:
    first = joined("ada@example.com")
    assert (
        quote(character=make_character(owner=first), recipe="base_faces", options={}).credits == 0
    )
    accounts.close_account(user=first, password=PASSWORD)
    again = joined("ada@example.com")
    offer = quote(character=make_character(owner=again), recipe="base_faces", options={})
    assert (offer.credits, offer.is_affordable) == (80, False)


def test_account_closed_before_its_welcome_leaves_it_to_the_next() -> None:
    accounts.close_account(user=joined("ada@example.com"), password=PASSWORD)
    assert get_account(joined("ada@example.com")).balance == 500


def test_address_taken_later_counts_as_well_as_the_first() -> None:
    user = joined("ada@example.com")
    get_account(user)
    User.objects.filter(pk=user.pk).update(email="lovelace@example.com")
    user.refresh_from_db()
    accounts.close_account(user=user, password=PASSWORD)
    for email in ("ada@example.com", "lovelace@example.com"):
        assert get_account(joined(email)).balance == 0


def test_another_person_is_welcomed_after_one_left() -> None:
    user = joined("ada@example.com")
    get_account(user)
    accounts.close_account(user=user, password=PASSWORD)
    assert get_account(joined("grace@example.com")).balance == 500


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("Ada@Example.com", "ada@example.com"),
        ("ada+shop@example.com", "ada@example.com"),
        ("a.da@example.com", "a.da@example.com"),
        ("A.d.a+x@Googlemail.com", "ada@gmail.com"),
        ("ada@gmail.com", "ada@gmail.com"),
        ("+shop@example.com", "+shop@example.com"),
    ],
)
def test_mailbox_of(email: str, mailbox: str) -> None:
    assert welcome.mailbox_of(email) == mailbox


def test_tagged_address_of_the_same_mailbox_has_no_welcome_of_its_own() -> None:
    assert get_account(make_user("ada@example.com")).balance == 500
    assert get_account(make_user("ada+2@example.com")).balance == 0


def test_what_is_kept_says_nothing_about_who_it_was(settings: Any) -> None:
    get_account(make_user("ada@example.com"))
    kept = Welcome.objects.get()
    settings.SECRET_KEY = "another-key-of-more-than-fifty-characters-0123456789-abcdef"
    welcome.claim("ada@example.com")
    assert Welcome.objects.exclude(pk=kept.pk).count() == 1, "the hash does not hang on the key"
    assert {field.name for field in Welcome._meta.fields} == {"mailbox_hash", "created_on"}


def test_retired_key_still_knows_its_hashes(settings: Any) -> None:
    get_account(make_user("ada@example.com"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-more-than-fifty-characters-0123456789-abcdef"
    assert welcome.has_had("ada@example.com")
    assert not welcome.has_had("grace@example.com")


def test_statement_says_why_there_was_no_welcome(user: User, client_of: SignIn) -> None:
    words = "yours had them with an earlier account"
    assert words not in client_of(user).get("/credits/").content.decode()
    get_account(user)
    again = make_user("owner+again@example.com")
    assert words in client_of(again).get("/credits/").content.decode()
