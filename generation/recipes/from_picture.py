"""What recipes share that start from a picture of the character."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from characters.models import Character, Image
from generation.models import JobItem
from generation.providers.base import Capabilities, ImageRequest, Reference
from generation.recipes.base import (
    Quote,
    Recipe,
    picture_settings,
    reject_unknown,
    whole_number,
)
from ryla.lib.errors import InvalidInput

COUNT_MAX = 4
CHANGE_CREDITS = 40


class FromPicture(Recipe):
    """`options["image"]` is a picture of the character; what made it is asked for again, changed.

    `credits_each` is the price of one. A provider without `operation` does not offer it.
    """

    operation = "create"
    credits_each = CHANGE_CREDITS
    count_max = COUNT_MAX
    # Its options beside `image` and `count`.
    takes: tuple[str, ...] = ()

    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        if not self.is_offered(capabilities):
            raise InvalidInput("The provider of this installation cannot do that.", field="recipe")
        counts = ("count",) if self.count_max > 1 else ()
        reject_unknown(options, ("image", *counts, *self.takes))
        count = whole_number(options, "count", low=1, high=self.count_max, default=1)
        return {"image": id_of(options, "image"), "count": count}

    def is_offered(self, capabilities: Capabilities) -> bool:
        """Whether this provider can do it at all."""
        return self.operation in capabilities.operations

    def is_possible(self, image: Image) -> bool:
        """Whether there is enough known of this picture, and it is not enlarged already."""
        item = _item_of(image)
        return item is not None and (self.operation == "create" or not _is_enlarged(item))

    def quote(self, character: Character, options: Mapping[str, Any]) -> Quote:
        """Whether the picture is there still is asked when it is composed."""
        return Quote(self.credits_each * options["count"], options["count"])

    def image_settings(self, character: Character, request: ImageRequest) -> dict[str, Any]:
        sources = [r.image_id for r in request.references if r.role == "source"]
        made_from = {"made_from": sources[0]} if sources else {}
        return {**picture_settings(request), **made_from}


def id_of(options: Mapping[str, Any], name: str) -> str:
    """In canonical form. Raises InvalidInput."""
    try:
        return str(UUID(str(options[name])))
    except (KeyError, ValueError):
        raise InvalidInput(f"{name.capitalize()}: an id.", field=name) from None


def source_of(character: Character, options: Mapping[str, Any]) -> Image:
    """Raises InvalidInput for what is no picture of this character."""
    image = character.images.visible().filter(pk=options["image"]).first()
    if image is None:
        message = "Choose a picture of this character that is not in the bin."
        raise InvalidInput(message, field="image")
    return image


def request_of(image: Image) -> ImageRequest:
    """What made it, with nothing in it that belongs to that one time. Raises InvalidInput when
    that is not known any more."""
    item = _item_of(image)
    if item is None:
        message = "It is not known any more how this picture was made."
        raise InvalidInput(message, field="image")
    names = {name: value for name, value in item.request.items() if name != "references"}
    return replace(ImageRequest(external_key="", **names), operation="create", references=())


def source_reference(image: Image) -> Reference:
    return Reference("source", str(image.pk), image.sha256)


def require_first_hand(image: Image) -> None:
    """Raises InvalidInput for an enlarged picture: it has no format any more."""
    item = _item_of(image)
    if item and _is_enlarged(item):
        message = "This picture was enlarged. Take the one it was made from."
        raise InvalidInput(message, field="image")


def _item_of(image: Image) -> JobItem | None:
    return JobItem.objects.filter(job_id=image.job_id, position=image.position).first()


def _is_enlarged(item: JobItem) -> bool:
    return bool(item.request.get("operation") == "upscale")
