"""Start a task by name, after commit.

Services must start tasks and tasks must call services; a name instead of an import keeps
that from being a cycle. A broker that is away loses nothing: the row is there, and the
sweeper sends the name again.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

# Every name ever enqueued; a test asserts that each is a registered task.
ENQUEUED_NAMES: set[str] = set()

# A dead broker must not hold every web request for a connection timeout: after one failure
# the next seconds go straight to "the sweeper will send it".
_BREAKER_S = 5.0
_breaker = threading.local()


def enqueue(name: str, *ids: Any) -> None:
    """Send task `name` with `ids` (turned to text) once the transaction commits."""
    ENQUEUED_NAMES.add(name)
    transaction.on_commit(lambda: _send(name, [str(i) for i in ids]), robust=True)


def _send(name: str, ids: list[str]) -> None:
    if time.monotonic() < getattr(_breaker, "open_until", 0.0):
        return
    try:
        current_app.send_task(name, args=ids, retry=False)
    except (OperationalError, OSError) as error:
        _breaker.open_until = time.monotonic() + _BREAKER_S
        log.warning("task not sent; the sweeper will", extra={"task": name, "error": str(error)})
