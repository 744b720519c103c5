"""Which pictures of a character the studio shows to choose references from."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from characters.models import Character, Image, ImageQuerySet
from generation import catalogue

SHOWN_AT_MOST = 12  # of the favourites, and again of the newest


def pictures_to_show(character: Character, chosen: Iterable[str]) -> list[Image]:
    """Favourites first, then the newest, and what is chosen already wherever it stands; never
    the base face, which goes along anyway, nor the faces that were not taken."""
    pictures = character.images.visible().filter(kind=Image.Kind.PICTURE).order_by("-pk")
    # By owner as well: the favourites' index begins with it.
    favourites = pictures.filter(owner_id=character.owner_id, is_favourite=True)
    found = [*favourites[:SHOWN_AT_MOST], *pictures[:SHOWN_AT_MOST]]
    shown = {image.pk: image for image in found}
    missing = [pk for pk in map(_id_of, chosen) if pk and pk not in shown]
    return [*_named(pictures, missing), *shown.values()]


def still_there(character: Character, chosen: Iterable[str]) -> list[str]:
    """Of the ids those of pictures that can go along, each once."""
    wanted = list(dict.fromkeys(pk for pk in map(_id_of, chosen) if pk))
    pictures = character.images.visible().filter(kind=Image.Kind.PICTURE)
    there = {image.pk for image in _named(pictures, wanted)}
    return [str(pk) for pk in wanted if pk in there]


def picture_label(image: Image) -> str:
    scene = catalogue.SCENES.by_slug.get(image.settings.get("scene", ""))
    return scene.label if scene else "Picture"


def _named(pictures: ImageQuerySet, ids: list[UUID]) -> list[Image]:
    return list(pictures.filter(pk__in=ids[:SHOWN_AT_MOST])) if ids else []


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
