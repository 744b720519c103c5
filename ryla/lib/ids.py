"""Identifiers: UUID version 7, so that ids sort by time and pages can be keyed by them."""

from __future__ import annotations

import uuid
from datetime import datetime

import uuid_utils.compat


def new_id() -> uuid.UUID:
    return uuid_utils.compat.uuid7()


def first_id_at(instant: datetime) -> uuid.UUID:
    """No id made at or after this instant sorts before it; those made earlier do."""
    return uuid.UUID(int=int(instant.timestamp() * 1000) << 80)
