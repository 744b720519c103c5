"""What every page knows."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.functional import SimpleLazyObject

from accounts import events
from billing.services import get_account
from generation.activity import count_news

THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """theme, events_url, credit_balance (None when signed out), unread_count, local_mode,
    support_email."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "local_mode": settings.LOCAL_MODE,
        "support_email": settings.SUPPORT_EMAIL,
        "events_url": "",
        "credit_balance": None,
        "unread_count": 0,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        context["events_url"] = _events_url(request)
        context["events_last_id"] = SimpleLazyObject(partial(events.last_event_id, user.pk))
        context["credit_balance"] = SimpleLazyObject(lambda: get_account(user).balance)
        context["unread_count"] = SimpleLazyObject(partial(count_news, user))
    return context


def _events_url(request: HttpRequest) -> str:
    if not settings.EVENTS_PORT:
        return "/events/"
    host, _ = split_domain_port(request.get_host())
    return f"{request.scheme}://{host}:{settings.EVENTS_PORT}/events/"
