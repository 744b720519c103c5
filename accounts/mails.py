"""The mails to people: a text and an HTML side of each, under `templates/emails/`."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from email.mime.image import MIMEImage
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.mail_kinds import Picture
from ryla.lib.errors import DomainError

log = logging.getLogger(__name__)

# Read on locked screens by whoever stands near: no names, no figures, no addresses.
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
    "welcome": "Welcome to RYLA",
    "set_finished": "Your pictures are ready",
    "job_failed": "Your request could not be made",
    "low_credits": "Your credits are running low",
    "credits_expiring": "Some of your credits expire soon",
    "payment": "Your receipt from RYLA",
}


class _Mail(EmailMultiAlternatives):
    mixed_subtype = "related"  # pictures belong to the HTML side, not beside it


class MailNotSent(DomainError):
    code = "mail_not_sent"
    status = 503
    message = "The mail could not be sent just now. Try again in a few minutes."


def send(
    name: str,
    *,
    to: str,
    pictures: Sequence[Picture] = (),
    stop_url: str = "",
    message_id: str = "",
    **context: Any,
) -> None:
    """Render `emails/<name>.txt` and `.html` and hand them to the mail server, the pictures inside.

    With a `stop_url` the mail says how to get no more of its kind, to people and to mail programs.
    Raises MailNotSent when the server does not take it.
    """
    shown = {**context, "pictures": [_shown(picture) for picture in pictures], "stop_url": stop_url}
    text, html = render(name, shown)
    message = _Mail(
        subject=SUBJECTS[name],
        body=text,
        to=[to],
        reply_to=[settings.SUPPORT_EMAIL],
        headers=_headers(stop_url, message_id),
    )
    message.attach_alternative(html, "text/html")
    for picture in pictures:
        message.attach(_attached(picture))
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail not sent", extra={"mail": name, "error": type(error).__name__})
        raise MailNotSent from error


def render(name: str, context: dict[str, Any]) -> tuple[str, str]:
    """The text and the HTML of a mail. `context` is what the mail's own templates name, and
    `settings_url` of the page where mails are chosen is added."""
    settings_url = address_of("accounts:notifications")
    context = {"settings_url": settings_url, "site_url": settings.SITE_URL, **context}
    text = render_to_string(f"emails/{name}.txt", context).strip() + "\n"
    return text, render_to_string(f"emails/{name}.html", context)


def _headers(stop_url: str, message_id: str) -> dict[str, str]:
    # No answering machine answers these (RFC 3834).
    headers = {"Auto-Submitted": "auto-generated"}
    if stop_url:
        # A button of the mail program's own: one POST, no page (RFC 8058).
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message_id:
        headers["Message-ID"] = message_id
    return headers


def _shown(picture: Picture) -> dict[str, Any]:
    return {
        "src": f"cid:{picture.cid}",
        "alt": picture.alt,
        "width": picture.width_px,
        "height": picture.height_px,
    }


def _attached(picture: Picture) -> MIMEImage:
    part = MIMEImage(picture.content, "jpeg")
    part.add_header("Content-ID", f"<{picture.cid}>")
    part.add_header("Content-Disposition", "inline", filename=f"{picture.cid}.jpg")
    return part


def address_of(view_name: str, **kwargs: str) -> str:
    """The public address of a page; never built from what a request says its host is."""
    return f"{settings.SITE_URL}{reverse(view_name, kwargs=kwargs)}"
