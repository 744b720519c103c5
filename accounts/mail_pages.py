"""Choosing which mails one gets: in the settings, and from inside a mail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import switches
from accounts.forms import SwitchesForm
from accounts.models import User
from ryla.lib.errors import DomainError
from ryla.lib.http import say_when


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    # Nothing ticked is an answer as well.
    sent = request.POST if request.method == "POST" else None
    form = SwitchesForm(switches.switches_of(request.user), sent)
    if form.is_valid():
        switches.set_switches(user=request.user, switches=form.cleaned_data)
        messages.success(request, "Your choice is saved.")
        return redirect("accounts:notifications")
    return render(request, "accounts/notifications.html", {"form": form})


@csrf_exempt  # the link itself is the permission: mail programs press its button without a page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """A visit shows what the button would do; scanners of mails visit links. Pressing it, or the
    button of a mail program (`List-Unsubscribe=One-Click`), turns these mails off."""
    try:
        if request.method != "POST":
            user, kind = switches.read_stop_link(token=token)
            is_on, is_done = switches.is_wanted(user, kind), False
        else:
            is_on, is_done = request.POST.get("turn") == "on", True
            user, kind = switches.turn_by_link(token=token, is_on=is_on)
    except DomainError as error:
        page = render(request, "accounts/stop_mail_failed.html", {"error": error})
        page.status_code = error.status
        return say_when(page, error)
    context = {"kind": kind, "address": _hinted(user), "is_on": is_on, "is_done": is_done}
    return render(request, "accounts/stop_mail.html", context)


def _hinted(user: User) -> str:
    """Enough to know one's own address by: a forwarded mail should not tell it to others."""
    local, _, domain = user.email.partition("@")
    return f"{local[:1]}…@{domain}"
