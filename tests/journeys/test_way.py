"""The main job, as a newcomer does it: from the first page to a ZIP of eight pictures.

Against the whole running product with its worker in a process of its own; on a phone, on a
desktop, in the dark, and without JavaScript. Every page is photographed and, where scripts
run, held against axe-core.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.walker import (
    DESKTOP,
    PATIENCE_MS,
    PHONE,
    SHOTS,
    Device,
    Newcomer,
    open_context,
)
from tests.stack import PASSWORD, Stack

pytestmark = pytest.mark.journey

DEVICES = (
    Device("phone", PHONE),
    Device("desktop-dark", DESKTOP | {"color_scheme": "dark"}),
    Device("desktop-without-scripts", DESKTOP | {"java_script_enabled": False}, has_scripts=False),
)


def sign_up(me: Newcomer) -> None:
    me.page.goto("/")
    me.look("home")
    me.follow("Start free|Design your character")
    me.look("sign-up")
    me.page.get_by_label("E-mail").fill(f"{me.device.name}@example.com")
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.get_by_label("I am 18 or older").check()
    me.page.get_by_label("I accept the terms").check()
    me.page.locator("main form button[type=submit]").last.click()
    expect(me.page).to_have_url(re.compile("/characters/new/"))


def design(me: Newcomer) -> None:
    me.look("new-character")
    me.press("Surprise me")
    expect(me.page).to_have_url(re.compile("/design/look/"))
    if me.device.has_scripts:
        _expect_preview_to_follow(me)
    me.look("design-look")
    me.press("Continue")
    expect(me.page).to_have_url(re.compile("/design/style/"))
    me.look("design-style")
    me.press("Continue")
    expect(me.page).to_have_url(re.compile("/design/identity/"))
    me.look("design-identity")
    me.press("Continue")
    expect(me.page).to_have_url(re.compile("/design/review/"))
    me.look("design-review")


def _expect_preview_to_follow(me: Newcomer) -> None:
    """A choice changes the picture beside the form, without sending anything by hand."""
    preview = me.page.locator("[data-preview-img]").first
    before = preview.get_attribute("src")
    # Seen in few pictures of other options, which are all drawn anew.
    unchosen = me.page.locator('label:has(input[name="age_range"]:not(:checked))').first
    unchosen.scroll_into_view_if_needed()
    unchosen.click()
    expect(preview).not_to_have_attribute("src", before or "")


def find_the_face(me: Newcomer) -> None:
    me.follow("face")
    expect(me.page).to_have_url(re.compile("/faces/"))
    me.look("faces-offer")
    me.press("Draw three faces")
    me.look("faces-being-drawn")
    expect(me.page.locator('input[name="image"]')).to_have_count(3, timeout=PATIENCE_MS)
    me.look("faces-to-choose")
    me.page.locator('label:has(input[name="image"])').nth(1).click()
    me.press("Choose this face")
    expect(me.page.get_by_role("link", name="Open the studio")).to_be_visible()
    me.look("character")


def watch_the_set_being_made(me: Newcomer) -> None:
    me.press("Make the profile set")
    expect(me.page).to_have_url(re.compile("/jobs/"))
    me.look("job-under-way")
    download = me.page.get_by_role("link", name=re.compile("Download the set"))
    expect(download).to_be_visible(timeout=PATIENCE_MS)
    expect(me.page.locator(".job-pictures img")).to_have_count(8)
    me.look("job-done")


def download_the_set(me: Newcomer, folder: Path) -> None:
    with me.page.expect_download() as started:
        me.follow("Download the set")
    archive = folder / "set.zip"
    started.value.save_as(archive)
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        manifest = json.loads(opened.read("manifest.json"))
        pictures = {n: opened.read(n) for n in opened.namelist() if n.endswith(".png")}
    assert len(pictures) == 8
    assert {hashlib.sha256(content).hexdigest() for content in pictures.values()} == {
        image["sha256"] for image in manifest["images"]
    }


def use_the_studio(me: Newcomer) -> None:
    me.page.goto("/characters/")
    me.look("characters")
    me.page.locator("main a[href^='/characters/']:not([href$='/new/'])").first.click()
    me.follow("Open the studio")
    expect(me.page).to_have_url(re.compile("/studio/"))
    me.look("studio")
    me.pick("scene", "rooftop")
    me.pick("format", "1:1")
    me.page.get_by_role("button", name="Make pictures").first.click()
    expect(me.page).to_have_url(re.compile("/jobs/"))
    expect(me.page.get_by_role("link", name=re.compile("Download"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(me.page.locator(".job-pictures img")).to_have_count(1)


def look_around(me: Newcomer) -> None:
    for name, address in (
        ("gallery", "/gallery/"),
        ("jobs", "/jobs/"),
        ("credits", "/credits/"),
        ("prices", "/prices/"),
        ("settings", "/settings/"),
        ("bin-empty", "/bin/"),
        ("mail", "/dev/mail/"),
        ("terms", "/legal/terms/"),
        ("privacy", "/legal/privacy/"),
    ):
        me.page.goto(address)
        me.look(name)


def bin_and_undo(me: Newcomer) -> None:
    me.page.goto("/gallery/")
    me.page.locator("main a[href^='/images/']").first.click()
    expect(me.page.get_by_role("heading", name="Where it comes from")).to_be_visible()
    me.look("image")
    me.press("Move to the bin")
    me.press("Undo")
    me.page.goto("/bin/")
    expect(me.page.locator("main a[href^='/images/']")).to_have_count(0)


@pytest.mark.parametrize("device", DEVICES, ids=lambda d: d.name)
def test_newcomer_gets_from_the_first_page_to_a_downloaded_set(
    browser: Browser, stack: Stack, device: Device, tmp_path: Path
) -> None:
    context = open_context(browser, stack, device)
    me = Newcomer(context.new_page(), device)
    try:
        sign_up(me)
        design(me)
        find_the_face(me)
        watch_the_set_being_made(me)
        download_the_set(me, tmp_path)
        use_the_studio(me)
        bin_and_undo(me)
        look_around(me)
    except BaseException:
        me.page.screenshot(path=SHOTS / f"{device.name}-failed.png", full_page=True)
        raise
    finally:
        context.close()
    assert me.complaints == []
