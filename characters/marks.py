"""What upper floors have to say of pictures in a list: asked in the list's own query, so that a
page costs no query more; and the words for what they were made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Exists

from characters.models import ImageQuerySet

_marks: dict[str, Callable[[], Exists]] = {}


def register(name: str, question: Callable[[], Exists]) -> None:
    """From now on pictures of lists carry the answer as an attribute of this name."""
    _marks[name] = question


def marked(rows: ImageQuerySet) -> ImageQuerySet:
    return rows.annotate(**{name: question() for name, question in _marks.items()})


_labels: dict[str, Mapping[str, str]] = {}


def name_options(setting: str, labels: Mapping[str, str]) -> None:
    """From now on people read these words for the slugs of this setting."""
    _labels[setting] = labels


def option_label(setting: str, slug: str) -> str:
    """An option that is no longer offered is named by its slug."""
    return _labels.get(setting, {}).get(slug) or slug.replace("_", " ").capitalize()
