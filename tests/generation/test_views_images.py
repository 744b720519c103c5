from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters.models import Image
from characters.services import bin_images, release_image, remove_image, withhold_image
from tests.builders import make_character, make_image, request_job, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def image_url(image: Image) -> str:
    return reverse("generation:image", args=[image.pk])


def page_of(client: Client, image: Image) -> str:
    answer = client.get(image_url(image))
    assert answer.status_code == 200
    return answer.content.decode()


def test_image_page_tells_settings_and_origin_in_words(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    character = make_character(owner=user, ready=True)
    job = request_job(character, scene="rooftop", pose="waving", lighting="neon", format="9:16")
    run_jobs()
    image = Image.objects.get(job_id=job.pk)
    html = page_of(client_of(user), image)
    for words in (
        "<dt>Scene</dt><dd>Rooftop</dd>",
        "<dt>Place</dt><dd>From the scene</dd>",
        "<dt>Light</dt><dd>Neon</dd>",
        "<dt>Pose</dt><dd>Waving</dd>",
        "<dt>Format</dt><dd>Story 9:16</dd>",
        "<dt>Outfit</dt><dd>Tee and jeans</dd>",
        f'<dt>Seed</dt><dd class="num">{image.seed}</dd>',
        "Drawn by a program from fixed rules",
        image.sha256,
        reverse("generation:job", args=[job.pk]),
        f'alt="{image.settings["alt"]}"',
    ):
        assert words in html


def test_image_page_offers_its_settings_again_without_the_seed(
    user: User, client_of: SignIn
) -> None:
    character = make_character(owner=user, ready=True)
    html = page_of(client_of(user), make_image(character=character, scene="cafe", pose="waving"))
    studio = reverse("generation:studio", args=[character.pk])
    assert f'href="{studio}?scene=cafe&amp;pose=waving&amp;' in html
    assert "seed=" not in html


def test_image_page_leads_to_its_neighbours(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user)
    first, middle, last = (make_image(character=character) for _ in range(3))
    make_image(character=make_character(owner=user))
    client = client_of(user)
    assert f'rel="prev" href="{image_url(last)}"' in page_of(client, middle)
    assert f'rel="next" href="{image_url(first)}"' in page_of(client, middle)
    assert 'rel="prev"' not in page_of(client, last)
    bin_images(owner=user, images=[first])
    assert 'rel="next"' not in page_of(client, middle)


def test_image_in_the_bin_can_be_restored_from_its_page(user: User, client_of: SignIn) -> None:
    image = make_image(character=make_character(owner=user))
    bin_images(owner=user, images=[image])
    html = page_of(client_of(user), image)
    assert "This picture is in the bin." in html
    assert reverse("characters:image_restore", args=[image.pk]) in html
    assert reverse("characters:image_bin", args=[image.pk]) not in html


def test_image_that_is_the_face_cannot_be_binned_there(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    assert character.base_face
    html = page_of(client_of(user), character.base_face)
    assert reverse("characters:image_bin", args=[character.base_face_id]) not in html


def test_image_page_writes_a_callers_caption_as_text(user: User, client_of: SignIn) -> None:
    image = make_image(character=make_character(owner=user))
    Image.objects.filter(pk=image.pk).update(caption="</textarea><script>alert(1)</script>")
    assert "&lt;/textarea&gt;&lt;script&gt;" in page_of(client_of(user), image)


def test_image_page_is_closed_to_strangers_whatever_became_of_it(
    user: User, stranger: User, client_of: SignIn
) -> None:
    image = make_image(character=make_character(owner=user))
    client = client_of(stranger)
    assert client.get(image_url(image)).status_code == 404
    withhold_image(image=image, reason="A check")
    assert client.get(image_url(image)).status_code == 404
    remove_image(image=image, reason="It shows a real person.")
    assert client.get(image_url(image)).status_code == 404


def test_image_page_says_why_there_is_no_picture(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.SUPPORT_EMAIL = "help@example.com"
    image = make_image(character=make_character(owner=user))
    client = client_of(user)
    file = reverse("characters:image_file", args=[image.pk, "large"])
    withhold_image(image=image, reason="Somebody <b>reported</b> it.")
    html = page_of(client, image)
    assert "This picture is held back" in html
    assert "Somebody &lt;b&gt;reported&lt;/b&gt; it." in html
    assert f'href="mailto:help@example.com?subject=Picture%20{image.pk}"' in html
    assert file not in html
    assert client.get(file).status_code == 404
    release_image(image=image, reason="All is well.")
    assert file in page_of(client, image)
    remove_image(image=image, reason="It shows a real person.")
    html = page_of(client, image)
    assert "This picture was removed" in html
    assert "It shows a real person." in html
    assert client.get(file).status_code == 404
