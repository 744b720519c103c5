"""The verbs of billing."""

from __future__ import annotations

from django.db import transaction

from accounts import events
from accounts.models import User
from billing import ledger, welcome
from billing.models import CreditAccount, CreditEntry, Subscription
from billing.plans import FREE, PLANS, Plan
from billing.states import SubscriptionStatus
from ryla.lib.errors import InvalidInput


def get_account(user: User) -> CreditAccount:
    """The user's credit account, opened on first use: with the Free plan's credits, unless this
    mailbox had them before (see `billing.welcome`)."""
    account = CreditAccount.objects.filter(user=user).first()
    return account or _open_account(user)


@transaction.atomic
def _open_account(user: User) -> CreditAccount:
    account, is_new = CreditAccount.objects.get_or_create(user=user)
    if is_new and welcome.claim(user.email):
        ledger.grant(account, FREE.credits, key=_welcome_key(user), reference="Welcome to RYLA")
    return account


def was_welcomed(user: User) -> bool:
    """Whether this account is the one its owner was welcomed with; what is free at the start
    comes with it."""
    get_account(user)
    return CreditEntry.objects.filter(key=_welcome_key(user)).exists()


def remember_welcome(*, user: User) -> None:
    """Part of closing an account; joins its transaction."""
    if CreditAccount.objects.filter(user=user).exists():
        welcome.claim(user.email)


def _welcome_key(user: User) -> str:
    return f"user:{user.pk}:welcome"


def current_plan(user: User) -> Plan:
    """What the user may use now; past due keeps the plan while payment is retried."""
    subscription = Subscription.objects.filter(
        user=user, status__in=[SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE]
    ).first()
    return PLANS[subscription.plan] if subscription else FREE


@transaction.atomic
def grant_credits(*, user: User, credits: int, reason: str, key: str, staff: User) -> CreditEntry:
    """A gift or correction by staff; `reason` is shown to the user. Repeating under the
    same `key` books and tells nothing more.

    Raises InvalidInput, InsufficientCredits (when taking more than there is), KeyReused (the
    same `key` with other figures).
    """
    if not reason.strip():
        raise InvalidInput("Say why; the user reads it.", field="reason")
    if credits == 0:
        raise InvalidInput("Zero credits change nothing.", field="credits")
    key = f"staff:{staff.pk}:{key}"
    account = get_account(user)
    # The row lock makes repeats take turns, so that one of them is the first and tells.
    CreditAccount.objects.select_for_update().get(pk=account.pk)
    is_repeat = CreditEntry.objects.filter(key=key).exists()
    reason = reason.strip()
    entry = ledger.adjust(account, credits, key=key, reference=reason)
    if not is_repeat:
        told = {"credits": credits, "reason": reason[:200]}
        events.emit(user, "billing.credits.adjusted", user.pk, told)
    return entry
