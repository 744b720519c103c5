"""What billing hears from the floor below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import Sections, account_closing, collecting_data
from billing import services
from billing.models import CreditEntry, CreditEntryLot, CreditLot, Subscription
from ryla.lib.rows import in_bites


@receiver(account_closing)
def remember_the_welcome(sender: Any, user: User, **kwargs: Any) -> None:
    """The address may have changed since the welcome was given."""
    services.remember_welcome(user=user)


@receiver(collecting_data)
def hand_over_billing(sender: Any, user: User, **kwargs: Any) -> Sections:
    """Without the keys of entries and lots, which may name the staff who booked them."""
    account = services.get_account(user)
    return {
        "credits": {"balance": account.balance, "plan": services.current_plan(user).slug},
        "credit_entries": in_bites(
            CreditEntry.objects.filter(account=account),
            *("id", "amount", "kind", "reference", "created_at"),
        ),
        "credit_lots": in_bites(
            CreditLot.objects.filter(account=account),
            *("id", "kind", "credits", "remaining", "expires_at", "grace_of_id", "created_at"),
        ),
        "credit_movements": in_bites(
            CreditEntryLot.objects.filter(lot__account=account),
            *("id", "entry_id", "lot_id", "amount", "of_id"),
        ),
        "subscriptions": in_bites(
            Subscription.objects.filter(user=user),
            *("id", "plan", "interval", "amount_minor", "currency", "status"),
            *("is_cancel_at_period_end", "period_start_at", "period_end_at", "created_at"),
        ),
    }
