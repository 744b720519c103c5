"""Pictures of a megabyte through the whole pipeline, and where their time goes.

    python -m benchmarks throughput --items 100

The worker is the one of `manage.py local` (two processes). Pictures wait in the database until
it is up; then it claims, submits, polls, marks, shrinks, stores and tells of each, and of nothing
is spared but the drawing. The same worker, running tasks that do nothing, tells what of it is
Celery's own.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import redis
from celery import current_app
from django.conf import settings
from django.db import connection
from django.test import override_settings

from benchmarks import noop
from benchmarks.megabyte import Megabyte, draw
from benchmarks.parts import make_owners, running, wait_until
from benchmarks.table import show
from characters import images
from characters import services as characters
from characters.models import Character, Image
from generation import fair_share, likeness, pipeline, provenance
from generation.dispatch import dispatch
from generation.models import GenerationJob, JobItem
from generation.states import ITEM_LIVE, ItemStatus
from tests.builders import make_image, request_job

OWNERS = 10
NOOPS = 5000
WARM_UP = 8
TIMED = 20
SIZE = (1024, 1280)
PROVIDER = Megabyte.alias


@override_settings(DEFAULT_IMAGE_PROVIDER=PROVIDER)
def run(*, items: int = 100) -> None:
    people = [character for _, character in make_owners(OWNERS)]
    for character in people:
        _give_heavy_face(character)
    with running("worker", "clock"):
        _ask_for(WARM_UP, people)
        wait_until(lambda: not _live(), timeout_s=120)
        noops_per_s = _run_noops()
        items_per_s, delivered = _run_items(items, people)
    show(
        f"One worker with 2 processes, PNGs of {len(draw(*SIZE)) / 1e6:.2f} MB",
        ("", "number", "a second", "of the tasks"),
        [
            ("tasks that do nothing", NOOPS, f"{noops_per_s:,.0f}", "1"),
            ("pictures, all the way", delivered, f"{items_per_s:.1f}",
             f"{items_per_s / noops_per_s:.4f}"),
        ],
    )  # fmt: skip
    print()
    _show_steps(people)


def _give_heavy_face(character: Character) -> None:
    """Likeness is measured against a face as large as the pictures."""
    Character.objects.filter(pk=character.pk).update(base_face=None, status="draft")
    character.refresh_from_db()
    face = make_image(character=character, kind=Image.Kind.BASE_FACE, content=draw(*SIZE))
    characters.choose_base_face(character=character, image=face)
    character.refresh_from_db()


def _run_items(count: int, people: list[Character]) -> tuple[float, int]:
    """Pictures a second, from the first claim to the last end, and how many were delivered."""
    fair_share.pause_provider(PROVIDER, reason="They are queued first.")
    jobs = _ask_for(count, people)
    fair_share.resume_provider(PROVIDER)
    dispatch(PROVIDER)
    wait_until(lambda: not _live(), timeout_s=60 + 2 * count)
    rows = JobItem.objects.filter(job__in=jobs, status=ItemStatus.SUCCEEDED)
    times = [(c, f) for c, f in rows.values_list("claimed_at", "finished_at") if c and f]
    took = (max(end for _, end in times) - min(begun for begun, _ in times)).total_seconds()
    return len(times) / took, len(times)


def _ask_for(count: int, people: list[Character]) -> list[GenerationJob]:
    return [request_job(people[n % len(people)], scene="cafe") for n in range(count)]


def _live() -> bool:
    return JobItem.objects.filter(status__in=ITEM_LIVE).exists()


def _run_noops() -> float:
    """Tasks a second, from the first that begins to the last that ends. They are acknowledged at
    their end, so nothing of the queue is left then."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    current_app.control.cancel_consumer("jobs")
    time.sleep(1)
    for _ in range(NOOPS):
        current_app.send_task(noop.NAME)
    begun = time.perf_counter()
    current_app.control.add_consumer("jobs")
    wait_until(
        lambda: not client.llen("jobs") and not client.hlen("unacked"), timeout_s=120, every_s=0.005
    )
    return NOOPS / (time.perf_counter() - begun)


# --- Where the time goes ------------------------------------------------------------------------


def _show_steps(people: list[Character]) -> None:
    """The steps of one worker, alone, by the clock. What is inside another step is counted there
    alone; the rest is Python of ours and of the ORM."""
    fair_share.pause_provider(PROVIDER, reason="They are run here.")
    _ask_for(TIMED, people)
    fair_share.resume_provider(PROVIDER)
    spent: defaultdict[str, float] = defaultdict(float)
    with _timed(spent), mock.patch.object(pipeline, "dispatch"):
        with override_settings(PROVIDER_SLOTS=TIMED):
            pks = fair_share.claim(PROVIDER)
        begun = time.perf_counter()
        for pk in pks:
            pipeline.run_item(pk)
        total = time.perf_counter() - begun
    spent["the rest"] = total - sum(spent.values())
    rows = [
        (step, f"{1000 * seconds / len(pks):.1f}", f"{seconds / total:.0%}")
        for step, seconds in (*sorted(spent.items(), key=lambda row: -row[1]), ("all", total))
    ]
    show(f"One picture in one process alone, mean of {len(pks)}", ("step", "ms", "share"), rows)


@contextmanager
def _timed(spent: defaultdict[str, float]) -> Iterator[None]:
    watch = _Watch(spent)
    with ExitStack() as stack:
        for label, module, name in (
            ("mark: decode and encode the PNG anew", provenance, "mark"),
            ("prepare: decode, two WebP thumbnails", images, "prepare"),
            ("measure the likeness", likeness, "measure"),
            ("store three files", images, "store"),
        ):
            timed = watch.over(label, getattr(module, name))
            stack.enter_context(mock.patch.object(module, name, timed))
        statements = watch.over("statements", lambda execute, *args: execute(*args))
        stack.enter_context(connection.execute_wrapper(statements))
        commit = watch.over("commits", connection.commit)
        stack.enter_context(mock.patch.object(connection, "commit", commit))
        yield


class _Watch:
    """Adds up what calls take; a call inside another counts for the outer one alone."""

    def __init__(self, spent: defaultdict[str, float]) -> None:
        self._spent = spent
        self._is_running = False

    def over(self, label: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            if self._is_running:
                return call(*args, **kwargs)
            self._is_running = True
            begun = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self._is_running = False
                self._spent[label] += time.perf_counter() - begun

        return timed
