"""Sends the mails that events gave a reason for (`accounts.mail_kinds`), once each.

A mail is claimed by one guarded UPDATE that also moves its next try away, written from what is
true then, and handed to the mail server outside of any transaction. What dies in between is tried
again after that pause. A mail whose server said yes a moment before the process died would go out
a second time: it carries the same Message-ID, by which mail programs know it is the same.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import mails, switches
from accounts.mail_kinds import MAIL_KINDS, SEND_MAIL, Draft, MailKind
from accounts.models import OutgoingMail
from accounts.states import MAIL_TRANSITIONS, MailStatus
from ryla.lib.queue import enqueue
from ryla.lib.states import transition

log = logging.getLogger(__name__)

# Before each further try; after the last of them the mail is given up.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
MAX_ATTEMPTS = len(_PAUSES)
AT_ONCE_AT_MOST = 20


def ask_for_due_mails(*, limit: int = AT_ONCE_AT_MOST) -> int:
    """Have the mails that are due sent, each by a task of its own; returns how many.

    Few at once: what sends them does the clock's other work as well.
    """
    due = list(_due().values_list("pk", flat=True)[:limit])
    for pk in due:
        enqueue(SEND_MAIL, pk)
    return len(due)


def send_due_mails(*, limit: int = 500) -> int:
    """The same here and now; returns how many were sent."""
    due = list(_due().values_list("pk", flat=True)[:limit])
    return sum(send_mail(mail_id=pk) for pk in due)


def _due() -> QuerySet[OutgoingMail]:
    waiting = OutgoingMail.objects.filter(status=MailStatus.WAITING)
    return waiting.filter(due_at__lte=timezone.now()).order_by("due_at")


def send_mail(*, mail_id: int) -> bool:
    """Whether it was sent now. Repeating, or coming too early or too late, does nothing."""
    mail = _claim(mail_id)
    if mail is None:
        return False
    if mail.attempts > MAX_ATTEMPTS:
        _end(mail, MailStatus.FAILED, why="tried too often")
        return False
    kind = MAIL_KINDS.get(mail.kind)
    why = _why_not(mail, kind)
    draft = kind.write(mail) if kind and not why else None
    if kind is None or draft is None:
        _end(mail, MailStatus.DROPPED, why=why or "nothing to say any more")
        return False
    return _hand_over(mail, kind, draft)


def _claim(mail_id: int) -> OutgoingMail | None:
    """With its next try moved away; None when it is not due, or somebody else has it."""
    tried = OutgoingMail.objects.select_related("user").filter(pk=mail_id).first()
    if tried is None:
        return None
    claimed = _due().filter(pk=mail_id, attempts=tried.attempts)
    again_at = timezone.now() + _PAUSES[min(tried.attempts, MAX_ATTEMPTS - 1)]
    if not claimed.order_by().update(attempts=F("attempts") + 1, due_at=again_at):
        return None
    tried.attempts += 1
    return tried


def _why_not(mail: OutgoingMail, kind: MailKind | None) -> str:
    """Why it is not to be sent, "" if it is."""
    user = mail.user
    if kind is None:
        return "no such mail any more"
    if not user.is_active:
        return "account not active"
    if kind.has_switch and not user.is_email_verified:
        return "address not confirmed"
    if kind.if_unread and mail.event_id <= user.events_read_id:
        return "read meanwhile"
    return "" if switches.is_wanted(user, kind) else "switched off"


def _hand_over(mail: OutgoingMail, kind: MailKind, draft: Draft) -> bool:
    stop_url = switches.stop_link(mail.user, kind) if kind.has_switch else ""
    try:
        mails.send(
            draft.template,
            to=mail.user.email,
            pictures=draft.pictures,
            stop_url=stop_url,
            message_id=_message_id(mail),
            **{"kind_label": kind.label, **draft.context},
        )
    except mails.MailNotSent:
        if mail.attempts >= MAX_ATTEMPTS:
            _end(mail, MailStatus.FAILED, why="not taken by the mail server")
        return False
    _end(mail, MailStatus.SENT)
    return True


def _message_id(mail: OutgoingMail) -> str:
    """The same at every try."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<ryla-{mail.key.replace(':', '-')}@{host}>"


def _end(mail: OutgoingMail, status: str, *, why: str = "") -> None:
    transition(mail, status, MAIL_TRANSITIONS, ended_at=timezone.now(), why=why)
    log.info("mail ended", extra={"mail": mail.kind, "status": status, "why": why or "-"})
