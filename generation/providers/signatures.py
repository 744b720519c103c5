"""Whether a callback really comes from its vendor. Every function raises ForgedCallback if not.

Names of headers are in lower case here; `lowered` brings them there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping

from generation.providers.base import ForgedCallback

CLOCKS_DIFFER_S = 300


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def require_recent(timestamp: str) -> None:
    """Seconds since 1970, as the vendor's clock says: a callback is not to be played again."""
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise ForgedCallback
    if abs(time.time() - int(timestamp)) > CLOCKS_DIFFER_S:
        raise ForgedCallback


# --- HMAC, as https://www.standardwebhooks.com has it ---------------------------------------------


def require_hmac(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    """`secret` is `whsec_` and base64. The header holds several signatures while a vendor
    changes its secret; one has to fit."""
    name, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    require_recent(timestamp)
    signed = b".".join((name.encode(), timestamp.encode(), body))
    digest = hmac.new(_hmac_key(secret), signed, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    given = headers.get("webhook-signature", "").encode().split()
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise ForgedCallback


def _hmac_key(secret: str) -> bytes:
    """Raises ForgedCallback: without a secret, nothing is proven."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ForgedCallback from error
    if not key:
        raise ForgedCallback
    return key
