"""Somebody with a browser: what every journey does on every page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stack import ROOT, Stack

expect.set_options(timeout=30_000)

SHOTS = ROOT / "build" / "screenshots"
PATIENCE_MS = 90_000
# All that axe-core has to say of a page is long on its way here.
VIOLATIONS = """
axe.run({resultTypes: ["violations"]}).then(found =>
  found.violations.map(({id, nodes}) => [id, nodes[0].html.slice(0, 200)]))
"""


@dataclass(frozen=True)
class Device:
    name: str
    options: dict[str, Any]
    has_scripts: bool = True


PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
# Somebody who asked for less motion, which is walked as well and spares a processor.
DESKTOP = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


@dataclass
class Newcomer:
    """Walks the pages by what they say; remembers what the browser complained about."""

    page: Page
    device: Device
    complaints: list[str] = field(default_factory=list)
    seen: int = 0

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note_message)
        self.page.on("response", self._note_response)

    def _note_message(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note_response(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def look(self, name: str) -> None:
        """Photograph this page and hold it against axe-core."""
        self.seen += 1
        folder = SHOTS / self.device.name
        folder.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_load_state("load")
        # Whole pages as PNG take a browser twice as long.
        shot = folder / f"{self.seen:02d}-{name}.jpg"
        self.page.screenshot(path=shot, full_page=True, type="jpeg", quality=85)
        self._expect_no_sideways_scrolling(name)
        if self.device.has_scripts:
            self.page.evaluate(AXE_SCRIPT)
            found = self.page.evaluate(VIOLATIONS)
            assert found == [], f"{name}: {found}"

    def _expect_no_sideways_scrolling(self, name: str) -> None:
        if self.device.has_scripts:
            root = "document.documentElement"
            wider = self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
            assert wider <= 0, f"{name} is {wider} px wider than the screen"

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(name)).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=re.compile(name)).first.click()

    def pick(self, name: str, value: str) -> None:
        """Choose a pictured option; a radio behind a picture is clicked through its label."""
        option = self.page.locator(f'label:has(input[name="{name}"][value="{value}"])').first
        option.scroll_into_view_if_needed()
        option.click()


def open_context(browser: Browser, stack: Stack, device: Device) -> BrowserContext:
    return browser.new_context(base_url=stack.url, accept_downloads=True, **device.options)
