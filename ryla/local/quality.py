"""`make test`: every check, two at a time and told in order, a line each; the tests last.

Nothing stops at the first failure: one run says all there is to mend. The exit code is 1 when
anything failed. Words after the command go to pytest; `--no-tests` leaves it out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ryla.local.console import say
from ryla.local.environment import PROJECT
from ryla.local.postgres import EmbeddedPostgres
from ryla.local.problems import LocalError
from ryla.local.valkey import EmbeddedValkey

PYTHON = sys.executable
_SHOWN_LINES = 60
_AT_ONCE = 2  # the types take longest, and leave a processor to the others
# Whoever names tests wants to see them in order.
ALL_AT_ONCE = ["--numprocesses=3", "--dist=load", "--no-loadscope-reorder", "--durations=25"]
# The rest of a shell's variables would make a run here differ from a run elsewhere.
_KEPT = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM",
    "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE",
    "TZ", "TMPDIR", "LD_LIBRARY_PATH", "CI", "CHROMIUM_PATH", "PYTEST_ADDOPTS",
    "TEST_DATABASE_URL", "TEST_REDIS_URL",
)  # fmt: skip
# An installation as it should be: what is checked is the code's defaults, not this machine.
_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "ryla.settings",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "SITE_URL": "https://ryla.example",
    "ALLOWED_HOSTS": "ryla.example",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp+tls://mail.ryla.example:587",
    "AWS_STORAGE_BUCKET_NAME": "ryla",
    "IMAGES_ORIGIN": "https://ryla.images.example",
    "AWS_ACCESS_KEY_ID": "example",
    "AWS_SECRET_ACCESS_KEY": "example",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]
    needs_servers: bool = False


CHECKS = (
    Check("Format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
    Check("Lint", [PYTHON, "-m", "ruff", "check", "."]),
    Check("Templates", [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"]),
    # By its file: its own first line breaks when a checkout is moved.
    Check("Imports", [PYTHON, Path(PYTHON).with_name("lint-imports"), "--no-cache", "--no-logo"]),
    Check("Types", [PYTHON, "-m", "mypy"]),
    # Beside the types, which leave it a processor: else each process of the tests compiles them.
    Check("Collection", [PYTHON, "-m", "pytest", "--collect-only", "--quiet"]),
    Check("Migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], True),
    Check(
        "Deployment",
        [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        needs_servers=True,
    ),
)


def main(words: list[str]) -> int:
    environ = clean_environment(os.environ)
    try:
        failed = run_checks(CHECKS, environ)
    except LocalError as error:
        say(str(error))
        return 1
    if "--no-tests" not in words:
        say("")
        failed += run_tests(words, environ)
    return 1 if failed else 0


def run_checks(checks: Sequence[Check], environ: Mapping[str, str]) -> list[str]:
    """The names of those that failed; their output is shown under their line."""
    with ExitStack() as stack:
        production = dict(environ)
        if any(check.needs_servers for check in checks):
            production |= _PRODUCTION | start_servers(stack)
        pool = stack.enter_context(ThreadPoolExecutor(_AT_ONCE))
        stack.callback(pool.shutdown, cancel_futures=True)  # after an interrupt none begins
        results = pool.map(
            lambda check: run_check(check, production if check.needs_servers else environ), checks
        )
        return [result.check.name for result in results if not tell(result)]


def start_servers(stack: ExitStack) -> dict[str, str]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ryla-checks-")))
    postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres", fast=True))
    valkey = stack.enter_context(EmbeddedValkey(folder / "valkey", fast=True))
    return {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}


@dataclass(frozen=True)
class Result:
    check: Check
    code: int
    output: str
    took_s: float


def run_check(check: Check, environ: Mapping[str, str]) -> Result:
    begun = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=PROJECT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(check, result.returncode, result.stdout, time.monotonic() - begun)


def tell(result: Result) -> bool:
    """Whether it passed."""
    word = "FAILED" if result.code else "ok"
    say(f"{result.check.name:<12} {word:<8} {result.took_s:5.1f} s")
    if result.code:
        show(result.output.splitlines(), result.check)
    return not result.code


def show(lines: list[str], check: Check) -> None:
    """The end of it, where tools put the point."""
    if len(lines) > _SHOWN_LINES:
        words = " ".join(Path(word).name for word in check.command)
        say(f"    … {len(lines) - _SHOWN_LINES} lines before these, all of them with: {words}")
    for line in lines[-_SHOWN_LINES:]:
        say(f"    {line}")


def run_tests(words: list[str], environ: Mapping[str, str]) -> list[str]:
    """Streams: pytest's own last line closes the run. Without words all of it runs, shared by
    three processes that have servers of their own each: two leave a fifth of two processors idle,
    since one of them waits for leases and browsers most of the time."""
    command = [PYTHON, "-m", "pytest", *(words or ALL_AT_ONCE)]
    code = subprocess.run(command, cwd=PROJECT, env=environ, check=False).returncode
    return ["Tests"] if code else []


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if name in _KEPT}
    return {**kept, "PYTHONUNBUFFERED": "1"}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
