"""Status words of mails on their way and their allowed moves."""

from __future__ import annotations

from typing import Final

from ryla.lib.states import Transitions


class MailStatus:
    WAITING: Final = "waiting"
    SENT: Final = "sent"
    DROPPED: Final = "dropped"
    FAILED: Final = "failed"


MAIL_TRANSITIONS: Transitions = {
    "sent": frozenset({"waiting"}),
    "dropped": frozenset({"waiting"}),
    "failed": frozenset({"waiting"}),
}
