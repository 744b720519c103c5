"""Status words of generation jobs and their allowed moves."""

from __future__ import annotations

from typing import Final

from ryla.lib.states import Transitions


class JobStatus:
    QUEUED: Final = "queued"
    RUNNING: Final = "running"
    SUCCEEDED: Final = "succeeded"
    FAILED: Final = "failed"
    CANCELED: Final = "canceled"


JOB_TRANSITIONS: Transitions = {
    "running": frozenset({"queued"}),
    "queued": frozenset({"running"}),
    "succeeded": frozenset({"running"}),
    "failed": frozenset({"running", "queued"}),
    "canceled": frozenset({"queued", "running"}),
}
LIVE = (JobStatus.QUEUED, JobStatus.RUNNING)
ENDED = (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED)
