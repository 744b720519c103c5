"""What answers say of themselves: who may keep them, where they may be read, and that the
settings behind it fit together."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from rest_framework.test import APIClient

from accounts.middleware import PrivatePagesMiddleware
from accounts.models import User
from accounts.tokens import issue_tokens
from ryla import checks, context, schema
from tests.html_checker import problems_of
from tests.test_strangers import PLAIN, Route

ROOT = Path(__file__).resolve().parent.parent
SignIn = Callable[[User], Client]
PAGES = [route for route in PLAIN if not route.path.startswith("api/")]
API = [route for route in PLAIN if route.path.startswith("api/")]


# --- who may keep an answer ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_pages_of_a_signed_in_person_are_kept_by_nobody(
    client_of: SignIn, user: User, route: Route
) -> None:
    answer = client_of(user).get(f"/{route.path}")

    # A polled fragment is kept by its browser and asked about each time.
    is_polled = route.name.endswith("_fragment") and answer.has_header("ETag")
    assert "private" in answer["Cache-Control"]
    assert ("no-cache" if is_polled else "no-store") in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_pages_of_a_signed_in_person_are_valid(client_of: SignIn, user: User, route: Route) -> None:
    answer = client_of(user).get(f"/{route.path}")

    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        assert problems_of(answer.content.decode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("route", API, ids=lambda route: route.name)
def test_answers_to_a_token_are_kept_by_nobody(user: User, route: Route) -> None:
    api = APIClient(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")

    assert api.get(f"/{route.path}")["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/legal/terms/", "/legal/privacy/"])
def test_pages_for_everybody_may_be_kept_until_somebody_is_named_on_them(
    client: Client, client_of: SignIn, user: User, path: str
) -> None:
    assert not client.get(path).has_header("Cache-Control")
    assert "no-store" in client_of(user).get(path)["Cache-Control"]


def _answered(response: HttpResponse, *, is_signed_in: bool = True) -> str:
    request = RequestFactory().get("/jobs/now/")
    request.session = SimpleNamespace(accessed=True)  # type: ignore[assignment]
    request.user = SimpleNamespace(is_authenticated=is_signed_in)  # type: ignore[assignment]
    return PrivatePagesMiddleware(lambda _: response)(request).get("Cache-Control", "")


@pytest.mark.parametrize("status", [200, 304])
def test_fragment_with_an_etag_may_be_asked_about_again(status: int) -> None:
    fragment = HttpResponse(status=status, headers={"ETag": '"1"'})

    assert _answered(fragment) == "private, no-cache"


def test_what_a_view_says_of_keeping_stands() -> None:
    said = HttpResponse(headers={"Cache-Control": "private, max-age=300"})

    assert _answered(said) == "private, max-age=300"


def test_answer_to_nobody_in_particular_says_nothing() -> None:
    assert _answered(HttpResponse(), is_signed_in=False) == ""


# --- the description of the API ------------------------------------------------------------------


@pytest.fixture
def _undescribed() -> None:
    schema._written.cache_clear()
    schema._description.cache_clear()


@pytest.mark.usefixtures("_undescribed")
def test_schema_is_built_once_for_all_formats(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    build = schema.SchemaGenerator.get_schema

    def count(self: Any, **options: Any) -> Any:
        built.append(1)
        return build(self, **options)

    monkeypatch.setattr(schema.SchemaGenerator, "get_schema", count)
    as_json = {"Accept": "application/json"}
    texts = [client.get("/api/v1/schema/", headers=as_json).content for _ in range(2)]
    yaml = client.get("/api/v1/schema/")

    assert built == [1]
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["info"]["title"] == "RYLA API"
    assert yaml.content.startswith(b"openapi: 3")
    assert yaml["Content-Type"] == "application/vnd.oai.openapi"


def test_schema_that_is_known_is_not_sent_again(client: Client) -> None:
    first = client.get("/api/v1/schema/")
    other = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    known = client.get("/api/v1/schema/", headers={"If-None-Match": first["ETag"]})

    assert (known.status_code, known.content) == (304, b"")
    assert first["ETag"] != other["ETag"]
    assert "Accept" in first["Vary"]
    assert first["Cache-Control"] == "public, max-age=300"


def test_schema_describes_the_api_and_not_itself(client: Client) -> None:
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    paths = json.loads(answer.content)["paths"]

    assert "/api/v1/characters/" in paths
    assert "/api/v1/schema/" not in paths


# --- the transport -------------------------------------------------------------------------------

_SAYS = (
    "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "PAGE_ORIGINS",
)  # fmt: skip


def _settings_under(**environ: str) -> dict[str, Any]:
    """What the real settings say in a process with this environment."""
    script = (
        "import json, ryla.settings as s;"
        f"print(json.dumps({{name: getattr(s, name) for name in {_SAYS!r}}}))"
    )
    base = {"SECRET_KEY": "x" * 60, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/ryla"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **base, **environ},
        check=True,
        capture_output=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("debug", ["true", "false"])
def test_cookies_follow_the_scheme_of_the_site_and_not_debug(debug: str) -> None:
    https = _settings_under(SITE_URL="https://ryla.example", DEBUG=debug)
    http = _settings_under(SITE_URL="http://ryla.localhost", DEBUG=debug)

    assert [https[name] for name in _SAYS[:4]] == [True, 31536000, True, True]
    assert [http[name] for name in _SAYS[:4]] == [False, 0, False, False]


def test_local_mode_stays_reachable_over_plain_http() -> None:
    said = _settings_under(SITE_URL="https://tunnel.example", LOCAL_MODE="true", PORT="8123")

    assert [said[name] for name in _SAYS[:4]] == [False, 0, False, False]
    assert said["PAGE_ORIGINS"] == [
        "https://tunnel.example",
        "http://127.0.0.1:8123",
        "http://localhost:8123",
    ]


@pytest.mark.parametrize(
    ("site_url", "origin"),
    [
        ("https://Ryla.Example:443", "https://ryla.example"),
        ("http://ryla.example:80/", "http://ryla.example"),
        ("https://ryla.example:8443", "https://ryla.example:8443"),
    ],
)
def test_origin_of_the_site_is_spelt_as_browsers_do(site_url: str, origin: str) -> None:
    assert _settings_under(SITE_URL=site_url)["PAGE_ORIGINS"] == [origin]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"SECURE_SSL_REDIRECT": True}, ["ryla.E007"]),
        ({"SECURE_HSTS_SECONDS": 60}, ["ryla.E007"]),
        ({"SESSION_COOKIE_SECURE": True}, ["ryla.E007"]),
        ({"SITE_URL": "https://ryla.example", "LOCAL_MODE": False}, ["ryla.E007", "ryla.E007"]),
        (
            {
                "SITE_URL": "https://ryla.example",
                "LOCAL_MODE": False,
                "SESSION_COOKIE_SECURE": True,
                "CSRF_COOKIE_SECURE": True,
                "SECURE_SSL_REDIRECT": False,
            },
            [],
        ),
    ],
)
def test_transport_that_does_not_fit_the_site_is_named(
    settings: Any, changes: dict[str, Any], expected: list[str]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)

    assert [found.id for found in checks.transport_fits_the_site()] == expected


@pytest.mark.parametrize(
    ("site_url", "is_whole"),
    [
        ("https://ryla.example", True),
        ("http://127.0.0.1:8000", True),
        ("ryla.example", False),
        ("ftp://ryla.example", False),
        ("https://", False),
        ("https://ryla.example/studio", False),
    ],
)
def test_site_address_that_is_none_is_named(settings: Any, site_url: str, is_whole: bool) -> None:
    settings.SITE_URL = site_url

    found = [each.id for each in checks.site_address_is_whole()]
    assert found == ([] if is_whole else ["ryla.E005"])


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [(["ryla.example"], []), ([".example"], []), (["*"], []), (["other.example"], ["ryla.E006"])],
)
def test_site_that_nobody_could_visit_is_named(
    settings: Any, hosts: list[str], expected: list[str]
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://ryla.example:8443", hosts

    assert [found.id for found in checks.site_may_be_visited()] == expected


def test_plain_http_is_named_before_a_deployment(settings: Any) -> None:
    assert [found.id for found in checks.site_is_encrypted()] == ["ryla.W002"]
    settings.SITE_URL = "https://ryla.example"
    assert checks.site_is_encrypted() == []


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost:8000", "http://localhost:8001/events/"),
        ("[::1]:8000", "http://[::1]:8001/events/"),
        ("[::1]", "http://[::1]:8001/events/"),
    ],
)
def test_stream_is_looked_for_on_the_host_of_the_page(settings: Any, host: str, url: str) -> None:
    settings.EVENTS_PORT, settings.ALLOWED_HOSTS = 8001, ["*"]

    assert context._events_url(RequestFactory().get("/", headers={"Host": host})) == url


# --- the page for our own faults -----------------------------------------------------------------


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """Static files as production has them: under names that hold a fingerprint."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_page_of_our_fault_finds_its_styles_in_production(collected: Path) -> None:
    page = server_error(RequestFactory().get("/")).content.decode()

    linked = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
    assert len(linked) == 6
    for name in linked:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name), name
        assert (collected / name).is_file(), name
    assert staticfiles_storage.url("css/base.css") in page


def test_page_of_our_fault_asks_nothing_of_request_or_database() -> None:
    answer = server_error(HttpRequest())

    assert answer.status_code == 500
    assert "This one is our fault" in answer.content.decode()
