"""Which pictures are like the face: written when they come, asked for in gallery, album and API."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from characters import services
from characters.models import Character, Image
from generation import likeness
from generation.models import Likeness
from tests.api.test_api import sign_in
from tests.builders import give_credits, make_album, make_character, make_image
from tests.generation.test_review_marks import draw

pytestmark = pytest.mark.django_db
GALLERY = "/gallery/"
STANDINGS = ("good", "below", "none")


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    settings.LIKENESS_THRESHOLD = 0.5


@pytest.fixture
def character(user: User) -> Character:
    give_credits(user, 2000)
    return make_character(owner=user, ready=True)


@pytest.fixture
def owner(user: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(user)


def _shown(client: Client, standing: str, page: str = GALLERY, **query: str) -> list[str]:
    answer = client.get(page, {"likeness": standing, **query})
    return [card["id"] for card in answer.context["cards"]]


def _ids(*images: Image) -> list[str]:
    return [str(image.pk) for image in images]


def _measured(character: Character, value: float | None, **options: Any) -> Image:
    image = make_image(character=character, **options)
    Image.objects.filter(pk=image.pk).update(likeness=value)
    return image


def test_delivered_picture_carries_the_likeness_that_decides(
    owner: Client, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor, good = draw(character, monkeypatch, 0.2, 0.5)
    never = make_image(character=character)
    assert (poor.likeness, good.likeness) == (0.2, 0.5)
    shown = {standing: _shown(owner, standing) for standing in STANDINGS}
    assert shown == {"good": _ids(good), "below": _ids(poor), "none": _ids(never)}


def test_each_character_has_its_own_limit_which_holds_at_once(
    owner: Client, user: User, character: Character
) -> None:
    strict, easy = (make_character(owner=user, ready=True, name=name) for name in ("S", "E"))
    likeness.set_threshold(character=strict, value=0.9)
    likeness.set_threshold(character=easy, value=0.1)
    one, two, three = (_measured(who, 0.4) for who in (character, strict, easy))
    fine = _measured(strict, 0.95)
    assert _shown(owner, "below") == _ids(two, one)
    assert _shown(owner, "good") == _ids(fine, three)
    assert _shown(owner, "below", character=str(strict.pk)) == _ids(two)
    likeness.set_threshold(character=strict, value=None)
    likeness.set_threshold(character=character, value=0.3)
    assert _shown(owner, "below") == _ids(two)


def test_likeness_narrows_other_filters_and_albums_and_is_taken_off(
    owner: Client, user: User, character: Character
) -> None:
    wanted, other = (_measured(character, 0.8, scene=scene) for scene in ("gym", "cafe"))
    never = make_image(character=character, scene="gym")
    assert _shown(owner, "good", scene="gym") == _ids(wanted)
    album = make_album(owner=user, images=[other, never, character.base_face])
    assert _shown(owner, "good", f"/albums/{album.pk}/") == _ids(other)
    assert _shown(owner, "none", f"/albums/{album.pk}/") == _ids(never)
    page = owner.get(GALLERY, {"likeness": "good"}).context["finder"]
    assert [(chip["label"], chip["href"]) for chip in page["chips"]] == [
        ("Likeness: Like the face", "?")
    ]


def test_likeness_is_offered_once_something_was_measured(
    owner: Client, character: Character
) -> None:
    def offered() -> list[str]:
        return [s["name"] for s in owner.get(GALLERY).context["finder"]["selects"]]

    make_image(character=character)
    assert "likeness" not in offered()
    _measured(character, 0.8)
    assert "likeness" in offered()


def test_strangers_limits_and_pictures_do_not_count(
    stranger: User, client_of: Callable[[User], Client], character: Character
) -> None:
    image = _measured(character, 0.8)
    likeness.set_threshold(character=character, value=0.9)
    own = _measured(make_character(owner=stranger), 0.8)
    assert _shown(client_of(stranger), "good") == _ids(own)
    assert sign_in(stranger).get(f"/api/v1/images/{image.pk}/").status_code == 404


def test_integrators_ask_by_likeness_too(user: User, character: Character) -> None:
    good, poor, never = (_measured(character, value) for value in (0.8, 0.2, None))
    api = sign_in(user)
    for standing, wanted in zip(STANDINGS, (good, poor, never), strict=True):
        rows = api.get("/api/v1/images/", {"likeness": standing}).json()["results"]
        assert [row["id"] for row in rows] == _ids(wanted)
        assert rows[0]["likeness"] == wanted.__class__.objects.get(pk=wanted.pk).likeness
    assert api.get("/api/v1/images/", {"likeness": "x"}).status_code == 400


def test_likeness_outside_0_to_1_is_refused_by_the_database(character: Character) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _measured(character, 1.2)


def test_pictures_measured_before_get_their_likeness_once(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, known, never = (make_image(character=character) for _ in range(3))
    Image.objects.filter(pk=known.pk).update(likeness=0.9)
    for image, value, is_deciding in ((old, 0.1, False), (old, 0.7, True), (known, 0.2, True)):
        Likeness.objects.create(
            image=image, face_id=image.pk, model="m", version=str(is_deciding), value=value,
            is_deciding=is_deciding,
        )  # fmt: skip
    migration = import_module("generation.migrations.0020_likeness_of_images")
    monkeypatch.setattr(migration, "_AT_ONCE", 1)
    for _ in range(2):
        migration.note(None, None)
    found = dict(Image.objects.values_list("pk", "likeness"))
    assert [found[image.pk] for image in (old, known, never)] == [0.7, 0.9, None]


def test_binned_pictures_are_in_no_list_by_likeness(
    owner: Client, user: User, character: Character
) -> None:
    services.bin_images(owner=user, images=[_measured(character, 0.8)])
    assert _shown(owner, "good") == []
