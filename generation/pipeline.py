"""One picture's way: claimed → submitted → running → importing → succeeded.

Called by tasks; every step may run twice. A worker works under a lease: each write checks
that the lease is still its own, so a worker that was thought dead and comes back can change
nothing. It never waits for a provider: what is not ready gets `next_check_at` and is let go,
and the sweeper, or the provider's callback, brings it back.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from characters import images
from characters.models import Image
from characters.services import record_image
from generation import callbacks, failover, fair_share, likeness, provenance
from generation.dispatch import dispatch
from generation.ending import end_item, is_held, lock_job, move_item, tell
from generation.models import GenerationJob, HeldPicture, JobItem, Mask
from generation.prompts import describe
from generation.providers.base import (
    RATE_LIMITED,
    CannotLookUp,
    Finished,
    ImageProvider,
    ImageRequest,
    Made,
    Progress,
    ProviderError,
    Reference,
    Ticket,
)
from generation.recipes import RECIPES
from generation.recipes.base import request_from_json
from generation.services import providers
from generation.states import AT_WORK, ITEM_TRANSITIONS, JOB_TRANSITIONS, ItemStatus, JobStatus
from ryla.lib.errors import DomainError
from ryla.lib.ids import new_id
from ryla.lib.pubsub import tick
from ryla.lib.states import try_transition

log = logging.getLogger(__name__)

_BACKOFF_S = (2, 5, 15, 40, 90)
_CANCEL_TRIES = 3
# What is kept of a held picture's origin beside its parameters.
_ORIGIN = ("model", "model_version", "digital_source_type", "cost_minor")


class LeaseLost(Exception):
    """Another worker has the item now, or it was canceled: stop without a trace."""


def run_item(item_id: UUID) -> None:
    """Do what is due for one item. Returns quietly when nothing is."""
    item = _take(item_id, AT_WORK)
    if item is None:
        return
    provider = item.provider  # it may be moved to another
    try:
        _advance(item)
    except LeaseLost:
        log.info("lease lost", extra={"item": str(item.pk)})
    if not dispatch(provider):
        failover.move_waiting(provider)


def _advance(item: JobItem) -> None:
    provider = providers[item.provider]
    request = _request_of(item)
    try:
        _step(item, provider, request)
    except CannotLookUp as error:
        _await_news(item, error)
    except ProviderError as error:
        _note_fault(item, error)
        if failover.is_reason_to_move(error) and failover.move_claimed(item):
            return
        if error.is_transient:
            _back_off(item, error)
        else:
            _fail(item, error)
    except DomainError as error:  # refused by the provider's own rules, or no picture
        _fail(item, error)
    else:
        fair_share.note_success(item.provider)


def _request_of(item: JobItem) -> ImageRequest:
    """As it was made, with where the provider may ring about it."""
    request = request_from_json(item.request, external_key=str(item.pk))
    return replace(request, callback_url=callbacks.url_for(item))


def _step(item: JobItem, provider: ImageProvider, request: ImageRequest) -> None:
    ticket = ticket_of(item) or _submit(item, provider, request)
    answer = _held_picture(item) if is_held(item) else provider.poll(ticket)
    if isinstance(answer, Progress):
        _note_progress(item, answer)
    else:
        _import(item, request, ticket, answer)


# --- Holding an item ----------------------------------------------------------------------------


def _take(item_id: UUID, statuses: tuple[str, ...]) -> JobItem | None:
    """Lease a free item in which something is due; None when there is nothing to do."""
    lease_id = new_id()
    free = JobItem.objects.filter(pk=item_id, status__in=statuses, lease_id=None).filter(
        Q(next_check_at=None) | Q(next_check_at__lte=timezone.now())
    )
    if not free.update(lease_id=lease_id, lease_expires_at=_lease_end(), next_check_at=None):
        return None
    item = JobItem.objects.select_related("job__owner", "job__character").get(pk=item_id)
    # Between the two statements a cancel may have taken it away again.
    return item if item.lease_id == lease_id else None


def _lease_end(lasts_s: float = 0) -> datetime:
    """With `lasts_s` the end of a lease in which so long a call leaves the usual time."""
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_S + lasts_s)


def _mine(item: JobItem) -> Q:
    return Q(lease_id=item.lease_id)


def _save(item: JobItem, **changes: Any) -> None:
    """Write under the lease. Raises LeaseLost, having changed nothing."""
    mine = JobItem.objects.filter(_mine(item), pk=item.pk, status__in=AT_WORK)
    if not mine.update(**changes):
        raise LeaseLost
    for name, value in changes.items():
        setattr(item, name, value)


def _move(item: JobItem, to: str, **changes: Any) -> None:
    """As `_save`, with the next status. Raises LeaseLost."""
    if not try_transition(item, to, ITEM_TRANSITIONS, where=_mine(item), **changes):
        raise LeaseLost


def _let_go(item: JobItem, seconds: float, **changes: Any) -> None:
    """The worker is free; the item is looked at again then."""
    again = timezone.now() + timedelta(seconds=seconds)
    _save(item, lease_id=None, lease_expires_at=None, next_check_at=again, **changes)


# --- Submitting, at most once --------------------------------------------------------------------


def ticket_of(item: JobItem) -> Ticket | None:
    return Ticket(item.ticket["external_id"], item.ticket["data"]) if item.ticket else None


def _submit(item: JobItem, provider: ImageProvider, request: ImageRequest) -> Ticket:
    """Hand the request over, unless an earlier attempt did and nobody heard of it. A picture that
    comes with the answer is kept in the same transaction as its ticket.

    `submit_started_at` is written before the call and taken back only when the provider
    surely has nothing: whoever finds it without a ticket looks there before repeating.
    `is_bound` is not taken back once an outcome was unknown.
    """
    _note_start(item)
    answer: Ticket | Made | None = _find_unheard(item, provider, request)
    if answer is None:
        filled = _with_pictures(item, request)
        lease_end, was_bound = _lease_end(provider.submit_lasts_s), item.is_bound
        now = timezone.now()
        _save(item, submit_started_at=now, is_bound=True, lease_expires_at=lease_end)
        try:
            answer = provider.submit(filled)
        except ProviderError as error:
            if not error.is_outcome_unknown:
                _save(item, submit_started_at=None, is_bound=was_bound)
            raise
    ticket = answer.ticket if isinstance(answer, Made) else answer
    stored: dict[str, Any] = {"external_id": ticket.external_id, "data": dict(ticket.data)}
    if isinstance(answer, Made):
        stored["is_held"] = True
    with transaction.atomic():
        _move(
            item,
            ItemStatus.SUBMITTED,
            ticket=stored,
            submitted_at=timezone.now(),
            lease_expires_at=_lease_end(),
        )
        if isinstance(answer, Made):
            _hold(item, answer.finished)
    return ticket


def _hold(item: JobItem, finished: Finished) -> None:
    origin = {name: getattr(finished, name) for name in _ORIGIN}
    HeldPicture.objects.create(
        item=item,
        content=finished.content,
        content_type=finished.content_type,
        origin={**origin, "parameters": dict(finished.parameters)},
    )


def _held_picture(item: JobItem) -> Finished:
    held = HeldPicture.objects.get(pk=item.pk)
    return Finished(bytes(held.content), held.content_type, **held.origin)


def _with_pictures(item: JobItem, request: ImageRequest) -> ImageRequest:
    """The request with its references' bytes. Raises ProviderError, for good when one is gone:
    a picture of somebody else is worse than none."""
    filled = tuple(_read_reference(item, reference) for reference in request.references)
    return replace(request, references=filled)


def _read_reference(item: JobItem, reference: Reference) -> Reference:
    if reference.role == "mask":
        return _read_mask(item, reference)
    image = Image.objects.viewable().filter(owner_id=item.owner_id, pk=reference.image_id).first()
    if image is None:
        raise _gone(reference)
    try:
        with images.read(image) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise _gone(reference) from error
    except (BotoCoreError, ClientError, OSError) as error:
        raise _store_away() from error
    if hashlib.sha256(content).hexdigest() != reference.sha256:
        raise _gone(reference)
    return replace(reference, content=content, content_type=image.content_type)


def _read_mask(item: JobItem, reference: Reference) -> Reference:
    mask = Mask.objects.filter(owner_id=item.owner_id, pk=reference.image_id).first()
    if mask is None:
        raise _gone(reference)
    return replace(reference, content=bytes(mask.content))


def _gone(reference: Reference) -> ProviderError:
    name = {"base_face": "The face"}.get(reference.role, "A picture")
    message = f"{name} this was to be made from is not there any more."
    return ProviderError(message, code="reference_gone", is_transient=False)


def _store_away() -> ProviderError:
    message = "The picture store did not answer."
    return ProviderError(message, code="storage_away", is_transient=True)


def _find_unheard(item: JobItem, provider: ImageProvider, request: ImageRequest) -> Ticket | None:
    """Raises CannotLookUp where the provider can neither tell nor be asked twice for free."""
    if item.submit_started_at is None:
        return None
    found = provider.find(request)
    if found is None:
        fair_share.count_submit(item.provider)
    return found


def _note_start(item: JobItem) -> None:
    """The first item of a job that a worker takes up starts the job."""
    with transaction.atomic():
        job = lock_job(item.job_id)
        if not JobItem.objects.filter(_mine(item), pk=item.pk).update(attempts=F("attempts") + 1):
            raise LeaseLost
        item.attempts += 1
        if job.status == JobStatus.QUEUED:
            try_transition(job, JobStatus.RUNNING, JOB_TRANSITIONS, started_at=timezone.now())
            tell(job, "generation.job.started")


def _await_news(item: JobItem, error: CannotLookUp) -> None:
    """It may be made there and paid for: no second try before the provider had its time to
    call back. The sweeper declares it lost at the end of that; where no word can come, it is
    lost now."""
    log.warning("submit outcome unknown", extra={"item": str(item.pk)})
    if not error.is_word_possible:
        message = "The connection broke while this was made, and the provider cannot be asked."
        _end(item, ItemStatus.LOST, "never_heard", message)
        return
    _let_go(item, settings.JOB_NEWS_S, error_code=error.code, error_message=error.message[:300])


# --- Waiting -------------------------------------------------------------------------------------


def _note_progress(item: JobItem, answer: Progress) -> None:
    """A provider that once reported work is `running`; its percentage only ever rises."""
    percent = max(item.progress, round(100 * min(1.0, max(0.0, answer.fraction or 0.0))))
    if answer.is_started and item.status == ItemStatus.SUBMITTED:
        _move(item, ItemStatus.RUNNING, first_progress_at=timezone.now(), progress=percent)
    if _is_too_old(item):
        _end(item, ItemStatus.LOST, "expired", "The provider took too long.")
        return
    _let_go(item, answer.check_after_s, progress=percent)
    if percent:
        # After the write: whoever lost the lease says nothing, so it only ever rises.
        tick(str(item.owner_id), str(item.pk), job=str(item.job_id), percent=percent)


def _is_too_old(item: JobItem) -> bool:
    limit = timedelta(seconds=settings.JOB_MAX_AGE_S)
    return item.submitted_at is not None and timezone.now() - item.submitted_at > limit


# --- Importing, exactly once ---------------------------------------------------------------------


def _import(item: JobItem, request: ImageRequest, ticket: Ticket, answer: Finished) -> None:
    """Store the bytes, then write picture, origin, item, job and event together.

    The keys carry the lease, so a worker that lost it cannot overwrite what another stored;
    its files are erased when their time is up. The database takes an output of a provider
    once, and the same picture once per job. Each of the long steps has a whole lease for itself:
    on a busy machine together they may take more, and a made picture would be given up.
    """
    if item.status == ItemStatus.IMPORTING:
        _save(item, lease_expires_at=_lease_end())
    else:
        _move(item, ItemStatus.IMPORTING, made_at=timezone.now(), lease_expires_at=_lease_end())
    prepared = images.prepare(provenance.mark(answer))
    measured = likeness.measure(item, request, prepared.original)
    _save(item, lease_expires_at=_lease_end())
    keys = images.keys_for(
        owner_id=item.owner_id,
        character_id=item.job.character_id,
        job_id=item.job_id,
        position=f"{item.position}-{str(item.lease_id)[-6:]}",
        extension=prepared.extension,
    )
    images.stage(keys)
    _store(prepared, keys)
    try:
        with transaction.atomic():
            _deliver(item, _Made(request, ticket, answer, prepared, keys, measured))
    except IntegrityError as error:
        if "provenance_" not in str(error):
            raise
        log.warning("same output twice", extra={"item": str(item.pk)})
        message = "The provider sent a picture that is already there."
        _end(item, ItemStatus.FAILED, "duplicate_output", message)


@dataclass(frozen=True, slots=True)
class _Made:
    """A picture whose files lie in the store, on its way to becoming a row."""

    request: ImageRequest
    ticket: Ticket
    answer: Finished
    prepared: images.Prepared
    keys: images.Keys
    measured: likeness.Measured


def _deliver(item: JobItem, made: _Made) -> None:
    job = lock_job(item.job_id)
    lease = _mine(item)
    if not JobItem.objects.select_for_update(no_key=True).filter(lease, pk=item.pk).exists():
        raise LeaseLost
    image = record_image(
        character=job.character,
        job_id=job.pk,
        position=item.position,
        kind=RECIPES[job.recipe].image_kind,
        prepared=made.prepared,
        keys=made.keys,
        seed=made.request.seed,
        options=_image_settings(item, made.request),
        likeness=made.measured.value,
        version=job.version,
    )
    can = providers[item.provider].capabilities
    origin = provenance.record(
        image=image,
        job=job,
        provider=item.provider,
        request=made.request,
        external_id=made.ticket.external_id,
        finished=made.answer,
        takes_words=can.accepts_free_text,
        cost_minor=can.cost_minor.get(made.request.quality),
    )
    _add_cost(job, origin.cost_minor)
    needs_review = likeness.record(image, made.measured)
    told = {"image": str(image.pk), **({"needs_review": True} if needs_review else {})}
    news = {"generation.image.delivered": told}
    if not end_item(job, item, ItemStatus.SUCCEEDED, where=lease, news=news):
        raise LeaseLost


def _add_cost(job: GenerationJob, cost_minor: Decimal | None) -> None:
    """Under the job's lock; of providers that name no price nothing is written."""
    if cost_minor is not None:
        total = Coalesce(F("cost_minor"), Decimal(0)) + cost_minor
        GenerationJob.objects.filter(pk=job.pk).update(cost_minor=total)


