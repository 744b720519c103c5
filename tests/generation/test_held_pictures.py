"""Pictures of a provider that gives them once, with the answer: kept until they are imported,
never made twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from billing.services import get_account
from characters import images as files
from characters.models import Image
from generation import pipeline, services, sweeper
from generation.models import GenerationJob, HeldPicture, JobItem, Provenance
from generation.providers.base import (
    CannotLookUp,
    Finished,
    ImageRequest,
    Made,
    ProviderError,
    Ticket,
)
from generation.providers.fake import FakeProvider
from tests.builders import make_character, request_job, run_jobs

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What `kill -9` is to a worker: nothing of it is caught."""


class AtOnce(FakeProvider):
    """Answers with the picture, knows nothing of it afterwards, and counts what it made."""

    alias = "at_once"
    submit_lasts_s = 900
    made = 0
    before: Callable[[ImageRequest], None] | None = None

    def submit(self, request: ImageRequest) -> Made:  # type: ignore[override]
        type(self).made += 1
        if type(self).before:
            type(self).before(request)
        ticket = super().submit(request)
        finished = super().poll(ticket)
        assert isinstance(finished, Finished)
        return Made(Ticket(ticket.external_id), finished)

    def find(self, request: ImageRequest) -> Ticket | None:
        raise CannotLookUp(is_word_possible=False)

    def poll(self, ticket: Ticket) -> Finished:
        raise AssertionError("its picture came with the ticket")


@pytest.fixture(autouse=True)
def _at_once(settings: Any) -> Any:
    backend = f"{__name__}.AtOnce"
    settings.IMAGE_PROVIDERS = {**settings.IMAGE_PROVIDERS, "at_once": {"BACKEND": backend}}
    settings.DEFAULT_IMAGE_PROVIDER = "at_once"
    AtOnce.made, AtOnce.before = 0, None
    yield
    AtOnce.before = None


def raising(error: BaseException) -> Any:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


def ask_for_one(user: User) -> GenerationJob:
    return request_job(make_character(owner=user, ready=True))


def run_to_death(job: GenerationJob) -> None:
    """The worker dies on the way; some time later that is noticed."""
    with pytest.raises(Killed):
        run_jobs()
    past = timezone.now() - timedelta(seconds=1)
    assert job.items.filter(lease_expires_at__isnull=False).update(lease_expires_at=past) == 1
    sweeper.judge_silent()


def pass_time(job: GenerationJob) -> None:
    job.items.filter(next_check_at__isnull=False).update(next_check_at=timezone.now())
    sweeper.wake_backed_off()


def outcome(job: GenerationJob) -> tuple[str, int, int]:
    """Status of its item, pictures made and credits kept."""
    job.refresh_from_db()
    return job.items.get().status, AtOnce.made, job.credits_kept


def test_picture_in_the_answer_is_delivered_and_held_no_longer(user: User) -> None:
    job = ask_for_one(user)
    run_jobs()
    assert outcome(job) == ("succeeded", 1, 40)
    assert Image.objects.filter(job_id=job.pk).count() == 1
    assert not HeldPicture.objects.exists()


def test_picture_outlives_a_store_that_refuses_for_a_while(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for_one(user)
    with monkeypatch.context() as broken:
        broken.setattr(files, "store", raising(OSError("away")))
        run_jobs()
    assert outcome(job)[:2] == ("importing", 1)
    assert HeldPicture.objects.count() == 1
    pass_time(job)
    run_jobs()
    assert outcome(job) == ("succeeded", 1, 40)
    assert not HeldPicture.objects.exists()


def test_picture_outlives_the_worker_that_got_it(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for_one(user)
    with monkeypatch.context() as dying:
        dying.setattr(files, "prepare", raising(Killed()))
        run_to_death(job)
    pass_time(job)
    run_jobs()
    assert outcome(job) == ("succeeded", 1, 40)
    assert Provenance.objects.get(job=job).model == "fake"


def test_call_whose_worker_died_is_lost_and_refunded_and_not_repeated(user: User) -> None:
    AtOnce.before = raising(Killed())
    job = ask_for_one(user)
    run_to_death(job)
    AtOnce.before = None
    pass_time(job)
    run_jobs()
    assert outcome(job) == ("lost", 1, 0)
    assert get_account(user).balance == 500
    assert job.error_message.startswith("The connection broke")


def test_call_that_broke_is_lost_and_refunded_and_not_repeated(user: User) -> None:
    silence = ProviderError("?", code="timeout", is_transient=True, is_outcome_unknown=True)
    AtOnce.before = raising(silence)
    job = ask_for_one(user)
    run_jobs()
    AtOnce.before = None
    pass_time(job)
    run_jobs()
    assert outcome(job) == ("lost", 1, 0)
    assert get_account(user).balance == 500


def test_worker_holds_the_item_as_long_as_the_call_may_take(user: User) -> None:
    ends = []

    def look(request: ImageRequest) -> None:
        ends.append(JobItem.objects.get(pk=request.external_key).lease_expires_at)

    AtOnce.before = staticmethod(look)
    ask_for_one(user)
    called_at = timezone.now()
    run_jobs()
    assert ends[0] >= called_at + timedelta(seconds=900)


def test_picture_of_a_canceled_call_is_thrown_away(user: User) -> None:
    job = ask_for_one(user)

    def cancel(request: ImageRequest) -> None:
        services.cancel_job(job=job)

    AtOnce.before = staticmethod(cancel)
    run_jobs()
    for item in job.items.filter(status="canceling"):
        pipeline.cancel_item(item.pk)
    assert outcome(job) == ("canceled", 1, 0)
    assert not HeldPicture.objects.exists()
    assert not Image.objects.filter(job_id=job.pk).exists()


def test_held_picture_goes_with_a_job_that_is_canceled_while_the_store_is_away(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for_one(user)
    monkeypatch.setattr(files, "store", raising(OSError("away")))
    run_jobs()
    assert HeldPicture.objects.count() == 1
    services.cancel_job(job=job)
    for item in job.items.filter(status="canceling"):
        pipeline.cancel_item(item.pk)
    assert outcome(job) == ("canceled", 1, 0)
    assert not HeldPicture.objects.exists()
