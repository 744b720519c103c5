"""The tab of a character that shows its likeness over time, and its limit."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from characters.owned import owned_character
from generation.drift import HEIGHT, PICTURES_AT_MOST, WIDTH, drift_of
from generation.forms import ThresholdForm
from generation.likeness import set_threshold

_IN_TABLE = 60


@login_required
@require_safe
def likeness(request: HttpRequest, character_id: UUID) -> HttpResponse:
    character = owned_character(request, character_id)
    drift = drift_of(character)
    context = {
        "character": character,
        "drift": drift,
        "newest": drift.points[: -_IN_TABLE - 1 : -1],
        "at_most": PICTURES_AT_MOST,
        "width": WIDTH,
        "height": HEIGHT,
    }
    return render(request, "generation/likeness.html", context)


@login_required
@require_POST
def threshold(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """From which likeness on pictures of it are taken as they are."""
    character, form = owned_character(request, character_id), ThresholdForm(request.POST)
    if form.is_valid():
        set_threshold(character=character, value=form.fraction)
        messages.success(request, "Saved. It holds for all pictures of this character.")
    else:
        messages.error(request, "Choose a whole number from 0 to 100.")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = reverse("generation:likeness", args=[character.pk])
    return redirect(target)
