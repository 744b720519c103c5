"""The looks a character had, what changed between them, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from characters import versions as looks
from characters.models import Character, CharacterVersion, Image
from characters.owned import owned_character
from characters.pictures import look_query
from characters.states import ImageReview
from characters.views import cards
from ryla.lib.errors import DomainError
from ryla.lib.http import say_error
from ryla.lib.keyset import keyset_page

VERSIONS_AT_ONCE = 10
PICTURES_OF_EACH = 6


@login_required
@require_safe
def versions(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    rows = CharacterVersion.objects.filter(character=character)
    path = reverse("characters:versions", args=[character.pk])
    page = keyset_page(request, rows, path=path, size=VERSIONS_AT_ONCE, by=("number",))
    context = {
        "character": character,
        "page": page,
        "versions": _shown(character, page.rows),
        "drawing_width": cards.COVER_WIDTH_PX,
        "drawing_height": cards.COVER_HEIGHT_PX,
    }
    return render(request, "characters/versions.html", context)


@login_required
@require_POST
def restore(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    character = owned_character(request, pk)
    version = get_object_or_404(CharacterVersion, character=character, number=number)
    try:
        looks.restore_version(character=character, version=version)
    except DomainError as error:
        say_error(request, error)
    else:
        messages.success(request, f"The look of version {number} is back, as a new version.")
    return redirect("characters:versions", character.pk)


@login_required
@require_POST
def undo(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    character = owned_character(request, pk)
    try:
        version = looks.undo_restore(character=character, number=number)
    except DomainError as error:
        say_error(request, error)
    else:
        messages.success(request, f"Undone. Version {version.number} holds again.")
    return redirect("characters:versions", character.pk)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    try:
        looks.reopen_look(character=character)
    except DomainError as error:
        say_error(request, error)
        return redirect("characters:detail", character.pk)
    messages.info(request, "Change what you like. The look until now is kept under Versions.")
    return redirect("characters:design", character.pk, "look")


# --- Parts of the page ---------------------------------------------------------------------------


def _shown(character: Character, rows: list[CharacterVersion]) -> list[dict[str, Any]]:
    """Three queries however many there are: the one before the last, faces, pictures."""
    before = {version.number: version for version in rows}
    if rows and rows[-1].number > 1:
        earlier = CharacterVersion.objects.filter(character=character, number=rows[-1].number - 1)
        before |= {version.number: version for version in earlier}
    faces = _faces(character, rows)
    pictures = _pictures(character, rows)
    return [
        _card(
            character,
            version,
            before.get(version.number - 1),
            face=faces.get(version.face_id) if version.face_id else None,
            pictures=pictures.get(version.number, []),
        )
        for version in rows
    ]


def _card(
    character: Character,
    version: CharacterVersion,
    before: CharacterVersion | None,
    *,
    face: Image | None,
    pictures: list[Image],
) -> dict[str, Any]:
    is_current = version.number == character.version
    gallery = urlencode({"character": character.pk, "version": version.number})
    changes = looks.changes_between(before.look, version.look) if before else []
    return {
        "number": version.number,
        "why": _why(version),
        "created_at": version.created_at,
        "is_current": is_current,
        "may_undo": is_current and version.why == looks.Why.RESTORED and not version.is_drawn,
        "drawing": _drawing(version),
        "drawing_before": _drawing(before) if before and changes else "",
        "before": version.number - 1,
        "is_first": version.number == 1,
        "changes": changes,
        "face": _face_card(face),
        "lost_face": version.face_id is not None and face is None,
        "has_other_face": bool(before and before.face_id != version.face_id),
        "pictures": [cards.image_card(image) for image in pictures],
        "gallery_url": f"{reverse('characters:gallery')}?{gallery}",
    }


def _why(version: CharacterVersion) -> str:
    if version.restored_from:
        return f"Restored from version {version.restored_from}"
    return version.get_why_display()


def _drawing(version: CharacterVersion) -> str:
    return f"{reverse('generation:preview')}?{look_query(version.look)}"


def _face_card(face: Image | None) -> dict[str, Any] | None:
    return cards.image_card(face) if face else None


def _faces(character: Character, rows: Iterable[CharacterVersion]) -> Mapping[UUID, Image]:
    """Those that can be looked at: an erased or withheld face is not among them."""
    ids = {version.face_id for version in rows if version.face_id}
    found = Image.objects.filter(character=character, pk__in=ids, review=ImageReview.VISIBLE)
    return {image.pk: image for image in found.select_related("character")}


def _pictures(character: Character, rows: Iterable[CharacterVersion]) -> Mapping[int, list[Image]]:
    """The newest few of each, faces left out; old pictures say no number and are of the first."""
    shown = character.images.visible().filter(kind=Image.Kind.PICTURE)
    each = [shown.of_version(version.number).order_by("-pk")[:PICTURES_OF_EACH] for version in rows]
    if not each:
        return {}
    first, *others = each
    found: dict[int, list[Image]] = {}
    for image in first.union(*others, all=True) if others else first:
        image.character = character
        found.setdefault(image.version or 1, []).append(image)
    return found
