from __future__ import annotations

import pytest
import redis
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts import limits
from accounts.models import User
from tests.builders import PASSWORD, make_staff, make_user


def test_count_says_no_after_the_limit():
    assert [limits.count("thing", "me", limit=2) for _ in range(4)] == [True, True, False, False]


def test_count_keeps_people_and_things_apart():
    limits.count("thing", "me", limit=1)

    assert limits.count("thing", "you", limit=1)
    assert limits.count("other", "me", limit=1)
    assert not limits.count("thing", "me", limit=1)


def test_count_without_a_limit_says_yes():
    assert all(limits.count("thing", "me", limit=0) for _ in range(100))


def test_count_starts_anew_after_its_window():
    limits.count("thing", "me", limit=1, window_s=60)
    cache.clear()  # as when the window runs out

    assert limits.count("thing", "me", limit=1, window_s=60)


def test_count_lets_people_on_while_the_cache_is_away(monkeypatch):
    def away(*args: object, **kwargs: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get_client", away)

    assert all(limits.count("thing", "me", limit=1) for _ in range(3))


def test_require_says_when_it_may_be_tried_again():
    limits.require("thing", "me", limit=1, window_s=60)

    with pytest.raises(limits.TooOften, match="Not so fast") as refused:
        limits.require("thing", "me", limit=1, window_s=60, message="Not so fast")

    assert 55 <= refused.value.retry_after_s <= 60


def test_give_back_takes_back_one_time_and_never_more():
    limits.count("thing", "me", limit=1)
    for _ in range(3):
        limits.give_back("thing", "me")

    assert [limits.count("thing", "me", limit=1) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1:ffff::2", "2001:db8:0:1::/64"),
        (None, "unknown"),
    ],
)
def test_network_of(ip, network):
    assert limits.network_of(ip) == network


# --- the doors ----------------------------------------------------------------------------------

WRONG = {"username": "nobody@example.com", "email": "nobody@example.com", "password": "wrong"}
DOORS = ["/sign-in/", "/admin/login/", "/api/v1/token/"]


def try_door(client: Client, door: str, ip: str = "203.0.113.7", **body: str) -> HttpResponse:
    kind = {"content_type": "application/json"} if door.startswith("/api/") else {}
    return client.post(door, WRONG | body, REMOTE_ADDR=ip, **kind)


def right(user: User) -> dict[str, str]:
    return {"username": user.email, "email": user.email, "password": PASSWORD}


@pytest.fixture
def three_failures(settings, db):
    settings.NETWORK_SIGN_IN_FAILURES = 3


@pytest.mark.usefixtures("three_failures")
@pytest.mark.parametrize("door", DOORS)
def test_network_that_guesses_at_many_accounts_is_refused_at_every_door(client, user, door):
    for number, tried in enumerate(DOORS):
        answer = try_door(client, tried, username=f"{number}@example.com")
        assert answer.status_code in (200, 401)

    refused = try_door(client, door, **right(user))

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60
    assert "Signing in failed too often from your network" in refused.content.decode()
    is_json = refused["Content-Type"].startswith("application/json")
    assert is_json is door.startswith("/api/")
    if is_json:
        assert refused.json()["error"]["code"] == "too_often"
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("three_failures")
@pytest.mark.parametrize("door", DOORS)
def test_right_passwords_are_not_counted_and_buy_no_guesses(client, door):
    staff = make_staff("desk@example.com")
    for _ in range(2):
        try_door(client, door)
    for _ in range(5):
        client.logout()
        assert try_door(client, door, **right(staff)).status_code in (200, 302)
    client.logout()

    assert try_door(client, door).status_code in (200, 401)
    assert try_door(client, door, **right(staff)).status_code == 429


@pytest.mark.usefixtures("three_failures")
def test_network_limit_leaves_other_networks_and_pages_alone(client, user):
    for _ in range(4):
        try_door(client, "/sign-in/", "2001:db8:0:1::1")

    assert try_door(client, "/sign-in/", "2001:db8:0:1:ffff::2", **right(user)).status_code == 429
    assert client.get("/sign-in/", REMOTE_ADDR="2001:db8:0:1::1").status_code == 200
    assert try_door(client, "/sign-in/", "2001:db8:0:2::1", **right(user)).status_code == 302


@pytest.mark.usefixtures("three_failures")
def test_network_limit_sees_the_person_behind_a_trusted_proxy(client, user, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(4):
        forged = {"X-Forwarded-For": f"9.9.9.{number}, 1.1.1.1"}
        last = client.post("/sign-in/", WRONG, headers=forged)

    assert last.status_code == 429
    other = client.post("/sign-in/", right(user), headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"})
    assert other.status_code == 302


@pytest.mark.parametrize("door", DOORS)
def test_lock_of_one_account_says_in_its_headers_how_long(client, user, settings, door):
    settings.AXES_ENABLED = True
    name = {"username": user.email, "email": user.email}

    answers = [try_door(client, door, **name) for _ in range(10)]

    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "900"


def test_sign_ups_of_one_network_are_limited(client, db, settings):
    settings.SIGN_UPS_PER_HOUR = 1
    newcomer = {"password": "seven wild geese", "is_adult": "on", "accepted_terms": "on"}

    for name in ("a", "b"):
        client.logout()
        last = client.post("/sign-up/", newcomer | {"email": f"{name}@example.com"})

    assert "Too many sign-ups from this network" in last.content.decode()
    assert list(User.objects.values_list("email", flat=True)) == ["a@example.com"]


def test_reset_mails_of_one_network_are_limited_and_it_is_told(client, db, settings, monkeypatch):
    settings.NETWORK_MAILS_PER_HOUR = 1
    asked = []
    monkeypatch.setattr("accounts.views.enqueue", lambda name, *args: asked.append(args))

    client.post("/reset/", {"email": "a@example.com"})
    refused = client.post("/reset/", {"email": "b@example.com"})

    assert asked == [("a@example.com",)]
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= limits.HOUR_S
    assert "Your network asked for many mails already" in refused.content.decode()


def test_confirmation_mails_of_one_network_are_limited(client_of, settings, db):
    settings.NETWORK_MAILS_PER_HOUR = 1
    for name in ("a", "b"):
        person = make_user(f"{name}@example.com", email_verified_at=None)
        answer = client_of(person).post("/verification/resend/", follow=True)

    assert [m.to for m in mail.outbox] == [["a@example.com"]]
    assert "Your network asked for many mails already" in answer.content.decode()
