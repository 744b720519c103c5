"""The parts that get killed: real servers, a real Celery worker, and a web server.

Worker and web server are forked from a process that has everything loaded, so that another one
is there within tenths of a second. A worker can also be stopped for a while (SIGSTOP) as another
takes its place; when it goes on it ends what it was at, and leaves.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from celery.signals import task_postrun
from django.conf import settings
from django.core.cache import close_caches
from django.core.files.storage import storages
from django.db import close_old_connections, connection, connections
from django.test import Client, override_settings
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import ConnectionError as LineCut
from redis.exceptions import TimeoutError as NoAnswer

from generation.models import JobItem
from ryla.celery import app
from ryla.lib import pubsub
from ryla.local.servers import EmbeddedServer
from tests.chaos.points import SLEEPER, WEB, WORKER, Point, Trap
from tests.chaos.servers import die_with_parent, talk_to

RING_EVERY_S = 0.25
_TO_ANSWER_S = 1.0
_LOOK_EVERY_S = 0.1
# How long a server stays away whose death nobody waits for.
_AWAY_S = 0.2


class Stuck(AssertionError):
    """Something did not come about in time."""


class Child:
    """A forked process that `works` at the other end of `line` until it is killed."""

    def __init__(self, role: str, work: Callable[[socket.socket], None], log: Path) -> None:
        self.role = role
        self.deaths = 0
        self.ended_with = 0  # as its process said it
        self._work = work
        self._log = log
        self._pid = 0
        self._heard = b""
        self.line: socket.socket | None = None

    def start(self, siblings: Sequence[Child]) -> None:
        # Nothing that is open here may be shared with it.
        connections.close_all()
        ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if not self._pid:
            for sibling in siblings:
                if sibling.line:
                    sibling.line.close()
            ours.close()
            self._be_child(theirs)
        theirs.close()
        self.line, self._heard = ours, b""

    def _be_child(self, line: socket.socket) -> None:
        """Never returns."""
        try:
            die_with_parent()
            talk_to(self._log)
            faulthandler.register(signal.SIGUSR1)
            _forget_parents_connections()
            self._work(line)
        finally:
            os._exit(1)

    def kill(self) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._bury()

    def ask_where(self) -> None:
        """Its threads' stacks go into the log."""
        if self._pid:
            os.kill(self._pid, signal.SIGUSR1)

    def is_dead(self) -> bool:
        """True once, when it died by itself."""
        if not self._pid:
            return True
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            self.ended_with = os.waitstatus_to_exitcode(status)
            self._bury()
        return bool(pid)

    def stop(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """It is to leave after what it is at."""
        self.tell(leave=True)
        os.kill(self._pid, signal.SIGCONT)

    def _bury(self) -> None:
        self._pid = 0
        self.deaths += 1
        if self.line:
            self.line.close()
            self.line = None

    def tell(self, **words: Any) -> None:
        assert self.line is not None
        with suppress(OSError):
            self.line.sendall(json.dumps(words).encode() + b"\n")

    def hear(self) -> list[dict[str, Any]]:
        """What it said since; call when its line is readable."""
        assert self.line is not None
        with suppress(OSError):
            self._heard += self.line.recv(1 << 20)
        *lines, self._heard = self._heard.split(b"\n")
        return [json.loads(line) for line in lines]


class Sleep:
    """A worker that was stopped with an item in its hands, and goes on `for_s` after another was
    given it, or, where it had none, after its lease would have run out."""

    def __init__(self, child: Child, for_s: float) -> None:
        self.child = child
        self._for_s = for_s
        held = JobItem.objects.filter(lease_id__isnull=False)
        self._leases: list[UUID] = list(held.values_list("lease_id", flat=True))
        self._lost_at = 0.0 if self._leases else time.monotonic() + settings.JOB_LEASE_S
        self.is_over = False

    def wake_if_due(self) -> None:
        if not self._lost_at and not JobItem.objects.filter(lease_id__in=self._leases).exists():
            self._lost_at = time.monotonic()
        if self._lost_at and not self.is_over and time.monotonic() > self._lost_at + self._for_s:
            self.is_over = True
            self.child.go_on()


class House:
    """All parts, up and running."""

    def __init__(self, servers: dict[str, EmbeddedServer], trap: Trap, log: Path) -> None:
        self.servers = servers
        self.trap = trap
        self._worker = Child(WORKER, self._be_worker, log)
        self._web = Child(WEB, self._be_web, log)
        self._children = {WORKER: self._worker, WEB: self._web}
        self._answer: tuple[int, Any] | None = None
        self._ring_at = 0.0
        self._broker: Connection | None = None
        self._blow: tuple[str, bool, float] | None = None
        self._sleep: Sleep | None = None
        self._log = log
        self.fell_at = 0.0  # of the last blow, as time.time() says it

    def open(self) -> None:
        app.loader.import_default_modules()
        app.finalize()
        os.environ["CELERY_SKIP_CHECKS"] = "1"
        gc.freeze()  # or each child's first collection copies all of these pages
        for child in self._children.values():
            self._start(child)

    def close(self) -> None:
        self._hang_up()
        for child in self._everybody():
            child.kill()

    def ask_where(self) -> None:
        for child in self._everybody():
            child.ask_where()
        time.sleep(_TO_ANSWER_S)

    def _start(self, child: Child) -> None:
        self._hang_up()  # a child must not share it
        child.start([c for c in self._everybody() if c is not child])

    def _everybody(self) -> list[Child]:
        return [*self._children.values(), *([self._sleep.child] if self._sleep else [])]

    # --- What the children are --------------------------------------------------------------

    def _be_worker(self, line: socket.socket) -> None:
        _use_pool()
        self.trap.join(WORKER, lambda: _leave_after_task() if _call_out(line) else None)
        worker = app.Worker(
            pool="solo",
            queues=["jobs", "clock"],
            hostname=f"chaos-{os.getpid()}@localhost",
            loglevel="INFO",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        worker.start()

    def _be_web(self, line: socket.socket) -> None:
        _use_pool()
        self.trap.join(WEB, lambda: _call_out(line))
        client = new_client()
        for words in line.makefile("r"):
            answer = ask_web(client, **json.loads(words))
            line.sendall(json.dumps({"answer": answer}).encode() + b"\n")

    # --- What clients and clocks do ---------------------------------------------------------

    def ask(self, path: str, body: Any = None, *, timeout_s: float = 30, **words: Any) -> Any:
        """Status and body of a POST, repeated until a web server lives long enough to answer it
        and has nothing worse to say than a refusal."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            self._answer, deaths = None, self._web.deaths
            self._web.tell(path=path, body=body, **words)
            self.run(lambda: self._answer or self._web.deaths > deaths, timeout_s=timeout_s)  # noqa: B023
            if self._answer and self._answer[0] < 500:
                return self._answer
        raise Stuck(f"no answer from {path}: {self._answer}")

    def run(
        self, until: Callable[[], Any], *, timeout_s: float, task: str = "", hope: str = "an answer"
    ) -> None:
        """Ring the clock, deal the blow, raise the dead, until that is true. Raises Stuck, which
        names what was hoped for."""
        deadline = time.monotonic() + timeout_s
        while not until():
            if time.monotonic() > deadline:
                raise Stuck(f"waited {timeout_s:.0f} s in vain for {hope}")
            self._ring("generation.sweep", *filter(None, [task]))
            self._listen()
            for child in list(self._children.values()):
                if child.is_dead():
                    self._start(child)
            if self._sleep:
                self._watch(self._sleep)

    def _ring(self, *tasks: str) -> None:
        """The messages that beat would send."""
        if time.monotonic() < self._ring_at:
            return
        self._ring_at = time.monotonic() + RING_EVERY_S
        broker = self._broker = self._broker or app.connection_for_write()
        try:
            for task in tasks:
                app.send_task(task, connection=broker, retry=False, expires=1)
        except (BrokerAway, OSError, LineCut, NoAnswer):
            self._hang_up()  # the next ring finds whoever came back

    def _hang_up(self) -> None:
        broker, self._broker = self._broker, None
        if broker:
            broker.release()

    def _listen(self) -> None:
        lines = {child.line: child for child in self._everybody() if child.line}
        for line in select.select(list(lines), [], [], _LOOK_EVERY_S)[0]:
            child = lines[line]
            for said in child.hear():
                if "answer" in said:
                    self._answer = tuple(said["answer"])  # type: ignore[assignment]
                else:
                    self._strike(child)

    # --- What happens to them ---------------------------------------------------------------

    def set_trap(
        self,
        point: Point,
        *,
        part: str,
        skip: int = 0,
        is_away: bool = False,
        sleeps_s: float = 0.0,
    ) -> None:
        """`part` dies as soon as somebody comes to that point for the `skip`+1st time."""
        self._blow = (part, is_away, sleeps_s)
        self.trap.set(point, skip=skip)

    @property
    def is_anybody_asleep(self) -> bool:
        return self._sleep is not None

    def _strike(self, caught: Child) -> None:
        assert self._blow is not None
        part, is_away, sleeps_s = self._blow
        self.fell_at = time.time()
        if part == SLEEPER:
            self._put_to_sleep(caught, sleeps_s)
            return
        if part in self._children:
            child = self._children[part]
            child.kill()
            self._start(child)
            return
        server = self.servers[part]
        assert server.pid
        os.killpg(server.pid, signal.SIGKILL)
        if is_away:
            caught.tell(go=True)
            time.sleep(_AWAY_S)
        server.restart()
        connections.close_all()
        self._hang_up()
        if not is_away:
            caught.tell(go=True)

    def _put_to_sleep(self, worker: Child, for_s: float) -> None:
        worker.stop()
        self._sleep = Sleep(worker, for_s)
        self._worker = self._children[WORKER] = Child(WORKER, self._be_worker, self._log)
        self._start(self._worker)

    def _watch(self, sleep: Sleep) -> None:
        """Raises Stuck for one that did not go quietly: what it had lost is no error."""
        sleep.wake_if_due()
        if not sleep.child.is_dead():
            return
        self._sleep = None
        if sleep.child.ended_with:
            raise Stuck(f"who slept went with {sleep.child.ended_with}")


def _use_pool() -> None:
    connection.settings_dict["OPTIONS"]["pool"] = settings.POOL_OF_CHILDREN


def prime_storage() -> None:
    """A client to the picture store that every child inherits ready, and nobody's connection."""
    storages._storages.clear()
    _ = storages["images"].bucket


def _call_out(line: socket.socket) -> bool:
    """Whether to leave after the task, once told to go on."""
    line.sendall(b'{"caught": true}\n')
    told = line.recv(100)
    if not told:
        os._exit(1)
    return "leave" in json.loads(told)


def _leave_after_task() -> None:
    def leave(state: str, **_: Any) -> None:
        os._exit(0 if state == "SUCCESS" else 1)

    task_postrun.connect(leave, weak=False)


def new_client() -> Client:
    return Client(raise_request_exception=False, SERVER_NAME="localhost")


def ask_web(
    client: Client, *, path: str, body: Any, token: str = "", provider: str = "candid"
) -> tuple[int, Any]:
    """Status and body of a POST, handled as a web server does: a database connection that broke
    is no longer there at the next one."""
    close_old_connections()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with override_settings(DEFAULT_IMAGE_PROVIDER=provider):
        answer = client.post(path, body, content_type="application/json", headers=headers)
    close_old_connections()
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    return answer.status_code, answer.json() if is_json else None


def _forget_parents_connections() -> None:
    pubsub._publisher.cache_clear()
    close_caches()
