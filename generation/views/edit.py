"""Where one paints over a part of a picture and says what is to be there instead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from characters.models import Image
from generation.editing import NotEditable, edit_picture, offer_edit
from generation.forms import EditForm
from generation.models import GenerationJob
from generation.services import Offer
from generation.views.shared import new_request_key, owned_picture, quote_answer, say_refused
from ryla.lib.errors import DomainError
from ryla.lib.http import error_body

# Reading a painting takes time, whatever becomes of it.
EDITS_AN_HOUR = 240
# For the page's script, which paints.
BRUSHES = (
    {"value": "paint", "label": "Paint", "checked": True},
    {"value": "erase", "label": "Erase"},
)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    image = owned_picture(request, pk)
    form = _form(request, image)
    if request.method == "POST" and form.is_valid():
        job = _try_edit(image, form)
        if job:
            return redirect("generation:job", job.pk)
    offer = offer_edit(image)
    if offer is None:
        messages.info(request, NotEditable.message)
        return redirect("generation:image", image.pk)
    return render(request, "generation/edit.html", _context(image, offer, form))


@login_required
@require_POST
def edit_quote(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A fresh quote: painting may take longer than one holds. Charges nothing."""
    offer = offer_edit(owned_picture(request, pk))
    if offer is None:
        body = error_body(NotEditable.code, NotEditable.message)
        return JsonResponse(body, status=NotEditable.status)
    return quote_answer(offer)


def _form(request: HttpRequest, image: Image) -> EditForm:
    if request.method == "POST":
        return EditForm(request.POST, request.FILES, image=image)
    return EditForm(image=image, initial={"request_key": new_request_key()})


def _try_edit(image: Image, form: EditForm) -> GenerationJob | None:
    """None when it was refused; the form then says why."""
    try:
        limits.require("edits", str(image.owner_id), limit=EDITS_AN_HOUR)
        return edit_picture(
            image=image,
            png=form.png(),
            prompt=form.cleaned_data["prompt"],
            request_key=form.cleaned_data["request_key"],
            quote=form.data.get("quote", ""),
        )
    except DomainError as error:
        say_refused(form, error)
    return None


def _context(image: Image, offer: Offer, form: EditForm) -> dict[str, Any]:
    return {
        "image": image,
        "character": image.character,
        "offer": offer,
        "form": form,
        "brushes": BRUSHES,
    }
