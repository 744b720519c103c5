"""Workflow templates: files in ComfyUI's API format whose values may be named slots.

A value `{{seed}}` is filled with the seed itself, whatever its type. The house's own templates
lie beside this file; an installer may name others in the settings, exported in ComfyUI by
"Export (API)" with slots written into the fields. Which slots there are: `SLOTS`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

HOUSE = Path(__file__).parent / "workflows"
# What each template is for. The `_face` ones are taken where a request brings the person along.
NAMES = ("text_to_image", "reference_face", "inpaint", "inpaint_face", "upscale")
# Filled from the request; `references` is a link to all pictures of the person as one batch,
# `base_face` the file of the first of them.
REQUEST_SLOTS = frozenset(
    {"text", "negative", "seed", "width", "height", "steps", "prefix"}
    | {"source", "mask", "references", "base_face"}
)
# Filled from the settings (OPTIONS["values"]).
SETTING_SLOTS = frozenset(
    {"checkpoint", "upscale_model", "cfg", "sampler", "scheduler", "denoise"}
    | {"identity_preset", "identity_weight"}
)
SLOTS = REQUEST_SLOTS | SETTING_SLOTS
_NEEDED: Mapping[str, frozenset[str]] = {
    "text_to_image": frozenset({"prefix", "text", "seed", "width", "height"}),
    "reference_face": frozenset({"prefix", "text", "seed", "width", "height"}),
    "inpaint": frozenset({"prefix", "text", "seed", "source", "mask"}),
    "inpaint_face": frozenset({"prefix", "text", "seed", "source", "mask"}),
    "upscale": frozenset({"prefix", "source", "width", "height"}),
}
# More of them blur the likeness rather than sharpen it.
REFERENCES_AT_MOST = 4
_SLOT = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_LINK_LENGTH = 2
_IDENTITY = frozenset({"references", "base_face"})
# What is put in front of `references`: core nodes and one of the pack that brings IP-Adapter.
_LOAD, _PREPARE, _JOIN = "LoadImage", "PrepImageForClipVision", "ImageBatch"
# Inputs whose allowed values are the files of the moment: ours are uploaded just before.
_UPLOADED = frozenset({("LoadImage", "image"), ("LoadImageMask", "image")})

Graph = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Workflow:
    """One template. `graph` is node id → {class_type, inputs}, slots unfilled."""

    name: str
    graph: Graph

    @cached_property
    def slots(self) -> frozenset[str]:
        return frozenset(slot for _, _, value in _inputs(self.graph) if (slot := slot_of(value)))

    @property
    def references_at_most(self) -> int:
        """Pictures of the person that have an effect."""
        if "references" in self.slots:
            return REFERENCES_AT_MOST
        return int("base_face" in self.slots)

    def missing(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Slots of the settings that `values` leave empty."""
        wanted = self.slots & SETTING_SLOTS
        return tuple(sorted(slot for slot in wanted if values.get(slot) in ("", None)))

    def fill(self, values: Mapping[str, Any], references: tuple[str, ...] = ()) -> Graph:
        """The graph to send. `references` are names of uploaded files.

        Filled values are not looked at again, so a text may hold braces. Raises KeyError for a
        slot without a value.
        """
        known = dict(values)
        extra: Graph = {}
        if references:
            extra = _reference_nodes(references)
            known["references"] = [next(reversed(extra)), 0]
            known["base_face"] = references[0]
        if "references" not in self.slots:
            extra = {}
        return {**{node: _filled(body, known) for node, body in self.graph.items()}, **extra}

    def lacks(self, nodes: Mapping[str, Any], values: Mapping[str, Any]) -> str:
        """Why a server with these `nodes` (`/object_info`) cannot run this; "" when it can."""
        for kind in sorted(self.node_types):
            if kind not in nodes:
                return f"there is no node {kind}"
        for node, name, value in _inputs(self.graph):
            kind = self.graph[node]["class_type"]
            slot = slot_of(value)
            chosen = values.get(slot) if slot else value
            if slot in REQUEST_SLOTS or (kind, name) in _UPLOADED:
                continue
            allowed = _allowed(nodes[kind], name)
            if allowed is not None and not isinstance(chosen, list) and chosen not in allowed:
                return f"{kind} has no {name} “{chosen}”"
        return ""

    @property
    def node_types(self) -> frozenset[str]:
        own = frozenset(body["class_type"] for body in self.graph.values())
        return own | ({_LOAD, _PREPARE, _JOIN} if "references" in self.slots else frozenset())


