"""The whole product as `make run` starts it, for journeys and for pulling it apart."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import boto3
import httpx
import psycopg

from ryla.local.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "quite-a-long-password-7"


def eventually(check: Callable[[], Any], *, timeout_s: float = 60, every_s: float = 0.1) -> Any:
    """The first true answer of `check`; AssertionError when none comes in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = check()
        if answer:
            return answer
        time.sleep(every_s)
    raise AssertionError(f"nothing came of it within {timeout_s} s")


class Stack:
    """`manage.py local` in a folder of its own, on free ports, with processes of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "USER")
        self._env = {k: v for k, v in os.environ.items() if k in kept} | settings
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with (self.folder / "stack.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "manage.py", "local", "--no-demo"),
                    *("--data-dir", str(self.folder), "--port", str(self.port)),
                ],
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        eventually(self._is_up, timeout_s=120)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=60)

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError((self.folder / "stack.log").read_text())
        return bool(self._state()) and "worker" in self._state()["processes"] and self._answers()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def _state(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        except (OSError, ValueError):
            return {}
        return state

    def database(self) -> psycopg.Connection[Any]:
        """For what no page and no API tells or does."""
        word = (self.folder / "postgres" / "password").read_text().strip()
        port = self._state()["processes"]["postgres"]["port"]
        return psycopg.connect(f"postgresql://ryla:{word}@127.0.0.1:{port}/ryla", autocommit=True)

    def copy_file(self, key: str, names: Iterable[str]) -> list[str]:
        """Of a stored picture, as often as there are names; returns the keys of the copies."""
        folder = self.folder / "media"
        address, port = "http://127.0.0.1:", self._state()["processes"]["s3"]["port"]
        client = boto3.client(
            "s3",
            endpoint_url=f"{address}{port}",
            aws_access_key_id=(folder / "access_key").read_text().strip(),
            aws_secret_access_key=(folder / "secret_key").read_text().strip(),
        )
        found = client.get_object(Bucket="ryla", Key=f"images/{key}")
        content, kind = found["Body"].read(), found["ContentType"]
        place, _, name = key.rpartition("/")
        copies = [f"{place}/{copy}-{name}" for copy in names]
        for copy in copies:
            client.put_object(Bucket="ryla", Key=f"images/{copy}", Body=content, ContentType=kind)
        return copies

    def pid(self, part: str) -> int:
        """0 while that part is down."""
        entry = self._state().get("processes", {}).get(part)
        return int(entry["pid"]) if entry else 0

    def kill(self, part: str) -> int:
        """`kill -9` of a part and all its children; returns the pid that died."""
        pid = self.pid(part)
        os.killpg(os.getpgid(pid), signal.SIGKILL)
        return pid

    def wait_for_another(self, part: str, than: int) -> None:
        eventually(lambda: self.pid(part) not in (0, than), timeout_s=60)


class Integrator:
    """A new creator who signed up on the page and then speaks to the API."""

    def __init__(self, stack: Stack, email: str) -> None:
        self._browser = httpx.Client(base_url=stack.url, follow_redirects=True, timeout=30)
        self._sign_up(email)
        tokens = httpx.post(
            f"{stack.url}/api/v1/token/", json={"email": email, "password": PASSWORD}
        ).json()
        self._api = httpx.Client(
            base_url=f"{stack.url}/api/v1/",
            headers={"Authorization": f"Bearer {tokens['access']}"},
            timeout=30,
        )

    def _sign_up(self, email: str) -> None:
        page = self._browser.get("/sign-up/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        body = {
            "csrfmiddlewaretoken": token[1],
            "email": email,
            "password": PASSWORD,
            "is_adult": "on",
            "accepted_terms": "on",
        }
        answer = self._browser.post("/sign-up/", data=body)
        assert answer.status_code == 200, answer.text[:500]

    @property
    def cookies(self) -> dict[str, str]:
        """Of the browser it signed up with."""
        return {c.name: c.value or "" for c in self._browser.cookies.jar}

    def see(self, path: str) -> bool:
        """Whether a page comes, with all the pictures on it."""
        page = self._browser.get(path)
        pictures = set(map(html.unescape, re.findall(r'src="(/[^"]+)"', page.text)))
        return page.is_success and all(self._browser.get(p).is_success for p in pictures)

    def get(self, path: str) -> Any:
        """Parts of the stack may be away for a moment; asking again is what clients do."""
        return eventually(lambda: self._try_get(path))

    def _try_get(self, path: str) -> Any:
        try:
            answer = self._api.get(path)
        except httpx.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._api.post(path, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def order(self, character: str, recipe: str, **options: Any) -> Any:
        return self.post(
            "jobs/",
            {
                "character": character,
                "recipe": recipe,
                "options": options,
                "request_key": f"{recipe}-{time.monotonic_ns()}",
            },
        )

    def wait_for_end(self, job_id: str, *, timeout_s: float = 120) -> Any:
        def ended() -> Any:
            job = self.get(f"jobs/{job_id}/")
            return job if job["status"] in ("succeeded", "failed", "canceled") else None

        return eventually(ended, timeout_s=timeout_s)

    def make_ready_character(self) -> str:
        """A character with its face, made through the API; returns its id."""
        character: str = self.post("characters/", {"name": "Mara Vale"})["id"]
        faces = self.order(character, "base_faces")
        assert self.wait_for_end(faces["id"])["status"] == "succeeded"
        face = self.get(f"images/?job={faces['id']}")["results"][0]["id"]
        assert self.post(f"characters/{character}/face/", {"image": face})["status"] == "ready"
        return character
