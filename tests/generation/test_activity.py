"""What the badge counts is what the page shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Event, User
from billing.services import grant_credits
from characters.services import bin_images, delete_character, remove_image, withhold_image
from generation.activity import JOB_ENDS, NOTICES, _events, count_news
from generation.services import cancel_job
from tests.builders import make_character, make_image, make_staff, request_job, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def badge(html: str) -> int:
    found = re.search(r'class="count">(\d+)<', html)
    return int(found.group(1)) if found else 0


def page_of(client: Client, name: str = "generation:jobs") -> str:
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(html: str) -> int:
    return html.count('<li class="row">')


def test_badge_counts_the_rows_of_the_page_and_nothing_else(
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
    assert badge(page_of(client, "characters:list")) == 4
    html = page_of(client)
    assert rows_of(html) == 4
    assert ("Somebody else&#x27;s logo" in html, "40 credits were added" in html) == (True, True)
    assert badge(page_of(client)) == 0


def test_what_people_do_themselves_is_no_news(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    bin_images(owner=user, images=[make_image(character=character)])
    request_job(character)
    assert badge(page_of(client_of(user), "characters:list")) == 0


def test_jobs_that_went_with_their_character_are_not_counted(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True))
    cancel_job(job=job)
    assert count_news(user) == 1
    delete_character(character=job.character)
    assert count_news(user) == 0


def test_what_the_refreshed_list_shows_is_read_as_well(user: User, client_of: SignIn) -> None:
    cancel_job(job=request_job(make_character(owner=user, ready=True)))
    client = client_of(user)
    page_of(client, "generation:jobs_fragment")
    assert badge(page_of(client, "characters:list")) == 0


def test_what_happens_while_the_page_is_made_stays_news(
    user: User, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generation.views import jobs as views

    job = request_job(make_character(owner=user, ready=True))
    rendered = views.render

    def slowly(*args: Any) -> Any:
        answer = rendered(*args)
        cancel_job(job=job)
        return answer

    monkeypatch.setattr(views, "render", slowly)
    page_of(client_of(user))
    user.refresh_from_db()
    assert count_news(user) == 1


def test_notice_leads_to_the_picture_while_there_is_one(user: User, client_of: SignIn) -> None:
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


def test_news_among_very_many_events_are_found_by_their_index(user: User) -> None:
    Event.objects.bulk_create(
        Event(user=user, kind="generation.image.ready", subject=str(user.pk)) for _ in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_event")
    for rows in (_events(user, NOTICES), _events(user, (*JOB_ENDS, *NOTICES)).filter(id__gt=0)):
        assert "event_of_user_by_kind" in rows[:100].explain()
