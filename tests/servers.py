"""The servers every test runs on: real Postgres, Valkey and S3, started for this run alone.

A plugin and not a fixture, because Django reads its settings before any fixture runs. When
several processes share a run, each has its own, and the one that only shares it out has none.
`TEST_DATABASE_URL` (of a superuser), `TEST_REDIS_URL` use servers of your own instead.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# Before anything of `ryla` is imported, which would name the production settings.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from ryla.local.postgres import EmbeddedPostgres
from ryla.local.s3 import EmbeddedS3
from ryla.local.servers import EmbeddedServer
from ryla.local.valkey import EmbeddedValkey

FOLDER = Path(tempfile.mkdtemp(prefix="ryla-tests-"))
_running: list[EmbeddedServer] = []


def _start(server: EmbeddedServer) -> EmbeddedServer:
    server.start()
    _running.append(server)
    return server


def _stop() -> None:
    while _running:
        _running.pop().stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


def _start_all() -> None:
    atexit.register(_stop)
    os.environ["DATABASE_URL"] = (
        os.environ.get("TEST_DATABASE_URL")
        or _start(EmbeddedPostgres(FOLDER / "postgres", fast=True)).url
    )
    os.environ["REDIS_URL"] = (
        os.environ.get("TEST_REDIS_URL") or _start(EmbeddedValkey(FOLDER / "valkey", fast=True)).url
    )
    s3 = EmbeddedS3(FOLDER / "s3", fast=True)
    _start(s3)
    os.environ["AWS_S3_ENDPOINT_URL"] = s3.url
    os.environ["AWS_ACCESS_KEY_ID"] = s3.access_key
    os.environ["AWS_SECRET_ACCESS_KEY"] = s3.secret_key
    os.environ["AWS_STORAGE_BUCKET_NAME"] = s3.bucket


def runs_no_test(words: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether a process with these words only collects the tests, or shares them out to others."""
    shares = any(re.fullmatch(r"--numprocesses=[1-9]\d*", word) for word in words)
    shares = shares and "--pdb" not in words and "PYTEST_XDIST_WORKER" not in environ
    return "--collect-only" in words or shares


if runs_no_test(sys.argv[1:], os.environ):
    # What a shell carries must not be reached by mistake; the settings name nobody's servers.
    for name in ("DATABASE_URL", "REDIS_URL", "AWS_S3_ENDPOINT_URL"):
        os.environ.pop(name, None)
else:
    _start_all()


def pytest_unconfigure() -> None:
    _stop()
