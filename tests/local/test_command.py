"""`manage.py local`, before there are any settings and beside the other commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ryla.local import ports
from tests.local.helpers import PROJECT

BARE = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


def manage(*words: object, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_command_needs_no_settings_and_exits_as_the_supervisor_does(tmp_path: Path) -> None:
    said = manage("local", "--data-dir", tmp_path, "--port", ports.HIGHEST + 1, environ=BARE)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "--port=65536 is not a port: give a number from 1 to 65535.\n"


@pytest.mark.parametrize("words", [["--port", "web"], ["--no-such-option"]])
def test_wrong_words_get_the_usage(words: list[str]) -> None:
    said = manage("local", *words, environ=BARE)
    assert said.returncode == 2
    assert said.stderr.startswith("usage: manage.py local ")


def test_help_lists_it_among_the_commands() -> None:
    listed = manage("help", environ={**os.environ, "SECRET_KEY": "x"}).stdout.splitlines()
    assert listed[listed.index("[ryla]") + 1] == "    local"
