"""Albums: their list, each as a gallery of its own, and how pictures come into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from characters import albums
from characters.album_forms import AlbumForm, ChooseForm
from characters.models import Album, Image
from characters.pictures import image_url
from characters.views.gallery import part_of_page, whole_page
from characters.views.shared import back, came_from, is_background, owned_image, owned_images
from ryla.lib.errors import DomainError
from ryla.lib.http import say_error
from ryla.lib.keyset import keyset_page

ALBUMS_AT_ONCE = 24
CHOICES_AT_ONCE = 30
_UNDO_DELETE = "deleted_album"
_UNDO_REMOVE = "removed_from_album"


def owned_album(request: HttpRequest, pk: UUID) -> Album:
    return get_object_or_404(Album.objects.owned_by(request.user).select_related("owner"), pk=pk)


# --- All of them ---------------------------------------------------------------------------------


@login_required
@require_safe
def album_list(request: HttpRequest) -> HttpResponse:
    rows = Album.objects.owned_by(request.user)
    page = keyset_page(request, rows, path=reverse("characters:albums"), size=ALBUMS_AT_ONCE)
    deleted = _take_deleted(request)
    context = {"page": page, "cards": _cards(page.rows), "deleted": deleted}
    return render(request, "characters/albums.html", context)


def _cards(rows: Sequence[Album]) -> list[dict[str, Any]]:
    covers = albums.covers_of(rows)
    return [_card(album, covers.get(album.pk)) for album in rows]


def _card(album: Album, cover: Image | None) -> dict[str, Any]:
    card = {
        "name": album.name,
        "href": reverse("characters:album", args=[album.pk]),
        "meta": "" if cover else "Empty",
    }
    if cover is None:
        return card
    return {
        **card,
        "image_url": image_url(cover, "large"),
        "width": cover.width_px,
        "height": cover.height_px,
        "color": cover.dominant_colour,
    }


@login_required
def new_album(request: HttpRequest) -> HttpResponse:
    form = AlbumForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            album = albums.create_album(owner=request.user, **form.cleaned_data)
        except DomainError as error:
            form.put_error(error)
        else:
            messages.success(request, f"“{album.name}” is there. Put pictures into it.")
            return redirect("characters:album", album.pk)
    return render(request, "characters/album_form.html", {"form": form})


# --- One -----------------------------------------------------------------------------------------


@login_required
@require_safe
def album(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The gallery of what lies in it: the same filters, words and selection."""
    shown = owned_album(request, pk)
    context = {
        **whole_page(request, shown),
        "removed_ids": _take_removed(request, shown),
        "menu": _menu(shown),
    }
    return render(request, "characters/gallery.html", context)


def _menu(album: Album) -> list[dict[str, Any]]:
    edit, delete = (
        reverse(f"characters:{name}", args=[album.pk]) for name in ("edit_album", "delete_album")
    )
    newest = reverse("characters:album_cover", args=[album.pk])
    return [
        {"label": "Rename or describe", "href": edit, "icon": "pencil-simple"},
        *(
            [{"label": "Newest picture as cover", "action": newest, "icon": "image"}]
            if album.cover_id
            else []
        ),
        {
            "label": "Delete the album",
            "action": delete,
            "icon": "trash",
            "danger": True,
            "divider": True,
        },
    ]


@login_required
@require_safe
def album_pictures(request: HttpRequest, pk: UUID) -> HttpResponse:
    return part_of_page(request, owned_album(request, pk))


@login_required
def edit_album(request: HttpRequest, pk: UUID) -> HttpResponse:
    album = owned_album(request, pk)
    form = AlbumForm(request.POST) if request.method == "POST" else AlbumForm.of(album)
    if request.method == "POST" and form.is_valid():
        try:
            albums.update_album(album=album, **form.cleaned_data)
        except DomainError as error:
            form.put_error(error)
            album.refresh_from_db()
        else:
            messages.success(request, "Saved.")
            return redirect("characters:album", album.pk)
    return render(request, "characters/album_form.html", {"form": form, "album": album})


