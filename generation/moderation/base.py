"""What every moderator speaks."""

from __future__ import annotations

import abc
from dataclasses import dataclass, field

from ryla.lib.errors import DomainError


class ModeratorError(DomainError):
    """The moderator could not answer; callers treat that as `review`."""

    status = 503

    def __init__(self, message: str, *, is_transient: bool) -> None:
        super().__init__(message, code="moderator_failed")
        self.is_transient = is_transient


@dataclass(frozen=True, slots=True)
class Verdict:
    """`decision` is allow, review or block. `reasons` are sentences safe to show to the author,
    who reads them after the name of the field: they say what to change."""

    decision: str
    version: str
    reasons: tuple[str, ...] = field(default=())


class Moderator(abc.ABC):
    @abc.abstractmethod
    def screen_text(self, text: str, context: str) -> Verdict:
        """`context` names where the text stands: `name`, `handle`, `bio`, `prompt`.

        Raises ModeratorError."""
