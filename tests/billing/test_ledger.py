from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from billing import ledger
from billing.models import CreditAccount, CreditEntry, CreditLot
from billing.plans import FREE, REFUND_GRACE
from billing.services import get_account, lock_account
from ryla.lib.records import RecordIsFinal
from tests.billing.books import at_commit, pass_time
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


def test_charge_of_a_row_that_is_locked_already_books_the_same(
    user: User, django_assert_num_queries: Any
) -> None:
    get_account(user)
    with transaction.atomic():
        account = lock_account(user)
        with django_assert_num_queries(6):
            entry = ledger.charge_locked(account, 120, key="job:1:charge")
        again = ledger.charge_locked(account, 120, key="job:1:charge")
    assert (entry.amount, account.balance, again.pk) == (-120, 380, entry.pk)
    assert get_account(user).balance == 380
    assert ledger.differences() == []


def test_refused_charge_of_a_locked_row_changes_nothing(user: User, stranger: User) -> None:
    ledger.charge(get_account(stranger), 40, key="job:1:charge")
    get_account(user)
    with pytest.raises(ledger.InsufficientCredits), transaction.atomic():
        ledger.charge_locked(lock_account(user), 501, key="job:2:charge")
    with pytest.raises(ledger.KeyReused), transaction.atomic():
        ledger.charge_locked(lock_account(user), 40, key="job:1:charge")
    assert get_account(user).balance == 500
    assert ledger.differences() == []


