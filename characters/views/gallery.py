"""All pictures of a person, and what can be done to one or many of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from characters import services
from characters.forms import SELECTION_MAX, CaptionForm, GalleryFilter, SelectionForm
from characters.marks import limits_of, marked
from characters.models import FACETS, Album, Character, Image, ImageQuerySet
from characters.search import saying
from characters.views import cards
from characters.views.finder import finder, with_query
from characters.views.shared import (
    asked_page,
    back,
    done,
    is_background,
    offer_undo,
    owned_image,
    owned_images,
    take_undo,
)
from ryla.lib.errors import DomainError, InvalidInput
from ryla.lib.http import error_body, say_error
from ryla.lib.keyset import Page, keyset_page

PICTURES_AT_ONCE = 40
HELD_BACK_AT_MOST = 20
TO_COMPARE = 2


@login_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "characters/gallery.html", whole_page(request))


@login_required
@require_safe
def gallery_pictures(request: HttpRequest) -> HttpResponse:
    return part_of_page(request)


def whole_page(request: HttpRequest, album: Album | None = None) -> dict[str, Any]:
    """What `gallery.html` shows: all pictures, or those of an album."""
    chosen = GalleryFilter(request.GET)
    character = _chosen_character(request, chosen)
    characters = _characters(request)
    is_all_selected = request.GET.get("select") == "all"
    return {
        **_page(
            request, chosen, character, album, holds_back=_any_is(characters, "owner_has_held_back")
        ),
        "album": album,
        "character": character,
        "has_characters": bool(characters),
        "finder": finder(
            request,
            chosen,
            character,
            characters,
            home=_path(album),
            album=album,
            is_measured=_any_is(characters, "owner_has_likeness"),
        ),
        "window_url": _path(album, "pictures"),
        "is_all_selected": is_all_selected,
        "select_url": with_query(request, select="" if is_all_selected else "all"),
        "selection_max": SELECTION_MAX,
        "undo_ids": take_undo(request),
    }


def part_of_page(request: HttpRequest, album: Album | None = None) -> HttpResponse:
    """One page by itself, for a gallery that goes on as it is scrolled."""
    chosen = GalleryFilter(request.GET)
    page = _page(request, chosen, _chosen_character(request, chosen), album, holds_back=True)
    return render(request, "characters/_gallery_pictures.html", page)


def _path(album: Album | None, part: str = "") -> str:
    name = f"_{part}" if part else ""
    if album:
        return reverse(f"characters:album{name}", args=[album.pk])
    return reverse(f"characters:gallery{name}")


def _any_is(characters: list[Any], name: str) -> bool:
    return any(getattr(one, name) for one in characters)


def _page(
    request: HttpRequest,
    chosen: GalleryFilter,
    character: Character | None,
    album: Album | None,
    *,
    holds_back: bool,
) -> dict[str, Any]:
    """What `_gallery_pictures.html` shows."""
    if album and not chosen.is_any:
        page = _page_of_album(request, album)
    else:
        rows = _filtered(request, chosen, character, album)
        page = keyset_page(request, rows, path=_path(album), size=PICTURES_AT_ONCE, twin=rows.twin)
    is_all_selected = request.GET.get("select") == "all"
    return {
        "page": page,
        "cards": [
            {**cards.image_card(image), "is_selected": is_all_selected} for image in page.rows
        ],
        "held_back": _held_back(request, chosen, character, album)
        if page.is_first and holds_back
        else [],
    }


def _page_of_album(request: HttpRequest, album: Album) -> Page[Image]:
    """All of it, nothing asked: read out of the album's own index alone."""
    entries = keyset_page(
        request, album.entries.seen(), path=_path(album), size=PICTURES_AT_ONCE, by=("image_id",)
    )
    shown = marked(Image.objects.owned_by(request.user).visible().select_related("character"))
    images = shown.in_bulk([entry.image_id for entry in entries.rows])
    rows = [images[entry.image_id] for entry in entries.rows if entry.image_id in images]
    return Page(rows, entries.newer_url, entries.older_url)


def _characters(request: HttpRequest) -> list[Any]:
    """Each also tells whether any picture of the owner is held back, which is rare, and whether
    any was measured: queries are saved where none is."""
    mine = Image.objects.owned_by(request.user)
    measured = mine.visible().filter(kind=Image.Kind.PICTURE, likeness__gte=0)
    rows = Character.objects.owned_by(request.user).annotate(
        owner_has_held_back=Exists(mine.held_back()), owner_has_likeness=Exists(measured)
    )
    return list(rows.order_by("name").only("name", "base_face"))


def _chosen_character(request: HttpRequest, chosen: GalleryFilter) -> Character | None:
    pk = chosen.value("character")
    if pk is None:
        return None
    return get_object_or_404(Character.objects.owned_by(request.user), pk=pk)


def _filtered(
    request: HttpRequest, chosen: GalleryFilter, character: Character | None, album: Album | None
) -> ImageQuerySet:
    rows = Image.objects.owned_by(request.user).visible().select_related("character")
    # Faces are what pictures are compared with; there is nothing to say of them.
    is_faces = chosen.value("kind") == Image.Kind.BASE_FACE
    return _chosen(request, rows if is_faces else marked(rows), chosen, character, album)


def _held_back(
    request: HttpRequest, chosen: GalleryFilter, character: Character | None, album: Album | None
) -> list[dict[str, Any]]:
    """Few ever are; they stand before the first page, newest first."""
    held = Image.objects.owned_by(request.user).held_back()
    rows = _chosen(request, held, chosen, character, album)
    return [cards.held_back_card(image) for image in rows.order_by("-id")[:HELD_BACK_AT_MOST]]


