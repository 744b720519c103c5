"""The calendar of posts, and its private address for calendar programs."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from characters import feeds, posts
from characters.calendar import (
    DRAFTS_MAX,
    FIRST_DAY,
    LAST_DAY,
    POSTS_MAX,
    Period,
    Shown,
    read_calendar,
)
from characters.models import Character, Post
from characters.post_forms import DayForm, PeriodForm
from characters.views.posts import card_of, owned_post
from characters.views.shared import asked_page, is_background
from ryla.lib.errors import DomainError, InvalidInput
from ryla.lib.http import error_body, say_error
from ryla.lib.request import client_ip
from ryla.lib.zones import in_own_zone


@login_required
@require_safe
@in_own_zone
def calendar(request: HttpRequest) -> HttpResponse:
    asked, user = PeriodForm(request.GET), request.user
    today = timezone.now().astimezone(user.zone).date()
    on = min(max(asked.value("on") or today, FIRST_DAY), LAST_DAY)
    period = Period.of(asked.value("view") or "month", on)
    characters = list(Character.objects.owned_by(user).order_by("name", "pk"))
    character = next((c for c in characters if c.pk == asked.character_id), None)
    shown = read_calendar(owner=user, period=period, today=today, character=character)
    drafts = posts.find_drafts(owner=user, limit=DRAFTS_MAX, character=character)
    weeks = _weeks(request, shown)
    context = {
        "period": period,
        "title": _title(period),
        "weeks": weeks,
        "agenda": [day for week in weeks for day in week if day["posts"]],
        "is_cut": shown.is_cut,
        "count": shown.count,
        "posts_max": POSTS_MAX,
        "drafts": [card_of(post, request) for post in drafts[:DRAFTS_MAX]],
        "has_more_drafts": len(drafts) > DRAFTS_MAX,
        "characters": characters,
        "character": character,
        "tabs": [_tab(period, character, "month"), _tab(period, character, "week")],
        "previous_url": _url(period.view, period.previous, character),
        "next_url": _url(period.view, period.next, character),
        "today_url": _url(period.view, today, character),
        "here": request.get_full_path(),
        "zone": user.timezone,
        "feed_url": _feed_address(request),
    }
    return render(request, "characters/calendar.html", context)


def _title(period: Period) -> str:
    if period.view == "month":
        return f"{period.on:%B %Y}"
    return f"{period.first:%-d %B} to {period.last:%-d %B %Y}"


def _weeks(request: HttpRequest, shown: Shown) -> list[list[dict[str, Any]]]:
    days = [
        {
            "date": day.date,
            "is_today": day.is_today,
            "is_outside": day.is_outside,
            "posts": [card_of(post, request) for post in day.posts],
        }
        for day in shown.days
    ]
    return [days[n : n + 7] for n in range(0, len(days), 7)]


def _url(view: str, on: date, character: Character | None) -> str:
    query = {"view": view, "on": on.isoformat()}
    if character:
        query["character"] = str(character.pk)
    return f"{reverse('characters:calendar')}?{urlencode(query)}"


def _tab(period: Period, character: Character | None, view: str) -> dict[str, Any]:
    return {
        "label": view.title(),
        "href": _url(view, period.on, character),
        "current": period.view == view,
    }


@login_required
@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To another day at the same hour: `day`, or `by` so many days; neither takes it off the
    calendar. A script gets JSON, a form the page it came from."""
    post, form = owned_post(request, pk), DayForm(request.POST)
    try:
        if not form.is_valid():
            raise InvalidInput("A day, like 2027-03-14.", field="day")
        day, by = form.cleaned_data["day"], form.cleaned_data["by"]
        if by is not None and post.scheduled_at:
            day = post.scheduled_at.astimezone(post.owner.zone).date() + timedelta(days=by)
        if day:
            post = posts.move_post(post=post, day=day)
        else:
            post = posts.schedule_post(post=post, scheduled_at=None)
    except DomainError as error:
        if is_background(request):
            return JsonResponse(error_body(error.code, error.message), status=error.status)
        say_error(request, error)
        return redirect(asked_page(request) or "characters:calendar")
    said = _said(post)
    if is_background(request):
        return JsonResponse({"said": said, "day": str(day or "")})
    messages.success(request, said)
    return redirect(asked_page(request) or "characters:calendar")


def _said(post: Post) -> str:
    if post.scheduled_at is None:
        return "Taken off the calendar."
    return f"Moved to {post.scheduled_at.astimezone(post.owner.zone):%A, %-d %B %Y, %H:%M}."


# --- The private address -------------------------------------------------------------------------


def _feed_address(request: HttpRequest) -> str:
    feed = feeds.find_feed(owner=request.user)
    if feed is None:
        return ""
    path = reverse("characters:calendar_feed", args=[feeds.token_of(feed)])
    return f"{settings.SITE_URL}{path}"


@login_required
@require_POST
def feed_switch(request: HttpRequest) -> HttpResponse:
    if request.POST.get("do") == "end":
        feeds.end_feed(owner=request.user)
        messages.success(request, "The address is ended. Calendars that used it get nothing more.")
    else:
        feeds.renew_feed(owner=request.user)
        messages.success(request, "Here is a new address. One from before leads nowhere now.")
    return redirect(f"{reverse('characters:calendar')}#feed")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Read by calendar programs, which sign in nowhere: the address is the permission."""
    network = limits.network_of(client_ip(request))
    found = feeds.find_feed_by_token(token)
    if found is None:
        limits.require("calendar-misses", network, limit=settings.CALENDAR_MISSES_PER_HOUR)
        raise Http404
    limits.require("calendar-reads", str(found.pk), limit=settings.CALENDAR_READS_PER_HOUR)
    content = feeds.write_calendar(owner=found.owner)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="ryla.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["ETag"] = etag
    conditional: HttpResponse = get_conditional_response(request, etag=etag, response=response)
    return conditional
