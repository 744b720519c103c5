"""Caches: the shared one, which may be away (a missing Redis costs time, never a page), and
two with bounds, for what strangers can ask for without end."""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

import redis
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)


def _forgive(name: str, fallback: Callable[..., Any]) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    @wraps(original)
    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except redis.RedisError as error:
            log.warning("cache away", extra={"operation": name, "error": str(error)})
            return fallback(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    get = _forgive("get", lambda key, default=None, version=None: default)
    set = _forgive("set", lambda *args, **kwargs: None)
    add = _forgive("add", lambda *args, **kwargs: True)
    delete = _forgive("delete", lambda *args, **kwargs: False)
    get_many = _forgive("get_many", lambda *args, **kwargs: {})
    set_many = _forgive("set_many", lambda data, *args, **kwargs: list(data))
    # Counting from nothing: limits are lenient while the cache is away.
    incr = _forgive("incr", lambda key, delta=1, version=None: delta)
    touch = _forgive("touch", lambda *args, **kwargs: False)


class RecentBytes:
    """The values used last, of this process, `max_bytes` of them together."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._values: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: str, value: bytes) -> None:
        with self._lock:
            self._size_bytes += len(value) - len(self._values.pop(key, b""))
            self._values[key] = value
            while self._size_bytes > self._max_bytes:
                _, oldest = self._values.popitem(last=False)
                self._size_bytes -= len(oldest)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._size_bytes = 0


class SlottedCache:
    """The shared cache with a bound: `slots` values of at most `max_bytes` each, for all
    processes together.

    A key has one place, and whoever needs it next takes it over. The cache lives in the
    broker's Redis, which evicts nothing since it carries a queue: without a bound, asking for
    ever new values would fill it and stop the queue. Another Redis that may evict would be one
    more server to run everywhere; a place per key is one more line.
    """

    def __init__(self, name: str, *, slots: int, max_bytes: int, keep_s: int) -> None:
        self._name = name
        self._slots = slots
        self._max_bytes = max_bytes
        self._keep_s = keep_s

    def get(self, key: str) -> bytes | None:
        kept: tuple[str, bytes] | None = cache.get(self._place_of(key))
        return kept[1] if kept and kept[0] == key else None

    def put(self, key: str, value: bytes) -> None:
        if len(value) <= self._max_bytes:
            cache.set(self._place_of(key), (key, value), self._keep_s)

    def _place_of(self, key: str) -> str:
        digest = hashlib.sha256(key.encode()).digest()
        return f"{self._name}:{int.from_bytes(digest[:8], 'big') % self._slots}"
