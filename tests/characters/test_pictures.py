from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters import catalogue
from characters.models import Character
from characters.pictures import describe, image_srcset, image_url, preview_url
from tests.builders import make_character, make_image, make_png

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("width_px", "widths"), [(64, ("64w", "64w")), (500, ("320w", "500w")), (900, ("320w", "768w"))]
)
def test_srcset_names_the_widths_the_files_really_have(
    user: User, width_px: int, widths: tuple[str, str]
) -> None:
    image = make_image(character=make_character(owner=user), content=make_png(width=width_px))
    small, large = image_url(image, "small"), image_url(image, "large")
    assert image_srcset(image) == f"{small} {widths[0]}, {large} {widths[1]}"


def test_picture_without_words_of_its_own_is_named_after_its_character(user: User) -> None:
    character = make_character(owner=user, name="Mara Vale")
    assert describe(make_image(character=character, alt="By the sea.")) == "By the sea."
    assert describe(make_image(character=character, alt="")) == "Picture of Mara Vale"


def test_preview_shows_the_person_once_there_is_a_face(user: User) -> None:
    draft, ready = make_character(owner=user), make_character(owner=user, ready=True)
    seeds = [parse_qs(urlsplit(preview_url(c)).query).get("seed") for c in (draft, ready)]
    assert seeds == [None, [ready.seed]]


@pytest.fixture
def _only_realistic() -> Iterator[None]:
    before = catalogue._find_limits
    catalogue.limit_offer(lambda: {"visual_style": ("realistic",)})
    yield
    catalogue.limit_offer(before)


@pytest.mark.usefixtures("_only_realistic")
@pytest.mark.parametrize("form", [{"preset": "sunday_market"}, {"surprise": ""}])
def test_designer_starts_in_a_style_that_is_drawn(
    user: User, client_of: Callable[[User], Client], form: dict[str, str]
) -> None:
    client_of(user).post(reverse("characters:new"), form)
    assert Character.objects.get().look.visual_style == "realistic"
