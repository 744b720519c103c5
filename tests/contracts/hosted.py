"""What the tests of the vendors that host models share: their recordings, played on this
machine, and requests.

Recordings hold the vendors' own addresses; each is played with the player's in their place.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from characters.config import CharacterConfig
from generation.providers.base import (
    Finished,
    ImageProvider,
    ImageRequest,
    ProviderError,
    Reference,
    Ticket,
)
from ryla.lib.ids import new_id
from tests.builders import make_png
from tests.contracts.player import Call, Reply

RECORDINGS = Path(__file__).parent / "recordings"
THEIRS = (
    "https://queue.fal.run",
    "https://v3.fal.media",
    "https://api.replicate.com",
    "https://replicate.delivery",
    "https://bucket.example",
)
PNG = make_png(128, 160)
CALLBACK = "https://ryla.example/webhooks/providers/vendor/token/"


# Made here, so that nothing in the repository looks like a credential.
REPLICATE_SECRET = "whsec_" + base64.b64encode(b"only for the tests").decode()


def recording(name: str) -> Any:
    """`fal/submitted` as it was recorded."""
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def played(name: str, **changes: Any) -> Callable[[Call], Any]:
    """The recording with every address of the vendor leading to the player."""

    def body(call: Call) -> Any:
        text = json.dumps({**recording(name), **changes})
        for address in THEIRS:
            text = text.replace(address, f"http://{call.headers['host']}")
        return json.loads(text)

    return body


def picture_at(path_regex: str, content: bytes = PNG, **more: Any) -> Reply:
    return Reply("GET", path_regex, headers={"Content-Type": "image/png"}, body=content, **more)


def request(**changes: Any) -> ImageRequest:
    plain = ImageRequest(
        external_key=str(new_id()),
        look={**CharacterConfig().to_json(), "seed": "contract"},
        seed=7,
        width_px=1024,
        height_px=1280,
        text="a calm portrait of an adult woman",
        negative="blurry",
        callback_url=CALLBACK,
    )
    return replace(plain, **changes)


def reference(role: str, content: bytes = PNG) -> Reference:
    return Reference(role, str(new_id()), "0" * 64, content)


def failure_of(act: Callable[[], Any]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        act()
    return caught.value


def words(error: ProviderError) -> tuple[str, bool, bool]:
    """Code, whether it passes, whether the provider may have the request."""
    return error.code, error.is_transient, error.is_outcome_unknown


def stored(ticket: Ticket) -> Ticket:
    """As the job's row gives it back after a restart."""
    return Ticket(ticket.external_id, json.loads(json.dumps(dict(ticket.data))))


def polled(provider: ImageProvider, ticket: Ticket) -> Finished:
    answer = provider.poll(stored(ticket))
    assert isinstance(answer, Finished)
    return answer


def size_of(finished: Finished) -> tuple[int, int]:
    return Pillow.open(io.BytesIO(finished.content)).size


def models(**inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A model of every kind, by the name of its template."""
    plain = {"prompt": "{{text}}", "negative_prompt": "{{negative}}", "seed": "{{seed}}"}
    size = {"image_size": {"width": "{{width}}", "height": "{{height}}"}}
    changed = {"image_url": "{{source}}", "mask_url": "{{mask}}"}
    face = {"face_url": "{{base_face}}"}
    kinds: dict[str, dict[str, Any]] = {
        "text_to_image": {**plain, **size, "num_inference_steps": "{{steps}}"},
        "reference_face": {**plain, **size, **face, "num_inference_steps": "{{steps}}"},
        "inpaint": {**plain, **changed, "num_inference_steps": "{{steps}}"},
        "inpaint_face": {**plain, **changed, **face, "num_inference_steps": "{{steps}}"},
        "upscale": {"image_url": "{{source}}", "scale": "{{factor}}"},
    }
    return {
        name: {"model": f"fal-ai/flux/{name.replace('_', '-')}", "input": inputs.get(name, body)}
        for name, body in kinds.items()
    }
