"""The verbs of generation; sole writers of job state."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import events
from accounts.models import User
from billing import ledger
from billing.ledger import InsufficientCredits
from billing.models import CreditAccount
from billing.services import current_plan, get_account
from characters import services as characters
from characters.models import Character, Image
from generation.models import FreeDraw, GenerationJob
from generation.providers.base import Capabilities, ImageProvider, ImageRequest
from generation.recipes import RECIPES, Recipe
from generation.recipes.base import request_from_json, request_to_json
from generation.screening import TextRefused, screen  # noqa: F401 (callers catch it here)
from generation.states import ENDED, JOB_TRANSITIONS, LIVE, JobStatus
from ryla.lib.backends import Backends
from ryla.lib.errors import Conflict, DomainError, InvalidInput, NotAllowed
from ryla.lib.ids import new_id
from ryla.lib.queue import enqueue
from ryla.lib.states import transition

providers = Backends[ImageProvider]("IMAGE_PROVIDERS")

REQUEST_KEY_MAX = 80
RUN_JOB = "generation.run_job"
CANCEL_AT_PROVIDER = "generation.cancel_at_provider"


class RequestKeyReused(Conflict):
    code = "request_key_reused"
    message = "This request key was used for another request."


class TooManyWaiting(DomainError):
    code = "too_many_waiting"
    status = 429


class GenerationPaused(DomainError):
    code = "generation_paused"
    status = 503
    message = "New pictures are paused for maintenance. Nothing was charged; try again soon."


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What `request_generation` would refuse with now: its code and its words."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote beside what the user has: everything a page shows before the button."""

    recipe: str
    credits: int
    count: int
    reason: str
    balance: int
    provider: str
    disclosure: str
    why_not: WhyNot | None = None

    @property
    def is_affordable(self) -> bool:
        return self.balance >= self.credits

    @property
    def is_open(self) -> bool:
        """Nothing stands in the way but perhaps the price, which fewer pictures may change."""
        return self.why_not is None or self.why_not.code == InsufficientCredits.code


def default_provider() -> ImageProvider:
    return providers[settings.DEFAULT_IMAGE_PROVIDER]


def default_capabilities() -> Capabilities:
    return default_provider().capabilities


def quote(*, character: Character, recipe: str, options: Mapping[str, Any]) -> Offer:
    """What `request_generation` would charge now, and why it would refuse. Raises InvalidInput."""
    maker = _recipe(recipe)
    provider = default_provider()
    parsed = maker.parse(options, provider.capabilities)
    price = maker.quote(character, parsed)
    balance = get_account(character.owner).balance
    return Offer(
        recipe=recipe,
        credits=price.credits,
        count=price.count,
        reason=price.reason,
        balance=balance,
        provider=settings.DEFAULT_IMAGE_PROVIDER,
        disclosure=provider.capabilities.disclosure,
        why_not=_why_not(character, maker, price.credits, balance),
    )


def _why_not(character: Character, maker: Recipe, credits: int, balance: int) -> WhyNot | None:
    """Asked of the very rules that refuse, so that page and service cannot differ."""
    try:
        _require_open(character, maker)
        _require_room(character, maker)
        if credits > balance:
            raise InsufficientCredits(needed=credits, balance=balance)
    except DomainError as error:
        return WhyNot(error.code, error.message)
    return None


def request_generation(
    *, character: Character, recipe: str, options: Mapping[str, Any], request_key: str
) -> GenerationJob:
    """Charge and queue one job; the returned job may already exist (`is_repeat` says so).

    The same `request_key` (1–80 characters, per owner) with the same body returns the first
    job and charges nothing; with another body it raises RequestKeyReused. Raises InvalidInput
    naming the field, NotReady, TextRefused, UnsupportedOption, InsufficientCredits,
    TooManyWaiting, GenerationPaused. Whatever is raised, nothing was charged.
    """
    maker = _recipe(recipe)
    provider = default_provider()
    parsed = maker.parse(options, provider.capabilities)
    digest = _digest(character, recipe, parsed)
    existing = _find_repeat(character.owner, request_key, digest)
    if existing:
        return existing
    _require_open(character, maker)
    screen(character, parsed)
    requests = _requests(character, maker, parsed)
    for request in requests:
        provider.check(request)
    return _create_job(
        _Order(
            character,
            maker,
            parsed,
            requests,
            request_key,
            digest,
            provider=settings.DEFAULT_IMAGE_PROVIDER,
        )
    )


def retry_job(*, job: GenerationJob) -> GenerationJob:
    """A new job for what this one did not deliver, at the price that was given back for it.

    Sends the very same requests. Repeating returns the same new job. Raises Conflict when
    the job is under way or delivered everything, and what `request_generation` raises.
    """
    if job.status not in ENDED or not job.missing_count:
        raise Conflict("There is nothing to try again.")
    request_key = f"retry:{job.pk}"
    digest = _digest(job.character, job.recipe, {"retry": str(job.pk)})
    existing = _find_repeat(job.owner, request_key, digest)
    if existing:
        return existing
    maker = _recipe(job.recipe)
    _require_open(job.character, maker)
    screen(job.character, job.options)
    requests = _undelivered(job)
    provider = providers[job.provider]
    for request in requests:
        provider.check(request)
    return _create_job(
        _Order(
            job.character,
            maker,
            job.options,
            requests,
            request_key,
            digest,
            provider=job.provider,
            credits=job.credits_refunded,
        )
    )


