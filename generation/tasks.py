"""Tasks take ids and call one function; the names are what services enqueue."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from generation import pipeline, services


@shared_task(name=services.RUN_JOB)
def run_job(job_id: str) -> None:
    pipeline.run_job(UUID(job_id))


@shared_task(name=services.CANCEL_AT_PROVIDER)
def cancel_at_provider(job_id: str) -> None:
    pipeline.cancel_at_provider(UUID(job_id))


@shared_task(name="generation.sweep")
def sweep() -> None:
    services.requeue_stalled()
    services.enqueue_due()
