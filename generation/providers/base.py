"""What every image provider speaks. Adapters know nothing of our tables."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
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


# Width and height of each format in pixels. A provider makes a format in this size or does not
# advertise it, so that a picture never comes back in another shape.
FORMAT_SIZES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "1:1": (1024, 1024),
        "4:5": (1024, 1280),
        "3:4": (1024, 1365),
        "2:3": (1024, 1536),
        "9:16": (1024, 1820),
        "16:9": (1820, 1024),
        "3:2": (1536, 1024),
    }
)
ADULT_AGE = 18


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
    """What a provider honours: forms, API validation and quotes are built from it, and
    `ImageProvider.check` refuses the rest.

    Without `accepts_seeds` a seed cannot be asked for; with it the same request gives the same
    bytes. `has_sketch`: the illustrator's drawing of a request is the very picture this provider
    delivers, so the studio may show it beforehand.
    """

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
    accepts_seeds: bool = False
    has_sketch: bool = False
    disclosure: str = ""


class ImageProvider(abc.ABC):
    """Implementations must be safe to build anew in every process and to call from threads.

    Every one passes tests/contracts/test_image_providers.py.
    """

    alias: str
    capabilities: Capabilities

    def check(self, request: ImageRequest) -> None:
        """Raises UnsupportedOption, naming the option, if the request cannot be honoured.

        What the capabilities do not declare is refused here, and so is whoever is no adult. A
        provider with further limits adds them after `super().check(request)`.
        """
        require_adult(request.look)
        _require_chosen(request, self.capabilities)
        _require_taken(request, self.capabilities)

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


def require_adult(look: Mapping[str, Any]) -> None:
    """Raises UnsupportedOption naming the field; there is no capability that lifts this.

    Content for adults only is refused as well: no one here may ask for it until there are rules
    for who may.
    """
    youngest = str(look.get("age_range", "")).partition("-")[0]
    if not youngest.isascii() or not youngest.isdigit() or int(youngest) < ADULT_AGE:
        raise UnsupportedOption("Characters are adults.", field="age_range")
    if look.get("nsfw_enabled"):
        raise UnsupportedOption("Adult content is not made here.", field="nsfw_enabled")


def _require_chosen(request: ImageRequest, can: Capabilities) -> None:
    for name, value, honoured in (
        ("visual_style", request.look.get("visual_style"), can.visual_styles),
        ("format", _format_of(request), can.formats),
        ("quality", request.quality, can.qualities),
        ("scene", request.scene, can.scenes),
        ("environment", request.environment, (None, *can.environments)),
        ("lighting", request.lighting, (None, *can.lighting)),
        ("pose", request.pose, can.poses),
        ("framing", request.framing, can.framings),
        ("expression", request.expression, can.expressions),
        ("outfit", request.outfit, (None, *can.outfits)),
    ):
        if value not in honoured:
            label = name.replace("_", " ")
            raise UnsupportedOption(f"There is no {label} “{value}” here.", field=name)


def _require_taken(request: ImageRequest, can: Capabilities) -> None:
    if request.prompt and not can.accepts_free_text:
        raise UnsupportedOption("Free text is not taken.", field="prompt")
    if request.references and not can.accepts_references:
        raise UnsupportedOption("Reference pictures are not taken.", field="references")


def _format_of(request: ImageRequest) -> str:
    size = (request.width_px, request.height_px)
    sizes = {measure: slug for slug, measure in FORMAT_SIZES.items()}
    return sizes.get(size, f"{request.width_px} × {request.height_px}")
