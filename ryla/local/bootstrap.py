"""Make .venv and fill it; the only thing a fresh checkout needs is a Python.

    python3 ryla/local/bootstrap.py local|dev
    python3 ryla/local/bootstrap.py lock [--upgrade]

Standard library only, and run as a script: nothing of RYLA can be imported yet. Every package
is checked against the hashes in requirements/. The second run finds its stamp and does nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
BOOT = PROJECT / ".boot"
REQUIREMENTS = PROJECT / "requirements"
CHROMIUM_NOTE = PROJECT / ".local" / "chromium"
OLDEST_PYTHON = (3, 11)
KINDS = ("local", "dev")
UNFINISHED = VENV / ".unfinished"
PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
# Less may be chance: programs beside it take as much now and then.
QUICKER_BY_FAR = 0.9
ROUNDS = 8
# The least of several tries, since other programs get in between.
YARDSTICK = """
import bz2, ctypes, lzma, sqlite3, ssl, sys, time, zlib

class Point:
    def __init__(self, x):
        self.x = x

def work():
    begun = time.process_time()
    kept = {}
    for n in range(50000):
        kept[str(n & 255)] = Point(n)
    return time.process_time() - begun

print(min(work() for _ in range(3)), sys.implementation.cache_tag)
"""
_MAC_CHROMES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class SetupError(Exception):
    """One sentence for a person: what is missing and what to type."""


def main(words: list[str]) -> int:
    wanted, *more = words or [""]
    if wanted not in (*KINDS, "lock") or (more and wanted != "lock"):
        print("usage: bootstrap.py local | dev | lock [--upgrade]", file=sys.stderr)
        return 2
    try:
        require_platform()
        if wanted == "lock":
            lock(more)
        else:
            make_environment(wanted)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(os_error_sentence(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if wanted == "dev":
        note_chromium()
    return 0


def require_platform() -> None:
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(f"Python 3.11 or newer is needed, and {sys.executable} is {have}.")
    if os.name != "posix":
        raise SetupError("Zero-setup mode needs Linux or macOS; on Windows run it inside WSL.")


def os_error_sentence(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk under {PROJECT} is full: free about 1 GB and try again."
    return f"{PROJECT} can't be written to ({error}); make it yours and try again."


# --- the environment ------------------------------------------------------------------


def make_environment(kind: str) -> None:
    """Does nothing when the stamp fits; repairs what an interrupted run left."""
    if is_current(kind):
        return
    say(f"Installing what RYLA needs into .venv ({kind}), once; this takes a moment.")
    drop_stamps()
    install(kind)
    for made in kinds_covered(kind):  # last of all: a stamp means that everything is there
        stamp_path(made).write_text(stamp(made))


def is_current(kind: str) -> bool:
    path = stamp_path(kind)
    return path.is_file() and venv_works() and path.read_text() == stamp(kind)


def stamp(kind: str) -> str:
    """Changes with the lock, the Python and the number of packages that are really there."""
    lock = hashlib.sha256(lock_path(kind).read_bytes()).hexdigest()
    return f"{lock} {platform.python_version()} {count_packages()}\n"


def count_packages() -> int:
    return sum(1 for _ in VENV.glob("lib/python*/site-packages/*.dist-info"))


def stamp_path(kind: str) -> Path:
    return VENV / f".stamp-{kind}"


def lock_path(kind: str) -> Path:
    return REQUIREMENTS / f"{kind}.txt"


def drop_stamps() -> None:
    for kind in KINDS:
        stamp_path(kind).unlink(missing_ok=True)


def kinds_covered(kind: str) -> list[str]:
    """dev holds all of local, so after `make test` the first `make run` is quick."""
    others = [other for other in KINDS if other != kind and pins(other) <= pins(kind)]
    return [kind, *others]


def pins(kind: str) -> set[str]:
    lines = lock_path(kind).read_text().splitlines()
    return {line.split(" ")[0] for line in lines if line and not line.startswith((" ", "#"))}


def venv_python() -> Path:
    return VENV / "bin" / "python"


def venv_works() -> bool:
    """Whether .venv holds, whole, a Python of the version that runs this script."""
    if UNFINISHED.exists() or not (VENV / "pyvenv.cfg").is_file():
        return False
    probe = run([venv_python(), "-c", "import sys; print(sys.version_info[:2])"])
    return probe.stdout.strip() == str(sys.version_info[:2])


def install(kind: str) -> None:
    """uv where it can be had, else venv and pip, else Debian is asked for them."""
    problems = []
    for way in (install_with_uv, install_with_pip):
        try:
            if way(kind):
                return
        except SetupError as error:
            problems.append(error)
    if problems:
        raise problems[-1]
    if not install_debian(["python3-venv", "python3-pip"]) or not install_with_pip(kind):
        raise SetupError(
            f"{sys.executable} has neither pip nor venv; type `{debian_command('python3-venv')}` "
            "(or install them as your system does) and try again."
        )


def install_with_uv(kind: str) -> bool:
    """False when there is no uv and no pip to get it with."""
    uv = find_uv()
    if uv is None:
        return False
    environ = {**os.environ, **uv_settings_from_pip()}
    if not venv_works():
        remove_venv()
        must([uv, "venv", "--quiet", "--no-project", "--python", quickest_python(), VENV], environ)
    fill([uv, "pip", "install", "--quiet", "--python", venv_python()], kind, environ)
    return True


def install_with_pip(kind: str) -> bool:
    """False when this Python can make no environment."""
    if run([sys.executable, "-c", "import ensurepip; ensurepip.version()"]).returncode:
        return False
    if not venv_works() or run([venv_python(), "-m", "pip", "--version"]).returncode:
        remove_venv()
        must([sys.executable, "-m", "venv", VENV])
    fill([venv_python(), *PIP_INSTALL], kind)
    return True


def quickest_python() -> str:
    """Of the Pythons of this version: some are compiled without optimisation, and everything
    takes longer on them. This one, unless another is quicker by far."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folders = [folder for folder in (*os.get_exec_path(), "/usr/bin") if is_trusted(folder)]
    found = {shutil.which(name, path=folder) for folder in folders}
    apart = {os.path.realpath(python): python for python in sorted(filter(None, found))}
    asked = dict.fromkeys((*apart.values(), sys.executable))
    times: dict[str, float] = {}
    # In turns: a busy machine may be slow for as long as all tries of one Python take.
    for _ in range(ROUNDS):
        for python in list(asked):
            if took := time_python(python):
                times[python] = min(took, times.get(python, took))
            else:
                del asked[python]
    own = times.get(sys.executable)
    best = min(times, key=times.__getitem__, default=sys.executable)
    return best if own and times[best] < own * QUICKER_BY_FAR else sys.executable


