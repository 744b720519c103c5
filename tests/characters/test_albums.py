"""Albums: what they promise, whoever asks, and however many at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import close_account
from characters import albums, services
from characters.models import Album, AlbumPicture, Character, Image
from characters.views import albums as views
from characters.views import gallery
from ryla.lib.errors import Conflict, InvalidInput, NotFound
from tests.builders import PASSWORD, make_album, make_character, make_image, make_user
from tests.characters.test_pages import queries_of

ClientOf = Callable[[User], Client]
LIST, NEW, CHOOSE, PUT = "/albums/", "/albums/new/", "/albums/choose/", "/albums/put/"


def _url(name: str, album: Album) -> str:
    return reverse(f"characters:{name}", args=[album.pk])


def _ids(*images: Image) -> list[str]:
    return [str(image.pk) for image in images]


def _shown(answer: Any) -> list[str]:
    return [card["id"] for card in answer.context["cards"]]


def _in(album: Album) -> set[Any]:
    return set(album.entries.values_list("image_id", flat=True))


@pytest.fixture
def owner(user: User, client_of: ClientOf) -> Client:
    return client_of(user)


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


# --- What they promise ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_name_is_once_per_owner_whatever_its_case(user: User, stranger: User) -> None:
    album = make_album(owner=user, name="  Summer   24 ")
    assert album.name == "Summer 24"
    make_album(owner=stranger, name="summer 24")
    other = make_album(owner=user, name="Winter")
    for act in (
        lambda: albums.create_album(owner=user, name="SUMMER 24"),
        lambda: albums.update_album(album=other, name="summer 24"),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert refused.value.field == "name"
    with pytest.raises(IntegrityError), transaction.atomic():
        Album.objects.create(owner=user, name="suMMer 24")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "description", "field"),
    [("  ", "", "name"), ("x" * 81, "", "name"), ("a\x00", "", "name"),
     ("A", "x" * 501, "description")],
)  # fmt: skip
def test_what_no_album_may_say_is_refused_naming_the_field(
    user: User, name: str, description: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        albums.create_album(owner=user, name=name, description=description)
    assert refused.value.field == field


@pytest.mark.django_db
def test_album_without_name_and_picture_twice_are_refused_by_the_database(
    user: User, character: Character
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Album.objects.create(owner=user, name="")
    image = make_image(character=character)
    album = make_album(owner=user, images=[image])
    with pytest.raises(IntegrityError), transaction.atomic():
        AlbumPicture.objects.create(album=album, image=image)


@pytest.mark.django_db
def test_number_of_albums_has_an_end(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albums, "MAX_ALBUMS", 1)
    gone = make_album(owner=user, name="One")
    with pytest.raises(Conflict):
        albums.create_album(owner=user, name="Two")
    albums.delete_album(album=gone)
    make_album(owner=user, name="Two")
    with pytest.raises(Conflict):
        albums.restore_album(album=gone)


@pytest.mark.django_db
def test_adding_twice_adds_once_and_strangers_pictures_are_passed_over(
    user: User, stranger: User, character: Character
) -> None:
    image = make_image(character=character)
    theirs = make_image(character=make_character(owner=stranger))
    album = make_album(owner=user)
    assert albums.add_pictures(album=album, images=[image, theirs]) == 1
    assert albums.add_pictures(album=album, images=[image]) == 0
    assert _in(album) == {image.pk}


@pytest.mark.django_db
def test_move_takes_what_is_there_and_nothing_when_it_fails(
    user: User, character: Character
) -> None:
    here, both, elsewhere = (make_image(character=character) for _ in range(3))
    source = make_album(owner=user, name="A", images=[here, both])
    target = make_album(owner=user, name="B", images=[both])
    moved = albums.move_pictures(source=source, target=target, images=[here, both, elsewhere])
    assert (moved, _in(source), _in(target)) == (2, set(), {here.pk, both.pk})
    albums.delete_album(album=source)
    with pytest.raises(NotFound):
        albums.move_pictures(source=target, target=source, images=[here])
    assert _in(target) == {here.pk, both.pk}
    with pytest.raises(InvalidInput):
        albums.move_pictures(source=target, target=target, images=[here])


@pytest.mark.django_db(transaction=True)
def test_adding_the_same_pictures_at_once_fails_for_nobody() -> None:
    user = make_user()
    character = make_character(owner=user)
    images = [make_image(character=character) for _ in range(4)]
    one, other = make_album(owner=user, name="A"), make_album(owner=user, name="B")
    acts = [
        lambda: albums.add_pictures(album=one, images=images),
        lambda: albums.add_pictures(album=one, images=images[::-1]),
        lambda: albums.move_pictures(source=one, target=other, images=images),
        lambda: albums.move_pictures(source=other, target=one, images=images),
    ]

    def run(act: Callable[[], int]) -> int:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        counts = list(pool.map(run, acts))
    assert 4 in counts
    assert _in(one) | _in(other) == {image.pk for image in images}


@pytest.mark.django_db
def test_deleted_album_comes_back_unless_its_name_is_taken(
    user: User, character: Character
) -> None:
    image = make_image(character=character)
    album = make_album(owner=user, images=[image])
    albums.delete_album(album=album)
    assert not Album.objects.owned_by(user).exists()
    albums.restore_album(album=album)
    assert _in(Album.objects.owned_by(user).get()) == {image.pk}
    albums.delete_album(album=album)
    make_album(owner=user, name=album.name.upper())
    with pytest.raises(Conflict, match="Rename that one"):
        albums.restore_album(album=album)


@pytest.mark.django_db
def test_albums_deleted_long_ago_go_for_good_and_pictures_stay(
    user: User, character: Character
) -> None:
    image = make_image(character=character)
    old, fresh, kept = (make_album(owner=user, name=n, images=[image]) for n in "ABC")
    for album in (old, fresh):
        albums.delete_album(album=album)
    Album.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    assert albums.purge_albums() == 1
    assert set(Album.objects.values_list("pk", flat=True)) == {fresh.pk, kept.pk}
    assert Image.objects.filter(pk=image.pk).exists()


@pytest.mark.django_db
def test_cover_is_the_chosen_one_while_it_can_be_seen_else_the_newest(
    user: User, character: Character
) -> None:
    old, new, outside = (make_image(character=character) for _ in range(3))
    album = make_album(owner=user, images=[old, new])

    def cover() -> Image | None:
        album.refresh_from_db()
        return albums.covers_of([album]).get(album.pk)

    assert cover() == new
    albums.set_cover(album=album, image=old)
    assert cover() == old
    with pytest.raises(InvalidInput):
        albums.set_cover(album=album, image=outside)
    services.bin_images(owner=user, images=[old])
    assert cover() == new
    services.restore_images(owner=user, images=[old])
    albums.remove_pictures(album=album, images=[old])
    assert (cover(), album.cover_id) == (new, None)
    services.bin_images(owner=user, images=[new])
    assert cover() is None
    services.erase_binned(owner=user)
    assert _in(album) == set()


@pytest.mark.django_db
def test_closing_an_account_erases_its_albums(user: User, character: Character) -> None:
    make_album(owner=user, images=[make_image(character=character)])
    close_account(user=user, password=PASSWORD)
    assert not Album.objects.exists()


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_list_shows_ones_own_with_covers_newest_first(
    owner: Client, user: User, stranger: User, character: Character
) -> None:
    assert "Create your first album" in owner.get(LIST).content.decode()
    image = make_image(character=character)
    make_album(owner=user, name="Older", images=[image])
    make_album(owner=user, name="Newer")
    make_album(owner=stranger, name="Theirs")
    cards = owner.get(LIST).context["cards"]
    assert [(c["name"], c["meta"]) for c in cards] == [("Newer", "Empty"), ("Older", "")]
    assert str(image.pk) in cards[1]["image_url"]


@pytest.mark.django_db
def test_list_pages_by_cursor(owner: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ALBUMS_AT_ONCE", 1)
    for name in "AB":
        make_album(owner=user, name=name)
    first = owner.get(LIST)
    second = owner.get(first.context["page"].older_url)
    names = [answer.context["cards"][0]["name"] for answer in (first, second)]
    assert (names, second.context["page"].older_url) == (["B", "A"], "")


@pytest.mark.django_db
def test_queries_of_the_lists_do_not_grow(owner: Client, user: User, character: Character) -> None:
    image = make_image(character=character)
    album = make_album(owner=user, name="A", images=[image])
    pages = (LIST, _url("album", album), _url("album_pictures", album))
    with_one = [queries_of(owner, page) for page in pages]
    for name in "BC":
        images = [make_image(character=character)]
        make_album(owner=user, name=name, images=images)
        albums.add_pictures(album=album, images=images)
    assert [queries_of(owner, page) for page in pages] == with_one
    assert with_one[1] <= queries_of(owner, "/gallery/") + 2  # the album and its ends


@pytest.mark.django_db
def test_album_is_created_renamed_and_says_what_is_wrong(owner: Client, user: User) -> None:
    answer = owner.post(NEW, {"name": "Summer", "description": "Beach\r\nand sun"}, follow=True)
    album = Album.objects.get()
    assert answer.redirect_chain[-1][0] == _url("album", album)
    assert album.description == "Beach\nand sun"
    make_album(owner=user, name="Winter")
    edit = _url("edit_album", album)
    for address, name, words in (
        (NEW, "", "Give the album a name."),
        (NEW, "summer", "already have an album of this name"),
        (edit, "winter", "already have an album of this name"),
    ):
        page = owner.post(address, {"name": name})
        assert list(page.context["form"].errors) == ["name"]
        assert words in page.content.decode()
    assert owner.post(edit, {"name": "SUMMER"}).url == _url("album", album)
    album.refresh_from_db()
    assert (album.name, album.description) == ("SUMMER", "")


@pytest.mark.django_db
def test_album_is_the_gallery_of_what_lies_in_it(
    owner: Client, user: User, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "PICTURES_AT_ONCE", 2)
    made = [make_image(character=character, scene="gym") for _ in range(5)]
    other = make_image(character=character, scene="rooftop")
    make_image(character=character, scene="gym")
    services.set_caption(image=made[1], caption="Umbrella")
    services.set_favourite(image=made[2], is_favourite=True)
    album = make_album(owner=user, images=[*made, other, character.base_face])
    make_album(owner=user, name="Other", images=made[:2])
    page = _url("album", album)

    seen, answer = [], owner.get(page, {"scene": "gym"})
    while True:
        seen += _shown(answer)
        if not (older := answer.context["page"].older_url):
            break
        assert older.startswith(page)
        alone = owner.get(older.replace(page, _url("album_pictures", album)))
        answer = owner.get(older)
        assert _shown(alone) == _shown(answer)
    assert seen == _ids(*reversed(made))
    newer = owner.get(answer.context["page"].newer_url)
    assert _shown(newer) == _ids(made[2], made[1])

    for query, wanted in (
        ({"q": "umbr"}, [made[1]]),
        ({"favourites": "on"}, [made[2]]),
        ({"kind": "base_face"}, [character.base_face]),
        ({"scene": "rooftop"}, [other]),
        ({"until": "2001-01-01"}, []),
        ({"since": "2001-01-01", "scene": "rooftop"}, [other]),
    ):
        assert _shown(owner.get(page, query)) == _ids(*wanted), query
    assert owner.get(page).context["finder"]["views"][0]["label"] == "All"


@pytest.mark.django_db
def test_what_is_held_back_in_an_album_keeps_its_place(
    owner: Client, user: User, character: Character
) -> None:
    inside, outside = make_image(character=character), make_image(character=character)
    album = make_album(owner=user, images=[inside])
    for image in (inside, outside):
        services.withhold_image(image=image, reason="A check")
    answer = owner.get(_url("album", album))
    assert [tile["href"] for tile in answer.context["held_back"]] == [f"/images/{inside.pk}/"]


@pytest.mark.django_db
def test_deleting_is_undone_from_the_list(
    owner: Client, user: User, stranger: User, client_of: ClientOf, character: Character
) -> None:
    image = make_image(character=character)
    album = make_album(owner=user, images=[image])
    answer = owner.post(_url("delete_album", album), follow=True)
    assert answer.context["deleted"] == album
    assert owner.get(LIST).context["deleted"] is None
    assert owner.get(_url("album", album)).status_code == 404
    restore = _url("restore_album", album)
    assert client_of(stranger).post(restore).status_code == 404
    assert _shown(owner.post(restore, follow=True)) == _ids(image)


# --- Pictures come and go ------------------------------------------------------------------------


@pytest.mark.django_db
def test_chooser_finds_albums_and_offers_a_new_one(
    owner: Client, user: User, stranger: User, character: Character
) -> None:
    image = make_image(character=character)
    beach, city = make_album(owner=user, name="Beach"), make_album(owner=user, name="City")
    make_album(owner=stranger, name="Beachy")
    for name, found, offers in (
        ("", [beach, city], True),
        ("bEa", [beach], True),
        ("beach", [beach], False),
        ("%", [], True),
    ):
        answer = owner.post(CHOOSE, {"image": _ids(image), "name": name})
        assert answer.context["albums"] == found
        assert ('name="new"' in answer.content.decode()) is offers
    alone = owner.post(CHOOSE, {"image": _ids(image)}, headers={"X-Requested-With": "fetch"})
    assert "<html" not in alone.content.decode()
    moving = owner.post(CHOOSE, {"image": _ids(image), "source": str(beach.pk)})
    assert moving.context["albums"] == [city]


@pytest.mark.django_db
def test_pictures_go_into_an_album_and_into_a_new_one(
    owner: Client, user: User, stranger: User, character: Character
) -> None:
    one, two = make_image(character=character), make_image(character=character)
    theirs = make_image(character=make_character(owner=stranger))
    album = make_album(owner=user)
    there = {"next": "/gallery/?scene=gym"}
    body = {"image": _ids(one, two, theirs), "album": str(album.pk), **there}
    answer = owner.post(PUT, body, follow=True)
    assert answer.redirect_chain[-1][0] == there["next"]
    assert "2 pictures added to “Summer”." in answer.content.decode()
    assert "already" in owner.post(PUT, body, follow=True).content.decode()
    assert _in(album) == {one.pk, two.pk}
    owner.post(PUT, {"image": _ids(one), "name": "Brand new", "new": "on"})
    assert _in(Album.objects.get(name="Brand new")) == {one.pk}
    for name, words in (("", "Give the album a name."), ("SUMMER", "already have an album")):
        refused = owner.post(PUT, {"image": _ids(one), "name": name})
        assert list(refused.context["form"].errors) == ["name"]
        assert words in refused.content.decode()


@pytest.mark.django_db
def test_pictures_move_on_leave_and_come_back_with_undo(
    owner: Client, user: User, character: Character
) -> None:
    one, two = make_image(character=character), make_image(character=character)
    source, target = make_album(owner=user, name="A"), make_album(owner=user, name="B")
    albums.add_pictures(album=source, images=[one, two])
    body = {"image": _ids(one), "source": str(source.pk), "album": str(target.pk)}
    assert "1 picture moved to “B”." in owner.post(PUT, body, follow=True).content.decode()
    assert (_in(source), _in(target)) == ({two.pk}, {one.pk})

    here = "http://testserver" + _url("album", source)
    gone = owner.post(
        _url("remove_from_album", source), {"image": _ids(two)}, headers={"Referer": here},
        follow=True,
    )  # fmt: skip
    assert (gone.context["removed_ids"], _in(source)) == (_ids(two), set())
    undo = {"image": gone.context["removed_ids"], "album": str(source.pk)}
    assert _shown(owner.post(PUT, undo, follow=True)) == _ids(two)


@pytest.mark.django_db
def test_cover_is_chosen_from_the_album(owner: Client, user: User, character: Character) -> None:
    one, two = make_image(character=character), make_image(character=character)
    album = make_album(owner=user, images=[one, two])
    cover = _url("album_cover", album)
    for images, wanted in (([one], one.pk), ([one, two], one.pk), ([], None)):
        owner.post(cover, {"image": _ids(*images)})
        album.refresh_from_db()
        assert album.cover_id == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["remove_from_album", "album_cover", "delete_album", "edit_album"])
def test_strangers_change_nothing(
    user: User, stranger: User, client_of: ClientOf, character: Character, name: str
) -> None:
    image = make_image(character=character)
    album = make_album(owner=user, images=[image])
    strange = client_of(stranger)
    before = list(Album.objects.values())
    assert strange.post(_url(name, album), {"image": _ids(image)}).status_code == 404
    own = make_image(character=make_character(owner=stranger))
    for body in (
        {"image": _ids(own), "album": str(album.pk)},
        {"image": _ids(own), "name": "X", "source": str(album.pk)},
    ):
        assert strange.post(PUT, body).status_code == 404
    assert (list(Album.objects.values()), _in(album)) == (before, {image.pk})


@pytest.mark.django_db
@pytest.mark.parametrize("address", [CHOOSE, PUT])
def test_nothing_selected_is_said(owner: Client, address: str) -> None:
    answer = owner.post(address, {"image": ["x"]}, follow=True)
    assert "Select some pictures first." in answer.content.decode()


@pytest.mark.django_db
def test_picture_tells_its_albums(owner: Client, user: User, character: Character) -> None:
    image = make_image(character=character)
    page = reverse("generation:image", args=[image.pk])
    with_none = queries_of(owner, page)
    for name in ("Beach", "City"):
        make_album(owner=user, name=name, images=[image])
    assert queries_of(owner, page) == with_none
    shown = owner.get(page).content.decode()
    assert ("Beach" in shown, "City" in shown) == (True, True)
    beach = Album.objects.get(name="Beach")
    body = {"image": _ids(image)}
    back = owner.post(
        _url("remove_from_album", beach), body, headers={"Referer": f"http://testserver{page}"},
        follow=True,
    )  # fmt: skip
    assert back.redirect_chain[-1][0].endswith(page)
    assert "Taken out of “Beach”." in back.content.decode()
