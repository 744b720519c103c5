"""Names, handles and bios to start from, so that nothing has to be typed."""

from __future__ import annotations

import random
import re

from accounts.models import User
from characters.config import CharacterConfig
from characters.models import Character
from characters.services import MAX_CHARACTERS

HANDLE_MIN, HANDLE_MAX = 3, 30

_NAMES = {
    "female": "Mara Lena Noor Ines Yuki Amara Sofia Freya Leila Priya Zoe Camille Nadia Iris Talia",
    "male": "Leo Omar Kenji Mateo Elias Arjun Theo Malik Luca Hugo Idris Rafael Jonas Kofi Adrian",
    "androgynous": "Alex Robin Sasha Noa Kai Remi Jules Quinn Ari Sky River Nico Charlie Rowan",
}
_SURNAMES = "Vale Sol Lune Marlow Rey Onyx Hart Wilde Sato Amari Costa Frost Bloom Noir Quill"


def suggest_name(look: CharacterConfig, rng: random.Random | None = None) -> str:
    rng = rng or random.SystemRandom()
    return f"{rng.choice(_NAMES[look.presentation].split())} {rng.choice(_SURNAMES.split())}"


def suggest_handle(owner: User, name: str) -> str:
    """A free handle made of `name`; empty when the name gives nothing to build on."""
    stem = _stem(name)
    if not stem:
        return ""
    taken = _taken(owner)
    numbered = (f"{stem}-{n}" for n in range(2, MAX_CHARACTERS + 2))
    return next(handle for handle in (stem, *numbered) if handle not in taken)


def another_handle(owner: User, name: str, current: str) -> str:
    """The next free one that people would make of `name`, after `current`, round and round; as
    `suggest_handle` when they are all taken."""
    taken = _taken(owner) - {current}
    free = [shape for shape in _shapes(_stem(name)) if shape not in taken]
    if not free:
        return suggest_handle(owner, name)
    at = free.index(current) + 1 if current in free else 0
    return [*free[at:], *free][0]


def is_made_of(handle: str, name: str) -> bool:
    """Whether the handle is one we would have suggested for the name."""
    stem = _stem(name)
    return bool(stem) and (handle in _shapes(stem) or re.sub(r"-\d+$", "", handle) == stem)


def _taken(owner: User) -> set[str]:
    """An owner has few characters."""
    rows = Character.objects.owned_by(owner).exclude(handle="")
    return set(rows.values_list("handle", flat=True))


def _stem(name: str) -> str:
    """Empty when too little is left of it."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:26].strip("-")
    return stem if len(stem) >= HANDLE_MIN else ""


def _shapes(stem: str) -> list[str]:
    """The name itself first, then what people make of one that is taken."""
    if not stem:
        return []
    first, *others = stem.split("-")
    initials = "".join(part[0] for part in others)
    shapes = (
        stem,
        stem.replace("-", "_"),
        stem.replace("-", ""),
        f"its-{first}",
        f"{first}-{initials}",
        f"hey-{first}",
        f"{first}-daily",
        f"the-{stem}",
    )
    return [s for s in dict.fromkeys(shapes) if HANDLE_MIN <= len(s) <= HANDLE_MAX and s[-1] != "-"]


_BIO_OPENINGS = {
    "next_door": (
        "Coffee first, then the long way home.",
        "Sunday markets, good bread and people who wave back.",
    ),
    "fitness": (
        "Up at six, miles before breakfast.",
        "One more set, then pancakes. In that order.",
    ),
    "luxury": (
        "Late flights, early terraces, and silk in every suitcase.",
        "Front row, back exit, sea view.",
    ),
    "mysterious": (
        "Neon, rain on leather, and songs nobody else knows yet.",
        "You saw me after midnight, or you did not see me.",
    ),
    "playful": (
        "Loud colours, louder laugh.",
        "Collecting bad puns and good sunglasses.",
    ),
    "professional": (
        "Sharp suit, sharper calendar, dry humour.",
        "Building things between two meetings and a train.",
    ),
}
_BIO_TRAITS = {
    "confident": "I say it as it is.",
    "shy": "Quiet until you ask the right question.",
    "bold": "Ask for forgiveness, not for permission.",
    "laid_back": "No hurry.",
    "playful": "Life is too short for beige.",
    "mysterious": "The rest I keep to myself.",
    "caring": "Text me when you are home.",
    "independent": "Table for one, happily.",
    "adventurous": "Passport always packed.",
    "homebody": "Best seat: my own sofa.",
    "ambitious": "Next year is already planned.",
    "creative": "Paint under the nails, usually.",
    "flirty": "Yes, I was looking.",
    "classy": "Handwritten notes, always.",
    "edgy": "Not for everyone, thank you.",
    "sweet": "I remember your birthday.",
}


def suggest_bio(look: CharacterConfig, rng: random.Random | None = None) -> str:
    """Two or three sentences in the voice that archetype and personality describe."""
    rng = rng or random.SystemRandom()
    traits = rng.sample(look.personality, min(2, len(look.personality)))
    return " ".join([rng.choice(_BIO_OPENINGS[look.archetype]), *(_BIO_TRAITS[t] for t in traits)])
