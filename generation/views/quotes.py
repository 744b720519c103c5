"""Quotes for the script of a page that asks for pictures."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from characters.models import Character
from characters.owned import owned_character
from generation.services import Offer, quote
from generation.views import grid, studio
from generation.views.asking import offer_of, wording_part
from generation.views.shared import quote_answer


@login_required
@require_POST
def quote_now(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """A quote for what a page's form says now: for the page's script, which shows it and sends
    it along. Charges nothing."""
    character = owned_character(request, character_id)
    offer, shown, parts = _asked(request, character, request.POST.get("recipe", ""))
    return quote_answer(offer, shown=shown, parts=parts)


def _asked(
    request: HttpRequest, character: Character, recipe: str
) -> tuple[Offer, int, dict[str, str]]:
    """The offer, the price to be shown, and what else of the page changes, by its name there."""
    if recipe == grid.RECIPE:
        form = grid.grid_form(request, character)
        offer = offer_of(form, recipe)
        return offer, grid.plan_of(form, offer)["credits"], grid.parts_of(form, offer)
    if recipe == studio.RECIPE:
        said = studio.studio_form(request, character)
        offer = offer_of(said, recipe)
        return offer, offer.credits, wording_part(said, recipe)
    offer = quote(character=character, recipe=recipe, options={})
    return offer, offer.credits, {}
