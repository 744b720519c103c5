"""What the person at the terminal sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ryla.local.children import short
from ryla.local.processes import size_of

_IMPORTANT = re.compile(r"\b(ERROR|CRITICAL)\b")
_LINES_AT_ONCE = 8


def say(text: str) -> None:
    """Print; a terminal that has gone away is no reason to leave servers running."""
    with suppress(OSError):
        print(text, flush=True)


class LogWatcher:
    """Shows the lines of a log that somebody should know about; the rest stays in the file."""

    def __init__(self, key: str, log: Path) -> None:
        self._key = key
        self._log = log
        self._seen = size_of(log)

    def show_news(self) -> None:
        lines = [line for line in self._new_lines() if _IMPORTANT.search(line)]
        for line in lines[:_LINES_AT_ONCE]:
            say(f"[{self._key}] {line}")
        if len(lines) > _LINES_AT_ONCE:
            say(f"[{self._key}] … and {len(lines) - _LINES_AT_ONCE} more in {short(self._log)}")

    def _new_lines(self) -> list[str]:
        size = size_of(self._log)
        if size <= self._seen:
            self._seen = size  # unchanged, or put aside and begun anew
            return []
        with self._log.open("rb") as stream:
            stream.seek(self._seen)
            fresh = stream.read(1 << 20)
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._seen += len(whole) or (len(fresh) if len(fresh) == 1 << 20 else 0)
        return whole.decode(errors="replace").splitlines()


def banner(site: str, credentials: Path, logs: Path, replaced: Iterable[str]) -> str:
    rows = [("RYLA is running", f"{site}/"), *sign_ins(site, credentials)]
    rows += [("Mails it sent", f"{site}/dev/mail/"), ("Logs", short(logs) + "/")]
    rows += [("From your environment", name) for name in replaced]
    rows += [("To stop it", "Ctrl-C")]
    width = max(len(name) for name, _ in rows) + 3
    return "\n" + "\n".join(f"  {name:<{width}}{value}" for name, value in rows) + "\n"


def sign_ins(site: str, credentials: Path) -> list[tuple[str, str]]:
    """The rows for whoever is in the file that the demo data left, in its order."""
    try:
        people = json.loads(credentials.read_text())
    except (OSError, ValueError):
        return []
    rows = []
    for role, person in people.items():
        where = f"   {site}/admin/" if role == "staff" else ""
        rows.append((f"Sign in as {role}", f"{person['email']}   {person['password']}{where}"))
    return rows
