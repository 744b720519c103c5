from __future__ import annotations

import json

import pytest
from celery import current_app
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts import services, tokens
from accounts.models import Session, User
from tests.accounts.conftest import link_in_mail
from tests.builders import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEWCOMER = {
    "email": "New@example.com",
    "password": "seven wild geese",
    "is_adult": "on",
    "accepted_terms": "on",
}
CREDENTIALS = {"username": "owner@example.com", "password": PASSWORD}


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("accounts:settings")).status_code == 200


def refresh(token: str) -> None:
    form = tokens.RylaTokenRefreshSerializer(data={"refresh": token})
    form.is_valid(raise_exception=True)


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- sign-up -----------------------------------------------------------------------------------


def test_sign_up_signs_in_and_leads_to_the_designer(client):
    response = client.post("/sign-up/", NEWCOMER)

    assert response.status_code == 302
    assert response.url == reverse("characters:new")
    assert is_signed_in(client)
    consent = User.objects.get(email="new@example.com").consents.first()
    assert consent.ip_address == "127.0.0.1"


def test_sign_up_goes_on_to_where_the_visitor_was_going(client):
    response = client.post("/sign-up/", NEWCOMER | {"next": "/credits/"})

    assert response.url == "/credits/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/sign-in/"]
)
def test_sign_up_goes_nowhere_else(client, target):
    response = client.post("/sign-up/", NEWCOMER | {"next": target})

    assert response.url == reverse("characters:new")


@pytest.mark.parametrize("field", list(NEWCOMER))
def test_sign_up_names_the_field_that_is_missing(client, field):
    body = {name: value for name, value in NEWCOMER.items() if name != field}

    response = client.post("/sign-up/", body)

    assert list(response.context["form"].errors) == [field]
    assert not User.objects.exists()


def test_sign_up_shows_what_the_service_refuses(client):
    response = client.post("/sign-up/", NEWCOMER | {"password": "password123"})

    assert response.context["form"].errors == {"password": ["This password is too common."]}
    assert not is_signed_in(client)


def test_sign_up_with_a_known_address_offers_the_ways_in(client):
    make_user("new@example.com")

    response = client.post("/sign-up/", NEWCOMER | {"next": "/credits/"})

    page = response.content.decode()
    assert "already has an account" in page
    assert "/sign-in/?email=New%40example.com&amp;next=%2Fcredits%2F" in page
    assert "/reset/?email=New%40example.com" in page
    assert not is_signed_in(client)


def test_sign_up_while_closed_shows_no_form(client, settings):
    settings.REGISTRATION_OPEN = False

    assert "doors are closed" in client.get("/sign-up/").content.decode()
    client.post("/sign-up/", NEWCOMER)
    assert not User.objects.exists()


def test_sign_up_keeps_the_destination_on_the_way_to_sign_in(client):
    page = client.get("/sign-up/?next=/credits/").content.decode()

    assert '<input type="hidden" name="next" value="/credits/">' in page
    assert "/sign-in/?next=%2Fcredits%2F" in page


@pytest.mark.parametrize("page", ["/sign-up/", "/sign-in/"])
def test_pages_of_the_door_send_people_on_who_are_in(client_of, user, page):
    assert client_of(user).get(page).url == reverse("characters:list")
    assert client_of(user).get(f"{page}?next=/credits/").url == "/credits/"
    assert client_of(user).get(f"{page}?next=/sign-in/").url == reverse("characters:list")


# --- sign-in and out ----------------------------------------------------------------------------


def test_sign_in_forgives_the_case_of_the_address(client, user):
    response = client.post("/sign-in/", CREDENTIALS | {"username": "OWNER@example.com"})

    assert response.url == reverse("characters:list")
    assert is_signed_in(client)


def test_sign_in_returns_to_the_page_that_asked(client, user):
    asked = client.get("/settings/")
    assert asked.url == "/sign-in/?next=/settings/"

    assert client.post(asked.url, CREDENTIALS | {"next": "/settings/"}).url == "/settings/"


def test_sign_in_ignores_a_foreign_destination(client, user):
    response = client.post("/sign-in/", CREDENTIALS | {"next": "https://evil.example/"})

    assert response.url == reverse("characters:list")


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"username": "nobody@example.com"}])
def test_sign_in_does_not_say_what_was_wrong(client, user, wrong):
    response = client.post("/sign-in/", CREDENTIALS | wrong)

    assert response.context["form"].non_field_errors() == ["E-mail and password do not match."]


def test_sign_in_refuses_a_deactivated_account_alike(client, user):
    services.deactivate_user(user=user)

    response = client.post("/sign-in/", CREDENTIALS)

    assert response.context["form"].non_field_errors() == ["E-mail and password do not match."]


