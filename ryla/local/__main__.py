"""`python -m ryla.local`: what `manage.py local` does, without needing any setting first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ryla.local.environment import Options, data_dir_from
from ryla.local.supervisor import Supervisor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", help="where everything is kept (default: .local)")
    parser.add_argument("--port", type=int, help="the address to use, or nothing at all")
    parser.add_argument("--no-demo", action="store_true", help="without demo people and data")
    parser.add_argument("--check", action="store_true", help="start, make sure it works, stop")


def run(*, data_dir: str | None, port: int | None, no_demo: bool, check: bool) -> int:
    options = Options(data_dir_from(data_dir), port=port, demo=not no_demo, check=check)
    return Supervisor(options).run()


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="manage.py local",
        description="Run RYLA on this machine with everything it needs.",
    )
    add_arguments(parser)
    return run(**vars(parser.parse_args(words)))


if __name__ == "__main__":
    sys.exit(main())
