"""Which user Postgres runs as. It refuses root, and wants a user that has a name."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ryla.local.problems import LocalError
from ryla.local.processes import Identity, switch


@dataclass(frozen=True)
class Disguise:
    """How to run a program as somebody Postgres accepts.

    prefix: words before the command. identity: who the child becomes before it starts.
    owner: uid and gid that the data must belong to, None to leave them alone.
    """

    name: str
    prefix: tuple[str, ...] = ()
    identity: Identity | None = None
    owner: Identity | None = None


AS_IS = Disguise("as is")


def choose(data_dir: Path, binaries: Path) -> Disguise:
    """The first way that works here. Raises LocalError when none does."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return AS_IS
    for disguise in _ways():
        if works(disguise, data_dir, binaries):
            return disguise
    who = "root" if os.geteuid() == 0 else f"the nameless user {os.geteuid()}"
    raise LocalError(
        f"Postgres does not run as {who}, and this system offers no way around it; start RYLA "
        "as an ordinary user, or set DATABASE_URL to a Postgres that runs already."
    )


def namespace() -> Disguise:
    """Inside a user namespace the caller is called `nobody`; its files stay its own."""
    nobody = _nobody()
    command = (
        "unshare",
        "--user",
        f"--map-user={nobody.uid}",
        f"--map-group={nobody.gid}",
    )
    owner = Identity(os.geteuid(), os.getegid())
    return Disguise("user namespace", prefix=command, owner=owner)


def plain_switch() -> Disguise:
    """Become `nobody`: needs root, and folders that others may enter."""
    nobody = _nobody()
    return Disguise("nobody", identity=nobody, owner=nobody)


def switch_with_passage() -> Disguise:
    """Become `nobody` who may still enter root's folders, as containers under /root need."""
    nobody = _nobody()
    command = (
        "setpriv",
        f"--reuid={nobody.uid}",
        f"--regid={nobody.gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--pdeathsig=INT",
    )
    return Disguise("nobody with passage", prefix=command, owner=nobody)


def works(disguise: Disguise, data_dir: Path, binaries: Path) -> bool:
    """Whether a program in this disguise reaches both folders and gets to run."""
    script = 'cd "$1" && exec "$2" --version'
    command: list[str | Path] = [
        *disguise.prefix,
        "sh",
        "-c",
        script,
        "-",
        data_dir,
        binaries / "initdb",
    ]
    try:
        probe = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd="/",
            timeout=20,
            **switch(disguise.identity),
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return bool(probe.returncode == 0)


def hand_over(folder: Path, owner: Identity) -> None:
    """Give a folder and all in it to `owner`, where it is not theirs yet."""
    for path in _tree(folder):
        status = path.lstat()
        if (status.st_uid, status.st_gid) != (owner.uid, owner.gid):
            os.chown(path, owner.uid, owner.gid, follow_symlinks=False)


def _ways() -> list[Disguise]:
    if os.geteuid() != 0:
        return [namespace()]
    return [namespace(), plain_switch(), switch_with_passage()]


def _tree(folder: Path) -> Iterator[Path]:
    yield folder
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in [*folders, *files])


def _nobody() -> Identity:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Identity(65534, 65534)
    return Identity(entry.pw_uid, entry.pw_gid)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
