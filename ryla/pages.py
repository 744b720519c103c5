"""The pages that belong to no app."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from billing.plans import FREE
from generation.recipes import base
from generation.recipes.profile_set import PICTURES


def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("characters:list")
    prices = {
        "welcome_credits": FREE.credits,
        "free_first_draws": base.FREE_FIRST_DRAWS,
        "base_faces_credits": base.BASE_FACES_CREDITS,
        "picture_credits": base.PICTURE_CREDITS["standard"],
        "profile_set_credits": base.PROFILE_SET_CREDITS,
        "profile_set_pictures": PICTURES,
    }
    return render(request, "home.html", prices)


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
