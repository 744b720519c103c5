"""What a writer of captions is told, and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Brief:
    """A post, as far as words for it are concerned. Slugs are those of the catalogues; `labels`
    has people's words for the picture's settings, for slugs that a writer does not know."""

    name: str
    archetype: str
    personality: tuple[str, ...]
    scene: str = ""
    outfit: str = ""
    expression: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Hashtags without the sign."""

    caption: str
    hashtags: tuple[str, ...]


class CaptionWriter(ABC):
    """One way to word a post. Knows nothing of our tables."""

    # What the page says of where the words come from: openly, in a sentence.
    origin: str

    @abstractmethod
    def suggest(self, brief: Brief, *, seed: str) -> Suggestion:
        """The same brief and seed give the same words; another seed another suggestion."""
