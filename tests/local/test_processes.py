from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ryla.local import processes
from ryla.local.processes import (
    Process,
    birth,
    command_of,
    end_leftover,
    is_alive,
    last_lines,
    spawn,
)
from tests.local.helpers import eventually, gone

SLEEP = "import time; time.sleep(600)"


def start(script: str, log: Path, **more: object) -> Process:
    return spawn([sys.executable, "-c", script], log=log, **more)  # type: ignore[arg-type]


def test_output_goes_to_a_private_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start("import sys; print('out'); print('err', file=sys.stderr)", log)
    assert process.wait(10)
    assert sorted(last_lines(log).splitlines()) == ["err", "out"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_kill_group_ends_grandchildren_too(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = (
        "import subprocess, sys\n"
        f"print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True)\n{SLEEP}"
    )
    process = start(script, log)
    assert eventually(lambda: last_lines(log))
    grandchild = int(last_lines(log))
    process.kill_group()
    assert not process.alive()
    assert gone(grandchild)


def test_zombie_is_not_alive() -> None:
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    try:
        assert eventually(lambda: not is_alive(zombie.pid))
    finally:
        zombie.wait()


def test_birth_tells_two_processes_apart(tmp_path: Path) -> None:
    mine = birth(os.getpid())
    assert mine == birth(os.getpid())
    process = start(SLEEP, tmp_path / "log")
    assert mine != birth(process.pid) != ""
    process.kill_group()
    assert birth(process.pid) == ""


def test_command_of_names_the_program(tmp_path: Path) -> None:
    process = start(SLEEP, tmp_path / "log")
    assert command_of(process.pid).endswith(f"-c {SLEEP}")
    process.kill_group()
    assert command_of(process.pid) == ""


def test_leftover_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ignore = f"import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"
    process = start(ignore, log)
    assert eventually(lambda: last_lines(log) == "deaf")
    end_leftover(process.pid, signal.SIGTERM, timeout_s=0.3)
    assert not process.alive()


def test_long_log_is_put_aside_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_LOG_KEEPS_BYTES", 10)
    log = tmp_path / "web.log"
    log.write_text("eleven bytes and more")
    assert start("print('new')", log).wait(10)
    assert log.read_text() == "new\n"
    assert (tmp_path / "web.old.log").read_text() == "eleven bytes and more"


def test_last_lines_can_begin_where_a_run_began(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    since = processes.size_of(log)
    log.write_text("before\nafter\n")
    assert last_lines(log, since=since) == "after"
    assert last_lines(tmp_path / "none") == ""
