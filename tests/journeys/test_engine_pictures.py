"""What scripts add where pictures are kept and changed: a gallery without end, keys, a brush.

On the running product of the engine's stories, by mouse, by fingers and by keys.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Browser, Locator, Page, expect
from psycopg.sql import SQL, Composed, Identifier

from ryla.lib.ids import new_id
from tests.journeys.creator import Creator, join
from tests.journeys.walker import DESKTOP, PHONE, Device
from tests.stack import Stack, eventually

pytestmark = pytest.mark.journey

MANY = 100  # pictures; a page of the gallery has 40
FILES = ("original_key", "large_key", "small_key")


@pytest.fixture(scope="module")
def desktop(browser: Browser, engine: Stack) -> Iterator[Creator]:
    for me in join(browser, engine, Device("pictures-desktop", DESKTOP)):
        me.order()
        expect(me.reads("It is ready.")).to_be_visible()
        yield me


@pytest.fixture(scope="module")
def phone(browser: Browser, engine: Stack) -> Iterator[Creator]:
    for me in join(browser, engine, Device("pictures-phone", PHONE)):
        me.order()
        expect(me.reads("It is ready.")).to_be_visible()
        yield me


def newest_picture(me: Creator) -> str:
    me.page.goto("/gallery/")
    address = me.page.locator("main a[href^='/images/']").first.get_attribute("href")
    assert address
    return address


@pytest.fixture(scope="module")
def made(desktop: Creator) -> str:
    return newest_picture(desktop)


def listed(names: Iterable[str]) -> Composed:
    return SQL(", ").join(map(Identifier, names))


@pytest.fixture(scope="module")
def many(made: str, engine: Stack) -> list[str]:
    """Ids of pictures like the one that was made, newest first."""
    model = made.split("/")[2]
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    with engine.database() as database:
        found = database.execute(f"{columns} AND is_generated = 'NEVER'", ["characters_image"])
        names = [name for (name,) in found if name not in ("id", "job_id", *FILES)]
        copy = SQL(
            "INSERT INTO characters_image (id, job_id, {files}, {rest})"
            " SELECT %s, gen_random_uuid(), %s, %s, %s, {rest} FROM characters_image WHERE id = %s"
        ).format(files=listed(FILES), rest=listed(names))
        keys = database.execute(
            "SELECT original_key, large_key, small_key FROM characters_image WHERE id = %s", [model]
        ).fetchone()
        ids = [str(new_id()) for _ in range(MANY)]
        files = [engine.copy_file(key, ids) for key in keys or ()]
        for pk, *own in zip(ids, *files, strict=True):
            database.execute(copy, [pk, *own, model])
    return sorted(ids, reverse=True)


def box_of(page: Page, pk: str) -> Locator:
    return page.locator(f".shot__select input[value='{pk}']")


def tick(page: Page, pk: str, **how: Any) -> None:
    page.locator(".shot__select", has=page.locator(f"input[value='{pk}']")).click(**how)


def scroll_until(page: Page, place: Locator, by: int) -> None:
    def arrived() -> bool:
        if place.count() and place.is_visible():
            return True
        page.mouse.wheel(0, by)
        page.wait_for_timeout(60)
        return False

    eventually(arrived)


# --- The gallery ---------------------------------------------------------------------------------


def test_gallery_goes_on_and_keeps_what_is_selected_and_comes_back(
    desktop: Creator, many: list[str]
) -> None:
    me, page = desktop, desktop.page
    chosen = page.locator("[data-selected-count]")
    pages = page.locator("[data-window-page]")
    with me.telling("gallery-window"):
        # A low window, of which a hundred pictures are many screens.
        page.set_viewport_size({"width": 1440, "height": 500})
        page.goto("/gallery/")
        expect(page.locator(".pagination")).to_be_hidden()
        tick(page, many[0])
        expect(chosen).to_have_text("1")
        page.get_by_role("heading", level=1).click()  # what has the focus would stay
        page.mouse.move(700, 250)
        scroll_until(page, box_of(page, many[-1]), 1500)
        expect(pages).to_have_count(3)
        expect(pages.first.locator(".shot")).to_have_count(0)  # far above: emptied
        tick(page, many[-6])
        tick(page, many[-2], modifiers=["Shift"])
        expect(chosen).to_have_text("6")  # those five and the one far above
        expect(page).to_have_url(re.compile(r"\?before="))
        me.look("gallery-far-down")

        place = page.locator(f"a[href='/images/{many[-2]}/']")
        expect(place).to_be_in_viewport()
        page.reload()
        expect(place).to_be_in_viewport()
        page.mouse.move(700, 250)
        scroll_until(page, box_of(page, many[0]), -1500)
        expect(page).to_have_url(re.compile(r"/gallery/$"))
        page.set_viewport_size(DESKTOP["viewport"])


def test_gallery_is_selected_from_by_keys(desktop: Creator, many: list[str]) -> None:
    me, page = desktop, desktop.page
    chosen = page.locator("[data-selected-count]")
    with me.telling("gallery-keys"):
        page.goto("/gallery/")
        compare = page.get_by_role("button", name="Compare")
        box_of(page, many[0]).focus()
        page.keyboard.press("ArrowRight")
        expect(box_of(page, many[1])).to_be_focused()
        expect(chosen).to_have_text("0")
        page.keyboard.press("Shift+ArrowRight")
        expect(chosen).to_have_text("2")
        expect(compare).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        expect(chosen).to_have_text("3")
        expect(compare).to_be_hidden()
        page.keyboard.press("Escape")
        expect(chosen).to_have_text("0")
        tick(page, many[3])
        tick(page, many[4])
        compare.click()
        expect(page).to_have_url(re.compile("/compare/"))
        me.look("compare")


def test_keys_lead_from_picture_to_picture_and_back(desktop: Creator, many: list[str]) -> None:
    me, page = desktop, desktop.page

    def is_at(pk: str) -> None:
        expect(page).to_have_url(re.compile(f"/images/{pk}/$"))

    with me.telling("picture-keys"):
        page.goto("/gallery/")
        page.locator(f"a[href='/images/{many[1]}/']").click()
        is_at(many[1])
        heart = page.locator("[data-key=f]")
        expect(heart).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("f")
        expect(heart).to_have_attribute("aria-pressed", "true")
        page.get_by_label("Caption").fill("f")  # a letter like any other while one types
        expect(heart).to_have_attribute("aria-pressed", "true")
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile("/gallery/$"))
        page.go_back()
        is_at(many[1])
        page.keyboard.press("ArrowRight")
        is_at(many[2])
        page.keyboard.press("ArrowLeft")
        is_at(many[1])
        switch = page.locator("[data-keys-switch]")
        switch.click()
        expect(switch).to_have_attribute("aria-pressed", "false")
        page.reload()
        expect(switch).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)
        is_at(many[1])
        switch.click()
        page.keyboard.press("ArrowRight")
        is_at(many[2])


def test_ticked_picture_goes_into_a_new_album_and_out_again(phone: Creator) -> None:
    """By finger and keys on a phone, where the bar has to fit."""
    me, page = phone, phone.page
    tick_first = page.locator(".shot__select").first
    with me.telling("album"):
        page.goto("/gallery/")
        tick_first.click()
        page.get_by_role("button", name=re.compile("^Album")).click()
        expect(page.get_by_label("Find an album, or name a new one")).to_be_focused()
        page.keyboard.type("Beach")
        create = page.get_by_role("button", name="Create “Beach”")
        expect(create).to_be_visible()
        me.look("album-dialog")
        page.keyboard.press("Enter")
        expect(create).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("1 picture added to “Beach”.").first).to_be_visible()
        expect(page).to_have_url(re.compile("/gallery/$"))

        page.goto("/albums/")
        me.look("albums")
        page.get_by_role("link", name=re.compile("Beach")).click()
        tick_first.click()
        page.get_by_text("More", exact=True).click()
        me.look("album")
        page.keyboard.press("Escape")
        expect(page.locator("[data-selected-count]")).to_have_text("1")
        page.get_by_text("More", exact=True).click()
        me.press("Remove from this album")
        expect(page.get_by_text("1 picture taken out of the album.")).to_be_visible()
        me.press("Undo")
        expect(page.locator(".shot")).to_have_count(1)

        page.locator(".shot__link").click()
        me.press("Add to an album")
        expect(page.locator("#album-dialog").get_by_role("button", name="Beach")).to_be_visible()


# --- The brush -----------------------------------------------------------------------------------


class Brush:
    """Where one paints, in fractions of the picture."""

    def __init__(self, me: Creator) -> None:
        self.page = me.page
        self.canvas = me.page.locator("[data-brush-canvas]")
        self.said = me.page.locator("[data-brush-said]")

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.canvas.bounding_box()
        assert box
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def drag(self, *points: tuple[float, float]) -> None:
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(*point), steps=5)
        self.page.mouse.up()

    def painted(self, x: float, y: float) -> bool:
        return bool(
            self.canvas.evaluate(
                """(canvas, [x, y]) => canvas.getContext("2d").getImageData(
                  Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data[3] > 0""",
                [x, y],
            )
        )

    def says_nothing_is_marked(self) -> None:
        expect(self.said).to_have_text("Nothing is marked yet.")

    def says_what_is_changed(self) -> None:
        expect(self.said).to_have_text("What is striped is changed.")


def last_mask(engine: Stack) -> Pillow.Image:
    """As the worker gets it."""
    with engine.database() as database:
        row = database.execute("SELECT content FROM generation_mask ORDER BY created_at DESC")
        (content,) = row.fetchone() or (b"",)
    return Pillow.open(io.BytesIO(bytes(content))).convert("L")


def test_painted_part_is_what_is_changed_and_outlives_a_refusal(
    desktop: Creator, made: str, engine: Stack
) -> None:
    me, page, brush = desktop, desktop.page, Brush(desktop)
    words = page.get_by_label("What is to be there instead?")
    with me.telling("brush"):
        page.goto(f"{made}edit/")
        brush.says_nothing_is_marked()
        me.press("^Change this part$")
        expect(page).to_have_url(re.compile("/edit/$"))  # no words: the browser says so
        brush.drag((0.3, 0.3), (0.6, 0.3))
        brush.says_what_is_changed()
        assert brush.painted(0.45, 0.3)
        page.keyboard.press("Control+z")
        brush.says_nothing_is_marked()
        assert not brush.painted(0.45, 0.3)
        page.keyboard.press("Control+y")
        assert brush.painted(0.45, 0.3)
        page.locator("label", has=page.locator("[value=erase]")).click()
        brush.drag((0.45, 0.2), (0.45, 0.4))
        assert not brush.painted(0.45, 0.3)
        assert brush.painted(0.33, 0.3)
        me.look("brush")

        words.fill("naked")
        me.press("^Change this part$")
        expect(page.locator(".form-errors")).to_contain_text("Nothing was charged")
        assert brush.painted(0.33, 0.3)
        assert not brush.painted(0.45, 0.3)
        me.look("brush-refused")
        words.fill("a red scarf")
        me.press("^Change this part$")
        expect(page).to_have_url(re.compile("/jobs/"))
        expect(me.reads("It is ready.")).to_be_visible()
        mask = last_mask(engine)
        width, height = mask.size
        seen = {(x, y): mask.getpixel((int(x * width), int(y * height))) for x, y in POINTS}
        assert seen == {point: 255 if is_marked else 0 for point, is_marked in POINTS.items()}


# Of the mask: begin and end of the stroke, what was erased of it, and away from it.
POINTS = {(0.33, 0.3): True, (0.58, 0.3): True, (0.45, 0.3): False, (0.5, 0.7): False}


def test_fingers_paint_and_two_of_them_zoom(phone: Creator) -> None:
    me, page, brush = phone, phone.page, Brush(phone)
    with me.telling("brush-touch"):
        page.goto(f"{newest_picture(me)}edit/")
        brush.canvas.scroll_into_view_if_needed()
        hand = page.context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            places = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        touch("touchStart", brush.at(0.3, 0.3))
        touch("touchMove", brush.at(0.5, 0.3))
        touch("touchEnd")
        brush.says_what_is_changed()
        assert brush.painted(0.4, 0.3)

        before = brush.canvas.bounding_box()
        one, other = brush.at(0.4, 0.6), brush.at(0.6, 0.6)
        touch("touchStart", one)
        touch("touchStart", one, other)
        touch("touchMove", (one[0] - 60, one[1]), (other[0] + 60, other[1]))
        touch("touchEnd")
        after = brush.canvas.bounding_box()
        assert before
        assert after
        assert after["width"] > 1.3 * before["width"]
        assert not brush.painted(0.4, 0.6)
        assert brush.painted(0.4, 0.3)
        me.look("brush-zoomed")