def test_key_taken_between_look_up_and_booking_leaves_the_callers_transaction_whole(
    user: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another account's transaction may have committed the same key meanwhile."""
    ledger.charge(get_account(stranger), 40, key="job:1:charge")
    monkeypatch.setattr(
        ledger.CreditEntry.objects, "filter", lambda **_: CreditEntry.objects.none()
    )
    account = get_account(user)
    with pytest.raises(ledger.KeyReused):
        ledger.charge(account, 40, key="job:1:charge")
    monkeypatch.undo()
    account.refresh_from_db()
    assert (account.balance, ledger.differences()) == (500, [])


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


# --- Lots ---------------------------------------------------------------------------------------


@pytest.fixture
def account(user: User) -> CreditAccount:
    """500 granted for good, 100 granted for ten days, 100 for five, 1 000 bought."""
    account = get_account(user)
    ledger.grant(account, 1_000, key="bought", kind=ledger.BOUGHT)
    for days in (10, 5):
        expires_at = timezone.now() + timedelta(days=days)
        ledger.grant(account, 100, key=f"days:{days}", expires_at=expires_at)
    return account


def held(account: CreditAccount) -> dict[str, int]:
    """What is left in each lot, by what brought it in; empty ones left out."""
    lots = CreditLot.objects.held().filter(account=account).order_by("id")
    return {lot.key.removeprefix(f"user:{account.user_id}:"): lot.remaining for lot in lots}


def test_charge_spends_granted_before_bought_and_first_what_expires_first(
    account: CreditAccount,
) -> None:
    entry = ledger.charge(account, 750, key="job:1:charge")
    assert [(row.lot.key, row.amount) for row in entry.movements.order_by("id")] == [
        ("days:5", -100),
        ("days:10", -100),
        (f"user:{account.user_id}:welcome", -500),
        ("bought", -50),
    ]
    assert held(account) == {"bought": 950}


def test_charge_does_not_touch_what_is_past_its_time(account: CreditAccount) -> None:
    pass_time(timedelta(days=6))
    ledger.charge(account, 150, key="job:1:charge")
    assert held(account) == {"welcome": 450, "bought": 1_000, "days:5": 100}
    with pytest.raises(ledger.InsufficientCredits) as refused:
        ledger.charge(account, 1_451, key="job:2:charge")
    assert refused.value.balance == 1_450


def test_refund_goes_back_to_the_lots_the_last_taken_first(account: CreditAccount) -> None:
    ledger.charge(account, 750, key="job:1:charge")
    ledger.refund(account, 600, key="job:1:refund", of="job:1:charge")
    assert held(account) == {"welcome": 500, "bought": 1_000, "days:10": 50}
    ledger.refund(account, 150, key="job:1:refund:2", of="job:1:charge")
    assert held(account) == {"welcome": 500, "bought": 1_000, "days:10": 100, "days:5": 100}
    assert (account.balance, ledger.differences()) == (1_700, [])


@pytest.mark.parametrize("of", ["job:1:charge", "job:9:charge", "bought"])
def test_refund_of_more_than_was_charged_is_refused(account: CreditAccount, of: str) -> None:
    ledger.charge(account, 50, key="job:1:charge")
    ledger.refund(account, 20, key="job:1:refund", of="job:1:charge")
    with pytest.raises(ledger.RefundExceedsCharge):
        ledger.refund(account, 31, key="job:1:refund:2", of=of)
    account.refresh_from_db()
    assert account.balance == 1_670


def test_refund_of_a_strangers_charge_is_refused(account: CreditAccount, stranger: User) -> None:
    ledger.charge(get_account(stranger), 50, key="job:2:charge")
    with pytest.raises(ledger.RefundExceedsCharge):
        ledger.refund(account, 50, key="job:2:refund", of="job:2:charge")


@pytest.mark.parametrize("days", [4.5, 6])
def test_refund_into_a_lot_past_use_has_a_week_of_grace(
    account: CreditAccount, days: float
) -> None:
    ledger.charge(account, 40, key="job:1:charge")
    pass_time(timedelta(days=days))
    ledger.refund(account, 40, key="job:1:refund", of="job:1:charge")
    grace = CreditLot.objects.get(grace_of__key="days:5")
    assert (grace.remaining, grace.kind) == (40, "granted")
    assert grace.expires_at is not None
    assert abs(grace.expires_at - timezone.now() - REFUND_GRACE) < timedelta(minutes=1)
    assert ledger.differences() == []


def test_grace_expires_too_and_is_renewed_for_what_it_paid(account: CreditAccount) -> None:
    ledger.charge(account, 100, key="job:1:charge")
    pass_time(timedelta(days=6))
    ledger.refund(account, 60, key="job:1:refund", of="job:1:charge")
    ledger.charge(account, 100 + 60, key="job:2:charge")
    pass_time(timedelta(days=8))
    ledger.refund(account, 40, key="job:1:refund:2", of="job:1:charge")
    ledger.refund(account, 160, key="job:2:refund", of="job:2:charge")
    graces = CreditLot.objects.exclude(grace_of=None).order_by("id")
    assert [(lot.credits, lot.remaining) for lot in graces] == [
        (60, 0),
        (40, 40),
        (60, 60),
        (100, 100),
    ]
    assert (account.balance, ledger.differences()) == (1_700, [])


def test_bought_credits_given_back_stay_bought_and_never_expire(user: User) -> None:
    account = get_account(user)
    ledger.grant(account, 100, key="bought", kind=ledger.BOUGHT)
    ledger.charge(account, 550, key="job:1:charge")
    pass_time(timedelta(days=4_000))
    ledger.refund(account, 50, key="job:1:refund", of="job:1:charge")
    assert held(account) == {"bought": 100}


def test_adjust_takes_as_a_charge_does_and_adds_a_lot(account: CreditAccount) -> None:
    ledger.adjust(account, -150, key="staff:1", reference="Twice by mistake")
    ledger.adjust(account, 30, key="staff:2", reference="Sorry")
    assert held(account) == {"welcome": 500, "bought": 1_000, "days:10": 50, "staff:2": 30}
    with pytest.raises(ledger.InsufficientCredits):
        ledger.adjust(account, -1_581, key="staff:3", reference="Too much")
    with pytest.raises(ValueError, match="zero"):
        ledger.adjust(account, 0, key="staff:4", reference="Nothing")


def test_expire_takes_what_is_left_once_per_lot(account: CreditAccount) -> None:
    ledger.charge(account, 30, key="job:1:charge")
    assert ledger.expire(account) == []
    pass_time(timedelta(days=11))
    entries = ledger.expire(account)
    lots = {lot.key: lot.pk for lot in CreditLot.objects.filter(account=account)}
    assert [(entry.key, entry.amount, entry.kind) for entry in entries] == [
        (f"lot:{lots['days:10']}:expire", -100, "expire"),
        (f"lot:{lots['days:5']}:expire", -70, "expire"),
    ]
    assert ledger.expire(account) == []
    account.refresh_from_db()
    assert (account.balance, ledger.differences()) == (1_500, [])


def test_bought_credits_that_expire_are_a_programming_error(user: User) -> None:
    account, soon = get_account(user), timezone.now() + timedelta(days=1)
    with pytest.raises(ValueError, match="do not expire"):
        ledger.grant(account, 5, key="k", kind=ledger.BOUGHT, expires_at=soon)
    lot: Any = {"account": account, "kind": "bought", "credits": 5, "remaining": 5, "key": "k"}
    with pytest.raises(IntegrityError, match="bought_never_expires"), transaction.atomic():
        CreditLot.objects.create(**lot, expires_at=soon)


# --- What the database itself refuses ------------------------------------------------------------


def test_database_refuses_a_balance_that_is_not_its_lots(account: CreditAccount) -> None:
    with pytest.raises(IntegrityError, match="says 1699, its lots hold 1700"), at_commit():
        CreditAccount.objects.filter(pk=account.pk).update(balance=1_699)


def test_database_refuses_a_lot_that_moves_without_the_balance(account: CreditAccount) -> None:
    with pytest.raises(IntegrityError, match="says 1700, its lots hold 1699"), at_commit():
        CreditLot.objects.filter(key="bought").update(remaining=999)


def test_database_refuses_an_entry_that_no_lot_follows(account: CreditAccount) -> None:
    with pytest.raises(IntegrityError, match="entry x says 5, its movements sum to 0"), at_commit():
        CreditEntry.objects.create(account=account, amount=5, kind="grant", key="x")


@pytest.mark.parametrize("remaining", [-1, 1_001])
def test_database_refuses_a_lot_below_nothing_or_above_its_size(
    account: CreditAccount, remaining: int
) -> None:
    with pytest.raises(IntegrityError, match="holds_no_more"), transaction.atomic():
        CreditLot.objects.filter(key="bought").update(remaining=remaining)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_creditlot SET expires_at = now()",
        "UPDATE billing_creditlot SET kind = 'bought'",
        "UPDATE billing_creditlot SET credits = credits + 1",
        "DELETE FROM billing_creditlot",
    ],
)
def test_database_keeps_the_terms_of_a_lot(account: CreditAccount, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="keeps its terms"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


# --- At the same moment --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_200_charges_at_once_of_an_account_that_can_pay_50() -> None:
    account = get_account(make_user())
    for n in range(5):  # so that a charge takes from several lots
        expires_at = timezone.now() + timedelta(days=n + 1)
        ledger.grant(account, 300, key=f"lot-{n}", expires_at=expires_at)
    outcomes: list[str] = []
    start = threading.Barrier(200)

    def spend(n: int) -> None:
        start.wait()
        try:
            ledger.charge(CreditAccount.objects.get(pk=account.pk), 40, key=f"job:{n}:charge")
            outcomes.append("charged")
        except Exception as error:
            outcomes.append(getattr(error, "code", repr(error)))
        finally:
            connection.close()

    threads = [threading.Thread(target=spend, args=(n,)) for n in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account.refresh_from_db()
    counted = {what: outcomes.count(what) for what in outcomes}
    assert counted == {"charged": 50, "insufficient_credits": 150}
    assert (account.balance, ledger.differences()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_charges_refunds_and_expiry_at_once_neither_deadlock_nor_lose_a_credit() -> None:
    account = get_account(make_user())
    for n in range(4):
        expires_at = timezone.now() + timedelta(days=n + 1)
        ledger.grant(account, 100, key=f"lot-{n}", expires_at=expires_at)
    for n in range(8):
        ledger.charge(account, 70, key=f"job:{n}:charge")
    pass_time(timedelta(days=2, hours=1))
    failures: list[BaseException] = []

    def work(n: int) -> None:
        mine = CreditAccount.objects.get(pk=account.pk)
        try:
            for part in range(5):
                ledger.refund(mine, 14, key=f"job:{n}:refund:{part}", of=f"job:{n}:charge")
                ledger.expire(mine)
                ledger.charge(mine, 10, key=f"job:{n}:again:{part}")
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account.refresh_from_db()
    # 900 granted, 8 × 50 spent again, all else came back or expired untouched.
    expired = sum(CreditEntry.objects.filter(kind="expire").values_list("amount", flat=True))
    assert failures == []
    assert (account.balance, ledger.differences()) == (900 - 400 + expired, [])
