"""Masks as they come from a brush or a program: checked, brought to black and white, kept."""

from __future__ import annotations

import hashlib
import io
import warnings
from datetime import timedelta

from django.utils import timezone
from PIL import Image as Pillow

from characters.models import Image
from generation.models import GenerationJob, Mask
from ryla.lib.errors import Conflict, InvalidInput

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 8_000_000
PER_PICTURE_MAX = 50
_UNUSED_FOR = timedelta(hours=1)  # longer than between painting and asking
_HALF = 128
# How far its shape may be off that of the picture: a pixel or two of a scaled canvas.
_SHAPE_OFF = 0.01


def save_mask(*, image: Image, content: bytes) -> Mask:
    """A PNG of the picture's shape in any size: what is white is changed, what can be seen
    through is not. The same mask of a picture is kept once; one that no request named within an
    hour may go once a picture has PER_PICTURE_MAX. Raises InvalidInput, Conflict.
    """
    mask = _black_and_white(content, (image.width_px, image.height_px))
    if mask.getextrema() == (0, 0):
        raise InvalidInput("Paint over what is to be changed.", field="png")
    stored = _png(mask)
    digest = hashlib.sha256(stored).hexdigest()
    known = Mask.objects.filter(image=image, sha256=digest)
    if known.update(used_at=timezone.now()):
        return known.get()
    _make_room(image)
    made, _ = Mask.objects.get_or_create(
        image=image, sha256=digest, defaults={"owner_id": image.owner_id, "content": stored}
    )
    return made


def _make_room(image: Image) -> None:
    """Of a picture that has as many as it may, those go that no request used for a while."""
    masks = Mask.objects.filter(image=image)
    if masks.count() < PER_PICTURE_MAX:
        return
    jobs = GenerationJob.objects.filter(owner_id=image.owner_id).made_from(image)
    used = {options.get("mask") for options in jobs.values_list("options", flat=True)}
    old = masks.filter(used_at__lt=timezone.now() - _UNUSED_FOR)
    gone = [pk for pk in old.values_list("pk", flat=True) if str(pk) not in used]
    if not masks.filter(pk__in=gone).delete()[0]:
        raise Conflict("This picture has masks enough; use one of them.")


def rectangle_png(image: Image, *, left: int, top: int, width: int, height: int) -> bytes:
    """The mask of a rectangle in percent of the picture; what reaches beyond it is cut off."""
    mask = Pillow.new("L", (image.width_px, image.height_px), 0)
    across, down = mask.width / 100, mask.height / 100
    right, bottom = min(100, left + width), min(100, top + height)
    box = (round(left * across), round(top * down), round(right * across), round(bottom * down))
    mask.paste(255, box)
    return _png(mask)


def _black_and_white(content: bytes, size: tuple[int, int]) -> Pillow.Image:
    picture = _opened(content, size)
    painted = Pillow.new("RGBA", picture.size, "black")
    painted.alpha_composite(picture.convert("RGBA"))
    grey = painted.convert("L").resize(size, Pillow.Resampling.BILINEAR)
    return grey.point(lambda level: 255 if level >= _HALF else 0)


def _opened(content: bytes, size: tuple[int, int]) -> Pillow.Image:
    if len(content) > MAX_BYTES:
        raise InvalidInput("A mask has at most 1 MB.", field="png")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(content), formats=("PNG",))
            if picture.width * picture.height > MAX_PIXELS:
                raise InvalidInput("A mask has at most 8 million pixels.", field="png")
            _require_shape(picture, size)  # before its pixels, which cost far more
            picture.load()
    except (
        OSError,
        SyntaxError,
        ValueError,
        Pillow.DecompressionBombError,
        Pillow.DecompressionBombWarning,
    ) as error:
        raise InvalidInput("A mask is a PNG picture.", field="png") from error
    return picture


def _require_shape(picture: Pillow.Image, size: tuple[int, int]) -> None:
    wanted = size[0] / size[1]
    if abs(picture.width / picture.height - wanted) > _SHAPE_OFF * wanted:
        raise InvalidInput("The mask has another shape than its picture.", field="png")


def _png(mask: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    mask.convert("1").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
