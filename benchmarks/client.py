"""The other side of the reads: a client that loads nothing of Django, so that it starts alone."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor


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
