"""What picture files say beside their pixels: taken out, put in, and no pixel touched.

PNG: https://www.w3.org/TR/png-3/ · JPEG: ITU-T T.81, annex B · WebP:
https://developers.google.com/speed/webp/docs/riff_container · where XMP goes: XMP part 3.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import ExifTags
from PIL import Image as Pillow

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_FRAME = 12  # length, kind and checksum around a chunk's data
# What pixels need; all else are words, times, thumbnails, or unknown.
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"IDAT"})
_PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"  # not compressed, of no language

_SOI, _SOS, _EOI, _COM, _FILL = 0xD8, 0xDA, 0xD9, 0xFE, 0xFF
_JFIF, _APP1, _APP15 = 0xE0, 0xE1, 0xEF
_JPEG_KEPT = {_JFIF: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_JFIF_BARE = 18  # bytes of one without a thumbnail
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_SEGMENT_MOST = 0xFFFF - 2
# The end of a scan: within one, 0xFF is followed by 0 or tells a restart.
_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")

_VP8X_ICC, _VP8X_ALPHA, _VP8X_XMP = 0x20, 0x10, 0x04
_VP8L_FLAGS, _VP8L_ALPHA = 4, 0x10
_WEBP_STILL = (b"VP8 ", b"VP8L")


def rewritten(content: bytes, *, xmp: bytes = b"") -> bytes:
    """The same picture with nothing but its colour profile and `xmp`; what lies behind its end is
    gone too.

    Raises ValueError for what is no PNG, JPEG or WebP and for what needs more than its pixels to
    be shown: a turned picture, one that moves. Whether its pixels can be read is not looked at.
    """
    try:
        picture = Pillow.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
        if is_turned(picture):
            raise ValueError("This picture is turned.")
        if content.startswith(_PNG):
            return _png(content, xmp)
        if content.startswith(bytes([_FILL, _SOI])):
            return _jpeg(content, xmp)
        return _webp(content, xmp, picture.size)
    except (OSError, SyntaxError, struct.error, IndexError) as error:
        raise ValueError("This is not a whole PNG, JPEG or WebP picture.") from error


def is_turned(picture: Pillow.Image) -> bool:
    """Whether its file says to show it turned or mirrored."""
    # Asked otherwise, a PNG without such words is decoded to look for them behind its pixels.
    has_words = "exif" in picture.info
    return has_words and picture.getexif().get(ExifTags.Base.Orientation, 1) != 1


# --- PNG ----------------------------------------------------------------------------------------


def _png(content: bytes, xmp: bytes) -> bytes:
    parts = [_PNG]
    for kind, chunk in _png_chunks(content):
        if kind in _PNG_KEPT:
            parts.append(chunk)
        if kind == b"IHDR" and xmp:
            parts.append(_png_chunk(b"iTXt", _PNG_XMP + xmp))
    return b"".join([*parts, _png_chunk(b"IEND", b"")])


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and whole bytes of each, up to the end of the picture."""
    at = len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind == b"IEND":
            return
        end = at + _PNG_FRAME + length
        if end > len(content):
            raise ValueError("The picture file ends too early.")
        yield kind, content[at:end]
        at = end


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


# --- JPEG ---------------------------------------------------------------------------------------


def _jpeg(content: bytes, xmp: bytes) -> bytes:
    parts = [content[:2]]
    mark = _jpeg_xmp(xmp) if xmp else b""
    for marker, part in _jpeg_segments(content):
        # JFIF's own segment comes first, wherever there is one.
        if mark and marker != _JFIF:
            parts.append(mark)
            mark = b""
        if _is_kept(marker, part):
            parts.append(part)
    return b"".join([*parts, bytes([_FILL, _EOI])])


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and whole bytes of each, a scan with its data, up to the end of the picture."""
    at = 2
    while True:
        if content[at] != _FILL:
            raise ValueError("This JPEG picture is broken.")
        while content[at + 1] == _FILL:
            at += 1
        marker = content[at + 1]
        if marker == _EOI:
            return
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if marker == _SOS:
            found = _MARKER.search(content, end)
            if found is None:
                raise ValueError("The picture file ends too early.")
            end = found.start()
        yield marker, content[at:end]
        at = end


def _is_kept(marker: int, part: bytes) -> bool:
    if marker == _JFIF and len(part) > _JFIF_BARE:
        return False
    if marker in _JPEG_KEPT:
        return part.startswith(_JPEG_KEPT[marker], 4)
    return marker != _COM and not _JFIF <= marker <= _APP15


def _jpeg_xmp(xmp: bytes) -> bytes:
    data = _JPEG_XMP + xmp
    if len(data) > _SEGMENT_MOST:
        raise ValueError("The words are too long for a JPEG picture.")
    return bytes([_FILL, _APP1]) + struct.pack(">H", len(data) + 2) + data


# --- WebP ---------------------------------------------------------------------------------------


def _webp(content: bytes, xmp: bytes, size_px: tuple[int, int]) -> bytes:
    chunks = dict(_webp_chunks(content))
    still = next((kind for kind in _WEBP_STILL if kind in chunks), None)
    if still is None:
        raise ValueError("This WebP picture moves.")
    profile, alpha = chunks.get(b"ICCP", b""), chunks.get(b"ALPH", b"")
    has_alpha = bool(alpha) or (still == b"VP8L" and chunks[still][_VP8L_FLAGS] & _VP8L_ALPHA)
    flags = (
        (_VP8X_ICC if profile else 0)
        | (_VP8X_ALPHA if has_alpha else 0)
        | (_VP8X_XMP if xmp else 0)
    )
    sides = b"".join((side - 1).to_bytes(3, "little") for side in size_px)
    body = _webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sides)
    body += b"".join(
        _webp_chunk(kind, data)
        for kind, data in ((b"ICCP", profile), (b"ALPH", alpha), (still, chunks[still]))
        if data
    )
    body += _webp_chunk(b"XMP ", xmp) if xmp else b""
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each."""
    at, end = 12, min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > end:
            raise ValueError("The picture file ends too early.")
        yield kind, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
