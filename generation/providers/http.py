"""HTTP to providers: one client per process and provider, and their answers in our words.

The retry classes are those of the vendors' own clients: 408, 409, 425, 429 and 502–504 pass by,
402 is the operator's to pay, any other 4xx is final. What matters beyond that is whether a
request may have been taken in although no answer came (`is_outcome_unknown`).
"""

from __future__ import annotations

import time
from collections.abc import Container, Mapping
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import httpx

from generation.providers.base import RATE_LIMITED, ProviderError
from generation.providers.public import PublicTransport, trusted

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
# Answers of a gateway: the request behind it may have been taken in all the same.
_BEHIND_GATEWAY = frozenset({408, 500, 502, 504})
RETRY_AFTER_MAX_S = 120.0
PICTURE_MAX_BYTES = 64 * 1024 * 1024
# An answer in words: the longest, a ComfyUI's list of its nodes, has about two million bytes.
ANSWER_MAX_BYTES = 8 * 1024 * 1024
# One with a picture in base64 among them.
PICTURE_ANSWER_MAX_BYTES = PICTURE_MAX_BYTES * 4 // 3 + ANSWER_MAX_BYTES
# From its first byte on: no vendor needs longer for so little.
ANSWER_LASTS_S = 60
# Well within a lease: drop by drop an answer may otherwise last for ever.
PICTURE_LASTS_S = 45
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
_REDIRECTS_AT_MOST = 3


class Client:
    """`base_url` of one provider with its credentials; safe to call from threads.

    `timeout_s` is for a whole answer to begin, `connect_s` for reaching the provider at all.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | tuple[str, str] | None = None,
        timeout_s: float = 30,
        connect_s: float = 5,
    ) -> None:
        self._client = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers={"User-Agent": "RYLA", **(headers or {})},
            auth=auth,
            timeout=httpx.Timeout(timeout_s, connect=connect_s),
            follow_redirects=False,
            verify=trusted(),
            trust_env=False,
        )

    def call(
        self,
        method: str,
        url: str,
        *,
        submits: bool = False,
        reads: Container[int] = (),
        at_most: int = ANSWER_MAX_BYTES,
        **more: Any,
    ) -> httpx.Response:
        """The answer if it is a success; else ProviderError in our words.

        `submits`: the call makes something, so a lost answer leaves its outcome unknown. `url`
        may be absolute, as some vendors hand out. `reads`: failures whose body the adapter
        reads itself; they are given back like a success. A body of more than `at_most` bytes
        is not read to its end, whatever its status.
        """
        try:
            with self._client.stream(method, url, **more) as answer:
                response = _read_whole(answer, at_most, submits)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise unreachable() from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise unanswered(submits) from error
        if response.is_success or response.status_code in reads:
            return response
        raise refused(response, submits)

    def picture(self, url: str, **more: Any) -> tuple[bytes, str]:
        """A picture of the provider itself, with our credentials, checked as by `download`;
        redirects are not followed."""
        try:
            with self._client.stream("GET", url, **more) as response:
                return _read_picture(response)
        except httpx.TransportError as error:
            raise unanswered(submits=False) from error

    def json(self, method: str, url: str, *, submits: bool = False, **more: Any) -> Any:
        """As `call`, parsed. An answer that is no JSON is the provider's passing fault."""
        response = self.call(method, url, submits=submits, **more)
        try:
            return response.json()
        except ValueError as error:
            raise ProviderError(
                "The provider's answer made no sense.",
                code="bad_answer",
                is_transient=True,
                is_outcome_unknown=submits,
            ) from error


def _read_whole(answer: httpx.Response, at_most: int, submits: bool) -> httpx.Response:
    """The answer with its body, which is counted as it is unpacked: a few bytes may unpack to
    very many."""
    content = bytearray()
    deadline = time.monotonic() + ANSWER_LASTS_S
    for part in answer.iter_bytes():
        content += part
        if len(content) > at_most:
            raise _too_long(submits)
        if time.monotonic() > deadline:
            raise unanswered(submits)
    unpacked = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in unpacked]
    return httpx.Response(
        answer.status_code, headers=headers, content=bytes(content), request=answer.request
    )


def _too_long(submits: bool) -> ProviderError:
    return ProviderError(
        "The provider's answer is too long.",
        code="too_large",
        is_transient=True,
        is_outcome_unknown=submits,
    )


