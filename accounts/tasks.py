from __future__ import annotations

from celery import shared_task

from accounts import services


@shared_task(name="accounts.prune_events")
def prune_events() -> None:
    services.prune_events()


@shared_task(name="accounts.prune_sessions")
def prune_sessions() -> None:
    services.prune_sessions()
