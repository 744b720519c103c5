"""The Celery application; the schedule calls the same tasks as the commands."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from billiard import current_process
from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ryla.settings")

app = Celery("ryla")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _let_others_go_first(**_: object) -> None:
    """Pictures take all the processor there is: pages, the stream and the clock, which people
    wait for, get theirs first. The clock's worker hears this too, but works without children."""
    if current_process().name == "MainProcess":
        return
    with suppress(OSError):  # a system may forbid it
        os.nice(5)
    # Where Linux shares processors out by sessions, those count and not their processes.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text("5")
