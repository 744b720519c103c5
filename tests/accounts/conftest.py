from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core import mail

LINK = re.compile(r"http://\S+")


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks: Callable[..., object]) -> Callable[[], object]:
    """`with after_commit():` does what a real commit would have started."""

    @contextmanager
    def committed() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return committed


def link_in_mail(position: int = -1) -> str:
    """The path of the first link in a mail that was sent."""
    found = LINK.search(str(mail.outbox[position].body))
    assert found, mail.outbox[position].body
    return "/" + found[0].split("/", 3)[3]
