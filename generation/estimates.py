"""How long it takes, told from what it took: never a formula, and nothing without history.

A range is p50–p90 of playing the queue through with durations drawn from the provider's own
recent pictures: those in flight, those ahead, the provider's slots, the owner's share of them.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from billing.plans import Plan
from generation import fair_share
from generation.fair_share import Line
from generation.models import GenerationJob, JobItem
from generation.states import IN_FLIGHT, ItemStatus, JobStatus

_RECENT = 200
# Fewer say nothing about the slowest tenth.
_ENOUGH = 5
_PLAYS = 100
# Longer queues ahead are played to here; the rest moves at the average pace.
_PLAYED_AHEAD = 60
# What is read as a round figure: (below so many seconds, in steps of).
_STEPS = ((20, 1), (90, 5), (600, 30), (5400, 60), (float("inf"), 1800))


@dataclass(frozen=True, slots=True)
class Expected:
    """Seconds until the last picture is there: half are sooner than `low_s`, nine in ten sooner
    than `high_s`. Rounded to what a person reads: low down, high up."""

    low_s: int
    high_s: int

    @classmethod
    def of(cls, low_s: float, high_s: float) -> Expected:
        return cls(_rounded(low_s, up=False), _rounded(high_s, up=True))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a live job is. `ahead` counts the pictures before its first; None once one of its
    own was begun. `reason` says in words what it waits for, when that is not its turn and none of
    its own is at work."""

    ahead: int | None
    reason: str
    expected: Expected | None


def standing_of(job: GenerationJob) -> Standing | None:
    """None when the job has ended. Reads its items through `job.items.all()`."""
    if not job.is_live:
        return None
    items = sorted(job.items.all(), key=lambda item: item.pk)
    live = [item for item in items if item.is_live]
    if job.status == JobStatus.CANCELING or not live:
        return Standing(None, "", None)
    waiting = [item for item in live if item.status == ItemStatus.QUEUED]
    lines = {name: Line(name, job.owner_id) for name in sorted({item.provider for item in live})}
    line = lines[waiting[0].provider] if waiting else None
    stop = _why_stopped(line) if line else ""
    starts = all(item.status == ItemStatus.QUEUED for item in items)
    is_at_work = len(waiting) < len(live)
    return Standing(
        ahead=line.ahead_of(waiting[0]) if line and starts else None,
        reason=stop or (_why_capped(line, starts) if line and not is_at_work else ""),
        expected=None if stop else _rest_of(lines, live),
    )


def expected_for(*, line: Line, plan: Plan, count: int) -> Expected | None:
    """For `count` pictures asked for now. None when it is stopped or nothing is known."""
    if why_provider_stops(line):
        return None
    durations = history(line.provider)
    if not durations or line.is_owner_paused:
        return None
    ahead = line.ahead_of_next(weight=plan.images_at_once, count=count)
    busy, own_busy = _in_flight(line)
    load = _Load(
        slots=fair_share.slots_of(line.provider),
        cap=plan.images_at_once,
        busy_others=busy - own_busy,
        busy_own=own_busy,
        ahead_others=max(0, ahead - line.waiting - count + 1),
        ahead_own=line.waiting,
        count=count,
    )
    return _expect(load, durations)


def why_provider_stops(line: Line) -> str:
    """Why nothing new starts there, in words; "" while it goes on."""
    if settings.GENERATION_HALTED:
        return "Paused for maintenance. What waits keeps its place."
    lane = line.lane
    if lane is None:
        return ""
    if lane.is_paused:
        why = lane.paused_reason.rstrip(". ")
        return f"Paused{f': {why}' if why else ''}. What waits keeps its place."
    if _is_shut(lane.closed_until):
        return "The image service does not answer just now. It is tried again by itself."
    if fair_share.asks_for_long_pause(lane):
        return "The image service asks for a pause. It goes on by itself."
    return ""


# As figures: rows turned into objects and times cost more than the query.
_HISTORY = """
SELECT extract(epoch FROM finished_at - claimed_at)::float8 FROM generation_jobitem
WHERE provider = %s AND status = 'succeeded' AND claimed_at IS NOT NULL
ORDER BY finished_at DESC LIMIT %s
"""


