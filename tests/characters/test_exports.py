from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from PIL import Image as Pillow

from accounts.models import User
from characters import exports, services
from characters import images as files
from characters.models import Character, Image
from generation import provenance
from generation.providers.base import Finished
from tests.builders import make_character, make_image, make_png

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"


def _zip_of(character: Character, title: str = "Mara Vale") -> zipfile.ZipFile:
    content = b"".join(exports.stream_zip(character.images.visible(), title=title))
    return zipfile.ZipFile(io.BytesIO(content))


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return manifest


def _marked_png(**size: int) -> bytes:
    drawn = Finished(make_png(**size), "image/png", "m", "1", SOURCE_TYPE)
    return provenance.mark(drawn)


def _noise(side: int, seed: int) -> bytes:
    """A PNG about as large as its pixels: nothing in it repeats."""
    buffer = io.BytesIO()
    pixels = Random(seed).randbytes(side * side * 3)
    Pillow.frombytes("RGB", (side, side), pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True, handle="mara", hair_style="bun")


@pytest.mark.django_db
def test_zip_holds_every_picture_byte_for_byte_under_a_numbered_name(user: User) -> None:
    character = make_character(owner=user, handle="mara")
    colours = ["#c0506a", "#50c06a", "#506ac0"]
    made = [make_image(character=character, content=make_png(colour=c)) for c in colours]

    archive = _zip_of(character)

    assert archive.testzip() is None
    pictures = [name for name in archive.namelist() if name.endswith(".png")]
    assert pictures == ["mara_cafe_0001.png", "mara_cafe_0002.png", "mara_cafe_0003.png"]
    found = [hashlib.sha256(archive.read(name)).hexdigest() for name in pictures]
    assert found == [image.sha256 for image in made]


@pytest.mark.django_db
def test_zip_stores_pictures_without_compressing_them_again(character: Character) -> None:
    make_image(character=character)
    kinds = {info.compress_type for info in _zip_of(character).infolist()}
    assert kinds == {zipfile.ZIP_STORED}


@pytest.mark.django_db
def test_manifest_says_who_is_shown_and_how_each_picture_was_made(user: User) -> None:
    character = make_character(owner=user, handle="mara", hair_style="bun")
    image = make_image(character=character, content=_marked_png(), lighting="neon")
    services.set_caption(image=image, caption="Hëllo")

    manifest = _manifest(_zip_of(character))

    assert manifest["title"] == "Mara Vale"
    assert manifest["missing"] == manifest["damaged"] == []
    (person,) = manifest["characters"]
    assert (person["name"], person["handle"]) == ("Mara Vale", "mara")
    assert person["look"] == character.look.to_json()
    (row,) = manifest["images"]
    assert row == {
        "file": "mara_cafe_0001.png",
        "id": str(image.pk),
        "character": str(character.pk),
        "kind": "picture",
        "width": 64,
        "height": 80,
        "size_bytes": image.size_bytes,
        "sha256": image.sha256,
        "seed": 7,
        "settings": image.settings,
        "created_at": image.created_at.isoformat(),
        "digital_source_type": SOURCE_TYPE,
        "caption": "Hëllo",
    }


