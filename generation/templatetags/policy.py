"""What is charged and what comes back, as every page says it."""

from __future__ import annotations

from typing import Any

from django import template

from billing.plans import FREE, REFUND_GRACE
from generation.policy import POLICY

register = template.Library()


@register.inclusion_tag("billing/_promises.html")
def refund_policy() -> dict[str, Any]:
    return {"rules": POLICY, "grace_days": REFUND_GRACE.days}


@register.simple_tag
def welcome_credits() -> int:
    """What a new account begins with."""
    return FREE.credits
