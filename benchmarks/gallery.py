"""`make bench-gallery`: the gallery of one owner as it grows to a million pictures.

    make bench-gallery ARGS="--sizes 10000,100000"

Pictures are rows without files, as no page of the gallery opens one. Each page is asked in this
process, for what the database takes of it, and over HTTP of granian, for all of it. Server,
database and client share this machine's cores.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import platform
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from benchmarks.__main__ import prepare_django, start_servers
from benchmarks.table import ms, percentile, show

PAGE, DEEP = 40, 500
ROUNDS = 40
GALLERY = "/gallery/"
FIRST, DEEP_PAGE = "first page", "500th page"
ALBUM_PAGES = ALBUM, ALBUM_DEEP, ALBUM_SCENE, ALBUM_WORD = (
    "album of half", "album, deep", "album, scene", "album, word of 1 in 400",
)  # fmt: skip


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.gallery", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="pictures, ascending")
    sizes = sorted(int(size) for size in parser.parse_args(words).sizes.split(","))
    with ExitStack() as stack:
        start_servers(stack)
        prepare_django()
        print(f"{platform.python_implementation()} {platform.python_version()}, "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
        _run(sizes)
    return 0


def _run(sizes: Sequence[int]) -> None:
    gallery = Gallery()
    measured: dict[int, dict[str, Measured]] = {}
    with _served() as port:
        for size in sizes:
            took_s = gallery.grow_to(size)
            print(f"\n{size:,} pictures (written in {took_s:.0f} s)", flush=True)
            measured[size] = {
                name: _measure(gallery, gallery.address(name), query, port)
                for name, query in gallery.pages().items()
            }
            _show_size(measured[size])
    _show_growth(measured)


# --- Pictures ------------------------------------------------------------------------------------


class Gallery:
    """One owner with five characters, and a tenth as many pictures of somebody else between; every
    choice and word is spread evenly, out of order."""

    def __init__(self) -> None:
        from django.test import Client  # noqa: PLC0415 (settings first)

        from accounts.models import User  # noqa: PLC0415
        from characters.config import CharacterConfig  # noqa: PLC0415
        from characters.models import Album, Character  # noqa: PLC0415

        self.owner, self.other = (
            User.objects.create(email=f"{name}@bench.invalid", password="!")
            for name in ("gallery", "other")
        )
        look = CharacterConfig().to_json()
        self.characters, self.others = (
            [
                Character.objects.create(owner=owner, config=look, name=f"Character {n}").pk
                for n in range(5)
            ]
            for owner in (self.owner, self.other)
        )
        self.album = Album.objects.create(owner=self.owner, name="Half").pk
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.owner, backend="django.contrib.auth.backends.ModelBackend")
        self.size = 0
        self._began_ms = int(time.time() * 1000) - 2_000_000_000

    def grow_to(self, size: int) -> float:
        from django.db import connection  # noqa: PLC0415

        begun = time.perf_counter()
        with connection.cursor() as cursor:
            for start in range(self.size, size, 50_000):
                values = self._values(start, min(start + 50_000, size))
                cursor.execute(_INSERT, values)
                others = {"owner": self.other.pk, "characters": self.others, "step": 10}
                cursor.execute(_INSERT, values | others)
                cursor.execute(_INTO_ALBUM, values | {"album": self.album})
            cursor.execute("VACUUM ANALYZE characters_image, characters_albumpicture")
        self.size = size
        return time.perf_counter() - begun

    def _values(self, start: int, end: int) -> dict[str, Any]:
        from generation.catalogue import EXPRESSIONS, FORMATS, POSES, SCENES  # noqa: PLC0415

        return {
            "start": start + 1,
            "end": end,
            "owner": self.owner.pk,
            "characters": self.characters,
            "step": 1,
            "began_ms": self._began_ms,
            "scenes": [*SCENES.by_slug],
            "poses": [*POSES.by_slug],
            "expressions": [*EXPRESSIONS.by_slug],
            "formats": [*FORMATS],
            "outfits": [f"outfit_{chr(97 + n)}" for n in range(20)],
        }

    def pages(self) -> dict[str, dict[str, str]]:
        days = self._days()
        return {
            FIRST: {},
            DEEP_PAGE: {"before": self._id_after(min(DEEP * PAGE, self.size - PAGE))},
            "favourites": {"favourites": "on"},
            "character": {"character": str(self.characters[1])},
            "scene": {"scene": "rooftop"},
            "format": {"format": "1:1"},
            "scene, deep": {"scene": "rooftop", "before": self._id_after(self.size // 2)},
            "scene and outfit": {"scene": "rooftop", "outfit": "outfit_c"},
            "days": days,
            "word of 1 in 6": {"q": "smile"},
            "word of 1 in 31": {"q": "rooftop"},
            "word of 1 in 400": {"q": "parasol"},
            "word of 1 in 5,000": {"q": "umbrella"},
            "beginning of a word": {"q": "rooftop umbr"},
            "word, deep": {"q": "rooftop", "before": self._id_after(self.size // 2)},
            "word of none": {"q": "zeppelin"},
            "below the limit, 1 in 100": {"likeness": "below"},
            "not measured, 1 in 1,000": {"likeness": "none"},
            ALBUM: {},
            ALBUM_DEEP: {"before": self._id_after(self.size // 2)},
            ALBUM_SCENE: {"scene": "rooftop"},
            ALBUM_WORD: {"q": "parasol"},
        }

    def address(self, page: str) -> str:
        return f"/albums/{self.album}/" if page in ALBUM_PAGES else GALLERY

    def _id_after(self, newer: int) -> str:
        """Of the picture with so many newer ones."""
        return str(self._newest_first()[newer - 1 : newer].get())

    def _days(self) -> dict[str, str]:
        from characters.models import Image  # noqa: PLC0415

        pk = self._id_after(self.size // 2)
        day = Image.objects.get(pk=pk).created_at.date().isoformat()
        return {"until": day}

    def _newest_first(self) -> Any:
        from characters.models import Image  # noqa: PLC0415

        return Image.objects.owned_by(self.owner).order_by("-id").values_list("pk", flat=True)


def _spread(salt: int, many: str) -> str:
    return f"(hashint8(n * 16 + {salt}) & 2147483647) %% {many}"


def _one_of(salt: int, name: str, of: str = "text") -> str:
    values = f"%({name})s::{of}[]"
    return f"({values})[1 + {_spread(salt, f'cardinality({values})')}]"


_INSERT = f"""
INSERT INTO characters_image (
    id, character_id, owner_id, kind, job_id, position, review, original_key, large_key, small_key,
    content_type, width_px, height_px, size_bytes, sha256, dominant_colour, seed, settings,
    is_favourite, likeness, caption, binned_at, created_at
)
SELECT
    (lpad(to_hex(%(began_ms)s + 2000 * n), 12, '0') || '7' || substr(hash, 1, 3)
        || '8' || substr(hash, 4, 15))::uuid,
    {_one_of(1, "characters", "uuid")}, %(owner)s, 'picture', gen_random_uuid(), 0, 'visible',
    'o/' || path, 'l/' || path, 's/' || path, 'image/png', 1024, 1280, 1000000, repeat('0', 64),
    '#' || substr(md5(n::text), 1, 6), n,
    jsonb_build_object(
        'scene', {_one_of(2, "scenes")}, 'pose', {_one_of(3, "poses")},
        'expression', {_one_of(4, "expressions")}, 'format', {_one_of(5, "formats")},
        'outfit', {_one_of(6, "outfits")}, 'quality', 'standard', 'framing', 'half_body',
        'alt', 'Half body of somebody in the ' || n
    ),
    {_spread(7, "50")} = 0,
    CASE WHEN {_spread(10, "1000")} = 0 THEN NULL
         WHEN {_spread(11, "100")} = 0 THEN 0.1 ELSE 0.9 END,
    CASE WHEN {_spread(8, "400")} = 0 THEN 'Under a parasol'
         WHEN {_spread(9, "5000")} = 0 THEN 'Two umbrellas and one umbrella' ELSE '' END,
    NULL, to_timestamp((%(began_ms)s + 2000 * n) / 1000.0)