def is_trusted(folder: str) -> bool:
    """Whether nobody but its owner can put a program there, wherever one stands."""
    try:
        return os.path.isabs(folder) and not os.stat(folder).st_mode & 0o022
    except OSError:
        return False


def time_python(python: str) -> float | None:
    """Seconds for a little of what programs do; None where it is of another kind than this one or
    something is missing of it."""
    probe = run([python, "-I", "-c", YARDSTICK], timeout_s=10)
    took, _, kind = probe.stdout.strip().partition(" ")
    if probe.returncode or kind != sys.implementation.cache_tag:
        return None
    try:
        return float(took)
    except ValueError:
        return None


def fill(command: list[str | Path], kind: str, environ: dict[str, str] | None = None) -> None:
    """A mark stays while packages are being written: what an interruption left can't be trusted."""
    UNFINISHED.touch()
    must([*command, *checked(kind)], environ, tries=2)
    UNFINISHED.unlink()


def checked(kind: str) -> list[str]:
    lock = str(lock_path(kind))
    return ["--require-hashes", "--only-binary", ":all:", "-r", lock]


def remove_venv() -> None:
    if VENV.is_symlink():
        raise SetupError(f"{VENV} is a link to something broken; remove it and try again.")
    shutil.rmtree(VENV, ignore_errors=True)


def find_uv() -> Path | None:
    """uv from PATH, else from .boot, else put there by pip."""
    on_path = shutil.which("uv")
    for uv in (Path(on_path) if on_path else None, BOOT / "bin" / "uv"):
        if uv and run([uv, "--version"]).returncode == 0:
            return uv
    if run([sys.executable, "-m", "pip", "--version"]).returncode:
        return None
    shutil.rmtree(BOOT, ignore_errors=True)
    # --target is allowed where PEP 668 forbids an ordinary install.
    command = [sys.executable, *PIP_INSTALL, "--target", str(BOOT), *checked("boot")]
    if run_visibly_failing(command, tries=2):
        return BOOT / "bin" / "uv"
    return None


def uv_settings_from_pip() -> dict[str, str]:
    """uv does not read pip's configuration; a mirror or certificate set there is passed on."""
    configured = run([sys.executable, "-m", "pip", "config", "list"]).stdout
    found = {}
    for line in configured.splitlines():
        name, _, value = line.partition("=")
        found[name.split(".")[-1]] = value.strip("'\"").replace("\\n", " ").split()
    pairs = (
        ("index-url", "UV_DEFAULT_INDEX", " "),
        ("extra-index-url", "UV_INDEX", " "),
        ("find-links", "UV_FIND_LINKS", ","),
        ("cert", "SSL_CERT_FILE", ""),
    )
    settings = {uv: glue.join(found[pip]) for pip, uv, glue in pairs if pip in found}
    if "UV_INDEX" in settings:
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # the hashes say what is right
    return {name: value for name, value in settings.items() if name not in os.environ}


