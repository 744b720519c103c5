"""Pictures on their way to and from providers, brought to the size that is wanted.

Many models work in steps of 8 or 16 pixels, and some vendors know only a few sizes. What comes
back is cut to the very size that was asked for, never stretched.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress

from PIL import Image as Pillow

from generation.providers.base import ProviderError
from ryla.lib.picture_files import rewritten_png, upright

PIXELS_AT_MOST = 50_000_000
_HALF = 128
_MIME = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def fit(content: bytes, width_px: int, height_px: int, *, step_px: int = 1) -> tuple[bytes, str]:
    """The picture in exactly this size, and its content type.

    Scaled until it just covers the size, then cut around its middle; one whose sides are the
    next multiples of `step_px` is only cut. One that has the size keeps its very bytes; any
    other becomes a PNG without metadata. Raises ProviderError when the bytes are no picture.
    """
    picture = read(content)
    if picture.size == (width_px, height_px):
        return content, _MIME[_kind_of(picture)]
    if picture.size != (stepped(width_px, step_px), stepped(height_px, step_px)):
        picture = _cover(picture, width_px, height_px)
    return _png(_cut(picture, width_px, height_px)), "image/png"


def without_text(content: bytes) -> bytes:
    """A picture that `read` has taken, without what programs write into files for themselves:
    prompts, whole workflows, paths. A plain PNG that lies upright keeps its very pixels."""
    picture = _loaded(content)
    shown = upright(picture)
    if shown is picture:
        with suppress(ValueError):
            return rewritten_png(content)
    buffer = io.BytesIO()
    shown.save(buffer, _kind_of(picture), quality=95, exif=b"", comment=b"")
    return buffer.getvalue()


def padded(content: bytes, width_px: int, height_px: int, *, step_px: int) -> bytes:
    """The picture as `fit` gives it, on a canvas whose sides are multiples of `step_px`, as a PNG.

    Its edges are continued outwards, so that a model sees no border; `fit` with the same
    `step_px` takes them off again without moving a pixel.
    """
    picture = read(content)
    if picture.size != (width_px, height_px):
        picture = _cut(_cover(picture, width_px, height_px), width_px, height_px)
    return _png(
        _pad(picture.convert("RGB"), stepped(width_px, step_px), stepped(height_px, step_px))
    )


def padded_mask(content: bytes, width_px: int, height_px: int, *, step_px: int) -> bytes:
    """As `padded`, for a mask: black and white, nothing of the continued edge is changed."""
    mask = read(content).convert("L")
    if mask.size != (width_px, height_px):
        mask = _cut(_cover(mask, width_px, height_px), width_px, height_px)
    canvas = Pillow.new("L", (stepped(width_px, step_px), stepped(height_px, step_px)), 0)
    canvas.paste(mask.point(lambda level: 255 if level >= _HALF else 0), _offset(mask, canvas))
    return _png(canvas.convert("RGB"))


def full_mask(width_px: int, height_px: int, *, step_px: int) -> bytes:
    """A mask under which the whole picture is changed."""
    size = (stepped(width_px, step_px), stepped(height_px, step_px))
    return _png(Pillow.new("RGB", size, "white"))


def size_of(content: bytes) -> tuple[int, int]:
    return read(content).size


def stepped(side_px: int, step_px: int) -> int:
    """The next multiple of `step_px`."""
    return -(-side_px // step_px) * step_px


def read(content: bytes) -> Pillow.Image:
    """Decoded and upright. Raises ProviderError for what is no picture, or far too large."""
    return upright(_loaded(content))


def _loaded(content: bytes) -> Pillow.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(content), formats=tuple(_MIME))
            if picture.width * picture.height > PIXELS_AT_MOST:
                raise _no_picture()
            picture.load()
    except (
        OSError,
        SyntaxError,
        ValueError,
        Pillow.DecompressionBombError,
        Pillow.DecompressionBombWarning,
    ) as error:
        raise _no_picture() from error
    return picture


def _kind_of(picture: Pillow.Image) -> str:
    """A JPEG with further pictures behind the first goes by another name in Pillow."""
    return picture.format if picture.format in _MIME else "JPEG"


def _no_picture() -> ProviderError:
    message = "The provider sent something that is no picture."
    return ProviderError(message, code="not_a_picture", is_transient=False)


def _cover(picture: Pillow.Image, width_px: int, height_px: int) -> Pillow.Image:
    scale = max(width_px / picture.width, height_px / picture.height)
    if scale == 1:
        return picture
    size = (
        max(width_px, round(picture.width * scale)),
        max(height_px, round(picture.height * scale)),
    )
    source = picture if picture.mode in ("RGB", "RGBA", "L") else picture.convert("RGB")
    return source.resize(size, Pillow.Resampling.LANCZOS)


def _cut(picture: Pillow.Image, width_px: int, height_px: int) -> Pillow.Image:
    left, top = (picture.width - width_px) // 2, (picture.height - height_px) // 2
    return picture.crop((left, top, left + width_px, top + height_px))


def _pad(picture: Pillow.Image, width_px: int, height_px: int) -> Pillow.Image:
    if picture.size == (width_px, height_px):
        return picture
    canvas = Pillow.new("RGB", (width_px, height_px))
    left, top = _offset(picture, canvas)
    canvas.paste(picture, (left, top))
    right, bottom = left + picture.width, top + picture.height
    # Columns first: the rows then continue the corners as well.
    for x, edge in (
        *((x, left) for x in range(left)),
        *((x, right - 1) for x in range(right, width_px)),
    ):
        canvas.paste(canvas.crop((edge, 0, edge + 1, height_px)), (x, 0))
    for y, edge in (
        *((y, top) for y in range(top)),
        *((y, bottom - 1) for y in range(bottom, height_px)),
    ):
        canvas.paste(canvas.crop((0, edge, width_px, edge + 1)), (0, y))
    return canvas


def _offset(picture: Pillow.Image, canvas: Pillow.Image) -> tuple[int, int]:
    """Where `_cut` looks for it."""
    return (canvas.width - picture.width) // 2, (canvas.height - picture.height) // 2


def _png(picture: Pillow.Image) -> bytes:
    kept = picture if picture.mode in ("RGB", "RGBA", "L") else picture.convert("RGB")
    buffer = io.BytesIO()
    clean = Pillow.new(kept.mode, kept.size)
    clean.paste(kept)
    clean.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()
