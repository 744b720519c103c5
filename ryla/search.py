"""One search for all there is to go to: pages, one's own characters, the help.

The palette of every page (js/palette.js) and the page that does the same without JavaScript ask the
same address; nothing but rows of whoever asks is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import limits
from accounts.models import User
from characters.models import Album, Character
from ryla.help.articles import search_articles, words_of
from ryla.lib.request import client_ip

QUERY_MAX = 100
# More than anybody types; a program that reads all names would take long.
SEARCHES_A_MINUTE = 240
_SHOWN = 5
_WORDS_MAX = 6


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    hint: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Page:
    """`name` is the one of its address, `words` what it is called as well. `who` may go there:
    "members", "visitors", "staff" or "all"."""

    label: str
    name: str
    icon: str
    words: str = ""
    anchor: str = ""
    who: str = "members"

    def hit(self) -> Hit:
        return Hit(self.label, "", f"{reverse(self.name)}{self.anchor}", self.icon)


# In the order in which they are shown.
PAGES = (
    Page("Characters", "characters:list", "users-three", "home people personas"),
    Page("New character", "characters:new", "plus", "create design start make"),
    Page("Gallery", "characters:gallery", "images", "pictures images photos"),
    Page("Albums", "characters:albums", "squares-four", "collections folders"),
    Page("Calendar", "characters:calendar", "calendar-blank", "posts plan schedule week ical"),
    Page("Activity", "generation:jobs", "pulse", "jobs requests queue running progress"),
    Page("Credits and plan", "billing:statement", "receipt", "balance statement money buy spent"),
    Page(
        "Favourites", "characters:gallery", "heart", "kept best liked", anchor="?favourites=on"
    ),
    Page("What things cost", "generation:prices", "drop", "prices credits"),
    Page("Compare two pictures", "generation:compare", "images", "side by side difference"),
    Page("Bin", "characters:bin", "trash", "deleted removed restore trash"),
    Page("Settings", "accounts:settings", "gear", "account profile name preferences"),
    Page("Change the password", "accounts:settings", "key", "security", anchor="#password"),
    Page(
        "Where you are signed in", "accounts:settings", "device-mobile",
        "devices sessions security sign out everywhere", anchor="#sessions",
    ),
    Page(
        "Light or dark", "accounts:settings", "circle-half", "theme look mode", anchor="#look"
    ),
    Page(
        "Download your data", "accounts:settings", "download-simple", "export gdpr",
        anchor="#data",
    ),
    Page("Inbox", "accounts:inbox", "bell", "news messages what happened"),
    Page(
        "Which mails come", "accounts:notifications", "envelope-simple",
        "notifications unsubscribe",
    ),
    Page("Close the account", "accounts:close", "sign-out", "delete leave remove"),
    Page("Staff desk", "admin:index", "identification-badge", "admin", who="staff"),
    Page("Start free", "accounts:sign_up", "user-plus", "register join account", who="visitors"),
    Page("Sign in", "accounts:sign_in", "sign-in", "log in password", who="visitors"),
    Page("Help", "help:index", "question", "how questions support", who="all"),
    Page("API documentation", "api:docs", "code", "rest developer program", who="all"),
    Page("Terms", "pages:terms", "book-open", "rules legal law", who="all"),
    Page("Privacy", "pages:privacy", "lock", "data gdpr cookies legal", who="all"),
)  # fmt: skip


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The page, or for the palette's script only what was found."""
    who = str(request.user.pk) if request.user.is_authenticated else _network(request)
    limits.require("search", who, limit=SEARCHES_A_MINUTE, window_s=60)
    query = request.GET.get("q", "").replace("\x00", "").strip()[:QUERY_MAX]
    context = {"query": query, "groups": _with_places(find(query, request.user))}
    if request.headers.get("X-Requested-With") == "fetch":
        return render(request, "search/_options.html", context)
    return render(request, "search/page.html", context)


def find(query: str, user: User) -> list[Group]:
    """What fits, the likeliest group first; for an empty query where people mostly go."""
    words = words_of(query)[:_WORDS_MAX]
    groups = (
        Group("Pages", _pages(words, user)),
        Group("Your characters", _characters(words, user)),
        Group("Your albums", _albums(words, user)),
        Group("Help", [Hit(a.title, a.summary, a.href, a.icon) for a in search_articles(query)]),
    )
    return [Group(group.title, group.hits[:_SHOWN]) for group in groups if group.hits]


def _pages(words: list[str], user: User) -> list[Hit]:
    """Those named so before those that are only called so as well."""
    open_to = [page for page in PAGES if _may_open(page, user)]
    if not words:
        return [page.hit() for page in open_to]
    named = [page for page in open_to if _begins(words, page.label)]
    others = [p for p in open_to if p not in named and _begins(words, f"{p.label} {p.words}")]
    return [page.hit() for page in (*named, *others)]


def _may_open(page: Page, user: User) -> bool:
    return {
        "members": user.is_authenticated,
        "visitors": not user.is_authenticated,
        "staff": user.is_authenticated and user.is_staff,
        "all": True,
    }[page.who]


def _begins(words: list[str], text: str) -> bool:
    known = words_of(text)
    return all(any(one.startswith(word) for one in known) for word in words)


def _characters(words: list[str], user: User) -> list[Hit]:
    """The newest whose name or handle has all the words, each with its studio. One owner's rows
    are read by their index; they are few."""
    if not user.is_authenticated:
        return []
    asked = reduce(lambda q, word: q & _has(word), words, Q())
    rows = Character.objects.owned_by(user).filter(asked).order_by("-id")[:_SHOWN]
    return [hit for character in rows for hit in _places_of(character)]


def _albums(words: list[str], user: User) -> list[Hit]:
    """The newest whose name has all the words; asked for only by name."""
    if not words or not user.is_authenticated:
        return []
    asked = reduce(lambda q, word: q & Q(name__icontains=word), words, Q())
    rows = Album.objects.owned_by(user).filter(asked).order_by("-id").only("pk", "name")[:_SHOWN]
    return [Hit(a.name, "", reverse("characters:album", args=[a.pk]), "images") for a in rows]


def _has(word: str) -> Q:
    return Q(name__icontains=word) | Q(handle__icontains=word)


def _places_of(character: Character) -> Iterable[Hit]:
    href = reverse("characters:detail", args=[character.pk])
    handle = f"@{character.handle}" if character.handle else ""
    yield Hit(character.display_name, handle, href, "user-circle")
    if character.base_face_id:
        studio = reverse("generation:studio", args=[character.pk])
        yield Hit(f"Studio of {character.display_name}", "", studio, "camera-plus")


def _with_places(groups: list[Group]) -> list[tuple[str, list[tuple[int, Hit]]]]:
    """Each hit with its place among all, for the ids of the options."""
    numbered: list[tuple[str, list[tuple[int, Hit]]]] = []
    place = 0
    for group in groups:
        numbered.append((group.title, list(enumerate(group.hits, place))))
        place += len(group.hits)
    return numbered


def _network(request: HttpRequest) -> str:
    return limits.network_of(client_ip(request))
