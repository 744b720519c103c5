"""The verbs of accounts; sole writers of people, their consents and their sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts import events, limits, mails, tokens
from accounts.limits import TooOften
from accounts.models import Consent, Event, MailSwitch, OutgoingMail, Session, User
from accounts.signals import Sections, account_closing, collecting_data
from accounts.states import MailStatus
from ryla.lib.errors import Conflict, InvalidInput, NotAllowed, NotFound
from ryla.lib.ids import new_id
from ryla.lib.pubsub import wake
from ryla.lib.rows import in_bites
from ryla.lib.zones import zone_names

PASSWORD_MAX = 128
DISPLAY_NAME_MAX = 80
WHOLE_ADDRESS = "Enter a whole e-mail address, like name@example.com."
_LINK_SALT = "accounts.email"
_PASSWORD_TRIES = 10
_PASSWORD_WINDOW_S = 15 * 60


class RegistrationClosed(NotAllowed):
    code = "registration_closed"
    message = "Nobody new can join just now."


class EmailInUse(Conflict):
    code = "email_in_use"
    message = "This address already has an account."


class LinkInvalid(InvalidInput):
    code = "link_invalid"
    message = "This link is not valid any more."


# --- Joining -----------------------------------------------------------------------------------


def register(
    *, email: str, password: str, accepted_terms: bool, is_adult: bool, ip: str | None = None
) -> User:
    """A new account with both consents; the mail to confirm the address goes out after commit.

    Raises RegistrationClosed, TooOften, InvalidInput naming the field, EmailInUse.

    EmailInUse tells whoever asks that an address is known here. A sign-up that signs people
    in at once cannot hide it, and having newcomers wait for a mail would cost more of them
    than the secret is worth. Asking in bulk is what would hurt, so a network may try only
    SIGN_UPS_PER_HOUR times.
    """
    if not settings.REGISTRATION_OPEN:
        raise RegistrationClosed
    email = _valid_email(email)
    if not is_adult:
        raise InvalidInput(
            "RYLA is for adults: confirm that you are 18 or older.", field="is_adult"
        )
    if not accepted_terms:
        raise InvalidInput("Accept the terms to continue.", field="accepted_terms")
    require_good_password(password, User(email=email))
    if not limits.count("sign-up", limits.network_of(ip), limit=settings.SIGN_UPS_PER_HOUR):
        raise TooOften("Too many sign-ups from this network. Try again in an hour.")
    return _create_user(email, password, ip)


@transaction.atomic
def _create_user(email: str, password: str, ip: str | None) -> User:
    if User.objects.filter(email=email).exists():
        raise EmailInUse(field="email")
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password)
    except IntegrityError as error:
        raise EmailInUse(field="email") from error
    for kind in (Consent.Kind.TERMS, Consent.Kind.ADULT):
        Consent.objects.create(user=user, kind=kind, version=settings.TERMS_VERSION, ip_address=ip)
    # Robust: a mail server that is away must not cost the account; the page offers a new mail.
    transaction.on_commit(lambda: _mail_verification(user), robust=True)
    return user


def _valid_email(email: str, field: str = "email") -> str:
    email = User.objects.normalize_email(email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput(WHOLE_ADDRESS, field=field) from error
    if len(email) > 254:  # noqa: PLR2004 (the column, and the longest that mail can carry)
        raise InvalidInput("This address is too long.", field=field)
    return email


def require_good_password(password: str, user: User, field: str = "password") -> None:
    if len(password) > PASSWORD_MAX:
        raise InvalidInput(f"A password has at most {PASSWORD_MAX} characters.", field=field)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field=field) from error


def _require_password(user: User, password: str, field: str) -> None:
    """The owner is at the keyboard, not just somebody with the open browser."""
    allowed = limits.count(
        "password", str(user.pk), limit=_PASSWORD_TRIES, window_s=_PASSWORD_WINDOW_S
    )
    if not allowed:
        raise TooOften("Too many wrong passwords. Try again in 15 minutes.")
    if not user.check_password(password):
        raise InvalidInput("This is not your password.", field=field)


# --- The first steps ----------------------------------------------------------------------------


def note_download(*, user: User) -> None:
    """Somebody takes pictures along; the first time stays. Repeating is harmless."""
    if user.first_download_at is None:
        user.first_download_at = timezone.now()
        User.objects.filter(pk=user.pk, first_download_at=None).update(
            first_download_at=user.first_download_at
        )


def show_guide(*, user: User, is_shown: bool) -> None:
    """Put the first steps away, or have them back. Repeating is harmless."""
    user.guide_hidden_at = None if is_shown else timezone.now()
    User.objects.filter(pk=user.pk).update(guide_hidden_at=user.guide_hidden_at)


# --- The address --------------------------------------------------------------------------------


def send_verification(*, user: User) -> None:
    """Mail the link again. Raises Conflict (already confirmed), TooOften, MailNotSent."""
    if user.is_email_verified:
        raise Conflict("Your address is confirmed already.", code="already_verified")
    _count_mail(str(user.pk))
    _mail_verification(user)


def _count_mail(who: str) -> None:
    if not limits.count("mail", who, limit=settings.MAILS_PER_HOUR):
        raise TooOften("You asked for several mails already. Look for them, or try in an hour.")


def _mail_verification(user: User) -> None:
    link = _link({"user": str(user.pk), "email": user.email})
    mails.send("verify", to=user.email, action_url=link, action_label="Confirm address")


def _link(payload: dict[str, str]) -> str:
    return mails.address_of(
        "accounts:verify_email", token=signing.dumps(payload, salt=_LINK_SALT, compress=True)
    )


def read_email_link(*, token: str) -> tuple[User, str]:
    """Whose link this is and which address it proves. Raises LinkInvalid."""
    try:
        payload = signing.loads(
            token, salt=_LINK_SALT, max_age=settings.EMAIL_VERIFICATION_TIMEOUT_S
        )
    except signing.SignatureExpired as error:
        raise LinkInvalid("This link is too old.", code="link_expired") from error
    except signing.BadSignature as error:
        raise LinkInvalid from error
    # A link is about the address the account had when it was sent; another one ends it.
    user = User.objects.filter(
        pk=payload["user"], email=payload.get("was", payload["email"]), is_active=True
    ).first()
    if user is None:
        # Opened again after it has done its work.
        user = User.objects.filter(
            pk=payload["user"], email=payload["email"], is_active=True
        ).first()
    if user is None:
        raise LinkInvalid
    # Whoever asked for another address may have been signed out everywhere since.
    is_move = "was" in payload and user.email != payload["email"]
    if is_move and payload.get("epoch") != str(user.session_epoch):
        raise LinkInvalid
    return user, payload["email"]


@transaction.atomic
def verify_email(*, token: str) -> User:
    """The address in the link is the user's from now on, and confirmed. Repeating changes
    nothing. Raises LinkInvalid, EmailInUse (someone else took the new address meanwhile)."""
    user, _ = read_email_link(token=token)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    # Read again under the lock: a reset may have ended the link a moment ago.
    user, email = read_email_link(token=token)
    if user.email == email:
        _confirm_address(user)
    else:
        _move_to(user, email)
    return user


def _confirm_address(user: User) -> None:
    if user.is_email_verified:
        return
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])
    events.emit(user, "accounts.email.verified", user.pk)


def _move_to(user: User, email: str) -> None:
    """Raises EmailInUse."""
    # Asked first: two people who swap addresses would wait for each other at the index.
    if User.objects.filter(email=email).exists():
        raise EmailInUse(field="email")
    # Told first, too: a new address locks the row whole. Whoever else tells this person
    # something holds their events when its commit wants a share of the row.
    events.emit(user, "accounts.email.changed", user.pk)
    old, user.email = user.email, email
    user.email_verified_at = timezone.now()
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_verified_at"])
    except IntegrityError as error:
        raise EmailInUse(field="email") from error
    transaction.on_commit(lambda: mails.send("email_changed", to=old, email=email), robust=True)


def change_email(*, user: User, email: str, password: str) -> str:
    """Mail a link to the new address, which counts once the link is opened; returns it.

    Raises InvalidInput naming the field, EmailInUse, TooOften, MailNotSent.
    """
    email = _valid_email(email)
    if email == user.email:
        raise InvalidInput("This is your address already.", field="email")
    _require_password(user, password, "password")
    _count_mail(str(user.pk))
    if User.objects.filter(email=email).exists():
        raise EmailInUse(field="email")
    link = _link(
        {
            "user": str(user.pk),
            "email": email,
            "was": user.email,
            "epoch": str(user.session_epoch),
        }
    )
    mails.send("change_email", to=email, action_url=link, action_label="Use this address")
    return email


# --- Passwords ----------------------------------------------------------------------------------


@transaction.atomic
def change_password(*, user: User, current_password: str, new_password: str) -> User:
    """Set it and end every session and token; the caller signs the present browser in anew
    with the user returned. Raises InvalidInput naming the field, TooOften."""
    _require_password(user, current_password, "current_password")
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _set_password(user, new_password, field="new_password")
    return user


@transaction.atomic
def reset_password(*, user: User, new_password: str) -> User:
    """After a mailed link was opened, which also proves the address and lifts a lock on
    sign-in. Every session and token ends. Raises InvalidInput(new_password)."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _set_password(user, new_password, field="new_password")
    _confirm_address(user)
    AxesProxyHandler.reset_attempts(username=user.email)
    return user


