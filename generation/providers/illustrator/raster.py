"""SVG into pixels.

ThorVG does it, ten to thirty times as fast as resvg, which does the few drawings with filters:
ThorVG has none. Only ThorVG's library is taken out of its Python package, whose own calls keep for
ever a type for every length of data that was drawn, and set up shared functions anew each time.
The functions are those of `thorvg_capi.h`.
"""

from __future__ import annotations

import ctypes
import io
import re
from pathlib import Path
from threading import Lock
from typing import Any

import resvg_py
from PIL import Image
from thorvg_python import engine
from thorvg_python.engine import THORVG_LIB

# Without its own, the package would take any that the system has.
_LIBRARY = Path(THORVG_LIB._name if THORVG_LIB else "")
if _LIBRARY.parent != Path(engine.__file__).parent:
    raise ImportError("thorvg-python came without its library: no wheel for this machine?")

_SIZE = re.compile(r'width="\d+" height="\d+"')
_MISSING = "<filter "
_STRAIGHT_RGBA = 2  # TVG_COLORSPACE_ABGR8888S: R, G, B, A in memory, not multiplied
_DEFAULT = 1  # TVG_ENGINE_OPTION_DEFAULT

_Handle = ctypes.c_void_p
_Size = ctypes.c_uint32
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "tvg_engine_init": (ctypes.c_int, (ctypes.c_uint,)),
    "tvg_swcanvas_create": (_Handle, (ctypes.c_int,)),
    "tvg_swcanvas_set_target": (
        ctypes.c_int, (_Handle, _Handle, _Size, _Size, _Size, ctypes.c_int)
    ),
    "tvg_picture_new": (_Handle, ()),
    "tvg_picture_load_data": (
        ctypes.c_int,
        (_Handle, ctypes.c_char_p, _Size, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_bool),
    ),
    "tvg_paint_rel": (ctypes.c_int, (_Handle,)),
    "tvg_canvas_add": (ctypes.c_int, (_Handle, _Handle)),
    "tvg_canvas_draw": (ctypes.c_int, (_Handle, ctypes.c_bool)),
    "tvg_canvas_sync": (ctypes.c_int, (_Handle,)),
    "tvg_canvas_destroy": (ctypes.c_int, (_Handle,)),
}  # fmt: skip


class RasterError(RuntimeError):
    """The drawing could not be read or drawn."""


def rasterise(svg: str, width_px: int, height_px: int) -> Image.Image:
    """The drawing as RGBA of exactly this size, at least 1 × 1; its own first width and height
    count for nothing. Raises RasterError for what is no SVG.
    """
    # The renderers' own ways of sizing keep proportions and may be a pixel off.
    sized = _SIZE.sub(f'width="{width_px}" height="{height_px}"', svg, count=1)
    if _MISSING in sized:
        return _with_resvg(sized)
    return _with_thorvg(sized.encode(), width_px, height_px)


def _with_resvg(svg: str) -> Image.Image:
    try:
        png = bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    except ValueError as error:
        raise RasterError(str(error)) from error
    return Image.open(io.BytesIO(png)).convert("RGBA")


class _ThorVG:
    """The library, started at the first drawing of a process. One drawing at a time: it promises
    nothing for several, and one takes milliseconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._functions: dict[str, Any] = {}

    def draw(self, svg: bytes, width_px: int, height_px: int) -> bytes:
        pixels = ctypes.create_string_buffer(4 * width_px * height_px)
        with self._lock:
            self._start()
            call = self._functions
            canvas = call["tvg_swcanvas_create"](_DEFAULT)
            try:
                target = (ctypes.addressof(pixels), width_px, width_px, height_px, _STRAIGHT_RGBA)
                self._expect("tvg_swcanvas_set_target", canvas, *target)
                self._add(canvas, svg)
                self._expect("tvg_canvas_draw", canvas, True)
                self._expect("tvg_canvas_sync", canvas)
            finally:
                call["tvg_canvas_destroy"](canvas)
        return pixels.raw

    def _add(self, canvas: int, svg: bytes) -> None:
        picture = self._functions["tvg_picture_new"]()
        try:
            # A copy: what is not copied is remembered by its address, where soon lies another.
            self._expect("tvg_picture_load_data", picture, svg, len(svg), b"svg", None, True)
        except RasterError:
            self._functions["tvg_paint_rel"](picture)
            raise
        self._expect("tvg_canvas_add", canvas, picture)

    def _expect(self, name: str, *values: Any) -> None:
        result = self._functions[name](*values)
        if result:
            raise RasterError(f"{name} answered {result}.")

    def _start(self) -> None:
        if self._functions:
            return
        library = ctypes.CDLL(str(_LIBRARY))
        found = {}
        for name, (restype, argtypes) in _FUNCTIONS.items():
            found[name] = getattr(library, name)
            found[name].restype, found[name].argtypes = restype, argtypes
        answer = found["tvg_engine_init"](0)  # no threads of its own: there are workers enough
        if answer:
            raise RasterError(f"tvg_engine_init answered {answer}.")
        self._functions = found


_thorvg = _ThorVG()


def _with_thorvg(svg: bytes, width_px: int, height_px: int) -> Image.Image:
    return Image.frombytes("RGBA", (width_px, height_px), _thorvg.draw(svg, width_px, height_px))
