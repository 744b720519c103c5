"""The inbox: what one was told, by day; the bell that counts what is new in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET

from accounts import inbox
from accounts.telling import Topic
from ryla.lib.http import fragment_with_etag
from ryla.lib.keyset import keyset_page
from ryla.lib.zones import in_own_zone

_PAGE_SIZE = 30


@login_required
@require_GET
@in_own_zone
def inbox_page(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/inbox.html", _context(request))


@login_required
@require_GET
@in_own_zone
def inbox_fragment(request: HttpRequest) -> HttpResponseBase:
    return fragment_with_etag(request, "accounts/_inbox.html", _context(request))


@login_required
@require_GET
def bell(request: HttpRequest) -> HttpResponseBase:
    return fragment_with_etag(request, "accounts/_bell.html", {})


@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """What the page showed and everything before it; what came meanwhile stays new."""
    if request.method != "POST":
        return redirect("accounts:inbox")
    inbox.mark_read(user=request.user, up_to=_newest_shown(request))
    messages.success(request, "All marked as read.")
    return redirect(_back(request))


def _newest_shown(request: HttpRequest) -> int | None:
    text = request.POST.get("up_to", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004 (digits of a bigint)


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_inbox = target.startswith(reverse("accounts:inbox")) and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_inbox else reverse("accounts:inbox")


def _context(request: HttpRequest) -> dict[str, Any]:
    user, topic = request.user, _topic(request)
    path = reverse("accounts:inbox")
    page = keyset_page(request, inbox.told_to(user, topic=topic), path=path, size=_PAGE_SIZE)
    rows = inbox.rows_of(user, page.rows)
    return {
        "days": inbox.days_of(rows),
        "page": page,
        "topic": topic,
        "tabs": _tabs(path, topic),
        "newest_id": rows[0].id if rows and page.is_first and not topic else None,
        "here": _with_topic(path, topic),
        # Later pages do not move: what arrives belongs on the first.
        "refresh_url": _with_topic(reverse("accounts:inbox_fragment"), topic)
        if page.is_first
        else "",
    }


def _topic(request: HttpRequest) -> str:
    """Of those there are; anything else is all of it."""
    asked = request.GET.get("show", "")
    return asked if asked in Topic.values else ""


def _with_topic(path: str, topic: str) -> str:
    return f"{path}?{urlencode({'show': topic})}" if topic else path


def _tabs(path: str, current: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": _with_topic(path, topic), "current": topic == current}
        for topic, label in [("", "All"), *Topic.choices]
    ]
