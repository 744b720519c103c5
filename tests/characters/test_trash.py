from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from characters import images as files
from characters import services
from characters.models import Character, Image
from characters.views import trash
from tests.builders import make_character, make_image

ClientOf = Callable[[User], Client]
BIN = "/bin/"


@pytest.fixture
def owner(user: User, client_of: ClientOf) -> Client:
    return client_of(user)


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def _binned(character: Character, *, days_ago: float = 0) -> Image:
    image = make_image(character=character)
    services.bin_images(owner=character.owner, images=[image])
    Image.objects.filter(pk=image.pk).update(binned_at=timezone.now() - timedelta(days=days_ago))
    return image


@pytest.mark.django_db
def test_bin_shows_last_binned_first_with_the_days_left(
    owner: Client, character: Character, stranger: User
) -> None:
    ages = {0.0: "30 days left", 28.5: "2 days left", 29.5: "1 day left", 30.5: "Goes today"}
    made = {_binned(character, days_ago=age).pk: words for age, words in ages.items()}
    _binned(make_character(owner=stranger))
    cards = owner.get(BIN).context["cards"]
    assert [(card["id"], card["caption"]) for card in cards] == [
        (str(pk), words) for pk, words in made.items()
    ]


@pytest.mark.django_db
def test_bin_pages_pictures_that_were_binned_at_the_same_moment(
    owner: Client, user: User, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "PICTURES_AT_ONCE", 2)
    together = [make_image(character=character) for _ in range(5)]
    services.bin_images(owner=user, images=together)
    seen: list[str] = []
    url = ""
    while True:
        page = owner.get(BIN + url)
        seen += [card["id"] for card in page.context["cards"]]
        url = page.context["page"].older_url
        if not url:
            break
    assert seen == [str(image.pk) for image in reversed(together)]
    back = owner.get(BIN + page.context["page"].newer_url)
    assert [card["id"] for card in back.context["cards"]] == seen[2:4]


@pytest.mark.django_db
def test_picture_is_restored(owner: Client, character: Character) -> None:
    image = _binned(character)
    assert owner.post(reverse("characters:image_restore", args=[image.pk])).url == BIN
    image.refresh_from_db()
    assert image.binned_at is None


@pytest.mark.django_db
def test_picture_is_erased_with_its_files(owner: Client, character: Character) -> None:
    image = _binned(character)
    owner.post(reverse("characters:image_erase", args=[image.pk]))
    assert not Image.objects.filter(pk=image.pk).exists()
    files.erase_due_files()
    assert not any(storages["images"].exists(key) for key in image.keys)


@pytest.mark.django_db
def test_picture_outside_the_bin_is_not_erased(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    answer = owner.post(reverse("characters:image_erase", args=[image.pk]), follow=True)
    assert "Put it into the bin first." in answer.content.decode()
    assert Image.objects.filter(pk=image.pk).exists()


@pytest.mark.django_db
def test_bin_is_emptied_only_after_a_question(
    owner: Client, character: Character, stranger: User
) -> None:
    _binned(character)
    kept = make_image(character=character)
    theirs = _binned(make_character(owner=stranger))
    url = reverse("characters:empty_bin")
    assert "Empty the bin?" in owner.get(url).content.decode()
    assert Image.objects.binned().count() == 2
    answer = owner.post(url, follow=True)
    assert "1 picture erased for good." in answer.content.decode()
    left = Image.objects.filter(kind=Image.Kind.PICTURE)
    assert set(left) == {kept, theirs}


@pytest.mark.django_db
def test_empty_bin_says_so(owner: Client) -> None:
    assert "The bin is empty" in owner.get(BIN).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("url", [BIN, "/bin/empty/"])
def test_bin_is_for_people_who_are_signed_in(url: str) -> None:
    assert Client().get(url).url.startswith(reverse("accounts:sign_in"))
    assert Client().post(url).url.startswith(reverse("accounts:sign_in"))
