"""AUTOMATIC1111 and Forge, the installer's own server (started with --api).

A call to it makes one picture and ends with it; it has one queue for everybody, no results to
fetch later and only one global interrupt. So `submit` is the whole of it and gives the picture
back (`Made`): set SLOTS to 1, a worker waits in the call, and put no proxy before it that cuts
connections before ten minutes. Its picture costs nothing, so what broke off is made again once
the server says that it is not at it any more.

`sync` asks which models it has; what needs a missing one is then refused before anything is
charged. It has no users: whoever reaches it may use it, so it belongs on a private network.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import httpx
from django.core.cache import cache

from generation.providers import pictures
from generation.providers.base import (
    UPSCALE_FACTOR,
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Made,
    Progress,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from generation.providers.fake import FakeProvider
from generation.providers.http import PICTURE_ANSWER_MAX_BYTES, Client, refused

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
# Latents are an eighth of a picture.
STEP_PX = 8
SEEDS = 2**32
CALL_LASTS_S = 900.0
ASKING_LASTS_S = 10.0
DEFAULT_STEPS: Mapping[str, int] = MappingProxyType({"draft": 16, "standard": 28, "high": 44})
_CHECK_AFTER_S = 2.0
_EXPLAINED = frozenset({400, 404, 422, 500})
_SYNC_KEPT_S = 24 * 3600
_FILL_WITH_ORIGINAL = 1


class Automatic1111(ImageProvider):
    """OPTIONS beside `base_url` and `auth` (name, password): `checkpoint`, `sampler` and
    `upscaler` by the server's own names, "" for whatever it has loaded, and no enlarging without
    an upscaler. With `identity_model` and `identity_module` (of its ControlNet extension) the
    base face goes along; without them no reference pictures are taken."""

    alias = "automatic1111"

    def __init__(
        self,
        *,
        base_url: str = "http://127.0.0.1:7860",
        auth: tuple[str, str] | None = None,
        checkpoint: str = "",
        sampler: str = "DPM++ 2M",
        scheduler: str = "",
        cfg: float = 6.0,
        steps: Mapping[str, int] | None = None,
        denoise: float = 0.75,
        upscaler: str = "",
        identity_model: str = "",
        identity_module: str = "",
        identity_weight: float = 0.8,
        cost_minor: Mapping[str, float] = MappingProxyType({}),
        timeout_s: float = CALL_LASTS_S,
    ) -> None:
        self.checkpoint = checkpoint
        self.sampler = sampler
        self.scheduler = scheduler
        self.cfg = cfg
        self.steps = {**DEFAULT_STEPS, **(steps or {})}
        self.denoise = denoise
        self.upscaler = upscaler
        self.identity_model = identity_model
        self.identity_module = identity_module
        self.identity_weight = identity_weight
        self.submit_lasts_s = timeout_s
        self._cost_minor = dict(cost_minor)
        access = (auth[0], auth[1]) if auth else None
        self._makes = Client(base_url, auth=access, timeout_s=timeout_s)
        self._asks = Client(base_url, auth=access, timeout_s=ASKING_LASTS_S)
        place = hashlib.sha256(base_url.encode()).hexdigest()[:16]
        self._sync_key = f"automatic1111:{place}:sync"

    # --- What it can ------------------------------------------------------------------------

    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]
        """Everything words can say, in what the settings and the last `sync` leave."""
        people = 1 if self.identity_model else 0
        lacks: Mapping[str, str] = cache.get(self._sync_key) or {}
        wanted = ("create", "edit", "upscale") if self.upscaler else ("create", "edit")
        operations = tuple(o for o in wanted if not lacks.get(o))
        return replace(
            FakeProvider.capabilities,
            operations=operations,
            references_at_most=people,
            references_of={"create": people, "edit": 2 + people, "upscale": 1},
            accepts_free_text=True,
            accepts_negative=True,
            accepts_seeds=True,
            cost_minor=self._cost_minor,
            disclosure="This picture was made by a machine.",
        )

    def sync(self) -> Mapping[str, str]:
        """Ask the server what it has, and offer only that from now on, in every process.

        By operation why it cannot be done, "" where it can. Raises ProviderError.
        """
        models = self._names("/sdapi/v1/sd-models", "title", "model_name")
        samplers = self._names("/sdapi/v1/samplers", "name")
        upscalers = self._names("/sdapi/v1/upscalers", "name")
        makes = ""
        if self.checkpoint and self.checkpoint not in models:
            makes = f"There is no checkpoint {self.checkpoint}."
        elif self.sampler not in samplers:
            makes = f"There is no sampler {self.sampler}."
        missing = bool(self.upscaler) and self.upscaler not in upscalers
        enlarges = f"There is no upscaler {self.upscaler}." if missing else ""
        found = {"create": makes, "edit": makes, "upscale": enlarges}
        cache.set(self._sync_key, found, _SYNC_KEPT_S)
        return found

    def _names(self, url: str, *fields: str) -> set[str]:
        rows = self._asks.json("GET", url)
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return {str(row[field]) for row in rows for field in fields if field in row}

    def check(self, request: ImageRequest) -> None:
        super().check(request)
        if request.operation != "create" and _only(request, "source") is None:
            raise UnsupportedOption("Which picture is to be changed?", field="references")

    # --- Making -----------------------------------------------------------------------------

    def submit(self, request: ImageRequest) -> Made:
        if request.operation == "upscale":
            return self._enlarge(request)
        url = "/sdapi/v1/img2img" if request.operation == "edit" else "/sdapi/v1/txt2img"
        answer = self._make(url, self._body(request))
        info = _info(answer)
        content, content_type = pictures.fit(
            _picture(answer, "images"), request.width_px, request.height_px
        )
        finished = Finished(
            content=content,
            content_type=content_type,
            model=str(info.get("sd_model_name") or self.checkpoint or "unknown")[:60],
            model_version=str(info.get("sd_model_hash") or "unknown")[:40],
            digital_source_type=DIGITAL_SOURCE_TYPE,
            parameters=_parameters(info),
        )
        return Made(_ticket(request), finished)

    def _enlarge(self, request: ImageRequest) -> Made:
        source = _only(request, "source")
        body = {
            "image": _encoded(source) if source else "",
            "resize_mode": 0,
            "upscaling_resize": UPSCALE_FACTOR,
            "upscaler_1": self.upscaler,
        }
        answer = self._make("/sdapi/v1/extra-single-image", body)
        content, content_type = pictures.fit(
            _picture(answer, "image"),
            request.width_px * UPSCALE_FACTOR,
            request.height_px * UPSCALE_FACTOR,
        )
        finished = Finished(
            content=content,
            content_type=content_type,
            model=self.upscaler[:60],
            model_version="unknown",
            digital_source_type=DIGITAL_SOURCE_TYPE,
            parameters={"factor": UPSCALE_FACTOR},
        )
        return Made(_ticket(request), finished)

    def _make(self, url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        response = self._makes.call(
            "POST",
            url,
            submits=True,
            reads=_EXPLAINED,
            at_most=PICTURE_ANSWER_MAX_BYTES,
            json=body,
        )
        if not response.is_success:
            raise _refusal(response)
        try:
            answer = response.json()
        except ValueError as error:
            raise _bad_answer() from error
        if not isinstance(answer, dict):
            raise _bad_answer()
        return answer

    def _body(self, request: ImageRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "prompt": request.text,
            "negative_prompt": request.negative,
            "seed": request.seed % SEEDS,
            "steps": self.steps[request.quality],
            "cfg_scale": self.cfg,
            "sampler_name": self.sampler,
            "width": pictures.stepped(request.width_px, STEP_PX),
            "height": pictures.stepped(request.height_px, STEP_PX),
            "batch_size": 1,
            "n_iter": 1,
            "send_images": True,
            "save_images": False,
            "force_task_id": request.external_key,
        }
        if self.scheduler:
            body["scheduler"] = self.scheduler
        if self.checkpoint:
            body["override_settings"] = {"sd_model_checkpoint": self.checkpoint}
            body["override_settings_restore_afterwards"] = False
        if request.operation == "edit":
            body |= self._change(request)
        return body | self._identity(request)

    def _change(self, request: ImageRequest) -> dict[str, Any]:
        source, mask = _only(request, "source"), _only(request, "mask")
        size = (request.width_px, request.height_px)
        body: dict[str, Any] = {
            "init_images": [
                _text(pictures.padded(source.content, *size, step_px=STEP_PX)) if source else ""
            ],
            "denoising_strength": self.denoise,
        }
        if mask:
            body["mask"] = _text(pictures.padded_mask(mask.content, *size, step_px=STEP_PX))
            body["inpainting_fill"] = _FILL_WITH_ORIGINAL
            body["inpaint_full_res"] = False
        return body

    def _identity(self, request: ImageRequest) -> dict[str, Any]:
        face = _only(request, "base_face") or _only(request, "character")
        if face is None:
            return {}
        unit = {
            "enabled": True,
            "image": _encoded(face),
            "module": self.identity_module,
            "model": self.identity_model,
            "weight": self.identity_weight,
        }
        return {"alwayson_scripts": {"controlnet": {"args": [unit]}}}

    # --- What became of it ------------------------------------------------------------------

    def find(self, request: ImageRequest) -> Ticket | None:
        """Nobody waits for its answer any more, but two at once would take twice as long."""
        progress = self._progress(request.external_key)
        return _ticket(request) if progress["active"] or progress["queued"] else None

    def poll(self, ticket: Ticket) -> Progress:
        """Only for what `find` found: its picture went to a connection that is gone."""
        task = ticket.data.get("task")
        progress = self._progress(task) if isinstance(task, str) else {}
        if progress.get("active"):
            return Progress(_fraction(progress.get("progress")), _CHECK_AFTER_S)
        if progress.get("queued"):
            return Progress(None, _CHECK_AFTER_S, is_started=False)
        raise ProviderError(
            "The connection broke while this was made.", code="lost", is_transient=True
        )

    def cancel(self, ticket: Ticket) -> None:
        """Interrupts only while it is ours that runs; one that still waits in its queue cannot
        be taken out, and nobody takes its picture."""
        task = ticket.data.get("task")
        if isinstance(task, str) and self._progress(task)["active"]:
            self._asks.call("POST", "/sdapi/v1/interrupt", json={})

    def _progress(self, task: str) -> Mapping[str, Any]:
        body = {"id_task": task, "id_live_preview": -1, "live_preview": False}
        answer = self._asks.json("POST", "/internal/progress", json=body)
        known = answer if isinstance(answer, dict) else {}
        return {"active": False, "queued": False, **known}


# --- Reading and writing ------------------------------------------------------------------------


def _ticket(request: ImageRequest) -> Ticket:
    """Its task id is ours and may run again; an output has an id of its own."""
    task = request.external_key
    return Ticket(f"{task}.{uuid4().hex[:12]}", {"task": task})


def _only(request: ImageRequest, role: str) -> Reference | None:
    return next((r for r in request.references if r.role == role), None)


def _encoded(reference: Reference) -> str:
    return _text(reference.content)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _picture(answer: Mapping[str, Any], name: str) -> bytes:
    """The first of `images`, or `image`; some builds write a data address before it."""
    found = answer.get(name)
    if isinstance(found, list):
        found = found[0] if found else None
    if not isinstance(found, str) or not found:
        raise _bad_answer()
    try:
        return base64.b64decode(found.rpartition(",")[2], validate=True)
    except binascii.Error as error:
        raise _bad_answer() from error


def _info(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """`info` is JSON inside a text."""
    try:
        info = json.loads(answer.get("info") or "{}")
    except (TypeError, ValueError):
        return {}
    return info if isinstance(info, dict) else {}


def _parameters(info: Mapping[str, Any]) -> dict[str, Any]:
    """What it really used, without the words: they stand in our own request."""
    names = ("sampler_name", "steps", "cfg_scale", "denoising_strength", "version")
    used = {name: info[name] for name in names if info.get(name) is not None}
    seeds = info.get("all_seeds")
    if isinstance(seeds, list) and seeds:
        used["vendor_seed"] = seeds[0]
    return used


def _fraction(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _bad_answer() -> ProviderError:
    return ProviderError(
        "The provider's answer held no picture.", code="bad_answer", is_transient=True
    )


def _refusal(response: httpx.Response) -> ProviderError:
    """`{"error", "detail", "body", "errors"}` in our words: theirs name files and paths."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    body = body if isinstance(body, dict) else {}
    if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        named = _field(body.get("detail"))
        message = f"The provider refused the request{f' ({named})' if named else ''}."
        return ProviderError(message, code="refused", is_transient=False)
    if response.status_code == httpx.codes.NOT_FOUND:
        message = "The provider lacks a model or sampler this needs."
        return ProviderError(message, code="model_missing", is_transient=False)
    if "OutOfMemory" in str(body.get("error")):
        message = "The provider had not enough memory for this picture."
        return ProviderError(message, code="oom", is_transient=False)
    # An answer is the end of the call, so nothing is under way.
    return refused(response, submits=False)


def _field(detail: Any) -> str:
    """Of the first complaint: `[{"loc": ["body", "width"], "msg": …}]`."""
    first = detail[0] if isinstance(detail, list) and detail else {}
    place = first.get("loc") if isinstance(first, dict) else None
    return ".".join(str(p) for p in place[1:])[:60] if isinstance(place, list) else ""
