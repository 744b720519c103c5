"""Tests as another user need an interpreter that another user may start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_AS_SOMEBODY_ELSE = ("test_ordinary_user", "test_folder_that_may_not_be_written")


def _is_open_to_all(program: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (program, *program.parents))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if _is_open_to_all(Path(sys.executable).resolve()):
        return
    closed = pytest.mark.skip(reason="this Python lies where only its owner may start it")
    for item in items:
        if item.name.startswith(_AS_SOMEBODY_ELSE):
            item.add_marker(closed)
