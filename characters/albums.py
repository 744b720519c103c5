"""The verbs of albums; sole writers of what lies in which.

Pictures are given as they were fetched for their owner; what is somebody else's, or gone by now,
is passed over. Rows are locked album first, then pictures, each by id, so that whoever adds the
same pictures at once, moves them the other way or erases them waits instead of failing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from accounts.models import User
from characters.models import (
    ALBUM_DESCRIPTION_MAX,
    ALBUM_NAME_MAX,
    Album,
    AlbumPicture,
    AlbumQuerySet,
    Image,
)
from ryla.lib.errors import Conflict, InvalidInput, NotFound

MAX_ALBUMS = 1000

# --- Albums ------------------------------------------------------------------------------------


def create_album(*, owner: User, name: str, description: str = "") -> Album:
    """Empty. Raises InvalidInput (name, description), Conflict at the owner's limit."""
    album = Album(owner=owner, name=_valid_name(name), description=_valid_description(description))
    with transaction.atomic():
        _require_room(owner)
        _save(album)
    return album


def update_album(*, album: Album, name: str | None = None, description: str | None = None) -> Album:
    """Change what is given. Raises InvalidInput (name, description)."""
    if name is not None:
        album.name = _valid_name(name)
    if description is not None:
        album.description = _valid_description(description)
    _save(album, "name", "description")
    return album


@transaction.atomic
def set_cover(*, album: Album, image: Image | None) -> Album:
    """None: the newest, whichever it is. Raises InvalidInput (cover) for one that is not in it."""
    if image and not AlbumPicture.objects.filter(album=album, image=image).exists():
        raise InvalidInput("Put the picture into the album first.", field="cover")
    album.cover = image
    album.save(update_fields=["cover"])
    return album


def delete_album(*, album: Album) -> None:
    """Its pictures stay. It can be had back for BIN_KEEPS_DAYS; repeating changes nothing."""
    Album.objects.filter(pk=album.pk, deleted_at=None).update(deleted_at=timezone.now())


def restore_album(*, album: Album) -> Album:
    """With the pictures that were in it. Raises Conflict when its name is another album's by now,
    or at the owner's limit."""
    with transaction.atomic():
        _require_room(album.owner)
        try:
            with transaction.atomic():
                Album.objects.filter(pk=album.pk).update(deleted_at=None)
        except IntegrityError as error:
            if "album_name_once" not in str(error):
                raise
            raise Conflict(
                f"Another album is called “{album.name}” by now. Rename that one first."
            ) from error
    album.deleted_at = None
    return album


def purge_albums(*, limit: int = 100) -> int:
    """Albums that were deleted BIN_KEEPS_DAYS ago go for good; returns how many."""
    before = timezone.now() - timedelta(days=settings.BIN_KEEPS_DAYS)
    with transaction.atomic():
        due = Album.objects.select_for_update(skip_locked=True).filter(deleted_at__lt=before)
        ids = list(due.values_list("pk", flat=True)[:limit])
        Album.objects.filter(pk__in=ids).delete()
    return len(ids)


def delete_albums_of(*, user: User) -> None:
    """Part of closing an account; joins its transaction."""
    Album.objects.filter(owner_id=user.pk).delete()


def _require_room(owner: User) -> None:
    # One owner's albums are counted in turn.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if Album.objects.owned_by(owner).count() >= MAX_ALBUMS:
        raise Conflict(f"You have {MAX_ALBUMS:,} albums. Delete one first.")


def _save(album: Album, *fields: str) -> None:
    try:
        with transaction.atomic():
            album.save(update_fields=fields or None)
    except IntegrityError as error:
        if "album_name_once" in str(error):
            raise InvalidInput("You already have an album of this name.", field="name") from error
        raise


def _valid_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("Give the album a name.", field="name")
    if len(name) > ALBUM_NAME_MAX or not name.isprintable():
        raise InvalidInput(f"A name has at most {ALBUM_NAME_MAX} characters.", field="name")
    return name


