from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from billing import ledger
from billing.services import get_account
from characters import services
from characters.models import Character, Image
from characters.states import CharacterStatus
from characters.views import pages
from tests.builders import give_credits, make_character, make_image, request_job, run_jobs

ClientOf = Callable[[User], Client]
LIST = "/characters/"


def queries_of(client: Client, url: str) -> int:
    client.get(url)  # the first visit opens the credit account
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def _url(name: str, character: Character) -> str:
    return reverse(f"characters:{name}", args=[character.pk])


@pytest.fixture
def owner(user: User, client_of: ClientOf) -> Client:
    return client_of(user)


# --- List ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_list_without_characters_invites_to_make_one(owner: Client) -> None:
    page = owner.get(LIST).content.decode()
    assert "Create your first character" in page


@pytest.mark.django_db
def test_list_shows_ones_own_newest_first(owner: Client, user: User, stranger: User) -> None:
    older = make_character(owner=user, ready=True, name="Older")
    newer = make_character(owner=user, ready=True, name="Newer")
    make_character(owner=stranger, name="Theirs")
    cards = owner.get(LIST).context["cards"]
    assert [card["name"] for card in cards] == ["Newer", "Older"]
    assert [card["href"] for card in cards] == [_url("detail", c) for c in (newer, older)]


@pytest.mark.django_db
def test_list_pages_by_cursor_both_ways(
    owner: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "COVERS_AT_ONCE", 2)
    for n in range(5):
        make_character(owner=user, name=f"C{n}")

    def shown(url: str) -> tuple[list[str], str, str]:
        context = owner.get(url).context
        names = [card["name"] for card in context["cards"]]
        return names, context["page"].newer_url, context["page"].older_url

    first, newer, older = shown(LIST)
    assert (first, newer) == (["C4", "C3"], "")
    second, back, older = shown(older)
    assert second == ["C2", "C1"]
    third, _, end = shown(older)
    assert (third, end) == (["C0"], "")
    assert shown(back)[0] == first


@pytest.mark.django_db
def test_list_offers_the_draft_worked_on_last(owner: Client, user: User) -> None:
    one = make_character(owner=user, name="One")
    make_character(owner=user, name="Two")
    make_character(owner=user, name="Done", ready=True)
    services.update_character(character=one, designer_step="identity")
    context = owner.get(LIST).context
    assert context["draft"] == one
    assert context["draft_url"] == reverse("characters:design", args=[one.pk, "identity"])


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["look", "review"])
def test_drawn_faces_wait_to_be_picked_wherever_the_designer_was_left(
    owner: Client, user: User, step: str
) -> None:
    make_character(owner=user, name="Other", ready=True)
    drawn = make_character(owner=user, name="Drawn")
    services.update_character(character=drawn, designer_step=step)
    make_image(character=drawn, kind=Image.Kind.BASE_FACE)
    answer = owner.get(LIST)
    faces = reverse("generation:faces", args=[drawn.pk])
    card = answer.context["cards"][0]
    assert (card["href"], card["meta"], card["status_label"]) == (
        faces,
        "Pick a face",
        "Pick a face",
    )
    assert (answer.context["draft_url"], answer.context["draft_next"]) == (faces, "Pick a face")
    page = answer.content.decode()
    assert "Unfinished" not in page
    assert "Draft" not in page
    assert "Draft" not in owner.get(_url("detail", drawn)).content.decode()
    # Faces of another look are none to pick from.
    services.update_character(character=drawn, config={"hair_style": "bun"})
    card = owner.get(LIST).context["cards"][0]
    assert card["href"] == reverse("characters:design", args=[drawn.pk, step])


@pytest.mark.django_db
def test_faces_that_were_not_chosen_are_no_pictures(owner: Client, user: User) -> None:
    character = make_character(owner=user)
    faces = [make_image(character=character, kind=Image.Kind.BASE_FACE) for _ in range(3)]
    services.choose_base_face(character=character, image=faces[0])
    context = owner.get(_url("detail", character)).context
    assert [(s["value"], s["label"]) for s in context["stats"]] == [
        ("0", "Pictures"),
        ("0", "Favourites"),
        ("3", "Faces"),
    ]
    assert context["cards"] == []


@pytest.mark.django_db
def test_card_leads_to_what_is_next(owner: Client, user: User) -> None:
    drawing = make_character(owner=user, name="Drawing")
    services.begin_generation(character=drawing)
    failed = make_character(owner=user, name="Failed")
    services.begin_generation(character=failed)
    services.settle_generation(character=failed, error="No luck.")
    cards = {card["name"]: card for card in owner.get(LIST).context["cards"]}
    for character in (drawing, failed):
        faces = reverse("generation:faces", args=[character.pk])
        assert cards[character.name]["href"] == faces


