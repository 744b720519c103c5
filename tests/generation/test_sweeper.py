"""What the rows alone are enough to put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from billing.services import get_account
from characters.models import Image
from generation import pipeline, sweeper
from generation.dispatch import CANCEL_ITEM, RUN_ITEM, dispatch
from generation.models import GenerationJob, JobItem
from generation.providers.base import ProviderError, Ticket
from generation.providers.fake import FakeProvider
from ryla.lib.ids import new_id
from tests.builders import make_character, request_job, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def ended(job: GenerationJob) -> GenerationJob:
    job.refresh_from_db()
    return job


def silence(job: GenerationJob, **state: Any) -> JobItem:
    """A worker took the only item, did what `state` says, and was never heard of again."""
    dispatch("fake")
    past = timezone.now() - timedelta(seconds=1)
    job.items.update(lease_id=new_id(), lease_expires_at=past, attempts=1, **state)
    GenerationJob.objects.filter(pk=job.pk).update(status="running", started_at=past)
    return job.items.get()


def test_item_that_never_reached_its_provider_waits_for_a_slot_again(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True))
    silence(job)
    assert sweeper.judge_silent() == 1
    item = job.items.get()
    assert (item.status, item.lease_id, item.next_check_at) == ("queued", None, None)
    run_jobs()
    assert ended(job).status == "succeeded"


def test_item_known_to_its_provider_is_adopted_and_not_submitted_again(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    dispatch("fake")
    item = job.items.get()
    request = pipeline.request_from_json(item.request, external_key="earlier")
    ticket = FakeProvider().submit(pipeline._with_pictures(item, request))
    known = {"external_id": ticket.external_id, "data": dict(ticket.data)}
    silence(job, status="submitted", ticket=known, submit_started_at=timezone.now())
    monkeypatch.delattr(FakeProvider, "submit")
    sweeper.judge_silent()
    run_jobs()
    assert ended(job).status == "succeeded"
    assert Image.objects.get(job_id=job.pk).provenance.external_id == ticket.external_id


def test_submit_nobody_heard_the_end_of_is_looked_up_before_anything_is_repeated(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    silence(job, submit_started_at=timezone.now())
    asked = []

    def find(self: FakeProvider, request: Any) -> Ticket:
        asked.append(request.external_key)
        return FakeProvider.submit(self, pipeline._with_pictures(job.items.get(), request))

    monkeypatch.setattr(FakeProvider, "find", find)
    sweeper.judge_silent()
    run_jobs()
    assert (ended(job).status, asked) == ("succeeded", [str(job.items.get().pk)])


def test_submit_that_cannot_be_looked_up_waits_and_is_then_lost_with_its_refund(
    user: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from generation.providers.base import CannotLookUp

    def cannot(self: FakeProvider, request: Any) -> None:
        raise CannotLookUp

    monkeypatch.setattr(FakeProvider, "find", cannot)
    submits = []
    submit = FakeProvider.submit

    def times_out(self: FakeProvider, request: Any) -> Any:
        submits.append(submit(self, request))
        raise ProviderError(
            "No answer.", code="timeout", is_transient=True, is_outcome_unknown=True
        )

    monkeypatch.setattr(FakeProvider, "submit", times_out)
    job = request_job(make_character(owner=user, ready=True))
    run_jobs()
    for _ in range(3):
        job.items.update(next_check_at=timezone.now())
        sweeper.send_due()
        run_jobs()
    item = job.items.get()
    assert (item.status, item.error_code, len(submits)) == ("claimed", "outcome_unknown", 1)
    long_ago = timezone.now() - timedelta(seconds=settings.JOB_MAX_AGE_S + 1)
    job.items.update(submit_started_at=long_ago, next_check_at=timezone.now())
    assert sweeper.give_up_unheard() == 1
    assert (job.items.get().status, ended(job).status) == ("lost", "failed")
    assert (job.error_code, get_account(user).balance, len(submits)) == ("never_heard", 500, 1)


def test_illustrator_whose_ticket_was_not_kept_is_asked_anew_at_once(
    user: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """As when Postgres dies between the answer and the commit."""
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    job = request_job(make_character(owner=user, ready=True))

    def dies(*args: Any, **kwargs: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "_move", dies)
        with pytest.raises(OperationalError):
            run_jobs()
    past = timezone.now() - timedelta(seconds=1)
    unheard = job.items.filter(submit_started_at__isnull=False, ticket__isnull=True)
    assert unheard.update(lease_expires_at=past) == 1
    sweeper.sweep()
    run_jobs()
    assert ended(job).status == "succeeded"


def test_submit_nobody_heard_the_end_of_is_looked_up_even_after_a_long_time_away(
    user: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    long_ago = timezone.now() - timedelta(seconds=settings.JOB_NEWS_S + 1)
    silence(job, submit_started_at=long_ago)

    def find(self: FakeProvider, request: Any) -> Any:
        return self.submit(replace(request, references=()))

    monkeypatch.setattr(FakeProvider, "find", find)
    sweeper.sweep()
    run_jobs()
    assert ended(job).status == "succeeded"


def test_worker_that_dies_of_an_item_again_and_again_ends_it_with_a_refund(
    user: User, settings: Any
) -> None:
    settings.JOB_MAX_ATTEMPTS = 2
    job = request_job(make_character(owner=user, ready=True), prompt="crash")
    for status in ("submitted", "lost"):
        with pytest.raises(RuntimeError):
            run_jobs()
        job.items.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        assert sweeper.judge_silent() == 1
        assert job.items.get().status == status
    assert (ended(job).status, job.error_code) == ("failed", "worker_lost")
    assert (job.credits_refunded, get_account(user).balance) == (40, 500)


def test_live_lease_is_left_alone(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True))
    dispatch("fake")
    soon = timezone.now() + timedelta(seconds=30)
    job.items.update(lease_id=new_id(), lease_expires_at=soon)
    assert (sweeper.judge_silent(), sweeper.send_due()) == (0, 0)
    assert job.items.get().status == "claimed"


def test_item_whose_message_got_lost_is_sent_again_after_a_while_and_only_then(
    user: User,
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    dispatch("fake")
    assert sweeper.send_due() == 0
    job.items.update(enqueued_at=timezone.now() - timedelta(minutes=1))
    assert (sweeper.send_due(), sweeper.send_due()) == (1, 0)


def test_item_that_is_due_is_sent_once(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="slow:60")
    run_jobs()
    assert sweeper.send_due() == 0
    job.items.update(next_check_at=timezone.now())
    assert (sweeper.send_due(), sweeper.send_due()) == (1, 0)


def test_cancel_that_got_lost_is_carried_out_by_the_sweeper(user: User) -> None:
    from generation import services

    job = request_job(make_character(owner=user, ready=True), prompt="slow:60")
    run_jobs()
    assert services.cancel_job(job=job).status == "canceling"
    job.items.update(enqueued_at=timezone.now() - timedelta(minutes=1))
    assert sweeper.send_due() == 1
    run_jobs()
    assert (ended(job).status, job.credits_refunded) == ("canceled", 40)
    assert get_account(user).balance == 500


@pytest.mark.parametrize(("many", "sends"), [("runs", (3, 1)), ("cancels", (1, 2))])
def test_flood_of_one_kind_leaves_the_other_its_share_of_a_round(
    user: User, monkeypatch: pytest.MonkeyPatch, many: str, sends: tuple[int, int]
) -> None:
    monkeypatch.setattr(sweeper, "_BATCH", 4)
    sent: list[str] = []
    monkeypatch.setattr(sweeper, "enqueue", lambda task, pk: sent.append(task))
    job = request_job(make_character(owner=user, ready=True), count=8)
    # The few came last, and the oldest go first.
    first, last = ("submitted", "canceling") if many == "runs" else ("canceling", "submitted")
    job.items.filter(position__lt=7).update(status=first)
    job.items.filter(position=7).update(status=last)
    assert sweeper.send_due() == len(sent)
    assert (sent.count(RUN_ITEM), sent.count(CANCEL_ITEM)) == sends


def test_one_round_says_what_it_did(user: User) -> None:
    request_job(make_character(owner=user, ready=True), count=3)
    assert sweeper.sweep() == {
        "verdicts": 0,
        "given_up": 0,
        "woken": 0,
        "sent": 0,
        "moved": 0,
        "claimed": 1,
    }


def test_row_that_makes_trouble_holds_nobody_else_up(
    user: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (request_job(make_character(owner=u, ready=True)) for u in (user, stranger))
    dispatch("fake")
    past = timezone.now() - timedelta(seconds=1)
    JobItem.objects.update(lease_id=new_id(), lease_expires_at=past)
    judge = sweeper._judge

    def trouble(pk: Any, job_id: Any) -> bool:
        if job_id == bad.pk:
            raise RuntimeError("books are wrong")
        return judge(pk, job_id)

    monkeypatch.setattr(sweeper, "_judge", trouble)
    assert sweeper.sweep()["verdicts"] == 1
    assert good.items.get().lease_id is None


def test_canceled_item_of_a_provider_that_is_gone_ends_with_its_refund(
    user: User, settings: Any
) -> None:
    from generation import services

    job = request_job(make_character(owner=user, ready=True), prompt="slow:60")
    run_jobs()
    services.cancel_job(job=job)
    settings.IMAGE_PROVIDERS = {}
    pipeline.cancel_item(job.items.get().pk)
    assert (ended(job).status, get_account(user).balance) == ("canceled", 500)


def test_unheard_submits_do_not_close_the_provider_to_others(
    user: User, stranger: User, settings: Any
) -> None:
    settings.PROVIDER_SLOTS = 1
    job = request_job(make_character(owner=user, ready=True))
    dispatch("fake")
    later = timezone.now() + timedelta(minutes=5)
    job.items.update(submit_started_at=timezone.now(), next_check_at=later)
    request_job(make_character(owner=stranger, ready=True))
    assert dispatch("fake") == 1


def test_failing_look_up_is_repeated_and_never_turns_into_a_second_submit(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    silence(job, submit_started_at=timezone.now())

    def away(self: FakeProvider, request: Any) -> None:
        raise ProviderError("The provider has a fault.", code="provider_fault", is_transient=True)

    monkeypatch.setattr(FakeProvider, "find", away)
    sweeper.judge_silent()
    run_jobs()
    item = job.items.get()
    assert item.status == "claimed"
    assert item.submit_started_at is not None
