from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from xdist.scheduler import LoadScopeScheduling

from accounts.models import User
from tests.builders import make_user

_ONE_AT_A_TIME = ("tests/chaos/test_kill.py", "tests/journeys/", "tests/local/")


class OneStackAtATime(LoadScopeScheduling):
    """Shares the tests between the processes of a run, each to whoever is free.

    Those that start whole stacks, kill parts of them and look at the machine's processes stay in
    one process; being the most that stay together, they begin first. A scheduler and no mark,
    because pytest 9 no longer hands pytest-xdist the marks' groups.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "one at a time" if nodeid.startswith(_ONE_AT_A_TIME) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneStackAtATime:
    return OneStackAtATime(config, log)


@pytest.fixture(autouse=True)
def _no_leftovers() -> None:
    cache.clear()


@pytest.fixture(scope="module")
def kept_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows that a fixture of this scope makes stay for the module's tests, each of which rolls
    its own changes back; after the last they go."""
    around = transaction.atomic()
    around._from_testcase = True  # as Django marks its own, or no durable block opens inside
    with django_db_blocker.unblock(), around:
        yield
        transaction.set_rollback(True)


@pytest.fixture
def user(db: None) -> User:
    return make_user("owner@example.com")


@pytest.fixture
def stranger(db: None) -> User:
    return make_user("stranger@example.com")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which that user is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
