"""What the engine promises, as people see it: the price before, the work meanwhile, the end.

One running product with the test provider, whose script is the words of a prompt. The stories are
shared between a phone and a dark desktop; every page is photographed and held against axe-core.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.journeys.creator import Creator, join
from tests.journeys.walker import DESKTOP, PHONE, Device
from tests.stack import Stack, eventually

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def phone(browser: Browser, engine: Stack) -> Iterator[Creator]:
    yield from join(browser, engine, Device("engine-phone", PHONE))


@pytest.fixture(scope="module")
def desktop(browser: Browser, engine: Stack) -> Iterator[Creator]:
    dark = DESKTOP | {"color_scheme": "dark"}
    yield from join(browser, engine, Device("engine-desktop-dark", dark))


# Every price that the studio shows after the first.
PRICES = """() => {
  window.prices = [];
  const price = document.querySelector("#studio-form [data-price-total]");
  const note = () => {
    const last = window.prices.at(-1) ?? "40";
    if (price.textContent !== last) window.prices.push(price.textContent);
  };
  new MutationObserver(note).observe(price, { childList: true, subtree: true });
}"""


def pictures(page: Page) -> Locator:
    return page.locator(".job-pictures img")


# --- The price before ----------------------------------------------------------------------------


def test_quote_says_price_time_and_provider_and_is_what_is_charged(phone: Creator) -> None:
    me, page = phone, phone.page
    with me.telling("quote"):
        me.open_studio()
        price = page.locator("#studio-form [data-price-total]")
        promise = page.locator("#studio-form [data-quote-expected]")
        expect(me.balance).to_have_text("500")
        expect(price).to_have_text("40")
        expect(promise).to_have_text("Made by fake only.")  # nothing is known of its time yet
        page.evaluate(PRICES)
        # The price of one picture comes when two are wanted already.
        late: list[Route] = []
        page.route(re.compile("/quote"), lambda route: late.append(route), times=1)  # noqa: PLW0108
        page.get_by_label("Anything else?").fill("by a window")
        eventually(lambda: page.wait_for_timeout(20) or late)
        answer = late[0].fetch()
        me.pick("count", "2")
        late[0].fulfill(response=answer)
        expect(price).to_have_text("80")
        page.wait_for_timeout(500)
        assert page.evaluate("window.prices") == ["80"]
        me.press("Make pictures")
        expect(me.reads("It cost 80 credits.")).to_be_visible()
        expect(pictures(page)).to_have_count(2)
        expect(me.balance).to_have_text("420")

        me.open_studio()
        expect(promise).to_have_text(
            re.compile(r"^Ready in about [\d.–]+ s\. Made by fake only\.$")
        )
        me.look("studio-quote")
        too_much = page.locator("[data-price-short]")
        expect(too_much).to_be_hidden()
        me.pick("quality", "high")
        me.pick("count", "10")
        expect(price).to_have_text("500")
        expect(too_much).to_have_text("Not enough for that many: choose fewer, or get more.")
        me.look("studio-too-much")
        me.press("Make pictures")
        expect(me.reads("Nothing was charged").first).to_be_visible()
        expect(me.balance).to_have_text("420")
        me.look("studio-refused")


# --- The work meanwhile --------------------------------------------------------------------------


# What happens on the page of a job without it being loaded anew: pictures there, where the bar is.
RECORDER = """() => {
  window.record = [];
  const note = () => window.record.push([
    document.querySelectorAll(".job-pictures img").length,
    document.querySelector("progress[data-progress-job]")?.value ?? null,
  ]);
  note();
  new MutationObserver(note).observe(
    document.querySelector("main"), { subtree: true, childList: true, attributeFilter: ["value"] });
}"""


def test_pictures_come_one_by_one_while_the_next_job_says_what_is_before_it(
    desktop: Creator,
) -> None:
    me, page = desktop, desktop.page
    with me.telling("live"):
        me.order("slow:3", count=3)
        page.evaluate(RECORDER)
        beside = replace(me, page=page.context.new_page())
        beside.order()
        expect(beside.page.locator(".job-standing")).to_have_text(
            re.compile(
                r"Your plan makes 1 at a time\. This starts when one before it is done\. "
                r"(2 pictures are|One picture is) before it\. About [\d.–]+ s to go\."
            )
        )
        beside.look("job-waiting")
        page.bring_to_front()
        me.seen = beside.seen
        me.look("job-moving")
        expect(me.reads("All 3 are ready.")).to_be_visible()
        expect(me.reads(re.compile(r"We said .+ s; it took .+ s\."))).to_be_visible()
        me.look("job-made")
        record = page.evaluate("window.record")
        counts = [count for count, _ in record]
        assert sorted(set(counts)) == [0, 1, 2, 3], "they did not come one by one"
        assert counts == sorted(counts)
        assert any(value and value % 1 for _, value in record), "the bar did not move meanwhile"
        expect(beside.reads("It is ready.")).to_be_visible()
        beside.page.close()


# --- Canceling in flight -------------------------------------------------------------------------


def test_cancel_in_flight_gives_back_what_was_not_delivered(phone: Creator) -> None:
    me, page = phone, phone.page
    with me.telling("cancel"):
        page.goto("/jobs/")
        before = int(me.balance.inner_text())
        me.order("slow:3", count=5)
        expect(me.balance).to_have_text(str(before - 200))
        expect(me.reads("Canceling now gives back 200 credits.")).to_be_visible()
        expect(pictures(page)).to_have_count(1)
        expect(me.reads("Canceling now gives back 160 credits.")).to_be_visible()
        job = page.url
        me.press("^Cancel$")
        asked = page.get_by_role("dialog")
        expect(asked).to_contain_text("Every credit for the others comes back.")
        me.look("cancel-asked")
        # The page goes on behind the question, and the button that asked is drawn anew.
        expect(pictures(page)).not_to_have_count(1)
        asked.get_by_role("button", name="Cancel the job").click()
        money = me.reads(re.compile(r"credits of 200 came back\. You paid \d+ for "))
        expect(money).to_be_visible()
        back, paid = (int(n) for n in re.findall(r"(\d+)(?= credits of| for )", money.inner_text()))
        assert (back + paid, paid) == (200, 40 * pictures(page).count())
        assert back >= 40
        expect(me.reads(re.compile("ready and stays? yours"))).to_be_visible()
        expect(me.balance).to_have_text(str(before - paid))  # without a reload
        me.look("job-canceled")

        page.goto("/credits/")
        refund = page.locator("tr", has_text="Given back").first
        expect(refund).to_contain_text(str(back))
        me.look("statement")
        refund.get_by_role("link").click()
        expect(page).to_have_url(job)


# --- Failing, and again --------------------------------------------------------------------------


def test_failure_says_why_gives_back_and_can_be_tried_again(desktop: Creator) -> None:
    me, page = desktop, desktop.page
    with me.telling("failure"):
        page.goto("/jobs/")
        before = int(me.balance.inner_text())
        back_at = time.time() + 6
        me.order(f"away:{back_at:.0f}")
        failed = page.get_by_role("alert")
        expect(failed).to_contain_text("The provider is away.")
        expect(failed).to_contain_text("All 40 credits came back. It cost you nothing.")
        expect(me.balance).to_have_text(str(before))
        me.look("job-failed")
        page.goto("/characters/")
        expect(page.locator(".topbar__bell .count")).to_have_text(re.compile("new"))
        page.goto("/jobs/")
        row = page.locator(".row").first
        expect(row).to_contain_text("Failed")
        expect(row).to_contain_text("The provider is away. All 40 credits came back.")
        me.look("activity")
        row.get_by_role("link").last.click()

        page.wait_for_timeout(max(0, 1000 * (back_at + 1 - time.time())))
        me.press("Try again for 40 credits")
        expect(me.reads("It is ready.")).to_be_visible()
        expect(pictures(page)).to_have_count(1)
        expect(me.balance).to_have_text(str(before - 40))
        me.look("job-retried")


def test_refusal_by_the_providers_own_rules_costs_nothing(desktop: Creator) -> None:
    me, page = desktop, desktop.page
    with me.telling("blocked"):
        page.goto("/jobs/")
        before = me.balance.inner_text()
        me.order("slow:1 blocked")
        failed = page.get_by_role("alert")
        expect(failed).to_contain_text("The provider's own rules do not allow this picture.")
        expect(failed).to_contain_text("It cost you nothing.")
        expect(me.balance).to_have_text(before)


# --- Not like the face ---------------------------------------------------------------------------


def test_picture_below_the_threshold_is_marked_and_drawn_again_for_free_or_kept(
    phone: Creator,
) -> None:
    me, page = phone, phone.page
    marks = page.locator(".shot__badge--review")
    with me.telling("likeness"):
        me.order("stranger")
        expect(me.reads("One picture needs review.")).to_be_visible()
        expect(marks).to_have_count(1)
        me.look("job-needs-review")
        page.goto("/gallery/")
        expect(marks).to_have_count(1)
        me.look("gallery-needs-review")
        page.locator(".shot", has=marks).get_by_role("link").click()
        expect(page).to_have_url(re.compile("/images/"))
        picture = page.url
        tile = page.locator(".shot", has=page.locator(f"a[href='{urlsplit(picture).path}']"))

        threshold = page.get_by_label("Ask me below")
        expect(threshold).to_have_value("60")
        for value, needs_review in (("0", False), ("90", True)):
            threshold.fill(value)
            me.press("Save for this character")
            expect(page.get_by_text("It holds for all pictures of this character.")).to_be_visible()
            expect(me.reads("Needs review.")).to_have_count(int(needs_review))
        expect(me.reads("2 free new tries left")).to_be_visible()
        me.look("image-needs-review")

        before = me.balance.inner_text()
        me.press("Draw it again, free")
        expect(page).to_have_url(re.compile("/jobs/"))
        expect(me.reads("It cost nothing.")).to_be_visible()
        expect(me.balance).to_have_text(before)
        page.goto(picture)
        expect(me.reads("1 free new try left")).to_be_visible()
        me.press("Keep it as it is")
        expect(me.reads("kept by you")).to_be_visible()
        expect(me.reads("Needs review.")).to_have_count(0)
        me.look("image-kept")
        page.goto("/gallery/")
        expect(tile).to_be_visible()
        expect(tile.locator(marks)).to_have_count(0)
