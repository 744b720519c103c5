from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters import services, suggestions
from characters.catalogue import get_catalogue
from characters.config import FACE_FIELDS, CharacterConfig
from characters.models import Character
from characters.pictures import SHOWN_FIELDS
from characters.presets import PRESETS
from characters.states import CharacterStatus
from characters.views.pickers import LOOK_ORDER
from tests.builders import make_character

ClientOf = Callable[[User], Client]
AUTOSAVE = {"X-Autosave": "1"}


def _url(character: Character, step: str) -> str:
    return reverse("characters:design", args=[character.pk, step])


def _look(character: Character, **changes: str) -> dict[str, str]:
    """What the first screen posts."""
    look = character.look
    return {**{name: getattr(look, name) for name in LOOK_ORDER}, **changes}


def _style(**changes: Any) -> dict[str, Any]:
    given = {"outfit_style": "gym_set", "archetype": "fitness", "personality": ["bold"]}
    return {**given, **changes}


@pytest.fixture
def draft(user: User) -> Character:
    return make_character(owner=user, name="")


@pytest.fixture
def owner(user: User, client_of: ClientOf) -> Client:
    return client_of(user)


# --- Start ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_start_page_offers_every_preset_as_a_picture(owner: Client) -> None:
    answer = owner.get(reverse("characters:new"))
    options = answer.context["options"]
    assert [option["value"] for option in options] == list(PRESETS)
    assert [option["checked"] for option in options] == [True, *[False] * 5]
    for option in options:
        assert option["image"].startswith(reverse("generation:preview") + "?")
    assert "Surprise me" in answer.content.decode()


@pytest.mark.django_db
def test_preset_becomes_a_draft_with_that_look(owner: Client, user: User) -> None:
    answer = owner.post(reverse("characters:new"), {"preset": "front_row"})
    character = Character.objects.get(owner=user)
    assert answer.url == _url(character, "look")
    assert character.look == PRESETS["front_row"].config
    assert (character.status, character.designer_step) == (CharacterStatus.DRAFT, "look")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data", [{}, {"preset": "nobody"}, {"preset": "front_row", "surprise": "1"}]
)
def test_surprise_becomes_a_draft_that_is_drawn_by_the_illustrator(
    owner: Client, user: User, data: dict[str, str]
) -> None:
    owner.post(reverse("characters:new"), data)
    look = Character.objects.get(owner=user).look
    assert look.visual_style == "illustrated"
    assert look != PRESETS["front_row"].config


