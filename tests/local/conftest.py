from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.helpers import Run, Stack


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    stacks: list[Stack] = []

    def start(scenario: str = "sleeps", *words: str, folder: Path = tmp_path / "local") -> Stack:
        stacks.append(Stack(folder, scenario, *words))
        return stacks[-1]

    yield start
    for stack in stacks:
        if not stack.ended:
            stack.stop(signal.SIGTERM)
