"""The verbs of generation; sole writers of job state."""

from __future__ import annotations

import hashlib
import json
import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from billing import ledger
from billing.ledger import InsufficientCredits
from billing.models import CreditAccount
from billing.plans import Plan
from billing.services import current_plan, get_account, lock_account, tell_if_low
from characters import services as characters
from characters import versions
from characters.models import Character, Image
from generation import estimates, fair_share, quotes
from generation.dispatch import CANCEL_ITEM, DISPATCH
from generation.ending import end_job, lock_job, move_item, reference, settle, tell
from generation.estimates import Expected
from generation.models import FreeDraw, GenerationJob, JobItem
from generation.providers.base import (
    Capabilities,
    ImageProvider,
    ImageRequest,
    ProviderError,
)
from generation.quotes import Promise, QuoteRefused
from generation.recipes import RECIPES, Recipe
from generation.recipes.base import request_from_json, request_to_json
from generation.screening import TextRefused, screen  # noqa: F401 (callers catch it here)
from generation.states import ENDED, ITEM_LIVE, JOB_TRANSITIONS, LIVE, ItemStatus, JobStatus
from ryla.lib.backends import Backends
from ryla.lib.errors import Conflict, DomainError, InvalidInput, NotAllowed
from ryla.lib.ids import new_id
from ryla.lib.queue import enqueue
from ryla.lib.states import transition

log = logging.getLogger(__name__)

providers = Backends[ImageProvider]("IMAGE_PROVIDERS")

SYNC_PROVIDER = "generation.sync_provider"
REQUEST_KEY_MAX = 80


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
    """A quote beside what the user has: everything a page shows before the button.

    `quote` is the signed part, to be sent along with the request until `expires_at`. `expected`
    is None where nothing is known of how long it takes; `notice` says why what is asked for now
    would wait. Pictures come from `provider`; where it fails or is paused before it has one, that
    one may come from the next of `may_substitute`, in this order, at the same price.
    """

    recipe: str
    credits: int
    count: int
    reason: str
    balance: int
    provider: str
    disclosure: str
    quote: str
    expires_at: datetime
    expected: Expected | None = None
    notice: str = ""
    may_substitute: tuple[str, ...] = ()
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
    return _offer(character, maker, parsed)


def _offer(character: Character, maker: Recipe, parsed: Mapping[str, Any]) -> Offer:
    provider = settings.DEFAULT_IMAGE_PROVIDER
    price = maker.quote(character, parsed)
    balance = get_account(character.owner).balance
    plan = current_plan(character.owner)
    line = fair_share.Line(provider, character.owner_id)
    expected = estimates.expected_for(line=line, plan=plan, count=price.count)
    substitutes = _offered_substitutes(character, maker, parsed)
    promise = Promise(
        owner=str(character.owner_id),
        character=str(character.pk),
        recipe=maker.slug,
        digest=_digest(character, maker.slug, parsed),
        credits=price.credits,
        count=price.count,
        provider=provider,
        expected=(expected.low_s, expected.high_s) if expected else (),
        may_substitute=substitutes,
    )
    return Offer(
        recipe=maker.slug,
        credits=price.credits,
        count=price.count,
        reason=price.reason,
        balance=balance,
        provider=provider,
        disclosure=default_capabilities().disclosure,
        quote=promise.sign(),
        expires_at=timezone.now() + timedelta(seconds=quotes.VALID_S),
        expected=expected,
        notice=estimates.why_provider_stops(line),
        may_substitute=substitutes,
        why_not=_why_not(character, maker, price.credits, balance, plan),
    )


def _offered_substitutes(
    character: Character, maker: Recipe, parsed: Mapping[str, Any]
) -> tuple[str, ...]:
    """Of the fallbacks in the settings. Nothing is composed where there are none."""
    if not settings.IMAGE_PROVIDER_FALLBACKS or (maker.needs_face and not character.base_face_id):
        return ()
    try:
        requests = _requests(character, maker, parsed, default_capabilities())
    except DomainError:  # it cannot be asked for at all; asking says why
        return ()
    return _able(settings.IMAGE_PROVIDER_FALLBACKS, settings.DEFAULT_IMAGE_PROVIDER, requests)


def _able(
    aliases: Iterable[str], provider: str, requests: Sequence[ImageRequest]
) -> tuple[str, ...]:
    """Those which can make the very same requests as `provider`, in their order."""
    can = providers[provider].capabilities
    known = (alias for alias in dict.fromkeys(aliases) if alias != provider and alias in providers)
    return tuple(alias for alias in known if _is_able(providers[alias], can, requests))


