"""fal's queue: https://docs.fal.ai/model-apis/model-endpoints/queue

Submits are not told apart and cannot be listed, so one whose answer was lost waits for the signed
callback (`adopt`). The addresses it hands out are used as they are: they lack a model's sub-path.
A request that failed is COMPLETED too, with an error. Nothing it could not start is billed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from generation.providers.base import (
    CannotLookUp,
    Finished,
    ForgedCallback,
    ImageProvider,
    ImageRequest,
    Progress,
    ProviderError,
    Ticket,
)
from generation.providers.hosted import (
    Models,
    bad_answer,
    blocked,
    data_uri,
    failed,
    fetch,
    finish,
    gone,
    lost,
    require_ours,
)
from generation.providers.http import PASSING, PICTURE_ANSWER_MAX_BYTES, Client, refused
from generation.providers.jwks import KeySet, require_ed25519
from generation.providers.signatures import lowered

_FAILURES = range(400, 600)
_KEYS_TIMEOUT_S = 5.0
# Platform faults that pass, by X-Fal-Error-Type: https://docs.fal.ai/model-apis/errors
_PASSING = frozenset(
    {"request_timeout", "startup_timeout", "internal_error"}
    | {"runner_scheduling_failure", "runner_connection_timeout", "runner_disconnected"}
    | {"runner_connection_refused", "runner_connection_error", "runner_incomplete_response"}
    | {"runner_server_error", "service_unavailable"}
)
_URLS = ("status_url", "response_url", "cancel_url")
_BLOCKED = "content_policy_violation"
_NAMED_AT_MOST = 3
_APP_PARTS = 2
# Apps of these are named by three parts.
_NAMESPACES = frozenset({"workflows", "comfy"})
_CHECK_AT_MOST_S = 10.0


class Fal(ImageProvider):
    """OPTIONS: `key`, and `models` as `hosted` describes them, each by its id ("fal-ai/flux/dev").

    `start_within_s`: what did not start by then comes back unmade and unbilled; `result_kept_s`
    is how long fal keeps the picture. `hosts` are the names, with all below them, that addresses
    in its answers may have, since the key goes there. `allow_private` lets pictures come from
    networks of one's own, for a proxy or a test.
    """

    alias = "fal"
    submit_lasts_s = 240  # its references are sent along first

    def __init__(
        self,
        *,
        key: str,
        models: Mapping[str, Any],
        steps: Mapping[str, int] | None = None,
        cost_minor: Mapping[str, float] | None = None,
        base_url: str = "https://queue.fal.run",
        jwks_url: str = "https://rest.alpha.fal.ai/.well-known/jwks.json",
        hosts: Sequence[str] = ("fal.run", "fal.ai"),
        start_within_s: int = 1800,
        result_kept_s: int = 86_400,
        allow_private: bool = False,
        timeout_s: float = 30,
    ) -> None:
        self._models = Models(models, steps or {})
        self.capabilities = self._models.capabilities(cost_minor=cost_minor)
        self._base_url = base_url.rstrip("/")
        self._hosts = tuple(hosts)
        self._allow_private = allow_private
        # An equal model in place of this one would draw another face.
        self._headers = {
            "x-fal-disable-fallbacks": "true",
            "X-Fal-Request-Timeout": str(start_within_s),
            "X-Fal-Object-Lifecycle-Preference": json.dumps(
                {"expiration_duration_seconds": result_kept_s}
            ),
        }
        self._client = Client(
            base_url, headers={"Authorization": f"Key {key}"}, timeout_s=timeout_s
        )
        public = Client(jwks_url, timeout_s=_KEYS_TIMEOUT_S)
        self._keys = KeySet(lambda: public.json("GET", jwks_url))

    def check(self, request: ImageRequest) -> None:
        super().check(request)
        self._models.choose(request)

    # --- Handing over ------------------------------------------------------------------------

    def submit(self, request: ImageRequest) -> Ticket:
        model = self._models.choose(request)
        callback = {"fal_webhook": request.callback_url} if request.callback_url else {}
        response = self._client.call(
            "POST",
            f"/{quote(model.name)}",
            submits=True,
            reads=_FAILURES,
            params=callback,
            headers=self._headers,
            json=self._models.fill(request, data_uri),
        )
        if not response.is_success:
            raise _refusal(response)
        return self._ticket(request, _parsed(response))

    def _ticket(self, request: ImageRequest, answer: Any) -> Ticket:
        """An answer without these left a request there that only its callback can name."""
        told = answer if isinstance(answer, dict) else {}
        id_, *urls = (str(told.get(name) or "") for name in ("request_id", *_URLS))
        if not id_ or not all(self._is_theirs(url) for url in urls):
            raise bad_answer(is_outcome_unknown=True)
        return self._models.ticket(request, id_, **dict(zip(_URLS, urls, strict=True)))

    def _is_theirs(self, url: str) -> bool:
        if url.startswith(f"{self._base_url}/"):
            return True
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "https" and any(
            host == name or host.endswith(f".{name}") for name in self._hosts
        )

    def find(self, request: ImageRequest) -> Ticket | None:
        raise CannotLookUp(is_word_possible=bool(request.callback_url))

    def adopt(self, request: ImageRequest, external_id: str) -> Ticket:
        parts = self._models.choose(request).name.split("/")
        count = _APP_PARTS + (parts[0] in _NAMESPACES)
        app = "/".join(quote(part) for part in parts[:count])
        url = f"{self._base_url}/{app}/requests/{quote(external_id, safe='')}"
        return self._models.ticket(
            request,
            external_id,
            status_url=f"{url}/status",
            response_url=url,
            cancel_url=f"{url}/cancel",
        )

    # --- Asking ------------------------------------------------------------------------------

    def poll(self, ticket: Ticket) -> Progress | Finished:
        require_ours(ticket)
        response = self._client.call("GET", ticket.data["status_url"], reads=(404,))
        if response.status_code == httpx.codes.NOT_FOUND:
            raise lost()
        answer = _parsed(response)
        if not isinstance(answer, dict):
            raise bad_answer()
        if answer.get("status") != "COMPLETED":
            return _progress(answer)
        if answer.get("error"):
            raise _failure(answer, self._told(ticket))
        return finish(ticket, fetch(self._result(ticket), allow_private=self._allow_private))

    def _told(self, ticket: Ticket) -> httpx.Response:
        """What the model answered, with its own status: fal hands both through."""
        response = self._client.call(
            "GET",
            ticket.data["response_url"],
            reads=_FAILURES,
            at_most=PICTURE_ANSWER_MAX_BYTES,
        )
        if response.status_code in PASSING and not _is_of_a_model(response):
            raise refused(response, submits=False)
        return response

    def _result(self, ticket: Ticket) -> Any:
        """The picture's address."""
        response = self._told(ticket)
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise gone()
        if not response.is_success:
            raise _failure({}, response)
        answer = _parsed(response)
        if not isinstance(answer, dict):
            raise bad_answer()
        if any(_listed(answer.get("has_nsfw_concepts"))):
            raise blocked()  # a black picture
        images = _listed(answer.get("images")) or [answer.get("image")]
        first = images[0]
        return first.get("url") if isinstance(first, dict) else first

    def cancel(self, ticket: Ticket) -> None:
        if "cancel_url" in ticket.data:
            # 400 is ALREADY_COMPLETED, 404 NOT_FOUND: nothing is left to stop.
            self._client.call("PUT", ticket.data["cancel_url"], reads=(400, 404))

    # --- Being called ------------------------------------------------------------------------

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[str]:
        require_ed25519(lowered(headers), body, self._keys)
        try:
            told = json.loads(body)
        except ValueError as error:
            raise ForgedCallback from error
        id_ = told.get("request_id") if isinstance(told, dict) else None
        return (id_,) if isinstance(id_, str) and id_ else ()


