"""The 30 outfits: which garments, in which order, in whose colours.

An outfit is a function of the bench. It draws into the layers under, hips, leg0/1, body, skirt,
outer, arm0/1, back, collar_back and hat, and returns the cloth hands can slip into, if it has
pockets. Colours are drawn from the outfit's own palette by the character's seed, so two people
differ while one person keeps what they wear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from . import outfit_casual as casual
from . import outfit_costume as costume
from . import outfit_glamour as glamour
from . import outfit_sport as sport
from .outfit_kit import Bench, Cloth

Outfit = Callable[[Bench], Cloth | None]

_OUTFITS: Mapping[str, Outfit] = MappingProxyType(
    {
        "tee_and_jeans": casual.tee_and_jeans,
        "oversized_hoodie": casual.oversized_hoodie,
        "knit_sweater": casual.knit_sweater,
        "denim_jacket": casual.denim_jacket,
        "linen_shirt": casual.linen_shirt,
        "summer_dress": casual.summer_dress,
        "leather_jacket": casual.leather_jacket,
        "long_coat": casual.long_coat,
        "evening_gown": glamour.evening_gown,
        "cocktail_dress": glamour.cocktail_dress,
        "tailored_suit": glamour.tailored_suit,
        "silk_blouse": glamour.silk_blouse,
        "blazer_look": glamour.blazer_look,
        "sequin_top": glamour.sequin_top,
        "velvet_tuxedo": glamour.velvet_tuxedo,
        "gym_set": sport.gym_set,
        "tracksuit": sport.tracksuit,
        "yoga_set": sport.yoga_set,
        "tennis_whites": sport.tennis_whites,
        "running_kit": sport.running_kit,
        "swimsuit": sport.swimsuit,
        "board_shorts": sport.board_shorts,
        "wetsuit": sport.wetsuit,
        "witch": costume.witch,
        "superhero": costume.superhero,
        "astronaut": costume.astronaut,
        "pirate": costume.pirate,
        "fairy": costume.fairy,
        "cyberpunk": costume.cyberpunk,
        "flapper": costume.flapper,
    }
)

OUTFITS: tuple[str, ...] = tuple(_OUTFITS)


def dress(bench: Bench) -> Cloth | None:
    """Put the bench's outfit on. Returns the cloth hands can slip into, if it has pockets."""
    return _OUTFITS[bench.outfit](bench)
