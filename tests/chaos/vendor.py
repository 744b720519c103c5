"""The fake provider with what a real one has beside: a memory that no kill of ours reaches."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from generation.providers.base import CannotLookUp, ImageRequest, ProviderError, Ticket
from generation.providers.fake import FakeProvider


class Vendor(FakeProvider):
    """Notes every request it takes in `journal`, and every ticket it forgets. With `is_silent` it
    does not tell what it has; with `is_absent` it takes none."""

    def __init__(self, *, journal: str, is_silent: bool = False, is_absent: bool = False) -> None:
        super().__init__(scale=0.05)
        self._journal = Journal(Path(journal))
        self._is_silent = is_silent
        self._is_absent = is_absent

    def submit(self, request: ImageRequest) -> Ticket:
        if self._is_absent:
            message = "The provider works for nobody today."
            raise ProviderError(message, code="provider_unpaid", is_transient=False)
        ticket = super().submit(request)
        self._journal.note("took", request.external_key, ticket)
        return ticket

    def find(self, request: ImageRequest) -> Ticket | None:
        if self._is_silent:
            raise CannotLookUp
        return self._journal.find(request.external_key)

    def poll(self, ticket: Ticket) -> Any:
        try:
            return super().poll(ticket)
        except ProviderError as error:
            if error.code == "lost":
                self._journal.note("forgot", ticket.data["key"], ticket)
            raise


class Journal:
    """Lines of [what, our key of the picture, external id, data], in the order of events."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, what: str, key: str, ticket: Ticket) -> None:
        line = json.dumps([what, key, ticket.external_id, dict(ticket.data)]) + "\n"
        # One write, so that lines of two processes never mix and a kill leaves whole ones.
        journal = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(journal, line.encode())
        finally:
            os.close(journal)

    def find(self, key: str) -> Ticket | None:
        found = None
        for what, its_key, external_id, data in self._lines():
            if its_key == key:
                found = Ticket(external_id, data) if what == "took" else None
        return found

    def paid_twice(self) -> list[str]:
        """Pictures it was asked for again while it had them."""
        tally: dict[str, Counter[str]] = {}
        for what, key, *_ in self._lines():
            tally.setdefault(key, Counter())[what] += 1
        return [key for key, n in tally.items() if n["took"] > 1 + n["forgot"]]

    def _lines(self) -> list[Any]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines()]
