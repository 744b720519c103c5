"""The instants of the engine's life at which something may die, and the trap laid at one of them.

The real functions are wrapped once, before the processes are forked. Memory that all of them
share says which instant is meant now; whoever comes to it tells the parent and waits, until it is
killed or told to go on.
"""

from __future__ import annotations

import functools
import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from billing import ledger
from characters import images
from generation import (
    callbacks,
    ending,
    failover,
    fair_share,
    pipeline,
    provenance,
    services,
    sweeper,
)
from generation.dispatch import DISPATCH, RUN_ITEM
from generation.models import GenerationJob
from generation.states import ItemStatus
from ryla.lib import queue
from ryla.lib.storage import WholeFileStorage
from tests.chaos.vendor import Vendor

BEFORE, WITHIN, AFTER = "before", "within", "after"
WEB, WORKER = "web", "worker"
SLEEPER = "sleeper"  # a worker that sleeps past its lease


def _always(result: Any, *args: Any, **kwargs: Any) -> bool:
    return True


def _with_result(result: Any, *args: Any, **kwargs: Any) -> bool:
    return bool(result)


def _sends(task: str) -> Callable[..., bool]:
    return lambda result, name, ids: name == task


def _stores(ending_: str) -> Callable[..., bool]:
    return lambda result, storage, name, content: name.endswith(ending_)


def _keeps_ticket(result: Any, item: Any, to: str, **changes: Any) -> bool:
    return to == ItemStatus.SUBMITTED


def _nothing_lives(result: Any, *args: Any) -> bool:
    return not GenerationJob.objects.live().exists()


@dataclass(frozen=True, slots=True)
class Point:
    """`when` is before or after the step as a whole, or within its transaction. It is met as
    `where.name` is called (`edge` before) or returns, by the process `by`, if `holds`.

    `story` says what a round must be about to get there; `is_per_picture`: each picture that is
    delivered comes by once at least.
    """

    step: str
    when: str
    by: str
    where: Any
    name: str
    edge: str
    story: str = "plain"
    holds: Callable[..., bool] = _always
    is_per_picture: bool = False

    @property
    def can_be_slept_at(self) -> bool:
        """By a worker with a picture in its hands, and nothing locked. Not right before a call to
        the provider that buys: no lease reaches there, so it may be bought twice."""
        is_buying = (self.step, self.when) == ("submit", BEFORE)
        return self.step in _IN_HAND and self.when != WITHIN and not is_buying


def _web(step: str, when: str, where: Any, name: str, edge: str = "", **more: Any) -> Point:
    return Point(step, when, WEB, where, name, edge or _edge(when), **more)


def _worker(step: str, when: str, where: Any, name: str, edge: str = "", **more: Any) -> Point:
    return Point(step, when, WORKER, where, name, edge or _edge(when), **more)


def _edge(when: str) -> str:
    return BEFORE if when == BEFORE else AFTER


def _each(step: str, when: str, where: Any, name: str, edge: str = "", **more: Any) -> Point:
    return _worker(step, when, where, name, edge, is_per_picture=True, **more)


def _file(step: str, suffix: str) -> list[Point]:
    holds = _stores(suffix)
    return [_each(step, when, WholeFileStorage, "_save", holds=holds) for when in (BEFORE, AFTER)]


