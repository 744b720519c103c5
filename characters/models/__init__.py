"""Characters and what belongs to them, a file each. All of it has one owner, and is fetched
through it."""

from characters.models.album import (
    ALBUM_DESCRIPTION_MAX,
    ALBUM_NAME_MAX,
    Album,
    AlbumPicture,
    AlbumQuerySet,
)
from characters.models.character import Character, CharacterQuerySet, new_seed
from characters.models.image import (
    FACETS,
    LIKENESS,
    Image,
    ImageQuerySet,
    Limits,
    ReviewDecision,
    StoredFile,
)
from characters.models.post import CalendarFeed, Post, PostPicture, PostQuerySet
from characters.models.version import CharacterVersion, DesignerHistory

__all__ = [
    "ALBUM_DESCRIPTION_MAX",
    "ALBUM_NAME_MAX",
    "FACETS",
    "LIKENESS",
    "Album",
    "AlbumPicture",
    "AlbumQuerySet",
    "CalendarFeed",
    "Character",
    "CharacterQuerySet",
    "CharacterVersion",
    "DesignerHistory",
    "Image",
    "ImageQuerySet",
    "Limits",
    "Post",
    "PostPicture",
    "PostQuerySet",
    "ReviewDecision",
    "StoredFile",
    "new_seed",
]
