"""How far a run is, from the messages of ComfyUI's socket. History and queue are the truth about
whether it ended; this only moves a bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Run:
    """One prompt, fed with every message of the socket; others' messages are passed over.

    `node_count` is how many nodes its graph has.
    """

    def __init__(self, prompt_id: str, node_count: int) -> None:
        self._prompt_id = prompt_id
        self._node_count = node_count
        self._cached: set[str] = set()
        self._finished: set[str] = set()
        self._current: str | None = None
        self._share = 0.0
        self._highest: float | None = None

    def feed(self, message: Mapping[str, Any]) -> float | None:
        """0..1 so far, never less than before; None until it has started."""
        data = message.get("data")
        if not isinstance(data, dict) or data.get("prompt_id") != self._prompt_id:
            return self._highest
        self._note(str(message.get("type")), data)
        return self._highest

    def _note(self, kind: str, data: Mapping[str, Any]) -> None:
        if kind == "execution_cached":
            self._cached = set(map(str, data.get("nodes") or ()))
        elif kind == "executing" and data.get("node") is not None:
            self._move_to(str(data["node"]))
        elif kind == "executed":
            self._finished.add(str(data.get("node")))
        elif kind == "progress":
            self._current = str(data.get("node") or self._current)
            self._share = _share(data)
        elif kind == "progress_state":
            self._note_states(data.get("nodes") or {})
        elif kind not in ("execution_start", "execution_success"):
            return
        self._rise(1.0 if kind == "execution_success" else self._fraction())

    def _move_to(self, node: str) -> None:
        """Servers without `progress_state` say only this when a node is done. (No node at all
        is said at the end, also of a run that failed.)"""
        if node == self._current:
            return
        if self._current is not None:
            self._finished.add(self._current)
        self._current, self._share = node, 0.0

    def _note_states(self, nodes: Mapping[str, Any]) -> None:
        for node, state in nodes.items():
            if state.get("state") == "finished":
                self._finished.add(node)
            elif state.get("state") == "running":
                self._current, self._share = node, _share(state)

    def _fraction(self) -> float:
        to_do = self._node_count - len(self._cached)
        if to_do <= 0:
            return 0.0
        running = 0.0 if self._current in self._finished else self._share
        return min(1.0, (len(self._finished - self._cached) + running) / to_do)

    def _rise(self, fraction: float) -> None:
        self._highest = max(fraction, self._highest or 0.0)


def progress_of(
    messages: Iterable[Mapping[str, Any]], prompt_id: str, node_count: int
) -> float | None:
    """Finished nodes and the share of the current one, over the nodes that are not cached."""
    run, fraction = Run(prompt_id, node_count), None
    for message in messages:
        fraction = run.feed(message)
    return fraction


def _share(data: Mapping[str, Any]) -> float:
    value, most = data.get("value") or 0, data.get("max") or 0
    return min(1.0, max(0.0, value / most)) if most else 0.0
