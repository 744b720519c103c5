"""Tasks take ids and call one function; the names are what services enqueue."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from generation import dispatch, failover, pipeline, services, sweeper


@shared_task(name=dispatch.RUN_ITEM)
def run_item(item_id: str) -> None:
    pipeline.run_item(UUID(item_id))


@shared_task(name=dispatch.CANCEL_ITEM)
def cancel_item(item_id: str) -> None:
    pipeline.cancel_item(UUID(item_id))


@shared_task(name=dispatch.DISPATCH)
def claim(provider: str) -> None:
    if not dispatch.dispatch(provider):
        failover.move_waiting(provider)


@shared_task(name="generation.sweep")
def sweep() -> None:
    sweeper.sweep()


@shared_task(name="generation.sync_providers")
def sync_providers() -> None:
    """Short: what waits for a provider's answer is done by the workers of jobs."""
    services.ask_all_providers()


@shared_task(name=services.SYNC_PROVIDER, ignore_result=True)
def sync_provider(alias: str) -> None:
    services.sync_provider(alias)
