"""Two pictures held against each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters.models import Character, Image
from characters.services import withhold_image
from generation.compare import differences
from generation.models import Likeness
from ryla.lib.ids import new_id
from tests.builders import give_credits, make_character, make_image, request_job, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def url_of(*images: Image) -> str:
    query = "&".join(f"{n}={image.pk}" for n, image in zip("ab", images, strict=False))
    return f"{reverse('generation:compare')}?{query}"


def lines(one: Image, other: Image) -> dict[str, tuple[str, str]]:
    """Without the moment, in which any two differ sooner or later."""
    found = {line.label: (line.one, line.other) for line in differences(one, other)}
    found.pop("Made", None)
    return found


def test_only_what_differs_is_told_in_words(character: Character) -> None:
    one = make_image(character=character, scene="cafe", pose="waving")
    other = make_image(character=character, scene="rooftop", pose="waving", lighting="neon")
    assert lines(one, other) == {
        "Scene": ("Café", "Rooftop"),
        "Light": ("From the scene", "Neon"),
    }
    assert lines(one, one) == {}


def test_setting_that_only_one_has_is_a_dash_for_the_other(character: Character) -> None:
    one = make_image(character=character, prompt="a hat")
    other = make_image(character=character)
    assert lines(one, other) == {"Your words": ("a hat", "–")}


def test_what_was_done_and_by_whom_and_how_large_is_told(
    character: Character, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    give_credits(character.owner, 500)
    first = request_job(character)
    run_jobs()
    one = Image.objects.get(job_id=first.pk)
    second = request_job(character, "upscale", image=str(one.pk))
    run_jobs()
    other = Image.objects.get(job_id=second.pk)
    Likeness.objects.all().delete()
    small, large = (f"{i.width_px} × {i.height_px}" for i in (one, other))
    assert lines(one, other) == {
        "What was done": ("Made anew", "Enlarged"),
        "Size": (small, large),
    }


def test_likeness_is_compared_within_one_measure(character: Character) -> None:
    images = [make_image(character=character) for _ in range(3)]
    for image, version, value in zip(images, ("2", "2", "3"), (0.9, 0.4, 0.4), strict=True):
        Likeness.objects.create(
            image=image,
            face_id=new_id(),
            model="structure",
            version=version,
            value=value,
            is_deciding=True,
        )
    assert lines(images[0], images[1]) == {"Likeness by structure 2": ("90 %", "40 %")}
    assert lines(images[1], images[2]) == {
        "Likeness by structure 2": ("40 %", "–"),
        "Likeness by structure 3": ("–", "40 %"),
    }


def test_page_shows_both_with_the_way_to_each(
    character: Character, user: User, client_of: SignIn
) -> None:
    one, other = (make_image(character=character, scene=s) for s in ("cafe", "rooftop"))
    html = client_of(user).get(url_of(one, other)).content.decode()
    for image in (one, other):
        assert f'<a href="{reverse("generation:image", args=[image.pk])}"><img' in html
    assert '<th scope="row">Scene</th><td>Café</td><td>Rooftop</td>' in html
    assert '<th scope="row">Pose</th>' not in html


def test_one_picture_alone_asks_which_other(
    character: Character, user: User, client_of: SignIn
) -> None:
    one, other = (make_image(character=character) for _ in range(2))
    elsewhere = make_image(character=make_character(owner=user))
    html = client_of(user).get(url_of(one)).content.decode()
    assert f"?a={one.pk}&amp;b={other.pk}" in html
    assert f"b={one.pk}" not in html
    assert str(elsewhere.pk) not in html
    assert client_of(user).get(url_of(one, one)).content.decode().count("Compare with which?") == 1


def test_no_picture_leads_to_the_gallery(user: User, client_of: SignIn) -> None:
    answer = client_of(user).get(reverse("generation:compare"))
    assert answer["Location"] == reverse("characters:gallery")


def test_picture_of_somebody_else_is_none_on_either_side(
    character: Character, user: User, stranger: User, client_of: SignIn
) -> None:
    ours, hidden = (make_image(character=character) for _ in range(2))
    theirs = make_image(character=make_character(owner=stranger))
    withhold_image(image=hidden, reason="A check")
    client = client_of(user)
    for pair in ((ours, theirs), (theirs, ours), (theirs,), (ours, hidden)):
        assert client.get(url_of(*pair)).status_code == 404
    assert client.get(f"{url_of(ours)}&b=x").status_code == 404


def test_picture_page_leads_to_the_comparison(
    character: Character, user: User, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    give_credits(user, 500)
    first = request_job(character)
    run_jobs()
    one = Image.objects.get(job_id=first.pk)
    second = request_job(character, "variation", image=str(one.pk))
    run_jobs()
    other = Image.objects.get(job_id=second.pk)
    html = client_of(user).get(reverse("generation:image", args=[other.pk])).content.decode()
    compare = reverse("generation:compare")
    assert f'href="{compare}?a={other.pk}"' in html
    assert f'href="{compare}?a={one.pk}&amp;b={other.pk}"' in html
