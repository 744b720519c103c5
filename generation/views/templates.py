"""Requests saved under a name: kept, started from, renamed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from characters.models import Character
from characters.owned import owned_character
from generation.forms import PictureForm, TemplateNameForm
from generation.models import StudioTemplate
from generation.starts import (
    CURATED,
    Start,
    delete_template,
    find_curated,
    rename_template,
    save_template,
    templates_of,
)
from generation.templatetags.generation import setting_in_words
from ryla.lib.errors import DomainError

_SALT = "generation.template"
_NAMED_FOR_S = 24 * 3600
_PAGES = {"studio": "generation:studio", "grid": "generation:studio_grid"}


def find_start(request: HttpRequest, character: Character, recipe: str) -> Start | None:
    """What the address names to start from. A stranger's template is not there."""
    if slug := request.GET.get("curated"):
        return find_curated(character.look.archetype, slug) if recipe == "studio" else None
    if not (named := request.GET.get("template")):
        return None
    try:
        row = get_object_or_404(StudioTemplate, pk=UUID(named), owner=request.user, recipe=recipe)
    except ValueError:
        raise Http404 from None
    return Start(row.name, row.options, str(row.pk))


def query_of(options: Mapping[str, Any]) -> QueryDict:
    """Options as the address that would fill the form with them."""
    return QueryDict(urlencode(options, doseq=True))


def left_out(start: Start, initial: Mapping[str, Any]) -> list[str]:
    """What of it the provider lacks, in words: what the form does not say although named."""
    missing = []
    for name, value in start.options.items():
        said = initial.get(name)
        for one in value if isinstance(value, list) else [value]:
            if one not in (said if isinstance(said, list) else [said]):
                missing.append(setting_in_words(name.removesuffix("s"), one))
    return missing


def start_context(form: PictureForm, recipe: str, start: Start | None) -> dict[str, Any]:
    """The page's part about templates: those to start from in their groups, and what the one
    that was chosen asks for in vain."""
    current = start.slug if start else ""
    saved = [
        (row.name, "template", str(row.pk)) for row in templates_of(form.character.owner, recipe)
    ]
    ours = CURATED.get(form.character.look.archetype, ()) if recipe == "studio" else ()
    groups = {
        "Yours": saved,
        form.character.look.label("archetype"): [(s.name, "curated", s.slug) for s in ours],
    }
    return {
        "starts": [
            (label, [_chip(*member, current) for member in members])
            for label, members in groups.items()
            if members
        ],
        "start": start,
        "left_out": _left_out_words(start, form.initial) if start else None,
    }


def _left_out_words(start: Start, initial: Mapping[str, Any]) -> dict[str, str] | None:
    missing = left_out(start, initial)
    if not missing:
        return None
    return {
        "title": f"Not all of “{start.name}” can be had here.",
        "text": f"Left out: {', '.join(missing)}.",
    }


def _chip(label: str, name: str, value: str, current: str) -> dict[str, Any]:
    return {"label": label, "href": f"?{name}={value}", "current": value == current}


def ask_for_name(request: HttpRequest, form: PictureForm, recipe: str) -> HttpResponse:
    """A page of its own: a name among the studio's fields would be sent with every request."""
    kept = signing.dumps({"recipe": recipe, "options": form.options()}, salt=_SALT, compress=True)
    return _name_page(request, form.character, TemplateNameForm(initial={"kept": kept}))


def _name_page(request: HttpRequest, character: Character, form: TemplateNameForm) -> HttpResponse:
    context = {"character": character, "form": form}
    return render(request, "generation/name_template.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """All of the account's; a POST keeps another one."""
    character = owned_character(request, character_id)
    if request.method == "POST":
        return _keep(request, character)
    rows = [(row, _address(character, row)) for row in templates_of(character.owner)]
    context = {"character": character, "rows": rows}
    return render(request, "generation/templates.html", context)


def _keep(request: HttpRequest, character: Character) -> HttpResponse:
    form = TemplateNameForm(request.POST)
    if form.is_valid():
        try:
            kept = signing.loads(form.cleaned_data["kept"], salt=_SALT, max_age=_NAMED_FOR_S)
            row = save_template(owner=character.owner, name=form.cleaned_data["name"], **kept)
        except signing.BadSignature:
            form.add_error(None, "This page is too old. Save the template from the studio again.")
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, f"“{row.name}” is saved.")
            return redirect(_address(character, row))
    return _name_page(request, character, form)


def _address(character: Character, row: StudioTemplate) -> str:
    return f"{reverse(_PAGES[row.recipe], args=[character.pk])}?template={row.pk}"


def _owned(request: HttpRequest, character_id: UUID, pk: UUID) -> tuple[Character, StudioTemplate]:
    character = owned_character(request, character_id)
    return character, get_object_or_404(StudioTemplate, pk=pk, owner=request.user)


@login_required
@require_POST
def rename(request: HttpRequest, character_id: UUID, pk: UUID) -> HttpResponse:
    character, row = _owned(request, character_id, pk)
    try:
        rename_template(template=row, name=request.POST.get("name", ""))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"It is called “{row.name}” now.")
    return redirect("generation:studio_templates", character.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, character_id: UUID, pk: UUID) -> HttpResponse:
    """Asks first; requests that were made with it stay as they are."""
    character, row = _owned(request, character_id, pk)
    if request.method != "POST":
        context = {"character": character, "template": row}
        return render(request, "generation/delete_template.html", context)
    delete_template(template=row)
    messages.success(request, f"“{row.name}” is deleted.")
    return redirect("generation:studio_templates", character.pk)
