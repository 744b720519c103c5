"""Any order of submits, cancels, retries, crashes and lost workers: the books stay right.

Hypothesis drives the engine against the real database, one savepoint an example; what it finds
is shrunk to the shortest story that breaks an invariant.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from billing.ledger import differences
from billing.models import CreditEntry
from billing.services import get_account
from characters import images as files
from characters.models import Image
from generation import pipeline, provenance, services, sweeper
from generation.dispatch import dispatch
from generation.ending import price_of
from generation.models import GenerationJob, JobItem, OwnerQueue, Provenance
from generation.providers.fake import FakeProvider
from generation.states import IN_FLIGHT, ITEM_LIVE, LIVE, ItemStatus, JobStatus
from ryla.lib.errors import DomainError
from tests.builders import make_character, make_user, subscribe, with_scripts

SCRIPTS = ["", "", "", "fail:oom", "flaky:1", "flaky:2", "lost", "slow:0.01", "garbage"]
# Where a worker may die: (what, before or after it did its work).
CRASHES = [
    (FakeProvider, "submit", "before"),
    (FakeProvider, "submit", "after"),
    (FakeProvider, "poll", "before"),
    (FakeProvider, "poll", "after"),
    (files, "store", "before"),
    (files, "store", "after"),
    (provenance, "record", "before"),
    (provenance, "record", "after"),
]


class Killed(BaseException):
    """Nobody's `except` gets in its way, as with a real kill."""


