"""Real processes for the tests of the local mode, and ways to wait for them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ryla.local.processes import is_alive

PROJECT = Path(__file__).resolve().parents[2]
NOBODY = 65534
Answer = TypeVar("Answer")
Run = Callable[..., "Stack"]

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


class Stack:
    """One toy stack and what it says."""

    def __init__(self, folder: Path, scenario: str, *words: str, uid: int | None = None) -> None:
        self.folder = folder
        self.output = folder.parent / f"output-{time.monotonic_ns()}"
        environ = {name: text for name, text in os.environ.items() if "PORT" not in name}
        python, wanted = python_for(uid)
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [python, "-m", "tests.local.toy_stack", folder, scenario, *words],
                cwd=PROJECT,
                env={**environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200", **wanted},
                stdout=output,
                stderr=subprocess.STDOUT,
                user=uid,
                group=uid,
                extra_groups=None if uid is None else [],
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def is_up(self) -> bool:
        return bool(eventually(lambda: "RYLA is running" in self.said or self.ended, 30)) and (
            not self.ended
        )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return state

    def pid(self, key: str) -> int:
        pid: int = self.state["processes"][key]["pid"]
        return pid

    def pids(self) -> list[int]:
        return [entry["pid"] for entry in self.state["processes"].values()]

    def told(self, words: str) -> bool:
        return eventually(lambda: words in self.said)

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def open_to_others(folder: Path) -> list[str]:
    """What another user of this machine could list or read under `folder`, itself included."""
    mode = folder.stat().st_mode
    found = [folder.name] if mode & 0o044 else []
    if mode & 0o011:  # whoever gets through may guess the names behind it
        for path in folder.iterdir():
            if path.is_dir():
                found += open_to_others(path)
            elif path.stat().st_mode & 0o044:
                found.append(path.name)
    return found


def in_groups(leaders: list[int]) -> list[int]:
    """The processes that are still in the groups of `leaders`."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, group, stat in rows if int(group) in leaders and stat[0] != "Z"]
