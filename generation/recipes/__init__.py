"""One file per kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from generation.recipes.base import Quote, Recipe
from generation.recipes.base_faces import BaseFaces
from generation.recipes.grid import Grid
from generation.recipes.inpaint import Inpaint
from generation.recipes.profile_set import ProfileSet
from generation.recipes.studio import Studio
from generation.recipes.upscale import Upscale
from generation.recipes.variation import Variation

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        recipe.slug: recipe
        for recipe in (
            BaseFaces(),
            ProfileSet(),
            Studio(),
            Grid(),
            Variation(),
            Inpaint(),
            Upscale(),
        )
    }
)

__all__ = ["RECIPES", "Quote", "Recipe"]
