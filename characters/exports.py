"""A set of pictures as a ZIP that is written while it is sent.

One picture is open at a time and nothing is compressed (pictures are already), so an archive
of any size takes the memory of its largest picture. What happened to each file is known
only once it was read; the manifest therefore comes last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote

from django.core.files.base import File
from django.db import connection
from django.utils import timezone
from django.utils.text import slugify
from zipstream import ZipStream

from characters import images as files
from characters.models import Character, Image, ImageQuerySet

CHUNK_BYTES = 256 * 1024
_ROWS_AT_ONCE = 100
_MARK = b'DigitalSourceType="'
_MARK_MAX_BYTES = 200

README = """\
{title}

{count} made with RYLA on {date}.{problems}

manifest.json   for each picture: size, sha256, seed and the settings that made it
captions.txt    the captions you wrote, if there are any

WHEN YOU POST
These pictures were made by a machine. Most platforms ask you to say so, and in many places
the law does:
  Instagram, Facebook, Threads   switch on "AI info" / "Add AI label" before you share
  TikTok                         More options, "AI-generated content"
  YouTube                        "Altered content: yes"
  anywhere else                  write it, for example "AI-generated" or #AIgenerated
Every file carries IPTC's mark for it (digital source type, in XMP), which many platforms
read by themselves. Leave it in: editors that "strip metadata" remove it.
"""


class Reading:
    """The bytes of one stored picture, and what was learned by reading them.

    Opened at once, so that a file that is gone raises FileNotFoundError before anything of
    it was promised. Iterate it once; it closes itself.
    """

    def __init__(self, image: Image) -> None:
        self._file: File[bytes] = files.read(image)
        self._digest = hashlib.sha256()
        self._tail = b""
        self.digital_source_type = ""
        try:
            # Storages load late: what cannot be read fails here, not halfway through an entry.
            self._first = self._file.read(CHUNK_BYTES)
        except BaseException:
            self._file.close()
            raise

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        with self._file:
            for chunk in chain([self._first], iter(self._next, b"")):
                self._learn(chunk)
                yield chunk

    def _next(self) -> bytes:
        chunk: bytes = self._file.read(CHUNK_BYTES)
        return chunk

    def _learn(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        if self.digital_source_type:
            return
        # The mark may lie across two chunks.
        seen = self._tail + chunk
        _before, found, after = seen.partition(_MARK)
        if found and b'"' in after:
            self.digital_source_type = after.split(b'"', 1)[0].decode("utf-8", "replace")
        self._tail = seen[-_MARK_MAX_BYTES:]


class Manifest:
    """What manifest.json will say; also knows the captions and what was wrong."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._characters: dict[str, dict[str, Any]] = {}
        self._images: list[dict[str, Any]] = []
        self._missing: list[dict[str, str]] = []
        self._damaged: list[dict[str, str]] = []

    def add(self, image: Image, name: str, reading: Reading) -> None:
        self._remember(image.character)
        self._images.append(
            {
                "file": name,
                "id": str(image.pk),
                "character": str(image.character_id),
                "kind": image.kind,
                "width": image.width_px,
                "height": image.height_px,
                "size_bytes": image.size_bytes,
                "sha256": reading.sha256,
                "seed": image.seed,
                "settings": image.settings,
                "created_at": image.created_at.isoformat(),
                "digital_source_type": reading.digital_source_type,
                "caption": image.caption,
            }
        )
        if reading.sha256 != image.sha256:
            self._damaged.append({"file": name, "id": str(image.pk), "expected": image.sha256})

    def add_missing(self, image: Image, name: str) -> None:
        self._remember(image.character)
        self._missing.append(
            {"file": name, "id": str(image.pk), "character": str(image.character_id)}
        )

    def _remember(self, character: Character) -> None:
        self._characters.setdefault(
            str(character.pk),
            {
                "id": str(character.pk),
                "name": character.name,
                "handle": character.handle,
                "look": character.look.to_json(),
            },
        )

    def as_json(self) -> str:
        body = {
            "made_with": "RYLA",
            "version": 1,
            "title": self._title,
            "exported_at": timezone.now().isoformat(),
            "characters": list(self._characters.values()),
            "images": self._images,
            "missing": self._missing,
            "damaged": self._damaged,
        }
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"

    def captions(self) -> str:
        """Empty when nobody wrote one."""
        written = [row for row in self._images if row["caption"]]
        return "\n\n".join(f"{row['file']}\n{row['caption']}" for row in written)

    def readme(self) -> str:
        count = len(self._images)
        return README.format(
            title=self._title,
            count="1 picture" if count == 1 else f"{count} pictures",
            date=timezone.now().strftime("%Y-%m-%d"),
            problems=self._problems(),
        )

    def _problems(self) -> str:
        bad = len(self._missing) + len(self._damaged)
        if not bad:
            return ""
        return (
            f"\n\nATTENTION: {bad} of the files could not be found or read whole. "
            'manifest.json names them under "missing" and "damaged".'
        )


def stream_zip(images: ImageQuerySet, *, title: str) -> Iterator[bytes]:
    """The pictures in the order they were made, then README, captions and manifest.

    Pieces of a ZIP, each made when it is asked for. A picture whose file is gone is listed in
    the manifest instead; a storage that does not answer raises, which breaks the download off
    rather than ending it as if it were complete.
    """
    archive = ZipStream()
    manifest = Manifest(title)
    for number, image in enumerate(_in_order(images), start=1):
        yield from _picture(archive, manifest, image, number)
    archive.add(manifest.readme(), "README.txt")
    if manifest.captions():
        archive.add(manifest.captions() + "\n", "captions.txt")
    archive.add(manifest.as_json(), "manifest.json")
    yield from archive.finalize()


def _picture(archive: Any, manifest: Manifest, image: Image, number: int) -> Iterator[bytes]:
    name = files.file_name(image, number)
    try:
        reading = Reading(image)
    except FileNotFoundError:
        manifest.add_missing(image, name)
        return
    archive.add(reading, name)
    yield from archive.all_files()
    manifest.add(image, name, reading)


def _in_order(images: ImageQuerySet) -> Iterator[Image]:
    """A few rows at a time, by id; ids rise with time."""
    rows = images.select_related("character").order_by("id")
    batch = list(rows[:_ROWS_AT_ONCE])
    while batch:
        last = batch[-1].pk
        _give_back_connection()
        yield from batch
        batch = list(rows.filter(pk__gt=last)[:_ROWS_AT_ONCE])


def _give_back_connection() -> None:
    """A download may take minutes; it must not hold one of the pool's few connections."""
    if not connection.in_atomic_block:
        connection.close()


def attachment(name: str) -> str:
    """The value of Content-Disposition: an ASCII name for everybody, the real one for those
    who read RFC 6266."""
    stem, _, extension = name.rpartition(".")
    plain = f"{slugify(stem) or 'pictures'}.{extension}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
