"""What a request says of its sender."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """The sender's address: the peer, or, behind TRUSTED_PROXIES proxies, what the outermost
    of them saw. Entries further left are the client's own claim and ignored.

    An IPv4 address that a dual-stack socket wrote as IPv6 (::ffff:192.0.2.1) is given as IPv4:
    they all lie in one /64, and limits per network would take everybody for one household.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        address = hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def sign_in_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """The account a sign-in is about, spelt as accounts are kept: for counting failed tries."""
    name = (credentials or {}).get("username") or (credentials or {}).get("email")
    if not name and request is not None:
        name = request.POST.get("username", "")
    return str(name or "").strip().lower()
