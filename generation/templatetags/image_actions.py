"""What can be made from a picture: on its page, with the price beside each."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from characters.crops import platforms_for
from characters.models import Image
from generation.editing import offer_edit
from generation.recipes import RECIPES
from generation.recipes.from_picture import FromPicture
from generation.services import Offer, default_capabilities, quote
from generation.views.shared import new_request_key
from ryla.lib.errors import InvalidInput

register = template.Library()

# Recipe, symbol, and what it does, for people.
_SHOWN = (
    ("variation", "shuffle", "Variation", "The same picture, drawn another way."),
    ("upscale", "arrows-out", "Enlarge", "The same picture, twice as wide and high."),
)


@register.inclusion_tag("generation/_image_actions.html", takes_context=True)
def image_actions(context: template.Context, image: Image) -> dict[str, Any]:
    offers = [] if image.binned_at else [a for shown in _SHOWN if (a := _action(image, *shown))]
    return {
        "actions": offers,
        "edit": offer_edit(image),
        "platforms": [] if image.binned_at else platforms_for(image),
        "image": image,
        "csrf_token": context.get("csrf_token"),
    }


def _action(
    image: Image, slug: str, icon: str, label: str, explanation: str
) -> dict[str, Any] | None:
    """None where this provider cannot do it or nobody knows how the picture was made."""
    offer = _offer(image, slug)
    if offer is None:
        return None
    return {
        "url": reverse(f"generation:image_{slug}", args=[image.pk]),
        "icon": icon,
        "label": f"{label} for {offer.credits} credits",
        "explanation": explanation,
        "offer": offer,
        "request_key": new_request_key(),
    }


def _offer(image: Image, slug: str) -> Offer | None:
    recipe = RECIPES[slug]
    can = default_capabilities()
    if not isinstance(recipe, FromPicture) or not recipe.is_offered(can):
        return None
    character = image.character
    if not character.base_face_id or not recipe.is_possible(image):
        return None
    try:
        return quote(character=character, recipe=slug, options={"image": str(image.pk)})
    except InvalidInput:
        return None
