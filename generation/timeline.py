"""When a job passed which step, read from its pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from generation.models import JobItem
from generation.states import ItemStatus


@dataclass(frozen=True, slots=True)
class Timeline:
    """The first of its pictures at each step, and the last at the end; None for steps that none
    has passed. A step may be left out: a provider that answers at once shows no progress."""

    queued_at: datetime | None = None
    claimed_at: datetime | None = None
    submitted_at: datetime | None = None
    first_progress_at: datetime | None = None
    made_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`since` is the time since the step before; None for the first."""

    label: str
    at: datetime
    since: timedelta | None


_LABELS = {
    "queued_at": "Asked for",
    "claimed_at": "Taken up",
    "submitted_at": "Sent to the provider",
    "first_progress_at": "First sign of work",
    "made_at": "First picture made",
    "delivered_at": "Last picture delivered",
}


def timeline_of(items: Iterable[JobItem]) -> Timeline:
    rows = list(items)

    def first(name: str) -> datetime | None:
        return min((at for item in rows if (at := getattr(item, name))), default=None)

    delivered = [i.finished_at for i in rows if i.status == ItemStatus.SUCCEEDED and i.finished_at]
    return Timeline(
        queued_at=first("created_at"),
        claimed_at=first("claimed_at"),
        submitted_at=first("submitted_at"),
        first_progress_at=first("first_progress_at"),
        made_at=first("made_at"),
        delivered_at=max(delivered, default=None),
    )


def steps_of(items: Iterable[JobItem]) -> list[Step]:
    """The steps passed so far, in order, in words."""
    timeline = timeline_of(items)
    steps: list[Step] = []
    for name, label in _LABELS.items():
        at = getattr(timeline, name)
        if at:
            steps.append(Step(label, at, at - steps[-1].at if steps else None))
    return steps
