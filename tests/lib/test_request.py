from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.models import User
from ryla.lib.request import client_ip, sign_in_name
from tests.builders import make_user


@pytest.mark.parametrize("spelling", ["Owner@Example.com", " owner@example.com "])
def test_sign_in_name_is_one_for_all_spellings(spelling: str) -> None:
    request = RequestFactory().post("/sign-in/", {"username": spelling})
    assert sign_in_name(request, {"username": spelling}) == "owner@example.com"
    assert sign_in_name(request, None) == "owner@example.com"


@pytest.mark.django_db
def test_spellings_of_one_address_share_one_lock(settings, client) -> None:
    settings.AXES_ENABLED = True
    user: User = make_user("locked@example.com", is_staff=True)
    for spelling in ["locked@example.com", "Locked@example.com"] * 5:
        client.post("/admin/login/", {"username": spelling, "password": "wrong"})
    body = {"username": "LOCKED@example.com", "password": "a-long-enough-password"}
    assert client.post("/admin/login/", body).status_code == 429
    assert user.email == "locked@example.com"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (2, "9.9.9.9, 1.2.3.4, 5.6.7.8", "1.2.3.4"),
        (2, "1.2.3.4", None),
        (1, "not an address", None),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
    ],
)
def test_client_ip_believes_only_the_trusted_proxies(
    settings, proxies: int, forwarded: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert client_ip(request) == expected
