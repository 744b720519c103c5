"""Proof of the books: every sum, by the database, and which row is wrong.

Each check is one statement and so sees one moment, whatever is booked meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that does not say what it must: its name, and the fault in words."""

    row: str
    fault: str

    def __str__(self) -> str:
        return f"{self.row} {self.fault}"


@dataclass(frozen=True, slots=True)
class _Check:
    """`sql` finds what is wrong as (id, figure, other figure); the words are given all three."""

    row: str
    fault: str
    sql: str


_ACCOUNT_IS_ITS_ENTRIES = _Check(
    "account {0}",
    "says {1}, its entries sum to {2}",
    """
    SELECT a.id, a.balance, coalesce(sum(e.amount), 0)::bigint
    FROM billing_creditaccount a LEFT JOIN billing_creditentry e ON e.account_id = a.id
    GROUP BY a.id HAVING a.balance <> coalesce(sum(e.amount), 0) ORDER BY a.id
    """,
)
_ACCOUNT_IS_ITS_LOTS = _Check(
    "account {0}",
    "says {1}, its lots hold {2}",
    """
    SELECT a.id, a.balance, coalesce(sum(l.remaining), 0)::bigint
    FROM billing_creditaccount a LEFT JOIN billing_creditlot l ON l.account_id = a.id
    GROUP BY a.id HAVING a.balance <> coalesce(sum(l.remaining), 0) ORDER BY a.id
    """,
)
_ENTRY_IS_ITS_MOVEMENTS = _Check(
    "entry {0}",
    "says {1}, its movements sum to {2}",
    """
    SELECT e.key, e.amount, coalesce(sum(m.amount), 0)::bigint
    FROM billing_creditentry e LEFT JOIN billing_creditentrylot m ON m.entry_id = e.id
    GROUP BY e.id HAVING e.amount <> coalesce(sum(m.amount), 0) ORDER BY e.id
    """,
)
_LOT_IS_ITS_MOVEMENTS = _Check(
    "lot {0}",
    "holds {1}, its movements sum to {2}",
    """
    SELECT l.id, l.remaining, coalesce(sum(m.amount), 0)::bigint
    FROM billing_creditlot l LEFT JOIN billing_creditentrylot m ON m.lot_id = l.id
    GROUP BY l.id HAVING l.remaining <> coalesce(sum(m.amount), 0) ORDER BY l.id
    """,
)
# What a refund puts back into the lot it was taken from did not come in a second time.
_LOT_IS_AS_LARGE_AS_WHAT_CAME_IN = _Check(
    "lot {0}",
    "has size {1}, but {2} came in",
    """
    SELECT l.id, l.credits, coalesce(sum(m.amount), 0)::bigint
    FROM billing_creditlot l
    LEFT JOIN billing_creditentrylot taken
        JOIN billing_creditentrylot m ON m.of_id = taken.id
        ON m.lot_id = l.id AND taken.lot_id = l.grace_of_id
    WHERE l.grace_of_id IS NOT NULL
    GROUP BY l.id HAVING l.credits <> coalesce(sum(m.amount), 0)
    UNION ALL
    SELECT l.id, l.credits, coalesce(sum(m.amount), 0)::bigint
    FROM billing_creditlot l
    LEFT JOIN billing_creditentrylot m
        JOIN billing_creditentry e ON e.id = m.entry_id AND e.kind IN ('grant', 'adjust')
        ON m.lot_id = l.id AND m.amount > 0
    WHERE l.grace_of_id IS NULL
    GROUP BY l.id HAVING l.credits <> coalesce(sum(m.amount), 0)
    ORDER BY 1
    """,
)
_REFUND_WITHIN_CHARGE = _Check(
    "entry {0}",
    "took {1} from a lot, of which {2} were given back",
    """
    SELECT e.key, -m.amount, sum(r.amount)::bigint
    FROM billing_creditentrylot m
    JOIN billing_creditentry e ON e.id = m.entry_id
    JOIN billing_creditentrylot r ON r.of_id = m.id
    GROUP BY m.id, e.id HAVING sum(r.amount) > -m.amount ORDER BY m.id
    """,
)
# Only an opening lot may hold refunds from before charges named their lots.
_REFUND_GOES_HOME = _Check(
    "entry {0}",
    "put {1} into lot {2}, where no charge of this account took them",
    """
    SELECT e.key, m.amount, m.lot_id
    FROM billing_creditentrylot m
    JOIN billing_creditentry e ON e.id = m.entry_id
    JOIN billing_creditlot l ON l.id = m.lot_id
    LEFT JOIN billing_creditentrylot taken ON taken.id = m.of_id
    LEFT JOIN billing_creditentry c ON c.id = taken.entry_id
    WHERE (e.kind = 'refund' OR m.of_id IS NOT NULL) AND NOT coalesce(
        e.kind = 'refund' AND c.kind = 'charge' AND c.account_id = e.account_id
            AND taken.lot_id IN (l.id, l.grace_of_id),
        m.of_id IS NULL AND l.key LIKE 'account:%:opening'
    ) ORDER BY m.id
    """,
)
_MOVEMENT_STAYS_AT_HOME = _Check(
    "entry {0}",
    "moved {1} in lot {2}, which is another account's",
    """
    SELECT e.key, m.amount, m.lot_id
    FROM billing_creditentrylot m
    JOIN billing_creditentry e ON e.id = m.entry_id
    JOIN billing_creditlot l ON l.id = m.lot_id
    WHERE e.account_id <> l.account_id ORDER BY m.id
    """,
)
_MOVEMENT_HAS_ITS_SIGN = _Check(
    "entry {0}",
    "says {1}, but moved {2} in a lot",
    """
    SELECT e.key, e.amount, m.amount
    FROM billing_creditentrylot m JOIN billing_creditentry e ON e.id = m.entry_id
    WHERE sign(e.amount) <> sign(m.amount) ORDER BY m.id
    """,
)
_CHECKS = (
    _ACCOUNT_IS_ITS_ENTRIES,
    _ACCOUNT_IS_ITS_LOTS,
    _ENTRY_IS_ITS_MOVEMENTS,
    _LOT_IS_ITS_MOVEMENTS,
    _LOT_IS_AS_LARGE_AS_WHAT_CAME_IN,
    _REFUND_WITHIN_CHARGE,
    _REFUND_GOES_HOME,
    _MOVEMENT_STAYS_AT_HOME,
    _MOVEMENT_HAS_ITS_SIGN,
)


def differences() -> list[Difference]:
    """Everything that is wrong; empty when the books are right."""
    return [
        Difference(check.row.format(*row), check.fault.format(*row))
        for check in _CHECKS
        for row in _rows(check.sql)
    ]


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
