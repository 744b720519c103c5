"""The product's own processes on the benchmark's servers, as `manage.py local` starts them."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from characters.models import Character
from ryla.local import ports
from ryla.local.children import Child
from ryla.local.environment import PROJECT, Addresses, Options
from ryla.local.programs import ryla_programs
from tests.builders import give_credits, make_character, make_user, subscribe


@contextmanager
def running(*keys: str, **env: str) -> Iterator[dict[str, Child]]:
    """Those of web, events, worker, clock and beat that are named, until the block ends in
    whatever way; `env` is told to all of them."""
    web, events = ports.free_port(), ports.free_port()
    address = {"SITE_URL": f"http://{ports.HOST}:{web}", "PORT": str(web)}
    environ = os.environ | address | {"EVENTS_PORT": str(events)} | env
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ryla-bench-parts-")))
        parts: dict[str, Child] = {}
        for program in ryla_programs(Options(folder), Addresses(web, events, moved=False)):
            if program.key not in keys:
                continue
            child = Child(program, logs=folder, env=environ, cwd=PROJECT)
            stack.callback(child.stop)
            child.start()
            parts[program.key] = child
        for child in parts.values():
            child.wait_until_healthy(60, lambda: time.sleep(0.05))
        yield parts


def make_owners(count: int) -> list[tuple[User, Character]]:
    """People whose plan never makes them wait, each with a character that has its face."""
    owners = []
    for _ in range(count):
        owner = make_user()
        subscribe(owner, "studio")
        give_credits(owner, 100_000)
        owners.append((owner, make_character(owner=owner, ready=True)))
    return owners


def wait_until(is_so: Callable[[], bool], *, timeout_s: float, every_s: float = 0.05) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"what was waited for did not come within {timeout_s:.0f} s")
        time.sleep(every_s)


@dataclass(frozen=True, slots=True)
class Usage:
    """Resident memory and processor time so far."""

    rss_kib: int
    cpu_s: float


def usage(pid: int) -> Usage:
    """Of a process and of all it started that still runs."""
    said = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss=,time="],  # noqa: S607 (not everywhere in one place)
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    family = list(_family(pid, [line.split() for line in said.splitlines()]))
    return Usage(
        sum(int(rss) for _, _, rss, _ in family), sum(_seconds_in(time) for *_, time in family)
    )


def _family(pid: int, rows: Sequence[list[str]]) -> Iterator[list[str]]:
    for row in rows:
        if int(row[0]) == pid:
            yield row
        if int(row[1]) == pid:
            yield from _family(int(row[0]), rows)


def _seconds_in(text: str) -> float:
    """`[[days-]hours:]minutes:seconds`, whole seconds on Linux."""
    days, _, rest = text.rpartition("-")
    seconds = 86400.0 * int(days or 0)
    for power, part in enumerate(reversed(rest.split(":"))):
        seconds += float(part) * 60**power
    return seconds
