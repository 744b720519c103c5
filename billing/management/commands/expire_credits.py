"""What beat does every minute and every hour, once and by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from billing.services import expire_credits, tell_expiring


class Command(BaseCommand):
    help = "Take credits past their time off, and tell of those that go next. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Expired: {expire_credits()} lots. Told: {tell_expiring()} owners.")
