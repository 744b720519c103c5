"""One picture after another through idle processes: what each step takes at best."""

from __future__ import annotations

import time

from benchmarks.parts import make_owners, running, wait_until
from benchmarks.table import median, ms, percentile, show
from characters.models import Character
from generation.models import GenerationJob, JobItem
from generation.states import LIVE
from tests.builders import request_job

JOBS = 100


def run() -> None:
    characters = [character for _, character in make_owners(10)]
    with running("worker", "clock", "beat"):
        _submit_one(characters[0])  # the worker is up and warm
        submits = [_submit_one(characters[n % len(characters)]) for n in range(JOBS)]
    items = JobItem.objects.order_by("-id")[:JOBS]
    claims = [(i.claimed_at - i.created_at).total_seconds() for i in items if i.claimed_at]
    ends = [(i.finished_at - i.created_at).total_seconds() for i in items if i.finished_at]
    show(
        f"Jobs one after another, {JOBS} jobs of one picture, ms",
        ("step", "p50", "p95"),
        [
            (label, ms(median(times)), ms(percentile(times, 0.95)))
            for label, times in (
                ("submit (screen, charge, queue, commit)", submits),
                ("submit → claimed", claims),
                ("submit → ended (picture stored)", ends),
            )
        ],
    )


def _submit_one(character: Character) -> float:
    """Seconds the request took; returns when the job has ended."""
    begun = time.perf_counter()
    job = request_job(character)
    took = time.perf_counter() - begun
    live = GenerationJob.objects.filter(pk=job.pk, status__in=LIVE)
    wait_until(lambda: not live.exists(), timeout_s=60, every_s=0.005)
    return took
