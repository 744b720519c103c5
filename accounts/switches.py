"""Which mails a person wants: the switches, and the signed link that turns one off from afar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.db import transaction

from accounts import limits, mails
from accounts.limits import TooOften
from accounts.mail_kinds import MAIL_KINDS, MailKind, with_switch
from accounts.models import MailSwitch, User
from ryla.lib.errors import InvalidInput

_SALT = "accounts.mail_switch"
_TURNS_PER_HOUR = 60


class StopLinkInvalid(InvalidInput):
    code = "link_invalid"
    message = "This link is not valid."


@dataclass(frozen=True, slots=True)
class Switch:
    kind: MailKind
    is_on: bool


def switches_of(user: User) -> list[Switch]:
    """Those that have an effect for this person, in the order in which apps registered them."""
    off = set(MailSwitch.objects.filter(user=user, is_on=False).values_list("kind", flat=True))
    return [Switch(k, k.slug not in off) for k in with_switch() if k.is_offered(user)]


def is_wanted(user: User, kind: MailKind) -> bool:
    if not kind.has_switch:
        return True
    return not MailSwitch.objects.filter(user=user, kind=kind.slug, is_on=False).exists()


@transaction.atomic
def set_switches(*, user: User, switches: Mapping[str, bool]) -> None:
    """Turn each named kind of mail on or off; the others stay. Raises InvalidInput naming a kind
    that has no switch."""
    known = {kind.slug for kind in with_switch()}
    for slug in switches:
        if slug not in known:
            raise InvalidInput("There is no switch for such mails.", field=slug)
    for slug, is_on in switches.items():
        MailSwitch.objects.update_or_create(user=user, kind=slug, defaults={"is_on": is_on})


# --- From afar ----------------------------------------------------------------------------------


def stop_link(user: User, kind: MailKind) -> str:
    """The address at which whoever holds it turns this kind of mail off and on: it stands in the
    mail itself, works signed out, and does not age, as old mails are where people look for it."""
    token = signing.dumps([str(user.pk), kind.slug], salt=_SALT, compress=True)
    return mails.address_of("accounts:stop_mail", token=token)


def read_stop_link(*, token: str) -> tuple[User, MailKind]:
    """Whose mails of which kind. Raises StopLinkInvalid."""
    try:
        user_id, slug = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise StopLinkInvalid from error
    user = User.objects.filter(pk=user_id, closed_at=None).first()
    kind = MAIL_KINDS.get(slug)
    if user is None or kind is None or not kind.has_switch:
        raise StopLinkInvalid
    return user, kind


def turn_by_link(*, token: str, is_on: bool) -> tuple[User, MailKind]:
    """Raises StopLinkInvalid, TooOften. Counted by account, since mail services press the button
    for thousands of people from a few addresses of theirs."""
    user, kind = read_stop_link(token=token)
    if not limits.count("mail-switch", str(user.pk), limit=_TURNS_PER_HOUR):
        raise TooOften
    set_switches(user=user, switches={kind.slug: is_on})
    return user, kind
