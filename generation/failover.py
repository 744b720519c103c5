"""Pictures go on to the next provider that their quote named, while none surely has them.

A job's `substitutes` are what its quote named; a job whose quote named none is never moved. A
picture only ever goes forward in their order, so it comes to rest after as many moves as there
are names. What a provider had, or may have had, stays there (`JobItem.is_bound`): nothing is
made and paid twice.
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.services import current_plan
from generation import fair_share
from generation.dispatch import DISPATCH
from generation.ending import lock_job, move_item, tell
from generation.models import GenerationJob, JobItem
from generation.providers.base import RATE_LIMITED, ProviderError
from generation.recipes.base import request_from_json
from generation.services import providers
from generation.states import ItemStatus, JobStatus
from ryla.lib.errors import DomainError
from ryla.lib.queue import enqueue

log = logging.getLogger(__name__)

_BATCH = 200
_MOVED_WHILE = (JobStatus.QUEUED, JobStatus.RUNNING)
_FREE = Q(
    is_bound=False,
    ticket__isnull=True,
    submit_started_at__isnull=True,
    submitted_at__isnull=True,
)


def is_reason_to_move(error: ProviderError) -> bool:
    """A fault of the provider's own that left nothing there. Being asked to slow down is none,
    and neither is our own store."""
    return (
        error.is_own_fault
        and not error.is_outcome_unknown
        and error.code not in (RATE_LIMITED, "storage_away")
    )


def move_waiting(provider: str) -> int:
    """Pictures that wait at a provider where nothing starts any more go on to the next one; how
    many did. What cannot go keeps its place."""
    if settings.GENERATION_HALTED or not fair_share.is_stopped(provider):
        return 0
    rows = JobItem.objects.filter(
        _FREE, provider=provider, status=ItemStatus.QUEUED, job__substitutes__isnull=False
    )
    found = rows.order_by("id").values_list("pk", "job_id")[:_BATCH]
    return sum(_move_waiting(pk, job_id, provider) for pk, job_id in found)


@transaction.atomic
def _move_waiting(pk: UUID, job_id: UUID, provider: str) -> bool:
    job = lock_job(job_id)
    item = JobItem.objects.filter(pk=pk, provider=provider, status=ItemStatus.QUEUED).first()
    return item is not None and _move(job, item, Q(provider=provider))


@transaction.atomic
def move_claimed(item: JobItem) -> bool:
    """The picture in a worker's hands, whose provider failed, goes on to the next one and leaves
    the worker. False, having changed nothing, when it cannot."""
    if not item.job.substitutes:
        return False
    return _move(lock_job(item.job_id), item, Q(provider=item.provider, lease_id=item.lease_id))


def _move(job: GenerationJob, item: JobItem, where: Q) -> bool:
    """Order of locks: job, item, owner's queue, events."""
    held = JobItem.objects.select_for_update(no_key=True).filter(_FREE & where, pk=item.pk)
    if job.status not in _MOVED_WHILE or not held.exists():
        return False
    to = _next(job, item)
    if not to:
        return False
    # Before the item is counted there: the trigger counts into queues that exist.
    fair_share.join(owner=job.owner, provider=to, plan=current_plan(job.owner))
    origin = item.provider
    if not _write(item, _FREE & where, to):
        return False
    log.warning("moved", extra={"item": str(item.pk), "provider": origin, "to": to})
    enqueue(DISPATCH, to)
    tell(job, "generation.job.moved", item=str(item.pk), provider=to, instead_of=origin)
    return True


def _write(item: JobItem, where: Q, to: str) -> bool:
    anew = {
        "provider": to,
        "moved_at": timezone.now(),
        "attempts": 0,
        "enqueued_at": None,
        "error_code": "",
        "error_message": "",
    }
    if item.status == ItemStatus.QUEUED:  # it stays so, which is no transition
        rows = JobItem.objects.filter(where, pk=item.pk, status=ItemStatus.QUEUED)
        return bool(rows.update(next_check_at=None, **anew))
    return move_item(item, ItemStatus.QUEUED, where=where, **anew)


def _next(job: GenerationJob, item: JobItem) -> str:
    """The first open one after its own that still takes the request; "" when there is none."""
    names = [job.provider, *(job.substitutes or ())]
    after = names[names.index(item.provider) + 1 :] if item.provider in names else []
    return next((alias for alias in after if _is_open(alias) and _takes(alias, item)), "")


def _is_open(alias: str) -> bool:
    return alias in providers and not fair_share.is_stopped(alias)


def _takes(alias: str, item: JobItem) -> bool:
    """What it can may have changed since the quote."""
    try:
        providers[alias].check(request_from_json(item.request, external_key=str(item.pk)))
    except DomainError:
        return False
    return True
