"""What several pages need: fetching through the owner, and the pictures of a job."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from characters.models import Image
from characters.states import ImageReview
from generation.models import GenerationJob


def owned_job(request: HttpRequest, pk: UUID) -> GenerationJob:
    rows = GenerationJob.objects.owned_by(request.user).select_related("owner", "character")
    return get_object_or_404(rows, pk=pk)


def new_request_key() -> str:
    """One per page shown: sending the same page twice asks once."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one picture of a job; `note` says what is there while no picture is."""

    width_px: int
    height_px: int
    image: Image | None = None
    note: str = ""

    @property
    def is_withheld(self) -> bool:
        return self.image is not None and self.image.review == ImageReview.WITHHELD


def slots_of(job: GenerationJob) -> list[Slot]:
    """A slot per picture asked for, in order; once the job ended, only those with something
    to show."""
    images = {image.position: image for image in _images_of(job)}
    slots = [_slot(job, position, images.get(position)) for position in range(job.count)]
    return slots if job.is_live else [slot for slot in slots if slot.image]


def _images_of(job: GenerationJob) -> list[Image]:
    shown = [ImageReview.VISIBLE, ImageReview.WITHHELD]
    return list(
        Image.objects.filter(job_id=job.pk, owner_id=job.owner_id, review__in=shown, binned_at=None)
    )


def _slot(job: GenerationJob, position: int, image: Image | None) -> Slot:
    if image:
        return Slot(image.width_px, image.height_px, image)
    request = job.requests[position]
    note = "Could not be made" if str(position) in job.failures else ""
    return Slot(request["width_px"], request["height_px"], note=note)
