"""Wake-ups over Redis: who was told something, and how far something is.

Publishers say a key (a user's id) on one channel; each stream process holds one
subscription and wakes its own listeners. A lost wake-up loses nothing, because the facts are
rows and every listener re-reads them when its heartbeat runs out. A tick says more (`key`, a
newline, JSON with a `subject`), is no fact, and may be lost as well: the next one, or the row
at the end, says it again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

CHANNEL = "ryla:wake"
TICK_EVERY_MS = 500
# More than anybody has at work at once; what is over may be dropped.
TICKS_KEPT = 64
_RETRY_S = 1.0
# Asked after 10 s of silence, gone after three answers that did not come. Not every kernel names
# all of them.
_KEEPALIVE = {
    getattr(socket, name): value
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
    if hasattr(socket, name)
}
_TICK_MAX = 1000  # characters


@cache
def _publisher() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)


_silent_until = 0.0


def wake(key: str) -> None:
    """Tell every process, after commit, that there is something new for `key`."""
    transaction.on_commit(lambda: _publish(key), robust=True)


def tick(key: str, subject: str, **data: Any) -> None:
    """Tell `key`'s listeners, after commit, how far `subject` is: at most once in
    TICK_EVERY_MS over all processes; what comes in between is dropped."""
    body = json.dumps({"subject": subject, **data}, separators=(",", ":"))
    transaction.on_commit(lambda: _publish(f"{key}\n{body}", once=subject), robust=True)


def _publish(message: str, *, once: str = "") -> None:
    """With `once`, only if nothing was said of it a moment ago."""
    global _silent_until  # noqa: PLW0603 (a breaker per process)
    if time.monotonic() < _silent_until:
        return
    try:
        client = _publisher()
        if once and not client.set(f"ryla:tick:{once}", 1, nx=True, px=TICK_EVERY_MS):
            return
        client.publish(CHANNEL, message)
    except redis.RedisError as error:
        _silent_until = time.monotonic() + _RETRY_S
        log.warning("wake-up not sent", extra={"error": str(error)})


class Inbox:
    """What one listener has not seen yet. `has_news`: there may be rows to read; ticks are kept
    by subject, the latest only, so that a slow listener costs no more than a fast one."""

    __slots__ = ("_ticks", "_woken", "has_news")

    def __init__(self) -> None:
        self.has_news = False
        self._ticks: dict[str, dict[str, Any]] = {}
        self._woken = asyncio.Event()

    def put_news(self) -> None:
        self.has_news = True
        self._woken.set()

    def put_tick(self, tick: dict[str, Any]) -> None:
        subject = str(tick["subject"])
        self._ticks.pop(subject, None)
        self._ticks[subject] = tick
        if len(self._ticks) > TICKS_KEPT:
            del self._ticks[next(iter(self._ticks))]
        self._woken.set()

    def take_ticks(self) -> list[dict[str, Any]]:
        """Oldest first; they are gone from here."""
        ticks, self._ticks = list(self._ticks.values()), {}
        return ticks

    async def wait(self, *, until: float, for_ticks: bool = True) -> bool:
        """Until there is something; False when the loop's clock reached `until` before."""
        try:
            # Not wait_for, which may swallow that the listener has gone (Python < 3.12).
            async with asyncio.timeout_at(until):
                while not (self.has_news or (for_ticks and self._ticks)):
                    self._woken.clear()
                    await self._woken.wait()
        except TimeoutError:
            return False
        return True


class Hub:
    """One subscription per process, any number of listeners. Use from one event loop."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Inbox]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listen(self, key: str) -> AsyncIterator[Inbox]:
        """What is said to `key` from now on."""
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        inbox = Inbox()
        self._listeners[key].add(inbox)
        try:
            yield inbox
        finally:
            self._listeners[key].discard(inbox)
            if not self._listeners[key]:
                del self._listeners[key]

    def count(self, key: str) -> int:
        return len(self._listeners.get(key, ()))

    async def _read(self) -> None:
        while True:
            try:
                await self._subscribe()
            except (redis.RedisError, OSError) as error:
                log.warning("wake-ups interrupted", extra={"error": str(error)})
            except Exception:
                log.exception("wake-ups interrupted")
            await asyncio.sleep(_RETRY_S)

    async def _subscribe(self) -> None:
        # Without a timeout: redis-py keeps its own by `asyncio.wait_for`, which swallows a
        # cancellation that comes as a write ends (Python < 3.12), and the reader would live on.
        # Kept alive by the kernel, so that a server that is gone without a word is noticed.
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=None,
            socket_keepalive=True,
            socket_keepalive_options=_KEEPALIVE,
        )
        try:
            pubsub = client.pubsub(ignore_subscribe_messages=True)
            await pubsub.subscribe(CHANNEL)
            # Whatever was published while we were away was missed: everybody re-reads.
            self._wake_all()
            async for message in pubsub.listen():
                self._hand_on(message["data"])
        finally:
            await client.aclose()

    def _hand_on(self, message: bytes) -> None:
        """To the key's own listeners and nobody else."""
        key, _, body = message.partition(b"\n")
        inboxes = self._listeners.get(key.decode(errors="replace"), ())
        if not inboxes:
            return
        tick = _read_tick(body) if body else None
        for inbox in inboxes:
            if tick:
                inbox.put_tick(tick)
            elif not body:
                inbox.put_news()

    def _wake_all(self) -> None:
        for inboxes in self._listeners.values():
            for inbox in inboxes:
                inbox.put_news()


def _read_tick(body: bytes) -> dict[str, Any] | None:
    """None for what is no tick: another version's, say."""
    try:
        tick = json.loads(body) if len(body) <= _TICK_MAX else None
    except ValueError:
        return None
    return tick if isinstance(tick, dict) and "subject" in tick else None
