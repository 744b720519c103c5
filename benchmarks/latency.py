"""From the committed request to the claim by a Celery worker in its own process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from benchmarks.table import median, ms, percentile, show
from characters.models import Character
from generation.models import GenerationJob
from generation.states import LIVE
from tests.builders import give_credits, make_character, make_user, request_job

JOBS = 100


def run() -> None:
    owners = [make_user() for _ in range(10)]
    for owner in owners:
        give_credits(owner, 100_000)
    characters = [make_character(owner=owner, ready=True) for owner in owners]
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "ryla.celery", "worker", "-c", "2", "-l", "error"],
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _submit_one(characters[0])  # the worker is up and warm
        submits = [_submit_one(characters[n % len(characters)]) for n in range(JOBS)]
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=30)
    jobs = GenerationJob.objects.order_by("-id")[:JOBS]
    claims = [(j.started_at - j.created_at).total_seconds() for j in jobs if j.started_at]
    ends = [(j.finished_at - j.created_at).total_seconds() for j in jobs if j.finished_at]
    show(
        f"Jobs one after another, {JOBS} jobs of one picture, 2 worker processes, ms",
        ("step", "p50", "p95"),
        [
            (
                "submit (moderate, charge, queue, commit)",
                ms(median(submits)),
                ms(percentile(submits, 0.95)),
            ),
            ("submit → claimed", ms(median(claims)), ms(percentile(claims, 0.95))),
            ("submit → ended (picture stored)", ms(median(ends)), ms(percentile(ends, 0.95))),
        ],
    )


def _submit_one(character: Character) -> float:
    """Seconds the request took; returns when the job has ended."""
    begun = time.perf_counter()
    job = request_job(character)
    took = time.perf_counter() - begun
    deadline = time.monotonic() + 60
    while GenerationJob.objects.filter(pk=job.pk, status__in=LIVE).exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the worker did not end a job within a minute")
        time.sleep(0.005)
    return took
