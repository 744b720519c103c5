from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from billing.models import CreditEntry
from billing.services import get_account
from characters.models import Image
from ryla.lib.keyset import Page, keyset_page
from tests.builders import give_credits, make_character, make_image

pytestmark = pytest.mark.django_db
PATH = "/things/"
SIZE = 2


def page_at(url: str, rows: Any, *, by: tuple[str, ...] = ("id",), asked: str = PATH) -> Page[Any]:
    """The page at this address; `asked` is where the request went: perhaps to a fragment."""
    query = url.partition("?")[2]
    request = RequestFactory().get(f"{asked}?{query}")
    return keyset_page(request, rows, path=PATH, size=SIZE, by=by)


def walk(rows: Any, *, by: tuple[str, ...] = ("id",)) -> list[Page[Any]]:
    """Every page from the first to the last, by the links."""
    pages = [page_at(PATH, rows, by=by)]
    while pages[-1].older_url:
        pages.append(page_at(pages[-1].older_url, rows, by=by))
    return pages


@pytest.fixture
def entries(user: User) -> Any:
    account = get_account(user)
    for _ in range(4):
        give_credits(user, 1)
    return CreditEntry.objects.filter(account=account)  # five with the welcome


def test_links_lead_through_all_rows_once_and_back(entries: Any) -> None:
    pages = walk(entries)
    rows = [row.pk for page in pages for row in page.rows]
    assert rows == sorted(entries.values_list("pk", flat=True), reverse=True)
    assert [len(page.rows) for page in pages] == [2, 2, 1]
    assert [page.is_first for page in pages] == [True, False, False]
    middle = page_at(pages[2].newer_url, entries)
    assert middle == pages[1]
    assert page_at(middle.newer_url, entries) == pages[0]


def test_links_are_of_the_page_and_not_of_the_fragment_that_was_asked_for(entries: Any) -> None:
    first = page_at(PATH, entries, asked="/things/now/")
    second = page_at(first.older_url, entries, asked="/things/now/")
    for url in (first.older_url, second.newer_url, second.older_url):
        assert url.startswith("/things/?")


def test_links_keep_the_other_queries_and_one_cursor(entries: Any) -> None:
    first = page_at("?kind=a&kind=b", entries)
    second = page_at(first.older_url, entries)
    assert first.older_url == f"{PATH}?kind=a&kind=b&before={first.rows[-1].pk}"
    assert second.newer_url == f"{PATH}?kind=a&kind=b&after={second.rows[0].pk}"


def test_page_beyond_the_end_leads_back_to_the_start(entries: Any) -> None:
    beyond = page_at("?kind=a&before=0", entries)
    assert (beyond.rows, beyond.newer_url, beyond.older_url) == ([], f"{PATH}?kind=a", "")
    assert page_at("?before=0", entries).newer_url == PATH


def test_page_after_all_is_the_first(entries: Any) -> None:
    assert page_at(f"?after={2**62}", entries) == page_at(PATH, entries)


def test_page_of_nothing_has_no_links() -> None:
    assert page_at(PATH, CreditEntry.objects.none()) == Page([], "", "")


@pytest.mark.parametrize(
    "cursor", ["x", "", "-1", "1~2", "1.5", "²", str(2**63), "9" * 5000, "\x00", "１"]
)
def test_cursor_that_is_no_number_names_the_first_page(entries: Any, cursor: str) -> None:
    first = page_at(PATH, entries)
    request = RequestFactory().get(PATH, {"before": cursor})
    assert keyset_page(request, entries, path=PATH, size=SIZE) == first


@pytest.fixture
def binned(user: User) -> Any:
    """Five in the bin, three of them put there at one moment."""
    now = timezone.now()
    character = make_character(owner=user)
    for age in (0, 1, 1, 1, 2):
        image = make_image(character=character)
        Image.objects.filter(pk=image.pk).update(binned_at=now - timedelta(hours=age))
    return Image.objects.owned_by(user).binned()


def test_rows_of_one_moment_are_told_apart_by_the_last_field(binned: Any) -> None:
    by = ("binned_at", "id")
    pages = walk(binned, by=by)
    rows = [row.pk for page in pages for row in page.rows]
    assert rows == list(binned.order_by("-binned_at", "-id").values_list("pk", flat=True))
    assert page_at(pages[2].newer_url, binned, by=by) == pages[1]


@pytest.mark.parametrize(
    "moment", ["2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "soon", ""]
)
def test_cursor_that_is_no_moment_names_the_first_page(binned: Any, moment: str) -> None:
    by = ("binned_at", "id")
    request = RequestFactory().get(PATH, {"before": f"{moment}~{binned[0].pk}"})
    assert keyset_page(request, binned, path=PATH, size=SIZE, by=by) == page_at(PATH, binned, by=by)
