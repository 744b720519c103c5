"""Free ports on 127.0.0.1, remembered so that addresses stay the same from run to run."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

HOST = "127.0.0.1"
LOWEST = 1024  # below, only root may listen
HIGHEST = 65535
_SERVERS_OWN = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether nobody listens there, neither on 127.0.0.1 nor on every address."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        # As servers do it: a connection that is only fading away does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Below those that systems give to outgoing connections, so that one of these does not stand
    in the way when a server that died comes back to its address."""
    some = random.sample(_SERVERS_OWN, 50)
    return next(filter(is_free, some), 0) or _any_port()


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def next_free(wanted: int, tries: int = 100) -> int:
    """`wanted` if nobody listens there, else the next one up; any free one as a last resort."""
    candidates = range(wanted, min(wanted + tries, HIGHEST + 1))
    return next((port for port in candidates if is_free(port)), 0) or free_port()


def remembered(note: Path) -> int | None:
    """The port written into `note`, None when there is none to be read."""
    try:
        port = int(note.read_text())
    except (OSError, ValueError):
        return None
    return port if LOWEST <= port <= HIGHEST else None


def candidates(note: Path) -> Iterator[int]:
    """The remembered port if it is free, then three fresh ones."""
    port = remembered(note)
    if port is not None and is_free(port):
        yield port
    yield from islice(iter(free_port, None), 3)
