from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from billing.plans import FREE, PLANS
from generation import estimates, fair_share, pipeline
from generation.dispatch import dispatch
from generation.estimates import Expected, expected_for, standing_of
from generation.fair_share import Line
from generation.models import GenerationJob, JobItem
from generation.services import cancel_job
from tests.builders import (
    give_credits,
    make_character,
    make_user,
    request_job,
    run_jobs,
    subscribe,
    with_scripts,
)
from tests.generation.history import make_history

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    settings.PROVIDER_SLOTS = 4


def expected(user: User, count: int = 1, plan: str = "free") -> Expected | None:
    return expected_for(line=Line("fake", user.pk), plan=PLANS[plan], count=count)


def standing(job: GenerationJob) -> estimates.Standing:
    found = standing_of(GenerationJob.objects.get(pk=job.pk))
    assert found is not None
    return found


def somebody(count: int = 1) -> GenerationJob:
    """Another owner with pictures in the queue."""
    owner = make_user()
    give_credits(owner, 10_000)
    return request_job(make_character(owner=owner, ready=True), count=count)


def test_nothing_is_said_without_enough_history(user: User) -> None:
    character = make_character(owner=user, ready=True)
    assert expected(user) is None
    make_history(character, [20] * 4)
    assert expected(user) is None
    make_history(character, [20], provider="illustrator")
    assert expected(user) is None
    make_history(character, [20])
    assert expected(user) == Expected(20, 20)


def test_range_is_the_middle_and_the_slow_tenth_of_what_happened(user: User) -> None:
    make_history(make_character(owner=user, ready=True), [20] * 60 + [30] * 25 + [75] * 15)
    assert expected(user) == Expected(20, 75)


def test_only_recent_pictures_count(user: User) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [600] * 50)
    JobItem.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    make_history(character, [20] * 200)
    assert expected(user) == Expected(20, 20)


def test_pictures_of_one_owner_take_turns_as_the_plan_says(user: User) -> None:
    make_history(make_character(owner=user, ready=True), [20] * 10)
    assert expected(user, count=4) == Expected(80, 80)
    assert expected(user, count=4, plan="starter") == Expected(40, 40)
    assert expected(user, count=4, plan="pro") == Expected(20, 20)
    assert expected(user, count=8, plan="studio") == Expected(40, 40)  # four slots


def test_who_is_ahead_makes_it_longer(user: User) -> None:
    make_history(make_character(owner=user, ready=True), [20] * 10)
    for _ in range(8):
        somebody()
    assert expected(user) == Expected(60, 60)


def test_a_crowd_ahead_of_one_owner_delays_by_a_slot_at_most(user: User) -> None:
    make_history(make_character(owner=user, ready=True), [20] * 10)
    for _ in range(5):
        somebody(10)
    found = expected(user)
    assert found is not None
    assert found.high_s <= 60


def test_others_change_nothing_where_there_is_room_for_all() -> None:
    durations = [10.0, 20.0, 30.0, 60.0]
    alone = estimates._Load(
        slots=48, cap=2, busy_others=0, busy_own=0, ahead_others=3, ahead_own=1, count=4
    )
    beside_many = replace(alone, busy_others=40)
    assert estimates._range(beside_many, durations) == estimates._range(alone, durations)
    crowded = replace(beside_many, slots=40)
    assert estimates._range(crowded, durations) > estimates._range(alone, durations)


def test_a_range_holds_about_as_often_as_it_says(user: User) -> None:
    """Played with other luck, half of the ends lie below the low figure, nine in ten below the
    high one."""
    import random

    rng = random.Random(5)
    durations = [rng.lognormvariate(3, 0.5) for _ in range(200)]
    load = estimates._Load(
        slots=4, cap=2, busy_others=3, busy_own=0, ahead_others=5, ahead_own=1, count=4
    )
    said = estimates._range(load, durations)
    assert said is not None
    low_s, high_s = said
    ends = [estimates._play(load, durations, [], rng) for _ in range(2000)]
    assert statistics.mean(end <= low_s for end in ends) == pytest.approx(0.5, abs=0.15)
    assert statistics.mean(end <= high_s for end in ends) == pytest.approx(0.9, abs=0.08)


