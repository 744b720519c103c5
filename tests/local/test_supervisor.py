"""The supervisor as a whole, in a process of its own, over programs that can be killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ryla.local import ports
from ryla.local.children import Patience
from ryla.local.processes import is_alive
from tests.local.helpers import (
    NOBODY,
    Run,
    Stack,
    can_run_as_nobody,
    eventually,
    fetch,
    gone,
    in_groups,
)


def test_stack_comes_up_at_the_address_it_names(run: Run) -> None:
    stack = run()
    assert stack.is_up()
    found = re.search(r"RYLA is running +http://127\.0\.0\.1:(\d+)/\n", stack.said)
    assert found
    assert fetch(stack.state["address"] + "/")[0] == 200
    assert stack.state["address"].endswith(f":{found.group(1)}")
    assert sorted(stack.state["processes"]) == ["valkey", "web", "worker"]
    assert all(is_alive(pid) for pid in stack.pids())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_leaves_nothing_behind(run: Run, number: int) -> None:
    stack = run("parent")
    assert stack.is_up()
    pids = stack.pids()
    port = stack.state["processes"]["valkey"]["port"]
    assert stack.stop(number) == 0
    assert [pid for pid in pids if is_alive(pid)] == []
    assert in_groups(pids) == []
    assert ports.is_free(port)
    assert not (stack.folder / "state.json").exists()
    assert stack.said.endswith("RYLA has stopped.\n")


def test_stubborn_child_is_killed_when_its_grace_is_over(run: Run) -> None:
    stack = run("stubborn")
    assert stack.is_up()
    pid = stack.pid("worker")
    begun = time.monotonic()
    assert stack.stop() == 0
    assert time.monotonic() - begun > 0.4
    assert not is_alive(pid)


def test_second_ctrl_c_forces(run: Run) -> None:
    stack = run("patient")
    assert stack.is_up()
    begun = time.monotonic()
    stack.process.send_signal(signal.SIGINT)
    time.sleep(1.2)
    assert stack.stop() == 0
    assert time.monotonic() - begun < 30


def test_killed_child_is_started_again(run: Run) -> None:
    stack = run("parent")
    assert stack.is_up()
    pid = stack.pid("worker")
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: stack.pid("worker") != pid)
    assert stack.told("[worker] stopped unexpectedly; it is started again")
    assert in_groups([pid]) == []


def test_killed_server_comes_back_at_its_address(run: Run) -> None:
    stack = run()
    assert stack.is_up()
    before = stack.state["processes"]["valkey"]
    os.kill(before["pid"], signal.SIGKILL)
    assert eventually(lambda: stack.pid("valkey") != before["pid"])
    assert stack.state["processes"]["valkey"]["port"] == before["port"]
    assert eventually(lambda: not ports.is_free(before["port"]))


def test_child_that_keeps_failing_stops_everything_with_its_last_words(run: Run) -> None:
    stack = run("fails")
    assert stack.is_up()
    (stack.folder / "fire").touch()
    assert stack.process.wait(30) == 1
    assert stack.said.count("[worker] stopped unexpectedly") == 3
    assert stack.said.count("[worker] 2026-11-23 ERROR the queue is on fire") >= 3
    assert "[worker] working" not in stack.said
    verdict, *words = stack.said[stack.said.index("The worker keeps") :].splitlines()
    log = stack.folder / "logs" / "worker.log"
    assert verdict == (
        f"The worker keeps stopping, so RYLA stops as well; the last lines of {log}:"
    )
    assert words[-1] == "    2026-11-23 ERROR the queue is on fire"
    assert "Traceback" not in stack.said


def test_patience_waits_longer_each_time_and_forgives_after_a_while() -> None:
    patience = Patience()
    assert [patience.next_delay(now) for now in (0, 10, 20, 30)] == [0.5, 1, 2, None]
    assert patience.next_delay(61) == 2
    assert patience.next_delay(200) == 0.5


def test_child_that_can_not_start_ends_it_at_once(run: Run) -> None:
    stack = run("broken", str(ports.free_port()))
    assert stack.process.wait(30) == 1
    log = stack.folder / "logs" / "web.log"
    assert stack.said == (
        f"The web server did not start; the last lines of {log}:\n    no pages to show\n"
    )


def test_second_run_is_refused_and_told_where_the_first_is(run: Run) -> None:
    first = run()
    assert first.is_up()
    second = run()
    assert second.process.wait(30) == 1
    pid, address = first.process.pid, first.state["address"]
    assert second.said == f"RYLA already runs here (pid {pid}, address {address}/).\n"
    assert fetch(f"{address}/")[0] == 200


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels leave it to the next start")
def test_killed_supervisor_takes_everything_along(run: Run) -> None:
    stack = run()
    assert stack.is_up()
    pids = stack.pids()
    stack.stop(signal.SIGKILL)
    assert all(gone(pid) for pid in pids)


def test_start_after_a_killed_supervisor_stops_what_it_left(run: Run) -> None:
    stack = run("stubborn")  # ignores the signal that the kernel sends
    assert stack.is_up()
    pid = stack.pid("worker")
    stack.stop(signal.SIGKILL)
    assert is_alive(pid)
    again = run()
    assert again.told("Stopped what an earlier run left behind: worker.")
    assert again.is_up()
    assert not is_alive(pid)


def test_taken_port_is_left_for_the_next_and_said(run: Run) -> None:
    if not ports.is_free(8000):
        pytest.skip("somebody else's program has it just now")
    with socket.create_server(("127.0.0.1", 8000)):
        stack = run()
        assert stack.is_up()
        moved = stack.state["address"].rpartition(":")[2]
        assert f"Port 8000 is taken, so RYLA uses {moved}.\n" in stack.said
        assert fetch(f"http://127.0.0.1:{moved}/")[0] == 200


def test_insisting_on_a_taken_port_ends_in_one_sentence(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stack = run("sleeps", str(port))
        assert stack.process.wait(30) == 1
    assert stack.said == (f"Port {port} is not free: stop what has it, or choose another one.\n")


def test_folder_that_may_not_be_written_ends_in_one_sentence() -> None:
    if not can_run_as_nobody():
        pytest.skip("needs root and a checkout that everybody may read")
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "local"
        Path(parent).chmod(0o755)
        stack = Stack(folder, "sleeps", uid=NOBODY)
        assert stack.process.wait(30) == 1
        assert stack.said == (
            f"RYLA can't write under {folder} (Permission denied); make it yours or "
            "choose another place with --data-dir.\n"
        )
