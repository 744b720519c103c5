"""What runs RYLA's own code, here and in docker-compose.yml, and which worker does what."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Session, User
from ryla.celery import app
from ryla.local.environment import Addresses, Options
from ryla.local.programs import ryla_programs
from ryla.local.valkey import EmbeddedValkey
from tests.local.helpers import PROJECT, Run, Stack, eventually, gone, in_groups
from tests.local.holding import HOLD

HERE = Addresses(8123, 8124, moved=False)
SCHEDULED = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
# Short, and somebody waits for them.
QUICK = SCHEDULED | {
    "accounts.mail_password_reset",
    "accounts.send_mail",
    "generation.dispatch",
}


def queue_of(task: str) -> str:
    """Where a message goes that is sent by the name alone, as beat and services do it."""
    name: str = app.amqp.router.route({}, task)["queue"].name
    return name


def queues_in(commands: dict[str, list[str]]) -> dict[str, str]:
    """Which queue each worker serves; a worker that names none would serve them all."""
    return {
        key: words[words.index("--queues") + 1]
        for key, words in commands.items()
        if "celery" in words and "worker" in words
    }


def test_all_that_is_short_goes_another_way_than_jobs() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith(("celery.", "tests."))}
    assert {name for name in ours if queue_of(name) == "clock"} == QUICK
    assert {queue_of(name) for name in ours - QUICK} == {"jobs"}
    assert "generation.sweep" in SCHEDULED


def test_every_queue_has_a_worker_of_its_own_here_and_in_production(tmp_path: Path) -> None:
    here = {p.key: [*map(str, p.command)] for p in ryla_programs(Options(tmp_path), HERE)}
    services = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
    there = {key: service.get("command", []) for key, service in services.items()}
    assert queues_in(here) == queues_in(there) == {"worker": "jobs", "clock": "clock"}


def test_listener_runs_where_there_is_a_comfyui_here_and_in_production(tmp_path: Path) -> None:
    def keys(environ: dict[str, str]) -> list[str]:
        return [p.key for p in ryla_programs(Options(tmp_path), HERE, environ)]

    usual = ["web", "events", "worker", "clock", "beat"]
    assert keys({}) == keys({"COMFYUI_URL": ""}) == usual
    assert keys({"COMFYUI_URL": "http://127.0.0.1:8188"}) == [*usual, "listener"]
    services = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
    assert services["listener"]["profiles"] == ["comfyui"]
    assert services["listener"]["command"][-1] == "listen_comfyui"
    # It is told which server, and so are those who make the pictures.
    assert {"COMFYUI_URL", "COMFYUI_CLIENT_ID"} <= set(services["listener"]["environment"])


def test_stream_process_lets_in_more_than_granian_would_by_itself(tmp_path: Path) -> None:
    here = next(p for p in ryla_programs(Options(tmp_path), HERE) if p.key == "events")
    services = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
    for words in ([*map(str, here.command)], services["stream"]["command"]):
        assert int(words[words.index("--backpressure") + 1]) >= 10_000


# --- With the real broker ------------------------------------------------------------------------


def send(stack: Stack, task: str, *words: str) -> None:
    valkey = EmbeddedValkey(stack.folder / "valkey")
    valkey.port = stack.state["processes"]["valkey"]["port"]
    with app.connection_for_write(valkey.url) as broker:
        app.send_task(task, args=words, connection=broker)


def database_of_the_tests() -> str:
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@pytest.mark.django_db(transaction=True)
def test_clock_goes_on_while_jobs_hold_every_one_of_their_workers(
    run: Run, user: User, client_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_of_the_tests())
    ended = client_of(user).session
    Session.objects.filter(pk=ended.session_key).update(expire_date=timezone.now())
    stack = run("queues")
    assert stack.is_up()
    file = tmp_path / "hold"
    file.touch()
    for _ in range(3):  # more than are done at once
        send(stack, HOLD, str(file))
    assert eventually(lambda: len([*tmp_path.glob("hold.*")]) == 2, 30)

    send(stack, "accounts.prune_sessions")
    assert eventually(lambda: not Session.objects.filter(pk=ended.session_key).exists())
    assert len([*tmp_path.glob("hold.*")]) == 2

    assert sorted(stack.state["processes"]) == ["clock", "valkey", "worker"]
    pids = stack.pids()
    file.unlink()
    assert stack.stop() == 0
    assert all(gone(pid) for pid in pids)
    assert in_groups(pids) == []
