"""The only writer of credits.

Every movement is a row under a unique sentence key; the balance is their cached sum, held
non-negative by the database. Credits lie in lots, and every entry names what it moved in which:
a charge takes from granted lots before bought ones, and from what expires first; a refund puts
back into the lots it came from, what was taken last coming back first.

Whoever writes a lot holds its account's row: that one lock stands for all of them. All
functions join the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format

from billing.audit import Difference, differences  # noqa: F401 (part of the ledger's face)
from billing.models import CreditAccount, CreditEntry, CreditEntryLot, CreditLot
from billing.plans import REFUND_GRACE, REFUND_NEEDS
from ryla.lib.errors import Conflict, DomainError

# The row as the caller's transaction locked it; `billing.services.lock_account` alone makes one.
LockedAccount = NewType("LockedAccount", CreditAccount)
Kind = CreditEntry.Kind
GRANTED = CreditLot.Kind.GRANTED
BOUGHT = CreditLot.Kind.BOUGHT


class InsufficientCredits(DomainError):
    code = "insufficient_credits"
    status = 402

    def __init__(self, *, needed: int, balance: int) -> None:
        self.needed = needed
        self.balance = balance
        super().__init__(
            f"This costs {needed:,} credits and you have {balance:,}. Nothing was charged."
        )


class KeyReused(Conflict):
    code = "ledger_key_reused"
    message = "This booking already exists with other figures."


class RefundExceedsCharge(Conflict):
    code = "refund_exceeds_charge"
    message = "That is more than was charged and not yet given back."


def grant(
    account: CreditAccount,
    credits: int,
    *,
    key: str,
    reference: str = "",
    kind: str = GRANTED,
    expires_at: datetime | None = None,
) -> CreditEntry:
    """A new lot. What was bought never expires: ValueError if it should."""
    if kind == BOUGHT and expires_at:
        raise ValueError("bought credits do not expire")
    posting = _Posting(Kind.GRANT, _positive(credits), key, reference)
    return _post(account, posting, _new_lot(posting, kind, expires_at))


def charge(account: CreditAccount, credits: int, *, key: str, reference: str = "") -> CreditEntry:
    """Raises InsufficientCredits, having changed nothing."""
    return _post(account, _charge_of(credits, key, reference), _take)


def charge_locked(
    account: LockedAccount, credits: int, *, key: str, reference: str = ""
) -> CreditEntry:
    """As `charge`, within the transaction that locked the account: neither the lock nor a savepoint
    is taken again, so whatever is raised ends that transaction."""
    return _book(account, _charge_of(credits, key, reference), _take)


def _charge_of(credits: int, key: str, reference: str) -> _Posting:
    return _Posting(Kind.CHARGE, -_positive(credits), key, reference)


def refund(
    account: CreditAccount, credits: int, *, key: str, of: str, reference: str = ""
) -> CreditEntry:
    """Give back some of the charge whose key is `of`.

    Raises RefundExceedsCharge when less than that is left of it.
    """
    posting = _Posting(Kind.REFUND, _positive(credits), key, reference)
    return _post(account, posting, _put_back(of))


def adjust(
    account: CreditAccount,
    credits: int,
    *,
    key: str,
    reference: str,
    kind: str = GRANTED,
    expires_at: datetime | None = None,
) -> CreditEntry:
    """A correction by staff, either sign, with its reason. Credits added are a lot of their
    own; those taken are taken as a charge takes them. Raises InsufficientCredits."""
    if credits == 0:
        raise ValueError("credits must not be zero")
    posting = _Posting(Kind.ADJUST, credits, key, reference)
    if credits < 0:
        return _post(account, posting, _take)
    return _post(account, posting, _new_lot(posting, kind, expires_at))


def expire(account: CreditAccount) -> list[CreditEntry]:
    """Take what is left in lots past their time off the balance, once per lot."""
    with transaction.atomic():
        locked = CreditAccount.objects.select_for_update().get(pk=account.pk)
        due = CreditLot.objects.due().filter(account=locked).order_by("id")
        return [_write(locked, _expiry_of(lot), [_Move(lot, -lot.remaining)]) for lot in due]


# --- Posting ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Posting:
    kind: str
    amount: int
    key: str
    reference: str


@dataclass(frozen=True, slots=True)
class _Move:
    """So many credits into a lot (or, negative, out of it); `of` as in CreditEntryLot."""

    lot: CreditLot
    amount: int
    of: CreditEntryLot | None = None


_Planner = Callable[[CreditAccount, int], list[_Move]]


def _positive(credits: int) -> int:
    if credits <= 0:
        raise ValueError("credits must be positive")
    return credits


def _post(account: CreditAccount, posting: _Posting, plan: _Planner) -> CreditEntry:
    with transaction.atomic():
        # The row lock makes postings of one account take turns, so the look-up is decisive.
        locked = CreditAccount.objects.select_for_update().get(pk=account.pk)
        entry = _book(locked, posting, plan)
    account.balance = locked.balance
    return entry


def _book(locked: CreditAccount, posting: _Posting, plan: _Planner) -> CreditEntry:
    """Write the entry, its movements, the lots and the balance; or return the entry that the
    key already has. Raises KeyReused if that entry says something else; the caller's transaction
    or savepoint ends with what is raised."""
    existing = CreditEntry.objects.filter(key=posting.key).first()
    if existing is not None:
        return _same(existing, locked, posting)
    entry = _write(locked, posting, plan(locked, posting.amount))
    locked.balance += posting.amount
    return entry


def _write(account: CreditAccount, posting: _Posting, moves: list[_Move]) -> CreditEntry:
    entry = _insert(account, posting)
    for move in moves:
        if move.lot.pk is None:
            move.lot.save(force_insert=True)
        else:
            CreditLot.objects.filter(pk=move.lot.pk).update(remaining=F("remaining") + move.amount)
    CreditEntryLot.objects.bulk_create(
        CreditEntryLot(entry=entry, lot=move.lot, amount=move.amount, of=move.of) for move in moves
    )
    CreditAccount.objects.filter(pk=account.pk).update(balance=F("balance") + posting.amount)
    return entry


def _insert(account: CreditAccount, posting: _Posting) -> CreditEntry:
    try:
        return CreditEntry.objects.create(
            account=account,
            amount=posting.amount,
            kind=posting.kind,
            key=posting.key,
            reference=posting.reference[:200],
        )
    except IntegrityError as error:  # the key was taken by another account meanwhile
        raise KeyReused from error


def _same(entry: CreditEntry, account: CreditAccount, posting: _Posting) -> CreditEntry:
    said = (entry.account_id, entry.amount, entry.kind)
    if said != (account.pk, posting.amount, posting.kind):
        raise KeyReused
    return entry


# --- Which lots ---------------------------------------------------------------------------------


def _new_lot(posting: _Posting, kind: str, expires_at: datetime | None) -> _Planner:
    def plan(account: CreditAccount, amount: int) -> list[_Move]:
        return [_Move(_lot(account, amount, posting.key, kind=kind, expires_at=expires_at), amount)]

    return plan


def _lot(account: CreditAccount, credits: int, key: str, **fields: Any) -> CreditLot:
    return CreditLot(account=account, credits=credits, remaining=credits, key=key, **fields)


def _take(account: CreditAccount, amount: int) -> list[_Move]:
    """From the lots in the order in which they are spent. Raises InsufficientCredits."""
    lots = _spendable(account)
    missing, moves = -amount, []
    for lot in lots:
        part = min(lot.remaining, missing)
        if part:
            moves.append(_Move(lot, -part))
        missing -= part
    if missing:
        raise InsufficientCredits(needed=-amount, balance=sum(lot.remaining for lot in lots))
    return moves


def _spendable(account: CreditAccount) -> list[CreditLot]:
    """In the order in which they are spent. What is past its time does not count, swept or not."""
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    held = CreditLot.objects.held().filter(alive, account=account)
    return sorted(held, key=turn)


def turn(lot: CreditLot) -> tuple[Any, ...]:
    """Granted before bought, what expires first before what expires later or never."""
    never = lot.expires_at is None
    return (lot.kind == BOUGHT, never, lot.expires_at or lot.created_at, lot.pk)


def _put_back(of: str) -> _Planner:
    def plan(account: CreditAccount, amount: int) -> list[_Move]:
        missing, moves = amount, []
        for taken, left in _not_given_back(account, of):
            part = min(left, missing)
            if part:
                moves.append(_Move(_home_of(taken, part), part, taken))
            missing -= part
        if missing:
            raise RefundExceedsCharge
        return moves

    return plan


def _not_given_back(account: CreditAccount, charge_key: str) -> list[tuple[CreditEntryLot, int]]:
    """The charge's movements and what is left of each, the one taken last first: as if only
    the rest had ever been charged."""
    taken = (
        CreditEntryLot.objects.filter(
            entry__account=account, entry__key=charge_key, entry__kind=Kind.CHARGE
        )
        .annotate(back=Sum("returned__amount", default=0))
        .select_related("lot")
        .order_by("-id")
    )
    return [(row, -row.amount - row.back) for row in taken]


def _home_of(taken: CreditEntryLot, credits: int) -> CreditLot:
    """The lot it came from, or a lot of grace when that one is past use."""
    lot, now = taken.lot, timezone.now()
    if lot.expires_at is None or lot.expires_at - now >= REFUND_NEEDS:
        return lot
    nth = lot.graces.count() + 1
    return _lot(
        taken.lot.account,
        credits,
        f"lot:{lot.pk}:grace:{nth}",
        kind=lot.kind,
        expires_at=now + REFUND_GRACE,
        grace_of=lot,
    )


def _expiry_of(lot: CreditLot) -> _Posting:
    what = "Given back" if lot.grace_of_id else "Granted"
    since = date_format(lot.created_at, "j M Y")
    return _Posting(Kind.EXPIRE, -lot.remaining, f"lot:{lot.pk}:expire", f"{what} on {since}")