def lock(more: list[str]) -> None:
    """Compile every requirements/*.in; the locks name no address, so they suit any mirror."""
    uv = find_uv()
    if uv is None:
        raise SetupError("Locking needs uv: install it, or pip, and try again.")
    words = "--quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11"
    words += " --no-emit-index-url --no-emit-find-links"
    for kind in ("boot", "base", *KINDS):
        source, target = REQUIREMENTS / f"{kind}.in", lock_path(kind)
        command: list[str | Path] = [uv, "pip", "compile", *words.split(), source, "-o", target]
        must([*command, *more], {**os.environ, **uv_settings_from_pip()})
    if not pins("base") <= pins("local") <= pins("dev"):
        raise SetupError("The locks disagree about a version; run `make lock ARGS=--upgrade`.")


# --- Debian ---------------------------------------------------------------------------


def debian_prefix() -> list[str] | None:
    """What to put before apt-get, None where it can't be used without asking for a password."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n"]
    return None


def debian_command(package: str) -> str:
    return f"sudo apt-get install {package}"


def install_debian(packages: list[str]) -> bool:
    """Whether apt-get could be used and brought them."""
    prefix = debian_prefix()
    if prefix is None:
        return False
    say(f"Installing {', '.join(packages)} with apt-get.")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    run_visibly_failing([*apt, "update"], tries=2)
    return run_visibly_failing([*apt, "install", "--no-install-recommends", *packages], tries=2)


# --- a browser for the tests ----------------------------------------------------------


def note_chromium() -> None:
    """Leave the path of a Chromium in .local/chromium; without one, say what that means."""
    try:
        known = Path(CHROMIUM_NOTE.read_text().strip())
    except OSError:
        known = None
    if known and is_program(known) and not os.environ.get("CHROMIUM_PATH"):
        return
    chromium = find_chromium() or fetch_chromium()
    if chromium is None:
        say(
            "The browser tests need a Chromium: install one "
            f"(`{debian_command('chromium')}`) or set CHROMIUM_PATH to one."
        )
        return
    CHROMIUM_NOTE.parent.mkdir(mode=0o700, exist_ok=True)
    CHROMIUM_NOTE.write_text(f"{chromium}\n")


def find_chromium() -> Path | None:
    chosen = os.environ.get("CHROMIUM_PATH")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    on_path = [found for found in map(shutil.which, names) if found]
    places = [chosen] if chosen else ["/usr/bin/chromium", *on_path, *_MAC_CHROMES]
    return next((Path(place) for place in places if starts(Path(place))), None)


def fetch_chromium() -> Path | None:
    if install_debian(["chromium", "fonts-liberation"]):
        found = find_chromium()
        if found:
            return found
    python = str(venv_python())
    if not run_visibly_failing([python, "-m", "playwright", "install", "chromium"]):
        return None
    script = (
        "from playwright.sync_api import sync_playwright as p\n"
        "with p() as started: print(started.chromium.executable_path)"
    )
    path = Path(run([python, "-c", script]).stdout.strip())
    return path if starts(path) else None


def is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def starts(path: Path) -> bool:
    """Some systems put a note there that says how to install the real one."""
    return is_program(path) and run([path, "--version"]).returncode == 0


# --- running things -------------------------------------------------------------------


def run(
    command: Sequence[str | Path],
    environ: dict[str, str] | None = None,
    timeout_s: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Output kept, never raises: a program that is missing or late counts as one that failed."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words,
            env=environ,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=timeout_s,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(words, 127, "", str(error))


def must(
    command: Sequence[str | Path], environ: dict[str, str] | None = None, tries: int = 1
) -> None:
    """Raise SetupError with the end of what it said when it fails `tries` times."""
    for _ in range(tries):
        result = run(command, environ)
        if result.returncode == 0:
            return
    said = "\n".join((result.stderr or result.stdout).strip().splitlines()[-8:])
    name = " ".join(Path(str(word)).name for word in command[:3])
    raise SetupError(
        f"`{name} …` failed; is the network there, and the disk not full? It said:\n{said}"
    )


def run_visibly_failing(command: Sequence[str | Path], tries: int = 1) -> bool:
    """Whether it worked; if not, the end of what it said is shown and there is another way."""
    try:
        must(command, tries=tries)
    except SetupError as error:
        say(str(error))
        return False
    return True


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
