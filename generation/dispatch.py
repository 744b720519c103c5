"""Claim what there are slots for, and send it to a worker."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from generation import fair_share
from ryla.lib.queue import enqueue

RUN_ITEM = "generation.run_item"
CANCEL_ITEM = "generation.cancel_item"
DISPATCH = "generation.dispatch"


def dispatch(provider: str) -> int:
    """Claims commit before their tasks are sent: a worker never looks for an unclaimed item,
    and a message that is lost is sent again by the sweeper."""
    if provider not in settings.IMAGE_PROVIDERS:
        return 0  # taken out of the settings: its items wait for its return
    with transaction.atomic():
        claimed = fair_share.claim(provider)
        for pk in claimed:
            enqueue(RUN_ITEM, pk)
    return len(claimed)