def unreachable() -> ProviderError:
    return ProviderError("The provider cannot be reached.", code="unreachable", is_transient=True)


def unanswered(submits: bool) -> ProviderError:
    return ProviderError(
        "The provider did not answer.",
        code="timeout",
        is_transient=True,
        is_outcome_unknown=submits,
    )


def refused(response: httpx.Response, submits: bool) -> ProviderError:
    """Our words for a status; adapters that know more of the body raise their own instead."""
    status = response.status_code
    wait_s = retry_after_s(response.headers)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return ProviderError(
            "The provider is busy.", code=RATE_LIMITED, is_transient=True, retry_after_s=wait_s
        )
    if status in (401, 403):
        # An operator's mistake that passes when it is put right; nobody's picture is to blame.
        return ProviderError(
            "The provider does not let us in.", code="unauthorized", is_transient=True
        )
    if status == httpx.codes.PAYMENT_REQUIRED:
        return ProviderError(
            "The provider has no credit left.", code="provider_unpaid", is_transient=True
        )
    if status in PASSING:
        return ProviderError(
            "The provider has a fault.",
            code="provider_fault",
            is_transient=True,
            is_outcome_unknown=submits and status in _BEHIND_GATEWAY,
            retry_after_s=wait_s,
        )
    code = "not_found" if status == httpx.codes.NOT_FOUND else "refused"
    return ProviderError("The provider refused the request.", code=code, is_transient=False)


def retry_after_s(headers: Mapping[str, str]) -> float:
    """Seconds a provider asks us to wait, at most two minutes; 0 when it does not say."""
    text = headers.get("retry-after-ms")
    if text and text.isdigit():
        return min(int(text) / 1000, RETRY_AFTER_MAX_S)
    text = headers.get("retry-after", "").strip()
    if text.replace(".", "", 1).isdigit():
        return min(float(text), RETRY_AFTER_MAX_S)
    try:
        wait = parsedate_to_datetime(text).timestamp() - time.time() if text else 0.0
    except (TypeError, ValueError):
        return 0.0
    return min(max(wait, 0.0), RETRY_AFTER_MAX_S)


# --- Pictures -----------------------------------------------------------------------------------


def download(url: str, *, timeout_s: float = 60, allow_private: bool = False) -> tuple[bytes, str]:
    """A picture's bytes and content type, from an address a provider named.

    Our credentials do not go along. Redirects are followed a few times and, like the address
    itself, only to https on public networks: a provider's answer must not make us read what
    only we can reach. Raises ProviderError.
    """
    anywhere = partial(httpx.HTTPTransport, verify=trusted(), trust_env=False)
    with httpx.Client(
        timeout=httpx.Timeout(timeout_s, connect=5),
        transport=anywhere() if allow_private else PublicTransport(),
        follow_redirects=False,
        trust_env=False,
    ) as client:
        for _ in range(_REDIRECTS_AT_MOST + 1):
            try:
                with client.stream("GET", url) as response:
                    if response.next_request is not None:
                        url = str(response.next_request.url)
                        continue
                    return _read_picture(response)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise ProviderError(
                    "The picture's address is none.", code="bad_address", is_transient=False
                ) from error
            except httpx.TransportError as error:
                raise ProviderError(
                    "The picture could not be fetched.", code="download_failed", is_transient=True
                ) from error
    raise ProviderError(
        "The picture's address leads nowhere.", code="download_failed", is_transient=False
    )


def _read_picture(response: httpx.Response) -> tuple[bytes, str]:
    if not response.is_success:
        gone = response.status_code in (403, 404, 410)
        raise ProviderError(
            "The provider no longer has the picture." if gone else "The picture was not sent.",
            code="result_gone" if gone else "download_failed",
            is_transient=not gone,
        )
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in PICTURE_TYPES:
        raise ProviderError(
            "The provider sent something that is no picture.", code="not_a_picture",
            is_transient=False,
        )  # fmt: skip
    content = bytearray()
    deadline = time.monotonic() + PICTURE_LASTS_S
    for part in response.iter_bytes():
        content += part
        if time.monotonic() > deadline:
            raise ProviderError(
                "The picture came too slowly.", code="download_failed", is_transient=True
            )
        if len(content) > PICTURE_MAX_BYTES:
            raise ProviderError(
                "The provider's picture is too large.", code="too_large", is_transient=False
            )
    return bytes(content), kind
