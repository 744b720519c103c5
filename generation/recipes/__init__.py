"""One file per kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from generation.recipes.base import Quote, Recipe
from generation.recipes.base_faces import BaseFaces
from generation.recipes.profile_set import ProfileSet
from generation.recipes.studio import Studio

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {recipe.slug: recipe for recipe in (BaseFaces(), ProfileSet(), Studio())}
)

__all__ = ["RECIPES", "Quote", "Recipe"]
