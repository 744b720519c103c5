"""What the embedded servers share: a folder, a lock, a port, a password, a life."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import stat
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from ryla.local import ports
from ryla.local.problems import (
    LocalError,
    StartInterruptedError,
    from_log,
    from_os_error,
    require_space,
)
from ryla.local.processes import (
    Process,
    command_of,
    end_leftover,
    is_alive,
    last_lines,
    size_of,
    spawn,
)

_LETTING_GO_S = 2  # the supervisor stands still meanwhile
_PORT_TAKEN = ("address already in use", "could not bind", "failed listening on port")


class EmbeddedServer(ABC):
    """A server on 127.0.0.1 whose whole state lives in `data_dir`.

    `start` returns when the server answers, and raises LocalError with one sentence when it
    can't. The port is chosen once and kept while it stays free. What a killed launcher left
    running is stopped first. `fast` trades durability for speed: only for tests.
    """

    name: ClassVar[str]
    key: ClassVar[str]  # its folder and its entry in state.json
    polite_signal: ClassVar[int] = signal.SIGTERM
    is_passage: ClassVar[bool] = False  # somebody else may have to get through its folder
    start_timeout_s: ClassVar[float] = 60

    def __init__(self, data_dir: Path | str, *, fast: bool = False) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.fast = fast
        self.port = 0
        self.interrupted: Callable[[], bool] = lambda: False
        self._process: Process | None = None
        self._lock: int | None = None

    # --- what each server says of itself ----------------------------------------------

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, credentials included."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers a signed-in client just now."""

    @abstractmethod
    def _command(self, port: int) -> Sequence[str | Path]: ...

    @abstractmethod
    def _pid_file(self) -> Path:
        """The file whose first line is the pid while the server runs."""

    def _prepare(self) -> None:
        """Make what the server needs before its first start; raise when the data don't fit."""
        return

    def _settle(self) -> None:
        """What is left to do once it answers."""
        return

    def _spawn(self, command: Sequence[str | Path]) -> Process:
        return spawn(command, log=self.log, cwd=self.data_dir, death_signal=self.polite_signal)

    # --- life -------------------------------------------------------------------------

    @property
    def log(self) -> Path:
        return self.data_dir / "server.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def alive(self) -> bool:
        return self._process is not None and self._process.alive()

    def start(self, *, same_port: bool = False) -> None:
        """`same_port` refuses to move: clients already know the address."""
        try:
            self._open()
            self._prepare()
            self._launch_on_some_port(same_port)
            self._settle()
        except OSError as error:
            self.stop(force=True)
            raise from_os_error(error, self.data_dir) from error
        except BaseException:
            self.stop(force=True)
            raise

    def restart(self) -> None:
        """Start again after it died, at the address that clients know."""
        if self._process:
            self._process.kill_group()
            self._process = None
        self.start(same_port=True)

    def stop(self, *, force: bool = False, hurry: Callable[[], bool] = lambda: False) -> None:
        """Repeating does nothing. Ends within seconds; nothing of it runs afterwards."""
        process, self._process = self._process, None
        if process:
            process.send(self.polite_signal)
            if force or not process.wait(10, hurry):
                self._stop_hard(process)
            process.kill_group()
        self._close()

    def _stop_hard(self, process: Process) -> None:
        process.kill_group()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # --- opening the folder -----------------------------------------------------------

    def _open(self) -> None:
        private_folder(self.data_dir, is_passage=self.is_passage)
        require_space(self.data_dir)
        self._take_lock()
        self._end_leftover()

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        descriptor = os.open(self.data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise LocalError(f"{self.name} in {self.data_dir} already runs.") from None
        self._lock = descriptor

    def _close(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _end_leftover(self) -> None:
        """The lock is ours, so whoever still serves this folder has lost its launcher."""
        pid = self.leftover()
        if pid:
            end_leftover(pid, self.polite_signal)

    def leftover(self) -> int | None:
        """The pid of a server that an earlier launcher left running on this folder."""
        try:
            pid = int(self._pid_file().read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        is_ours = pid > 1 and is_alive(pid) and str(self.data_dir) in command_of(pid)
        return pid if is_ours else None

    # --- ports ------------------------------------------------------------------------

    @property
    def _port_note(self) -> Path:
        return self.data_dir / "port"

    def _launch_on_some_port(self, same_port: bool) -> None:
        if same_port:
            self._launch_again()
            return
        for port in ports.candidates(self._port_note):
            if self._launch(port):
                write_private(self._port_note, f"{port}\n")
                return
        raise LocalError(f"{self.name} did not get any port: other programs took them.")

    def _launch_again(self) -> None:
        """Waits a little for the port: threads of the dead server may still hold it."""
        deadline = time.monotonic() + _LETTING_GO_S
        while not self._launch(self.port):
            if time.monotonic() > deadline:
                raise LocalError(
                    f"{self.name} did not get port {self.port}: another program took it."
                )
            time.sleep(0.1)

    def _launch(self, port: int) -> bool:
        """True when it answers, False when the port was taken in the meantime."""
        self.port = port
        since = size_of(self.log)
        self._process = self._spawn(self._command(port))
        deadline = time.monotonic() + self.start_timeout_s
        while self._process.alive():
            if self.ready():
                return True
            if self.interrupted():
                raise StartInterruptedError
            if time.monotonic() > deadline:
                raise LocalError(
                    f"{self.name} did not answer within {self.start_timeout_s:.0f} s "
                    f"(log: {self.log})."
                )
            time.sleep(0.02)
        said = last_lines(self.log, since=since)
        if any(words in said.lower() for words in _PORT_TAKEN):
            return False
        raise from_log(self.name, self.log, said)

    # --- secrets ----------------------------------------------------------------------

    def _secret(self, name: str) -> str:
        """A random word kept in the folder, readable by its owner alone."""
        return kept_secret(self.data_dir / name)


def kept_secret(path: Path, length_bytes: int = 24) -> str:
    """The word in `path`; made at the first call, and always whole."""
    if path.exists() and (word := path.read_text().strip()):
        return word
    word = secrets.token_hex(length_bytes)
    write_private(path, word + "\n")
    return word


def private_folder(folder: Path, *, is_passage: bool = False) -> Path:
    """Make it, or mend the one that is there: nobody else may look inside.

    is_passage: root's Postgres runs as somebody else (see `identity`), who has to get through
    to its cluster. Others then get through as well, but see no names, and what lies behind is
    private itself.
    """
    mode = 0o711 if is_passage and os.geteuid() == 0 else 0o700
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    status = folder.stat()
    if stat.S_IMODE(status.st_mode) != mode and status.st_uid == os.geteuid():
        with suppress(PermissionError):  # some file systems know no modes
            folder.chmod(mode)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a 0600 file in one step: readers see the old text or the new one."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    draft.replace(path)


def system_program(*names: str) -> Path | None:
    """The first of `names` on PATH, links followed."""
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found).resolve() if found else None