def cancel_job(*, job: GenerationJob) -> GenerationJob:
    """End a live job now; what was not delivered is refunded. Canceling twice is harmless.

    Raises Conflict when the job ended in another way.
    """
    with transaction.atomic():
        job = GenerationJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if job.status == JobStatus.CANCELED:
            return job
        if job.status not in LIVE:
            raise Conflict("This job has already ended.")
        end_job(job, JobStatus.CANCELED)
        if job.tickets:
            enqueue(CANCEL_AT_PROVIDER, job.pk)
    return job


def cancel_all_of(*, user: User) -> None:
    """Part of closing an account; joins its transaction."""
    for job in GenerationJob.objects.owned_by(user).live().select_for_update():
        end_job(job, JobStatus.CANCELED)


def end_job(
    job: GenerationJob, status: str, *, error_code: str = "", error_message: str = ""
) -> None:
    """The one way a job ends: state, refund of what was not delivered, character and event in
    the caller's transaction, which holds the job's row lock."""
    refund = job.credits_charged - price_of(job, job.delivered_count)
    transition(
        job,
        status,
        JOB_TRANSITIONS,
        lease_id=None,
        lease_expires_at=None,
        next_check_at=None,
        finished_at=timezone.now(),
        credits_refunded=refund,
        progress=100 * job.delivered_count // job.count,
        error_code=error_code,
        error_message=error_message[:300],
    )
    # Locks are taken in one order everywhere: job, account, character, events.
    if refund:
        ledger.refund(
            get_account(job.owner), refund, key=f"job:{job.pk}:refund", reference=_reference(job)
        )
    if not job.delivered_count:
        FreeDraw.objects.filter(job_id=job.pk).delete()
    _release_character(job, error_message if status == JobStatus.FAILED else "")
    events.emit(
        job.owner,
        f"generation.job.{status}",
        job.pk,
        {"character": str(job.character_id), "delivered": job.delivered_count, "refunded": refund},
    )


def price_of(job: GenerationJob, delivered: int) -> int:
    """Credits for `delivered` of the job's pictures, rounded in the user's favour."""
    return job.credits_charged * delivered // job.count


def _release_character(job: GenerationJob, error: str) -> None:
    character = Character.objects.select_for_update(of=("self",), no_key=True).get(
        pk=job.character_id
    )
    if not GenerationJob.objects.live().filter(character=character).exclude(pk=job.pk).exists():
        characters.settle_generation(character=character, error=error)


# --- Parts of a request ------------------------------------------------------------------------


def _recipe(slug: str) -> Recipe:
    try:
        return RECIPES[slug]
    except KeyError:
        raise InvalidInput("There is no such recipe.", field="recipe") from None


