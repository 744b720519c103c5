from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from characters import services
from characters.models import FACETS, Character, Image
from characters.views import gallery
from ryla.lib.ids import first_id_at
from tests.builders import make_character, make_image
from tests.characters.test_pages import queries_of

ClientOf = Callable[[User], Client]
GALLERY = "/gallery/"
APPLY = "/gallery/apply/"
PAGE_ALONE = "/gallery/pictures/"


def _url(name: str, image: Image) -> str:
    return reverse(f"characters:{name}", args=[image.pk])


def _shown(answer: Any) -> list[str]:
    return [card["id"] for card in answer.context["cards"]]


def _ids(*images: Image) -> list[str]:
    return [str(image.pk) for image in images]


@pytest.fixture
def owner(user: User, client_of: ClientOf) -> Client:
    return client_of(user)


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


# --- Which pictures ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_gallery_shows_ones_own_visible_pictures_newest_first(
    owner: Client, user: User, stranger: User, character: Character
) -> None:
    older, newer = make_image(character=character), make_image(character=character)
    services.withhold_image(image=make_image(character=character), reason="A check")
    services.bin_images(owner=user, images=[make_image(character=character)])
    make_image(character=make_character(owner=stranger))
    assert _shown(owner.get(GALLERY)) == _ids(newer, older)


@pytest.mark.django_db
def test_gallery_keeps_the_place_of_what_is_held_back(owner: Client, character: Character) -> None:
    held = make_image(character=character)
    services.withhold_image(image=held, reason="A check")
    answer = owner.get(GALLERY)
    page = answer.content.decode()
    assert [tile["href"] for tile in answer.context["held_back"]] == [f"/images/{held.pk}/"]
    assert "Held back while it is checked" in page
    for hidden in (_url("favourite", held), f"/images/{held.pk}/small/", f'value="{held.pk}"'):
        assert hidden not in page
    assert owner.get(GALLERY, {"kind": "base_face"}).context["held_back"] == []
    services.release_image(image=held, reason="It is fine")
    assert owner.get(GALLERY).context["held_back"] == []


@pytest.mark.django_db
def test_bar_of_the_selection_says_in_words_what_it_does(
    owner: Client, character: Character
) -> None:
    make_image(character=character)
    page = owner.get(GALLERY, {"select": "all"}).content.decode()
    assert "<output data-selected-count>1 </output>selected" in page
    for words in ("Album", "Bin", "Download", "More"):
        assert f'<span class="btn__label">{words}</span>' in page
    assert 'name="do" value="favourite"' in page


@pytest.mark.django_db
def test_gallery_filters_by_character_favourite_and_kind(
    owner: Client, user: User, character: Character
) -> None:
    other = make_character(owner=user, ready=True, name="Other")
    mine, liked = make_image(character=character), make_image(character=character)
    theirs = make_image(character=other)
    services.set_favourite(image=liked, is_favourite=True)

    assert _shown(owner.get(GALLERY, {"character": str(other.pk)})) == _ids(theirs)
    assert _shown(owner.get(GALLERY, {"favourites": "on"})) == _ids(liked)
    both = {"character": str(character.pk), "favourites": "on"}
    assert _shown(owner.get(GALLERY, both)) == _ids(liked)
    faces = owner.get(GALLERY, {"kind": "base_face"})
    assert _shown(faces) == [str(other.base_face_id), str(character.base_face_id)]
    assert _shown(owner.get(GALLERY)) == _ids(theirs, liked, mine)


@pytest.mark.django_db
@pytest.mark.parametrize("setting", FACETS)
def test_gallery_filters_by_what_a_picture_was_made_with(
    owner: Client, character: Character, setting: str
) -> None:
    make_image(character=character, scene="gym", outfit="bikini", format="1:1")
    wanted = make_image(character=character, **{setting: "wanted"})
    assert _shown(owner.get(GALLERY, {setting: "wanted"})) == _ids(wanted)


