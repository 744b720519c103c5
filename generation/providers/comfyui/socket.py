"""ComfyUI's socket: how far a run is, and a knock when one ended.

It is a convenience. Events go only to the client id that submitted, a second listener takes them
from the first, and nothing is repeated after a broken line; `poll` tells the truth either way.
The `websockets` package is imported only here, so that nothing else needs it.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from .progress import Run

log = logging.getLogger(__name__)

OnProgress = Callable[[str, float], None]
OnEnded = Callable[[str], None]
_ENDED = frozenset({"execution_success", "execution_error", "execution_interrupted"})
_OPEN_TIMEOUT_S = 5.0
_LOOK_UP_EVERY_S = 0.5
_WAIT_S, _WAIT_AT_MOST_S = 1.0, 30.0
# Previews come as frames as well; they are passed over, but must fit.
_FRAME_AT_MOST = 32 * 1024 * 1024
_RUNS_KEPT = 200
_STEP = 0.01  # samplers tell of every step of hundreds


class Telling:
    """Turns frames into calls. `nodes_of` gives how many nodes the graph of an id has, None
    when the server does not say."""

    def __init__(
        self, on_progress: OnProgress, on_ended: OnEnded, nodes_of: Callable[[str], int | None]
    ) -> None:
        self._on_progress = on_progress
        self._on_ended = on_ended
        self._nodes_of = nodes_of
        self._runs: OrderedDict[str, Run | None] = OrderedDict()
        self._told: dict[str, float] = {}

    def hear(self, frame: str | bytes) -> None:
        message = _parsed(frame)
        said = message.get("data")
        data = said if isinstance(said, dict) else {}
        key, kind = data.get("prompt_id"), message.get("type")
        if not isinstance(key, str) or (kind == "executing" and data.get("node") is None):
            return  # of no run, or the last word after its end
        run = self._run_of(key)
        fraction = run.feed(message) if run else None
        if fraction is not None and fraction >= self._told.get(key, 0.0) + _STEP:
            self._told[key] = fraction
            self._on_progress(key, fraction)
        if kind in _ENDED:
            self._forget(key)
            self._on_ended(key)

    def _run_of(self, key: str) -> Run | None:
        if key not in self._runs:
            nodes = self._nodes_of(key)
            self._runs[key] = Run(key, nodes) if nodes else None
            while len(self._runs) > _RUNS_KEPT:
                self._forget(next(iter(self._runs)))
        return self._runs[key]

    def _forget(self, key: str) -> None:
        self._runs.pop(key, None)
        self._told.pop(key, None)


def listen(
    url: str,
    headers: Mapping[str, str],
    hear: Callable[[str | bytes], None],
    *,
    is_stopped: Callable[[], bool],
    sleep: Callable[[float], Any],
) -> None:
    """Hear every frame until `is_stopped`, over broken lines; for a process of its own."""
    from websockets.exceptions import WebSocketException  # noqa: PLC0415 (see above)
    from websockets.sync.client import connect  # noqa: PLC0415

    wait_s = _WAIT_S
    while not is_stopped():
        try:
            with connect(
                url,
                additional_headers=dict(headers),
                open_timeout=_OPEN_TIMEOUT_S,
                max_size=_FRAME_AT_MOST,
                proxy=None,
            ) as line:
                wait_s = _WAIT_S
                while not is_stopped():
                    try:
                        frame = line.recv(timeout=_LOOK_UP_EVERY_S)
                    except TimeoutError:
                        continue
                    hear(frame)
        except (OSError, WebSocketException) as error:
            log.warning("socket broken", extra={"error": type(error).__name__})
            sleep(wait_s)
            wait_s = min(wait_s * 2, _WAIT_AT_MOST_S)


def _parsed(frame: str | bytes) -> Mapping[str, Any]:
    """Empty for previews and for what makes no sense."""
    if isinstance(frame, bytes):
        return {}
    try:
        message = json.loads(frame)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
