"""Asking for pictures by a form of the studio: the price beside the button, and the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from characters.models import Character
from characters.owned import owned_character
from generation.favourites import favourites_of, set_favourite_option
from generation.forms import Card, PictureForm
from generation.models import GenerationJob
from generation.references import still_there
from generation.services import Offer, default_capabilities, quote, request_generation
from generation.starts import Start
from generation.views.shared import new_request_key, say_refused
from generation.views.templates import ask_for_name, find_start
from generation.wording import Wording, find_wording
from ryla.lib.errors import DomainError

AnyForm = TypeVar("AnyForm", bound=PictureForm)


def studio_page(
    request: HttpRequest,
    character_id: UUID,
    *,
    recipe: str,
    form_of: Callable[[HttpRequest, Character, Start | None], AnyForm],
    show: Callable[[AnyForm, Start | None], HttpResponse],
) -> HttpResponse:
    """What both pages of the studio do with what they are sent; `show` draws the page."""
    character = owned_character(request, character_id)
    if not character.base_face_id:
        messages.info(request, f"Choose a face for {character.display_name} first.")
        return redirect("generation:faces", character.pk)
    if "favourite" in request.POST and (answer := star(request)):
        return answer
    start = find_start(request, character, recipe)
    form = form_of(request, character, start)
    if "save" in request.POST and form.is_valid():
        return ask_for_name(request, form, recipe)
    if is_sent(request) and form.is_valid():
        job = try_request(form, recipe)
        if job:
            return redirect("generation:job", job.pk)
    return show(form, start)


def filled(
    kind: type[AnyForm], request: HttpRequest, character: Character, initial: Card
) -> AnyForm:
    """A form of what was sent, or of how the page begins."""
    is_posted = request.method == "POST"
    named = initial.get("references", [])
    initial = {"request_key": new_request_key(), **initial}
    if named:
        initial["references"] = still_there(character, named)
        if not is_posted and len(initial["references"]) < len(named):
            messages.info(request, "Not every picture that went along is still there.")
    return kind(
        request.POST if is_posted else None,
        character=character,
        capabilities=default_capabilities(),
        favourites=favourites_of(character.owner),
        initial=initial,
    )


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
    except DomainError as error:
        say_refused(form, error)
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
