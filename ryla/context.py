"""What every page knows."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import events
from accounts.models import Event, User
from billing.services import get_account

THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """theme, events_url, credit_balance (None when signed out), unread_count, local_mode."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "local_mode": settings.LOCAL_MODE,
        "events_url": "",
        "credit_balance": None,
        "unread_count": 0,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        context["events_url"] = _events_url(request)
        context["events_last_id"] = SimpleLazyObject(partial(events.last_event_id, user.pk))
        context["credit_balance"] = SimpleLazyObject(lambda: get_account(user).balance)
        context["unread_count"] = SimpleLazyObject(partial(_count_unread, user))
    return context


def _count_unread(user: User) -> int:
    """At most 100: more is not read as a number any more."""
    return Event.objects.filter(user=user, id__gt=user.events_read_id)[:100].count()


def _events_url(request: HttpRequest) -> str:
    if not settings.EVENTS_PORT:
        return "/events/"
    host = request.get_host().rsplit(":", 1)[0]
    return f"{request.scheme}://{host}:{settings.EVENTS_PORT}/events/"
