"""OpenAI Images: https://platform.openai.com/docs/api-reference/images

One long call without an id: it cannot be looked up, asked again or canceled, and a repeat is
another picture to pay. So `submit` is the whole of it and gives the picture back (`Made`), which
the engine keeps together with the ticket. A worker waits in the call; give this provider as many
SLOTS as workers may be spared. A call that broke, or whose worker died, is never repeated: no word
of it can come, and the picture is lost with its refund, though OpenAI may bill it.

There is no seed and no negative prompt. The base face goes along through the edits endpoint.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NoReturn
from uuid import uuid4

import httpx
from django.core.exceptions import ImproperlyConfigured
from PIL import Image as Pillow

from generation.providers import pictures
from generation.providers.base import (
    FORMAT_SIZES,
    CannotLookUp,
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Made,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from generation.providers.fake import FakeProvider
from generation.providers.http import PICTURE_ANSWER_MAX_BYTES, Client, refused

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
# Sizes of the models before gpt-image-2, which takes any multiple of 16.
SIZES = ((1024, 1024), (1536, 1024), (1024, 1536))
STEP_PX = 16
PROMPT_MAX = 32_000
REFERENCES_AT_MOST = 16
CALL_LASTS_S = 600.0
QUALITIES: Mapping[str, str] = MappingProxyType(
    {"draft": "low", "standard": "medium", "high": "high"}
)
_EXPLAINED = frozenset({400, 404, 422, 429, 500, 503})
_BLOCKED = frozenset({"moderation_blocked", "content_policy_violation"})
_HALF = 128


class OpenAI(ImageProvider):
    """`model` is of the gpt-image family; `cost_minor` is what a picture costs the operator in
    euro cents, by quality. `input_fidelity` "" leaves it out, for models that know none."""

    alias = "openai"

    def __init__(
        self,
        *,
        api_key: str,
        model: str = "gpt-image-1",
        base_url: str = "https://api.openai.com/v1",
        input_fidelity: str = "high",
        moderation: str = "auto",
        cost_minor: Mapping[str, float] = MappingProxyType({}),
        timeout_s: float = CALL_LASTS_S,
    ) -> None:
        if not api_key:
            raise ImproperlyConfigured("The provider openai needs its api_key.")
        self.model = model
        self.input_fidelity = input_fidelity
        self.moderation = moderation
        self.submit_lasts_s = timeout_s
        self.capabilities = _capabilities(model, cost_minor)
        headers = {"Authorization": f"Bearer {api_key}"}
        self._client = Client(base_url, headers=headers, timeout_s=timeout_s)

    def check(self, request: ImageRequest) -> None:
        super().check(request)
        if len(request.text) > PROMPT_MAX:
            raise UnsupportedOption("The words are too many for this provider.", field="prompt")
        if sum(reference.role != "mask" for reference in request.references) > REFERENCES_AT_MOST:
            raise UnsupportedOption("So many pictures are not taken.", field="references")
        has_source = any(reference.role == "source" for reference in request.references)
        if request.operation == "edit" and not has_source:
            raise UnsupportedOption("Which picture is to be changed?", field="references")

    def submit(self, request: ImageRequest) -> Made:
        canvas = _canvas(self.model, request)
        options = {
            "model": self.model,
            "prompt": request.text,
            "n": 1,
            "size": f"{canvas[0]}x{canvas[1]}",
            "quality": QUALITIES[request.quality],
            "output_format": "png",
        }
        if request.references:
            response = self._edit(request, options, canvas)
        else:
            body = {**options, "moderation": self.moderation}
            response = self._call("/images/generations", json=body)
        return self._made(request, response)

    def find(self, request: ImageRequest) -> Ticket | None:
        raise CannotLookUp(is_word_possible=False)

    def poll(self, ticket: Ticket) -> NoReturn:
        """Only for a ticket whose picture was not kept: the provider has it no more, and a
        second one would be paid twice."""
        raise ProviderError(
            "The provider gives a picture only once.", code="lost", is_transient=False
        )

    def cancel(self, ticket: Ticket) -> None:
        """There is nothing to cancel: with the ticket the picture is there."""

    def _edit(
        self, request: ImageRequest, options: Mapping[str, Any], canvas: tuple[int, int]
    ) -> httpx.Response:
        fields = {name: str(value) for name, value in options.items()}
        if self.input_fidelity:
            fields["input_fidelity"] = self.input_fidelity
        return self._call("/images/edits", data=fields, files=_files(request, canvas))

    def _call(self, url: str, **more: Any) -> httpx.Response:
        most = PICTURE_ANSWER_MAX_BYTES
        response = self._client.call(
            "POST", url, submits=True, reads=_EXPLAINED, at_most=most, **more
        )
        if not response.is_success:
            raise _refusal(response)
        return response

    def _made(self, request: ImageRequest, response: httpx.Response) -> Made:
        try:
            answer = response.json()
            content = base64.b64decode(answer["data"][0]["b64_json"], validate=True)
        except (ValueError, LookupError, TypeError, binascii.Error) as error:
            # Paid or not, it will not be told again.
            message = "The provider's answer held no picture."
            raise ProviderError(message, code="bad_answer", is_transient=False) from error
        content, content_type = pictures.fit(content, request.width_px, request.height_px)
        vendors_id = response.headers.get("x-request-id", "")[:80]
        asked = {name: answer.get(name) for name in ("size", "quality", "created", "usage")}
        finished = Finished(
            content=content,
            content_type=content_type,
            model=self.model,
            model_version=self.model,
            digital_source_type=DIGITAL_SOURCE_TYPE,
            parameters={**{k: v for k, v in asked.items() if v}, "request_id": vendors_id},
        )
        return Made(Ticket(vendors_id or uuid4().hex, {"key": request.external_key}), finished)


def _capabilities(model: str, cost_minor: Mapping[str, float]) -> Capabilities:
    return replace(
        FakeProvider.capabilities,
        formats=tuple(f for f, size in FORMAT_SIZES.items() if _is_made(model, size)),
        qualities=tuple(QUALITIES),
        operations=("create", "edit"),
        references_at_most=REFERENCES_AT_MOST,
        references_of={"edit": REFERENCES_AT_MOST + 1},  # the mask is no picture of its own
        accepts_free_text=True,
        accepts_seeds=False,
        cost_minor=dict(cost_minor),
        disclosure="Made by OpenAI: description and reference pictures are sent there.",
    )


# --- Sizes --------------------------------------------------------------------------------------


def _takes_any_size(model: str) -> bool:
    return model.startswith("gpt-image-2")


def _is_made(model: str, size: tuple[int, int]) -> bool:
    """Whether a canvas holds it: pixels nobody made are not sold."""
    return _takes_any_size(model) or any(_holds(canvas, size) for canvas in SIZES)


def _holds(canvas: tuple[int, int], size: tuple[int, int]) -> bool:
    return canvas[0] >= size[0] and canvas[1] >= size[1]


def _canvas(model: str, request: ImageRequest) -> tuple[int, int]:
    """The smallest size of the vendor's in which the picture has room."""
    size = request.width_px, request.height_px
    if _takes_any_size(model):
        return pictures.stepped(size[0], STEP_PX), pictures.stepped(size[1], STEP_PX)
    return min((c for c in SIZES if _holds(c, size)), key=math.prod)


