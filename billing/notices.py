"""What people are told of their credits: in the inbox, and by mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts import mail_kinds, mails, telling
from accounts.mail_kinds import Draft, MailKind
from accounts.models import Event, OutgoingMail, User
from accounts.telling import Thing, Topic, Words
from billing.models import CreditLot
from billing.plans import EXPIRES_SOON, low_mark
from billing.services import current_plan, get_account


def _credits(event: Event) -> str:
    return in_credits(abs(int(event.data.get("credits", 0))))


def in_credits(count: int) -> str:
    return "1 credit" if count == 1 else f"{count:,} credits"


def _adjusted(event: Event) -> str:
    return f"{_credits(event)} {'taken back' if event.data['credits'] < 0 else 'added'}"


def _first_to_go(event: Event) -> str:
    at = datetime.fromisoformat(event.data["first_at"])
    return f"The first of them on {_day(at)}. They are spent before those that stay."


def _paid(event: Event) -> str:
    return f"You paid {in_money(event.data)}"


def in_money(data: Mapping[str, Any]) -> str:
    return f"{int(data['amount_minor']) / 100:,.2f} {data['currency']}"


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F, H:i")


def _statement(user: User, events: Sequence[Event]) -> Mapping[int, Thing]:
    here = Thing(href=reverse("billing:statement"))
    return {event.pk: here for event in events}


telling.tell(
    {
        "billing.credits.adjusted": Words(Topic.CREDITS, "coins", _adjusted, telling.reason),
        "billing.credits.expired": Words(
            Topic.CREDITS, "hourglass-medium", lambda event: f"{_credits(event)} expired"
        ),
        "billing.credits.expiring": Words(
            Topic.CREDITS,
            "hourglass-medium",
            lambda event: f"{_credits(event)} expire soon",
            _first_to_go,
        ),
        "billing.credits.low": Words(
            Topic.CREDITS,
            "drop",
            lambda event: "Your credits are running low",
            lambda event: f"{_credits(event)} were left.",
        ),
        # Told by whatever takes payments, with amount_minor, currency, credits and what was bought.
        "billing.payment.succeeded": Words(
            Topic.CREDITS, "receipt", _paid, lambda event: str(event.data.get("what", ""))
        ),
    },
    find=_statement,
)


# --- By mail ------------------------------------------------------------------------------------


def _to_statement(label: str) -> dict[str, str]:
    return {"action_url": mails.address_of("billing:statement"), "action_label": label}


def _write_low(mail: OutgoingMail) -> Draft | None:
    """Nothing once there is enough again."""
    balance = get_account(mail.user).balance
    if balance >= low_mark(current_plan(mail.user)):
        return None
    return Draft(
        "low_credits", {"credits": in_credits(balance), **_to_statement("See your credits")}
    )


def _write_expiring(mail: OutgoingMail) -> Draft | None:
    """By the day they go, as it is now; nothing once they are spent."""
    lots = CreditLot.objects.expiring(timezone.now() + EXPIRES_SOON)
    rows = list(lots.filter(account=get_account(mail.user)).order_by("expires_at"))
    if not rows:
        return None
    days = [
        {"day": _named(day), "credits": in_credits(sum(lot.remaining for lot in some))}
        for day, some in groupby(rows, key=lambda lot: timezone.localdate(lot.expires_at))
    ]
    total = in_credits(sum(lot.remaining for lot in rows))
    context = {"credits": total, "days": days, **_to_statement("See what you have")}
    return Draft("credits_expiring", context)


def _named(day: date) -> str:
    today = timezone.localdate()
    near = {today: "Today", today + timedelta(days=1): "Tomorrow"}
    return near.get(day) or date_format(day, "l, j F")


def _write_payment(mail: OutgoingMail) -> Draft:
    data = mail.data
    return Draft(
        "payment",
        {
            "amount": in_money(data),
            "what": data.get("what", "Credits"),
            "credits": in_credits(int(data["credits"])) if data.get("credits") else "",
            "paid_on": date_format(timezone.localtime(mail.created_at), "j F Y"),
            "reference": mail.subject,
            **_to_statement("See the statement"),
        },
    )


def _takes_payments(user: User) -> bool:
    """A switch for receipts comes with the table of what was paid."""
    return "payment" in apps.get_app_config("billing").models


mail_kinds.register(
    MailKind(
        "low_credits",
        _write_low,
        label="Credits are running low",
        help="Once, when what you have falls below a few pictures' worth.",
        if_unread=True,
        after=timedelta(minutes=5),
    ),
    "billing.credits.low",
)
mail_kinds.register(
    MailKind(
        "credits_expiring",
        _write_expiring,
        label="Credits are about to expire",
        help="Three days before, at most once a day.",
    ),
    "billing.credits.expiring",
)
mail_kinds.register(
    MailKind(
        "payment",
        _write_payment,
        label="Receipts",
        help="What you paid, as soon as it arrived.",
        is_offered=_takes_payments,
    ),
    "billing.payment.succeeded",
)
