from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from characters import images as files
from characters import services
from characters.models import Character, Image, StoredFile
from characters.states import ImageReview
from ryla.lib.admin import LargeTableAdmin, ReadOnlyAdmin


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
    actions = ("withhold", "release")

    @admin.display(description="Picture")
    def thumbnail(self, image: Image) -> str:
        return format_html(
            '<img src="{}" width="64" alt="{}" loading="lazy">',
            files.url(image, "small"),
            image.settings.get("alt", ""),
        )

    @admin.action(description="Withhold from everybody", permissions=["moderate"])
    def withhold(self, request: HttpRequest, images: QuerySet[Image]) -> None:
        rows = images.filter(review=ImageReview.VISIBLE).select_related("owner")
        for image in rows:
            services.withhold_image(image=image)
        messages.success(request, f"Withheld {len(rows)} pictures.")

    @admin.action(description="Release to the owner", permissions=["moderate"])
    def release(self, request: HttpRequest, images: QuerySet[Image]) -> None:
        rows = images.filter(review=ImageReview.WITHHELD).select_related("owner")
        for image in rows:
            services.release_image(image=image)
        messages.success(request, f"Released {len(rows)} pictures.")

    def has_moderate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("characters.change_image")


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Files waiting to be erased; a growing list means the store refuses."""

    list_display = ("key", "due_at")
    list_filter = ("due_at",)
    search_fields = ("key",)
    ordering = ("due_at",)