def _chosen(
    request: HttpRequest,
    rows: ImageQuerySet,
    chosen: GalleryFilter,
    character: Character | None,
    album: Album | None,
) -> ImageQuerySet:
    if album:
        rows = rows.in_album(album)
    # An album shows all that was put into it; what pictures were made with, faces do not say.
    is_of_any_kind = album and not any(chosen.value(setting) for setting in FACETS)
    if kind := chosen.value("kind") or ("" if is_of_any_kind else Image.Kind.PICTURE):
        rows = rows.filter(kind=kind)
    if character:
        rows = rows.filter(character=character)
        # Numbers are counted per character: alone they mean nothing.
        if number := chosen.value("version"):
            rows = rows.of_version(number)
    if chosen.value("favourites"):
        rows = rows.filter(is_favourite=True)
    for setting in FACETS:
        if slug := chosen.value(setting):
            rows = rows.made_with(setting, slug)
    if standing := chosen.value("likeness"):
        rows = rows.like_the_face(standing, limits_of(request.user))
    if since := chosen.value("since"):
        rows = rows.made_since(since)
    if until := chosen.value("until"):
        rows = rows.made_until(until)
    if text := chosen.value("q"):
        rows = saying(rows, owner=request.user, text=text)
    return rows


# --- Many at once --------------------------------------------------------------------------------


def _favour(request: HttpRequest, images: list[Image]) -> str:
    for image in images:
        services.set_favourite(image=image, is_favourite=True)
    return f"{_pictures(images)} marked as favourite."


def _disfavour(request: HttpRequest, images: list[Image]) -> str:
    for image in images:
        services.set_favourite(image=image, is_favourite=False)
    return f"{_pictures(images)} no longer marked as favourite."


def _bin(request: HttpRequest, images: list[Image]) -> str:
    services.bin_images(owner=request.user, images=images)
    offer_undo(request, images)
    return ""  # the banner with the way back says it


def _restore(request: HttpRequest, images: list[Image]) -> str:
    services.restore_images(owner=request.user, images=images)
    return f"{_pictures(images)} back where {'it was' if len(images) == 1 else 'they were'}."


def _erase(request: HttpRequest, images: list[Image]) -> str:
    count = services.erase_binned(owner=request.user, images=images)
    return f"{count} picture{'' if count == 1 else 's'} erased for good."


ACTIONS: Mapping[str, Callable[[HttpRequest, list[Image]], str]] = {
    "favourite": _favour,
    "unfavourite": _disfavour,
    "bin": _bin,
    "restore": _restore,
    "erase": _erase,
}


@login_required
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """`do` one of ACTIONS to the pictures ticked. Others' pictures count as not ticked."""
    if request.POST.get("do") == "compare":
        return _compare(request)
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise Http404
    images = list(owned_images(request).filter(pk__in=SelectionForm(request.POST).ids()))
    if not images:
        messages.info(request, "Select some pictures first.")
        return back(request, "characters:gallery")
    try:
        words = action(request, images)
    except DomainError as error:
        say_error(request, error)
    else:
        if words:
            messages.success(request, words)
    return back(request, "characters:gallery")


def _compare(request: HttpRequest) -> HttpResponse:
    ids = SelectionForm(request.POST).ids()
    images = list(owned_images(request).filter(pk__in=ids).order_by("pk")[: TO_COMPARE + 1])
    if len(images) != TO_COMPARE:
        messages.info(request, "Select two pictures to compare.")
        return back(request, "characters:gallery")
    one, other = images
    return redirect(f"{reverse('generation:compare')}?{urlencode({'a': one.pk, 'b': other.pk})}")


def _pictures(images: list[Image]) -> str:
    return "1 picture" if len(images) == 1 else f"{len(images)} pictures"


# --- One -----------------------------------------------------------------------------------------


@login_required
@require_POST
def favourite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Flips it, unless `is_favourite` says which way."""
    image = owned_image(request, pk)
    wanted = request.POST.get("is_favourite")
    services.set_favourite(
        image=image, is_favourite=not image.is_favourite if wanted is None else wanted == "true"
    )
    if is_background(request):
        return done()
    return back(request, "characters:detail", pk=image.character_id)


@login_required
@require_POST
def caption(request: HttpRequest, pk: UUID) -> HttpResponse:
    image = owned_image(request, pk)
    form = CaptionForm(request.POST)
    try:
        if not form.is_valid():
            raise InvalidInput(form.errors["caption"][0], field="caption")
        services.set_caption(image=image, caption=form.cleaned_data["caption"])
    except DomainError as error:
        if is_background(request):
            return JsonResponse(error_body(error.code, error.message, error.field), status=400)
        say_error(request, error)
    else:
        if is_background(request):
            return done()
        messages.success(request, "Caption saved.")
    return back(request, "generation:image", pk=image.pk)


@login_required
@require_POST
def image_bin(request: HttpRequest, pk: UUID) -> HttpResponse:
    image = owned_image(request, pk)
    try:
        services.bin_images(owner=request.user, images=[image])
    except DomainError as error:
        say_error(request, error)
    else:
        offer_undo(request, [image])
    # Not to where one came from: that may be the page of the picture that just went.
    asked = asked_page(request)
    return redirect(asked) if asked else redirect("characters:detail", image.character_id)
