from __future__ import annotations

import os
import sys

import pytest

from ryla.local import quality
from ryla.local.quality import Check, clean_environment, main, run_checks
from tests import servers

GOOD = Check("Good", [sys.executable, "-c", "print('quiet')"])
BAD = Check("Bad", [sys.executable, "-c", "print('what is wrong'); raise SystemExit(1)"])


def test_every_check_runs_and_failures_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_checks([BAD, GOOD, BAD], {}) == ["Bad", "Bad"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines if not line.startswith(" ")] == [
        ["Bad", "FAILED"],
        ["Good", "ok"],
        ["Bad", "FAILED"],
    ]
    assert lines.count("    what is wrong") == 2
    assert "quiet" not in "".join(lines)


@pytest.mark.parametrize(("checks", "code"), [([GOOD], 0), ([GOOD, BAD], 1)])
def test_exit_code_tells_whether_anything_failed(
    checks: list[Check], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "CHECKS", checks)
    assert main(["--no-tests"]) == code


def test_failed_tests_fail_the_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quality, "CHECKS", [GOOD])
    assert main(["-c", os.devnull, "--noconftest", "--no-such-option"]) == 1
    assert "unrecognized arguments: --no-such-option" in capfd.readouterr().err


def test_checks_that_need_servers_see_a_production_that_they_can_reach() -> None:
    script = """
import os, psycopg, redis
psycopg.connect(os.environ['DATABASE_URL']).close()
redis.Redis.from_url(os.environ['REDIS_URL']).ping()
assert os.environ['SITE_URL'].startswith('https://')
assert 'LOCAL_MODE' not in os.environ
"""
    check = Check("Servers", [sys.executable, "-c", script], needs_servers=True)
    assert run_checks([check], clean_environment({"PATH": "/usr/bin", "LOCAL_MODE": "true"})) == []


def test_shell_of_other_work_does_not_steer_the_checks() -> None:
    cleaned = clean_environment(
        {"PATH": "/bin", "CI": "true", "DATABASE_URL": "x", "DEBUG": "1", "PYTHONPATH": "/x"}
    )
    assert cleaned == {"PATH": "/bin", "CI": "true", "PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize(
    ("words", "runs_none"),
    [
        (["--numprocesses=3", "--dist=load"], True),
        (["--collect-only", "--quiet"], True),
        (["--numprocesses=0"], False),
        (["-n0"], False),
        (["--numprocesses=3", "--pdb"], False),
        (["tests/local"], False),
    ],
)
def test_only_who_runs_no_test_goes_without_servers(words: list[str], runs_none: bool) -> None:
    assert servers.runs_no_test(words, {}) is runs_none
    if "--collect-only" not in words:
        assert not servers.runs_no_test(words, {"PYTEST_XDIST_WORKER": "gw0"})