@pytest.mark.django_db
def test_account_that_is_full_is_told_so(
    owner: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MAX_CHARACTERS", 0)
    answer = owner.post(reverse("characters:new"), {"preset": "front_row"}, follow=True)
    assert "at most 0 characters" in answer.content.decode()
    assert not Character.objects.exists()


# --- Look ----------------------------------------------------------------------------------------


def test_groups_ask_every_question_of_a_face_but_the_style() -> None:
    assert sorted(LOOK_ORDER) == sorted(set(FACE_FIELDS) - {"visual_style"})


@pytest.mark.django_db
def test_every_option_of_the_look_is_shown_as_a_picture_or_a_colour(
    owner: Client, draft: Character
) -> None:
    groups = owner.get(_url(draft, "look")).context["groups"]
    asked = {picker["name"]: picker for group in groups for picker in group["pickers"]}
    assert list(asked) == list(LOOK_ORDER)
    for name, picker in asked.items():
        options = picker["options"]
        assert [o["value"] for o in options] == list(get_catalogue()[name].by_slug)
        assert [o["value"] for o in options if o["checked"]] == [getattr(draft.look, name)]
        for option in options:
            shown = option["color"] if name == "hair_colour" else option["image"]
            assert shown


@pytest.mark.django_db
def test_option_picture_shows_this_look_with_that_option(owner: Client, draft: Character) -> None:
    groups = owner.get(_url(draft, "look")).context["groups"]
    (picker,) = [p for g in groups for p in g["pickers"] if p["name"] == "hair_style"]
    address = picker["options"][2]["image"]
    path, _, query = address.partition("?")
    assert path == reverse("generation:preview_option", args=["hair_style", "braids"])
    shown = "presentation=female&ethnicity=mixed&age_range=26-33&skin_tone=medium&hair_colour=brown"
    assert query == shown
    assert picker["options"][2]["src_template"] == path + "?{look}"
    assert picker["options"][2]["src_fields"].split() == re.findall(r"(\w+)=", shown)


@pytest.mark.django_db
def test_option_pictures_change_only_with_what_they_show(owner: Client, user: User) -> None:
    plain = make_character(owner=user)
    other = make_character(owner=user, glasses="round", hair_colour="#12abef")
    pictures = {}
    for character in (plain, other):
        groups = owner.get(_url(character, "look")).context["groups"]
        pictures[character] = {
            p["name"]: p["options"][0].get("image") for g in groups for p in g["pickers"]
        }
    changed = {n for n, image in pictures[plain].items() if image != pictures[other][n]}
    assert {n for n in LOOK_ORDER if "hair_colour" in SHOWN_FIELDS[n]} == changed
    assert "hair_colour=%2312abef" in pictures[other]["hair_style"]


@pytest.mark.django_db
def test_style_pictures_show_the_saved_look_and_never_change_there(
    owner: Client, user: User
) -> None:
    draft = make_character(owner=user, body_type="curvy")
    pickers = owner.get(_url(draft, "style")).context["pickers"]
    outfit = pickers["outfit_style"]["groups"][0]["options"][0]
    assert "body_type=curvy" in outfit["image"]
    assert "?" not in pickers["personality"]["options"][0]["image"]
    assert "src_template" not in outfit


@pytest.mark.django_db
def test_closed_group_says_its_answers(owner: Client, user: User) -> None:
    draft = make_character(
        owner=user,
        face_shape="round",
        eye_colour="green",
        freckles="light",
        hair_colour="#12abef",
    )
    groups = {g["slug"]: g for g in owner.get(_url(draft, "look")).context["groups"]}
    assert groups["face"]["summary"] == "Round face, Green eyes, Freckles"
    assert groups["hair"]["summary"] == "Long, Your own colour"
    assert groups["details"]["summary"] == "None"
    assert [slug for slug, group in groups.items() if group["is_open"]] == ["basics"]


@pytest.mark.django_db
def test_style_of_drawing_is_no_question_while_there_is_only_one(
    owner: Client, draft: Character
) -> None:
    assert 'name="visual_style"' not in owner.get(_url(draft, "look")).content.decode()


@pytest.mark.django_db
def test_continue_saves_the_look_and_goes_to_the_style(owner: Client, draft: Character) -> None:
    data = _look(draft, hair_style="bun", glasses="round")
    answer = owner.post(_url(draft, "look"), {**data, "go": "next"})
    assert answer.url == _url(draft, "style")
    draft.refresh_from_db()
    assert (draft.look.hair_style, draft.look.glasses) == ("bun", "round")
    assert draft.designer_step == "style"


@pytest.mark.django_db
def test_update_preview_saves_and_stays(owner: Client, draft: Character) -> None:
    """The way without JavaScript: the page comes back with the new picture."""
    data = {**_look(draft, hair_style="bun"), "go": "stay"}
    answer = owner.post(_url(draft, "look"), data, follow=True)
    assert answer.redirect_chain[-1][0] == _url(draft, "look")
    assert "hair_style=bun" in answer.context["preview_url"]


@pytest.mark.django_db
def test_colour_of_ones_own_is_kept(owner: Client, draft: Character) -> None:
    data = _look(draft, hair_colour="custom", hair_colour_custom="#12ABef")
    owner.post(_url(draft, "look"), {**data, "go": "stay"})
    draft.refresh_from_db()
    assert draft.look.hair_colour == "#12abef"
    page = owner.get(_url(draft, "look")).content.decode()
    assert 'name="hair_colour_custom" value="#12abef"' in page


@pytest.mark.django_db
def test_colour_chip_left_alone_does_not_change_the_hair(owner: Client, draft: Character) -> None:
    data = _look(draft, hair_colour="red", hair_colour_custom="#123456")
    owner.post(_url(draft, "look"), data)
    draft.refresh_from_db()
    assert draft.look.hair_colour == "red"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [("age_range", "12-17"), ("hair_style", "<script>"), ("hair_colour", "#12")],
)
def test_wrong_choice_is_refused_at_its_field_and_nothing_is_saved(
    owner: Client, draft: Character, name: str, value: str
) -> None:
    before = draft.config
    data = _look(draft, **{"glasses": "round", name: value})
    answer = owner.post(_url(draft, "look"), {**data, "go": "next"})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [name]
    (group,) = [g for g in answer.context["groups"] if name in [p["name"] for p in g["pickers"]]]
    assert group["is_open"]
    assert f'id="picker-{name}-error"' in answer.content.decode()
    draft.refresh_from_db()
    assert draft.config == before