def history(provider: str) -> list[float]:
    """Seconds from claim to delivery of the provider's latest pictures; [] if too few."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [provider, _RECENT])
        durations = [seconds for (seconds,) in cursor.fetchall()]
    return durations if len(durations) >= _ENOUGH else []


# --- What stands in the way ----------------------------------------------------------------------


def _is_shut(until: datetime | None) -> bool:
    return until is not None and until > timezone.now()


def _why_stopped(line: Line) -> str:
    stop = why_provider_stops(line)
    if not stop and line.is_owner_paused:
        stop = "Your pictures are paused by the staff of this site. What waits keeps its place."
    return stop


def _why_capped(line: Line, starts: bool) -> str:
    queue = line.queue
    if queue is None or queue.in_flight < queue.cap:
        return ""
    then = " This starts when one before it is done." if starts else ""
    return f"Your plan makes {queue.cap} at a time.{then}"


# --- Playing it through --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Load:
    """What there is to do until `count` pictures of one owner are done, besides those of them
    that have been at work for `elapsed` seconds each."""

    slots: int
    cap: int
    busy_others: int
    busy_own: int
    ahead_others: int
    ahead_own: int
    count: int
    elapsed: tuple[float, ...] = ()


def _rest_of(lines: Mapping[str, Line], live: Sequence[JobItem]) -> Expected | None:
    """Until the slowest is done, where some were moved to another provider."""
    told = [_rest_at(line, [i for i in live if i.provider == name]) for name, line in lines.items()]
    known = [expected for expected in told if expected]
    if len(known) < len(told):
        return None
    return Expected(max(e.low_s for e in known), max(e.high_s for e in known))


def _rest_at(line: Line, live: Sequence[JobItem]) -> Expected | None:
    durations = history(line.provider) if line.provider in settings.IMAGE_PROVIDERS else []
    if not durations or line.queue is None:
        return None
    waiting = [item for item in live if item.status == ItemStatus.QUEUED]
    now = timezone.now()
    at_work = [item.claimed_at for item in live if item.status in IN_FLIGHT and item.claimed_at]
    elapsed = tuple((now - claimed_at).total_seconds() for claimed_at in at_work)
    own = line.own_before(waiting[-1]) if waiting else 0
    ahead_own = max(0, own - (len(waiting) - 1)) if waiting else 0
    busy, own_busy = _in_flight(line)
    load = _Load(
        slots=fair_share.slots_of(line.provider),
        cap=line.queue.cap,
        busy_others=busy - own_busy,
        busy_own=max(0, own_busy - len(elapsed)),
        ahead_others=max(0, line.ahead_of(waiting[-1]) - own) if waiting else 0,
        ahead_own=ahead_own,
        count=len(waiting),
        elapsed=elapsed,
    )
    return _expect(load, durations)


def _in_flight(line: Line) -> tuple[int, int]:
    """Of everybody, and of this owner."""
    rows = JobItem.objects.filter(provider=line.provider, status__in=IN_FLIGHT)
    own = Count("pk", filter=Q(owner_id=line.owner_id))
    counts = rows.aggregate(all=Count("pk"), own=own)
    return counts["all"], counts["own"]


def _expect(load: _Load, durations: Sequence[float]) -> Expected | None:
    told = _range(load, durations)
    return Expected.of(*told) if told else None


def _range(load: _Load, durations: Sequence[float]) -> tuple[float, float] | None:
    """p50 and p90; None when it has gone on for longer than anything known."""
    rests = [[d - elapsed for d in durations if d > elapsed] for elapsed in load.elapsed]
    if not all(rests):
        return None
    # The same load is told the same range: a figure that flickers helps nobody.
    rng = random.Random(0)  # noqa: S311 (an estimate, not a secret)
    ends = sorted(_play(load, durations, rests, rng) for _ in range(_PLAYS))
    return ends[_PLAYS // 2], ends[_PLAYS * 9 // 10]


def _play(
    load: _Load, durations: Sequence[float], rests: Sequence[Sequence[float]], rng: random.Random
) -> float:
    """One way it could go: when the last of ours is done, in seconds from now."""
    ours = [rng.choice(rest) for rest in rests]
    own = [rng.choice(durations) * rng.random() for _ in range(load.busy_own)]
    ahead_others = min(load.ahead_others, _PLAYED_AHEAD)
    ahead_own = min(load.ahead_own, _PLAYED_AHEAD)
    # Where there is room for all, the others are in nobody's way: a provider with thousands of
    # places is not played through.
    most = len(ours) + len(own) + load.busy_others + ahead_others + ahead_own + load.count
    busy_others = 0 if load.slots >= most else load.busy_others
    others = [rng.choice(durations) * rng.random() for _ in range(busy_others)]
    slots = _free_at([*ours, *own, *others], min(load.slots, most))
    share = _free_at([*ours, *own], min(load.cap, most))
    for _ in range(ahead_others):
        heapq.heapreplace(slots, slots[0] + rng.choice(durations))
    pace = sum(durations) / len(durations) / load.slots
    late = max(0, load.ahead_others - _PLAYED_AHEAD) * pace
    own_pace = sum(durations) / len(durations) / min(load.cap, load.slots)
    late += (load.ahead_own - ahead_own) * own_pace
    for number in range(ahead_own + load.count):
        done = max(slots[0] + late, share[0]) + rng.choice(durations)
        heapq.heapreplace(slots, done - late)
        heapq.heapreplace(share, done)
        if number >= ahead_own:
            ours.append(done)
    return max(ours, default=0.0)


def _free_at(busy_until: Sequence[float], places: int) -> list[float]:
    """When each place is free, as a heap; more at work than there are places share the last."""
    free = sorted([*busy_until, *[0.0] * places])[-places:] if busy_until else [0.0] * places
    heapq.heapify(free)
    return free


def _rounded(seconds: float, *, up: bool) -> int:
    step = next(step for below, step in _STEPS if seconds < below)
    steps = int(seconds // step)
    if up and seconds > steps * step:
        steps += 1
    return max(1, steps * step)
