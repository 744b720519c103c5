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

from accounts.models import Event, LocalMail, Session, User
from billing.models import CreditEntry, Subscription
from billing.services import get_account
from characters.models import Image, StoredFile
from characters.services import remove_image, withhold_image
from generation.likeness import set_threshold
from generation.models import HeldPicture, JobItem, Likeness, Mask, Redraw
from tests.builders import make_character, make_image, make_staff, request_job, run_jobs

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


@pytest.fixture
def rows(user: User, client_of: Any) -> None:
    """At least one row of everything."""
    client_of(user)
    request_job(make_character(owner=user, ready=True))
    request_job(make_character(owner=user), "base_faces")
    run_jobs()
    Subscription.objects.create(
        user=user, plan="pro", interval="month", amount_minor=4900, currency="EUR"
    )
    StoredFile.objects.create(key="left-over.png", due_at="2030-01-01T00:00Z")
    withhold_image(image=make_image(character=make_character(owner=user)), reason="A check")
    image = Image.objects.filter(owner=user, kind="picture").earliest("pk")
    Likeness.objects.create(image=image, face_id=image.pk, model="m", version="1", value=0.5)
    set_threshold(character=image.character, value=0.5)
    Redraw.objects.create(owner=user, root_id=image.pk, n=1, job_id=image.job_id)
    Mask.objects.create(owner=user, image=image, content=b"a mask", sha256="0" * 64)
    item = JobItem.objects.filter(owner=user).earliest("pk")
    HeldPicture.objects.create(item=item, content=b"a picture", content_type="image/png")
    LocalMail.objects.create(to="a@example.com", subject="Hello", text="Hello")


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_model_is_registered() -> None:
    assert [m for m in MODELS if m not in admin.site._registry] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_list_search_and_row_open(staff: Client, rows: None, model: type[models.Model]) -> None:
    row = model._default_manager.first()
    assert row is not None, f"the fixture makes no {model.__name__}"
    assert staff.get(address(model, "changelist")).status_code == 200
    assert staff.get(address(model, "changelist"), {"q": "owner@example.com"}).status_code == 200
    # The key of a session signs its reader in, so no page of it is shown.
    shown = 403 if model is Session else 200
    assert staff.get(address(model, "change", row.pk)).status_code == shown


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_list_of_a_large_table_does_not_count_it(
    staff: Client,
    rows: None,
    model: type[models.Model],
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ryla.lib.admin._estimated_rows", lambda rows: 1_000_000)
    with django_assert_max_num_queries(12) as queries:
        assert staff.get(address(model, "changelist")).status_code == 200
    count = f'SELECT COUNT(*) AS "__count" FROM "{model._meta.db_table}"'  # noqa: S608 (compared, never run)
    assert [q["sql"] for q in queries.captured_queries if q["sql"] == count] == []


@pytest.mark.parametrize("model", [CreditEntry, Image])
def test_records_cannot_be_added_changed_or_deleted(
    staff: Client, rows: None, model: type[models.Model]
) -> None:
    row = model._default_manager.first()
    assert row is not None
    assert staff.post(address(model, "add")).status_code == 403
    assert staff.post(address(model, "change", row.pk), {}).status_code == 403
    assert staff.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def act(staff: Client, model: type[models.Model], action: str, row: Any, **more: Any) -> None:
    body = {"action": action, "_selected_action": [str(row.pk)], **more}
    assert staff.post(address(model, "changelist"), body, follow=True).status_code == 200


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
    assert "Erased" in staff.get(address(Image, "changelist")).content.decode()


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
    page = staff.post(address(Image, "changelist"), body, follow=True).content.decode()
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
        page = staff.get(address(type(account), "changelist")).content.decode()
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
    here = address(Image, "change", image.pk)
    page = staff.get(here).content.decode()
    assert re.search(r'<img class="desk-picture" src="http[^"]*Signature=', page)
    assert 'value="withhold"' in page
    assert 'value="release"' not in page
    body = {"action": "withhold", "_selected_action": [str(image.pk)], "stay": "1"}
    answer = staff.post(address(Image, "changelist"), {**body, "reason": " A  check "})
    assert (answer.status_code, answer.url) == (302, here)
    page = staff.get(here).content.decode()
    assert "Withheld: A check (staff@example.com, " in page
    assert 'value="release"' in page
    assert 'value="withhold"' not in page


def test_staff_desk_is_ours_with_dates_that_sort(staff: Client, user: User) -> None:
    image = make_image(character=make_character(owner=user))
    page = staff.get(address(Image, "changelist")).content.decode()
    assert "Django administration" not in page
    assert "RYLA staff desk" in page
    assert f"{image.created_at:%Y-%m-%d %H:%M:%S}" in page
    assert '<link rel="icon" href="/static/img/favicon' in page
