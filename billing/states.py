"""Status words of subscriptions and their allowed moves."""

from __future__ import annotations

from typing import Final

from ryla.lib.states import Transitions


class SubscriptionStatus:
    INCOMPLETE: Final = "incomplete"
    ACTIVE: Final = "active"
    PAST_DUE: Final = "past_due"
    CANCELED: Final = "canceled"


SUBSCRIPTION_TRANSITIONS: Transitions = {
    "active": frozenset({"incomplete", "past_due"}),
    "past_due": frozenset({"active"}),
    "canceled": frozenset({"incomplete", "active", "past_due"}),
}
LIVE = (SubscriptionStatus.INCOMPLETE, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
