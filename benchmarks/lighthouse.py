"""`make lighthouse`: what Google's Lighthouse says of the pages that people judge by.

    make lighthouse ARGS="--rounds 3"

A phone on a slow line, as its mobile preset has it, on the running product with a set of pictures
in it. Needs Node: Lighthouse is fetched by npx in a fixed version, and is no part of the project.
Its time figures share this machine's cores with the server, so a quiet machine is needed; of
several rounds the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import sync_playwright

from benchmarks.table import show
from tests.journeys.conftest import find_chromium
from tests.stack import Integrator, Stack, eventually

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices")
HEADS = ("page", "performance", "accessibility", "best practices", "layout shift", "largest paint",
         "blocked", "weight")  # fmt: skip


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.lighthouse", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="of each page; the median counts")
    rounds = parser.parse_args(words).rounds
    npx = shutil.which("npx")
    if not npx:
        print("Lighthouse runs on Node, and there is no npx on the PATH.", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="ryla-lighthouse-") as folder,
        Stack(Path(folder)) as stack,
    ):
        pages, cookies = _pages(stack)
        asked: dict[str, list[dict[str, Any]]] = {name: [] for name in pages}
        for name, path in pages.items():
            jar = {} if path == "/" else cookies
            for n in range(rounds):  # each with an empty cache, as at a first visit
                profile = _profile(Path(folder) / f"{name}-{n}", stack.url, jar)
                asked[name].append(_ask(npx, f"{stack.url}{path}", profile))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {LIGHTHOUSE}, mobile")
    show("", HEADS, [_row(name, found) for name, found in asked.items()])
    for name, found in asked.items():
        for complaint in _complaints(found[0]):
            print(f"  {name}: {complaint}")
    return 0


def _pages(stack: Stack) -> tuple[dict[str, str], dict[str, str]]:
    """Addresses by name, and the cookies of their owner."""
    creator = Integrator(stack, "lighthouse@example.com")
    character = creator.make_ready_character()
    made = creator.order(character, "profile_set")
    assert creator.wait_for_end(made["id"])["status"] == "succeeded"
    draft = creator.post("characters/", {"name": "Ines Roth"})["id"]
    image = creator.get(f"images/?job={made['id']}")["results"][0]["id"]
    pages = {
        "home": "/",
        "designer": f"/characters/{draft}/design/look/",
        "studio": f"/characters/{character}/studio/",
        "gallery": "/gallery/",
        "character": f"/characters/{character}/",
        "picture": f"/images/{image}/",
    }
    # A second visit: pictures of options are drawn at the first and kept for everybody.
    for path in pages.values():
        eventually(lambda: creator.see(path))  # noqa: B023
    return pages, creator.cookies


def _profile(folder: Path, url: str, cookies: Mapping[str, str]) -> Path:
    """Of a browser with these cookies in its jar: as a header of Lighthouse's they would not
    reach the stream of events, which answers on another port."""
    kept_until = time.time() + 86400  # those of a session would go with the browser
    jar = [{"name": n, "value": v, "url": url, "expires": kept_until} for n, v in cookies.items()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder, executable_path=find_chromium(), args=["--no-sandbox"]
        )
        browser.add_cookies(cast("list[Any]", jar))
        browser.close()
    return folder


def _ask(npx: str, url: str, profile: Path) -> dict[str, Any]:
    flags = f"--headless=new --no-sandbox --disable-gpu --user-data-dir={profile}"
    answer = subprocess.run(
        [
            *(npx, "--yes", LIGHTHOUSE, url, "--quiet", "--output=json"),
            *("--disable-storage-reset", f"--chrome-flags={flags}"),
            f"--only-categories={','.join(CATEGORIES)}",
        ],
        env=os.environ | {"CHROME_PATH": find_chromium() or ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if answer.returncode:
        raise SystemExit(answer.stderr[-2000:])
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def _row(name: str, found: Sequence[dict[str, Any]]) -> list[str]:
    def score(category: str) -> str:
        return f"{100 * statistics.median(f['categories'][category]['score'] for f in found):.0f}"

    def audit(key: str) -> float:
        return statistics.median(f["audits"][key]["numericValue"] for f in found)

    return [
        name,
        *map(score, CATEGORIES),
        f"{audit('cumulative-layout-shift'):.3f}",
        f"{audit('largest-contentful-paint') / 1000:.1f} s",
        f"{audit('total-blocking-time'):.0f} ms",
        f"{audit('total-byte-weight') / 1024:.0f} KiB",
    ]


def _complaints(found: dict[str, Any]) -> list[str]:
    """Of what counts and is not perfect."""
    counting = {
        ref["id"]
        for category in found["categories"].values()
        for ref in category["auditRefs"]
        if ref["weight"]
    }
    audits = (found["audits"][key] for key in sorted(counting))
    return [
        f"{a['title']} ({a.get('displayValue') or a['score']})"
        for a in audits
        if a["score"] is not None and a["score"] < 0.9
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
