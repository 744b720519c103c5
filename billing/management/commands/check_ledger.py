"""Proves that every balance is the sum of its entries."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import ledger
from billing.models import CreditAccount


class Command(BaseCommand):
    help = "Compare every balance with the sum of its entries; exit 1 and name those that differ."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = ledger.differences()
        if wrong:
            names = "; ".join(
                f"account {d.account_id} says {d.balance}, its entries sum to {d.entries_sum}"
                for d in wrong
            )
            raise CommandError(f"The books are wrong: {names}")
        self.stdout.write(f"The books are right: {CreditAccount.objects.count()} accounts.")