@pytest.mark.django_db
def test_gallery_filters_by_day_with_both_ends_included(
    owner: Client, character: Character
) -> None:
    made = {}
    for day in (3, 4, 5):
        at = datetime(2026, 5, day, 23, 59, 59, 999_000, tzinfo=UTC)
        pk = UUID(int=first_id_at(at).int | 7 << 76 | 2 << 62)
        Image.objects.filter(pk=make_image(character=character).pk).update(id=pk)
        made[day] = str(pk)
    for query, days in (
        ({"since": "2026-05-04"}, (5, 4)),
        ({"until": "2026-05-04"}, (4, 3)),
        ({"since": "2026-05-04", "until": "2026-05-04"}, (4,)),
        ({"since": "2026-05-06"}, ()),
    ):
        assert _shown(owner.get(GALLERY, query)) == [made[day] for day in days]


@pytest.mark.django_db
def test_filters_narrow_each_other_and_are_named_with_the_way_out(
    owner: Client, character: Character
) -> None:
    make_image(character=character, scene="rooftop", outfit="tee_and_jeans")
    make_image(character=character, scene="gym", outfit="knit_sweater")
    wanted = make_image(character=character, scene="rooftop", outfit="knit_sweater")
    answer = owner.get(GALLERY, {"scene": "rooftop", "outfit": "knit_sweater"})
    assert _shown(answer) == _ids(wanted)
    chips = {chip["label"]: chip["href"] for chip in answer.context["finder"]["chips"]}
    assert [*chips] == ["Scene: Rooftop", "Outfit: Knit sweater"]
    assert len(_shown(owner.get(GALLERY + chips["Outfit: Knit sweater"]))) == 2


@pytest.mark.django_db
def test_only_choices_that_occur_among_ones_own_pictures_are_offered(
    owner: Client, user: User, stranger: User, character: Character
) -> None:
    for scene in ("rooftop", "gym", "gym"):
        make_image(character=character, scene=scene)
    services.bin_images(owner=user, images=[make_image(character=character, scene="subway")])
    make_image(character=make_character(owner=stranger), scene="desert_road")
    selects = owner.get(GALLERY).context["finder"]["selects"]
    assert {s["name"]: [slug for slug, _label, _on in s["options"]] for s in selects} == {
        "scene": ["gym", "rooftop"]
    }


@pytest.mark.django_db
def test_filter_form_stays_in_its_view_and_keeps_what_was_chosen(
    owner: Client, character: Character
) -> None:
    make_image(character=character)
    page = owner.get(GALLERY, {"favourites": "on", "scene": "gym", "q": "a <b>"}).content.decode()
    assert '<input type="hidden" name="favourites" value="on">' in page
    assert '<option value="gym" selected>Gym</option>' in page
    assert 'name="q" value="a &lt;b&gt;"' in page


@pytest.mark.django_db
def test_filter_of_a_strangers_character_does_not_exist(
    stranger: User, client_of: ClientOf, character: Character
) -> None:
    answer = client_of(stranger).get(GALLERY, {"character": str(character.pk)})
    assert answer.status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "?character=x",
        "?kind=video",
        "?before=x",
        "?after=1~2",
        "?before=2026-01-01",
        "?select=%00",
        "?since=x&until=9999-12-31",
        "?since=0001-01-01",
        "?q=%00",
        "?q=%21%26%28%7C%27",
        "?q=" + 201 * "x",
        "?scene=" + 61 * "x",
    ],
)
def test_nonsense_in_the_address_shows_the_whole_gallery(
    owner: Client, character: Character, query: str
) -> None:
    image = make_image(character=character)
    assert _shown(owner.get(GALLERY + query)) == _ids(image)


@pytest.mark.django_db
def test_signs_alone_are_no_search_to_be_taken_off(owner: Client, character: Character) -> None:
    make_image(character=character)
    assert owner.get(f"{GALLERY}?q=!!!").context["finder"]["chips"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?q=umbrella", "No picture says all of these words."),
        ("?q=cafe&scene=gym", "Take a filter or a word off"),
        ("?scene=gym", "Take a filter or a word off"),
    ],
)
def test_empty_gallery_says_what_to_take_off(
    owner: Client, character: Character, query: str, reason: str
) -> None:
    make_image(character=character, scene="cafe")
    assert reason in owner.get(GALLERY + query).content.decode()


