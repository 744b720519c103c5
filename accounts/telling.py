"""What each kind of event says in words: one table, to which every app adds its own kinds.

A kind is told, with its words, or it is silent: something people did themselves a moment ago, or
a step that matters to open pages alone. `tests/accounts/test_telling.py` holds every kind that is
emitted anywhere against this table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.models import Event, User


class Topic(TextChoices):
    JOBS = "jobs", "Pictures"
    CREDITS = "credits", "Credits"
    ACCOUNT = "account", "Account"


def no_text(event: Event) -> str:
    return ""


def reason(event: Event) -> str:
    """What staff gave as their reason."""
    return str(event.data.get("reason", ""))


@dataclass(frozen=True, slots=True)
class Words:
    """`icon` stands where there is no picture of it."""

    topic: Topic
    icon: str
    title: Callable[[Event], str]
    text: Callable[[Event], str] = no_text


@dataclass(frozen=True, slots=True)
class Thing:
    """What an event is about, as it is now: each part is empty when there is none."""

    href: str = ""
    name: str = ""
    picture_url: str = ""


# What some events of one user are about, by their ids, in as few queries as for one of them.
# Events whose thing is gone are left out.
Finder = Callable[[User, Sequence[Event]], Mapping[int, Thing]]

_WORDS: dict[str, Words] = {}
_SILENT: set[str] = set()
_FINDERS: dict[str, Finder] = {}


def tell(kinds: Mapping[str, Words], *, find: Finder) -> None:
    """Have these kinds told; `find` says what they are about."""
    _WORDS.update(kinds)
    _FINDERS.update(dict.fromkeys(kinds, find))


def keep_silent(*kinds: str) -> None:
    _SILENT.update(kinds)


def words_of(kind: str) -> Words:
    return _WORDS[kind]


def is_known(kind: str) -> bool:
    return kind in _WORDS or kind in _SILENT


def told_kinds(topic: str = "") -> tuple[str, ...]:
    """Of one topic, or of all."""
    return tuple(kind for kind, words in _WORDS.items() if topic in ("", words.topic))


def find_things(user: User, events: Iterable[Event]) -> dict[int, Thing]:
    found: dict[int, Thing] = {}
    for find, some in _by_finder(events):
        found |= find(user, some)
    return found


def _by_finder(events: Iterable[Event]) -> Iterator[tuple[Finder, list[Event]]]:
    shares: dict[Finder, list[Event]] = {}
    for event in events:
        shares.setdefault(_FINDERS[event.kind], []).append(event)
    yield from shares.items()
