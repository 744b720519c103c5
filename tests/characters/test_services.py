from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from accounts.models import Event, User
from characters import images as files
from characters import services, suggestions
from characters.config import CharacterConfig
from characters.models import Character, Image, ReviewDecision, StoredFile
from characters.states import CharacterStatus
from ryla.lib.errors import Conflict, InvalidInput
from tests.builders import make_character, make_image


def _kinds(user: User) -> list[str]:
    return list(Event.objects.filter(user=user).order_by("id").values_list("kind", flat=True))


# --- Making and changing -----------------------------------------------------------------------


@pytest.mark.django_db
def test_character_begins_as_a_draft_and_its_owner_is_told(user: User) -> None:
    character = services.create_character(owner=user, config=CharacterConfig())
    assert (character.status, character.designer_step) == (CharacterStatus.DRAFT, "look")
    event = Event.objects.get(user=user)
    assert (event.kind, event.subject) == ("characters.character.created", str(character.pk))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"),
    [("  Ines \t Sol ", "Ines Sol"), ("", ""), ("x" * 100, "x" * 100)],
)
def test_name_is_tidied(user: User, given: str, kept: str) -> None:
    character = services.create_character(owner=user, config=CharacterConfig(), name=given)
    assert character.name == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("handle", "kept"),
    [("@ines", "ines"), (" a-b_9 ", "a-b_9"), ("", ""), ("x" * 30, "x" * 30)],
)
def test_handle_is_tidied(user: User, handle: str, kept: str) -> None:
    character = services.create_character(owner=user, config=CharacterConfig(), handle=handle)
    assert character.handle == kept


