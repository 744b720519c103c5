"""How often something may happen: counters in the cache, lenient while it is away."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from typing import Any

from django.core.cache import cache

from ryla.lib.errors import DomainError

HOUR_S = 60 * 60


class TooOften(DomainError):
    """`retry_after_s`: when it may be tried again, if that is known."""

    code = "too_often"
    status = 429
    message = "That was tried too often. Try again later."

    def __init__(
        self, message: str | None = None, *, retry_after_s: int | None = None, **rest: Any
    ) -> None:
        super().__init__(message, **rest)
        self.retry_after_s = retry_after_s


def count(what: str, who: str, *, limit: int, window_s: int = HOUR_S) -> bool:
    """Count once more; False when that is more than `limit` in `window_s`. 0 is no limit."""
    if not limit:
        return True
    key = _key(what, who)
    if cache.add(key, 0, window_s):
        cache.set(f"{key}:ends", time.time() + window_s, window_s)
    try:
        return bool(cache.incr(key) <= limit)
    except ValueError:  # the window ended between the two
        return True


def require(
    what: str, who: str, *, limit: int, window_s: int = HOUR_S, message: str | None = None
) -> None:
    """As `count`, for doors that refuse. Raises TooOften, which knows when the window ends."""
    if not count(what, who, limit=limit, window_s=window_s):
        ends_at = cache.get(f"{_key(what, who)}:ends", time.time() + window_s)
        raise TooOften(message, retry_after_s=max(1, round(ends_at - time.time())))


def give_back(what: str, who: str) -> None:
    """One time less: what was counted turned out to be harmless."""
    key = _key(what, who)
    if not cache.get(key):
        return
    try:
        cache.decr(key)
    except ValueError:  # the window ended between the two
        return


def _key(what: str, who: str) -> str:
    return f"limit:{what}:{hashlib.sha256(who.encode()).hexdigest()}"


def network_of(ip: str | None) -> str:
    """What one household shares: the address, or the /64 of an IPv6 one."""
    if ip is None:
        return "unknown"
    address = ipaddress.ip_address(ip)
    if address.version == 4:  # noqa: PLR2004
        return ip
    return str(ipaddress.ip_network((ip, 64), strict=False))
