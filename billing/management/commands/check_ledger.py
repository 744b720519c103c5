"""Proves the books: every balance, entry, lot and refund, each against what it consists of."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import ledger
from billing.models import CreditAccount


class Command(BaseCommand):
    help = "Check every sum of the ledger; exit 1 and name the rows that are wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = ledger.differences()
        if wrong:
            raise CommandError("The books are wrong: " + "; ".join(str(fault) for fault in wrong))
        self.stdout.write(f"The books are right: {CreditAccount.objects.count()} accounts.")
