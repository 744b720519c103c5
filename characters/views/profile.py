"""The tabs of a character's page that show what is kept of it: favourites and settings."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from characters.marks import marked
from characters.models import Image
from characters.owned import owned_character
from characters.views import cards
from ryla.lib.keyset import keyset_page

PICTURES_AT_ONCE = 24


@login_required
@require_safe
def favourites(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    # By owner as well: the favourites' index begins with it.
    rows = Image.objects.owned_by(request.user).visible().filter(is_favourite=True)
    rows = marked(rows.filter(character=character).select_related("character"))
    path = reverse("characters:favourites", args=[character.pk])
    page = keyset_page(request, rows, path=path, size=PICTURES_AT_ONCE)
    context = {
        "character": character,
        "page": page,
        "cards": [cards.image_card(image) for image in page.rows],
    }
    return render(request, "characters/favourites.html", context)


@login_required
@require_safe
def settings_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    return render(request, "characters/settings.html", {"character": character})
