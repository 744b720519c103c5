"""What is being made, what was made, and every credit of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from characters.models import Character
from characters.owned import owned_character
from generation.models import GenerationJob
from generation.notices import covers_of
from generation.services import cancel_job, mark_job_seen, retry_job
from generation.states import ENDED
from generation.templatetags.generation import jobs_of_character
from generation.views.shared import live_context, owned_job, slots_of
from ryla.lib.errors import DomainError
from ryla.lib.http import fragment_with_etag
from ryla.lib.keyset import keyset_page

_PAGE_SIZE = 20
_LIVE_AT_MOST = 50


@login_required
@require_GET
def jobs(request: HttpRequest) -> HttpResponseBase:
    return _render_list(request, "generation/jobs.html")


@login_required
@require_GET
def jobs_fragment(request: HttpRequest) -> HttpResponseBase:
    return _render_list(request, "generation/_jobs.html", draw=fragment_with_etag)


def _render_list(
    request: HttpRequest, template: str, draw: Callable[..., HttpResponseBase] | None = None
) -> HttpResponseBase:
    return (draw or render)(request, template, _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    rows = GenerationJob.objects.owned_by(request.user).select_related("character")
    ended = rows.filter(status__in=ENDED)
    page = keyset_page(request, ended, path=reverse("generation:jobs"), size=_PAGE_SIZE)
    live = list(rows.live().order_by("-pk")[:_LIVE_AT_MOST]) if page.is_first else []
    covers = covers_of([*live, *page.rows])
    return {
        "live": [(job, covers.get(job.pk)) for job in live],
        "ended": [(job, covers.get(job.pk)) for job in page.rows],
        "page": page,
        # Asked only where nothing was made.
        "has_characters": Character.objects.owned_by(request.user).exists,
    }


@login_required
@require_GET
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "generation/job.html", _job_context(owned_job(request, pk)))


@login_required
@require_GET
def job_fragment(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return fragment_with_etag(request, "generation/_job.html", _job_context(owned_job(request, pk)))


def _job_context(job: GenerationJob) -> dict[str, Any]:
    mark_job_seen(job=job)
    slots = slots_of(job)
    return {
        "job": job,
        "slots": slots,
        "has_pictures": any(slot.image for slot in slots),
        "to_review": sum(slot.needs_review for slot in slots),
        **live_context(job),
    }


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = owned_job(request, pk)
    try:
        job = cancel_job(job=job)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _canceled(job))
    return _back_to(job)


def _canceled(job: GenerationJob) -> str:
    """What came back already, or what will."""
    if job.is_live:
        return "It is being stopped. What was not delivered comes back when it has ended."
    back = f" {job.credits_refunded:,} credits are back." if job.credits_refunded else ""
    return f"Canceled.{back}"


@login_required
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = owned_job(request, pk)
    try:
        job = retry_job(job=job)
    except DomainError as error:
        messages.error(request, error.message)
    return _back_to(job)


def _back_to(job: GenerationJob) -> HttpResponse:
    """Faces are watched where they are chosen."""
    if job.recipe == "base_faces" and not job.character.base_face_id:
        return redirect("generation:faces", job.character_id)
    return redirect("generation:job", job.pk)


@login_required
@require_GET
def of_character(request: HttpRequest, character_id: UUID) -> HttpResponseBase:
    """The live fragment of the character's page."""
    context = jobs_of_character(owned_character(request, character_id))
    return fragment_with_etag(request, "generation/_character_jobs.html", context)
