"""Recipe and likeness of a picture, and the same once more, for integrators."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from characters.models import Image
from generation.models import Likeness
from tests.builders import give_credits, make_character, request_job, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def api(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    return client


@pytest.fixture
def image(user: User) -> Image:
    give_credits(user, 1000)
    job = request_job(make_character(owner=user, ready=True), scene="cafe", prompt="with a hat")
    run_jobs()
    image = Image.objects.get(job_id=job.pk)
    Likeness.objects.create(
        image=image,
        face_id=image.pk,
        model="structure",
        version="1",
        value=0.25,
        is_deciding=True,
    )
    return image


def test_origin_tells_recipe_likeness_and_what_can_be_done(api: APIClient, image: Image) -> None:
    body = api.get(f"/api/v1/images/{image.pk}/origin/").json()
    assert body["likenesses"] == [
        {"value": 0.25, "model": "structure", "version": "1", "is_deciding": True}
    ]
    assert (body["threshold"], body["needs_review"], body["redraws_left"]) == (0.5, True, 2)
    origin = body["origin"]
    assert (origin["seed"], origin["recipe"], origin["prompt"]) == (
        image.seed,
        "studio",
        "with a hat",
    )
    assert ["in a café", "scene", "cafe"] in origin["parameters"]["trace"]


def test_again_and_redraw_answer_with_their_jobs(api: APIClient, image: Image) -> None:
    again = api.post(f"/api/v1/images/{image.pk}/again/", {"request_key": "a"}, format="json")
    assert (again.status_code, again.json()["credits_charged"]) == (201, 40)
    free = api.post(f"/api/v1/images/{image.pk}/redraw/", {"request_key": "b"}, format="json")
    assert (free.status_code, free.json()["credits_charged"]) == (201, 0)
    changed = api.post(
        f"/api/v1/images/{image.pk}/again/", {"request_key": "c", "credits": 1}, format="json"
    )
    assert (changed.status_code, changed.json()["error"]["code"]) == (409, "price_changed")
    assert api.post(f"/api/v1/images/{image.pk}/again/", {}, format="json").status_code == 400


def test_kept_picture_needs_no_review(api: APIClient, image: Image) -> None:
    assert api.post(f"/api/v1/images/{image.pk}/keep/").status_code == 204
    body = api.get(f"/api/v1/images/{image.pk}/origin/").json()
    assert (body["needs_review"], body["redraws_left"]) == (False, 0)
    free = api.post(f"/api/v1/images/{image.pk}/redraw/", {"request_key": "b"}, format="json")
    assert free.status_code == 409


def test_threshold_of_a_character_is_read_and_set(api: APIClient, image: Image) -> None:
    url = f"/api/v1/characters/{image.character_id}/likeness/"
    assert api.get(url).json() == {"threshold": 0.5}
    assert api.put(url, {"threshold": 0.2}, format="json").json() == {"threshold": 0.2}
    assert not api.get(f"/api/v1/images/{image.pk}/origin/").json()["needs_review"]
    assert api.put(url, {"threshold": 2}, format="json").status_code == 400
    assert api.put(url, {"threshold": None}, format="json").json() == {"threshold": 0.5}
