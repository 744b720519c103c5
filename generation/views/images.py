"""One picture, and everything that is known about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from characters.albums import albums_of
from characters.models import Image
from characters.services import find_decision
from characters.states import ImageReview
from generation import likeness
from generation.again import make_again, offer_again
from generation.again import redraw as draw_again
from generation.forms import AgainForm, ThresholdForm
from generation.lineage import lineage_of
from generation.models import Provenance
from generation.views.shared import new_request_key, owned_picture
from ryla.lib.errors import DomainError


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
    standing = likeness.standing_of(image)
    siblings = Image.objects.visible().filter(character_id=image.character_id).only("pk")
    return {
        "image": image,
        "character": image.character,
        "is_the_face": image.character.base_face_id == image.pk,
        "provenance": Provenance.objects.filter(image=image).select_related("job").first(),
        "again": None if image.binned_at else offer_again(image),
        "standing": standing,
        "floor": settings.LIKENESS_THRESHOLD,
        "threshold_form": ThresholdForm.of(standing) if standing else None,
        "request_key": new_request_key(),
        "lineage": lineage_of(image),
        "albums": [] if image.binned_at else albums_of(image),
        "newer": siblings.filter(pk__gt=image.pk).order_by("pk").first(),
        "older": siblings.filter(pk__lt=image.pk).order_by("-pk").first(),
    }


@login_required
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The identical request once more, at the price the page showed."""
    image, form = owned_picture(request, pk), AgainForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That did not work. Nothing was charged; try again.")
        return redirect("generation:image", image.pk)
    try:
        job = make_again(image=image, **form.cleaned_data)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("generation:image", image.pk)
    return redirect("generation:job", job.pk)


@login_required
@require_POST
def redraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    image, form = owned_picture(request, pk), AgainForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That did not work. Nothing was charged; try again.")
        return redirect("generation:image", image.pk)
    try:
        job = draw_again(image=image, request_key=form.cleaned_data["request_key"])
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("generation:image", image.pk)
    return redirect("generation:job", job.pk)


@login_required
@require_POST
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    image = owned_picture(request, pk)
    likeness.keep(image=image)
    messages.success(request, "Kept as it is.")
    return redirect("generation:image", image.pk)


@login_required
@require_POST
def threshold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From which likeness on pictures of this one's character are taken as they are."""
    image, form = owned_picture(request, pk), ThresholdForm(request.POST)
    if form.is_valid():
        likeness.set_threshold(character=image.character, value=form.fraction)
        messages.success(request, "Saved. It holds for all pictures of this character.")
    else:
        messages.error(request, "Choose a whole number from 0 to 100.")
    return redirect("generation:image", image.pk)
