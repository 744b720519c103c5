"""Real processes for the tests of the local mode, and ways to wait for them."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from ryla.local.processes import is_alive

PROJECT = Path(__file__).resolve().parents[2]
NOBODY = 65534
Answer = TypeVar("Answer")

# Starts one server, says its pid, and waits to be killed.
_LAUNCHER = """
import sys, time
from pathlib import Path
from ryla.local import processes
from ryla.local.{module} import {name}
if {orphans}:
    processes._die_with_parent = lambda death_signal: None  # as where the kernel can't help
server = {name}(Path(sys.argv[1]), fast=True)
server.start()
print(server.pid, server.url, flush=True)
time.sleep(600)
"""


def eventually(ask: Callable[[], Answer], within_s: float = 15) -> Answer:
    """The first truthy answer; the last one if the time runs out."""
    deadline = time.monotonic() + within_s
    while not (answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def gone(pid: int, within_s: float = 15) -> bool:
    return eventually(lambda: not is_alive(pid), within_s)


@contextmanager
def launcher(
    module: str, name: str, data_dir: Path, *, orphans: bool
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that started a server; orphans: its server outlives it."""
    script = _LAUNCHER.format(module=module, name=name, orphans=orphans)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(data_dir)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline().split()[0])
    finally:
        process.kill()
        process.wait()


def python_for(uid: int | None) -> tuple[str, dict[str, str]]:
    """A Python with our packages that this user may start, and the environment it wants.

    The one running the tests may lie in somebody's home; the system's own of the same
    version then takes its packages.
    """
    if uid is None or _is_open_to_all(Path(sys.executable).resolve()):
        return sys.executable, {}
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"/usr/bin/python{version}", {"PYTHONPATH": sysconfig.get_path("purelib")}


def _is_open_to_all(program: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (program, *program.parents))


def run_python(
    script: str, *words: object, uid: int | None = None
) -> subprocess.CompletedProcess[str]:
    """A script of ours in a process of its own, as another user if asked."""
    python, wanted = python_for(uid)
    return subprocess.run(
        [python, "-c", script, *map(str, words)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/", **wanted},
    )


def fetch(url: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    with closing(connection):
        connection.request("GET", f"{parts.path}?{parts.query}")
        response = connection.getresponse()
        return response.status, response.read()


def can_run_as_nobody() -> bool:
    """Root can, where the checkout and some Python may be read by everybody."""
    if os.geteuid() != 0 or not Path(python_for(NOBODY)[0]).exists():
        return False
    return run_python("import ryla.local", uid=NOBODY).returncode == 0
