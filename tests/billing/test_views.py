from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from billing import ledger
from billing.services import get_account, grant_credits
from characters.services import delete_character
from generation.services import cancel_job
from tests.builders import give_credits, make_character, make_staff, make_user, request_job

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


def bought_and_expiring(user: User) -> None:
    account = get_account(user)
    ledger.grant(account, 100, key="pack", reference="Pack", kind=ledger.BOUGHT)
    soon = datetime(2099, 12, 1, 8, 30, tzinfo=UTC)
    ledger.grant(account, 30, key="gift", reference="Gift", expires_at=soon)


def holdings(html: str) -> list[tuple[str, str, str]]:
    """(what, when it expires, credits) of each part of the balance."""
    row = r'<tr><td>([^<]+)</td><td>(.*?)</td><td class="num">([^<]+)</td></tr>'
    found = re.findall(row, html)
    return [(what, re.sub(r"<[^>]+>", "", until), amount) for what, until, amount in found]


def test_statement_says_what_there_is_and_when_it_expires(user: User, client_of: SignIn) -> None:
    bought_and_expiring(user)
    assert holdings(client_of(user).get(URL).content.decode()) == [
        ("Granted", "1 Dec 2099, 08:30 UTC", "30"),
        ("Granted", "never", "500"),
        ("Bought", "never", "100"),
    ]


def test_statement_puts_many_later_expiries_into_one_line(user: User, client_of: SignIn) -> None:
    account = get_account(user)
    for day in range(1, 10):
        expires_at = datetime(2099, 12, day, tzinfo=UTC)
        ledger.grant(account, 10, key=f"gift-{day}", expires_at=expires_at)
    rows = holdings(client_of(user).get(URL).content.decode())
    assert [what for what, _, _ in rows] == ["Granted"] * 6 + ["Granted, latest", "Granted"]
    assert rows[6] == ("Granted, latest", "9 Dec 2099, 00:00 UTC", "30")


def test_statement_says_from_which_credits_a_charge_was_paid(user: User, client_of: SignIn) -> None:
    bought_and_expiring(user)
    ledger.charge(get_account(user), 540, key="test:spent", reference="Much")
    html = client_of(user).get(URL).content.decode()
    assert "30 granted until 1 Dec 2099, 500 granted, 10 bought" in html
    assert "100 bought" in html


def test_statement_without_any_movement_says_what_will_be_here(client_of: SignIn) -> None:
    get_account(make_user("ada@example.com"))
    again = make_user("ada+2@example.com")
    html = client_of(again).get(URL).content.decode()
    assert "Nothing has moved yet" in html
    assert (lines(html), holdings(html)) == ([], [])


def test_api_opens_the_account_of_whoever_lists_its_entries_first() -> None:
    user = make_user("newcomer@example.com")
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    entries = api.get("/api/v1/credits/entries/").json()["results"]
    assert [(entry["kind"], entry["amount"]) for entry in entries] == [("grant", 500)]


def test_api_tells_lots_and_which_job_each_entry_was_about(user: User) -> None:
    bought_and_expiring(user)
    job = request_job(make_character(owner=user, ready=True))
    cancel_job(job=job)
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    lots = api.get("/api/v1/credits/").json()["lots"]
    assert [(lot["kind"], lot["remaining"], lot["expires_at"]) for lot in lots] == [
        ("granted", 30, "2099-12-01T08:30:00Z"),
        ("granted", 500, None),
        ("bought", 100, None),
    ]
    entries = api.get("/api/v1/credits/entries/").json()["results"]
    assert [entry["job"] for entry in entries] == [str(job.pk), str(job.pk), None, None, None]
    assert [[(part["lot"], part["amount"]) for part in entry["lots"]] for entry in entries[:2]] == [
        [(lots[1]["id"], 10), (lots[0]["id"], 30)],
        [(lots[0]["id"], -30), (lots[1]["id"], -10)],
    ]


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
