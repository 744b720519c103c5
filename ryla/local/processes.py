"""Starting, recognising and stopping processes so that none is ever left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

PR_SET_PDEATHSIG = 1
_LOG_KEEPS_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class Identity:
    """Another uid and gid for a child; only root can ask for one."""

    uid: int
    gid: int


class Switch(TypedDict, total=False):
    """The arguments of subprocess that make a child run as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


class Process:
    """One running program, a child of ours or one that an earlier run left behind."""

    def __init__(self, pid: int, popen: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self._popen = popen

    def alive(self) -> bool:
        return self._popen.poll() is None if self._popen else is_alive(self.pid)

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and for a process that was not our child."""
        return self._popen.poll() if self._popen else None

    def send(self, signal_number: int) -> None:
        if self.alive():
            _quietly(os.kill, self.pid, signal_number)

    def wait(self, timeout_s: float, hurry: Callable[[], bool] = lambda: False) -> bool:
        """True as soon as it ended, False when the time is over or `hurry` says so."""
        deadline = time.monotonic() + timeout_s
        while self.alive():
            if time.monotonic() > deadline or hurry():
                return False
            time.sleep(0.02)
        return True

    def kill_group(self) -> None:
        """End it and everything it started that stayed in its group."""
        _quietly(os.killpg, self.pid, signal.SIGKILL)
        self.wait(5)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    identity: Identity | None = None,
    death_signal: int = signal.SIGTERM,
) -> Process:
    """Start a program in a session of its own, its output appended to `log`.

    On Linux it gets `death_signal` when this process ends in whatever way. The kernel means
    the *thread* that calls: call from one that lives as long as the program should.
    """
    trim_log(log)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        popen = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd="/" if identity else cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509 (callers have one thread)
            **switch(identity),
        )
    finally:
        os.close(descriptor)
    return Process(popen.pid, popen)


def switch(identity: Identity | None) -> Switch:
    if identity is None:
        return {}
    return {"user": identity.uid, "group": identity.gid, "extra_groups": []}


def _die_with_parent(death_signal: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)  # loaded before the fork: the child must not allocate much
    parent = os.getpid()

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return arrange


def is_alive(pid: int) -> bool:
    """Whether `pid` runs. A zombie does not: some containers never bury theirs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def birth(pid: int) -> str:
    """A word that tells this process from a later one with the same number; "" if it is gone."""
    if sys.platform != "linux":
        return _ps(pid, "lstart")
    stat = _proc_stat(pid)
    # Ticks since the machine started, so they mean nothing without knowing which start.
    return f"{_boot()}-{stat[19]}" if stat else ""


def command_of(pid: int) -> str:
    """The command line of a process, "" when it is gone or not ours to see."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return "" if sys.platform == "linux" else _ps(pid, "command")
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()


def end_leftover(pid: int, polite_signal: int, timeout_s: float = 10) -> None:
    """Stop a process that an earlier run left behind, with its group if need be."""
    leftover = Process(pid)
    leftover.send(polite_signal)
    if not leftover.wait(timeout_s):
        _quietly(os.kill, pid, signal.SIGKILL)
        leftover.wait(5)
    _quietly(os.killpg, pid, signal.SIGKILL)


def trim_log(log: Path) -> None:
    """Keep one older file, so that logs can't fill the disk over the months."""
    if log.exists() and log.stat().st_size > _LOG_KEEPS_BYTES:
        log.replace(log.with_suffix(".old" + log.suffix))


def last_lines(log: Path, count: int = 15, since: int = 0) -> str:
    """The end of a log, looking at no more than 64 kB and nothing before byte `since`."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            # A log that shrank was put aside: then all of it is new.
            stream.seek(max(size - 65536, since if since <= size else 0))
            text = stream.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-count:])


def size_of(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    except OSError:
        return ""


def _state(pid: int) -> str:
    stat = _proc_stat(pid)
    if stat:
        return stat[0]
    return "Z" if sys.platform == "linux" else _ps(pid, "stat")[:1]


def _proc_stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; the name before them may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _ps(pid: int, column: str) -> str:
    result = subprocess.run(
        ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip()


def _quietly(call: Callable[[int, int], None], pid: int, signal_number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        call(pid, signal_number)
