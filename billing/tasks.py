from __future__ import annotations

from celery import shared_task

from billing import services


@shared_task(name="billing.expire_credits")
def expire_credits() -> None:
    services.expire_credits()


@shared_task(name="billing.tell_expiring")
def tell_expiring() -> None:
    services.tell_expiring()
