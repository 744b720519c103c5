"""What is charged and what comes back, as one table: the code asks it, the pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from generation.states import ItemStatus


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` and `then` are what people read. `ends` are the ends of a picture it is about;
    none for what is over before there is a job. Every end is charged or free, never both."""

    slug: str
    when: str
    then: str
    is_charged: bool
    ends: tuple[str, ...] = ()


POLICY: tuple[Rule, ...] = (
    Rule(
        "delivered",
        "A picture is delivered",
        "It is charged.",
        is_charged=True,
        ends=(ItemStatus.SUCCEEDED,),
    ),
    Rule(
        "failed",
        "It fails, gets lost or takes too long",
        "Its credits come back.",
        is_charged=False,
        ends=(ItemStatus.FAILED, ItemStatus.LOST),
    ),
    Rule(
        "refused_after",
        "The provider refuses it, even after it ran",
        "Its credits come back.",
        is_charged=False,
        ends=(ItemStatus.FAILED,),
    ),
    Rule(
        "canceled",
        "You cancel before it starts",
        "All of it comes back.",
        is_charged=False,
        ends=(ItemStatus.CANCELED,),
    ),
    Rule(
        "canceled_running",
        "You cancel while it runs",
        "Ready pictures stay yours; the rest comes back.",
        is_charged=False,
        ends=(ItemStatus.CANCELED,),
    ),
    Rule(
        "refused_before",
        "Your words are refused before the start",
        "Nothing is charged.",
        is_charged=False,
    ),
)
CHARGED_ENDS = frozenset(end for rule in POLICY if rule.is_charged for end in rule.ends)


def price_of(credits: int, *, count: int, charged: int) -> int:
    """What is kept of a job's `credits` when `charged` of its `count` pictures ended in one of
    CHARGED_ENDS: in equal parts, rounded in the user's favour."""
    return credits * charged // count
