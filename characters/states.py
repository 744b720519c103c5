"""Status words of characters, posts and the review of images, and their allowed moves."""

from __future__ import annotations

from typing import Final

from ryla.lib.states import Transitions


class CharacterStatus:
    DRAFT: Final = "draft"
    GENERATING: Final = "generating"
    READY: Final = "ready"
    FAILED: Final = "failed"


# `draft` is also where a character waits for its face to be picked; `ready` means it has one, and
# goes back to `draft` for another look.
CHARACTER_TRANSITIONS: Transitions = {
    "generating": frozenset({"draft", "ready", "failed"}),
    "draft": frozenset({"generating", "ready", "failed"}),
    "ready": frozenset({"draft", "failed", "generating"}),
    "failed": frozenset({"generating"}),
}


# `removed` is for good: the files are erased, and the row stays to say that there was one.
class ImageReview:
    VISIBLE: Final = "visible"
    WITHHELD: Final = "withheld"
    REMOVED: Final = "removed"


IMAGE_TRANSITIONS: Transitions = {
    "visible": frozenset({"withheld"}),
    "withheld": frozenset({"visible"}),
    "removed": frozenset({"visible", "withheld"}),
}


class PostStatus:
    DRAFT: Final = "draft"
    PLANNED: Final = "planned"
    POSTED: Final = "posted"


# What was marked as posted by mistake goes back to what it was.
POST_TRANSITIONS: Transitions = {
    "draft": frozenset({"planned", "posted"}),
    "planned": frozenset({"draft", "posted"}),
    "posted": frozenset({"draft", "planned"}),
}
