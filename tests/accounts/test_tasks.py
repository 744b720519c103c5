from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts import events
from accounts.models import Event, Session
from ryla.celery import app

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(user, client_of) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=40)):
        events.emit(user, "tests.thing.happened", "old")
        client_of(user)


def test_tasks_of_the_schedule_forget_what_is_old(old, user):
    app.loader.import_default_modules()
    for name in ("accounts.prune_events", "accounts.prune_sessions"):
        app.tasks[name]()

    assert not Event.objects.exists()
    assert not Session.objects.exists()


def test_command_says_what_it_forgot_and_repeats(old, user):
    kept = events.emit(user, "tests.thing.happened", "new")
    said = StringIO()

    call_command("prune_events", stdout=said)
    call_command("prune_events", stdout=said)

    assert said.getvalue().splitlines() == [
        "Forgot 1 events and 1 sessions and tokens.",
        "Forgot 0 events and 0 sessions and tokens.",
    ]
    assert list(Event.objects.all()) == [kept]


def test_command_takes_another_age(user):
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        events.emit(user, "tests.thing.happened", "old")

    call_command("prune_events", "--days", "2", stdout=StringIO())

    assert not Event.objects.exists()
