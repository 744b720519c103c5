"""Keeps a session recognisable to its owner: device, address, last seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Session
from ryla.lib.request import client_ip

_SEEN_EVERY = timedelta(minutes=5)


class SessionSeenMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = request.session.session_key
        if key and request.user.is_authenticated:
            self._note(request, key)
        return response

    def _note(self, request: HttpRequest, key: str) -> None:
        """At most one write in five minutes; the key in the session saves the read."""
        now = timezone.now()
        seen = request.session.get("seen_at", 0)
        if now.timestamp() - seen < _SEEN_EVERY.total_seconds():
            return
        request.session["seen_at"] = int(now.timestamp())
        request.session.save()
        Session.objects.filter(pk=key).update(
            seen_at=now,
            user_agent=request.headers.get("User-Agent", "")[:300],
            ip_address=client_ip(request),
        )
        request.session.modified = False
