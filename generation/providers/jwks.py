"""Ed25519 signatures of callbacks, checked with the keys that a vendor publishes.

The scheme is fal's: https://docs.fal.ai/model-apis/model-endpoints/webhooks
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from generation.providers.base import ForgedCallback, ProviderError
from generation.providers.signatures import require_recent

_KEYS_KEPT_S = 24 * 60 * 60
# A vendor may have changed its keys: looked up anew for a signature that fits none, but a
# stranger's nonsense must not make us ask all the time.
_KEYS_ANEW_S = 5 * 60
_KEY_BYTES = 32
_FAL_HEADERS = tuple(
    f"x-fal-webhook-{name}" for name in ("request-id", "user-id", "timestamp", "signature")
)


def require_ed25519(headers: Mapping[str, str], body: bytes, keys: KeySet) -> None:
    """The message is request id, user id, timestamp and the body's digest, a line each. Names
    of headers are in lower case.

    Raises ForgedCallback, and ProviderError when the vendor's keys cannot be had now.
    """
    request_id, user_id, timestamp, signature = (headers.get(name, "") for name in _FAL_HEADERS)
    require_recent(timestamp)
    lines = (request_id, user_id, timestamp, hashlib.sha256(body).hexdigest())
    try:
        proof = bytes.fromhex(signature)
    except ValueError as error:
        raise ForgedCallback from error
    if not request_id or not keys.fits(proof, "\n".join(lines).encode()):
        raise ForgedCallback


class KeySet:
    """A vendor's public Ed25519 keys (JWKS), kept for a day at most; safe to ask from threads.

    `fetch` gives the parsed document, or raises ProviderError.
    """

    def __init__(self, fetch: Callable[[], Any]) -> None:
        self._fetch = fetch
        self._keys: tuple[Ed25519PublicKey, ...] = ()
        self._fetched_at = float("-inf")
        self._lock = Lock()

    def fits(self, signature: bytes, message: bytes) -> bool:
        """Whether any key made this signature."""
        return _fits_any(self._known(_KEYS_KEPT_S), signature, message) or (
            self._age_s() > _KEYS_ANEW_S
            and _fits_any(self._known(_KEYS_ANEW_S), signature, message)
        )

    def _age_s(self) -> float:
        return time.time() - self._fetched_at

    def _known(self, max_age_s: float) -> tuple[Ed25519PublicKey, ...]:
        with self._lock:
            if self._age_s() > max_age_s:
                self._keys = _read_keys(self._fetch())
                self._fetched_at = time.time()
            return self._keys


def _fits_any(keys: tuple[Ed25519PublicKey, ...], signature: bytes, message: bytes) -> bool:
    return any(_fits(key, signature, message) for key in keys)


def _fits(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _read_keys(document: Any) -> tuple[Ed25519PublicKey, ...]:
    """Entries that are no Ed25519 key are passed over; a document without any is a fault."""
    entries = document.get("keys") if isinstance(document, dict) else None
    found = [_public_key(entry) for entry in entries or ()]
    keys = tuple(key for key in found if key is not None)
    if not keys:
        raise ProviderError(
            "The provider's keys made no sense.", code="bad_answer", is_transient=True
        )
    return keys


def _public_key(entry: Any) -> Ed25519PublicKey | None:
    x = entry.get("x") if isinstance(entry, dict) else None
    if not isinstance(x, str):
        return None
    try:
        raw = base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
    except (binascii.Error, ValueError):
        return None
    return Ed25519PublicKey.from_public_bytes(raw) if len(raw) == _KEY_BYTES else None