def _set_password(user: User, password: str, *, field: str) -> None:
    require_good_password(password, user, field)
    user.set_password(password)
    user.save(update_fields=["password"])
    _end_everything(user)
    events.emit(user, "accounts.password.changed", user.pk)


def send_password_reset(*, user: User, link: str) -> None:
    """Silent about everything: who asked must not learn whether the address has an account."""
    try:
        _count_mail(f"reset {user.pk}")
        mails.send("password_reset", to=user.email, action_url=link, action_label="New password")
    except (TooOften, mails.MailNotSent):
        return


# --- Sessions -----------------------------------------------------------------------------------


def find_sessions(*, user: User, limit: int = 50) -> list[Session]:
    """Where the user is signed in, the latest used first."""
    live = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return list(live.defer("session_data").order_by("-seen_at")[:limit])


def session_handle(key: str) -> str:
    """A name for a session that may stand in a page: its key would sign its reader in."""
    return salted_hmac("accounts.session", key, algorithm="sha256").hexdigest()[:32]


def end_session(*, user: User, handle: str) -> None:
    """Raises NotFound when the user has no session of that handle."""
    for key in Session.objects.filter(user=user).values_list("pk", flat=True):
        if constant_time_compare(session_handle(key), handle):
            Session.objects.filter(pk=key).delete()
            wake(str(user.pk))  # its event stream looks, and ends
            return
    raise NotFound


