"""The other side of HTTP: clients that load nothing of Django, so that they start alone."""

from __future__ import annotations

import asyncio
import http.client
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


def get(client: http.client.HTTPConnection, path: str, token: str) -> tuple[int, int]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client.request("GET", path, headers=headers)
    answer = client.getresponse()
    return answer.status, len(answer.read())


def hammer(
    port: int, path: str, token: str, clients: int, seconds: float
) -> tuple[list[float], int, int]:
    with ThreadPoolExecutor(clients) as threads:
        parts = list(threads.map(lambda _: _one_client(port, path, token, seconds), range(clients)))
    return (
        [t for part, _, _ in parts for t in part],
        sum(e for _, e, _ in parts),
        max(s for _, _, s in parts),
    )


def _one_client(port: int, path: str, token: str, seconds: float) -> tuple[list[float], int, int]:
    client = http.client.HTTPConnection("127.0.0.1", port)
    get(client, path, token)
    times: list[float] = []
    errors = size = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        status, size = get(client, path, token)
        times.append(time.perf_counter() - begun)
        errors += status != 200
    return times, errors, size


# --- At a steady rate ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """`due_s` after the start it was to leave, `seconds` after that it was answered; status 0:
    never."""

    due_s: float
    seconds: float
    status: int


class Posts:
    """Connections to one server, each used again once it is free."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, token: str, body: bytes) -> int:
        """The answer's status; 0 when there was none."""
        try:
            connection = self._free.pop() if self._free else await self._connect()
            status = await self._ask(*connection, path, token, body)
        except (OSError, asyncio.IncompleteReadError):
            return 0
        self._free.append(connection)
        return status

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        path: str,
        token: str,
        body: bytes,
    ) -> int:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", answer)
        assert length is not None
        await reader.readexactly(int(length[1]))
        return int(answer.split(b" ", 2)[1])


async def send_at_rate(
    port: int, requests: Sequence[tuple[str, str, bytes]], rate: float
) -> list[Answer]:
    """Path, token and body of each are sent when their time has come, however many of those
    before are still unanswered."""
    posts = Posts(port)
    start = time.perf_counter()

    async def send(number: int, request: tuple[str, str, bytes]) -> Answer:
        due_s = number / rate
        await asyncio.sleep(start + due_s - time.perf_counter())
        status = await posts.post(*request)
        return Answer(due_s, time.perf_counter() - start - due_s, status)

    try:
        return await asyncio.gather(*(send(n, request) for n, request in enumerate(requests)))
    finally:
        posts.close()
