"""Characters and their images. Both belong to one owner, and are fetched through it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.lookups import Exact
from django.utils import timezone

from characters.catalogue import CATALOGUES
from characters.config import CharacterConfig
from characters.states import CHARACTER_TRANSITIONS, IMAGE_TRANSITIONS, CharacterStatus, ImageReview
from ryla.lib.ids import first_id_at, new_id
from ryla.lib.records import Record
from ryla.lib.states import status_check

if TYPE_CHECKING:
    from accounts.models import User

# Settings of a picture that the gallery is filtered by; each has an index of its own.
FACETS = ("scene", "outfit", "format")
_AGES = sorted({o.slug for c in CATALOGUES.values() for o in c["age_range"].options})


def new_seed() -> str:
    return str(new_id())


class CharacterQuerySet(models.QuerySet["Character"]):
    def owned_by(self, user: User) -> CharacterQuerySet:
        return self.filter(owner_id=user.pk)

    def with_look(self, **choices: Any) -> CharacterQuerySet:
        """Characters whose config has all these choices, e.g. `archetype="luxury",
        hair_style="long"`. Uses the GIN index `character_config` (see docs/queries.md)."""
        return self.filter(config__contains=choices)


class Character(models.Model):
    """A persona with a fixed look, identity and voice.

    `seed` is what makes this person this person beside the look; picking a base face sets
    it. `ready` means a base face is chosen.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="characters"
    )
    name = models.CharField(max_length=100, blank=True)
    handle = models.CharField(max_length=30, blank=True)
    config = models.JSONField()
    seed = models.TextField(default=new_seed)
    status = models.CharField(max_length=12, default=CharacterStatus.DRAFT, editable=False)
    generation_error = models.CharField(max_length=300, blank=True, editable=False)
    base_face = models.ForeignKey(
        "characters.Image", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    # The designer's screen to resume at; empty once the character left the designer.
    designer_step = models.CharField(max_length=12, blank=True, default="look")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CharacterQuerySet.as_manager()

    class Meta:
        constraints = (
            status_check(CHARACTER_TRANSITIONS, name="character_status_known", initial="draft"),
            models.UniqueConstraint(
                fields=["owner", "handle"],
                condition=~Q(handle=""),
                name="character_handle_once_per_owner",
            ),
            models.CheckConstraint(
                condition=Q(handle="") | Q(handle__regex=r"^[A-Za-z0-9_-]{3,30}$"),
                name="character_handle_form",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(base_face__isnull=False),
                name="character_ready_has_face",
            ),
            # Adults only, said by the database too: an age outside the catalogue cannot be stored.
            models.CheckConstraint(
                condition=Q(config__age_range__in=_AGES) & Q(config__has_key="age_range"),
                name="character_is_adult",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="character_of_owner"),
            models.Index(fields=["status", "-updated_at"], name="character_by_status"),
            models.Index(fields=["-created_at"], name="character_newest"),
            GinIndex(fields=["config"], name="character_config", opclasses=["jsonb_path_ops"]),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or "Unnamed draft"

    @property
    def look(self) -> CharacterConfig:
        return CharacterConfig.from_json(self.config)

    def drawn_look(self) -> dict[str, Any]:
        """What providers get: the config as JSON plus the seed of this person."""
        return {**self.look.to_json(), "seed": self.seed}


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
