"""What the page of a picture makes from it, and the same through the API."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from billing.services import get_account
from characters.models import Image
from generation.models import GenerationJob, Mask
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
