"""The test provider as one that can do everything: take references, change, enlarge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from generation.providers.base import UPSCALE_FACTOR, Finished, ImageRequest, Ticket
from generation.providers.fake import FakeProvider


class Editor(FakeProvider):
    """`seen` are the requests it got, newest last."""

    alias = "editor"
    seen: ClassVar[list[ImageRequest]] = []
    capabilities = replace(
        FakeProvider.capabilities,
        operations=("create", "edit", "upscale"),
        references_at_most=3,
        references_of={"edit": 4, "upscale": 1},
    )

    def submit(self, request: ImageRequest) -> Ticket:
        self.seen.append(request)
        ticket = super().submit(request)
        if request.operation != "upscale":
            return ticket
        size = [side * UPSCALE_FACTOR for side in ticket.data["size"]]
        data: Mapping[str, Any] = {**ticket.data, "size": size}
        return Ticket(ticket.external_id, data)

    def poll(self, ticket: Ticket) -> Finished:
        answer = super().poll(ticket)
        assert isinstance(answer, Finished)
        return answer
