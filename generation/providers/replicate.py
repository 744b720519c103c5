"""Replicate's predictions: https://replicate.com/docs/reference/http

Creates are not told apart, but predictions can be listed: one whose answer was lost is found by
our key, which is in its callback's address. Files of a prediction are erased after an hour, so
they are fetched with the poll that finds it done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

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
    cost_of_time,
    data_uri,
    failed,
    fetch,
    finish,
    gone,
    lost,
    require_ours,
)
from generation.providers.http import (
    PICTURE_ANSWER_MAX_BYTES,
    RETRY_AFTER_MAX_S,
    Client,
    refused,
)
from generation.providers.signatures import lowered, require_hmac

_FAILURES = range(400, 600)
_INLINE_MAX_BYTES = 190_000  # a data URI of 256 kB
_PAGES_AT_MOST = 20
# When a key does not tell its own age.
_LOOK_BACK = timedelta(hours=2)
_CLOCKS_DIFFER = timedelta(minutes=5)
_UUID_WITH_TIME = 7
_RESETS_IN = re.compile(r"resets in ~?(\d+) ?s")
_PERCENT = re.compile(r"(\d{1,3})%\|")
_BLOCKED = re.compile(r"nsfw|sensitive|safety|content polic|flagged", re.IGNORECASE)
_PASSES = re.compile(r"please retry|try again|interrupted|out of memory", re.IGNORECASE)
_HEX_LENGTH = 64
_FIELD = re.compile(r"input\.([A-Za-z_]\w{0,39})")


class Replicate(ImageProvider):
    """OPTIONS: `token`, and `models` as `hosted` describes them, each by its version: owner/name
    of an official model, owner/name:hash, or the hash.

    `webhook_secret` (whsec_…) is asked for when it is not given. `run_at_most_s` stops what takes
    longer; what did not start by then is not billed. `cost_minor_per_s` is for models that are
    billed by time: what a picture took then counts instead of `cost_minor`. `allow_private` lets
    pictures come from networks of one's own, for a proxy or a test.
    """

    alias = "replicate"
    submit_lasts_s = 240  # its references are sent along first

    def __init__(
        self,
        *,
        token: str,
        models: Mapping[str, Any],
        steps: Mapping[str, int] | None = None,
        cost_minor: Mapping[str, float] | None = None,
        cost_minor_per_s: float = 0,
        base_url: str = "https://api.replicate.com/v1",
        webhook_secret: str = "",
        run_at_most_s: int = 1800,
        allow_private: bool = False,
        timeout_s: float = 30,
    ) -> None:
        self._models = Models(models, steps or {})
        self.capabilities = self._models.capabilities(cost_minor=cost_minor)
        self._cost_minor_per_s = cost_minor_per_s
        self._run_at_most_s = run_at_most_s
        self._allow_private = allow_private
        self._client = Client(
            base_url, headers={"Authorization": f"Bearer {token}"}, timeout_s=timeout_s
        )
        self._secret = webhook_secret
        self._secret_lock = Lock()

    def check(self, request: ImageRequest) -> None:
        super().check(request)
        self._models.choose(request)

    # --- Handing over ------------------------------------------------------------------------

    def submit(self, request: ImageRequest) -> Ticket:
        body: dict[str, Any] = {
            "version": self._models.choose(request).name,
            "input": self._models.fill(request, self._show),
        }
        if request.callback_url:
            body["webhook"] = request.callback_url
            body["webhook_events_filter"] = ["start", "completed"]
        response = self._client.call(
            "POST",
            "/predictions",
            submits=True,
            reads=_FAILURES,
            headers={"Cancel-After": f"{self._run_at_most_s}s"},
            json=body,
        )
        if not response.is_success:
            raise _refusal(response, submits=True)
        answer = _parsed(response)
        if not isinstance(answer, dict) or not answer.get("id"):
            raise bad_answer(is_outcome_unknown=True)
        return self._ticket(request, answer)

    def _show(self, content: bytes, content_type: str) -> str:
        """Small pictures go along, larger ones are uploaded before; both are erased in a day."""
        if len(content) <= _INLINE_MAX_BYTES:
            return data_uri(content, content_type)
        name = f"reference.{content_type.rpartition('/')[2]}"
        answer = self._client.json(
            "POST", "/files", files={"content": (name, content, content_type)}
        )
        url = (answer.get("urls") or {}).get("get") if isinstance(answer, dict) else None
        if not isinstance(url, str) or not url:
            raise bad_answer()
        return url

    def _ticket(self, request: ImageRequest, prediction: Mapping[str, Any]) -> Ticket:
        version = str(prediction.get("version") or "")
        is_hash = len(version) == _HEX_LENGTH  # official models say "hidden" or their name
        return self._models.ticket(
            request, str(prediction["id"]), version=version if is_hash else ""
        )

    def find(self, request: ImageRequest) -> Ticket | None:
        """Read back to before the request could have been made."""
        if not request.callback_url and "key" not in self._models.choose(request).slots:
            raise CannotLookUp(is_word_possible=False)
        since = _made_at(request.external_key) - _CLOCKS_DIFFER
        for prediction in self._newest():
            if _names(prediction, request.external_key):
                return self._ticket(request, prediction)
            if _created_at(prediction) < since:
                return None
        return None

    def _newest(self) -> Iterator[Mapping[str, Any]]:
        """Predictions, the newest first. Raises CannotLookUp rather than stopping early."""
        url = "/predictions"
        for _ in range(_PAGES_AT_MOST):
            # A hundred at once, each with the pictures that went along.
            page = self._client.json("GET", url, at_most=PICTURE_ANSWER_MAX_BYTES)
            if not isinstance(page, dict):
                raise bad_answer()
            yield from (one for one in page.get("results") or () if isinstance(one, dict))
            if not page.get("next"):
                return
            # Only its cursor: the token is for our own address and no other.
            url = f"/predictions?{urlsplit(str(page['next'])).query}"
        raise CannotLookUp

    def adopt(self, request: ImageRequest, external_id: str) -> Ticket:
        return self._ticket(request, {"id": external_id})

    # --- Asking ------------------------------------------------------------------------------

    def poll(self, ticket: Ticket) -> Progress | Finished:
        require_ours(ticket)
        response = self._client.call(
            "GET",
            f"/predictions/{quote(ticket.external_id, safe='')}",
            reads=_FAILURES,
            at_most=PICTURE_ANSWER_MAX_BYTES,
        )
        if response.status_code == httpx.codes.NOT_FOUND:
            raise lost()
        if not response.is_success:
            raise _refusal(response, submits=False)
        answer = _parsed(response)
        if not isinstance(answer, dict):
            raise bad_answer()
        status = answer.get("status")
        if status == "succeeded":
            content = fetch(_picture_of(answer), allow_private=self._allow_private)
            return finish(ticket, content, cost_minor=self._cost_of(answer))
        if status in ("failed", "canceled", "aborted"):
            raise _failure(status, str(answer.get("error") or ""))
        if status == "starting":
            return Progress(is_started=False)
        return Progress(_fraction(answer.get("logs")))

    def _cost_of(self, answer: Mapping[str, Any]) -> float | None:
        metrics = answer.get("metrics")
        seconds = metrics.get("predict_time") if isinstance(metrics, dict) else None
        return cost_of_time(seconds, self._cost_minor_per_s)

    def cancel(self, ticket: Ticket) -> None:
        # 404, or 4xx for one that has ended: nothing is left to stop.
        id_ = quote(ticket.external_id, safe="")
        self._client.call("POST", f"/predictions/{id_}/cancel", reads=(400, 404, 409, 410, 422))

    # --- Being called ------------------------------------------------------------------------

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[str]:
        given = lowered(headers)
        if not given.get("webhook-signature"):
            raise ForgedCallback
        require_hmac(given, body, self._known_secret())
        try:
            told = json.loads(body)
        except ValueError as error:
            raise ForgedCallback from error
        id_ = told.get("id") if isinstance(told, dict) else None
        return (id_,) if isinstance(id_, str) and id_ else ()

    def _known_secret(self) -> str:
        with self._secret_lock:
            if not self._secret:
                answer = self._client.json("GET", "/webhooks/default/secret")
                key = answer.get("key") if isinstance(answer, dict) else None
                if not isinstance(key, str) or not key:
                    raise bad_answer()
                self._secret = key
            return self._secret


def _names(prediction: Mapping[str, Any], key: str) -> bool:
    """Whether it is ours: by the callback's address, or by a slot `key` in the input."""
    told = (prediction.get("webhook"), prediction.get("input"))
    return bool(key) and any(key in str(one or "") for one in told)


