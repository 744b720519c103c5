"""What the page of a picture makes from it, and the same through the API."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngImageFile
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from billing.services import get_account
from characters.models import Image
from generation.forms import EditForm
from generation.masks import MAX_BYTES, PER_PICTURE_MAX
from generation.models import GenerationJob, Mask
from generation.views import edit
from tests.builders import make_character, make_image, make_png, request_job, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _editor(settings: Any) -> None:
    settings.IMAGE_PROVIDERS = {
        **settings.IMAGE_PROVIDERS,
        "editor": {"BACKEND": "tests.generation.editor.Editor"},
        "plain": {"BACKEND": "tests.generation.editor.Plain"},
    }
    settings.DEFAULT_IMAGE_PROVIDER = "editor"


@pytest.fixture
def image(user: User) -> Image:
    job = request_job(make_character(owner=user, ready=True), scene="rooftop")
    run_jobs()
    return Image.objects.get(job_id=job.pk)


@pytest.fixture
def api(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    return client


def page_of(client: Client, image: Image) -> str:
    return client.get(reverse("generation:image", args=[image.pk])).content.decode()


def test_page_offers_what_the_provider_can_with_its_price(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    page = page_of(client_of(user), image)
    assert "Variation for 40 credits" in page
    assert "Enlarge for 20 credits" in page


def test_page_offers_nothing_the_provider_cannot(
    image: Image, user: User, client_of: Callable[[User], Client], settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "plain"
    page = page_of(client_of(user), image)
    assert "Variation for 40 credits" in page
    assert "Enlarge" not in page


def test_page_of_a_picture_nobody_knows_the_origin_of_offers_nothing(
    user: User, client_of: Callable[[User], Client]
) -> None:
    picture = make_image(character=make_character(owner=user, ready=True))
    assert "Variation" not in page_of(client_of(user), picture)


@pytest.mark.parametrize(("recipe", "price"), [("variation", 40), ("upscale", 20)])
def test_button_makes_it_at_the_price_that_was_shown(
    image: Image, user: User, client_of: Callable[[User], Client], recipe: str, price: int
) -> None:
    client = client_of(user)
    before = get_account(user).balance
    url = reverse(f"generation:image_{recipe}", args=[image.pk])
    answer = client.post(url, {"request_key": "once"})
    again = client.post(url, {"request_key": "once"})
    job = GenerationJob.objects.get(recipe=recipe)
    assert answer["Location"] == again["Location"] == reverse("generation:job", args=[job.pk])
    assert before - get_account(user).balance == price
    run_jobs()
    assert client.get(answer["Location"]).status_code == 200
    made = Image.objects.get(job_id=job.pk)
    assert client.get(reverse("generation:image", args=[made.pk])).status_code == 200


def test_refusal_leads_back_to_the_picture_and_says_why(
    image: Image, user: User, client_of: Callable[[User], Client], settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "plain"
    client = client_of(user)
    url = reverse("generation:image_upscale", args=[image.pk])
    answer = client.post(url, {"request_key": "once"}, follow=True)
    assert "The provider of this installation cannot do that." in answer.content.decode()
    assert not GenerationJob.objects.filter(recipe="upscale").exists()


def test_enlarged_picture_is_not_offered_to_be_enlarged(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    job = request_job(image.character, "upscale", image=str(image.pk))
    run_jobs()
    assert "Enlarge for" not in page_of(client_of(user), Image.objects.get(job_id=job.pk))


def test_integrator_paints_a_mask_and_changes_a_part(image: Image, api: APIClient) -> None:
    white = make_png(image.width_px, image.height_px, "#ffffff")
    body = {"image": str(image.pk), "png": base64.b64encode(white).decode()}
    mask = api.post(reverse("api:mask"), body, format="json")
    assert mask.status_code == 201
    options = {"image": str(image.pk), "mask": mask.json()["id"], "prompt": "a red hat"}
    asked = {"character": str(image.character_id), "recipe": "inpaint", "options": options}
    offer = api.post(reverse("api:quote"), asked, format="json").json()
    assert (offer["credits"], offer["count"]) == (40, 1)
    job = api.post(reverse("api:job-list"), {**asked, "request_key": "k"}, format="json")
    assert job.status_code == 201, job.json()
    run_jobs()
    assert GenerationJob.objects.get(pk=job.json()["id"]).status == "succeeded"


def test_mask_for_somebody_elses_picture_is_refused(api: APIClient, stranger: User) -> None:
    picture = make_image(character=make_character(owner=stranger))
    body = {"image": str(picture.pk), "png": base64.b64encode(make_png()).decode()}
    answer = api.post(reverse("api:mask"), body, format="json")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "image")
    assert not Mask.objects.exists()


@pytest.mark.parametrize("png", ["%%%", "", "aGVsbG8="])
def test_what_is_no_png_is_refused(image: Image, api: APIClient, png: str) -> None:
    answer = api.post(reverse("api:mask"), {"image": str(image.pk), "png": png}, format="json")
    assert answer.status_code == 400
    assert not Mask.objects.exists()


# --- A part of it -------------------------------------------------------------------------------

PART = {"left": "10", "top": "0", "width": "50", "height": "50"}


def edit_url(image: Image) -> str:
    return reverse("generation:image_edit", args=[image.pk])


def painted(image: Image, colour: str = "#ffffff") -> SimpleUploadedFile:
    content = make_png(image.width_px, image.height_px, colour)
    return SimpleUploadedFile("mask.png", content, content_type="image/png")


def sent(**changes: Any) -> dict[str, Any]:
    return {"prompt": "a red hat", "request_key": "once", **changes}


def test_page_offers_a_change_where_the_provider_can(
    image: Image, user: User, client_of: Callable[[User], Client], settings: Any
) -> None:
    client = client_of(user)
    assert f'href="{edit_url(image)}"' in page_of(client, image)
    page = client.get(edit_url(image)).content.decode()
    assert 'data-quote-credits="40"' in page
    assert '<span class="price__number">40</span> credits' in page
    assert "Made by editor only." in page
    settings.DEFAULT_IMAGE_PROVIDER = "plain"
    assert edit_url(image) not in page_of(client, image)
    answer = client.get(edit_url(image), follow=True)
    assert "No part of this picture can be changed here." in answer.content.decode()


def test_painted_part_makes_one_job_however_often_it_is_sent(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    client, before = client_of(user), get_account(user).balance
    answers = [client.post(edit_url(image), sent(mask=painted(image))) for _ in range(2)]
    job = GenerationJob.objects.get(recipe="inpaint")
    assert {a["Location"] for a in answers} == {reverse("generation:job", args=[job.pk])}
    assert before - get_account(user).balance == 40
    mask = Mask.objects.get(pk=job.options["mask"])
    assert job.options["prompt"] == "a red hat"
    assert Pillow.open(io.BytesIO(bytes(mask.content))).size == (image.width_px, image.height_px)


def test_part_in_numbers_is_a_rectangle_of_the_picture(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    answer = client_of(user).post(edit_url(image), sent(**PART))
    assert answer.status_code == 302
    shown = Pillow.open(io.BytesIO(bytes(Mask.objects.get().content))).convert("L")
    width, height = image.width_px, image.height_px
    inside = (round(0.1 * width), 0, round(0.6 * width), round(0.5 * height))
    assert shown.getbbox() == inside
    assert shown.crop(inside).getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "mask"),
        ({"left": "5"}, "top"),
        ({**PART, "width": "0"}, "width"),
        ({**PART, "height": "x"}, "height"),
        ({**PART, "left": "100"}, "left"),
        ({**PART, "prompt": " "}, "prompt"),
    ],
)
def test_refused_change_names_its_field_and_costs_nothing(
    image: Image,
    user: User,
    client_of: Callable[[User], Client],
    changes: dict[str, str],
    field: str,
) -> None:
    before = get_account(user).balance
    answer = client_of(user).post(edit_url(image), sent(**changes))
    assert field in answer.context["form"].errors
    assert f'<a href="#id_{field}">' in answer.content.decode()
    assert "data-brush-restore" in answer.content.decode()
    assert not GenerationJob.objects.filter(recipe="inpaint").exists()
    assert get_account(user).balance == before


@pytest.mark.parametrize("colour", ["#000000", "#0a0a0a"])
def test_mask_on_which_nothing_is_painted_is_refused(
    image: Image, user: User, client_of: Callable[[User], Client], colour: str
) -> None:
    answer = client_of(user).post(edit_url(image), sent(mask=painted(image, colour)))
    assert answer.context["form"].errors["mask"] == ["Paint over what is to be changed."]
    assert not Mask.objects.exists()
    assert not GenerationJob.objects.filter(recipe="inpaint").exists()


def test_painting_of_too_many_bytes_is_not_read(
    image: Image, user: User, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = SimpleUploadedFile("mask.png", b"x" * (MAX_BYTES + 1), content_type="image/png")
    monkeypatch.setattr(EditForm, "png", lambda _: pytest.fail("read"))
    answer = client_of(user).post(edit_url(image), sent(mask=large))
    assert answer.context["form"].errors["mask"] == ["A mask has at most 1 MB."]


def test_painting_of_another_shape_is_refused_before_its_pixels_are_read(
    image: Image, user: User, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PngImageFile, "load", lambda _: pytest.fail("read"))
    wide = SimpleUploadedFile("mask.png", make_png(200, 20, "#fff"), content_type="image/png")
    answer = client_of(user).post(edit_url(image), sent(mask=wide))
    assert "another shape" in answer.context["form"].errors["mask"][0]


def test_masks_that_nothing_was_made_with_make_room_after_a_while(
    image: Image, user: User, client_of: Callable[[User], Client], settings: Any
) -> None:
    client = client_of(user)
    client.post(edit_url(image), sent(**PART))
    used = Mask.objects.get()
    settings.GENERATION_PAUSED = True
    refused = client.post(edit_url(image), {**sent(**PART), "left": "20", "request_key": "no"})
    assert refused.context["form"].non_field_errors()
    settings.GENERATION_PAUSED = False
    more = (Mask(owner=user, image=image, sha256=str(n)) for n in range(PER_PICTURE_MAX - 2))
    Mask.objects.bulk_create(more)
    Mask.objects.update(used_at=timezone.now() - timedelta(hours=2))
    answer = client.post(edit_url(image), {**sent(**PART), "left": "30", "request_key": "yes"})
    assert answer.status_code == 302
    newest = GenerationJob.objects.order_by("pk").last()
    assert newest is not None
    kept = {str(pk) for pk in Mask.objects.values_list("pk", flat=True)}
    assert kept == {str(used.pk), newest.options["mask"]}


def test_whoever_paints_too_often_is_told_to_wait(
    image: Image, user: User, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit, "EDITS_AN_HOUR", 1)
    client = client_of(user)
    client.post(edit_url(image), sent(**PART))
    answer = client.post(edit_url(image), {**sent(**PART), "request_key": "twice"})
    assert "too often" in answer.context["form"].non_field_errors()[0]
    assert GenerationJob.objects.filter(recipe="inpaint").count() == 1


def test_picture_with_masks_enough_says_so(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    Mask.objects.bulk_create(
        Mask(owner=user, image=image, content=b"", sha256=str(n)) for n in range(PER_PICTURE_MAX)
    )
    answer = client_of(user).post(edit_url(image), sent(**PART))
    assert "No more are kept" in answer.context["form"].errors["mask"][0]
    assert not GenerationJob.objects.filter(recipe="inpaint").exists()


def test_page_that_was_sent_and_changed_asks_once_more(
    image: Image, user: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(user)
    client.post(edit_url(image), sent(**PART))
    again = client.post(edit_url(image), sent(**PART, prompt="a green hat"))
    form = again.context["form"]
    assert "already sent once" in form.non_field_errors()[0]
    assert form["request_key"].value() != "once"
    assert GenerationJob.objects.filter(recipe="inpaint").count() == 1


def test_quote_of_a_change_is_kept_fresh_and_charged(
    image: Image, user: User, client_of: Callable[[User], Client], settings: Any
) -> None:
    client = client_of(user)
    url = reverse("generation:image_edit_quote", args=[image.pk])
    offer = client.post(url).json()
    assert offer["credits"] == 40
    answer = client.post(edit_url(image), sent(**PART, quote=offer["quote"]))
    assert answer.status_code == 302
    settings.DEFAULT_IMAGE_PROVIDER = "plain"
    assert client.post(url).status_code == 409


def test_change_is_closed_to_strangers(
    image: Image, stranger: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(stranger)
    assert client.get(edit_url(image)).status_code == 404
    assert client.post(edit_url(image), sent(**PART)).status_code == 404
    assert not Mask.objects.exists()
