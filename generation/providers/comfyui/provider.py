"""ComfyUI, the installer's own server: https://docs.comfy.org/development/comfyui-server/

It knows a request by the id we give it, but takes the same id twice and then runs it twice, so
whoever is unsure looks there first (`find`). Queue and history are read for the truth; they lie
in its memory, so a restart forgets everything, and what it forgot is `lost` and made anew. It has
no users: whoever reaches it may read every prompt, so it belongs on a private network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from generation.providers import pictures
from generation.providers.base import (
    UPSCALE_FACTOR,
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Progress,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from generation.providers.fake import FakeProvider
from generation.providers.http import Client

from . import socket
from .graphs import NAMES, SETTING_SLOTS, Graph, Workflow, read_workflow
from .refusals import failed_run, refused_workflow

log = logging.getLogger(__name__)

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
FOLDER = "ryla"
# Latents are an eighth of a picture, so that its sides are multiples of this.
STEP_PX = 8
# An empty value means: not there, so what needs it is not offered.
DEFAULT_VALUES: Mapping[str, Any] = MappingProxyType(
    {
        "checkpoint": "",
        "upscale_model": "",
        "identity_preset": "",
        "identity_weight": 0.8,
        "cfg": 6.0,
        "sampler": "dpmpp_2m",
        "scheduler": "karras",
        "denoise": 0.9,
    }
)
DEFAULT_STEPS: Mapping[str, int] = MappingProxyType({"draft": 16, "standard": 28, "high": 44})
# Without the person's pictures, and with them.
_TEMPLATES_OF = {
    "create": ("text_to_image", "reference_face"),
    "edit": ("inpaint", "inpaint_face"),
    "upscale": ("upscale",),
}
_SYNC_KEPT_S = 24 * 3600
_SYNC_READ_EVERY_S = 15.0
_CHECK_AT_MOST_S = 10.0
_TOLD_KEPT_S = 900
_BAD_REQUEST = 400
# What all of its nodes are, with the names of every file they may load; and its queue, which holds
# everybody's whole workflows.
_LISTS_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Entry:
    """A run that ended. `number` tells it from another run under the same id."""

    number: float | None
    outputs: Mapping[str, Any]
    is_success: bool
    messages: Any


class ComfyUI(ImageProvider):
    """OPTIONS: `base_url` and, where a proxy asks for it, `auth` (name, password) or `headers`.

    `values` names the server's model files and settings by slot (`DEFAULT_VALUES`): without a
    `checkpoint` nothing is made, without an `upscale_model` nothing enlarged, without an
    `identity_preset` (of IPAdapterUnifiedLoader, such as "PLUS FACE (portraits)") no reference
    pictures are taken. `workflows` are files of the installer's own by the name of the template
    they replace; `steps` is by quality; `cost_minor` what a picture costs by quality.
    `client_id` must differ between installations that share a server.
    """

    alias = "comfyui"

    def __init__(
        self,
        *,
        base_url: str = "http://127.0.0.1:8188",
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        workflows: Mapping[str, str] | None = None,
        steps: Mapping[str, int] | None = None,
        cost_minor: Mapping[str, float] | None = None,
        client_id: str = "ryla",
        timeout_s: float = 30,
    ) -> None:
        self.values = {**DEFAULT_VALUES, **(values or {})}
        if unknown := sorted(set(self.values) - SETTING_SLOTS):
            raise ImproperlyConfigured(f"ComfyUI has no values {', '.join(unknown)}.")
        if unknown := sorted(set(workflows or {}) - set(NAMES)):
            raise ImproperlyConfigured(f"ComfyUI has no workflows {', '.join(unknown)}.")
        files = {name: Path(file) for name, file in (workflows or {}).items()}
        self.workflows = {name: read_workflow(name, files.get(name)) for name in NAMES}
        self.steps = {**DEFAULT_STEPS, **(steps or {})}
        self.client_id = client_id
        self._cost_minor = dict(cost_minor or {})
        self._client = Client(base_url, auth=auth, headers=headers, timeout_s=timeout_s)
        self._socket_url = f"{_as_socket(base_url)}/ws?clientId={quote(client_id, safe='')}"
        self._socket_headers = {**(headers or {}), **_basic(auth)}
        place = hashlib.sha256(base_url.encode()).hexdigest()[:16]
        self._sync_key = f"comfyui:{place}:sync"
        self._synced: Mapping[str, str] | None = None
        self._synced_read_at = -_SYNC_READ_EVERY_S

    # --- What it can ------------------------------------------------------------------------

    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]
        """Everything words can say, in what the settings and the last `sync` leave."""
        usable = self._usable()
        counts = {operation: self._references_of(operation, usable) for operation in _TEMPLATES_OF}
        operations = tuple(o for o, names in _TEMPLATES_OF.items() if usable.intersection(names))
        return replace(
            FakeProvider.capabilities,
            operations=operations,
            references_at_most=max((counts[o] for o in operations), default=0),
            references_of={o: counts[o] for o in operations},
            accepts_free_text=True,
            accepts_negative=True,
            accepts_seeds=True,
            cost_minor=self._cost_minor,
            disclosure="This picture was made by a machine.",
        )

    def sync(self) -> Mapping[str, str]:
        """Ask the server what it has, and offer only that from now on, in every process.

        By template why it cannot run, "" for those that can. Raises ProviderError, and then
        keeps to what was known. Worth repeating now and then, and after every change there.
        """
        nodes = self._client.json("GET", "/object_info", at_most=_LISTS_MAX_BYTES)
        if not nodes or not isinstance(nodes, dict):
            raise _nonsense()
        found = {
            name: self._unset(workflow) or workflow.lacks(nodes, self.values)
            for name, workflow in self.workflows.items()
        }
        self._synced, self._synced_read_at = found, time.monotonic()
        cache.set(self._sync_key, found, _SYNC_KEPT_S)
        return found

    def _usable(self) -> set[str]:
        synced = self._last_sync()
        return {
            name
            for name, workflow in self.workflows.items()
            if not self._unset(workflow) and not synced.get(name)
        }

    def _last_sync(self) -> Mapping[str, str]:
        """What `sync` found here or in another process; nothing known hinders nothing."""
        now = time.monotonic()
        if now - self._synced_read_at >= _SYNC_READ_EVERY_S:
            self._synced_read_at = now
            self._synced = cache.get(self._sync_key) or self._synced
        return self._synced or {}

    def _unset(self, workflow: Workflow) -> str:
        missing = workflow.missing(self.values)
        return f"not set: {', '.join(missing)}" if missing else ""

    def _references_of(self, operation: str, usable: set[str]) -> int:
        if operation == "upscale":
            return 1
        name = _TEMPLATES_OF[operation][1]
        people = self.workflows[name].references_at_most if name in usable else 0
        return people + (2 if operation == "edit" else 0)

    def check(self, request: ImageRequest) -> None:
        super().check(request)
        sources = sum(reference.role == "source" for reference in request.references)
        if request.operation != "create" and sources != 1:
            raise UnsupportedOption("Which picture is to be changed?", field="references")
        if self._workflow_for(request).name in self._usable():
            return
        if _people(request):
            message = "This provider cannot keep to reference pictures here."
            raise UnsupportedOption(message, field="references")
        raise UnsupportedOption("This provider cannot do that.", field="operation")

    def _workflow_for(self, request: ImageRequest) -> Workflow:
        """Whether it can run is not asked here: what was submitted once is still looked for."""
        if request.operation == "upscale":
            return self.workflows["upscale"]
        plain, with_people = _TEMPLATES_OF[request.operation]
        return self.workflows[with_people if _people(request) else plain]

    # --- Handing over ----------------------------------------------------------------------

    def submit(self, request: ImageRequest) -> Ticket:
        workflow = self._workflow_for(request)
        graph = self._graph(workflow, request)
        body = {"prompt": graph, "client_id": self.client_id, "prompt_id": request.external_key}
        response = self._client.call(
            "POST", "/prompt", submits=True, reads=(_BAD_REQUEST,), json=body
        )
        answer = _parsed(response.content)
        if response.status_code == _BAD_REQUEST:
            raise refused_workflow(answer, graph)
        if not isinstance(answer, dict) or not answer.get("prompt_id"):
            raise _nonsense(is_outcome_unknown=True)
        # Servers of old give an id of their own.
        ticket = self._ticket(request, str(answer["prompt_id"]), answer.get("number"))
        if answer.get("node_errors"):
            # Half of the workflow is running now; half a workflow is not what was asked for.
            self._stop_quietly(ticket)
            raise refused_workflow(answer, graph)
        return ticket

    def find(self, request: ImageRequest) -> Ticket | None:
        """In history, in the queue, and in history again for what ended between the two. A run
        that failed is as good as none: doing it again costs nothing."""
        key = request.external_key
        number = self._number_of(key)
        return None if number is None else self._ticket(request, key, number)

    def _number_of(self, key: str) -> float | None:
        entry = self._entry(key)
        if entry is None or not entry.is_success:
            place = self._place(key)
            if place is not None:
                return place.number
            entry = self._entry(key)
        return entry.number if entry and entry.is_success else None

    def _ticket(self, request: ImageRequest, external_id: str, number: Any) -> Ticket:
        """Whatever `poll` needs, so that no process has to know of another's submit."""
        workflow = self._workflow_for(request)
        model = "upscale_model" if workflow.name == "upscale" else "checkpoint"
        width, height = _size_of(request)
        data = {
            "number": number,
            "size": [width, height],
            "nodes": len(workflow.fill(self._slots(request), ("",) * len(_people(request)))),
            "model": str(self.values[model]) if model in workflow.slots else workflow.name,
            "version": _version(workflow),
            "parameters": self._parameters(workflow, request),
        }
        return Ticket(external_id, data)

    def _parameters(self, workflow: Workflow, request: ImageRequest) -> dict[str, Any]:
        """What the picture was made with, for who wants it again; no prompt."""
        chosen = {slot: self.values[slot] for slot in sorted(workflow.slots & SETTING_SLOTS)}
        if "steps" in workflow.slots:
            chosen["steps"] = self.steps[request.quality]
        return {"workflow": workflow.name, **chosen}

    def _graph(self, workflow: Workflow, request: ImageRequest) -> Graph:
        slots = self._slots(request)
        people: tuple[str, ...] = ()
        if {"source", "mask"} & workflow.slots:
            slots |= self._uploaded_source(request)
        if {"references", "base_face"} & workflow.slots:
            people = tuple(self._upload(r.content, r.content_type) for r in _people(request))
        return workflow.fill(slots, people)

    def _slots(self, request: ImageRequest) -> dict[str, Any]:
        width, height = _size_of(request)
        if request.operation == "create":
            width, height = pictures.stepped(width, STEP_PX), pictures.stepped(height, STEP_PX)
        return {
            **self.values,
            "text": request.text,
            "negative": request.negative,
            "seed": request.seed,
            "width": width,
            "height": height,
            "steps": self.steps[request.quality],
            # Counters in file names start anew; this is how a file is told to be ours.
            "prefix": f"{FOLDER}/{request.external_key}",
            "source": "",
            "mask": "",
        }

    def _uploaded_source(self, request: ImageRequest) -> dict[str, str]:
        """Brought to the request's size, and for an edit to what a latent can hold: `poll` cuts
        the result where the source was continued, so that the rest stays where it was."""
        size = (request.width_px, request.height_px)
        source = _only(request.references, "source")
        if request.operation == "upscale":
            content, content_type = pictures.fit(source.content, *size)
            return {"source": self._upload(content, content_type)}
        mask = next((r for r in request.references if r.role == "mask"), None)
        return {
            "source": self._upload(pictures.padded(source.content, *size, step_px=STEP_PX)),
            "mask": self._upload(
                pictures.padded_mask(mask.content, *size, step_px=STEP_PX)
                if mask
                else pictures.full_mask(*size, step_px=STEP_PX)
            ),
        }

    def _upload(self, content: bytes, content_type: str = "image/png") -> str:
        """The name to load it by: the server may have chosen another than ours."""
        extension = content_type.rpartition("/")[2].replace("jpeg", "jpg")
        name = f"{hashlib.sha256(content).hexdigest()[:32]}.{extension}"
        answer = self._client.json(
            "POST",
            "/upload/image",
            files={"image": (name, content, content_type)},
            data={"type": "input", "subfolder": FOLDER, "overwrite": "false"},
        )
        if not isinstance(answer, dict) or not answer.get("name"):
            raise ProviderError(
                "The provider did not take a reference picture.",
                code="bad_answer",
                is_transient=True,
            )
        folder = answer.get("subfolder") or ""
        return f"{folder}/{answer['name']}" if folder else str(answer["name"])

    # --- Asking --------------------------------------------------------------------------------

    def poll(self, ticket: Ticket) -> Progress | Finished:
        entry = self._ended(ticket)
        if entry is None:
            place = self._place(ticket.external_id)
            if place is not None:
                return place.progress(cache.get(_told_key(ticket.external_id)))
            entry = self._ended(ticket)  # it may have ended between the two answers
        if entry is None:
            raise ProviderError("The provider forgot this.", code="lost", is_transient=True)
        if not entry.is_success:
            raise failed_run(entry.messages)
        return self._fetch(ticket, entry)

    def _ended(self, ticket: Ticket) -> _Entry | None:
        """An earlier run under the same id is none of this ticket's business."""
        entry, number = self._entry(ticket.external_id), ticket.data.get("number")
        if entry is None or None in (number, entry.number) or entry.number == number:
            return entry
        return None

    def _entry(self, key: str) -> _Entry | None:
        found = self._client.json("GET", f"/history/{quote(key, safe='')}")
        entry = found.get(key) if isinstance(found, dict) else None
        if not isinstance(entry, dict):
            return None
        status = entry.get("status") or {}
        outputs = entry.get("outputs") or {}
        prompt = entry.get("prompt") or [None]
        success = status.get("status_str", "success" if outputs else "error") == "success"
        return _Entry(prompt[0], outputs, success, status.get("messages"))

    def _place(self, key: str) -> _Place | None:
        queue = self._client.json("GET", "/queue", at_most=_LISTS_MAX_BYTES)
        queue = queue if isinstance(queue, dict) else {}
        for item in queue.get("queue_running") or ():
            if item[1] == key:
                return _Place(item[0], is_running=True, ahead=0)
        pending = queue.get("queue_pending") or ()
        for item in pending:
            if item[1] == key:
                ahead = sum(other[0] < item[0] for other in pending)
                return _Place(item[0], is_running=False, ahead=ahead)
        return None

    def _fetch(self, ticket: Ticket, entry: _Entry) -> Finished:
        output = _picture_of(entry.outputs)
        content, content_type = self._client.picture("/view", params=output)
        width, height = ticket.data["size"]
        content, content_type = pictures.fit(content, width, height, step_px=STEP_PX)
        return Finished(
            content=pictures.without_text(content),
            content_type=content_type,
            model=ticket.data["model"],
            model_version=ticket.data["version"],
            digital_source_type=DIGITAL_SOURCE_TYPE,
            parameters=dict(ticket.data["parameters"]),
        )

    def listen(
        self,
        on_ended: socket.OnEnded,
        *,
        is_stopped: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], Any] = time.sleep,
    ) -> None:
        """Hear how far every run of ours is, for `poll` of any process to report, and tell of
        those that ended, by id, until `is_stopped`. One process for a `client_id`: a second
        takes over from the first. The caller may be told of ids it does not know.
        """
        telling = socket.Telling(_remember, on_ended, self._nodes_of)
        socket.listen(
            self._socket_url,
            self._socket_headers,
            telling.hear,
            is_stopped=is_stopped,
            sleep=sleep,
        )

    def _nodes_of(self, key: str) -> int | None:
        try:
            queue = self._client.json("GET", "/queue", at_most=_LISTS_MAX_BYTES)
        except ProviderError:
            return None
        running = queue.get("queue_running") if isinstance(queue, dict) else None
        return next((len(item[2]) for item in running or () if item[1] == key), None)

    # --- Stopping ------------------------------------------------------------------------------

    def cancel(self, ticket: Ticket) -> None:
        """Out of the queue, or interrupted by name while it runs.

        Servers before autumn 2025 do not read the name and stop whatever runs, so it is only
        asked for while the queue shows that it is ours.
        """
        key = ticket.external_id
        place = self._place(key)
        if place is not None and not place.is_running:
            self._client.call("POST", "/queue", json={"delete": [key]})
            place = self._place(key)  # it may have started meanwhile
        if place is not None and place.is_running:
            self._client.call("POST", "/interrupt", json={"prompt_id": key})

    def _stop_quietly(self, ticket: Ticket) -> None:
        try:
            self.cancel(ticket)
        except ProviderError as error:
            log.warning("not stopped at provider", extra={"code": error.code})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a request stands in the queue; `ahead` counts those before it."""

    number: float
    is_running: bool
    ahead: int

    def progress(self, told: float | None) -> Progress:
        """The queue does not say how far a run is; what the socket `told` does."""
        if not self.is_running:
            told = None
        wait_s = 1.0 if self.is_running else min(1.0 + self.ahead, _CHECK_AT_MOST_S)
        return Progress(told, check_after_s=wait_s, is_started=self.is_running)


def _nonsense(*, is_outcome_unknown: bool = False) -> ProviderError:
    return ProviderError(
        "The provider's answer made no sense.",
        code="bad_answer",
        is_transient=True,
        is_outcome_unknown=is_outcome_unknown,
    )


def _told_key(key: str) -> str:
    return f"comfyui:told:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _remember(key: str, fraction: float) -> None:
    cache.set(_told_key(key), fraction, _TOLD_KEPT_S)


def _people(request: ImageRequest) -> tuple[Reference, ...]:
    """Pictures of the person. Of an upscale there are none: its source is the person."""
    if request.operation == "upscale":
        return ()
    other = ("mask",) if request.operation == "create" else ("source", "mask")
    return tuple(r for r in request.references if r.role not in other)


def _only(references: Iterable[Reference], role: str) -> Reference:
    return next(r for r in references if r.role == role)


def _size_of(request: ImageRequest) -> tuple[int, int]:
    """Of the picture to deliver: an upscale names the size of its source."""
    factor = UPSCALE_FACTOR if request.operation == "upscale" else 1
    return request.width_px * factor, request.height_px * factor


def _version(workflow: Workflow) -> str:
    text = json.dumps(workflow.graph, sort_keys=True)
    return f"{workflow.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _picture_of(outputs: Mapping[str, Any]) -> dict[str, str]:
    """What to ask `/view` for. Previews (type temp) are not what was ordered."""
    for node in outputs.values():
        for image in node.get("images") or () if isinstance(node, dict) else ():
            if image.get("type") == "output" and image.get("filename"):
                names = ("filename", "subfolder", "type")
                return {name: str(image.get(name) or "") for name in names}
    message = "The provider's workflow saved no picture."
    raise ProviderError(message, code="no_picture", is_transient=False)


def _as_socket(base_url: str) -> str:
    scheme, _, rest = base_url.rstrip("/").partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}"


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode()}


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
