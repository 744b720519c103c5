"""Whose picture is next: start-time fair queueing over owners, one clock per provider.

Each owner has a virtual time that rises by `STRIDE / weight` with every claim, and the lowest
waiting one is next. Who joins after a pause starts at the provider's clock, neither owed nor
owing anything. So one owner's ten thousand pictures delay another's first by one slot at
most, a larger plan gets proportionally more turns, and nobody starves: while somebody waits,
everybody else's time rises past theirs. A claim reads the first row of two partial indexes,
whatever the number of rows behind them.

Source: P. Goyal, H. Vin, H. Cheng, "Start-time Fair Queueing", SIGCOMM 1996.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from billing.plans import Plan
from generation.models import JobItem, OwnerQueue, ProviderLane
from generation.states import IN_FLIGHT, ITEM_TRANSITIONS, ItemStatus
from ryla.lib.ids import new_id
from ryla.lib.states import try_transition

STRIDE = 1_000_000
_BATCH = 32
_BREAKER_TRIPS_AT = 5
_BREAKER_S = 30
# A provider that asks for a pause gets at least this one; a longer one than `_LONG_S` counts as
# if nothing started there at all.
_PAUSE_AT_LEAST_S = 5
_LONG_S = 30
# Claims come every other second at the least, so that fewer at once would cost pace.
_BURST_S = 4

# The clock is read without the lane's lock: a claim at the same moment makes it one stride
# old at most. GREATEST lets nobody come back into the past and be served ahead.
_JOIN = """
INSERT INTO generation_ownerqueue
  (id, owner_id, provider, weight, cap, waiting, in_flight, virtual_time, is_paused)
VALUES (%(id)s, %(owner)s, %(provider)s, %(weight)s, %(cap)s, 0, 0,
  COALESCE((SELECT virtual_time FROM generation_providerlane WHERE provider = %(provider)s), 0),
  EXISTS (SELECT 1 FROM generation_ownerqueue WHERE owner_id = %(owner)s AND is_paused))
ON CONFLICT (owner_id, provider) DO UPDATE SET
  weight = excluded.weight,
  cap = excluded.cap,
  virtual_time = CASE
    WHEN generation_ownerqueue.waiting = 0
    THEN GREATEST(generation_ownerqueue.virtual_time, excluded.virtual_time)
    ELSE generation_ownerqueue.virtual_time END
"""


def join(*, owner: User, provider: str, plan: Plan) -> None:
    """Lock the owner's queue in the caller's transaction, about to add items to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _JOIN,
            {
                "id": new_id(),
                "owner": owner.pk,
                "provider": provider,
                "weight": plan.images_at_once,
                "cap": plan.images_at_once,
            },
        )


def claim(provider: str) -> list[UUID]:
    """Give the provider's free slots to whoever is next, as fast as it takes them; the claimed
    items' ids. A claim is followed by one submit, so claims are what its pace is measured by:
    whatever is too much now stays in its queue."""
    with transaction.atomic():
        lane = _lock_lane(provider)
        now = timezone.now()
        free = min(_free_slots(lane), _submits_left(lane, now), _BATCH)
        claimed: list[UUID] = []
        while len(claimed) < free and (pk := _claim_one(lane)):
            claimed.append(pk)
        if claimed:
            changes = {"virtual_time": lane.virtual_time, **_counted(lane, now, len(claimed))}
            ProviderLane.objects.filter(pk=provider).update(**changes)
    return claimed


def _lock_lane(provider: str) -> ProviderLane:
    lane = ProviderLane.objects.select_for_update(no_key=True).filter(pk=provider).first()
    if lane is None:
        ProviderLane.objects.bulk_create([ProviderLane(provider=provider)], ignore_conflicts=True)
        lane = ProviderLane.objects.select_for_update(no_key=True).get(pk=provider)
    return lane


def slots_of(provider: str) -> int:
    """How many pictures this provider makes at once, over all owners (setting SLOTS)."""
    slots: int = settings.IMAGE_PROVIDERS[provider].get("SLOTS", settings.PROVIDER_SLOTS)
    return slots


def _free_slots(lane: ProviderLane) -> int:
    if lane.is_paused or settings.GENERATION_HALTED or _is_ahead(lane.slowed_until):
        return 0
    slots = slots_of(lane.provider)
    if lane.closed_until:
        if _is_ahead(lane.closed_until):
            return 0
        slots = 1  # half open: one tries, and its outcome decides
    busy = JobItem.objects.filter(provider=lane.provider, status__in=IN_FLIGHT)
    return max(0, slots - busy.exclude(_unheard()).count())


def _unheard() -> Q:
    """Submits whose outcome nobody knows: a burst of them must not close the provider to all."""
    waits = Q(status=ItemStatus.CLAIMED, lease_id=None, ticket__isnull=True)
    return waits & Q(submit_started_at__isnull=False, next_check_at__gt=timezone.now())


