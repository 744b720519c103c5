"""A task that does nothing."""

from __future__ import annotations

from celery import shared_task

NAME = "benchmarks.noop"


@shared_task(name=NAME)
def noop() -> None:
    return
