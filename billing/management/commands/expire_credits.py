"""What beat does every minute, once and by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from billing.services import expire_credits


class Command(BaseCommand):
    help = "Take credits past their time off the balances, once per lot. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Expired: {expire_credits()} lots.")
