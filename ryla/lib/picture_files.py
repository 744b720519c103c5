"""Picture files beside their pixels: which way up they are, and what else they say.

PNG: https://www.w3.org/TR/png-3/ · where its XMP goes: XMP specification, part 3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from PIL import ExifTags
from PIL import Image as Pillow

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FRAME = 12  # length, kind and checksum around a chunk's data
_HEAD = struct.Struct(">IIBBBBB")  # sides, bits, kind of colour, three methods
_CHANNELS = {2: 3, 6: 4}  # colours as they are, without and with opacity
# What says how the numbers are meant, and how long it is; anything longer carries something else.
_COLOUR_BYTES = {b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}
# They change what is seen: a palette, one colour to see through, a profile, a film.
_CHANGING = frozenset({b"PLTE", b"tRNS", b"iCCP", b"cICP", b"acTL"})
_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"  # not compressed, of no language
_PIECE = 1 << 20

_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}


def upright(picture: Pillow.Image) -> Pillow.Image:
    """As its file says to show it; the very same object where it says nothing of that, or nothing
    that can be understood. Call it on a loaded picture: a PNG may say so behind its pixels."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # whatever Pillow stumbles over in it, the pixels are good
        return picture
    turn = _TURNS.get(orientation)
    if turn is None:
        return picture
    turned = picture.transpose(turn)
    turned.format = picture.format
    return turned


def rewritten_png(content: bytes, *, xmp: bytes = b"") -> bytes:
    """The same pixels, byte for byte as they are packed, with nothing in the file but how their
    colours are meant and `xmp`.

    Raises ValueError for all that is not a plain picture of eight bits a colour, and for a file
    that hides something in its pixels' data: such a picture has to be encoded anew.
    """
    if not content.startswith(_SIGNATURE):
        raise ValueError("This is no PNG picture.")
    head, meaning, packed = b"", {}, []
    for place, (kind, data) in enumerate(_chunks(content)):
        if (kind == b"IHDR") != (place == 0) or kind in _CHANGING:
            raise ValueError("This PNG picture is not a plain one.")
        if kind == b"IHDR":
            head = data
        elif kind == b"IDAT":
            packed.append(data)
        elif kind in _COLOUR_BYTES and not packed and len(data) == _COLOUR_BYTES[kind]:
            meaning[kind] = data
    _require_exact(head, packed)
    chunks = [(b"IHDR", head), *meaning.items()]
    if xmp:
        chunks.append((b"iTXt", _XMP + xmp))
    chunks += [*((b"IDAT", data) for data in packed), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each, up to the end of the picture."""
    at = len(_SIGNATURE)
    while at + _FRAME <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind == b"IEND":
            return
        yield kind, content[at + 8 : at + 8 + length]
        at += _FRAME + length
    raise ValueError("The PNG picture ends too early.")


def _require_exact(head: bytes, packed: list[bytes]) -> None:
    """That the packed data are the rows of the picture and nothing behind them."""
    if len(head) != _HEAD.size:
        raise ValueError("This PNG picture has no head.")
    width, height, bits, colour, *methods = _HEAD.unpack(head)
    if bits != 8 or colour not in _CHANNELS or any(methods):  # noqa: PLR2004
        raise ValueError("This PNG picture is not a plain one.")
    if not _holds_exactly((width * _CHANNELS[colour] + 1) * height, packed):
        raise ValueError("This PNG picture has not the pixels it says.")


def _holds_exactly(size: int, packed: list[bytes]) -> bool:
    """Whether that many bytes come out and nothing lies behind the data's own end. Piece by
    piece, as a few bytes may unpack to very many."""
    unpacking, left = zlib.decompressobj(), size
    try:
        for data in packed:
            rest = data
            while rest and left >= 0 and not unpacking.eof:
                left -= len(unpacking.decompress(rest, _PIECE))
                rest = unpacking.unconsumed_tail
            if rest or unpacking.unused_data:
                return False
        while left >= 0 and not unpacking.eof and (piece := unpacking.decompress(b"", _PIECE)):
            left -= len(piece)
    except zlib.error:
        return False
    return left == 0 and unpacking.eof


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
