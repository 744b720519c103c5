from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.stack import ROOT, Stack

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """As `make run` starts it, but that a silent worker is given up sooner."""
    folder: Path = tmp_path_factory.mktemp("journey")
    with Stack(folder, JOB_LEASE_S="20", SWEEP_EVERY_S="1") as running:
        yield running


# One try each: what passes elsewhere after a pause ends a job here, so that nobody waits for it.
ENGINE = {
    "DEFAULT_IMAGE_PROVIDER": "fake",
    "LIKENESS_THRESHOLD": "0.6",
    "SWEEP_EVERY_S": "0.5",
    "JOB_MAX_ATTEMPTS": "1",
}


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """With the test provider, whose script is the words of a prompt."""
    folder: Path = tmp_path_factory.mktemp("engine")
    with Stack(folder, **ENGINE) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, or the one that the bootstrap noted."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield running
        running.close()


def find_chromium() -> str | None:
    note = ROOT / ".local" / "chromium"
    noted = note.read_text().strip() if note.exists() else ""
    found = os.environ.get("CHROMIUM_PATH") or noted
    return found or shutil.which("chromium") or shutil.which("google-chrome")
