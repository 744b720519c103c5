"""The bin: thirty days in which every picture can come back."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from characters import services
from characters.models import Image, ImageQuerySet
from characters.views import cards
from characters.views.shared import back, owned_image
from ryla.lib.keyset import keyset_page

PICTURES_AT_ONCE = 40


@login_required
@require_safe
def bin_page(request: HttpRequest) -> HttpResponse:
    rows = _binned(request).select_related("character")
    page = keyset_page(
        request,
        rows,
        path=reverse("characters:bin"),
        size=PICTURES_AT_ONCE,
        by=("binned_at", "id"),
    )
    context = {
        "page": page,
        "cards": [cards.binned_card(image) for image in page.rows],
        "keeps_days": settings.BIN_KEEPS_DAYS,
    }
    return render(request, "characters/bin.html", context)


@login_required
def empty_bin(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        count = services.erase_binned(owner=request.user)
        messages.success(request, f"{count} picture{'' if count == 1 else 's'} erased for good.")
        return redirect("characters:bin")
    return render(request, "characters/empty_bin.html", {"has_any": _binned(request).exists()})


@login_required
@require_POST
def image_restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    image = owned_image(request, pk)
    services.restore_images(owner=request.user, images=[image])
    messages.success(request, "The picture is back.")
    return back(request, "characters:bin")


@login_required
@require_POST
def image_erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Only what lies in the bin: erasing takes two steps everywhere."""
    image = owned_image(request, pk)
    if services.erase_binned(owner=request.user, images=[image]):
        messages.success(request, "The picture is erased for good.")
    else:
        messages.info(request, "Put it into the bin first.")
    return redirect("characters:bin")


def _binned(request: HttpRequest) -> ImageQuerySet:
    return Image.objects.owned_by(request.user).binned()
