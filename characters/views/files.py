"""Picture files on their way out: signed addresses, single files, whole sets."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.services import note_download
from characters import crops, exports
from characters import images as files
from characters.forms import SelectionForm
from characters.models import Image, ImageQuerySet
from characters.owned import owned_character
from characters.pictures import describe
from characters.views.shared import back, owned_image, owned_images
from ryla.lib.errors import DomainError

# Less than the storage's signature lives (STORAGES: querystring_expire).
ADDRESS_KEPT_S = 300


@login_required
@require_safe
def image_file(request: HttpRequest, pk: UUID, variant: str) -> HttpResponse:
    """Whether one may see it is asked here; the bytes come from the storage itself."""
    response = HttpResponseRedirect(files.url(owned_image(request, pk), variant))
    response["Cache-Control"] = f"private, max-age={ADDRESS_KEPT_S}"
    return response


@login_required
@require_safe
def image_download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    image = owned_image(request, pk)
    try:
        file = files.read(image)
    except FileNotFoundError:
        raise Http404("The file of this picture is gone.") from None
    _send_as_it_is(request)
    note_download(user=request.user)
    return FileResponse(
        file,
        as_attachment=True,
        filename=files.file_name(image),
        content_type=image.content_type,
    )


@login_required
@require_safe
def image_crop(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`?platform=` of `crops.PLATFORMS`: the picture as that platform shows it, to keep. Without
    it the page on which one chooses."""
    image = owned_image(request, pk)
    if "platform" not in request.GET:
        context = {"image": image, "alt": describe(image), "frames": crops.frames_of(image)}
        return render(request, "characters/crop.html", context)
    platform = crops.PLATFORMS.get(request.GET.get("platform", ""))
    if platform is None:
        messages.info(request, "Choose where the picture is to be posted.")
        return back(request, "characters:gallery")
    try:
        content = crops.crop(image, platform)
    except FileNotFoundError:
        raise Http404("The file of this picture is gone.") from None
    except DomainError as error:
        messages.error(request, error.message)
        return back(request, "characters:gallery")
    note_download(user=request.user)
    response = HttpResponse(content, content_type="image/jpeg")
    response["Content-Disposition"] = exports.attachment(crops.file_name(image, platform))
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def download_set(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """All pictures of a character; `?job=` only those of one job, `?favourites=1` only those."""
    character = owned_character(request, pk)
    mine = Image.objects.owned_by(request.user).visible()
    images = mine.filter(character=character, kind=Image.Kind.PICTURE)
    if request.GET.get("job"):
        images = images.filter(job_id=_uuid(request.GET["job"]))
    if request.GET.get("favourites"):
        images = images.filter(is_favourite=True)
    if not images.exists():
        messages.info(request, "There are no pictures to download yet.")
        return redirect("characters:detail", character.pk)
    return _zip(request, images, title=character.display_name)


@login_required
@require_POST
def gallery_download(request: HttpRequest) -> HttpResponseBase:
    ids = SelectionForm(request.POST).ids()
    images = owned_images(request).filter(pk__in=ids, binned_at=None)
    names = set(images.values_list("character__name", flat=True))
    if not names:
        messages.info(request, "Select some pictures first.")
        return back(request, "characters:gallery")
    return _zip(request, images, title=names.pop() if len(names) == 1 else "RYLA pictures")


def _zip(request: HttpRequest, images: ImageQuerySet, *, title: str) -> StreamingHttpResponse:
    _send_as_it_is(request)
    note_download(user=request.user)
    content: Iterator[bytes] = exports.stream_zip(images, title=title)
    response = StreamingHttpResponse(content, content_type="application/zip")
    name = f"{title} {timezone.now():%Y-%m-%d}.zip"
    response["Content-Disposition"] = exports.attachment(name)
    response["Cache-Control"] = "private, no-store"
    return response


def _send_as_it_is(request: HttpRequest) -> None:
    """Pictures do not get smaller: keep the gzip middleware from trying, and its buffers out
    of a stream."""
    request.META.pop("HTTP_ACCEPT_ENCODING", None)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
