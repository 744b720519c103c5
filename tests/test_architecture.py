"""The house stands: what import-linter and the type checker cannot see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from ryla.celery import app as celery_app
from ryla.lib.records import Record

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "characters", "billing", "generation")


def sources() -> list[Path]:
    folders = (ROOT / name for name in (*APPS, "ryla"))
    return [path for folder in folders for path in folder.rglob("*.py")]


def test_every_enqueued_name_is_a_registered_task() -> None:
    celery_app.loader.import_default_modules()
    text = "\n".join(path.read_text() for path in sources() if path.name != "queue.py")
    literal = set(re.findall(r'enqueue\(\s*"([\w.]+)"', text))
    constants = set(re.findall(r"enqueue\(\s*([A-Z_]+)", text))
    named = {
        match
        for constant in constants
        for match in re.findall(rf'^{constant} = "([\w.]+)"', text, re.MULTILINE)
    }
    assert constants, "no enqueue by constant found: this test looks in the wrong place"
    assert (literal | named) - set(celery_app.tasks) == set()


def test_every_scheduled_task_is_registered() -> None:
    celery_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    assert scheduled - set(celery_app.tasks) == set()


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_every_record_table_has_its_trigger() -> None:
    records = {model._meta.db_table for model in apps.get_models() if issubclass(model, Record)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_object_table FROM information_schema.triggers"
            " WHERE event_manipulation = 'UPDATE'"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    assert records - guarded == set()


def test_nobody_assigns_a_status_by_hand() -> None:
    """Only `ryla.lib.states` writes one; a builder of a new row names its first state."""
    assignment = re.compile(r"\.(?:status|review) = |update\([^)]*\b(?:status|review)=")
    guilty = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources()
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if assignment.search(line) and "self.status = status or" not in line
    ]
    assert guilty == []


def test_only_the_ledger_writes_credits() -> None:
    writes = re.compile(
        r"CreditEntry\.objects\.(?:create|bulk_create)|\bbalance=F\(|update\(balance="
    )
    guilty = {str(path.relative_to(ROOT)) for path in sources() if writes.search(path.read_text())}
    assert guilty == {"billing/ledger.py"}


def test_pages_have_no_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", re.IGNORECASE)
    pages = [p for p in (ROOT / "templates").rglob("*.html") if "emails" not in p.parts]
    guilty = [str(p.relative_to(ROOT)) for p in pages if inline.search(p.read_text())]
    assert len(pages) > 20
    assert guilty == []


def test_top_level_is_what_the_house_says() -> None:
    allowed = {
        *APPS, "ryla", "templates", "static", "tests", "manage.py", "pyproject.toml",
        "docker-compose.yml", "Dockerfile", "Makefile", "README.md", "CHANGELOG.md", "docs",
        "benchmarks", "requirements",
    }  # fmt: skip
    made_here = {"build", "staticfiles"}
    present = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    assert present - made_here == allowed


@pytest.mark.parametrize("lock", ["base.txt", "local.txt", "dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_host(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    pins = re.findall(r"^[A-Za-z0-9_.\[\],-]+==\S+", text, re.MULTILINE)
    assert len(pins) > 30
    assert text.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?://|--index-url|--find-links", text)
