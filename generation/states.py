"""Status words of jobs and of their items, and the allowed moves."""

from __future__ import annotations

from typing import Final

from ryla.lib.states import Transitions


class JobStatus:
    QUEUED: Final = "queued"
    RUNNING: Final = "running"
    CANCELING: Final = "canceling"
    SUCCEEDED: Final = "succeeded"
    FAILED: Final = "failed"
    CANCELED: Final = "canceled"


JOB_TRANSITIONS: Transitions = {
    "running": frozenset({"queued"}),
    "canceling": frozenset({"queued", "running"}),
    "succeeded": frozenset({"running"}),
    "failed": frozenset({"running", "queued"}),
    "canceled": frozenset({"queued", "running", "canceling"}),
}
LIVE = (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELING)
ENDED = (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED)


class ItemStatus:
    """Of one picture. `claimed` has a slot at its provider but may not have reached it;
    `submitted` is known there; `running` was seen at work; `importing` is made and not yet
    ours; `canceling` is ours no more and still to be stopped there."""

    QUEUED: Final = "queued"
    CLAIMED: Final = "claimed"
    SUBMITTED: Final = "submitted"
    RUNNING: Final = "running"
    IMPORTING: Final = "importing"
    CANCELING: Final = "canceling"
    SUCCEEDED: Final = "succeeded"
    FAILED: Final = "failed"
    LOST: Final = "lost"
    CANCELED: Final = "canceled"


_AT_WORK = frozenset({"claimed", "submitted", "running", "importing"})
ITEM_TRANSITIONS: Transitions = {
    "queued": _AT_WORK,
    "claimed": frozenset({"queued"}),
    "submitted": frozenset({"claimed"}),
    "running": frozenset({"submitted"}),
    "importing": frozenset({"submitted", "running"}),
    "canceling": _AT_WORK,
    "succeeded": frozenset({"importing"}),
    "failed": _AT_WORK | {"queued"},
    "lost": _AT_WORK,
    "canceled": _AT_WORK | {"queued", "canceling"},
}
# What a worker moves forward; with `canceling`, what occupies a slot.
AT_WORK = (
    ItemStatus.CLAIMED,
    ItemStatus.SUBMITTED,
    ItemStatus.RUNNING,
    ItemStatus.IMPORTING,
)
IN_FLIGHT = (*AT_WORK, ItemStatus.CANCELING)
ITEM_LIVE = (ItemStatus.QUEUED, *IN_FLIGHT)
ITEM_ENDED = (ItemStatus.SUCCEEDED, ItemStatus.FAILED, ItemStatus.LOST, ItemStatus.CANCELED)
