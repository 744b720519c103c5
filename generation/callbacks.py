"""Providers that call back: a doorbell, never a message.

The address we hand out carries a secret of its own for each picture, so that a callback finds its
item and a stranger finds nothing. Where a vendor signs, its signature is checked as well. What
then happens is only that the item is looked at now instead of later: `poll` asks the provider and
believes nothing of what the callback said. The one thing taken from it is the provider's id of a
request whose answer was lost, and even that is asked about before anything comes of it. So
callbacks may be repeated, come out of order, or not at all.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from generation.dispatch import RUN_ITEM
from generation.models import JobItem
from generation.recipes.base import request_from_json
from generation.services import providers
from generation.states import AT_WORK, IN_FLIGHT, ITEM_TRANSITIONS, ItemStatus
from ryla.lib.errors import DomainError, NotFound
from ryla.lib.queue import enqueue
from ryla.lib.states import try_transition

log = logging.getLogger(__name__)

_SALT = "generation.callbacks"
_EXTERNAL_ID_MAX = 120  # what provenance can hold
# Vendors repeat for hours, but a repeat rings at nothing new only while nothing else happened.
_HEARD_S = 600


class TooEarly(DomainError):
    """The answer to the very submit is still under way; the vendor calls again."""

    code = "too_early"
    status = 503
    message = "Call again in a moment."


def url_for(item: JobItem) -> str:
    """Where the item's provider may ring; empty where nobody outside can reach us."""
    origin = settings.PROVIDER_CALLBACK_ORIGIN
    if not origin:
        return ""
    path = reverse("generation:provider_callback", args=(item.provider, token_for(item)))
    return f"{origin}{path}"


def token_for(item: JobItem) -> str:
    return _signer(item.provider).sign(str(item.pk))


def item_of(alias: str, token: str) -> UUID:
    """Raises NotFound for every token that is not ours, and for another provider's."""
    if alias not in providers:
        raise NotFound
    try:
        return UUID(_signer(alias).unsign(token))
    except (BadSignature, ValueError) as error:
        raise NotFound from error


def _signer(alias: str) -> Signer:
    return Signer(salt=f"{_SALT}:{alias}")


def ring(*, alias: str, item_id: UUID, headers: Mapping[str, str], body: bytes) -> bool:
    """A callback came for this item. True when that changed when it is looked at.

    Raises ForgedCallback, having changed nothing; ProviderError when the signature cannot be
    checked now, and TooEarly: the vendor then repeats it.
    """
    named = [
        id_
        for id_ in providers[alias].read_callback(headers, body)
        if 0 < len(id_) <= _EXTERNAL_ID_MAX
    ]
    heard = _name_of(item_id, headers, body)
    if cache.get(heard):
        return False
    rung = _ring(alias, item_id, named)
    cache.set(heard, True, _HEARD_S)
    return rung


def _name_of(item_id: UUID, headers: Mapping[str, str], body: bytes) -> str:
    """One name for a callback and its repeats: the vendor's own where it gives one."""
    said = headers.get("webhook-id", "").encode() or body
    return f"callback:{item_id}:{hashlib.sha256(said).hexdigest()}"


@transaction.atomic
def _ring(alias: str, item_id: UUID, named: Sequence[str]) -> bool:
    item = JobItem.objects.filter(pk=item_id, provider=alias, status__in=AT_WORK).first()
    if item is None:
        return False
    if item.ticket is not None:
        return _look_now(item, named)
    if item.submit_started_at is None or not named:
        return False
    if item.lease_id is not None:
        raise TooEarly
    return _adopt(item, named[0])


def _look_now(item: JobItem, named: Sequence[str]) -> bool:
    """An item in a worker's hands is being looked at already."""
    if named and (item.ticket or {}).get("external_id") not in named:
        log.warning("callback names another ticket", extra={"item": str(item.pk)})
        return False
    now = timezone.now()
    free = JobItem.objects.filter(
        pk=item.pk, status__in=AT_WORK, lease_id=None, ticket__isnull=False
    )
    if not free.update(next_check_at=now, enqueued_at=now):
        return False
    enqueue(RUN_ITEM, item.pk)
    return True


def _adopt(item: JobItem, external_id: str) -> bool:
    """The provider has it: the submit whose answer was lost had worked."""
    others = JobItem.objects.filter(provider=item.provider, status__in=IN_FLIGHT)
    if others.filter(ticket__external_id=external_id).exists():
        log.warning("callback names a taken ticket", extra={"item": str(item.pk)})
        return False
    request = request_from_json(item.request, external_key=str(item.pk))
    ticket = providers[item.provider].adopt(request, external_id)
    now = timezone.now()
    unheard = Q(lease_id=None, ticket__isnull=True, submit_started_at__isnull=False)
    if not try_transition(
        item,
        ItemStatus.SUBMITTED,
        ITEM_TRANSITIONS,
        where=unheard,
        ticket={"external_id": ticket.external_id, "data": dict(ticket.data)},
        submitted_at=now,
        next_check_at=now,
        enqueued_at=now,
        error_code="",
        error_message="",
    ):
        return False
    log.info("adopted by callback", extra={"item": str(item.pk)})
    enqueue(RUN_ITEM, item.pk)
    return True
