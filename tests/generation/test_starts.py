"""Templates: saved from a form, started from, renamed, deleted; and the few of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import close_account
from characters.catalogue import get_catalogue
from characters.models import Character
from generation import starts
from generation.models import GenerationJob, StudioTemplate
from generation.providers.fake import FakeProvider
from generation.recipes import RECIPES
from generation.starts import CURATED, rename_template, save_template, templates_of
from ryla.lib.errors import Conflict, InvalidInput
from tests.builders import PASSWORD, make_character

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True, archetype="fitness", outfit_style="wetsuit")


def save(owner: User, name: str = "Gym", recipe: str = "studio", **options: Any) -> StudioTemplate:
    return save_template(owner=owner, name=name, recipe=recipe, options=options)


def url(name: str, character: Character, *args: Any) -> str:
    return reverse(f"generation:{name}", args=[character.pk, *args])


def page(client: Client, name: str, character: Character, query: str = "") -> str:
    return client.get(url(name, character) + query).content.decode()


def checked(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)" checked', html)


# --- The service -----------------------------------------------------------------------------


def test_template_keeps_the_options_but_no_pictures_of_one_character(user: User) -> None:
    row = save(user, "  Gym   day ", scene="gym", references=["x"], prompt="at noon")
    assert (row.name, row.options) == ("Gym day", {"scene": "gym", "prompt": "at noon"})


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_template_without_a_proper_name_is_refused(user: User, name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        save(user, name)
    assert refusal.value.field == "name"
    with pytest.raises(InvalidInput):
        rename_template(template=save(user), name=name)


def test_template_name_is_taken_once_per_owner(user: User, stranger: User) -> None:
    row, other = save(user, "Gym"), save(user, "Run")
    assert save(stranger, "Gym").owner == stranger
    with pytest.raises(InvalidInput, match="already have"):
        save(user, "Gym")
    with pytest.raises(InvalidInput, match="already have"):
        rename_template(template=other, name="Gym")
    assert rename_template(template=row, name="Gym").name == "Gym"


def test_templates_beyond_the_limit_are_refused(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starts, "TEMPLATES_MAX", 2)
    save(user, "One")
    save(user, "Two", "grid")
    with pytest.raises(Conflict, match="2 templates"):
        save(user, "Three")
    assert [row.name for row in templates_of(user)] == ["One", "Two"]
    assert [row.name for row in templates_of(user, "grid")] == ["Two"]


def test_templates_go_with_the_account(user: User, stranger: User) -> None:
    save(user)
    kept = save(stranger)
    close_account(user=user, password=PASSWORD)
    assert list(StudioTemplate.objects.all()) == [kept]


def test_ours_exist_for_every_archetype_and_ask_for_what_there_is() -> None:
    can = FakeProvider.capabilities
    assert set(CURATED) == set(get_catalogue()["archetype"].by_slug)
    for ours in CURATED.values():
        assert len({start.slug for start in ours}) == len(ours) >= 3
        for start in ours:
            parsed = RECIPES["studio"].parse(start.options, can)
            assert start.options.items() <= parsed.items()


# --- The pages -------------------------------------------------------------------------------


def test_studio_form_becomes_a_template_and_asks_for_nothing(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    says = {"scene": "gym", "pose": "waving", "count": "3", "seed": "7", "prompt": "by <b>"}
    sent = {**says, "request_key": "k", "save": "template"}
    asked = client.post(url("studio", character), sent).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', asked)
    assert kept
    named = {"name": "Gym wave", "kept": kept.group(1)}
    answer = client.post(url("studio_templates", character), named)
    row = StudioTemplate.objects.get()
    assert answer["Location"] == f"{url('studio', character)}?template={row.pk}"
    assert not GenerationJob.objects.exists()
    other = make_character(owner=character.owner, ready=True)
    html = page(client, "studio", other, f"?template={row.pk}")
    filled = [checked(html, name) for name in ("scene", "pose", "count")]
    assert filled == [["gym"], ["waving"], ["3"]]
    assert 'name="seed" value="7"' in html
    assert "by &lt;b&gt;" in html
    assert re.search(r'class="chip" href="\?template=[^"]+" aria-current="true">Gym wave<', html)
    again = client.post(url("studio_templates", character), named).content.decode()
    assert "You already have a template of this name." in again
    assert 'value="Gym wave"' in again


def test_template_of_a_wrong_form_is_not_saved_but_explained(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    sent = {"scene": "moon", "count": "1", "request_key": "k", "save": "template"}
    html = client.post(url("studio", character), sent).content.decode()
    assert "moon is not one of the available choices" in html
    forged = {"name": "Mine", "kept": "eyJyZWNpcGUiOiJzdHVkaW8ifQ:x:y"}
    html = client.post(url("studio_templates", character), forged).content.decode()
    assert "Save the template from the studio again." in html
    assert not StudioTemplate.objects.exists()


def test_grid_has_templates_of_its_own(character: Character, client_of: SignIn) -> None:
    client = client_of(character.owner)
    save(character.owner, "Single", scene="gym")
    sent = {"scenes": ["cafe", "gym"], "outfits": ["pirate", "witch"], "request_key": "k"}
    asked = client.post(url("studio_grid", character), {**sent, "save": "1"}).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', asked)
    assert kept
    named = {"name": "Carnival", "kept": kept.group(1)}
    address = client.post(url("studio_templates", character), named)["Location"]
    assert address.startswith(f"{url('studio_grid', character)}?template=")
    html = client.get(address).content.decode()
    assert checked(html, "scenes") == ["cafe", "gym"]
    assert sorted(checked(html, "outfits")) == ["pirate", "witch"]
    assert ">Carnival<" in html
    assert ">Single<" not in html
    assert ">Carnival<" not in page(client, "studio", character)


def test_ours_fill_the_form_for_their_archetype_alone(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    html = page(client, "studio", character, "?curated=gym-day")
    assert (checked(html, "scene"), checked(html, "outfit")) == (["gym"], ["gym_set"])
    assert ">Morning run<" in html
    assert ">Gala night<" not in html
    assert checked(page(client, "studio", character, "?curated=gala-night"), "scene") == [
        "studio_portrait"
    ]


def test_what_the_provider_lacks_is_left_out_and_named(
    character: Character, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    can = replace(FakeProvider.capabilities, scenes=("cafe",), accepts_seeds=False, lighting=())
    monkeypatch.setattr(FakeProvider, "capabilities", can)
    client = client_of(character.owner)
    one = save(character.owner, "One", scene="gym", pose="waving", seed=7, lighting="neon", count=2)
    html = page(client, "studio", character, f"?template={one.pk}")
    assert "Not all of “One” can be had here." in html
    said = re.search(r"Left out: ([^.<]+)\.", html)
    assert said
    assert sorted(said.group(1).split(", ")) == ["Light: Neon", "Scene: Gym", "Seed: 7"]
    assert (checked(html, "scene"), checked(html, "pose")) == (["cafe"], ["waving"])
    grid = save(character.owner, "Two", "grid", scenes=["gym", "cafe"], outfits=["pirate"])
    html = page(client, "studio_grid", character, f"?template={grid.pk}")
    assert "Left out: Scene: Gym." in html
    assert checked(html, "scenes") == ["cafe"]
    fits = save(character.owner, "Three", scene="cafe")
    assert "Left out" not in page(client, "studio", character, f"?template={fits.pk}")


def test_template_of_another_one_or_of_the_other_page_is_not_there(
    character: Character, stranger: User, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    theirs, grid = save(stranger, scene="gym"), save(character.owner, recipe="grid")
    for named in (theirs.pk, grid.pk, "nonsense"):
        assert client.get(url("studio", character), {"template": named}).status_code == 404
    for name in ("studio_template_rename", "studio_template_delete"):
        assert client.post(url(name, character, theirs.pk), {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.name == "Gym"


def test_templates_are_listed_renamed_and_deleted_after_a_question(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    assert "No templates yet" in page(client, "studio_templates", character)
    row, other = save(character.owner, "Gym"), save(character.owner, "Run", "grid")
    html = page(client, "studio_templates", character)
    assert f'href="{url("studio", character)}?template={row.pk}"' in html
    assert f'href="{url("studio_grid", character)}?template={other.pk}"' in html
    rename = url("studio_template_rename", character, row.pk)
    renamed = client.post(rename, {"name": "Strength"}, follow=True).content.decode()
    assert "It is called “Strength” now." in renamed
    refused = client.post(rename, {"name": "Run"}, follow=True).content.decode()
    assert "You already have a template of this name." in refused
    delete = url("studio_template_delete", character, row.pk)
    assert "Delete “Strength”?" in client.get(delete).content.decode()
    assert StudioTemplate.objects.filter(pk=row.pk).exists()
    assert "“Strength” is deleted." in client.post(delete, follow=True).content.decode()
    assert list(StudioTemplate.objects.all()) == [other]


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_templates_asks_the_same_of_any_number(
    character: Character, client_of: SignIn, django_assert_max_num_queries: Any, count: int
) -> None:
    for n in range(count):
        save(character.owner, f"Number {n}")
    client = client_of(character.owner)
    page(client, "studio_templates", character)
    with django_assert_max_num_queries(9):
        page(client, "studio_templates", character)
