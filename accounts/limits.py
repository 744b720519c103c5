"""How often something may happen: counters in the cache, lenient while it is away."""

from __future__ import annotations

import hashlib
import ipaddress

from django.core.cache import cache

from ryla.lib.errors import DomainError

HOUR_S = 60 * 60


class TooOften(DomainError):
    code = "too_often"
    status = 429
    message = "That was tried too often. Try again later."


def count(what: str, who: str, *, limit: int, window_s: int = HOUR_S) -> bool:
    """Count once more; False when that is more than `limit` in `window_s`. 0 is no limit."""
    if not limit:
        return True
    key = f"limit:{what}:{hashlib.sha256(who.encode()).hexdigest()}"
    cache.add(key, 0, window_s)
    try:
        return bool(cache.incr(key) <= limit)
    except ValueError:  # the window ended between the two
        return True


def network_of(ip: str | None) -> str:
    """What one household shares: the address, or the /64 of an IPv6 one."""
    if ip is None:
        return "unknown"
    address = ipaddress.ip_address(ip)
    if address.version == 4:  # noqa: PLR2004
        return ip
    return str(ipaddress.ip_network((ip, 64), strict=False))
