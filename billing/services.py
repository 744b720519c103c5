"""The verbs of billing."""

from __future__ import annotations

from django.db import transaction

from accounts import events
from accounts.models import User
from billing import ledger
from billing.models import CreditAccount, CreditEntry, Subscription
from billing.plans import FREE, PLANS, Plan
from billing.states import SubscriptionStatus
from ryla.lib.errors import InvalidInput


def get_account(user: User) -> CreditAccount:
    """The user's credit account, opened with the Free plan's credits on first use."""
    account = CreditAccount.objects.filter(user=user).first()
    return account or _open_account(user)


@transaction.atomic
def _open_account(user: User) -> CreditAccount:
    account, _ = CreditAccount.objects.get_or_create(user=user)
    ledger.grant(account, FREE.credits, key=f"user:{user.pk}:welcome", reference="Welcome to RYLA")
    return account


def current_plan(user: User) -> Plan:
    """What the user may use now; past due keeps the plan while payment is retried."""
    subscription = Subscription.objects.filter(
        user=user, status__in=[SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE]
    ).first()
    return PLANS[subscription.plan] if subscription else FREE


@transaction.atomic
def grant_credits(*, user: User, credits: int, reason: str, key: str, staff: User) -> CreditEntry:
    """A gift or correction by staff; `reason` is shown to the user. Repeats under `key` once.

    Raises InvalidInput, InsufficientCredits (when taking more than there is).
    """
    if not reason.strip():
        raise InvalidInput("Say why; the user reads it.", field="reason")
    if credits == 0:
        raise InvalidInput("Zero credits change nothing.", field="credits")
    entry = ledger.adjust(
        get_account(user), credits, key=f"staff:{staff.pk}:{key}", reference=reason.strip()
    )
    events.emit(user, "billing.credits.adjusted", user.pk, {"credits": credits})
    return entry
