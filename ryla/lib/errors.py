"""The one family of expected failures.

A DomainError carries a code for programs, a message safe to show to the person it happened
to, and the HTTP status that fits. Anything else that escapes is a defect and is logged.
"""

from __future__ import annotations


class DomainError(Exception):
    code = "error"
    status = 400
    message = "That did not work."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        field: str | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.status = status or self.status
        self.field = field
        super().__init__(self.message)


class NotAllowed(DomainError):
    code = "not_allowed"
    status = 403


class NotFound(DomainError):
    """Also for what exists but is somebody else's: a stranger learns nothing."""

    code = "not_found"
    status = 404
    message = "That does not exist."


class Conflict(DomainError):
    code = "conflict"
    status = 409


class InvalidInput(DomainError):
    """`field` names the input that is wrong."""

    code = "invalid"
    status = 400
