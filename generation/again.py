"""One picture once more: the very same request, or a free new try where it is not like the face."""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass
from typing import Any

from characters.models import Image
from generation import likeness
from generation.models import GenerationJob, JobItem, Redraw
from generation.providers.base import Capabilities, ImageRequest
from generation.recipes import RECIPES
from generation.recipes.base import new_seed, picture_settings, request_from_json
from generation.services import order_again, providers
from ryla.lib.errors import Conflict


class PriceChanged(Conflict):
    code = "price_changed"


@dataclass(frozen=True, slots=True)
class Again:
    """What making a picture again means: its price, and what can be expected of it."""

    credits: int
    promise: str

    @property
    def price(self) -> str:
        return f"{self.credits:,} credits"


def offer_again(image: Image) -> Again | None:
    """None where there is nothing to repeat: faces are drawn before a character has one, and
    the provider must still be there."""
    item = _item_of(image)
    if item is None or image.kind != Image.Kind.PICTURE or item.provider not in providers:
        return None
    can = providers[item.provider].capabilities
    return Again(_price(item, _options(item)), _promise(can))


def make_again(*, image: Image, request_key: str, credits: int | None = None) -> GenerationJob:
    """A new job with the identical request, at today's price; `credits` is what was shown and
    must still be it. Repeating with the same key returns the same job.

    Raises PriceChanged, Conflict where there is nothing to repeat, and what
    `request_generation` raises.
    """
    offer, item = offer_again(image), _item_of(image)
    if offer is None or item is None:
        raise Conflict("This picture cannot be made again.")
    if credits is not None and credits != offer.credits:
        raise PriceChanged(f"It is {offer.credits} credits now. Nothing was charged.")
    request = request_from_json(item.request, external_key="")
    options = _options(item)
    if providers[item.provider].capabilities.accepts_seeds:
        options["seed"] = request.seed
    return order_again(
        job=item.job,
        provider=item.provider,
        recipe=_recipe(item),
        options=options,
        requests=[request],
        request_key=request_key,
        about={"again": str(image.pk)},
        credits=offer.credits,
    )


def redraw(*, image: Image, request_key: str) -> GenerationJob:
    """A free new try with another seed. Repeating with the same key returns the same job.

    Raises Conflict when the picture does not need one or has none left, and what
    `request_generation` raises.
    """
    item, root = _item_of(image), likeness.root_of(image)
    about = {"redraw": str(image.pk)}
    if item is None or item.provider not in providers:
        raise Conflict("This picture cannot be drawn again.")
    standing = likeness.standing_of(image)
    request = request_from_json(item.request, external_key="")
    anew = dataclasses.replace(request, seed=new_seed(random.SystemRandom()))

    def count(job: GenerationJob) -> None:
        """Under the lock of the owner's account, so that no two take the same number."""
        if standing is None or not standing.is_poor:
            raise Conflict("This picture is like enough to the face.")
        taken = set(Redraw.objects.filter(root_id=root).values_list("n", flat=True))
        left = [n for n in range(1, likeness.REDRAWS_AT_MOST + 1) if n not in taken]
        if not left:
            raise Conflict("Both free new tries of this picture are used.")
        Redraw.objects.create(owner_id=job.owner_id, root_id=root, n=left[0], job_id=job.pk)

    return order_again(
        job=item.job,
        provider=item.provider,
        recipe=_recipe(item),
        options=_options(item),
        requests=[anew],
        request_key=request_key,
        about=about,
        credits=0,
        inside=count,
    )


def _item_of(image: Image) -> JobItem | None:
    rows = JobItem.objects.select_related("job__owner", "job__character")
    return rows.filter(job_id=image.job_id, position=image.position).first()


def _recipe(item: JobItem) -> str:
    """A single picture of a set is asked for like one from the studio."""
    return RECIPES[item.job.recipe].again or item.job.recipe


def _options(item: JobItem) -> dict[str, Any]:
    """What the new job says of itself; the request it sends is the stored one."""
    request: ImageRequest = request_from_json(item.request, external_key="")
    is_same = _recipe(item) == item.job.recipe
    kept = {k: v for k, v in item.job.options.items() if is_same and k != "seed"}
    return {**kept, **picture_settings(request), "count": 1}


def _price(item: JobItem, options: dict[str, Any]) -> int:
    return RECIPES[_recipe(item)].quote(item.job.character, options).credits


def _promise(can: Capabilities) -> str:
    if can.is_exact or can.has_sketch:
        return "The same request with the same seed: it gives the very same picture."
    if can.accepts_seeds:
        return "The same request with the same seed: expect nearly the same picture."
    return "The same words and references; this provider takes no seed, so it comes out anew."
