from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters.models import Image
from characters.services import bin_images, release_image, remove_image, withhold_image
from generation.identity import EmbeddingScorer, StructureScorer
from generation.likeness import threshold_of
from generation.models import GenerationJob, Likeness
from generation.templatetags.generation import scorer_in_words
from tests.builders import give_credits, make_character, make_image, request_job, run_jobs

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
    assert f'rel="prev" data-key="ArrowLeft" href="{image_url(last)}"' in page_of(client, middle)
    assert f'rel="next" data-key="ArrowRight" href="{image_url(first)}"' in page_of(client, middle)
    assert 'rel="prev"' not in page_of(client, last)
    bin_images(owner=user, images=[first])
    assert 'rel="next"' not in page_of(client, middle)


def test_image_page_names_the_keys_that_do_something_there(user: User, client_of: SignIn) -> None:
    """Hidden until the script that obeys them is there."""
    character = make_character(owner=user)
    _first, last = (make_image(character=character) for _ in range(2))
    html = page_of(client_of(user), last)
    assert re.search(r'<p class="keys [^>]*data-keys hidden>', html)
    named = re.findall(r"<kbd>(.+?)</kbd>", html.partition("<dialog")[0])
    assert named == ["→", "F", "Esc"]
    assert re.findall(r'data-key="(\w+)"', html) == ["ArrowRight", "Escape", "f"]
    bin_images(owner=user, images=[last])
    html = page_of(client_of(user), last)
    assert re.findall(r'data-key="(\w+)"', html) == ["ArrowRight", "Escape"]


def test_image_page_shows_its_versions(user: User, client_of: SignIn, settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    first = made(user)
    job = request_job(first.character, "variation", image=str(first.pk))
    run_jobs()
    variation = Image.objects.get(job_id=job.pk)
    client = client_of(user)
    html = page_of(client, variation)
    assert f'<a class="lineage__link" href="{image_url(first)}"' in html
    assert f'href="{image_url(variation)}" aria-current="true"' in html
    assert f'<a class="lineage__link" href="{image_url(variation)}"' in page_of(client, first)


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


# --- Why, again, and likeness --------------------------------------------------------------------


def made(user: User, **options: Any) -> Image:
    give_credits(user, 1000)
    job = request_job(make_character(owner=user, ready=True), **options)
    run_jobs()
    return Image.objects.get(job_id=job.pk)


def scored(image: Image, value: float) -> Image:
    Likeness.objects.create(
        image=image,
        face_id=image.pk,
        model="structure",
        version="1",
        value=value,
        is_deciding=True,
    )
    return image


def test_image_page_tells_which_choice_caused_which_words(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    html = page_of(
        client_of(user), made(user, scene="rooftop", lighting="neon", prompt="<b>a hat</b>")
    )
    for words in (
        "Why it looks like this",
        "<dt>on a rooftop above the city</dt><dd>Scene: Rooftop</dd>",
        "<dt>in neon light</dt><dd>Light: Neon</dd>",
        "<dt>showing an adult woman</dt><dd>Presentation: Female</dd>",
        "<dt>&lt;b&gt;a hat&lt;/b&gt;</dt><dd>Your words</dd>",
        "The words the provider was given",
        "<dt>Words sent</dt><dd>A digital illustration, ",
    ):
        assert words in html
    assert "<b>a hat" not in html


def test_image_page_of_the_illustrator_says_that_no_words_were_sent(
    user: User, client_of: SignIn
) -> None:
    html = page_of(client_of(user), made(user, scene="colour_backdrop", lighting="overcast"))
    assert "Drawn from your choices; no words were sent." in html
    assert "Words sent" not in html


def test_image_page_of_unknown_origin_offers_no_reasons_and_no_repeat(
    user: User, client_of: SignIn
) -> None:
    html = page_of(client_of(user), make_image(character=make_character(owner=user)))
    assert "Why it looks like this" not in html
    assert "Make it again" not in html
    assert "Likeness" not in html


def test_make_it_again_charges_what_the_page_says(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    image, client = made(user, quality="high"), client_of(user)
    assert "Make it again for 50 credits" in page_of(client, image)
    url = reverse("generation:image_again", args=[image.pk])
    form = {"request_key": "page-1", "credits": "50"}
    answers = [client.post(url, form) for _ in range(2)]
    again = GenerationJob.objects.exclude(pk=image.job_id).get()
    assert {answer["Location"] for answer in answers} == {
        reverse("generation:job", args=[again.pk])
    }
    assert again.credits_charged == 50
    refused = client.post(url, {"request_key": "page-2", "credits": "5"}, follow=True)
    assert "It is 50 credits now. Nothing was charged." in refused.content.decode()
    assert GenerationJob.objects.count() == 2


def test_picture_below_its_threshold_can_be_redrawn_for_free_or_kept(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    image, client = scored(made(user), 0.31), client_of(user)
    html = page_of(client, image)
    for words in ("Needs review.", "31 %", "Draw it again, free", "2 free new tries left"):
        assert words in html
    url = reverse("generation:image_redraw", args=[image.pk])
    answer = client.post(url, {"request_key": "page-1"})
    job = GenerationJob.objects.exclude(pk=image.job_id).get()
    assert answer["Location"] == reverse("generation:job", args=[job.pk])
    assert job.credits_charged == 0
    assert "1 free new try left" in page_of(client, image)
    client.post(reverse("generation:image_keep", args=[image.pk]))
    html = page_of(client, image)
    assert "31 %, kept by you" in html
    assert "Needs review." not in html
    assert "Draw it again, free" not in html


def test_picture_above_its_threshold_shows_its_likeness_alone(
    user: User, client_of: SignIn
) -> None:
    image, client = scored(make_image(character=make_character(owner=user)), 0.72), client_of(user)
    html = page_of(client, image)
    assert "72 %" in html
    assert "Needs review." not in html
    url = reverse("generation:likeness_threshold", args=[image.pk])
    client.post(url, {"threshold": "80"})
    html = page_of(client, image)
    assert "Needs review." in html
    assert 'value="80"' in html
    assert client.post(url, {"threshold": "101"}, follow=True).status_code == 200
    assert threshold_of(image.character) == 0.8
    client.post(url, {"threshold": ""})
    assert threshold_of(image.character) == 0.5


def test_every_version_of_a_scorer_is_explained() -> None:
    """A new version means another number: the page would say nothing of it."""
    for version in (StructureScorer.version, f"{StructureScorer.version}-searched"):
        assert scorer_in_words(Likeness(model=StructureScorer.model, version=version))
    assert scorer_in_words(Likeness(model=EmbeddingScorer.model, version=EmbeddingScorer.version))


def test_withheld_picture_is_not_made_again(user: User, client_of: SignIn, settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    image, client = made(user), client_of(user)
    withhold_image(image=image, reason="A check")
    for name in ("image_again", "image_redraw", "image_keep", "likeness_threshold"):
        url = reverse(f"generation:{name}", args=[image.pk])
        assert client.post(url, {"request_key": "k"}).status_code == 404
