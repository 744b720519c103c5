"""What tests do to the books that nobody else can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction


@contextmanager
def without_triggers() -> Iterator[None]:
    """As somebody with the database's own powers: no trigger, no append-only."""
    check_now()  # what was booked before stood the checks
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def pass_time(time: timedelta) -> None:
    """For the lots, that much time goes by."""
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_creditlot SET expires_at = expires_at - %s::interval", [str(time)]
        )


@contextmanager
def at_commit() -> Iterator[None]:
    """What the block did meets the checks that a commit brings, and is undone by what they
    raise."""
    with transaction.atomic():
        yield
        check_now()


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def corrupt(statement: str, *values: Any) -> None:
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute(statement, values)
