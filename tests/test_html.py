"""The HTML of every page stands up to a parser that complains and to the standard's rules.

Pages of a member are checked where they are drawn anyway: `test_strangers` for those of a thing,
`test_headers` for the others. Here are the pages of everybody, and the checker itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.html_checker import problems_of
from tests.test_strangers import PUBLIC, Route, routes

pytestmark = pytest.mark.django_db
OPEN = [r for r in routes() if r.name in PUBLIC and not r.kwargs]
GOOD = (
    '<!doctype html><html lang="en"><head><title>T</title></head><body><main><h1>One</h1>'
    "{}</main></body></html>"
)


@pytest.mark.parametrize("route", OPEN, ids=lambda route: route.name)
def test_page_for_everybody_is_valid(route: Route, client: Client) -> None:
    answer = client.get(reverse(route.name))
    if answer.get("Content-Type", "").startswith("text/html"):
        assert problems_of(answer.content.decode()) == []


def test_pages_of_an_empty_account_are_valid(
    user: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(user)
    for name in ("characters:list", "characters:gallery", "generation:jobs", "billing:statement"):
        assert problems_of(browser.get(reverse(name)).content.decode()) == [], name


@pytest.mark.parametrize("status", ["403", "403_csrf", "404", "500"])
def test_page_of_an_error_is_valid(status: str) -> None:
    assert problems_of(render_to_string(f"{status}.html")) == []


def test_forms_with_errors_are_valid(client: Client) -> None:
    for name in ("accounts:sign_up", "accounts:sign_in", "accounts:password_reset"):
        answer = client.post(reverse(name), {})
        assert problems_of(answer.content.decode()) == [], name


def test_page_as_it_should_be_has_no_problem() -> None:
    assert problems_of(GOOD.format('<p><a href="/x">x</a></p>')) == []


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ('<p id="a"></p><p id="a"></p>', "id 'a' 2 times"),
        ('<label for="no">x</label>', "label for 'no', which is nowhere"),
        ('<div id="d"></div><label for="d">x</label>', "label for 'd', a div"),
        ('<p aria-labelledby="no">x</p>', "p aria-labelledby 'no', which is nowhere"),
        ('<p style="color:red">x</p>', "p has style, which the policy refuses"),
        ('<p onclick="x()">x</p>', "p has onclick, which the policy refuses"),
        ("<blink>x</blink>", "no such element: blink"),
        ('<p align="left">x</p>', "p has an unknown attribute: align"),
        ("<img src=x>", "img without alt: x"),
        ("<ul><p>x</p></ul>", "p directly in ul"),
        ("<span><div>x</div></span>", "div in span"),
        ('<a href="/"><button>x</button></a>', "button in a"),
        ("<h3>x</h3>", "h3 after h1"),
        ("<h1>x</h1>", "2 × h1"),
        ("<script>x</script>", "a script stands in the page"),
        ('<img alt="" src="">', "img has an empty src"),
    ],
)
def test_what_is_wrong_is_said(piece: str, said: str) -> None:
    assert said in problems_of(GOOD.format(piece))


def test_parser_complains_of_what_is_not_closed() -> None:
    assert problems_of("<div><p>x</div></p>")
