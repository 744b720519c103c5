"""Which articles there are, and how one is found by its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags

from ryla.help.figures import figures


@dataclass(frozen=True, slots=True)
class Article:
    """`words` are what people call it who do not know our words for it."""

    slug: str
    title: str
    summary: str
    icon: str
    words: str = ""

    @property
    def template(self) -> str:
        return f"help/articles/{self.slug}.html"

    @property
    def href(self) -> str:
        return reverse("help:article", args=[self.slug])


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    articles: tuple[Article, ...]


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "First steps",
        (
            Article(
                "start", "Start in five minutes",
                "From a new account to a first set of pictures.",
                "hand-waving", "begin first guide tutorial how newcomer checklist",
            ),
            Article(
                "credits", "Credits and what is charged",
                "What a credit is, what things cost, and what comes back.",
                "drop", "money price cost pay refund balance statement expire",
            ),
            Article(
                "when-it-fails", "When something fails",
                "What happens to your pictures and your credits when something goes wrong.",
                "warning-circle-fill", "error broken refund stuck slow waiting lost cancel retry",
            ),
            Article(
                "find-your-way", "Search and keys",
                "Jump anywhere with the search, and use the pages without a mouse.",
                "magnifying-glass", "keyboard shortcut palette ctrl command find offline",
            ),
        ),
    ),
    Chapter(
        "Making pictures",
        (
            Article(
                "same-face", "How a face stays the same",
                "What makes a character one person in every picture, and how it is measured.",
                "smiley", "likeness identity consistent different person threshold review redraw",
            ),
            Article(
                "versions", "Versions of a character",
                "Change how a character looks without losing who it was.",
                "users-three", "history change look hair older undo restore",
            ),
            Article(
                "studio", "Studio and grid",
                "Scene, pose, outfit and light, one by one or as a whole table.",
                "camera-plus", "scene pose outfit format template prompt seed quality count",
            ),
            Article(
                "edit-a-part", "Edit a part, vary, enlarge, cut",
                "What you can do with a picture that is there already.",
                "paint-brush", "inpaint brush mask variation upscale crop resize again",
            ),
            Article(
                "gallery", "Gallery and albums",
                "Find, keep, sort and download what you made.",
                "images", "album favourite filter search bin download zip caption delete",
            ),
        ),
    ),
    Chapter(
        "Going public",
        (
            Article(
                "publish", "What you may publish, and how to label it",
                "The house rules, the mark in every file, and saying that a machine made it.",
                "shield-check", "label law ai act disclosure legal rules platform instagram tiktok",
            ),
            Article(
                "posts", "Posts and calendar",
                "Put pictures and words together and plan the day they go out.",
                "calendar-blank", "plan schedule ical caption export month",
            ),
            Article(
                "sharing", "Sharing and press kits",
                "Show pictures to people who have no account.",
                "share-network", "link public press kit client revoke password",
            ),
        ),
    ),
    Chapter(
        "Your account",
        (
            Article(
                "plans", "Plans",
                "What each plan brings.",
                "receipt", "subscription price upgrade month year pack buy more",
            ),
            Article(
                "inbox", "Inbox and mails",
                "What you are told, where, and how to have less of it.",
                "envelope-simple", "notification e-mail news switch unsubscribe message",
            ),
            Article(
                "privacy", "Privacy and deletion",
                "What is kept about you, who sees it, and how to have it removed.",
                "lock", "data gdpr delete close account cookies export download",
            ),
            Article(
                "api", "The API",
                "Do all of this from a program.",
                "code", "token rest json program integrate developer webhook request key",
            ),
        ),
    ),
)  # fmt: skip
ARTICLES: Mapping[str, Article] = MappingProxyType(
    {article.slug: article for chapter in CHAPTERS for article in chapter.articles}
)


def words_of(text: str) -> list[str]:
    """Its words without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text)
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)).lower())


def search_articles(query: str) -> list[Article]:
    """Those in which every word of the query begins some word; the ones named so come first."""
    wanted = words_of(query)
    if not wanted:
        return []
    ranked = ((_rank(article, wanted), article) for article in ARTICLES.values())
    found = [(rank, article) for rank, article in ranked if rank is not None]
    return [article for _, article in sorted(found, key=lambda pair: pair[0])]


def _rank(article: Article, wanted: list[str]) -> int | None:
    """0 where the title says all of it, 1 with summary and other words, 2 somewhere in the text."""
    for rank, known in enumerate(_known_words(article.slug)):
        if all(any(word.startswith(part) for word in known) for part in wanted):
            return rank
    return None


@lru_cache(maxsize=64)
def _known_words(slug: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    article = ARTICLES[slug]
    title = frozenset(words_of(article.title))
    about = title | frozenset(words_of(f"{article.summary} {article.words}"))
    text = strip_tags(render_to_string(article.template, figures()))
    return title, about, about | frozenset(words_of(text))