def _store(prepared: images.Prepared, keys: images.Keys) -> None:
    """A store that refuses for a while is a passing fault like a busy provider."""
    try:
        images.store(prepared, keys)
    except (BotoCoreError, ClientError, OSError) as error:
        raise _store_away() from error


def _image_settings(item: JobItem, request: ImageRequest) -> dict[str, Any]:
    character = item.job.character
    chosen = RECIPES[item.job.recipe].image_settings(character, request)
    return {**chosen, "alt": describe(request, character.name)}


# --- When it does not work -----------------------------------------------------------------------


def _fail(item: JobItem, error: DomainError) -> None:
    _end(item, ItemStatus.FAILED, error.code, error.message)


def _end(item: JobItem, status: str, code: str, message: str) -> None:
    with transaction.atomic():
        job = lock_job(item.job_id)
        if not end_item(job, item, status, code=code, message=message, where=_mine(item)):
            raise LeaseLost


def _note_fault(item: JobItem, error: ProviderError) -> None:
    """What it says of its provider, for everybody's sake."""
    log.warning(
        "provider failed",
        extra={"item": str(item.pk), "code": error.code, "attempt": item.attempts},
    )
    if error.code == RATE_LIMITED:
        fair_share.slow_down(item.provider, error.retry_after_s)
    elif error.is_transient and error.code != "storage_away":
        fair_share.note_failure(item.provider)


