"""What beat starts every half minute, once and by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.outbox import send_due_mails


class Command(BaseCommand):
    help = "Send the mails that are due, each once. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Sent: {send_due_mails()} mails.")
