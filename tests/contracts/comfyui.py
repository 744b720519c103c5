"""ComfyUI's far end in tests: recorded answers under the id a test wants, and a stand-in that
runs any graph, for the contract every provider keeps.

The recordings are real traffic of ComfyUI 0.3.64 with small graphs of core nodes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from generation.prompts import compile_prompt
from generation.providers.base import ImageProvider, ImageRequest, Ticket
from generation.providers.comfyui import ComfyUI
from tests.builders import make_block
from tests.contracts.player import Call, Player, Reply

RECORDINGS = Path(__file__).parent / "recordings" / "comfyui"
VALUES = {
    "checkpoint": "juggernaut.safetensors",
    "upscale_model": "4x-UltraSharp.pth",
    "identity_preset": "PLUS FACE (portraits)",
}


def recorded(name: str, key: str = "", *, number: int = 0) -> list[dict[str, Any]]:
    """The events of a recording; the run whose answer to `POST /prompt` is the `number`th goes
    by `key` instead of its recorded id."""
    text = (RECORDINGS / f"{name}.json").read_text()
    if key:
        text = text.replace(_ids(json.loads(text)["events"])[number], key)
    events: list[dict[str, Any]] = json.loads(text)["events"]
    return events


def _ids(events: list[dict[str, Any]]) -> list[str]:
    answers = (
        e["response"].get("json") for e in _calls(events) if e["request"]["path"] == "/prompt"
    )
    return [answer["prompt_id"] for answer in answers if answer and "prompt_id" in answer]


def _calls(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["kind"] == "http"]


def answers(
    events: list[dict[str, Any]], method: str, path: str, **query: str
) -> list[dict[str, Any]]:
    """The recorded responses to `method` on paths that begin with `path`, in their order."""
    return [
        event["response"]
        for event in _calls(events)
        if event["request"]["method"] == method
        and event["request"]["path"].startswith(path)
        and query.items() <= (event["request"].get("params") or {}).items()
    ]


def reply(method: str, path_regex: str, response: dict[str, Any], **more: Any) -> Reply:
    """A recorded response as the player gives it."""
    if "body_base64" in response:
        body: Any = base64.b64decode(response["body_base64"])
    else:
        body = response["json"] if "json" in response else response.get("text", "")
    headers = response.get("headers", {})
    return Reply(method, path_regex, response["status"], headers, body, **more)


def messages(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The text frames of the socket."""
    return [event["data"] for event in events if event["kind"] == "ws_text"]


def comfyui(url: str, **options: Any) -> ComfyUI:
    return ComfyUI(base_url=url, **{"values": VALUES, "timeout_s": 2, **options})


# --- A stand-in ----------------------------------------------------------------------------------


class StandIn:
    """Runs a graph at once: the picture is a block of a colour made of everything in the graph
    but the file's name, in the size the graph asks for. It answers in the recorded shapes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, dict[str, Any]] = {}
        self._graphs: dict[str, dict[str, Any]] = {}
        self.player = Player(
            [
                Reply("POST", "/prompt", body=self._run),
                Reply("GET", "/queue", body={"queue_running": [], "queue_pending": []}),
                Reply("GET", "/history/.*", body=self._history),
                Reply("GET", "/view", body=self._view),
                Reply("POST", "/upload/image", body=_uploaded),
            ]
        ).start()  # fmt: skip

    def graph_of(self, key: str) -> dict[str, Any]:
        graph: dict[str, Any] = self._runs[key]["prompt"][2]
        return graph

    def _run(self, call: Call) -> Any:
        sent = call.json
        key, graph = sent["prompt_id"], sent["prompt"]
        with self._lock:
            number = len(self._runs)
            entry = answers(recorded("01-success", key), "GET", "/history/")[0]["json"][key]
            entry["prompt"][:3] = [number, key, graph]
            name = f"{hashlib.sha256(key.encode()).hexdigest()}_00001_.png"
            (output,) = entry["outputs"].values()
            output["images"][0]["filename"] = name
            self._graphs[name] = graph
            self._runs[key] = entry
        return {"prompt_id": key, "number": number, "node_errors": {}}

    def _history(self, call: Call) -> Any:
        key = call.path.removeprefix("/history/").replace("%3A", ":")
        return {key: self._runs[key]} if key in self._runs else {}

    def _view(self, call: Call) -> Reply:
        return Reply("GET", "", headers={"Content-Type": "image/png"},
                     body=_drawn(self._graphs[call.query["filename"]]))  # fmt: skip


@cache
def stand_in() -> StandIn:
    return StandIn()


def beside_stand_in() -> ComfyUI:
    return comfyui(stand_in().player.url)


def sent_graph(provider: ImageProvider, request: ImageRequest) -> bytes:
    """What a request comes to: everything the server's picture depends on."""
    handed = provider.submit(in_words(request))
    assert isinstance(handed, Ticket)
    return without_name(stand_in().graph_of(handed.external_id))


def in_words(request: ImageRequest) -> ImageRequest:
    compiled = compile_prompt(request)
    return replace(request, text=compiled.text, negative=compiled.negative)


def without_name(graph: dict[str, Any]) -> bytes:
    """What a picture depends on."""
    seen = {
        node: {k: v for k, v in body["inputs"].items() if k != "filename_prefix"}
        for node, body in graph.items()
    }
    return json.dumps(seen, sort_keys=True).encode()


def _drawn(graph: dict[str, Any]) -> bytes:
    digest = hashlib.sha256(without_name(graph)).hexdigest()
    sizes = [b["inputs"] for b in graph.values() if {"width", "height"} <= set(b["inputs"])]
    size = (sizes[-1]["width"], sizes[-1]["height"]) if sizes else (64, 64)
    return make_block(*size, f"#{digest[:6]}")


def _uploaded(call: Call) -> Any:
    """The recorded answer, with the name that was sent."""
    answer = answers(recorded("50-upload-image"), "POST", "/upload/image")[0]["json"]
    name = call.body.split(b'filename="', 1)[1].split(b'"', 1)[0].decode()
    return {**answer, "name": name}
