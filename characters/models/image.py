"""Pictures, what staff decided about them, and the files they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.lookups import Exact
from django.utils import timezone

from characters.models.character import Character
from characters.states import IMAGE_TRANSITIONS, ImageReview
from ryla.lib.ids import first_id_at, new_id
from ryla.lib.records import Record

if TYPE_CHECKING:
    from accounts.models import User
    from characters.models.album import Album

# Settings of a picture that the gallery is filtered by; each has an index of its own.
FACETS = ("scene", "outfit", "format")
LIKENESS = ("good", "below", "none")


@dataclass(frozen=True, slots=True)
class Limits:
    """From which likeness on an owner takes pictures as they are: of each character that has a
    limit of its own, and of all others."""

    default: float
    own: Mapping[UUID, float]

    @property
    def lowest(self) -> float:
        return min([self.default, *self.own.values()])

    @property
    def highest(self) -> float:
        return max([self.default, *self.own.values()])


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

    def in_album(self, album: Album) -> ImageQuerySet:
        """With the id of each once more as `place`, the column of the album's own index.

        From where to where the album reaches is asked apart, so that the planner knows it: pictures
        of one occasion lie together, and it would look for them among all that are newer.
        """
        reach = album.reach()
        if reach is None:
            return self.none()
        place = ExpressionWrapper(F("album_entries__image_id"), output_field=models.UUIDField())
        rows = self.filter(album_entries__album=album).annotate(place=place)
        return rows.within("gte", reach[0]).within("lte", reach[1])

    @property
    def twin(self) -> str:
        """Of rows `in_album`, the second column with the id. Postgres infers the order of one from
        the other but no bound: without both it would read all that is newer than a page."""
        return "place" if "place" in self.query.annotations else ""

    def within(self, side: str, pk: object) -> ImageQuerySet:
        """`side` is a lookup: lt, lte, gt or gte."""
        names = ("pk", self.twin) if self.twin else ("pk",)
        return self.filter(**{f"{name}__{side}": pk for name in names})

    def made_since(self, day: date) -> ImageQuerySet:
        """From the first minute of that day on. Ids sort by time, so every index that ends in the
        id serves it."""
        return self.within("gte", first_id_at(_midnight(day)))

    def made_until(self, day: date) -> ImageQuerySet:
        """That day included."""
        return self.within("lt", first_id_at(_midnight(day + timedelta(days=1))))

    def like_the_face(self, standing: str, limits: Limits) -> ImageQuerySet:
        """`standing` is one of LIKENESS: measured and good enough for the owner, measured and not,
        or never measured."""
        rows = self.filter(kind=Image.Kind.PICTURE)
        if standing == "none":
            return rows.filter(likeness=None)
        side = "gte" if standing == "good" else "lt"
        others = ~Q(character__in=[*limits.own]) if limits.own else Q()
        is_so = others & Q(**{f"likeness__{side}": limits.default})
        for character, limit in limits.own.items():
            is_so |= Q(character=character, **{f"likeness__{side}": limit})
        # What holds of all of them, for the index.
        widest = limits.lowest if standing == "good" else limits.highest
        return rows.filter(is_so, **{f"likeness__{side}": widest})

    def of_version(self, number: int) -> ImageQuerySet:
        """Made with that look of a character, which the query names; old ones count as first."""
        asked = Q(version=number) if number > 1 else Q(version=number) | Q(version=None)
        return self.filter(asked)

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
    # The look it was asked for with; null for pictures older than versions, which are of the first.
    version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # What was asked for: scene, pose, format … as slugs, and for a base face `look_seed`, `face`.
    settings = models.JSONField(default=dict)
    is_favourite = models.BooleanField(default=False)
    # The score that decides, 0 to 1; nothing where none was measured. Who measured it, and what
    # the other scorers say, is generation's to know.
    likeness = models.FloatField(null=True, blank=True, editable=False)
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
            models.CheckConstraint(
                condition=Q(likeness=None) | Q(likeness__gte=0, likeness__lte=1),
                name="image_likeness_is_a_fraction",
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
                fields=["character", "version", "-id"],
                condition=Q(review="visible", binned_at=None),
                name="image_of_version",
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
            models.Index(
                fields=["owner", "likeness"],
                condition=Q(review="visible", binned_at=None, kind="picture"),
                name="image_by_likeness",
            ),
            models.Index(
                fields=["owner", "-id"],
                condition=Q(review="visible", binned_at=None, kind="picture", likeness=None),
                name="image_not_measured",
            ),
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
