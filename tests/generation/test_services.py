from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import Event, User
from billing import ledger
from billing.ledger import InsufficientCredits
from billing.models import CreditEntry
from billing.services import get_account
from characters import services as characters
from characters.models import Character
from generation import services
from generation.models import GenerationJob, ModerationVerdict
from ryla.lib.errors import Conflict, DomainError, InvalidInput, NotAllowed
from tests.builders import give_credits, make_character, make_user, request_job, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def requests_of(job: GenerationJob) -> list[Any]:
    return list(job.items.order_by("position").values_list("request", flat=True))


def balance(user: User) -> int:
    return get_account(user).balance


def test_request_charges_queues_and_tells_in_one_go(user: User) -> None:
    character = make_character(owner=user, ready=True)
    job = request_job(character, count=3)
    character.refresh_from_db()
    assert (job.status, job.count, job.credits_charged) == ("queued", 3, 120)
    assert balance(user) == 380
    assert character.status == "generating"
    assert Event.objects.filter(kind="generation.job.queued", subject=str(job.pk)).count() == 1
    assert CreditEntry.objects.filter(key=f"job:{job.pk}:charge", amount=-120).exists()


def test_request_repeated_with_its_key_returns_the_first_job(user: User) -> None:
    character = make_character(owner=user, ready=True)
    first = request_job(character, request_key="k1", count=2)
    again = request_job(character, request_key="k1", count=2)
    assert (first.pk, balance(user)) == (again.pk, 420)


def test_request_key_reused_for_another_body_is_refused(user: User) -> None:
    character = make_character(owner=user, ready=True)
    request_job(character, request_key="k1", count=2)
    with pytest.raises(services.RequestKeyReused):
        request_job(character, request_key="k1", count=3)
    assert balance(user) == 420


def test_request_key_belongs_to_one_owner(user: User, stranger: User) -> None:
    mine = request_job(make_character(owner=user, ready=True), request_key="k1")
    theirs = request_job(make_character(owner=stranger, ready=True), request_key="k1")
    assert mine.pk != theirs.pk


@pytest.mark.parametrize("key", ["", "x" * 81, "a\nb"])
def test_request_key_unusable_is_refused(user: User, key: str) -> None:
    character = make_character(owner=user, ready=True)
    with pytest.raises(InvalidInput) as refused:
        services.request_generation(
            character=character, recipe="studio", options={}, request_key=key
        )
    assert refused.value.field == "request_key"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"scene": "the_moon"}, "scene"),
        ({"count": 0}, "count"),
        ({"count": 11}, "count"),
        ({"count": "many"}, "count"),
        ({"count": 2.5}, "count"),
        ({"count": True}, "count"),
        ({"format": "5:1"}, "format"),
        ({"seed": -1}, "seed"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "x" * 501}, "prompt"),
        ({"pose": ["relaxed"]}, "pose"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_request_with_bad_option_names_it_and_charges_nothing(
    user: User, options: dict[str, Any], field: str
) -> None:
    character = make_character(owner=user, ready=True)
    with pytest.raises(InvalidInput) as refused:
        request_job(character, **options)
    assert (refused.value.field, balance(user)) == (field, 500)
    assert not GenerationJob.objects.exists()


def test_request_beyond_balance_is_refused_and_leaves_no_job(user: User) -> None:
    character = make_character(owner=user, ready=True)
    request_job(character, count=10)
    with pytest.raises(InsufficientCredits):
        request_job(character, count=3)
    assert (balance(user), GenerationJob.objects.count()) == (100, 1)


def test_request_for_a_character_without_face_is_refused(user: User) -> None:
    with pytest.raises(characters.NotReady):
        request_job(make_character(owner=user))
    assert balance(user) == 500


def test_base_faces_for_a_character_with_face_are_refused(user: User) -> None:
    with pytest.raises(characters.LookIsFixed):
        request_job(make_character(owner=user, ready=True), "base_faces")


@pytest.mark.parametrize(
    "name", ["Schoolgirl Mia", "Mia, 15 years old", "Mia aged 16", "Ｓchoolgirl"]
)
def test_name_that_suggests_a_minor_is_refused_before_any_charge(user: User, name: str) -> None:
    character = make_character(owner=user, ready=True, name=name)
    with pytest.raises(services.TextRefused) as refused:
        request_job(character)
    assert (refused.value.field, balance(user)) == ("name", 500)
    assert ModerationVerdict.objects.get(stage="text:name").decision == "block"


def test_harmless_texts_are_allowed_and_the_verdicts_kept(user: User) -> None:
    character = make_character(owner=user, ready=True, bio="Climber. Coffee at 7. Aged 34.")
    request_job(character, prompt="waves at sunset")
    verdicts = ModerationVerdict.objects.values_list("stage", "decision")
    assert set(verdicts) == {
        ("text:name", "allow"),
        ("text:bio", "allow"),
        ("text:prompt", "allow"),
    }


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", None),
        ("unverified", "email_not_verified"),
        ("paused", "generation_paused"),
        ("poor", "insufficient_credits"),
        ("full", "too_many_waiting"),
        ("faceless", "character_not_ready"),
    ],
)
def test_quote_says_what_the_request_would_be_refused_with(
    settings: Any, reason: str, code: str | None
) -> None:
    settings.GENERATION_REQUIRES_VERIFIED_EMAIL = True
    owner = make_user(**{"email_verified_at": None} if reason == "unverified" else {})
    character = make_character(owner=owner, ready=reason != "faceless")
    if reason == "full":
        for _ in range(6):
            request_job(character)
    if reason == "poor":
        ledger.charge(get_account(owner), 490, key="test:spent")
    settings.GENERATION_PAUSED = reason == "paused"
    offer = services.quote(character=character, recipe="studio", options={})
    if code is None:
        assert offer.why_not is None
        assert request_job(character).is_live
        return
    with pytest.raises(DomainError) as refused:
        request_job(character)
    assert offer.why_not == services.WhyNot(code, refused.value.message)
    assert offer.is_open is (reason == "poor")


