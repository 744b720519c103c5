from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest

from generation import fair_share, services
from generation.models import (
    FavouriteOption,
    FreeDraw,
    GenerationJob,
    HeldPicture,
    JobItem,
    Likeness,
    LikenessThreshold,
    Mask,
    ModerationVerdict,
    OwnerQueue,
    Provenance,
    ProviderLane,
    Redraw,
    StudioTemplate,
)
from generation.quotes import CREDITS_PER_MINOR
from ryla.lib.admin import LargeTableAdmin, ReadOnlyAdmin
from ryla.lib.errors import DomainError


class MarginFilter(admin.SimpleListFilter):
    """Of jobs whose providers name a price."""

    title = "margin"
    parameter_name = "margin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return (("gain", "Brought in more than it cost"), ("loss", "Cost more than it brought in"))

    def queryset(self, request: HttpRequest, jobs: QuerySet[Any]) -> QuerySet[Any]:
        cost_in_credits = F("cost_minor") * CREDITS_PER_MINOR
        kept = F("credits_charged") - F("credits_refunded")
        jobs = jobs.alias(margin=kept - cost_in_credits)
        if self.value() == "loss":
            return jobs.filter(margin__lt=0)
        return jobs.filter(margin__gte=0) if self.value() == "gain" else jobs


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
        "cost",
        "margin",
        "error_code",
        "created_at",
    )
    list_filter = ("status", "recipe", "provider", MarginFilter, "error_code", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=id", "=owner__email", "=request_key", "=character__id")
    search_help_text = "Job id, owner's e-mail, request key or character id"
    ordering = ("-id",)
    actions = ("cancel", "retry")

    @admin.display(description="Delivered")
    def delivered(self, job: GenerationJob) -> str:
        return f"{job.delivered_count} of {job.count}"

    @admin.display(description="Cost", ordering="cost_minor")
    def cost(self, job: GenerationJob) -> str:
        """Empty where no provider of it names a price."""
        return "" if job.cost_minor is None else f"€{job.cost_minor / 100:.4f}"

    @admin.display(description="Margin")
    def margin(self, job: GenerationJob) -> str:
        """At the list price of a credit: what was paid for it may have been less."""
        if job.cost_minor is None:
            return ""
        euros = (Decimal(job.credits_kept) / CREDITS_PER_MINOR - job.cost_minor) / 100
        return f"{'−' if euros < 0 else ''}€{abs(euros):.4f}"

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


@admin.register(JobItem)
class JobItemAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = (
        "id",
        "job",
        "position",
        "owner",
        "provider",
        "status",
        "attempts",
        "error_code",
        "created_at",
    )
    list_filter = ("status", "provider", "error_code", "created_at")
    list_select_related = ("job", "owner")
    search_fields = ("=id", "=job__id", "=owner__email")
    ordering = ("-id",)


@admin.register(HeldPicture)
class HeldPictureAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("item", "content_type", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("item",)
    search_fields = ("=item__id",)
    ordering = ("-created_at",)
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldPicture]:
        return super().get_queryset(request).defer("content")


@admin.register(Mask)
class MaskAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("id", "owner", "image", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("owner", "image")
    search_fields = ("=owner__email", "=image__id")
    ordering = ("-id",)
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mask]:
        return super().get_queryset(request).defer("content")


@admin.register(OwnerQueue)
class OwnerQueueAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("owner", "provider", "waiting", "in_flight", "cap", "weight", "is_paused")
    list_filter = ("provider", "is_paused")
    list_select_related = ("owner",)
    search_fields = ("=owner__email", "=owner__id")
    ordering = ("-waiting",)
    actions = ("pause", "resume")

    @admin.action(description="Start no more pictures of these people", permissions=["operate"])
    def pause(self, request: HttpRequest, queues: QuerySet[OwnerQueue]) -> None:
        for queue in queues.select_related("owner"):
            fair_share.pause_owner(queue.owner)
        messages.success(request, "Paused: what is under way is finished, the rest waits.")

    @admin.action(description="Let these people's pictures start again", permissions=["operate"])
    def resume(self, request: HttpRequest, queues: QuerySet[OwnerQueue]) -> None:
        for queue in queues.select_related("owner"):
            fair_share.resume_owner(queue.owner)
        messages.success(request, "Resumed.")

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("generation.change_ownerqueue")


@admin.register(ProviderLane)
class ProviderLaneAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = (
        "provider",
        "is_paused",
        "failures_in_a_row",
        "closed_until",
        "slowed_until",
        "updated_at",
    )
    list_filter = ("is_paused",)
    search_fields = ("provider",)
    ordering = ("provider",)
    actions = ("pause", "resume")

    @admin.action(description="Start no more pictures there", permissions=["operate"])
    def pause(self, request: HttpRequest, lanes: QuerySet[ProviderLane]) -> None:
        for lane in lanes:
            fair_share.pause_provider(lane.provider, reason="Paused for maintenance.")
        messages.success(request, "Paused: what is under way is finished, the rest waits.")

    @admin.action(description="Start pictures there again", permissions=["operate"])
    def resume(self, request: HttpRequest, lanes: QuerySet[ProviderLane]) -> None:
        for lane in lanes:
            fair_share.resume_provider(lane.provider)
        messages.success(request, "Resumed.")

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("generation.change_providerlane")


@admin.register(FreeDraw)
class FreeDrawAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("owner", "character_id", "job_id", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("owner",)
    search_fields = ("=owner__email", "=character_id", "=job_id")
    ordering = ("-id",)


@admin.register(FavouriteOption)
class FavouriteOptionAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("owner", "field", "slug", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__email",)
    ordering = ("-id",)


@admin.register(StudioTemplate)
class StudioTemplateAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("owner", "name", "recipe", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__email",)
    ordering = ("-id",)


@admin.register(Provenance)
class ProvenanceAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = (
        "image",
        "provider",
        "model",
        "model_version",
        "recipe",
        "cost_minor",
        "created_at",
    )
    list_filter = ("provider", "model", "created_at")
    list_select_related = ("image",)
    search_fields = ("=image__id", "=job__id", "=sha256", "=external_id")
    ordering = ("-id",)


@admin.register(Likeness)
class LikenessAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("image", "value", "model", "version", "is_deciding", "kept_at", "created_at")
    list_filter = ("model", "version", "is_deciding")
    list_select_related = ("image",)
    search_fields = ("=image__id", "=face_id")
    ordering = ("-id",)


@admin.register(LikenessThreshold)
class LikenessThresholdAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("character", "value")
    list_select_related = ("character",)
    search_fields = ("=character__id", "=character__owner__email")
    ordering = ("-character_id",)


@admin.register(Redraw)
class RedrawAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("owner", "root_id", "n", "job_id", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__email", "=root_id", "=job_id")
    ordering = ("-id",)


@admin.register(ModerationVerdict)
class ModerationVerdictAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("decision", "stage", "owner", "character", "moderator", "version", "created_at")
    list_filter = ("decision", "stage", "moderator", "created_at")
    list_select_related = ("owner", "character")
    search_fields = ("=owner__email", "=character__id")
    ordering = ("-id",)
