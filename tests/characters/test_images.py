from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image as Pillow

from accounts.models import User
from characters import images as files
from characters import services
from characters.models import Image, StoredFile
from ryla.lib.errors import InvalidInput
from tests.builders import make_character, make_image, make_png


def _encoded(kind: str, size: tuple[int, int] = (900, 1200)) -> bytes:
    buffer = io.BytesIO()
    Pillow.new("RGB", size, "#3366cc").save(buffer, kind)
    return buffer.getvalue()


def _keys(position: object = 0) -> files.Keys:
    return files.keys_for(
        owner_id="o", character_id="c", job_id="j", position=position, extension="png"
    )


def _size(content: bytes) -> tuple[int, int]:
    return Pillow.open(io.BytesIO(content)).size


# --- Preparing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "extension", "content_type"),
    [("PNG", "png", "image/png"), ("JPEG", "jpg", "image/jpeg"), ("WEBP", "webp", "image/webp")],
)
def test_picture_is_kept_as_it_came_with_two_thumbnails(
    kind: str, extension: str, content_type: str
) -> None:
    content = _encoded(kind)
    prepared = files.prepare(content)
    assert prepared.original == content
    assert (prepared.extension, prepared.content_type) == (extension, content_type)
    assert (prepared.width_px, prepared.height_px) == (900, 1200)
    assert _size(prepared.large) == (768, 1024)
    assert _size(prepared.small) == (320, 427)


def test_small_picture_is_not_blown_up() -> None:
    prepared = files.prepare(make_png(64, 80))
    assert _size(prepared.large) == _size(prepared.small) == (64, 80)


def test_dominant_colour_is_that_of_most_of_the_picture() -> None:
    picture = Pillow.new("RGB", (100, 100), "#3366cc")
    picture.paste("#ff0000", (0, 0, 20, 100))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    red, green, blue = bytes.fromhex(files.prepare(buffer.getvalue()).dominant_colour[1:])
    assert abs(red - 0x33) < 12
    assert abs(green - 0x66) < 12
    assert abs(blue - 0xCC) < 12


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", _encoded("GIF"), make_png()[:60]],
    ids=["empty", "text", "svg", "gif", "cut off"],
)
def test_what_is_no_picture_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        files.prepare(content)


def test_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "MAX_PIXELS", 100)
    with pytest.raises(InvalidInput, match="too many pixels"):
        files.prepare(make_png(11, 10))


def test_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(InvalidInput, match="too large"):
        files.prepare(make_png())


# --- Storing and erasing -----------------------------------------------------------------------


@pytest.mark.django_db
def test_files_nobody_claimed_are_erased_after_an_hour() -> None:
    prepared, keys = files.prepare(make_png()), _keys("orphan")
    files.stage(keys)
    files.store(prepared, keys)
    assert files.erase_due_files() == 0
    StoredFile.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert files.erase_due_files() == 3
    assert not any(storages["images"].exists(key) for key in keys.all())
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_claimed_files_stay(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    assert files.erase_due_files() == 0
    assert all(storages["images"].exists(key) for key in image.keys)


@pytest.mark.django_db
def test_file_that_is_gone_already_does_not_stop_the_rest(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    files.discard([*image.keys, "never/was.png"])
    assert files.erase_due_files() == 4
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_staging_again_gives_the_import_its_hour_back() -> None:
    keys = _keys("again")
    files.discard(keys.all())
    files.stage(keys)
    assert files.erase_due_files() == 0


@pytest.mark.django_db
def test_second_import_of_the_same_place_is_refused_by_the_database(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    prepared = files.prepare(make_png())
    with pytest.raises(IntegrityError), transaction.atomic():
        services.record_image(
            character=image.character,
            job_id=image.job_id,
            position=image.position,
            kind="picture",
            prepared=prepared,
            keys=_keys("other"),
            seed=1,
            options={},
        )
    assert Image.objects.count() == 1


@pytest.mark.django_db
def test_missing_file_is_said_to_be_missing(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    storages["images"].delete(image.small_key)
    with pytest.raises(FileNotFoundError):
        files.read(image, "small")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("handle", "options", "position", "name"),
    [
        ("mara", {"scene": "beach_sunset"}, 7, "mara_beach_sunset_0007.png"),
        ("", {"scene": "cafe"}, 12, "character_cafe_0012.png"),
        ("mara", {"scene": ""}, 1, "mara_picture_0001.png"),
    ],
)
def test_file_name_can_be_read_by_people(
    user: User, handle: str, options: dict[str, str], position: int, name: str
) -> None:
    image = make_image(character=make_character(owner=user, handle=handle), **options)
    assert files.file_name(image, position) == name