@pytest.mark.django_db
def test_wrong_colour_of_ones_own_is_refused_at_the_hair_colour(
    owner: Client, draft: Character
) -> None:
    data = _look(draft, hair_colour="custom", hair_colour_custom="pink")
    answer = owner.post(_url(draft, "look"), data)
    assert list(answer.context["form"].errors) == ["hair_colour"]


# --- Autosave ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_autosave_keeps_the_answers_and_says_nothing(owner: Client, draft: Character) -> None:
    answer = owner.post(_url(draft, "look"), _look(draft, scars="brow"), headers=AUTOSAVE)
    assert (answer.status_code, answer.content) == (204, b"")
    draft.refresh_from_db()
    assert (draft.look.scars, draft.designer_step) == ("brow", "look")


@pytest.mark.django_db
def test_autosave_names_the_field_that_is_wrong(owner: Client, draft: Character) -> None:
    answer = owner.post(_url(draft, "look"), _look(draft, scars="x"), headers=AUTOSAVE)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "scars"
    assert "is not an option" in answer.json()["error"]["message"]


@pytest.mark.django_db
def test_autosave_of_somebody_signed_out_is_sent_to_the_door(draft: Character) -> None:
    answer = Client().post(_url(draft, "look"), _look(draft), headers=AUTOSAVE)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("accounts:sign_in"))


@pytest.mark.django_db
def test_draft_goes_on_in_another_browser_where_it_was_left(
    owner: Client, user: User, client_of: ClientOf, draft: Character
) -> None:
    owner.post(_url(draft, "look"), {**_look(draft, hair_style="bun"), "go": "next"})
    elsewhere = client_of(user)
    page = elsewhere.get(reverse("characters:list"))
    # Its card is the only one, so nothing offers it a second time.
    assert "draft_url" not in page.context
    assert [card["href"] for card in page.context["cards"]] == [_url(draft, "style")]
    assert "hair_style=bun" in elsewhere.get(_url(draft, "style")).context["preview_url"]


# --- Surprise ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_surprise_changes_the_look_and_nothing_else(owner: Client, user: User) -> None:
    draft = make_character(owner=user, bio="Mine.", archetype="luxury", personality=["shy"])
    url = reverse("characters:surprise", args=[draft.pk])
    looks = []
    for _ in range(5):
        answer = owner.post(url, {**_look(draft), "step": "look"})
        assert answer.url == _url(draft, "look")
        draft.refresh_from_db()
        looks.append(draft.look)
    assert len({str(look.face()) for look in looks}) > 1
    kept = {(look.bio, look.archetype, look.personality, look.visual_style) for look in looks}
    assert kept == {("Mine.", "luxury", ("shy",), "illustrated")}


@pytest.mark.django_db
def test_undo_brings_back_what_was_on_the_screen_even_if_it_was_not_saved(
    owner: Client, draft: Character
) -> None:
    on_screen = _look(draft, hair_style="bun", hair_colour="red")
    owner.post(reverse("characters:surprise", args=[draft.pk]), {**on_screen, "step": "look"})
    assert owner.get(_url(draft, "look")).context["can_undo"]

    owner.post(reverse("characters:undo", args=[draft.pk]), {"step": "look"})

    draft.refresh_from_db()
    assert {name: getattr(draft.look, name) for name in LOOK_ORDER} == on_screen
    assert owner.get(_url(draft, "look")).context["can_redo"]


@pytest.mark.django_db
def test_undo_and_redo_go_step_by_step_on_every_device(
    client_of: ClientOf, user: User, draft: Character
) -> None:
    styles = [draft.look.hair_style]
    for style in ("bun", "bald", "wavy"):
        client_of(user).post(_url(draft, "look"), _look(draft, hair_style=style), headers=AUTOSAVE)
        draft.refresh_from_db()
        styles.append(draft.look.hair_style)
    assert styles[1:] == ["bun", "bald", "wavy"]

    def turned(name: str) -> str:
        client_of(user).post(reverse(f"characters:{name}", args=[draft.pk]), {"step": "look"})
        draft.refresh_from_db()
        return draft.look.hair_style

    assert [turned("undo") for _ in range(4)] == [*styles[2::-1], styles[0]]
    assert [turned("redo") for _ in range(4)] == [*styles[1:], styles[3]]


