from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from xdist.scheduler import LoadScopeScheduling

from accounts.models import User
from tests.builders import make_user

# What stays in one process, in the order in which it begins; the rest goes one by one.
_TOGETHER = {
    # The longest: last, a run would end by waiting for them. One stack for all of the way.
    "way": ("tests/journeys/test_way",),
    "rounds": ("tests/chaos/test_rounds.py",),
    "engine": ("tests/journeys/test_engine",),
    # What looks at the machine's processes.
    "local": ("tests/local/",),
    # Rows and drawings that a process makes once for all tests of the module.
    "strangers": ("tests/test_strangers.py",),
    "admin": ("tests/test_admin_lists.py",),
    "identity": ("tests/generation/test_identity.py",),
    "compose": ("tests/generation/test_illustrator_compose.py",),
}


def _unit_of(nodeid: str) -> str | None:
    return next((name for name, starts in _TOGETHER.items() if nodeid.startswith(starts)), None)


class Units(LoadScopeScheduling):
    """Shares the tests between the processes of a run, each to whoever is free. A scheduler and no
    mark, because pytest 9 no longer hands pytest-xdist the marks' groups."""

    def _split_scope(self, nodeid: str) -> str:
        return _unit_of(nodeid) or nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """What has ended is forgotten, as all that is left is counted at every word of a process;
        thousands of ended tests would cost a sixtieth of the run."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    return Units(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not hasattr(config, "workerinput"):
        return  # nothing is shared: whoever names tests wants to see them in order
    order = {name: number for number, name in enumerate(_TOGETHER)}
    items.sort(key=lambda item: order.get(_unit_of(item.nodeid) or "", len(order)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: no collection of garbage looks at them."""
    gc.collect()
    gc.freeze()


# Those of Django itself, the same after every test.
_KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")
_EMPTY_THE_OTHERS = """
DO $$ DECLARE kept text[] := %s; name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    CONTINUE WHEN name = ANY(kept);
    -- Waits for whoever still writes, as TRUNCATE does.
    EXECUTE format('LOCK TABLE %%I IN SHARE ROW EXCLUSIVE MODE', name);
    EXECUTE format('DELETE FROM %%I', name);
  END LOOP;
END $$
"""


def _empty_tables(_: TransactionTestCase) -> None:
    """What `flush` does, in a twentieth of the time: it gives forty tables new files and then
    makes the permissions anew. Neither keys nor triggers are asked, since all rows go."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY_THE_OTHERS, [list(_KEPT_TABLES)])


TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]


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
