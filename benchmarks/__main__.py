"""`make bench`: figures of this machine, as tables. Nothing here passes or fails.

Words after the command choose among: illustrator, latency, reads, fairness, likeness. Default: all.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path


def main(words: list[str]) -> int:
    with ExitStack() as stack:
        start_servers(stack)
        prepare_django()
        from benchmarks import fairness, illustrator, latency, likeness, reads  # noqa: PLC0415 (settings first)

        known = {
            "illustrator": illustrator,
            "latency": latency,
            "reads": reads,
            "fairness": fairness,
            "likeness": likeness,
        }
        print(f"{platform.python_implementation()} {platform.python_version()}, "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
        for word in words or known:
            if word not in known:
                print(f"There is no benchmark {word!r}; there are: {', '.join(known)}.")
                return 2
            print()
            known[word].run()
    return 0


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
    sys.exit(main(sys.argv[1:]))
