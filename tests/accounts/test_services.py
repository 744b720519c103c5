from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core import mail
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from accounts import events, mails, services, tokens
from accounts.limits import TooOften
from accounts.models import Consent, Event, OutgoingMail, Session, User
from accounts.outbox import send_mail
from accounts.signals import account_closing
from billing.models import CreditEntry
from billing.services import get_account
from characters.models import Character
from ryla.lib.errors import Conflict, DomainError, InvalidInput, NotFound
from tests.accounts.conftest import link_in_mail
from tests.builders import PASSWORD, make_character, make_user

pytestmark = pytest.mark.django_db

NEWCOMER: dict[str, Any] = {
    "email": "new@example.com",
    "password": "seven wild geese",
    "accepted_terms": True,
    "is_adult": True,
    "ip": "203.0.113.7",
}


def refused(error: type[DomainError], call: Any, **arguments: Any) -> DomainError:
    with pytest.raises(error) as caught:
        call(**arguments)
    return caught.value


def token_in_mail() -> str:
    return link_in_mail().removeprefix("/verify/").removesuffix("/")


# --- register ----------------------------------------------------------------------------------


def test_register_makes_an_unverified_user_with_both_consents(settings):
    user = services.register(**NEWCOMER)

    assert user.check_password("seven wild geese")
    assert not user.is_email_verified
    assert sorted(user.consents.values_list("kind", "version", "ip_address")) == [
        ("adult", settings.TERMS_VERSION, "203.0.113.7"),
        ("terms", settings.TERMS_VERSION, "203.0.113.7"),
    ]


def test_register_spells_the_address_in_lower_case():
    assert services.register(**NEWCOMER | {"email": " New@Example.COM "}).email == "new@example.com"


def test_register_mails_the_link_after_commit_only(after_commit):
    with after_commit():
        services.register(**NEWCOMER)
        assert mail.outbox == []

    assert [m.to for m in mail.outbox] == [["new@example.com"]]
    assert services.verify_email(token=token_in_mail()).is_email_verified


def test_register_survives_a_mail_server_that_is_away(settings, after_commit):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    with after_commit():
        user = services.register(**NEWCOMER)

    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", f"{'x' * 250}@example.com"),
        ("password", "short"),
        ("password", "0123456789"),
        ("password", "password123"),
        ("password", "x" * 129),
        ("password", "new@example.com"),
        ("accepted_terms", False),
        ("is_adult", False),
    ],
)
def test_register_refuses_and_names_the_field(field, value):
    error = refused(InvalidInput, services.register, **NEWCOMER | {field: value})

    assert error.field == field
    assert not User.objects.exists()


def test_register_refuses_everybody_while_closed(settings):
    settings.REGISTRATION_OPEN = False

    refused(services.RegistrationClosed, services.register, **NEWCOMER)


def test_register_refuses_an_address_in_use_whatever_its_case(after_commit):
    make_user("new@example.com")

    with after_commit():
        error = refused(
            services.EmailInUse, services.register, **NEWCOMER | {"email": "NEW@example.com"}
        )

    assert error.field == "email"
    assert mail.outbox == []


def test_register_limits_one_network_and_not_its_neighbour(settings):
    settings.SIGN_UPS_PER_HOUR = 2
    for number in range(2):
        services.register(**NEWCOMER | {"email": f"{number}@example.com"})

    refused(TooOften, services.register, **NEWCOMER)
    assert services.register(**NEWCOMER | {"ip": "203.0.113.8"})


def test_register_counts_an_ipv6_household_together(settings):
    settings.SIGN_UPS_PER_HOUR = 1
    services.register(**NEWCOMER | {"email": "1@example.com", "ip": "2001:db8:0:1::1"})

    refused(TooOften, services.register, **NEWCOMER | {"ip": "2001:db8:0:1:ffff::2"})
    assert services.register(**NEWCOMER | {"ip": "2001:db8:0:2::1"})


# --- the address --------------------------------------------------------------------------------


@pytest.fixture
def unverified(db) -> User:
    return make_user("fresh@example.com", email_verified_at=None)


def test_verify_email_confirms_and_tells(unverified):
    services.send_verification(user=unverified)

    user = services.verify_email(token=token_in_mail())

    assert user == unverified
    assert user.is_email_verified
    assert [e.kind for e in Event.objects.filter(user=user)] == ["accounts.email.verified"]


def test_verify_email_twice_changes_nothing_more(unverified):
    services.send_verification(user=unverified)
    token = token_in_mail()
    first = services.verify_email(token=token).email_verified_at

    assert services.verify_email(token=token).email_verified_at == first
    assert Event.objects.count() == 1


def test_verify_email_refuses_a_forged_link():
    refused(services.LinkInvalid, services.verify_email, token="made:up:thing")


