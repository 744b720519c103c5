from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from billing import ledger
from billing.models import CreditEntryLot, CreditLot
from billing.services import get_account
from tests.builders import make_user

BEFORE = "0003_welcome_is_remembered"
OLD = (
    ("user:1:welcome", "grant", 500),
    ("job:1:charge", "charge", -120),
    ("job:1:refund", "refund", 80),
    ("staff:1:a", "adjust", -20),
    ("staff:1:b", "adjust", 60),
    ("job:2:charge", "charge", -40),
)


@pytest.fixture
def before_lots() -> Iterator[None]:
    call_command("migrate", "billing", BEFORE, verbosity=0)
    yield
    call_command("migrate", "billing", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_accounts_from_before_the_lots_open_with_books_that_hold(before_lots: None) -> None:
    user, newcomer = make_user(), make_user()
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM billing_creditaccount")
        for person, balance in ((user, 460), (newcomer, 0)):
            cursor.execute(
                "INSERT INTO billing_creditaccount VALUES (gen_random_uuid(), %s, now(), %s)",
                [balance, person.pk],
            )
        for key, kind, amount in OLD:
            cursor.execute(
                "INSERT INTO billing_creditentry (account_id, amount, kind, key, reference,"
                " created_at) SELECT id, %s, %s, %s, '', %s FROM billing_creditaccount"
                " WHERE user_id = %s",
                [amount, kind, key, timezone.now(), user.pk],
            )
    call_command("migrate", "billing", verbosity=0)
    assert ledger.differences() == []
    account = get_account(user)
    lot = CreditLot.objects.get()
    assert (lot.kind, lot.credits, lot.remaining, lot.expires_at) == ("granted", 560, 460, None)
    assert CreditEntryLot.objects.get(entry__key="job:1:refund").of == CreditEntryLot.objects.get(
        entry__key="job:1:charge"
    )
    ledger.refund(account, 40, key="job:2:refund", of="job:2:charge")
    with pytest.raises(ledger.RefundExceedsCharge):
        ledger.refund(account, 41, key="job:1:refund:2", of="job:1:charge")
    assert (account.balance, ledger.differences()) == (500, [])
