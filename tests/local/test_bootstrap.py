"""The script that makes .venv, loaded as what it is: a file that knows nothing of RYLA."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.local.helpers import PROJECT

SCRIPT = PROJECT / "ryla" / "local" / "bootstrap.py"
KIND = sys.implementation.cache_tag
Answers = Callable[[Sequence[object]], int]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working in an empty checkout with small locks."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    (requirements / "local.txt").write_text("one==1 \\\n    --hash=sha256:aa\n")
    (requirements / "dev.txt").write_text("one==1 \\\n    --hash=sha256:aa\ntwo==2\n")
    for name, value in {
        "PROJECT": tmp_path,
        "VENV": tmp_path / ".venv",
        "BOOT": tmp_path / ".boot",
        "REQUIREMENTS": requirements,
        "CHROMIUM_NOTE": tmp_path / ".local" / "chromium",
        "UNFINISHED": tmp_path / ".venv" / ".unfinished",
    }.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    return module


@pytest.fixture
def commands(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What it would have run; every command works."""
    ran: list[str] = []

    def run(command: Sequence[object], *_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        ran.append(" ".join(map(str, command)))
        return subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(bootstrap, "run", run)
    return ran


def make_venv(bootstrap: ModuleType, kind: str) -> None:
    """An environment as a finished run leaves it, over the Python that runs these tests."""
    (bootstrap.VENV / "bin").mkdir(parents=True)
    (bootstrap.VENV / "bin" / "python").symlink_to(sys.executable)
    (bootstrap.VENV / "pyvenv.cfg").touch()
    (bootstrap.VENV / "lib" / "python3" / "site-packages" / "one.dist-info").mkdir(parents=True)
    for made in bootstrap.kinds_covered(kind):
        bootstrap.stamp_path(made).write_text(bootstrap.stamp(made))


def test_finished_environment_is_current(bootstrap: ModuleType) -> None:
    assert not bootstrap.is_current("local")
    make_venv(bootstrap, "local")
    assert bootstrap.is_current("local")
    assert not bootstrap.is_current("dev")


def test_dev_covers_local_while_their_pins_agree(bootstrap: ModuleType) -> None:
    make_venv(bootstrap, "dev")
    assert bootstrap.is_current("local")
    (bootstrap.REQUIREMENTS / "local.txt").write_text("one==3\n")
    assert bootstrap.kinds_covered("dev") == ["dev"]


@pytest.mark.parametrize("damage", ["lock", "package", "python", "interrupted"])
def test_changed_or_damaged_environment_is_not_current(bootstrap: ModuleType, damage: str) -> None:
    make_venv(bootstrap, "local")
    if damage == "lock":
        (bootstrap.REQUIREMENTS / "local.txt").write_text("one==2\n")
    if damage == "package":
        shutil.rmtree(bootstrap.VENV / "lib")
    if damage == "python":
        (bootstrap.VENV / "bin" / "python").unlink()
    if damage == "interrupted":
        bootstrap.UNFINISHED.touch()
    assert not bootstrap.is_current("local")


def test_second_run_does_nothing(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    make_venv(bootstrap, "local")
    monkeypatch.setattr(bootstrap, "install", lambda kind: pytest.fail("nothing was needed"))
    assert bootstrap.main(["local"]) == 0


@pytest.mark.parametrize(
    ("answer", "is_taken"),
    [
        (f"echo 0.0000001 {KIND}", True),
        (f"echo 99 {KIND}", False),
        ("echo 0.0000001 another-kind", False),
        (f"echo hello {KIND}", False),
        ("exit 1", False),
    ],
)
def test_environment_is_made_of_another_python_only_if_that_is_quicker(
    bootstrap: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    is_taken: bool,
) -> None:
    other = tmp_path / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    other.write_text(f"#!/bin/sh\n{answer}\n")
    other.chmod(0o755)
    monkeypatch.setattr(os, "get_exec_path", lambda: [str(tmp_path)])
    assert (bootstrap.quickest_python() == str(other)) is is_taken


@pytest.mark.parametrize("mode", [0o777, 0o775])
def test_python_that_others_can_put_there_is_not_run(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    ran = shared / "ran"
    other = shared / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    other.write_text(f"#!/bin/sh\ntouch {ran}\necho 0.0000001 {KIND}\n")
    other.chmod(0o755)
    monkeypatch.setattr(os, "get_exec_path", lambda: [str(shared), "."])
    monkeypatch.chdir(shared)
    assert bootstrap.quickest_python() != str(other)
    assert not ran.exists()


def test_own_python_is_timed(bootstrap: ModuleType) -> None:
    assert 0 < bootstrap.time_python(sys.executable) < 10


def test_install_checks_every_hash(
    bootstrap: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.VENV.mkdir()
    monkeypatch.setattr(bootstrap, "venv_works", lambda: True)
    bootstrap.install("local")
    filling = commands[-1]
    assert "--require-hashes" in filling
    assert filling.endswith(f"-r {bootstrap.REQUIREMENTS / 'local.txt'}")
    assert not bootstrap.UNFINISHED.exists()


def test_failed_install_leaves_its_mark(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.VENV.mkdir()
    monkeypatch.setattr(bootstrap, "run", fails_when(lambda words: "install" in words))
    with pytest.raises(bootstrap.SetupError, match=r"failed; is the network there") as raised:
        bootstrap.fill(["uv", "pip", "install"], "local")
    assert str(raised.value).endswith("It said:\nno such luck")
    assert bootstrap.UNFINISHED.exists()


def test_network_hiccup_is_tried_once_more(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [1, 0]
    answer = fails_when(lambda words: bool(codes.pop(0)))
    monkeypatch.setattr(bootstrap, "run", answer)
    bootstrap.must(["uv"], tries=2)
    assert codes == []


def test_python_without_pip_and_venv_asks_debian(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(bootstrap, "find_uv", lambda: None)
    monkeypatch.setattr(bootstrap, "install_with_pip", lambda kind: bool(ran))
    monkeypatch.setattr(bootstrap, "debian_prefix", list)
    monkeypatch.setattr(bootstrap, "run", fails_when(lambda words: False, ran))
    bootstrap.install("local")
    assert [words.partition("apt-get ")[2] for words in ran] == [
        "-qq -y update",
        "-qq -y install --no-install-recommends python3-venv python3-pip",
    ]


def test_python_without_pip_and_venv_elsewhere_says_what_to_type(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "find_uv", lambda: None)
    monkeypatch.setattr(bootstrap, "install_with_pip", lambda kind: False)
    monkeypatch.setattr(bootstrap, "debian_prefix", lambda: None)
    assert bootstrap.main(["local"]) == 1
    assert capsys.readouterr().err == (
        f"{sys.executable} has neither pip nor venv; type `sudo apt-get install python3-venv` "
        "(or install them as your system does) and try again.\n"
    )


def test_old_python_is_named(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert bootstrap.main(["local"]) == 1
    assert capsys.readouterr().err == (
        f"Python 3.11 or newer is needed, and {sys.executable} is 3.9.2.\n"
    )


def test_mirror_set_up_for_pip_is_passed_to_uv(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = (
        "global.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='https://one.example https://two.example'\n"
        ":env:.cert='/etc/mine.pem'\n"
    )
    answer = subprocess.CompletedProcess([], 0, listed, "")
    monkeypatch.setattr(bootstrap, "run", lambda command: answer)
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_STRATEGY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert bootstrap.uv_settings_from_pip() == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/mine.pem",
    }


def test_chosen_chromium_wins_and_is_noted(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "browser"
    chosen.write_text("#!/bin/sh\necho Chromium 1\n")
    chosen.chmod(0o755)
    monkeypatch.setenv("CHROMIUM_PATH", str(chosen))
    bootstrap.note_chromium()
    assert bootstrap.CHROMIUM_NOTE.read_text() == f"{chosen}\n"


def test_chromium_that_is_only_a_note_does_not_count(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretender = tmp_path / "chromium"
    pretender.write_text("#!/bin/sh\necho install me with another tool >&2; exit 1\n")
    pretender.chmod(0o755)
    assert not bootstrap.starts(pretender)


def test_no_chromium_at_all_is_one_sentence(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "find_chromium", lambda: None)
    monkeypatch.setattr(bootstrap, "debian_prefix", lambda: None)
    monkeypatch.setattr(bootstrap, "run", fails_when(lambda words: True))
    bootstrap.note_chromium()
    assert capsys.readouterr().out.splitlines()[-1] == (
        "The browser tests need a Chromium: install one (`sudo apt-get install chromium`) or "
        "set CHROMIUM_PATH to one."
    )
    assert not bootstrap.CHROMIUM_NOTE.exists()


@pytest.mark.parametrize("words", [[], ["production"], ["local", "dev"]])
def test_unknown_words_get_the_usage(words: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr == "usage: bootstrap.py local | dev | lock [--upgrade]\n"


def test_committed_locks_agree_and_name_no_address() -> None:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.pins("base") <= script.pins("local") <= script.pins("dev")
    for lock in (PROJECT / "requirements").glob("*.txt"):
        assert "://" not in lock.read_text()


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_make_alone_lists_the_commands_and_needs_nothing() -> None:
    result = subprocess.run(
        ["make"], cwd=PROJECT, capture_output=True, text=True, check=True, env=without_make()
    )
    assert [line.split()[1] for line in result.stdout.splitlines()[1:]] == [
        *("help", "run", "test", "chaos", "lint", "format", "bench", "bench-gallery"),
        *("lighthouse", "lock", "clean"),
    ]


def without_make() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}


def fails_when(
    fails: Callable[[list[str]], bool], ran: list[str] | None = None
) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(command: Sequence[object], *_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in command]
        if ran is not None:
            ran.append(" ".join(words))
        code = 1 if fails(words) else 0
        return subprocess.CompletedProcess(words, code, "", "no such luck" if code else "")

    return run