@contextmanager
def dying(place: tuple[Any, str, str]) -> Iterator[None]:
    where, name, when = place
    work = getattr(where, name)

    def die(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            work(*args, **kwargs)
        raise Killed

    with mock.patch.object(where, name, die), suppress(Killed):
        yield


class Engine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.user = make_user()
        subscribe(self.user, "starter")
        self.character = make_character(owner=self.user, ready=True)
        self.keys = 0

    def teardown(self) -> None:
        try:
            self.bring_to_rest()
        finally:
            transaction.savepoint_rollback(self.savepoint)

    # --- What people do ---------------------------------------------------------------------

    @rule(scripts=st.lists(st.sampled_from(SCRIPTS), min_size=1, max_size=3))
    def submit(self, scripts: list[str]) -> None:
        self.keys += 1
        try:
            job = services.request_generation(
                character=self.character,
                recipe="studio",
                options={"count": len(scripts)},
                request_key=f"key {self.keys}",
            )
        except DomainError as error:
            assert error.code in ("insufficient_credits", "too_many_waiting")
            return
        with_scripts(job, *scripts)

    @precondition(lambda self: self.keys)
    @rule(n=st.integers(1, 5))
    def submit_again(self, n: int) -> None:
        """A repeat of an earlier request, as a network makes it."""
        job = GenerationJob.objects.filter(request_key=f"key {n}").first()
        if job:
            again = services.request_generation(
                character=self.character,
                recipe="studio",
                options={"count": job.count},
                request_key=f"key {n}",
            )
            assert again.pk == job.pk

    @rule(n=st.integers(0, 5))
    def cancel(self, n: int) -> None:
        job = self.pick(GenerationJob.objects.filter(status__in=LIVE), n)
        if job:
            services.cancel_job(job=job)

    @rule(n=st.integers(0, 5))
    def retry(self, n: int) -> None:
        job = self.pick(GenerationJob.objects.exclude(status__in=LIVE), n)
        if job:
            try:
                services.retry_job(job=job)
            except DomainError as error:
                assert error.code in ("conflict", "insufficient_credits", "too_many_waiting")

    # --- What the machines do ---------------------------------------------------------------

    @rule()
    def dispatch(self) -> None:
        dispatch("fake")

    @rule(n=st.integers(0, 5))
    def work(self, n: int) -> None:
        item = self.pick(JobItem.objects.filter(status__in=IN_FLIGHT), n)
        if item:
            self.run(item)

    @rule(n=st.integers(0, 5), place=st.sampled_from(CRASHES))
    def die_at_work(self, n: int, place: tuple[Any, str, str]) -> None:
        item = self.pick(JobItem.objects.filter(status__in=IN_FLIGHT), n)
        if item:
            savepoint = transaction.savepoint()
            with dying(place):
                self.run(item)
            transaction.savepoint_commit(savepoint)

    @rule()
    def sweep(self) -> None:
        sweeper.sweep()

    @rule()
    def time_passes(self) -> None:
        """Leases run out and pauses are over."""
        past = timezone.now() - timedelta(seconds=1)
        JobItem.objects.filter(lease_id__isnull=False).update(lease_expires_at=past)
        JobItem.objects.filter(next_check_at__isnull=False).update(next_check_at=past)

    # --- What always holds ------------------------------------------------------------------

    @invariant()
    def books_are_right(self) -> None:
        assert differences() == []
        assert get_account(self.user).balance >= 0

    @invariant()
    def what_ended_is_paid_for_as_delivered(self) -> None:
        for job in GenerationJob.objects.all():
            entries = CreditEntry.objects.filter(key__startswith=f"job:{job.pk}:")
            paid = -(entries.aggregate(sum=Sum("amount"))["sum"] or 0)
            if job.status in LIVE:
                assert paid == job.credits_charged
            else:
                assert paid == price_of(job, job.delivered_count) == job.credits_kept

    @invariant()
    def each_picture_is_there_once(self) -> None:
        for job in GenerationJob.objects.annotate(n=Count("provenances")):
            delivered = job.items.filter(status=ItemStatus.SUCCEEDED).count()
            shown = Image.objects.filter(job_id=job.pk).values("position").distinct().count()
            assert job.delivered_count == delivered == job.n == shown
        outputs = Provenance.objects.values_list("provider", "external_id", "output_index")
        assert len(outputs) == len(set(outputs))

    @invariant()
    def queues_count_what_is_there(self) -> None:
        for queue in OwnerQueue.objects.all():
            items = JobItem.objects.filter(owner_id=queue.owner_id, provider=queue.provider)
            waiting = items.filter(status="queued", next_check_at=None).count()
            flying = items.filter(status__in=IN_FLIGHT).count()
            assert (queue.waiting, queue.in_flight) == (waiting, flying)
            assert queue.in_flight <= queue.cap

    @invariant()
    def ended_jobs_have_no_live_items_and_live_ones_do(self) -> None:
        alive = Count("items", filter=Q(items__status__in=ITEM_LIVE))
        for job in GenerationJob.objects.annotate(alive=alive):
            assert bool(job.alive) == (job.status in LIVE)

    # --- Ways of it -------------------------------------------------------------------------

    def pick(self, rows: Any, n: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[n % len(found)] if found else None

    def run(self, item: JobItem) -> None:
        canceling = item.status == ItemStatus.CANCELING
        (pipeline.cancel_item if canceling else pipeline.run_item)(item.pk)

    def bring_to_rest(self) -> None:
        """However it was left: with time and working machines all of it ends."""
        for _ in range(60):
            self.time_passes()
            self.sweep()
            live = JobItem.objects.filter(status__in=IN_FLIGHT)
            for item in live:
                self.run(item)
            if not GenerationJob.objects.filter(status__in=LIVE).exists():
                break
        left = list(JobItem.objects.filter(status__in=ITEM_LIVE).values("status", "error_code"))
        assert left == []
        assert not GenerationJob.objects.filter(status=JobStatus.CANCELING).exists()
        self.books_are_right()
        self.what_ended_is_paid_for_as_delivered()
        self.each_picture_is_there_once()


Engine.TestCase.settings = settings(
    max_examples=int(os.environ.get("ENGINE_EXAMPLES", "15")),
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_engine_keeps_its_promises_in_any_order(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    settings.IMAGE_PROVIDERS = {
        "fake": {
            "BACKEND": "generation.providers.fake.FakeProvider",
            "OPTIONS": {"scale": 0.01},
            "SLOTS": 3,
        }
    }
    Engine.TestCase().runTest()
