"""Mails about events: noted with them, sent once, and only to whoever wants them."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import events, mails, outbox, switches
from accounts.inbox import mark_read
from accounts.mail_kinds import MAIL_KINDS
from accounts.models import MailSwitch, OutgoingMail, User
from accounts.services import (
    close_account,
    export_data,
    send_verification,
    verify_email,
)
from accounts.tokens import issue_tokens
from billing import ledger
from billing.services import get_account, grant_credits, tell_expiring
from characters.services import withhold_image
from generation.services import mark_job_seen
from tests.builders import (
    PASSWORD,
    make_character,
    make_image,
    make_staff,
    make_user,
    request_job,
    run_jobs,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
SOON = timedelta(minutes=6)


@pytest.fixture(autouse=True)
def _verified(user: User, settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    settings.SITE_URL = "https://ryla.example"
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])
    mail.outbox.clear()


def send_later(after: timedelta = SOON) -> list[str]:
    """The subjects of what is sent once that time has passed."""
    mail.outbox.clear()
    with time_machine.travel(timezone.now() + after):
        outbox.send_due_mails()
    return [sent.subject for sent in mail.outbox]


def make_set(user: User) -> Any:
    job = request_job(make_character(owner=user, ready=True), count=2)
    run_jobs()
    job.refresh_from_db()
    return job


# --- Sending -------------------------------------------------------------------------------------


def test_finished_set_is_mailed_with_its_pictures_once(user: User) -> None:
    make_set(user)
    assert send_later(timedelta(minutes=4)) == []
    assert send_later() == ["Your pictures are ready"]
    sent = mail.outbox[0]
    assert sent.to == [user.email]
    html = str(sent.alternatives[0][0])
    cids = re.findall(r'src="cid:([^"]+)"', html)
    assert [part["Content-ID"] for part in sent.attachments] == [f"<{cid}>" for cid in cids]
    assert len(cids) == 2
    assert "2 pictures are ready" in sent.body
    assert send_later() == []


def test_whoever_saw_the_end_gets_no_mail(user: User, client_of: SignIn) -> None:
    job = make_set(user)
    client_of(user).get(reverse("generation:job", args=[job.pk]))
    assert send_later() == []
    assert OutgoingMail.objects.get(kind="set_finished").status == "dropped"


def test_first_look_at_the_end_counts(user: User) -> None:
    job = make_set(user)
    mark_job_seen(job=job)
    seen_at = job.seen_at
    job.seen_at = None
    mark_job_seen(job=job)
    job.refresh_from_db()
    assert job.seen_at == seen_at


def test_whoever_read_the_inbox_gets_no_mail(user: User) -> None:
    make_set(user)
    mark_read(user=user)
    assert send_later() == []


def test_failed_job_is_mailed_with_what_came_back(user: User) -> None:
    request_job(make_character(owner=user, ready=True), prompt="fail:oom")
    run_jobs()
    assert send_later() == ["Your request could not be made"]
    assert "40 credits came back to you." in mail.outbox[0].body


def test_decision_of_staff_is_mailed_with_its_reason(user: User) -> None:
    withhold_image(
        image=make_image(character=make_character(owner=user)), reason="Somebody's <logo>"
    )
    assert send_later(timedelta(0)) == ["A picture of yours is held back"]
    assert "Somebody's <logo>" in mail.outbox[0].body
    assert "&lt;logo&gt;" in str(mail.outbox[0].alternatives[0][0])


def test_mail_goes_only_to_confirmed_addresses_of_open_accounts(user: User) -> None:
    make_set(user)
    User.objects.filter(pk=user.pk).update(email_verified_at=None)
    assert send_later() == []
    assert OutgoingMail.objects.get(kind="set_finished").why == "address not confirmed"


def test_mail_server_that_is_away_is_tried_again_and_given_up_in_the_end(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPServerDisconnected

    make_set(user)
    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)
    row = OutgoingMail.objects.get(kind="set_finished")
    now = timezone.now() + SOON
    for tried in range(1, outbox.MAX_ATTEMPTS + 1):
        with time_machine.travel(now):
            outbox.send_due_mails()
            assert outbox.send_due_mails() == 0  # not before its pause is over
        row.refresh_from_db()
        assert row.attempts == tried
        now += timedelta(hours=9)
    assert (row.status, row.why) == ("failed", "not taken by the mail server")


def test_mail_somebody_else_is_sending_is_left_alone(user: User) -> None:
    make_set(user)
    row = OutgoingMail.objects.get(kind="set_finished")
    with time_machine.travel(timezone.now() + SOON):
        assert outbox._claim(row.pk)
        assert not outbox.send_mail(mail_id=row.pk)
    assert mail.outbox == []


def test_every_try_has_the_same_message_id(user: User) -> None:
    make_set(user)
    send_later()
    row = OutgoingMail.objects.get(kind="set_finished")
    assert mail.outbox[0].extra_headers["Message-ID"] == outbox._message_id(row)


def test_command_sends_what_is_due(user: User) -> None:
    withhold_image(image=make_image(character=make_character(owner=user)), reason="A logo.")
    OutgoingMail.objects.update(status="waiting", ended_at=None, attempts=0)
    mail.outbox.clear()
    call_command("send_mails")
    assert len(mail.outbox) == 1


def test_database_keeps_one_mail_per_reason_and_its_end(user: User) -> None:
    row = {"user": user, "kind": "welcome", "event_id": 1, "told": "x", "subject": "y"}
    row |= {"due_at": timezone.now(), "key": "event:1:welcome"}
    OutgoingMail.objects.create(**row)
    for wrong in ({}, {"key": "2", "status": "sent"}, {"key": "3", "status": "odd"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OutgoingMail.objects.create(**{**row, **wrong})


def test_confirmed_address_is_welcomed(after_commit: Any) -> None:
    newcomer = make_user("new@example.com", email_verified_at=None, display_name="Mia")
    with after_commit():
        send_verification(user=newcomer)
    token = re.search(r"/verify/([^/]+)/", str(mail.outbox[-1].body))
    assert token
    verify_email(token=token[1])
    assert send_later(timedelta(0)) == ["Welcome to RYLA"]
    assert mail.outbox[0].body.startswith("Welcome, Mia\n")


# --- Credits -------------------------------------------------------------------------------------


def test_low_credits_are_told_once_per_crossing(user: User) -> None:
    staff = make_staff()
    for key, amount in (("a", 500), ("b", -950), ("c", -10), ("d", 500), ("e", -500)):
        grant_credits(user=user, credits=amount, reason="Test", key=key, staff=staff)
    told = list(user.events.filter(kind="billing.credits.low").values_list("data", flat=True))
    assert told == [{"credits": 50}, {"credits": 40}]


def test_low_credits_are_not_mailed_once_there_are_enough_again(user: User) -> None:
    staff = make_staff()
    grant_credits(user=user, credits=-450, reason="Test", key="a", staff=staff)
    grant_credits(user=user, credits=900, reason="Test", key="b", staff=staff)
    assert send_later() == []


def test_expiring_credits_are_told_once_a_day_by_the_day_they_go(user: User) -> None:
    soon = timezone.now() + timedelta(days=2)
    with transaction.atomic():
        ledger.grant(get_account(user), 300, key="month", expires_at=soon)
    assert (tell_expiring(), tell_expiring()) == (1, 0)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert tell_expiring() == 0  # of the same lot
    assert send_later(timedelta(0)) == ["Some of your credits expire soon"]
    assert "300 credits" in mail.outbox[0].body


# --- Switches ------------------------------------------------------------------------------------


def test_switched_off_mail_is_not_sent(user: User, client_of: SignIn) -> None:
    client = client_of(user)
    page = reverse("accounts:notifications")
    names = re.findall(r'type="checkbox" name="(\w+)"', client.get(page).content.decode())
    assert "set_finished" in names
    client.post(page, {name: "on" for name in names if name != "set_finished"})
    make_set(user)
    assert send_later() == []
    assert OutgoingMail.objects.get(kind="set_finished").why == "switched off"
    assert MailSwitch.objects.filter(user=user, is_on=True).count() == len(names) - 1


def test_every_switch_changes_what_is_wanted(user: User, client_of: SignIn) -> None:
    client = client_of(user)
    page = reverse("accounts:notifications")
    kinds = [switch.kind for switch in switches.switches_of(user)]
    for kind in kinds:
        client.post(page, {other.slug: "on" for other in kinds if other is not kind})
        assert [k.slug for k in kinds if not switches.is_wanted(user, k)] == [kind.slug]


def test_mail_carries_the_way_to_have_no_more_of_them(user: User, client: Client) -> None:
    make_set(user)
    send_later()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address in mail.outbox[0].body
    path = address.removeprefix("https://ryla.example")
    assert "Stop these mails?" in client.get(path).content.decode()
    assert switches.is_wanted(user, MAIL_KINDS["set_finished"])
    # As mail programs press it: without a page, a cookie or a token of the form.
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not switches.is_wanted(user, MAIL_KINDS["set_finished"])
    assert user.email not in client.get(path).content.decode()
    strict.post(path, {"turn": "on"})
    assert switches.is_wanted(user, MAIL_KINDS["set_finished"])


def test_forged_link_and_one_of_a_closed_account_do_nothing(user: User, client: Client) -> None:
    link = switches.stop_link(user, MAIL_KINDS["set_finished"])
    path = link.removeprefix("https://ryla.example")
    assert client.post(path[:-3] + "xx/").status_code == 400
    close_account(user=user, password=PASSWORD)
    assert client.post(path).status_code == 400
    assert not MailSwitch.objects.exists()


def test_mail_that_guards_the_account_has_no_switch(user: User) -> None:
    guards = {slug for slug, kind in MAIL_KINDS.items() if not kind.has_switch}
    assert guards == {"password_changed"}
    with pytest.raises(Exception, match="no switch"):
        switches.set_switches(user=user, switches={"password_changed": False})


def test_api_reads_and_turns_switches(user: User) -> None:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user)['access']}")
    assert api.get("/api/v1/notifications/").json()["set_finished"] is True
    body = {"set_finished": False}
    assert api.patch("/api/v1/notifications/", body, format="json").json()["set_finished"] is False
    for wrong in ({"nothing": True}, {"set_finished": "no"}):
        answer = api.patch("/api/v1/notifications/", wrong, format="json")
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, next(iter(wrong)))


def test_closed_account_leaves_no_mails_and_the_export_has_them(user: User) -> None:
    make_set(user)
    switches.set_switches(user=user, switches={"welcome": False})
    data = dict(export_data(user=user))
    assert [row["kind"] for bite in data["mail_switches"] for row in _rows(bite)] == ["welcome"]
    close_account(user=user, password=PASSWORD)
    assert not OutgoingMail.objects.filter(user=user).exists()


def _rows(bite: Any) -> list[Any]:
    return list(bite) if isinstance(bite, list) else [bite]


# --- What they look like -------------------------------------------------------------------------


def test_every_mail_has_two_sides_a_subject_and_no_secret_in_it() -> None:
    folder = Path(django_settings.BASE_DIR, "templates/emails")
    names = {file.stem for file in folder.iterdir()} - {"base"}
    assert names == set(mails.SUBJECTS)
    for name in names:
        text, html = mails.render(name, {"stop_url": "https://ryla.example/stop", "days": []})
        assert text.strip()
        assert "<h1" in html
        assert "preheader" not in html
        assert "No more mails" in text
        assert "No more mails" in html


def test_event_without_a_mail_notes_none(user: User) -> None:
    events.emit(user, "characters.character.created", user.pk)
    assert not OutgoingMail.objects.exists()
