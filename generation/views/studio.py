"""The studio: every control of it changes the pictures, and the price stands beside the button."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from characters.models import Character
from characters.owned import owned_character
from generation.forms import StudioForm, prefill
from generation.recipes.base import (
    BASE_FACES_CREDITS,
    FREE_FIRST_DRAWS,
    PICTURE_CREDITS,
    PROFILE_SET_CREDITS,
)
from generation.recipes.profile_set import PICTURES
from generation.services import default_capabilities, request_generation
from generation.starts import Start
from generation.templatetags.generation import QUALITY_LABELS
from generation.views.asking import filled, offer_of, studio_page, studio_tabs, wording_of
from generation.views.templates import query_of, start_context
from ryla.lib.errors import DomainError

RECIPE = "studio"
SECTIONS = (
    ("picker-scene", "Scene"),
    ("picker-pose", "Pose"),
    ("picker-expression", "Expression"),
    ("picker-outfit", "Outfit"),
    ("studio-format", "Format"),
    # Inside the folded part: browsers unfold what an address points into.
    ("id_seed", "Light and more"),
)
SKETCHED = (
    "scene",
    "environment",
    "lighting",
    "pose",
    "framing",
    "expression",
    "outfit",
    "format",
    "seed",
)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def studio(request: HttpRequest, character_id: UUID) -> HttpResponse:
    def show(form: StudioForm, start: Start | None) -> HttpResponse:
        return render(request, "generation/studio.html", _context(form, start))

    return studio_page(request, character_id, recipe=RECIPE, form_of=studio_form, show=show)


def studio_form(
    request: HttpRequest, character: Character, start: Start | None = None
) -> StudioForm:
    query = query_of(start.options) if start else request.GET
    return filled(StudioForm, request, character, prefill(query, default_capabilities()))


def _context(form: StudioForm, start: Start | None) -> dict[str, Any]:
    character, offer = form.character, offer_of(form, RECIPE)
    return {
        "character": character,
        "form": form,
        "offer": offer,
        "wording": wording_of(form, RECIPE),
        **start_context(form, RECIPE, start),
        "credits_each": offer.credits // offer.count,
        "is_affordable": offer.balance >= offer.credits // offer.count,
        "has_preview": default_capabilities().has_sketch,
        "preview_url": _preview_url(character, form),
        "sections": SECTIONS,
        "tabs": studio_tabs(character, RECIPE),
    }


def _preview_url(character: Character, form: StudioForm) -> str:
    """The sketch of what the form says when the page opens; the script follows from there."""
    path = reverse("generation:studio_preview", args=[character.pk])
    names = [name for name in SKETCHED if name not in form.errors]
    chosen = {name: form.chosen(name) for name in names if form.chosen(name)}
    return f"{path}?{urlencode(chosen)}"


@login_required
@require_POST
def profile_set(request: HttpRequest, character_id: UUID) -> HttpResponse:
    character = owned_character(request, character_id)
    try:
        job = request_generation(
            character=character,
            recipe="profile_set",
            options={"format": request.POST["format"]} if request.POST.get("format") else {},
            request_key=request.POST.get("request_key", ""),
            quote=request.POST.get("quote", ""),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("characters:detail", character.pk)
    return redirect("generation:job", job.pk)


@login_required
@require_GET
def prices(request: HttpRequest) -> HttpResponse:
    offered = default_capabilities().qualities
    pictures = [(QUALITY_LABELS[slug], PICTURE_CREDITS[slug]) for slug in offered]
    return render(
        request,
        "generation/prices.html",
        {
            "base_faces_credits": BASE_FACES_CREDITS,
            "free_first_draws": FREE_FIRST_DRAWS,
            "pictures": pictures,
            "profile_set_credits": PROFILE_SET_CREDITS,
            "profile_set_pictures": PICTURES,
        },
    )
