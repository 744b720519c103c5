"""Hosted models: each takes one JSON input whose values may be named slots.

A vendor that hosts many models lets each name its inputs as it likes, so that the installer
writes the input of a model once, in the settings, with slots like those of ComfyUI's templates:

    "models": {
        "text_to_image": {
            "model": "owner/name",
            "input": {"prompt": "{{text}}", "seed": "{{seed}}",
                      "image_size": {"width": "{{width}}", "height": "{{height}}"}},
        },
        "reference_face": {…, "input": {…, "reference_image_url": "{{base_face}}"}},
    }

What is offered follows from it: without a `reference_face` no pictures of the person are taken,
without a slot `seed` nobody may choose one.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from generation.providers import pictures
from generation.providers.base import (
    FORMAT_SIZES,
    UPSCALE_FACTOR,
    Capabilities,
    Finished,
    ImageRequest,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from generation.providers.fake import FakeProvider
from generation.providers.http import PICTURE_MAX_BYTES, download

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
DISCLOSURE = "This picture was made by a machine."
DEFAULT_STEPS: Mapping[str, int] = MappingProxyType({"draft": 16, "standard": 28, "high": 44})
# Sizes models take without rounding them in ways of their own; the result is cut to size.
STEP_PX = 16
REFERENCES_AT_MOST = 4
# What every model takes: some keep a seed in 32 bits with a sign.
_SEEDS = 2**31
_TEMPLATES_OF: Mapping[str, tuple[str, ...]] = {
    "create": ("text_to_image", "reference_face"),
    "edit": ("inpaint", "inpaint_face"),
    "upscale": ("upscale",),
}
_NEEDED: Mapping[str, frozenset[str]] = {
    "text_to_image": frozenset({"text"}),
    "reference_face": frozenset({"text"}),
    "inpaint": frozenset({"text", "source"}),
    "inpaint_face": frozenset({"text", "source"}),
    "upscale": frozenset({"source"}),
}
_PEOPLE = frozenset({"base_face", "references"})
SLOTS = _PEOPLE | {
    "text", "negative", "seed", "width", "height", "format", "steps", "factor", "key", "source",
    "mask",
}  # fmt: skip
_SLOT = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_MODEL_MAX, _VERSION_MAX = 60, 40  # what provenance can hold

# How a vendor is shown a picture: the text that stands for it in an input.
Show = Callable[[bytes, str], str]


@dataclass(frozen=True)
class Model:
    """`name` is the vendor's, `input` has its slots unfilled."""

    template: str
    name: str
    input: Mapping[str, Any]

    @cached_property
    def slots(self) -> frozenset[str]:
        return frozenset(_slots_in(self.input))

    @property
    def people_at_most(self) -> int:
        if "references" in self.slots:
            return REFERENCES_AT_MOST
        return int("base_face" in self.slots)


