"""Reading over HTTP: granian, 2 processes, 1 000 users × 5 characters × 20 images.

The clients run on the same cores as server and database, so the figures are what one machine
does in all, not what the server alone could.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from multiprocessing import get_context

from django.db import connection

from accounts.models import User
from accounts.tokens import issue_tokens
from benchmarks.client import get, hammer
from benchmarks.table import ms, percentile, show
from characters.config import CharacterConfig
from characters.models import Character, Image
from ryla.lib.ids import new_id

USERS, CHARACTERS, IMAGES = 1000, 5, 20
CLIENTS, SECONDS = 8, 5.0


def run() -> None:
    owner = _fill()
    character = Character.objects.owned_by(owner).first()
    image = Image.objects.owned_by(owner).first()
    assert character is not None
    assert image is not None
    token = issue_tokens(owner)["access"]
    port = free_port()
    server = serve(port)
    try:
        rows = [
            (name, *_load(port, path, token))
            for name, path in (
                ("list of 5 characters", "/api/v1/characters/"),
                ("one character", f"/api/v1/characters/{character.pk}/"),
                ("page of 20 images, signed", "/api/v1/images/"),
                ("one image, signed", f"/api/v1/images/{image.pk}/"),
            )
        ]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
    total = f"{USERS * CHARACTERS * IMAGES:,}"
    show(
        f"API reads, {CLIENTS} clients for {SECONDS:.0f} s, {total} images in the table",
        ("request", "requests/s", "p50 ms", "p95 ms", "errors", "kB"),
        rows,
    )


def _fill() -> User:
    users = User.objects.bulk_create(
        [User(email=f"{n}@bench.invalid", password="!") for n in range(USERS)]
    )
    look = CharacterConfig().to_json()
    characters = Character.objects.bulk_create(
        [Character(owner=u, config=look, name=f"C{n}") for u in users for n in range(CHARACTERS)],
        batch_size=2000,
    )
    for start in range(0, len(characters), 500):
        Image.objects.bulk_create(
            [_image(c, n) for c in characters[start : start + 500] for n in range(IMAGES)],
            batch_size=2000,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return users[USERS // 2]


def _image(character: Character, position: int) -> Image:
    key = f"{character.owner_id}/{character.pk}/{new_id()}"
    return Image(
        character=character,
        owner_id=character.owner_id,
        job_id=new_id(),
        position=position,
        original_key=f"{key}.png",
        large_key=f"{key}-768.webp",
        small_key=f"{key}-320.webp",
        content_type="image/png",
        width_px=1024,
        height_px=1280,
        size_bytes=1,
        sha256="0" * 64,
        dominant_colour="#888888",
        seed=position,
        settings={"scene": "cafe", "pose": "relaxed", "format": "4:5"},
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(port: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "ryla.wsgi:application",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--log-level", "error",
    ]  # fmt: skip
    server = subprocess.Popen(
        command,
        env={**os.environ, "DATABASE_POOL_SIZE": "4"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if get(http.client.HTTPConnection("127.0.0.1", port), "/healthz", "")[0] == 200:
                return server
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise TimeoutError("the web server did not answer")


def _load(port: int, path: str, token: str) -> tuple[str, ...]:
    with get_context("spawn").Pool(2) as pool:
        parts = pool.starmap(hammer, [(port, path, token, CLIENTS // 2, SECONDS)] * 2)
    times = [t for part, _, _ in parts for t in part]
    errors = sum(e for _, e, _ in parts)
    size = max(s for _, _, s in parts)
    return (
        f"{len(times) / SECONDS:,.0f}",
        ms(percentile(times, 0.5)),
        ms(percentile(times, 0.95)),
        str(errors),
        f"{size / 1000:.1f}",
    )
