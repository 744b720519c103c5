"""The only writer of credits.

Every movement is a row under a unique sentence key; the balance is their cached sum, held
non-negative by the database. All functions join the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from billing.models import CreditAccount, CreditEntry
from ryla.lib.errors import Conflict, DomainError

Kind = CreditEntry.Kind


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


def grant(account: CreditAccount, credits: int, *, key: str, reference: str = "") -> CreditEntry:
    return _post(account, _positive(credits), Kind.GRANT, key, reference)


def charge(account: CreditAccount, credits: int, *, key: str, reference: str = "") -> CreditEntry:
    """Raises InsufficientCredits, having changed nothing."""
    return _post(account, -_positive(credits), Kind.CHARGE, key, reference)


def refund(account: CreditAccount, credits: int, *, key: str, reference: str = "") -> CreditEntry:
    return _post(account, _positive(credits), Kind.REFUND, key, reference)


def adjust(account: CreditAccount, credits: int, *, key: str, reference: str) -> CreditEntry:
    """A correction by staff, either sign, with its reason. Raises InsufficientCredits."""
    return _post(account, credits, Kind.ADJUST, key, reference)


def _positive(credits: int) -> int:
    if credits <= 0:
        raise ValueError("credits must be positive")
    return credits


def _post(account: CreditAccount, amount: int, kind: Kind, key: str, reference: str) -> CreditEntry:
    """Move the balance and write the entry, or return the entry that `key` already has.

    Raises KeyReused if that entry says something else.
    """
    with transaction.atomic():
        # The row lock makes postings of one account take turns, so the look-up is decisive.
        locked = CreditAccount.objects.select_for_update().get(pk=account.pk)
        existing = CreditEntry.objects.filter(key=key).first()
        if existing is not None:
            return _same(existing, locked, amount, kind)
        if locked.balance + amount < 0:
            raise InsufficientCredits(needed=-amount, balance=locked.balance)
        CreditAccount.objects.filter(pk=account.pk).update(balance=F("balance") + amount)
        entry = _insert(locked, amount, kind, key, reference)
    account.refresh_from_db(fields=["balance"])
    return entry


def _insert(
    account: CreditAccount, amount: int, kind: Kind, key: str, reference: str
) -> CreditEntry:
    try:
        with transaction.atomic():
            return CreditEntry.objects.create(
                account=account, amount=amount, kind=kind, key=key, reference=reference[:200]
            )
    except IntegrityError as error:  # the key was taken by another account meanwhile
        raise KeyReused from error


def _same(entry: CreditEntry, account: CreditAccount, amount: int, kind: Kind) -> CreditEntry:
    if (entry.account_id, entry.amount, entry.kind) != (account.pk, amount, kind):
        raise KeyReused
    return entry


@dataclass(frozen=True, slots=True)
class Difference:
    account_id: str
    balance: int
    entries_sum: int


def differences() -> list[Difference]:
    """Accounts whose balance is not the sum of their entries; empty when the books are right."""
    rows = CreditAccount.objects.annotate(total=Sum("entries__amount")).values_list(
        "id", "balance", "total"
    )
    return [
        Difference(str(pk), balance, total or 0)
        for pk, balance, total in rows.iterator()
        if balance != (total or 0)
    ]
