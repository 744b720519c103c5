"""A part of a picture changed: offered where the provider can, asked for with a painted mask."""

from __future__ import annotations

from characters.models import Image
from generation.masks import save_mask
from generation.models import GenerationJob
from generation.recipes import RECIPES
from generation.recipes.from_picture import FromPicture
from generation.services import Offer, default_capabilities, quote, request_generation
from ryla.lib.errors import Conflict, InvalidInput
from ryla.lib.ids import new_id

RECIPE = "inpaint"


class NotEditable(Conflict):
    message = "No part of this picture can be changed here."


def offer_edit(image: Image) -> Offer | None:
    """The price of a change whose words and mask are still to come; None where none is offered."""
    recipe = RECIPES[RECIPE]
    assert isinstance(recipe, FromPicture)  # noqa: S101 (the table says so)
    if image.binned_at or not image.character.base_face_id:
        return None
    if not recipe.is_offered(default_capabilities()) or not recipe.is_possible(image):
        return None
    # Neither changes what it costs.
    to_come = {"mask": str(new_id()), "prompt": "something else"}
    try:
        options = {"image": str(image.pk), **to_come}
        return quote(character=image.character, recipe=RECIPE, options=options)
    except InvalidInput:
        return None


def edit_picture(
    *, image: Image, png: bytes, prompt: str, request_key: str, quote: str
) -> GenerationJob:
    """One new picture with what is white in `png` made anew. Repeating with the same key returns
    the same job.

    Raises NotEditable, InvalidInput naming `mask` or `prompt`, and what `request_generation`
    raises. Whatever is raised, nothing was charged.
    """
    if offer_edit(image) is None:
        raise NotEditable
    try:
        mask = save_mask(image=image, content=png)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="mask") from error
    except Conflict as error:
        words = "No more are kept of this picture for now. Try again in an hour."
        raise InvalidInput(words, field="mask") from error
    return request_generation(
        character=image.character,
        recipe=RECIPE,
        options={"image": str(image.pk), "mask": str(mask.pk), "prompt": prompt},
        request_key=request_key,
        quote=quote,
    )
