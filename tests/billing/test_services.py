from __future__ import annotations

import threading

import pytest
from django.db import connection

from accounts.models import Event, User
from billing.ledger import KeyReused
from billing.models import CreditEntry
from billing.services import get_account, grant_credits
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