@pytest.mark.django_db
def test_source_type_is_found_across_the_edges_of_chunks(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    character = make_character(owner=user)
    make_image(character=character, content=_marked_png())
    for size in (1, 7, 64):
        monkeypatch.setattr(exports, "CHUNK_BYTES", size)
        (row,) = _manifest(_zip_of(character))["images"]
        assert row["digital_source_type"] == SOURCE_TYPE


@pytest.mark.django_db
def test_picture_whose_file_is_gone_is_named_and_the_rest_arrives(user: User) -> None:
    character = make_character(owner=user, handle="mara")
    first, gone, last = (make_image(character=character) for _ in range(3))
    storages["images"].delete(gone.original_key)

    archive = _zip_of(character)

    manifest = _manifest(archive)
    assert [row["id"] for row in manifest["images"]] == [str(first.pk), str(last.pk)]
    assert manifest["missing"] == [
        {"file": "mara_cafe_0002.png", "id": str(gone.pk), "character": str(character.pk)}
    ]
    assert "mara_cafe_0002.png" not in archive.namelist()
    assert "1 of the files could not be found" in archive.read("README.txt").decode()


@pytest.mark.django_db
def test_picture_whose_file_was_changed_is_named_as_damaged(user: User) -> None:
    character = make_character(owner=user, handle="mara")
    image = make_image(character=character)
    storages["images"].save(image.original_key, ContentFile(b"not the picture"))

    manifest = _manifest(_zip_of(character))

    assert manifest["images"][0]["sha256"] == hashlib.sha256(b"not the picture").hexdigest()
    assert manifest["damaged"] == [
        {"file": "mara_cafe_0001.png", "id": str(image.pk), "expected": image.sha256}
    ]


@pytest.mark.django_db
def test_storage_that_refuses_breaks_the_download_off(user: User, settings: Any) -> None:
    """Rather that than a ZIP that looks whole and is empty."""
    character = make_character(owner=user)
    make_image(character=character)
    own = settings.STORAGES["images"]
    wrong = {**own, "OPTIONS": {**own["OPTIONS"], "secret_key": "wrong"}}
    settings.STORAGES = {**settings.STORAGES, "images": wrong}
    with pytest.raises(ClientError):
        b"".join(exports.stream_zip(character.images.visible(), title="x"))


@pytest.mark.django_db
def test_files_are_read_only_when_their_turn_comes(user: User) -> None:
    """The second file disappears after the first pieces were sent, and is missed."""
    character = make_character(owner=user)
    make_image(character=character)
    second = make_image(character=character)
    pieces = exports.stream_zip(character.images.visible(), title="x")

    sent = [next(pieces)]
    storages["images"].delete(second.original_key)
    sent += list(pieces)

    manifest = _manifest(zipfile.ZipFile(io.BytesIO(b"".join(sent))))
    assert [row["id"] for row in manifest["missing"]] == [str(second.pk)]


@pytest.mark.django_db
def test_memory_does_not_grow_with_the_set(user: User) -> None:
    character = make_character(owner=user)
    for seed in range(12):
        make_image(character=character, content=_noise(600, seed))
    # Once before measuring: the first request builds the storage's client.
    files.read(character.images.earliest("id")).close()

    tracemalloc.start()
    total = sum(len(p) for p in exports.stream_zip(character.images.visible(), title="x"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert total > 12_000_000
    assert peak < 6_000_000


@pytest.mark.django_db(transaction=True)
def test_a_download_holds_no_database_connection(user: User) -> None:
    character = make_character(owner=user)
    make_image(character=character)
    pieces = exports.stream_zip(character.images.visible(), title="x")
    next(pieces)
    assert connection.connection is None
    pieces.close()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_set(
    user: User, count: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    character = make_character(owner=user)
    for _ in range(count):
        make_image(character=character)
    images = character.images.visible()
    with django_assert_num_queries(2):
        b"".join(exports.stream_zip(images, title="x"))


@pytest.mark.django_db
def test_set_of_more_than_one_batch_is_whole(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_ROWS_AT_ONCE", 2)
    character = make_character(owner=user)
    made = [make_image(character=character) for _ in range(5)]
    manifest = _manifest(_zip_of(character))
    assert [row["id"] for row in manifest["images"]] == [str(image.pk) for image in made]


@pytest.mark.django_db
def test_captions_file_is_there_when_somebody_wrote_one(user: User) -> None:
    character = make_character(owner=user, handle="mara")
    image = make_image(character=character)
    assert "captions.txt" not in _zip_of(character).namelist()
    services.set_caption(image=image, caption="Sunday, slowly.")
    text = _zip_of(character).read("captions.txt").decode()
    assert text == "mara_cafe_0001.png\nSunday, slowly.\n"


@pytest.mark.django_db
def test_readme_says_how_to_label_the_pictures(character: Character) -> None:
    make_image(character=character)
    readme = _zip_of(character, title="Mara Vale").read("README.txt").decode()
    assert readme.startswith("Mara Vale\n\n2 pictures made with RYLA on ")
    assert "AI-generated" in readme
    assert "ATTENTION" not in readme


@pytest.mark.django_db
def test_names_of_two_characters_in_one_archive_do_not_collide(user: User) -> None:
    for _ in range(2):
        make_image(character=make_character(owner=user))
    images = Image.objects.owned_by(user).visible()
    content = b"".join(exports.stream_zip(images, title="x"))
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = [name for name in archive.namelist() if name.endswith(".png")]
    assert names == ["character_cafe_0001.png", "character_cafe_0002.png"]
    assert len(_manifest(archive)["characters"]) == 2


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (
            "Mara Vale 2026-11-23.zip",
            'attachment; filename="mara-vale-2026-11-23.zip"; '
            "filename*=UTF-8''Mara%20Vale%202026-11-23.zip",
        ),
        (
            "Márā “x”\r\n.zip",
            'attachment; filename="mara-x.zip"; '
            "filename*=UTF-8''M%C3%A1r%C4%81%20%E2%80%9Cx%E2%80%9D%0D%0A.zip",
        ),
        ("美.zip", "attachment; filename=\"pictures.zip\"; filename*=UTF-8''%E7%BE%8E.zip"),
    ],
)
def test_attachment_names_are_safe_in_a_header(name: str, header: str) -> None:
    assert exports.attachment(name) == header
