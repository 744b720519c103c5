"""What several pages need: fetching through the owner, the way back, undoing the bin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme

from characters.models import Image, ImageQuerySet

_UNDO_BIN = "binned_images"


def owned_images(request: HttpRequest) -> ImageQuerySet:
    """What the person may open: the bin included, what is withheld or removed not."""
    return Image.objects.owned_by(request.user).viewable().select_related("character")


def owned_image(request: HttpRequest, pk: UUID) -> Image:
    return get_object_or_404(owned_images(request), pk=pk)


def back(request: HttpRequest, default: str, **kwargs: Any) -> HttpResponseRedirect:
    """To `next` if the form named one of our pages, else where one came from."""
    url = came_from(request)
    return redirect(url) if url else redirect(default, **kwargs)


def came_from(request: HttpRequest) -> str:
    """The page of ours to go back to; empty when it is not known."""
    return asked_page(request) or _if_ours(request, request.headers.get("Referer", ""))


def asked_page(request: HttpRequest) -> str:
    """The page of ours that a form named as `next`; empty when it named none."""
    return _if_ours(request, request.POST.get("next", ""))


def _if_ours(request: HttpRequest, url: str) -> str:
    """The address if it is on this site; not the posted one, which would go in circles."""
    allowed = url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )
    return url if allowed and urlsplit(url).path not in ("", request.path) else ""


def is_background(request: HttpRequest) -> bool:
    """Sent by a script that stays on the page."""
    return (
        request.headers.get("X-Requested-With") == "fetch"
        or request.headers.get("X-Autosave") == "1"
    )


def done() -> HttpResponse:
    return HttpResponse(status=204)


def offer_undo(request: HttpRequest, images: Iterable[Image]) -> None:
    """The next page with pictures offers to take these out of the bin again."""
    request.session[_UNDO_BIN] = [str(image.pk) for image in images]


def take_undo(request: HttpRequest) -> list[str]:
    """Ids of what was just binned; offered once."""
    ids: list[str] = request.session.pop(_UNDO_BIN, [])
    return ids
