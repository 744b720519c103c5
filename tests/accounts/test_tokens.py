from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts import services, tokens
from accounts.api import MeView, RefreshView, TokenView
from accounts.models import User
from ryla.lib.errors import InvalidInput
from tests.builders import PASSWORD

pytestmark = pytest.mark.django_db

CREDENTIALS = {"email": "owner@example.com", "password": PASSWORD}


def post(view: Any, body: dict[str, str], **meta: str) -> Any:
    return view.as_view()(APIRequestFactory().post("/", body, format="json", **meta))


def me(access: str) -> Any:
    return MeView.as_view()(RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {access}"))


def test_obtain_gives_a_pair_that_opens_the_api(user):
    response = post(TokenView, CREDENTIALS | {"email": "Owner@Example.com"})

    assert response.status_code == 200
    assert sorted(response.data) == ["access", "refresh"]
    assert me(response.data["access"]).data["email"] == "owner@example.com"
    user.refresh_from_db()
    assert user.last_login is not None


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"email": "nobody@example.com"}])
def test_obtain_refuses_and_does_not_say_what_was_wrong(user, wrong):
    response = post(TokenView, CREDENTIALS | wrong)

    assert response.status_code == 401
    assert response.data["error"]["code"] == "no_active_account"


def test_obtain_locks_after_ten_failures_together_with_the_page(user, client, settings):
    settings.AXES_ENABLED = True
    for _ in range(5):
        client.post("/sign-in/", {"username": user.email, "password": "wrong"})
    answers = [post(TokenView, CREDENTIALS | {"password": "wrong"}) for _ in range(5)]

    assert [a.status_code for a in answers] == [401] * 4 + [429]
    assert answers[-1].data["error"]["code"] == "locked"
    assert post(TokenView, CREDENTIALS).status_code == 429
    page = client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    assert page.status_code == 429


def test_obtain_forgets_failures_after_a_success(user, settings):
    settings.AXES_ENABLED = True
    for _ in range(9):
        post(TokenView, CREDENTIALS | {"password": "wrong"})
    assert post(TokenView, CREDENTIALS).status_code == 200

    assert post(TokenView, CREDENTIALS | {"password": "wrong"}).status_code == 401


def test_token_without_an_epoch_is_refused(user):
    assert me(str(AccessToken.for_user(user))).status_code == 401


def test_token_ends_with_the_epoch(user):
    access = tokens.issue_tokens(user)["access"]
    assert me(access).status_code == 200

    services.end_all_sessions(user=user)

    response = me(access)
    assert response.status_code == 401
    assert response.data["error"]["code"] == "token_ended"


def test_token_of_a_deactivated_user_is_refused(user):
    access = tokens.issue_tokens(user)["access"]
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert me(access).status_code == 401


def test_token_ends_with_its_lifetime(user):
    access = tokens.issue_tokens(user)["access"]

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert me(access).status_code == 401


def test_refresh_token_does_not_open_the_api(user):
    assert me(tokens.issue_tokens(user)["refresh"]).status_code == 401


def test_refresh_gives_a_new_pair_and_works_once(user):
    first = tokens.issue_tokens(user)["refresh"]

    second = post(RefreshView, {"refresh": first})

    assert second.status_code == 200
    assert me(second.data["access"]).status_code == 200
    assert post(RefreshView, {"refresh": first}).status_code == 401
    assert post(RefreshView, {"refresh": second.data["refresh"]}).status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        lambda user: services.end_all_sessions(user=user),
        lambda user: services.deactivate_user(user=user),
        lambda user: services.reset_password(user=user, new_password="eleven grey herons"),
        lambda user: services.close_account(user=user, password=PASSWORD),
        lambda user: User.objects.filter(pk=user.pk).update(session_epoch=7),
    ],
    ids=["everywhere", "deactivated", "reset", "closed", "epoch alone"],
)
def test_refresh_ends_with_what_ends_sessions(user, end):
    refresh = tokens.issue_tokens(user)["refresh"]

    end(user)

    assert post(RefreshView, {"refresh": refresh}).status_code == 401


@pytest.mark.parametrize("refresh", ["nonsense", "", "a.b.c"])
def test_refresh_refuses_what_is_no_token(refresh, db):
    assert post(RefreshView, {"refresh": refresh}).status_code in {400, 401}


def test_refresh_without_an_epoch_is_refused(user):
    assert post(RefreshView, {"refresh": str(RefreshToken.for_user(user))}).status_code == 401


def test_copy_of_the_token_table_signs_nobody_in(user):
    tokens.issue_tokens(user)

    stored = OutstandingToken.objects.get().token

    assert post(RefreshView, {"refresh": stored}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_refresh_by_several_at_once_works_for_one(user, monkeypatch):
    refresh = tokens.issue_tokens(user)["refresh"]
    together = threading.Barrier(4, timeout=20)
    done: list[bool] = []
    check = tokens.RylaRefreshToken.check_blacklist

    def check_together(token: tokens.RylaRefreshToken) -> None:
        check(token)
        together.wait()  # nobody goes on before all have found it good

    monkeypatch.setattr(tokens.RylaRefreshToken, "check_blacklist", check_together)

    def try_it() -> None:
        form = tokens.RylaTokenRefreshSerializer(data={"refresh": refresh})
        try:
            form.is_valid(raise_exception=True)
            done.append(True)
        except InvalidToken:
            done.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [False, False, False, True]


def test_revoke_ends_the_refresh_token_and_repeats_quietly(user):
    refresh = tokens.issue_tokens(user)["refresh"]

    tokens.revoke_token(refresh)
    tokens.revoke_token(refresh)

    assert post(RefreshView, {"refresh": refresh}).status_code == 401


def test_revoke_refuses_what_is_no_token():
    with pytest.raises(InvalidInput):
        tokens.revoke_token("nonsense")


def test_prune_tokens_forgets_only_what_ran_out(user):
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        tokens.revoke_token(tokens.issue_tokens(user)["refresh"])
    live = tokens.issue_tokens(user)["refresh"]

    assert tokens.prune_tokens() == 1
    assert post(RefreshView, {"refresh": live}).status_code == 200
