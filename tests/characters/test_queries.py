"""docs/queries.md says what the planner does; this holds it to that."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from characters import facets
from characters.models import FACETS, AlbumPicture, Character, Image
from tests.builders import make_album, make_character, make_image, make_user


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


@pytest.fixture
def _many_images(user: User) -> None:
    """A gallery of 10 000 pictures with a face after every hundredth, the first third binned:
    copies of one, made where they lie."""
    image = make_image(character=make_character(owner=user))
    changed = {
        "id": "gen_random_uuid()",
        "job_id": "gen_random_uuid()",
        "kind": "CASE WHEN mod(n, 100) = 0 THEN 'base_face' ELSE 'picture' END",
        "binned_at": "CASE WHEN n <= 3000 THEN now() END",
        **{f"{size}_key": f"'{size}/' || n" for size in ("original", "large", "small")},
    }
    columns = [field.column for field in Image._meta.concrete_fields]
    values = ", ".join(changed.get(column, f"i.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO characters_image ({', '.join(columns)}) SELECT {values}"  # noqa: S608
            " FROM characters_image i, generate_series(1, 10000) n WHERE i.id = %s",
            [image.pk],
        )
        cursor.execute("ANALYZE characters_image")


def _plan_of_the_page(client: Client, query: dict[str, str], address: str = "/gallery/") -> str:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE characters_image")
    with CaptureQueriesContext(connection) as sent:
        page = client.get(address, query).context["page"]
    assert len(page.rows) == 40
    statement = next(
        q["sql"] for q in sent if "LIMIT 41" in q["sql"] and "characters_image" in q["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        return str(json.dumps(cursor.fetchone()[0]))


@pytest.mark.django_db
@pytest.mark.usefixtures("_many_images")
def test_faces_of_the_gallery_are_read_out_of_their_index_alone(
    user: User, client_of: Callable[[User], Client]
) -> None:
    """The very statement the page sends, explained by the planner with what it knows."""
    plan = _plan_of_the_page(client_of(user), {"kind": "base_face"})
    assert '"image_faces"' in plan
    assert '"Sort"' not in plan
    assert "Rows Removed by Filter" not in plan


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "filters"),
    [
        ("image_gallery", {}),
        ("image_favourites", {"is_favourite": True}),
        ("image_faces", {"kind": Image.Kind.BASE_FACE}),
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


@pytest.mark.django_db
@pytest.mark.usefixtures("_many_images")
@pytest.mark.parametrize("setting", FACETS)
def test_pictures_made_with_one_choice_are_read_out_of_their_index_alone(
    user: User, client_of: Callable[[User], Client], setting: str
) -> None:
    rare = Image.objects.filter(kind="picture", binned_at=None).values("pk")[:60]
    Image.objects.filter(pk__in=rare).update(settings={setting: "rare"})
    plan = _plan_of_the_page(client_of(user), {setting: "rare"})
    assert f'"image_by_{setting}"' in plan
    assert '"Sort"' not in plan
    assert not re.search(r'"Rows Removed by Filter": [1-9]', plan)


@pytest.mark.django_db
@pytest.mark.usefixtures("_many_images")
def test_pictures_that_say_a_rare_word_are_found_through_the_index_of_words(
    user: User, client_of: Callable[[User], Client]
) -> None:
    rare = Image.objects.filter(kind="picture", binned_at=None).values("pk")[:60]
    Image.objects.filter(pk__in=rare).update(caption="Umbrellas")
    plan = _plan_of_the_page(client_of(user), {"q": "cafe umbr"})
    assert '"image_words"' in plan


@pytest.mark.django_db
@pytest.mark.usefixtures("_many_images")
@pytest.mark.parametrize(("is_deep", "query"), [(False, {}), (True, {}), (True, {"scene": "cafe"})])
def test_pictures_of_an_album_are_read_from_where_the_page_begins(
    user: User, client_of: Callable[[User], Client], is_deep: bool, query: dict[str, str]
) -> None:
    """Every third lies in it. Neither the album's pictures that are newer nor the gallery's are
    passed over, whichever of the two is walked."""
    album = make_album(owner=user)
    ids = list(Image.objects.order_by("-pk").values_list("pk", flat=True))
    rest = make_album(owner=user, name="Rest")
    AlbumPicture.objects.bulk_create(
        AlbumPicture(album=rest if n % 3 else album, image_id=pk) for n, pk in enumerate(ids)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE characters_albumpicture")
    if is_deep:
        query = {**query, "before": str(ids[len(ids) // 2])}
    address = reverse("characters:album", args=[album.pk])
    plan = _plan_of_the_page(client_of(user), query, address)
    assert '"Sort"' not in plan
    read = map(float, re.findall(r'"(?:Actual Rows|Rows Removed by Filter)": ([\d.]+)', plan))
    assert max(read) < 400


@pytest.mark.django_db
@pytest.mark.usefixtures("_many_images")
@pytest.mark.parametrize(
    ("standing", "count", "index"),
    [
        ("below", 60, "image_by_likeness"),
        ("none", 60, "image_by_likeness"),
        ("none", 3000, "image_not_measured"),
    ],
)
def test_few_pictures_of_a_likeness_are_read_out_of_its_index(
    user: User, client_of: Callable[[User], Client], standing: str, count: int, index: str
) -> None:
    rare = Image.objects.filter(kind="picture", binned_at=None).values("pk")[:count]
    Image.objects.update(likeness=0.99)
    Image.objects.filter(pk__in=rare).update(likeness=0.1 if standing == "below" else None)
    assert f'"{index}"' in _plan_of_the_page(client_of(user), {"likeness": standing})


@pytest.mark.django_db
@pytest.mark.usefixtures("_many_images")
def test_choices_that_occur_are_looked_up_and_not_gathered(user: User) -> None:
    with CaptureQueriesContext(connection) as sent:
        found = facets.find_choices(user)
    assert found == {"scene": ["cafe"], "outfit": [], "format": ["4:5"]}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sent[0]['sql']}")
        plan = json.dumps(cursor.fetchone()[0])
    assert [name for name in FACETS if f'"image_by_{name}"' not in plan] == []
    assert '"Seq Scan"' not in plan
