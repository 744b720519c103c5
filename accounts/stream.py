"""The event stream: server-sent events out of Event rows. ASGI only (`ryla.asgi`).

A connection costs a coroutine and nothing else while it waits: no thread, no database
connection. It is woken over Redis, and looks anyway at every heartbeat, so that a wake-up
may be lost but an event never. Whoever looks while others do looks with them: thousands of
heartbeats are a few statements. Between events come ticks (`event: progress`, without an id):
how far something is, the latest only, and nothing to be replayed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.events import events_after_each, last_event_id
from accounts.models import Event, Session
from ryla.lib.pubsub import Hub, Inbox

P = ParamSpec("P")
T = TypeVar("T")

HEARTBEAT_S = 15.0
# Ticks of several pictures that come together leave together.
TICKS_EVERY_S = 0.25
RETRY_MS = 2000
PAGE = 200
# Listeners served by one look: what they are told has to fit into memory.
LOOKS_TOGETHER = 100
# Further behind than this a page is drawn anew faster than it is brought up to date.
REPLAYS_AT_MOST = 1000
STREAMS_PER_USER = 10

hub = Hub()


@dataclass(frozen=True)
class Listener:
    """Whose stream this is and the session it lives as long as."""

    user_id: UUID
    session_key: str
    epoch: int

    @property
    def key(self) -> str:
        return str(self.user_id)


@require_GET
async def stream(request: HttpRequest) -> HttpResponseBase:
    """`?after=` or `?last_event_id=` name the last event a page knows; the header a browser
    sends when it reconnects wins. Without one the stream starts at the present."""
    if not isinstance(request, ASGIRequest):
        return _refuse(request, 503, "The event stream is answered by the stream process.")
    user = await request.auser()
    if not user.is_authenticated:
        return _refuse(request, 401, "Sign in to listen.")
    listener = Listener(user.pk, request.session.session_key or "", user.session_epoch)
    # The new one is refused: closing the oldest would have it reconnect and close the next.
    if hub.count(listener.key) >= STREAMS_PER_USER:
        refusal = _refuse(request, 429, "Too many pages are listening already.")
        refusal["Retry-After"] = "15"
        return refusal
    response = StreamingHttpResponse(
        _messages(listener, _asked_position(request)), content_type="text/event-stream"
    )
    response["X-Accel-Buffering"] = "no"
    return _open_to_our_pages(request, response)


def _refuse(request: HttpRequest, status: int, text: str) -> HttpResponseBase:
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    return _open_to_our_pages(request, response)


def _open_to_our_pages(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """In local mode the pages are on another port: theirs are the only origins let in. Compared
    as text, never parsed: what a browser sends is spelt one way, and anything else is refused."""
    response["Cache-Control"] = "no-store"
    origin = request.headers.get("Origin", "")
    if settings.EVENTS_PORT:
        response["Vary"] = "Origin"
        if origin in settings.PAGE_ORIGINS:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Credentials"] = "true"
    return response


def _asked_position(request: HttpRequest) -> int | None:
    asked = (
        request.headers.get("Last-Event-ID")
        or request.GET.get("last_event_id")
        or request.GET.get("after")
        or ""
    )
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None  # noqa: PLR2004


# --- What is sent ------------------------------------------------------------------------------


async def _messages(listener: Listener, position: int | None) -> AsyncIterator[str]:
    await _let_go()
    async with hub.listen(listener.key) as inbox:
        # Counted again: many may have been let in while none was listening yet.
        if hub.count(listener.key) > STREAMS_PER_USER:
            return
        # Listening comes first and reading second: what happens in between is read twice or
        # once, never missed.
        start = await _in_thread(_start, listener.user_id, position)
        position = start.position
        # Only now: whoever has read this line is told what happens from there on.
        yield f"retry: {RETRY_MS}\n\n"
        if start.is_reset:
            yield _reset(position)
        while (told := await _next(listener, inbox, position)) is not None:
            for event in told:
                position = event.pk
                yield _message(event)
            if len(told) == PAGE:
                continue
            beat_at = _now() + HEARTBEAT_S
            while await inbox.wait(until=beat_at):
                if inbox.has_news:
                    break
                if await looks.look(listener) is None:
                    return
                for tick in inbox.take_ticks():
                    yield _tick(tick)
                await inbox.wait(until=min(beat_at, _now() + TICKS_EVERY_S), for_ticks=False)
            else:
                yield ": still here\n\n"


async def _next(listener: Listener, inbox: Inbox, position: int) -> Sequence[Event] | None:
    """What comes meanwhile is news again."""
    inbox.has_news = False
    return await looks.look(listener, position)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _tick(tick: dict[str, Any]) -> str:
    return f"event: progress\ndata: {json.dumps(tick, separators=(',', ':'))}\n\n"


def _message(event: Event) -> str:
    body = {
        "id": event.pk,
        "kind": event.kind,
        "subject": event.subject,
        "data": event.data,
    }
    return f"id: {event.pk}\ndata: {json.dumps(body, separators=(',', ':'))}\n\n"


def _reset(position: int) -> str:
    """The page has missed too much and looks at everything anew."""
    return f'id: {position}\nevent: reset\ndata: {{"id":{position}}}\n\n'


# --- What is read ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    position: int
    is_reset: bool = False


def _start(user_id: UUID, asked: int | None) -> Start:
    newest = last_event_id(user_id)
    if asked is None or asked == newest:
        return Start(newest)
    # Ahead of us: the rows were put back to an older state, or the number is made up.
    if asked > newest or len(_ids_after(user_id, asked)) > REPLAYS_AT_MOST:
        return Start(newest, is_reset=True)
    return Start(asked)


def _ids_after(user_id: UUID, position: int) -> Sequence[int]:
    rows = Event.objects.filter(user_id=user_id, id__gt=position).order_by("id")
    return list(rows.values_list("id", flat=True)[: REPLAYS_AT_MOST + 1])


@dataclass(frozen=True)
class Look:
    """One listener's question: what comes after `position`? None asks whether it may go on."""

    listener: Listener
    position: int | None
    answer: asyncio.Future[Sequence[Event] | None]


