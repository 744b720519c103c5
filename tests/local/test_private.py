"""Nobody else on the machine reads what lies in the data folder, however it came to be."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ryla.local import environment, identity
from ryla.local.environment import open_data_dir
from ryla.local.postgres import EmbeddedPostgres, find_binaries
from ryla.local.servers import private_folder
from ryla.local.valkey import EmbeddedValkey
from tests.local.helpers import NOBODY, Stack, can_run_as_nobody, open_to_others

PASSAGE = 0o711 if os.geteuid() == 0 else 0o700


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


@pytest.fixture
def parent() -> Iterator[Path]:
    """Unlike tmp_path, a place that everybody may enter and write to."""
    with tempfile.TemporaryDirectory(prefix="ryla-open-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def test_helper_sees_what_is_open(tmp_path: Path) -> None:
    (tmp_path / "way").mkdir()
    (tmp_path / "way" / "secret").touch()
    (tmp_path / "way" / "secret").chmod(0o640)
    tmp_path.chmod(0o755)
    (tmp_path / "way").chmod(0o711)
    assert open_to_others(tmp_path) == [tmp_path.name, "secret"]
    tmp_path.chmod(0o700)
    assert open_to_others(tmp_path) == []


@pytest.mark.parametrize("uid", [None, NOBODY])
def test_running_stack_keeps_everything_to_itself(parent: Path, uid: int | None) -> None:
    if uid and not can_run_as_nobody():
        pytest.skip("needs root and a checkout that everybody may read")
    stack = Stack(parent / "local", "sleeps", uid=uid)
    try:
        assert stack.is_up()
        assert mode(stack.folder) == (PASSAGE if uid is None else 0o700)
        names = {path.name for path in stack.folder.rglob("*")}
        assert {"state.json", "password", "worker.log", "events.port", "port"} < names
        assert open_to_others(stack.folder) == []
    finally:
        stack.stop()


def test_folder_of_an_earlier_version_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".local"
    (folder / "valkey").mkdir(parents=True, mode=0o755)
    (folder / "valkey" / "port").write_text("garbage")
    folder.chmod(0o755)
    monkeypatch.setattr(environment, "DEFAULT_DATA_DIR", folder)
    open_data_dir(folder)
    with EmbeddedValkey(folder / "valkey", fast=True):
        assert (mode(folder), mode(folder / "valkey")) == (PASSAGE, 0o700)
        assert open_to_others(folder) == []


def test_folder_that_somebody_chose_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    open_data_dir(tmp_path)
    assert mode(tmp_path) == 0o755
    open_data_dir(tmp_path / "new")
    assert mode(tmp_path / "new") == PASSAGE


def test_umask_of_a_careless_shell_does_not_matter(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert mode(private_folder(tmp_path / "folder")) == 0o700
    finally:
        os.umask(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_other_user_of_roots_postgres_gets_through_and_nobody_looks_in(parent: Path) -> None:
    folder, other = parent / "local", identity.plain_switch()
    open_data_dir(folder)
    if not identity.works(other, folder, find_binaries()):
        pytest.skip("this system does not allow it")
    with EmbeddedPostgres(folder / "postgres", fast=True, disguise=other) as server:
        assert server.ready()
        assert server.cluster.stat().st_uid == NOBODY
        assert open_to_others(folder) == []
