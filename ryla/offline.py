"""What a browser shows without a network: one page, kept by a service worker together with the
static files it needs. The worker keeps nothing else: no page of an account, no picture."""

from __future__ import annotations

import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

# What offline.html draws with.
FILES = (
    "css/fonts.css", "css/tokens.css", "css/base.css", "css/components.css", "css/pages.css",
    "js/reconnect.js", "img/favicon.svg",
    "vendor/fonts/gloock/gloock-latin-400-normal.woff2",
    "vendor/fonts/familjen-grotesk/familjen-grotesk-latin-wght-normal.woff2",
)  # fmt: skip


@require_safe
def offline_page(request: HttpRequest) -> HttpResponse:
    """The same for everybody: it is kept without asking who reads it."""
    return HttpResponse(_page())


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script, with what it keeps. Another page or another file makes another script, which is
    how browsers learn that there is something new."""
    files = [static(name) for name in FILES]
    seen = hashlib.sha256((_page() + json.dumps(files)).encode()).hexdigest()[:16]
    kept = {"name": f"ryla-offline-{seen}", "page": reverse("offline"), "files": files}
    script = render_to_string("offline/service-worker.js", {"kept": json.dumps(kept)})
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(script, content_type="text/javascript", headers=headers)


def _page() -> str:
    """Without a request, so that nothing of anybody can stand on it."""
    return render_to_string("offline/page.html")
