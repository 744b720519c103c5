"""Whose picture is next, and that nobody's waiting makes anybody else's slower."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q

from accounts.models import User
from generation import fair_share
from generation.models import GenerationJob, JobItem, OwnerQueue, ProviderLane
from generation.states import IN_FLIGHT
from tests.builders import give_credits, make_character, make_user, request_job, run_jobs, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_slot(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    settings.PROVIDER_SLOTS = 1


def slots(settings: Any, count: int) -> None:
    settings.PROVIDER_SLOTS = count


def rich(email: str, plan: str = "") -> User:
    user = make_user(email)
    give_credits(user, 100_000)
    if plan:
        subscribe(user, plan)
    return user


def finish(pk: Any) -> None:
    """End a claimed item as a worker would leave it, without making a picture."""
    JobItem.objects.filter(pk=pk).update(
        status="failed", finished_at="2030-01-01T00:00Z", next_check_at=None
    )


def served(rounds: int) -> list[str]:
    """Whose item got the only slot, in order."""
    owners = []
    for _ in range(rounds):
        for pk in fair_share.claim("fake"):
            owners.append(JobItem.objects.get(pk=pk).owner.email)
            finish(pk)
    return owners


def ahead_of(item: JobItem) -> int:
    return fair_share.Line("fake", item.owner_id).ahead_of(item)


def true_counts() -> dict[Any, tuple[int, int]]:
    rows = JobItem.objects.values("owner_id").annotate(
        w=Count("id", filter=Q(status="queued", next_check_at=None)),
        f=Count("id", filter=Q(status__in=IN_FLIGHT)),
    )
    return {row["owner_id"]: (row["w"], row["f"]) for row in rows}


def kept_counts() -> dict[Any, tuple[int, int]]:
    return {q.owner_id: (q.waiting, q.in_flight) for q in OwnerQueue.objects.all()}


def test_one_picture_waits_one_slot_behind_somebodys_hundreds() -> None:
    heavy, light = rich("heavy@example.com", "starter"), rich("light@example.com")
    character = make_character(owner=heavy, ready=True)
    for _ in range(20):
        request_job(character, count=10)
    assert served(3) == ["heavy@example.com"] * 3
    request_job(make_character(owner=light, ready=True))
    assert "light@example.com" in served(2)


def test_turns_follow_the_weights_of_the_plans() -> None:
    for email, plan in (("free@example.com", ""), ("pro@example.com", "pro")):
        character = make_character(owner=rich(email, plan), ready=True)
        for _ in range(5):
            request_job(character, count=10)
    turns = Counter(served(30))
    assert turns == {"free@example.com": 5, "pro@example.com": 25}


def test_coming_back_after_a_pause_owes_nothing_and_is_owed_nothing() -> None:
    early, late = rich("early@example.com"), rich("late@example.com")
    for _ in range(3):
        request_job(make_character(owner=early, ready=True), count=10)
    served(20)
    request_job(make_character(owner=late, ready=True), count=10)
    turns = Counter(served(10))
    assert (turns["early@example.com"], turns["late@example.com"]) == (5, 5)


def test_an_owner_has_no_more_in_flight_than_the_plan_allows(settings: Any) -> None:
    slots(settings, 10)
    character = make_character(owner=rich("starter@example.com", "starter"), ready=True)
    request_job(character, count=10)
    assert len(fair_share.claim("fake")) == 2
    assert fair_share.claim("fake") == []


def test_a_provider_has_no_more_in_flight_than_its_slots(settings: Any) -> None:
    slots(settings, 3)
    request_job(make_character(owner=rich("s@example.com", "studio"), ready=True), count=10)
    request_job(make_character(owner=rich("p@example.com", "pro"), ready=True), count=10)
    assert len(fair_share.claim("fake")) == 3
    assert fair_share.claim("fake") == []


def test_slots_of_one_provider_are_its_own(settings: Any) -> None:
    settings.IMAGE_PROVIDERS = {
        **settings.IMAGE_PROVIDERS,
        "fake": {**settings.IMAGE_PROVIDERS["fake"], "SLOTS": 2},
    }
    assert (fair_share.slots_of("fake"), fair_share.slots_of("illustrator")) == (2, 1)


def test_paused_provider_starts_nothing_until_it_is_resumed(user: User) -> None:
    request_job(make_character(owner=user, ready=True))
    fair_share.pause_provider("fake", reason="Maintenance.")
    assert fair_share.claim("fake") == []
    fair_share.resume_provider("fake")
    assert len(fair_share.claim("fake")) == 1


def test_paused_owner_waits_while_others_are_served(user: User, stranger: User) -> None:
    for owner in (user, stranger):
        request_job(make_character(owner=owner, ready=True))
    fair_share.pause_owner(user)
    assert served(2) == [stranger.email]
    fair_share.resume_owner(user)
    assert served(1) == [user.email]


def test_halted_installation_starts_nothing(user: User, settings: Any) -> None:
    request_job(make_character(owner=user, ready=True))
    settings.GENERATION_HALTED = True
    assert fair_share.claim("fake") == []


def test_failing_provider_gets_no_work_until_it_had_time_then_one_picture(
    user: User, settings: Any
) -> None:
    slots(settings, 4)
    subscribe(user, "pro")
    give_credits(user, 1000)
    request_job(make_character(owner=user, ready=True), count=5)
    assert [fair_share.note_failure("fake") for _ in range(5)] == [False] * 5  # no lane yet
    fair_share.resume_provider("fake")
    opened = [fair_share.note_failure("fake") for _ in range(6)]
    assert opened == [False, False, False, False, True, False]
    assert fair_share.claim("fake") == []
    ProviderLane.objects.update(closed_until="2020-01-01T00:00Z")
    assert len(fair_share.claim("fake")) == 1
    fair_share.note_success("fake")
    assert len(fair_share.claim("fake")) == 3


def test_position_counts_those_who_are_served_first() -> None:
    heavy, light = rich("heavy@example.com"), rich("light@example.com")
    first = request_job(make_character(owner=heavy, ready=True), count=10)
    second = request_job(make_character(owner=light, ready=True), count=1)
    positions = [ahead_of(item) for item in first.items.order_by("position")]
    assert positions[0] in (0, 1)
    assert positions[-1] == 10
    assert ahead_of(second.items.get()) in (0, 1)
    for _ in range(2):
        order = served(1)
        assert order[0] in ("heavy@example.com", "light@example.com")


def test_queues_count_what_is_there_through_a_jobs_whole_life(
    user: User, stranger: User, settings: Any
) -> None:
    slots(settings, 4)
    job = request_job(make_character(owner=user, ready=True), count=5)
    request_job(make_character(owner=stranger, ready=True), count=2)
    assert kept_counts() == true_counts()
    fair_share.claim("fake")
    assert kept_counts() == true_counts()
    JobItem.objects.filter(status="queued").update(next_check_at="2030-01-01T00:00Z")
    assert kept_counts() == true_counts()
    JobItem.objects.filter(status="queued").update(next_check_at=None)
    run_jobs()
    assert kept_counts() == true_counts() == {user.pk: (0, 0), stranger.pk: (0, 0)}
    GenerationJob.objects.filter(pk=job.pk).delete()
    assert kept_counts()[user.pk] == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_claims_at_the_same_moment_never_take_one_twice(settings: Any) -> None:
    slots(settings, 100)
    for n in range(6):
        request_job(make_character(owner=rich(f"{n}@example.com", "pro"), ready=True), count=10)
    claimed: list[Any] = []

    def work() -> None:
        try:
            for _ in range(10):
                claimed.extend(fair_share.claim("fake"))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 30
    assert kept_counts() == true_counts()