@transaction.atomic
def end_all_sessions(*, user: User) -> User:
    """Every browser, stream and token of the user; returns the user to sign in anew with."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _end_everything(user)
    return user


def _end_everything(user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    Session.objects.filter(user=user).delete()
    tokens.end_tokens(user)
    wake(str(user.pk))


# --- The profile --------------------------------------------------------------------------------


def update_profile(*, user: User, display_name: str) -> User:
    """Raises InvalidInput(display_name)."""
    display_name = " ".join(display_name.split())
    if len(display_name) > DISPLAY_NAME_MAX or not display_name.isprintable():
        raise InvalidInput(
            f"A name has at most {DISPLAY_NAME_MAX} characters.", field="display_name"
        )
    user.display_name = display_name
    user.save(update_fields=["display_name"])
    return user


def set_timezone(*, user: User, timezone: str) -> User:
    """Days and hours are shown in it from now on. Raises InvalidInput(timezone)."""
    if timezone not in zone_names():
        raise InvalidInput("Choose a time zone of the list.", field="timezone")
    user.timezone = timezone
    user.save(update_fields=["timezone"])
    return user


def mark_events_read(*, user: User, up_to: int | None = None) -> None:
    """Events up to that id (by default all) are no news any more; never moves backwards."""
    newest = events.last_event_id(user.pk)
    read = newest if up_to is None else min(up_to, newest)
    User.objects.filter(pk=user.pk, events_read_id__lt=read).update(events_read_id=read)


def export_data(*, user: User) -> Sections:
    """All that is kept about the user, here and on the floors above, for them to take away.

    Sections of rows are read from the database as they are iterated, once.
    """
    sections: Sections = {
        "account": {
            "id": user.pk,
            "email": user.email,
            "email_verified_at": user.email_verified_at,
            "display_name": user.display_name,
            "timezone": user.timezone,
            "created_at": user.created_at,
            "last_login": user.last_login,
        },
        "consents": in_bites(
            Consent.objects.filter(user=user), "kind", "version", "created_at", "ip_address"
        ),
        # Neither keys nor tokens: whoever finds this file must not be able to sign in with it.
        "sessions": in_bites(
            Session.objects.filter(user=user), "user_agent", "ip_address", "created_at", "seen_at"
        ),
        "api_tokens": in_bites(
            OutstandingToken.objects.filter(user=user), "created_at", "expires_at"
        ),
        "events": in_bites(
            Event.objects.filter(user=user), "id", "kind", "subject", "data", "created_at"
        ),
        "mail_switches": in_bites(
            MailSwitch.objects.filter(user=user), "kind", "is_on", "updated_at"
        ),
        "mails": in_bites(
            OutgoingMail.objects.filter(user=user),
            *("kind", "told", "subject", "data", "status", "created_at", "ended_at"),
        ),
    }
    answers: list[tuple[Any, Any]] = collecting_data.send(sender=User, user=user)
    for _, part in answers:
        sections |= part
    return sections


# --- The end ------------------------------------------------------------------------------------


def close_account(*, user: User, password: str) -> None:
    """Erase what is the user's and everything that says who they were. The row stays, nameless,
    under the bookkeeping. Raises InvalidInput(password), TooOften."""
    _require_password(user, password, "password")
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        account_closing.send(sender=User, user=user)
        _forget(user)
        _end_everything(user)


def _forget(user: User) -> None:
    email = user.email
    user.email = f"closed-{new_id()}@closed.invalid"
    user.display_name = ""
    user.timezone = "UTC"
    user.set_unusable_password()
    user.is_active = user.is_staff = user.is_superuser = False
    user.email_verified_at = user.last_login = None
    user.closed_at = timezone.now()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    _erase_events(user_id=user.pk)
    OutgoingMail.objects.filter(user=user).delete()
    MailSwitch.objects.filter(user=user).delete()
    for trace in (AccessAttempt, AccessFailureLog, AccessLog):
        trace.objects.filter(username=email).delete()
    transaction.on_commit(lambda: mails.send("account_closed", to=email), robust=True)


@transaction.atomic
def deactivate_user(*, user: User) -> User:
    """Staff: nobody signs in to it until it is reactivated; nothing is erased."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    _end_everything(user)
    user.is_active = False
    return user


def reactivate_user(*, user: User) -> User:
    """Staff. Raises Conflict for an account that its owner closed."""
    if user.closed_at:
        raise Conflict("This account was closed by its owner.")
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    return user


# --- Housekeeping -------------------------------------------------------------------------------


def prune_events(*, days: int | None = None) -> int:
    """Forget what was told more than `days` (EVENTS_KEEP_DAYS) ago, and the mails about it;
    returns how many events."""
    before = timezone.now() - timedelta(days=settings.EVENTS_KEEP_DAYS if days is None else days)
    OutgoingMail.objects.filter(created_at__lt=before).exclude(status=MailStatus.WAITING).delete()
    return _erase_events(created_at__lt=before)


def _erase_events(**which: Any) -> int:
    """In bites, so that no lock is held for long. Past the queryset, which refuses rightly:
    nobody edits events; these leave with their reason to exist."""
    erased = 0
    while ids := list(Event.objects.filter(**which).values_list("pk", flat=True)[:5000]):
        rows = Event.objects.filter(pk__in=ids)
        erased += rows._raw_delete(rows.db)
    return erased


def prune_sessions() -> int:
    """Forget sessions and tokens that ended by their age; returns how many."""
    ended, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return ended + tokens.prune_tokens()
