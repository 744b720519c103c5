from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import services
from accounts.devices import device_name
from accounts.models import (
    Consent,
    Event,
    LocalMail,
    MailSwitch,
    OutgoingMail,
    Session,
    User,
)
from ryla.lib.admin import LargeTableAdmin, ReadOnlyAdmin
from ryla.lib.errors import DomainError


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])


class PasswordForm(AdminPasswordChangeForm):
    """A password set by staff ends the user's sessions and tokens like any other new one."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        return services.end_all_sessions(user=user) if commit else user


@admin.register(User)
class UserAdmin(LargeTableAdmin, DjangoUserAdmin):
    """Nobody is deleted here: bookkeeping hangs on the row, and people close their accounts
    themselves. Rights are given by superusers only."""

    add_form = NewUserForm
    change_password_form = PasswordForm
    list_display = ("email", "display_name", "verified", "is_active", "is_staff", "created_at")
    list_filter = (
        "is_active",
        "is_staff",
        ("email_verified_at", admin.EmptyFieldListFilter),
        "created_at",
    )
    search_fields = ("=email", "=id", "email__startswith")
    search_help_text = "E-mail address or its beginning, or the user's id"
    ordering = ("-created_at",)
    list_select_related = False
    filter_horizontal = ("groups", "user_permissions")
    actions = ("end_all_sessions", "deactivate", "reactivate")
    readonly_fields = (
        "id",
        "email",
        "is_active",
        "email_verified_at",
        "last_login",
        "created_at",
        "closed_at",
    )
    fieldsets = (
        (None, {"fields": ("id", "email", "display_name", "password", "is_active")}),
        ("When", {"fields": ("created_at", "email_verified_at", "last_login", "closed_at")}),
        ("Rights", {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)

    @admin.display(boolean=True, description="Confirmed")
    def verified(self, user: User) -> bool:
        return user.is_email_verified

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        rights = ("is_staff", "is_superuser", "groups", "user_permissions")
        return self.readonly_fields + (() if request.user.is_superuser else rights)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Whoever may set a superuser's password is one.
        if obj and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def end_all_sessions(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, services.end_all_sessions, "signed out everywhere")

    @admin.action(description="Deactivate (nothing is erased)", permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, services.deactivate_user, "deactivated")

    @admin.action(description="Reactivate", permissions=["change"])
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, services.reactivate_user, "reactivated")

    def _each(
        self, request: HttpRequest, users: QuerySet[User], act: Callable[..., Any], done: str
    ) -> None:
        count = 0
        for user in users:
            if not self.has_change_permission(request, user):
                messages.warning(request, f"{user}: only a superuser may do this.")
                continue
            try:
                act(user=user)
                count += 1
            except DomainError as error:
                messages.warning(request, f"{user}: {error.message}")
        messages.success(request, f"{count} {done}.")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("user", "kind", "version", "ip_address", "created_at")
    list_filter = ("kind", "version", "created_at")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=user__id")
    ordering = ("-created_at",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("id", "user", "kind", "subject", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = ("=user__email", "=user__id", "=subject")
    ordering = ("-id",)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Without links, boxes or details: each would show the key, and the key signs one in."""

    list_display = ("user", "device", "ip_address", "created_at", "seen_at", "expire_date")
    list_display_links = None
    actions = None
    list_filter = ("expire_date",)
    list_select_related = ("user",)
    search_fields = ("=user__email", "=user__id")
    ordering = ("-expire_date",)

    @admin.display(description="Device")
    def device(self, session: Session) -> str:
        return device_name(session.user_agent)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).defer("session_data")

    def has_view_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return obj is None and super().has_view_permission(request)


if settings.LOCAL_MODE:

    @admin.register(LocalMail)
    class LocalMailAdmin(ReadOnlyAdmin, LargeTableAdmin):
        list_display = ("to", "subject", "created_at")
        list_filter = ("created_at",)
        search_fields = ("=to",)
        ordering = ("-id",)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("created_at", "user", "kind", "status", "attempts", "due_at", "why")
    list_filter = ("status", "kind", "created_at")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=key")
    search_help_text = "E-mail address of the user, or the key"
    ordering = ("-created_at",)


@admin.register(MailSwitch)
class MailSwitchAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """What people chose themselves; who has no row gets the mails."""

    list_display = ("user", "kind", "is_on", "updated_at")
    list_filter = ("is_on", "kind", "updated_at")
    list_select_related = ("user",)
    search_fields = ("=user__email",)
    search_help_text = "E-mail address of the user"
    ordering = ("-id",)
