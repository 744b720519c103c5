"""The processes that run RYLA's own code, and how often each may fall over."""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ryla.local import ports
from ryla.local.problems import LocalError
from ryla.local.processes import Process, last_lines, spawn

_SILENCE = "nothing"
_SAYS_NO_S = 10.0


@dataclass(frozen=True)
class Program:
    """One command to keep running.

    key: its log file and its entry in state.json. health: a path that answers 200 on `port`
    once it works; without one, running is all that is asked of it.
    """

    key: str
    name: str
    command: Sequence[str | Path]
    port: int | None = None
    health: str | None = None
    grace_s: float = 10


class Child:
    """A Program while it runs."""

    def __init__(
        self,
        program: Program,
        *,
        logs: Path,
        env: Mapping[str, str],
        cwd: Path | None = None,
    ) -> None:
        self.program = program
        self.key = program.key
        self.name = program.name
        self.port = program.port
        self.log = logs / f"{program.key}.log"
        self._env = env
        self._cwd = cwd
        self._process: Process | None = None
        self._asked = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        return self._process.exit_code if self._process else None

    def alive(self) -> bool:
        return self._process is not None and self._process.alive()

    def start(self) -> None:
        self._asked = False
        self._process = spawn(
            self.program.command,
            log=self.log,
            env=self._env,
            cwd=self._cwd or Path.cwd(),
        )

    def restart(self) -> None:
        self._clear()
        self.start()

    def ask_to_stop(self) -> None:
        """Once: a worker that is asked twice drops what it is doing."""
        if self._process and not self._asked:
            self._asked = True
            self._process.send(signal.SIGTERM)

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """Politely for `grace_s`, then by force; its own children end with it."""
        self.ask_to_stop()
        if self._process:
            self._process.wait(self.program.grace_s, hurry)
        self._clear()

    def wait_until_healthy(self, timeout_s: float, pause: Callable[[], None]) -> None:
        """Raise LocalError when it ends, keeps failing or does not answer in time."""
        deadline = time.monotonic() + timeout_s
        while self.alive():
            answer = self._health()
            if answer == "200":
                return
            if answer != _SILENCE:  # it is up and says no: that seldom mends itself
                deadline = min(deadline, time.monotonic() + _SAYS_NO_S)
            if time.monotonic() > deadline:
                raise LocalError(
                    f"{self.name} does not work ({self.program.health} answers {answer}); "
                    f"{last_words(self.log)}"
                )
            pause()
        raise LocalError(f"{self.name} did not start; {last_words(self.log)}")

    def _health(self) -> str:
        if self.program.health is None or self.port is None:
            return "200"
        connection = http.client.HTTPConnection(ports.HOST, self.port, timeout=5)
        try:
            connection.request("GET", self.program.health)
            return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            return _SILENCE
        finally:
            connection.close()

    def _clear(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill_group()


class Patience:
    """How often something may be started again: `tries` times within `within_s` seconds.

    The first time after `first_delay_s`, then after twice as long each time.
    """

    def __init__(self, tries: int = 3, within_s: float = 60, first_delay_s: float = 0.5) -> None:
        self._tries = tries
        self._within_s = within_s
        self._first_delay_s = first_delay_s
        self._falls: deque[float] = deque()

    def next_delay(self, now: float) -> float | None:
        """Seconds to wait before starting it again, None when patience is over."""
        while self._falls and now - self._falls[0] > self._within_s:
            self._falls.popleft()
        if len(self._falls) >= self._tries:
            return None
        self._falls.append(now)
        return self._first_delay_s * 2.0 ** (len(self._falls) - 1)


def last_words(log: Path) -> str:
    """The end of a log, made to be shown."""
    lines = last_lines(log) or "(nothing)"
    return f"the last lines of {short(log)}:\n" + "\n".join(f"    {x}" for x in lines.splitlines())


def short(path: Path) -> str:
    """As somebody in the working folder would type it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
