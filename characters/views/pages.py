"""The list of characters, and a character's own page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST, require_safe

from characters import services
from characters.forms import IdentityForm
from characters.marks import marked
from characters.models import Character, Image, ImageQuerySet
from characters.owned import owned_character
from characters.pictures import preview_url
from characters.states import CharacterStatus
from characters.views import cards
from characters.views.guide import guide_context
from characters.views.shared import take_undo
from ryla.lib.errors import DomainError
from ryla.lib.http import say_error
from ryla.lib.keyset import keyset_page

COVERS_AT_ONCE = 24
PICTURES_AT_ONCE = 24
COUNT_UP_TO = 1000


# --- List ----------------------------------------------------------------------------------------


@login_required
@require_safe
def character_list(request: HttpRequest) -> HttpResponse:
    context = {**_covers(request), **guide_context(request)}
    draft = _find_last_draft(request)
    # The only character is a card already.
    if draft and (len(context["cards"]) > 1 or not context["page"].is_first):
        has_faces = bool(services.find_faces(draft))
        context |= {
            "draft": draft,
            "draft_url": cards.resume_url(draft, has_faces=has_faces),
            "draft_next": cards.next_step(draft, has_faces=has_faces),
            "has_faces": has_faces,
            "draft_image": preview_url(draft),
            "draft_saved": _saved_ago(draft.updated_at),
        }
    return render(request, "characters/list.html", context)


@login_required
@require_safe
def covers(request: HttpRequest) -> HttpResponse:
    """The grid alone, for the page to draw anew."""
    return render(request, "characters/_covers.html", _covers(request))


def _find_last_draft(request: HttpRequest) -> Character | None:
    """Picked here and not by ORDER BY, for which Postgres would walk everybody's drafts by
    age; one owner has few characters."""
    drafts = Character.objects.owned_by(request.user).filter(
        status=CharacterStatus.DRAFT, base_face=None
    )
    saved = list(drafts.values_list("updated_at", "pk"))
    return drafts.filter(pk=max(saved)[1]).first() if saved else None


def _saved_ago(at: datetime) -> str:
    if timezone.now() - at < timedelta(minutes=1):
        return "Saved just now."
    return f"Saved {timesince(at, depth=1)} ago."


def _covers(request: HttpRequest) -> dict[str, Any]:
    rows = Character.objects.owned_by(request.user).select_related("base_face")
    page = keyset_page(request, rows, path=reverse("characters:list"), size=COVERS_AT_ONCE)
    waiting = services.with_faces_to_pick(request.user, page.rows)
    return {
        "page": page,
        "cards": [cards.character_card(c, has_faces=c.pk in waiting) for c in page.rows],
    }


# --- One character -------------------------------------------------------------------------------


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    has_faces = not character.base_face_id and bool(services.find_faces(character))
    context = {
        **_pictures(request, character),
        **_portrait(character),
        "traits": character.look.label("personality").split(", "),
        "archetype": character.look.label("archetype"),
        "bio": character.look.bio,
        "stats": _stats(character),
        "is_busy": character.status == CharacterStatus.GENERATING,
        "resume_url": cards.resume_url(character, has_faces=has_faces),
        "status_label": cards.status_label(character, has_faces=has_faces),
        "design_url": reverse("characters:design", args=[character.pk, "look"]),
        "has_faces": has_faces,
        "menu": _menu(character),
        "undo_ids": take_undo(request),
    }
    return render(request, "characters/detail.html", context)


@login_required
@require_safe
def pictures(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The grid alone, for the page to draw anew."""
    character = owned_character(request, pk)
    return render(request, "characters/_pictures.html", _pictures(request, character))


def _pictures(request: HttpRequest, character: Character) -> dict[str, Any]:
    # Faces that were not chosen are no pictures of it; the gallery keeps them under their name.
    rows = character.images.visible().filter(kind=Image.Kind.PICTURE).select_related("character")
    path = reverse("characters:detail", args=[character.pk])
    page = keyset_page(request, marked(rows), path=path, size=PICTURES_AT_ONCE)
    return {
        "character": character,
        "page": page,
        "cards": [cards.image_card(image) for image in page.rows],
    }


def _portrait(character: Character) -> dict[str, Any]:
    face = character.base_face
    return {
        "face_url": cards.face_url(character),
        "face_width": face.width_px if face else cards.COVER_WIDTH_PX,
        "face_height": face.height_px if face else cards.COVER_HEIGHT_PX,
    }


class _CountUpTo(Subquery):
    """How many rows, at most COUNT_UP_TO and one: nobody reads further."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: ImageQuerySet) -> None:
        # In order, since an index holds them so.
        super().__init__(rows.order_by("-id").values("pk")[: COUNT_UP_TO + 1])


def _stats(character: Character) -> list[dict[str, str]]:
    # With the owner, so that few favourites among many pictures are found by their own index.
    shown = Image.objects.owned_by(character.owner).visible().filter(character=character)
    counts = Character.objects.filter(pk=character.pk).values_list(
        _CountUpTo(shown.filter(kind=Image.Kind.PICTURE)),
        _CountUpTo(shown.filter(is_favourite=True)),
        _CountUpTo(shown.filter(kind=Image.Kind.BASE_FACE)),
    )
    named = zip(("Picture", "Favourite", "Face"), counts.get(), strict=True)
    return [
        {"value": _shown_count(count), "label": what if count == 1 else f"{what}s"}
        for what, count in named
    ]


def _shown_count(count: int) -> str:
    return f"{COUNT_UP_TO:,}+" if count > COUNT_UP_TO else str(count)


def _menu(character: Character) -> list[dict[str, Any]]:
    def address(name: str, *args: str) -> str:
        return reverse(f"characters:{name}", args=[character.pk, *args])

    return [
        {"label": "Edit identity", "href": address("edit"), "icon": "pencil-simple"},
        {"label": "Change style", "href": address("design", "style"), "icon": "t-shirt"},
        {"label": "Duplicate", "action": address("duplicate"), "icon": "copy"},
        {
            "label": "Download favourites",
            "href": f"{address('download_set')}?favourites=1",
            "icon": "file-zip",
        },
        {
            "label": "Delete",
            "href": address("delete"),
            "icon": "trash",
            "danger": True,
            "divider": True,
        },
    ]


# --- Changing one --------------------------------------------------------------------------------


@login_required
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    now = {"name": character.name, "handle": character.handle, "bio": character.look.bio}
    form = IdentityForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_character(character=character, config=form.choices(), **form.identity())
        except DomainError as error:
            form.put_error(error)
        else:
            messages.success(request, "Saved.")
            return redirect("characters:detail", character.pk)
    context = {"character": character, "form": form, "face_url": cards.face_url(character, "small")}
    return render(request, "characters/edit.html", context)


@login_required
@require_POST
def duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    copy = services.duplicate_character(character=owned_character(request, pk))
    messages.success(request, "A draft with the same look. Its face will be one of its own.")
    return redirect("characters:design", copy.pk, "look")


@login_required
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    if request.method == "POST":
        name = character.display_name
        try:
            services.delete_character(character=character)
        except DomainError as error:
            say_error(request, error)
            return redirect("characters:detail", character.pk)
        messages.success(request, f"{name} and its pictures are gone.")
        return redirect("characters:list")
    pictures = character.images.filter(kind=Image.Kind.PICTURE).order_by("-id")
    context = {
        "character": character,
        "count": _shown_count(pictures[: COUNT_UP_TO + 1].count()),
        "face_url": cards.face_url(character, "small"),
    }
    return render(request, "characters/delete.html", context)