@pytest.mark.django_db
def test_choice_after_undo_leaves_nothing_to_redo(owner: Client, draft: Character) -> None:
    owner.post(_url(draft, "look"), _look(draft, hair_style="bun"))
    owner.post(reverse("characters:undo", args=[draft.pk]), {"step": "look"})
    draft.refresh_from_db()
    owner.post(_url(draft, "look"), _look(draft, hair_style="bald"))
    assert not owner.get(_url(draft, "look")).context["can_redo"]


@pytest.mark.django_db
def test_undo_of_another_character_changes_nothing(owner: Client, user: User) -> None:
    surprised, other = make_character(owner=user), make_character(owner=user)
    url = reverse("characters:surprise", args=[surprised.pk])
    owner.post(url, {**_look(surprised), "step": "look"})
    before = other.config
    undo = reverse("characters:undo", args=[other.pk])
    assert owner.post(undo, {"step": "look"}).url == _url(other, "look")
    other.refresh_from_db()
    assert other.config == before


@pytest.mark.django_db
def test_letters_typed_into_one_field_are_one_step(owner: Client, draft: Character) -> None:
    for name in ("M", "Ma", "Mara"):
        owner.post(
            _url(draft, "identity"), {"name": name, "handle": "", "bio": ""}, headers=AUTOSAVE
        )
    draft.refresh_from_db()
    assert len(draft.designer_history.past) == 1


@pytest.mark.django_db
def test_suggestion_never_loses_what_was_typed(owner: Client, draft: Character) -> None:
    typed = {"name": "Mara", "handle": "mara", "bio": "My own words."}
    owner.post(_url(draft, "identity"), {**typed, "go": "suggest_bio"})
    draft.refresh_from_db()
    assert draft.look.bio != "My own words."
    owner.post(reverse("characters:undo", args=[draft.pk]), {"step": "identity"})
    draft.refresh_from_db()
    assert draft.look.bio == "My own words."


@pytest.mark.django_db
def test_handle_says_while_typing_whether_it_is_free(owner: Client, user: User) -> None:
    make_character(owner=user, handle="mara")
    draft = make_character(owner=user)
    url = reverse("characters:handle_now", args=[draft.pk])
    said = {h: owner.get(url, {"handle": h}).json()["is_free"] for h in ("mara", "mia", "a b", "")}
    assert said == {"mara": False, "mia": True, "a b": False, "": True}


@pytest.mark.django_db
def test_surprise_of_the_style_leaves_the_look(owner: Client, draft: Character) -> None:
    url = reverse("characters:surprise", args=[draft.pk])
    face = draft.look.face()
    answer = owner.post(url, {**_style(), "step": "style"})
    assert answer.url == _url(draft, "style")
    draft.refresh_from_db()
    assert draft.look.face() == face
    assert 1 <= len(draft.look.personality) <= 3


# --- Style ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_continue_saves_the_style_and_offers_a_name(owner: Client, draft: Character) -> None:
    answer = owner.post(_url(draft, "style"), {**_style(), "go": "next"})
    assert answer.url == _url(draft, "identity")
    draft.refresh_from_db()
    assert draft.look.outfit_style == "gym_set"
    assert draft.look.archetype == "fitness"
    assert draft.look.personality == ("bold",)
    assert draft.name
    assert draft.handle == suggestions.suggest_handle(make_stranger(), draft.name)


def make_stranger() -> User:
    """Somebody whose handles are all still free."""
    return User(email="nobody@example.com")


@pytest.mark.django_db
def test_name_that_was_given_stays(owner: Client, user: User) -> None:
    draft = make_character(owner=user, name="Ines Sol", handle="ines")
    owner.post(_url(draft, "style"), {**_style(), "go": "next"})
    draft.refresh_from_db()
    assert (draft.name, draft.handle) == ("Ines Sol", "ines")


@pytest.mark.django_db
@pytest.mark.parametrize("traits", [[], ["bold", "shy", "sweet", "edgy"]])
def test_too_few_or_too_many_traits_are_refused_with_the_limits(
    owner: Client, draft: Character, traits: list[str]
) -> None:
    answer = owner.post(_url(draft, "style"), _style(personality=traits))
    assert answer.context["form"].errors == {"personality": ["Personality: choose 1 to 3."]}
    ticked = [
        o["value"] for o in answer.context["pickers"]["personality"]["options"] if o["checked"]
    ]
    assert sorted(ticked) == sorted(traits)
    draft.refresh_from_db()
    assert draft.look.personality == ("confident",)


