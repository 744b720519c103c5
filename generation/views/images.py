"""One picture, and everything that is known about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from characters.models import Image
from characters.services import find_decision
from characters.states import ImageReview
from generation.models import Provenance


@login_required
@require_GET
def image(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = Image.objects.owned_by(request.user)
    image = get_object_or_404(rows.select_related("character", "character__base_face"), pk=pk)
    if image.review != ImageReview.VISIBLE:
        return render(request, "generation/image_away.html", _away(image))
    return render(request, "generation/image.html", _context(image))


def _away(image: Image) -> dict[str, Any]:
    """Not the picture, but why there is none."""
    return {
        "image": image,
        "about": f"Picture {image.pk}",
        "character": image.character,
        "is_removed": image.review == ImageReview.REMOVED,
        "decision": find_decision(image=image),
    }


def _context(image: Image) -> dict[str, Any]:
    siblings = Image.objects.visible().filter(character_id=image.character_id).only("pk")
    return {
        "image": image,
        "character": image.character,
        "is_the_face": image.character.base_face_id == image.pk,
        "provenance": Provenance.objects.filter(image=image).select_related("job").first(),
        "newer": siblings.filter(pk__gt=image.pk).order_by("pk").first(),
        "older": siblings.filter(pk__lt=image.pk).order_by("-pk").first(),
    }
