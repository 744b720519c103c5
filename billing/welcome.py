"""Who had the welcome already, remembered without remembering who it was.

A welcome is one mailbox's, not one account's: closing an account and joining again with the
same address gives neither welcome credits nor free faces a second time. What stays is a keyed
hash (HMAC-SHA256) of the address, from which nobody without the key can tell the address, and
which is bound to no account. It is kept as long as this installation gives welcomes, and is
said so on the privacy page; it serves nothing else.

What counts as one mailbox is a policy. Case never matters. A "+tag" is dropped everywhere:
nearly every service that takes one delivers to the same mailbox, and tags cost nothing. Dots
are dropped for Gmail alone, the one large service that ignores them. Whoever is hit by this
wrongly can still join and be given credits by staff.

The key is derived from SECRET_KEY. While a retired key stands in SECRET_KEY_FALLBACKS its
hashes still count; removing it there forgets them.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac

from billing.models import Welcome

_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


def claim(email: str) -> bool:
    """Note that this mailbox has its welcome; False when it had it before."""
    if has_had(email):
        return False
    _, is_first = Welcome.objects.get_or_create(mailbox_hash=_hash(email, settings.SECRET_KEY))
    return is_first


def has_had(email: str) -> bool:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return Welcome.objects.filter(mailbox_hash__in=[_hash(email, key) for key in keys]).exists()


def mailbox_of(email: str) -> str:
    """`Ada.L+shop@Googlemail.com` and `adal@gmail.com` are one."""
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _hash(email: str, key: str | bytes) -> str:
    return salted_hmac(
        "billing.welcome", mailbox_of(email), secret=key, algorithm="sha256"
    ).hexdigest()
