from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.files.storage import storages
from django.db import connection, connections, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from characters import images as files
from characters import services
from characters.models import Character, Image, StoredFile
from characters.views import trash
from ryla.lib.storage import WholeFileStorage
from tests.builders import make_character, make_image

ClientOf = Callable[[User], Client]
BIN = "/bin/"


@pytest.fixture
def owner(user: User, client_of: ClientOf) -> Client:
    return client_of(user)


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def _binned(character: Character, *, days_ago: float = 0) -> Image:
    image = make_image(character=character)
    services.bin_images(owner=character.owner, images=[image])
    Image.objects.filter(pk=image.pk).update(binned_at=timezone.now() - timedelta(days=days_ago))
    return image


@pytest.mark.django_db
def test_bin_shows_last_binned_first_with_the_days_left(
    owner: Client, character: Character, stranger: User
) -> None:
    ages = {0.0: "30 days left", 28.5: "2 days left", 29.5: "1 day left", 30.5: "Goes today"}
    made = {_binned(character, days_ago=age).pk: words for age, words in ages.items()}
    _binned(make_character(owner=stranger))
    cards = owner.get(BIN).context["cards"]
    assert [(card["id"], card["caption"]) for card in cards] == [
        (str(pk), words) for pk, words in made.items()
    ]


@pytest.mark.django_db
def test_bin_pages_pictures_that_were_binned_at_the_same_moment(
    owner: Client, user: User, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "PICTURES_AT_ONCE", 2)
    together = [make_image(character=character) for _ in range(5)]
    services.bin_images(owner=user, images=together)
    seen: list[str] = []
    url = BIN
    while True:
        page = owner.get(url)
        seen += [card["id"] for card in page.context["cards"]]
        url = page.context["page"].older_url
        if not url:
            break
    assert seen == [str(image.pk) for image in reversed(together)]
    back = owner.get(page.context["page"].newer_url)
    assert [card["id"] for card in back.context["cards"]] == seen[2:4]


@pytest.mark.django_db
def test_picture_is_restored(owner: Client, character: Character) -> None:
    image = _binned(character)
    assert owner.post(reverse("characters:image_restore", args=[image.pk])).url == BIN
    image.refresh_from_db()
    assert image.binned_at is None


@pytest.mark.django_db
def test_picture_is_erased_with_its_files(owner: Client, character: Character) -> None:
    image = _binned(character)
    owner.post(reverse("characters:image_erase", args=[image.pk]))
    assert not Image.objects.filter(pk=image.pk).exists()
    files.erase_due_files()
    assert not any(storages["images"].exists(key) for key in image.keys)


@pytest.mark.django_db
def test_picture_outside_the_bin_is_not_erased(owner: Client, character: Character) -> None:
    image = make_image(character=character)
    answer = owner.post(reverse("characters:image_erase", args=[image.pk]), follow=True)
    assert "Put it into the bin first." in answer.content.decode()
    assert Image.objects.filter(pk=image.pk).exists()


@pytest.mark.django_db
def test_bin_is_emptied_only_after_a_question(
    owner: Client, character: Character, stranger: User
) -> None:
    _binned(character)
    kept = make_image(character=character)
    theirs = _binned(make_character(owner=stranger))
    url = reverse("characters:empty_bin")
    assert "Empty the bin?" in owner.get(url).content.decode()
    assert Image.objects.binned().count() == 2
    answer = owner.post(url, follow=True)
    assert "1 picture erased for good." in answer.content.decode()
    left = Image.objects.filter(kind=Image.Kind.PICTURE)
    assert set(left) == {kept, theirs}


@pytest.mark.django_db
def test_empty_bin_says_so(owner: Client) -> None:
    assert "The bin is empty" in owner.get(BIN).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("url", [BIN, "/bin/empty/"])
def test_bin_is_for_people_who_are_signed_in(url: str) -> None:
    assert Client().get(url).url.startswith(reverse("accounts:sign_in"))
    assert Client().post(url).url.startswith(reverse("accounts:sign_in"))


# --- The files of what was erased ----------------------------------------------------------------


