"""Help pages, open to everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ryla.help.articles import ARTICLES, CHAPTERS, search_articles
from ryla.help.figures import figures

QUERY_MAX = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()[:QUERY_MAX]
    context = {"chapters": CHAPTERS, "query": query, "found": search_articles(query)}
    return render(request, "help/index.html", context)


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in ARTICLES:
        raise Http404
    chapter = next(c for c in CHAPTERS if ARTICLES[slug] in c.articles)
    others = [other for other in chapter.articles if other.slug != slug]
    context = {"article": ARTICLES[slug], "chapter": chapter, "others": others, **figures()}
    return render(request, "help/article.html", context)
