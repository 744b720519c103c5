from __future__ import annotations

import re

import pytest
from django.core import mail

from accounts import mailbox, mails
from accounts.models import LocalMail

pytestmark = pytest.mark.django_db

CONTEXTS = {
    "verify": {"action_url": "http://site/verify/1/", "action_label": "Confirm address"},
    "change_email": {"action_url": "http://site/verify/2/", "action_label": "Use this address"},
    "email_changed": {"email": "moved@example.com"},
    "password_reset": {"action_url": "http://site/reset/1/2/", "action_label": "New password"},
    "password_changed": {"reset_url": "http://site/reset/"},
    "account_closed": {},
    "welcome": {
        "display_name": "Mia",
        "action_url": "http://site/new/",
        "action_label": "Create one",
    },
    "set_finished": {"what": "Profile set", "character": "Mara Vale", "count": "8", "back": "40 c"},
    "job_failed": {"what": "Café", "character": "Mara Vale", "reason": "No room", "back": "40 c"},
    "low_credits": {"credits": "40 credits"},
    "credits_expiring": {"credits": "300 credits"},
    "payment": {
        "amount": "9.99 EUR",
        "what": "8,000 credits",
        "credits": "8,000 credits",
        "paid_on": "3 March 2026",
        "reference": "P-1",
    },
    **{
        f"picture_{what}": {
            "character": "Mara Vale",
            "reason": "A check",
            "action_url": "http://site/images/1/",
            "action_label": "Look at it",
        }
        for what in ("withheld", "released", "removed")
    },
}


@pytest.fixture
def kept_here(settings) -> None:
    settings.EMAIL_BACKEND = "accounts.mailbox.MailboxBackend"


def test_every_mail_is_tried_here():
    assert set(CONTEXTS) == set(mails.SUBJECTS)


def test_answers_go_to_whoever_helps(settings):
    settings.SUPPORT_EMAIL = "help@example.com"
    mails.send("account_closed", to="owner@example.com")
    assert mail.outbox[0].reply_to == ["help@example.com"]


@pytest.mark.parametrize("name", CONTEXTS)
def test_mail_says_the_same_as_text_and_as_html(name):
    mails.send(name, to="owner@example.com", **CONTEXTS[name])

    sent = mail.outbox[0]
    html = sent.alternatives[0].content
    assert sent.subject == mails.SUBJECTS[name]
    assert "<" not in sent.body
    assert "&#" not in sent.body
    for value in CONTEXTS[name].values():
        assert value in sent.body
        assert value in html
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", html)[1]
    assert sent.body.startswith(f"{heading}\n")


@pytest.mark.usefixtures("kept_here")
def test_mailbox_keeps_both_sides(caplog):
    caplog.set_level("INFO")

    mails.send("verify", to="owner@example.com", **CONTEXTS["verify"])

    kept = LocalMail.objects.get()
    assert (kept.to, kept.subject) == ("owner@example.com", "Confirm your address for RYLA")
    assert "http://site/verify/1/" in kept.text
    assert "<h1" in kept.html
    assert [(r.msg, r.link) for r in caplog.records if r.name == "accounts.mailbox"] == [
        ("mail kept", "http://site/verify/1/")
    ]


@pytest.mark.usefixtures("kept_here")
def test_mailbox_keeps_a_plain_mail_without_links():
    mail.send_mail("Hello", "No links here.", None, ["a@example.com", "b@example.com"])

    kept = LocalMail.objects.get()
    assert (kept.to, kept.html) == ("a@example.com, b@example.com", "")


@pytest.mark.usefixtures("kept_here")
def test_mailbox_forgets_the_oldest(monkeypatch):
    monkeypatch.setattr(mailbox, "KEEPS", 2)

    for number in range(4):
        mail.send_mail(f"Mail {number}", "text", None, ["a@example.com"])

    assert [m.subject for m in LocalMail.objects.all()] == ["Mail 3", "Mail 2"]


# --- the pages ----------------------------------------------------------------------------------


@pytest.fixture
def kept(kept_here) -> LocalMail:
    mails.send("verify", to="owner@example.com", **CONTEXTS["verify"])
    return LocalMail.objects.get()


def test_mailbox_page_lists_newest_first(client, kept):
    newer = LocalMail.objects.create(to="x@example.com", subject="Newer <b>", text="t")

    page = client.get("/dev/mail/").content.decode()

    assert page.index("Newer &lt;b&gt;") < page.index(kept.subject)
    assert f"/dev/mail/{newer.pk}/" in page


def test_mailbox_page_without_mails_says_what_will_be(client):
    assert "No mail yet" in client.get("/dev/mail/").content.decode()


def test_mail_page_has_links_to_press_and_frames_the_html(client, kept):
    response = client.get(f"/dev/mail/{kept.pk}/")

    page = response.content.decode()
    assert '<a href="http://site/verify/1/"' in page
    assert f'<iframe src="/dev/mail/{kept.pk}/html/" sandbox=' in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_mail_html_runs_nothing(client):
    nasty = LocalMail.objects.create(
        to="x@example.com", subject="s", text="t", html="<head></head><script>alert(1)</script>"
    )

    response = client.get(f"/dev/mail/{nasty.pk}/html/")

    policy = response["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_mail_without_html_has_no_frame(client):
    plain = LocalMail.objects.create(to="x@example.com", subject="s", text="t")

    assert "<iframe" not in client.get(f"/dev/mail/{plain.pk}/").content.decode()
    assert client.get(f"/dev/mail/{plain.pk}/html/").status_code == 404


@pytest.mark.parametrize("path", ["/dev/mail/", "/dev/mail/1/", "/dev/mail/1/html/"])
def test_mailbox_is_not_there_outside_local_mode(client, settings, path):
    settings.LOCAL_MODE = False

    assert client.get(path).status_code == 404