@dataclass(frozen=True)
class Models:
    """The models of one provider by template. Raises ImproperlyConfigured."""

    options: Mapping[str, Any]
    steps: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for model in self.by_template.values():
            _require_sound(model)
        if not self.by_template:
            raise ImproperlyConfigured("Name at least one model in OPTIONS['models'].")

    @cached_property
    def by_template(self) -> Mapping[str, Model]:
        return {template: _read(template, entry) for template, entry in self.options.items()}

    @cached_property
    def all_steps(self) -> Mapping[str, int]:
        return {**DEFAULT_STEPS, **self.steps}

    def capabilities(
        self, *, cost_minor: Mapping[str, float] | None = None, disclosure: str = DISCLOSURE
    ) -> Capabilities:
        """Everything words can say, in what the models have slots for."""
        counts = {operation: self._references_of(operation) for operation in self._operations}
        shown = FakeProvider.capabilities
        return replace(
            shown,
            qualities=shown.qualities if self._all_have("steps") else ("standard",),
            formats=shown.formats if self._all_shaped else ("1:1",),
            operations=self._operations,
            references_at_most=max(counts.values()),
            references_of=counts,
            accepts_free_text=True,
            accepts_negative=self._all_have("negative"),
            accepts_seeds=self._all_have("seed"),
            cost_minor=dict(cost_minor or {}),
            disclosure=disclosure,
        )

    @property
    def _operations(self) -> tuple[str, ...]:
        have = set(self.by_template)
        return tuple(o for o, templates in _TEMPLATES_OF.items() if have.intersection(templates))

    def _references_of(self, operation: str) -> int:
        if operation == "upscale":
            return 1
        with_face = self.by_template.get(_TEMPLATES_OF[operation][-1])
        people = with_face.people_at_most if with_face else 0
        return people + (2 if operation == "edit" else 0)

    def _all_have(self, slot: str) -> bool:
        """An upscale has nothing to choose but its source."""
        drawing = [m for name, m in self.by_template.items() if name != "upscale"]
        return bool(drawing) and all(slot in model.slots for model in drawing)

    @property
    def _all_shaped(self) -> bool:
        """Whether every model that starts from nothing can be told the shape."""
        drawing = [self.by_template[t] for t in _TEMPLATES_OF["create"] if t in self.by_template]
        return all("format" in m.slots or {"width", "height"} <= m.slots for m in drawing)

    def choose(self, request: ImageRequest) -> Model:
        """Raises UnsupportedOption when there is none that does this."""
        sources = [r for r in request.references if r.role == "source"]
        if request.operation != "create" and len(sources) != 1:
            raise UnsupportedOption("Which picture is to be changed?", field="references")
        templates = _TEMPLATES_OF.get(request.operation, ())
        wanted = templates[-1:] if _people(request) else templates[:1]
        model = next((self.by_template[t] for t in wanted if t in self.by_template), None)
        if model is None:
            raise UnsupportedOption(
                "This provider cannot do that with these reference pictures.", field="references"
            )
        return model

    def fill(self, request: ImageRequest, show: Show) -> dict[str, Any]:
        """The input to send. What a model has no slot for was never offered."""
        model = self.choose(request)
        values = {**self._values(request), **_shown(model.slots, request, show)}
        filled = _filled(model.input, values)
        assert isinstance(filled, dict)  # noqa: S101 (`_read` saw to it)
        return filled

    def _values(self, request: ImageRequest) -> dict[str, Any]:
        return {
            "text": request.text,
            "negative": request.negative or None,
            "seed": request.seed % _SEEDS,
            "width": pictures.stepped(request.width_px, STEP_PX),
            "height": pictures.stepped(request.height_px, STEP_PX),
            "format": _format_of(request),
            "steps": self.all_steps[request.quality],
            "factor": UPSCALE_FACTOR,
            "key": request.external_key,
        }

    def ticket(
        self, request: ImageRequest, external_id: str, *, version: str = "", **more: Any
    ) -> Ticket:
        """Whatever `finish` needs, so that no process has to know of another's submit."""
        model = self.choose(request)
        factor = UPSCALE_FACTOR if request.operation == "upscale" else 1
        parameters = {"template": model.template, "model": model.name}
        chosen = {name: value for name, value in self._values(request).items() if name in _TOLD}
        used = {name: value for name, value in chosen.items() if name in model.slots}
        data = {
            "size": [request.width_px * factor, request.height_px * factor],
            "model": model.name[:_MODEL_MAX],
            "version": (version or "as of its day")[:_VERSION_MAX],
            "parameters": {**parameters, **used},
        }
        return Ticket(external_id, {**data, **more})


_TOLD = frozenset({"seed", "steps", "factor"})


def _read(template: str, entry: Any) -> Model:
    if template not in _NEEDED:
        raise ImproperlyConfigured(f"There is no template {template}; one of {', '.join(_NEEDED)}.")
    name = entry.get("model") if isinstance(entry, Mapping) else None
    body = entry.get("input") if isinstance(entry, Mapping) else None
    if not isinstance(name, str) or not name or not isinstance(body, Mapping):
        raise ImproperlyConfigured(f"The model of {template} needs a name and an input.")
    return Model(template, name.strip("/"), body)


def _require_sound(model: Model) -> None:
    if unknown := sorted(model.slots - SLOTS):
        raise ImproperlyConfigured(f"{model.name} has unknown slots: {', '.join(unknown)}.")
    if absent := sorted(_NEEDED[model.template] - model.slots):
        raise ImproperlyConfigured(f"{model.name} lacks the slots: {', '.join(absent)}.")
    if model.template.endswith("_face") and not model.slots & _PEOPLE:
        raise ImproperlyConfigured(f"{model.name} lacks a slot references or base_face.")


# --- Slots ----------------------------------------------------------------------------------------


