from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ryla.local import ports
from ryla.local.environment import (
    Addresses,
    Options,
    choose_addresses,
    environment,
    needed_servers,
)
from ryla.local.problems import LocalError

HERE = Addresses(8123, 8124, moved=False)


def keys(environ: dict[str, str]) -> list[str]:
    return [server.key for server in needed_servers(Path("/nowhere"), environ)]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ["postgres", "valkey", "s3"]),
        ({"DATABASE_URL": "postgres://x"}, ["valkey", "s3"]),
        ({"REDIS_URL": "redis://x"}, ["postgres", "s3"]),
        ({"AWS_S3_ENDPOINT_URL": "https://x"}, ["postgres", "valkey"]),
        ({"AWS_STORAGE_BUCKET_NAME": "mine"}, ["postgres", "valkey"]),
        ({"DATABASE_URL": ""}, ["postgres", "valkey", "s3"]),
    ],
)
def test_environment_replaces_servers_one_by_one(
    environ: dict[str, str], expected: list[str]
) -> None:
    assert keys(environ) == expected


def test_key_for_other_work_does_not_reach_somebody_s_real_bucket(tmp_path: Path) -> None:
    environ = {
        "AWS_ACCESS_KEY_ID": "AKIAOTHERWORK",
        "AWS_SECRET_ACCESS_KEY": "other",
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "other",
    }
    assert "s3" in keys(environ)
    servers = needed_servers(tmp_path, {**environ, "DATABASE_URL": "x", "REDIS_URL": "x"})
    servers[0].data_dir.mkdir()
    told = environment(Options(tmp_path), HERE, servers, environ)
    assert "AKIAOTHERWORK" not in told.values()
    assert "other" not in told.values()
    assert "AWS_PROFILE" not in told


def test_environment_tells_children_where_they_are(tmp_path: Path) -> None:
    told = environment(Options(tmp_path), HERE, [], {"SECRET_KEY": "mine", "no_proxy": "corp"})
    assert told["LOCAL_MODE"] == "true"
    assert told["SITE_URL"] == "http://127.0.0.1:8123"
    assert (told["PORT"], told["EVENTS_PORT"]) == ("8123", "8124")
    assert told["SECRET_KEY"] == "mine"
    assert told["NO_PROXY"] == "corp,127.0.0.1,localhost"


def test_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = (environment(Options(tmp_path), HERE, [], {})["SECRET_KEY"] for _ in range(2))
    assert first == second
    assert len(first) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_default_port_moves_and_the_others_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ryla.local.environment.DEFAULT_PORT", ports.free_port())
    first = choose_addresses(Options(tmp_path), {})
    assert not first.moved
    with socket.create_server(("127.0.0.1", first.port)):
        second = choose_addresses(Options(tmp_path), {})
    assert second.moved
    assert second.port != first.port
    assert second.events_port == first.events_port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 (somebody else's program)
@pytest.mark.parametrize("name", ["PORT", "EVENTS_PORT"])
def test_port_from_the_environment_is_used_or_refused(
    tmp_path: Path, name: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ryla.local.environment.DEFAULT_PORT", ports.free_port())
    with socket.create_server((host, 0)) as taken:
        environ = {name: str(taken.getsockname()[1])}
        with pytest.raises(LocalError, match=r"^Port \d+ is not free: "):
            choose_addresses(Options(tmp_path), environ)
    addresses = choose_addresses(Options(tmp_path), environ)
    assert environ[name] == str({"PORT": addresses.port}.get(name, addresses.events_port))
    assert not addresses.moved


@pytest.mark.parametrize("text", ["eight", "0", "65536", "-1"])
def test_port_that_is_none_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(LocalError, match=f"^PORT={text} is not a port: give a number from 1 to"):
        choose_addresses(Options(tmp_path), {"PORT": text})


@pytest.mark.parametrize("port", [0, 65536])
def test_port_option_that_is_none_is_one_sentence(tmp_path: Path, port: int) -> None:
    with pytest.raises(LocalError, match=f"^--port={port} is not a port: give a number from 1 to"):
        choose_addresses(Options(tmp_path, port=port), {"PORT": "8000"})


def test_remembered_port_comes_first_and_garbage_is_forgotten(tmp_path: Path) -> None:
    note = tmp_path / "port"
    wanted = ports.free_port()
    note.write_text(f"{wanted}\n")
    assert next(ports.candidates(note)) == wanted
    note.write_text("garbage")
    assert ports.remembered(note) is None
    assert len(list(ports.candidates(note))) == 3
