"""The pages that belong to no app."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from billing.plans import PACKS, PLANS


def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("characters:list")
    return render(request, "home.html", {"plans": PLANS.values(), "packs": PACKS.values()})


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
