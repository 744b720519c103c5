"""The mark in a delivered file: `generation.provenance.mark`."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import ExifTags, PngImagePlugin
from PIL import Image as Pillow

from generation.provenance import mark
from generation.providers.base import Finished
from ryla.lib.errors import InvalidInput

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def finished(content: bytes) -> Finished:
    return Finished(content, "image/png", "m", "1", SOURCE)


def drawn() -> Pillow.Image:
    waves = [Pillow.linear_gradient("L").rotate(90 * n).resize((60, 40)) for n in range(3)]
    return Pillow.merge("RGB", waves)


def encoded(picture: Pillow.Image, kind: str, **more: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **more)
    return buffer.getvalue()


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(content))


def test_plain_png_keeps_its_very_pixels_under_the_mark() -> None:
    solid = drawn()
    solid.putalpha(255)
    for picture in (drawn(), solid):
        before = encoded(picture, "PNG")
        after = mark(finished(before))
        assert opened(after).tobytes() == picture.tobytes()
        assert data_of(before) == data_of(after)
        assert SOURCE.encode() in after


def data_of(png: bytes) -> bytes:
    return png[png.index(b"IDAT") : png.index(b"IEND") - 4]


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_files_are_marked_and_otherwise_silent(kind: str) -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.ImageDescription] = "a secret wish"
    words = {"exif": exif, "xmp": b"a secret wish", "comment": b"a secret wish"}
    after = mark(finished(encoded(drawn(), kind, **words)))
    assert (opened(after).format, opened(after).size) == (kind, (60, 40))
    assert SOURCE.encode() in after
    assert b"secret wish" not in after


def test_what_one_can_see_through_becomes_solid() -> None:
    glass = drawn()
    glass.putalpha(100)
    after = opened(mark(finished(encoded(glass, "PNG"))))
    assert (after.mode, after.tobytes()) == ("RGB", drawn().tobytes())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_turned_picture_is_stored_upright(kind: str) -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    after = opened(mark(finished(encoded(drawn(), kind, exif=exif))))
    assert after.size == (40, 60)
    assert "exif" not in after.info


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16"])
def test_other_kinds_of_pixels_become_those_of_screens(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = Pillow.new("I;16", (60, 40)) if mode == "I;16" else drawn().convert(mode)
    after = opened(mark(finished(encoded(picture, kind))))
    assert (after.mode, after.size, after.format) == ("RGB", (60, 40), kind)


def test_words_of_programs_do_not_leave_the_house() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("workflow", "a secret wish")
    for picture in (drawn(), drawn().convert("P")):
        after = mark(finished(encoded(picture, "PNG", pnginfo=words)))
        assert set(opened(after).info) == {"XML:com.adobe.xmp", "xmp"}
        assert b"secret wish" not in after


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        mark(finished(content))
