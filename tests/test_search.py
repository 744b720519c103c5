from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from ryla import search
from ryla.search import PAGES, find
from tests.builders import make_album, make_character, make_staff

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ICONS = Path(settings.BASE_DIR, "static/img/icons.svg").read_text()


def labels(query: str, user: User) -> list[str]:
    return [hit.label for group in find(query, user) for hit in group.hits]


def test_page_is_found_by_its_name_and_by_what_people_call_it(user: User) -> None:
    assert labels("gall", user)[0] == "Gallery"
    assert "Credits and plan" in labels("balance", user)
    assert "Where you are signed in" in labels("sign out every", user)


def test_every_page_leads_somewhere_with_an_icon(user: User, client_of: SignIn) -> None:
    browser = client_of(make_staff())
    for page in PAGES:
        hit = page.hit()
        assert browser.get(hit.href).status_code in {200, 302}, page
        assert f'id="{hit.icon}"' in ICONS, page


def test_own_character_is_found_with_its_studio_and_nobody_elses(
    user: User, stranger: User
) -> None:
    make_character(owner=user, ready=True, name="Mara Vale", handle="maravale")
    assert labels("mara", user)[:2] == ["Mara Vale", "Studio of Mara Vale"]
    assert labels("vale ma", user)[:2] == ["Mara Vale", "Studio of Mara Vale"]
    assert "Mara Vale" not in labels("mara", stranger)


def test_percent_sign_is_no_wildcard(user: User) -> None:
    make_character(owner=user, name="Mara")
    assert labels("%", user) == labels("", user)
    assert labels("m_ra", user) == []


def test_visitors_find_no_page_of_members(client: Client) -> None:
    html = client.get("/search/", {"q": "g"}).content.decode()
    assert 'href="/gallery/"' not in html
    assert "Sign in" in client.get("/search/", {"q": "log in"}).content.decode()


def test_members_find_no_staff_desk(user: User, client_of: SignIn) -> None:
    assert "Staff desk" not in labels("staff", user)
    assert "Staff desk" in labels("staff", make_staff())


def test_palette_gets_options_alone_and_the_page_works_without_scripts(
    user: User, client_of: SignIn
) -> None:
    browser = client_of(user)
    part = browser.get("/search/", {"q": "gall"}, headers={"X-Requested-With": "fetch"})
    page = browser.get("/search/", {"q": "gall"})
    assert part.content.decode().count('role="option"') >= 1
    assert "<html" not in part.content.decode()
    assert (
        '<form role="search"' in page.content.decode() or 'role="search"' in page.content.decode()
    )
    assert 'href="/gallery/"' in page.content.decode()


def test_nothing_found_says_so(user: User, client_of: SignIn) -> None:
    assert "zeppelin" in client_of(user).get("/search/", {"q": "zeppelin\x00"}).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_search_is_a_query_for_each_kind_however_many_there_are(
    user: User, count: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(count):
        make_character(owner=user, ready=True, name=f"Mara {number}", handle=f"mara{number}")
        make_album(owner=user, name=f"Mara in May {number}")
    with django_assert_num_queries(2):
        found = labels("mara", user)
    assert len(found) == min(5, 2 * count) + count


def test_own_album_is_found_by_its_name_and_nobody_elses(user: User, stranger: User) -> None:
    album = make_album(owner=user, name="Summer by the sea")
    hits = [hit for group in find("sea summer", user) for hit in group.hits]
    assert [(hit.label, hit.href) for hit in hits] == [
        ("Summer by the sea", f"/albums/{album.pk}/")
    ]
    assert labels("sea summer", stranger) == []


def test_searches_are_limited(
    user: User, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SEARCHES_A_MINUTE", 1)
    browser = client_of(user)
    assert [browser.get("/search/").status_code for _ in range(2)] == [200, 429]
