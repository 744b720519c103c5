"""Keeps a session recognisable to its owner: device, address, last seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Session
from accounts.sessions import SEEN_AT
from ryla.lib.request import client_ip

_SEEN_EVERY = timedelta(minutes=5)


class SessionSeenMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A page that did not look at the session stays free of it, and cacheable.
        if request.session.accessed and request.user.is_authenticated:
            self._note(request)
        return response

    def _note(self, request: HttpRequest) -> None:
        """At most one write in five minutes; the time in the session saves the read."""
        now = timezone.now()
        key = request.session.session_key
        seen = request.session.get(SEEN_AT, 0)
        if not key or now.timestamp() - seen < _SEEN_EVERY.total_seconds():
            return
        Session.objects.filter(pk=key).update(
            seen_at=now,
            user_agent=request.headers.get("User-Agent", "")[:300],
            ip_address=client_ip(request),
        )
        # Saved by the session middleware, which also sends the cookie anew.
        request.session[SEEN_AT] = int(now.timestamp())
