"""The mails to people: a text and an HTML side of each, under `templates/emails/`."""

from __future__ import annotations

import logging
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from ryla.lib.errors import DomainError

log = logging.getLogger(__name__)

SUBJECTS = {
    "verify": "Confirm your address for RYLA",
    "change_email": "Confirm your new address for RYLA",
    "email_changed": "Your address was changed",
    "password_reset": "Choose a new RYLA password",
    "password_changed": "Your RYLA password was changed",
    "account_closed": "Your RYLA account is closed",
    "picture_withheld": "A picture of yours is held back",
    "picture_released": "A picture of yours can be seen again",
    "picture_removed": "A picture of yours was removed",
}


class MailNotSent(DomainError):
    code = "mail_not_sent"
    status = 503
    message = "The mail could not be sent just now. Try again in a few minutes."


def send(name: str, *, to: str, **context: Any) -> None:
    """Render `emails/<name>.txt` and `.html` and hand them to the mail server.

    Raises MailNotSent when it does not take them.
    """
    message = EmailMultiAlternatives(
        subject=SUBJECTS[name],
        body=render_to_string(f"emails/{name}.txt", context).strip() + "\n",
        to=[to],
        reply_to=[settings.SUPPORT_EMAIL],
    )
    message.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail not sent", extra={"mail": name, "error": type(error).__name__})
        raise MailNotSent from error


def address_of(view_name: str, **kwargs: str) -> str:
    """The public address of a page; never built from what a request says its host is."""
    return f"{settings.SITE_URL}{reverse(view_name, kwargs=kwargs)}"
