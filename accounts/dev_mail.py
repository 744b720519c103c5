"""The local mailbox: reads the mails that `accounts.mailbox` kept. Local mode only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from accounts.models import LocalMail

View = Callable[..., HttpResponse]
# A mail may not run anything or reach this site as somebody; its links open in the whole window.
SANDBOX = "allow-top-navigation-by-user-activation"


def _local_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.LOCAL_MODE:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_GET(guarded))


@_local_only
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/dev_mail.html", {"mails": LocalMail.objects.all()[:100]})


@_local_only
@csp_update({"frame-src": [SELF]})
def message(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_object_or_404(LocalMail, pk=pk)
    return render(request, "accounts/dev_mail_message.html", {"mail": mail, "sandbox": SANDBOX})


@_local_only
@xframe_options_sameorigin
@csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [SELF],
        "sandbox": [SANDBOX],
    }
)
def message_html(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_object_or_404(LocalMail.objects.exclude(html=""), pk=pk)
    return HttpResponse(mail.html.replace("<head>", '<head><base target="_top">', 1))


urlpatterns = [
    path("", mail_list, name="dev_mail"),
    path("<int:pk>/", message, name="dev_mail_message"),
    path("<int:pk>/html/", message_html, name="dev_mail_html"),
]
