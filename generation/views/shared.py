"""What several pages need: fetching through the owner, and the pictures of a job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from characters.catalogue import get_catalogue
from characters.marks import marked
from characters.models import Image
from characters.states import ImageReview
from generation import catalogue
from generation.estimates import standing_of
from generation.models import GenerationJob, JobItem
from generation.services import Offer, RequestKeyReused
from generation.states import AT_WORK, ItemStatus
from generation.timeline import steps_of
from ryla.lib.errors import DomainError


def owned_job(request: HttpRequest, pk: UUID) -> GenerationJob:
    """With its pictures' rows read once."""
    rows = GenerationJob.objects.owned_by(request.user).select_related("owner", "character")
    return get_object_or_404(rows.prefetch_related("items"), pk=pk)


def live_context(job: GenerationJob) -> dict[str, Any]:
    """Where a job stands and how it went so far, for every page that shows it."""
    items = job.items.all()
    at_work = sum(item.progress for item in items if item.status in AT_WORK)
    return {
        "standing": standing_of(job),
        "steps": steps_of(items),
        "done": job.delivered_count + at_work / 100,
    }


def new_request_key() -> str:
    """One per page shown: sending the same page twice asks once."""
    return str(uuid.uuid4())


def owned_picture(request: HttpRequest, pk: UUID) -> Image:
    """Withheld and removed ones are not acted upon."""
    rows = Image.objects.owned_by(request.user).viewable()
    related = ("character__owner", "character__base_face")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def say_refused(form: forms.Form, error: DomainError) -> None:
    """At its field, if the form has it. A page that was left, reached again by "back" and changed
    is a new wish, which needs a new key."""
    if isinstance(error, RequestKeyReused):
        form.data = form.data.copy()
        form.data["request_key"] = new_request_key()
        form.add_error(None, "This page was already sent once. Send it again to have this too.")
    else:
        form.add_error(error.field if error.field in form.fields else None, error.message)


def quote_answer(
    offer: Offer, *, shown: int | None = None, parts: Mapping[str, str] | None = None
) -> JsonResponse:
    """What js/quote.js keeps a form's quote fresh with: `shown` is the price where it differs
    from the offer's, `parts` what else of the page changes, by its name there."""
    words = render_to_string("generation/_expected.html", {"offer": offer})
    price = offer.credits if shown is None else shown
    said = {"quote": offer.quote, "credits": price, "count": offer.count}
    return JsonResponse({**said, "words": words, "parts": dict(parts or {})})


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one picture of a job; `note` says what is there while no picture is, `caption`
    which of them it is where they differ by more than chance."""

    width_px: int
    height_px: int
    image: Image | None = None
    note: str = ""
    item: JobItem | None = None
    caption: str = ""

    @property
    def is_withheld(self) -> bool:
        return self.image is not None and self.image.review == ImageReview.WITHHELD

    @property
    def needs_review(self) -> bool:
        return not self.is_withheld and bool(getattr(self.image, "needs_review", False))

    @property
    def is_at_work(self) -> bool:
        return self.item is not None and self.item.status in AT_WORK


def slots_of(job: GenerationJob) -> list[Slot]:
    """A slot per picture asked for, in order; once the job ended, only those with something
    to show."""
    images = {image.position: image for image in _images_of(job)}
    items = sorted(job.items.all(), key=lambda item: item.position)
    caption = _grid_caption if job.recipe == "grid" else _no_caption
    slots = [_slot(item, images.get(item.position), caption(item)) for item in items]
    return slots if job.is_live else [slot for slot in slots if slot.image]


def _images_of(job: GenerationJob) -> list[Image]:
    shown = [ImageReview.VISIBLE, ImageReview.WITHHELD]
    rows = Image.objects.filter(
        job_id=job.pk, owner_id=job.owner_id, review__in=shown, binned_at=None
    )
    return list(marked(rows))


def _slot(item: JobItem, image: Image | None, caption: str) -> Slot:
    if image:
        return Slot(image.width_px, image.height_px, image, caption=caption)
    size = (item.request["width_px"], item.request["height_px"])
    return Slot(*size, note=_note(item), item=item, caption=caption)


def _no_caption(item: JobItem) -> str:
    return ""


def _grid_caption(item: JobItem) -> str:
    """`Café, evening gown`: where it stands in its grid."""
    scene = catalogue.SCENES.by_slug.get(item.request.get("scene") or "")
    slug = item.request.get("outfit") or item.request["look"]["outfit_style"]
    outfit = get_catalogue()["outfit_style"].by_slug.get(slug)
    return ", ".join(option.label for option in (scene, outfit) if option)


def _note(item: JobItem) -> str:
    """What is to be said of a picture that is not there."""
    if item.status in (ItemStatus.FAILED, ItemStatus.LOST):
        return "Could not be made"
    if item.status == ItemStatus.QUEUED and item.attempts:
        return "Tried again in a moment"
    return ""
