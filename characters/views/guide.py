"""The first steps above the list of characters: drawn anew as they are done, put away, had back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.services import show_guide
from characters.guide import find_guide

_PUT_AWAY = "guide_put_away"


def guide_context(request: HttpRequest) -> dict[str, Any]:
    """`guide`, and whether it was just put away: the way back is offered once."""
    return {"guide": find_guide(request.user), "guide_undo": request.session.pop(_PUT_AWAY, False)}


@login_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The card alone, for the page to draw anew; 404 takes it away."""
    found = find_guide(request.user)
    if found is None:
        raise Http404
    return render(request, "characters/_guide.html", {"guide": found})


@login_required
@require_POST
def guide_switch(request: HttpRequest) -> HttpResponse:
    is_shown = request.POST.get("shown") == "1"
    show_guide(user=request.user, is_shown=is_shown)
    if not is_shown:
        request.session[_PUT_AWAY] = True
    elif find_guide(request.user) is None:
        messages.success(request, "You have done all of the first steps.")
    return redirect("characters:list")
