"""Every list of the admin, on tables with rows: found, searched, opened, never counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client, override_settings

from accounts.models import LocalMail, MailSwitch, Session, User
from billing.models import CreditEntry, Subscription
from characters.feeds import renew_feed
from characters.models import Image, StoredFile
from characters.posts import create_post
from characters.services import update_character, withhold_image
from generation.likeness import set_threshold
from generation.models import (
    FavouriteOption,
    HeldPicture,
    JobItem,
    Likeness,
    Mask,
    Redraw,
    StudioTemplate,
)
from tests.builders import (
    admin_address,
    make_album,
    make_character,
    make_image,
    make_staff,
    make_user,
    request_job,
    run_jobs,
)

pytestmark = pytest.mark.django_db
OURS = ("accounts", "characters", "billing", "generation")
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(scope="module")
def rows(kept_rows: None) -> None:
    """At least one row of everything."""
    with override_settings(DEFAULT_IMAGE_PROVIDER="fake"):
        _make_rows(make_user("owner@example.com"))


def _make_rows(user: User) -> None:
    Client().force_login(user, backend="django.contrib.auth.backends.ModelBackend")
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
    make_album(owner=user, images=[image])
    create_post(owner=user, images=[image])
    renew_feed(owner=user)
    set_threshold(character=image.character, value=0.5)
    Redraw.objects.create(owner=user, root_id=image.pk, n=1, job_id=image.job_id)
    Mask.objects.create(owner=user, image=image, content=b"a mask", sha256="0" * 64)
    item = JobItem.objects.filter(owner=user).earliest("pk")
    HeldPicture.objects.create(item=item, content=b"a picture", content_type="image/png")
    FavouriteOption.objects.create(owner=user, field="scene", slug="cafe")
    update_character(character=make_character(owner=user), config={"hair_style": "bun"})
    MailSwitch.objects.create(user=user, kind="welcome", is_on=False)
    StudioTemplate.objects.create(owner=user, name="Beach day", recipe="studio")
    LocalMail.objects.create(to="a@example.com", subject="Hello", text="Hello")


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_list_search_and_row_open(staff: Client, rows: None, model: type[models.Model]) -> None:
    row = model._default_manager.first()
    assert row is not None, f"the fixture makes no {model.__name__}"
    assert staff.get(admin_address(model, "changelist")).status_code == 200
    assert (
        staff.get(admin_address(model, "changelist"), {"q": "owner@example.com"}).status_code == 200
    )
    # The key of a session signs its reader in, so no page of it is shown.
    shown = 403 if model is Session else 200
    assert staff.get(admin_address(model, "change", row.pk)).status_code == shown


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
        assert staff.get(admin_address(model, "changelist")).status_code == 200
    count = f'SELECT COUNT(*) AS "__count" FROM "{model._meta.db_table}"'  # noqa: S608 (compared, never run)
    assert [q["sql"] for q in queries.captured_queries if q["sql"] == count] == []


@pytest.mark.parametrize("model", [CreditEntry, Image])
def test_records_cannot_be_added_changed_or_deleted(
    staff: Client, rows: None, model: type[models.Model]
) -> None:
    row = model._default_manager.first()
    assert row is not None
    assert staff.post(admin_address(model, "add")).status_code == 403
    assert staff.post(admin_address(model, "change", row.pk), {}).status_code == 403
    assert staff.post(admin_address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
