"""A provider that does what the prompt tells it: for tests and for integrators' dry runs.

Words in the prompt are its script, in any order:
`slow:SECONDS` reports progress until that time has passed; `fail:CODE` refuses for good;
`flaky:N` fails the first N polls in a passing way; `lost` forgets the ticket at the first poll;
`lost:always` at every poll; `garbage` answers with bytes that are no picture; `crash` raises what
nobody expects. Without a script it answers at once. Everything it needs is in the ticket, so it
survives a restart like a real one.
"""

from __future__ import annotations

import hashlib
import io
import time
from typing import Any

from PIL import Image as Pillow

from generation.providers.base import (
    Capabilities,
    Finished,
    ImageProvider,
    ImageRequest,
    Progress,
    ProviderError,
    Ticket,
    UnsupportedOption,
)

_SCENES = ("studio_portrait", "cafe", "rooftop", "beach_sunset")


class FakeProvider(ImageProvider):
    """`scale` shrinks the pictures it makes (0 < scale ≤ 1): tests need no megapixels."""

    alias = "fake"
    capabilities = Capabilities(
        visual_styles=("realistic", "anime", "illustrated"),
        formats=("1:1", "4:5", "3:4", "2:3", "9:16", "16:9", "3:2"),
        qualities=("draft", "standard", "high"),
        scenes=_SCENES,
        environments=("beach", "nature"),
        lighting=("daylight", "neon"),
        poses=("relaxed", "waving"),
        framings=("close_up", "half_body", "full_body"),
        expressions=("neutral", "smile"),
        outfits=("tee_and_jeans", "evening_gown"),
        accepts_free_text=True,
        disclosure="Blocks of colour from the test provider.",
    )

    # Polls already failed, per process: a script's memory where a real vendor has a database.
    _polls: dict[str, int] = {}

    def __init__(self, *, scale: float = 0.1) -> None:
        self.scale = scale

    def check(self, request: ImageRequest) -> None:
        if request.quality not in self.capabilities.qualities:
            raise UnsupportedOption("This quality is not available.", field="quality")
        if request.references:
            raise UnsupportedOption("References are not taken.", field="references")

    def submit(self, request: ImageRequest) -> Ticket:
        script = _script(request.prompt)
        if script.get("fail") == "submit":
            raise ProviderError(
                "The provider refused the request.", code="fail", is_transient=False
            )
        return Ticket(
            external_id=f"fake-{request.external_key}",
            data={
                "seed": request.seed,
                "size": [request.width_px, request.height_px],
                "script": script,
                "submitted_at": time.time(),
            },
        )

    def poll(self, ticket: Ticket) -> Progress | Finished:
        script = ticket.data["script"]
        tries = self._polls[ticket.external_id] = self._polls.get(ticket.external_id, 0) + 1
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

    def _draw(self, data: Any) -> bytes:
        """A block of the seed's own colour in the right shape."""
        width, height = (max(1, round(side * self.scale)) for side in data["size"])
        red, green, blue = hashlib.sha256(str(data["seed"]).encode()).digest()[:3]
        buffer = io.BytesIO()
        Pillow.new("RGB", (width, height), (red, green, blue)).save(buffer, "PNG")
        return buffer.getvalue()

    def cancel(self, ticket: Ticket) -> None:
        self._polls.pop(ticket.external_id, None)


def _script(prompt: str) -> dict[str, str]:
    words = (word.partition(":") for word in prompt.split())
    known = ("slow", "fail", "flaky", "lost", "garbage", "crash")
    return {name: value or "1" for name, _, value in words if name in known}
