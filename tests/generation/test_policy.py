"""The table of what is charged, held against what really happens to the credits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from billing import ledger
from billing.services import get_account
from generation import pipeline
from generation.dispatch import dispatch
from generation.policy import CHARGED_ENDS, POLICY, price_of
from generation.services import TextRefused, cancel_job
from generation.states import ITEM_ENDED, ItemStatus
from tests.builders import make_character, request_job, run_jobs, with_scripts

pytestmark = pytest.mark.django_db
RULES = {rule.slug: rule for rule in POLICY}


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def two_pictures(user: User, *scripts: str) -> Any:
    job = request_job(make_character(owner=user, ready=True), count=2)
    with_scripts(job, *scripts)
    return job


def delivered(user: User) -> None:
    two_pictures(user, "", "")
    run_jobs()


def failed(user: User) -> None:
    two_pictures(user, "", "fail:oom")
    run_jobs()


def refused_after(user: User) -> None:
    two_pictures(user, "slow:0 fail:blocked", "")
    run_jobs()


def canceled(user: User) -> None:
    cancel_job(job=two_pictures(user, "", ""))


def canceled_running(user: User) -> None:
    job = two_pictures(user, "", "slow:9999")
    dispatch("fake")
    first = job.items.get(position=0)
    pipeline.run_item(first.pk)
    run_jobs()
    cancel_job(job=job)
    run_jobs()


def refused_before(user: User) -> None:
    with pytest.raises(TextRefused):
        request_job(make_character(owner=user, ready=True), prompt="teenage dream")


# What is charged, and what comes back, of two pictures at 40.
HAPPENINGS: dict[str, tuple[Callable[[User], None], int, int]] = {
    "delivered": (delivered, 80, 0),
    "failed": (failed, 80, 40),
    "refused_after": (refused_after, 80, 40),
    "canceled": (canceled, 80, 80),
    "canceled_running": (canceled_running, 80, 40),
    "refused_before": (refused_before, 0, 0),
}


def test_every_rule_is_held_against_what_happens() -> None:
    assert set(HAPPENINGS) == set(RULES)


@pytest.mark.parametrize("slug", RULES)
def test_credits_do_what_the_rule_says(user: User, slug: str) -> None:
    happen, charged, back = HAPPENINGS[slug]
    happen(user)
    entries = get_account(user).entries.exclude(kind="grant")
    sums = {kind: sum(e.amount for e in entries if e.kind == kind) for kind in ("charge", "refund")}
    assert sums == {"charge": -charged, "refund": back}
    assert ledger.differences() == []


def test_every_end_of_a_picture_is_either_charged_or_free() -> None:
    free = {end for rule in POLICY if not rule.is_charged for end in rule.ends}
    assert CHARGED_ENDS | free == set(ITEM_ENDED)
    assert CHARGED_ENDS & free == set()
    assert sorted(CHARGED_ENDS) == [ItemStatus.SUCCEEDED]


def test_price_of_a_part_is_rounded_in_the_users_favour() -> None:
    parts = [price_of(250, count=8, charged=n) for n in range(9)]
    assert parts == [0, 31, 62, 93, 125, 156, 187, 218, 250]


@pytest.mark.parametrize("path", ["/prices/", "/credits/"])
def test_pages_show_every_rule(user: User, client_of: Callable[[User], Client], path: str) -> None:
    html = client_of(user).get(path).content.decode()
    for rule in POLICY:
        assert f"<tr><td>{rule.when}</td><td>{rule.then}</td></tr>" in html
    assert "you have 7 more days" in html
