"""What characters hears from the floor below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import Sections, account_closing, collecting_data
from characters.albums import delete_albums_of
from characters.models import (
    Album,
    AlbumPicture,
    CalendarFeed,
    Character,
    CharacterVersion,
    DesignerHistory,
    Image,
    Post,
    PostPicture,
    ReviewDecision,
)
from characters.posts import delete_all_of as delete_posts_of
from ryla.lib.rows import in_bites


@receiver(account_closing)
def erase_albums_and_posts(sender: Any, user: User, **kwargs: Any) -> None:
    """The characters and their pictures go with their jobs, which are of a floor above."""
    delete_albums_of(user=user)
    delete_posts_of(user=user)


@receiver(collecting_data)
def hand_over_characters(sender: Any, user: User, **kwargs: Any) -> Sections:
    return {
        "characters": in_bites(
            Character.objects.owned_by(user),
            *("id", "name", "handle", "config", "seed", "status", "generation_error"),
            *("base_face_id", "designer_step", "created_at", "updated_at"),
        ),
        "images": in_bites(
            Image.objects.owned_by(user),
            *("id", "character_id", "kind", "job_id", "position", "review", "content_type"),
            *("width_px", "height_px", "size_bytes", "sha256", "dominant_colour", "seed"),
            *("settings", "is_favourite", "caption", "binned_at", "created_at"),
        ),
        "albums": in_bites(
            Album.objects.filter(owner_id=user.pk),
            *("id", "name", "description", "cover_id", "deleted_at", "created_at"),
        ),
        "album_pictures": in_bites(
            AlbumPicture.objects.filter(album__owner_id=user.pk),
            *("album_id", "image_id", "added_at"),
        ),
        "character_versions": in_bites(
            CharacterVersion.objects.filter(character__owner_id=user.pk),
            *("character_id", "number", "config", "seed", "face_id", "why"),
            *("restored_from", "is_drawn", "created_at"),
        ),
        "designer_histories": in_bites(
            DesignerHistory.objects.filter(character__owner_id=user.pk),
            *("character_id", "past", "future", "updated_at"),
        ),
        "posts": in_bites(
            Post.objects.owned_by(user),
            *("id", "character_id", "platform", "caption", "hashtags", "status"),
            *("scheduled_at", "posted_at", "created_at", "updated_at"),
        ),
        "post_pictures": in_bites(
            PostPicture.objects.filter(post__owner_id=user.pk), "post_id", "image_id", "position"
        ),
        "calendar_feeds": in_bites(CalendarFeed.objects.filter(owner=user), "created_at"),
        "review_decisions": in_bites(
            ReviewDecision.objects.filter(image__owner_id=user.pk),
            *("image_id", "review", "reason", "created_at"),
        ),
    }