def _digest(character: Character, recipe: str, options: Mapping[str, Any]) -> str:
    body = json.dumps([str(character.pk), recipe, options], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _find_repeat(owner: User, request_key: str, digest: str) -> GenerationJob | None:
    if not request_key or len(request_key) > REQUEST_KEY_MAX or not request_key.isprintable():
        raise InvalidInput("Send a request key of 1 to 80 characters.", field="request_key")
    job = GenerationJob.objects.owned_by(owner).filter(request_key=request_key).first()
    if job and job.request_hash != digest:
        raise RequestKeyReused
    if job:
        job.is_repeat = True
    return job


def _require_open(character: Character, maker: Recipe) -> None:
    if settings.GENERATION_PAUSED:
        raise GenerationPaused
    if settings.GENERATION_REQUIRES_VERIFIED_EMAIL and not character.owner.is_email_verified:
        raise NotAllowed(
            "Confirm your e-mail address first: we sent you a link.", code="email_not_verified"
        )
    if maker.needs_face and not character.base_face_id:
        raise characters.NotReady
    if not maker.needs_face and character.base_face_id:
        raise characters.LookIsFixed


def _requests(
    character: Character, maker: Recipe, options: Mapping[str, Any]
) -> list[ImageRequest]:
    return maker.requests(character, options, random.SystemRandom())


def _undelivered(job: GenerationJob) -> list[ImageRequest]:
    return [
        request_from_json(data, external_key="")
        for position, data in enumerate(job.requests)
        if position not in job.delivered_positions
    ]


@dataclass(frozen=True, slots=True)
class _Order:
    """A checked request on its way to becoming a job; `credits` None means the recipe's price."""

    character: Character
    maker: Recipe
    options: Mapping[str, Any]
    requests: list[ImageRequest]
    request_key: str
    digest: str
    provider: str
    credits: int | None = None


def _create_job(order: _Order) -> GenerationJob:
    try:
        with transaction.atomic():
            return _charge_and_queue(order)
    except IntegrityError as error:
        # Two equal requests at the same moment: the other one created it.
        if "job_once_per_request_key" not in str(error):
            raise
        existing = _find_repeat(order.character.owner, order.request_key, order.digest)
        assert existing is not None  # noqa: S101 (the constraint just said it exists)
        return existing


def _charge_and_queue(order: _Order) -> GenerationJob:
    # One owner's requests take turns here, so that price and limits are read as they are.
    account = get_account(order.character.owner)
    CreditAccount.objects.select_for_update().get(pk=account.pk)
    repeat = _find_repeat(order.character.owner, order.request_key, order.digest)
    if repeat:
        return repeat
    character = Character.objects.select_for_update(of=("self",), no_key=True).get(
        pk=order.character.pk
    )
    _require_open(character, order.maker)
    _require_room(character, order.maker)
    job = _new_job(character, order)
    job.save(force_insert=True)
    if order.maker.image_kind == Image.Kind.BASE_FACE and not job.credits_charged:
        FreeDraw.objects.get_or_create(
            owner_id=character.owner_id, character_id=character.pk, defaults={"job_id": job.pk}
        )
    if job.credits_charged:
        ledger.charge(
            account, job.credits_charged, key=f"job:{job.pk}:charge", reference=_reference(job)
        )
    characters.begin_generation(character=character)
    enqueue(RUN_JOB, job.pk)
    events.emit(character.owner, "generation.job.queued", job.pk, {"character": str(character.pk)})
    return job


def _new_job(character: Character, order: _Order) -> GenerationJob:
    price = order.maker.quote(character, order.options).credits
    return GenerationJob(
        pk=new_id(),
        owner_id=character.owner_id,
        character=character,
        recipe=order.maker.slug,
        provider=order.provider,
        request_key=order.request_key,
        request_hash=order.digest,
        options=dict(order.options),
        requests=[request_to_json(request) for request in order.requests],
        count=len(order.requests),
        credits_charged=price if order.credits is None else order.credits,
        enqueued_at=timezone.now(),
    )


def _require_room(character: Character, maker: Recipe) -> None:
    live = GenerationJob.objects.live().filter(owner_id=character.owner_id)
    plan = current_plan(character.owner)
    room = plan.waiting_jobs + plan.images_at_once
    if live.count() >= room:
        raise TooManyWaiting(
            f"Your plan makes {room} requests at once. Wait for one to end; nothing was charged."
        )
    if not maker.needs_face and live.filter(character=character, recipe=maker.slug).exists():
        raise Conflict("Faces for this character are already being drawn.")


def _reference(job: GenerationJob) -> str:
    return f"{RECIPES[job.recipe].label} of {job.character.display_name}"


# --- The sweeper's verbs ------------------------------------------------------------------------


def requeue_stalled() -> int:
    """Jobs whose worker fell silent go back to the queue, or end when they did so too often."""
    stalled = GenerationJob.objects.filter(
        status=JobStatus.RUNNING, lease_expires_at__lt=timezone.now(), next_check_at=None
    ).values_list("pk", flat=True)
    return sum(_requeue_stalled_one(pk) for pk in list(stalled[:500]))


@transaction.atomic
def _requeue_stalled_one(pk: Any) -> bool:
    job = (
        GenerationJob.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=pk, status=JobStatus.RUNNING, lease_expires_at__lt=timezone.now())
        .first()
    )
    if job is None:
        return False
    requeue_or_fail(job, "The worker drawing this stopped answering.", code="worker_lost")
    return True


def requeue_or_fail(job: GenerationJob, message: str, *, code: str, delay_s: float = 0) -> None:
    """Joins the caller's transaction, which holds the row lock and checked the lease."""
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        status = JobStatus.SUCCEEDED if job.delivered_count else JobStatus.FAILED
        end_job(job, status, error_code=code, error_message=message)
        return
    transition(
        job,
        JobStatus.QUEUED,
        JOB_TRANSITIONS,
        lease_id=None,
        lease_expires_at=None,
        next_check_at=timezone.now() + timedelta(seconds=delay_s),
        enqueued_at=None,
        error_code=code,
        error_message=message[:300],
    )


def enqueue_due(*, again_after: timedelta = timedelta(seconds=15)) -> int:
    """Send every due job that was not sent lately: what a lost message would have done."""
    now = timezone.now()
    due = GenerationJob.objects.live().filter(next_check_at__lte=now)
    unsent = due.filter(enqueued_at=None) | due.filter(enqueued_at__lt=now - again_after)
    ids = list(unsent.order_by("next_check_at").values_list("pk", flat=True)[:1000])
    with transaction.atomic():
        GenerationJob.objects.filter(pk__in=ids).update(enqueued_at=now)
        for pk in ids:
            enqueue(RUN_JOB, pk)
    return len(ids)
