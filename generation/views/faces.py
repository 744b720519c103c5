"""Three faces to choose from; choosing one decides who the character is."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from characters.models import Character, Image
from characters.owned import owned_character
from characters.pictures import preview_url
from characters.services import choose_base_face, is_current_face, update_character
from characters.suggestions import suggest_name
from generation.forms import ChooseFaceForm
from generation.models import GenerationJob
from generation.services import mark_job_seen, quote, request_generation
from generation.states import JobStatus
from generation.views.shared import live_context, new_request_key, slots_of
from ryla.lib.errors import DomainError
from ryla.lib.http import fragment_with_etag

RECIPE = "base_faces"
_SHOWN_AT_MOST = 24


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def faces(request: HttpRequest, character_id: UUID) -> HttpResponse:
    character = owned_character(request, character_id)
    if character.base_face_id:
        return redirect("characters:detail", character.pk)
    if request.method == "POST":
        return _draw(request, character)
    return render(request, "generation/faces.html", _context(character))


@login_required
@require_GET
def fragment(request: HttpRequest, character_id: UUID) -> HttpResponseBase:
    character = owned_character(request, character_id)
    if character.base_face_id:
        return HttpResponse(status=410)
    return fragment_with_etag(request, "generation/_faces.html", _context(character))


@login_required
@require_POST
def choose(request: HttpRequest, character_id: UUID) -> HttpResponse:
    character = owned_character(request, character_id)
    form = ChooseFaceForm(request.POST, images=Image.objects.filter(character=character))
    if form.is_valid():
        try:
            _choose(character, form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            character.refresh_from_db()
            messages.success(request, f"This is {character.display_name}. The studio is open.")
            return redirect("characters:detail", character.pk)
    return render(request, "generation/faces.html", _context(character, form))


def _draw(request: HttpRequest, character: Character) -> HttpResponse:
    try:
        request_generation(
            character=character,
            recipe=RECIPE,
            options={},
            request_key=request.POST.get("request_key", ""),
            quote=request.POST.get("quote", ""),
        )
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("generation:faces", character.pk)


def _choose(character: Character, answer: dict[str, Any]) -> None:
    if answer["name"] and not character.name:
        character = update_character(character=character, name=answer["name"])
    choose_base_face(character=character, image=answer["image"])


def _context(character: Character, form: ChooseFaceForm | None = None) -> dict[str, Any]:
    job = _newest_draw(character)
    if job:
        mark_job_seen(job=job)
    is_live = job is not None and job.is_live
    drawn = [] if is_live else _drawn_faces(character)
    current = [image for image in drawn if is_current_face(character, image)]
    return {
        "character": character,
        "job": job,
        "is_live": is_live,
        "slots": slots_of(job) if job and is_live else [],
        "faces": current,
        "has_stale_faces": bool(drawn) and not current,
        "is_failed": job is not None and job.status == JobStatus.FAILED,
        "is_canceled": job is not None and job.status == JobStatus.CANCELED,
        "form": form or ChooseFaceForm(images=Image.objects.none(), initial=_initial(character)),
        "offer": None if is_live else quote(character=character, recipe=RECIPE, options={}),
        "request_key": new_request_key(),
        "preview_url": preview_url(character),
        **(live_context(job) if job and is_live else {}),
    }


def _newest_draw(character: Character) -> GenerationJob | None:
    rows = character.generation_jobs.filter(recipe=RECIPE).order_by("-pk")
    return rows.select_related("owner", "character").prefetch_related("items").first()


def _drawn_faces(character: Character) -> list[Image]:
    rows = character.images.visible().filter(kind=Image.Kind.BASE_FACE)
    return list(rows.order_by("-pk")[:_SHOWN_AT_MOST])


def _initial(character: Character) -> dict[str, str]:
    """The same suggestion on every visit, so that it can grow on one."""
    rng = random.Random(str(character.pk))  # noqa: S311 (a suggestion, not a secret)
    return {"name": suggest_name(character.look, rng)}
