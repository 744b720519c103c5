"""What people take along: everything of theirs, nothing of anybody else's, at any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.exports import stream_json
from accounts.models import Event, Session, User
from accounts.services import export_data
from accounts.switches import set_switches
from accounts.tokens import issue_tokens
from billing.models import Subscription
from billing.services import grant_credits
from characters.feeds import renew_feed
from characters.models import Image
from characters.posts import create_post
from characters.services import update_character, withhold_image
from generation.favourites import set_favourite_option
from generation.likeness import set_threshold
from generation.models import Likeness, Mask, Provenance, Redraw
from generation.starts import save_template
from ryla.lib.errors import DomainError
from ryla.lib.rows import in_bites
from tests.builders import make_album, make_character, make_staff, request_job, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

# Tables that hold something of a user, and the section it is handed over in.
SECTIONS = {
    "accounts.User": "account",
    "accounts.Consent": "consents",
    "accounts.Session": "sessions",
    "accounts.Event": "events",
    "accounts.MailSwitch": "mail_switches",
    "accounts.OutgoingMail": "mails",
    "characters.Character": "characters",
    "characters.Image": "images",
    "characters.ReviewDecision": "review_decisions",
    "characters.CharacterVersion": "character_versions",
    "characters.DesignerHistory": "designer_histories",
    "characters.Post": "posts",
    "characters.PostPicture": "post_pictures",
    "characters.CalendarFeed": "calendar_feeds",
    "characters.Album": "albums",
    "characters.AlbumPicture": "album_pictures",
    "billing.CreditAccount": "credits",
    "billing.CreditEntry": "credit_entries",
    "billing.CreditLot": "credit_lots",
    "billing.CreditEntryLot": "credit_movements",
    "billing.Subscription": "subscriptions",
    "generation.GenerationJob": "jobs",
    "generation.JobItem": "pictures_asked_for",
    "generation.Mask": "masks",
    "generation.Provenance": "provenance",
    "generation.ModerationVerdict": "moderation_verdicts",
    "generation.FreeDraw": "free_draws",
    "generation.Likeness": "likenesses",
    "generation.LikenessThreshold": "likeness_thresholds",
    "generation.Redraw": "redraws",
    "generation.FavouriteOption": "favourite_options",
    "generation.StudioTemplate": "studio_templates",
}
# Held pictures are gone a moment later, as pictures; queues and lanes say who is served next.
NOBODYS = {
    "accounts.LocalMail",
    "characters.StoredFile",
    "billing.Welcome",
    "generation.HeldPicture",
    "generation.OwnerQueue",
    "generation.ProviderLane",
}


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def live_a_little(user: User, client_of: SignIn) -> None:
    """Something in every section."""
    client_of(user)
    issue_tokens(user)
    character = make_character(owner=user, ready=True, name=f"Persona of {user.email}")
    request_job(make_character(owner=user), "base_faces")
    request_job(character, count=2, prompt=f"Prompt of {user.email}")
    run_jobs()
    image = Image.objects.filter(owner=user, kind="picture").earliest("pk")
    Likeness.objects.create(image=image, face_id=image.pk, model="m", version="1", value=0.5)
    Mask.objects.create(owner=user, image=image, content=b"a mask", sha256="0" * 64)
    set_threshold(character=character, value=0.5)
    Redraw.objects.create(owner=user, root_id=image.pk, n=1, job_id=image.job_id)
    make_album(owner=user, images=[image])
    create_post(owner=user, images=[image], caption=f"Words of {user.email}")
    renew_feed(owner=user)
    withhold_image(image=image, reason=f"Reason for {user.email}")
    set_favourite_option(owner=user, field="scene", slug="cafe", is_favourite=True)
    update_character(character=make_character(owner=user), config={"hair_style": "bun"})
    set_switches(user=user, switches={"welcome": False})
    save_template(owner=user, name=f"Of {user.email}", recipe="studio", options={})
    Subscription.objects.create(
        user=user, plan="pro", interval="month", amount_minor=4900, currency="EUR"
    )


def taken(user: User) -> Any:
    return json.loads("".join(stream_json(export_data(user=user))))


def test_export_has_a_section_for_every_table_that_holds_something_of_a_user(
    user: User, client_of: SignIn
) -> None:
    ours = ("accounts", "characters", "billing", "generation")
    tables = {model._meta.label for app in ours for model in apps.get_app_config(app).get_models()}
    assert tables - NOBODYS == set(SECTIONS)
    live_a_little(user, client_of)
    data = taken(user)
    assert set(data) == {*SECTIONS.values(), "api_tokens"}
    assert [name for name, section in data.items() if not section] == []


def test_export_tells_where_every_picture_came_from(user: User, client_of: SignIn) -> None:
    live_a_little(user, client_of)
    data = taken(user)
    made = {str(pk) for pk in Provenance.objects.values_list("image_id", flat=True)}
    assert {row["image_id"] for row in data["provenance"]} == made
    assert made <= {row["id"] for row in data["images"]}
    assert len(data["images"]) == Image.objects.filter(owner=user).count() == 6
    assert data["characters"][0]["config"]["age_range"]
    assert data["review_decisions"][0]["reason"] == "Reason for owner@example.com"
    assert f"Prompt of {user.email}" in {row["options"].get("prompt") for row in data["jobs"]}
    assert sum(row["amount"] for row in data["credit_entries"]) == data["credits"]["balance"]


def test_export_holds_nothing_of_a_stranger(user: User, stranger: User, client_of: SignIn) -> None:
    for person in (user, stranger):
        live_a_little(person, client_of)
    text = json.dumps(taken(user))
    theirs = taken(stranger)
    ids = {str(row[key]) for rows in theirs.values() if isinstance(rows, list)
           for row in rows for key in ("id", "character_id", "job_id", "image_id") if row.get(key)
           and len(str(row[key])) == 36}  # fmt: skip
    assert len(ids) > 10
    assert [pk for pk in ids if pk in text] == []
    assert (stranger.email in text, str(stranger.pk) in text) == (False, False)


def test_export_holds_no_secrets_and_no_staff(user: User, client_of: SignIn) -> None:
    live_a_little(user, client_of)
    tokens, staff = issue_tokens(user), make_staff()
    grant_credits(user=user, credits=5, reason="Hi", key="k", staff=staff)
    text = json.dumps(taken(user))
    key = Session.objects.get(user=user).pk
    image = Image.objects.filter(owner=user).latest("pk")
    for secret in (key, tokens["refresh"], user.password, str(staff.pk), image.original_key):
        assert secret not in text


def test_rows_are_read_in_bites_and_only_when_asked_for(
    user: User, django_assert_num_queries: Any
) -> None:
    Event.objects.bulk_create(Event(user=user, kind="k", subject=str(n)) for n in range(5))
    with django_assert_num_queries(0):
        rows = in_bites(Event.objects.filter(user=user), "subject", size=2)
    with django_assert_num_queries(1):
        first = [next(rows), next(rows)]
    with django_assert_num_queries(2):
        rest = list(rows)
    assert [row["subject"] for row in first + rest] == ["0", "1", "2", "3", "4"]


def test_a_hundred_thousand_rows_are_never_held_at_once() -> None:
    read = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal read
        for read in range(1, 100_001):
            yield {"id": read, "settings": {"scene": "cafe"}}

    pieces = stream_json({"images": rows(), "account": {"email": "a@example.com"}})
    longest, first_at = len(next(pieces)), read
    assert first_at < 3_000
    longest = max(longest, *(len(piece) for piece in pieces))
    assert longest < 70_000
    assert read == 100_000


def test_part_that_fails_breaks_the_download_off_instead_of_ending_it_whole() -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield {"id": 1}
        raise DomainError

    with pytest.raises(DomainError):
        "".join(stream_json({"images": rows()}))


def test_account_with_nothing_in_it_is_taken_along_too(user: User) -> None:
    data = taken(user)
    assert (data["images"], data["jobs"], data["credits"]["balance"]) == ([], [], 500)


@pytest.mark.django_db(transaction=True)
def test_download_holds_no_database_connection_between_bites(user: User) -> None:
    from django.db import connection

    Event.objects.bulk_create(Event(user=user, kind="k", subject="1") for _ in range(3))
    rows = in_bites(Event.objects.filter(user=user), "subject", size=2)
    next(rows)
    assert connection.connection is None
    assert len(list(rows)) == 2
