"""Which mails there are about events, and which event is a reason for which mail.

Every app registers its own kinds. A mail is noted in the transaction of its event (`note`) and
written when it is due (`accounts.outbox`), from what is true then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Event, OutgoingMail, User
from ryla.lib.queue import enqueue

SEND_MAIL = "accounts.send_mail"
AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG that travels with its mail, shown where the mail names its `cid`."""

    cid: str
    content: bytes
    alt: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail as it is to be written: its template under `templates/emails/` and what that needs."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()


def _always(user: User) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class MailKind:
    """`write` returns None when there is nothing to say any more. Without a `label` it has no
    switch: what guards the account is always sent. `after` is how long it waits; with `if_unread`
    it is dropped when its event was read meanwhile. `is_offered` is whether its switch could
    still have an effect for somebody."""

    slug: str
    write: Callable[[OutgoingMail], Draft | None]
    label: str = ""
    help: str = ""
    after: timedelta = AT_ONCE
    if_unread: bool = False
    is_offered: Callable[[User], bool] = _always

    @property
    def has_switch(self) -> bool:
        return bool(self.label)


MAIL_KINDS: dict[str, MailKind] = {}
_OF_EVENT: dict[str, MailKind] = {}


def register(kind: MailKind, *events: str) -> None:
    """Have this mail noted for each event of these kinds."""
    MAIL_KINDS[kind.slug] = kind
    _OF_EVENT.update(dict.fromkeys(events, kind))


def with_switch() -> list[MailKind]:
    return [kind for kind in MAIL_KINDS.values() if kind.has_switch]


def note(event: Event) -> None:
    """Joins the transaction of the event; a mail that need not wait is asked for after commit."""
    kind = _OF_EVENT.get(event.kind)
    if kind is None:
        return
    mail = OutgoingMail.objects.create(
        user_id=event.user_id,
        kind=kind.slug,
        key=f"event:{event.pk}:{kind.slug}",
        event_id=event.pk,
        told=event.kind,
        subject=event.subject,
        data=event.data,
        due_at=timezone.now() + kind.after,
    )
    if not kind.after:
        enqueue(SEND_MAIL, mail.pk)
