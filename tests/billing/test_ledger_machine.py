"""The ledger alone, driven at random: whatever is granted, charged, given back and expired in
whatever order, the books hold after every step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing import ledger
from billing.models import CreditAccount, CreditEntry, CreditEntryLot, CreditLot
from billing.plans import REFUND_NEEDS
from billing.services import get_account
from tests.billing.books import check_now, pass_time
from tests.builders import make_user

CREDITS = st.integers(1, 120)
DAYS = st.integers(1, 10) | st.none()


class Ledger(RuleBasedStateMachine):
    account: CreditAccount

    @initialize()
    def open_account(self) -> None:
        self.start = transaction.savepoint()
        self.account = get_account(make_user())
        ledger.adjust(self.account, -450, key=f"{self.account.pk}:little", reference="r")
        self.balance = 50  # little, so that what expires is what is mostly spent
        self.charged: dict[str, int] = {}
        self.refunded: dict[str, int] = {}
        self.last: tuple[Any, ...] | None = None
        self.count = 0

    def teardown(self) -> None:
        if hasattr(self, "start"):
            transaction.savepoint_rollback(self.start)

    def key(self) -> str:
        self.count += 1
        return f"{self.account.pk}:{self.count}"

    def post(self, verb: Any, credits: int, **fields: Any) -> CreditEntry:
        entry: CreditEntry = verb(self.account, credits, **fields)
        self.last = (entry.pk, verb, credits, fields)
        self.balance += entry.amount
        return entry

    def spendable(self) -> int:
        lots = CreditLot.objects.filter(account=self.account).exclude(
            expires_at__lte=timezone.now()
        )
        return sum(lot.remaining for lot in lots)

    # --- What happens ---

    @rule(credits=CREDITS, days=DAYS)
    def grant(self, credits: int, days: int | None) -> None:
        expires_at = timezone.now() + timedelta(days=days) if days else None
        self.post(ledger.grant, credits, key=self.key(), expires_at=expires_at)

    @rule(credits=CREDITS)
    def buy(self, credits: int) -> None:
        self.post(ledger.grant, credits, key=self.key(), kind=ledger.BOUGHT)

    @rule(credits=st.integers(1, 200))
    def charge(self, credits: int) -> None:
        spendable, key = self.spendable(), self.key()
        if credits > spendable:
            with pytest.raises(ledger.InsufficientCredits) as refused:
                ledger.charge(self.account, credits, key=key)
            assert refused.value.balance == spendable
            return
        entry = self.post(ledger.charge, credits, key=key)
        self.charged[key] = credits
        self.assert_spent_in_order(entry)

    @precondition(lambda self: self.charged)
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        of = data.draw(st.sampled_from(sorted(self.charged)))
        left = self.charged[of] - self.refunded.get(of, 0)
        amount = data.draw(st.integers(1, self.charged[of]) | st.just(max(left, 1)))
        if self.refunded.get(of, 0) + amount > self.charged[of]:
            with pytest.raises(ledger.RefundExceedsCharge):
                ledger.refund(self.account, amount, key=self.key(), of=of)
            return
        self.give_back(amount, of)

    @rule(amount=CREDITS, hours=st.sampled_from([100, 300]))
    def refund_when_its_lots_are_over(self, amount: int, hours: int) -> None:
        """Rare at random: a lot that pays, dies, and is given back to."""
        of = self.key()
        self.grant(amount, days=3)
        self.post(ledger.charge, amount, key=of)
        self.charged[of] = amount
        self.time_passes(hours)
        self.give_back(amount, of)

    def give_back(self, amount: int, of: str) -> None:
        entry = self.post(ledger.refund, amount, key=self.key(), of=of)
        self.refunded[of] = self.refunded.get(of, 0) + amount
        usable_until = timezone.now() + REFUND_NEEDS - timedelta(minutes=5)
        too_short = entry.movements.filter(lot__expires_at__lt=usable_until)
        assert not too_short.exists(), "a refund came back worthless"

    @rule(credits=st.integers(-200, 200).filter(bool))
    def adjust(self, credits: int) -> None:
        if -credits > self.spendable():
            with pytest.raises(ledger.InsufficientCredits):
                ledger.adjust(self.account, credits, key=self.key(), reference="r")
        else:
            self.post(ledger.adjust, credits, key=self.key(), reference="r")

    @precondition(lambda self: self.last)
    @rule()
    def repeat(self) -> None:
        assert self.last
        pk, verb, amount, fields = self.last
        assert verb(self.account, amount, **fields).pk == pk
        with pytest.raises(ledger.KeyReused):
            verb(self.account, amount + (1 if amount > 0 else -1), **fields)

    @rule(hours=st.sampled_from([1, 20, 30, 100, 300]))
    def time_passes(self, hours: int) -> None:
        pass_time(timedelta(hours=hours))

    @rule()
    def expire(self) -> None:
        due = CreditLot.objects.due().filter(account=self.account)
        expected = {lot.pk: -lot.remaining for lot in due}
        entries = ledger.expire(self.account)
        assert {row.lot_id: row.amount for e in entries for row in e.movements.all()} == expected
        self.balance += sum(expected.values())
        assert ledger.expire(self.account) == []

    # --- What holds after every step ---

    def assert_spent_in_order(self, entry: CreditEntry) -> None:
        """Nothing past its time was spent, nothing that should have gone first left lying."""
        left = CreditLot.objects.held().filter(account=self.account)
        alive = [lot for lot in left if not lot.expires_at or lot.expires_at > timezone.now()]
        for taken in (row.lot for row in entry.movements.select_related("lot")):
            assert taken.expires_at is None or taken.expires_at > timezone.now()
            assert not [lot for lot in alive if self.goes_first(lot, taken)]

    @staticmethod
    def goes_first(lot: CreditLot, other: CreditLot) -> bool:
        if lot.kind != other.kind:
            return lot.kind == ledger.GRANTED
        if lot.expires_at is None:
            return False
        return other.expires_at is None or lot.expires_at < other.expires_at

    @invariant()
    def books_hold(self) -> None:
        if not hasattr(self, "account"):
            return
        check_now()
        assert ledger.differences() == []
        self.account.refresh_from_db()
        lots = CreditLot.objects.filter(account=self.account)
        assert self.account.balance == self.balance == sum(lot.remaining for lot in lots) >= 0
        assert all(0 <= lot.remaining <= lot.credits for lot in lots)

    @invariant()
    def no_charge_gives_back_more_than_it_took(self) -> None:
        if not hasattr(self, "account"):
            return
        rows = CreditEntryLot.objects.filter(of__entry__account=self.account)
        back = dict(rows.values_list("of__entry__key").annotate(Sum("amount")).order_by())
        assert back == self.refunded
        assert all(back[key] <= self.charged[key] for key in back)


@pytest.mark.django_db
def test_books_hold_whatever_happens() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
