"""What a picture was made from, and what was made from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from characters.models import Character, Image
from characters.services import bin_images, remove_image
from generation import lineage
from generation.lineage import DONE, Lineage, lineage_of
from generation.models import FROM_PICTURE, GenerationJob
from generation.recipes import RECIPES
from generation.recipes.from_picture import FromPicture
from tests.builders import give_credits, make_character, make_image, request_job, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    give_credits(user, 1000)
    return make_character(owner=user, ready=True)


def made(character: Character, recipe: str = "studio", **options: Any) -> Image:
    job = request_job(character, recipe, **options)
    run_jobs()
    return Image.objects.get(job_id=job.pk)


def of(recipe: str, image: Image) -> Image:
    return made(image.character, recipe, image=str(image.pk))


def line(shown: Lineage) -> list[tuple[Any, str, bool]]:
    return [(step.image.pk, step.done, step.is_this) for step in shown.line]


def pictures_made(shown: Lineage) -> list[tuple[Any, str]]:
    return [(step.image.pk, step.done) for step in shown.made]


def test_line_leads_from_the_first_picture_to_this_one(character: Character) -> None:
    first = made(character)
    variation = of("variation", first)
    larger = of("upscale", variation)
    found = lineage_of(larger)
    assert line(found) == [
        (first.pk, "The first one", False),
        (variation.pk, "Variation", False),
        (larger.pk, "Enlarged", True),
    ]
    assert found.made == ()
    assert not found.is_broken


def test_line_that_is_cut_short_says_so(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lineage, "SHOWN_AT_MOST", 1)
    first = made(character)
    variation = of("variation", first)
    assert [step.done for step in lineage_of(variation).line] == ["The first one", "Variation"]
    last = of("variation", variation)
    assert line(lineage_of(last)) == [
        (variation.pk, "Earlier ones before it", False),
        (last.pk, "Variation", True),
    ]


def test_picture_knows_what_was_made_from_it_oldest_first(character: Character) -> None:
    first = made(character)
    variation, larger = of("variation", first), of("upscale", first)
    of("upscale", variation)
    found = lineage_of(first)
    assert pictures_made(found) == [(variation.pk, "Variation"), (larger.pk, "Enlarged")]
    assert line(found) == [(first.pk, "The first one", True)]


def test_picture_of_no_relation_has_no_lineage(character: Character) -> None:
    made(character)
    assert not lineage_of(made(character))
    assert not lineage_of(make_image(character=character))


def test_binned_picture_stays_in_the_line_but_is_no_version(character: Character) -> None:
    first = made(character)
    variation = of("variation", first)
    larger = of("upscale", variation)
    bin_images(owner=character.owner, images=[variation])
    assert [pk for pk, *_ in line(lineage_of(larger))] == [first.pk, variation.pk, larger.pk]
    assert lineage_of(first).made == ()


def test_line_says_that_a_picture_of_it_is_gone(character: Character) -> None:
    first = made(character)
    variation = of("variation", first)
    remove_image(image=first, reason="It shows a real person.")
    found = lineage_of(variation)
    assert line(found) == [(variation.pk, "Variation", True)]
    assert found.is_broken
    assert found


def test_what_somebody_else_names_is_not_theirs(character: Character, stranger: User) -> None:
    """A job of theirs could only name ours by a fault; even then nothing of it is shown."""
    ours = made(character)
    give_credits(stranger, 1000)
    theirs = of("variation", made(make_character(owner=stranger, ready=True)))
    GenerationJob.objects.filter(pk=theirs.job_id).update(
        options={"image": str(ours.pk), "count": 1}
    )
    assert lineage_of(ours).made == ()
    assert line(lineage_of(theirs)) == [(theirs.pk, "Variation", True)]


def test_every_recipe_that_starts_from_a_picture_is_known() -> None:
    starting = {slug for slug, recipe in RECIPES.items() if isinstance(recipe, FromPicture)}
    assert starting == set(FROM_PICTURE) == set(DONE)


def test_versions_are_found_through_their_index(character: Character) -> None:
    image = made(character)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = json.loads(GenerationJob.objects.all().made_from(image).explain(format="json"))
    assert '"job_from_picture"' in json.dumps(plan)
