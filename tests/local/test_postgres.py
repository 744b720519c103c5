from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ryla.local import identity
from ryla.local.identity import Disguise
from ryla.local.postgres import EmbeddedPostgres, find_binaries
from ryla.local.problems import LocalError
from tests.local.helpers import NOBODY, can_run_as_nobody, gone, launcher, run_python

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with fresh data: copying it is quicker than making it."""
    folder = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(folder, fast=True):
        pass
    return folder


@pytest.fixture
def server(copied: Path) -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(copied, fast=True)
    yield postgres
    postgres.stop()


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, made_once: Path
) -> Iterator[EmbeddedPostgres]:
    """For tests that only ask."""
    folder = copy(made_once, tmp_path_factory.mktemp("running") / "postgres")
    with EmbeddedPostgres(folder, fast=True) as postgres:
        yield postgres


@pytest.fixture
def copied(tmp_path: Path, made_once: Path) -> Path:
    return copy(made_once, tmp_path / "postgres")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Unlike tmp_path, a folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="ryla-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def copy(made: Path, folder: Path) -> Path:
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("port", "lock"))
    return folder


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_first_start_makes_a_database_of_ours(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "postgres", fast=True) as server:
        assert ask(server.url, "SELECT current_database() || '/' || current_user") == "ryla/ryla"


def test_start_listens_on_this_machine_only(running: EmbeddedPostgres) -> None:
    assert ask(running.url, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(running.url, "SHOW unix_socket_directories") == ""


def test_wrong_password_is_refused(running: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(running.url.replace("ryla:", "ryla:x"), "SELECT 1")


def test_password_is_readable_by_its_owner_alone(running: EmbeddedPostgres) -> None:
    assert stat.S_IMODE((running.data_dir / "password").stat().st_mode) == 0o600


def test_restart_keeps_data_and_address(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.start()
    ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    with EmbeddedPostgres(tmp_path / "postgres", fast=True) as again:
        assert again.url == server.url
        assert ask(again.url, "SELECT answer FROM kept") == 42


def test_stop_twice_does_nothing_more(server: EmbeddedPostgres) -> None:
    server.start()
    pid = server.pid
    server.stop()
    server.stop()
    assert pid is not None
    assert gone(pid)


def test_taken_port_is_left_for_a_free_one(server: EmbeddedPostgres) -> None:
    server.start()
    port = server.port
    server.stop()
    with socket.create_server(("127.0.0.1", port)):
        server.start()
        assert server.port != port
    assert (server.data_dir / "port").read_text() == f"{server.port}\n"


def test_restart_refuses_to_move(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ryla.local.servers._LETTING_GO_S", 0.5)
    server.start()
    port = server.port
    os.kill(server.pid or 0, signal.SIGKILL)
    assert gone(server.pid or 0)
    message = f"^Postgres did not get port {port}: another program took it.$"
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(LocalError, match=message),
    ):
        server.restart()


def test_killed_with_open_sessions_comes_back_with_its_data(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    ask(server.url, "CHECKPOINT")  # fast mode leaves the rest to chance
    with psycopg.connect(server.url):
        os.kill(server.pid or 0, signal.SIGKILL)
        assert gone(server.pid or 0)
        server.restart()
        assert ask(server.url, "SELECT answer FROM kept") == 42


def test_server_ends_with_a_killed_launcher(copied: Path) -> None:
    with launcher("postgres", "EmbeddedPostgres", copied, orphans=False) as (process, pid):
        process.kill()
        assert gone(pid)


def test_leftover_of_a_killed_launcher_is_replaced(copied: Path) -> None:
    with launcher("postgres", "EmbeddedPostgres", copied, orphans=True) as (process, pid):
        process.kill()
        process.wait()
        server = EmbeddedPostgres(copied, fast=True)
        assert server.leftover() == pid
        with server:
            assert server.pid != pid
            assert ask(server.url, "SELECT 1") == 1
        assert gone(pid)


def test_pid_of_something_else_is_no_leftover(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert server.leftover() is None


def test_second_launcher_is_refused(running: EmbeddedPostgres) -> None:
    with pytest.raises(LocalError, match=r"^Postgres in .* already runs\.$"):
        EmbeddedPostgres(running.data_dir).start()
    assert ask(running.url, "SELECT 1") == 1


def test_data_of_another_version_are_refused(server: EmbeddedPostgres) -> None:
    (server.cluster / "PG_VERSION").write_text("12\n")
    with pytest.raises(LocalError) as raised:
        server.start()
    assert str(raised.value) == (
        f"The data in {server.cluster} were written by Postgres 12, and Postgres {server.major} "
        "can't read them; move that folder away to start afresh, or set DATABASE_URL to a "
        "Postgres 12."
    )
    assert (server.cluster / "PG_VERSION").read_text() == "12\n"


def test_interrupted_first_start_is_begun_anew(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", fast=True)
    draft = server.data_dir / "cluster.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("half")
    with server:
        assert not draft.exists()
        assert ask(server.url, "SELECT 1") == 1


def test_full_disk_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", fast=True)
    usage = shutil.disk_usage("/")._replace(free=50 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(LocalError, match=r"^The disk is full: 50 MB are free where"):
        server.start()
    assert not server.cluster.exists()


def test_damaged_data_are_told_in_one_sentence(server: EmbeddedPostgres) -> None:
    file = server.cluster / "postgresql.conf"
    file.write_text("no such setting\n")
    with pytest.raises(LocalError) as raised:
        server.start()
    assert str(raised.value) == (
        f'Postgres did not start: configuration file "{file}" contains errors (log: {server.log}).'
    )


def test_reason_is_told_rather_than_the_hint_after_it(server: EmbeddedPostgres) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        (server.cluster / "postmaster.pid").write_text(f"{other.pid}\n")
        with pytest.raises(LocalError) as raised:
            server.start()
    finally:
        other.kill()
        other.wait()
    assert str(raised.value) == (
        f'Postgres did not start: lock file "postmaster.pid" already exists (log: {server.log}).'
    )


@AS_ROOT
@pytest.mark.parametrize(
    "disguise", [identity.namespace(), identity.plain_switch(), identity.switch_with_passage()]
)
def test_root_serves_in_every_disguise(disguise: Disguise, open_folder: Path) -> None:
    if not identity.works(disguise, open_folder, find_binaries()):
        pytest.skip("this system does not allow it")
    with EmbeddedPostgres(open_folder / "pg", fast=True, disguise=disguise) as server:
        assert ask(server.url, "SELECT 1") == 1
        pid = server.pid
        owner = server.cluster.stat().st_uid
    assert gone(pid or 0)
    assert owner == (disguise.owner.uid if disguise.owner else 0)


@AS_ROOT
def test_data_follow_a_change_of_disguise(open_folder: Path, made_once: Path) -> None:
    ways = [identity.namespace(), identity.plain_switch(), identity.namespace()]
    if not all(identity.works(way, open_folder, find_binaries()) for way in ways):
        pytest.skip("this system does not allow it")
    copy(made_once, open_folder / "pg")
    for count, way in enumerate(ways):
        with EmbeddedPostgres(open_folder / "pg", fast=True, disguise=way) as server:
            ask(server.url, f"CREATE TABLE visit_{count} ()")
            tables = "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'visit_%'"
            assert ask(server.url, tables) == count + 1


@AS_ROOT
def test_closed_folder_needs_the_passage(open_folder: Path, made_once: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    passage = identity.switch_with_passage()
    assert not identity.works(identity.plain_switch(), closed, find_binaries())
    if not identity.works(passage, closed, find_binaries()):
        pytest.skip("this system does not allow it")
    copy(made_once, closed / "pg")
    with EmbeddedPostgres(closed / "pg", fast=True, disguise=passage) as server:
        assert ask(server.url, "SELECT 1") == 1


_START_AND_TELL = """
import sys
from ryla.local.postgres import EmbeddedPostgres
with EmbeddedPostgres(sys.argv[1], fast=True) as server:
    print(server.disguise.name, server.ready())
