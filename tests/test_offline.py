from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User
from ryla import offline

pytestmark = pytest.mark.django_db


def kept(client: Client) -> dict[str, Any]:
    script = client.get("/service-worker.js").content.decode()
    found = re.search(r"const KEPT = (\{.*?\});", script)
    assert found
    return dict(json.loads(found[1]))


def test_worker_keeps_the_page_and_the_files_it_draws_with(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    said = kept(client)
    assert said["page"] == "/offline/"
    html = client.get("/offline/").content.decode()
    linked = {url.split("?")[0] for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', html)}
    assert linked <= {url.split("?")[0] for url in said["files"]}
    assert [name for name in offline.FILES if not finders.find(name)] == []


def test_another_page_makes_another_worker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept(client)["name"]
    monkeypatch.setattr(offline, "_page", lambda: "another")
    assert kept(client)["name"] != before


def test_offline_page_has_nothing_of_whoever_reads_it(
    user: User, client: Client, client_of: Callable[[User], Client]
) -> None:
    assert client_of(user).get("/offline/").content == client.get("/offline/").content


def test_worker_is_registered_for_members_only(
    user: User, client: Client, client_of: Callable[[User], Client]
) -> None:
    assert "data-worker" not in client.get("/").content.decode()
    assert 'data-worker="/service-worker.js"' in client_of(user).get("/help/").content.decode()


def test_page_of_a_crash_is_drawn_without_a_request_or_a_database() -> None:
    assert "<h1" in render_to_string("500.html")
