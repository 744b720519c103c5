"""What the bell counts is what the inbox shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import events, inbox, telling
from accounts.models import Event, User
from accounts.tokens import issue_tokens
from billing.services import grant_credits
from characters.services import bin_images, delete_character, remove_image, withhold_image
from generation.services import cancel_job
from tests.builders import make_character, make_image, make_staff, request_job, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
INBOX = "/inbox/"


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def bell(html: str) -> int:
    found = re.search(r'class="count">(\d+)', html)
    return int(found[1]) if found else 0


def page_of(client: Client, address: str = INBOX, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows_in(html: str) -> int:
    return len(re.findall(r'<li class="row( row--new)?">', html))


def test_bell_counts_the_new_rows_of_the_inbox_and_nothing_else(
    user: User, stranger: User, client_of: SignIn
) -> None:
    character = make_character(owner=user, ready=True)
    bin_images(owner=user, images=[make_image(character=character)])
    request_job(character, count=3)
    run_jobs()
    cancel_job(job=request_job(character))
    withhold_image(image=make_image(character=character), reason="Somebody else's logo")
    grant_credits(user=user, credits=40, reason="Sorry", key="k", staff=make_staff())
    request_job(make_character(owner=stranger, ready=True))
    run_jobs()
    client = client_of(user)
    assert bell(page_of(client, "/characters/")) == 4
    html = page_of(client)
    assert rows_in(html) == 4
    assert "Somebody else&#x27;s logo" in html
    assert "40 credits added" in html
    assert "3 pictures are ready" in html


def test_rows_are_read_by_the_button_and_what_came_meanwhile_stays_new(
    user: User, client_of: SignIn
) -> None:
    character = make_character(owner=user, ready=True)
    cancel_job(job=request_job(character))
    client = client_of(user)
    shown = re.search(r'name="up_to" value="(\d+)"', page_of(client))
    assert shown
    cancel_job(job=request_job(character))
    client.post(reverse("accounts:inbox_read"), {"up_to": shown[1]})
    assert bell(page_of(client)) == 1
    client.post(reverse("accounts:inbox_read"))
    assert bell(page_of(client)) == 0
    assert "row--new" not in page_of(client)


def test_what_people_do_themselves_is_no_news(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    bin_images(owner=user, images=[make_image(character=character)])
    request_job(character)
    assert bell(page_of(client_of(user), "/characters/")) == 0


def test_topic_shows_its_own_rows_only(user: User, client_of: SignIn) -> None:
    cancel_job(job=request_job(make_character(owner=user, ready=True)))
    grant_credits(user=user, credits=40, reason="Sorry", key="k", staff=make_staff())
    client = client_of(user)
    assert "40 credits added" in page_of(client, show="credits")
    assert "40 credits added" not in page_of(client, show="jobs")
    assert "Nothing of this kind" in page_of(client, show="account")
    assert rows_in(page_of(client, show="nonsense")) == 2


def test_rows_stand_under_their_day(user: User, client_of: SignIn) -> None:
    grant_credits(user=user, credits=1, reason="One", key="a", staff=make_staff())
    day, other = timezone.now() + timedelta(days=1), make_staff("s@example.com")
    with time_machine.travel(day, tick=False):
        grant_credits(user=user, credits=2, reason="Two", key="b", staff=other)
        html = page_of(client_of(user))
    assert html.index("Today") < html.index("2 credits") < html.index("Yesterday")


def test_empty_inbox_says_what_comes_here(user: User, client_of: SignIn) -> None:
    assert "Nothing has happened yet" in page_of(client_of(user))


def test_inbox_goes_on_to_older_rows(user: User, client_of: SignIn) -> None:
    for number in range(31):
        events.emit(user, "billing.credits.expired", user.pk, {"credits": -number - 1})
    client = client_of(user)
    html = page_of(client)
    assert rows_in(html) == 30
    older = re.search(r'href="(/inbox/\?[^"]*(?:before|older)[^"]*)"', html) or re.search(
        r'href="(/inbox/\?[^"]+)" rel="next"', html
    )
    assert older, "no way to older rows"
    assert rows_in(page_of(client, older[1].replace("&amp;", "&"))) == 1


def test_row_leads_to_the_picture_while_there_is_one(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user)
    image = make_image(character=character)
    remove_image(image=image, reason="It shows a real person.")
    address = f'href="{reverse("generation:image", args=[image.pk])}"'
    client = client_of(user)
    assert address in page_of(client)
    delete_character(character=character)
    html = page_of(client)
    assert "A picture was removed" in html
    assert address not in html


def test_rows_cost_as_many_queries_for_three_as_for_one(user: User, client_of: SignIn) -> None:
    client = client_of(user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page_of(client)
        return len(asked)

    character = make_character(owner=user, ready=True)
    cancel_job(job=request_job(character))
    queries()  # makes the account of credits
    with_one = queries()
    for _ in range(2):
        cancel_job(job=request_job(character))
    assert queries() == with_one


def test_fragment_and_bell_answer_304_until_something_is_told(
    user: User, client_of: SignIn
) -> None:
    client = client_of(user)
    for name in ("accounts:inbox_fragment", "accounts:bell_fragment"):
        address = reverse(name)
        known = {"If-None-Match": client.get(address)["ETag"]}
        assert client.get(address, headers=known).status_code == 304
        events.emit(user, "billing.credits.expired", user.pk, {"credits": -1})
        assert client.get(address, headers=known).status_code == 200


def test_news_among_very_many_events_are_found_by_their_index(user: User) -> None:
    Event.objects.bulk_create(
        Event(user=user, kind="generation.image.delivered", subject=str(user.pk))
        for _ in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_event")
    rows = inbox.told_to(user).order_by("-id")[:30]
    assert "event_of_user_by_kind" in rows.explain()


# --- Words ---------------------------------------------------------------------------------------


def _emitted_kinds() -> Iterator[str]:
    """Every dotted kind that stands in the code of an app."""
    apps = ("accounts", "billing", "characters", "generation")
    for app in apps:
        for file in Path(django_settings.BASE_DIR, app).rglob("*.py"):
            if "migrations" in file.parts or file.name == "notices.py":
                continue
            yield from re.findall(
                r'"((?:accounts|billing|characters|generation)\.[a-z_]+\.[a-z_]+)"',
                file.read_text(),
            )


def test_every_kind_that_is_told_anywhere_has_words_or_is_silent() -> None:
    kinds = set(_emitted_kinds()) - set(current_app.tasks)
    assert len(kinds) > 10
    assert {kind for kind in kinds if not telling.is_known(kind)} == set()


# --- API -----------------------------------------------------------------------------------------


@pytest.fixture
def api(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    return client


def test_api_tells_in_words_and_marks_as_read(api: APIClient, user: User, stranger: User) -> None:
    grant_credits(user=user, credits=40, reason="Sorry", key="k", staff=make_staff())
    grant_credits(user=stranger, credits=9, reason="No", key="n", staff=make_staff("t@example.com"))
    rows = api.get("/api/v1/inbox/").json()["results"]
    assert [(row["title"], row["text"], row["is_unread"]) for row in rows] == [
        ("40 credits added", "Sorry", True)
    ]
    assert api.post("/api/v1/inbox/read/", {"up_to": rows[0]["id"]}, format="json").json() == {
        "unread": 0
    }
    assert api.get("/api/v1/inbox/", {"topic": "jobs"}).json()["results"] == []


def test_api_names_the_field_that_is_wrong(api: APIClient) -> None:
    assert api.get("/api/v1/inbox/", {"topic": "x"}).json()["error"]["field"] == "topic"
    answer = api.post("/api/v1/inbox/read/", {"up_to": -1}, format="json").json()
    assert list(answer["error"]["fields"]) == ["up_to"]
