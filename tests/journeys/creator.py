"""Somebody who has a character already: who walks where pictures are made and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, expect

from tests.journeys.walker import SHOTS, Device, Newcomer, open_context
from tests.stack import PASSWORD, Integrator, Stack


@dataclass
class Creator(Newcomer):
    """Signed in, with a character that has its face and the 500 credits of a newcomer."""

    character: str = ""

    @property
    def balance(self) -> Locator:
        """As the header shows it."""
        return self.page.locator(".topbar [data-balance-shown]")

    def reads(self, words: str | re.Pattern[str]) -> Locator:
        """On the page itself: what a screen reader is told stands beside it."""
        return self.page.locator("#main").get_by_text(words)

    def open_studio(self) -> None:
        self.page.goto(f"/characters/{self.character}/studio/")

    def order(self, prompt: str = "", count: int = 1) -> None:
        """From the studio to the page of the job."""
        self.open_studio()
        self.page.get_by_label("Anything else?").fill(prompt)
        if count > 1:
            self.pick("count", str(count))
        self.press("Make pictures")
        expect(self.page).to_have_url(re.compile("/jobs/"))

    @contextmanager
    def telling(self, story: str) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.page.screenshot(path=SHOTS / f"{self.device.name}-{story}.png", full_page=True)
            raise
        assert self.complaints == []


def join(browser: Browser, stack: Stack, device: Device) -> Iterator[Creator]:
    email = f"{device.name}@example.com"
    character = Integrator(stack, email).make_ready_character()
    context = open_context(browser, stack, device)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/characters/"))
    yield Creator(page, device, character=character)
    context.close()
