"""The programs of RYLA itself: five, and a listener where there is a ComfyUI."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ryla.local.children import Program
from ryla.local.environment import Addresses, Options
from ryla.local.servers import private_folder

# A handful of threads: a slow download must not hold up the pages.
_PAGES = "--interface wsgi --workers 2 --blocking-threads 4"
# Every open stream is a request under way, of which granian lets in 1,024 unless it is told.
_STREAM = "--interface asginl --workers 1 --backlog 4096 --backpressure 16384"
_GRANIAN = "granian --host 127.0.0.1 --no-ws --workers-kill-timeout 5 --port"
_CELERY = "celery --app ryla.celery"
_WORKER = f"{_CELERY} worker --loglevel INFO --without-gossip --without-mingle"
_JOBS = f"{_WORKER} --queues jobs --hostname worker@%h --pool prefork --concurrency 2"
# Solo: one process without children, since what the clock starts is short.
_CLOCK = f"{_WORKER} --queues clock --hostname clock@%h --pool solo"
_BEAT = f"{_CELERY} beat --loglevel INFO --pidfile= --schedule"


def ryla_programs(
    options: Options, addresses: Addresses, environ: Mapping[str, str] = os.environ
) -> list[Program]:
    """Pages over WSGI and the stream over ASGI: each is several times faster at its own work."""
    listener = [_LISTENER] if environ.get("COMFYUI_URL") else []
    schedule = private_folder(options.data_dir / "beat") / "schedule"
    return [
        Program(
            "web",
            "The web server",
            _module(f"{_GRANIAN} {addresses.port} {_PAGES} ryla.wsgi:application"),
            port=addresses.port,
            health="/healthz",
        ),
        Program(
            "events",
            "The event stream",
            _module(f"{_GRANIAN} {addresses.events_port} {_STREAM} ryla.asgi:application"),
            port=addresses.events_port,
            health="/healthz",
        ),
        Program("worker", "The worker", _module(_JOBS)),
        Program("clock", "The worker of the clock", _module(_CLOCK)),
        Program("beat", "The clock", _module(_BEAT, schedule)),
        *listener,
    ]


def _module(words: str, *more: Path) -> list[str | Path]:
    # By module, not by script: scripts name the folder they were installed in.
    return [sys.executable, "-m", *words.split(), *more]


# It waits by itself for a server that is away, so that it never falls over for that.
_LISTENER = Program("listener", "The listener to ComfyUI", _module("django listen_comfyui"))
