"""What staff can see and do: every model, on tables with rows, through the services."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Event, User
from billing.models import CreditEntry
from billing.services import get_account
from characters.models import Image
from characters.services import remove_image, withhold_image
from tests.builders import (
    admin_address,
    make_character,
    make_image,
    make_staff,
    request_job,
)

pytestmark = pytest.mark.django_db
OURS = ("accounts", "characters", "billing", "generation")
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_model_is_registered() -> None:
    assert [m for m in MODELS if m not in admin.site._registry] == []


def act(staff: Client, model: type[models.Model], action: str, row: Any, **more: Any) -> None:
    body = {"action": action, "_selected_action": [str(row.pk)], **more}
    assert staff.post(admin_address(model, "changelist"), body, follow=True).status_code == 200


def test_staff_cancels_a_job_with_its_refund(staff: Client, user: User) -> None:
    job = request_job(make_character(owner=user, ready=True))
    act(staff, type(job), "cancel", job)
    job.refresh_from_db()
    assert (job.status, get_account(user).balance) == ("canceled", 500)


def test_staff_withholds_releases_and_removes_an_image_saying_why(
    staff: Client, user: User
) -> None:
    image = make_image(character=make_character(owner=user))
    for action, review in (("withhold", "withheld"), ("release", "visible"), ("remove", "removed")):
        act(staff, Image, action, image, reason=f"Reason to {action}")
        image.refresh_from_db()
        assert image.review == review
    log = LogEntry.objects.filter(object_id=str(image.pk)).order_by("pk")
    assert [(e.user.email, e.get_change_message()) for e in log] == [
        ("staff@example.com", "Withheld: Reason to withhold"),
        ("staff@example.com", "Released: Reason to release"),
        ("staff@example.com", "Removed: Reason to remove"),
    ]
    assert "Erased" in staff.get(admin_address(Image, "changelist")).content.decode()


@pytest.mark.parametrize("action", ["withhold", "release", "remove"])
def test_staff_must_say_why_a_picture_goes_or_comes(staff: Client, user: User, action: str) -> None:
    image = make_image(character=make_character(owner=user))
    if action == "release":
        withhold_image(image=image, reason="A check")
    before = image.review
    act(staff, Image, action, image, reason=" ")
    image.refresh_from_db()
    assert image.review == before
    assert not LogEntry.objects.exists()


def test_staff_is_told_which_picture_could_not_be_moved(staff: Client, user: User) -> None:
    character = make_character(owner=user)
    gone, there = make_image(character=character), make_image(character=character)
    remove_image(image=gone, reason="A real person")
    body = {
        "action": "withhold",
        "_selected_action": [str(gone.pk), str(there.pk)],
        "reason": "A check",
    }
    page = staff.post(admin_address(Image, "changelist"), body, follow=True).content.decode()
    assert f"{gone}: This image cannot become withheld now." in page
    assert "Withheld: 1 picture." in page
    there.refresh_from_db()
    assert there.review == "withheld"


def test_staff_grants_credits_once_per_form(staff: Client, user: User) -> None:
    account = get_account(user)
    for _ in range(2):
        act(staff, type(account), "grant", account, credits=250, reason="Sorry", grant_key="k1")
    assert get_account(user).balance == 750
    assert CreditEntry.objects.get(kind="adjust").reference == "Sorry"
    told = Event.objects.get(user=user, kind="billing.credits.adjusted")
    assert told.data == {"credits": 250, "reason": "Sorry"}


def test_form_for_granting_has_a_key_of_its_own_each_time(staff: Client, user: User) -> None:
    account = get_account(user)

    def key() -> str:
        page = staff.get(admin_address(type(account), "changelist")).content.decode()
        found = re.search(r'<input type="hidden" name="grant_key" value="([^"]+)"', page)
        assert found
        return found.group(1)

    first, second = key(), key()
    for grant_key in (first, second, first):
        act(staff, type(account), "grant", account, credits=5, reason="Hi", grant_key=grant_key)
    assert get_account(user).balance == 510


def test_grant_without_the_key_of_its_form_books_nothing(staff: Client, user: User) -> None:
    account = get_account(user)
    act(staff, type(account), "grant", account, credits=5, reason="Hi")
    assert get_account(user).balance == 500


def test_staff_must_give_a_reason(staff: Client, user: User) -> None:
    account = get_account(user)
    act(staff, type(account), "grant", account, credits=250, reason=" ", grant_key="k1")
    assert get_account(user).balance == 500


def test_staff_cannot_take_more_than_there_is(staff: Client, user: User) -> None:
    account = get_account(user)
    act(staff, type(account), "grant", account, credits=-501, reason="Oops", grant_key="k1")
    assert get_account(user).balance == 500


def test_creator_is_no_staff(user: User, client_of: Any) -> None:
    assert client_of(user).get(reverse("admin:index")).status_code == 302


def test_page_of_a_picture_shows_it_with_its_review_and_decides_there(
    staff: Client, user: User
) -> None:
    image = make_image(character=make_character(owner=user))
    here = admin_address(Image, "change", image.pk)
    page = staff.get(here).content.decode()
    assert re.search(r'<img class="desk-picture" src="http[^"]*Signature=', page)
    assert 'value="withhold"' in page
    assert 'value="release"' not in page
    body = {"action": "withhold", "_selected_action": [str(image.pk)], "stay": "1"}
    answer = staff.post(admin_address(Image, "changelist"), {**body, "reason": " A  check "})
    assert (answer.status_code, answer.url) == (302, here)
    page = staff.get(here).content.decode()
    assert "Withheld: A check (staff@example.com, " in page
    assert 'value="release"' in page
    assert 'value="withhold"' not in page


def test_staff_desk_is_ours_with_dates_that_sort(staff: Client, user: User) -> None:
    image = make_image(character=make_character(owner=user))
    page = staff.get(admin_address(Image, "changelist")).content.decode()
    assert "Django administration" not in page
    assert "RYLA staff desk" in page
    assert f"{image.created_at:%Y-%m-%d %H:%M:%S}" in page
    assert '<link rel="icon" href="/static/img/favicon' in page
