from __future__ import annotations

from uuid import UUID

from celery import shared_task

from accounts.mails import MailNotSent
from characters import albums, images, services


@shared_task(name="characters.erase_files")
def erase_files() -> None:
    images.erase_due_files()


@shared_task(name="characters.empty_bins")
def empty_bins() -> None:
    services.empty_bins()
    albums.purge_albums()


@shared_task(
    name="characters.mail_decision",
    autoretry_for=(MailNotSent,),
    retry_backoff=30,
    max_retries=5,
)
def mail_decision(decision_id: str) -> None:
    services.mail_decision(decision_id=UUID(decision_id))