@pytest.mark.django_db
def test_queries_of_the_list_do_not_grow(owner: Client, user: User) -> None:
    make_character(owner=user, ready=True)
    with_one = queries_of(owner, LIST)
    for _ in range(2):
        make_character(owner=user, ready=True)
    assert queries_of(owner, LIST) == with_one <= 8


@pytest.mark.django_db
def test_covers_fragment_is_what_the_page_included(owner: Client, user: User) -> None:
    make_character(owner=user, ready=True)
    fragment = owner.get(reverse("characters:covers")).content.decode().strip()
    assert fragment.startswith('<div id="covers" data-refresh="/characters/covers/"')
    assert fragment in owner.get(LIST).content.decode()


# --- One -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page_of_a_character_shows_who_it_is(owner: Client, user: User) -> None:
    character = make_character(
        owner=user,
        ready=True,
        name="Ines Sol",
        handle="ines",
        bio="First.\nSecond.",
        archetype="luxury",
        personality=["bold", "shy"],
    )
    answer = owner.get(_url("detail", character))
    page = answer.content.decode()
    for words in ("Ines Sol", "@ines", "First.<br>Second.", "Luxury lifestyle"):
        assert words in page
    assert answer.context["traits"] == ["Bold", "Shy"]
    face = reverse("characters:image_file", args=[character.base_face_id, "large"])
    assert answer.context["face_url"] == face


@pytest.mark.django_db
def test_words_of_a_person_are_never_read_as_html(owner: Client, user: User) -> None:
    evil = "<script>alert(1)</script>"
    character = make_character(owner=user, ready=True, name=evil, bio=evil)
    make_image(character=character, alt=evil)
    for url in (LIST, _url("detail", character), "/gallery/", _url("delete", character)):
        assert evil not in owner.get(url).content.decode()


@pytest.mark.django_db
def test_counts_are_of_what_is_visible(owner: Client, user: User) -> None:
    character = make_character(owner=user, ready=True)
    made = [make_image(character=character) for _ in range(4)]
    services.set_favourite(image=made[0], is_favourite=True)
    services.bin_images(owner=user, images=[made[1]])
    services.withhold_image(image=made[2], reason="A check")
    context = owner.get(_url("detail", character)).context
    assert [(s["value"], s["label"]) for s in context["stats"]] == [
        ("2", "Pictures"),
        ("1", "Favourite"),
        ("1", "Face"),
    ]


@pytest.mark.django_db
def test_counting_stops_where_people_stop(
    owner: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "COUNT_UP_TO", 2)
    character = make_character(owner=user, ready=True)
    for _ in range(3):
        make_image(character=character)
    assert owner.get(_url("detail", character)).context["stats"][0]["value"] == "2+"


@pytest.mark.django_db
def test_profile_set_is_offered_at_its_price_and_can_be_ordered_from_the_page(
    owner: Client, user: User
) -> None:
    character = make_character(owner=user, ready=True)
    account = get_account(user)
    ledger.charge(account, account.balance - 249, key="test:spent")
    poor = owner.get(_url("detail", character)).content.decode()
    assert "Make the profile set" in poor
    assert "How to get more" in poor
    give_credits(user, 1)
    page = owner.get(_url("detail", character)).content.decode()
    assert "How to get more" not in page
    assert f'action="{reverse("generation:profile_set", args=[character.pk])}"' in page


