"""A cache that may be away: a missing Redis costs time, never a page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
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
