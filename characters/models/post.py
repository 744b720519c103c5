"""Posts, the pictures in them, and the private address of a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from characters.models.character import Character
from characters.models.image import Image
from characters.states import POST_TRANSITIONS, ImageReview, PostStatus
from ryla.lib.ids import new_id
from ryla.lib.states import status_check

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

CAPTION_MAX = 2200
HASHTAGS_MAX = 30
HASHTAG_MAX_CHARS = 100
PICTURES_MAX = 10


class PostQuerySet(models.QuerySet["Post"]):
    def owned_by(self, user: User) -> PostQuerySet:
        return self.filter(owner_id=user.pk)

    def between(self, start: datetime, end: datetime) -> PostQuerySet:
        """What stands in the calendar from `start` until before `end`."""
        return self.filter(calendar_at__gte=start, calendar_at__lt=end)

    def with_pictures(self) -> PostQuerySet:
        """Three queries for a list of any length."""
        pictures = PostPicture.objects.order_by("position").select_related("image")
        return self.select_related("character").prefetch_related(
            models.Prefetch("pictures", queryset=pictures)
        )


class Post(models.Model):
    """What goes out on one platform: one to ten pictures of one character, and the words.

    A planned post has its hour, a posted one the hour it went out; `calendar_at` is where the
    calendar shows it. `revision` rises with every change, for calendars that subscribed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Found through the indexes below, which begin with them.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="posts",
        db_index=False,
    )
    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="posts", db_index=False
    )
    # One of posts.PLATFORMS.
    platform = models.CharField(max_length=30)
    caption = models.CharField(max_length=CAPTION_MAX, blank=True)
    hashtags = ArrayField(models.CharField(max_length=HASHTAG_MAX_CHARS), default=list, blank=True)
    status = models.CharField(max_length=10, default=PostStatus.DRAFT, editable=False)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    calendar_at = models.GeneratedField(
        expression=Coalesce("posted_at", "scheduled_at"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = (
            status_check(POST_TRANSITIONS, name="post_status_known", initial="draft"),
            models.CheckConstraint(
                condition=Q(status="draft", scheduled_at=None, posted_at=None)
                | Q(status="planned", scheduled_at__isnull=False, posted_at=None)
                | Q(status="posted", posted_at__isnull=False),
                name="post_has_the_hour_of_its_status",
            ),
            models.CheckConstraint(
                condition=Q(hashtags__len__lte=HASHTAGS_MAX), name="post_hashtags_at_most"
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="post_of_owner"),
            models.Index(fields=["owner", "status", "-id"], name="post_by_status"),
            models.Index(fields=["character", "-id"], name="post_of_character"),
            models.Index(
                fields=["owner", "calendar_at", "id"],
                condition=Q(calendar_at__isnull=False),
                name="post_calendar",
            ),
        )

    def __str__(self) -> str:
        return f"{self.platform} {self.pk}"

    @property
    def words(self) -> str:
        """Caption and hashtags as they are pasted into the platform."""
        tags = " ".join(f"#{tag}" for tag in self.hashtags)
        return "\n\n".join(part for part in (self.caption, tags) if part)


class PostPicture(models.Model):
    """A picture at its place in a post. One that was erased leaves its place behind, empty, so
    that the post can say what it lacks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, related_name="pictures", db_index=False
    )
    image = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, related_name="in_posts", db_index=False
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            # At the end of the transaction: places are exchanged.
            models.UniqueConstraint(
                fields=["post", "position"],
                name="post_picture_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["image", "post"], name="post_picture_once"),
            models.CheckConstraint(
                condition=Q(position__lt=PICTURES_MAX), name="post_pictures_at_most"
            ),
        )

    def __str__(self) -> str:
        return f"{self.post_id} {self.position}"

    @property
    def missing(self) -> str:
        """Why it cannot be posted: gone, held_back, binned; empty when it can."""
        if self.image is None or self.image.review == ImageReview.REMOVED:
            return "gone"
        if self.image.review == ImageReview.WITHHELD:
            return "held_back"
        return "binned" if self.image.binned_at else ""


class CalendarFeed(models.Model):
    """That somebody's calendar may be read at a private address (characters.feeds), for as long
    as the owner's sessions of that time last. Another address is another row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    epoch = models.PositiveIntegerField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)
