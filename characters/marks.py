"""What upper floors have to say of pictures in a list: asked in the list's own query, so that a
page costs no query more; and the words for what they were made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Exists

from accounts.models import User
from characters.models import ImageQuerySet, Limits

_marks: dict[str, Callable[[], Exists]] = {}


def register(name: str, question: Callable[[], Exists]) -> None:
    """From now on pictures of lists carry the answer as an attribute of this name."""
    _marks[name] = question


def marked(rows: ImageQuerySet) -> ImageQuerySet:
    return rows.annotate(**{name: question() for name, question in _marks.items()})


_limits_of: Callable[[User], Limits] | None = None


def ask_limits(question: Callable[[User], Limits]) -> None:
    """From now on pictures can be asked by likeness; who measures it knows the limits."""
    global _limits_of  # noqa: PLW0603 (said once, at the start)
    _limits_of = question


def limits_of(owner: User) -> Limits:
    return _limits_of(owner) if _limits_of else Limits(0, {})


_labels: dict[str, Mapping[str, str]] = {}


def name_options(setting: str, labels: Mapping[str, str]) -> None:
    """From now on people read these words for the slugs of this setting."""
    _labels[setting] = labels


def option_label(setting: str, slug: str) -> str:
    """An option that is no longer offered is named by its slug."""
    return _labels.get(setting, {}).get(slug) or slug.replace("_", " ").capitalize()
