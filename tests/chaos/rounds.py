"""Seeded rounds of `kill -9`: at each step of a picture's way something dies, and every promise
holds.

    python -m tests.chaos.rounds --rounds 100 --seed 7

One round is one order (now and then canceled, or tried again) and one death: of the worker, the
web server, Redis (which comes back empty), Postgres or the picture store, as a process comes to
the chosen step; or a worker stops there until another has its picture, and then goes on. Prints
what became of it all, with the figures as JSON in the last line; exits 1 with the story of the
first promise that was broken. `--only N` plays round N of a seed alone.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ryla.local.servers import EmbeddedServer
from ryla.local.valkey import EmbeddedValkey

if TYPE_CHECKING:
    from tests.chaos.play import Play, Told

_LOG_LINES_SHOWN = 120


def main(words: list[str] | None = None) -> int:
    wanted = _parse(words)
    say(f"Seed {wanted.seed}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # closes the house
    with tempfile.TemporaryDirectory(prefix="ryla-chaos-") as folder:
        log = wanted.worker_log or Path(folder) / "worker.log"
        with opened(Path(folder), log) as play:
            return _play(play, wanted, log)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.chaos.rounds")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--only", type=int, help="play this round of the seed alone")
    parser.add_argument("--worker-log", type=Path, help="what worker and web server say")
    parser.add_argument("--show", action="store_true", help="tell each round")
    return parser.parse_args(words)


def _play(play: Play, wanted: argparse.Namespace, log: Path) -> int:
    from tests.chaos.house import Stuck
    from tests.chaos.play import plan
    from tests.chaos.promises import Broken

    numbers = range(wanted.rounds) if wanted.only is None else [wanted.only]
    story = ""
    try:
        for number in numbers:
            story = str(plan(wanted.seed, number))
            begun = time.monotonic()
            play.play(plan(wanted.seed, number), wanted.seed)
            if wanted.show:
                say(f"{time.monotonic() - begun:5.1f} s  {story}")
        story = "after the last round"
        play.finish()
    except (Broken, Stuck) as problem:
        say(f"BROKEN with seed {wanted.seed}, {story}\n{problem}\n")
        say(_unended())
        play.ask_where()
        say("\n".join(log.read_text().splitlines()[-_LOG_LINES_SHOWN:]))
        return 1
    say(table(play.told))
    say(json.dumps(figures(play.told, wanted.seed)))
    return 0


def _unended() -> str:
    """The rows of what did not come to an end; what they wait for stands in them."""
    from django.db import DatabaseError
    from django.utils import timezone

    from generation.models import JobItem
    from generation.states import ITEM_LIVE

    names = ("provider", "position", "status", "attempts", "error_code")
    moments = ("submit_started_at", "lease_expires_at", "enqueued_at", "next_check_at")
    try:
        rows = list(JobItem.objects.filter(status__in=ITEM_LIVE).values(*names, *moments))
    except DatabaseError as error:
        return f"The rows cannot be read: {error}"
    lines = [" ".join(f"{name}={value}" for name, value in row.items()) for row in rows]
    return "\n".join([f"Not ended at {timezone.now()}:", *lines, ""])


# --- Opening the house ----------------------------------------------------------------------------


@contextmanager
def opened(folder: Path, log: Path) -> Iterator[Play]:
    """Servers, worker and web server of its own; nothing of them is left afterwards."""
    with ExitStack() as stack:
        servers = _start_servers(folder, stack)
        _set_up_django(folder, servers)

        from django.core.files.storage import storages
        from django.core.management import call_command

        from tests.chaos import house, play
        from tests.chaos.points import Trap
        from tests.chaos.vendor import Journal

        gc.freeze()  # or migrating looks through all that was imported, again and again
        call_command("migrate", verbosity=0)
        owners = play.make_owners()
        play.hurry()
        play.script_items()
        play.warm_up(owners[0])
        trap = Trap()
        trap.lay()
        house.prime_storage()
        parts = house.House(servers, trap, log)
        stack.callback(parts.close)
        parts.open()
        own_storage = storages.create_storage(storages.backends["images"])
        yield play.Play(parts, own_storage, owners, Journal(folder / "journal"))


def _start_servers(folder: Path, stack: ExitStack) -> dict[str, EmbeddedServer]:
    from tests.chaos.servers import ForkedS3, TruthfulPostgres

    servers: dict[str, EmbeddedServer] = {
        "postgres": TruthfulPostgres(folder / "postgres", fast=True),
        "redis": EmbeddedValkey(folder / "redis", fast=True),
        "storage": ForkedS3(folder / "storage", fast=True),
    }
    folder.chmod(0o711)  # root's Postgres runs as somebody else
    return {name: stack.enter_context(server) for name, server in servers.items()}


def _set_up_django(folder: Path, servers: dict[str, Any]) -> None:
    store = servers["storage"]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "CHAOS_FOLDER": str(folder),
        "DATABASE_URL": servers["postgres"].url,
        "REDIS_URL": servers["redis"].url,
        "AWS_S3_ENDPOINT_URL": store.url,
        "AWS_ACCESS_KEY_ID": store.access_key,
        "AWS_SECRET_ACCESS_KEY": store.secret_key,
        "AWS_STORAGE_BUCKET_NAME": store.bucket,
    }
    import django

    django.setup()
    logging.getLogger("amqp").setLevel(logging.WARNING)


# --- Telling --------------------------------------------------------------------------------------


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(told: Told) -> str:
    """Steps down, parts across: jobs delivered / some of each / refunded."""
    from tests.chaos.play import PARTS
    from tests.chaos.points import STEPS

    head = "".join(f"{part:>11}" for part in PARTS)
    lines = [
        "Jobs delivered / mixed / refunded, by what died (across) and when (down)",
        f"{'':<10}{head}{'slowest':>11}",
    ]
    for step in STEPS:
        row = "".join(f"{_cell(told, (part, step)):>11}" for part in PARTS)
        slowest = max(told.slowest_s.get((part, step), 0.0) for part in PARTS)
        lines.append(f"{step:<10}{row}{slowest:>9.1f} s")
    counts = figures(told, 0)
    sums = "".join(
        f"{sum(n for (p, _), n in told.rounds.items() if p == part):>11}" for part in PARTS
    )
    return "\n".join(
        [
            *lines,
            f"{'rounds':<10}{sums}",
            "",
            f"{counts['rounds']} rounds in {told.took_s:.0f} s: {told.jobs} jobs, "
            f"{counts['delivered']} delivered, {counts['mixed']} in part, "
            f"{counts['refunded']} refunded; {told.pictures} pictures, each once; "
            f"{told.files} files, no orphan; slowest recovery {counts['slowest_s']:.1f} s; "
            "ledger exact",
        ]
    )


def _cell(told: Told, cell: tuple[str, str]) -> str:
    if not told.rounds[cell]:
        return "·"
    became = told.became[cell]
    return f"{became['delivered']}/{became['mixed']}/{became['refunded']}"


def figures(told: Told, seed: int) -> dict[str, Any]:
    became: Counter[str] = sum(told.became.values(), Counter())
    return {
        "seed": seed,
        "rounds": sum(told.rounds.values()),
        "jobs": told.jobs,
        "delivered": became["delivered"],
        "mixed": became["mixed"],
        "refunded": became["refunded"],
        "pictures": told.pictures,
        "files": told.files,
        "slowest_s": round(max(told.slowest_s.values(), default=0.0), 2),
        "took_s": round(told.took_s, 1),
        "cells": [[*cell, n] for cell, n in sorted(told.rounds.items())],
    }


if __name__ == "__main__":
    sys.exit(main())