def _claim_one(lane: ProviderLane) -> UUID | None:
    """A queue that is locked is skipped: whoever holds it asks for a claim when done. One whose
    items are all locked is passed over, so that it does not hold up the others."""
    passed_over: list[UUID] = []
    while queue := _next_queue(lane, passed_over):
        item = _first_item(queue)
        if item is None:
            passed_over.append(queue.pk)
            continue
        now = timezone.now()
        try_transition(item, ItemStatus.CLAIMED, ITEM_TRANSITIONS, claimed_at=now, enqueued_at=now)
        lane.virtual_time = max(lane.virtual_time, queue.virtual_time)
        OwnerQueue.objects.filter(pk=queue.pk).update(
            virtual_time=F("virtual_time") + STRIDE // queue.weight
        )
        return item.pk
    return None


def _next_queue(lane: ProviderLane, passed_over: list[UUID]) -> OwnerQueue | None:
    return (
        OwnerQueue.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(provider=lane.provider, waiting__gt=0, is_paused=False, in_flight__lt=F("cap"))
        .exclude(pk__in=passed_over)
        .order_by("virtual_time")
        .first()
    )


def _first_item(queue: OwnerQueue) -> JobItem | None:
    ready = _ready().filter(provider=queue.provider, owner_id=queue.owner_id).order_by("id")
    return ready.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()


# --- Where somebody stands ----------------------------------------------------------------------


