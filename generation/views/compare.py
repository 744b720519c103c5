"""Two pictures held against each other: side by side, or one laid over the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from characters.models import Image
from generation.compare import differences
from generation.views.shared import owned_picture

OFFERED_AT_MOST = 24
# For the page's script; without it they stand side by side.
MODES = (
    {"value": "side", "label": "Side by side", "checked": True},
    {"value": "over", "label": "One over the other"},
)


@login_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """`?a=` and `?b=`; with one of them alone, the page on which the other is chosen."""
    ids = list(dict.fromkeys(request.GET[name] for name in ("a", "b") if request.GET.get(name)))
    if not ids:
        return redirect("characters:gallery")
    pictures = [_own(request, pk) for pk in ids]
    if len(pictures) == 1:
        return render(request, "generation/compare_with.html", _choice(pictures[0]))
    return render(request, "generation/compare.html", _context(*pictures))


def _own(request: HttpRequest, pk: str) -> Image:
    """A stranger's picture is none, and neither is what is no id."""
    try:
        wanted = UUID(pk)
    except ValueError:
        raise Http404 from None
    return owned_picture(request, wanted)


def _choice(image: Image) -> dict[str, Any]:
    others = Image.objects.visible().filter(character_id=image.character_id).exclude(pk=image.pk)
    newest = others.select_related("character").order_by("-pk")[:OFFERED_AT_MOST]
    return {"image": image, "others": list(newest)}


def _context(one: Image, other: Image) -> dict[str, Any]:
    return {
        "pair": [("A", one), ("B", other)],
        "modes": MODES,
        "one": one,
        "other": other,
        "differences": differences(one, other),
        "has_one_shape": _shape(one) == _shape(other),
    }


def _shape(image: Image) -> float:
    return round(image.width_px / image.height_px, 2)
