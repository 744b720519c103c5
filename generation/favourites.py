"""The stars people put on the studio's options. They say what comes first, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accounts.models import User
from characters.catalogue import Field, get_catalogue
from generation import catalogue
from generation.models import FavouriteOption
from ryla.lib.errors import InvalidInput

# What has enough options to lose sight of one.
STARRED: Mapping[str, Field] = MappingProxyType(
    {
        "scene": catalogue.SCENES,
        "pose": catalogue.POSES,
        "outfit": get_catalogue()["outfit_style"],
    }
)
Favourites = Mapping[str, frozenset[str]]
NONE: Favourites = MappingProxyType({})


def favourites_of(owner: User) -> Favourites:
    """The starred slugs by field."""
    rows = FavouriteOption.objects.filter(owner=owner).values_list("field", "slug")
    found: dict[str, set[str]] = {}
    for field, slug in rows:
        found.setdefault(field, set()).add(slug)
    return {field: frozenset(slugs) for field, slugs in found.items()}


def set_favourite_option(*, owner: User, field: str, slug: str, is_favourite: bool) -> None:
    """Repeating is harmless. Raises InvalidInput for what is no option."""
    if field not in STARRED or not STARRED[field].has(slug):
        raise InvalidInput("There is no such option.", field="option")
    if is_favourite:
        FavouriteOption.objects.get_or_create(owner=owner, field=field, slug=slug)
    else:
        FavouriteOption.objects.filter(owner=owner, field=field, slug=slug).delete()
