"""Two vendors of one kind at the wire: who makes a picture when the first one cannot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event, User
from billing.ledger import differences
from billing.services import get_account
from characters.models import Character
from generation import failover, fair_share, pipeline, quotes, services, sweeper
from generation.dispatch import dispatch
from generation.models import GenerationJob, JobItem, OwnerQueue, Provenance, ProviderLane
from generation.quotes import Promise
from generation.timeline import steps_of
from tests.builders import give_credits, make_character, run_jobs, subscribe
from tests.contracts.openai_server import drawn, recorded
from tests.contracts.player import Player, Reply
from tests.generation.history import make_history

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> Iterator[Player]:
    with Player() as player:
        yield player


@pytest.fixture
def second() -> Iterator[Player]:
    with Player([draws()]) as player:
        yield player


@pytest.fixture(autouse=True)
def two(settings: Any, first: Player, second: Player) -> None:
    settings.IMAGE_PROVIDERS = {"first": vendor(first), "second": vendor(second)}
    settings.DEFAULT_IMAGE_PROVIDER = "first"
    settings.IMAGE_PROVIDER_FALLBACKS = ["first", "second"]


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def vendor(far: Player, **options: Any) -> dict[str, Any]:
    told = {"api_key": "sk-test", "base_url": f"{far.url}/v1", **options}
    return {"BACKEND": "generation.providers.openai.OpenAI", "OPTIONS": told}


def draws(**more: Any) -> Reply:
    return Reply("POST", "/v1/images/(generations|edits)", body=drawn, **more)


def ask(
    character: Character,
    recipe: str = "studio",
    *,
    quoted: bool = True,
    key: str = "k",
    **options: Any,
) -> GenerationJob:
    offer = services.quote(character=character, recipe=recipe, options=options)
    return services.request_generation(
        character=character,
        recipe=recipe,
        options=options,
        request_key=key,
        quote=offer.quote if quoted else "",
    )


def run() -> None:
    """What was moved is taken up as well."""
    run_jobs()
    run_jobs()


def at(job: GenerationJob) -> list[tuple[str, str]]:
    return list(job.items.order_by("position").values_list("status", "provider"))


def moves_of(job: GenerationJob) -> list[dict[str, Any]]:
    kind = "generation.job.moved"
    return list(Event.objects.filter(kind=kind, subject=job.pk).values_list("data", flat=True))


# --- What a quote names --------------------------------------------------------------------------


def test_quote_names_who_can_make_the_very_same_picture(character: Character) -> None:
    offer = services.quote(character=character, recipe="studio", options={})
    assert (offer.provider, offer.may_substitute) == ("first", ("second",))
    assert quotes.read(offer.quote).may_substitute == ("second",)
    job = services.request_generation(
        character=character, recipe="studio", options={}, request_key="k", quote=offer.quote
    )
    assert (job.provider, job.substitutes) == ("first", ["second"])


def test_quote_names_nobody_whose_pictures_are_told_otherwise(
    character: Character, settings: Any
) -> None:
    """The illustrator draws in one style, without the owner's words; the fake says other things
    of its pictures."""
    settings.IMAGE_PROVIDERS = {
        **settings.IMAGE_PROVIDERS,
        "illustrator": {"BACKEND": "generation.providers.illustrator.Illustrator", "OPTIONS": {}},
        "fake": {"BACKEND": "generation.providers.fake.FakeProvider", "OPTIONS": {}},
    }
    settings.IMAGE_PROVIDER_FALLBACKS = ["illustrator", "fake", "second", "unknown"]
    offer = services.quote(character=character, recipe="studio", options={})
    assert offer.may_substitute == ("second",)


def test_quote_names_nobody_who_lacks_what_is_asked_for(
    character: Character, settings: Any, first: Player, second: Player
) -> None:
    """Only the newer model makes a picture of that shape."""
    settings.IMAGE_PROVIDERS = {
        "first": vendor(first, model="gpt-image-2"),
        "second": vendor(second),
    }
    tall, square = ({"format": f} for f in ("9:16", "1:1"))
    told = [
        services.quote(character=character, recipe="studio", options=options).may_substitute
        for options in (tall, square)
    ]
    assert told == [(), ("second",)]


def test_quote_without_fallbacks_asks_nothing_more_of_the_database(
    character: Character, settings: Any
) -> None:
    settings.IMAGE_PROVIDER_FALLBACKS = []
    with CaptureQueriesContext(connection) as queries:
        offer = services.quote(character=character, recipe="studio", options={})
    assert offer.may_substitute == ()
    settings.IMAGE_PROVIDER_FALLBACKS = ["second"]
    with CaptureQueriesContext(connection) as with_fallbacks:
        services.quote(character=character, recipe="studio", options={})
    assert len(with_fallbacks) - len(queries) <= 1  # the base face


def test_quote_of_before_there_were_substitutes_is_still_good() -> None:
    old = Promise("o", "d", "studio", "c", 40, 1, "first")
    data = {k: v for k, v in vars_of(old).items() if k != "may_substitute"}
    token = signing.dumps(data, salt="generation.quote", compress=True)
    assert quotes.read(token) == old


def vars_of(promise: Promise) -> dict[str, Any]:
    return {name: getattr(promise, name) for name in Promise.__dataclass_fields__}


# --- When the first one fails --------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["invalid_api_key", "insufficient_quota", "server_error"])
def test_fault_of_the_provider_moves_the_picture_at_the_same_price(
    character: Character, user: User, first: Player, second: Player, answer: str
) -> None:
    first.replies.append(recorded(answer))
    job = ask(character)
    run()
    job.refresh_from_db()
    assert (job.status, job.credits_charged, job.credits_refunded) == ("succeeded", 40, 0)
    assert get_account(user).balance == 460
    assert at(job) == [("succeeded", "second")]
    assert (len(first.calls), len(second.calls)) == (1, 1)
    # The very same request, and who really made it.
    assert first.calls[0].path == second.calls[0].path
    provenance = Provenance.objects.get(job=job)
    assert (provenance.provider, job.provider) == ("second", "first")
    item = str(job.items.get().pk)
    (moved,) = moves_of(job)
    assert moved == {
        "character": str(character.pk),
        "item": item,
        "provider": "second",
        "instead_of": "first",
    }
    assert "Moved to another provider: second" in [s.label for s in steps_of(job.items.all())]
    assert differences() == []


def test_provider_nobody_can_reach_is_left(
    character: Character, first: Player, second: Player
) -> None:
    job = ask(character)
    first.stop()
    run()
    assert at(job) == [("succeeded", "second")]


def test_what_was_refused_is_refused_everywhere(
    character: Character, user: User, first: Player, second: Player
) -> None:
    first.replies.append(recorded("moderation_blocked"))
    job = ask(character)
    run()
    job.refresh_from_db()
    assert (at(job), job.status) == ([("failed", "first")], "failed")
    assert (get_account(user).balance, second.calls, moves_of(job)) == (500, [], [])


def test_picture_that_may_be_made_already_is_never_moved(
    character: Character, user: User, first: Player, second: Player
) -> None:
    first.replies.append(Reply("POST", "/v1/images/.*", drop=True))
    job = ask(character)
    run()
    for _ in range(3):
        JobItem.objects.filter(next_check_at__isnull=False).update(next_check_at=timezone.now())
        fair_share.pause_provider("first", reason="")
        sweeper.sweep()
        run()
    assert (at(job), second.calls) == ([("lost", "first")], [])
    assert get_account(user).balance == 500


def test_picture_once_in_doubt_stays_even_when_the_provider_says_it_has_it_not(
    character: Character, second: Player
) -> None:
    """A worker died in the call; the next try is refused for sure. Two are none too many."""
    job = ask(character)
    dispatch("first")
    job.items.update(is_bound=True)  # as `_submit` leaves it behind a call of unknown outcome
    item = JobItem.objects.select_related("job__owner", "job__character").get(job=job)
    assert not failover.move_claimed(item)
    job.items.update(status="queued")
    fair_share.pause_provider("first", reason="")
    assert failover.move_waiting("first") == 0
    assert at(job) == [("queued", "first")]


def test_job_whose_quote_named_nobody_is_never_moved(
    character: Character, first: Player, second: Player
) -> None:
    first.replies.append(recorded("insufficient_quota"))
    job = ask(character, quoted=False)
    assert job.substitutes is None
    run()
    assert (at(job), second.calls) == ([("failed", "first")], [])
    paused = ask(character, quoted=False, key="k2")
    fair_share.pause_provider("first", reason="")
    sweeper.sweep()
    assert at(paused) == [("queued", "first")]


def test_pictures_of_one_job_may_come_from_two(
    character: Character, user: User, first: Player, second: Player
) -> None:
    subscribe(user, "pro")
    first.replies += [draws(times=1), recorded("insufficient_quota")]
    job = ask(character, "grid", scenes=["cafe", "rooftop", "subway"])
    run()
    job.refresh_from_db()
    assert (job.status, job.delivered_count) == ("succeeded", 3)
    made_by = Provenance.objects.filter(job=job).values_list("provider", flat=True)
    assert sorted(made_by) == ["first", "second", "second"]


def test_when_all_of_them_fail_the_job_ends_with_its_refund(
    character: Character, user: User, first: Player, second: Player
) -> None:
    for far in (first, second):
        far.replies[:] = [recorded("insufficient_quota")]
    job = ask(character)
    run()
    run()
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "provider_unpaid")
    assert at(job) == [("failed", "second")]
    assert (get_account(user).balance, len(moves_of(job))) == (500, 1)


def test_counts_of_both_queues_are_right_after_a_move(
    character: Character, user: User, first: Player
) -> None:
    first.replies.append(recorded("insufficient_quota"))
    job = ask(character, count=2)
    assert dispatch("first") == 1
    pipeline.run_item(job.items.get(status="claimed").pk)
    queues = {q.provider: (q.waiting, q.in_flight) for q in OwnerQueue.objects.filter(owner=user)}
    # The other one of the two was claimed there when the slot came free.
    assert queues == {"first": (0, 1), "second": (1, 0)}


# --- When the first one stands still -------------------------------------------------------------


def test_paused_provider_hands_on_what_waits_and_no_more(
    character: Character, user: User, first: Player, second: Player
) -> None:
    fair_share.pause_provider("first", reason="A new card is being fitted.")
    job = ask(character, count=2)
    assert sweeper.sweep()["moved"] == 2
    # The plan makes one at a time, there as well; the same round has claimed it.
    assert at(job) == [("claimed", "second"), ("queued", "second")]
    run()
    job.refresh_from_db()
    assert (job.status, len(first.calls), len(second.calls)) == ("succeeded", 0, 2)
    # Once there, they stay: nothing is handed back when the first goes on.
    assert [m["provider"] for m in moves_of(job)] == ["second", "second"]


@pytest.mark.parametrize("stop", ["circuit", "long pause", "gone"])
def test_provider_that_starts_nothing_is_left(
    character: Character, settings: Any, stop: str
) -> None:
    job = ask(character)
    later = timezone.now() + timedelta(minutes=2)
    ProviderLane.objects.create(provider="first")
    if stop == "circuit":
        ProviderLane.objects.filter(pk="first").update(closed_until=later)
    elif stop == "long pause":
        ProviderLane.objects.filter(pk="first").update(slowed_until=later)
    else:
        settings.IMAGE_PROVIDERS = {"second": settings.IMAGE_PROVIDERS["second"]}
    assert sweeper.sweep()["moved"] == 1
    assert at(job) == [("claimed", "second")]


def test_nothing_is_moved_to_where_nothing_starts_either(character: Character) -> None:
    for name in ("first", "second"):
        fair_share.pause_provider(name, reason="")
    job = ask(character)
    assert sweeper.sweep()["moved"] == 0
    fair_share.resume_provider("second")
    assert sweeper.sweep()["moved"] == 1
    assert at(job) == [("claimed", "second")]


def test_halted_installation_moves_nothing(character: Character, settings: Any) -> None:
    fair_share.pause_provider("first", reason="")
    job = ask(character)
    settings.GENERATION_HALTED = True
    assert sweeper.sweep()["moved"] == 0
    assert at(job) == [("queued", "first")]


def test_moved_job_is_canceled_where_it_is(character: Character, user: User) -> None:
    fair_share.pause_provider("first", reason="")
    job = ask(character)
    assert failover.move_waiting("first") == 1
    assert services.cancel_job(job=job).status == "canceled"
    assert get_account(user).balance == 500


def test_moved_job_tells_of_the_queue_it_is_in(character: Character, user: User) -> None:
    give_credits(user, 1000)
    make_history(character, [20] * 10, provider="second")
    fair_share.pause_provider("first", reason="Being fitted.")
    job = ask(character)
    job = GenerationJob.objects.get(pk=job.pk)
    before = services.estimates.standing_of(job)
    assert before is not None
    assert before.reason.startswith("Paused: Being fitted")
    assert failover.move_waiting("first") == 1
    standing = services.estimates.standing_of(GenerationJob.objects.get(pk=job.pk))
    assert standing is not None
    assert standing.reason == ""
    assert standing.ahead == 0
    assert standing.expected is not None
    assert standing.expected.low_s == 20


def test_retry_keeps_to_what_the_quote_said(
    character: Character, first: Player, second: Player
) -> None:
    first.replies.append(recorded("moderation_blocked", times=1))
    job = ask(character)
    run()
    job.refresh_from_db()
    again = services.retry_job(job=job)
    assert again.substitutes == ["second"]
    first.replies.append(recorded("insufficient_quota"))
    run()
    assert at(again) == [("succeeded", "second")]