def _back_off(item: JobItem, error: ProviderError) -> None:
    """A passing fault: try again later, a few times, then end with a refund."""
    if error.code == RATE_LIMITED:
        # Our pace was wrong, not this picture: it waits, as at a provider that is paused.
        _save(item, attempts=max(0, item.attempts - 1))
    if _is_used_up(item, error):
        _fail(item, error)
        return
    tries = min(max(item.attempts, 1), len(_BACKOFF_S))
    delay = max(_BACKOFF_S[tries - 1], error.retry_after_s)
    words = {"error_code": error.code, "error_message": error.message[:300]}
    if item.ticket and error.code != "lost":
        _let_go(item, delay, attempts=item.attempts + 1, **words)
    elif error.is_outcome_unknown or (item.submit_started_at and error.code != "lost"):
        _let_go(item, delay, **words)  # asked about once more before anything is repeated
    else:
        _requeue(item, delay_s=delay, where=_mine(item), **words)


def _is_used_up(item: JobItem, error: ProviderError) -> bool:
    """A picture that is made and paid for waits for our own store, and for a provider that is
    busy, as long as for one at work."""
    if error.code in ("storage_away", RATE_LIMITED) and item.ticket:
        return _is_too_old(item)
    return bool(item.attempts >= settings.JOB_MAX_ATTEMPTS)