def _valid_description(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > ALBUM_DESCRIPTION_MAX or "\x00" in text:
        raise InvalidInput(
            f"A description has at most {ALBUM_DESCRIPTION_MAX} characters.", field="description"
        )
    return text


# --- What lies in them -------------------------------------------------------------------------


@transaction.atomic
def add_pictures(*, album: Album, images: Iterable[Image]) -> int:
    """How many were not in it yet; those that were stay as they are. Raises NotFound when the
    album was deleted meanwhile."""
    _lock(album)
    return _add(album, [image.pk for image in images])


@transaction.atomic
def remove_pictures(*, album: Album, images: Iterable[Image]) -> list[UUID]:
    """Ids of those that were in it. They stay wherever else they are. Raises NotFound."""
    _lock(album)
    return _remove(album, [image.pk for image in images])


@transaction.atomic
def move_pictures(*, source: Album, target: Album, images: Iterable[Image]) -> int:
    """Out of one album and into another, both or neither; returns how many. What is not in
    `source` is not moved. Raises InvalidInput (album) for the same twice, NotFound."""
    if source.pk == target.pk:
        raise InvalidInput("They are in this album already.", field="album")
    _lock(source, target)
    moved = _remove(source, [image.pk for image in images])
    _add(target, moved)
    return len(moved)


def _lock(*albums: Album) -> None:
    rows = Album.objects.filter(pk__in=[album.pk for album in albums], deleted_at=None)
    locked = rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
    if len(list(locked)) < len(albums):
        raise NotFound("This album was deleted.")


def _add(album: Album, ids: Sequence[UUID]) -> int:
    """The album is locked: what is missing now stays missing until it is added."""
    owned = Image.objects.filter(owner_id=album.owner_id, pk__in=ids)
    # Not erased before this is done.
    locked = owned.order_by("pk").select_for_update(no_key=True)
    there = list(locked.values_list("pk", flat=True))
    known = set(_entries(album, there).values_list("image_id", flat=True))
    fresh = [pk for pk in there if pk not in known]
    AlbumPicture.objects.bulk_create(AlbumPicture(album=album, image_id=pk) for pk in fresh)
    return len(fresh)


def _remove(album: Album, ids: Sequence[UUID]) -> list[UUID]:
    rows = _entries(album, ids)
    gone = list(rows.values_list("image_id", flat=True))
    rows.delete()
    Album.objects.filter(pk=album.pk, cover__in=gone).update(cover=None)
    return gone


def _entries(album: Album, ids: Sequence[UUID]) -> Any:
    return AlbumPicture.objects.filter(album=album, image__in=ids)


# --- Finding -----------------------------------------------------------------------------------


def find_albums(*, owner: User, text: str = "", limit: int) -> list[Album]:
    """By name, those that have `text` in theirs."""
    rows = Album.objects.owned_by(owner).filter(Q(name__icontains=text) if text else Q())
    return list(rows.order_by(Lower("name"))[:limit])


def albums_of(image: Image) -> AlbumQuerySet:
    """Those the picture lies in, by name."""
    rows = Album.objects.filter(entries__image=image, owner_id=image.owner_id, deleted_at=None)
    return rows.order_by(Lower("name"))


def covers_of(albums: Sequence[Album]) -> Mapping[UUID, Image]:
    """By album, the picture on its cover: the chosen one if it can be seen, else the newest that
    can. Two queries for all; an album without any is left out."""
    entries = AlbumPicture.objects.filter(album=OuterRef("pk")).seen()
    chosen = entries.filter(image=OuterRef("cover"))
    shown = Album.objects.filter(pk__in=[album.pk for album in albums]).values_list(
        "pk",
        Coalesce(
            Subquery(chosen.values("image")[:1]),
            Subquery(entries.order_by("-image").values("image")[:1]),
        ),
    )
    found = {album: image for album, image in shown if image}
    images = Image.objects.select_related("character").in_bulk(list(found.values()))
    return {album: images[image] for album, image in found.items() if image in images}
