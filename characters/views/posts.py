"""Posts: made of pictures, worded, planned, packed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.services import note_download
from characters import crops, exports, post_exports, posts
from characters.ai_labels import label_for
from characters.calendar import posts_between
from characters.forms import SelectionForm
from characters.models import Post, PostPicture
from characters.owned import owned_character
from characters.pictures import describe, image_url
from characters.post_forms import PostForm, RangeForm
from characters.states import PostStatus
from characters.views.shared import asked_page, back, owned_images
from ryla.lib.errors import DomainError
from ryla.lib.http import say_error
from ryla.lib.keyset import keyset_page
from ryla.lib.zones import in_own_zone

POSTS_AT_ONCE = 24
_WORDS_BEFORE = ("was_caption", "was_hashtags")


def owned_post(request: HttpRequest, pk: UUID) -> Post:
    rows = Post.objects.owned_by(request.user).with_pictures().select_related("owner", "character")
    return get_object_or_404(rows, pk=pk)


# --- Making --------------------------------------------------------------------------------------


@login_required
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Of the pictures that are ticked, in the order in which they were made."""
    ids = SelectionForm(request.POST).ids()
    images = list(owned_images(request).filter(pk__in=ids).order_by("pk"))
    try:
        post = posts.create_post(owner=request.user, images=images)
    except DomainError as error:
        say_error(request, error)
        return back(request, "characters:gallery")
    return redirect("characters:post", post.pk)


