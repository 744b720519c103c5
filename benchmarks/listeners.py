"""Many browsers in one process: streams over bare sockets, so that the server is measured.

Loads nothing of Django. Runs in a process of its own (`Listeners`) and answers commands; a
connection costs a protocol object and its buffer.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Self

# Browsers that come back after a restart of the server come about as fast as it lets them in.
AT_ONCE = 100
_ID = re.compile(rb"^id: (\d+)\r?$", re.MULTILINE)
# On one clock for all processes of a machine.
now = time.monotonic


@dataclass(frozen=True, slots=True)
class Opened:
    """How opening went: statuses other than 200 and how long each took to its first line."""

    refused: tuple[int, ...]
    waits: tuple[float, ...]
    took_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """What a stream was told, in order: the event's id and when it was read; and how often it was
    told to look at everything anew."""

    events: tuple[tuple[int, float], ...]
    resets: int


class Listeners:
    """The process, as its parent speaks to it. It ends with its parent."""

    def __init__(self, port: int, cookies: Sequence[str]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, port, cookies), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def open(self) -> Opened:
        """All of them, each after the last event it knows; returns when the last is told that it
        is listening."""
        opened: Opened = self._ask("open")
        return opened

    def close(self) -> None:
        """All of them at once, as when the network goes."""
        self._ask("close")

    def told(self) -> list[Told]:
        """So far, over all connections of each stream."""
        told: list[Told] = self._ask("told")
        return told

    def count(self) -> int:
        """Events read so far, over all streams."""
        count: int = self._ask("count")
        return count

    def _ask(self, command: str) -> Any:
        self._pipe.send(command)
        return self._pipe.recv()


# --- In the process ------------------------------------------------------------------------------


def _serve(pipe: Connection, port: int, cookies: Sequence[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    asyncio.run(_answer(pipe, _Crowd(port, [_Browser(cookie) for cookie in cookies])))


async def _answer(pipe: Connection, crowd: _Crowd) -> None:
    while True:
        command = await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        answer = getattr(crowd, command)()
        pipe.send(await answer if asyncio.iscoroutine(answer) else answer)


@dataclass
class _Browser:
    """One stream over all its connections."""

    cookie: str
    last_id: int = 0
    events: list[tuple[int, float]] = field(default_factory=list)
    resets: int = 0
    transport: asyncio.Transport | None = None


@dataclass
class _Crowd:
    port: int
    browsers: list[_Browser]

    async def open(self) -> Opened:
        begun = now()
        gate = asyncio.Semaphore(AT_ONCE)
        statuses = await asyncio.gather(*(self._open(browser, gate) for browser in self.browsers))
        return Opened(
            refused=tuple(status for status, _ in statuses if status != 200),
            waits=tuple(wait for status, wait in statuses if status == 200),
            took_s=now() - begun,
        )

    async def _open(self, browser: _Browser, gate: asyncio.Semaphore) -> tuple[int, float]:
        async with gate:
            begun = now()
            loop = asyncio.get_running_loop()
            try:
                async with asyncio.timeout(60):
                    _, wire = await loop.create_connection(
                        lambda: _Wire(browser, self.port), "127.0.0.1", self.port
                    )
                    return await wire.status, now() - begun
            except (OSError, TimeoutError):
                return 0, now() - begun

    async def close(self) -> None:
        for browser in self.browsers:
            if browser.transport is not None:
                browser.transport.abort()
                browser.transport = None

    def told(self) -> list[Told]:
        return [Told(tuple(browser.events), browser.resets) for browser in self.browsers]

    def count(self) -> int:
        return sum(len(browser.events) for browser in self.browsers)


class _Wire(asyncio.Protocol):
    """One connection. `status` is known once the stream says its first line, or refuses."""

    __slots__ = ("_browser", "_buffer", "_port", "status")

    def __init__(self, browser: _Browser, port: int) -> None:
        self._browser = browser
        self._port = port
        self._buffer = b""
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._browser.transport = transport
        known = f"Last-Event-ID: {self._browser.last_id}\r\n" if self._browser.last_id else ""
        transport.write(
            f"GET /events/?after=0 HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Accept: text/event-stream\r\nCookie: {self._browser.cookie}\r\n{known}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        read_at = now()
        # Of a connection that was given up nothing counts any more.
        if self._browser.transport is None:
            return
        *blocks, self._buffer = (self._buffer + data).split(b"\n\n")
        for block in blocks:
            self._read(block, read_at)
        if not self.status.done() and b"\r\n\r\n" in self._buffer:
            self._note_refusal()

    def _read(self, block: bytes, read_at: float) -> None:
        if not self.status.done():
            if b"retry: " in block:
                self.status.set_result(200)
            return
        self._browser.resets += b"event: reset" in block
        found = _ID.search(block)
        if found:
            self._browser.last_id = int(found[1])
            self._browser.events.append((int(found[1]), read_at))

    def _note_refusal(self) -> None:
        status = int(self._buffer.split(b" ", 2)[1])
        if status != 200:
            self.status.set_result(status)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.status.done():
            self.status.set_result(0)
