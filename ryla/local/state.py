"""The note that a running stack keeps of itself: one lock, one state.json."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ryla.local.children import Child
from ryla.local.problems import LocalError
from ryla.local.processes import birth, end_leftover, is_alive
from ryla.local.servers import EmbeddedServer, write_private

Part = EmbeddedServer | Child
LEFTOVER_GRACE_S = 3.0


@contextmanager
def only_one(data_dir: Path) -> Iterator[int]:
    """Hold the folder's lock. Raises LocalError when another run holds it."""
    descriptor = os.open(data_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(f"RYLA already runs here{_who(descriptor)}.") from None
        yield descriptor
    finally:
        os.close(descriptor)


def sign(descriptor: int, address: str) -> None:
    """Write into the lock who holds it, for whoever comes second."""
    text = json.dumps({"pid": os.getpid(), "address": address})
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)


def _who(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 1000, 0))
    except ValueError:
        return ""
    return f" (pid {holder['pid']}, address {holder['address']}/)"


class State:
    """`state.json`: the ports and pids of the run, true after every start and restart."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "state.json"

    def write(self, parts: Iterable[Part], *, address: str, events_port: int) -> None:
        processes = {
            part.key: {"pid": part.pid, "birth": birth(part.pid), "port": part.port}
            for part in parts
            if part.pid
        }
        state = {
            "pid": os.getpid(),
            "address": address,
            "events_port": events_port,
            "processes": processes,
        }
        write_private(self.path, json.dumps(state, indent=2) + "\n")

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)

    def end_leftovers(self, spare: Iterable[str]) -> list[str]:
        """Stop what a killed supervisor left behind and return its keys.

        Servers are spared: they know their own leftovers and how to end them gently.
        """
        spared = set(spare)
        found = [
            (key, entry)
            for key, entry in self._processes().items()
            if key not in spared and _is_the_same(entry)
        ]
        for _, entry in found:
            os.kill(entry["pid"], signal.SIGTERM)
        for _, entry in found:
            end_leftover(entry["pid"], signal.SIGTERM, LEFTOVER_GRACE_S)
        return [key for key, _ in found]

    def _processes(self) -> dict[str, dict[str, Any]]:
        try:
            processes = json.loads(self.path.read_text())["processes"]
        except (OSError, ValueError, KeyError):
            return {}
        return processes if isinstance(processes, dict) else {}


def _is_the_same(entry: dict[str, Any]) -> bool:
    pid = entry.get("pid")
    return isinstance(pid, int) and is_alive(pid) and birth(pid) == entry.get("birth")
