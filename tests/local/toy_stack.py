"""A supervisor over one small server and small programs; run by test_supervisor.py.

`python -m tests.local.toy_stack DATA_DIR SCENARIO [PORT]`
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from ryla.local import state
from ryla.local.children import Patience, Program
from ryla.local.environment import PROJECT, Addresses, Options
from ryla.local.programs import ryla_programs
from ryla.local.supervisor import Supervisor
from ryla.local.valkey import EmbeddedValkey

_SLEEP = "import time; print('working', flush=True); time.sleep(600)"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_SLEEP}"
_PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {_SLEEP!r}]); {_SLEEP}"
# Works until somebody lays down a file called `fire`.
_FAILS = """
import pathlib, time
print('working', flush=True)
while not pathlib.Path('fire').exists():
    time.sleep(0.05)
print('2026-11-23 ERROR the queue is on fire', flush=True)
raise SystemExit(3)
"""
_GRACES = {"stubborn": 0.5, "patient": 60}
_WORKERS = {
    "sleeps": _SLEEP,
    "stubborn": _STUBBORN,
    "patient": _STUBBORN,
    "parent": _PARENT,
    "broken": _SLEEP,
    "fails": _FAILS,
}


def programs(scenario: str, options: Options, addresses: Addresses) -> list[Program]:
    if scenario == "queues":
        return celery_workers(options, addresses)
    python = sys.executable
    port = str(addresses.port)
    pages = [python, "-m", "http.server", port, "--bind", "127.0.0.1"]
    if scenario == "broken":
        pages = [python, "-c", "print('no pages to show'); raise SystemExit(3)"]
    return [
        Program("web", "The web server", pages, port=addresses.port, health="/"),
        Program(
            "worker",
            "The worker",
            [python, "-c", _WORKERS[scenario]],
            grace_s=_GRACES.get(scenario, 3),
        ),
    ]


def celery_workers(options: Options, addresses: Addresses) -> list[Program]:
    """The real ones, with a task more that lasts as long as a test wants."""
    real = [p for p in ryla_programs(options, addresses) if p.key in ("worker", "clock")]
    app = {"ryla.celery": "tests.local.holding"}
    return [replace(p, command=[app.get(str(word), word) for word in p.command]) for p in real]


def main() -> int:
    folder, scenario, *port = sys.argv[1:]
    state.LEFTOVER_GRACE_S = 0.5
    options = Options(Path(folder), port=int(port[0]) if port else None)
    return Supervisor(
        options,
        servers=[EmbeddedValkey(options.data_dir / "valkey", fast=True)],
        programs=lambda options, addresses: programs(scenario, options, addresses),
        patience=partial(Patience, first_delay_s=0.05),
        cwd=PROJECT if scenario == "queues" else options.data_dir,
    ).run()


if __name__ == "__main__":
    sys.exit(main())
