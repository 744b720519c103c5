"""What the sweeper does every few seconds, once and by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from generation import services


class Command(BaseCommand):
    help = "Give jobs of silent workers back to the queue, and send what is due. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        requeued = services.requeue_stalled()
        sent = services.enqueue_due()
        self.stdout.write(f"{requeued} stalled jobs taken back, {sent} due jobs sent.")