def test_request_while_paused_is_refused(user: User, settings: Any) -> None:
    settings.GENERATION_PAUSED = True
    with pytest.raises(services.GenerationPaused):
        request_job(make_character(owner=user, ready=True))
    assert balance(user) == 500


def test_request_without_verified_email_is_refused_where_it_is_asked_for(settings: Any) -> None:
    settings.GENERATION_REQUIRES_VERIFIED_EMAIL = True
    unverified = make_user(email_verified_at=None)
    with pytest.raises(NotAllowed):
        request_job(make_character(owner=unverified, ready=True))


def test_waiting_jobs_are_capped_by_plan(user: User) -> None:
    give_credits(user, 10_000)
    character = make_character(owner=user, ready=True)
    for _ in range(6):
        request_job(character)
    with pytest.raises(services.TooManyWaiting):
        request_job(character)
    assert balance(user) == 10_500 - 6 * 40


def test_first_draw_of_first_three_characters_is_free_then_80(user: User) -> None:
    charged = []
    for _ in range(4):
        character = make_character(owner=user)
        charged.append(request_job(character, "base_faces").credits_charged)
        run_jobs()
    again = Character.objects.owned_by(user).order_by("id").first()
    assert again is not None
    charged.append(request_job(again, "base_faces").credits_charged)
    assert charged == [0, 0, 0, 80, 80]


def test_deleting_a_character_gives_no_free_draw_back(user: User) -> None:
    charged = []
    for _ in range(4):
        character = make_character(owner=user)
        charged.append(request_job(character, "base_faces").credits_charged)
        run_jobs()
        characters.delete_character(character=Character.objects.get(pk=character.pk))
    assert charged == [0, 0, 0, 80]


def test_cancel_before_start_refunds_whole(user: User) -> None:
    character = make_character(owner=user, ready=True)
    job = services.cancel_job(job=request_job(character, count=4))
    character.refresh_from_db()
    assert (job.status, job.credits_refunded, balance(user)) == ("canceled", 160, 500)
    assert character.status == "ready"


def test_cancel_twice_refunds_once(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=4)
    services.cancel_job(job=job)
    services.cancel_job(job=job)
    assert balance(user) == 500
    assert CreditEntry.objects.filter(key=f"job:{job.pk}:refund").count() == 1


def test_cancel_of_an_ended_job_is_refused(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True))
    run_jobs()
    with pytest.raises(Conflict):
        services.cancel_job(job=job)


def test_character_stays_generating_until_its_last_job_ends(user: User) -> None:
    character = make_character(owner=user, ready=True)
    first, second = request_job(character), request_job(character)
    services.cancel_job(job=first)
    character.refresh_from_db()
    assert character.status == "generating"
    services.cancel_job(job=second)
    character.refresh_from_db()
    assert character.status == "ready"


def test_retry_sends_the_same_requests_at_the_price_given_back(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2, prompt="fail:oom")
    run_jobs()
    job.refresh_from_db()
    again = services.retry_job(job=job)
    assert (requests_of(again), again.credits_charged) == (requests_of(job), 80)
    assert services.retry_job(job=job).pk == again.pk
    assert balance(user) == 420


def test_retry_of_a_job_that_delivered_all_is_refused(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True))
    run_jobs()
    job.refresh_from_db()
    with pytest.raises(Conflict):
        services.retry_job(job=job)


def test_free_faces_canceled_and_tried_again_are_not_free_twice(user: User) -> None:
    character = make_character(owner=user)
    first = services.cancel_job(job=request_job(character, "base_faces"))
    second = services.cancel_job(job=request_job(character, "base_faces"))
    for job in (first, second):
        with pytest.raises(Conflict):
            services.retry_job(job=job)
    assert request_job(character, "base_faces").credits_charged == 0


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_on_an_account_that_can_pay_some_accept_exactly_those() -> None:
    user = make_user()
    characters_ = [make_character(owner=user, ready=True) for _ in range(4)]
    outcomes: list[str] = []

    def submit(n: int) -> None:
        try:
            request_job(characters_[n % 4], count=5)
            outcomes.append("accepted")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted"] * 2 + ["insufficient_credits"] * 6
    assert (balance(user), ledger.differences()) == (100, [])


@pytest.mark.django_db(transaction=True)
def test_parallel_repeats_of_one_request_make_one_job() -> None:
    user = make_user()
    character = make_character(owner=user, ready=True)
    ids: list[Any] = []

    def submit() -> None:
        try:
            ids.append(request_job(character, request_key="same", count=2).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ids), len(set(ids)), balance(user)) == (6, 1, 420)
