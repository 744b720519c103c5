"""Nobody reaches what is somebody else's: every route of the URL configuration, walked.

The routes are read from Django itself, so a new one is tested from its first day; one with
an unknown kind of id fails until this module learns what to put there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.test import APIClient

from accounts.models import Session, User
from accounts.services import session_handle
from accounts.tokens import issue_tokens
from characters.models import Album, Character, Image, Post
from characters.posts import create_post
from generation.models import GenerationJob, StudioTemplate
from tests.builders import make_album, make_character, make_image, make_user, request_job
from tests.html_checker import problems_of

SKIPPED_NAMESPACES = ("admin",)  # staff only: test_admin walks it
# Pages for everybody, signed in or not. Everything else asks for a sign-in.
PUBLIC = {
    "home", "healthz", "pages:terms", "pages:privacy",
    "help:index", "help:article", "search", "offline", "service_worker",
    "accounts:sign_up", "accounts:sign_in", "accounts:sign_out", "accounts:theme",
    "accounts:verify_email", "accounts:stop_mail",
    "accounts:password_reset", "accounts:password_reset_done", "accounts:password_reset_confirm",
    "accounts:password_reset_complete",
    "generation:preview", "generation:preview_option", "generation:preview_studio",
    "generation:preview_sample",
    "generation:preview_sample_small",
    "api:token", "api:token_refresh", "api:token_revoke", "api:schema", "api:docs",
    "accounts:change_password_here",  # leads to the settings, which ask
    "generation:provider_callback",  # its address is the secret: test_webhooks
    "events",  # answered by the stream process: tests/accounts/test_stream.py
    "characters:calendar_feed",  # its address is the secret: tests/characters/test_posts
    "dev_mail", "dev_mail_message", "dev_mail_html", "dev_components",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    kwargs: tuple[str, ...]


def _routes(resolver: URLResolver, names: tuple[str, ...] = (), path: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        here = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace in SKIPPED_NAMESPACES:
                continue
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from _routes(entry, inner, here)
        elif isinstance(entry, URLPattern):
            assert entry.name, f"{here} has no name"
            yield Route(
                ":".join((*names, entry.name)),
                here,
                tuple(entry.pattern.converters or entry.pattern.regex.groupindex),
            )


def routes() -> list[Route]:
    found = {route.name: route for route in _routes(get_resolver())}
    return [r for r in found.values() if "format" not in r.kwargs]


OWNED = [r for r in routes() if r.kwargs and r.name not in PUBLIC]
PLAIN = [r for r in routes() if not r.kwargs and r.name not in PUBLIC]


# Places of a character that has no face yet.
BEFORE_A_FACE = (
    "characters:design", "generation:faces", "generation:faces_fragment", "generation:choose_face",
)  # fmt: skip


@dataclass(frozen=True)
class Belongings:
    character: Character
    draft: Character
    image: Image
    album: Album
    job: GenerationJob
    template: StudioTemplate
    post: Post
    session: str

    def value_of(self, route: Route, kwarg: str) -> Any:
        """What to put into a route so that it names something of theirs."""
        extras: dict[str, Any] = {
            "variant": "small",
            "step": "look",
            "number": 1,
            "handle": session_handle(self.session),
        }
        if kwarg in extras:
            return extras[kwarg]
        if kwarg == "picture_id":
            return self.post.pictures.get().pk
        if route.name in BEFORE_A_FACE:
            return self.draft.pk
        if kwarg in ("character_id", "character"):
            return self.character.pk
        assert kwarg == "pk", f"{route.name}: teach this test what {kwarg!r} is"
        for word, thing in (
            ("template", self.template),
            ("album", self.album),
            ("character", self.character),
            ("post", self.post),
            ("image", self.image),
            ("job", self.job),
        ):
            if f"{word}s/" in route.path or f"{word}s\\/" in route.path:
                return thing.pk
        raise AssertionError(f"{route.path}: teach this test whose id that is")


@pytest.fixture(scope="module")
def made(kept_rows: None) -> Belongings:
    """Made once: the tests of this module change nothing that lasts."""
    user = make_user("owner@example.com")
    Client().force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    character = make_character(owner=user, ready=True)
    image = make_image(character=character)
    return Belongings(
        character=character,
        draft=make_character(owner=user),
        image=image,
        album=make_album(owner=user, images=[image]),
        job=request_job(character),
        template=StudioTemplate.objects.create(owner=user, name="Beach day", recipe="studio"),
        post=create_post(owner=user, images=[image]),
        session=str(Session.objects.get(user=user).pk),
    )


@pytest.fixture
def theirs(made: Belongings, db: None) -> Belongings:
    return made


@pytest.fixture
def user(theirs: Belongings) -> User:
    return User.objects.get(pk=theirs.character.owner_id)


def _address(route: Route, theirs: Belongings) -> str:
    return reverse(route.name, kwargs={k: theirs.value_of(route, k) for k in route.kwargs})


def test_the_walk_finds_the_routes_it_should() -> None:
    names = {route.name for route in OWNED}
    assert {"characters:detail", "generation:job", "generation:image", "api:job-detail"} <= names
    assert set(BEFORE_A_FACE) <= names
    assert len(OWNED) > 25


@pytest.mark.django_db
@pytest.mark.parametrize("route", OWNED, ids=lambda r: r.name)
def test_stranger_gets_404_for_another_ones_thing(
    route: Route, theirs: Belongings, stranger: User, client_of: Callable[[User], Client]
) -> None:
    client: Any = client_of(stranger)
    if route.name.startswith("api:"):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(stranger)['access']}")
    kwargs = {kwarg: theirs.value_of(route, kwarg) for kwarg in route.kwargs}
    address = reverse(route.name, kwargs=kwargs)
    before = _rows(theirs)
    answers = {
        method: getattr(client, method)(address)
        for method in ("get", "post", "put", "patch", "delete")
    }
    statuses = {method: answer.status_code for method, answer in answers.items()}
    assert 404 in statuses.values(), statuses
    assert set(statuses.values()) <= {302, 404, 405}, statuses
    # A method that is not meant may lead elsewhere, but to nothing of theirs.
    leads = [answer["Location"] for answer in answers.values() if answer.status_code == 302]
    assert not any(str(value) in lead for lead in leads for value in kwargs.values()), leads
    assert _rows(theirs) == before


def _rows(theirs: Belongings) -> list[Any]:
    return [
        list(model.objects.filter(pk=thing.pk).values())
        for model, thing in (
            (Character, theirs.character),
            (Character, theirs.draft),
            (Image, theirs.image),
            (Album, theirs.album),
            (GenerationJob, theirs.job),
            (StudioTemplate, theirs.template),
            (Post, theirs.post),
        )
    ] + [Session.objects.filter(pk=theirs.session).count()]


@pytest.mark.django_db
@pytest.mark.parametrize("route", [*OWNED, *PLAIN], ids=lambda r: r.name)
def test_signed_out_visitor_is_asked_to_sign_in(route: Route, theirs: Belongings) -> None:
    client = Client()
    address = _address(route, theirs)
    answers = {method: getattr(client, method)(address) for method in ("get", "post")}
    statuses = {answer.status_code for answer in answers.values()}
    assert statuses <= {302, 401, 405}, statuses
    assert statuses != {405}
    for answer in answers.values():
        if answer.status_code == 302:
            assert answer["Location"].startswith(reverse("accounts:sign_in")), answer["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", OWNED, ids=lambda r: r.name)
def test_owner_is_let_in(
    route: Route, theirs: Belongings, user: User, client_of: Callable[[User], Client]
) -> None:
    """The counter-proof: what refuses the stranger is there for its owner."""
    client: Any = client_of(user)
    if route.name.startswith("api:"):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    address = _address(route, theirs)
    answer = client.get(address)
    if answer.status_code == 405:  # takes posts alone; what they must say, its own tests know
        answer = client.post(address)
        assert answer.status_code not in (401, 403, 404, 405, 500), answer
    else:
        assert answer.status_code < 400, answer
    assert reverse("accounts:sign_in") not in answer.headers.get("Location", "")
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        assert problems_of(answer.content.decode()) == []
