"""A stand-in for OpenAI Images: recorded answers, around a picture of what was asked."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import itertools
import json
from dataclasses import replace
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from generation.providers.base import ImageProvider, ImageRequest, Made
from generation.providers.openai import OpenAI
from tests.builders import make_block
from tests.contracts.player import Call, Player, Reply

_RECORDINGS = Path(__file__).parent / "recordings" / "openai"
_numbers = itertools.count(1)


def recorded(name: str, **more: Any) -> Reply:
    answer = json.loads((_RECORDINGS / f"{name}.json").read_text())
    reply = Reply("POST", "/v1/images/.*", answer["status"], answer["headers"], answer["body"])
    return replace(reply, **more)


def drawn(call: Call) -> Reply:
    """The recorded success with a block of the request's own colour in the size asked for."""
    asked, files = read_call(call)
    text = json.dumps([asked, [(name, content.hex()) for name, content in files]])
    width, height = (int(side) for side in asked["size"].split("x"))
    colour = f"#{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    content = make_block(width, height, colour)
    answer = recorded("generated")
    answer.body["data"][0]["b64_json"] = base64.b64encode(content).decode()
    answer.body |= {"size": asked["size"], "quality": asked["quality"]}
    answer.headers = {**answer.headers, "x-request-id": f"req_{next(_numbers):08d}"}
    return answer


def read_call(call: Call) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """The fields of a call and its files by field name, whichever way they were sent."""
    if call.json is not None:
        return call.json, []
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    fields, files = {}, []
    for part in BytesParser().parsebytes(head + call.body).walk():
        name = part.get_param("name", header="content-disposition")
        if name is None:
            continue
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename():
            files.append((str(name), content))
        else:
            fields[str(name)] = content.decode()
    return fields, files


@functools.cache
def far_end() -> Player:
    return Player([Reply("POST", "/v1/images/(generations|edits)", body=drawn)]).start()


def make(**options: Any) -> OpenAI:
    return OpenAI(api_key="sk-test", base_url=f"{far_end().url}/v1", **options)


def sent(provider: ImageProvider, request: ImageRequest) -> bytes:
    """What goes over the wire for a request, and what is cut out of the answer."""
    handed = provider.submit(request)
    assert isinstance(handed, Made)
    size = Pillow.open(io.BytesIO(handed.finished.content)).size
    fields, files = read_call(far_end().calls[-1])
    return json.dumps([fields, [(name, content.hex()) for name, content in files], size]).encode()
