from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from billing import ledger
from billing.models import CreditAccount, CreditEntryLot, CreditLot
from billing.services import get_account
from tests.billing.books import corrupt, pass_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(user: User, stranger: User) -> CreditAccount:
    """Books in which everything happened: lots of each kind, a refund into grace, an expiry."""
    account = get_account(user)
    get_account(stranger)
    soon = timezone.now() + timedelta(days=2)
    ledger.grant(account, 100, key="g:1", expires_at=soon)
    ledger.grant(account, 100, key="g:2", expires_at=soon)
    ledger.grant(account, 50, key="b:1", kind=ledger.BOUGHT)
    ledger.charge(account, 150, key="c:1")
    pass_time(timedelta(days=3))
    ledger.refund(account, 120, key="r:1", of="c:1")
    ledger.expire(account)
    ledger.charge(account, 200, key="c:2")
    ledger.refund(account, 10, key="r:2", of="c:2")
    return account


def run() -> str:
    said = io.StringIO()
    call_command("check_ledger", stdout=said)
    return said.getvalue()


def test_right_books_say_so_in_one_line(account: CreditAccount) -> None:
    assert run() == "The books are right: 2 accounts.\n"


def lot(key: str) -> int:
    return CreditLot.objects.get(key=key).pk


def movement(entry: str) -> Any:
    """The last of the entry's."""
    return CreditEntryLot.objects.filter(entry__key=entry).latest("id").pk


ACCOUNT = "UPDATE billing_creditaccount SET balance = balance + 7 WHERE id = %s"
ENTRY = "UPDATE billing_creditentry SET amount = amount + 7 WHERE key = 'g:1'"
REMAINING = "UPDATE billing_creditlot SET remaining = remaining - 7 WHERE key = 'b:1'"
SIZE = "UPDATE billing_creditlot SET credits = credits + 7 WHERE key = 'b:1'"
GRACE_SIZE = "UPDATE billing_creditlot SET credits = credits + 7 WHERE grace_of_id IS NOT NULL"
MOVED = "UPDATE billing_creditentrylot SET amount = amount + 7 WHERE id = %s"
HOME = "UPDATE billing_creditentrylot SET of_id = NULL WHERE id = %s"
LOT = "UPDATE billing_creditentrylot SET lot_id = %s WHERE id = %s"


def faults(statement: str, *values: Any) -> list[str]:
    assert ledger.differences() == []
    corrupt(statement, *values)
    return [str(fault) for fault in ledger.differences()]


def test_wrong_balance_is_named(account: CreditAccount) -> None:
    account.refresh_from_db()
    says = account.balance + 7
    assert faults(ACCOUNT, account.pk) == [
        f"account {account.pk} says {says}, its entries sum to {says - 7}",
        f"account {account.pk} says {says}, its lots hold {says - 7}",
    ]


def test_wrong_entry_is_named(account: CreditAccount) -> None:
    assert "entry g:1 says 107, its movements sum to 100" in faults(ENTRY)


def test_wrong_lot_is_named(account: CreditAccount) -> None:
    assert f"lot {lot('b:1')} holds 43, its movements sum to 50" in faults(REMAINING)


def test_lot_larger_than_what_came_in_is_named(account: CreditAccount) -> None:
    assert faults(SIZE) == [f"lot {lot('b:1')} has size 57, but 50 came in"]


def test_grace_larger_than_what_was_given_back_is_named(account: CreditAccount) -> None:
    graces = CreditLot.objects.exclude(grace_of=None).order_by("id")
    expected = [
        f"lot {grace.pk} has size {grace.credits + 7}, but {grace.credits} came in"
        for grace in graces
    ]
    assert len(expected) == 2
    assert faults(GRACE_SIZE) == expected


def test_refund_of_more_than_was_taken_is_named(account: CreditAccount) -> None:
    found = faults("UPDATE billing_creditentrylot SET amount = 300 WHERE id = %s", movement("r:2"))
    assert [text for text in found if text.startswith("entry c:2")] == [
        "entry c:2 took 80 from a lot, of which 300 were given back"
    ]


def test_refund_without_its_charge_is_named(account: CreditAccount) -> None:
    pk, where = movement("r:2"), CreditEntryLot.objects.get(entry__key="r:2").lot_id
    expected = f"entry r:2 put 10 into lot {where}, where no charge of this account took them"
    assert expected in faults(HOME, pk)


def test_movement_in_a_strangers_lot_is_named(account: CreditAccount, stranger: User) -> None:
    theirs = CreditLot.objects.get(account__user=stranger).pk
    found = faults(LOT, theirs, movement("b:1"))
    assert f"entry b:1 moved 50 in lot {theirs}, which is another account's" in found


def test_movement_against_its_entry_is_named(account: CreditAccount) -> None:
    found = faults("UPDATE billing_creditentrylot SET amount = 7 WHERE id = %s", movement("c:2"))
    assert "entry c:2 says -200, but moved 7 in a lot" in found


def test_wrong_books_fail_the_command_with_the_row(account: CreditAccount) -> None:
    corrupt(SIZE)
    with pytest.raises(CommandError) as failed:
        run()
    assert failed.value.returncode == 1
    assert str(failed.value) == (
        f"The books are wrong: lot {lot('b:1')} has size 57, but 50 came in"
    )