def _made_at(key: str) -> datetime:
    """When the item was made: its id begins with the milliseconds since 1970."""
    try:
        id_ = UUID(key)
    except ValueError:
        return datetime.now(UTC) - _LOOK_BACK
    if id_.version != _UUID_WITH_TIME:
        return datetime.now(UTC) - _LOOK_BACK
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)


def _created_at(prediction: Mapping[str, Any]) -> datetime:
    """Now, when it does not say: then reading goes on."""
    try:
        at = datetime.fromisoformat(str(prediction.get("created_at")))
    except ValueError:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _picture_of(prediction: Mapping[str, Any]) -> Any:
    """The first output's address; models give one, a list, or an object of them."""
    output = prediction.get("output")
    if not output or prediction.get("data_removed"):
        raise gone()
    if isinstance(output, dict):
        output = list(output.values())
    return output[0] if isinstance(output, list) else output


def _fraction(logs: Any) -> float | None:
    """Of the last progress bar in the logs: " 45%|████"."""
    found = _PERCENT.findall(logs) if isinstance(logs, str) else []
    return min(int(found[-1]), 100) / 100 if found else None


def _failure(status: str, words: str) -> ProviderError:
    """What may pass is sent anew; the model's own words, which may hold the prompt, stay here."""
    if status == "aborted":
        return lost("The provider did not start this in time.")
    if status == "canceled":
        return failed("It was stopped at the provider.", code="canceled_there")
    if _BLOCKED.search(words):
        return blocked()
    if _PASSES.search(words):
        return lost("The provider was interrupted.")
    return failed()


def _refusal(response: httpx.Response, *, submits: bool) -> ProviderError:
    error = refused(response, submits)
    told = _parsed(response)
    detail = str(told.get("detail") or "") if isinstance(told, dict) else ""
    resets = _RESETS_IN.search(detail)
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS and resets and not error.retry_after_s:
        error.retry_after_s = min(float(resets[1]), RETRY_AFTER_MAX_S)
    if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        fields = dict.fromkeys(_FIELD.findall(detail))
        named = ", ".join(fields) or "the request"
        return failed(f"The model does not take {named[:200]}.", code="refused")
    return error


def _parsed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
