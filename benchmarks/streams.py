"""Thousands of event streams on one process, as `manage.py local` starts it.

    python -m benchmarks streams --streams 5000 --seconds 20

Everybody has as many pages open as a person may. Events are told as the product tells them, to
people picked at random, at a steady rate; each is delivered to all pages of its person. Then
every connection breaks at once, while events go on, and comes back with the last id that it
knows: each stream must have been told each event of its person once, in order.
"""

from __future__ import annotations

import random
import resource
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.test import Client

from accounts import events
from accounts.models import User
from accounts.stream import STREAMS_PER_USER
from benchmarks.listeners import Listeners, Opened, Told, now
from benchmarks.parts import Usage, running, usage
from benchmarks.table import ms, percentile, show
from tests.builders import make_user

# Sockets of one process beside its streams.
OTHER_FILES = 500
# Longer than a heartbeat, so that every stream has one.
IDLE_S = 20
QUIET_S = 3
GIVE_UP_S = 120


def run(*, streams: int = 5000, events_per_s: float = 20, seconds: float = 20) -> None:
    _raise_file_limit(streams + OTHER_FILES)
    users = [make_user() for _ in range(-(-streams // STREAMS_PER_USER))]
    cookies = [_cookie_of(user) for user in users]
    owners = [n // STREAMS_PER_USER for n in range(streams)]
    news = Publisher(users, events_per_s)
    with (
        running("events") as parts,
        Listeners(parts["events"].port or 0, [cookies[owner] for owner in owners]) as listeners,
    ):
        pid = parts["events"].pid or 0
        uses = [usage(pid)]
        opened = listeners.open()
        uses.append(usage(pid))
        time.sleep(IDLE_S)
        uses.append(usage(pid))
        with news:
            time.sleep(seconds)
        uses.append(usage(pid))
        _wait_for_quiet(listeners)
        delays = _delays(listeners.told(), news)
        with news:
            listeners.close()
            reopened = listeners.open()
        _wait_for_quiet(listeners)
        uses.append(usage(pid))
        told = listeners.told()
    print(f"{streams:,} streams of {len(users)} people on one process.")
    _show_process(uses, (opened.took_s, IDLE_S, seconds), streams)
    _show_opening(opened, reopened)
    _show_delivery(delays, events_per_s, seconds)
    _show_account(told, [users[owner].pk for owner in owners], news)


def _raise_file_limit(wanted: int) -> None:
    """Of this process, and so of all it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise SystemExit(f"So many streams need {wanted} open files; `ulimit -Hn` says {hard}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _cookie_of(user: User) -> str:
    """Of a browser in which they are signed in."""
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={browser.session.session_key}"


class Publisher:
    """Tells people of events, on a thread of its own, while its block runs; it may be entered
    again. `committed_at` is by event, `of` are the events of a person in their order."""

    def __init__(self, users: Sequence[User], per_s: float) -> None:
        self._users = users
        self._per_s = per_s
        self._rng = random.Random(11)
        self._stop = threading.Event()
        self.committed_at: dict[int, float] = {}
        self.of: defaultdict[UUID, list[int]] = defaultdict(list)

    def __enter__(self) -> Self:
        self._stop.clear()
        self._thread = threading.Thread(target=self._publish, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _publish(self) -> None:
        begun, sent = now(), 0
        while not self._stop.wait(max(0.0, begun + sent / self._per_s - now())):
            self._tell(self._rng.choice(self._users))
            sent += 1
        connections.close_all()

    def _tell(self, user: User) -> None:
        told: list[int] = []

        def note() -> None:
            self.committed_at[told[0]] = now()

        with transaction.atomic():
            # Ahead of the wake-up, which is sent by what comes to this list next.
            transaction.on_commit(note)
            event = events.emit(user, "bench.thing.happened", "subject", {"number": 7})
            told.append(event.pk)
        self.of[user.pk].append(event.pk)


def _wait_for_quiet(listeners: Listeners) -> None:
    """Until nothing has come for a while, the streams have what they will have."""
    count, deadline = -1, now() + GIVE_UP_S
    while (read := listeners.count()) != count and now() < deadline:
        count = read
        time.sleep(QUIET_S)


def _delays(told: Sequence[Told], news: Publisher) -> list[float]:
    return [read_at - news.committed_at[pk] for one in told for pk, read_at in one.events]


# --- Tables --------------------------------------------------------------------------------------


def _show_process(uses: Sequence[Usage], spans_s: Sequence[float], streams: int) -> None:
    at_first, *later = uses
    rows = []
    for label, before, after, span_s in zip(
        ("all connect", "all listen, nothing happens", "events come", "all have come back"),
        uses[:-1],
        later,
        (*spans_s, None),
        strict=True,
    ):
        grown = (after.rss_kib - at_first.rss_kib) / streams
        share = f"{(after.cpu_s - before.cpu_s) / span_s:.0%}" if span_s else ""
        rows.append((label, f"{after.rss_kib / 1024:.0f}", f"{grown:.1f}", share))
    print()
    show(
        f"The process, {at_first.rss_kib / 1024:.0f} MiB before anybody came",
        ("while, or after", "MiB", "KiB a stream", "of one core"),
        rows,
    )


def _show_opening(opened: Opened, reopened: Opened) -> None:
    print()
    show(
        "Connecting, to the stream's first line",
        ("", "open", "refused", "all within s", "p50 ms", "p99 ms"),
        [
            (
                label,
                len(one.waits),
                len(one.refused),
                f"{one.took_s:.1f}",
                ms(percentile(one.waits, 0.5)),
                ms(percentile(one.waits, 0.99)),
            )
            for label, one in (("at first", opened), ("after all broke", reopened))
        ],
    )


def _show_delivery(delays: Sequence[float], events_per_s: float, seconds: float) -> None:
    print()
    show(
        f"{events_per_s:.0f} events a second for {seconds:.0f} s, commit → read by a page, ms",
        ("deliveries", "p50", "p95", "p99", "most"),
        [
            (
                f"{len(delays):,}",
                *(ms(percentile(delays, share)) for share in (0.5, 0.95, 0.99)),
                ms(max(delays)),
            )
        ],
    )


def _show_account(told: Sequence[Told], people: Sequence[UUID], news: Publisher) -> None:
    lost = twice = disordered = due = 0
    for one, person in zip(told, people, strict=True):
        ids = [pk for pk, _ in one.events]
        due += len(news.of[person])
        lost += len(set(news.of[person]) - set(ids))
        twice += len(ids) - len(set(ids))
        disordered += ids != sorted(ids)
    print()
    show(
        "Every event to every stream of its person, over both connections",
        ("due", "lost", "twice", "streams out of order", "resets"),
        [(f"{due:,}", lost, twice, disordered, sum(one.resets for one in told))],
    )
