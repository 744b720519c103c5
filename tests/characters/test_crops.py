"""Pictures cut to what platforms show: the exact size, the face kept, the mark kept."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from characters.crops import PLATFORMS, crop, file_name, frames_of, platforms_for
from characters.models import Image
from generation.provenance import mark
from generation.providers.base import Finished
from ryla.lib.errors import InvalidInput
from tests.builders import make_character, make_image

pytestmark = pytest.mark.django_db
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"


def striped_png(width: int = 1024, height: int = 1280) -> bytes:
    """Red above, green below."""
    picture = Pillow.new("RGB", (width, height), (0, 255, 0))
    picture.paste((255, 0, 0), (0, 0, width, height // 2))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


@pytest.fixture
def image(user: User) -> Image:
    made = Finished(striped_png(), "image/png", "m", "1", SOURCE_TYPE)
    return make_image(character=make_character(owner=user, handle="mara-lux"), content=mark(made))


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(content))


@pytest.mark.parametrize("slug", list(PLATFORMS))
def test_crop_has_the_platforms_very_size_and_says_that_a_machine_made_it(
    image: Image, slug: str
) -> None:
    platform = PLATFORMS[slug]
    if platform not in platforms_for(image):
        with pytest.raises(InvalidInput):
            crop(image, platform)
        return
    content = crop(image, platform)
    picture = opened(content)
    assert (picture.format, picture.size) == (
        "JPEG",
        (platform.width_px, platform.height_px),
    )
    assert SOURCE_TYPE.encode() in content


def test_portrait_is_offered_where_it_has_the_pixels(image: Image) -> None:
    offered = {platform.slug for platform in platforms_for(image)}
    assert {"instagram-portrait", "instagram-square", "profile", "youtube-thumbnail"} <= offered
    assert not offered & {"story", "x-post"}


def test_more_is_kept_of_the_upper_part_where_faces_are(image: Image) -> None:
    """A quarter of the 256 rows cut off goes from the top: the border between the halves, at row
    640 of 1280, then lies at 576 of 1024."""
    square = opened(crop(image, PLATFORMS["instagram-square"])).convert("RGB")
    border = round(1080 * 576 / 1024)
    reds = [square.getpixel((540, y))[0] > 128 for y in (border - 6, border + 6)]  # type: ignore[index]
    assert reds == [True, False]


def test_frame_shows_what_the_cut_keeps(image: Image) -> None:
    frames = {frame.platform.slug: frame for frame in frames_of(image)}
    square = frames["instagram-square"]
    box = (square.left_px, square.top_px, square.width_px, square.height_px)
    assert box == (0, 64, 1024, 1024)
    assert set(frames) == set(PLATFORMS)
    fitting = [frame.platform for frame in frames_of(image) if frame.is_large_enough]
    assert fitting == platforms_for(image)


def test_page_draws_each_frame_and_offers_what_fits(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    url = reverse("characters:image_crop", args=[image.pk])
    html = client_of(user).get(url).content.decode()
    assert '<rect class="crop__edge" x="0" y="64" width="1024" height="1024"' in html
    offered = {slug for slug in PLATFORMS if f'href="{url}?platform={slug}"' in html}
    assert offered == {platform.slug for platform in platforms_for(image)}
    assert html.count("crop__edge") == len(PLATFORMS)
    assert "Too few pixels: 720 × 1280 would have to fill it." in html


def test_page_is_closed_to_strangers(
    image: Image, stranger: User, client_of: Callable[[User], Client]
) -> None:
    url = reverse("characters:image_crop", args=[image.pk])
    assert client_of(stranger).get(url).status_code == 404


def test_small_picture_is_not_blown_up(user: User) -> None:
    small = make_image(character=make_character(owner=user))
    assert platforms_for(small) == []
    with pytest.raises(InvalidInput):
        crop(small, PLATFORMS["profile"])


def test_owner_downloads_it_under_a_name_that_says_for_what(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    url = reverse("characters:image_crop", args=[image.pk])
    answer = client_of(user).get(url, {"platform": "instagram-square"})
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert opened(answer.content).size == (1080, 1080)
    assert file_name(image, PLATFORMS["instagram-square"]).endswith("_instagram-square.jpg")
    assert "instagram-square.jpg" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("platform", ["", "myspace", "story"])
def test_platform_that_does_not_fit_leads_back(
    image: Image, user: User, client_of: Callable[[User], Client], platform: str
) -> None:
    url = reverse("characters:image_crop", args=[image.pk])
    assert client_of(user).get(url, {"platform": platform}).status_code == 302


def test_integrator_gets_it_too(image: Image, user: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    url = reverse("api:image-crop", args=[image.pk])
    assert opened(client.get(url, {"platform": "profile"}).content).size == (800, 800)
    assert client.get(url, {"platform": "story"}).status_code == 400
    listed = [platform["slug"] for platform in client.get(url).json()["platforms"]]
    assert listed == [platform.slug for platform in platforms_for(image)]
    answer = client.get(url, {"platform": "myspace"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "platform")