def _slots_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _SLOT.findall(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _slots_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _slots_in(inner)


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    """A slot alone becomes the value itself, one among words its text. A value of None takes
    its key along. Filled values are not looked at again, so a text may hold braces."""
    if isinstance(value, str):
        alone = _SLOT.fullmatch(value)
        if alone:
            return values[alone[1]]
        return _SLOT.sub(lambda slot: str(values[slot[1]] or ""), value)
    if isinstance(value, Mapping):
        inner = {name: _filled(one, values) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one is not None}
    if isinstance(value, list | tuple):
        return [one for one in (_filled(one, values) for one in value) if one is not None]
    return value


# --- Pictures that go along -----------------------------------------------------------------------


def _people(request: ImageRequest) -> tuple[Reference, ...]:
    """Pictures of the person. Of an upscale there are none: its source is the person."""
    if request.operation == "upscale":
        return ()
    return tuple(r for r in request.references if r.role not in ("source", "mask"))


def _shown(slots: frozenset[str], request: ImageRequest, show: Show) -> dict[str, Any]:
    """Only what the model takes is shown. Source and mask come in the request's size."""
    people = _people(request)
    size = (request.width_px, request.height_px)
    values: dict[str, Any] = {}
    if "references" in slots:
        values["references"] = [show(r.content, r.content_type) for r in people]
    if "base_face" in slots:
        values["base_face"] = show(people[0].content, people[0].content_type) if people else None
    if "source" in slots:
        source = next(r for r in request.references if r.role == "source")
        values["source"] = show(*pictures.fit(source.content, *size))
    if "mask" in slots:
        values["mask"] = show(_mask(request), "image/png")
    return values


def _mask(request: ImageRequest) -> bytes:
    mask = next((r for r in request.references if r.role == "mask"), None)
    size = (request.width_px, request.height_px)
    if mask is None:
        return pictures.full_mask(*size, step_px=1)
    return pictures.padded_mask(mask.content, *size, step_px=1)


def data_uri(content: bytes, content_type: str) -> str:
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def from_base64(text: str) -> bytes:
    """Also of a data URI. Raises ProviderError."""
    if len(text) * 3 // 4 > PICTURE_MAX_BYTES:
        raise ProviderError(
            "The provider's picture is too large.", code="too_large", is_transient=False
        )
    try:
        return base64.b64decode(text.rpartition(",")[2] if text.startswith("data:") else text)
    except (binascii.Error, ValueError) as error:
        raise no_picture() from error


def fetch(address: Any, *, allow_private: bool = False) -> bytes:
    """What lies at an address or in a data URI that a vendor gave. Raises ProviderError."""
    if not isinstance(address, str) or not address:
        raise no_picture()
    if address.startswith("data:"):
        return from_base64(address)
    return download(address, allow_private=allow_private)[0]


def finish(ticket: Ticket, content: bytes, *, cost_minor: float | None = None) -> Finished:
    """In exactly the size that was asked for; `cost_minor` is of this very picture, where the
    answer told. Raises ProviderError for what is no picture."""
    width, height = ticket.data["size"]
    fitted, content_type = pictures.fit(content, width, height)
    return Finished(
        content=pictures.without_text(fitted),
        content_type=content_type,
        model=ticket.data["model"],
        model_version=ticket.data["version"],
        digital_source_type=DIGITAL_SOURCE_TYPE,
        parameters=dict(ticket.data["parameters"]),
        cost_minor=cost_minor,
    )


def cost_of_time(seconds: Any, cost_minor_per_s: float) -> float | None:
    """Of a vendor that bills the time it took; None where it did not say, or has no such price."""
    if not cost_minor_per_s or isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return max(0.0, float(seconds)) * cost_minor_per_s


def _format_of(request: ImageRequest) -> str | None:
    size = (request.width_px, request.height_px)
    return next((slug for slug, measure in FORMAT_SIZES.items() if measure == size), None)


# --- What hosted models end in, in our words ------------------------------------------------------


def require_ours(ticket: Ticket) -> None:
    if "size" not in ticket.data:
        raise ProviderError("This ticket is not ours.", code="lost", is_transient=False)


def lost(message: str = "The provider forgot this.") -> ProviderError:
    """Of this ticket nothing will come any more, but another try may succeed."""
    return ProviderError(message, code="lost", is_transient=True)


def failed(message: str = "The model failed.", *, code: str = "failed") -> ProviderError:
    return ProviderError(message, code=code, is_transient=False)


def blocked() -> ProviderError:
    return failed("The provider's own rules do not allow this picture.", code="blocked")


def gone() -> ProviderError:
    return failed("The provider no longer has the picture.", code="result_gone")


def no_picture() -> ProviderError:
    return failed("The provider sent something that is no picture.", code="not_a_picture")


def bad_answer(*, is_outcome_unknown: bool = False) -> ProviderError:
    return ProviderError(
        "The provider's answer made no sense.",
        code="bad_answer",
        is_transient=True,
        is_outcome_unknown=is_outcome_unknown,
    )
