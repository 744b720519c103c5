"""docs/queries.md says what the planner does; this holds it to that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from characters.models import Character, Image
from tests.builders import make_character, make_user


def _plan(rows: Any) -> str:
    return str(json.dumps(json.loads(rows.explain(format="json"))))


@pytest.fixture
def _many(user: User) -> None:
    """Enough rows for an index to be worth it, statistics included; one in 400 is wanted."""
    sample = make_character(owner=user).config
    wanted = {**sample, "archetype": "luxury", "hair_style": "long"}
    others = [
        {**sample, "archetype": archetype, "hair_style": style, "eye_colour": colour}
        for archetype in ("luxury", "fitness", "playful")
        for style in ("bun", "curly", "bald")
        for colour in ("blue", "green", "amber")
    ]
    Character.objects.bulk_create(
        Character(owner=user, config=others[n % len(others)] if n % 400 else wanted)
        for n in range(8000)
    )
    with connection.cursor() as cursor:
        # What autovacuum does in life: new entries wait in a list beside the index.
        cursor.execute("SELECT gin_clean_pending_list('character_config')")
        cursor.execute("ANALYZE characters_character")


@pytest.mark.django_db
@pytest.mark.usefixtures("_many")
def test_characters_by_choices_are_found_through_the_gin_index() -> None:
    rows = Character.objects.with_look(archetype="luxury", hair_style="long")
    assert '"character_config"' in _plan(rows)


@pytest.mark.django_db
def test_gin_index_serves_the_query_whatever_the_planner_would_choose(user: User) -> None:
    make_character(owner=user)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = Character.objects.with_look(archetype="luxury", hair_style="long")
    assert '"character_config"' in _plan(rows)


@pytest.mark.django_db
def test_with_look_finds_exactly_those_that_match(user: User) -> None:
    wanted = make_character(owner=user, archetype="luxury", hair_style="long")
    make_character(owner=user, archetype="luxury", hair_style="bun")
    make_character(owner=user, archetype="fitness", hair_style="long")
    found = Character.objects.with_look(archetype="luxury", hair_style="long")
    assert list(found) == [wanted]


@pytest.mark.django_db
def test_with_look_matches_one_of_several_traits(user: User) -> None:
    wanted = make_character(owner=user, personality=["bold", "shy"])
    make_character(owner=user, personality=["sweet"])
    assert list(Character.objects.with_look(personality=["shy"])) == [wanted]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "filters"),
    [
        ("image_gallery", {}),
        ("image_favourites", {"is_favourite": True}),
    ],
)
def test_first_page_of_a_gallery_comes_out_of_its_index_in_order(
    index: str, filters: dict[str, Any]
) -> None:
    user = make_user()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    rows = Image.objects.owned_by(user).visible().filter(**filters).order_by("-id")[:41]
    plan = _plan(rows)
    assert f'"{index}"' in plan
    assert '"Sort"' not in plan
