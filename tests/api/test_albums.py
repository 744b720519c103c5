from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from characters.models import Album, Character, Image
from tests.api.test_api import sign_in
from tests.builders import make_album, make_character, make_image

pytestmark = pytest.mark.django_db
ALBUMS = "/api/v1/albums/"


@pytest.fixture
def api(user: User) -> APIClient:
    return sign_in(user)


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user)


def _of(album: Album, verb: str = "") -> str:
    return f"{ALBUMS}{album.pk}/{verb}{'/' if verb else ''}"


def _listed(api: APIClient, album: Album, **query: Any) -> list[str]:
    url, seen = "/api/v1/images/", []
    body = {"album": str(album.pk), **query}
    while url:
        answer = api.get(url, body).json()
        seen += [row["id"] for row in answer["results"]]
        url, body = answer["next"], {}
    return seen


def test_album_is_created_changed_listed_and_deleted(api: APIClient, user: User) -> None:
    made = api.post(ALBUMS, {"name": "Summer", "description": "Sun"}, format="json")
    assert (made.status_code, made.json()["cover"]) == (201, None)
    album = Album.objects.get()
    changed = api.patch(_of(album), {"name": "Late summer"}, format="json").json()
    assert (changed["name"], changed["description"]) == ("Late summer", "Sun")
    assert [row["id"] for row in api.get(ALBUMS).json()["results"]] == [str(album.pk)]
    assert api.delete(_of(album)).status_code == 204
    assert api.get(_of(album)).status_code == 404
    assert api.get(ALBUMS).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": " "}, "name"), ({"name": "Taken"}, "name"),
     ({"name": "A", "description": 501 * "x"}, "description")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    api: APIClient, user: User, body: dict[str, str], field: str
) -> None:
    make_album(owner=user, name="taken")
    answer = api.post(ALBUMS, body, format="json")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error.get("field") == field or list(error["fields"]) == [field]


def test_pictures_go_in_out_and_on(
    api: APIClient, user: User, stranger: User, character: Character
) -> None:
    one, two = make_image(character=character), make_image(character=character)
    theirs = make_image(character=make_character(owner=stranger))
    album, other = make_album(owner=user, name="A"), make_album(owner=user, name="B")
    body = {"images": [str(image.pk) for image in (one, two, theirs)]}
    for changed in (2, 0):
        assert api.post(_of(album, "add"), body, format="json").json() == {"changed": changed}
    moved = api.post(
        _of(album, "move"), {"images": [str(one.pk)], "to": str(other.pk)}, format="json"
    )
    assert moved.json() == {"changed": 1}
    assert (_listed(api, album), _listed(api, other)) == ([str(two.pk)], [str(one.pk)])
    cover = {"cover": str(two.pk)}
    assert api.patch(_of(album), cover, format="json").json()["cover"] == str(two.pk)
    assert api.patch(_of(other), cover, format="json").json()["error"]["field"] == "cover"
    assert api.post(_of(album, "remove"), body, format="json").json() == {"changed": 1}
    assert api.get(_of(album)).json()["cover"] is None
    assert api.post(_of(album, "add"), {"images": []}, format="json").status_code == 400
    wrong = {"images": [str(one.pk)], "to": str(make_album(owner=stranger).pk)}
    assert api.post(_of(album, "move"), wrong, format="json").json()["error"]["field"] == "to"


def test_pictures_of_an_album_are_paged_and_filtered(
    api: APIClient, user: User, stranger: User, character: Character
) -> None:
    made = [make_image(character=character) for _ in range(5)]
    make_image(character=character)
    Image.objects.filter(pk=made[0].pk).update(is_favourite=True)
    album = make_album(owner=user, images=made)
    assert _listed(api, album, page_size=2) == [str(image.pk) for image in reversed(made)]
    assert _listed(api, album, is_favourite="true") == [str(made[0].pk)]
    assert _listed(sign_in(stranger), album) == []


def test_stranger_meets_404_at_every_verb(user: User, stranger: User, character: Character) -> None:
    image = make_image(character=character)
    album = make_album(owner=user, images=[image])
    strange, body = sign_in(stranger), {"images": [str(image.pk)]}
    for verb in ("add", "remove", "move"):
        assert strange.post(_of(album, verb), body, format="json").status_code == 404
    assert album.entries.count() == 1
