"""The stream over ASGI itself: no server in between, and once through a real one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.core.asgi import get_asgi_application
from django.db import OperationalError, connection, connections
from django.test import Client

from accounts import events, services, stream
from accounts.models import Event, Session, User
from accounts.stream import Listener, Looks
from ryla.lib import pubsub
from ryla.lib.pubsub import TICKS_KEPT, Hub, Inbox, tick
from tests.builders import make_user

pytestmark = pytest.mark.django_db(transaction=True)

STREAM_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


@pytest.fixture(autouse=True)
def _quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MIDDLEWARE = STREAM_MIDDLEWARE
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.3)
    # One per event loop, and every test runs its own loop.
    monkeypatch.setattr(stream, "hub", Hub())
    monkeypatch.setattr(stream, "looks", Looks())


@dataclass
class Connection:
    """One request to the stream, as a server would carry it."""

    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    method: str = "GET"

    status: int = 0
    answer: dict[str, str] = field(default_factory=dict)

    async def __aenter__(self) -> Connection:
        self._sent: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._asked = False
        self._started = asyncio.Event()
        self._text = ""
        self._task = asyncio.create_task(
            get_asgi_application()(self._scope(), self._receive, self._send)
        )
        self._task.add_done_callback(lambda _: (self._sent.put_nowait(None), self._started.set()))
        await asyncio.wait_for(self._started.wait(), 10)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._gone.set()
        await asyncio.wait_for(self._task, 10)

    def _scope(self) -> dict[str, Any]:
        headers = {"host": "127.0.0.1:8001", "cookie": self.cookie} | self.headers
        return {
            "type": "http",
            "method": self.method,
            "path": "/events/",
            "query_string": self.query.encode(),
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items() if v],
            "server": ("127.0.0.1", 8001),
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
        }

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.answer = {k.decode().lower(): v.decode() for k, v in message["headers"]}
            self._started.set()
        else:
            self._sent.put_nowait(message.get("body", b""))

    async def block(self, timeout_s: float = 5) -> str | None:
        """The next block of lines; None at the end of the stream."""
        while "\n\n" not in self._text:
            piece = await asyncio.wait_for(self._sent.get(), timeout_s)
            if piece is None:
                return None
            self._text += piece.decode()
        block, self._text = self._text.split("\n\n", 1)
        return block

    async def event(self, timeout_s: float = 5) -> dict[str, Any] | None:
        """The next event, past heartbeats; None at the end. `name` is its SSE type."""
        while (block := await self.block(timeout_s)) is not None:
            lines = dict(line.split(": ", 1) for line in block.split("\n") if line[0] != ":")
            if "data" in lines:
                body = json.loads(lines["data"])
                assert str(body.get("id", "")) == lines.get("id", "")
                return {"name": lines.get("event", "message"), **body}
        return None

    async def is_over(self) -> bool:
        return await self.event() is None


def cookie_of(browser: Client) -> str:
    return f"{django_settings.SESSION_COOKIE_NAME}={browser.session.session_key}"


@pytest.fixture
def cookie(client_of: Callable[[User], Client], user: User) -> str:
    return cookie_of(client_of(user))


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))


async def elsewhere(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """As another process would: on a thread of its own, committed when it returns."""

    def whole() -> Any:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return await sync_to_async(whole, thread_sensitive=False)()


def emit(user: User, subject: object, **data: Any) -> Event:
    return events.emit(user, "tests.thing.happened", subject, data)


# --- who may listen -----------------------------------------------------------------------------


def test_stream_refuses_people_who_are_signed_out():
    async def test() -> None:
        async with Connection() as refused:
            assert refused.status == 401

    run(test)


def test_stream_answers_get_only(cookie):
    async def test() -> None:
        async with Connection(cookie, method="POST") as refused:
            assert refused.status == 405

    run(test)


def test_stream_is_not_answered_by_the_web_process(client_of, user):
    assert client_of(user).get("/events/").status_code == 503


def test_stream_headers_keep_proxies_from_holding_it_back(cookie):
    async def test() -> None:
        async with Connection(cookie) as listener:
            assert listener.status == 200
            assert listener.answer["content-type"] == "text/event-stream"
            assert listener.answer["cache-control"] == "no-store"
            assert listener.answer["x-accel-buffering"] == "no"
            assert "access-control-allow-origin" not in listener.answer
            assert await listener.block() == "retry: 2000"

    run(test)


@pytest.mark.parametrize(
    ("port", "origin", "is_let_in"),
    [
        (8001, "http://127.0.0.1:8000", True),
        (8001, "http://localhost:8000", True),
        (8001, "http://127.0.0.1:8002", False),
        (8001, "http://127.0.0.1", False),
        (8001, "https://127.0.0.1:8000", False),
        (8001, "http://[", False),
        (8001, "http://127.0.0.1:8000, http://evil.example", False),
        (8001, "http://evil.example", False),
        (8001, "http://127.0.0.1.evil.example:8000", False),
        (8001, "null", False),
        (0, "http://127.0.0.1:8000", False),
    ],
)
def test_stream_lets_pages_of_this_site_in_and_no_others(cookie, settings, port, origin, is_let_in):
    settings.EVENTS_PORT = port

    async def test() -> None:
        for signed_in in (cookie, ""):
            async with Connection(signed_in, {"Origin": origin}) as listener:
                assert listener.status == (200 if signed_in else 401)
                allowed = listener.answer.get("access-control-allow-origin")
                assert allowed == (origin if is_let_in else None)
                assert ("access-control-allow-credentials" in listener.answer) is is_let_in
                assert ("Origin" in listener.answer.get("vary", "")) is bool(port)

    run(test)


def test_stream_refuses_the_eleventh_page_until_one_closes(client_of, user, stranger):
    mine, theirs = cookie_of(client_of(user)), cookie_of(client_of(stranger))

    async def open_one(cookie: str) -> Connection:
        connection = await Connection(cookie).__aenter__()
        if connection.status == 200:
            await connection.block()
        return connection

    async def test() -> None:
        opened = [await open_one(mine) for _ in range(10)]
        assert [c.status for c in opened] == [200] * 10
        refused = await open_one(mine)
        assert (refused.status, refused.answer["retry-after"]) == (429, "15")
        other = await open_one(theirs)
        assert other.status == 200

        await opened.pop().__aexit__()
        again = await open_one(mine)
        assert again.status == 200
        for each in [*opened, other, again]:
            await each.__aexit__()

    run(test)


def test_stream_lets_a_crowd_in_only_up_to_the_limit(cookie, user):
    async def test() -> None:
        crowd = [Connection(cookie) for _ in range(16)]
        await asyncio.gather(*(c.__aenter__() for c in crowd))
        await asyncio.sleep(1)
        assert stream.hub.count(str(user.pk)) <= stream.STREAMS_PER_USER
        await asyncio.gather(*(c.__aexit__() for c in crowd))
        assert stream.hub.count(str(user.pk)) == 0

    run(test)


# --- what arrives -------------------------------------------------------------------------------


def test_stream_tells_what_happens_from_now_on(cookie, user):
    emit(user, "before")

    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            event = await elsewhere(emit, user, "now", image="7")
            assert await listener.event() == {
                "name": "message",
                "id": event.pk,
                "kind": "tests.thing.happened",
                "subject": "now",
                "data": {"image": "7"},
            }

    run(test)


def test_stream_tells_at_once_and_not_at_the_heartbeat(cookie, user, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 30)

    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            await asyncio.sleep(0.5)  # the subscription is there
            began = time.monotonic()
            await elsewhere(emit, user, "now")
            assert (await listener.event())["subject"] == "now"
            assert time.monotonic() - began < 5

    run(test)


def test_stream_never_tells_what_is_somebody_elses(cookie, user, stranger):
    async def test() -> None:
        async with Connection(cookie, query="after=0") as listener:
            await elsewhere(emit, stranger, "theirs")
            await elsewhere(emit, user, "mine")
            await elsewhere(emit, stranger, "theirs again")
            assert (await listener.event())["subject"] == "mine"
            assert (await listener.block()).startswith(":")

    run(test)


@pytest.mark.parametrize("how", ["header", "after", "last_event_id"])
def test_stream_replays_what_came_after_the_last_event(cookie, user, how):
    ids = [emit(user, n).pk for n in range(4)]

    known = str(ids[1])
    asked = (
        Connection(cookie, {"Last-Event-ID": known}, query="after=0")
        if how == "header"
        else Connection(cookie, query=f"{how}={known}")
    )

    async def test() -> None:
        async with asked as listener:
            assert [(await listener.event())["id"] for _ in range(2)] == ids[2:]
            assert (await listener.block()).startswith(":")

    run(test)


@pytest.mark.parametrize("known", ["nonsense", "-1", "9" * 30, "١"])
def test_stream_starts_at_the_present_when_the_position_is_no_number(cookie, user, known):
    emit(user, "before")

    async def test() -> None:
        async with Connection(cookie, query=f"after={known}") as listener:
            await listener.block()
            await elsewhere(emit, user, "now")
            assert (await listener.event())["subject"] == "now"

    run(test)


def test_stream_replays_more_than_a_page_in_order(cookie, user):
    ids = [emit(user, n).pk for n in range(stream.PAGE * 2 + 7)]

    async def test() -> None:
        async with Connection(cookie, query="after=0") as listener:
            assert [(await listener.event())["id"] for _ in ids] == ids

    run(test)


def test_stream_far_behind_says_reset_once_and_goes_on(cookie, user, monkeypatch):
    monkeypatch.setattr(stream, "REPLAYS_AT_MOST", 5)
    ids = [emit(user, n).pk for n in range(6)]

    async def test() -> None:
        async with Connection(cookie, query="after=0") as listener:
            assert await listener.event() == {"name": "reset", "id": ids[-1]}
            await elsewhere(emit, user, "now")
            assert (await listener.event())["subject"] == "now"
        async with Connection(cookie, query=f"after={ids[1]}") as listener:
            assert (await listener.event())["id"] == ids[2]

    run(test)


def test_stream_far_behind_means_ones_own_events(cookie, user, stranger, monkeypatch):
    monkeypatch.setattr(stream, "REPLAYS_AT_MOST", 5)
    for number in range(9):
        emit(stranger, number)
    emit(user, "mine")

    async def test() -> None:
        async with Connection(cookie, query="after=0") as listener:
            assert (await listener.event())["subject"] == "mine"

    run(test)


def test_stream_ahead_of_the_database_says_reset(cookie, user):
    last = emit(user, "only").pk

    async def test() -> None:
        async with Connection(cookie, {"Last-Event-ID": str(last + 1000)}) as listener:
            assert await listener.event() == {"name": "reset", "id": last}

    run(test)


def test_stream_keeps_order_and_loses_nothing_under_many_writers(cookie, user):
    writers, each = 4, 25

    def write(writer: int) -> None:
        for number in range(each):
            emit(user, f"{writer}-{number}")

    async def read(listener: Connection) -> list[dict[str, Any]]:
        return [await listener.event(15) for _ in range(writers * each)]

    async def test() -> None:
        async with Connection(cookie, query="after=0") as listener:
            work = [asyncio.create_task(elsewhere(write, w)) for w in range(writers)]
            reading = asyncio.create_task(read(listener))
            await asyncio.gather(*work)  # a writer that fails says so
            told = await reading
        ids = [event["id"] for event in told]
        assert ids == sorted(ids)
        assert len({event["subject"] for event in told}) == writers * each

    run(test)


def test_stream_beats_while_nothing_happens(cookie):
    async def test() -> None:
        async with Connection(cookie) as listener:
            assert await listener.block() == "retry: 2000"
            assert [await listener.block() for _ in range(2)] == [": still here"] * 2

    run(test)


def test_stream_without_redis_tells_at_the_heartbeat(cookie, user, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            await elsewhere(Event.objects.create, user=user, kind="tests.a.b", subject="quiet")
            assert (await listener.event())["subject"] == "quiet"

    run(test)


# --- looking together ---------------------------------------------------------------------------


def listener_of(browser: Client, user: User) -> Listener:
    return Listener(user.pk, browser.session.session_key, user.session_epoch)


def test_looks_that_come_together_are_one_and_each_is_told_its_own(
    client_of, user, stranger, monkeypatch
):
    browser, theirs, gone = client_of(user), client_of(stranger), client_of(user)
    ended = listener_of(gone, user)
    gone.session.delete()
    ours = [emit(user, number) for number in range(3)]
    emit(stranger, "theirs")
    rounds: list[int] = []
    look_for_all = stream._look_for_all
    monkeypatch.setattr(
        stream, "_look_for_all", lambda looks: (rounds.append(len(looks)), look_for_all(looks))[1]
    )

    async def test() -> None:
        mine = listener_of(browser, user)
        told = await asyncio.gather(
            stream.looks.look(mine, 0),
            stream.looks.look(mine, ours[1].pk),
            stream.looks.look(mine, ours[2].pk),
            stream.looks.look(mine),
            stream.looks.look(listener_of(theirs, stranger), 0),
            stream.looks.look(ended, 0),
        )
        subjects = [None if one is None else [event.subject for event in one] for one in told]
        assert subjects == [["0", "1", "2"], ["2"], [], [], ["theirs"], None]

    run(test)
    assert rounds == [6]


def test_looks_of_many_take_two_statements(client_of, user, stranger, django_assert_num_queries):
    looks = [
        stream.Look(listener_of(client_of(whose), whose), position, mock.Mock())
        for whose in (user, stranger)
        for position in (0, 5, None)
    ]
    with django_assert_num_queries(2):
        assert stream._look_for_all(looks) == [(), (), (), (), (), ()]


def test_looks_are_answered_in_rounds_of_a_bearable_size(client_of, user, monkeypatch):
    monkeypatch.setattr(stream, "LOOKS_TOGETHER", 2)
    browser = client_of(user)
    emit(user, "it")

    async def test() -> None:
        mine = listener_of(browser, user)
        told = await asyncio.gather(*(stream.looks.look(mine, 0) for _ in range(5)))
        assert [[event.subject for event in one] for one in told] == [["it"]] * 5

    run(test)


def test_looks_that_fail_fail_for_those_who_asked_and_the_next_goes_on(
    client_of, user, monkeypatch
):
    browser = client_of(user)

    def fail(looks: object) -> None:
        raise OperationalError("away")

    async def test() -> None:
        mine = listener_of(browser, user)
        with monkeypatch.context() as away:
            away.setattr(stream, "_look_for_all", fail)
            answers = await asyncio.gather(
                *(stream.looks.look(mine, 0) for _ in range(2)), return_exceptions=True
            )
        assert [type(answer) for answer in answers] == [OperationalError] * 2
        assert await stream.looks.look(mine, 0) == ()

    run(test)


def test_look_of_somebody_who_has_gone_holds_nobody_up(client_of, user):
    browser = client_of(user)

    async def test() -> None:
        mine = listener_of(browser, user)
        gone, here = (asyncio.create_task(stream.looks.look(mine, 0)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        assert await here == ()

    run(test)


def test_events_after_each_are_those_after_one(user, stranger):
    for number in range(5):
        for whose in (user, stranger):
            emit(whose, number)
    ids = list(Event.objects.order_by("id").values_list("id", flat=True))
    asked = [(whose.pk, last) for whose in (user, stranger) for last in (0, ids[3], ids[-1])]
    told = events.events_after_each(asked, limit=3)
    for user_id, last in asked:
        one = events.events_after(user_id, last, limit=3)
        assert list(told.get((user_id, last), ())) == list(one)
    assert events.events_after_each([]) == {}


# --- ticks: how far something is ----------------------------------------------------------------


def say(user: User, subject: str, percent: int) -> None:
    """A tick, whatever was said a moment ago."""
    pubsub._publisher().delete(f"ryla:tick:{subject}")
    tick(str(user.pk), subject, percent=percent)


def test_stream_tells_ticks_without_an_id_and_without_a_row(cookie, user):
    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            await asyncio.sleep(0.2)
            await elsewhere(say, user, "item", 40)
            while (block := await listener.block()).startswith(":"):
                pass
            assert block == 'event: progress\ndata: {"subject":"item","percent":40}'

    run(test)
    assert not Event.objects.exists()


def test_stream_never_tells_ticks_of_somebody_else(cookie, user, stranger):
    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            await asyncio.sleep(0.2)
            await elsewhere(say, stranger, "theirs", 10)
            await elsewhere(say, user, "mine", 20)
            assert await listener.event() == {"name": "progress", "subject": "mine", "percent": 20}
            assert (await listener.block()).startswith(":")

    run(test)


def test_stream_tells_of_a_burst_only_the_latest_of_each(cookie, user, monkeypatch):
    monkeypatch.setattr(stream, "TICKS_EVERY_S", 0.6)
    monkeypatch.setattr(stream, "HEARTBEAT_S", 5)

    def burst() -> None:
        for percent in range(2, 30):
            say(user, f"item-{percent % 2}", percent)

    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            await asyncio.sleep(0.2)
            await elsewhere(say, user, "first", 1)
            assert (await listener.event())["subject"] == "first"
            await elsewhere(burst)
            told = [await listener.event() for _ in range(2)]
            assert [(t["subject"], t["percent"]) for t in told] == [("item-0", 28), ("item-1", 29)]

    run(test)


def test_stream_lets_no_tick_delay_an_event(cookie, user, monkeypatch):
    monkeypatch.setattr(stream, "TICKS_EVERY_S", 30)
    monkeypatch.setattr(stream, "HEARTBEAT_S", 30)

    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            await asyncio.sleep(0.2)
            await elsewhere(say, user, "item", 1)
            assert (await listener.event())["name"] == "progress"
            await elsewhere(emit, user, "now")
            assert (await listener.event())["subject"] == "now"

    run(test)


def test_stream_of_an_ended_session_tells_no_tick(client_of, user, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 30)
    browser = client_of(user)

    async def test() -> None:
        async with Connection(cookie_of(browser)) as listener:
            await listener.block()
            await asyncio.sleep(0.2)
            await elsewhere(Session.objects.filter(pk=browser.session.session_key).delete)
            await elsewhere(say, user, "item", 1)
            assert await listener.is_over()

    run(test)


def test_tick_is_said_once_in_a_while_and_of_each_by_itself(user, settings):
    client = pubsub._publisher()
    client.delete("ryla:tick:a", "ryla:tick:b")
    listener = client.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(pubsub.CHANNEL)
    listener.get_message(timeout=1)
    for subject, percent in (("a", 1), ("a", 2), ("b", 3), ("a", 4)):
        tick(str(user.pk), subject, percent=percent)
    said = [m["data"].decode() for _ in range(6) if (m := listener.get_message(timeout=0.1))]
    listener.close()
    assert said == [
        f'{user.pk}\n{{"subject":"{subject}","percent":{percent}}}'
        for subject, percent in (("a", 1), ("b", 3))
    ]
    assert 0 < client.pttl("ryla:tick:a") <= pubsub.TICK_EVERY_MS


def test_inbox_of_a_listener_that_never_reads_stays_small():
    async def test() -> None:
        inbox = Inbox()
        for number in range(1000):
            inbox.put_tick({"subject": f"item-{number}", "percent": 1})
            inbox.put_tick({"subject": f"item-{number}", "percent": 2})
        kept = inbox.take_ticks()
        assert [tick["subject"] for tick in kept] == [
            f"item-{number}" for number in range(1000 - TICKS_KEPT, 1000)
        ]
        assert {tick["percent"] for tick in kept} == {2}
        assert inbox.take_ticks() == []

    run(test)


@pytest.mark.parametrize("message", ["{key}\nnonsense", "{key}\n[1]", '{key}\n{{"percent":1}}'])
def test_hub_survives_what_is_no_tick(cookie, user, message):
    async def test() -> None:
        async with Connection(cookie) as listener:
            await listener.block()
            await asyncio.sleep(0.2)
            text = message.format(key=user.pk)
            await elsewhere(pubsub._publisher().publish, pubsub.CHANNEL, text)
            await elsewhere(say, user, "item", 5)
            assert (await listener.event())["percent"] == 5

    run(test)


# --- when it ends -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end",
    [
        lambda user, key: services.end_all_sessions(user=user),
        lambda user, key: services.end_session(user=user, handle=services.session_handle(key)),
        lambda user, key: services.deactivate_user(user=user),
        lambda user, key: Session.objects.filter(pk=key).delete(),
        lambda user, key: User.objects.filter(pk=user.pk).update(session_epoch=9),
    ],
    ids=["everywhere", "this one", "deactivated", "signed out", "epoch alone"],
)
def test_stream_ends_with_the_session_and_tells_nothing_more(client_of, user, end):
    browser = client_of(user)

    async def test() -> None:
        async with Connection(cookie_of(browser)) as listener:
            await listener.block()
            await elsewhere(end, user, browser.session.session_key)
            await elsewhere(emit, user, "too late")
            assert await listener.is_over()

    run(test)


def test_stream_of_one_session_outlives_another(client_of, user):
    here, there = client_of(user), client_of(user)

    async def test() -> None:
        async with Connection(cookie_of(here)) as listener:
            await listener.block()
            await elsewhere(
                services.end_session,
                user=user,
                handle=services.session_handle(there.session.session_key),
            )
            await elsewhere(emit, user, "still")
            assert (await listener.event())["subject"] == "still"

    run(test)


def test_stream_holds_neither_thread_nor_database_connection(client_of):
    cookies = [cookie_of(client_of(make_user())) for _ in range(30)]

    def database_sessions() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            return int(cursor.fetchone()[0])

    async def test() -> None:
        before = threading.active_count()
        async with asyncio.TaskGroup() as group:
            opened = [group.create_task(Connection(c).__aenter__()) for c in cookies]
        await asyncio.sleep(1)
        assert [task.result().status for task in opened] == [200] * 30
        # The pool and the shared readers, however many listen.
        assert threading.active_count() - before < 20
        assert await elsewhere(database_sessions) < 15
        for task in opened:
            await task.result().__aexit__()

    run(test)


def test_hub_stops_whenever_it_is_canceled():
    """redis-py's own timeouts made it deaf now and then, and the process never ended."""

    async def start_and_cancel(pause_s: float) -> bool:
        hub = Hub()
        async with hub.listen("somebody"):
            await asyncio.sleep(pause_s)
        hub._reader.cancel()
        done, _ = await asyncio.wait([hub._reader], timeout=5)
        hub._reader.cancel()
        return bool(done)

    async def test() -> None:
        assert all([await start_and_cancel(step / 5000) for step in range(60)])

    run(test)


# --- through a real server ----------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = connection.settings_dict
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database['NAME']}").geturl()
    log = (tmp_path / "server.log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1"),
            *("--host", "127.0.0.1", "--port", str(port), "ryla.asgi:application"),
        ],
        env=os.environ | {"DATABASE_URL": url, "EVENTS_PORT": str(port)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, tmp_path / "server.log")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        log.close()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{address}/healthz", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(log.read_text())


def test_stream_process_answers_the_stream_and_nothing_else(server, client_of, user):
    cookies = {django_settings.SESSION_COOKIE_NAME: client_of(user).session.session_key}
    event = emit(user, "first")

    assert httpx.get(f"{server}/healthz").text == "ok"
    assert httpx.get(f"{server}/sign-in/").status_code == 404
    assert httpx.get(f"{server}/events/").status_code == 401
    with (
        httpx.Client(cookies=cookies, timeout=10) as browser,
        browser.stream("GET", f"{server}/events/?after=0") as listener,
    ):
        lines = listener.iter_lines()
        told = [line for line in (next(lines) for _ in range(4)) if line]
        assert told[:2] == ["retry: 2000", f"id: {event.pk}"]
        emit(user, "second")
        assert '"subject":"second"' in next(line for line in lines if "second" in line)
