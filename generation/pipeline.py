"""Claim → submit → poll → import → settle. Called by tasks; every step may run twice.

A worker works under a lease: each write checks that the lease is still its own, so a worker
that was thought dead and comes back can change nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import events
from characters import images
from characters.services import record_image
from generation import provenance
from generation.models import GenerationJob
from generation.prompts import describe
from generation.providers.base import Finished, ImageProvider, ImageRequest, ProviderError, Ticket
from generation.recipes import RECIPES
from generation.recipes.base import request_from_json
from generation.services import end_job, providers, requeue_or_fail
from generation.states import JOB_TRANSITIONS, JobStatus
from ryla.lib.errors import DomainError
from ryla.lib.ids import new_id
from ryla.lib.states import try_transition

log = logging.getLogger(__name__)

_BACKOFF_S = (2, 5, 15, 40, 90)


class LeaseLost(Exception):
    """Another worker has the job now, or it was canceled: stop without a trace."""


def run_job(job_id: UUID) -> None:
    """Do what is due for one job. Returns quietly when nothing is."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        _work(job)
    except LeaseLost:
        log.info("lease lost", extra={"job": str(job.pk)})
    except ProviderError as error:
        _back_off(job, error)


def _claim(job_id: UUID) -> GenerationJob | None:
    job = GenerationJob.objects.select_related("character", "owner").filter(pk=job_id).first()
    if job is None:
        return None
    now = timezone.now()
    lease = {"lease_id": new_id(), "lease_expires_at": _lease_end(), "next_check_at": None}
    if job.status == JobStatus.QUEUED:
        claimed = try_transition(
            job,
            JobStatus.RUNNING,
            JOB_TRANSITIONS,
            where=Q(next_check_at__lte=now),
            attempts=job.attempts + 1,
            started_at=job.started_at or now,
            **lease,
        )
        if claimed:
            _tell(job, "generation.job.started")
        return job if claimed else None
    waiting = GenerationJob.objects.filter(
        pk=job.pk, status=JobStatus.RUNNING, next_check_at__lte=now
    )
    if not waiting.update(**lease):
        return None
    job.refresh_from_db()
    return job


def _lease_end(extra_s: float = 0) -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_S + extra_s)


def _work(job: GenerationJob) -> None:
    provider = providers[job.provider]
    check_after: list[float] = []
    passing: ProviderError | None = None
    for position, request in _open_requests(job):
        try:
            progress = _advance(job, provider, position, request)
        except ProviderError as error:
            if error.is_transient:
                passing = passing or error  # one picture's trouble does not hold up the others
            else:
                _note_failure(job, position, error)
        except DomainError as error:  # refused by the provider's own rules, or no picture
            _note_failure(job, position, error)
        else:
            if progress is not None:
                check_after.append(progress)
    if passing is not None:
        raise passing
    if check_after and not _is_too_old(job):
        _wait(job, min(check_after))
    else:
        _settle(job)


def _open_requests(job: GenerationJob) -> Iterator[tuple[int, ImageRequest]]:
    """Positions neither delivered nor finally refused, with the exact request of each."""
    for position, data in enumerate(job.requests):
        if position not in job.delivered_positions and str(position) not in job.failures:
            yield position, request_from_json(data, external_key=f"{job.pk}:{position}")


def _advance(
    job: GenerationJob, provider: ImageProvider, position: int, request: ImageRequest
) -> float | None:
    """Take one picture a step further. None when it is imported, else seconds to wait."""
    ticket = _find_ticket(job, position) or _submit(job, provider, position, request)
    try:
        answer = provider.poll(ticket)
    except ProviderError as error:
        if error.code == "lost":
            _forget_ticket(job, position)
        raise
    if isinstance(answer, Finished):
        _import(job, position, request, ticket, answer)
        return None
    _save(job, lease_expires_at=_lease_end())
    return answer.check_after_s


def _find_ticket(job: GenerationJob, position: int) -> Ticket | None:
    data = job.tickets.get(str(position))
    return Ticket(data["external_id"], data["data"]) if data else None


def _submit(
    job: GenerationJob, provider: ImageProvider, position: int, request: ImageRequest
) -> Ticket:
    ticket = provider.submit(request)
    tickets = {
        **job.tickets,
        str(position): {"external_id": ticket.external_id, "data": dict(ticket.data)},
    }
    _save(job, tickets=tickets, lease_expires_at=_lease_end())
    return ticket


def _forget_ticket(job: GenerationJob, position: int) -> None:
    _save(job, tickets={k: v for k, v in job.tickets.items() if k != str(position)})


def _note_failure(job: GenerationJob, position: int, error: DomainError) -> None:
    failure = {"code": error.code, "message": error.message}
    _save(job, failures={**job.failures, str(position): failure})


def _save(job: GenerationJob, **changes: Any) -> None:
    """Write under the lease. Raises LeaseLost, having changed nothing."""
    mine = GenerationJob.objects.filter(pk=job.pk, status=JobStatus.RUNNING, lease_id=job.lease_id)
    if not mine.update(**changes):
        raise LeaseLost
    for name, value in changes.items():
        setattr(job, name, value)


