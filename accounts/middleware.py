"""What concerns people on every request: their session, their privacy, guesses at passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts import limits
from accounts.models import Session
from accounts.sessions import SEEN_AT
from ryla.lib.http import refuse
from ryla.lib.request import client_ip

GetResponse = Callable[[HttpRequest], HttpResponse]

_SEEN_EVERY = timedelta(minutes=5)
_FAILURES_WINDOW_S = 15 * 60
# Every door that takes a password and signs in, and the status of its yes.
_SIGN_INS = {"accounts:sign_in": 302, "admin:login": 302, "api:token": 200}


class SessionSeenMiddleware:
    """Keeps a session recognisable to its owner: device, address, last seen."""

    def __init__(self, get_response: GetResponse) -> None:
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


class PrivatePagesMiddleware:
    """Nobody keeps what was answered to one person, unless the view says how long.

    no-store and not no-cache: going back shows a stored page without asking, also after the
    owner of a shared machine's last session has signed out. A fragment with an ETag is stored
    and asked about each time: it lies behind no back button, and saves the poll its body.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and _is_personal(request):
            may_store = response.has_header("ETag")
            patch_cache_control(
                response, private=True, **{"no_cache" if may_store else "no_store": True}
            )
        return response


def _is_personal(request: HttpRequest) -> bool:
    """Answered to somebody: who is signed in and was looked at, or who showed a token."""
    if "Authorization" in request.headers:
        return True
    return bool(request.session.accessed and request.user.is_authenticated)


class SignInLimitMiddleware:
    """Guesses from one network at any number of accounts; axes locks one account at a time.

    Here and not in the forms: a door more is a line more, and a refused guess costs no hash.
    Every try is counted before it is made, so that many at once gain nothing, and a right
    password takes back its own try only, so that an account of one's own buys no guesses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        door = _door_of(request)
        if door and settings.NETWORK_SIGN_IN_FAILURES and response.status_code == _SIGN_INS[door]:
            limits.give_back("sign-in", _network(request))
        # The lock of one account (axes) does not say in its headers how long it lasts.
        if door and response.status_code == 429 and not response.has_header("Retry-After"):  # noqa: PLR2004
            response["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not _door_of(request):
            return None
        try:
            limits.require(
                "sign-in",
                _network(request),
                limit=settings.NETWORK_SIGN_IN_FAILURES,
                window_s=_FAILURES_WINDOW_S,
                message="Signing in failed too often from your network. Try again in 15 minutes.",
            )
        except limits.TooOften as error:
            return refuse(request, error)
        return None


def _door_of(request: HttpRequest) -> str:
    """The name of the door at which a password is being shown, "" for anything else."""
    match = request.resolver_match
    is_try = request.method == "POST" and match is not None and match.view_name in _SIGN_INS
    return match.view_name if is_try and match else ""


def _network(request: HttpRequest) -> str:
    return limits.network_of(client_ip(request))
