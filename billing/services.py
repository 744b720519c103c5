"""The verbs of billing."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from accounts import events
from accounts.models import Event, User
from billing import ledger, welcome
from billing.ledger import LockedAccount
from billing.models import CreditAccount, CreditEntry, CreditEntryLot, CreditLot, Subscription
from billing.plans import EXPIRES_SOON, FREE, PLANS, Plan, low_mark
from billing.states import SubscriptionStatus
from ryla.lib.errors import InvalidInput

log = logging.getLogger(__name__)
_EXPIRING = "billing.credits.expiring"


def get_account(user: User) -> CreditAccount:
    """The user's credit account, opened on first use: with the Free plan's credits, unless this
    mailbox had them before (see `billing.welcome`)."""
    account = CreditAccount.objects.filter(user=user).first()
    return account or _open_account(user)


def lock_account(user: User) -> LockedAccount:
    """The same with its row locked until the end of the caller's transaction."""
    accounts = CreditAccount.objects.select_for_update()
    locked = accounts.filter(user=user).first() or accounts.get(pk=get_account(user).pk)
    return LockedAccount(locked)


@transaction.atomic
def _open_account(user: User) -> CreditAccount:
    account, is_new = CreditAccount.objects.get_or_create(user=user)
    if is_new and welcome.claim(user.email):
        # They never expire: once per mailbox bounds what they cost without a date, and a
        # newcomer who comes back after a month finds the promise kept.
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


def entries_of(user: User) -> QuerySet[CreditEntry]:
    """The statement's lines, each with its movements and their lots in one query for all."""
    # Of one account, whichever that is: so the index gives them in their order.
    account = Subquery(CreditAccount.objects.filter(user=user).values("pk"))
    movements = CreditEntryLot.objects.select_related("lot").order_by("id")
    entries: QuerySet[CreditEntry] = CreditEntry.objects.filter(account=account)
    return entries.prefetch_related(Prefetch("movements", movements))


def lots_of(account: CreditAccount) -> list[CreditLot]:
    """What the balance consists of, in the order in which it is spent."""
    return sorted(CreditLot.objects.held().filter(account=account), key=ledger.turn)


@transaction.atomic
def grant_credits(
    *,
    user: User,
    credits: int,
    reason: str,
    key: str,
    staff: User,
    expires_at: datetime | None = None,
) -> CreditEntry:
    """A gift or correction by staff; `reason` is shown to the user. Repeating under the
    same `key` books and tells nothing more. What is added expires at `expires_at`, if ever.

    Raises InvalidInput, InsufficientCredits (when taking more than there is), KeyReused (the
    same `key` with other figures).
    """
    if not reason.strip():
        raise InvalidInput("Say why; the user reads it.", field="reason")
    if credits == 0:
        raise InvalidInput("Zero credits change nothing.", field="credits")
    if expires_at and (credits < 0 or expires_at <= timezone.now()):
        raise InvalidInput("Only what is added can expire, and only later.", field="expires_at")
    key = f"staff:{staff.pk}:{key}"
    # The row lock makes repeats take turns, so that one of them is the first and tells.
    account = lock_account(user)
    is_repeat = CreditEntry.objects.filter(key=key).exists()
    reason = reason.strip()
    entry = ledger.adjust(account, credits, key=key, reference=reason, expires_at=expires_at)
    if not is_repeat:
        told = {"credits": credits, "reason": reason[:200]}
        events.emit(user, "billing.credits.adjusted", user.pk, told)
        plan, after = current_plan(user), account.balance
        tell_if_low(user=user, plan=plan, before=after - credits, after=after)
    return entry


def tell_if_low(*, user: User, plan: Plan, before: int, after: int) -> None:
    """Once per crossing, in the transaction that took the credits and at its end, as all that
    emits events: the balance was above the plan's mark and is below it now."""
    if after < low_mark(plan) <= before:
        events.emit(user, "billing.credits.low", user.pk, {"credits": after})


def tell_expiring(*, limit: int = 500) -> int:
    """Tell owners of what will be gone within EXPIRES_SOON, by the day it goes; returns how many
    owners. Each lot is told once, and nobody is told twice within a day: what is found meanwhile
    waits for the next. Repeating tells nothing more."""
    soon = CreditLot.objects.expiring(timezone.now() + EXPIRES_SOON)
    told_today = Event.objects.filter(
        user_id=OuterRef("account__user_id"),
        kind=_EXPIRING,
        created_at__gt=timezone.now() - timedelta(days=1),
    )
    accounts = soon.exclude(Exists(told_today)).values_list("account_id", flat=True)
    return sum(_tell_expiring_of(pk) for pk in list(accounts.distinct()[:limit]))


@transaction.atomic
def _tell_expiring_of(account_id: UUID) -> bool:
    # The row makes two sweeps take turns, so that the second sees what the first told.
    account = CreditAccount.objects.select_for_update(of=("self",)).select_related("user")
    user = account.get(pk=account_id).user
    since = timezone.now() - EXPIRES_SOON - timedelta(days=1)
    earlier = list(Event.objects.filter(user=user, kind=_EXPIRING, created_at__gt=since))
    if any(e.created_at > timezone.now() - timedelta(days=1) for e in earlier):
        return False
    known = {pk for event in earlier for pk in event.data["lots"]}
    lots = list(
        CreditLot.objects.expiring(timezone.now() + EXPIRES_SOON)
        .filter(account_id=account_id)
        .order_by("expires_at", "pk")
    )
    if not user.is_active or all(lot.pk in known for lot in lots):
        return False
    told = {
        "credits": sum(lot.remaining for lot in lots),
        "first_at": min(lot.expires_at for lot in lots if lot.expires_at).isoformat(),
        "lots": [lot.pk for lot in lots],
    }
    events.emit(user, _EXPIRING, user.pk, told)
    return True


def expire_credits() -> int:
    """Take every lot past its time off its balance and tell its owner; returns how many.

    Repeating books nothing twice. An account whose books are wrong is logged and left as it
    is; the others go on.
    """
    due = CreditLot.objects.due().order_by("account_id").values_list("account_id", flat=True)
    count = 0
    for pk in list(due.distinct()):
        try:
            count += _expire_credits_of(CreditAccount.objects.select_related("user").get(pk=pk))
        except IntegrityError:
            log.exception("credits not expired", extra={"account": str(pk)})
    return count


@transaction.atomic
def _expire_credits_of(account: CreditAccount) -> int:
    entries = ledger.expire(account)
    if entries:
        told = {"credits": sum(entry.amount for entry in entries)}
        events.emit(account.user, "billing.credits.expired", account.user.pk, told)
        account.refresh_from_db(fields=["balance"])
        before, plan = account.balance - told["credits"], current_plan(account.user)
        tell_if_low(user=account.user, plan=plan, before=before, after=account.balance)
    return len(entries)
