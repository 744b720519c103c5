"""What a claim costs while much is waiting, and how long a newcomer's one picture waits."""

from __future__ import annotations

import time

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from benchmarks.table import median, ms, percentile, show
from billing.plans import FREE
from generation import fair_share
from generation.models import GenerationJob, JobItem, OwnerQueue
from ryla.lib.ids import new_id
from tests.builders import make_character, make_user

CLAIMS = 200
PENDING = (1_000, 10_000, 100_000)


@override_settings(PROVIDER_SLOTS=1)
def run() -> None:
    owners = [make_user() for _ in range(50)]
    characters = {owner: make_character(owner=owner) for owner in owners}
    heavy, others = owners[0], owners[1:]
    rows, costs = [], []
    for pending in PENDING:
        JobItem.objects.all().delete()
        GenerationJob.objects.all().delete()
        OwnerQueue.objects.all().delete()
        _wait(heavy, characters[heavy], pending)
        for owner in others:
            _wait(owner, characters[owner], 100)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        times = [_claim_one() for _ in range(CLAIMS)]
        costs.append(median(times))
        rows.append(
            (
                f"{pending:,} of one owner, 4,900 of 49 others",
                ms(costs[-1]),
                ms(percentile(times, 0.95)),
                f"{costs[-1] / costs[0]:.2f}",
            )
        )
    show(f"One claim, {CLAIMS} each, ms", ("waiting", "p50", "p95", "ratio"), rows)
    print()
    _newcomer(heavy, characters[heavy])


def _newcomer(heavy: User, character: object) -> None:
    """Slots given away between a newcomer's joining and the claim of the one picture."""
    OwnerQueue.objects.exclude(owner=heavy).update(is_paused=True)
    waits = []
    for _ in range(20):
        light = make_user()
        _wait(light, make_character(owner=light), 1)
        waits.append(next(n for n in range(1000) if _claim_whose() == light.pk))
    show(
        "One picture joins while another owner has 100,000 waiting, 20 times",
        ("", "most slots before it"),
        [("one slot, equal weights", max(waits))],
    )


def _wait(owner: User, character: object, count: int) -> None:
    fair_share.join(owner=owner, provider="fake", plan=FREE)
    now = timezone.now()
    job = GenerationJob.objects.create(
        owner=owner,
        character=character,
        recipe="studio",
        provider="fake",
        request_key=str(new_id()),
        request_hash="",
        count=min(count, 30_000),
    )
    per_job = 10_000
    for start in range(0, count, per_job):
        if start:
            job.pk, job.request_key = new_id(), str(new_id())
            job.save(force_insert=True)
        JobItem.objects.bulk_create(
            [
                JobItem(
                    job=job, owner=owner, provider="fake", position=n, request={}, created_at=now
                )
                for n in range(min(per_job, count - start))
            ],
            batch_size=2_000,
        )


def _claim_one() -> float:
    begun = time.perf_counter()
    claimed = fair_share.claim("fake")
    took = time.perf_counter() - begun
    _end(claimed)
    return took


def _claim_whose() -> object:
    claimed = fair_share.claim("fake")
    owner_id = JobItem.objects.get(pk=claimed[0]).owner_id
    _end(claimed)
    return owner_id


def _end(claimed: list[object]) -> None:
    if len(claimed) != 1:
        raise AssertionError(f"one slot gives one claim, not {len(claimed)}")
    JobItem.objects.filter(pk__in=claimed).update(status="failed", finished_at=timezone.now())