def test_pictures_at_work_shorten_what_is_left_and_overdue_ones_silence_it(user: User) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [60] * 10)
    job = request_job(character, prompt="slow:600")
    assert standing(job).expected == Expected(60, 60)
    dispatch("fake")
    JobItem.objects.filter(job=job).update(claimed_at=timezone.now() - timedelta(seconds=45))
    left = standing(job).expected
    assert left is not None
    assert 10 <= left.low_s <= left.high_s <= 15
    JobItem.objects.filter(job=job).update(claimed_at=timezone.now() - timedelta(seconds=90))
    assert standing(job).expected is None


def test_position_counts_who_is_before_and_ends_with_the_start(user: User) -> None:
    for _ in range(3):
        somebody()
    job = request_job(make_character(owner=user, ready=True))
    assert standing(job).ahead == 3
    dispatch("fake")
    assert standing(job).ahead is None


def test_position_asked_for_beforehand_is_the_one_taken(user: User) -> None:
    for _ in range(3):
        somebody(2)
    run_jobs()
    for _ in range(3):
        somebody(2)
    before = Line("fake", user.pk).ahead_of_next(weight=FREE.images_at_once)
    job = request_job(make_character(owner=user, ready=True))
    assert Line("fake", user.pk).ahead_of(job.items.get()) == before == 3


def test_waiting_for_the_plan_says_so(user: User) -> None:
    character = make_character(owner=user, ready=True)
    first = request_job(character, prompt="slow:600")
    second = request_job(character, count=2)
    run_jobs()
    assert standing(first).reason == ""
    assert standing(second).reason == (
        "Your plan makes 1 at a time. This starts when one before it is done."
    )
    subscribe(user, "starter")
    third = request_job(character)
    assert "Your plan makes" not in standing(third).reason


def test_job_under_way_does_not_wait_for_itself(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="slow:600", count=3)
    dispatch("fake")
    assert (standing(job).ahead, standing(job).reason) == (None, "")


def test_job_between_two_of_its_pictures_is_not_next_in_line(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2)
    dispatch("fake")
    first = job.items.exclude(status="queued").get()
    for _ in range(5):
        pipeline.run_item(first.pk)
    first.refresh_from_db()
    assert first.status == "succeeded"
    job.items.exclude(pk=first.pk).update(status="queued", claimed_at=None)
    assert (standing(job).ahead, standing(job).reason) == (None, "")


def test_pauses_are_told_with_their_reason_and_without_a_time(user: User, settings: Any) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [20] * 10)
    job = request_job(character)
    fair_share.pause_provider("fake", reason="New cards are being fitted.")
    told = standing(job)
    assert told.reason == "Paused: New cards are being fitted. What waits keeps its place."
    assert (told.expected, expected(user)) == (None, None)
    fair_share.resume_provider("fake")
    for _ in range(5):
        fair_share.note_failure("fake")
    dispatch("fake")
    assert "is tried again by itself" in standing(job).reason
    fair_share.resume_provider("fake")
    fair_share.pause_owner(user)
    assert "paused by the staff" in standing(job).reason
    fair_share.resume_owner(user)
    assert standing(job).reason == ""
    settings.GENERATION_HALTED = True
    assert "Paused for maintenance." in standing(job).reason


def test_a_pause_says_nothing_of_what_is_at_work(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="slow:600")
    run_jobs()
    fair_share.pause_provider("fake", reason="Cards")
    assert standing(job).reason == ""


def test_ended_and_canceling_jobs_wait_for_nothing(user: User) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [20] * 10)
    job = request_job(character, prompt="slow:600")
    run_jobs()
    job = cancel_job(job=job)
    assert job.status == "canceling"
    assert standing(job) == estimates.Standing(None, "", None)
    run_jobs()
    assert standing_of(GenerationJob.objects.get(pk=job.pk)) is None


def test_partly_delivered_jobs_count_what_is_left(user: User) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [60] * 60)
    job = request_job(character, count=3)
    assert standing(job).expected == Expected(180, 180)
    with_scripts(job, "", "slow:600", "")
    run_jobs()
    assert standing(job).expected == Expected(90, 120)  # just under two rounds


@pytest.mark.parametrize(
    ("low", "high", "rounded"),
    [
        (0.2, 0.7, (1, 1)),
        (7.4, 12.1, (7, 13)),
        (22, 41, (20, 45)),
        (88, 95, (85, 120)),
        (200, 610, (180, 660)),
        (700, 5390, (660, 5400)),
        (5500, 9100, (5400, 10800)),
    ],
)
def test_ranges_are_rounded_outwards(low: float, high: float, rounded: tuple[int, int]) -> None:
    assert Expected.of(low, high) == Expected(*rounded)