@pytest.mark.django_db
def test_gallery_pages_by_cursor_and_keeps_its_filter(
    owner: Client, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "PICTURES_AT_ONCE", 2)
    made = [make_image(character=character) for _ in range(5)]
    first = owner.get(GALLERY, {"character": str(character.pk)})
    second = owner.get(first.context["page"].older_url)
    third = owner.get(second.context["page"].older_url)
    assert _shown(first) + _shown(second) + _shown(third) == _ids(*reversed(made))
    assert second.context["character"] == character
    assert third.context["page"].older_url == ""
    again = owner.get(second.context["page"].newer_url)
    assert _shown(again) == _shown(first)


@pytest.mark.django_db
def test_a_page_by_itself_is_what_the_gallery_shows_there(
    owner: Client, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "PICTURES_AT_ONCE", 2)
    for _ in range(5):
        make_image(character=character, scene="gym")
    whole = owner.get(GALLERY, {"scene": "gym"})
    second = whole.context["page"].older_url
    alone = owner.get(second.replace(GALLERY, PAGE_ALONE))
    assert _shown(alone) == _shown(owner.get(second))
    assert alone.context["page"] == owner.get(second).context["page"]
    page = alone.content.decode()
    assert "<html" not in page
    assert f'data-older="{escape(alone.context["page"].older_url)}"' in page
    assert f'data-window="{PAGE_ALONE}"' in whole.content.decode()


@pytest.mark.django_db
def test_a_page_by_itself_is_its_owners(
    stranger: User, client_of: ClientOf, character: Character
) -> None:
    make_image(character=character)
    strange = client_of(stranger)
    assert _shown(strange.get(PAGE_ALONE)) == []
    assert strange.get(PAGE_ALONE, {"character": str(character.pk)}).status_code == 404


@pytest.mark.django_db
def test_queries_of_a_page_by_itself_do_not_grow(owner: Client, character: Character) -> None:
    make_image(character=character)
    with_one = queries_of(owner, PAGE_ALONE)
    for _ in range(2):
        make_image(character=character)
    assert queries_of(owner, PAGE_ALONE) == with_one <= 4


@pytest.mark.django_db
def test_queries_of_the_gallery_do_not_grow(owner: Client, character: Character) -> None:
    make_image(character=character)
    with_one = queries_of(owner, GALLERY)
    for _ in range(2):
        make_image(character=character)
    assert queries_of(owner, GALLERY) == with_one <= 8


@pytest.mark.django_db
def test_gallery_says_why_it_is_empty(owner: Client, character: Character) -> None:
    assert "Your pictures will hang here" in owner.get(GALLERY).content.decode()
    assert "No picture fits" in owner.get(GALLERY, {"favourites": "on"}).content.decode()
    assert "Try fewer words" in owner.get(GALLERY, {"q": "nowhere"}).content.decode()


@pytest.mark.django_db
def test_tick_all_ticks_every_picture_of_the_page(owner: Client, character: Character) -> None:
    make_image(character=character)
    make_image(character=character)
    page = owner.get(GALLERY + owner.get(GALLERY).context["select_url"]).content.decode()
    assert page.count(' checked form="selection"') == 2


# --- Many at once --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_ticked_pictures_become_favourites_and_stop_being_so(
    owner: Client, character: Character
) -> None:
    one, two, rest = (make_image(character=character) for _ in range(3))
    for action, wanted in (("favourite", {one.pk, two.pk}), ("unfavourite", set())):
        owner.post(APPLY, {"do": action, "image": _ids(one, two)})
        liked = Image.objects.filter(is_favourite=True).values_list("pk", flat=True)
        assert set(liked) == wanted
    assert not Image.objects.get(pk=rest.pk).is_favourite


