"""Any order of submits, cancels, retries, crashes and lost workers: the books stay right.

Hypothesis drives the engine against the real database, one savepoint an example; what it finds
is shrunk to the shortest story that breaks an invariant.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from billing.ledger import differences
from billing.models import CreditEntry
from billing.services import get_account
from characters import images as files
from characters.models import Image
from generation import failover, fair_share, pipeline, provenance, services, sweeper
from generation.dispatch import dispatch
from generation.ending import price_of
from generation.models import GenerationJob, JobItem, OwnerQueue, Provenance, ProviderLane
from generation.providers.base import ImageRequest, ProviderError, Ticket
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


PROVIDERS = ("fake", "spare")


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


class Wobbly(FakeProvider):
    """Nobody can reach it now and then."""

    is_away = False

    def submit(self, request: ImageRequest) -> Ticket:
        if type(self).is_away:
            raise ProviderError("Not reached.", code="unreachable", is_transient=True)
        return super().submit(request)


class Rows:
    """What lies in the tables, read once, and what always holds of it."""

    def __init__(self) -> None:
        self.jobs = {job.pk: job for job in GenerationJob.objects.all()}
        self.items = list(JobItem.objects.defer("request", "ticket"))
        said = ("job_id", "provider", "external_id", "output_index", "image__position")
        self.made = list(Provenance.objects.select_related("image").only(*said))
        self.shown = set(Image.objects.values_list("job_id", "position"))
        self.paid: Counter[str] = Counter()
        entries = CreditEntry.objects.filter(key__startswith="job:")
        for key, amount in entries.values_list("key", "amount"):
            self.paid[key.split(":")[1]] -= amount

    def what_ended_is_paid_for_as_delivered(self) -> None:
        for pk, job in self.jobs.items():
            paid = self.paid[str(pk)]
            if job.status in LIVE:
                assert paid == job.credits_charged
            else:
                assert paid == price_of(job, job.delivered_count) == job.credits_kept

    def each_picture_is_there_once(self) -> None:
        done = [item for item in self.items if item.status == ItemStatus.SUCCEEDED]
        delivered = Counter(item.job_id for item in done)
        made = Counter(one.job_id for one in self.made)
        shown = Counter(job_id for job_id, _ in self.shown)
        for pk, job in self.jobs.items():
            assert job.delivered_count == delivered[pk] == made[pk] == shown[pk]
        outputs = [(one.provider, one.external_id, one.output_index) for one in self.made]
        assert len(outputs) == len(set(outputs))

    def queues_count_what_is_there(self) -> None:
        free = [i for i in self.items if i.status == "queued" and i.next_check_at is None]
        waiting = Counter((item.owner_id, item.provider) for item in free)
        busy = [item for item in self.items if item.status in IN_FLIGHT]
        flying = Counter((item.owner_id, item.provider) for item in busy)
        for queue in OwnerQueue.objects.all():
            of = (queue.owner_id, queue.provider)
            assert (queue.waiting, queue.in_flight) == (waiting[of], flying[of])
            assert queue.in_flight <= queue.cap

    def pictures_come_from_whom_the_quote_named(self) -> None:
        items = {(item.job_id, item.position): item for item in self.items}
        assert len(items) == len(self.items)
        for made in self.made:
            job, item = self.jobs[made.job_id], items[made.job_id, made.image.position]
            assert made.provider in (job.provider, *(job.substitutes or ()))
            assert item.provider == made.provider
            assert (item.moved_at is not None) == (item.provider != job.provider)

    def ended_jobs_have_no_live_items_and_live_ones_do(self) -> None:
        alive = {item.job_id for item in self.items if item.status in ITEM_LIVE}
        for pk, job in self.jobs.items():
            assert (pk in alive) == (job.status in LIVE)


class Engine(RuleBasedStateMachine):
    """`fake` is the default provider, `spare` the one that quotes name besides."""

    def __init__(self) -> None:
        super().__init__()
        Wobbly.is_away = False
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

    @rule(scripts=st.lists(st.sampled_from(SCRIPTS), min_size=1, max_size=3), quoted=st.booleans())
    def submit(self, scripts: list[str], quoted: bool) -> None:
        self.keys += 1
        options = {"count": len(scripts)}
        offer = services.quote(character=self.character, recipe="studio", options=options)
        assert offer.may_substitute == ("spare",)
        try:
            job = services.request_generation(
                character=self.character,
                recipe="studio",
                options=options,
                request_key=f"key {self.keys}",
                quote=offer.quote if quoted else "",
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
        for name in PROVIDERS:
            dispatch(name)

    @rule(is_away=st.booleans())
    def come_and_go(self, is_away: bool) -> None:
        Wobbly.is_away = is_away

    @rule(name=st.sampled_from(PROVIDERS), pause=st.booleans())
    def pause(self, name: str, pause: bool) -> None:
        if pause:
            fair_share.pause_provider(name, reason="")
        else:
            fair_share.resume_provider(name)

    @rule(name=st.sampled_from(PROVIDERS))
    def move(self, name: str) -> None:
        failover.move_waiting(name)

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
        """Leases run out, pauses are over, circuits are tried again, and sooner or later nobody
        waits for word any more."""
        past = timezone.now() - timedelta(seconds=1)
        JobItem.objects.filter(lease_id__isnull=False).update(lease_expires_at=past)
        JobItem.objects.filter(next_check_at__isnull=False).update(next_check_at=past)
        earlier = F("submit_started_at") - timedelta(minutes=2)
        JobItem.objects.filter(submit_started_at__isnull=False).update(submit_started_at=earlier)
        ProviderLane.objects.filter(closed_until__isnull=False).update(closed_until=past)

    # --- What always holds ------------------------------------------------------------------

    @invariant()
    def all_is_as_promised(self) -> None:
        """One look at the rows for all promises: asked job by job they cost more than the work
        that they watch."""
        self.books_are_right()
        rows = Rows()
        rows.what_ended_is_paid_for_as_delivered()
        rows.each_picture_is_there_once()
        rows.queues_count_what_is_there()
        rows.pictures_come_from_whom_the_quote_named()
        rows.ended_jobs_have_no_live_items_and_live_ones_do()

    def books_are_right(self) -> None:
        assert differences() == []
        assert get_account(self.user).balance >= 0

    # --- Ways of it -------------------------------------------------------------------------

    def pick(self, rows: Any, n: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[n % len(found)] if found else None

    def run(self, item: JobItem) -> None:
        canceling = item.status == ItemStatus.CANCELING
        (pipeline.cancel_item if canceling else pipeline.run_item)(item.pk)

    def bring_to_rest(self) -> None:
        """However it was left: with time and working machines all of it ends."""
        Wobbly.is_away = False
        for name in PROVIDERS:
            fair_share.resume_provider(name)
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
        rows = Rows()
        rows.what_ended_is_paid_for_as_delivered()
        rows.each_picture_is_there_once()


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
    settings.IMAGE_PROVIDER_FALLBACKS = ["spare"]
    settings.IMAGE_PROVIDERS = {
        name: {"BACKEND": backend, "OPTIONS": {"scale": 0.01}, "SLOTS": 3}
        for name, backend in {
            "fake": "tests.generation.test_engine_machine.Wobbly",
            "spare": "generation.providers.fake.FakeProvider",
        }.items()
    }
    Engine.TestCase().runTest()
