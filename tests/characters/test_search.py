from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from characters import services
from characters.models import Image
from characters.search import saying
from tests.builders import make_character, make_image

pytestmark = pytest.mark.django_db


def found(user: User, text: str) -> list[Image]:
    return list(saying(Image.objects.owned_by(user), owner=user, text=text).order_by("id"))


@pytest.fixture
def image(user: User) -> Image:
    image = make_image(
        character=make_character(owner=user),
        scene="beach_sunset",
        prompt="a red umbrella",
        alt="Half body of Mara Vale, smiling, scene: beach sunset.",
    )
    return services.set_caption(image=image, caption="Été à l'île, it's #golden o'clock")


@pytest.mark.parametrize(
    "text",
    [
        "beach",
        "BEACH Sunset",
        "golden",
        "île",
        "ÉTÉ golden beach",
        "mara umb",
        "red umbrella",
        '"red umbrella"',
        "pier or beach",
        "beach -subway",
        "beach -sun",
        "o'clock",
    ],
)
def test_words_of_caption_and_settings_find_a_picture(user: User, image: Image, text: str) -> None:
    make_image(character=image.character, scene="subway", alt="Another one.")
    assert found(user, text) == [image]


@pytest.mark.parametrize(
    "text", ["beach subway", "each", "gold beach", '"umbrella red"', "-beach", '"gold"']
)
def test_what_a_picture_does_not_say_does_not_find_it(user: User, image: Image, text: str) -> None:
    assert found(user, text) == []


@pytest.mark.parametrize("text", ["", "   ", "!", "&|()", "'", "'':*", "\\", '"', ":*"])
def test_text_without_words_asks_nothing(user: User, image: Image, text: str) -> None:
    assert found(user, text) == [image]


@pytest.mark.parametrize("text", ["zz' | 'b", "'':* | !x", "%s zz", "\\'); DROP", "x:*&y"])
def test_signs_of_the_query_language_are_no_words(user: User, image: Image, text: str) -> None:
    assert found(user, text) == []


def test_search_stays_with_the_owner_whatever_is_asked(
    user: User, stranger: User, image: Image
) -> None:
    everybody = Image.objects.all()
    assert list(saying(everybody, owner=stranger, text="subway or beach")) == []
    assert list(saying(everybody, owner=user, text="subway or beach")) == [image]
    owner = str(user.pk)
    assert [found(user, owner[:length]) for length in (1, 2, 4, 8, 36)] == [[]] * 5


def test_changed_caption_is_found_by_its_new_words_only(user: User, image: Image) -> None:
    services.set_caption(image=image, caption="Silver")
    assert found(user, "silver") == [image]
    assert found(user, "golden") == []


def test_gallery_searches_within_its_filters(
    user: User, image: Image, client_of: Callable[[User], Client]
) -> None:
    client = client_of(user)
    for query, expected in (
        ({"q": "umbrella"}, [str(image.pk)]),
        ({"q": "umbrella", "scene": "beach_sunset"}, [str(image.pk)]),
        ({"q": "umbrella", "scene": "gym"}, []),
    ):
        assert [c["id"] for c in client.get("/gallery/", query).context["cards"]] == expected
