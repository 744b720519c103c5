"""What happens in a round, and what has to be true after it."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partialmethod
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError
from django.core.files.storage import Storage
from django.urls import reverse
from django.utils import timezone
from kombu import Connection
from psycopg_pool.base import AttemptWithBackoff

from accounts.models import User
from accounts.tokens import issue_tokens
from characters.models import Character, StoredFile
from generation import callbacks, fair_share, pipeline, services, sweeper
from generation.models import GenerationJob, JobItem
from generation.states import LIVE, ItemStatus
from ryla.lib import queue
from tests.builders import give_credits, make_character, make_user, run_jobs, subscribe
from tests.chaos import promises
from tests.chaos.house import House, ask_web, new_client
from tests.chaos.points import AFTER, BEFORE, POINTS, SLEEPER, STEPS, WEB, WORKER, Point, find
from tests.chaos.vendor import Journal

SERVERS = ("redis", "postgres", "storage")
PARTS = (WORKER, WEB, *SERVERS, SLEEPER)
BOUND_S = 30
# Of a picture: what becomes one, and what does not.
_FINE = ("", "", "", "flaky:1", "lost", "slow:0.2")
_NOT = ("fail:oom", "garbage")
_OWNERS = 4
_JOBS = "/api/v1/jobs/"


# --- What is going to happen ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    """One order and one death, or a worker's sleep. The trap lets `skip` pass. `is_away`: the dead
    server comes back only while the process that was at the step goes on without it. `sleeps_s`:
    how long the sleeper goes on sleeping after it lost its picture, so that who has it now is at
    it, or done with it."""

    number: int
    part: str
    point: Point
    skip: int
    is_away: bool
    sleeps_s: float
    scripts: tuple[str, ...]
    provider: str
    owner: int
    cancels: bool
    retries: bool

    @property
    def cell(self) -> tuple[str, str]:
        return (self.part, self.point.step)

    def __str__(self) -> str:
        where = f"{self.point.when} “{self.point.step}” of the {self.point.by}"
        nth = f", at picture {self.skip + 1}" if self.point.is_per_picture else ""
        away = ", back a moment later" if self.is_away else ""
        made = ", ".join(script or "fine" for script in self.scripts)
        asked = [w for w, is_so in (("cancel", self.cancels), ("retry", self.retries)) if is_so]
        then = f"; then {' and '.join(asked)}" if asked else ""
        return (
            f"round {self.number}: {self._falls} {where}{nth}{away}; "
            f"the {self.provider} provider makes: {made}{then}"
        )

    @property
    def _falls(self) -> str:
        return "worker falls asleep" if self.part == SLEEPER else f"{self.part} dies"


def cells() -> list[tuple[str, str]]:
    """Every part with every step at which it can die: the web server and the worker only at
    steps of their own; and where a worker can sleep."""
    return [(part, step) for part in PARTS for step in STEPS if _points(part, step)]


def _points(part: str, step: str) -> list[Point]:
    points = [point for point in POINTS if point.step == step]
    if part == SLEEPER:
        return [point for point in points if point.can_be_slept_at]
    return [point for point in points if part in (point.by, *SERVERS)]


def plan(seed: int, number: int) -> Round:
    """The same for the same seed, whatever is played before it. Every cell comes once before one
    comes again."""
    everything = cells()
    lap, place = divmod(number, len(everything))
    random.Random(f"{seed}: lap {lap}").shuffle(everything)
    part, step = everything[place]
    rng = random.Random(f"{seed}: round {number}")
    point = rng.choice(_points(part, step))
    scripts = _scripts(rng, point.story)
    is_open = point.story == "plain"
    return Round(
        number=number,
        part=part,
        point=point,
        skip=rng.randrange(_fine_among(scripts)) if point.is_per_picture else 0,
        is_away=part in SERVERS and rng.random() < 0.3,
        sleeps_s=rng.choice((0.0, rng.uniform(0.0, 0.6))) if part == SLEEPER else 0.0,
        scripts=scripts,
        provider="absent" if point.story == "moves" else rng.choice(["candid", "silent"]),
        owner=rng.randrange(_OWNERS),
        cancels=is_open and rng.random() < 0.15,
        retries=point.story == "retry" or (is_open and rng.random() < 0.2),
    )


def _fine_among(scripts: tuple[str, ...]) -> int:
    return sum(script in _FINE for script in scripts)


def _scripts(rng: random.Random, story: str) -> tuple[str, ...]:
    """One to three pictures, so that the story gets to its point."""
    needed = {
        "plain": rng.choice(_FINE),
        "orphaned": rng.choice(_FINE),
        "fails": rng.choice(_NOT),
        "retry": rng.choice(_NOT),
        "flaky": "flaky:1",
        "cancel": "slow:30",
        "callback": "slow:1.5",
    }.get(story, "")
    if story == "alone":
        return (needed,)
    scripts = [needed, *(rng.choice((*_FINE, *_NOT)) for _ in range(rng.randrange(3)))]
    rng.shuffle(scripts)
    return tuple(scripts)


# --- How it goes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owner:
    user: User
    character: Character
    token: str


def make_owners() -> list[Owner]:
    owners = []
    for _ in range(_OWNERS):
        user = make_user()
        subscribe(user, "studio")
        give_credits(user, 10_000_000)
        character = make_character(owner=user, ready=True)
        owners.append(Owner(user, character, issue_tokens(user)["access"]))
    return owners


def hurry() -> None:
    """Pauses that are made for people and vendors, at a pace for hundreds of rounds."""
    pipeline._BACKOFF_S = (0.1, 0.2, 0.4, 0.8, 1.6)  # type: ignore[assignment]
    fair_share._BREAKER_S = 0.5  # type: ignore[assignment]
    queue._BREAKER_S = 0.3
    sweeper.send_due.__kwdefaults__["again_after"] = timedelta(seconds=0.5)
    AttemptWithBackoff.INITIAL_DELAY = 0.2
    connect = Connection._ensure_connection
    Connection._ensure_connection = partialmethod(connect, interval_start=0.2, interval_step=0.2)


def warm_up(owner: Owner) -> None:
    """One order in peace, so that everything is loaded before the processes are forked."""
    key = {"recipe": "studio", "options": {}, "request_key": "warm up"}
    with mock.patch.object(queue, "_send"):
        ask_web(
            new_client(),
            path=_JOBS,
            body={"character": str(owner.character.pk), **key},
            token=owner.token,
        )
        run_jobs()
        sweeper.sweep()


def script_items() -> None:
    """What each picture is to do is written in the order's request key."""
    work = services._new_items

    def scripted(job: GenerationJob, order: Any) -> list[JobItem]:
        items = work(job, order)
        scripts = order.request_key.split("|")[1:] or [""] * len(items)
        for item, script in zip(items, scripts, strict=True):
            item.request["prompt"] = script
        return items

    services._new_items = scripted


