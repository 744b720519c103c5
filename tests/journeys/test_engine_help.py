"""Finding the way by keys alone, reading help, and being without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.creator import Creator, join
from tests.journeys.walker import DESKTOP, PHONE, Device
from tests.stack import Stack

pytestmark = pytest.mark.journey
KEPT = "caches.keys()"
WORKERS = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"


@pytest.fixture
def me(browser: Browser, engine: Stack) -> Iterator[Creator]:
    yield from join(
        browser, engine, Device("help-desktop-dark", DESKTOP | {"color_scheme": "dark"})
    )


def test_keys_lead_to_a_page_and_no_network_to_one_of_ours(me: Creator) -> None:
    page = me.page
    with me.telling("search"):
        me.look("first-steps")
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Page, character or question")
        expect(field).to_be_focused()
        expect(page.get_by_role("option").first).to_be_visible()
        me.look("palette")
        field.fill("what may i pub")
        expect(page.get_by_role("option")).to_have_count(1)
        expect(field).to_have_attribute("aria-activedescendant", "palette-0")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/help/publish/"))
        me.look("help-article")
        page.keyboard.press("Control+k")
        field.fill("zeppelin")
        expect(page.locator("#palette")).to_contain_text("Nothing is called “zeppelin”")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Nothing by that name")).to_be_visible()
        me.look("search-page")
        page.set_viewport_size(PHONE["viewport"])  # type: ignore[arg-type]
        page.goto("/help/")
        me.look("help-phone")

    with me.telling("offline"):
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        assert [name.startswith("ryla-offline-") for name in page.evaluate(KEPT)] == [True]
        page.context.set_offline(True)
        page.goto("/gallery/")
        expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
        me.look("offline")
        page.context.set_offline(False)
        # It goes on by itself.
        expect(page.get_by_role("heading", name="Gallery", exact=True)).to_be_visible()
        # What the browser said of the network that was not there.
        me.complaints[:] = [said for said in me.complaints if "ERR_INTERNET" not in said]

    with me.telling("sign-out"):
        page.goto("/characters/")
        page.get_by_label("Account menu").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_function(f"{WORKERS}.then((left) => left === 0)")
        page.wait_for_function(f"{KEPT}.then((names) => names.length === 0)")
