"""Image files: keys, thumbnails, storing, reading, erasing.

Bytes move outside transactions. `stage` notes the keys before anything is written, `claim`
joins the transaction that creates the row; whatever is never claimed is erased by
`erase_due_files`.
"""

from __future__ import annotations

import hashlib
import io
import logging
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from characters.models import Image, StoredFile
from ryla.lib.errors import InvalidInput

log = logging.getLogger(__name__)

SMALL_WIDTH_PX = 320
LARGE_WIDTH_PX = 768
MAX_PIXELS = 50_000_000
MAX_BYTES = 40 * 1024 * 1024
VARIANTS = ("original", "large", "small")
# A staged file is left alone at least this long: longer than any import may take.
_STAGED_FOR = timedelta(hours=1)
_TRIED_AGAIN_AFTER = timedelta(minutes=15)
_ERASED_AT_ONCE = 20
_FORMATS = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "WEBP": ("webp", "image/webp"),
}


@dataclass(frozen=True, slots=True)
class Keys:
    original: str
    large: str
    small: str

    def all(self) -> tuple[str, str, str]:
        return (self.original, self.large, self.small)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked picture ready to be stored: the bytes to keep and its two WebP thumbnails."""

    original: bytes
    large: bytes
    small: bytes
    extension: str
    content_type: str
    width_px: int
    height_px: int
    sha256: str
    dominant_colour: str


def prepare(content: bytes) -> Prepared:
    """Raises InvalidInput for what is not a PNG, JPEG or WebP of bearable size."""
    picture, extension, content_type = _open(content)
    large = _resized(picture, LARGE_WIDTH_PX)
    small = _resized(large, SMALL_WIDTH_PX)
    return Prepared(
        original=content,
        large=_webp(large),
        small=_webp(small),
        extension=extension,
        content_type=content_type,
        width_px=picture.width,
        height_px=picture.height,
        sha256=hashlib.sha256(content).hexdigest(),
        dominant_colour=_dominant_colour(small),
    )


def _open(content: bytes) -> tuple[Pillow.Image, str, str]:
    if len(content) > MAX_BYTES:
        raise InvalidInput("The picture file is too large.", field="image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(content))
            if picture.width * picture.height > MAX_PIXELS:
                raise InvalidInput("The picture has too many pixels.", field="image")
            extension, content_type = _FORMATS[picture.format or ""]
            picture.load()
    except InvalidInput:
        raise
    except (UnidentifiedImageError, KeyError, OSError, SyntaxError, ValueError, Warning) as error:
        raise InvalidInput("This is not a PNG, JPEG or WebP picture.", field="image") from error
    return picture.convert("RGB"), extension, content_type


def _resized(picture: Pillow.Image, width_px: int) -> Pillow.Image:
    if picture.width <= width_px:
        return picture
    height = max(1, round(picture.height * width_px / picture.width))
    return picture.resize((width_px, height), Pillow.Resampling.LANCZOS, reducing_gap=2.0)


def _webp(picture: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    # Slower methods save a twentieth of the bytes for twice the time.
    picture.save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


def _dominant_colour(picture: Pillow.Image) -> str:
    """The most common colour of the picture reduced to eight, as `#rrggbb`."""
    reduced = picture.resize((48, 48)).quantize(8).convert("RGB")
    _, colour = max(reduced.getcolors(maxcolors=48 * 48) or [(1, (128, 128, 128))])
    assert isinstance(colour, tuple)  # noqa: S101 (RGB pixels are tuples)
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def keys_for(
    *, owner_id: object, character_id: object, job_id: object, position: object, extension: str
) -> Keys:
    """Where a picture lies; `position` is any text that is unique within the job."""
    stem = f"{owner_id}/{character_id}/{job_id}/{position}"
    return Keys(
        f"{stem}.{extension}", f"{stem}-{LARGE_WIDTH_PX}.webp", f"{stem}-{SMALL_WIDTH_PX}.webp"
    )


def stage(keys: Keys) -> None:
    """Note that these files may appear without a row; call before `store`, outside its
    transaction."""
    due_at = timezone.now() + _STAGED_FOR
    StoredFile.objects.bulk_create(
        [StoredFile(key=key, due_at=due_at) for key in keys.all()],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["due_at"],
    )


def store(prepared: Prepared, keys: Keys) -> None:
    storage = storages["images"]
    for key, content in (
        (keys.original, prepared.original),
        (keys.large, prepared.large),
        (keys.small, prepared.small),
    ):
        storage.save(key, ContentFile(content, name=key))


def claim(keys: Keys) -> None:
    """The row that needs these files is being created in this transaction."""
    StoredFile.objects.filter(key__in=keys.all()).delete()


def discard(keys: Iterable[str]) -> None:
    """The rows that needed these files are being deleted in this transaction."""
    now = timezone.now()
    StoredFile.objects.bulk_create(
        [StoredFile(key=key, due_at=now) for key in keys],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["due_at"],
    )


def erase_due_files(*, limit: int = 1000, budget_s: float = 20) -> int:
    """Erase files whose time has come; returns how many. Safe to run twice at once.

    Stops after `budget_s`, since the sweeps wait behind it, and when the store refuses all it
    is asked. What did not go is tried again later, as is what a killed run had taken.
    """
    ends_at = time.monotonic() + budget_s
    erased = taken = 0
    while taken < limit and time.monotonic() < ends_at:
        keys = _take_due(min(_ERASED_AT_ONCE, limit - taken))
        gone = _erase(keys)
        if not gone:
            break
        taken += len(keys)
        erased += gone
    return erased


def _take_due(count: int) -> list[str]:
    """The longest due; for `_TRIED_AGAIN_AFTER` they are due for nobody else.

    Bytes go after this transaction, so that a slow store holds no locks. Keys carry a lease:
    no import stages one of them a second time, whose file could then vanish.
    """
    now = timezone.now()
    with transaction.atomic():
        due = StoredFile.objects.filter(due_at__lte=now).order_by("due_at")
        rows = due.select_for_update(skip_locked=True)[:count]
        keys = list(rows.values_list("key", flat=True))
        StoredFile.objects.filter(key__in=keys).update(due_at=now + _TRIED_AGAIN_AFTER)
    return keys


def _erase(keys: Sequence[str]) -> int:
    """Files first, then their rows: whoever dies in between erases a file twice, harmlessly."""
    gone = []
    for key in keys:
        try:
            storages["images"].delete(key)
            gone.append(key)
        except (BotoCoreError, ClientError, OSError) as error:
            log.warning("file not erased", extra={"key": key, "error": str(error)})
            if isinstance(error, BotoCoreError):
                break  # nobody answers: each of the others would wait as long
    StoredFile.objects.filter(key__in=gone).delete()
    return len(gone)


def read(image: Image, variant: str = "original") -> File[bytes]:
    """An open file of the picture; close it. Raises FileNotFoundError."""
    return storages["images"].open(key_of(image, variant))


def url(image: Image, variant: str = "original") -> str:
    """A signed address that ends with the storage's own time limit."""
    address: str = storages["images"].url(key_of(image, variant))
    return address


def key_of(image: Image, variant: str) -> str:
    return {
        "original": image.original_key,
        "large": image.large_key,
        "small": image.small_key,
    }[variant]


def file_name(image: Image, position: int | None = None) -> str:
    """A name people can read: `mara-lux_beach_sunset_0007.png`."""
    character = image.character
    stem = character.handle or "character"
    scene = image.settings.get("scene") or image.kind
    number = f"{position:04d}" if position is not None else str(image.pk)[-8:]
    return f"{stem}_{scene}_{number}.{image.original_key.rsplit('.', 1)[-1]}"


def keys_of(images: Sequence[Image]) -> list[str]:
    return [key for image in images for key in image.keys]
