from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.devices import device_name, is_mobile
from accounts.models import Session
from accounts.sessions import SessionStore
from tests.builders import PASSWORD

pytestmark = pytest.mark.django_db

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/128.0.0.0 Mobile Safari/537.36"
)


def sign_in(**meta: str) -> Client:
    """Through the form, as a person does: the cookie must really be sent."""
    browser = Client(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="203.0.113.7", **meta)
    body = {"username": "owner@example.com", "password": PASSWORD}
    assert browser.post("/sign-in/", body).status_code == 302
    return browser


def row_of(browser: Client) -> Session:
    return Session.objects.get(pk=browser.session.session_key)


def test_sign_in_sends_the_cookie_and_notes_the_device(user):
    browser = sign_in()

    row = row_of(browser)
    assert (row.user, row.user_agent, row.ip_address) == (user, PHONE, "203.0.113.7")
    assert browser.get("/settings/").status_code == 200


def test_session_of_a_visitor_is_nobodys():
    session = SessionStore()
    session["thing"] = 1
    session.save()

    assert Session.objects.get(pk=session.session_key).user is None


def test_seen_is_noted_again_after_five_minutes_only(user):
    browser = sign_in()
    first = row_of(browser).seen_at

    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        browser.get("/settings/")
    assert row_of(browser).seen_at == first

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        browser.get("/settings/", headers={"User-Agent": "curl/8"})
    row = row_of(browser)
    assert row.seen_at > first
    assert row.user_agent == "curl/8"


def test_seen_renews_the_cookie_so_that_active_people_stay_signed_in(user, settings):
    browser = sign_in()
    first = row_of(browser).expire_date

    with time_machine.travel(timezone.now() + timedelta(days=20)):
        response = browser.get("/settings/")

    assert settings.SESSION_COOKIE_NAME in response.cookies
    assert row_of(browser).expire_date > first


def test_session_data_saved_later_keeps_the_device(user):
    browser = sign_in()
    created = row_of(browser).created_at

    session = browser.session
    session["thing"] = 1
    session.save()

    row = row_of(browser)
    assert (row.user_agent, row.created_at) == (PHONE, created)


def test_new_key_after_a_new_password_knows_the_device_at_once(user):
    browser = sign_in()
    old = browser.session.session_key

    browser.post(
        "/settings/password/",
        {"password-current_password": PASSWORD, "password-new_password": "eleven grey herons"},
    )

    row = row_of(browser)
    assert row.pk != old
    assert (row.user_agent, row.ip_address) == (PHONE, "203.0.113.7")


def test_pages_that_ignore_the_session_stay_cacheable(user):
    browser = sign_in()

    response = browser.get("/.well-known/change-password")

    assert "Cookie" not in response.get("Vary", "")


def test_session_ends_with_its_row(user):
    browser = sign_in()

    Session.objects.filter(user=user).delete()

    assert browser.get("/settings/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_session_saved_by_async_code_knows_its_user(client_of, user):
    browser = client_of(user)

    async def save() -> None:
        session = SessionStore(browser.session.session_key)
        await session.aset("thing", 1)
        await session.asave()
        await sync_to_async(connections.close_all)()

    asyncio.run(save())

    assert row_of(browser).user == user


@pytest.mark.parametrize(
    ("user_agent", "name", "mobile"),
    [
        (PHONE, "Chrome on Android", True),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
            True,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge on Windows",
            False,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
            "Firefox on Linux",
            False,
        ),
        ("curl/8.5.0", "curl", False),
        ("", "Unknown browser", False),
    ],
)
def test_device_name(user_agent, name, mobile):
    assert (device_name(user_agent), is_mobile(user_agent)) == (name, mobile)