def _import(
    job: GenerationJob, position: int, request: ImageRequest, ticket: Ticket, answer: Finished
) -> None:
    """Store the bytes, then write picture, origin, progress and event together.

    The keys carry the lease, so a worker that lost it cannot overwrite what another stored;
    its files are erased when their time is up.
    """
    prepared = images.prepare(provenance.mark(answer))
    keys = images.keys_for(
        owner_id=job.owner_id,
        character_id=job.character_id,
        job_id=job.pk,
        position=f"{position}-{str(job.lease_id)[-6:]}",
        extension=prepared.extension,
    )
    images.stage(keys)
    _store(prepared, keys)
    with transaction.atomic():
        _lock(job)
        image = record_image(
            character=job.character,
            job_id=job.pk,
            position=position,
            kind=RECIPES[job.recipe].image_kind,
            prepared=prepared,
            keys=keys,
            seed=request.seed,
            options=_image_settings(job, request),
        )
        provenance.record(
            image=image,
            job=job,
            request=request,
            external_id=ticket.external_id,
            finished=answer,
        )
        delivered = job.delivered_count + 1
        _save(
            job,
            delivered_count=delivered,
            delivered_positions=[*job.delivered_positions, position],
            progress=100 * delivered // job.count,
            lease_expires_at=_lease_end(),
        )
        _tell(job, "generation.image.delivered", image=str(image.pk))


def _store(prepared: images.Prepared, keys: images.Keys) -> None:
    """A store that refuses for a while is a passing fault like a busy provider."""
    try:
        images.store(prepared, keys)
    except (BotoCoreError, ClientError, OSError) as error:
        raise ProviderError(
            "The picture store did not answer.", code="storage_away", is_transient=True
        ) from error


def _image_settings(job: GenerationJob, request: ImageRequest) -> dict[str, Any]:
    settings_ = RECIPES[job.recipe].image_settings(job.character, request)
    return {**settings_, "alt": describe(request, job.character.name)}


def _lock(job: GenerationJob) -> None:
    """Hold the row and be sure that the lease is ours, with fresh counts."""
    fresh = (
        GenerationJob.objects.select_for_update(of=("self",))
        .filter(pk=job.pk, status=JobStatus.RUNNING, lease_id=job.lease_id)
        .values("delivered_count", "delivered_positions")
        .first()
    )
    if fresh is None:
        raise LeaseLost
    job.delivered_count = fresh["delivered_count"]
    job.delivered_positions = fresh["delivered_positions"]


def _wait(job: GenerationJob, seconds: float) -> None:
    """Let go of the worker: the sweeper, or a provider's callback, brings the job back."""
    _save(
        job,
        next_check_at=timezone.now() + timedelta(seconds=seconds),
        enqueued_at=None,
        lease_expires_at=_lease_end(seconds),
    )


def _is_too_old(job: GenerationJob) -> bool:
    limit = timedelta(seconds=settings.JOB_MAX_AGE_S)
    return job.started_at is not None and timezone.now() - job.started_at > limit


def _settle(job: GenerationJob) -> None:
    with transaction.atomic():
        _lock(job)
        first = next(iter(job.failures.values()), None)
        if job.delivered_count == job.count:
            end_job(job, JobStatus.SUCCEEDED)
            return
        code = first["code"] if first else "expired"
        message = first["message"] if first else "The provider took too long."
        status = JobStatus.SUCCEEDED if job.delivered_count else JobStatus.FAILED
        end_job(job, status, error_code=code, error_message=message)


def _back_off(job: GenerationJob, error: ProviderError) -> None:
    """A passing fault: try again later, a few times, then end with a refund."""
    delay = _BACKOFF_S[min(job.attempts, len(_BACKOFF_S)) - 1]
    log.warning(
        "provider failed", extra={"job": str(job.pk), "code": error.code, "attempt": job.attempts}
    )
    try:
        with transaction.atomic():
            _lock(job)
            requeue_or_fail(job, error.message, code=error.code, delay_s=delay)
    except LeaseLost:
        log.info("lease lost", extra={"job": str(job.pk)})


def _tell(job: GenerationJob, kind: str, **data: str) -> None:
    with transaction.atomic():
        events.emit(job.owner, kind, job.pk, {"character": str(job.character_id), **data})


def cancel_at_provider(job_id: UUID) -> None:
    """Tell the provider to stop what it still does for a canceled job; best effort."""
    job = GenerationJob.objects.filter(pk=job_id, status=JobStatus.CANCELED).first()
    if job is None:
        return
    provider = providers[job.provider]
    for data in job.tickets.values():
        try:
            provider.cancel(Ticket(data["external_id"], data["data"]))
        except ProviderError as error:
            log.warning("not canceled at provider", extra={"job": str(job.pk), "code": error.code})
