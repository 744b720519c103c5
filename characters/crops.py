"""A picture cut to what a platform shows. Free: nothing is drawn, the provider is not asked.

The mark of where it comes from goes along.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image as Pillow

from characters import images as files
from characters.models import Image
from ryla.lib.errors import InvalidInput

JPEG_QUALITY = 93
# How much of what is cut off goes from the top: faces are in the upper half.
_FROM_TOP = 0.25
# So much may be enlarged before it shows.
_ENLARGED_AT_MOST = 1.4


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a picture is posted, and the pixels that are shown there."""

    slug: str
    label: str
    width_px: int
    height_px: int


PLATFORMS: Mapping[str, Platform] = MappingProxyType(
    {
        platform.slug: platform
        for platform in (
            Platform("instagram-portrait", "Instagram, portrait", 1080, 1350),
            Platform("instagram-square", "Instagram, square", 1080, 1080),
            Platform("story", "Story, Reel, TikTok, Short", 1080, 1920),
            Platform("pinterest", "Pinterest pin", 1000, 1500),
            Platform("x-post", "X post", 1600, 900),
            Platform("youtube-thumbnail", "YouTube thumbnail", 1280, 720),
            Platform("facebook-post", "Facebook post", 1200, 630),
            Platform("profile", "Profile picture", 800, 800),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a picture a platform shows, in the picture's own pixels."""

    platform: Platform
    left_px: int
    top_px: int
    width_px: int
    height_px: int
    is_large_enough: bool


def frames_of(image: Image) -> list[Frame]:
    """One for each platform, those first for which it has pixels enough."""
    frames = [frame_of(image, platform) for platform in PLATFORMS.values()]
    return sorted(frames, key=lambda frame: not frame.is_large_enough)


def frame_of(image: Image, platform: Platform) -> Frame:
    left, top, right, bottom = map(round, _box((image.width_px, image.height_px), platform))
    is_large_enough = _is_large_enough(image, platform)
    return Frame(platform, left, top, right - left, bottom - top, is_large_enough)


def platforms_for(image: Image) -> list[Platform]:
    """Those for which it has pixels enough."""
    return [platform for platform in PLATFORMS.values() if _is_large_enough(image, platform)]


def crop(image: Image, platform: Platform) -> bytes:
    """A JPEG in exactly the platform's size. Raises InvalidInput when the picture is too small,
    FileNotFoundError when its file is gone."""
    if not _is_large_enough(image, platform):
        raise InvalidInput(f"This picture is too small for {platform.label}.", field="platform")
    with files.read(image) as stored:
        picture = Pillow.open(io.BytesIO(stored.read()))
    mark = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    box = _box(picture.size, platform)
    size = (platform.width_px, platform.height_px)
    cut = picture.convert("RGB").resize(size, Pillow.Resampling.LANCZOS, box=box)
    buffer = io.BytesIO()
    xmp = mark.encode() if isinstance(mark, str) else mark
    cut.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True, xmp=xmp)
    return buffer.getvalue()


def file_name(image: Image, platform: Platform) -> str:
    """`mara-lux_beach_sunset_0007_story.jpg`"""
    return f"{files.file_name(image).rpartition('.')[0]}_{platform.slug}.jpg"


def _is_large_enough(image: Image, platform: Platform) -> bool:
    left, top, right, bottom = _box((image.width_px, image.height_px), platform)
    return max(platform.width_px / (right - left), platform.height_px / (bottom - top)) <= (
        _ENLARGED_AT_MOST
    )


def _box(size: tuple[int, int], platform: Platform) -> tuple[float, float, float, float]:
    """What of the picture is kept: as much as has the platform's shape."""
    width, height = size
    scale = min(width / platform.width_px, height / platform.height_px)
    kept_width, kept_height = platform.width_px * scale, platform.height_px * scale
    left, top = (width - kept_width) / 2, (height - kept_height) * _FROM_TOP
    return left, top, left + kept_width, top + kept_height
