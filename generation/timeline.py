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
    moved_at: datetime | None = None
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
    "moved_at": "Moved to another provider",
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
        moved_at=first("moved_at"),
        claimed_at=first("claimed_at"),
        submitted_at=first("submitted_at"),
        first_progress_at=first("first_progress_at"),
        made_at=first("made_at"),
        delivered_at=max(delivered, default=None),
    )


def steps_of(items: Iterable[JobItem]) -> list[Step]:
    """The steps passed so far, in words, in the order they were passed: one picture may move
    while another is being made."""
    rows = list(items)
    timeline = timeline_of(rows)
    labels = {**_LABELS, "moved_at": f"{_LABELS['moved_at']}: {_now_at(rows)}"}
    passed = [(at, label) for name, label in labels.items() if (at := getattr(timeline, name))]
    steps: list[Step] = []
    for at, label in sorted(passed, key=lambda step: step[0]):
        steps.append(Step(label, at, at - steps[-1].at if steps else None))
    return steps


def _now_at(items: Iterable[JobItem]) -> str:
    """Where the pictures went that did not stay."""
    return ", ".join(sorted({item.provider for item in items if item.moved_at}))
