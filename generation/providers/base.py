"""What every image provider speaks. Adapters know nothing of our tables."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ryla.lib.errors import DomainError


class ProviderError(DomainError):
    """The provider failed; only `is_transient` decides whether we try again."""

    status = 502

    def __init__(self, message: str, *, code: str = "provider_failed", is_transient: bool) -> None:
        super().__init__(message, code=code)
        self.is_transient = is_transient


class UnsupportedOption(DomainError):
    """The provider cannot honour an option; refusing beats silently dropping it."""

    code = "unsupported_option"
    status = 400


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture.

    `look` is `CharacterConfig.to_json()`; the slugs are of `generation.catalogue`, None means
    "as the scene says". `outfit` None keeps the character's own. `external_key` is our id of
    this picture, unique and stable over repeats; `seed` is 0..2**63-1.
    """

    external_key: str
    look: Mapping[str, Any]
    seed: int
    width_px: int
    height_px: int
    scene: str = "studio_portrait"
    environment: str | None = None
    lighting: str | None = None
    pose: str = "relaxed"
    framing: str = "half_body"
    expression: str = "neutral"
    outfit: str | None = None
    quality: str = "standard"
    prompt: str = ""
    references: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a provider needs to find a submitted request again; JSON-serialisable."""

    external_id: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """Still at work. `fraction` is 0..1 as the provider reports it, None when it does not;
    `check_after_s` is when asking again makes sense."""

    fraction: float | None = None
    check_after_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Finished:
    """The picture's bytes as the provider made them, and what to record about its origin."""

    content: bytes
    content_type: str
    model: str
    model_version: str
    digital_source_type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider honours. Forms, API validation and quotes are built from it."""

    visual_styles: tuple[str, ...]
    formats: tuple[str, ...]
    qualities: tuple[str, ...]
    scenes: tuple[str, ...]
    environments: tuple[str, ...]
    lighting: tuple[str, ...]
    poses: tuple[str, ...]
    framings: tuple[str, ...]
    expressions: tuple[str, ...]
    outfits: tuple[str, ...]
    accepts_free_text: bool = False
    accepts_references: bool = False
    allows_adult: bool = False
    disclosure: str = ""


class ImageProvider(abc.ABC):
    """Implementations must be safe to build anew in every process and to call from threads."""

    alias: str
    capabilities: Capabilities

    @abc.abstractmethod
    def check(self, request: ImageRequest) -> None:
        """Raises UnsupportedOption, naming the option, if the request cannot be honoured."""

    @abc.abstractmethod
    def submit(self, request: ImageRequest) -> Ticket:
        """Hand the request over. Raises ProviderError."""

    @abc.abstractmethod
    def poll(self, ticket: Ticket) -> Progress | Finished:
        """Raises ProviderError; code `lost` when the provider no longer knows the ticket."""

    @abc.abstractmethod
    def cancel(self, ticket: Ticket) -> None:
        """Best effort; asking twice is harmless."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[str]:
        """External ids a vendor's callback rings about; none where a vendor has no callbacks."""
        return ()
