"""The fake provider with a picture as heavy as real ones, drawn before anybody waits for it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

from PIL import Image as Pillow

from generation.providers.fake import FakeProvider

# Of the noise over the gradients, so that 1024 × 1280 pixels make a megabyte as PNG.
_DEVIATION = 1.15


class Megabyte(FakeProvider):
    """Always the same picture of a size: a job may ask for one, since a picture is taken once."""

    alias = "megabyte"

    def _draw(self, data: Mapping[str, Any]) -> bytes:
        width, height = data["size"]
        return draw(width, height)


@cache
def draw(width: int, height: int) -> bytes:
    """Once per process and size."""
    noise = Pillow.effect_noise((width, height), _DEVIATION)
    bands = (
        Pillow.linear_gradient("L").rotate(turn).resize((width, height)) for turn in (0, 90, 180)
    )
    picture = Pillow.merge("RGB", [Pillow.blend(band, noise, 0.5) for band in bands])
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=5)
    return buffer.getvalue()
