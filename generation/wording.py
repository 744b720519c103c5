"""The words a request would be sent in, before it is asked for."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from characters.models import Character
from generation.prompts import Phrase, compile_prompt
from generation.recipes import RECIPES
from generation.services import default_capabilities
from ryla.lib.errors import DomainError


@dataclass(frozen=True, slots=True)
class Wording:
    """Of the first of `count` pictures; `negative` is empty where the provider takes none."""

    text: str
    negative: str
    trace: tuple[Phrase, ...]
    count: int


def find_wording(
    *, character: Character, recipe: str, options: Mapping[str, Any]
) -> Wording | None:
    """None where the provider takes no words, and while the options are not valid."""
    can = default_capabilities()
    if not can.accepts_free_text:
        return None
    maker = RECIPES[recipe]
    same = random.Random(0)  # noqa: S311 (seeds are no words)
    try:
        requests = maker.requests(character, maker.parse(options, can), same, can)
    except DomainError:
        return None
    compiled = compile_prompt(requests[0])
    return Wording(requests[0].text, requests[0].negative, compiled.trace, len(requests))
