"""Starts everything RYLA needs, keeps it running, and stops it without a trace."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from ryla.local import state
from ryla.local.children import Child, Patience, Program, last_words, short
from ryla.local.console import LogWatcher, banner, say
from ryla.local.environment import (
    DEFAULT_PORT,
    PROJECT,
    Addresses,
    Options,
    choose_addresses,
    environment,
    needed_servers,
    open_data_dir,
    replaced_by,
)
from ryla.local.problems import LocalError, StartInterruptedError, from_os_error, require_space
from ryla.local.programs import ryla_programs
from ryla.local.servers import EmbeddedServer, private_folder
from ryla.local.state import Part, State

_TICK_S = 0.2
_DISK_LOOK_S = 10.0
_HEALTHY_WITHIN_S = 60.0
_SERVER_KEYS = ("postgres", "valkey", "s3")


class StopRequests:
    """Ctrl-C, SIGTERM and SIGHUP ask to stop; Ctrl-C once more, a second later, forces.

    So does a terminal that is closed: without a shell in between, nobody sends a signal then.
    """

    def __init__(self) -> None:
        self.forced = False
        self._signalled = False
        self._signalled_at = 0.0
        self._had_terminal = os.isatty(1)

    @property
    def asked(self) -> bool:
        return self._signalled or (self._had_terminal and not os.isatty(1))

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def _receive(self, number: int, _frame: object) -> None:
        now = time.monotonic()
        if not self._signalled:
            self._signalled, self._signalled_at = True, now
        elif number == signal.SIGINT and now - self._signalled_at > 1:
            self.forced = True

    def __call__(self) -> bool:
        return self.asked

    def hurry(self) -> bool:
        return self.forced


class Supervisor:
    """One run. `programs` and `servers` may be others, which is how tests keep it small, and
    `patience` another, which is how they keep it short."""

    def __init__(
        self,
        options: Options,
        *,
        environ: Mapping[str, str] | None = None,
        servers: Sequence[EmbeddedServer] | None = None,
        programs: Callable[[Options, Addresses], Sequence[Program]] | None = None,
        patience: Callable[[], Patience] = Patience,
        cwd: Path = PROJECT,
    ) -> None:
        self._options = options
        self._environ = dict(os.environ if environ is None else environ)
        self._given_servers = servers
        self._programs = programs or partial(ryla_programs, environ=self._environ)
        self._cwd = cwd
        self._stop = StopRequests()
        self._state = State(options.data_dir)
        self._servers: list[EmbeddedServer] = []
        self._children: list[Child] = []
        self._watchers: list[LogWatcher] = []
        self._patience: defaultdict[str, Patience] = defaultdict(patience)
        self._restart_at: dict[str, float] = {}
        self._addresses = Addresses(0, 0, moved=False)

    def run(self) -> int:
        """The exit code: 0 after being asked to stop, 1 after trouble (said in one sentence)."""
        self._stop.listen()
        try:
            open_data_dir(self._options.data_dir)
            with state.only_one(self._options.data_dir) as lock:
                return self._run_locked(lock)
        except LocalError as problem:
            return _refuse(problem)
        except OSError as error:
            return _refuse(from_os_error(error, self._options.data_dir))

    def _run_locked(self, lock: int) -> int:
        try:
            self._start(lock)
            if self._options.check:
                say("RYLA starts, answers and stops: everything works here.")
            else:
                self._watch()
        except StartInterruptedError:
            pass
        finally:
            self._stop_everything()
        return 0

    # --- starting ---------------------------------------------------------------------

    def _start(self, lock: int) -> None:
        require_space(self._options.data_dir)
        self._clear_leftovers()
        self._addresses = choose_addresses(self._options, self._environ)
        state.sign(lock, self._addresses.site)
        if self._addresses.moved:
            say(f"Port {DEFAULT_PORT} is taken, so RYLA uses {self._addresses.port}.")
        self._start_servers()
        env = environment(self._options, self._addresses, self._servers, self._environ)
        self._prepare(env)
        self._start_children(env)
        for child in self._children:
            child.wait_until_healthy(_HEALTHY_WITHIN_S, self._pause)
        if not self._options.check:
            say(self._banner())

    def _clear_leftovers(self) -> None:
        ended = self._state.end_leftovers(spare=_SERVER_KEYS)
        if ended:
            say(f"Stopped what an earlier run left behind: {', '.join(ended)}.")

    def _start_servers(self) -> None:
        needed = self._given_servers
        if needed is None:
            needed = needed_servers(self._options.data_dir, self._environ)
        for server in needed:
            server.interrupted = self._stop
            self._servers.append(server)
            server.start()
            self._note()
            self._check_stop()

    def _prepare(self, env: Mapping[str, str]) -> None:
        """Tables and demo data, through a process of its own: Django needs `env` at its start."""
        if self._given_servers is not None:
            return
        command: list[str | Path] = [sys.executable, "-m", "ryla.local.prepare"]
        if self._options.demo:
            command += ["--credentials", self._credentials]
        program = Program("prepare", "Preparing the database", command)
        step = Child(program, logs=self._logs, env=env, cwd=self._cwd)
        self._children.append(step)  # so that it is stopped should somebody ask meanwhile
        step.start()
        while step.alive():
            self._pause()
        self._children.remove(step)
        if step.exit_code != 0:
            raise LocalError(f"{step.name} failed; {last_words(step.log)}")

    def _start_children(self, env: Mapping[str, str]) -> None:
        for program in self._programs(self._options, self._addresses):
            child = Child(program, logs=self._logs, env=env, cwd=self._cwd)
            self._watchers.append(LogWatcher(child.key, child.log))
            self._children.append(child)
            child.start()
            self._note()

    # --- watching ---------------------------------------------------------------------

    def _watch(self) -> None:
        look_at_disk_at = 0.0
        while not self._stop.asked:
            for part in self._parts:
                self._look_after(part)
            for watcher in self._watchers:
                watcher.show_news()
            if time.monotonic() > look_at_disk_at:
                look_at_disk_at = time.monotonic() + _DISK_LOOK_S
                require_space(self._options.data_dir)
            time.sleep(_TICK_S)

    def _look_after(self, part: Part) -> None:
        if part.alive():
            return
        due = self._restart_at.get(part.key)
        if due is None:
            self._restart_at[part.key] = time.monotonic() + self._delay_for(part)
        elif time.monotonic() >= due:
            del self._restart_at[part.key]
            self._start_again(part)

    def _delay_for(self, part: Part) -> float:
        delay = self._patience[part.key].next_delay(time.monotonic())
        if delay is None:
            raise LocalError(
                f"{part.name} keeps stopping, so RYLA stops as well; {last_words(part.log)}"
            )
        say(f"[{part.key}] stopped unexpectedly; it is started again (log: {short(part.log)}).")
        return delay

    def _start_again(self, part: Part) -> None:
        try:
            part.restart()
        except LocalError as problem:
            require_space(self._options.data_dir)
            say(f"[{part.key}] {problem}")
        self._note()

    # --- stopping ---------------------------------------------------------------------

    def _stop_everything(self) -> None:
        if self._stop.asked and (self._servers or self._children):
            say("Stopping … (Ctrl-C once more to force it)")
        for child in reversed(self._children):
            child.ask_to_stop()
        for child in reversed(self._children):
            child.stop(hurry=self._stop.hurry)
        for server in reversed(self._servers):
            server.stop(hurry=self._stop.hurry)
        self._state.forget()
        if self._stop.asked:
            say("RYLA has stopped.")

    # --- small things -----------------------------------------------------------------

    @property
    def _parts(self) -> list[Part]:
        return [*self._servers, *self._children]

    @property
    def _logs(self) -> Path:
        return private_folder(self._options.data_dir / "logs")

    @property
    def _credentials(self) -> Path:
        return self._options.data_dir / "credentials.json"

    def _note(self) -> None:
        addresses = self._addresses
        self._state.write(self._parts, address=addresses.site, events_port=addresses.events_port)

    def _pause(self) -> None:
        self._check_stop()
        time.sleep(0.05)

    def _check_stop(self) -> None:
        if self._stop.asked:
            raise StartInterruptedError

    def _banner(self) -> str:
        used = [replaced_by(key, self._environ) for key in _SERVER_KEYS]
        return banner(self._addresses.site, self._credentials, self._logs, filter(None, used))


def _refuse(problem: LocalError) -> int:
    with suppress(OSError):
        print(problem, file=sys.stderr, flush=True)
    return 1
