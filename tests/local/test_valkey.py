from __future__ import annotations

import os
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ryla.local.problems import LocalError
from ryla.local.valkey import EmbeddedValkey, find_binary
from tests.local.helpers import gone, launcher
from tests.stack import eventually


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    valkey = EmbeddedValkey(tmp_path / 'a "place" with spaces')
    yield valkey
    valkey.stop()


def client(server: EmbeddedValkey) -> redis.Redis:
    return redis.Redis.from_url(server.url, decode_responses=True)


def test_restart_keeps_data_and_address(server: EmbeddedValkey) -> None:
    server.start()
    address = server.url
    client(server).set("kept", "42")
    server.stop()
    server.start()
    assert server.url == address
    assert client(server).get("kept") == "42"


def test_killed_one_keeps_what_it_wrote_down(server: EmbeddedValkey) -> None:
    server.start()
    connection = client(server)
    connection.set("kept", "42")
    connection.execute_command("WAITAOF", 1, 0, 2000)
    os.kill(server.pid or 0, signal.SIGKILL)
    assert gone(server.pid or 0)
    server.restart()
    assert client(server).get("kept") == "42"


def _taken(port: int) -> socket.socket | None:
    """None while threads of the dead server, the last to go, still hold its port."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return None


def test_restart_waits_until_the_port_is_let_go(server: EmbeddedValkey) -> None:
    server.start()
    port = server.port
    os.kill(server.pid or 0, signal.SIGKILL)
    assert gone(server.pid or 0)
    other = eventually(partial(_taken, port))
    letting_go = threading.Timer(0.5, other.close)
    letting_go.start()
    server.restart()
    letting_go.join()
    assert server.port == port
    assert client(server).ping()


def test_stranger_without_password_is_refused(server: EmbeddedValkey) -> None:
    server.start()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0)).ping()


def test_password_is_in_no_command_line(server: EmbeddedValkey) -> None:
    server.start()
    assert stat.S_IMODE((server.data_dir / "valkey.conf").stat().st_mode) == 0o600
    command = Path(f"/proc/{server.pid}/cmdline")
    if command.exists():
        assert (server.data_dir / "password").read_text().strip() not in command.read_text()


def test_fast_one_writes_nothing_down(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "valkey", fast=True) as server:
        client(server).set("kept", "42")
    assert not (tmp_path / "valkey" / "appendonlydir").exists()


def test_server_ends_with_a_killed_launcher(tmp_path: Path) -> None:
    with launcher("valkey", "EmbeddedValkey", tmp_path / "v", orphans=False) as (process, pid):
        process.kill()
        assert gone(pid)


def test_leftover_of_a_killed_launcher_is_replaced(tmp_path: Path) -> None:
    with launcher("valkey", "EmbeddedValkey", tmp_path / "v", orphans=True) as (process, pid):
        process.kill()
        process.wait()
        server = EmbeddedValkey(tmp_path / "v", fast=True)
        assert server.leftover() == pid
        with server:
            assert client(server).ping()
        assert gone(pid)


def test_no_redis_at_all_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ryla.local.valkey.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(LocalError, match=r"^No Redis is made for this platform: install"):
        find_binary()
