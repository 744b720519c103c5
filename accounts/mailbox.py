"""Local mode's mail: kept on a page of this machine (/dev/mail/) instead of being sent."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import LocalMail

log = logging.getLogger(__name__)

KEEPS = 500
_LINK = re.compile(r"https?://\S+")


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            mail = LocalMail.objects.create(
                to=", ".join(message.recipients())[:500],
                subject=str(message.subject)[:300],
                text=str(message.body),
                html=_html_of(message),
            )
            link = _LINK.search(mail.text)
            log.info(
                "mail kept",
                extra={"to": mail.to, "subject": mail.subject, "link": link[0] if link else "-"},
            )
        _forget_oldest()
        return len(email_messages)


def _html_of(message: EmailMessage) -> str:
    for content, mimetype in getattr(message, "alternatives", None) or ():
        if mimetype == "text/html":
            return str(content)
    return ""


def _forget_oldest() -> None:
    last_kept = LocalMail.objects.order_by("-id").values_list("id", flat=True)[KEEPS - 1 : KEEPS]
    LocalMail.objects.filter(id__lt=min(last_kept, default=0)).delete()
