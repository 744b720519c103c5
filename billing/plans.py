"""Plans and packs: prices in minor units with VAT included, credits, perks.

1 credit is €0.001 of list price.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Plan:
    slug: str
    name: str
    month_minor: int
    year_minor: int
    credits: int
    is_granted_monthly: bool
    images_at_once: int
    waiting_jobs: int


@dataclass(frozen=True, slots=True)
class Pack:
    slug: str
    credits: int
    amount_minor: int


PLANS = MappingProxyType(
    {
        plan.slug: plan
        for plan in (
            Plan("free", "Free", 0, 0, 500, False, 1, 5),
            Plan("starter", "Starter", 29_00, 199_00, 30_000, True, 2, 50),
            Plan("pro", "Pro", 49_00, 349_00, 60_000, True, 5, 200),
            Plan("studio", "Studio", 99_00, 699_00, 150_000, True, 10, 1_000),
        )
    }
)
PACKS = MappingProxyType(
    {
        pack.slug: pack
        for pack in (
            Pack("pack_2000", 2_000, 2_99),
            Pack("pack_8000", 8_000, 9_99),
            Pack("pack_22000", 22_000, 24_99),
            Pack("pack_50000", 50_000, 49_99),
            Pack("pack_110000", 110_000, 99_99),
        )
    }
)
FREE = PLANS["free"]

# What comes back can be used for a while: a refund into a lot with less than a day to live
# goes into a lot of its own instead, which lives a week from then on.
REFUND_NEEDS = timedelta(days=1)
REFUND_GRACE = timedelta(days=7)

# When people are told: a twentieth of what the plan gives is left, or a few pictures' worth; and
# so long before what they have expires.
LOW_SHARE = 20
LOW_CREDITS_AT_LEAST = 100
EXPIRES_SOON = timedelta(days=3)


def low_mark(plan: Plan) -> int:
    """Credits below which a balance is low."""
    return max(LOW_CREDITS_AT_LEAST, plan.credits // LOW_SHARE)
