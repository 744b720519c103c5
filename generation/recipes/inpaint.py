"""A part of a picture made anew: where its mask is white, and as the owner's words say."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from characters.models import Character, Image
from generation.models import Mask
from generation.providers.base import Capabilities, ImageRequest, Reference
from generation.recipes.base import new_seed
from generation.recipes.from_picture import (
    FromPicture,
    id_of,
    request_of,
    require_first_hand,
    source_of,
    source_reference,
)
from generation.recipes.studio import prompt_of
from ryla.lib.errors import InvalidInput

_SOURCE_AND_MASK = 2


class Inpaint(FromPicture):
    slug = "inpaint"
    label = "Change a part"
    operation = "edit"
    takes = ("mask", "prompt")

    def is_offered(self, capabilities: Capabilities) -> bool:
        has_room = capabilities.references_for("edit") >= _SOURCE_AND_MASK
        return super().is_offered(capabilities) and has_room and capabilities.accepts_free_text

    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        parsed = super().parse(options, capabilities)
        prompt = prompt_of(options.get("prompt") or "", capabilities)
        if not prompt:
            raise InvalidInput("Say what is to be there instead.", field="prompt")
        return {**parsed, "mask": id_of(options, "mask"), "prompt": prompt}

    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        source = source_of(character, options)
        require_first_hand(source)
        shown = (source_reference(source), _mask_of(source, options["mask"]))
        change = replace(
            request_of(source), operation="edit", prompt=options["prompt"], references=shown
        )
        return [replace(change, seed=new_seed(rng)) for _ in range(options["count"])]


def _mask_of(source: Image, pk: str) -> Reference:
    mask = Mask.objects.filter(pk=pk, image=source).first()
    if mask is None:
        raise InvalidInput("This mask was not painted for this picture.", field="mask")
    return Reference("mask", str(mask.pk), mask.sha256)
