"""Tasks take ids and call one function; the names are what services enqueue."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from generation import dispatch, pipeline, sweeper


@shared_task(name=dispatch.RUN_ITEM)
def run_item(item_id: str) -> None:
    pipeline.run_item(UUID(item_id))


@shared_task(name=dispatch.CANCEL_ITEM)
def cancel_item(item_id: str) -> None:
    pipeline.cancel_item(UUID(item_id))


@shared_task(name=dispatch.DISPATCH)
def claim(provider: str) -> None:
    dispatch.dispatch(provider)


@shared_task(name="generation.sweep")
def sweep() -> None:
    sweeper.sweep()