def read_workflow(name: str, path: Path | None = None) -> Workflow:
    """The installer's file, or the house's. Raises ImproperlyConfigured, saying what is wrong
    with it."""
    file = path or HOUSE / f"{name}.json"
    try:
        data = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"The workflow {name} cannot be read: {error}") from error
    return Workflow(name, parse(name, data))


def parse(name: str, data: Any) -> Graph:
    if isinstance(data, dict) and isinstance(data.get("nodes"), list):
        raise ImproperlyConfigured(
            f"The workflow {name} is in the format of ComfyUI's editor, which its server does "
            "not take. Export it with “Export (API)” and name that file."
        )
    if not isinstance(data, dict) or not data or not all(map(_is_node, data.values())):
        raise ImproperlyConfigured(
            f"The workflow {name} is not in ComfyUI's API format: node → class_type and inputs."
        )
    workflow = Workflow(name, data)
    if unknown := sorted(workflow.slots - SLOTS):
        raise ImproperlyConfigured(f"The workflow {name} has unknown slots: {', '.join(unknown)}.")
    if absent := sorted(_NEEDED[name] - workflow.slots):
        raise ImproperlyConfigured(f"The workflow {name} lacks the slots: {', '.join(absent)}.")
    if name.endswith("_face") and not workflow.slots & _IDENTITY:
        raise ImproperlyConfigured(f"The workflow {name} lacks a slot references or base_face.")
    return workflow.graph


def slot_of(value: Any) -> str | None:
    match = _SLOT.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def _is_node(body: Any) -> bool:
    return (
        isinstance(body, dict)
        and isinstance(body.get("class_type"), str)
        and isinstance(body.get("inputs"), dict)
    )


def _inputs(graph: Graph) -> Iterator[tuple[str, str, Any]]:
    """Node, input and value of everything that is no link."""
    for node, body in graph.items():
        for name, value in body["inputs"].items():
            if not _is_link(value, graph):
                yield node, name, value


def _is_link(value: Any, graph: Graph) -> bool:
    return isinstance(value, list) and len(value) == _LINK_LENGTH and str(value[0]) in graph


def _filled(body: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Without `_meta`: titles of the editor are nobody's business."""
    inputs = {
        name: values[slot] if (slot := slot_of(value)) else value
        for name, value in body["inputs"].items()
    }
    return {"class_type": body["class_type"], "inputs": inputs}


def _reference_nodes(names: tuple[str, ...]) -> Graph:
    """Each picture loaded, cut around the head as image encoders want it, all in one batch.
    The last node is the one to link to."""
    graph: Graph = {}
    for number, name in enumerate(names, 1):
        loaded, ready = f"reference_{number}", f"reference_{number}_ready"
        graph[loaded] = {"class_type": _LOAD, "inputs": {"image": name}}
        graph[ready] = {
            "class_type": _PREPARE,
            "inputs": {
                "image": [loaded, 0],
                "interpolation": "LANCZOS",
                "crop_position": "top",
                "sharpening": 0.0,
            },
        }
    for number in range(2, len(names) + 1):
        before = f"references_{number - 1}" if number > _LINK_LENGTH else "reference_1_ready"
        inputs = {"image1": [before, 0], "image2": [f"reference_{number}_ready", 0]}
        graph[f"references_{number}"] = {"class_type": _JOIN, "inputs": inputs}
    return graph


def _allowed(node: Any, name: str) -> tuple[Any, ...] | None:
    """The values an input may have; None where it is free. Older servers put the list itself
    first, newer ones say COMBO and list the options behind it."""
    declared = node.get("input", {}) if isinstance(node, dict) else {}
    spec = next((group[name] for group in declared.values() if _holds(group, name)), None)
    if not isinstance(spec, list) or not spec:
        return None
    if isinstance(spec[0], list):
        return tuple(spec[0])
    options = spec[1].get("options") if len(spec) > 1 and isinstance(spec[1], dict) else None
    return tuple(options) if spec[0] == "COMBO" and isinstance(options, list) else None


def _holds(group: Any, name: str) -> bool:
    return isinstance(group, dict) and name in group
