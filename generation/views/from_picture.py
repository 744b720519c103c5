"""What the page of a picture makes from it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from generation.services import request_generation
from generation.views.shared import owned_picture
from ryla.lib.errors import DomainError


@login_required
@require_POST
def variation(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _make(request, pk, "variation")


@login_required
@require_POST
def upscale(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _make(request, pk, "upscale")


def _make(request: HttpRequest, pk: UUID, recipe: str) -> HttpResponse:
    image = owned_picture(request, pk)
    try:
        job = request_generation(
            character=image.character,
            recipe=recipe,
            options={"image": str(image.pk)},
            request_key=request.POST.get("request_key", ""),
            quote=request.POST.get("quote", ""),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("generation:image", image.pk)
    return redirect("generation:job", job.pk)
