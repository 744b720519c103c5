"""Identifiers: UUID version 7, so that ids sort by time and pages can be keyed by them."""

from __future__ import annotations

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    return uuid_utils.compat.uuid7()
