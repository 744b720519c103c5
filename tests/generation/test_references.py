"""What carries an identity where words cannot: pictures that go along with a request."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters import images as files
from characters.models import Character, Image
from characters.services import bin_images, remove_image, set_favourite
from generation.models import JobItem, Provenance
from generation.providers.base import ImageRequest, UnsupportedOption
from generation.references import SHOWN_AT_MOST, pictures_to_show
from generation.services import retry_job
from ryla.lib.errors import InvalidInput
from tests.builders import (
    give_credits,
    make_character,
    make_image,
    make_png,
    request_job,
    run_jobs,
)
from tests.generation.referring import ReferringProvider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(settings: Any) -> Iterator[list[ImageRequest]]:
    backend = {"BACKEND": "tests.generation.referring.ReferringProvider", "OPTIONS": {}}
    settings.IMAGE_PROVIDERS = {**settings.IMAGE_PROVIDERS, "fake": backend}
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    ReferringProvider.sent.clear()
    yield ReferringProvider.sent
    ReferringProvider.sent.clear()


@pytest.fixture
def character(user: User) -> Character:
    give_credits(user, 1000)
    return make_character(owner=user, ready=True)


def other_picture(character: Character, colour: str = "#123456") -> Image:
    return make_image(character=character, content=make_png(colour=colour))


def test_base_face_goes_along_with_its_bytes(
    character: Character, sent: list[ImageRequest]
) -> None:
    request_job(character)
    run_jobs()
    (reference,) = sent[0].references
    face = character.base_face
    assert face
    with files.read(face) as file:
        assert reference.content == file.read()
    assert (reference.role, reference.image_id) == ("base_face", str(face.pk))
    assert hashlib.sha256(reference.content).hexdigest() == reference.sha256
    assert reference.content_type == face.content_type


def test_chosen_pictures_follow_the_face_in_their_order(
    character: Character, sent: list[ImageRequest]
) -> None:
    one, two = other_picture(character), other_picture(character, "#654321")
    request_job(character, references=[str(two.pk), str(one.pk)])
    run_jobs()
    assert [r.image_id for r in sent[0].references] == [
        str(character.base_face_id),
        str(two.pk),
        str(one.pk),
    ]
    assert [r.role for r in sent[0].references] == ["base_face", "character", "character"]
    assert "reference pictures" in sent[0].text


def test_faces_are_drawn_without_references(user: User, sent: list[ImageRequest]) -> None:
    request_job(make_character(owner=user), "base_faces")
    run_jobs()
    assert [request.references for request in sent] == [(), (), ()]


def test_provider_without_room_gets_none(character: Character, settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    job = request_job(character)
    assert job.items.get().request["references"] == []
    with pytest.raises(InvalidInput) as refusal:
        request_job(character, references=[str(other_picture(character).pk)])
    assert refusal.value.field == "references"


@pytest.mark.parametrize("value", ["1", ["x"], [1], {"a": 1}])
def test_nonsense_is_no_reference(character: Character, value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        request_job(character, references=value)
    assert refusal.value.field == "references"


def test_more_than_the_provider_takes_are_refused(character: Character) -> None:
    ids = [str(other_picture(character, f"#00000{n}").pk) for n in range(3)]
    with pytest.raises(InvalidInput) as refusal:
        request_job(character, references=ids)
    assert refusal.value.field == "references"


def test_pictures_of_others_and_of_the_bin_are_no_references(
    character: Character, stranger: User, user: User
) -> None:
    theirs = make_image(character=make_character(owner=stranger))
    sibling = make_image(character=make_character(owner=user))
    binned = other_picture(character)
    bin_images(owner=user, images=[binned])
    for image in (theirs, sibling, binned):
        with pytest.raises(InvalidInput) as refusal:
            request_job(character, references=[str(image.pk)])
        assert refusal.value.field == "references"
    assert not JobItem.objects.filter(owner=user).exists()


@pytest.mark.parametrize("loss", ["removed", "erased", "another"])
def test_reference_that_is_gone_ends_it_with_the_reason_and_the_refund(
    user: User, character: Character, sent: list[ImageRequest], loss: str
) -> None:
    image = other_picture(character)
    job = request_job(character, references=[str(image.pk)])
    if loss == "removed":
        remove_image(image=image, reason="It shows a real person.")
    elif loss == "erased":
        storages["images"].delete(image.original_key)
    else:
        item = job.items.get()
        item.request["references"][1]["sha256"] = "0" * 64
        item.save(update_fields=["request"])
    run_jobs()
    job.refresh_from_db()
    assert sent == []
    assert (job.status, job.error_code) == ("failed", "reference_gone")
    assert job.error_message == "A picture this was to be made from is not there any more."
    assert job.credits_refunded == job.credits_charged == 40


def test_store_that_is_away_is_a_passing_fault(
    character: Character, sent: list[ImageRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = request_job(character)

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr(storages["images"].__class__, "open", refuse)
        run_jobs()
    item = job.items.get()
    assert (item.status, item.error_code, sent) == ("queued", "storage_away", [])
    assert item.submit_started_at is None


def test_retry_sends_the_same_references(character: Character, sent: list[ImageRequest]) -> None:
    job = request_job(character, prompt="fail:oom")
    run_jobs()
    job.refresh_from_db()
    retry_job(job=job)
    run_jobs()
    assert len(sent) == 2
    assert [r.sha256 for r in sent[1].references] == [r.sha256 for r in sent[0].references] != []
    assert (sent[1].seed, sent[1].text) == (sent[0].seed, sent[0].text)


def test_recipe_of_a_picture_is_kept_with_it(
    character: Character, sent: list[ImageRequest]
) -> None:
    job = request_job(character, prompt="with a hat")
    run_jobs()
    kept = Provenance.objects.get(job=job).parameters
    assert kept["text"] == sent[0].text
    assert kept["text"].endswith("With a hat.")
    assert kept["negative"] == sent[0].negative != ""
    assert [r["image_id"] for r in kept["references"]] == [str(character.base_face_id)]
    assert kept["prompt_version"] == 1
    assert kept["trace"][-1] == ["with a hat", "prompt", "with a hat"]
    assert Provenance.objects.get(job=job).seed == sent[0].seed


def test_words_of_another_compiler_get_no_wrong_reasons(character: Character) -> None:
    job = request_job(character)
    item = job.items.get()
    item.request["text"] = "Words of an earlier version."
    item.save(update_fields=["request"])
    run_jobs()
    kept = Provenance.objects.get(job=job).parameters
    assert kept["text"] == "Words of an earlier version."
    assert "trace" not in kept


def test_provider_refuses_more_references_than_it_takes() -> None:
    from tests.contracts.image_providers import plain_request

    provider = ReferringProvider()
    from generation.providers.base import Reference

    many = tuple(Reference("character", str(n), "0" * 64) for n in range(4))
    with pytest.raises(UnsupportedOption):
        provider.check(plain_request(provider, references=many))


def studio_page(character: Character, client: Client) -> str:
    return client.get(reverse("generation:studio", args=[character.pk])).content.decode()


def offered_in(html: str) -> list[str]:
    return re.findall(r'name="references" value="([^"]*)"', html)


def test_studio_offers_favourites_and_the_newest_but_no_faces(
    character: Character, stranger: User, client_of: Callable[[User], Client]
) -> None:
    old, new, binned = (other_picture(character, f"#00000{n}") for n in range(3))
    make_image(character=character, kind=Image.Kind.BASE_FACE)
    make_image(character=make_character(owner=character.owner))
    bin_images(owner=character.owner, images=[binned])
    set_favourite(image=old, is_favourite=True)
    html = studio_page(character, client_of(character.owner))
    assert offered_in(html) == [str(old.pk), str(new.pk)]
    assert 'data-max-choices="2"' in html


def test_studio_shows_a_bounded_number_in_a_bounded_number_of_queries(
    character: Character, django_assert_num_queries: Any
) -> None:
    pictures = [other_picture(character, f"#0000{n:02}") for n in range(SHOWN_AT_MOST + 3)]
    with django_assert_num_queries(3):
        shown = pictures_to_show(character, [str(pictures[0].pk), "nonsense"])
    assert [image.pk for image in shown[:2]] == [pictures[0].pk, pictures[-1].pk]
    assert len(shown) == SHOWN_AT_MOST + 1


def test_studio_sends_the_chosen_pictures_along(
    character: Character, client_of: Callable[[User], Client], sent: list[ImageRequest]
) -> None:
    picture = other_picture(character)
    wish = {"count": "1", "request_key": "k", "references": [str(picture.pk)]}
    url = reverse("generation:studio", args=[character.pk])
    assert client_of(character.owner).post(url, wish).status_code == 302
    run_jobs()
    ids = [reference.image_id for reference in sent[0].references]
    assert ids == [str(character.base_face_id), str(picture.pk)]


def test_studio_refuses_pictures_of_others_at_the_control(
    character: Character, stranger: User, client_of: Callable[[User], Client]
) -> None:
    mine = other_picture(character)
    theirs = make_image(character=make_character(owner=stranger))
    wish = {"count": "1", "request_key": "k", "references": [str(mine.pk), str(theirs.pk)]}
    url = reverse("generation:studio", args=[character.pk])
    html = client_of(character.owner).post(url, wish).content.decode()
    assert "choose pictures of this character" in html
    assert offered_in(html) == [str(mine.pk)]
    assert not JobItem.objects.exists()


@pytest.mark.parametrize(
    ("recipe", "words", "wish"),
    [
        ("studio", "Make more like this", {}),
        ("grid", "Change this grid", {"scenes": ["cafe", "gym"]}),
    ],
)
def test_settings_to_change_bring_their_pictures_along(
    character: Character,
    client_of: Callable[[User], Client],
    recipe: str,
    words: str,
    wish: dict[str, Any],
) -> None:
    pictures = [str(other_picture(character, f"#00000{n}").pk) for n in range(3)]
    job = request_job(character, recipe, references=pictures[:2], **wish)
    run_jobs()
    client = client_of(character.owner)
    page = client.get(reverse("generation:job", args=[job.pk])).content.decode()
    links = re.findall(r'<a class="btn btn--ghost" href="([^"]+)">(.*?)</a>', page, re.DOTALL)
    (link,) = [address for address, inside in links if words in inside]
    html = client.get(unescape(link)).content.decode()
    chosen = re.findall(r'name="references" value="([^"]*)" checked', html)
    assert set(chosen) == set(pictures[:2])


@pytest.mark.parametrize("page", ["generation:studio", "generation:studio_grid"])
def test_picture_that_is_gone_is_left_out_of_settings_to_change(
    character: Character, client_of: Callable[[User], Client], page: str
) -> None:
    kept, gone = other_picture(character), other_picture(character, "#000001")
    bin_images(owner=character.owner, images=[gone])
    named = {"references": [str(gone.pk), str(kept.pk)], "scenes": ["cafe", "gym"]}
    html = client_of(character.owner).get(reverse(page, args=[character.pk]), named)
    assert "Not every picture that went along is still there." in html.content.decode()
    form, offer = html.context["form"], html.context["offer"]
    assert form.initial["references"] == [str(kept.pk)]
    assert offer.count == (2 if page.endswith("grid") else 1)


def test_studio_of_a_provider_without_room_offers_none(
    character: Character, client_of: Callable[[User], Client], settings: Any
) -> None:
    other_picture(character)
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    assert offered_in(studio_page(character, client_of(character.owner))) == []