@pytest.fixture
def locks(settings) -> None:
    settings.AXES_ENABLED = True


@pytest.mark.usefixtures("locks")
def test_sign_in_locks_after_ten_failures_and_says_how_long(client, user):
    answers = [client.post("/sign-in/", CREDENTIALS | {"password": "wrong"}) for _ in range(10)]

    assert [a.status_code for a in answers] == [200] * 9 + [429]
    assert "Try again in 15 minutes" in answers[-1].content.decode()
    assert client.post("/sign-in/", CREDENTIALS).status_code == 429
    assert not is_signed_in(client)


@pytest.mark.usefixtures("locks")
def test_lock_counts_one_account_in_any_spelling(client, user):
    for number in range(10):
        name = "OWNER@example.com" if number % 2 else "owner@example.com"
        last = client.post("/sign-in/", {"username": name, "password": "wrong"})

    assert last.status_code == 429


@pytest.mark.usefixtures("locks")
def test_lock_is_for_one_account_and_one_address(client, user, stranger):
    for _ in range(10):
        client.post("/sign-in/", CREDENTIALS | {"password": "wrong"})

    theirs = {"username": stranger.email, "password": PASSWORD}
    assert client.post("/sign-in/", theirs).status_code == 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/sign-in/", CREDENTIALS).status_code == 302


@pytest.mark.usefixtures("locks")
def test_lock_sees_the_person_behind_a_trusted_proxy(client, user, settings):
    settings.TRUSTED_PROXIES = 1
    for _ in range(10):
        client.post(
            "/sign-in/", CREDENTIALS | {"password": "wrong"}, headers={"X-Forwarded-For": "1.1.1.1"}
        )

    other = client.post("/sign-in/", CREDENTIALS, headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"})
    assert other.status_code == 302


@pytest.mark.usefixtures("locks")
def test_lock_ends_with_a_new_password(client, user):
    for _ in range(10):
        client.post("/sign-in/", CREDENTIALS | {"password": "wrong"})

    services.reset_password(user=user, new_password="eleven grey herons")

    fresh = CREDENTIALS | {"password": "eleven grey herons"}
    assert client.post("/sign-in/", fresh).status_code == 302


def test_sign_out_by_post_only(client_of, user):
    browser = client_of(user)

    browser.get("/sign-out/")
    assert is_signed_in(browser)

    assert browser.post("/sign-out/").url == reverse("home")
    assert not is_signed_in(browser)
    assert not Session.objects.filter(user=user).exists()


# --- recovering ---------------------------------------------------------------------------------


@pytest.fixture
def _worker(monkeypatch):
    """Does at once what the request enqueues."""
    current_app.loader.import_default_modules()
    monkeypatch.setattr(
        "accounts.views.enqueue", lambda name, *args: current_app.tasks[name](*args)
    )


@pytest.mark.usefixtures("_worker")
def test_password_reset_from_mail_to_new_password(client, client_of, user):
    elsewhere = client_of(user)
    pair = tokens.issue_tokens(user)

    client.post("/reset/", {"email": "OWNER@example.com"})
    form_page = client.get(link_in_mail(), follow=True)
    address = form_page.redirect_chain[-1][0]
    done = client.post(address, {"new_password": "eleven grey herons"})

    assert done.url == reverse("accounts:password_reset_complete")
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)
    with pytest.raises(InvalidToken):
        refresh(pair["refresh"])
    fresh = CREDENTIALS | {"password": "eleven grey herons"}
    assert client.post("/sign-in/", fresh).status_code == 302


@pytest.mark.usefixtures("_worker")
def test_password_reset_link_works_once(client, user):
    client.post("/reset/", {"email": user.email})
    link = link_in_mail()
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"new_password": "eleven grey herons"})

    again = client.get(link, follow=True)

    assert again.context["validlink"] is False
    assert "This link has ended" in again.content.decode()


@pytest.mark.usefixtures("_worker")
def test_password_reset_refuses_a_weak_password(client, user):
    client.post("/reset/", {"email": user.email})
    address = client.get(link_in_mail(), follow=True).redirect_chain[-1][0]

    response = client.post(address, {"new_password": "short"})

    assert "too short" in response.context["form"].errors["new_password"][0]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.usefixtures("_worker")