@pytest.mark.django_db
def test_binned_pictures_come_back_with_undo(owner: Client, character: Character) -> None:
    one, two = make_image(character=character), make_image(character=character)
    answer = owner.post(APPLY, {"do": "bin", "image": _ids(one, two)}, follow=True)
    assert _shown(answer) == []
    undo_ids = answer.context["undo_ids"]
    assert sorted(undo_ids) == sorted(_ids(one, two))
    assert "2 pictures are" in answer.content.decode()

    owner.post(APPLY, {"do": "restore", "image": undo_ids})

    again = owner.get(GALLERY)
    assert _shown(again) == _ids(two, one)
    assert again.context["undo_ids"] == []


@pytest.mark.django_db
def test_undo_is_offered_once(owner: Client, character: Character) -> None:
    owner.post(APPLY, {"do": "bin", "image": _ids(make_image(character=character))})
    assert owner.get(GALLERY).context["undo_ids"]
    assert not owner.get(GALLERY).context["undo_ids"]


@pytest.mark.django_db
def test_face_of_a_character_is_not_binned_and_the_rest_stays_too(
    owner: Client, character: Character
) -> None:
    image = make_image(character=character)
    ids = [str(character.base_face_id), *_ids(image)]
    answer = owner.post(APPLY, {"do": "bin", "image": ids}, follow=True)
    assert "cannot be binned" in answer.content.decode()
    assert not Image.objects.binned().exists()


@pytest.mark.django_db
def test_erase_takes_only_what_is_in_the_bin(
    owner: Client, user: User, character: Character
) -> None:
    kept, gone = make_image(character=character), make_image(character=character)
    services.bin_images(owner=user, images=[gone])
    owner.post(APPLY, {"do": "erase", "image": _ids(kept, gone)})
    pictures = Image.objects.filter(kind=Image.Kind.PICTURE)
    assert list(pictures) == [kept]


@pytest.mark.django_db
@pytest.mark.parametrize("action", sorted(gallery.ACTIONS))
def test_strangers_pictures_count_as_not_ticked(
    user: User, stranger: User, client_of: ClientOf, character: Character, action: str
) -> None:
    image = make_image(character=character)
    if action in ("restore", "erase"):
        services.bin_images(owner=user, images=[image])
    before = list(Image.objects.order_by("pk").values())
    client_of(stranger).post(APPLY, {"do": action, "image": _ids(image)})
    assert list(Image.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("ids", [[], ["x"], [str(uuid.uuid4())], ["' OR 1=1 --"]])
def test_nothing_ticked_is_said(owner: Client, ids: list[str]) -> None:
    answer = owner.post(APPLY, {"do": "bin", "image": ids}, follow=True)
    assert "Select some pictures first." in answer.content.decode()


@pytest.mark.django_db
def test_unknown_action_does_not_exist(owner: Client) -> None:
    assert owner.post(APPLY, {"do": "publish"}).status_code == 404


# --- One -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_heart_flips_with_each_press(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    for wanted in (True, False):
        answer = owner.post(_url("favourite", image), headers={"X-Requested-With": "fetch"})
        assert answer.status_code == 204
        image.refresh_from_db()
        assert image.is_favourite is wanted


@pytest.mark.django_db
def test_heart_that_says_which_way_may_be_pressed_twice(
    owner: Client, character: Character
) -> None:
    image = make_image(character=character)
    for _ in range(2):
        owner.post(_url("favourite", image), {"is_favourite": "true"})
    image.refresh_from_db()
    assert image.is_favourite


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"next": "/gallery/?favourites=on"}, "/gallery/?favourites=on"),
        ({"next": "https://evil.example/"}, None),
        ({"next": "//evil.example/"}, None),
        ({"next": "javascript:alert(1)"}, None),
        ({}, None),
    ],
)
def test_heart_without_javascript_goes_back_to_a_page_of_ours(
    owner: Client, character: Character, given: dict[str, str], expected: str | None
) -> None:
    image = make_image(character=character)
    home = reverse("characters:detail", args=[character.pk])
    assert owner.post(_url("favourite", image), given).url == (expected or home)


