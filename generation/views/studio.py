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
from generation.models import GenerationJob
from generation.recipes.base import (
    BASE_FACES_CREDITS,
    FREE_FIRST_DRAWS,
    PICTURE_CREDITS,
    PROFILE_SET_CREDITS,
)
from generation.recipes.profile_set import PICTURES
from generation.services import (
    Offer,
    RequestKeyReused,
    default_capabilities,
    quote,
    request_generation,
)
from generation.templatetags.generation import QUALITY_LABELS
from generation.views.shared import new_request_key, quote_answer
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
    character = owned_character(request, character_id)
    if not character.base_face_id:
        messages.info(request, f"Choose a face for {character.display_name} first.")
        return redirect("generation:faces", character.pk)
    form = _form(request, character)
    if request.method == "POST" and form.is_valid():
        job = _try_request(form)
        if job:
            return redirect("generation:job", job.pk)
    return render(request, "generation/studio.html", _context(character, form))


def _form(request: HttpRequest, character: Character) -> StudioForm:
    capabilities = default_capabilities()
    initial = {"request_key": new_request_key(), **prefill(request.GET, capabilities)}
    sent = request.POST if request.method == "POST" else None
    return StudioForm(sent, character=character, capabilities=capabilities, initial=initial)


def _try_request(form: StudioForm) -> GenerationJob | None:
    """None when it was refused; the form then says why."""
    try:
        return request_generation(
            character=form.character,
            recipe=RECIPE,
            options=form.options(),
            request_key=form.cleaned_data["request_key"],
            quote=form.data.get("quote", ""),
        )
    except RequestKeyReused:
        # The page was left, reached again by "back" and changed: a new wish needs a new key.
        form.data = form.data.copy()
        form.data["request_key"] = new_request_key()
        form.add_error(
            None, "This page was already sent once. Send it again to have these pictures too."
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    return None


def _context(character: Character, form: StudioForm) -> dict[str, Any]:
    offer = _offer(character, form)
    return {
        "character": character,
        "form": form,
        "offer": offer,
        "credits_each": offer.credits // offer.count,
        "is_affordable": offer.balance >= offer.credits // offer.count,
        "has_preview": default_capabilities().has_sketch,
        "preview_url": _preview_url(character, form),
        "sections": SECTIONS,
    }


def _preview_url(character: Character, form: StudioForm) -> str:
    """The sketch of what the form says when the page opens; the script follows from there."""
    path = reverse("generation:studio_preview", args=[character.pk])
    names = [name for name in SKETCHED if name not in form.errors]
    chosen = {name: form.chosen(name) for name in names if form.chosen(name)}
    return f"{path}?{urlencode(chosen)}"


def _offer(character: Character, form: StudioForm) -> Offer:
    """The price of what the form says, or of the plainest request while it says nothing valid."""
    asked = [name for name in form.fields if name != "request_key"]
    chosen = {name: form.chosen(name) for name in asked if form.chosen(name) not in (None, "")}
    priced = {name: chosen[name] for name in ("count", "quality") if name in chosen}
    for options in (chosen, priced):
        try:
            return quote(character=character, recipe=RECIPE, options=options)
        except DomainError:
            continue
    return quote(character=character, recipe=RECIPE, options={})


@login_required
@require_POST
def quote_now(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """A quote for what a page's form says now: for the page's script, which shows it and sends
    it along. Charges nothing."""
    character = owned_character(request, character_id)
    recipe = request.POST.get("recipe", "")
    if recipe == RECIPE:
        offer = _offer(character, _form(request, character))
    else:
        offer = quote(character=character, recipe=recipe, options={})
    return quote_answer(offer)


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
