from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from billing.services import grant_credits
from characters.services import delete_character
from generation.services import cancel_job
from tests.builders import give_credits, make_character, make_staff, request_job

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
URL = "/credits/"


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def lines(html: str) -> list[tuple[str, str]]:
    """(what, credits) of each line of the statement."""
    return re.findall(
        r'<tr><td class="nowrap">.*?<strong>([^<]+)</strong>.*?<td class="num">([^<]+)</td></tr>',
        html,
        re.DOTALL,
    )


def test_statement_says_balance_plan_and_every_movement(user: User, client_of: SignIn) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2)
    cancel_job(job=job)
    grant_credits(user=user, credits=-20, reason="Twice by mistake", key="k", staff=make_staff())
    html = client_of(user).get(URL).content.decode()
    assert '<span class="stat__value">480</span>' in html
    assert "Free plan" in html
    assert lines(html) == [
        ("Changed by staff", "−20"),
        ("Given back", "+80"),
        ("Pictures", "−80"),
        ("Credits added", "+500"),
    ]
    assert "Twice by mistake" in html
    assert html.count(f'href="{reverse("generation:job", args=[job.pk])}"') == 2


def test_statement_does_not_link_to_jobs_that_went_with_their_character(
    user: User, client_of: SignIn
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    cancel_job(job=job)
    delete_character(character=job.character)
    html = client_of(user).get(URL).content.decode()
    assert len(lines(html)) == 3
    assert str(job.pk) not in html


def test_statement_of_a_newcomer_shows_the_welcome(user: User, client_of: SignIn) -> None:
    html = client_of(user).get(URL).content.decode()
    assert lines(html) == [("Credits added", "+500")]


def test_statement_is_ones_own(user: User, stranger: User, client_of: SignIn) -> None:
    request_job(make_character(owner=user, ready=True))
    assert lines(client_of(stranger).get(URL).content.decode()) == [("Credits added", "+500")]
    assert Client().get(URL).status_code == 302


def test_statement_goes_page_by_page(user: User, client_of: SignIn) -> None:
    client = client_of(user)
    client.get(URL)
    for _ in range(27):
        give_credits(user, 1)
    first = client.get(URL).content.decode()
    found = re.search(r'href="([^"]+)" rel="next"', first)
    assert found
    second = client.get(found.group(1)).content.decode()
    assert (len(lines(first)), len(lines(second))) == (25, 3)
    assert lines(second)[-1] == ("Credits added", "+500")
    far = client.get(URL, {"before": "9" * 60}).content.decode()
    assert lines(far) == lines(first)


def test_statement_takes_the_same_queries_for_few_and_for_many(
    user: User, client_of: SignIn
) -> None:
    client = client_of(user)
    character = make_character(owner=user, ready=True)
    request_job(character)
    client.get(URL)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(URL)
        return len(captured)

    few = queries()
    for _ in range(4):
        request_job(character)
    assert queries() == few
