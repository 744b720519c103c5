"""Posts ready to be posted, as a ZIP that is written while it is sent.

Each picture is cut when its turn comes, so an archive of any size takes the memory of one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.text import slugify
from zipstream import ZipStream

from characters import crops
from characters.ai_labels import label_for, label_text
from characters.models import Image, Post
from characters.posts import PLATFORMS, NotPostable, find_obstacles
from ryla.lib.errors import InvalidInput

POSTS_MAX = 100
PICTURES_MAX = 200
_NAMED_MAX = 3
_MARK = re.compile(rb'DigitalSourceType="([^"]{1,200})"')

README = """\
{title}

{count} packed with RYLA on {date}.{problems}

A folder for each post, by its hour ({zone}):
  01.jpg, 02.jpg …   the pictures in the platform's size, in the order of the post
  caption.txt        caption and hashtags, ready to paste
  ai-label.txt       what to switch on or to write, so that people know a machine made it
manifest.json        all of it for programs

Every picture carries IPTC's mark for it (digital source type, in XMP). Leave it in: editors
that "strip metadata" remove it.
"""


def require_packable(posts: Sequence[Post]) -> None:
    """Raises InvalidInput when there is nothing or too much, NotPostable naming the posts and
    pictures that stand in the way. `posts` come with their pictures."""
    if not posts:
        raise InvalidInput("There are no posts in these days.", field="since")
    if len(posts) > POSTS_MAX:
        raise InvalidInput(f"At most {POSTS_MAX} posts at once: take fewer days.", field="until")
    pictures = sum(len(post.pictures.all()) for post in posts)
    if pictures > PICTURES_MAX:
        raise InvalidInput(
            f"At most {PICTURES_MAX} pictures at once; these posts have {pictures}.", field="until"
        )
    obstacles = [f"{_named(post)}: {' '.join(found)}" for post in posts
                 if (found := find_obstacles(post))]  # fmt: skip
    if obstacles:
        more = len(obstacles) - _NAMED_MAX
        rest = f" And {more} more." if more > 0 else ""
        raise NotPostable("Nothing was packed. " + " ".join(obstacles[:_NAMED_MAX]) + rest)


def _named(post: Post) -> str:
    when = post.calendar_at.astimezone(post.owner.zone) if post.calendar_at else None
    hour = f", {when:%d %b %Y %H:%M}" if when else ""
    return f"{post.character.display_name} on {PLATFORMS[post.platform].label}{hour}"


def stream_package(posts: Sequence[Post], *, title: str) -> Iterator[bytes]:
    """Pieces of a ZIP, each made when it is asked for; manifest.json comes last and says what
    happened to every file. A picture whose file is gone is listed there as missing; a storage
    that does not answer breaks the download off."""
    if not connection.in_atomic_block:
        connection.close()  # a download may take minutes; the pool's connections are few
    archive = ZipStream()
    rows: list[dict[str, Any]] = []
    for post in posts:
        folder = folder_name(post)
        row = _row(post, folder)
        rows.append(row)
        for n, picture in enumerate(post.pictures.all(), start=1):
            yield from _picture(archive, row, post, picture.image, f"{folder}/{n:02d}.jpg")
        platform = PLATFORMS[post.platform]
        archive.add(post.words + "\n", f"{folder}/caption.txt")
        archive.add(
            label_text(post.platform, platform_label=platform.label), f"{folder}/ai-label.txt"
        )
        yield from archive.all_files()
    archive.add(_readme(posts, rows, title), "README.txt")
    archive.add(_manifest(rows, title), "manifest.json")
    yield from archive.finalize()


def folder_name(post: Post) -> str:
    """`2026-11-24_1800_mara-vale_story_1a2b3c4d`: sorts by time, and is safe everywhere."""
    when = post.calendar_at.astimezone(post.owner.zone) if post.calendar_at else None
    hour = f"{when:%Y-%m-%d_%H%M}" if when else "draft"
    who = post.character.handle or slugify(post.character.name)[:30] or "character"
    return f"{hour}_{who}_{post.platform}_{str(post.pk)[-8:]}"


def _row(post: Post, folder: str) -> dict[str, Any]:
    platform = PLATFORMS[post.platform]
    return {
        "folder": folder,
        "id": str(post.pk),
        "character": str(post.character_id),
        "platform": post.platform,
        "width": platform.width_px,
        "height": platform.height_px,
        "status": post.status,
        "scheduled_at": post.scheduled_at.isoformat() if post.scheduled_at else None,
        "posted_at": post.posted_at.isoformat() if post.posted_at else None,
        "caption": post.caption,
        "hashtags": post.hashtags,
        "ai_label": label_for(post.platform).line,
        "pictures": [],
        "missing": [],
    }


def _picture(
    archive: Any, row: dict[str, Any], post: Post, image: Image | None, name: str
) -> Iterator[bytes]:
    assert image is not None  # noqa: S101 (require_packable saw to it)
    try:
        content = crops.crop(image, PLATFORMS[post.platform])
    except FileNotFoundError:
        row["missing"].append({"file": name, "image": str(image.pk)})
        return
    mark = _MARK.search(content)
    row["pictures"].append(
        {
            "file": name,
            "image": str(image.pk),
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_bytes": len(content),
            "digital_source_type": mark[1].decode("utf-8", "replace") if mark else "",
        }
    )
    archive.add(content, name)
    yield from archive.all_files()


def _readme(posts: Sequence[Post], rows: Sequence[dict[str, Any]], title: str) -> str:
    missing = sum(len(row["missing"]) for row in rows)
    problems = (
        f"\n\nATTENTION: the files of {missing} pictures could not be found. manifest.json names "
        'them under "missing".'
    )
    return README.format(
        title=title,
        count="1 post" if len(posts) == 1 else f"{len(posts)} posts",
        date=timezone.now().strftime("%Y-%m-%d"),
        problems=problems if missing else "",
        zone=posts[0].owner.timezone,
    )


def _manifest(rows: Sequence[dict[str, Any]], title: str) -> str:
    body = {
        "made_with": "RYLA",
        "version": 1,
        "title": title,
        "exported_at": timezone.now().isoformat(),
        "posts": rows,
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
