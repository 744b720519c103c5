"""The bar above the gallery: what can be asked, what is asked now, and the way out of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format

from characters.facets import find_choices
from characters.forms import SEARCH_MAX, GalleryFilter
from characters.marks import option_label
from characters.models import FACETS, LIKENESS, Album, Character, Image

_LABELS = {"scene": "Scene", "outfit": "Outfit", "format": "Format"}
_LIKENESS = dict(zip(LIKENESS, ("Like the face", "Below your limit", "Not measured"), strict=True))


def with_query(request: HttpRequest, **changes: str) -> str:
    """This page's address with other filters; a page is of one filter, so its cursor goes."""
    query = request.GET.copy()
    if "select" not in changes:
        changes |= {"before": "", "after": "", "select": ""}
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def finder(
    request: HttpRequest,
    chosen: GalleryFilter,
    character: Character | None,
    characters: Sequence[Character],
    *,
    home: str,
    album: Album | None = None,
    is_measured: bool = False,
) -> dict[str, Any]:
    """What `_finder.html` shows. `home` is the page without any filter; `is_measured`: the
    likeness of any of the owner's pictures is known."""
    chips = _chips(request, chosen, character)
    return {
        "home": home,
        "views": _views(request, chosen, album),
        "kept": _kept(chosen, character),
        "text": chosen.value("q") or "",
        "text_max": SEARCH_MAX,
        "selects": [
            *_characters(character, characters),
            *_facets(request, chosen),
            *_likeness(chosen, is_measured),
        ],
        "since": _iso(chosen.value("since")),
        "until": _iso(chosen.value("until")),
        "chips": chips,
        "filters_on": len(chips) - bool(chosen.value("q")),
        "is_any": chosen.is_any,
    }


def _views(
    request: HttpRequest, chosen: GalleryFilter, album: Album | None
) -> list[dict[str, Any]]:
    """Faces are told apart by nothing they were made with, so those choices go. An album shows
    all that was put into it, the faces too."""
    kind, favourites = chosen.value("kind"), chosen.value("favourites")
    faces = Image.Kind.BASE_FACE
    return [
        {
            "label": "All" if album else "Pictures",
            "href": with_query(request, kind="", favourites=""),
            "current": kind != faces and not favourites,
        },
        {
            "label": "Favourites",
            "href": with_query(request, kind="", favourites="on"),
            "current": kind != faces and bool(favourites),
        },
        {
            "label": "Faces",
            "href": with_query(
                request, kind=faces, favourites="", **dict.fromkeys((*FACETS, "likeness"), "")
            ),
            "current": kind == faces,
        },
    ]


def _kept(chosen: GalleryFilter, character: Character | None) -> list[tuple[str, str]]:
    """The form of the other filters stays in the view it is on."""
    kept = {
        "kind": chosen.value("kind"),
        "favourites": "on" if chosen.value("favourites") else "",
        "version": chosen.value("version") if character else "",
    }
    return [(name, str(value)) for name, value in kept.items() if value]


def _characters(character: Character | None, characters: Sequence[Character]) -> list[Any]:
    offered = [one for one in characters if one.base_face_id or one == character]
    if len(offered) < 2 and character is None:  # noqa: PLR2004 (nothing to choose between)
        return []
    options = [(str(one.pk), one.display_name, one == character) for one in offered]
    return [{"name": "character", "label": "Character", "any": "All", "options": options}]


def _facets(request: HttpRequest, chosen: GalleryFilter) -> list[Any]:
    if chosen.value("kind") == Image.Kind.BASE_FACE:
        return []
    selects = []
    for setting, found in find_choices(request.user).items():
        current = chosen.value(setting)
        slugs = {*found, *([current] if current else [])}
        options = [(slug, option_label(setting, slug), slug == current) for slug in slugs]
        if len(options) > 1 or current:
            options.sort(key=lambda option: option[1].casefold())
            selects.append(
                {"name": setting, "label": _LABELS[setting], "any": "All", "options": options}
            )
    return selects


def _likeness(chosen: GalleryFilter, is_measured: bool) -> list[Any]:
    current = chosen.value("likeness")
    if chosen.value("kind") == Image.Kind.BASE_FACE or not (is_measured or current):
        return []
    options = [(slug, label, slug == current) for slug, label in _LIKENESS.items()]
    return [{"name": "likeness", "label": "Likeness", "any": "All", "options": options}]


def _chips(
    request: HttpRequest, chosen: GalleryFilter, character: Character | None
) -> list[dict[str, str]]:
    """What is asked beside the view, each with the address without it."""
    said = {"q": f"“{chosen.value('q')}”" if chosen.value("q") else ""}
    said["character"] = character.display_name if character else ""
    number = chosen.value("version")
    said["version"] = f"Version {number}" if character and number else ""
    for setting in FACETS:
        slug = chosen.value(setting)
        said[setting] = f"{_LABELS[setting]}: {option_label(setting, slug)}" if slug else ""
    standing = chosen.value("likeness")
    said["likeness"] = f"Likeness: {_LIKENESS[standing]}" if standing else ""
    for name, word in (("since", "From"), ("until", "Until")):
        day = chosen.value(name)
        said[name] = f"{word} {date_format(day, 'j M Y')}" if day else ""
    return [
        {"label": label, "href": with_query(request, **{name: ""})}
        for name, label in said.items()
        if label
    ]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
