"""Variations, changed parts and enlarged pictures: made from a picture by what made it."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageDraw

from accounts.models import User
from billing.services import get_account
from characters import images as files
from characters.models import Character, Image
from characters.services import bin_images
from generation.masks import PER_PICTURE_MAX, save_mask
from generation.models import GenerationJob, Mask
from generation.providers.base import UnsupportedOption
from generation.services import quote
from ryla.lib.errors import Conflict, InvalidInput
from ryla.lib.ids import new_id
from tests.builders import (
    give_credits,
    make_character,
    make_image,
    make_user,
    request_job,
    run_jobs,
)
from tests.generation.editor import Editor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _editor(settings: Any) -> None:
    Editor.seen.clear()
    settings.IMAGE_PROVIDERS = {
        **settings.IMAGE_PROVIDERS,
        "editor": {"BACKEND": "tests.generation.editor.Editor"},
        "plain": {"BACKEND": "tests.generation.editor.Plain"},
    }
    settings.DEFAULT_IMAGE_PROVIDER = "editor"


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def picture_of(character: Character, **options: Any) -> Image:
    job = request_job(character, **{"scene": "rooftop", "prompt": "in the rain", **options})
    run_jobs()
    Editor.seen.clear()
    return Image.objects.get(job_id=job.pk)


def refused_field(character: Character, recipe: str, **options: Any) -> str | None:
    before = GenerationJob.objects.count(), get_account(character.owner).balance
    with pytest.raises(InvalidInput) as refusal:
        request_job(character, recipe, **options)
    assert (GenerationJob.objects.count(), get_account(character.owner).balance) == before
    return refusal.value.field


def mask_png(width: int = 102, height: int = 128, *, painted: bool = True) -> bytes:
    picture = Pillow.new("RGBA", (width, height), (0, 0, 0, 0))
    if painted:
        ImageDraw.Draw(picture).rectangle((0, 0, width, height // 2), fill="white")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def roles() -> list[list[str]]:
    return [[reference.role for reference in request.references] for request in Editor.seen]


# --- Variation ----------------------------------------------------------------------------------


def test_variation_is_the_same_request_with_another_seed(character: Character) -> None:
    image = picture_of(character, seed=5)
    job = request_job(character, "variation", image=str(image.pk), count=2)
    run_jobs()
    first, second = Editor.seen
    for request in (first, second):
        assert (request.scene, request.prompt, request.operation) == (
            "rooftop",
            "in the rain",
            "create",
        )
        assert request.text.endswith("In the rain.")
    assert len({first.seed, second.seed, 5}) == 3
    job.refresh_from_db()
    assert (job.status, job.credits_charged) == ("succeeded", 80)


def test_variation_shows_the_face_and_the_picture_itself(character: Character) -> None:
    image = picture_of(character)
    request_job(character, "variation", image=str(image.pk))
    run_jobs()
    assert roles() == [["base_face", "character"]]
    shown = Editor.seen[0].references[1]
    with files.read(image) as stored:
        assert shown.content == stored.read()


def test_variation_of_a_variation_does_not_pile_up_references(character: Character) -> None:
    image = picture_of(character)
    for _ in range(2):
        job = request_job(character, "variation", image=str(image.pk))
        run_jobs()
        image = Image.objects.get(job_id=job.pk)
    assert roles() == [["base_face", "character"]] * 2


def test_variation_goes_without_its_picture_where_none_is_taken(
    character: Character, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "plain"
    job = request_job(character, scene="rooftop")
    run_jobs()
    image = Image.objects.get(job_id=job.pk)
    again = request_job(character, "variation", image=str(image.pk))
    run_jobs()
    again.refresh_from_db()
    assert (again.status, again.items.get().request["references"]) == ("succeeded", [])


# --- Enlarge ------------------------------------------------------------------------------------


def test_enlarged_picture_is_twice_as_wide_and_says_what_it_was_made_from(
    character: Character,
) -> None:
    image = picture_of(character)
    job = request_job(character, "upscale", image=str(image.pk))
    run_jobs()
    job.refresh_from_db()
    larger = Image.objects.get(job_id=job.pk)
    assert (job.status, job.credits_charged) == ("succeeded", 20)
    assert roles() == [["source"]]
    assert Editor.seen[0].seed == image.seed
    assert larger.width_px == pytest.approx(2 * image.width_px, abs=1)
    assert larger.settings["made_from"] == str(image.pk)
    assert (larger.settings["scene"], larger.settings["format"]) == ("rooftop", "4:5")


@pytest.mark.parametrize("recipe", ["upscale", "inpaint"])
def test_enlarged_picture_is_no_start(character: Character, recipe: str) -> None:
    job = request_job(character, "upscale", image=str(picture_of(character).pk))
    run_jobs()
    larger = Image.objects.get(job_id=job.pk)
    options = {"mask": str(new_id()), "prompt": "a hat"} if recipe == "inpaint" else {}
    assert refused_field(character, recipe, image=str(larger.pk), **options) == "image"


# --- A part of it -------------------------------------------------------------------------------


def test_part_under_the_mask_is_asked_for_in_the_owners_words(character: Character) -> None:
    image = picture_of(character)
    mask = save_mask(image=image, content=mask_png())
    options = {"image": str(image.pk), "mask": str(mask.pk), "prompt": "a red hat"}
    job = request_job(character, "inpaint", **options)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.credits_charged) == ("succeeded", 40)
    assert roles() == [["source", "mask", "base_face"]]
    sent = Editor.seen[0]
    assert (sent.operation, sent.prompt, sent.scene) == ("edit", "a red hat", "rooftop")
    assert "in the rain" not in sent.text.lower()
    shown = Pillow.open(io.BytesIO(sent.references[1].content))
    assert shown.size == (image.width_px, image.height_px)
    assert (shown.getpixel((5, 5)), shown.getpixel((5, image.height_px - 5))) == (255, 0)


def test_mask_of_another_picture_is_refused(character: Character) -> None:
    image, other = picture_of(character), picture_of(character)
    mask = save_mask(image=other, content=mask_png())
    options = {"image": str(image.pk), "mask": str(mask.pk), "prompt": "a red hat"}
    assert refused_field(character, "inpaint", **options) == "mask"


def test_change_needs_words(character: Character) -> None:
    image = picture_of(character)
    mask = save_mask(image=image, content=mask_png())
    options = {"image": str(image.pk), "mask": str(mask.pk), "prompt": "  "}
    assert refused_field(character, "inpaint", **options) == "prompt"


def test_mask_that_is_gone_ends_it_with_the_refund(character: Character) -> None:
    image = picture_of(character)
    mask = save_mask(image=image, content=mask_png())
    options = {"image": str(image.pk), "mask": str(mask.pk), "prompt": "a red hat"}
    job = request_job(character, "inpaint", **options)
    mask.delete()
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.error_code, job.credits_kept) == ("failed", "reference_gone", 0)


# --- Masks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", mask_png(painted=False), mask_png(128, 102), b"\x89PNG" + b"0" * 2**21],
)
def test_what_is_no_mask_of_the_picture_is_refused(character: Character, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        save_mask(image=make_image(character=character), content=content)
    assert refusal.value.field == "png"
    assert not Mask.objects.exists()


def test_same_mask_is_kept_once_in_the_pictures_size(character: Character) -> None:
    image = make_image(character=character)
    first = save_mask(image=image, content=mask_png())
    again = save_mask(image=image, content=mask_png())
    assert first.pk == again.pk
    content = bytes(first.content)
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert Pillow.open(io.BytesIO(content)).size == (image.width_px, image.height_px)


def test_masks_of_a_picture_are_not_without_end(character: Character) -> None:
    image = make_image(character=character)
    Mask.objects.bulk_create(
        Mask(owner_id=image.owner_id, image=image, content=b"", sha256=str(n))
        for n in range(PER_PICTURE_MAX)
    )
    with pytest.raises(Conflict):
        save_mask(image=image, content=mask_png())


# --- What no recipe does ------------------------------------------------------------------------

EACH = [("variation", {}), ("upscale", {}), ("inpaint", {"mask": str(new_id()), "prompt": "hat"})]


@pytest.mark.parametrize(("recipe", "more"), EACH)
def test_picture_of_somebody_else_is_none(
    character: Character, recipe: str, more: dict[str, str]
) -> None:
    stranger = make_character(owner=make_stranger(), ready=True)
    image = picture_of(stranger)
    assert refused_field(character, recipe, image=str(image.pk), **more) == "image"


@pytest.mark.parametrize(("recipe", "more"), EACH)
@pytest.mark.parametrize("image", ["", "7", None, ["x"]])
def test_what_is_no_id_is_refused(
    character: Character, recipe: str, more: dict[str, str], image: Any
) -> None:
    assert refused_field(character, recipe, image=image, **more) == "image"


@pytest.mark.parametrize(("recipe", "more"), EACH)
def test_picture_in_the_bin_is_no_start(
    character: Character, recipe: str, more: dict[str, str]
) -> None:
    image = picture_of(character)
    bin_images(owner=character.owner, images=[image])
    assert refused_field(character, recipe, image=str(image.pk), **more) == "image"


@pytest.mark.parametrize(("recipe", "more"), EACH)
def test_recipe_cannot_switch_the_adult_rule_off(
    character: Character, recipe: str, more: dict[str, str]
) -> None:
    image = picture_of(character)
    item = GenerationJob.objects.get(pk=image.job_id).items.get()
    item.request["look"]["age_range"] = "13-17"
    item.save(update_fields=["request"])
    if recipe == "inpaint":
        more = {**more, "mask": str(save_mask(image=image, content=mask_png()).pk)}
    with pytest.raises(UnsupportedOption) as refusal:
        request_job(character, recipe, image=str(image.pk), **more)
    assert refusal.value.field == "age_range"


@pytest.mark.parametrize("recipe", ["upscale", "inpaint"])
def test_what_the_provider_cannot_do_is_not_offered(
    character: Character, settings: Any, recipe: str
) -> None:
    image = picture_of(character)
    settings.DEFAULT_IMAGE_PROVIDER = "plain"
    more = dict(EACH)[recipe]
    assert refused_field(character, recipe, image=str(image.pk), **more) == "recipe"


def test_prices_are_those_of_the_list(character: Character) -> None:
    image = {"image": str(picture_of(character).pk)}
    inpaint = {**image, "mask": str(new_id()), "prompt": "a hat"}
    wanted = {"variation": image, "upscale": image, "inpaint": inpaint}
    prices = {r: quote(character=character, recipe=r, options=o).credits for r, o in wanted.items()}
    assert prices == {"variation": 40, "upscale": 20, "inpaint": 40}


def make_stranger() -> User:
    stranger = make_user()
    give_credits(stranger, 500)
    return stranger
