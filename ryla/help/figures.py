"""Every number that help says, from the code that keeps to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from billing.plans import FREE, PACKS, PLANS, REFUND_GRACE
from characters.crops import PLATFORMS
from generation import catalogue
from generation.likeness import REDRAWS_AT_MOST
from generation.recipes import base, from_picture, grid, profile_set, studio, upscale
from generation.services import default_capabilities
from generation.starts import TEMPLATES_MAX
from generation.templatetags.generation import QUALITY_LABELS


def figures() -> dict[str, Any]:
    """What the articles' templates know. Nothing of it belongs to anybody."""
    can = default_capabilities()
    return {
        "welcome_credits": FREE.credits,
        "free_first_draws": base.FREE_FIRST_DRAWS,
        "base_faces_credits": base.BASE_FACES_CREDITS,
        "picture_prices": [
            (QUALITY_LABELS[slug], base.PICTURE_CREDITS[slug]) for slug in can.qualities
        ],
        "profile_set_credits": base.PROFILE_SET_CREDITS,
        "profile_set_pictures": profile_set.PICTURES,
        "change_credits": from_picture.CHANGE_CREDITS,
        "upscale_credits": upscale.UPSCALE_CREDITS,
        "count_max": studio.COUNT_MAX,
        "grid_max": grid.PICTURES_MAX,
        "formats": len(catalogue.FORMATS),
        "templates_max": TEMPLATES_MAX,
        "platforms": [platform.label for platform in PLATFORMS.values()],
        "redraws": REDRAWS_AT_MOST,
        "likeness_percent": round(100 * settings.LIKENESS_THRESHOLD),
        "bin_days": settings.BIN_KEEPS_DAYS,
        "news_days": settings.EVENTS_KEEP_DAYS,
        "grace_days": REFUND_GRACE.days,
        "plans": list(PLANS.values()),
        "packs": list(PACKS.values()),
        "is_illustrator": settings.DEFAULT_IMAGE_PROVIDER == "illustrator",
        "can_edit": "edit" in can.operations,
        "can_enlarge": "upscale" in can.operations,
        "support_email": settings.SUPPORT_EMAIL,
    }