@pytest.mark.django_db
def test_outfits_come_in_the_groups_of_the_catalogue(owner: Client, draft: Character) -> None:
    picker = owner.get(_url(draft, "style")).context["pickers"]["outfit_style"]
    assert [group["label"] for group in picker["groups"]] == list(
        get_catalogue()["outfit_style"].groups
    )


# --- Identity ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_continue_saves_the_identity_and_goes_to_the_review(
    owner: Client, draft: Character
) -> None:
    data = {"name": "  Ines   Sol ", "handle": "@ines", "bio": "One.\r\nTwo.", "go": "next"}
    assert owner.post(_url(draft, "identity"), data).url == _url(draft, "review")
    draft.refresh_from_db()
    assert (draft.name, draft.handle, draft.look.bio) == ("Ines Sol", "ines", "One.\nTwo.")
    assert draft.designer_step == "review"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Give your character a name."),
        ("name", "x" * 101, "at most 100 characters"),
        ("handle", "a b", "3 to 30 letters"),
        ("handle", "taken", "You already use this handle."),
        ("bio", "x" * 501, "at most 500 fit"),
    ],
)
def test_wrong_identity_is_refused_at_its_field(
    owner: Client, draft: Character, field: str, value: str, words: str
) -> None:
    make_character(owner=draft.owner, handle="taken")
    posted = {"name": "Ines", "handle": "ines", "bio": "", "go": "next", field: value}
    answer = owner.post(_url(draft, "identity"), posted)
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert f'id="id_{field}_error"' in answer.content.decode()


@pytest.mark.django_db
def test_bio_of_500_characters_with_line_breaks_fits(owner: Client, draft: Character) -> None:
    bio = "\r\n".join(["x" * 99] * 5)
    owner.post(_url(draft, "identity"), {"name": "Ines", "handle": "", "bio": bio})
    draft.refresh_from_db()
    assert len(draft.look.bio) == 499


@pytest.mark.django_db
def test_another_name_brings_its_handle_along(owner: Client, user: User) -> None:
    draft = make_character(owner=user, name="Ines Sol", handle="ines-sol")
    data = {"name": "Ines Sol", "handle": "ines-sol", "bio": "Kept.", "go": "suggest_name"}
    for _ in range(8):  # a suggestion may happen to be the same name
        owner.post(_url(draft, "identity"), data)
        draft.refresh_from_db()
        if draft.name != "Ines Sol":
            break
    assert draft.name != "Ines Sol"
    assert draft.handle.startswith(draft.name.split()[0].lower())
    assert draft.look.bio == "Kept."


@pytest.mark.django_db
def test_another_name_leaves_a_handle_one_chose(owner: Client, draft: Character) -> None:
    data = {"name": "Ines Sol", "handle": "the-real-one", "bio": "", "go": "suggest_name"}
    owner.post(_url(draft, "identity"), data)
    draft.refresh_from_db()
    assert draft.handle == "the-real-one"


@pytest.mark.django_db
def test_suggested_bio_is_written_beside_what_was_typed(owner: Client, draft: Character) -> None:
    data = {"name": "Typed Name", "handle": "", "bio": "", "go": "suggest_bio"}
    assert owner.post(_url(draft, "identity"), data).url == _url(draft, "identity")
    draft.refresh_from_db()
    assert draft.name == "Typed Name"
    assert 20 < len(draft.look.bio) <= 500


def test_a_bio_can_be_suggested_for_every_voice() -> None:
    catalogue = get_catalogue()
    for archetype in catalogue["archetype"].by_slug:
        for trait in catalogue["personality"].by_slug:
            look = CharacterConfig.parse({"archetype": archetype, "personality": [trait]})
            bio = suggestions.suggest_bio(look)
            assert CharacterConfig.parse({"bio": bio}).bio == bio


# --- Review --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_review_says_the_look_in_words_and_leads_to_the_faces(owner: Client, user: User) -> None:
    draft = make_character(
        owner=user, name="Ines", bio="Hello.", hair_colour="#12abef", glasses="round"
    )
    answer = owner.get(_url(draft, "review"))
    words = {row["label"]: row["value"] for row in answer.context["look"]}
    assert words["Glasses"] == "Round"
    assert words["Hair colour"] == "Own colour"
    assert "Scars" not in words
    page = answer.content.decode()
    assert 'fill="#12abef"' in page
    assert "Go on to the faces" in page
    assert f'href="{reverse("generation:faces", args=[draft.pk])}"' in page