_IN_HAND = (
    "lease", "submit", "ticket", "poll", "stage", "original", "large", "small", "deliver",
    "back off", "move", "stop",
)  # fmt: skip
POINTS = (
    # What the web server does.
    _web("charge", BEFORE, services, "_create_job"),
    _web("charge", WITHIN, ledger, "charge_locked"),
    _web("charge", AFTER, services, "_create_job"),
    _web("message", BEFORE, queue, "_send", holds=_sends(DISPATCH)),
    _web("message", AFTER, queue, "_send", holds=_sends(DISPATCH)),
    _web("cancel", BEFORE, services, "cancel_job", story="cancel"),
    _web("cancel", WITHIN, services, "_cancel_items", story="cancel"),
    _web("cancel", AFTER, services, "cancel_job", story="cancel"),
    _web("retry", BEFORE, services, "retry_job", story="retry"),
    _web("retry", WITHIN, ledger, "charge_locked", story="retry"),
    _web("retry", AFTER, services, "retry_job", story="retry"),
    _web("callback", BEFORE, callbacks, "_ring", story="callback"),
    _web("callback", WITHIN, callbacks, "_look_now", story="callback"),
    _web("callback", AFTER, callbacks, "_ring", story="callback"),
    # What the worker does.
    _worker("claim", BEFORE, fair_share, "claim"),
    _worker("claim", WITHIN, fair_share, "claim", holds=_with_result),
    _worker("claim", AFTER, queue, "_send", BEFORE, holds=_sends(RUN_ITEM)),
    _each("lease", BEFORE, pipeline, "_take"),
    _each("lease", AFTER, pipeline, "_take", holds=_with_result),
    _each("submit", BEFORE, Vendor, "submit"),
    _each("submit", AFTER, Vendor, "submit"),
    _each("ticket", WITHIN, pipeline, "_move", holds=_keeps_ticket),
    _each("ticket", AFTER, pipeline, "_submit"),
    _each("poll", BEFORE, Vendor, "poll"),
    _each("poll", AFTER, Vendor, "poll"),
    _each("stage", BEFORE, images, "stage"),
    _each("stage", AFTER, images, "stage"),
    *_file("original", ".png"),
    *_file("large", f"-{images.LARGE_WIDTH_PX}.webp"),
    *_file("small", f"-{images.SMALL_WIDTH_PX}.webp"),
    _each("deliver", BEFORE, pipeline, "_deliver"),
    _each("deliver", WITHIN, provenance, "record"),
    _each("deliver", AFTER, pipeline, "_import"),
    _worker("end", BEFORE, ending, "end_job"),
    _worker("end", WITHIN, ledger, "refund", story="fails"),
    _worker("end", AFTER, pipeline, "dispatch", BEFORE, story="alone", holds=_nothing_lives),
    _worker("back off", BEFORE, pipeline, "_back_off", story="flaky"),
    _worker("back off", AFTER, pipeline, "_back_off", story="flaky"),
    _each("move", BEFORE, failover, "move_claimed", story="moves"),
    _each("move", WITHIN, failover, "_write", story="moves", holds=_with_result),
    _each("move", AFTER, failover, "move_claimed", story="moves", holds=_with_result),
    _worker("stop", BEFORE, Vendor, "cancel", story="cancel"),
    _worker("stop", WITHIN, pipeline, "end_item", story="cancel"),
    _worker("stop", AFTER, Vendor, "cancel", story="cancel"),
    _worker("judge", BEFORE, sweeper, "_judge", story="orphaned"),
    _worker("judge", WITHIN, sweeper, "lock_job", story="orphaned"),
    _worker("judge", AFTER, sweeper, "_judge", story="orphaned"),
    _worker("sweep", BEFORE, sweeper, "send_due"),
    _worker("sweep", AFTER, sweeper, "send_due"),
    _worker("erase", BEFORE, WholeFileStorage, "delete", story="leftovers"),
    _worker("erase", AFTER, WholeFileStorage, "delete", story="leftovers"),
)
STEPS = tuple(dict.fromkeys(point.step for point in POINTS))


def find(step: str, when: str) -> Point:
    return next(p for p in POINTS if (p.step, p.when) == (step, when))


_STATE = struct.Struct("=BBH")  # is it set, how many to let pass, which point


class Trap:
    """One for all processes; `join` names the process that a child is and what it calls out."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)
        self._role = ""
        self._call_out: Callable[[], None] = lambda: None

    def set(self, point: Point, *, skip: int = 0) -> None:
        _STATE.pack_into(self._memory, 0, True, skip, POINTS.index(point))

    @property
    def is_set(self) -> bool:
        """False once somebody went into it."""
        return bool(_STATE.unpack_from(self._memory)[0])

    def clear(self) -> None:
        _STATE.pack_into(self._memory, 0, False, 0, 0)

    def join(self, role: str, call_out: Callable[[], None]) -> None:
        self._role, self._call_out = role, call_out

    def lay(self) -> None:
        """Wrap the real functions; before the first fork, once."""
        for where, name in dict.fromkeys((p.where, p.name) for p in POINTS):
            setattr(where, name, self._wrapped(where, name))

    def _wrapped(self, where: Any, name: str) -> Callable[..., Any]:
        work = getattr(where, name)
        own = [i for i, p in enumerate(POINTS) if (p.where, p.name) == (where, name)]

        @functools.wraps(work)
        def step(*args: Any, **kwargs: Any) -> Any:
            self._pass(own, BEFORE, None, args, kwargs)
            result = work(*args, **kwargs)
            self._pass(own, AFTER, result, args, kwargs)
            return result

        return step

    def _pass(self, own: list[int], edge: str, result: Any, args: Any, kwargs: Any) -> None:
        is_set, skip, index = _STATE.unpack_from(self._memory)
        if not is_set or index not in own:
            return
        point = POINTS[index]
        if (point.by, point.edge) != (self._role, edge) or not point.holds(result, *args, **kwargs):
            return
        if skip:
            _STATE.pack_into(self._memory, 0, True, skip - 1, index)
            return
        self.clear()
        self._call_out()
