"""What may go wrong on somebody's machine, each in one sentence that says what to do."""

from __future__ import annotations

import errno
import re
import shutil
from pathlib import Path

MINIMUM_FREE_BYTES = 200 * 1024 * 1024
_BEFORE_THE_POINT = re.compile(r"^.*?\b(FATAL|PANIC|ERROR):\s+")
_ASIDE = re.compile(r"\b(HINT|DETAIL):\s")
_DISK_FULL = "No space left on device"


class LocalError(Exception):
    """Expected trouble: the message is one sentence for a person, without a traceback."""


class StartInterruptedError(Exception):
    """Somebody asked to stop while a server was still starting."""


def require_space(folder: Path) -> None:
    """Raise LocalError when the disk under `folder` is nearly full."""
    free = shutil.disk_usage(existing_parent(folder)).free
    if free < MINIMUM_FREE_BYTES:
        raise LocalError(
            f"The disk is full: {free // 2**20} MB are free where {folder} lies, and RYLA needs "
            f"{MINIMUM_FREE_BYTES // 2**20} MB; free some space or choose another place "
            "with --data-dir."
        )


def existing_parent(path: Path) -> Path:
    return next(p for p in (path, *path.parents) if p.exists())


def from_os_error(error: OSError, path: Path) -> LocalError:
    """The sentence for a folder that can't be used."""
    if error.errno == errno.ENOSPC:
        return LocalError(f"The disk is full: nothing more can be written under {path}.")
    reason = error.strerror or str(error)
    return LocalError(
        f"RYLA can't write under {path} ({reason}); make it yours or choose another place "
        "with --data-dir."
    )


def from_log(name: str, log: Path, said: str) -> LocalError:
    """The sentence for a program that ended, out of the last thing it said."""
    if _DISK_FULL in said:
        return LocalError(f"The disk is full: {name} could not write and stopped (log: {log}).")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if _is_telling(line)), "it said nothing")
    reason = _BEFORE_THE_POINT.sub("", reason).rstrip(".")
    return LocalError(f"{name} did not start: {reason} (log: {log}).")


def _is_telling(line: str) -> bool:
    return not _ASIDE.search(line) and "database system is shut down" not in line