@pytest.mark.django_db
@pytest.mark.parametrize("handle", ["ab", "x" * 31, "a b", "ä-ö-ü", "a.b.c", "abc\n"[:3] + "/"])
def test_wrong_handle_is_refused_by_name(user: User, handle: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.create_character(owner=user, config=CharacterConfig(), handle=handle)
    assert refused.value.field == "handle"
    assert not Character.objects.exists()


@pytest.mark.django_db
def test_handle_is_unique_per_owner_only(user: User, stranger: User) -> None:
    make_character(owner=user, handle="mara")
    make_character(owner=stranger, handle="mara")
    with pytest.raises(InvalidInput, match="already use this handle"):
        make_character(owner=user, handle="mara")
    make_character(owner=user, handle="")
    make_character(owner=user, handle="")


@pytest.mark.django_db
def test_update_changes_what_is_given(user: User) -> None:
    character = make_character(owner=user, name="Old", handle="old", bio="Old.")
    changed = services.update_character(
        character=character, config={"glasses": "round"}, name="New"
    )
    assert (changed.name, changed.handle) == ("New", "old")
    assert (changed.look.glasses, changed.look.bio) == ("round", "Old.")


@pytest.mark.django_db
def test_update_that_is_refused_changes_nothing(user: User) -> None:
    make_character(owner=user, handle="taken")
    character = make_character(owner=user, name="Old")
    for change in (
        {"name": "New", "config": {"glasses": "monocle"}},
        {"name": "New", "handle": "taken"},
        {"name": "New", "handle": "?"},
    ):
        with pytest.raises(InvalidInput):
            services.update_character(character=character, **change)  # type: ignore[arg-type]
    character.refresh_from_db()
    assert character.name == "Old"


# --- The face ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_chosen_face_makes_the_character_ready_and_that_person(user: User) -> None:
    character = make_character(owner=user)
    face = make_image(character=character, kind="base_face", look_seed="person-7")
    character = services.choose_base_face(character=character, image=face)
    assert character.status == CharacterStatus.READY
    assert (character.base_face, character.seed) == (face, "person-7")
    assert character.drawn_look()["seed"] == "person-7"
    assert _kinds(user)[-1] == "characters.character.ready"


@pytest.mark.django_db
def test_choosing_the_same_face_again_changes_nothing(user: User) -> None:
    character = make_character(owner=user, ready=True)
    before = _kinds(user)
    face = character.base_face
    assert face is not None
    services.choose_base_face(character=character, image=face)
    assert _kinds(user) == before


@pytest.mark.django_db
def test_another_face_is_refused_once_one_is_chosen(user: User) -> None:
    character = make_character(owner=user, ready=True)
    other = make_image(character=character, kind="base_face")
    with pytest.raises(services.LookIsFixed):
        services.choose_base_face(character=character, image=other)


@pytest.mark.django_db
def test_face_of_somebody_else_or_no_face_is_refused(user: User) -> None:
    character = make_character(owner=user)
    for image in (
        make_image(character=character),
        make_image(character=make_character(owner=user), kind="base_face"),
    ):
        with pytest.raises(InvalidInput):
            services.choose_base_face(character=character, image=image)


@pytest.mark.django_db
def test_face_drawn_for_another_look_is_refused_and_not_offered(user: User) -> None:
    character = make_character(owner=user)
    face = make_image(character=character, kind="base_face")
    assert services.find_faces(character) == [face]
    character = services.update_character(character=character, config={"glasses": "round"})
    assert services.find_faces(character) == []
    with pytest.raises(Conflict, match="The look changed"):
        services.choose_base_face(character=character, image=face)
    character = services.update_character(character=character, config={"glasses": "none"})
    assert services.find_faces(character) == [face]


@pytest.mark.django_db
@pytest.mark.parametrize("away", ["binned", "withheld"])
def test_face_that_is_away_is_refused(user: User, away: str) -> None:
    character = make_character(owner=user)
    face = make_image(character=character, kind="base_face")
    if away == "binned":
        services.bin_images(owner=user, images=[face])
    else:
        services.withhold_image(image=face, reason="A check")
    face.refresh_from_db()
    with pytest.raises(InvalidInput, match="not available"):
        services.choose_base_face(character=character, image=face)


@pytest.mark.django_db
def test_nameless_character_gets_its_name_before_its_face(user: User) -> None:
    character = make_character(owner=user, name="")
    face = make_image(character=character, kind="base_face")
    with pytest.raises(InvalidInput) as refused:
        services.choose_base_face(character=character, image=face)
    assert refused.value.field == "name"


@pytest.mark.django_db
def test_look_is_fixed_with_the_face_and_the_voice_is_not(user: User) -> None:
    character = make_character(owner=user, ready=True)
    with pytest.raises(services.LookIsFixed):
        services.update_character(character=character, config={"glasses": "round"})
    changed = services.update_character(character=character, config={"outfit_style": "witch"})
    assert changed.look.outfit_style == "witch"


# --- Generating --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_generation_ends_where_it_belongs(user: User) -> None:
    draft, ready = make_character(owner=user), make_character(owner=user, ready=True)
    for character, error, expected in (
        (draft, "", CharacterStatus.DRAFT),
        (draft, "No luck.", CharacterStatus.FAILED),
        (draft, "", CharacterStatus.DRAFT),
        (ready, "No luck.", CharacterStatus.READY),
    ):
        services.begin_generation(character=character)
        character.refresh_from_db()
        assert character.status == CharacterStatus.GENERATING
        services.settle_generation(character=character, error=error)
        character.refresh_from_db()
        assert character.status == expected
    assert ready.generation_error == ""


# --- Copy and end ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_copy_of_a_long_name_fits(user: User) -> None:
    copy = services.duplicate_character(character=make_character(owner=user, name="x" * 100))
    assert len(copy.name) == 100


@pytest.mark.django_db
def test_deleted_character_takes_its_files_along(user: User) -> None:
    character = make_character(owner=user, ready=True)
    images = [make_image(character=character), character.base_face]
    kept = make_image(character=make_character(owner=user))
    services.delete_character(character=character)
    files.erase_due_files()
    storage = storages["images"]
    assert not any(storage.exists(key) for image in images if image for key in image.keys)
    assert all(storage.exists(key) for key in kept.keys)
    assert _kinds(user)[-1] == "characters.character.deleted"


@pytest.mark.django_db
def test_character_under_way_is_not_deleted(user: User) -> None:
    character = make_character(owner=user, ready=True)
    services.begin_generation(character=character)
    with pytest.raises(Conflict):
        services.delete_character(character=character)
    assert Character.objects.filter(pk=character.pk).exists()


# --- Pictures ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_bin_and_restore_are_told_once(user: User) -> None:
    character = make_character(owner=user)
    images = [make_image(character=character) for _ in range(2)]
    for _ in range(2):
        services.bin_images(owner=user, images=images)
    assert _kinds(user).count("characters.images.binned") == 1
    for _ in range(2):
        services.restore_images(owner=user, images=images)
    assert _kinds(user).count("characters.images.restored") == 1


@pytest.mark.django_db
def test_binning_again_does_not_start_the_days_anew(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    long_ago = timezone.now() - timedelta(days=20)
    Image.objects.filter(pk=image.pk).update(binned_at=long_ago)
    services.bin_images(owner=user, images=[image])
    image.refresh_from_db()
    assert image.binned_at == long_ago


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["bin_images", "restore_images", "erase_binned"])
def test_nobody_moves_the_pictures_of_another(user: User, stranger: User, verb: str) -> None:
    image = make_image(character=make_character(owner=user))
    if verb != "bin_images":
        services.bin_images(owner=user, images=[image])
    before = list(Image.objects.values())
    assert getattr(services, verb)(owner=stranger, images=[image]) == 0
    assert list(Image.objects.values()) == before


@pytest.mark.django_db
def test_bins_are_emptied_after_their_days(user: User, settings: Any) -> None:
    character = make_character(owner=user)
    old, young, kept = (make_image(character=character) for _ in range(3))
    days = settings.BIN_KEEPS_DAYS
    for image, age in ((old, days + 0.1), (young, days - 0.1)):
        binned_at = timezone.now() - timedelta(days=age)
        Image.objects.filter(pk=image.pk).update(binned_at=binned_at)
    assert services.empty_bins() == 1
    assert set(Image.objects.all()) == {young, kept}
    assert set(StoredFile.objects.values_list("key", flat=True)) == set(old.keys)


@pytest.mark.django_db
def test_released_picture_is_seen_again(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    services.withhold_image(image=image, reason="A check")
    assert not Image.objects.owned_by(user).viewable().exists()
    services.release_image(image=image, reason="All is well")
    assert Image.objects.owned_by(user).visible().get() == image
    with pytest.raises(Conflict):
        services.release_image(image=image, reason="All is well")


@pytest.mark.django_db
def test_every_decision_is_kept_with_its_reason_and_told_to_the_owner(
    user: User, stranger: User
) -> None:
    image = make_image(character=make_character(owner=user))
    services.withhold_image(image=image, reason="  Reported\nby somebody ")
    services.release_image(image=image, reason="Nothing wrong with it")
    services.remove_image(image=image, reason="A real person after all")
    decided = [
        ("withheld", "Reported by somebody"),
        ("visible", "Nothing wrong with it"),
        ("removed", "A real person after all"),
    ]
    kept = ReviewDecision.objects.filter(image=image).order_by("pk")
    assert list(kept.values_list("review", "reason")) == decided
    told = Event.objects.filter(user=user, kind__startswith="characters.image.").order_by("pk")
    assert [(e.subject, e.data) for e in told] == [
        (str(image.pk), {"reason": reason}) for _, reason in decided
    ]
    assert not Event.objects.filter(user=stranger).exists()
    latest = services.find_decision(image=image)
    assert latest
    assert latest.reason == "A real person after all"


@pytest.mark.django_db
def test_removed_picture_loses_its_files_and_keeps_its_row(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    services.bin_images(owner=user, images=[image])
    services.remove_image(image=image, reason="A real person")
    image.refresh_from_db()
    assert (image.review, image.binned_at) == ("removed", None)
    assert files.erase_due_files() == 3
    with pytest.raises(FileNotFoundError):
        files.read(image)
    mine = Image.objects.owned_by(user)
    assert [rows.exists() for rows in (mine.visible(), mine.viewable(), mine.binned())] == 3 * [
        False
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["withhold_image", "release_image", "remove_image"])
def test_removed_picture_stays_removed(user: User, verb: str) -> None:
    image = make_image(character=make_character(owner=user))
    services.remove_image(image=image, reason="A real person")
    with pytest.raises(Conflict):
        getattr(services, verb)(image=image, reason="Once more")
    assert ReviewDecision.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", " \n ", "x" * 301])
def test_decision_without_a_fitting_reason_changes_nothing(user: User, reason: str) -> None:
    image = make_image(character=make_character(owner=user))
    with pytest.raises(InvalidInput) as refused:
        services.remove_image(image=image, reason=reason)
    assert refused.value.field == "reason"
    image.refresh_from_db()
    assert image.review == "visible"
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_decisions_go_with_the_character_of_the_picture(user: User) -> None:
    image = make_image(character=make_character(owner=user))
    services.withhold_image(image=image, reason="A check")
    services.delete_character(character=image.character)
    assert not ReviewDecision.objects.exists()


# --- Suggestions -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_suggested_handle_is_free_and_valid(user: User, stranger: User) -> None:
    taken = []
    for _ in range(3):
        handle = suggestions.suggest_handle(user, "Mára  Vale!")
        make_character(owner=user, handle=handle)
        taken.append(handle)
    assert taken == ["m-ra-vale", "m-ra-vale-2", "m-ra-vale-3"]
    assert suggestions.suggest_handle(stranger, "Mára  Vale!") == "m-ra-vale"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "美", "!!", "ab"])
def test_name_without_letters_suggests_no_handle(user: User, name: str) -> None:
    assert suggestions.suggest_handle(user, name) == ""


@pytest.mark.django_db
def test_suggested_handle_of_the_longest_name_fits(user: User) -> None:
    for _ in range(2):
        handle = suggestions.suggest_handle(user, "x" * 100)
        make_character(owner=user, handle=handle)
        assert len(handle) <= 30


def test_suggested_name_fits_the_presentation() -> None:
    names = {
        word: {
            suggestions.suggest_name(CharacterConfig.parse({"presentation": word})).split()[0]
            for _ in range(40)
        }
        for word in ("female", "male", "androgynous")
    }
    assert names["female"].isdisjoint(names["male"])


# --- Mails about decisions -----------------------------------------------------------------------