# --- Reference pictures -------------------------------------------------------------------------


def _files(request: ImageRequest, canvas: tuple[int, int]) -> list[tuple[str, Any]]:
    """The source comes first, since the mask is of the first picture; then who it shows."""
    by_role = {reference.role: reference for reference in request.references}
    source, mask = by_role.get("source"), by_role.get("mask")
    others = [r for r in request.references if r.role not in ("source", "mask")]
    if source is None:
        return [_file("image[]", r) for r in others]
    if mask is None:
        return [_file("image[]", r) for r in (source, *others)]
    padded = replace(source, content=_on(source, request, canvas), content_type="image/png")
    alpha = replace(mask, content=_alpha(mask, request, canvas), content_type="image/png")
    return [*(_file("image[]", r) for r in (padded, *others)), _file("mask", alpha)]


def _file(name: str, reference: Reference) -> tuple[str, tuple[str, bytes, str]]:
    extension = reference.content_type.removeprefix("image/")
    file_name = f"{reference.role}.{extension}"
    return name, (file_name, reference.content, reference.content_type)


def _on(source: Reference, request: ImageRequest, canvas: tuple[int, int]) -> bytes:
    """In the middle of the canvas, where `pictures.fit` cuts it out again."""
    content, _type = pictures.fit(source.content, request.width_px, request.height_px)
    picture = pictures.read(content).convert("RGBA")
    return _png(_centred(picture, Pillow.new("RGBA", canvas, (0, 0, 0, 0))))


def _alpha(mask: Reference, request: ImageRequest, canvas: tuple[int, int]) -> bytes:
    """Our white is what changes; theirs is what one can see through. Around it all changes, so
    that no border is drawn into the picture."""
    white = pictures.read(mask.content).convert("L")
    white = white.resize((request.width_px, request.height_px), Pillow.Resampling.NEAREST)
    keeps = white.point(lambda level: 0 if level >= _HALF else 255)
    alpha = _centred(keeps, Pillow.new("L", canvas, 0))
    black = Pillow.new("L", canvas, 0)
    return _png(Pillow.merge("RGBA", (black, black, black, alpha)))


def _centred(picture: Pillow.Image, canvas: Pillow.Image) -> Pillow.Image:
    left, top = (canvas.width - picture.width) // 2, (canvas.height - picture.height) // 2
    canvas.paste(picture, (left, top))
    return canvas


def _png(picture: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


# --- Refusals -----------------------------------------------------------------------------------


def _refusal(response: httpx.Response) -> ProviderError:
    """`{"error": {"message", "type", "param", "code"}}` in our words; theirs may hold ours."""
    error = _error_of(response)
    code, param = str(error.get("code") or ""), str(error.get("param") or "")
    if code in _BLOCKED:
        return ProviderError(
            "The provider's safety rules refused this picture. Other words or another scene "
            "may pass.",
            code="provider_blocked",
            is_transient=False,
        )
    if code in ("insufficient_quota", "billing_hard_limit_reached"):
        return ProviderError(
            "The provider has no credit left.", code="provider_unpaid", is_transient=False
        )
    if response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
        named = f" ({param[:40]})" if param else ""
        return ProviderError(
            f"The provider refused the request{named}.", code="refused", is_transient=False
        )
    # An answer is the end of the call: whatever failed there, this picture will not come.
    return refused(response, submits=False)


def _error_of(response: httpx.Response) -> Mapping[str, Any]:
    try:
        error = response.json()["error"]
    except (ValueError, LookupError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}