def _progress(answer: Mapping[str, Any]) -> Progress:
    if answer.get("status") == "IN_QUEUE":
        position = answer.get("queue_position")
        ahead = position if isinstance(position, int) else 0
        return Progress(check_after_s=min(1.0 + ahead / 2, _CHECK_AT_MOST_S), is_started=False)
    return Progress()


def _failure(status: Mapping[str, Any], response: httpx.Response) -> ProviderError:
    """Of a request that ran into an error. Whatever may pass is sent anew: asking again about
    this one would bring the same answer for ever."""
    entries = _entries(response)
    kind = status.get("error_type") or response.headers.get("x-fal-error-type")
    if any(entry.get("type") == _BLOCKED for entry in entries) or kind == _BLOCKED:
        return blocked()
    retryable = response.headers.get("x-fal-retryable", "").lower() == "true"
    if retryable or kind in _PASSING or response.status_code in (502, 503, 504):
        return lost("The provider could not run this just now.")
    if response.is_client_error and entries:
        return _complaint(entries)
    return failed()


def _is_of_a_model(response: httpx.Response) -> bool:
    """Rather than of the gateway before it."""
    told = _parsed(response)
    named = isinstance(told, dict) and ("detail" in told or "error_type" in told)
    return named or "x-fal-error-type" in response.headers or "x-fal-retryable" in response.headers


def _refusal(response: httpx.Response) -> ProviderError:
    """Of a request that was not taken in."""
    told = _parsed(response)
    detail = told.get("detail") if isinstance(told, dict) else None
    if response.status_code == httpx.codes.FORBIDDEN and "balance" in str(detail).lower():
        return ProviderError(
            "The provider has no credit left.", code="provider_unpaid", is_transient=True
        )
    entries = _entries(response)
    if any(entry.get("type") == _BLOCKED for entry in entries):
        return blocked()
    if response.status_code in (400, 422) and entries:
        return _complaint(entries)
    return refused(response, submits=True)


def _entries(response: httpx.Response) -> list[Mapping[str, Any]]:
    """What a model has against its input: [{"loc", "msg", "type"}]."""
    told = _parsed(response)
    detail = told.get("detail") if isinstance(told, dict) else None
    return [entry for entry in _listed(detail) if isinstance(entry, dict)]


def _complaint(entries: list[Mapping[str, Any]]) -> ProviderError:
    """The model's own words may repeat the prompt: only the fields' names are handed on."""
    places = [_place(entry.get("loc")) for entry in entries[:_NAMED_AT_MOST]]
    named = ", ".join(dict.fromkeys(place for place in places if place)) or "the request"
    return failed(f"The model does not take {named[:200]}.", code="refused")


def _place(loc: Any) -> str:
    """["body", "image_size", "width"] → image_size.width"""
    return ".".join(str(part)[:40] for part in _listed(loc)[:4] if part != "body")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parsed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
