"""What somebody has, is on, and where every credit went."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from billing.models import CreditEntry, CreditEntryLot, CreditLot
from billing.services import current_plan, entries_of, get_account, lots_of, was_welcomed
from ryla.lib.keyset import keyset_page

_PAGE_SIZE = 25
_EXPIRING_SHOWN = 6
_JOB_KEY = re.compile(r"job:([0-9a-f-]{36}):")
_KINDS = {
    CreditEntry.Kind.GRANT: "Credits added",
    CreditEntry.Kind.CHARGE: "Pictures",
    CreditEntry.Kind.REFUND: "Given back",
    CreditEntry.Kind.EXPIRE: "Expired",
    CreditEntry.Kind.ADJUST: "Changed by staff",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a line of the statement; `job_id` is empty when it was about no job, `lots`
    when there is nothing to tell about where the credits lay."""

    entry: CreditEntry
    what: str
    amount: str
    job_id: str
    lots: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A part of the balance: credits that expire together, or never."""

    what: str
    credits: int
    expires_at: datetime | None = None


@login_required
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    account = get_account(request.user)
    path = reverse("billing:statement")
    page = keyset_page(request, entries_of(request.user), path=path, size=_PAGE_SIZE)
    rows = [_row(entry) for entry in page.rows]
    plan = current_plan(request.user)
    context = {
        "balance": account.balance,
        "holdings": _holdings(lots_of(account)),
        "plan": plan,
        "jobs_at_once": plan.images_at_once + plan.waiting_jobs,
        "page": page,
        "rows": rows,
        "was_welcomed": was_welcomed(request.user),
        "job_ids": [row.job_id for row in rows if row.job_id],
    }
    return render(request, "billing/statement.html", context)


def _row(entry: CreditEntry) -> Row:
    job = _JOB_KEY.match(entry.key)
    sign = "+" if entry.amount > 0 else "−"
    return Row(
        entry,
        _KINDS[CreditEntry.Kind(entry.kind)],
        f"{sign}{abs(entry.amount):,}",
        job.group(1) if job else "",
        _lots_in_words(entry.movements.all()),
    )


def _lots_in_words(movements: Iterable[CreditEntryLot]) -> str:
    """`40 granted until 1 Dec 2026, 20 bought`; empty when they are granted for good."""
    found = [(abs(m.amount), m.lot) for m in movements]
    if all(lot.kind == CreditLot.Kind.GRANTED and not lot.expires_at for _, lot in found):
        return ""
    return ", ".join(f"{amount:,} {_terms(lot)}" for amount, lot in found)


def _terms(lot: CreditLot) -> str:
    until = f" until {date_format(lot.expires_at, 'j M Y')}" if lot.expires_at else ""
    return f"{lot.kind}{until}"


def _holdings(lots: list[CreditLot]) -> list[Holding]:
    """In the order in which they are spent; the later of many expiring ones as one line."""
    expiring = [lot for lot in lots if lot.expires_at]
    rows = [
        Holding("Given back" if lot.grace_of_id else "Granted", lot.remaining, lot.expires_at)
        for lot in expiring[:_EXPIRING_SHOWN]
    ]
    later = expiring[_EXPIRING_SHOWN:]
    if later:
        rows.append(Holding("Granted, latest", _left(later), later[-1].expires_at))
    for kind, what in ((CreditLot.Kind.GRANTED, "Granted"), (CreditLot.Kind.BOUGHT, "Bought")):
        kept = [lot for lot in lots if lot.kind == kind and not lot.expires_at]
        if kept:
            rows.append(Holding(what, _left(kept)))
    return rows


def _left(lots: list[CreditLot]) -> int:
    return sum(lot.remaining for lot in lots)