@pytest.mark.parametrize("email", ["nobody@example.com", "closed@example.com"])
def test_password_reset_answers_alike_without_an_account(client, user, email):
    make_user("closed@example.com", is_active=False)
    known = client.post("/reset/", {"email": user.email})

    unknown = client.post("/reset/", {"email": email})

    assert unknown.url == known.url
    assert [m.to for m in mail.outbox] == [[user.email]]


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_password_reset_does_the_same_work_with_and_without_an_account(
    client, user, email, monkeypatch, after_commit
):
    """Else the time of the answer would tell."""
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: sent.append((name, args)))

    with CaptureQueriesContext(connection) as queries, after_commit():
        client.post("/reset/", {"email": email})

    assert queries.captured_queries == []
    assert sent == [("accounts.mail_password_reset", [email])]
    assert mail.outbox == []


@pytest.mark.usefixtures("_worker")
def test_password_reset_mail_leads_to_the_site_and_not_to_the_request(client, user, settings):
    settings.ALLOWED_HOSTS = ["*"]

    client.post("/reset/", {"email": user.email}, headers={"Host": "evil.example"})

    assert "evil.example" not in mail.outbox[0].body
    assert settings.SITE_URL in mail.outbox[0].body


@pytest.mark.usefixtures("_worker")
def test_password_reset_mails_are_limited_without_saying_so(client, user, settings):
    settings.MAILS_PER_HOUR = 2

    answers = [client.post("/reset/", {"email": user.email}) for _ in range(3)]

    assert len({a.url for a in answers}) == 1
    assert len(mail.outbox) == 2


# --- the address --------------------------------------------------------------------------------


@pytest.fixture
def fresh(db) -> User:
    return make_user("fresh@example.com", email_verified_at=None)


def test_verify_link_confirms_at_once_for_its_owner(client_of, fresh):
    browser = client_of(fresh)
    browser.post(reverse("accounts:resend_verification"))

    response = browser.get(link_in_mail())

    assert response.url == reverse("characters:list")
    fresh.refresh_from_db()
    assert fresh.is_email_verified


def test_verify_link_asks_everybody_else_for_a_press(client, fresh):
    services.send_verification(user=fresh)
    link = link_in_mail()

    page = client.get(link)
    fresh.refresh_from_db()
    assert "fresh@example.com" in page.content.decode()
    assert not fresh.is_email_verified

    assert client.post(link).url == reverse("accounts:sign_in")
    fresh.refresh_from_db()
    assert fresh.is_email_verified


def test_verify_link_that_is_none_says_so(client):
    response = client.get("/verify/nonsense/")

    assert response.status_code == 400
    assert "This link has ended" in response.content.decode()


def test_resend_verification_needs_its_owner(client):
    assert client.post(reverse("accounts:resend_verification")).status_code == 302
    assert mail.outbox == []


def test_resend_verification_tells_when_it_is_too_often(client_of, fresh, settings):
    settings.MAILS_PER_HOUR = 1
    browser = client_of(fresh)
    browser.post(reverse("accounts:resend_verification"))

    response = browser.post(reverse("accounts:resend_verification"), follow=True)

    assert messages_of(response)[-1].startswith("You asked for several mails already.")
    assert len(mail.outbox) == 1


# --- settings -----------------------------------------------------------------------------------

PAGES = ["settings", "download_data", "close"]
BUTTONS = ["profile", "email_change", "password_change", "end_all_sessions", "resend_verification"]


@pytest.mark.parametrize("name", PAGES + BUTTONS)
def test_settings_are_for_people_who_are_signed_in(client, name):
    response = client.get(reverse(f"accounts:{name}"))

    assert response.url.startswith("/sign-in/?next=")


@pytest.mark.parametrize("name", BUTTONS)
def test_buttons_opened_as_pages_lead_to_the_settings(client_of, user, name):
    response = client_of(user).get(reverse(f"accounts:{name}"))

    assert response.url == reverse("accounts:settings")


def test_settings_profile_saves_the_name(client_of, user):
    response = client_of(user).post("/settings/profile/", {"profile-display_name": "Ada"})

    assert response.url == "/settings/#profile"
    user.refresh_from_db()
    assert user.display_name == "Ada"


def test_settings_profile_shows_what_is_wrong(client_of, user):
    response = client_of(user).post("/settings/profile/", {"profile-display_name": "x" * 81})

    assert "display_name" in response.context["profile_form"].errors


def test_settings_email_change_mails_the_new_address(client_of, user):
    browser = client_of(user)

    response = browser.post(
        "/settings/email/", {"email-email": "moved@example.com", "email-password": PASSWORD}
    )
    browser.get(link_in_mail())

    assert response.url == "/settings/#email"
    user.refresh_from_db()
    assert user.email == "moved@example.com"
    assert is_signed_in(browser)


def test_settings_email_change_shows_a_wrong_password(client_of, user):
    response = client_of(user).post(
        "/settings/email/", {"email-email": "moved@example.com", "email-password": "wrong"}
    )

    assert response.context["email_form"].errors == {"password": ["This is not your password."]}


