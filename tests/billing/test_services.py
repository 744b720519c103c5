from __future__ import annotations

import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, User
from billing import ledger, tasks
from billing.ledger import KeyReused
from billing.models import CreditEntry
from billing.services import expire_credits, get_account, grant_credits, lots_of
from ryla.lib.errors import InvalidInput
from tests.billing.books import corrupt, pass_time
from tests.builders import make_staff, make_user


@pytest.mark.django_db
def test_grant_repeated_under_its_key_books_and_tells_once(user: User) -> None:
    staff = make_staff()
    first, second = (
        grant_credits(user=user, credits=40, reason="Sorry", key="k", staff=staff) for _ in range(2)
    )
    assert first == second
    assert get_account(user).balance == 540
    assert Event.objects.filter(user=user, kind="billing.credits.adjusted").count() == 1


@pytest.mark.django_db
def test_grant_key_with_other_figures_is_refused(user: User) -> None:
    staff = make_staff()
    grant_credits(user=user, credits=40, reason="Sorry", key="k", staff=staff)
    with pytest.raises(KeyReused):
        grant_credits(user=user, credits=41, reason="Sorry", key="k", staff=staff)
    assert get_account(user).balance == 540


@pytest.mark.django_db(transaction=True)
def test_grant_sent_several_times_at_once_books_and_tells_once() -> None:
    user, staff = make_user(), make_staff()
    get_account(user)

    def send() -> None:
        grant_credits(user=user, credits=40, reason="Sorry", key="k", staff=staff)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert CreditEntry.objects.filter(kind="adjust").count() == 1
    assert Event.objects.filter(kind="billing.credits.adjusted").count() == 1


# --- Expiry -------------------------------------------------------------------------------------


def expiring(user: User, days: int, credits: int = 100) -> None:
    expires_at = timezone.now() + timedelta(days=days)
    key = f"{user.pk}:{days}"
    ledger.grant(get_account(user), credits, key=key, expires_at=expires_at)


@pytest.mark.django_db
def test_expire_credits_takes_each_due_lot_once_and_tells_its_owner(
    user: User, stranger: User
) -> None:
    for person in (user, stranger):
        for days in (1, 2, 30):
            expiring(person, days)
    assert expire_credits() == 0
    pass_time(timedelta(days=3))
    assert (expire_credits(), expire_credits()) == (4, 0)
    assert [get_account(person).balance for person in (user, stranger)] == [600, 600]
    told = Event.objects.filter(kind="billing.credits.expired")
    assert sorted((e.user_id, e.data["credits"]) for e in told) == sorted(
        (person.pk, -200) for person in (user, stranger)
    )
    assert ledger.differences() == []


@pytest.mark.django_db
def test_expired_credits_are_news(user: User, client_of: Any) -> None:
    expiring(user, 1)
    pass_time(timedelta(days=2))
    expire_credits()
    assert "100 credits expired" in client_of(user).get(reverse("accounts:inbox")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_account_with_wrong_books_does_not_keep_the_others_from_expiring(
    caplog: pytest.LogCaptureFixture,
) -> None:
    people = [make_user(), make_user()]
    for person in people:
        expiring(person, 1)
    wrong = get_account(people[0])
    corrupt("UPDATE billing_creditaccount SET balance = balance + 1 WHERE id = %s", wrong.pk)
    pass_time(timedelta(days=2))
    assert expire_credits() == 1
    assert [get_account(person).balance for person in people] == [601, 500]
    assert [record.message for record in caplog.records] == ["credits not expired"]


@pytest.mark.django_db
def test_command_and_task_expire(user: User) -> None:
    expiring(user, 1)
    pass_time(timedelta(days=2))
    said = io.StringIO()
    call_command("expire_credits", stdout=said)
    assert said.getvalue() == "Expired: 1 lots. Told: 0 owners.\n"
    expiring(user, 5)
    pass_time(timedelta(days=6))
    tasks.expire_credits()
    assert get_account(user).balance == 500


@pytest.mark.django_db
def test_gift_by_staff_may_expire(user: User) -> None:
    staff, soon = make_staff(), timezone.now() + timedelta(days=7)
    gift: dict[str, Any] = {"user": user, "reason": "Hi", "staff": staff}
    grant_credits(credits=40, key="a", expires_at=soon, **gift)
    assert [lot.expires_at for lot in lots_of(get_account(user))] == [soon, None]
    for amount, expires_at in ((-5, soon), (5, timezone.now())):
        with pytest.raises(InvalidInput):
            grant_credits(credits=amount, key="b", expires_at=expires_at, **gift)


@pytest.mark.django_db
def test_welcome_never_expires(user: User) -> None:
    assert [(lot.kind, lot.expires_at) for lot in lots_of(get_account(user))] == [("granted", None)]
