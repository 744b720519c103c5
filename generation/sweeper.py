"""What a lost message, a dead worker or a silent provider would have done, every two seconds.

Nothing in the engine depends on a message arriving: all of it can be read off the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from generation import failover
from generation.dispatch import CANCEL_ITEM, RUN_ITEM, dispatch
from generation.ending import end_item, lock_job, move_item
from generation.models import JobItem, OwnerQueue
from generation.providers.base import OUTCOME_UNKNOWN
from generation.states import AT_WORK, LIVE, ItemStatus
from ryla.lib.queue import enqueue

log = logging.getLogger(__name__)

_BATCH = 1000


def sweep() -> dict[str, int]:
    """One round; what it did, in counts. A row or a provider that makes trouble is logged and
    left to the next round: it holds nobody else up."""
    return {
        "verdicts": judge_silent(),
        "given_up": give_up_unheard(),
        "woken": _unharmed(wake_backed_off),
        "sent": _unharmed(send_due),
        "moved": sum(_unharmed(failover.move_waiting, name) for name in _providers_to_leave()),
        "claimed": sum(_unharmed(dispatch, provider) for provider in _providers_waiting()),
    }


def _unharmed(act: Callable[..., int], *about: object) -> int:
    try:
        return act(*about)
    except Exception:
        log.exception("sweeping failed", extra={"about": " ".join(map(str, about))})
        return 0


def _providers_waiting() -> Iterable[str]:
    rows = OwnerQueue.objects.filter(waiting__gt=0).order_by("provider")
    return [p for p in rows.values_list("provider", flat=True).distinct() if _is_known(p)]


def _providers_to_leave() -> Iterable[str]:
    """Where pictures wait whose quote named another provider besides."""
    rows = JobItem.objects.filter(
        status=ItemStatus.QUEUED, job__status__in=LIVE, job__substitutes__isnull=False
    )
    return rows.order_by("provider").values_list("provider", flat=True).distinct()


def _is_known(provider: str) -> bool:
    return provider in settings.IMAGE_PROVIDERS


# --- Items whose worker fell silent --------------------------------------------------------------


def judge_silent() -> int:
    """An item whose lease ran out is adopted (its provider has it: ask there), requeued (the
    provider has nothing), or, when that happened too often, ended with its refund."""
    silent = JobItem.objects.filter(lease_expires_at__lt=timezone.now())
    rows = list(silent.order_by("lease_expires_at").values_list("pk", "job_id")[:_BATCH])
    return sum(_unharmed(_judge, pk, job_id) for pk, job_id in rows)


@transaction.atomic
def _judge(pk: UUID, job_id: UUID) -> bool:
    job = lock_job(job_id)
    item = JobItem.objects.filter(pk=pk, lease_expires_at__lt=timezone.now()).first()
    if item is None:
        return False
    lease = Q(lease_id=item.lease_id)
    if item.attempts >= settings.JOB_MAX_ATTEMPTS:
        if item.status == ItemStatus.CANCELING:
            return end_item(job, item, ItemStatus.CANCELED, where=lease)
        message = "The worker making this stopped answering, again and again."
        return end_item(
            job, item, ItemStatus.LOST, code="worker_lost", message=message, where=lease
        )
    never_sent = item.status == ItemStatus.CLAIMED and item.submit_started_at is None
    verdict = "requeued" if never_sent else "adopted"
    log.warning("worker fell silent", extra={"item": str(pk), "verdict": verdict})
    if never_sent:
        tries = {"enqueued_at": None, "attempts": item.attempts + 1}
        return move_item(item, ItemStatus.QUEUED, where=lease, **tries)
    mine = JobItem.objects.filter(lease, pk=pk)
    return bool(
        mine.update(
            lease_id=None,
            lease_expires_at=None,
            next_check_at=timezone.now(),
            attempts=F("attempts") + 1,
        )
    )


def give_up_unheard() -> int:
    """Submits whose outcome nobody can find out, at the end of the time we give them. Whoever was
    not asked yet is asked first, however long we were away."""
    before = timezone.now() - timedelta(seconds=settings.JOB_NEWS_S)
    unheard = JobItem.objects.filter(
        status=ItemStatus.CLAIMED,
        lease_id=None,
        ticket__isnull=True,
        submit_started_at__lt=before,
        error_code=OUTCOME_UNKNOWN,
        next_check_at__lte=timezone.now(),
    )
    rows = list(unheard.values_list("pk", "job_id")[:_BATCH])
    return sum(_unharmed(_give_up, pk, job_id) for pk, job_id in rows)


@transaction.atomic
def _give_up(pk: UUID, job_id: UUID) -> bool:
    job = lock_job(job_id)
    item = JobItem.objects.get(pk=pk)
    message = "The provider never told what became of this."
    still = Q(lease_id=None, ticket__isnull=True)
    return end_item(job, item, ItemStatus.LOST, code="never_heard", message=message, where=still)


# --- Items that are due --------------------------------------------------------------------------


@transaction.atomic
def wake_backed_off() -> int:
    """Queued items whose pause is over wait for a slot again."""
    due = JobItem.objects.filter(status=ItemStatus.QUEUED, next_check_at__lte=timezone.now())
    return JobItem.objects.filter(pk__in=_locked(due, _BATCH)).update(next_check_at=None)


def send_due(*, again_after: timedelta = timedelta(seconds=15)) -> int:
    """Items to be looked at now, once each, and again only if nobody took them for a while.
    Half of a round is kept for what runs and at most half is for what is canceled, so that many
    of one never keep the other waiting."""
    now = timezone.now()
    unsent = (
        Q(enqueued_at=None)
        | Q(enqueued_at__lt=F("next_check_at"))
        | Q(enqueued_at__lt=now - again_after)
    )
    free = JobItem.objects.filter(unsent, lease_id=None)
    due = free.filter(Q(next_check_at__lte=now) | Q(next_check_at=None))
    canceled = _send(CANCEL_ITEM, due.filter(status=ItemStatus.CANCELING), _BATCH // 2)
    return canceled + _send(RUN_ITEM, due.filter(status__in=AT_WORK), _BATCH - canceled)


@transaction.atomic
def _send(task: str, rows: QuerySet[JobItem], limit: int) -> int:
    due = _locked(rows, limit)
    if due:
        JobItem.objects.filter(pk__in=due).update(enqueued_at=timezone.now())
    for pk in due:
        enqueue(task, pk)
    return len(due)


def _locked(rows: QuerySet[JobItem], limit: int) -> list[UUID]:
    """Some of the rows, locked; those that somebody is changing are left to the next round."""
    locked = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(locked.order_by("id").values_list("pk", flat=True)[:limit])
