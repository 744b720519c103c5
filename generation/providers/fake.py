"""A provider that does what the prompt tells it: for tests and for integrators' dry runs.

Words in the prompt are its script, in any order:
`slow:SECONDS` reports progress until that time has passed; `fail:CODE` refuses for good;
`flaky:N` fails the first N polls in a passing way; `lost` forgets the ticket at the first poll;
`lost:always` at every poll; `garbage` answers with bytes that are no picture; `crash` raises what
nobody expects. Without a script it answers at once. Everything it needs is in the ticket, so it
survives a restart like a real one. It takes every option there is, so that whatever passes here
is a request the product can make.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from PIL import Image as Pillow

from generation.providers.base import (
    FORMAT_SIZES,
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Progress,
    ProviderError,
    Ticket,
)

_SCENES = """
    beach_sunset tropical_pool mountain_view forest_trail flower_field rooftop street_style
    crosswalk graffiti_wall subway cafe bookstore kitchen_morning cozy_bedroom living_room
    home_office
    studio_portrait colour_backdrop spotlight gym yoga_studio airport_lounge island_terrace
    paris_balcony desert_road market_street night_club neon_alley concert autumn_park snow_day
    christmas
"""
_ENVIRONMENTS = "beach bedroom living_room office cafe urban_street photo_studio nature"
_LIGHTING = """
    daylight golden_hour blue_hour overcast window_light softbox rim_light backlit flash neon
    candlelight moonlight
"""
_POSES = """
    relaxed hand_on_hip arms_crossed hands_in_pockets leaning hand_in_hair sitting_stool
    sitting_crossed sitting_floor lounging kneeling sitting_forward walking running jumping dancing
    stretching spinning waving peace_sign thinking arms_up heart_hands selfie
"""
_OUTFITS = """
    tee_and_jeans oversized_hoodie knit_sweater denim_jacket linen_shirt summer_dress leather_jacket
    long_coat evening_gown cocktail_dress tailored_suit silk_blouse blazer_look sequin_top
    velvet_tuxedo gym_set tracksuit yoga_set tennis_whites running_kit swimsuit board_shorts wetsuit
    witch superhero astronaut pirate fairy cyberpunk flapper
"""
# What the colour of a picture is made of: everything that was asked for.
_DRAWN = (
    "look", "seed", "width_px", "height_px", "scene", "environment", "lighting", "pose", "framing",
    "expression", "outfit", "quality", "prompt",
)  # fmt: skip


class FakeProvider(ImageProvider):
    """`scale` shrinks the pictures it makes (0 < scale ≤ 1): tests need no megapixels."""

    alias = "fake"
    capabilities = Capabilities(
        visual_styles=("realistic", "anime", "illustrated"),
        formats=tuple(FORMAT_SIZES),
        qualities=("draft", "standard", "high"),
        scenes=tuple(_SCENES.split()),
        environments=tuple(_ENVIRONMENTS.split()),
        lighting=tuple(_LIGHTING.split()),
        poses=tuple(_POSES.split()),
        framings=("close_up", "half_body", "full_body"),
        expressions=("neutral", "smile", "laugh", "serious", "surprised", "thoughtful"),
        outfits=tuple(_OUTFITS.split()),
        accepts_free_text=True,
        accepts_seeds=True,
        disclosure="Blocks of colour from the test provider.",
    )

    # Polls so far by our key of the picture, so that a script goes on after a new submit: per
    # process, where a real vendor has a database.
    _polls: dict[str, int] = {}

    def __init__(self, *, scale: float = 0.1) -> None:
        self.scale = scale

    def submit(self, request: ImageRequest) -> Ticket:
        script = _script(request.prompt)
        if script.get("fail") == "submit":
            raise ProviderError(
                "The provider refused the request.", code="fail", is_transient=False
            )
        return Ticket(
            external_id=f"fake-{uuid4().hex}-{request.external_key}",
            data={
                "key": request.external_key,
                "colour": _colour(request),
                "size": [request.width_px, request.height_px],
                "script": script,
                "submitted_at": time.time(),
            },
        )

    def poll(self, ticket: Ticket) -> Progress | Finished:
        if "script" not in ticket.data:
            raise ProviderError("This ticket is not ours.", code="lost", is_transient=False)
        script, key = ticket.data["script"], ticket.data["key"]
        tries = self._polls[key] = self._polls.get(key, 0) + 1
        self._misbehave(script, tries)
        elapsed = time.time() - ticket.data["submitted_at"]
        lasts = float(script.get("slow", 0))
        if elapsed < lasts:
            return Progress(fraction=elapsed / lasts, check_after_s=min(1.0, lasts - elapsed))
        return self._finish(ticket)

    def _misbehave(self, script: dict[str, str], tries: int) -> None:
        if "crash" in script:
            raise RuntimeError("scripted crash")
        if "lost" in script and (tries == 1 or script["lost"] == "always"):
            raise ProviderError("The provider forgot this.", code="lost", is_transient=True)
        if tries <= int(script.get("flaky", 0)):
            raise ProviderError("The provider is busy.", code="busy", is_transient=True)
        if "fail" in script:
            raise ProviderError(
                "The provider could not make this picture.", code=script["fail"], is_transient=False
            )

    def _finish(self, ticket: Ticket) -> Finished:
        content = (
            b"not a picture" if "garbage" in ticket.data["script"] else self._draw(ticket.data)
        )
        return Finished(
            content=content,
            content_type="image/png",
            model="fake",
            model_version="1",
            digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
        )

    def _draw(self, data: Mapping[str, Any]) -> bytes:
        """A block of the request's own colour in the right shape."""
        width, height = (max(1, round(side * self.scale)) for side in data["size"])
        buffer = io.BytesIO()
        Pillow.new("RGB", (width, height), data["colour"]).save(buffer, "PNG")
        return buffer.getvalue()

    def cancel(self, ticket: Ticket) -> None:
        self._polls.pop(ticket.data.get("key", ""), None)


def _colour(request: ImageRequest) -> str:
    asked = {name: getattr(request, name) for name in _DRAWN} | {"look": dict(request.look)}
    return f"#{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:6]}"


def _script(prompt: str) -> dict[str, str]:
    words = (word.partition(":") for word in prompt.split())
    known = ("slow", "fail", "flaky", "lost", "garbage", "crash")
    return {name: value or "1" for name, _, value in words if name in known}
