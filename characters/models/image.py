"""Pictures, what staff decided about them, and the files they need."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.lookups import Exact
from django.utils import timezone

from characters.models.character import Character
from characters.states import IMAGE_TRANSITIONS, ImageReview
from ryla.lib.ids import first_id_at, new_id
from ryla.lib.records import Record

if TYPE_CHECKING:
    from accounts.models import User

# Settings of a picture that the gallery is filtered by; each has an index of its own.
FACETS = ("scene", "outfit", "format")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _facet(setting: str) -> models.Index:
    """Pictures made with one choice, newest first; also what tells which choices occur."""
    return models.Index(
        F("owner"),
        KT(f"settings__{setting}"),
        F("id").desc(),
        condition=Q(review="visible", binned_at=None, kind="picture"),
        name=f"image_by_{setting}",
    )


class ImageQuerySet(models.QuerySet["Image"]):
    def owned_by(self, user: User) -> ImageQuerySet:
        return self.filter(owner_id=user.pk)

    def visible(self) -> ImageQuerySet:
        """What the owner sees in galleries: not withheld, not removed, not in the bin."""
        return self.filter(review=ImageReview.VISIBLE, binned_at=None)

    def viewable(self) -> ImageQuerySet:
        """What the owner may still open, the bin included."""
        return self.filter(review=ImageReview.VISIBLE)

    def made_with(self, setting: str, slug: str) -> ImageQuerySet:
        """`setting` is one of FACETS; asked in the words of its index."""
        return self.filter(Exact(KT(f"settings__{setting}"), Value(slug)))

    def made_since(self, day: date) -> ImageQuerySet:
        """From the first minute of that day on. Ids sort by time, so every index that ends in the
        id serves it."""
        return self.filter(pk__gte=first_id_at(_midnight(day)))

    def made_until(self, day: date) -> ImageQuerySet:
        """That day included."""
        return self.filter(pk__lt=first_id_at(_midnight(day + timedelta(days=1))))

    def held_back(self) -> ImageQuerySet:
        """What the owner is told of but cannot see; not what went to the bin before."""
        return self.filter(review=ImageReview.WITHHELD, binned_at=None)

    def binned(self) -> ImageQuerySet:
        return self.filter(review=ImageReview.VISIBLE, binned_at__isnull=False)


class Image(models.Model):
    """One finished picture. `job_id` is a reference without a key, since jobs live above;
    (job, position) unique is what makes a repeated import harmless.

    Postgres keeps one more column, `words`, for `characters.search` alone: it is no field, so
    that lists do not carry it.
    """

    class Kind(models.TextChoices):
        BASE_FACE = "base_face", "Base face"
        PICTURE = "picture", "Picture"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="images")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="images"
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PICTURE)
    job_id = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    review = models.CharField(max_length=10, default=ImageReview.VISIBLE, editable=False)
    original_key = models.CharField(max_length=200, unique=True)
    large_key = models.CharField(max_length=200, unique=True)
    small_key = models.CharField(max_length=200, unique=True)
    content_type = models.CharField(max_length=40)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    dominant_colour = models.CharField(max_length=7)
    seed = models.BigIntegerField()
    # What was asked for: scene, pose, format … as slugs, and for a base face `look_seed`, `face`.
    settings = models.JSONField(default=dict)
    is_favourite = models.BooleanField(default=False)
    caption = models.CharField(max_length=2200, blank=True)
    binned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(review__in=sorted({*IMAGE_TRANSITIONS})), name="image_review_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["base_face", "picture"]), name="image_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(width_px__gt=0, height_px__gt=0, size_bytes__gt=0),
                name="image_has_size",
            ),
            models.UniqueConstraint(fields=["job_id", "position"], name="image_once_per_position"),
        )
        indexes = (
            models.Index(
                fields=["owner", "-id"],
                condition=Q(review="visible", binned_at=None),
                name="image_gallery",
            ),
            models.Index(
                fields=["character", "-id"],
                condition=Q(review="visible", binned_at=None),
                name="image_of_character",
            ),
            models.Index(
                fields=["owner", "-id"],
                condition=Q(review="visible", binned_at=None, is_favourite=True),
                name="image_favourites",
            ),
            models.Index(
                fields=["owner", "-id"],
                condition=Q(review="visible", binned_at=None, kind="base_face"),
                name="image_faces",
            ),
            models.Index(
                fields=["owner", "-id"],
                condition=Q(review="withheld", binned_at=None),
                name="image_held_back",
            ),
            models.Index(
                fields=["owner", "-binned_at"],
                condition=Q(binned_at__isnull=False),
                name="image_bin",
            ),
            models.Index(
                fields=["binned_at"], condition=Q(binned_at__isnull=False), name="image_bin_age"
            ),
            models.Index(fields=["-created_at"], name="image_newest"),
            *(_facet(setting) for setting in FACETS),
        )

    def __str__(self) -> str:
        return f"Image {str(self.pk)[-8:]}"

    @property
    def keys(self) -> tuple[str, str, str]:
        return (self.original_key, self.large_key, self.small_key)


class ReviewDecision(Record):
    """What staff decided about a picture and why, in words its owner reads; who it was stands
    in the admin's log."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="review_decisions")
    review = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(review__in=sorted({*IMAGE_TRANSITIONS})), name="decision_review_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_reason"),
        )
        indexes = (models.Index(fields=["-created_at"], name="decision_newest"),)

    def __str__(self) -> str:
        return f"{self.review}: {self.reason[:40]}"


class StoredFile(models.Model):
    """A file to erase at `due_at` unless somebody claims it first.

    Written before bytes are stored and deleted with the row that needs them, so neither a
    crash between the two nor a deleted image leaves files behind.
    """

    key = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["due_at"], name="stored_file_due"),)

    def __str__(self) -> str:
        return self.key