def _is_able(other: ImageProvider, can: Capabilities, requests: Sequence[ImageRequest]) -> bool:
    if not other.capabilities.stands_in_for(can):
        return False
    try:
        for request in requests:
            other.check(request)
    except DomainError:
        return False
    return True


def _expected(owner: User, plan: Plan, provider: str, count: int) -> Expected | None:
    line = fair_share.Line(provider, owner.pk)
    return estimates.expected_for(line=line, plan=plan, count=count)


def _why_not(
    character: Character, maker: Recipe, credits: int, balance: int, plan: Plan
) -> WhyNot | None:
    """Asked of the very rules that refuse, so that page and service cannot differ."""
    try:
        _require_open(character, maker)
        _require_room(character, maker, plan)
        if credits > balance:
            raise InsufficientCredits(needed=credits, balance=balance)
    except DomainError as error:
        return WhyNot(error.code, error.message)
    return None


def request_generation(
    *,
    character: Character,
    recipe: str,
    options: Mapping[str, Any],
    request_key: str,
    quote: str = "",
) -> GenerationJob:
    """Charge and queue one job; the returned job may already exist (`is_repeat` says so).

    With a `quote` (of an Offer) exactly what it says is charged, or nothing: QuoteRefused then
    carries the offer of now. Without one it is the price of now.

    The same `request_key` (1–80 characters, per owner) with the same body returns the first
    job and charges nothing; with another body it raises RequestKeyReused. Raises InvalidInput
    naming the field, NotReady, TextRefused, UnsupportedOption, InsufficientCredits,
    TooManyWaiting, GenerationPaused, QuoteRefused. Whatever is raised, nothing was charged.
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
    requests = _requests(character, maker, parsed, provider.capabilities)
    for request in requests:
        provider.check(request)
    plan = current_plan(character.owner)
    try:
        promise = _read_quote(quote, character, maker) if quote else None
        return _create_job(
            _Order(
                character,
                maker,
                parsed,
                requests,
                request_key,
                digest,
                plan,
                provider=settings.DEFAULT_IMAGE_PROVIDER,
                expected=_promised(promise, character, plan, len(requests)),
                promise=promise,
                substitutes=_named(promise, requests),
            )
        )
    except QuoteRefused as refused:
        raise _with_offer(refused, _offer(character, maker, parsed)) from refused


def _read_quote(token: str, character: Character, maker: Recipe) -> Promise:
    promise = quotes.read(token)
    promise.require_for(
        owner=str(character.owner_id), character=str(character.pk), recipe=maker.slug
    )
    return promise


def _promised(
    promise: Promise | None, character: Character, plan: Plan, count: int
) -> Expected | None:
    """What the owner was told before, if anything was."""
    if promise is None:
        return _expected(character.owner, plan, settings.DEFAULT_IMAGE_PROVIDER, count)
    return Expected(*promise.expected) if promise.expected else None


def _named(promise: Promise | None, requests: Sequence[ImageRequest]) -> tuple[str, ...]:
    """Whom the owner was told of before, if anybody, as far as they can make it now."""
    named = promise.may_substitute if promise else ()
    return _able(named, settings.DEFAULT_IMAGE_PROVIDER, requests) if named else ()


def _with_offer(refused: QuoteRefused, offer: Offer) -> QuoteRefused:
    price = f"It is {offer.credits:,} credits now" if offer.credits else "It is free now"
    words = f"{refused.message} {price}. Nothing was charged; send it again if that is right."
    told = type(refused)(words, field="quote")
    told.offer = offer
    return told


def retry_job(*, job: GenerationJob) -> GenerationJob:
    """A new job for what this one did not deliver, at the price that was given back for it.

    Sends the very same requests. Repeating returns the same new job. Raises Conflict when
    the job is under way or delivered everything, and what `request_generation` raises.
    """
    if job.status not in ENDED or not job.missing_count:
        raise Conflict("There is nothing to try again.")
    _require_paid(job)
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
    plan = current_plan(job.owner)
    return _create_job(
        _Order(
            job.character,
            maker,
            job.options,
            requests,
            request_key,
            digest,
            plan,
            provider=job.provider,
            expected=_expected(job.owner, plan, job.provider, len(requests)),
            credits=job.credits_refunded,
            version=job.version,
            substitutes=_able(job.substitutes or (), job.provider, requests),
        )
    )


def order_again(
    *,
    job: GenerationJob,
    provider: str,
    recipe: str,
    options: Mapping[str, Any],
    requests: list[ImageRequest],
    request_key: str,
    about: Mapping[str, str],
    credits: int,
    inside: Callable[[GenerationJob], None] | None = None,
) -> GenerationJob:
    """A new job with these very requests at `provider`, for the character of `job` and for
    `credits`.

    `about` names what it repeats, so that one key means one thing; `inside` joins the
    transaction that creates the job. Raises what `request_generation` raises.
    """
    digest = _digest(job.character, recipe, about)
    existing = _find_repeat(job.owner, request_key, digest)
    if existing:
        return existing
    maker = _recipe(recipe)
    _require_open(job.character, maker)
    screen(job.character, options)
    for request in requests:
        providers[provider].check(request)
    plan = current_plan(job.owner)
    return _create_job(
        _Order(
            job.character,
            maker,
            options,
            requests,
            request_key,
            digest,
            plan,
            provider=provider,
            expected=_expected(job.owner, plan, provider, len(requests)),
            credits=credits,
            version=job.version,
            inside=inside,
        )
    )


def cancel_job(*, job: GenerationJob) -> GenerationJob:
    """Take back what was not delivered: it is refunded when the job ends, which is now unless
    something has to be stopped at the provider first. Canceling twice is harmless.

    Raises Conflict when the job ended in another way.
    """
    with transaction.atomic():
        job = lock_job(job.pk)
        if job.status in (JobStatus.CANCELED, JobStatus.CANCELING):
            return job
        if job.status not in LIVE:
            raise Conflict("This job has already ended.")
        transition(job, JobStatus.CANCELING, JOB_TRANSITIONS)
        freed = _cancel_items(job)
        settle(job)
        if job.status == JobStatus.CANCELING:
            tell(job, "generation.job.canceling")
        for provider in sorted(freed):
            enqueue(DISPATCH, provider)
    return job


def mark_job_seen(*, job: GenerationJob) -> None:
    """Its owner looks at how it ended, so no mail needs to tell them. Before its end nothing is
    changed, and the first look counts."""
    if job.is_live or job.seen_at:
        return
    job.seen_at = timezone.now()
    GenerationJob.objects.filter(pk=job.pk, seen_at=None).update(seen_at=job.seen_at)


def _require_paid(job: GenerationJob) -> None:
    """What was free is counted where it is given: a retry would be free beyond that count."""
    if job.credits_charged:
        return
    if job.recipe == "base_faces":
        raise Conflict("Draw faces again on the character's page; the price is shown there.")
    raise Conflict("This one was free. Ask for a new try on the picture's page.")


def _cancel_items(job: GenerationJob) -> set[str]:
    """What no provider can have ends here; the rest loses its worker and is stopped there. At
    which providers there is room now."""
    freed: set[str] = set()
    live = job.items.filter(status__in=ITEM_LIVE)
    for item in live.order_by("id").select_for_update(no_key=True):
        freed.add(item.provider)
        if item.status == ItemStatus.QUEUED or item.submit_started_at is None:
            move_item(item, ItemStatus.CANCELED, finished_at=timezone.now())
        elif item.status != ItemStatus.CANCELING:
            now = timezone.now()
            move_item(item, ItemStatus.CANCELING, next_check_at=now, enqueued_at=now, attempts=0)
            enqueue(CANCEL_ITEM, item.pk)
    return freed


def cancel_all_of(*, user: User) -> None:
    """Part of closing an account; joins its transaction. Providers are not waited for: rows
    and pictures go, and what they still make is never fetched."""
    live = GenerationJob.objects.owned_by(user).live().order_by("pk")
    jobs = list(live.select_for_update(of=("self",), no_key=True).select_related("character"))
    items = JobItem.objects.filter(job__in=jobs, status__in=ITEM_LIVE).order_by("id")
    for item in list(items.select_for_update(of=("self",), no_key=True)):
        move_item(item, ItemStatus.CANCELED, finished_at=timezone.now())
    # The account and the characters before the first job tells of its end: events come last.
    CreditAccount.objects.select_for_update(no_key=True).filter(user=user).first()
    characters_ = Character.objects.owned_by(user).order_by("pk")
    list(characters_.select_for_update(of=("self",), no_key=True).values_list("pk"))
    for job in jobs:
        end_job(job, JobStatus.CANCELED)


# --- What providers have -----------------------------------------------------------------------


def ask_all_providers() -> None:
    """Have every provider of the settings asked what it has now."""
    for alias in providers.aliases:
        enqueue(SYNC_PROVIDER, alias)


def sync_provider(alias: str) -> Mapping[str, str]:
    """Ask one; what it offers, with the reason why it cannot be had. One that does not answer,
    or is not in the settings any more, keeps what was known of it."""
    try:
        return providers[alias].sync() if alias in providers else {}
    except ProviderError as error:
        log.warning("provider not asked", extra={"provider": alias, "code": error.code})
        return {}


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
    character: Character, maker: Recipe, options: Mapping[str, Any], can: Capabilities
) -> list[ImageRequest]:
    return maker.requests(character, options, random.SystemRandom(), can)


def _undelivered(job: GenerationJob) -> list[ImageRequest]:
    missing = job.items.exclude(status=ItemStatus.SUCCEEDED).order_by("position")
    return [request_from_json(item.request, external_key="") for item in missing]


@dataclass(frozen=True, slots=True)
class _Order:
    """A checked request on its way to becoming a job; `credits` None means the recipe's price,
    or what `promise` says; `substitutes` are whom that named. `version` is the look of the
    requests that are sent once more; others are of the character as it is here."""

    character: Character
    maker: Recipe
    options: Mapping[str, Any]
    requests: list[ImageRequest]
    request_key: str
    digest: str
    plan: Plan
    provider: str
    expected: Expected | None
    promise: Promise | None = None
    credits: int | None = None
    version: int | None = None
    inside: Callable[[GenerationJob], None] | None = None
    substitutes: tuple[str, ...] = ()

    @property
    def is_repeat(self) -> bool:
        """Of a request that was stored with its look."""
        return self.credits is not None


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
    owner = order.character.owner
    fair_share.join(owner=owner, provider=order.provider, plan=order.plan)
    # One owner's requests take turns here, so that price and what is live are read as they are;
    # the plan is that of a moment ago.
    account = lock_account(owner)
    repeat = _find_repeat(owner, order.request_key, order.digest)
    if repeat:
        return repeat
    character = Character.objects.select_for_update(of=("self",), no_key=True).get(
        pk=order.character.pk
    )
    _require_open(character, order.maker)
    _require_room(character, order.maker, order.plan)
    if not order.is_repeat:
        versions.require_unchanged(order.character, character)
    job = _new_job(character, order)
    job.save(force_insert=True)
    versions.mark_drawn(character, job.version)
    if order.inside:
        order.inside(job)
    JobItem.objects.bulk_create(_new_items(job, order))
    if order.maker.image_kind == Image.Kind.BASE_FACE and not job.credits_charged:
        FreeDraw.objects.get_or_create(
            owner_id=character.owner_id, character_id=character.pk, defaults={"job_id": job.pk}
        )
    if job.credits_charged:
        ledger.charge_locked(
            account, job.credits_charged, key=f"job:{job.pk}:charge", reference=reference(job)
        )
    characters.begin_generation(character=character)
    enqueue(DISPATCH, job.provider)
    tell(job, "generation.job.queued")
    before = account.balance + job.credits_charged
    tell_if_low(user=owner, plan=order.plan, before=before, after=account.balance)
    return job


def _new_job(character: Character, order: _Order) -> GenerationJob:
    expected = order.expected
    return GenerationJob(
        pk=new_id(),
        owner=order.character.owner,
        character=character,
        recipe=order.maker.slug,
        version=order.version if order.is_repeat else order.character.version,
        provider=order.provider,
        substitutes=list(order.substitutes) or None,
        request_key=order.request_key,
        request_hash=order.digest,
        options=dict(order.options),
        count=len(order.requests),
        credits_charged=_price_of(character, order),
        promised_low_s=expected.low_s if expected else None,
        promised_high_s=expected.high_s if expected else None,
    )


def _price_of(character: Character, order: _Order) -> int:
    if order.credits is not None:
        return order.credits
    price = order.maker.quote(character, order.options)
    if order.promise is None:
        return price.credits
    return order.promise.price_of(
        credits=price.credits, count=price.count, provider=order.provider, digest=order.digest
    )


def _new_items(job: GenerationJob, order: _Order) -> list[JobItem]:
    return [
        JobItem(
            job=job,
            owner_id=job.owner_id,
            provider=job.provider,
            position=position,
            request=request_to_json(request),
        )
        for position, request in enumerate(order.requests)
    ]


def _require_room(character: Character, maker: Recipe, plan: Plan) -> None:
    live = GenerationJob.objects.live().filter(owner_id=character.owner_id)
    room = plan.waiting_jobs + plan.images_at_once
    if live.count() >= room:
        raise TooManyWaiting(
            f"Your plan makes {room} requests at once. Wait for one to end; nothing was charged."
        )
    if not maker.needs_face and live.filter(character=character, recipe=maker.slug).exists():
        raise Conflict("Faces for this character are already being drawn.")
