"""Stand-ins of the vendors that host models: recorded answers, around a picture of what was
asked. Nothing is remembered but in their own tables, as with the real ones."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import itertools
import json
from typing import TYPE_CHECKING, Any

from PIL import Image as Pillow

from generation.providers.base import ImageProvider, ImageRequest, Ticket
from generation.providers.replicate import Replicate
from generation.providers.runpod import RunPod
from tests.contracts.comfyui import without_name
from tests.contracts.hosted import models, played, recording
from tests.contracts.player import Call, Player, Reply

if TYPE_CHECKING:
    from generation.providers.fal import Fal

VALUES = {
    "checkpoint": "sd_xl_base_1.0.safetensors",
    "upscale_model": "4x.pth",
    "identity_preset": "PLUS FACE (portraits)",
}
_ID = r"([\w-]+)"


class Far:
    """One vendor's server: what was asked, by the id it gave."""

    def __init__(self) -> None:
        self.asked: dict[str, bytes] = {}
        self._numbers = itertools.count(1)
        self.player = Player(self.replies()).start()

    def replies(self) -> list[Reply]:
        raise NotImplementedError

    def take(self, asked: bytes) -> str:
        id_ = f"{type(self).__name__.lower()}-{next(self._numbers):06d}"
        self.asked[id_] = asked
        return id_

    def drawn(self, id_: str) -> bytes:
        """A small block of the request's own colour."""
        buffer = io.BytesIO()
        colour = f"#{hashlib.sha256(self.asked[id_]).hexdigest()[:6]}"
        Pillow.new("RGB", (32, 40), colour).save(buffer, "PNG")
        return buffer.getvalue()

    def known(self, call: Call, part: int, body: Any) -> Any:
        """404 for an id that was never given, whatever stands at that part of the path."""
        id_ = call.path.split("/")[part]
        if id_ not in self.asked:
            return Reply(call.method, "", 404, body={"detail": "Not found."})
        return body(call, id_) if callable(body) else body

    def picture(self, call: Call) -> Reply:
        id_ = call.path.rpartition("/")[2].removesuffix(".png")
        return Reply("GET", "", headers={"Content-Type": "image/png"}, body=self.drawn(id_))


class FalFar(Far):
    def replies(self) -> list[Reply]:
        request = rf"/fal-ai/flux/requests/{_ID}"
        return [
            Reply("GET", r"/files/.*", body=self.picture),
            Reply("GET", f"{request}/status", body=self._completed),
            Reply("GET", request, body=lambda call: self.known(call, -1, self._result)),
            Reply("PUT", f"{request}/cancel", 400, body=recording("fal/already_completed")),
            Reply("POST", r"/fal-ai/flux/.*", body=self._submitted),
        ]

    def _submitted(self, call: Call) -> Any:
        id_ = self.take(call.path.encode() + call.body)
        text = json.dumps(played("fal/submitted")(call))
        return json.loads(text.replace(recording("fal/submitted")["request_id"], id_))

    def _completed(self, call: Call) -> Any:
        return self.known(call, -2, recording("fal/completed"))

    def _result(self, call: Call, id_: str) -> Any:
        answer = recording("fal/result")
        answer["images"][0]["url"] = f"http://{call.headers['host']}/files/{id_}.png"
        return answer


class ReplicateFar(Far):
    def replies(self) -> list[Reply]:
        one = rf"/v1/predictions/{_ID}"
        canceled = recording("replicate/canceled")
        return [
            Reply("GET", r"/files/.*", body=self.picture),
            Reply("POST", "/v1/predictions", body=self._created),
            Reply("GET", one, body=lambda call: self.known(call, -1, self._succeeded)),
            Reply("POST", f"{one}/cancel", body=lambda call: self.known(call, -2, canceled)),
        ]

    def _created(self, call: Call) -> Any:
        asked = json.dumps([call.json["version"], call.json["input"]])
        return Reply(
            "POST",
            "",
            201,
            body={**recording("replicate/created"), "id": self.take(asked.encode())},
        )

    def _succeeded(self, call: Call, id_: str) -> Any:
        url = f"http://{call.headers['host']}/files/{id_}.png"
        return {**recording("replicate/succeeded"), "id": id_, "output": [url]}


class RunPodFar(Far):
    def replies(self) -> list[Reply]:
        cancelled = recording("runpod/cancelled")
        return [
            Reply("POST", "/v2/ep1/run", body=self._queued),
            Reply(
                "GET",
                f"/v2/ep1/status/{_ID}",
                body=lambda call: self.known(call, -1, self._completed),
            ),
            Reply(
                "POST",
                f"/v2/ep1/cancel/{_ID}",
                body=lambda call: self.known(call, -1, cancelled),
            ),
        ]

    def _queued(self, call: Call) -> Any:
        asked = call.json["input"]
        pictures = json.dumps(asked.get("images", [])).encode()
        id_ = self.take(without_name(asked["workflow"]) + pictures)
        return {**recording("runpod/queued"), "id": id_}

    def _completed(self, call: Call, id_: str) -> Any:
        data = base64.b64encode(self.drawn(id_)).decode()
        image = {"filename": "ComfyUI_00001_.png", "type": "base64", "data": data}
        return {"id": id_, "status": "COMPLETED", "output": {"images": [image]}}


@functools.cache
def far_of(alias: str) -> Far:
    return {"fal": FalFar, "replicate": ReplicateFar, "runpod": RunPodFar}[alias]()


def fal() -> Fal:
    # Here, so that the other vendors' tests run where its cryptography is not installed.
    from generation.providers.fal import Fal

    url = far_of("fal").player.url
    return Fal(key="k", models=models(), base_url=url, allow_private=True)


def replicate() -> Replicate:
    url = f"{far_of('replicate').player.url}/v1"
    return Replicate(token="t", models=models(), base_url=url, allow_private=True)


def runpod() -> RunPod:
    url = f"{far_of('runpod').player.url}/v2"
    return RunPod(key="k", endpoint="ep1", values=VALUES, base_url=url)


def sent(provider: ImageProvider, request: ImageRequest) -> bytes:
    """What a request comes to: everything the vendor's picture depends on."""
    handed = provider.submit(request)
    assert isinstance(handed, Ticket)
    return far_of(provider.alias).asked[handed.external_id]
