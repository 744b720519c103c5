"""`make bench`: figures of this machine, as tables. Nothing here passes or fails.

    make bench ARGS="submit streams --streams 500 --seconds 5"

Words choose among them; default: all. Flags make some smaller or larger.

    illustrator   drawing a picture
    latency       one job after another through idle processes, step by step
    submit        requests at a steady rate over HTTP, and when their pictures are claimed
    throughput    pictures of a megabyte through the whole pipeline, beside tasks that do nothing
    streams       thousands of event streams on one process: delivery, memory, reconnecting
    reads         the API's answers over HTTP
    fairness      a claim while a hundred thousand pictures wait
    likeness      how well the built-in scorer tells characters apart
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

NAMES = (
    "illustrator", "latency", "submit", "throughput", "streams", "reads", "fairness", "likeness",
)  # fmt: skip


def main(words: list[str]) -> int:
    asked = _read(words)
    with ExitStack() as stack:
        start_servers(stack)
        prepare_django()
        known = _benchmarks(asked)
        print(f"{platform.python_implementation()} {platform.python_version()}, "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
        for name in asked.names or NAMES:
            print(flush=True)
            known[name]()
    return 0


def _read(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="name", help="which; default: all")
    parser.add_argument("--rate", type=float, default=50, help="submit: requests a second")
    parser.add_argument("--seconds", type=float, default=20, help="submit, streams: how long")
    parser.add_argument("--items", type=int, default=100, help="throughput: pictures")
    parser.add_argument("--streams", type=int, default=5000, help="streams: how many")
    parser.add_argument("--events", type=float, default=20, help="streams: events a second")
    asked = parser.parse_args(words)
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    return asked


def _benchmarks(asked: argparse.Namespace) -> dict[str, Callable[[], None]]:
    from benchmarks import (  # noqa: PLC0415 (settings first)
        fairness,
        illustrator,
        latency,
        likeness,
        reads,
        streams,
        submit,
        throughput,
    )

    return {
        "illustrator": illustrator.run,
        "latency": latency.run,
        "submit": lambda: submit.run(rate=asked.rate, seconds=asked.seconds),
        "throughput": lambda: throughput.run(items=asked.items),
        "streams": lambda: streams.run(
            streams=asked.streams, events_per_s=asked.events, seconds=asked.seconds
        ),
        "reads": reads.run,
        "fairness": fairness.run,
        "likeness": likeness.run,
    }


def start_servers(stack: ExitStack) -> None:
    """Postgres here keeps its promises (fsync on), unlike in the tests."""
    from ryla.local.postgres import EmbeddedPostgres  # noqa: PLC0415 (after the settings' name)
    from ryla.local.s3 import EmbeddedS3  # noqa: PLC0415
    from ryla.local.valkey import EmbeddedValkey  # noqa: PLC0415

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ryla-bench-")))
    postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
    valkey = stack.enter_context(EmbeddedValkey(folder / "valkey"))
    s3 = stack.enter_context(EmbeddedS3(folder / "s3"))
    os.environ |= {
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
        "AWS_S3_ENDPOINT_URL": s3.url,
        "AWS_ACCESS_KEY_ID": s3.access_key,
        "AWS_SECRET_ACCESS_KEY": s3.secret_key,
        "AWS_STORAGE_BUCKET_NAME": s3.bucket,
    }


def prepare_django() -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever asks, all that was started ends
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