def test_verify_email_refuses_an_old_link(unverified, settings):
    services.send_verification(user=unverified)
    later = timezone.now() + timedelta(seconds=settings.EMAIL_VERIFICATION_TIMEOUT_S + 5)

    with time_machine.travel(later):
        error = refused(services.LinkInvalid, services.verify_email, token=token_in_mail())

    assert error.code == "link_expired"


def test_verify_email_refuses_a_link_for_an_address_left_behind(unverified):
    services.send_verification(user=unverified)
    User.objects.filter(pk=unverified.pk).update(email="other@example.com")

    refused(services.LinkInvalid, services.verify_email, token=token_in_mail())


def test_send_verification_refuses_when_confirmed(user):
    refused(Conflict, services.send_verification, user=user)


def test_send_verification_is_limited(unverified, settings):
    settings.MAILS_PER_HOUR = 2
    services.send_verification(user=unverified)
    services.send_verification(user=unverified)

    refused(TooOften, services.send_verification, user=unverified)
    assert len(mail.outbox) == 2


def test_send_verification_says_when_the_mail_server_is_away(unverified, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    refused(mails.MailNotSent, services.send_verification, user=unverified)


def test_change_email_counts_only_once_the_link_is_opened(user, after_commit):
    services.change_email(user=user, email="Moved@example.com", password=PASSWORD)
    user.refresh_from_db()
    assert user.email == "owner@example.com"
    assert mail.outbox[-1].to == ["moved@example.com"]

    with after_commit():
        services.verify_email(token=token_in_mail())

    user.refresh_from_db()
    assert user.email == "moved@example.com"
    assert user.is_email_verified
    assert mail.outbox[-1].to == ["owner@example.com"]
    assert "moved@example.com" in mail.outbox[-1].body


def test_change_email_link_works_once_and_again_harmlessly(user):
    services.change_email(user=user, email="moved@example.com", password=PASSWORD)
    token = token_in_mail()
    services.verify_email(token=token)

    assert services.verify_email(token=token).email == "moved@example.com"
    assert Event.objects.filter(kind="accounts.email.changed").count() == 1


@pytest.mark.parametrize("ending", ["reset", "everywhere"])
def test_change_email_link_ends_with_the_sessions_of_whoever_asked(user, ending):
    services.change_email(user=user, email="attacker@example.com", password=PASSWORD)
    token = token_in_mail()
    if ending == "reset":
        services.reset_password(user=user, new_password="seven wild geese")
    else:
        services.end_all_sessions(user=user)

    refused(services.LinkInvalid, services.verify_email, token=token)
    user.refresh_from_db()
    assert user.email == "owner@example.com"


def test_change_email_link_ends_with_another_change(user):
    services.change_email(user=user, email="one@example.com", password=PASSWORD)
    first = token_in_mail()
    services.change_email(user=user, email="two@example.com", password=PASSWORD)
    services.verify_email(token=token_in_mail())

    refused(services.LinkInvalid, services.verify_email, token=first)


def test_change_email_refuses_an_address_taken_before(user, stranger):
    error = refused(
        services.EmailInUse,
        services.change_email,
        user=user,
        email=stranger.email,
        password=PASSWORD,
    )
    assert error.field == "email"


def test_change_email_refuses_an_address_taken_meanwhile(user):
    services.change_email(user=user, email="moved@example.com", password=PASSWORD)
    make_user("moved@example.com")

    refused(services.EmailInUse, services.verify_email, token=token_in_mail())
    user.refresh_from_db()
    assert user.email == "owner@example.com"


def move(token: str) -> str:
    """In a thread: what came of opening that link, "" when it worked."""
    try:
        services.verify_email(token=token)
    except DomainError as error:
        return error.code
    finally:
        connections.close_all()
    return ""


def link_to(email: str, user: User) -> str:
    services.change_email(user=user, email=email, password=PASSWORD)
    return token_in_mail()


@pytest.mark.django_db(transaction=True)
def test_two_who_move_to_one_address_at_once_get_it_once(user, stranger, monkeypatch):
    links = [link_to("moved@example.com", person) for person in (user, stranger)]
    both, emit = Barrier(2), events.emit

    def emit_together(*words: Any) -> Event:
        """Nobody goes on before both have found the address free."""
        both.wait(10)
        return emit(*words)

    monkeypatch.setattr(events, "emit", emit_together)
    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(move, links)) == ["", "email_in_use"]

    moved = User.objects.get(email="moved@example.com")
    stayed = {"owner@example.com", "stranger@example.com"} - {mail.outbox[-1].to[0]}
    assert set(User.objects.exclude(pk=moved.pk).values_list("email", flat=True)) == stayed
    assert [e.user for e in Event.objects.all()] == [moved]


