from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.builders import make_user

# They start whole stacks, kill parts of them and look at the machine's processes: each folder
# stays in one process, and they come first, because they take longest.
_SHARED_MACHINE = {"chaos": "stacks", "journeys": "stacks", "local": "local"}


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests stay together when several processes share the run: those of one file."""
    for item in items:
        group = _SHARED_MACHINE.get(item.path.parent.name, str(item.path))
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.path.parent.name not in _SHARED_MACHINE)


@pytest.fixture(autouse=True)
def _no_leftovers() -> None:
    cache.clear()


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
