"""Requests for one picture at a steady rate, over HTTP, while the engine makes them.

    python -m benchmarks submit --rate 50 --seconds 20

Web server, workers and clock run as `manage.py local` starts them, and Postgres keeps its
promises. Requests leave when their time has come, whether or not those before were answered,
and are timed from then on. Slots are more than are ever used: what a picture waits for
is the engine alone.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from accounts.tokens import issue_tokens
from benchmarks.client import Answer, send_at_rate
from benchmarks.parts import make_owners, running, usage, wait_until
from benchmarks.table import ms, percentile, show
from characters.models import Character
from generation.models import JobItem
from generation.states import ITEM_LIVE, ItemStatus
from ryla.lib.ids import new_id
from ryla.local.children import Child

OWNERS = 50
WARM_UP = 10
SLOTS = 10_000


def run(*, rate: float = 50, seconds: float = 20) -> None:
    owners = make_owners(OWNERS)
    tokens = {owner: issue_tokens(owner)["access"] for owner, _ in owners}
    bodies = [_request(*owners[n % OWNERS], tokens) for n in range(int(rate * seconds))]
    limits = {"PROVIDER_SLOTS": str(SLOTS), "BENCH_THROTTLES": "yes"}
    with running("web", "worker", "clock", "beat", **limits) as parts:
        port = parts["web"].port or 0
        _warm_up(owners, tokens, port)
        before = _last_item()
        used = _cpu_s(parts)
        begun = time.perf_counter()
        answers = asyncio.run(send_at_rate(port, bodies, rate))
        took_s = time.perf_counter() - begun
        used = {key: now - used[key] for key, now in _cpu_s(parts).items()}
        delivered_per_s = _ended_after(before) / took_s
        wait_until(lambda: not _live(), timeout_s=300)
    _show_submits(answers, rate, seconds)
    _show_items(before, delivered_per_s)
    _show_cost(used, took_s, len(answers))


def _cpu_s(parts: Mapping[str, Child]) -> dict[str, float]:
    return {key: usage(part.pid or 0).cpu_s for key, part in parts.items()}


def _request(owner: User, character: Character, tokens: dict[User, str]) -> tuple[str, str, bytes]:
    body = {
        "character": str(character.pk),
        "recipe": "studio",
        "options": {"scene": "cafe"},
        "request_key": str(new_id()),
    }
    return "/api/v1/jobs/", tokens[owner], json.dumps(body).encode()


def _warm_up(owners: list[tuple[User, Character]], tokens: dict[User, str], port: int) -> None:
    """Every process has connected to everything."""
    bodies = [_request(*owners[n % OWNERS], tokens) for n in range(WARM_UP)]
    answers = asyncio.run(send_at_rate(port, bodies, 5))
    statuses = {answer.status for answer in answers}
    if statuses != {201}:
        raise AssertionError(f"the web server answers {statuses}")
    wait_until(lambda: not _live(), timeout_s=60)


def _show_submits(answers: list[Answer], rate: float, seconds: float) -> None:
    times = [answer.seconds for answer in answers]
    good = sum(answer.status == 201 for answer in answers)
    # As many as were sent, over the time from the first due to the last answer.
    took = max(answer.due_s + answer.seconds for answer in answers)
    show(
        f"POST /api/v1/jobs/ of {OWNERS} people, {rate:.0f} a second for {seconds:.0f} s, ms",
        ("", "answered/s", "p50", "p95", "p99", "most", "errors"),
        [
            (
                "due → answered",
                f"{good / took:.1f}",
                *(ms(percentile(times, share)) for share in (0.5, 0.95, 0.99)),
                ms(max(times)),
                len(answers) - good,
            )
        ],
    )


def _show_items(before: object, delivered_per_s: float) -> None:
    print()
    items = JobItem.objects.filter(pk__gt=before)
    rows = list(items.values_list("created_at", "claimed_at", "submit_started_at", "finished_at"))
    delivered = items.filter(status=ItemStatus.SUCCEEDED).count()
    show(
        f"The same {len(rows)} pictures, {delivered} delivered, {delivered_per_s:.1f} a second "
        "while requests came, ms",
        ("", "p50", "p95", "p99", "most"),
        [
            _spans("asked for → claimed", [(r[0], r[1]) for r in rows]),
            _spans("claimed → sent to the provider", [(r[1], r[2]) for r in rows]),
            _spans("asked for → delivered", [(r[0], r[3]) for r in rows]),
        ],
    )


def _show_cost(used: Mapping[str, float], took_s: float, requests: int) -> None:
    print()
    show(
        "Processor time meanwhile, Postgres, Valkey, the store and this client not counted",
        ("", "of one core", "ms a request"),
        [
            (key, f"{spent / took_s:.0%}", f"{1000 * spent / requests:.0f}")
            for key, spent in used.items()
        ],
    )


def _spans(
    label: str, pairs: list[tuple[datetime | None, datetime | None]]
) -> tuple[str, str, str, str, str]:
    spans = [(end - start).total_seconds() for start, end in pairs if start and end]
    p50, p95, p99 = (ms(percentile(spans, share)) for share in (0.5, 0.95, 0.99))
    return label, p50, p95, p99, ms(max(spans))


def _last_item() -> object:
    """Ids rise with time."""
    return JobItem.objects.order_by("-id").values_list("id", flat=True)[0]


def _ended_after(before: object) -> int:
    return JobItem.objects.filter(pk__gt=before, finished_at__isnull=False).count()


def _live() -> bool:
    return JobItem.objects.filter(status__in=ITEM_LIVE).exists()