@pytest.mark.django_db
def test_pictures_come_onto_the_page_as_they_are_delivered(
    owner: Client, user: User, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    character = make_character(owner=user, ready=True)
    give_credits(user, 1000)
    request_job(character, count=2)
    fragment = reverse("characters:pictures", args=[character.pk])
    before = len(owner.get(fragment).context["cards"])
    run_jobs()
    after = owner.get(fragment)
    assert len(after.context["cards"]) == before + 2
    text = after.content.decode().strip()
    assert f'data-refresh-subject="{character.pk}"' in text
    assert 'data-refresh-on="generation.image.delivered"' in text


@pytest.mark.django_db
def test_pictures_fragment_pages_like_its_page(
    owner: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PICTURES_AT_ONCE", 2)
    character = make_character(owner=user)
    made = [make_image(character=character) for _ in range(3)]
    first = owner.get(_url("pictures", character))
    older = first.context["page"].older_url
    page, query = older.split("?")
    assert page == _url("detail", character)  # of the page that shows it, not of the fragment
    second = owner.get(older)
    assert [card["id"] for card in second.context["cards"]] == [str(made[0].pk)]
    assert f'data-refresh="{_url("pictures", character)}?{query}"' in second.content.decode()


@pytest.mark.django_db
def test_queries_of_the_page_do_not_grow(owner: Client, user: User) -> None:
    character = make_character(owner=user, ready=True)
    make_image(character=character)
    with_one = queries_of(owner, _url("detail", character))
    for _ in range(2):
        make_image(character=character)
    assert queries_of(owner, _url("detail", character)) == with_one <= 14


@pytest.mark.django_db
def test_page_of_a_draft_leads_back_to_the_designer(owner: Client, user: User) -> None:
    character = make_character(owner=user)
    answer = owner.get(_url("detail", character))
    assert answer.context["resume_url"] == reverse("characters:design", args=[character.pk, "look"])
    assert "Make the profile set" not in answer.content.decode()


@pytest.mark.django_db
def test_page_of_a_draft_with_drawn_faces_asks_to_pick_one(owner: Client, user: User) -> None:
    character = make_character(owner=user)
    make_image(character=character, kind=Image.Kind.BASE_FACE)
    page = owner.get(_url("detail", character)).content.decode()
    assert "Pick a face" in page
    assert f'href="{reverse("generation:faces", args=[character.pk])}"' in page


# --- Changing it ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_edit_changes_the_identity(owner: Client, user: User) -> None:
    character = make_character(owner=user, ready=True, handle="old")
    data = {"name": "New Name", "handle": "new", "bio": "New."}
    assert owner.post(_url("edit", character), data).url == _url("detail", character)
    character.refresh_from_db()
    assert (character.name, character.handle, character.look.bio) == ("New Name", "new", "New.")


@pytest.mark.django_db
def test_edit_refuses_a_handle_that_is_taken_at_its_field(owner: Client, user: User) -> None:
    make_character(owner=user, handle="taken")
    character = make_character(owner=user, ready=True, handle="old")
    answer = owner.post(_url("edit", character), {"name": "N", "handle": "taken", "bio": ""})
    assert answer.context["form"].errors == {"handle": ["You already use this handle."]}
    character.refresh_from_db()
    assert character.handle == "old"


@pytest.mark.django_db
def test_duplicate_is_a_draft_with_the_same_look(owner: Client, user: User) -> None:
    character = make_character(owner=user, ready=True, handle="one", hair_style="bun")
    answer = owner.post(_url("duplicate", character))
    copy = Character.objects.exclude(pk=character.pk).get()
    assert answer.url == reverse("characters:design", args=[copy.pk, "look"])
    assert copy.config == character.config
    assert (copy.status, copy.base_face, copy.handle) == (CharacterStatus.DRAFT, None, "")
    assert copy.seed != character.seed


@pytest.mark.django_db
def test_delete_says_what_goes_and_erases_only_when_told(owner: Client, user: User) -> None:
    character = make_character(owner=user, ready=True, name="Ines")
    make_image(character=character)
    make_image(character=character)
    page = owner.get(_url("delete", character)).content.decode()
    assert "all of its 2 pictures" in page
    assert Character.objects.filter(pk=character.pk).exists()
    assert owner.post(_url("delete", character)).url == LIST
    assert not Character.objects.exists()
    assert not Image.objects.exists()


@pytest.mark.django_db
def test_character_being_drawn_is_not_deleted_with_its_paid_job(owner: Client, user: User) -> None:
    character = make_character(owner=user, ready=True)
    give_credits(user, 1000)
    job = request_job(character)
    answer = owner.post(_url("delete", character), follow=True)
    assert "wait for them or cancel" in answer.content.decode()
    job.refresh_from_db()
    assert job.credits_charged > 0
    run_jobs()
    assert owner.post(_url("delete", character)).url == LIST


# --- Whose ---------------------------------------------------------------------------------------

GET_NAMES = ("detail", "pictures", "edit", "delete", "download_set")
POST_NAMES = ("edit", "delete", "duplicate", "surprise", "undo", "redo", "reopen_look")


@pytest.mark.django_db
@pytest.mark.parametrize("name", GET_NAMES)
def test_stranger_finds_no_page(user: User, stranger: User, client_of: ClientOf, name: str) -> None:
    character = make_character(owner=user, ready=True)
    assert client_of(stranger).get(_url(name, character)).status_code == 404
    assert Client().get(_url(name, character)).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("name", POST_NAMES)
def test_stranger_changes_nothing(
    user: User, stranger: User, client_of: ClientOf, name: str
) -> None:
    character = make_character(owner=user, ready=True)
    before = list(Character.objects.values())
    data = {"name": "Stolen", "handle": "stolen", "bio": "", "step": "style"}
    assert client_of(stranger).post(_url(name, character), data).status_code == 404
    assert list(Character.objects.values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", POST_NAMES)
def test_post_without_the_token_is_refused(user: User, name: str) -> None:
    character = make_character(owner=user, ready=True)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(_url(name, character)).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["duplicate", "surprise", "undo", "redo", "reopen_look"])
def test_changes_are_not_made_by_following_a_link(owner: Client, user: User, name: str) -> None:
    character = make_character(owner=user)
    assert owner.get(_url(name, character)).status_code == 405
    assert Character.objects.count() == 1