@pytest.mark.django_db
def test_referer_leads_back_unless_it_is_elsewhere(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    home = reverse("characters:detail", args=[character.pk])
    for referer, expected in (
        ("http://testserver/gallery/?kind=base_face", "http://testserver/gallery/?kind=base_face"),
        ("https://evil.example/gallery/", home),
    ):
        answer = owner.post(_url("favourite", image), headers={"Referer": referer})
        assert answer.url == expected


@pytest.mark.django_db
def test_caption_is_kept_by_button_and_by_autosave(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    answer = owner.post(_url("caption", image), {"caption": " Hello.\r\nYou. "})
    assert answer.url == reverse("generation:image", args=[image.pk])
    image.refresh_from_db()
    assert image.caption == "Hello.\nYou."
    answer = owner.post(_url("caption", image), {"caption": "Later."}, headers={"X-Autosave": "1"})
    assert answer.status_code == 204
    image.refresh_from_db()
    assert image.caption == "Later."


@pytest.mark.django_db
def test_caption_too_long_for_any_platform_is_refused(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    long = {"caption": "x" * 2201}
    answer = owner.post(_url("caption", image), long, headers={"X-Autosave": "1"})
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "caption"
    page = owner.post(_url("caption", image), long, follow=True).content.decode()
    assert "at most 2,200 characters" in page


@pytest.mark.django_db
def test_binning_one_leads_to_its_character_with_undo(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    own_page = "http://testserver" + reverse("generation:image", args=[image.pk])
    answer = owner.post(_url("image_bin", image), headers={"Referer": own_page}, follow=True)
    assert answer.redirect_chain[0][0] == reverse("characters:detail", args=[character.pk])
    assert answer.context["undo_ids"] == [str(image.pk)]


@pytest.mark.django_db
def test_binning_a_face_in_use_is_refused(owner: Client, character: Character) -> None:
    answer = owner.post(_url("image_bin", character.base_face), follow=True)
    assert "cannot be binned" in answer.content.decode()
    assert answer.context["undo_ids"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["favourite", "caption", "image_bin", "image_restore", "image_erase"]
)
def test_only_the_owner_changes_a_picture(
    user: User, stranger: User, client_of: ClientOf, character: Character, name: str
) -> None:
    image = make_image(character=character)
    if name in ("image_restore", "image_erase"):
        services.bin_images(owner=user, images=[image])
    before = list(Image.objects.order_by("pk").values())
    assert client_of(stranger).post(_url(name, image), {"caption": "x"}).status_code == 404
    signed_out = Client().post(_url(name, image))
    assert signed_out.url.startswith(reverse("accounts:sign_in"))
    careless = Client(enforce_csrf_checks=True)
    careless.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert careless.post(_url(name, image)).status_code == 403
    assert client_of(user).get(_url(name, image)).status_code == 405
    assert list(Image.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["favourite", "caption", "image_bin"])
def test_withheld_picture_is_out_of_reach(owner: Client, character: Character, name: str) -> None:
    image = make_image(character=character)
    services.withhold_image(image=image, reason="A check")
    assert owner.post(_url(name, image)).status_code == 404


# --- Two of them ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_two_selected_pictures_are_compared(owner: Client, character: Character) -> None:
    first, second = make_image(character=character), make_image(character=character)
    answer = owner.post(APPLY, {"do": "compare", "image": _ids(second, first)})
    assert answer["Location"] == f"/compare/?a={first.pk}&b={second.pk}"
    assert 'data-selected-exactly="2"' in owner.get(GALLERY).content.decode()


@pytest.mark.django_db
def test_fewer_or_more_than_two_are_not_compared(
    owner: Client, character: Character, stranger: User
) -> None:
    ours = [make_image(character=character) for _ in range(3)]
    theirs = make_image(character=make_character(owner=stranger))
    for images in (ours[:1], ours, [ours[0], theirs], []):
        answer = owner.post(APPLY, {"do": "compare", "image": _ids(*images)}, follow=True)
        assert answer.redirect_chain[-1][0] == GALLERY
        assert "Select two pictures to compare." in answer.content.decode()
