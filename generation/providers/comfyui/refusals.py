"""What ComfyUI says when it does not work, in our words.

Its own words hold folders of the server, tracebacks and the prompt, so nothing of them is handed
on but names of nodes and inputs: those of our templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generation.providers.base import ProviderError

_INPUT_WORDS: Mapping[str, str] = {
    "required_input_missing": "is missing",
    "value_smaller_than_min": "is too small",
    "value_bigger_than_max": "is too large",
    "value_not_in_list": "names something the server does not have",
    "bad_linked_input": "is linked wrongly",
    "return_type_mismatch": "is linked to something it does not take",
    "invalid_input_type": "has the wrong kind of value",
    "custom_validation_failed": "is not accepted",
}
_WORDS: Mapping[str, str] = {
    "prompt_no_outputs": "The workflow saves no picture.",
    "no_prompt": "The workflow is empty.",
    "invalid_prompt_id": "The server does not take our number of this picture.",
}
_NODE_MISSING = frozenset({"invalid_prompt", "missing_node_type"})
_NAME = re.compile(r"[\w .:+-]{1,60}")
_NODE_ID = re.compile(r"#([\w .:+-]{1,60}?)'")
_NAMED_AT_MOST = 3


def refused_workflow(answer: Any, graph: Mapping[str, Any]) -> ProviderError:
    """For the body of a 400, or of a 200 that has `node_errors`."""
    said = answer if isinstance(answer, dict) else {}
    places = [place for place in _places(said.get("node_errors")) if place]
    if places:
        more = "" if len(places) <= _NAMED_AT_MOST else " There is more."
        words = "; ".join(places[:_NAMED_AT_MOST])
        return _refused(f"The workflow does not fit this server: {words}.{more}")
    error = said.get("error")
    error = error if isinstance(error, dict) else {}
    kind = str(error.get("type", ""))
    if kind in _NODE_MISSING:
        return _refused(_missing_node(error, graph))
    return _refused(_WORDS.get(kind, "The server refused the workflow."))


def failed_run(messages: Any) -> ProviderError:
    """For a history entry that ended in an error; `messages` are its [event, data] pairs."""
    told = {m[0]: m[1] for m in messages or () if isinstance(m, list) and len(m) > 1}
    if "execution_interrupted" in told:
        # Not by us: we do not ask about what we canceled. Whoever did meant this run.
        message = "It was stopped at the provider."
        return ProviderError(message, code="lost", is_transient=True)
    data = told.get("execution_error")
    data = data if isinstance(data, dict) else {}
    if "outofmemory" in str(data.get("exception_type", "")).lower().replace("_", ""):
        message = "The provider ran out of memory."
        return ProviderError(message, code="oom", is_transient=False)
    node, kind = _name(data.get("node_id")), _name(data.get("node_type"))
    where = f" It stopped at {node} ({kind})." if node and kind else ""
    message = f"The provider could not make this picture.{where}"
    return ProviderError(message, code="execution_failed", is_transient=False)


def _places(node_errors: Any) -> Iterator[str]:
    """“node.input is …” for each wrong input. Old servers send a list when there are none."""
    if not isinstance(node_errors, dict):
        return
    for node, found in node_errors.items():
        errors = found.get("errors") if isinstance(found, dict) else None
        for error in errors if isinstance(errors, list) else ():
            yield _place(_name(node), error)


def _place(node: str, error: Any) -> str:
    if not isinstance(error, dict):
        return f"{node} is not accepted"
    extra = error.get("extra_info")
    name = _name(extra.get("input_name")) if isinstance(extra, dict) else ""
    path = f"{node}.{name}" if name else node
    return f"{path} {_INPUT_WORDS.get(str(error.get('type')), 'could not be checked')}"


def _missing_node(error: Mapping[str, Any], graph: Mapping[str, Any]) -> str:
    extra = error.get("extra_info")
    node = _name(extra.get("node_id")) if isinstance(extra, dict) else ""
    if not node and (match := _NODE_ID.search(str(error.get("details", "")))):
        node = match[1]
    kind = _name(graph.get(node, {}).get("class_type"))
    if not kind:
        return "The server lacks a node of the workflow."
    return f"The server has no node {kind}, which the workflow needs at {node}."


def _name(value: Any) -> str:
    """The value if it can only be a name; never a path or a sentence of the server."""
    text = str(value if value is not None else "")
    return text if _NAME.fullmatch(text) else ""


def _refused(message: str) -> ProviderError:
    return ProviderError(message, code="workflow_refused", is_transient=False)
