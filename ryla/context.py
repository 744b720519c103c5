"""What every page knows."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.functional import SimpleLazyObject

from accounts import events
from accounts.inbox import count_unread
from accounts.telling import told_kinds
from billing.services import get_account

THEMES = ("light", "dark")
# Which entry of the navigation a page belongs to: by its name, else by its namespace.
_SECTION_OF_PAGE = {
    "characters:new": "create",
    "characters:gallery": "gallery",
    "characters:bin": "gallery",
    "characters:albums": "gallery",
    "characters:new_album": "gallery",
    "characters:album": "gallery",
    "characters:edit_album": "gallery",
    "characters:choose_album": "gallery",
    "characters:put_into_album": "gallery",
    "accounts:inbox": "inbox",
    "characters:calendar": "calendar",
    "characters:post": "calendar",
    "characters:delete_post": "calendar",
    "generation:jobs": "activity",
    "generation:job": "activity",
}
_SECTION_OF_SPACE = {"characters": "characters", "accounts": "account", "billing": "account"}


def site(request: HttpRequest) -> dict[str, Any]:
    """theme, nav_section, events_url, credit_balance (None when signed out), unread_count (of the
    inbox), told_kinds (the events that may change it), local_mode, support_email."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "nav_section": _nav_section(request),
        "local_mode": settings.LOCAL_MODE,
        "support_email": settings.SUPPORT_EMAIL,
        "events_url": "",
        "credit_balance": None,
        "unread_count": 0,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        context["events_url"] = _events_url(request)
        context["told_kinds"] = told_kinds()
        context["events_last_id"] = SimpleLazyObject(partial(events.last_event_id, user.pk))
        context["credit_balance"] = SimpleLazyObject(lambda: get_account(user).balance)
        context["unread_count"] = SimpleLazyObject(partial(count_unread, user))
    return context


def _nav_section(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    return _SECTION_OF_PAGE.get(match.view_name, _SECTION_OF_SPACE.get(match.namespace, ""))


def _events_url(request: HttpRequest) -> str:
    if not settings.EVENTS_PORT:
        return "/events/"
    host, _ = split_domain_port(request.get_host())
    return f"{request.scheme}://{host}:{settings.EVENTS_PORT}/events/"