def _use_store(settings: Any, backend: str = "", **options: Any) -> None:
    """The store that `options` lead to, from here on."""
    images = settings.STORAGES["images"]
    changed = {
        "BACKEND": backend or images["BACKEND"],
        "OPTIONS": {**images["OPTIONS"], **options},
    }
    settings.STORAGES = {**settings.STORAGES, "images": changed}


def _discarded(character: Character, pictures: int = 1) -> list[str]:
    keys = files.keys_of([make_image(character=character) for _ in range(pictures)])
    files.discard(keys)
    return keys


def _pass(**time: float) -> None:
    """The rows grow older; the store would refuse a request from another time."""
    StoredFile.objects.update(due_at=F("due_at") - timedelta(**time))


@pytest.mark.django_db
def test_store_that_refuses_leaves_the_files_for_later(character: Character, settings: Any) -> None:
    keys = _discarded(character)
    kept = settings.STORAGES
    _use_store(settings, secret_key="not-the-key")
    assert files.erase_due_files() == 0
    assert set(StoredFile.objects.values_list("key", flat=True)) == set(keys)

    settings.STORAGES = kept
    assert files.erase_due_files() == 0, "it was not left alone"
    _pass(minutes=16)
    assert files.erase_due_files() == len(keys)
    assert not any(storages["images"].exists(key) for key in keys)
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_store_that_is_away_is_asked_once(
    character: Character, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    keys = _discarded(character)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(files, "_ERASED_AT_ONCE", 2)
    _use_store(settings, endpoint_url="http://127.0.0.1:1")
    assert files.erase_due_files() == 0
    assert [record.message for record in caplog.records] == ["file not erased"]
    assert StoredFile.objects.count() == len(keys)


class WatchedStore(WholeFileStorage):
    """Refuses what `refused` names, and notes whether rows can be had while bytes go."""

    refused = ""
    notes: ClassVar[list[str]] = []

    def delete(self, name: str) -> None:
        self.notes.append("in a transaction" if connection.in_atomic_block else "free")
        with ThreadPoolExecutor(1) as other:
            other.submit(_lock_every_row).result()
        if name == self.refused:
            raise OSError("it would not go")
        if self.refused == "*":
            raise KeyboardInterrupt
        super().delete(name)


def _lock_every_row() -> None:
    try:
        with transaction.atomic():
            list(StoredFile.objects.select_for_update(nowait=True))
    finally:
        connections.close_all()


@pytest.fixture
def watched(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[WatchedStore]:
    _use_store(settings, f"{__name__}.WatchedStore")
    monkeypatch.setattr(WatchedStore, "notes", [])
    monkeypatch.setattr(WatchedStore, "refused", "")
    return WatchedStore


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_the_store_works(
    character: Character, watched: type[WatchedStore]
) -> None:
    keys = _discarded(character)
    assert files.erase_due_files() == len(keys)
    assert watched.notes == ["free"] * len(keys)


@pytest.mark.django_db(transaction=True)
def test_file_that_will_not_go_holds_up_nobody(
    character: Character, watched: type[WatchedStore]
) -> None:
    keys = _discarded(character, 2)
    watched.refused = keys[1]
    assert files.erase_due_files() == len(keys) - 1
    assert StoredFile.objects.get().key == keys[1]


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_run_had_taken_goes_later(
    character: Character, watched: type[WatchedStore]
) -> None:
    keys = _discarded(character)
    watched.refused = "*"
    with pytest.raises(KeyboardInterrupt):
        files.erase_due_files()
    watched.refused = ""
    assert files.erase_due_files() == 0
    _pass(minutes=16)
    assert files.erase_due_files() == len(keys)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_share_the_work(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_ERASED_AT_ONCE", 2)
    keys = _discarded(character, 4)

    def run(_: int) -> int:
        try:
            return files.erase_due_files()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        shares = list(pool.map(run, range(2)))
    assert sum(shares) == len(keys)
    assert not any(storages["images"].exists(key) for key in keys)
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_run_ends_when_its_time_is_over(
    character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_ERASED_AT_ONCE", 1)
    keys = _discarded(character)
    assert files.erase_due_files(budget_s=0) == 0
    assert files.erase_due_files(limit=2) == 2
    assert StoredFile.objects.count() == len(keys) - 2
