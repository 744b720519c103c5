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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import show
from tests.journeys.conftest import _chromium
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
        pages, cookie = _pages(stack)
        asked = {
            name: [_ask(npx, f"{stack.url}{path}", cookie, Path(folder)) for _ in range(rounds)]
            for name, path in pages.items()
        }
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {LIGHTHOUSE}, mobile")
    show("", HEADS, [_row(name, found) for name, found in asked.items()])
    for name, found in asked.items():
        for complaint in _complaints(found[0]):
            print(f"  {name}: {complaint}")
    return 0


def _pages(stack: Stack) -> tuple[dict[str, str], str]:
    """Addresses by name, and what the browser of their owner carries."""
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
    return pages, creator.cookie


def _ask(npx: str, url: str, cookie: str, folder: Path) -> dict[str, Any]:
    headers = folder / "headers.json"
    is_home = url.count("/") == 3
    headers.write_text(json.dumps({} if is_home else {"Cookie": cookie}))
    answer = subprocess.run(
        [
            *(npx, "--yes", LIGHTHOUSE, url, "--quiet", "--output=json"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={headers}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ],
        env=os.environ | {"CHROME_PATH": _chromium() or ""},
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