@pytest.mark.django_db(transaction=True)
def test_move_waits_for_what_the_person_is_told_just_then(user):
    link = link_to("moved@example.com", user)
    with ThreadPoolExecutor(1) as people:
        with transaction.atomic():
            events.emit(user, "tests.thing.happened", 1)
            outcome = people.submit(move, link)
            wait_for_a_waiter()
        assert outcome.result(30) == ""

    user.refresh_from_db()
    assert user.email == "moved@example.com"
    kinds = Event.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["tests.thing.happened", "accounts.email.changed"]


def wait_for_a_waiter() -> None:
    """Until somebody waits in the database for what this connection holds."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    pytest.fail("nobody waits")


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "wrong"), ("email", "owner@example.com"), ("email", "no address")],
)
def test_change_email_refuses_and_names_the_field(user, field, value):
    arguments = {"email": "moved@example.com", "password": PASSWORD} | {field: value}

    assert refused(InvalidInput, services.change_email, user=user, **arguments).field == field
    assert mail.outbox == []


# --- passwords and sessions ---------------------------------------------------------------------


def test_change_password_ends_every_session_and_token(user, stranger, client_of, after_commit):
    here, theirs = client_of(user), client_of(stranger)
    tokens.issue_tokens(user)

    with after_commit():
        changed = services.change_password(
            user=user, current_password=PASSWORD, new_password="eleven grey herons"
        )

    assert changed.check_password("eleven grey herons")
    assert changed.session_epoch == user.session_epoch + 1
    assert not Session.objects.filter(user=user).exists()
    assert BlacklistedToken.objects.count() == 1
    (noted,) = OutgoingMail.objects.filter(user=user)
    assert send_mail(mail_id=noted.pk)
    assert mail.outbox[-1].subject == "Your RYLA password was changed"
    assert Session.objects.filter(user=stranger).count() == 1
    assert here.get("/settings/").status_code == 302
    assert theirs.get("/settings/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"), [("current_password", "wrong"), ("new_password", "short")]
)
def test_change_password_refuses_and_names_the_field(user, field, value):
    arguments = {"current_password": PASSWORD, "new_password": "eleven grey herons"}

    error = refused(InvalidInput, services.change_password, user=user, **arguments | {field: value})

    assert error.field == field
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_change_password_stops_guessing(user):
    wrong = {"user": user, "current_password": "wrong", "new_password": "eleven grey herons"}
    for _ in range(10):
        refused(InvalidInput, services.change_password, **wrong)

    refused(TooOften, services.change_password, **wrong | {"current_password": PASSWORD})


def test_reset_password_proves_the_address_and_ends_everything(unverified, client_of):
    client_of(unverified)

    user = services.reset_password(user=unverified, new_password="eleven grey herons")

    assert user.check_password("eleven grey herons")
    assert user.is_email_verified
    assert user.session_epoch == 1
    assert not Session.objects.filter(user=user).exists()


def test_find_sessions_lists_only_live_ones_of_the_user(user, stranger, client_of):
    client_of(stranger)
    old, new = client_of(user).session, client_of(user).session
    Session.objects.filter(pk=old.session_key).update(seen_at=timezone.now() - timedelta(days=1))
    gone = client_of(user).session
    Session.objects.filter(pk=gone.session_key).update(expire_date=timezone.now())

    found = services.find_sessions(user=user)

    assert [s.pk for s in found] == [new.session_key, old.session_key]


def test_end_session_ends_that_one(user, client_of):
    first, second = client_of(user), client_of(user)

    services.end_session(user=user, handle=services.session_handle(first.session.session_key))

    assert first.get("/settings/").status_code == 302
    assert second.get("/settings/").status_code == 200


def test_end_session_of_a_stranger_is_not_found(user, stranger, client_of):
    theirs = client_of(stranger)
    handle = services.session_handle(theirs.session.session_key)

    refused(NotFound, services.end_session, user=user, handle=handle)
    assert theirs.get("/settings/").status_code == 200


def test_end_all_sessions_leaves_strangers_alone(user, stranger, client_of):
    mine, theirs = client_of(user), client_of(stranger)
    tokens.issue_tokens(stranger)

    services.end_all_sessions(user=user)

    assert mine.get("/settings/").status_code == 302
    assert theirs.get("/settings/").status_code == 200
    assert not BlacklistedToken.objects.exists()


# --- profile, events ----------------------------------------------------------------------------


def test_update_profile_keeps_one_space_between_words(user):
    services.update_profile(user=user, display_name="  Ada \n Lovelace ")

    user.refresh_from_db()
    assert user.display_name == "Ada Lovelace"


@pytest.mark.parametrize("name", ["x" * 81, "zero\x00byte", "bell\x07"])
def test_update_profile_refuses(user, name):
    error = refused(InvalidInput, services.update_profile, user=user, display_name=name)
    assert error.field == "display_name"


def test_mark_events_read_moves_forwards_only(user, stranger):
    ids = [events.emit(user, "tests.thing.happened", n).pk for n in range(3)]
    events.emit(stranger, "tests.thing.happened", 9)

    services.mark_events_read(user=user, up_to=ids[1])
    user.refresh_from_db()
    assert user.events_read_id == ids[1]

    services.mark_events_read(user=user, up_to=ids[0])
    user.refresh_from_db()
    assert user.events_read_id == ids[1]

    services.mark_events_read(user=user)
    user.refresh_from_db()
    assert user.events_read_id == ids[2]


# --- the end ------------------------------------------------------------------------------------


def test_close_account_forgets_who_it_was_and_keeps_the_books(user, client_of, after_commit):
    client_of(user)
    get_account(user)
    entries = CreditEntry.objects.count()
    services.update_profile(user=user, display_name="Ada")
    tokens.issue_tokens(user)
    events.emit(user, "tests.thing.happened", 1)

    with after_commit():
        services.close_account(user=user, password=PASSWORD)

    user.refresh_from_db()
    assert user.email.startswith("closed-")
    assert user.email.endswith("@closed.invalid")
    assert (user.display_name, user.is_active, user.email_verified_at) == ("", False, None)
    assert user.closed_at is not None
    assert not user.has_usable_password()
    assert not Session.objects.filter(user=user).exists()
    assert not Event.objects.filter(user=user).exists()
    assert Consent.objects.filter(user=user).count() == 2
    assert CreditEntry.objects.count() == entries > 0
    assert [m.to for m in mail.outbox] == [["owner@example.com"]]


def test_close_account_erases_characters_of_the_owner_only(user, stranger):
    make_character(owner=user)
    theirs = make_character(owner=stranger)

    services.close_account(user=user, password=PASSWORD)

    assert list(Character.objects.all()) == [theirs]


def test_close_account_frees_the_address(user):
    services.close_account(user=user, password=PASSWORD)

    assert authenticate(None, username="owner@example.com", password=PASSWORD) is None
    assert services.register(**NEWCOMER | {"email": "owner@example.com"}).pk != user.pk


def test_close_account_takes_staff_rights_away():
    boss = User.objects.create_superuser("boss@example.com", PASSWORD)

    services.close_account(user=boss, password=PASSWORD)

    boss.refresh_from_db()
    assert (boss.is_staff, boss.is_superuser) == (False, False)


def test_close_account_refuses_a_wrong_password(user):
    error = refused(InvalidInput, services.close_account, user=user, password="wrong")

    assert error.field == "password"
    user.refresh_from_db()
    assert user.is_active


def test_close_account_does_nothing_when_a_floor_above_cannot(user):
    def cannot(**kwargs: Any) -> None:
        raise RuntimeError("storage is away")

    account_closing.connect(cannot)
    try:
        with pytest.raises(RuntimeError):
            services.close_account(user=user, password=PASSWORD)
    finally:
        account_closing.disconnect(cannot)

    user.refresh_from_db()
    assert user.email == "owner@example.com"
    assert user.is_active


def test_deactivate_user_ends_sessions_and_reactivate_undoes(user, client_of):
    browser = client_of(user)

    services.deactivate_user(user=user)
    assert browser.get("/settings/").status_code == 302
    assert authenticate(None, username=user.email, password=PASSWORD) is None

    services.reactivate_user(user=user)
    assert authenticate(None, username=user.email, password=PASSWORD) == user


def test_reactivate_user_refuses_a_closed_account(user):
    services.close_account(user=user, password=PASSWORD)
    user.refresh_from_db()

    refused(Conflict, services.reactivate_user, user=user)


# --- housekeeping -------------------------------------------------------------------------------


def test_prune_events_forgets_the_old_and_keeps_the_rest(user, settings):
    with time_machine.travel(timezone.now() - timedelta(days=settings.EVENTS_KEEP_DAYS + 1)):
        events.emit(user, "tests.thing.happened", "old")
    kept = events.emit(user, "tests.thing.happened", "new")

    assert services.prune_events() == 1
    assert list(Event.objects.all()) == [kept]
    assert services.prune_events() == 0


def test_prune_sessions_forgets_what_ran_out(user, client_of):
    kept, gone = client_of(user).session, client_of(user).session
    Session.objects.filter(pk=gone.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        tokens.issue_tokens(user)
    tokens.issue_tokens(user)

    assert services.prune_sessions() == 2
    assert list(Session.objects.values_list("pk", flat=True)) == [kept.session_key]
