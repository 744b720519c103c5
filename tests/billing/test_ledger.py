from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from billing import ledger
from billing.models import CreditAccount, CreditEntry
from billing.plans import FREE
from billing.services import get_account
from ryla.lib.records import RecordIsFinal
from tests.builders import make_user

pytestmark = pytest.mark.django_db


def test_account_first_use_grants_the_free_plan_once(user: User) -> None:
    assert get_account(user).balance == FREE.credits
    assert get_account(user).balance == FREE.credits
    assert [e.key for e in CreditEntry.objects.all()] == [f"user:{user.pk}:welcome"]


def test_charge_within_balance_moves_balance_and_leaves_an_entry(user: User) -> None:
    account = get_account(user)
    entry = ledger.charge(account, 120, key="job:1:charge", reference="Studio")
    assert (entry.amount, entry.kind, account.balance) == (-120, "charge", 380)


def test_charge_beyond_balance_is_refused_and_changes_nothing(user: User) -> None:
    account = get_account(user)
    with pytest.raises(ledger.InsufficientCredits) as refused:
        ledger.charge(account, 501, key="job:1:charge")
    account.refresh_from_db()
    assert (refused.value.needed, refused.value.balance, account.balance) == (501, 500, 500)
    assert CreditEntry.objects.count() == 1


def test_posting_same_key_twice_books_once(user: User) -> None:
    account = get_account(user)
    first = ledger.charge(account, 40, key="job:1:charge")
    again = ledger.charge(account, 40, key="job:1:charge")
    assert (first.pk, account.balance) == (again.pk, 460)


def test_posting_same_key_with_other_figures_is_refused(user: User) -> None:
    account = get_account(user)
    ledger.charge(account, 40, key="job:1:charge")
    with pytest.raises(ledger.KeyReused):
        ledger.charge(account, 41, key="job:1:charge")
    account.refresh_from_db()
    assert account.balance == 460


def test_posting_another_accounts_key_is_refused_without_moving_money(
    user: User, stranger: User
) -> None:
    ledger.charge(get_account(user), 40, key="job:1:charge")
    account = get_account(stranger)
    with pytest.raises(ledger.KeyReused):
        ledger.charge(account, 40, key="job:1:charge")
    account.refresh_from_db()
    assert account.balance == 500


@pytest.mark.parametrize("credits", [0, -5])
def test_charge_of_nothing_or_less_is_a_programming_error(user: User, credits: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        ledger.charge(get_account(user), credits, key="job:1:charge")


def test_database_refuses_a_negative_balance(user: User) -> None:
    account = get_account(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditAccount.objects.filter(pk=account.pk).update(balance=-1)


def test_database_refuses_an_entry_whose_sign_does_not_fit(user: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditEntry.objects.create(account=get_account(user), amount=5, kind="charge", key="x")


@pytest.mark.parametrize(
    "statement", ["UPDATE billing_creditentry SET amount = 9", "DELETE FROM billing_creditentry"]
)
def test_database_refuses_to_rewrite_entries(user: User, statement: str) -> None:
    get_account(user)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_model_refuses_to_rewrite_entries(user: User) -> None:
    entry = CreditEntry.objects.get(account=get_account(user))
    with pytest.raises(RecordIsFinal):
        entry.save()
    with pytest.raises(RecordIsFinal):
        entry.delete()
    with pytest.raises(RecordIsFinal):
        CreditEntry.objects.all().delete()


def test_differences_names_the_account_whose_balance_is_wrong(user: User, stranger: User) -> None:
    account = get_account(user)
    get_account(stranger)
    assert ledger.differences() == []
    CreditAccount.objects.filter(pk=account.pk).update(balance=499)
    assert ledger.differences() == [ledger.Difference(str(account.pk), 499, 500)]


@pytest.mark.django_db(transaction=True)
def test_parallel_charges_never_overdraw() -> None:
    user = make_user()
    account = get_account(user)
    outcomes: list[bool] = []

    def spend(n: int) -> None:
        try:
            ledger.charge(CreditAccount.objects.get(pk=account.pk), 100, key=f"job:{n}:charge")
            outcomes.append(True)
        except ledger.InsufficientCredits:
            outcomes.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=spend, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account.refresh_from_db()
    assert (outcomes.count(True), outcomes.count(False), account.balance) == (5, 7, 0)
    assert ledger.differences() == []
