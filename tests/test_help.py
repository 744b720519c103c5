"""Help is for everybody, finds what is asked in other words, and says no number of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from billing.plans import PLANS
from generation.recipes import base, profile_set
from ryla.help.articles import ARTICLES, search_articles
from ryla.help.figures import figures
from tests.html_checker import problems_of

pytestmark = pytest.mark.django_db
ICONS = Path(settings.BASE_DIR, "static/img/icons.svg").read_text()


@pytest.mark.parametrize("slug", ARTICLES)
def test_article_is_open_to_everybody_and_leads_to_pages_that_exist(
    client: Client, slug: str
) -> None:
    article = ARTICLES[slug]
    answer = client.get(article.href)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f"<h1>{article.title}</h1>" in html
    for href in re.findall(r'href="(/[^"#?]*)', render_to_string(article.template, figures())):
        try:
            resolve(href)
        except Resolver404:
            pytest.fail(f"{slug} leads to {href}, which is no page")
    assert f'id="{article.icon}"' in ICONS
    assert problems_of(html) == []


def test_index_lists_every_article(client: Client) -> None:
    html = client.get(reverse("help:index")).content.decode()
    assert [
        slug for slug, article in ARTICLES.items() if f'href="{article.href}"' not in html
    ] == []


def test_unknown_article_is_not_found(client: Client) -> None:
    assert client.get("/help/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("refund", "credits"),
        ("gdpr", "privacy"),
        ("ai act", "publish"),
        ("Inpaint", "edit-a-part"),
        ("CTRL", "find-your-way"),
    ],
)
def test_article_is_found_by_words_people_use(client: Client, query: str, slug: str) -> None:
    assert search_articles(query)[0].slug == slug
    assert ARTICLES[slug].href in client.get("/help/", {"q": query}).content.decode()


def test_search_without_a_result_says_what_to_do(client: Client) -> None:
    html = client.get("/help/", {"q": "zeppelin<b>"}).content.decode()
    assert "Nothing about “zeppelin&lt;b&gt;”" in html
    assert "Try one plain word" in html


def test_figures_are_those_the_code_keeps_to(client: Client) -> None:
    costs = client.get(ARTICLES["credits"].href).content.decode()
    plans = client.get(ARTICLES["plans"].href).content.decode()
    assert str(profile_set.PICTURES) in costs
    assert str(base.PROFILE_SET_CREDITS) in costs
    assert str(base.BASE_FACES_CREDITS) in costs
    for plan in PLANS.values():
        assert plan.name in plans
        assert f"{plan.credits:,}" in plans


def test_no_article_has_a_number_typed_in() -> None:
    """But for headings, addresses and what is no policy of ours."""
    known = {"50", "2024", "1689", "18", "429"}  # the AI Act, adults only, HTTP
    folder = Path(settings.BASE_DIR, "templates/help/articles")
    for file in folder.glob("*.html"):
        text = re.sub(r"\{[{%].*?[%}]\}|<[^>]*>", " ", file.read_text())
        typed = set(re.findall(r"\b\d+\b", text)) - known
        assert not typed, f"{file.name}: {sorted(typed)}"
