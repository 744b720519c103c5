"""RunPod serverless with its ComfyUI worker:
https://docs.runpod.io/serverless/endpoints/send-requests
https://github.com/runpod-workers/worker-comfyui

Workflows are those of our ComfyUI adapter, with their pictures sent along. Jobs cannot be listed
or told apart, so one whose answer was lost waits for its callback. That is unsigned: only its
address, which holds a secret, says that it comes from there, and it is believed nothing but the
job's id. A worker's own failure comes inside the output of a COMPLETED job.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
from django.core.exceptions import ImproperlyConfigured

from generation.providers.base import (
    CannotLookUp,
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Progress,
    Ticket,
)
from generation.providers.comfyui import ComfyUI
from generation.providers.hosted import (
    bad_answer,
    cost_of_time,
    data_uri,
    failed,
    fetch,
    finish,
    from_base64,
    gone,
    lost,
    no_picture,
    require_ours,
)
from generation.providers.http import PICTURE_ANSWER_MAX_BYTES, Client

_BODY_MAX_BYTES = 10 * 1000 * 1000
_EXECUTION_S = (5, 7 * 86_400)
_QUEUED = frozenset({"IN_QUEUE"})
_ENDED_BADLY = frozenset({"FAILED", "TIMED_OUT", "CANCELLED"})


class RunPod(ImageProvider):
    """OPTIONS: `key`, `endpoint`, and `values`, `workflows`, `steps` as the ComfyUI adapter takes
    them: they name what lies in the worker's image.

    `run_at_most_s` is how long a job may run and `wait_at_most_s` how long it may wait before;
    RunPod forgets a job after both together, even one that runs. What a picture took, at
    `cost_minor_per_s`, counts instead of `cost_minor`. `allow_private` lets pictures
    come from networks of one's own, such as the bucket of a worker.
    """

    alias = "runpod"
    submit_lasts_s = 240  # its references are sent along first

    def __init__(
        self,
        *,
        key: str,
        endpoint: str,
        values: Mapping[str, Any] | None = None,
        workflows: Mapping[str, str] | None = None,
        steps: Mapping[str, int] | None = None,
        cost_minor: Mapping[str, float] | None = None,
        cost_minor_per_s: float = 0,
        base_url: str = "https://api.runpod.ai/v2",
        run_at_most_s: int = 600,
        wait_at_most_s: int = 3000,
        allow_private: bool = False,
        timeout_s: float = 30,
    ) -> None:
        low, high = _EXECUTION_S
        if not low <= run_at_most_s or run_at_most_s + wait_at_most_s > high:
            raise ImproperlyConfigured("RunPod: run and wait from 5 seconds to 7 days together.")
        self._worker = Packing(
            values=values, workflows=workflows, steps=steps, cost_minor=cost_minor
        )
        self._cost_minor_per_s = cost_minor_per_s
        self._run_at_most_s = run_at_most_s
        self._wait_at_most_s = wait_at_most_s
        self._allow_private = allow_private
        url = f"{base_url.rstrip('/')}/{quote(endpoint, safe='')}"
        self._client = Client(url, headers={"Authorization": f"Bearer {key}"}, timeout_s=timeout_s)

    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]
        return self._worker.capabilities

    def check(self, request: ImageRequest) -> None:
        self._worker.check(request)

    # --- Handing over ------------------------------------------------------------------------

    def submit(self, request: ImageRequest) -> Ticket:
        content = json.dumps(self._body(request)).encode()
        if len(content) > _BODY_MAX_BYTES:
            raise failed("The reference pictures are too large.", code="too_large")
        answer = self._client.json(
            "POST",
            "/run",
            submits=True,
            content=content,
            headers={"Content-Type": "application/json"},
        )
        if not isinstance(answer, dict) or not answer.get("id"):
            raise bad_answer(is_outcome_unknown=True)
        return self.adopt(request, str(answer["id"]))

    def _body(self, request: ImageRequest) -> dict[str, Any]:
        workflow, images = self._worker.pack(request)
        body: dict[str, Any] = {
            "input": {"workflow": workflow, **({"images": images} if images else {})},
            "policy": {
                "executionTimeout": self._run_at_most_s * 1000,
                "ttl": (self._run_at_most_s + self._wait_at_most_s) * 1000,
            },
        }
        if request.callback_url:
            body["webhook"] = request.callback_url
        return body

    def find(self, request: ImageRequest) -> Ticket | None:
        raise CannotLookUp(is_word_possible=bool(request.callback_url))

    def adopt(self, request: ImageRequest, external_id: str) -> Ticket:
        return self._worker.ticket(request, external_id)

    # --- Asking ------------------------------------------------------------------------------

    def poll(self, ticket: Ticket) -> Progress | Finished:
        require_ours(ticket)
        response = self._client.call(
            "GET", f"/status/{_id(ticket)}", reads=(404,), at_most=PICTURE_ANSWER_MAX_BYTES
        )
        if response.status_code == httpx.codes.NOT_FOUND:
            raise lost()
        try:
            answer = response.json()
        except ValueError as error:
            raise bad_answer() from error
        status = answer.get("status") if isinstance(answer, dict) else None
        if status == "COMPLETED":
            return self._finish(ticket, answer)
        if status in _ENDED_BADLY:
            raise _FAILURES[status]()
        if not status:
            raise bad_answer()
        return Progress(check_after_s=2.0, is_started=status not in _QUEUED)

    def _finish(self, ticket: Ticket, answer: Mapping[str, Any]) -> Finished:
        if answer.get("output") is None:
            raise gone()
        took_ms = answer.get("executionTime")
        seconds = took_ms / 1000 if isinstance(took_ms, int | float) else None
        cost = cost_of_time(seconds, self._cost_minor_per_s)
        return finish(ticket, self._read(answer["output"]), cost_minor=cost)

    def _read(self, output: Any) -> bytes:
        """{"images": [{"filename", "type", "data"}], "errors"?} of worker-comfyui from 5.0 on;
        {"status", "message"} before. Some handlers answer with the image alone."""
        if isinstance(output, str):
            return self._bytes_of(output)
        if not isinstance(output, dict):
            raise no_picture()
        images = [one for one in output.get("images") or () if isinstance(one, dict)]
        if images:
            return self._bytes_of(images[0].get("data"))
        if output.get("errors") or output.get("error") or output.get("status") == "error":
            raise failed("The worker failed.")
        return self._bytes_of(output.get("message"))

    def _bytes_of(self, data: Any) -> bytes:
        """Base64, a data URI, or an address in the worker's bucket."""
        if not isinstance(data, str) or not data:
            raise no_picture()
        if data.startswith(("https://", "http://")):
            return fetch(data, allow_private=self._allow_private)
        return from_base64(data)

    def cancel(self, ticket: Ticket) -> None:
        # Of one that has ended there is nothing left to stop.
        self._client.call("POST", f"/cancel/{_id(ticket)}", reads=(400, 404))

    # --- Being called ------------------------------------------------------------------------

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[str]:
        try:
            told = json.loads(body)
        except ValueError:
            return ()
        id_ = told.get("id") if isinstance(told, dict) else None
        return (id_,) if isinstance(id_, str) and id_ else ()


_FAILURES = {
    "FAILED": lambda: failed("The worker failed."),
    "TIMED_OUT": lambda: failed("It took longer than it may.", code="expired"),
    "CANCELLED": lambda: failed("It was stopped at the provider.", code="canceled_there"),
}


def _id(ticket: Ticket) -> str:
    return quote(ticket.external_id, safe="")


class Packing(ComfyUI):
    """A ComfyUI that is handed its pictures with the workflow instead of beforehand."""

    alias = "runpod"

    def pack(self, request: ImageRequest) -> tuple[dict[str, Any], list[dict[str, str]]]:
        """The graph, and the pictures it names."""
        once = copy.copy(self)
        once.images = {}
        graph = once._graph(once._workflow_for(request), request)
        return graph, [{"name": n, "image": uri} for n, uri in once.images.items()]

    images: dict[str, str]

    def _upload(self, content: bytes, content_type: str = "image/png") -> str:
        extension = content_type.rpartition("/")[2].replace("jpeg", "jpg")
        name = f"{hashlib.sha256(content).hexdigest()[:32]}.{extension}"
        self.images[name] = data_uri(content, content_type)
        return name

    def ticket(self, request: ImageRequest, external_id: str) -> Ticket:
        return self._ticket(request, external_id, None)
