"""A stand-in for AUTOMATIC1111: recorded answers, around a picture of what was asked."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from generation.providers.automatic1111 import Automatic1111
from generation.providers.base import ImageProvider, ImageRequest
from tests.builders import make_block
from tests.contracts.player import Call, Player, Reply

_RECORDINGS = Path(__file__).parent / "recordings" / "automatic1111"
MAKES = "/sdapi/v1/(txt2img|img2img|extra-single-image)"
PROGRESS = "/internal/progress"


def recorded(name: str, method: str = "POST", path_regex: str = MAKES, **more: Any) -> Reply:
    answer = json.loads((_RECORDINGS / f"{name}.json").read_text())
    reply = Reply(method, path_regex, answer["status"], answer["headers"], answer["body"])
    return replace(reply, **more)


def drawn(call: Call) -> Reply:
    """The recorded success with a block of the request's own colour in the size asked for; the
    task's name changes nothing."""
    asked = {name: value for name, value in call.json.items() if name != "force_task_id"}
    colour = f"#{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:6]}"
    if call.path.endswith("extra-single-image"):
        source = Pillow.open(io.BytesIO(base64.b64decode(asked["image"])))
        factor = asked["upscaling_resize"]
        answer = recorded("enlarged")
        answer.body["image"] = _block((source.width * factor, source.height * factor), colour)
        return answer
    answer = recorded("made")
    answer.body["images"] = [_block((asked["width"], asked["height"]), colour)]
    info = {**answer.body["info"], "seed": asked["seed"], "all_seeds": [asked["seed"]]}
    answer.body["info"] = json.dumps(info)
    return answer


def _block(size: tuple[int, int], colour: str) -> str:
    return base64.b64encode(make_block(*size, colour)).decode()


@functools.cache
def far_end() -> Player:
    forgotten = recorded("progress_forgotten", path_regex=PROGRESS)
    return Player([Reply("POST", MAKES, body=drawn), forgotten]).start()


def make(**options: Any) -> Automatic1111:
    return Automatic1111(base_url=far_end().url, **{"identity_model": "ip-adapter_face", **options})


def sent(provider: ImageProvider, request: ImageRequest) -> bytes:
    """What goes over the wire for a request: another picture is another call."""
    provider.submit(request)
    return far_end().calls[-1].body
