from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import ExifTags, ImageOps, PngImagePlugin
from PIL import Image as Pillow

from ryla.lib.picture_files import rewritten_png, upright

SECRET = "a secret wish"
KINDS = ("PNG", "JPEG", "WEBP")


def encoded(kind: str, picture: Pillow.Image | None = None, **more: Any) -> bytes:
    buffer = io.BytesIO()
    (picture or drawn()).save(buffer, kind, **more)
    return buffer.getvalue()


def drawn(size: tuple[int, int] = (97, 61)) -> Pillow.Image:
    """Gradients, so that every part of a file's data is needed."""
    waves = [Pillow.linear_gradient("L").rotate(90 * n).resize(size) for n in range(3)]
    return Pillow.merge("RGB", waves)


def with_words() -> bytes:
    """All that a program can write into a PNG."""
    exif = Pillow.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET
    words = PngImagePlugin.PngInfo()
    words.add_text("prompt", SECRET)
    words.add_text("workflow", SECRET, zip=True)
    words.add_itxt("XML:com.adobe.xmp", SECRET)
    words.add(b"prVt", SECRET.encode(), after_idat=True)
    return encoded("PNG", exif=exif, pnginfo=words) + SECRET.encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def with_chunk(kind: bytes, data: bytes, *, before: bytes) -> bytes:
    whole = encoded("PNG")
    at = whole.index(before) - 4
    return whole[:at] + chunk(kind, data) + whole[at:]


def opened(content: bytes) -> Pillow.Image:
    picture = Pillow.open(io.BytesIO(content))
    picture.load()
    return picture


def test_words_go_and_the_mark_comes_while_each_pixel_stays() -> None:
    before = with_words()
    after = rewritten_png(before, xmp=b"<x:xmpmeta/>")
    assert opened(after).tobytes() == opened(before).tobytes()
    assert opened(after).info["xmp"] == b"<x:xmpmeta/>"
    assert set(opened(after).info) <= {"xmp", "XML:com.adobe.xmp"}
    assert SECRET.encode() not in after
    assert zlib.compress(SECRET.encode())[2:10] not in after


def test_file_without_words_comes_through_as_it_is() -> None:
    assert rewritten_png(encoded("PNG")) == encoded("PNG")


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("size", [(1, 1), (97, 61), (700, 900)])
def test_data_are_kept_however_they_are_packed(level: int, size: tuple[int, int]) -> None:
    before = encoded("PNG", drawn(size), compress_level=level)
    assert opened(rewritten_png(before)).tobytes() == drawn(size).tobytes()


def test_what_one_can_see_through_stays_so() -> None:
    glass = drawn()
    glass.putalpha(Pillow.linear_gradient("L").resize(glass.size))
    assert opened(rewritten_png(encoded("PNG", glass))).tobytes() == glass.tobytes()


def test_how_colours_are_meant_stays() -> None:
    before = with_chunk(b"gAMA", struct.pack(">I", 45455), before=b"IDAT")
    assert opened(rewritten_png(before)).info["gamma"] == opened(before).info["gamma"]


def test_colours_that_say_something_else_go() -> None:
    before = with_chunk(b"gAMA", struct.pack(">I", 45455) + SECRET.encode(), before=b"IDAT")
    assert SECRET.encode() not in rewritten_png(before)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg/>",
        encoded("JPEG"),
        encoded("PNG", drawn().convert("L")),
        encoded("PNG", drawn().quantize(8)),
        encoded("PNG", Pillow.new("I;16", (9, 9))),
        encoded("PNG", save_all=True, append_images=[drawn().rotate(180)]),
        encoded("PNG", icc_profile=b"a profile"),
        encoded("PNG", transparency=(1, 2, 3)),
        with_chunk(b"IHDR", encoded("PNG", drawn((9, 9)))[16:29], before=b"IDAT"),
        with_chunk(b"IDAT", SECRET.encode(), before=b"IEND"),
        with_chunk(b"IDAT", b"", before=b"IEND").replace(b"IEND", b"IDAT", 1),
    ],
)
def test_what_is_no_plain_png_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        rewritten_png(content)


def test_pixels_that_unpack_to_more_than_the_picture_are_refused() -> None:
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    many = zlib.compress(bytes(50_000_000))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*part) for part in ((b"IHDR", head), (b"IDAT", many), (b"IEND", b""))
    )
    with pytest.raises(ValueError, match="pixels"):
        rewritten_png(bomb)


def test_every_shorter_file_is_refused() -> None:
    whole = encoded("PNG")
    for length in range(len(whole) - 12):
        with pytest.raises(ValueError, match="PNG"):
            rewritten_png(whole[:length])


# --- Which way up ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_comes_upright(kind: str, orientation: int) -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    picture = opened(encoded(kind, exif=exif))
    shown = upright(picture)
    expected = ImageOps.exif_transpose(picture)
    assert (shown is picture) == (orientation == 1)
    assert (shown.size, shown.tobytes()) == (expected.size, expected.tobytes())


def test_word_behind_the_pixels_is_heard() -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    late = with_chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"), before=b"IEND")
    assert upright(opened(late)).size == (61, 97)


@pytest.mark.parametrize(
    "words",
    [
        b"MM\0*",
        b"junkjunkjunk",
        bytes.fromhex(
            "49492a00080000000200120103000100000006000000530104000100000069ae0f8e00000000"
        ),
    ],
)
def test_words_nobody_understands_harm_no_picture(words: bytes) -> None:
    picture = opened(with_chunk(b"eXIf", words, before=b"IDAT"))
    assert sorted(upright(picture).size) == [61, 97]