@dataclass
class Looks:
    """Questions that come while some are being answered are answered together, after them. Use
    from one event loop."""

    _waiting: list[Look] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None

    async def look(self, listener: Listener, position: int | None = None) -> Sequence[Event] | None:
        """The next events; None once the session has ended."""
        look = Look(listener, position, asyncio.get_running_loop().create_future())
        self._waiting.append(look)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return await look.answer

    async def _read(self) -> None:
        while self._waiting:
            together = self._waiting[:LOOKS_TOGETHER]
            del self._waiting[:LOOKS_TOGETHER]
            wanted = [look for look in together if not look.answer.done()]  # others have gone
            try:
                told = await _in_thread(_look_for_all, wanted)
            except Exception as error:
                _answer_all(wanted, error)
            else:
                _answer_all(wanted, told)


def _answer_all(looks: Sequence[Look], told: Sequence[Sequence[Event] | None] | Exception) -> None:
    for number, look in enumerate(looks):
        if look.answer.done():
            continue
        if isinstance(told, Exception):
            look.answer.set_exception(told)
        else:
            look.answer.set_result(told[number])


looks = Looks()


def _look_for_all(looks: Sequence[Look]) -> list[Sequence[Event] | None]:
    """Of each the next events, None once its session has ended. The sessions are asked about
    second, so that nothing told after their end can leave."""
    asked = {(look.listener.user_id, look.position) for look in looks if look.position is not None}
    told = events_after_each(asked, limit=PAGE)
    live = _live_among({look.listener for look in looks})
    return [_told_to(look, told) if look.listener in live else None for look in looks]


def _told_to(look: Look, told: Mapping[tuple[UUID, int], Sequence[Event]]) -> Sequence[Event]:
    return () if look.position is None else told.get((look.listener.user_id, look.position), ())


def _live_among(listeners: Collection[Listener]) -> set[Listener]:
    """Those whose session is there, if nothing has ended all of its user's since."""
    rows = Session.objects.filter(
        pk__in=[listener.session_key for listener in listeners],
        expire_date__gt=timezone.now(),
        user__is_active=True,
    )
    found = rows.values_list("user_id", "pk", "user__session_epoch")
    return {Listener(*row) for row in found} & set(listeners)


async def _in_thread(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """On one of the few threads that all streams share, giving the connection back."""

    def work() -> T:
        close_old_connections()
        try:
            return read(*args, **kwargs)
        finally:
            connections.close_all()

    return await sync_to_async(work, thread_sensitive=False)()


async def _let_go() -> None:
    """Django gives every request a thread of its own and that one a connection: both would
    be held for as long as the stream is open. Done here and not in the view, because the
    middleware uses the thread once more on the way out."""
    await sync_to_async(connections.close_all)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if executor is not None:
        executor.shutdown(wait=False)
