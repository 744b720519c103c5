"""Hashtags as every platform takes them: letters, digits and underscores."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NO_TAG = re.compile(r"[^\w]+")


def clean_hashtags(words: Iterable[str]) -> list[str]:
    """In their order, each once whatever its case; what has no letter is none."""
    tags: dict[str, str] = {}
    for word in words:
        tag = _NO_TAG.sub("", word)
        if any(sign.isalpha() for sign in tag):
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())
