"""Wake-ups over Redis: who was told something, never what.

Publishers say a key (a user's id) on one channel; each stream process holds one
subscription and wakes its own listeners. A lost wake-up loses nothing, because the facts are
rows and every listener re-reads them when its heartbeat runs out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

CHANNEL = "ryla:wake"
_RETRY_S = 1.0


@cache
def _publisher() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)


_silent_until = 0.0


def wake(key: str) -> None:
    """Tell every process, after commit, that there is something new for `key`."""
    transaction.on_commit(lambda: _publish(key), robust=True)


def _publish(key: str) -> None:
    global _silent_until  # noqa: PLW0603 (a breaker per process)
    if time.monotonic() < _silent_until:
        return
    try:
        _publisher().publish(CHANNEL, key)
    except redis.RedisError as error:
        _silent_until = time.monotonic() + _RETRY_S
        log.warning("wake-up not sent", extra={"error": str(error)})


class Hub:
    """One subscription per process, any number of listeners. Use from one event loop."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listen(self, key: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever `key` is woken; the listener clears it."""
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        event = asyncio.Event()
        self._listeners[key].add(event)
        try:
            yield event
        finally:
            self._listeners[key].discard(event)
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
                await asyncio.sleep(_RETRY_S)

    async def _subscribe(self) -> None:
        # Without a timeout: redis-py keeps its own by `asyncio.wait_for`, which swallows a
        # cancellation that comes as a write ends (Python < 3.12), and the reader would live on.
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
        try:
            pubsub = client.pubsub(ignore_subscribe_messages=True)
            await pubsub.subscribe(CHANNEL)
            # Whatever was published while we were away was missed: everybody re-reads.
            self._wake_all()
            async for message in pubsub.listen():
                for event in self._listeners.get(message["data"].decode(), ()):
                    event.set()
        finally:
            await client.aclose()

    def _wake_all(self) -> None:
        for events in self._listeners.values():
            for event in events:
                event.set()
