"""Drawings become pixels: by ThorVG, or by resvg where there are filters, and both alike."""

from __future__ import annotations

import gc
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from generation.providers.illustrator import raster
from generation.providers.illustrator.raster import RasterError, rasterise

STATM = Path("/proc/self/statm")


def drawing(body: str, size: int = 100) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"'
        f' viewBox="0 0 100 100" preserveAspectRatio="none">{body}</svg>'
    )


RED_HALF = '<rect width="50" height="100" fill="#ff0000"/>'


def test_pixels_are_the_colours_that_were_drawn() -> None:
    picture = rasterise(drawing(RED_HALF), 100, 100)
    assert (picture.mode, picture.size) == ("RGBA", (100, 100))
    assert picture.getpixel((10, 50)) == (255, 0, 0, 255)
    assert picture.getpixel((90, 50)) == (0, 0, 0, 0)


def test_see_through_colours_are_not_multiplied() -> None:
    picture = rasterise(drawing(RED_HALF.replace("/>", ' fill-opacity=".5"/>')), 20, 20)
    red, green, blue, alpha = picture.getpixel((3, 3))
    assert (red, green, blue) == (255, 0, 0)
    assert abs(alpha - 128) <= 1


@pytest.mark.parametrize("size", [(1, 1), (37, 91), (910, 512)])
def test_picture_has_the_size_asked_for(size: tuple[int, int]) -> None:
    picture = rasterise(drawing(RED_HALF, size=100), *size)
    assert picture.size == size
    assert picture.getpixel((0, size[1] - 1))[3] > 100


@pytest.mark.parametrize(
    "body",
    [
        '<defs><linearGradient id="a"><stop stop-color="#123456"/>'
        '<stop offset="1" stop-color="#fedcba"/></linearGradient></defs>'
        '<rect width="100" height="100" fill="url(#a)"/>',
        '<defs><radialGradient id="a" cx=".3"><stop stop-color="#123456"/>'
        '<stop offset="1" stop-color="#fedcba" stop-opacity="0"/></radialGradient></defs>'
        '<circle cx="50" cy="50" r="40" fill="url(#a)"/>',
        '<defs><clipPath id="a"><circle cx="50" cy="50" r="30"/></clipPath>'
        '<g id="b"><path d="M0 0L8 8" stroke="#0a0" stroke-width="3"/></g></defs>'
        '<g clip-path="url(#a)"><use href="#b" x="40" y="40"/><use href="#b" x="60" y="60"/></g>',
        '<rect width="100" height="100" fill="#406080"/>'
        '<g style="mix-blend-mode:screen"><rect width="60" height="60" fill="#804020"/></g>',
        '<g opacity=".5"><circle cx="40" cy="50" r="30"/><circle cx="60" cy="50" r="30"/></g>',
        '<path d="M10 10H90V90H10ZM30 30H70V70H30Z" fill-rule="evenodd"/>',
        '<path d="M10 50H90" stroke="#000" stroke-width="9" stroke-dasharray="12 6"/>',
    ],
    ids=["linear", "radial", "clip and use", "screen", "group opacity", "hole", "dashes"],
)
def test_what_the_drawings_are_made_of_looks_alike_by_both(body: str) -> None:
    svg = drawing(body)
    one, other = rasterise(svg, 100, 100), raster._with_resvg(svg)
    for back in ("#000", "#fff"):
        on = [Image.alpha_composite(Image.new("RGBA", p.size, back), p) for p in (one, other)]
        pairs = zip(on[0].tobytes(), on[1].tobytes(), strict=True)
        far = sum(abs(a - b) > 12 for a, b in pairs)
        assert far <= 0.01 * len(on[0].tobytes())


def test_lines_thinner_than_a_pixel_have_the_same_ink_by_both() -> None:
    """Which share of it each pixel gets is the rasteriser's; what an eye adds up is not."""
    svg = drawing('<path d="M3.4 0V100M7.6 0V100M12.5 0V100" stroke="#000" stroke-width=".4"/>')
    one, other = (p.getchannel("A") for p in (rasterise(svg, 100, 100), raster._with_resvg(svg)))
    for left in (2, 6, 11):
        here = (left, 0, left + 4, 100)
        inks = [sum(p.crop(here).tobytes()) / 100 / 255 for p in (one, other)]  # pixels a row
        assert inks == pytest.approx([0.4, 0.4], abs=0.15)
    assert not one.crop((20, 0, 100, 100)).getbbox()


def test_filters_are_drawn_too() -> None:
    blur = '<defs><filter id="f"><feGaussianBlur stdDeviation="9"/></filter></defs>'
    picture = rasterise(drawing(blur + RED_HALF.replace("/>", ' filter="url(#f)"/>')), 100, 100)
    assert 0 < picture.getpixel((53, 50))[3] < 255


@pytest.mark.parametrize("svg", ["", "no drawing", "<svg", "<html></html>"])
def test_what_is_no_drawing_is_refused_and_the_next_is_drawn(svg: str) -> None:
    with pytest.raises(RasterError):
        rasterise(svg, 10, 10)
    with pytest.raises(RasterError):
        rasterise(f"{svg}<filter ", 10, 10)
    assert rasterise(drawing(RED_HALF), 10, 10).getpixel((1, 1)) == (255, 0, 0, 255)


def test_threads_get_their_own_pictures() -> None:
    def draw(number: int) -> bool:
        colour = f"#{number:02x}{number:02x}00"
        svg = drawing(f'<rect width="100" height="100" fill="{colour}"/>' + " " * number)
        return rasterise(svg, 20, 20).getpixel((5, 5)) == (number, number, 0, 255)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(draw, range(200)))


@pytest.mark.skipif(not STATM.exists(), reason="only Linux says what a process holds now")
def test_drawings_leave_nothing_behind() -> None:
    def megabytes() -> float:
        return int(STATM.read_text().split()[1]) * resource.getpagesize() / 1e6

    def draw(numbers: range) -> None:
        for number in numbers:  # each of another length and size, as drawings are
            rasterise(drawing(RED_HALF + " " * number), 64, number % 97 + 1)
        gc.collect()

    draw(range(200))
    before = megabytes()
    draw(range(200, 2200))
    assert megabytes() - before < 4