class Story:
    """One order from its request to its end. Everything in it raises Broken or Stuck."""

    def __init__(self, house: House, plan: Round, owner: Owner, seed: int) -> None:
        self._house = house
        self._plan = plan
        self._owner = owner
        self._key = "|".join([f"{seed}.{plan.number}", *plan.scripts])

    def tell(self) -> list[GenerationJob]:
        """The ended jobs."""
        about = {
            "cancel": self._tell_of_cancel,
            "callback": self._tell_of_callback,
            "retry": self._tell_of_retry,
            "orphaned": self._tell_of_orphan,
            "leftovers": self._tell_of_leftovers,
        }
        jobs = about.get(self._plan.point.story, self._tell_plainly)()
        self._wait_for_death()
        self._until(lambda: not self._house.is_anybody_asleep, "who slept to end what it was at")
        return jobs

    def _tell_plainly(self) -> list[GenerationJob]:
        self._set_trap()
        job = self._order()
        if self._plan.cancels:
            self._wait_for_death()
            self._cancel(job)
        self._wait_for_end(job)
        return [job, *(self._retry(job) if self._plan.retries else ())]

    def _tell_of_cancel(self) -> list[GenerationJob]:
        job = self._order()
        self._until(lambda: self._waiting_at_provider(job).exists(), "a picture under way")
        self._set_trap()
        self._cancel(job)
        self._wait_for_end(job)
        return [job]

    def _tell_of_callback(self) -> list[GenerationJob]:
        job = self._order()
        self._until(lambda: self._waiting_at_provider(job).exists(), "a picture under way")
        item = self._waiting_at_provider(job)[0]
        self._set_trap()
        address = (item.provider, callbacks.token_for(item))
        status, _ = self._house.ask(reverse("generation:provider_callback", args=address))
        promises.require(status == 204, "a callback is taken", status)
        self._wait_for_end(job)
        return [job]

    def _tell_of_retry(self) -> list[GenerationJob]:
        job = self._order()
        self._wait_for_end(job)
        self._set_trap()
        return [job, *self._retry(job)]

    def _tell_of_orphan(self) -> list[GenerationJob]:
        """It takes a death to have something to judge."""
        self._house.set_trap(find("poll", BEFORE), part=WORKER)
        job = self._order()
        self._wait_for_death()
        self._set_trap()
        self._wait_for_end(job)
        return [job]

    def _tell_of_leftovers(self) -> list[GenerationJob]:
        """It takes a death to have something to erase."""
        self._house.set_trap(find("large", AFTER), part=WORKER)
        job = self._order()
        self._wait_for_death()
        self._wait_for_end(job)
        promises.require(StoredFile.objects.exists(), "a staged file without a row is known")
        self._set_trap()
        erase_leftovers(self._house)
        return [job]

    # --- Its parts --------------------------------------------------------------------------

    def _set_trap(self) -> None:
        plan = self._plan
        self._house.set_trap(
            plan.point,
            part=plan.part,
            skip=plan.skip,
            is_away=plan.is_away,
            sleeps_s=plan.sleeps_s,
        )

    def _order(self) -> GenerationJob:
        body = {
            "character": str(self._owner.character.pk),
            "recipe": "studio",
            "options": {"count": len(self._plan.scripts)},
        }
        if self._plan.point.story == "moves":
            status, offer = self._ask("/api/v1/quotes/", body)
            promises.require(status == 200, "a quote is given", status, offer)
            body["quote"] = offer["quote"]
        return self._made(self._ask(_JOBS, {**body, "request_key": self._key}))

    def _cancel(self, job: GenerationJob) -> None:
        status, said = self._ask(f"{_JOBS}{job.pk}/cancel/")
        promises.require(status in (200, 409), "a cancel is taken", status, said)

    def _retry(self, job: GenerationJob) -> list[GenerationJob]:
        job.refresh_from_db()
        if not job.missing_count:
            return []
        again = self._made(self._ask(f"{_JOBS}{job.pk}/retry/"))
        self._wait_for_end(again)
        return [again]

    def _ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        words = {"token": self._owner.token, "provider": self._plan.provider}
        answer: tuple[int, Any] = self._house.ask(path, body, **words)
        return answer

    def _made(self, answer: tuple[int, Any]) -> GenerationJob:
        status, said = answer
        promises.require(status in (200, 201), "an order is taken", status, said)
        return GenerationJob.objects.get(pk=said["id"])

    def _waiting_at_provider(self, job: GenerationJob) -> Any:
        at_provider = (ItemStatus.SUBMITTED, ItemStatus.RUNNING)
        return job.items.filter(
            status__in=at_provider,
            ticket__isnull=False,
            lease_id=None,
            next_check_at__gt=timezone.now(),
            request__prompt__in=("slow:30", "slow:1.5"),
        )

    def _wait_for_death(self) -> None:
        self._until(lambda: not self._house.trap.is_set, "somebody to come to the step")

    def _wait_for_end(self, job: GenerationJob) -> None:
        live = GenerationJob.objects.filter(pk=job.pk, status__in=LIVE)
        self._until(lambda: not live.exists(), "the job to end")

    def _until(self, is_so: Callable[[], Any], hope: str) -> None:
        self._house.run(is_so, timeout_s=BOUND_S, hope=hope)


