from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from characters import images as files
from characters import services
from characters.models import (
    Album,
    AlbumPicture,
    CalendarFeed,
    Character,
    CharacterVersion,
    DesignerHistory,
    Image,
    Post,
    PostPicture,
    ReviewDecision,
    StoredFile,
)
from characters.states import ImageReview
from ryla.lib.admin import LargeTableAdmin, ReadOnlyAdmin
from ryla.lib.errors import DomainError, InvalidInput

# What was done, as the admin's log begins with it.
_DONE = {
    ImageReview.WITHHELD: "Withheld",
    ImageReview.VISIBLE: "Released",
    ImageReview.REMOVED: "Removed",
}
# What can be decided about a picture in each state: the action and its button.
_OPEN = {
    ImageReview.VISIBLE: (("withhold", "Withhold"), ("remove", "Remove for good")),
    ImageReview.WITHHELD: (("release", "Release"), ("remove", "Remove for good")),
    ImageReview.REMOVED: (),
}


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
    readonly_fields = ("picture", "review_state", "last_decision")

    @admin.display(description="Picture")
    def thumbnail(self, image: Image) -> str:
        if image.review == ImageReview.REMOVED:
            return "Erased"
        return format_html(
            '<img src="{}" width="64" alt="{}" loading="lazy">',
            files.url(image, "small"),
            image.settings.get("alt", ""),
        )

    # --- One picture ----------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Image | None = None) -> list[str]:
        shown = ["picture", "review_state", "last_decision"]
        return [*shown, *(f for f in super().get_fields(request, obj) if f not in shown)]

    @admin.display(description="Picture")
    def picture(self, image: Image) -> str:
        if image.review == ImageReview.REMOVED:
            return "Erased"
        return format_html(
            '<img class="desk-picture" src="{}" width="{}" height="{}" alt="{}">',
            files.url(image, "large"),
            image.width_px,
            image.height_px,
            image.settings.get("alt", ""),
        )

    @admin.display(description="Review")
    def review_state(self, image: Image) -> str:
        return image.review.capitalize()

    @admin.display(description="Last decision")
    def last_decision(self, image: Image) -> str:
        decision = services.find_decision(image=image)
        if decision is None:
            return "None yet"
        return (
            f"{_DONE[decision.review]}: {decision.reason} "
            f"({self._decider(decision)}, {decision.created_at:%Y-%m-%d %H:%M} UTC)"
        )

    def _decider(self, decision: ReviewDecision) -> str:
        """Who it was, as the log of this desk has it."""
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Image),
            object_id=str(decision.image_id),
            change_message=f"{_DONE[decision.review]}: {decision.reason}",
        )
        entry = entries.select_related("user").order_by("-pk").first()
        return entry.user.email if entry else "not at this desk"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        image = self.get_object(request, object_id)
        may_decide = image is not None and self.has_moderate_permission(request, image)
        context = {
            "decisions": _OPEN[image.review] if image and may_decide else (),
            "review_form": ReviewForm(auto_id="decide_%s"),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    # --- Deciding -------------------------------------------------------------------------------

    @admin.action(description="Withhold from everybody", permissions=["moderate"])
    def withhold(self, request: HttpRequest, images: QuerySet[Image]) -> HttpResponse | None:
        return self._review(request, images, services.withhold_image, ImageReview.WITHHELD)

    @admin.action(description="Release to the owner", permissions=["moderate"])
    def release(self, request: HttpRequest, images: QuerySet[Image]) -> HttpResponse | None:
        return self._review(request, images, services.release_image, ImageReview.VISIBLE)

    @admin.action(description="Remove for good: erases the files", permissions=["moderate"])
    def remove(self, request: HttpRequest, images: QuerySet[Image]) -> HttpResponse | None:
        return self._review(request, images, services.remove_image, ImageReview.REMOVED)

    def _review(
        self, request: HttpRequest, images: QuerySet[Image], verb: Callable[..., None], review: str
    ) -> HttpResponse | None:
        """Decide; a decision sent from a picture's own page leads back to it."""
        self._decide_each(request, images, verb, _DONE[review])
        image = images.first() if "stay" in request.POST else None
        return redirect("admin:characters_image_change", image.pk) if image else None

    def _decide_each(
        self, request: HttpRequest, images: QuerySet[Image], verb: Callable[..., None], done: str
    ) -> None:
        """The same for each; what cannot be done to one is said and stops no other."""
        reason, count = " ".join(request.POST.get("reason", "").split()), 0
        for image in images.select_related("owner"):
            try:
                verb(image=image, reason=reason)
            except InvalidInput as error:
                messages.error(request, error.message)
                return
            except DomainError as error:
                messages.warning(request, f"{image}: {error.message}")
            else:
                self.log_change(request, image, f"{done}: {reason}")
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


@admin.register(Album)
class AlbumAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("name", "owner", "deleted_at", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=id", "=owner__email")
    search_help_text = "Id or owner's e-mail"
    ordering = ("-id",)


@admin.register(CharacterVersion)
class CharacterVersionAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("character", "number", "why", "is_drawn", "created_at")
    list_filter = ("why", "created_at")
    list_select_related = ("character",)
    search_fields = ("=id", "=character__id")
    search_help_text = "Id, or the character's"
    ordering = ("-id",)


@admin.register(DesignerHistory)
class DesignerHistoryAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("character", "updated_at")
    list_select_related = ("character",)
    search_fields = ("=character__id",)
    search_help_text = "Id of the character"
    ordering = ("-updated_at",)


@admin.register(Post)
class PostAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("id", "owner", "character", "platform", "status", "calendar_at")
    list_filter = ("status", "platform", "created_at")
    list_select_related = ("owner", "character")
    search_fields = ("=id", "=owner__email", "=character__id")
    search_help_text = "Id of the post or its character, or the owner's e-mail"
    ordering = ("-id",)


@admin.register(PostPicture)
class PostPictureAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("post", "position", "image")
    list_select_related = ("post", "image")
    search_fields = ("=post__id", "=image__id")
    search_help_text = "Id of a post or of a picture"
    ordering = ("-id",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """That somebody has a private address; the address itself is nowhere."""

    list_display = ("owner", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__email",)
    search_help_text = "Owner's e-mail"
    ordering = ("-created_at",)


@admin.register(AlbumPicture)
class AlbumPictureAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("album", "image", "added_at")
    list_select_related = ("album", "image")
    search_fields = ("=album__id", "=image__id")
    search_help_text = "Id of an album or of a picture"
    ordering = ("-id",)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Files waiting to be erased; a growing list means the store refuses."""

    list_display = ("key", "due_at")
    list_filter = ("due_at",)
    search_fields = ("key",)
    ordering = ("due_at",)