def test_settings_password_change_keeps_this_browser_and_ends_the_others(client_of, user):
    here, there = client_of(user), client_of(user)

    response = here.post(
        "/settings/password/",
        {"password-current_password": PASSWORD, "password-new_password": "eleven grey herons"},
    )

    assert response.url == "/settings/#password"
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert Session.objects.filter(user=user).count() == 1


def test_settings_password_change_shows_what_is_wrong(client_of, user):
    response = client_of(user).post(
        "/settings/password/",
        {"password-current_password": "wrong", "password-new_password": "eleven grey herons"},
    )

    assert list(response.context["password_form"].errors) == ["current_password"]


def test_settings_never_show_the_key_of_a_session(client_of, user):
    browser, other = client_of(user), client_of(user)

    page = browser.get("/settings/").content.decode()

    assert browser.session.session_key not in page
    assert other.session.session_key not in page
    assert services.session_handle(other.session.session_key) in page


def test_settings_list_sessions_in_a_fixed_number_of_queries(client_of, user):
    browser = client_of(user)
    browser.get("/settings/")

    with CaptureQueriesContext(connection) as one:
        browser.get("/settings/")
    client_of(user), client_of(user)
    with CaptureQueriesContext(connection) as three:
        page = browser.get("/settings/")

    assert len(page.context["sessions"]) == 3
    assert len(three) == len(one)


def test_end_session_signs_the_other_device_out(client_of, user):
    here, there = client_of(user), client_of(user)
    handle = services.session_handle(there.session.session_key)

    here.post(reverse("accounts:end_session", args=[handle]))

    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_end_session_of_this_device_signs_out(client_of, user):
    browser = client_of(user)
    handle = services.session_handle(browser.session.session_key)

    assert browser.post(reverse("accounts:end_session", args=[handle])).url == reverse("home")
    assert not is_signed_in(browser)


def test_end_session_of_a_stranger_is_not_found(client_of, user, stranger):
    theirs = client_of(stranger)
    handle = services.session_handle(theirs.session.session_key)

    response = client_of(user).post(reverse("accounts:end_session", args=[handle]))

    assert response.status_code == 404
    assert is_signed_in(theirs)


def test_end_all_sessions_keeps_this_browser_only(client_of, user, stranger):
    here, there, theirs = client_of(user), client_of(user), client_of(stranger)

    here.post(reverse("accounts:end_all_sessions"))

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(theirs)


def test_download_data_is_a_file_of_the_owner(client_of, user, stranger):
    response = client_of(user).get("/settings/data.json")

    body = response.getvalue().decode()
    assert response["Content-Disposition"] == 'attachment; filename="ryla-data.json"'
    assert json.loads(body)["account"]["email"] == user.email
    assert stranger.email not in body


def test_close_needs_the_password_and_then_signs_out(client_of, user):
    browser = client_of(user)

    refused = browser.post("/settings/close/", {"password": "wrong"})
    assert list(refused.context["form"].errors) == ["password"]
    assert is_signed_in(browser)

    closed = browser.post("/settings/close/", {"password": PASSWORD})
    assert closed.url == reverse("home")
    assert not is_signed_in(browser)
    user.refresh_from_db()
    assert user.closed_at is not None


def test_password_managers_find_the_settings(client):
    assert client.get("/.well-known/change-password").url == "/settings/"


# --- theme --------------------------------------------------------------------------------------


def test_theme_is_kept_in_a_cookie_and_returns_to_the_page(client):
    response = client.post("/theme/", {"theme": "dark", "next": "/sign-in/?next=/credits/"})

    assert response.cookies["theme"].value == "dark"
    assert response.url == "/sign-in/?next=/credits/"
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()


def test_theme_like_the_device_forgets_the_cookie(client):
    client.post("/theme/", {"theme": "dark"})

    client.post("/theme/", {"theme": ""})

    assert "data-theme" not in client.get("/sign-in/").content.decode().split(">", 2)[1]


def test_theme_takes_only_known_words_and_own_pages(client):
    response = client.post("/theme/", {"theme": "<script>", "next": "https://evil.example/"})

    assert response.cookies["theme"].value == ""
    assert response.url == reverse("home")


# --- what every page of the door keeps ----------------------------------------------------------


@pytest.mark.parametrize("page", ["/sign-up/", "/sign-in/"])
def test_pages_with_passwords_are_not_stored(client, page):
    assert "no-store" in client.get(page)["Cache-Control"]


def test_forms_refuse_posts_from_other_sites(user):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/sign-in/", CREDENTIALS).status_code == 403
