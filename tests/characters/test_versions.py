"""Each look of a character is kept, with its face and its pictures, and can be had back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from characters import versions
from characters.images import erase_due_files
from characters.models import Character, CharacterVersion, Image
from characters.services import bin_images, choose_base_face, update_character
from generation import drift
from generation.likeness import set_threshold
from ryla.lib.errors import Conflict
from tests.builders import make_character, make_image, request_job, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    """With its face, and one picture made from it."""
    character = make_character(owner=user, ready=True, name="Mara Vale")
    request_job(character)
    run_jobs()
    character.refresh_from_db()
    return character


def numbers(character: Character) -> list[int]:
    rows = CharacterVersion.objects.filter(character=character).order_by("number")
    return list(rows.values_list("number", flat=True))


def new_look(character: Character, **look: Any) -> Character:
    """Reopened, changed, and given a face: two versions at most."""
    character = versions.reopen_look(character=character)
    character = update_character(character=character, config=look)
    face = make_image(character=character, kind="base_face", settings={"look_seed": "x", "face": 0})
    choose_base_face(character=character, image=face)
    character.refresh_from_db()
    return character


def page_of(client: Client, name: str, character: Character) -> str:
    answer = client.get(reverse(name, args=[character.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


# --- Writing -------------------------------------------------------------------------------------


def test_choices_of_a_designer_are_one_version(user: User) -> None:
    draft = make_character(owner=user)
    for style in ("bun", "bald", "wavy"):
        draft = update_character(character=draft, config={"hair_style": style})
    assert numbers(draft) == [1]
    assert versions.newest_of(draft).look.hair_style == "wavy"


def test_change_after_pictures_were_asked_for_is_a_version_of_its_own(character: Character) -> None:
    changed = update_character(character=character, config={"outfit_style": "gym_set"})
    assert numbers(character)[-1] == changed.version > character.version


def test_change_that_changes_nothing_and_words_are_no_version(character: Character) -> None:
    before = numbers(character)
    update_character(character=character, name="Another", config={"bio": "New words."})
    update_character(character=character, config={"hair_style": character.look.hair_style})
    assert numbers(character) == before


def test_choices_that_lead_back_leave_no_version(character: Character) -> None:
    before, outfit = numbers(character), character.look.outfit_style
    changed = update_character(character=character, config={"outfit_style": "gym_set"})
    update_character(character=changed, config={"outfit_style": outfit})
    character.refresh_from_db()
    assert (numbers(character), character.version) == (before, before[-1])


def test_pictures_say_which_look_they_were_asked_for_with(character: Character) -> None:
    first = character.version
    changed = update_character(character=character, config={"outfit_style": "gym_set"})
    job = request_job(changed)
    update_character(character=changed, config={"outfit_style": "evening_gown"})
    run_jobs()
    made = Image.objects.get(job_id=job.pk)
    assert made.version == changed.version
    assert Image.objects.of_version(first).filter(pk=made.pk).exists() is False


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_two_versions(character: Character) -> None:
    def change(outfit: str) -> None:
        try:
            mine = Character.objects.get(pk=character.pk)
            update_character(character=mine, config={"outfit_style": outfit})
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=[o]) for o in ("gym_set", "evening_gown")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = numbers(character)
    assert found == sorted(set(found))
    character.refresh_from_db()
    assert character.version == found[-1]


def test_request_composed_from_a_look_that_was_changed_meanwhile_is_refused(user: User) -> None:
    draft = make_character(owner=user)
    stale = Character.objects.get(pk=draft.pk)
    update_character(character=draft, config={"hair_style": "bald"})
    with pytest.raises(versions.LookChanged):
        request_job(stale, "base_faces")


def test_database_holds_what_a_version_is(character: Character) -> None:
    row = CharacterVersion.objects.filter(character=character).latest("number")
    for wrong in (
        {"number": row.number},
        {"number": 0},
        {"number": 90, "why": "odd"},
        {"number": 91, "why": "restored"},
        {"number": 92, "why": "face_chosen", "face_id": None},
    ):
        row.pk, row._state.adding = None, True
        values = {"character": character, "config": row.config, "seed": "s", "why": "edited"}
        with pytest.raises(IntegrityError), transaction.atomic():
            CharacterVersion.objects.create(**{**values, **wrong})


# --- Going back ----------------------------------------------------------------------------------


def test_restored_look_has_its_face_and_can_be_undone(character: Character) -> None:
    first, face = character.version, character.base_face_id
    changed = new_look(character, hair_style="bald")
    assert changed.base_face_id != face
    old = CharacterVersion.objects.get(character=character, number=first)
    restored = versions.restore_version(character=changed, version=old)
    changed.refresh_from_db()
    assert (changed.base_face_id, changed.status) == (face, "ready")
    assert changed.look.hair_style == character.look.hair_style
    versions.undo_restore(character=changed, number=restored.number)
    changed.refresh_from_db()
    assert changed.look.hair_style == "bald"
    assert changed.base_face_id != face
    assert restored.number not in numbers(changed)


def test_restore_is_not_undone_once_something_was_made_from_it(character: Character) -> None:
    old = versions.newest_of(character)
    changed = new_look(character, hair_style="bald")
    restored = versions.restore_version(character=changed, version=old)
    changed.refresh_from_db()
    request_job(changed)
    run_jobs()
    with pytest.raises(Conflict):
        versions.undo_restore(character=changed, number=restored.number)


def test_look_that_holds_is_not_restored(character: Character) -> None:
    with pytest.raises(Conflict):
        versions.restore_version(character=character, version=versions.newest_of(character))


def test_face_in_the_bin_has_to_come_back_first(character: Character) -> None:
    old = versions.newest_of(character)
    assert old.face_id
    changed = new_look(character, hair_style="bald")
    Image.objects.filter(pk=old.face_id).update(binned_at="2026-01-01T00:00Z")
    with pytest.raises(versions.FaceNotThere):
        versions.restore_version(character=changed, version=old)


def test_version_whose_face_was_erased_leads_to_the_designer(character: Character) -> None:
    old = versions.newest_of(character)
    changed = new_look(character, hair_style="bald")
    Image.objects.filter(pk=old.face_id).delete()
    erase_due_files()
    versions.restore_version(character=changed, version=old)
    changed.refresh_from_db()
    assert (changed.status, changed.base_face_id, changed.designer_step) == ("draft", None, "look")


def test_nothing_is_restored_while_pictures_are_made(user: User) -> None:
    draft = make_character(owner=user)
    request_job(draft, "base_faces")
    draft.refresh_from_db()
    with pytest.raises(versions.Busy):
        versions.reopen_look(character=draft) if draft.base_face_id else versions.restore_version(
            character=draft, version=versions.newest_of(draft)
        )


# --- Pages ---------------------------------------------------------------------------------------


def test_page_tells_what_changed_and_leads_to_the_pictures(
    character: Character, client_of: SignIn
) -> None:
    first = character.version
    before = character.look.label("hair_style")
    new_look(character, hair_style="bald")
    html = page_of(client_of(character.owner), "characters:versions", character)
    assert f'{before} <span aria-hidden="true">→</span>' in html
    assert "The look now" in html
    assert f"version={first}" in html
    assert reverse("characters:restore_version", args=[character.pk, first]) in html


def test_page_asks_as_much_for_three_versions_as_for_one(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page_of(client, "characters:versions", character)
        return len(asked)

    queries()
    new_look(character, hair_style="bald")
    with_some = queries()
    new_look(Character.objects.get(pk=character.pk), hair_style="bun")
    assert queries() == with_some


def test_buttons_restore_and_undo(character: Character, client_of: SignIn) -> None:
    first = character.version
    new_look(character, hair_style="bald")
    client = client_of(character.owner)
    client.post(reverse("characters:restore_version", args=[character.pk, first]))
    character.refresh_from_db()
    assert character.look.hair_style != "bald"
    client.post(reverse("characters:undo_restore", args=[character.pk, character.version]))
    character.refresh_from_db()
    assert character.look.hair_style == "bald"


def test_gallery_shows_the_pictures_of_a_version(character: Character, client_of: SignIn) -> None:
    first = character.version
    later = make_image(character=character)
    Image.objects.filter(pk=later.pk).update(version=first + 1)
    client = client_of(character.owner)
    query = {"character": str(character.pk), "version": str(first)}
    shown = [card["id"] for card in client.get("/gallery/", query).context["cards"]]
    assert shown
    assert str(later.pk) not in shown


def test_first_version_is_written_for_characters_of_older_code(user: User) -> None:
    draft = make_character(owner=user)
    CharacterVersion.objects.filter(character=draft).delete()
    update_character(character=draft, config={"hair_style": "bald"})
    assert numbers(draft) == [1]


def test_favourites_tab_shows_its_own(character: Character, client_of: SignIn) -> None:
    client = client_of(character.owner)
    assert "No favourites yet" in page_of(client, "characters:favourites", character)
    image = Image.objects.filter(character=character, kind="picture").latest("pk")
    Image.objects.filter(pk=image.pk).update(is_favourite=True)
    html = page_of(client, "characters:favourites", character)
    assert reverse("generation:image", args=[image.pk]) in html


# --- Likeness over time --------------------------------------------------------------------------


def measured(character: Character, *values: float) -> None:
    for value in values:
        image = make_image(character=character)
        Image.objects.filter(pk=image.pk).update(likeness=value)


def test_drift_says_where_it_goes(character: Character) -> None:
    Image.objects.filter(character=character).update(likeness=None)
    measured(character, 0.9, 0.9, 0.9, 0.5, 0.5, 0.4)
    found = drift.drift_of(character)
    assert [point.value for point in found.points] == [0.9, 0.9, 0.9, 0.5, 0.5, 0.4]
    assert found.points[0].x < found.points[-1].x
    assert found.points[0].y < found.points[-1].y
    assert (found.median, found.earlier, found.said) == (0.5, 0.9, "It is falling.")


def test_drift_of_few_pictures_tells_no_trend(character: Character) -> None:
    Image.objects.filter(character=character).update(likeness=None)
    assert drift.drift_of(character).points == []
    measured(character, 0.8)
    assert drift.drift_of(character).said == "There are too few pictures to tell a trend."


def test_drift_is_of_the_newest(character: Character, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.objects.filter(character=character).update(likeness=None)
    monkeypatch.setattr(drift, "PICTURES_AT_MOST", 2)
    measured(character, 0.1, 0.8, 0.9)
    found = drift.drift_of(character)
    assert ([point.value for point in found.points], found.is_cut) == ([0.8, 0.9], True)


def test_likeness_page_has_a_chart_a_table_and_the_limit(
    character: Character, client_of: SignIn
) -> None:
    measured(character, 0.9, 0.2)
    set_threshold(character=character, value=0.6)
    client = client_of(character.owner)
    html = page_of(client, "generation:likeness", character)
    assert html.count("drift__point--below") >= 1
    assert "your limit, 60 %" in html
    address = reverse("generation:character_threshold", args=[character.pk])
    client.post(address, {"threshold": "70"})
    assert "your limit, 70 %" in page_of(client, "generation:likeness", character)
    client.post(address, {"threshold": "700"})
    assert "your limit, 70 %" in page_of(client, "generation:likeness", character)
    answer = client.post(address, {"threshold": "", "next": "https://evil.example/"})
    assert answer["Location"] == reverse("generation:likeness", args=[character.pk])


def test_face_stays_protected_while_it_is_worn(character: Character) -> None:
    face = character.base_face
    assert face
    with pytest.raises(Conflict):
        bin_images(owner=character.owner, images=[face])
