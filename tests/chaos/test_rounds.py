"""A hundred rounds of `kill -9` in processes of their own; `make chaos` plays more."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.chaos.play import cells
from tests.stack import ROOT

pytestmark = pytest.mark.chaos

ROUNDS = 100
SEED = 7


def test_hundred_rounds_of_deaths_at_every_step_break_no_promise() -> None:
    command = [sys.executable, "-m", "tests.chaos.rounds"]
    played = subprocess.run(
        [*command, "--rounds", str(ROUNDS), "--seed", str(SEED)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(played.stdout)  # the figures
    assert played.returncode == 0, played.stdout
    figures = json.loads(played.stdout.splitlines()[-1])
    died = {(part, step): rounds for part, step, rounds in figures["cells"]}
    assert set(died) == set(cells())
    assert sum(died.values()) == figures["rounds"] == ROUNDS
    # Rounds in which nothing is delivered, or all of it, would prove little.
    assert min(figures["delivered"], figures["mixed"], figures["refunded"]) > 0
