"""The far end of a provider in tests: an HTTP server on this machine that plays recorded answers.

    with Player([Reply("POST", "/prompt", body={"prompt_id": "…"})]) as far:
        provider = SomeProvider(base_url=far.url)
        …
    assert far.calls_to("POST", "/prompt")[0].json["prompt_id"] == "…"

The first reply that fits a call and is not used up answers it, so order matters: a reply with
`times=1` before one without plays a sequence. A call nobody recorded is answered with 501 and is
kept in `unexpected`; leaving the `with` block raises for it, so that no test passes on a call
it did not foresee.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

NOT_RECORDED = 501


@dataclass(frozen=True)
class Call:
    """One request as it came over the wire. `path` is without its query; the names in `headers`
    are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        """None when the body is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass
class Reply:
    """What is answered to calls of `method` whose whole path matches `path_regex`.

    `body` is bytes, text, anything JSON can hold, or a function of the Call that gives one of
    these (or a Reply, whose status, headers and body then count). `body_keys` narrows to JSON
    objects holding all these keys, `query` to these parameters. `delay_s` passes before the
    answer; `drop` reads the call and hangs up without one; `times` is how often it may be used,
    None without end.
    """

    method: str
    path_regex: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = b""
    delay_s: float = 0
    drop: bool = False
    times: int | None = None
    body_keys: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)

    def fits(self, call: Call) -> bool:
        return (
            self.times != 0
            and self.method == call.method
            and re.fullmatch(self.path_regex, call.path) is not None
            and self.query.items() <= call.query.items()
            and self._has_keys(call)
        )

    def _has_keys(self, call: Call) -> bool:
        if not self.body_keys:
            return True
        held = call.json
        return isinstance(held, dict) and set(self.body_keys) <= set(held)


class Player:
    """Plays `replies` at `url` from `start()` to `stop()`; safe for calls from threads."""

    def __init__(self, replies: Iterable[Reply] = ()) -> None:
        self.replies = list(replies)
        self.calls: list[Call] = []
        self.unexpected: list[Call] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Without a slash at the end. Before `start` there is none."""
        assert self._server is not None, "the player is not started"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        player = self

        class Handler(_Handler):
            def respond(self, call: Call) -> Reply:
                return player._answer(call)

            def pause(self, seconds: float) -> None:
                player._stopping.wait(seconds)

        self._server = _Server(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def stop(self) -> None:
        """Nothing listens at `url` afterwards. Stopping twice is harmless."""
        self._stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if error is None and self.unexpected:
            raise AssertionError(f"nobody recorded an answer to {self.paths(self.unexpected)}")

    def calls_to(self, method: str, path_regex: str) -> list[Call]:
        with self._lock:
            return [
                c for c in self.calls if c.method == method and re.fullmatch(path_regex, c.path)
            ]

    def paths(self, calls: Iterable[Call] | None = None) -> list[str]:
        """ "METHOD /path" of every call in the order they came."""
        return [f"{call.method} {call.path}" for call in (self.calls if calls is None else calls)]

    def wait_for(self, method: str, path_regex: str, *, timeout_s: float = 5) -> Call:
        """The first such call, as soon as it is there."""
        ends_at = time.monotonic() + timeout_s
        while not (found := self.calls_to(method, path_regex)):
            if time.monotonic() > ends_at:
                raise AssertionError(f"no {method} {path_regex}; there were {self.paths()}")
            time.sleep(0.01)
        return found[0]

    def _answer(self, call: Call) -> Reply:
        with self._lock:
            self.calls.append(call)
            reply = next((reply for reply in self.replies if reply.fits(call)), None)
            if reply is None:
                self.unexpected.append(call)
                return Reply(call.method, "", NOT_RECORDED, body="not recorded")
            if reply.times is not None:
                reply.times -= 1
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up waiting is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    # Head and body leave apart: with it the second waits 40 ms for the first to be confirmed.
    disable_nagle_algorithm = True

    def respond(self, call: Call) -> Reply:
        raise NotImplementedError

    def pause(self, seconds: float) -> None:
        raise NotImplementedError

    def _handle(self) -> None:
        call = self._read_call()
        reply = self.respond(call)
        if reply.delay_s:
            self.pause(reply.delay_s)
        if reply.drop:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = reply.body(call) if callable(reply.body) else reply.body
        if isinstance(body, Reply):
            reply, body = body, body.body
        self._send(reply, body)

    # http.server looks them up by these names.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815

    def _read_call(self) -> Call:
        parts = urlsplit(self.path)
        return Call(
            method=self.command,
            path=parts.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._read_body(),
            query={name: values[-1] for name, values in _query(parts.query).items()},
        )

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(iter(self._read_chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _read_chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _send(self, reply: Reply, body: Any) -> None:
        content, content_type = _encode(body)
        # Lengths and types are recorded as well; ours fit what is really sent.
        headers = {name.title(): value for name, value in reply.headers.items()}
        headers.setdefault("Content-Type", content_type)
        headers["Content-Length"] = str(len(content))
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


def _query(text: str) -> dict[str, list[str]]:
    return parse_qs(text, keep_blank_values=True)


def _encode(body: Any) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return json.dumps(body).encode(), "application/json"