@login_required
@require_POST
def album_cover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The one picture that was chosen; none says the newest."""
    album = owned_album(request, pk)
    ids = ChooseForm(request.POST).ids()
    if len(ids) > 1:
        messages.info(request, "Select one picture for the cover.")
        return back(request, "characters:album", pk=album.pk)
    try:
        image = owned_image(request, ids[0]) if ids else None
        albums.set_cover(album=album, image=image)
    except DomainError as error:
        say_error(request, error)
    else:
        told = "That is the cover now." if image else "The newest picture is the cover now."
        messages.success(request, told)
    return back(request, "characters:album", pk=album.pk)


@login_required
@require_POST
def delete_album(request: HttpRequest, pk: UUID) -> HttpResponse:
    """At once, as it can be undone."""
    album = owned_album(request, pk)
    albums.delete_album(album=album)
    request.session[_UNDO_DELETE] = str(album.pk)
    return redirect("characters:albums")


@login_required
@require_POST
def restore_album(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = Album.objects.filter(owner=request.user).select_related("owner")
    album = get_object_or_404(rows, pk=pk)
    try:
        albums.restore_album(album=album)
    except DomainError as error:
        say_error(request, error)
        request.session[_UNDO_DELETE] = str(album.pk)
        return redirect("characters:albums")
    messages.success(request, f"“{album.name}” is back.")
    return redirect("characters:album", album.pk)


def _take_deleted(request: HttpRequest) -> Album | None:
    """What was just deleted; offered once."""
    pk = request.session.pop(_UNDO_DELETE, None)
    return Album.objects.deleted_of(request.user).filter(pk=pk).first() if pk else None


# --- Pictures come and go ------------------------------------------------------------------------


@login_required
@require_POST
def choose_album(request: HttpRequest) -> HttpResponse:
    """Which album the pictures go into. A page, or by itself what js/album.js shows in a dialog."""
    form = ChooseForm(request.POST)
    if not form.ids():
        return _nothing_selected(request)
    return _choices(request, form)


def _nothing_selected(request: HttpRequest) -> HttpResponse:
    messages.info(request, "Select some pictures first.")
    return back(request, "characters:gallery")


def _choices(request: HttpRequest, form: ChooseForm, status: int = 200) -> HttpResponse:
    """Those whose names have what was typed; without it the first by name."""
    text = " ".join((form["name"].value() or "").split())
    source = _source(request, form)
    found = albums.find_albums(owner=request.user, text=text, limit=CHOICES_AT_ONCE + 1)
    context = {
        "form": form,
        "ids": form.ids(),
        "source": source,
        "next": came_from(request) or reverse("characters:gallery"),
        "albums": [one for one in found[:CHOICES_AT_ONCE] if one != source],
        "has_more": len(found) > CHOICES_AT_ONCE,
        "is_named": any(one.name.casefold() == text.casefold() for one in found),
        "text": text,
    }
    page = "_album_choices" if is_background(request) else "choose_album"
    return render(request, f"characters/{page}.html", context, status=status)


def _source(request: HttpRequest, form: ChooseForm) -> Album | None:
    pk = form.cleaned_data.get("source")
    return owned_album(request, pk) if pk else None


@login_required
@require_POST
def put_into_album(request: HttpRequest) -> HttpResponse:
    """Into `album`, or a new one of this `name`; out of `source`, if that is named."""
    form = ChooseForm(request.POST)
    images = list(owned_images(request).filter(pk__in=form.ids()))
    if not images:
        return _nothing_selected(request)
    source = _source(request, form)
    try:
        album = _target(request, form)
        if source:
            count = albums.move_pictures(source=source, target=album, images=images)
        else:
            count = albums.add_pictures(album=album, images=images)
    except DomainError as error:
        form.put_error(error)
        return _choices(request, form)
    messages.success(request, _told(album, count, is_moved=bool(source)))
    return back(request, "characters:album", pk=album.pk)


def _target(request: HttpRequest, form: ChooseForm) -> Album:
    if pk := form.cleaned_data.get("album"):
        return owned_album(request, pk)
    return albums.create_album(owner=request.user, name=form.cleaned_data.get("name") or "")


def _told(album: Album, count: int, *, is_moved: bool) -> str:
    if not count:
        return f"In “{album.name}” already."
    pictures = "1 picture" if count == 1 else f"{count} pictures"
    return f"{pictures} {'moved' if is_moved else 'added'} to “{album.name}”."


@login_required
@require_POST
def remove_from_album(request: HttpRequest, pk: UUID) -> HttpResponse:
    album = owned_album(request, pk)
    ids = ChooseForm(request.POST).ids()
    if not ids:
        return _nothing_selected(request)
    gone = albums.remove_pictures(album=album, images=owned_images(request).filter(pk__in=ids))
    if _comes_from(request, album):
        request.session[_UNDO_REMOVE] = [str(album.pk), [str(one) for one in gone]]
    else:
        messages.success(request, f"Taken out of “{album.name}”.")
    return back(request, "characters:album", pk=album.pk)


def _comes_from(request: HttpRequest, album: Album) -> bool:
    """Its page has the way back; elsewhere words say it."""
    return urlsplit(came_from(request)).path == reverse("characters:album", args=[album.pk])


def _take_removed(request: HttpRequest, album: Album) -> list[str]:
    """Ids of what was just taken out of this one; offered once."""
    pk, ids = request.session.pop(_UNDO_REMOVE, ("", []))
    return ids if pk == str(album.pk) else []
