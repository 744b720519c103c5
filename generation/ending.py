"""How items and jobs end: once, with the refund of whatever was not delivered.

Locks are taken in one order everywhere: job, item, owner's queue, account, character, events.
Every function here joins the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts import events
from billing import ledger
from billing.services import get_account
from characters import services as characters
from characters.models import Character
from generation import policy
from generation.models import FreeDraw, GenerationJob, HeldPicture, JobItem, Redraw
from generation.recipes import RECIPES
from generation.states import ITEM_LIVE, ITEM_TRANSITIONS, JOB_TRANSITIONS, ItemStatus, JobStatus
from ryla.lib.states import transition, try_transition

News = Mapping[str, Mapping[str, Any]]  # event kind → its data


def lock_job(job_id: UUID) -> GenerationJob:
    """The job with its row locked, its owner and its character. Whoever changes one of its
    items in a way that may end it comes through here first."""
    return (
        GenerationJob.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner", "character")
        .get(pk=job_id)
    )


def end_item(
    job: GenerationJob,
    item: JobItem,
    status: str,
    *,
    code: str = "",
    message: str = "",
    where: Q | None = None,
    news: News | None = None,
) -> bool:
    """The one way an item ends; ends its job too when it was the last. The caller holds the
    job's lock; `news` is told before the job's own. False, having changed nothing, when someone
    was faster; `where` narrows that."""
    words = {"error_code": code, "error_message": message[:300]}
    if not move_item(item, status, where=where, finished_at=timezone.now(), **words):
        return False
    if status == ItemStatus.SUCCEEDED:
        job.delivered_count += 1
    settle(job, news)
    return True


def move_item(item: JobItem, to: str, *, where: Q | None = None, **changes: Any) -> bool:
    """Move it without a worker holding it afterwards; False when someone was faster."""
    free: dict[str, Any] = {"lease_id": None, "lease_expires_at": None, "next_check_at": None}
    has_held = is_held(item)
    if not try_transition(item, to, ITEM_TRANSITIONS, where=where, **{**free, **changes}):
        return False
    if has_held and not (item.is_live and item.ticket):
        HeldPicture.objects.filter(item=item).delete()
    return True


def is_held(item: JobItem) -> bool:
    """Whether its picture came with the ticket, and lies in `HeldPicture`."""
    return bool(item.ticket and item.ticket.get("is_held"))


def settle(job: GenerationJob, news: News | None = None) -> None:
    """Write how far the job is, and end it if nothing of it is live any more."""
    if job.items.filter(status__in=ITEM_LIVE).exists():
        job.progress = 100 * job.delivered_count // job.count
        job.save(update_fields=["delivered_count", "progress", "updated_at"])
        _tell_all(job, news)
        return
    failed = job.items.exclude(error_code="").order_by("position").first()
    code, message = (failed.error_code, failed.error_message) if failed else ("", "")
    if job.status == JobStatus.CANCELING:
        end_job(job, JobStatus.CANCELED, news=news)
    elif job.delivered_count:
        end_job(job, JobStatus.SUCCEEDED, error_code=code, error_message=message, news=news)
    else:
        end_job(job, JobStatus.FAILED, error_code=code, error_message=message, news=news)


def end_job(
    job: GenerationJob,
    status: str,
    *,
    error_code: str = "",
    error_message: str = "",
    news: News | None = None,
) -> None:
    """State, refund of what was not delivered, character and event, together."""
    refund = job.credits_charged - price_of(job, job.delivered_count)
    transition(
        job,
        status,
        JOB_TRANSITIONS,
        finished_at=timezone.now(),
        delivered_count=job.delivered_count,
        credits_refunded=refund,
        progress=100 * job.delivered_count // job.count,
        error_code=error_code,
        error_message=error_message[:300],
    )
    if refund:
        ledger.refund(
            get_account(job.owner),
            refund,
            key=f"job:{job.pk}:refund",
            of=f"job:{job.pk}:charge",
            reference=reference(job),
        )
    if not job.delivered_count:
        FreeDraw.objects.filter(job_id=job.pk).delete()
        if status == JobStatus.FAILED:
            Redraw.objects.filter(job_id=job.pk).delete()
    _release_character(job, error_message if status == JobStatus.FAILED else "")
    _tell_all(job, news)
    tell(job, f"generation.job.{status}", delivered=job.delivered_count, refunded=refund)


def price_of(job: GenerationJob, delivered: int) -> int:
    """Credits for `delivered` of the job's pictures, rounded in the user's favour."""
    return policy.price_of(job.credits_charged, count=job.count, charged=delivered)


def reference(job: GenerationJob) -> str:
    """What the statement calls it."""
    return f"{RECIPES[job.recipe].label} of {job.character.display_name}"


def tell(job: GenerationJob, kind: str, **data: Any) -> None:
    events.emit(job.owner, kind, job.pk, {"character": str(job.character_id), **data})


def _tell_all(job: GenerationJob, news: News | None) -> None:
    """Last in the transaction: `events.emit` takes a lock that everything else comes before."""
    for kind, data in (news or {}).items():
        tell(job, kind, **data)


def _release_character(job: GenerationJob, error: str) -> None:
    character = Character.objects.select_for_update(of=("self",), no_key=True).get(
        pk=job.character_id
    )
    if not GenerationJob.objects.live().filter(character=character).exclude(pk=job.pk).exists():
        characters.settle_generation(character=character, error=error)
