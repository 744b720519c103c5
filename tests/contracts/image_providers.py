"""The image providers under contract. A new vendor adds its entry, and every test runs on it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from characters.config import CharacterConfig
from generation.prompts import compile_prompt
from generation.providers.base import (
    FORMAT_SIZES,
    Finished,
    ImageProvider,
    ImageRequest,
    Made,
    Ticket,
)
from generation.providers.fake import FakeProvider
from generation.providers.illustrator import Illustrator
from generation.providers.illustrator.compose import draw_picture
from tests.contracts import automatic1111_server, comfyui, hosted_servers, openai_server

POLLS_AT_MOST = 50


def deliver(provider: ImageProvider, handed: Ticket | Made) -> Finished:
    """Ask until the picture is there, as often as the provider says makes sense."""
    if isinstance(handed, Made):
        return handed.finished
    for _ in range(POLLS_AT_MOST):
        answer = provider.poll(handed)
        if isinstance(answer, Finished):
            return answer
        time.sleep(min(answer.check_after_s, 0.05))
    raise AssertionError(f"{provider.alias}: no picture after {POLLS_AT_MOST} polls")


def picture(provider: ImageProvider, request: ImageRequest) -> bytes:
    return deliver(provider, provider.submit(request)).content


def drawing(provider: ImageProvider, request: ImageRequest) -> bytes:
    """What the illustrator's picture is rasterised from: the same choices, a fiftieth of the
    time."""
    return draw_picture(request).encode()


def thumbnail(provider: ImageProvider, request: ImageRequest) -> bytes:
    return picture(FakeProvider(scale=0.02), request)


@dataclass(frozen=True)
class Vendor:
    """`make` builds the provider ready to be asked: a vendor on a network brings a stand-in of
    its server, so that two made after each other know of the same tickets, like two processes.
    `outcome` is what a request comes to: its picture, unless something cheaper tells as much.
    `quick` names the options under which a picture is made soonest.
    """

    make: Callable[[], ImageProvider]
    outcome: Callable[[ImageProvider, ImageRequest], bytes] = picture
    quick: Mapping[str, Any] = field(default_factory=dict)


VENDORS: Mapping[str, Vendor] = {
    "illustrator": Vendor(
        Illustrator,
        drawing,
        quick={"scene": "colour_backdrop", "framing": "full_body", "lighting": "overcast"},
    ),
    "fake": Vendor(lambda: FakeProvider(scale=1), thumbnail),
    "openai": Vendor(
        openai_server.make, lambda provider, r: openai_server.sent(provider, in_words(r))
    ),
    "automatic1111": Vendor(
        automatic1111_server.make,
        lambda provider, r: automatic1111_server.sent(provider, in_words(r)),
    ),
    "comfyui": Vendor(comfyui.beside_stand_in, comfyui.sent_graph),
    "fal": Vendor(hosted_servers.fal, lambda p, r: hosted_servers.sent(p, in_words(r))),
    "replicate": Vendor(hosted_servers.replicate, lambda p, r: hosted_servers.sent(p, in_words(r))),
    "runpod": Vendor(hosted_servers.runpod, lambda p, r: hosted_servers.sent(p, in_words(r))),
}


def plain_request(provider: ImageProvider, **changes: Any) -> ImageRequest:
    """What every provider can do: the first it offers of everything, or what is made soonest."""
    can = provider.capabilities
    look = CharacterConfig(visual_style=can.visual_styles[0]).to_json()
    width, height = FORMAT_SIZES[can.formats[0]]
    request = ImageRequest(
        external_key="contract:0",
        look={**look, "seed": "contract"},
        seed=7,
        width_px=width,
        height_px=height,
        scene=can.scenes[0],
        pose=can.poses[0],
        framing=can.framings[0],
        expression=can.expressions[0],
        quality=can.qualities[0],
    )
    return replace(request, **{**VENDORS[provider.alias].quick, **changes})


def with_option(request: ImageRequest, name: str, slug: Any) -> ImageRequest:
    """The same request with one option in another way; `name` as `check` names it."""
    if name == "format":
        width, height = FORMAT_SIZES[slug]
        return replace(request, width_px=width, height_px=height)
    if name in request.look:
        return replace(request, look={**request.look, name: slug})
    return replace(request, **{name: slug})


def ticket_of(handed: Ticket | Made) -> Ticket:
    return handed.ticket if isinstance(handed, Made) else handed


def stored(handed: Ticket | Made) -> Ticket | Made:
    """As the job's row gives it back after a restart."""
    if isinstance(handed, Made):
        finished = handed.finished
        parameters = json.loads(json.dumps(dict(finished.parameters)))
        return Made(_stored(handed.ticket), replace(finished, parameters=parameters))
    return _stored(handed)


def _stored(ticket: Ticket) -> Ticket:
    return Ticket(ticket.external_id, json.loads(json.dumps(dict(ticket.data))))


def in_words(request: ImageRequest) -> ImageRequest:
    """As a recipe hands it out to a provider that takes words."""
    compiled = compile_prompt(request)
    return replace(request, text=compiled.text, negative=compiled.negative)
