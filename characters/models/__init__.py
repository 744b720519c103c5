"""Characters and what belongs to them, a file each. All of it has one owner, and is fetched
through it."""

from characters.models.character import Character, CharacterQuerySet, new_seed
from characters.models.image import FACETS, Image, ImageQuerySet, ReviewDecision, StoredFile

__all__ = [
    "FACETS",
    "Character",
    "CharacterQuerySet",
    "Image",
    "ImageQuerySet",
    "ReviewDecision",
    "StoredFile",
    "new_seed",
]
