"""The test provider, which can do everything, with a memory of what it was sent; and one that
can do little."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from generation.providers.base import ImageRequest, Ticket
from generation.providers.fake import FakeProvider


class Editor(FakeProvider):
    """`seen` are the requests it got, newest last."""

    alias = "editor"
    seen: ClassVar[list[ImageRequest]] = []

    def submit(self, request: ImageRequest) -> Ticket:
        self.seen.append(request)
        return super().submit(request)


class Plain(FakeProvider):
    """Makes pictures from words and nothing else."""

    alias = "plain"
    capabilities = replace(
        FakeProvider.capabilities, operations=("create",), references_at_most=0, references_of={}
    )
