from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from ryla.local import ports


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux gives away")
def test_free_port_is_none_that_an_outgoing_connection_gets() -> None:
    given_away = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    assert all(ports.free_port() < int(given_away[0]) for _ in range(5))


def test_free_port_is_found_where_all_servers_ports_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    with socket.socket() as server:
        server.bind((ports.HOST, ports.free_port()))
