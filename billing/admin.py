from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from billing.models import (
    CreditAccount,
    CreditEntry,
    CreditEntryLot,
    CreditLot,
    Subscription,
    Welcome,
)
from billing.services import grant_credits
from ryla.lib.admin import LargeTableAdmin, ReadOnlyAdmin
from ryla.lib.errors import DomainError
from ryla.lib.ids import new_id


class GrantForm(ActionForm):
    credits = forms.IntegerField(
        required=False, min_value=-1_000_000, max_value=1_000_000, label="Credits (minus takes)"
    )
    reason = forms.CharField(required=False, max_length=200, label="Reason (the user reads it)")
    days = forms.IntegerField(
        required=False, min_value=1, max_value=3650, label="Days until they expire (empty: never)"
    )
    # Made with the page, so that sending the form twice books once.
    grant_key = forms.CharField(
        widget=forms.HiddenInput, label="", required=False, max_length=36, initial=new_id
    )


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("user", "balance", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = ("=id", "=user__email")
    search_help_text = "Owner's e-mail or account id"
    ordering = ("-id",)
    action_form = GrantForm
    actions = ("grant",)

    @admin.action(description="Grant or take credits", permissions=["grant"])
    def grant(self, request: HttpRequest, accounts: QuerySet[CreditAccount]) -> None:
        form = GrantForm(request.POST)
        form.fields["action"].choices = self.get_action_choices(request)
        if not form.is_valid() or not form.cleaned_data["credits"]:
            messages.error(request, "Say how many credits, and why.")
            return
        if not form.cleaned_data["grant_key"]:
            messages.error(request, "Open this list anew: its form has no key.")
            return
        for account in accounts.select_related("user"):
            self._grant_one(request, account, form.cleaned_data)

    def _grant_one(
        self, request: HttpRequest, account: CreditAccount, asked: dict[str, Any]
    ) -> None:
        key = f"{asked['grant_key']}:{account.pk}"
        days = asked["days"]
        try:
            grant_credits(
                user=account.user,
                credits=asked["credits"],
                reason=asked["reason"],
                key=key,
                staff=request.user,
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except DomainError as error:
            messages.error(request, f"{account.user}: {error.message}")
        else:
            messages.success(request, f"{account.user}: {asked['credits']:+,} credits.")

    def has_grant_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("billing.change_creditaccount")


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("account_owner", "amount", "kind", "key", "reference", "created_at")
    list_filter = ("kind", "created_at")
    list_select_related = ("account__user",)
    search_fields = ("=key", "=account__user__email")
    ordering = ("-id",)

    @admin.display(description="Owner")
    def account_owner(self, entry: CreditEntry) -> str:
        return entry.account.user.email


@admin.register(CreditLot)
class CreditLotAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("account_owner", "kind", "remaining", "credits", "expires_at", "created_at")
    list_filter = ("kind", "expires_at", "created_at")
    list_select_related = ("account__user",)
    search_fields = ("=key", "=account__user__email")
    ordering = ("-id",)

    @admin.display(description="Owner")
    def account_owner(self, lot: CreditLot) -> str:
        return lot.account.user.email


@admin.register(CreditEntryLot)
class CreditEntryLotAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("entry", "lot", "amount", "of")
    list_select_related = ("entry", "lot", "of")
    search_fields = ("=entry__key", "=entry__account__user__email")
    ordering = ("-id",)


@admin.register(Welcome)
class WelcomeAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """How many welcomes were given, and when; whose they were cannot be told."""

    list_display = ("mailbox_hash", "created_on")
    list_filter = ("created_on",)
    search_fields = ("=mailbox_hash",)
    ordering = ("-created_on",)


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("user", "plan", "interval", "status", "period_end_at", "created_at")
    list_filter = ("status", "plan", "interval", "period_end_at")
    list_select_related = ("user",)
    search_fields = ("=id", "=user__email")
    ordering = ("-id",)