def erase_leftovers(house: House) -> None:
    """As if the hours had passed after which staged files are due."""

    def are_gone() -> bool:
        StoredFile.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        return not StoredFile.objects.exists()

    house.run(are_gone, timeout_s=BOUND_S, task="characters.erase_files", hope="the files to go")


# --- What became of it ----------------------------------------------------------------------------

Cell = tuple[str, str]


@dataclass
class Told:
    """By part and step. `slowest_s` is the longest from a death to the end of its jobs."""

    rounds: Counter[Cell] = field(default_factory=Counter)
    became: dict[Cell, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest_s: dict[Cell, float] = field(default_factory=lambda: defaultdict(float))
    jobs: int = 0
    pictures: int = 0
    files: int = 0
    took_s: float = 0.0


class Play:
    """Rounds in one house, one after the other."""

    def __init__(self, house: House, store: Storage, owners: list[Owner], journal: Journal) -> None:
        self._house = house
        self._store = store
        self._owners = owners
        self._journal = journal
        self._begun_at = time.monotonic()
        self._jobs_before = GenerationJob.objects.count()
        self.told = Told()

    def ask_where(self) -> None:
        """Where worker and web server are, into their log."""
        self._house.ask_where()

    def play(self, plan: Round, seed: int) -> None:
        """Raises Broken or Stuck."""
        jobs = Story(self._house, plan, self._owners[plan.owner], seed).tell()
        told = self.told
        told.rounds[plan.cell] += 1
        for job in jobs:
            job.refresh_from_db()
            promises.check_job(job, self._read)
            told.became[plan.cell][promises.what_became_of(job)] += 1
            told.jobs += 1
            told.pictures += job.delivered_count
        self._check_house()
        ended_at = max(job.finished_at.timestamp() for job in jobs if job.finished_at)
        slowest = max(told.slowest_s[plan.cell], ended_at - self._house.fell_at)
        told.slowest_s[plan.cell] = slowest

    def finish(self) -> None:
        """After the last: nothing more came of any of it, and no file is left over."""
        erase_leftovers(self._house)
        for job in GenerationJob.objects.all():
            promises.check_money(job, job.items.filter(status=ItemStatus.SUCCEEDED).count())
        made = GenerationJob.objects.count() - self._jobs_before
        promises.require(made == self.told.jobs, "as many jobs as were asked for", made)
        self._check_house()
        self.told.files = promises.check_files_left(self._store)
        self.told.took_s = time.monotonic() - self._begun_at

    def _check_house(self) -> None:
        promises.check_house([owner.user for owner in self._owners], self._journal)

    def _read(self, key: str) -> bytes:
        name = f"{self._store.location}/{key}"  # type: ignore[attr-defined]
        bucket = self._store.bucket  # type: ignore[attr-defined]
        try:
            answer = bucket.meta.client.get_object(Bucket=bucket.name, Key=name)
        except ClientError as error:
            raise FileNotFoundError(key) from error
        content: bytes = answer["Body"].read()
        return content
