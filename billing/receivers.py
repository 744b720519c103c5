"""What billing hears from the floor below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import Sections, account_closing, collecting_data
from billing import services
from billing.models import CreditEntry, Subscription
from ryla.lib.rows import in_bites


@receiver(account_closing)
def remember_the_welcome(sender: Any, user: User, **kwargs: Any) -> None:
    """The address may have changed since the welcome was given."""
    services.remember_welcome(user=user)


@receiver(collecting_data)
def hand_over_billing(sender: Any, user: User, **kwargs: Any) -> Sections:
    """Without the keys of entries, which may name the staff who booked them."""
    account = services.get_account(user)
    return {
        "credits": {"balance": account.balance, "plan": services.current_plan(user).slug},
        "credit_entries": in_bites(
            CreditEntry.objects.filter(account=account),
            *("id", "amount", "kind", "reference", "created_at"),
        ),
        "subscriptions": in_bites(
            Subscription.objects.filter(user=user),
            *("id", "plan", "interval", "amount_minor", "currency", "status"),
            *("is_cancel_at_period_end", "period_start_at", "period_end_at", "created_at"),
        ),
    }
