"""Asking for pictures by a form of the studio: the price beside the button, and the request."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from characters.models import Character
from generation.favourites import set_favourite_option
from generation.forms import PictureForm
from generation.models import GenerationJob
from generation.services import Offer, RequestKeyReused, quote, request_generation
from generation.views.shared import new_request_key
from generation.wording import Wording, find_wording
from ryla.lib.errors import DomainError


def is_sent(request: HttpRequest) -> bool:
    """Whether pictures are asked for. The form has buttons for other things too, which keep
    what it says: the price and a star without JavaScript, a template."""
    others = {"show", "favourite", "save"}
    return request.method == "POST" and not others & request.POST.keys()


def star(request: HttpRequest) -> HttpResponse | None:
    """Put a star on the option named by the form, or take it off: `scene:cafe:on`. None where the
    page is to be drawn anew."""
    field, _, rest = request.POST["favourite"].partition(":")
    slug, _, wanted = rest.partition(":")
    try:
        set_favourite_option(
            owner=request.user, field=field, slug=slug, is_favourite=wanted == "on"
        )
    except DomainError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain")
    is_background = request.headers.get("X-Requested-With") == "fetch"
    return HttpResponse(status=204) if is_background else None


def try_request(form: PictureForm, recipe: str) -> GenerationJob | None:
    """None when it was refused; the form then says why."""
    try:
        return request_generation(
            character=form.character,
            recipe=recipe,
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


def offer_of(form: PictureForm, recipe: str) -> Offer:
    """The price of what the form says, or of the plainest request while it says nothing valid."""
    for options in (form.asked(), form.priced()):
        try:
            return quote(character=form.character, recipe=recipe, options=options)
        except DomainError:
            continue
    return quote(character=form.character, recipe=recipe, options=form.plainest())


def wording_of(form: PictureForm, recipe: str) -> Wording | None:
    return find_wording(character=form.character, recipe=recipe, options=form.asked())


def wording_part(form: PictureForm, recipe: str) -> dict[str, str]:
    """What follows the form of the page's words, by its name there."""
    if "prompt" not in form.fields:
        return {}
    wording = wording_of(form, recipe)
    return {"wording": render_to_string("generation/_wording.html", {"wording": wording})}


def studio_tabs(character: Character, recipe: str) -> list[dict[str, Any]]:
    """The ways through the studio, as components/tabs.html takes them."""
    return [
        {
            "label": label,
            "href": reverse(name, args=[character.pk]),
            "current": slug == recipe,
        }
        for slug, label, name in (
            ("studio", "One scene", "generation:studio"),
            ("grid", "Grid", "generation:studio_grid"),
        )
    ]
