from __future__ import annotations

from urllib.parse import urlsplit

from celery import shared_task
from django.conf import settings

from accounts import mail_kinds, outbox, services
from accounts.forms import ResetRequestForm


@shared_task(name="accounts.prune_events")
def prune_events() -> None:
    services.prune_events()


@shared_task(name="accounts.prune_sessions")
def prune_sessions() -> None:
    services.prune_sessions()


@shared_task(name="accounts.mail_password_reset")
def mail_password_reset(email: str) -> None:
    """A link to choose a new password, if the address has an account; silent if not."""
    form = ResetRequestForm({"email": email})
    if form.is_valid():
        form.save(domain_override=urlsplit(settings.SITE_URL).netloc)


@shared_task(name=mail_kinds.SEND_MAIL)
def send_mail(mail_id: str) -> None:
    outbox.send_mail(mail_id=int(mail_id))


@shared_task(name="accounts.sweep_mails")
def sweep_mails() -> None:
    outbox.ask_for_due_mails()
