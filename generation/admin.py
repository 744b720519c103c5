from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from generation import services
from generation.models import FreeDraw, GenerationJob, ModerationVerdict, Provenance
from ryla.lib.admin import LargeTableAdmin, ReadOnlyAdmin
from ryla.lib.errors import DomainError


@admin.register(GenerationJob)
class GenerationJobAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = (
        "id",
        "recipe",
        "owner",
        "status",
        "delivered",
        "credits_charged",
        "credits_refunded",
        "attempts",
        "error_code",
        "created_at",
    )
    list_filter = ("status", "recipe", "provider", "error_code", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=id", "=owner__email", "=request_key", "=character__id")
    search_help_text = "Job id, owner's e-mail, request key or character id"
    ordering = ("-id",)
    actions = ("cancel", "retry")

    @admin.display(description="Delivered")
    def delivered(self, job: GenerationJob) -> str:
        return f"{job.delivered_count} of {job.count}"

    @admin.action(description="Cancel and refund what is missing", permissions=["operate"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[GenerationJob]) -> None:
        self._each(request, jobs, services.cancel_job, "canceled")

    @admin.action(description="Try again what was not delivered", permissions=["operate"])
    def retry(self, request: HttpRequest, jobs: QuerySet[GenerationJob]) -> None:
        self._each(request, jobs, services.retry_job, "queued again")

    def _each(
        self, request: HttpRequest, jobs: QuerySet[GenerationJob], act: Any, done: str
    ) -> None:
        succeeded = 0
        for job in jobs.select_related("owner", "character"):
            try:
                act(job=job)
                succeeded += 1
            except DomainError as error:
                messages.warning(request, f"{job}: {error.message}")
        messages.success(request, f"{succeeded} {done}.")

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("generation.change_generationjob")


@admin.register(FreeDraw)
class FreeDrawAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("owner", "character_id", "job_id", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("owner",)
    search_fields = ("=owner__email", "=character_id", "=job_id")
    ordering = ("-id",)


@admin.register(Provenance)
class ProvenanceAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("image", "provider", "model", "model_version", "recipe", "created_at")
    list_filter = ("provider", "model", "created_at")
    list_select_related = ("image",)
    search_fields = ("=image__id", "=job__id", "=sha256", "=external_id")
    ordering = ("-id",)


@admin.register(ModerationVerdict)
class ModerationVerdictAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("decision", "stage", "owner", "character", "moderator", "version", "created_at")
    list_filter = ("decision", "stage", "moderator", "created_at")
    list_select_related = ("owner", "character")
    search_fields = ("=owner__email", "=character__id")
    ordering = ("-id",)
