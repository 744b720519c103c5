from __future__ import annotations

import io
import json
import urllib.request
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters import images as files
from characters import services
from characters.models import Character, Image
from tests.builders import make_character, make_image

ClientOf = Callable[[User], Client]
DOWNLOAD = "/gallery/download/"


def _file(image: Image, variant: str = "small") -> str:
    return reverse("characters:image_file", args=[image.pk, variant])


def _set(character: Character) -> str:
    return reverse("characters:download_set", args=[character.pk])


def _manifest(answer: Any) -> dict[str, Any]:
    content = b"".join(answer.streaming_content)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return manifest


def _files_in(answer: Any) -> list[str]:
    return [row["id"] for row in _manifest(answer)["images"]]


@pytest.fixture
def owner(user: User, client_of: ClientOf) -> Client:
    return client_of(user)


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True, name="Márā Vale", handle="mara")


# --- Addresses -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("variant", files.VARIANTS)
def test_owner_is_sent_to_a_signed_address_of_the_bytes(
    owner: Client, character: Character, variant: str
) -> None:
    image = make_image(character=character)
    answer = owner.get(_file(image, variant))
    assert answer.status_code == 302
    with urllib.request.urlopen(answer.url) as store:  # noqa: S310 (the store of this test run)
        content = store.read()
    with files.read(image, variant) as file:
        assert content == file.read()


@pytest.mark.django_db
def test_address_is_kept_by_the_browser_for_less_than_its_signature_lives(
    owner: Client, character: Character, settings: Any
) -> None:
    answer = owner.get(_file(make_image(character=character)))
    assert answer["Cache-Control"] == "private, max-age=300"
    assert settings.STORAGES["images"]["OPTIONS"]["querystring_expire"] > 300


@pytest.mark.django_db
def test_picture_in_the_bin_can_still_be_seen(
    owner: Client, user: User, character: Character
) -> None:
    image = make_image(character=character)
    services.bin_images(owner=user, images=[image])
    assert owner.get(_file(image)).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["image_file", "image_download"])
def test_withheld_picture_is_shown_to_nobody(
    owner: Client, character: Character, name: str
) -> None:
    image = make_image(character=character)
    services.withhold_image(image=image, reason="A check")
    args = [image.pk, "small"] if name == "image_file" else [image.pk]
    assert owner.get(reverse(f"characters:{name}", args=args)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["image_file", "image_download"])
def test_picture_is_shown_to_its_owner_only(
    stranger: User, client_of: ClientOf, character: Character, name: str
) -> None:
    image = make_image(character=character)
    args = [image.pk, "small"] if name == "image_file" else [image.pk]
    url = reverse(f"characters:{name}", args=args)
    assert client_of(stranger).get(url).status_code == 404
    assert Client().get(url).url.startswith(reverse("accounts:sign_in"))


@pytest.mark.django_db
def test_unknown_variant_does_not_exist(owner: Client, character: Character) -> None:
    assert owner.get(f"/images/{make_image(character=character).pk}/huge/").status_code == 404


# --- One file ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_download_of_one_is_the_original_as_an_attachment(
    owner: Client, character: Character
) -> None:
    image = make_image(character=character)
    url = reverse("characters:image_download", args=[image.pk])
    answer = owner.get(url, headers={"Accept-Encoding": "gzip"})
    with files.read(image) as file:
        assert b"".join(answer.streaming_content) == file.read()
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Length"] == str(image.size_bytes)
    name = f"mara_cafe_{str(image.pk)[-8:]}.png"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert not answer.has_header("Content-Encoding")


@pytest.mark.django_db
def test_download_of_a_file_that_is_gone_is_not_found(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    storages["images"].delete(image.original_key)
    url = reverse("characters:image_download", args=[image.pk])
    assert owner.get(url).status_code == 404


# --- Sets ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_set_holds_the_visible_pictures_of_the_character(
    owner: Client, user: User, character: Character
) -> None:
    shown = [make_image(character=character) for _ in range(2)]
    services.bin_images(owner=user, images=[make_image(character=character)])
    services.withhold_image(image=make_image(character=character), reason="A check")
    make_image(character=make_character(owner=user))
    assert _files_in(owner.get(_set(character))) == [str(image.pk) for image in shown]


@pytest.mark.django_db
def test_set_is_sent_as_a_stream_nobody_compresses(owner: Client, character: Character) -> None:
    make_image(character=character)
    answer = owner.get(_set(character), headers={"Accept-Encoding": "gzip"})
    assert answer.streaming
    assert answer["Content-Type"] == "application/zip"
    assert not answer.has_header("Content-Encoding")
    assert answer["Content-Disposition"].startswith('attachment; filename="mara-vale-2')
    assert "filename*=UTF-8''M%C3%A1r%C4%81%20Vale%202" in answer["Content-Disposition"]


@pytest.mark.django_db
def test_set_of_one_job_and_of_favourites(owner: Client, character: Character) -> None:
    one, two = make_image(character=character), make_image(character=character)
    services.set_favourite(image=two, is_favourite=True)
    assert _files_in(owner.get(_set(character), {"job": str(one.job_id)})) == [str(one.pk)]
    assert _files_in(owner.get(_set(character), {"favourites": "1"})) == [str(two.pk)]
    assert owner.get(_set(character), {"job": "x"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{}, {"job": str(uuid4())}, {"favourites": "1"}])
def test_set_without_pictures_is_no_empty_file(
    owner: Client, character: Character, query: dict[str, str]
) -> None:
    answer = owner.get(_set(character), query, follow=True)
    assert answer.redirect_chain[0][0] == reverse("characters:detail", args=[character.pk])
    assert "There are no pictures to download yet." in answer.content.decode()


@pytest.mark.django_db
def test_selection_holds_what_was_ticked_of_ones_own(
    owner: Client, user: User, stranger: User, character: Character
) -> None:
    wanted = make_image(character=character)
    make_image(character=character)
    theirs = make_image(character=make_character(owner=stranger))
    binned = make_image(character=character)
    services.bin_images(owner=user, images=[binned])
    ids = [str(image.pk) for image in (wanted, theirs, binned)]
    answer = owner.post(DOWNLOAD, {"image": [*ids, "x"]})
    assert _files_in(answer) == [str(wanted.pk)]


@pytest.mark.django_db
def test_selection_of_several_characters_is_named_after_none(
    owner: Client, user: User, character: Character
) -> None:
    one = make_image(character=character)
    two = make_image(character=make_character(owner=user, name="Other"))
    answer = owner.post(DOWNLOAD, {"image": [str(one.pk), str(two.pk)]})
    assert 'filename="ryla-pictures-' in answer["Content-Disposition"]
    people = [person["name"] for person in _manifest(answer)["characters"]]
    assert people == ["Márā Vale", "Other"]


@pytest.mark.django_db
def test_strangers_selection_is_empty(
    stranger: User, client_of: ClientOf, character: Character
) -> None:
    image = make_image(character=character)
    answer = client_of(stranger).post(DOWNLOAD, {"image": [str(image.pk)]}, follow=True)
    assert "Select some pictures first." in answer.content.decode()


@pytest.mark.django_db
def test_selection_without_the_token_is_refused(user: User, character: Character) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    image = make_image(character=character)
    assert client.post(DOWNLOAD, {"image": [str(image.pk)]}).status_code == 403