@pytest.mark.django_db
def test_review_without_a_name_asks_for_one(owner: Client, draft: Character) -> None:
    assert owner.get(_url(draft, "review")).url == _url(draft, "identity")


# --- With its face -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_look_of_a_character_with_its_face_is_closed_and_says_why(
    owner: Client, user: User
) -> None:
    ready = make_character(owner=user, ready=True)
    page = owner.get(_url(ready, "look")).content.decode()
    assert 'name="hair_style"' not in page
    assert "this one no longer changes" not in page
    assert f'action="{reverse("characters:reopen_look", args=[ready.pk])}"' in page
    assert f'action="{reverse("characters:duplicate", args=[ready.pk])}"' in page


@pytest.mark.django_db
def test_look_posted_to_a_character_with_its_face_is_refused(owner: Client, user: User) -> None:
    ready = make_character(owner=user, ready=True)
    before = ready.config
    data = _look(ready, hair_style="bald")
    answer = owner.post(_url(ready, "look"), data)
    assert "Begin a new look" in answer.content.decode()
    autosave = owner.post(_url(ready, "look"), data, headers=AUTOSAVE)
    assert autosave.status_code == 400
    owner.post(reverse("characters:surprise", args=[ready.pk]), {**data, "step": "look"})
    ready.refresh_from_db()
    assert ready.config == before


@pytest.mark.django_db
def test_style_of_a_character_with_its_face_changes_and_returns_to_its_page(
    owner: Client, user: User
) -> None:
    ready = make_character(owner=user, ready=True)
    answer = owner.post(_url(ready, "style"), {**_style(), "go": "next"})
    assert answer.url == reverse("characters:detail", args=[ready.pk])
    ready.refresh_from_db()
    assert (ready.look.archetype, ready.designer_step) == ("fitness", "")


@pytest.mark.django_db
def test_preview_of_a_character_with_its_face_is_that_person(owner: Client, user: User) -> None:
    ready = make_character(owner=user, ready=True)
    draft = make_character(owner=user)
    assert "seed=face-1" in owner.get(_url(ready, "style")).context["preview_url"]
    assert "seed=" not in owner.get(_url(draft, "style")).context["preview_url"]


@pytest.mark.django_db
def test_look_rests_while_its_faces_are_drawn(owner: Client, draft: Character) -> None:
    services.begin_generation(character=draft)
    page = owner.get(_url(draft, "look")).content.decode()
    assert "The faces are being drawn" in page
    answer = owner.post(_url(draft, "look"), _look(draft, hair_style="bald"))
    assert "wait for them or cancel" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.look.hair_style == "long"


# --- Whose, and by whom --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["look", "style", "identity", "review"])
def test_stranger_finds_no_designer(
    stranger: User, client_of: ClientOf, draft: Character, step: str
) -> None:
    client = client_of(stranger)
    assert client.get(_url(draft, step)).status_code == 404
    assert client.post(_url(draft, step), _look(draft)).status_code == 404
    draft.refresh_from_db()
    assert draft.designer_step == "look"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["surprise", "undo", "redo"])
def test_stranger_cannot_surprise(
    stranger: User, client_of: ClientOf, draft: Character, name: str
) -> None:
    url = reverse(f"characters:{name}", args=[draft.pk])
    before = draft.config
    assert client_of(stranger).post(url, {"step": "look"}).status_code == 404
    draft.refresh_from_db()
    assert draft.config == before


@pytest.mark.django_db
def test_unknown_step_does_not_exist(owner: Client, draft: Character) -> None:
    assert owner.get(_url(draft, "price")).status_code == 404
    url = reverse("characters:surprise", args=[draft.pk])
    assert owner.post(url, {"step": "identity"}).status_code == 404


@pytest.mark.django_db
def test_form_without_its_token_is_refused(user: User, draft: Character) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(_url(draft, "look"), _look(draft)).status_code == 403
    page = client.get(_url(draft, "look")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    data = {**_look(draft), "csrfmiddlewaretoken": token[1]}
    assert client.post(_url(draft, "look"), data).status_code == 302