FROM generate_series(%(start)s::bigint, %(end)s::bigint, %(step)s) n,
    concat(%(owner)s::text, '/', n) path, md5(path) hash
"""  # noqa: S608 (our own words)

_INTO_ALBUM = """
INSERT INTO characters_albumpicture (id, album_id, image_id, added_at)
SELECT gen_random_uuid(), %(album)s, i.id, now() FROM characters_image i
WHERE i.owner_id = %(owner)s AND i.seed BETWEEN %(start)s AND %(end)s
AND (hashint8(i.seed * 16 + 12) & 1) = 0
"""


# --- Measuring -----------------------------------------------------------------------------------


@dataclass
class Measured:
    """Of one page: seconds in the database and over HTTP, bytes, plan of the pictures' query."""

    database_s: list[float] = field(default_factory=list)
    http_s: list[float] = field(default_factory=list)
    page_bytes: int = 0
    zipped_bytes: int = 0
    shown: int = 0
    plan: str = ""
    counts: list[str] = field(default_factory=list)


class _Clock:
    """Wraps every statement that a page sends."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - begun


def _measure(gallery: Gallery, address: str, query: Mapping[str, str], port: int) -> Measured:
    from django.db import connection  # noqa: PLC0415

    found = Measured()
    gallery.client.get(address, query)
    for _ in range(ROUNDS):
        clock = _Clock()
        with connection.execute_wrapper(clock):
            answer = gallery.client.get(address, query)
        assert answer.status_code == 200
        found.database_s.append(clock.seconds)
    found.shown = answer.content.count(b'<article class="shot')
    found.page_bytes = len(answer.content)
    found.zipped_bytes = len(gzip.compress(answer.content, 6))
    found.http_s = _ask(port, f"{address}?{urlencode(query)}", gallery.client)
    _look_at_statements(gallery, address, query, found)
    return found


def _ask(port: int, path: str, client: Any) -> list[float]:
    """One browser, one page after another."""
    server = http.client.HTTPConnection("127.0.0.1", port)
    cookie = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    times = []
    for number in range(ROUNDS + 5):
        begun = time.perf_counter()
        server.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
        answer = server.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        if number >= 5:  # both processes have seen one
            times.append(time.perf_counter() - begun)
    return times


def _look_at_statements(
    gallery: Gallery, address: str, query: Mapping[str, str], found: Measured
) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as sent:
        gallery.client.get(address, query)
    statements = [q["sql"] for q in sent if "characters_image" in q["sql"]]
    found.counts = [one for one in statements if re.search(r"\bcount\s*\(", one, re.IGNORECASE)]
    pictures = next(one for one in statements if f"LIMIT {PAGE + 1}" in one)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {pictures}")
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    found.plan = " < ".join(_nodes(plan[0]["Plan"]))


def _nodes(plan: Mapping[str, Any]) -> Iterator[str]:
    """Down the side that reads the pictures; what is joined to each row is left out."""
    index = plan.get("Index Name")
    yield f"{plan['Node Type']} {index}" if index else plan["Node Type"]
    inner = [p for p in plan.get("Plans", ()) if p.get("Parent Relationship") == "Outer"]
    for one in inner or plan.get("Plans", ())[:1]:
        if plan.get("Relation Name") != "characters_image" or "Bitmap" in one["Node Type"]:
            yield from _nodes(one)


@contextmanager
def _served() -> Iterator[int]:
    from benchmarks.reads import free_port, serve  # noqa: PLC0415

    port = free_port()
    server = serve(port)
    try:
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


# --- Showing -------------------------------------------------------------------------------------


def _p50(times: Sequence[float]) -> float:
    return percentile(times, 0.5)


def _show_size(pages: Mapping[str, Measured]) -> None:
    first = pages[FIRST]
    show(
        f"{ROUNDS} times each, ms; × is the median beside the first page's",
        ("page", "shown", "db p50", "p95", "×", "http p50", "p95", "×", "kB", "gzip"),
        [
            (
                name,
                one.shown,
                ms(_p50(one.database_s)),
                ms(percentile(one.database_s, 0.95)),
                f"{_p50(one.database_s) / _p50(first.database_s):.2f}",
                ms(_p50(one.http_s)),
                ms(percentile(one.http_s, 0.95)),
                f"{_p50(one.http_s) / _p50(first.http_s):.2f}",
                f"{one.page_bytes / 1000:.0f}",
                f"{one.zipped_bytes / 1000:.1f}",
            )
            for name, one in pages.items()
        ],
    )
    show("Plans", ("page", "way"), [(name, one.plan) for name, one in pages.items()])
    counted = sorted({name for name, one in pages.items() if one.counts})
    print(f"  COUNT over pictures: {', '.join(counted) or 'none'}", flush=True)


def _show_growth(measured: Mapping[int, Mapping[str, Measured]]) -> None:
    small, large = min(measured), max(measured)
    print()
    show(
        f"From {small:,} to {large:,} pictures: median of {large:,} beside that of {small:,}",
        ("page", "database", "http"),
        [
            (
                name,
                f"{_p50(measured[large][name].database_s) / _p50(one.database_s):.2f}",
                f"{_p50(measured[large][name].http_s) / _p50(one.http_s):.2f}",
            )
            for name, one in measured[small].items()
        ],
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever asks, all that was started ends
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
