"""What generation hears from the floors below, and tells them of what it can draw."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import Sections, account_closing, collecting_data
from characters import marks
from characters.catalogue import get_catalogue, limit_offer
from characters.services import delete_all_of
from generation.catalogue import FORMATS, SCENES
from generation.likeness import is_to_be_reviewed, limits_of
from generation.models import (
    FavouriteOption,
    FreeDraw,
    GenerationJob,
    JobItem,
    Likeness,
    LikenessThreshold,
    Mask,
    ModerationVerdict,
    Provenance,
    Redraw,
    StudioTemplate,
)
from generation.services import cancel_all_of, default_capabilities
from ryla.lib.rows import in_bites

_OUTFITS = get_catalogue()["outfit_style"]
limit_offer(lambda: {"visual_style": default_capabilities().visual_styles})
marks.register("needs_review", is_to_be_reviewed)
marks.ask_limits(limits_of)
marks.name_options("scene", {slug: o.label for slug, o in SCENES.by_slug.items()})
marks.name_options("outfit", {slug: o.label for slug, o in _OUTFITS.by_slug.items()})
marks.name_options("format", {f.slug: f"{f.label}, {f.slug}" for f in FORMATS.values()})


@receiver(account_closing)
def end_and_erase(sender: Any, user: User, **kwargs: Any) -> None:
    """Jobs end with their refunds before the characters they belong to go."""
    cancel_all_of(user=user)
    delete_all_of(user=user)
    FavouriteOption.objects.filter(owner=user).delete()
    StudioTemplate.objects.filter(owner=user).delete()


@receiver(collecting_data)
def hand_over_generation(sender: Any, user: User, **kwargs: Any) -> Sections:
    return {
        "jobs": in_bites(
            GenerationJob.objects.owned_by(user),
            *("id", "character_id", "recipe", "provider", "status", "request_key", "options"),
            *("count", "delivered_count", "credits_charged", "credits_refunded"),
            *("error_code", "error_message", "created_at", "started_at", "finished_at", "seen_at"),
        ),
        "pictures_asked_for": in_bites(
            JobItem.objects.filter(owner_id=user.pk),
            *("job_id", "position", "status", "request", "error_code", "error_message"),
            *("created_at", "finished_at"),
        ),
        "masks": in_bites(
            Mask.objects.filter(owner_id=user.pk), "id", "image_id", "sha256", "created_at"
        ),
        "provenance": in_bites(
            Provenance.objects.filter(job__owner_id=user.pk),
            *("image_id", "job_id", "recipe", "provider", "model", "model_version", "prompt"),
            *("digital_source_type", "seed", "parameters", "sha256", "created_at"),
        ),
        "moderation_verdicts": in_bites(
            ModerationVerdict.objects.filter(owner_id=user.pk),
            *("character_id", "stage", "decision", "reasons", "moderator", "version"),
            *("text_sha256", "created_at"),
        ),
        "free_draws": in_bites(
            FreeDraw.objects.filter(owner_id=user.pk), "character_id", "job_id", "created_at"
        ),
        "likenesses": in_bites(
            Likeness.objects.filter(image__owner_id=user.pk),
            *("image_id", "face_id", "model", "version", "value", "kept_at", "created_at"),
        ),
        "likeness_thresholds": in_bites(
            LikenessThreshold.objects.filter(character__owner_id=user.pk), "character_id", "value"
        ),
        "redraws": in_bites(
            Redraw.objects.filter(owner_id=user.pk), "root_id", "n", "job_id", "created_at"
        ),
        "favourite_options": in_bites(
            FavouriteOption.objects.filter(owner_id=user.pk), "field", "slug", "created_at"
        ),
        "studio_templates": in_bites(
            StudioTemplate.objects.filter(owner_id=user.pk),
            *("name", "recipe", "options", "created_at"),
        ),
    }
