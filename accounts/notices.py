"""What people are told of their account: in the inbox, and by mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from accounts import mail_kinds, mails, telling
from accounts.mail_kinds import Draft, MailKind
from accounts.models import Event, OutgoingMail, User
from accounts.telling import Thing, Topic, Words


def _settings(user: User, events: Sequence[Event]) -> Mapping[int, Thing]:
    here = Thing(href=reverse("accounts:settings"))
    return {event.pk: here for event in events}


telling.tell(
    {
        "accounts.email.verified": Words(
            Topic.ACCOUNT, "shield-check", lambda event: "Your e-mail address is confirmed"
        ),
        "accounts.email.changed": Words(
            Topic.ACCOUNT,
            "envelope-simple",
            lambda event: "Your e-mail address was changed",
            lambda event: "You sign in with the new one. If this was not you, write to us at once.",
        ),
        "accounts.password.changed": Words(
            Topic.ACCOUNT,
            "key",
            lambda event: "Your password was changed",
            lambda event: "Other devices were signed out. If this was not you, choose a new one.",
        ),
    },
    find=_settings,
)


def _write_welcome(mail: OutgoingMail) -> Draft:
    return Draft(
        "welcome",
        {
            "display_name": mail.user.display_name,
            "action_url": mails.address_of("characters:new"),
            "action_label": "Create a character",
        },
    )


def _write_password_changed(mail: OutgoingMail) -> Draft:
    return Draft("password_changed", {"reset_url": mails.address_of("accounts:password_reset")})


def _is_still_to_come(user: User) -> bool:
    return not user.is_email_verified


mail_kinds.register(
    MailKind(
        "welcome",
        _write_welcome,
        label="How to begin",
        help="One mail, once your address is confirmed.",
        is_offered=_is_still_to_come,
    ),
    "accounts.email.verified",
)
mail_kinds.register(
    MailKind("password_changed", _write_password_changed), "accounts.password.changed"
)
