"""The fake provider with room for references, and a memory of what it was sent."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from generation.providers.base import ImageRequest, Ticket
from generation.providers.fake import FakeProvider


class ReferringProvider(FakeProvider):
    capabilities = replace(
        FakeProvider.capabilities, references_at_most=3, accepts_negative=True, disclosure=""
    )
    sent: ClassVar[list[ImageRequest]] = []

    def submit(self, request: ImageRequest) -> Ticket:
        self.sent.append(request)
        return super().submit(request)
