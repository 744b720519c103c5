"""The grid: every chosen scene with every chosen outfit, the whole of it shown beforehand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from characters.models import Character
from generation.forms import GridForm, prefill_grid
from generation.recipes.grid import PICTURES_MAX
from generation.services import Offer, default_capabilities
from generation.starts import Start
from generation.views.asking import (
    filled,
    offer_of,
    studio_page,
    studio_tabs,
    wording_of,
    wording_part,
)
from generation.views.templates import query_of, start_context

RECIPE = "grid"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, character_id: UUID) -> HttpResponse:
    def show(form: GridForm, start: Start | None) -> HttpResponse:
        return render(request, "generation/grid.html", _context(form, start))

    return studio_page(request, character_id, recipe=RECIPE, form_of=grid_form, show=show)


def grid_form(request: HttpRequest, character: Character, start: Start | None = None) -> GridForm:
    query = query_of(start.options) if start else request.GET
    initial = prefill_grid(query, character, default_capabilities())
    return filled(GridForm, request, character, initial)


def _context(form: GridForm, start: Start | None) -> dict[str, Any]:
    offer = offer_of(form, RECIPE)
    return {
        "character": form.character,
        "form": form,
        "offer": offer,
        "wording": wording_of(form, RECIPE),
        **start_context(form, RECIPE, start),
        "pictures_max": PICTURES_MAX,
        "tabs": studio_tabs(form.character, RECIPE),
        **plan_of(form, offer),
    }


def plan_of(form: GridForm, offer: Offer) -> dict[str, Any]:
    """What would be made and what all of it costs, even where that is too much to be asked for."""
    rows = form.rows
    count = sum(len(row.outfits) for row in rows)
    each = offer.credits // offer.count
    return {
        "rows": rows,
        "count": count,
        "pictures_max": PICTURES_MAX,
        "credits_each": each,
        "credits": each * count,
        "has_enough": offer.balance >= each * max(1, count),
        "is_affordable": offer.balance >= each,
    }


def parts_of(form: GridForm, offer: Offer) -> dict[str, str]:
    """The pieces of the page that follow the form, by name."""
    plan = plan_of(form, offer)
    return {
        "grid-said": render_to_string("generation/_grid_said.html", plan),
        "grid-plan": render_to_string("generation/_grid_plan.html", plan),
        **wording_part(form, RECIPE),
    }
