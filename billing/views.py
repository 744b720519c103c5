"""What somebody has, is on, and where every credit went."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from billing.models import CreditEntry
from billing.services import current_plan, get_account, was_welcomed
from ryla.lib.keyset import keyset_page

_PAGE_SIZE = 25
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
    """An entry as a line of the statement; `job_id` is empty when it was about no job."""

    entry: CreditEntry
    what: str
    amount: str
    job_id: str


@login_required
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    account = get_account(request.user)
    entries = CreditEntry.objects.filter(account=account)
    page = keyset_page(request, entries, path=reverse("billing:statement"), size=_PAGE_SIZE)
    rows = [_row(entry) for entry in page.rows]
    plan = current_plan(request.user)
    context = {
        "balance": account.balance,
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
    )
