"""Albums, and which pictures lie in them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Lower

from characters.models.image import Image
from ryla.lib.ids import new_id

if TYPE_CHECKING:
    from accounts.models import User

ALBUM_NAME_MAX = 80
ALBUM_DESCRIPTION_MAX = 500


class AlbumQuerySet(models.QuerySet["Album"]):
    def owned_by(self, user: User) -> AlbumQuerySet:
        """Those that are there; what was deleted can only be had back."""
        return self.filter(owner_id=user.pk, deleted_at=None)

    def deleted_of(self, user: User) -> AlbumQuerySet:
        return self.filter(owner_id=user.pk, deleted_at__isnull=False)


class Album(models.Model):
    """Pictures under a name. They stay where they are: one may lie in many albums, and deleting
    an album deletes none.

    `cover` is what the owner chose; without one, or when it cannot be seen, the newest is shown.
    A deleted album keeps its pictures for a while, so that deleting can be undone; its name is
    free at once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="albums",
        db_index=False,  # album_of_owner begins with it
    )
    name = models.CharField(max_length=ALBUM_NAME_MAX)
    description = models.CharField(max_length=ALBUM_DESCRIPTION_MAX, blank=True)
    cover = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AlbumQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "owner", Lower("name"), condition=Q(deleted_at=None), name="album_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="album_has_name"),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="album_of_owner"),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="album_deleted_age",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def reach(self) -> tuple[UUID, UUID] | None:
        """Ids of its oldest and its newest picture; two steps into an index."""
        ends = self.entries.values_list("image_id", flat=True)
        found = sorted(ends.order_by("image")[:1].union(ends.order_by("-image")[:1]))
        return (found[0], found[-1]) if found else None


class AlbumPictureQuerySet(models.QuerySet["AlbumPicture"]):
    def seen(self) -> AlbumPictureQuerySet:
        """Those whose picture its owner sees. Each is looked up as it is come to, which Postgres
        does not turn into a join: by that it would go through all pictures there are of the owner
        to find those of the album, however far apart they lie."""
        shown = Image.objects.visible().filter(pk=OuterRef("image_id")).values("pk")
        return self.alias(shown=Subquery(shown)).filter(shown__isnull=False)


class AlbumPicture(models.Model):
    """A picture lies in an album, once. The constraint's index is what a page of an album is read
    from: ids of pictures sort by time, so it holds them in the order of the gallery."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    album = models.ForeignKey(
        Album,
        on_delete=models.CASCADE,
        related_name="entries",
        db_index=False,  # album_picture_once begins with it
    )
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="album_entries")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = AlbumPictureQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["album", "image"], name="album_picture_once"),
        )

    def __str__(self) -> str:
        return f"{str(self.image_id)[-8:]} in {str(self.album_id)[-8:]}"