class Line:
    """One owner before one provider: its queue and the lane, each read once, when first asked
    for."""

    def __init__(self, provider: str, owner_id: UUID) -> None:
        self.provider = provider
        self.owner_id = owner_id
        self._own_before: dict[UUID, int] = {}

    @cached_property
    def lane(self) -> ProviderLane | None:
        return ProviderLane.objects.filter(pk=self.provider).first()

    @cached_property
    def queue(self) -> OwnerQueue | None:
        queues = OwnerQueue.objects.filter(owner_id=self.owner_id, provider=self.provider)
        return queues.first()

    @property
    def waiting(self) -> int:
        """How many pictures of the owner could be claimed, were it their turn."""
        return self.queue.waiting if self.queue else 0

    @property
    def is_owner_paused(self) -> bool:
        return self.queue is not None and self.queue.is_paused

    def ahead_of(self, item: JobItem) -> int:
        """How many waiting pictures are likely to be claimed before this one of the owner.
        Theirs may end or new ones join, so it is an estimate; it is exact while nobody comes or
        goes."""
        if self.queue is None or item.status != ItemStatus.QUEUED:
            return 0
        own = self.own_before(item)
        return own + self._others_before(self.queue.virtual_time + self._turns(own))

    def own_before(self, item: JobItem) -> int:
        """Those of the owner before this one."""
        if item.pk not in self._own_before:
            ready = _ready().filter(provider=self.provider, owner_id=self.owner_id)
            self._own_before[item.pk] = ready.filter(pk__lt=item.pk).count()
        return self._own_before[item.pk]

    def ahead_of_next(self, *, weight: int, count: int = 1) -> int:
        """As `ahead_of`, for the last of `count` pictures that the owner would ask for now."""
        own = self.waiting + count - 1
        start = self.queue.virtual_time if self.queue else 0
        if not self.waiting:  # as `join` would have it
            start = max(start, self.lane.virtual_time if self.lane else 0)
        return own + self._others_before(start + own * (STRIDE // weight))

    def _turns(self, count: int) -> int:
        return count * (STRIDE // self.queue.weight) if self.queue else 0

    def _others_before(self, turn: int) -> int:
        return _others_before(turn, provider=self.provider, owner_id=self.owner_id)


def _others_before(turn: int, *, provider: str, owner_id: UUID) -> int:
    """Waiting pictures of other owners whose turn comes before that time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT COALESCE(sum(LEAST(waiting, (%s - virtual_time) * weight / %s + 1)), 0)
            FROM generation_ownerqueue
            WHERE provider = %s AND waiting > 0 AND NOT is_paused AND owner_id <> %s
              AND virtual_time <= %s
            """,
            [turn, STRIDE, provider, owner_id, turn],
        )
        return int(cursor.fetchone()[0])


def waiting_at(provider: str) -> int:
    total = OwnerQueue.objects.filter(provider=provider, waiting__gt=0).aggregate(n=Sum("waiting"))
    return total["n"] or 0


def _ready() -> QuerySet[JobItem]:
    return JobItem.objects.filter(status=ItemStatus.QUEUED, next_check_at=None)


# --- A provider's pace --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rate:
    """How many submits a provider takes in a minute, and how many of them at once."""

    per_minute: float
    burst: float


def rate_of(provider: str) -> Rate | None:
    """Of the setting PROVIDER_RATES; None where there is no limit but the slots."""
    rate = settings.PROVIDER_RATES.get(provider)
    if not rate:
        return None
    per_minute = float(rate["per_minute"])
    usual = max(1, math.ceil(per_minute * _BURST_S / 60))
    return Rate(per_minute, max(1.0, float(rate.get("burst", usual))))


def _submits_left(lane: ProviderLane, now: datetime) -> int:
    rate = rate_of(lane.provider)
    return math.floor(_bucket(lane, rate, now)) if rate else _BATCH


def _bucket(lane: ProviderLane, rate: Rate, now: datetime) -> float:
    """A token bucket, kept with the lane: losing Redis does not fill it."""
    if lane.submits_left is None or lane.submits_counted_at is None:
        return rate.burst
    elapsed_s = max(0.0, (now - lane.submits_counted_at).total_seconds())
    return min(rate.burst, lane.submits_left + elapsed_s * rate.per_minute / 60)


def _counted(lane: ProviderLane, now: datetime, submits: int) -> dict[str, object]:
    """What is to be written of the bucket after so many; nothing where there is no limit."""
    rate = rate_of(lane.provider)
    if rate is None:
        return {}
    counted_at = max(now, lane.submits_counted_at or now)  # it may lie at the end of a pause
    left = _bucket(lane, rate, now) - submits
    return {"submits_left": left, "submits_counted_at": counted_at}


def count_submit(provider: str) -> None:
    """One that no claim stands for: a repeat of a submit that did not arrive. It is not held up,
    the next ones are."""
    if rate_of(provider) is None:
        return
    with transaction.atomic():
        lane = _lock_lane(provider)
        ProviderLane.objects.filter(pk=provider).update(**_counted(lane, timezone.now(), 1))


def slow_down(provider: str, seconds: float) -> None:
    """The provider asked for a pause: nothing is claimed for it until then, and afterwards no
    faster than its rate. A shorter pause never ends a longer one."""
    until = timezone.now() + timedelta(seconds=max(seconds, _PAUSE_AT_LEAST_S))
    with transaction.atomic():
        _lock_lane(provider)
        earlier = Q(slowed_until=None) | Q(slowed_until__lt=until)
        ProviderLane.objects.filter(earlier, pk=provider).update(
            slowed_until=until, submits_left=0, submits_counted_at=until
        )


# --- Pauses and the circuit breaker -------------------------------------------------------------


def pause_provider(provider: str, *, reason: str) -> None:
    """Nothing more is claimed for it; what is under way goes on. `reason` is shown to users."""
    _change_lane(provider, is_paused=True, paused_reason=reason[:200])


def resume_provider(provider: str) -> None:
    changes = {"is_paused": False, "paused_reason": "", "closed_until": None, "slowed_until": None}
    _change_lane(provider, **changes)


def is_stopped(provider: str) -> bool:
    """Whether nothing starts there, and not only for a moment: it is paused, its circuit is
    open, it asked for a long pause, or it is not in the settings any more."""
    if provider not in settings.IMAGE_PROVIDERS:
        return True
    lane = ProviderLane.objects.filter(pk=provider).first()
    return lane is not None and (
        lane.is_paused or _is_ahead(lane.closed_until) or asks_for_long_pause(lane)
    )


def asks_for_long_pause(lane: ProviderLane) -> bool:
    return _is_ahead(lane.slowed_until, by_s=_LONG_S)


def _is_ahead(at: datetime | None, by_s: float = 0) -> bool:
    return at is not None and at > timezone.now() + timedelta(seconds=by_s)


def pause_owner(owner: User) -> None:
    OwnerQueue.objects.filter(owner=owner).update(is_paused=True)


def resume_owner(owner: User) -> None:
    OwnerQueue.objects.filter(owner=owner).update(is_paused=False)


def _change_lane(provider: str, **changes: object) -> None:
    with transaction.atomic():
        _lock_lane(provider)
        ProviderLane.objects.filter(pk=provider).update(**changes)


def note_success(provider: str) -> None:
    """Costs no write while all goes well."""
    ProviderLane.objects.filter(pk=provider).filter(
        Q(failures_in_a_row__gt=0) | Q(closed_until__isnull=False)
    ).update(failures_in_a_row=0, closed_until=None)


def note_failure(provider: str) -> bool:
    """Of the provider itself, not of one request. True when this one opened the breaker."""
    until = timezone.now() + timedelta(seconds=_BREAKER_S)
    ProviderLane.objects.filter(pk=provider).update(failures_in_a_row=F("failures_in_a_row") + 1)
    return bool(
        ProviderLane.objects.filter(pk=provider, failures_in_a_row__gte=_BREAKER_TRIPS_AT)
        .filter(Q(closed_until=None) | Q(closed_until__lt=timezone.now()))
        .update(closed_until=until)
    )