@login_required
@require_safe
@in_own_zone
def of_character(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tab of a character, newest first."""
    character = owned_character(request, pk)
    rows = Post.objects.owned_by(request.user).filter(character=character).with_pictures()
    path = reverse("characters:posts", args=[character.pk])
    page = keyset_page(request, rows, path=path, size=POSTS_AT_ONCE)
    context = {
        "character": character,
        "character_id": str(character.pk),
        "page": page,
        "posts": [card_of(post, request) for post in page.rows],
    }
    return render(request, "characters/posts.html", context)


def card_of(post: Post, request: HttpRequest) -> dict[str, Any]:
    """As lists and the calendar show it. `at` is of its owner's wall clock."""
    first = next((p.image for p in post.pictures.all() if not p.missing and p.image), None)
    at = post.calendar_at.astimezone(request.user.zone) if post.calendar_at else None
    return {
        "id": str(post.pk),
        "href": reverse("characters:post", args=[post.pk]),
        "src": image_url(first, "small") if first else "",
        "who": post.character.display_name,
        "platform": posts.PLATFORMS[post.platform].label,
        "words": post.caption,
        "status": post.status,
        "status_label": {"draft": "Draft", "planned": "Planned", "posted": "Posted"}[post.status],
        "at": at,
        "is_late": post.status == PostStatus.PLANNED
        and post.scheduled_at is not None
        and post.scheduled_at < timezone.now(),
        "may_move": post.status != PostStatus.POSTED,
        "lacks": bool(posts.find_obstacles(post)),
    }


# --- The editor ----------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def post(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = owned_post(request, pk)
    if request.method != "POST":
        return _page(request, found, PostForm(initial=PostForm.initial_of(found)))
    if request.POST.get("go") == "suggest":
        return _suggest(request, found)
    if request.POST.get("go") == "take_back":
        return _take_back(request, found)
    form = PostForm(request.POST)
    if form.is_valid() and _try_save(found, form):
        messages.success(request, _saved(owned_post(request, pk)))
        return redirect("characters:post", found.pk)
    return _page(request, found, form)


def _try_save(found: Post, form: PostForm) -> bool:
    try:
        at = form.instant(found.owner.zone)
        if found.status != PostStatus.POSTED:
            posts.schedule_post(post=found, scheduled_at=at)
        posts.update_post(
            post=found,
            platform=form.cleaned_data["platform"],
            caption=form.cleaned_data["caption"],
            hashtags=form.words(),
        )
    except DomainError as error:
        form.put_error(error)
        return False
    return True


def _saved(found: Post) -> str:
    if found.status != PostStatus.PLANNED or not found.scheduled_at:
        return "Saved."
    at = found.scheduled_at.astimezone(found.owner.zone)
    return f"Saved. Planned for {at:%-d %B %Y, %H:%M}."


def _suggest(request: HttpRequest, found: Post) -> HttpResponse:
    """Other words in the form. What stood there goes along, to be had back with one press."""
    data = request.POST.copy()
    number = _whole(data.get("number"))
    words = posts.suggest_words(post=found, number=number)
    data["was_caption"], data["was_hashtags"] = data.get("caption", ""), data.get("hashtags", "")
    data["caption"] = words.caption
    data["hashtags"] = " ".join(f"#{tag}" for tag in words.hashtags)
    return _page(request, found, PostForm(data), number=number + 1, was=data)


def _take_back(request: HttpRequest, found: Post) -> HttpResponse:
    data = request.POST.copy()
    data["caption"], data["hashtags"] = (data.get(name, "") for name in _WORDS_BEFORE)
    return _page(request, found, PostForm(data), number=_whole(data.get("number")))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0  # noqa: PLR2004


def _page(
    request: HttpRequest, found: Post, form: PostForm, *, number: int = 0, was: Any = None
) -> HttpResponse:
    label = label_for(found.platform)
    context = {
        "post": found,
        "character": found.character,
        "form": form,
        "pictures": [_picture(found, picture) for picture in found.pictures.all()],
        "obstacles": posts.find_obstacles(found),
        "platform": posts.PLATFORMS[found.platform],
        "label": label,
        "origin": posts.caption_writer().origin,
        "number": number,
        "was": {name: was.get(name, "") for name in _WORDS_BEFORE} if was else None,
        "at": found.calendar_at.astimezone(found.owner.zone) if found.calendar_at else None,
        "zone": found.owner.timezone,
    }
    return render(request, "characters/post.html", context, status=422 if form.errors else 200)


def _picture(found: Post, picture: PostPicture) -> dict[str, Any]:
    image = picture.image
    if image is None or picture.missing:
        return {"id": picture.pk, "missing": picture.missing}
    return {
        "id": picture.pk,
        "missing": "",
        "image": image,
        "src": image_url(image, "large"),
        "alt": describe(image),
        "href": reverse("generation:image", args=[image.pk]),
        "frame": crops.frame_of(image, posts.PLATFORMS[found.platform]),
    }


# --- Its pictures, its end -----------------------------------------------------------------------


@login_required
@require_POST
def picture(request: HttpRequest, pk: UUID, picture_id: UUID) -> HttpResponse:
    """`do` is earlier, later or remove."""
    found, do = owned_post(request, pk), request.POST.get("do")
    try:
        if do == "remove":
            posts.remove_picture(post=found, picture_id=picture_id)
        elif do in ("earlier", "later"):
            posts.move_picture(post=found, picture_id=picture_id, by=1 if do == "later" else -1)
    except DomainError as error:
        say_error(request, error)
    return redirect(f"{reverse('characters:post', args=[found.pk])}#pictures")


@login_required
@require_POST
def posted(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It went out, or after all it did not (`is_posted=0`)."""
    found = owned_post(request, pk)
    try:
        if request.POST.get("is_posted") == "0":
            posts.unmark_posted(post=found)
            messages.info(request, "Taken back: it counts as not posted.")
        else:
            posts.mark_posted(post=found)
            messages.success(request, "Marked as posted.")
    except DomainError as error:
        say_error(request, error)
    return redirect(asked_page(request) or reverse("characters:post", args=[found.pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = owned_post(request, pk)
    if request.method == "POST":
        posts.delete_post(post=found)
        messages.success(request, "The post is deleted. Its pictures are where they were.")
        return redirect("characters:calendar")
    return render(request, "characters/delete_post.html", {"post": found})


# --- Packing -------------------------------------------------------------------------------------


@login_required
@require_safe
def package(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    found = owned_post(request, pk)
    title = f"{found.character.display_name}, {posts.PLATFORMS[found.platform].label}"
    try:
        return _packed(request, [found], title)
    except DomainError as error:
        say_error(request, error)
        return redirect("characters:post", found.pk)


@login_required
@require_safe
def package_range(request: HttpRequest) -> HttpResponseBase:
    """All of some days, `?since=&until=`, both included."""
    form = RangeForm(request.GET)
    if not form.is_valid():
        messages.error(request, "Say from which day until which day.")
        return redirect("characters:calendar")
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    try:
        rows = posts_between(owner=request.user, first=since, last=until)
        wanted = rows.with_pictures().select_related("owner", "character")
        found = list(wanted[: post_exports.POSTS_MAX + 1])
        return _packed(request, found, f"Posts {since} to {until}")
    except DomainError as error:
        say_error(request, error)
        return redirect("characters:calendar")


def _packed(request: HttpRequest, found: list[Post], title: str) -> StreamingHttpResponse:
    post_exports.require_packable(found)
    limit = settings.POST_PACKAGES_PER_HOUR
    limits.require("post-packages", str(request.user.pk), limit=limit)
    note_download(user=request.user)
    content = post_exports.stream_package(found, title=title)
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = exports.attachment(f"{title}.zip")
    response["Cache-Control"] = "private, no-store"
    return response
