from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import ExifTags, ImageCms, PngImagePlugin
from PIL import Image as Pillow

from ryla.lib.picture_files import rewritten

SECRET = "a secret wish"
KINDS = ("PNG", "JPEG", "WEBP")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def encoded(kind: str, picture: Pillow.Image | None = None, **more: Any) -> bytes:
    buffer = io.BytesIO()
    (picture or drawn()).save(buffer, kind, **more)
    return buffer.getvalue()


def drawn(size: tuple[int, int] = (97, 61)) -> Pillow.Image:
    """Gradients, so that every part of a file's data is needed."""
    waves = [Pillow.linear_gradient("L").rotate(90 * n).resize(size) for n in range(3)]
    return Pillow.merge("RGB", waves)


def with_words(kind: str) -> bytes:
    """All that a program can write into such a file."""
    exif = Pillow.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET
    more: dict[str, Any] = {"exif": exif, "xmp": SECRET.encode(), "icc_profile": PROFILE}
    if kind == "JPEG":
        more["comment"] = SECRET
    if kind == "PNG":
        more["pnginfo"] = words = PngImagePlugin.PngInfo()
        words.add_text("prompt", SECRET)
        words.add_text("workflow", SECRET, zip=True)
        words.add_itxt("XML:com.adobe.xmp", SECRET)
        words.add(b"prVt", SECRET.encode(), after_idat=True)
    return encoded(kind, **more) + SECRET.encode()


def opened(content: bytes) -> Pillow.Image:
    picture = Pillow.open(io.BytesIO(content))
    picture.load()
    return picture


def mark_of(picture: Pillow.Image) -> bytes:
    found = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    return found.encode() if isinstance(found, str) else found


@pytest.mark.parametrize("kind", KINDS)
def test_words_go_and_the_mark_comes_while_each_pixel_stays(kind: str) -> None:
    before = with_words(kind)
    after = rewritten(before, xmp=b"<x:xmpmeta/>")
    assert opened(after).format == kind
    assert opened(after).tobytes() == opened(before).tobytes()
    assert mark_of(opened(after)) == b"<x:xmpmeta/>"
    assert opened(after).info["icc_profile"] == PROFILE
    assert SECRET.encode() not in after
    assert "exif" not in opened(after).info


@pytest.mark.parametrize("kind", KINDS)
def test_file_without_words_comes_through_without_any(kind: str) -> None:
    after = rewritten(encoded(kind))
    assert opened(after).tobytes() == opened(encoded(kind)).tobytes()
    assert not mark_of(opened(after))
    assert rewritten(after) == after


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("JPEG", {"progressive": True, "quality": 95}),
        ("JPEG", {"restart_marker_blocks": 2}),
        ("JPEG", {"subsampling": 0, "keep_rgb": True}),
        ("WEBP", {"lossless": True}),
        ("PNG", {"compress_level": 0}),
    ],
)
def test_every_way_of_keeping_pixels_is_read(kind: str, more: dict[str, Any]) -> None:
    before = encoded(kind, **more)
    after = rewritten(before, xmp=b"<x/>")
    assert opened(after).tobytes() == opened(before).tobytes()
    assert mark_of(opened(after)) == b"<x/>"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_one_can_see_through_stays_so(kind: str) -> None:
    glass = drawn()
    glass.putalpha(Pillow.linear_gradient("L").resize(glass.size))
    for more in ({}, {"lossless": True}):
        before = encoded(kind, glass, **more)
        assert opened(rewritten(before, xmp=b"<x/>")).tobytes() == opened(before).tobytes()


def test_picture_of_many_colours_by_number_stays() -> None:
    before = encoded("PNG", drawn().quantize(8), transparency=3)
    assert opened(rewritten(before)).convert("RGBA") == opened(before).convert("RGBA")


@pytest.mark.parametrize("kind", KINDS)
def test_turned_picture_is_left_to_whoever_can_turn_it(kind: str) -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    with pytest.raises(ValueError, match="turned"):
        rewritten(encoded(kind, exif=exif))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_only_the_first_of_moving_pictures_is_ever_kept(kind: str) -> None:
    second = drawn().rotate(180)
    film = encoded(kind, save_all=True, append_images=[second], lossless=True)
    if kind == "WEBP":
        with pytest.raises(ValueError, match="moves"):
            rewritten(film)
    else:
        kept = opened(rewritten(film))
        assert (kept.n_frames, kept.tobytes()) == (1, drawn().tobytes())


@pytest.mark.parametrize("kind", KINDS)
def test_broken_file_is_refused_or_still_fails_to_open(kind: str) -> None:
    whole = with_words(kind)
    for length in range(0, len(whole) - len(SECRET) - 12, 37):
        try:
            kept = rewritten(whole[:length])
        except ValueError:
            continue
        with pytest.raises((OSError, SyntaxError, ValueError)):
            opened(kept)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\xff\xd8\xff", b"<svg/>"]
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="picture"):
        rewritten(content)
