"""The verbs of posts; sole writers of their state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from accounts.models import User
from characters import crops
from characters.captions import Brief, CaptionWriter, Suggestion, clean_hashtags, writers
from characters.marks import option_label
from characters.models import CalendarFeed, Character, Image, Post, PostPicture
from characters.models.post import CAPTION_MAX, HASHTAG_MAX_CHARS, HASHTAGS_MAX, PICTURES_MAX
from characters.states import POST_TRANSITIONS, ImageReview, PostStatus
from ryla.lib.errors import Conflict, InvalidInput
from ryla.lib.states import transition
from ryla.lib.zones import nearest_instant_at

MAX_POSTS = 5000
# A draft that is given a day and no hour.
USUAL_HOUR = time(12)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
# A picture of a profile is no post.
PLATFORMS: Mapping[str, crops.Platform] = MappingProxyType(
    {slug: platform for slug, platform in crops.PLATFORMS.items() if slug != "profile"}
)


class NotPostable(Conflict):
    code = "not_postable"


@dataclass(frozen=True, slots=True)
class Words:
    caption: str
    hashtags: list[str]


# --- Making ----------------------------------------------------------------------------------


@transaction.atomic
def create_post(
    *,
    owner: User,
    images: Sequence[Image],
    platform: str = "",
    caption: str = "",
    hashtags: Iterable[str] = (),
    scheduled_at: datetime | None = None,
) -> Post:
    """A draft with these pictures in this order, or with `scheduled_at` a planned post. Without
    a platform the first that all pictures are large enough for.

    Raises InvalidInput naming the field (images, platform, caption, hashtags, scheduled_at),
    Conflict at the owner's limit.
    """
    _require_room(owner)
    character_id = _require_one_character(owner, images)
    post = Post.objects.create(
        owner=owner,
        character_id=character_id,
        platform=_valid_platform(platform) if platform else suggest_platform(images),
        caption=_valid_caption(caption),
        hashtags=_valid_hashtags(hashtags),
    )
    PostPicture.objects.bulk_create(
        PostPicture(post=post, image=image, position=n) for n, image in enumerate(images)
    )
    if scheduled_at is not None:
        schedule_post(post=post, scheduled_at=scheduled_at)
    return post


def _require_room(owner: User) -> None:
    if Post.objects.owned_by(owner).count() >= MAX_POSTS:
        raise Conflict(
            f"An account holds at most {MAX_POSTS:,} posts. Delete some you are done with."
        )


def _require_one_character(owner: User, images: Sequence[Image]) -> UUID:
    if not images:
        raise InvalidInput("A post shows at least one picture.", field="images")
    _require_few(len(images))
    if len({image.pk for image in images}) != len(images):
        raise InvalidInput("A post shows each picture once.", field="images")
    if len({image.character_id for image in images}) > 1:
        raise InvalidInput("A post shows one character: pick pictures of one.", field="images")
    for image in images:
        _require_usable(owner, image)
    return images[0].character_id


def _require_few(count: int) -> None:
    if count > PICTURES_MAX:
        raise InvalidInput(f"A post shows at most {PICTURES_MAX} pictures.", field="images")


def _require_usable(owner: User, image: Image) -> None:
    if image.owner_id != owner.pk or image.binned_at or image.review != ImageReview.VISIBLE:
        raise InvalidInput("One of these pictures is not available.", field="images")


def suggest_platform(images: Sequence[Image]) -> str:
    """The first that all of them have pixels enough for, else the first."""
    fitting = [{p.slug for p in crops.platforms_for(image)} for image in images]
    shared = set.intersection(*fitting)
    return next((slug for slug in PLATFORMS if slug in shared), next(iter(PLATFORMS)))


# --- Words and platform ------------------------------------------------------------------------


@transaction.atomic
def update_post(
    *,
    post: Post,
    platform: str | None = None,
    caption: str | None = None,
    hashtags: Iterable[str] | None = None,
) -> Post:
    """Change what is given. Raises InvalidInput naming the field."""
    changes: dict[str, Any] = {}
    if platform is not None:
        changes["platform"] = _valid_platform(platform)
    if caption is not None:
        changes["caption"] = _valid_caption(caption)
    if hashtags is not None:
        changes["hashtags"] = _valid_hashtags(hashtags)
    if any(getattr(post, name) != value for name, value in changes.items()):
        _write(post, **changes)
    return post


def _write(post: Post, **changes: Any) -> None:
    changed = {**changes, "revision": F("revision") + 1, "updated_at": timezone.now()}
    Post.objects.filter(pk=post.pk).update(**changed)
    post.refresh_from_db(fields=[*changed, "calendar_at"])


def _valid_platform(platform: str) -> str:
    if platform not in PLATFORMS:
        raise InvalidInput("Choose where it is posted.", field="platform")
    return platform


def _valid_caption(caption: str) -> str:
    caption = caption.replace("\r\n", "\n").strip()
    if len(caption) > CAPTION_MAX or "\x00" in caption:
        raise InvalidInput(f"A caption has at most {CAPTION_MAX:,} characters.", field="caption")
    return caption


def _valid_hashtags(words: Iterable[str]) -> list[str]:
    tags = clean_hashtags(words)
    if len(tags) > HASHTAGS_MAX:
        raise InvalidInput(
            f"At most {HASHTAGS_MAX} hashtags; there are {len(tags)}.", field="hashtags"
        )
    if any(len(tag) > HASHTAG_MAX_CHARS for tag in tags):
        raise InvalidInput(
            f"A hashtag has at most {HASHTAG_MAX_CHARS} characters.", field="hashtags"
        )
    return tags


def caption_writer() -> CaptionWriter:
    return writers[settings.DEFAULT_CAPTION_WRITER]


def suggest_words(*, post: Post, number: int) -> Suggestion:
    """The `number`th suggestion for this post; the same again for the same number. Changes
    nothing: whoever asked decides what becomes of it."""
    return caption_writer().suggest(_brief(post), seed=f"{post.pk}:{number}")


def _brief(post: Post) -> Brief:
    pictures = post.pictures.select_related("image").order_by("position")
    made_with: dict[str, Any] = next((p.image.settings for p in pictures if p.image), {})
    slugs = {name: str(made_with.get(name) or "") for name in ("scene", "outfit", "expression")}
    look = post.character.look
    return Brief(
        name=post.character.name,
        archetype=look.archetype,
        personality=look.personality,
        labels={name: option_label(name, slug) for name, slug in slugs.items() if slug},
        **slugs,
    )


# --- Its hour ----------------------------------------------------------------------------------


@transaction.atomic
def schedule_post(*, post: Post, scheduled_at: datetime | None) -> Post:
    """Plan it for that instant; None takes it off the calendar. Repeating changes nothing.

    Raises InvalidInput (scheduled_at), Conflict for one that is posted already.
    """
    post = _locked(post)
    if post.scheduled_at == scheduled_at:
        return post
    if post.status == PostStatus.POSTED:
        raise Conflict("It is posted already. Take that back first to plan it again.")
    if scheduled_at is None:
        transition(
            post, PostStatus.DRAFT, POST_TRANSITIONS, scheduled_at=None, revision=F("revision") + 1
        )
    elif not _EARLIEST <= scheduled_at <= _LATEST:
        raise InvalidInput("That day is out of reach.", field="scheduled_at")
    elif post.status == PostStatus.PLANNED:
        _write(post, scheduled_at=scheduled_at)
    else:
        transition(
            post,
            PostStatus.PLANNED,
            POST_TRANSITIONS,
            scheduled_at=scheduled_at,
            revision=F("revision") + 1,
        )
    post.refresh_from_db(fields=["calendar_at"])
    return post


def move_post(*, post: Post, day: date) -> Post:
    """To another day of its owner's calendar, at the same hour; a draft at noon. An hour that
    does not exist on that day becomes the next. Raises as `schedule_post`."""
    zone = post.owner.zone
    hour = post.scheduled_at.astimezone(zone).time() if post.scheduled_at else USUAL_HOUR
    return schedule_post(post=post, scheduled_at=nearest_instant_at(day, hour, zone))


@transaction.atomic
def mark_posted(*, post: Post, posted_at: datetime | None = None) -> Post:
    """It went out, now unless said otherwise. Marking it again changes nothing.

    Raises InvalidInput (posted_at) for what lies ahead.
    """
    post = _locked(post)
    if post.status == PostStatus.POSTED:
        return post
    posted_at = posted_at or timezone.now()
    if not _EARLIEST <= posted_at <= timezone.now() + timedelta(minutes=1):
        raise InvalidInput("What was posted was posted before now.", field="posted_at")
    transition(
        post, PostStatus.POSTED, POST_TRANSITIONS, posted_at=posted_at, revision=F("revision") + 1
    )
    post.refresh_from_db(fields=["calendar_at"])
    return post


@transaction.atomic
def unmark_posted(*, post: Post) -> Post:
    """It did not go out after all: planned as before, or a draft. Repeating changes nothing."""
    post = _locked(post)
    if post.status != PostStatus.POSTED:
        return post
    to = PostStatus.PLANNED if post.scheduled_at else PostStatus.DRAFT
    transition(post, to, POST_TRANSITIONS, posted_at=None, revision=F("revision") + 1)
    post.refresh_from_db(fields=["calendar_at"])
    return post


def _locked(post: Post) -> Post:
    rows = Post.objects.select_for_update(of=("self",)).select_related("owner", "character")
    return rows.get(pk=post.pk)


def delete_post(*, post: Post) -> None:
    """Its pictures stay where they are. Idempotent."""
    Post.objects.filter(pk=post.pk).delete()


# --- Its pictures ------------------------------------------------------------------------------


@transaction.atomic
def add_pictures(*, post: Post, images: Sequence[Image]) -> int:
    """Behind those it has; ones that it shows already are left out. Returns how many came.

    Raises InvalidInput (images).
    """
    post = _locked(post)
    shown = list(post.pictures.values_list("image_id", flat=True))
    new = [image for image in images if image.pk not in shown]
    _require_few(len(shown) + len(new))
    for image in new:
        _require_usable(post.owner, image)
        if image.character_id != post.character_id:
            raise InvalidInput("A post shows one character: pick pictures of it.", field="images")
    last = post.pictures.aggregate(last=Max("position"))["last"]
    PostPicture.objects.bulk_create(
        PostPicture(post=post, image=image, position=last + n) for n, image in enumerate(new, 1)
    )
    if new:
        _write(post)
    return len(new)


@transaction.atomic
def set_pictures(*, post: Post, images: Sequence[Image]) -> Post:
    """These and no others, in this order. Raises InvalidInput (images)."""
    post = _locked(post)
    now = list(post.pictures.order_by("position").values_list("image_id", flat=True))
    if now == [image.pk for image in images]:
        return post
    if _require_one_character(post.owner, images) != post.character_id:
        raise InvalidInput("A post shows one character: pick pictures of it.", field="images")
    post.pictures.all().delete()
    PostPicture.objects.bulk_create(
        PostPicture(post=post, image=image, position=n) for n, image in enumerate(images)
    )
    _write(post)
    return post


@transaction.atomic
def move_picture(*, post: Post, picture_id: UUID, by: int) -> None:
    """One place earlier (-1) or later (1); at an end it stays."""
    _locked(post)
    pictures = list(post.pictures.order_by("position"))
    here = next((n for n, p in enumerate(pictures) if p.pk == picture_id), None)
    if here is None or not 0 <= here + by < len(pictures):
        return
    pictures.insert(here + by, pictures.pop(here))
    _renumber(post, pictures)


@transaction.atomic
def remove_picture(*, post: Post, picture_id: UUID) -> None:
    """Repeating changes nothing. Raises InvalidInput (images) for the last one."""
    _locked(post)
    pictures = list(post.pictures.order_by("position"))
    rest = [picture for picture in pictures if picture.pk != picture_id]
    if not rest:
        raise InvalidInput("A post shows at least one picture. Add another first.", field="images")
    if len(rest) < len(pictures):
        PostPicture.objects.filter(pk=picture_id, post=post).delete()
        _renumber(post, rest)


def _renumber(post: Post, pictures: Sequence[PostPicture]) -> None:
    for n, picture in enumerate(pictures):
        picture.position = n
    PostPicture.objects.bulk_update(pictures, ["position"])
    _write(post)


# --- What stands in its way ----------------------------------------------------------------------

_WHY = {
    "gone": "is gone for good",
    "held_back": "is held back while it is checked",
    "binned": "is in the bin",
}


def find_obstacles(post: Post) -> list[str]:
    """Why it cannot be packed now, a sentence for each picture that is the reason. `post` comes
    with its pictures (`with_pictures`)."""
    return [
        f"Picture {n} {words}."
        for n, picture in enumerate(post.pictures.all(), start=1)
        if (words := _obstacle(post, picture))
    ]


def _obstacle(post: Post, picture: PostPicture) -> str:
    if picture.missing or picture.image is None:
        return _WHY[picture.missing]
    platform = PLATFORMS[post.platform]
    if crops.frame_of(picture.image, platform).is_large_enough:
        return ""
    return f"is too small for {platform.label}: enlarge it, or choose another platform"


# --- The end of an account ------------------------------------------------------------------------


def delete_all_of(*, user: User) -> None:
    """Part of closing an account; joins its transaction."""
    Post.objects.owned_by(user).delete()
    CalendarFeed.objects.filter(owner=user).delete()


def find_drafts(*, owner: User, limit: int, character: Character | None = None) -> list[Post]:
    """The newest drafts, at most `limit` and one: whoever shows them says when there are more."""
    rows = Post.objects.owned_by(owner).filter(Q(status=PostStatus.DRAFT))
    if character:
        rows = rows.filter(character=character)
    return list(rows.with_pictures().order_by("-id")[: limit + 1])