def _requeue(item: JobItem, *, delay_s: float, where: Q, **words: str) -> None:
    """Back to its owner's queue, without a slot. Raises LeaseLost when someone was faster."""
    again = timezone.now() + timedelta(seconds=delay_s) if delay_s else None
    anew = {"enqueued_at": None, "ticket": None, "submit_started_at": None}
    if not move_item(item, ItemStatus.QUEUED, where=where, next_check_at=again, **anew, **words):
        raise LeaseLost


# --- Canceling at the provider -------------------------------------------------------------------


def cancel_item(item_id: UUID) -> None:
    """Stop at the provider what its owner canceled; then the item ends. Best effort there,
    certain here: after a few tries it ends whatever the provider says."""
    item = _take(item_id, (ItemStatus.CANCELING,))
    if item is None:
        return
    try:
        _stop_at_provider(item)
    except ProviderError as error:
        log.warning("not canceled at provider", extra={"item": str(item.pk), "code": error.code})
        if error.is_transient and item.attempts < _CANCEL_TRIES:
            JobItem.objects.filter(_mine(item), pk=item.pk).update(
                lease_id=None,
                lease_expires_at=None,
                next_check_at=timezone.now() + timedelta(seconds=2),
                attempts=F("attempts") + 1,
            )
            return
    except Exception:  # a provider that was taken out of the settings, say: it ends all the same
        log.exception("not canceled at provider", extra={"item": str(item.pk)})
    with transaction.atomic():
        job = lock_job(item.job_id)
        end_item(job, item, ItemStatus.CANCELED, where=_mine(item))
    dispatch(item.provider)


def _stop_at_provider(item: JobItem) -> None:
    provider = providers[item.provider]
    ticket = ticket_of(item)
    if ticket is None and item.submit_started_at:
        ticket = provider.find(_request_of(item))
    if ticket is not None:
        provider.cancel(ticket)
