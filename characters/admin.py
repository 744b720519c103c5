from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from characters import images as files
from characters import services
from characters.models import Character, Image, ReviewDecision, StoredFile
from characters.states import ImageReview
from ryla.lib.admin import LargeTableAdmin, ReadOnlyAdmin
from ryla.lib.errors import DomainError, InvalidInput


class ReviewForm(ActionForm):
    reason = forms.CharField(
        required=False, max_length=services.REASON_MAX, label="Reason (the owner reads it)"
    )


@admin.register(Character)
class CharacterAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Support looks; the creator's persona is the creator's to change."""

    list_display = ("display_name", "handle", "owner", "status", "generation_error", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=id", "=owner__email", "handle", "name")
    search_help_text = "Name, handle, owner's e-mail or id"
    ordering = ("-id",)


@admin.register(Image)
class ImageAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("thumbnail", "character", "owner", "kind", "review", "binned_at", "created_at")
    list_filter = ("review", "kind", "is_favourite", "created_at")
    list_select_related = ("owner", "character")
    search_fields = ("=id", "=owner__email", "=job_id", "=sha256")
    search_help_text = "Id, owner's e-mail, job id or sha256"
    ordering = ("-id",)
    list_per_page = 50
    action_form = ReviewForm
    actions = ("withhold", "release", "remove")

    @admin.display(description="Picture")
    def thumbnail(self, image: Image) -> str:
        if image.review == ImageReview.REMOVED:
            return "Erased"
        return format_html(
            '<img src="{}" width="64" alt="{}" loading="lazy">',
            files.url(image, "small"),
            image.settings.get("alt", ""),
        )

    @admin.action(description="Withhold from everybody", permissions=["moderate"])
    def withhold(self, request: HttpRequest, images: QuerySet[Image]) -> None:
        self._review(request, images, services.withhold_image, "Withheld")

    @admin.action(description="Release to the owner", permissions=["moderate"])
    def release(self, request: HttpRequest, images: QuerySet[Image]) -> None:
        self._review(request, images, services.release_image, "Released")

    @admin.action(description="Remove for good: erases the files", permissions=["moderate"])
    def remove(self, request: HttpRequest, images: QuerySet[Image]) -> None:
        self._review(request, images, services.remove_image, "Removed")

    def _review(
        self, request: HttpRequest, images: QuerySet[Image], verb: Callable[..., None], done: str
    ) -> None:
        """The same for each; what cannot be done to one is said and stops no other."""
        reason, count = request.POST.get("reason", ""), 0
        for image in images.select_related("owner"):
            try:
                verb(image=image, reason=reason)
            except InvalidInput as error:
                messages.error(request, error.message)
                return
            except DomainError as error:
                messages.warning(request, f"{image}: {error.message}")
            else:
                self.log_change(request, image, f"{done}: {reason.strip()}")
                count += 1
        messages.success(request, f"{done}: {count} {'picture' if count == 1 else 'pictures'}.")

    def has_moderate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("characters.change_image")


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Every decision about a picture that still has its row; its log says whose they were."""

    list_display = ("image", "review", "reason", "created_at")
    list_filter = ("review", "created_at")
    list_select_related = ("image",)
    search_fields = ("=image__id", "=image__owner__email")
    ordering = ("-id",)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Files waiting to be erased; a growing list means the store refuses."""

    list_display = ("key", "due_at")
    list_filter = ("due_at",)
    search_fields = ("key",)
    ordering = ("due_at",)
