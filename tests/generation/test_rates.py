"""How fast a provider is asked: at the pace of its contract, and slower when it says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from billing.services import get_account
from characters.models import Character
from generation import estimates, fair_share, pipeline, sweeper
from generation.dispatch import dispatch
from generation.models import GenerationJob, JobItem, ProviderLane
from tests.builders import give_credits, make_character, request_job, run_jobs, subscribe
from tests.contracts.openai_server import drawn, recorded
from tests.contracts.player import Player, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def far() -> Iterator[Player]:
    with Player() as player:
        yield player


@pytest.fixture(autouse=True)
def _vendor(settings: Any, far: Player) -> None:
    options = {"api_key": "sk-test", "base_url": f"{far.url}/v1"}
    settings.IMAGE_PROVIDERS = {
        "vendor": {
            "BACKEND": "generation.providers.openai.OpenAI",
            "OPTIONS": options,
            "SLOTS": 10,
        }
    }
    settings.DEFAULT_IMAGE_PROVIDER = "vendor"


@pytest.fixture
def character(user: User) -> Character:
    subscribe(user, "studio")
    give_credits(user, 1000)
    return make_character(owner=user, ready=True)


def draws(**more: Any) -> Reply:
    return Reply("POST", "/v1/images/(generations|edits)", body=drawn, **more)


def time_passes(seconds: float) -> None:
    """For the lane, and for whatever backs off."""
    by = timedelta(seconds=seconds)
    for lane in ProviderLane.objects.all():
        for name in ("submits_counted_at", "slowed_until", "closed_until"):
            if at := getattr(lane, name):
                setattr(lane, name, at - by)
        lane.save()
    waiting = JobItem.objects.filter(next_check_at__isnull=False)
    waiting.update(next_check_at=F("next_check_at") - by)
    sweeper.wake_backed_off()


# --- The pace of a contract ----------------------------------------------------------------------


def test_claims_keep_to_the_rate_after_the_first_burst(character: Character, settings: Any) -> None:
    settings.PROVIDER_RATES = {"vendor": {"per_minute": 6, "burst": 3}}
    request_job(character, count=10)
    assert len(fair_share.claim("vendor")) == 3
    assert fair_share.claim("vendor") == []
    time_passes(21)
    assert len(fair_share.claim("vendor")) == 2
    time_passes(4)
    assert fair_share.claim("vendor") == []
    time_passes(6)  # parts add up
    assert len(fair_share.claim("vendor")) == 1
    time_passes(3600)  # but no more is saved than the burst
    assert len(fair_share.claim("vendor")) == 3


def test_what_is_too_fast_waits_in_its_queue_with_its_place(
    character: Character, user: User, settings: Any
) -> None:
    settings.PROVIDER_RATES = {"vendor": {"per_minute": 6, "burst": 1}}
    job = request_job(character, count=3)
    dispatch("vendor")
    waiting = job.items.filter(status="queued")
    assert [i.next_check_at for i in waiting] == [None, None]
    assert [fair_share.Line("vendor", i.owner_id).ahead_of(i) for i in waiting.order_by("id")] == [
        0,
        1,
    ]


def test_rate_outlives_redis(character: Character, settings: Any) -> None:
    settings.PROVIDER_RATES = {"vendor": {"per_minute": 6, "burst": 1}}
    request_job(character, count=2)
    assert len(fair_share.claim("vendor")) == 1
    cache.clear()
    assert fair_share.claim("vendor") == []


def test_without_a_rate_the_slots_are_all_there_is(character: Character) -> None:
    request_job(character, count=10)
    assert len(fair_share.claim("vendor")) == 10
    assert ProviderLane.objects.get().submits_left is None


def test_rate_without_a_burst_gives_what_comes_between_two_rounds(settings: Any) -> None:
    settings.PROVIDER_RATES = {"vendor": {"per_minute": 120}, "slow": {"per_minute": 2}}
    assert fair_share.rate_of("vendor") == fair_share.Rate(120, 8)
    assert fair_share.rate_of("slow") == fair_share.Rate(2, 1)
    assert fair_share.rate_of("another") is None


def test_submits_over_the_wire_are_no_faster_than_the_rate(
    character: Character, settings: Any, far: Player
) -> None:
    settings.PROVIDER_RATES = {"vendor": {"per_minute": 1, "burst": 2}}
    far.replies.append(draws())
    scenes = ["cafe", "rooftop", "subway", "gym", "bookstore"]
    request_job(character, "grid", scenes=scenes)
    run_jobs()
    assert len(far.calls) == 2
    for expected in (3, 4, 5, 5):
        time_passes(61)
        run_jobs()
        assert len(far.calls) == expected


def test_repeat_of_a_submit_that_did_not_arrive_counts_too(
    character: Character, settings: Any
) -> None:
    settings.PROVIDER_RATES = {"vendor": {"per_minute": 6, "burst": 2}}
    request_job(character, count=3)
    fair_share.claim("vendor")
    fair_share.count_submit("vendor")
    time_passes(11)
    assert fair_share.claim("vendor") == []
    time_passes(11)
    assert len(fair_share.claim("vendor")) == 1


# --- When the vendor says that it is too fast ----------------------------------------------------


def only(job: GenerationJob) -> JobItem:
    return job.items.get()


def test_answer_429_slows_the_lane_for_as_long_as_it_says(
    character: Character, user: User, far: Player
) -> None:
    far.replies += [recorded("rate_limited", times=1), draws()]
    job, later = request_job(character), request_job(character, scene="rooftop")
    dispatch("vendor")
    JobItem.objects.filter(job=later).update(status="queued")  # it comes a moment later
    pipeline.run_item(only(job).pk)
    lane = ProviderLane.objects.get()
    assert lane.slowed_until is not None
    wait_s = (lane.slowed_until - timezone.now()).total_seconds()
    assert 10 < wait_s <= 12  # the recorded Retry-After
    assert (lane.failures_in_a_row, lane.closed_until) == (0, None)
    # No worker waits for it, and nobody else's picture is sent into the same wall.
    item = only(job)
    assert (item.status, item.lease_id, item.attempts) == ("queued", None, 0)
    assert fair_share.claim("vendor") == []
    run_jobs()
    assert len(far.calls) == 1
    time_passes(12.1)
    run_jobs()
    assert {only(j).status for j in (job, later)} == {"succeeded"}


def test_answer_429_uses_up_no_try_however_often_it_comes(
    character: Character, user: User, far: Player, settings: Any
) -> None:
    settings.JOB_MAX_ATTEMPTS = 2
    far.replies += [recorded("rate_limited", times=6), draws()]
    before = get_account(user).balance
    job = request_job(character)
    for _ in range(7):
        run_jobs()
        time_passes(200)
    job.refresh_from_db()
    assert (job.status, len(far.calls)) == ("succeeded", 7)
    assert get_account(user).balance == before - 40


def test_shorter_pause_does_not_end_a_longer_one() -> None:
    fair_share.slow_down("vendor", 100)
    fair_share.slow_down("vendor", 0)
    lane = ProviderLane.objects.get()
    assert lane.slowed_until is not None
    assert lane.slowed_until > timezone.now() + timedelta(seconds=90)


def test_after_a_pause_it_goes_on_at_the_rate_and_not_in_a_burst(
    character: Character, settings: Any
) -> None:
    settings.PROVIDER_RATES = {"vendor": {"per_minute": 6, "burst": 5}}
    request_job(character, count=10)
    fair_share.slow_down("vendor", 20)
    time_passes(21)
    assert fair_share.claim("vendor") == []
    time_passes(10)
    assert len(fair_share.claim("vendor")) == 1


def test_long_pause_is_told_and_a_short_one_is_not(character: Character) -> None:
    def why_stopped() -> str:
        return estimates.why_provider_stops(fair_share.Line("vendor", character.owner_id))

    fair_share.slow_down("vendor", 10)
    assert why_stopped() == ""
    fair_share.slow_down("vendor", 100)
    assert why_stopped() == ("The image service asks for a pause. It goes on by itself.")
    fair_share.resume_provider("vendor")
    assert why_stopped() == ""