"""


@pytest.mark.parametrize(("uid", "disguise"), [(NOBODY, "as is"), (12345, "user namespace")])
def test_ordinary_user_needs_no_disguise_unless_nameless(
    uid: int, disguise: str, open_folder: Path
) -> None:
    if not can_run_as_nobody():
        pytest.skip("needs root and a checkout that everybody may read")
    os.chown(open_folder, uid, uid)
    result = run_python(_START_AND_TELL, open_folder / "pg", uid=uid)
    if "offers no way around it" in result.stderr:
        pytest.skip("this system does not allow it")
    assert (result.stdout, result.stderr) == (f"{disguise} True\n", "")


@AS_ROOT
def test_first_disguise_that_works_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    possible = {"nobody with passage"}
    monkeypatch.setattr(identity, "works", lambda way, *_: way.name in possible)
    assert identity.choose(tmp_path, tmp_path) == identity.switch_with_passage()
    possible.add("nobody")
    assert identity.choose(tmp_path, tmp_path) == identity.plain_switch()
    possible.clear()
    with pytest.raises(LocalError, match=r"^Postgres does not run as root, and this system"):
        identity.choose(tmp_path, tmp_path)


def test_system_postgres_serves_where_no_wheel_exists(tmp_path: Path) -> None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        pytest.skip("no Postgres of the system here")
    with EmbeddedPostgres(tmp_path / "pg", fast=True, binaries=installed[-1].parent) as server:
        assert str(ask(server.url, "SHOW server_version")).startswith(str(server.major))


def test_no_postgres_at_all_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ryla.local.postgres._places", list)
    with pytest.raises(LocalError, match=r"^No Postgres is made for this platform: install one"):
        find_binaries()
