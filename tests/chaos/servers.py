"""The servers that get killed: real ones, made to die and to come back quickly."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import nanio.app
import nanio.cli
import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto  # noqa: F401

from ryla.local.postgres import EmbeddedPostgres
from ryla.local.processes import PR_SET_PDEATHSIG, Process
from ryla.local.s3 import EmbeddedS3
from ryla.local.servers import write_private


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def talk_to(log: Path) -> None:
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)


class TruthfulPostgres(EmbeddedPostgres):
    """Fast, but what it said it has committed outlives its own `kill -9`."""

    def _command(self, port: int) -> Sequence[str | Path]:
        return [*super()._command(port), "-c", "synchronous_commit=on"]


class ForkedS3(EmbeddedS3):
    """The same program in a fork of this process, which spares it the second of loading."""

    _has_bucket = False

    def _spawn(self, command: Sequence[str | Path]) -> Process:
        words = [str(word) for word in command]
        pid = os.fork()
        if not pid:
            self._be_store(words[words.index("nanio") + 1 :])
        write_private(self._pid_file(), f"{pid}\n")
        return Process(pid)

    def _be_store(self, words: list[str]) -> None:
        """Never returns."""
        try:
            os.setsid()
            die_with_parent()
            talk_to(self.log)
            os.environ["NANIO_ACCESS_KEY"] = self.access_key
            os.environ["NANIO_SECRET_KEY"] = self.secret_key
            nanio.cli.main(words)
        finally:
            os._exit(1)

    def _settle(self) -> None:
        if not self._has_bucket:
            super()._settle()
            self._has_bucket = True
