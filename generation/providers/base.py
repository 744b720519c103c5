"""What every image provider speaks. Adapters know nothing of our tables."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ryla.lib.errors import DomainError

# Final at this provider, but no fault of what was asked for: another one may well do it.
_FAULTS_OF_ITS_OWN = frozenset({"provider_unpaid", "model_missing", "oom"})
RATE_LIMITED = "rate_limited"
OUTCOME_UNKNOWN = "outcome_unknown"


class ProviderError(DomainError):
    """The provider failed; only `is_transient` decides whether we try again.

    `is_outcome_unknown`: raised by `submit` when the provider may have the request all the
    same. `retry_after_s` is how long it asked us to wait, 0 when it did not. With the code
    RATE_LIMITED nothing is wrong but our pace.
    """

    status = 502

    def __init__(
        self,
        message: str,
        *,
        code: str = "provider_failed",
        is_transient: bool,
        is_outcome_unknown: bool = False,
        retry_after_s: float = 0,
    ) -> None:
        super().__init__(message, code=code)
        self.is_transient = is_transient
        self.is_outcome_unknown = is_outcome_unknown
        self.retry_after_s = retry_after_s

    @property
    def is_own_fault(self) -> bool:
        """Whether the very same request may succeed at another provider."""
        return self.is_transient or self.code in _FAULTS_OF_ITS_OWN


class CannotLookUp(ProviderError):
    """The provider can neither say whether it has a request nor be sent it twice for free.

    `is_word_possible` is False where it cannot call back either, so that waiting is in vain.
    """

    def __init__(self, *, is_word_possible: bool = True) -> None:
        message = "It is not known whether the provider has this; we wait for its word."
        super().__init__(message, code=OUTCOME_UNKNOWN, is_transient=False)
        self.is_word_possible = is_word_possible


class ForgedCallback(DomainError):
    """A callback that its vendor did not sign, or long ago; nothing of it is to be believed."""

    code = "forged_callback"
    status = 401
    message = "This callback is not signed by the provider."


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
# `upscale`: the request says the size of its source, the picture comes this many times as wide.
UPSCALE_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that goes along with a request: what carries an identity where words cannot.

    `role` is `base_face` or `character` (the same person again), `source` (the picture to be
    changed) or `mask` (what of it: white is changed, a PNG of the source's size). `image_id` is
    our name of it; `content` is filled in just before it is submitted.
    """

    role: str
    image_id: str
    sha256: str
    content: bytes = b""
    content_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture.

    `operation` is `create`, or `edit` and `upscale` of the `source` among the references.
    `text` and `negative` are the compiled prompt, which holds everything that is to be seen, the
    owner's own words (`prompt`) too; providers that draw from the slugs do without.
    `callback_url` is where the provider may ring; empty where nobody outside can reach us.

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
    operation: str = "create"
    text: str = ""
    negative: str = ""
    references: tuple[Reference, ...] = ()
    callback_url: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a provider needs to find a submitted request again; JSON-serialisable."""

    external_id: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """Not finished. `fraction` is 0..1 as the provider reports it, None when it does not;
    `check_after_s` is when asking again makes sense; `is_started` is False in its queue."""

    fraction: float | None = None
    check_after_s: float = 1.0
    is_started: bool = True


@dataclass(frozen=True, slots=True)
class Finished:
    """The picture's bytes as the provider made them, and what to record about its origin.

    `cost_minor` is what this very picture cost the operator in euro cents, where the vendor's
    answer tells; None leaves it to the capabilities.
    """

    content: bytes
    content_type: str
    model: str
    model_version: str
    digital_source_type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    cost_minor: float | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The answer of a provider whose `submit` is the whole call: the picture is in the answer
    and nowhere else, so the engine keeps it with the ticket and never polls."""

    ticket: Ticket
    finished: Finished


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider honours: forms, API validation and quotes are built from it, and
    `ImageProvider.check` refuses the rest.

    Without `accepts_seeds` a seed cannot be asked for; with it the same request gives the same
    picture (the very same bytes where `is_exact`). `cost_minor` is what one picture costs the
    operator, in euro cents by quality: it is recorded with every picture and stands in no quote
    (docs/adr/0012-failover-and-pace.md). `has_sketch`: the illustrator's
    drawing of a request is the very picture this provider delivers, so the studio may show it
    beforehand. `references_of` says by operation what differs from `references_at_most`.
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
    operations: tuple[str, ...] = ("create",)
    references_at_most: int = 0
    references_of: Mapping[str, int] = field(default_factory=dict)
    accepts_free_text: bool = False
    accepts_negative: bool = False
    accepts_seeds: bool = False
    is_exact: bool = False
    has_sketch: bool = False
    cost_minor: Mapping[str, float] = field(default_factory=dict)
    disclosure: str = ""

    def stands_in_for(self, other: Capabilities) -> bool:
        """Whether what the owner was told of `other` holds here as well, apart from the options
        of one request, which `check` looks at: the disclosure, the styles, and that the words and
        the seed count."""
        return (
            self.disclosure == other.disclosure
            and set(self.visual_styles) == set(other.visual_styles)
            and self.accepts_free_text >= other.accepts_free_text
            and self.accepts_negative >= other.accepts_negative
            and self.accepts_seeds >= other.accepts_seeds
        )

    def references_for(self, operation: str) -> int:
        """How many reference pictures a request may bring, its source and mask among them."""
        return self.references_of.get(operation, self.references_at_most)


class ImageProvider(abc.ABC):
    """Implementations must be safe to build anew in every process and to call from threads.

    Every one passes tests/contracts/test_image_providers.py.
    """

    alias: str
    capabilities: Capabilities
    # How long `submit` may take, where it is the whole call: a worker holds the item so long.
    submit_lasts_s: float = 0

    def check(self, request: ImageRequest) -> None:
        """Raises UnsupportedOption, naming the option, if the request cannot be honoured.

        What the capabilities do not declare is refused here, and so is whoever is no adult. A
        provider with further limits adds them after `super().check(request)`.
        """
        require_adult(request.look)
        _require_chosen(request, self.capabilities)
        _require_taken(request, self.capabilities)

    def sync(self) -> Mapping[str, str]:
        """Ask the provider what it has now, and let the capabilities follow, in every process.

        What it offers, with the reason why it cannot be had, "" where it can; empty where there
        is nothing to ask. Raises ProviderError, and then keeps to what was known.
        """
        return {}

    @abc.abstractmethod
    def submit(self, request: ImageRequest) -> Ticket | Made:
        """Hand the request over; `Made` where the answer is the picture. Raises ProviderError."""

    def find(self, request: ImageRequest) -> Ticket | None:
        """The ticket of a request whose `submit` nobody heard the end of; None when the
        provider surely does not have it, or takes it twice at no cost. Raises CannotLookUp."""
        raise CannotLookUp

    @abc.abstractmethod
    def poll(self, ticket: Ticket) -> Progress | Finished:
        """Raises ProviderError; code `lost` when the provider no longer knows the ticket."""

    @abc.abstractmethod
    def cancel(self, ticket: Ticket) -> None:
        """Best effort; asking twice is harmless."""

    def face_box(self, request: ImageRequest) -> tuple[float, float, float, float] | None:
        """Where the face lies in the picture of a request: left, top, right, bottom in fractions
        of it. None where only a look at the picture tells."""
        return None

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[str]:
        """External ids a vendor's callback rings about; none where a vendor has no callbacks.

        Raises ForgedCallback where the vendor signs and this is not signed, ProviderError when
        that cannot be told now. What else the body says is not believed: `poll` asks.
        """
        return ()

    def adopt(self, request: ImageRequest, external_id: str) -> Ticket:
        """The ticket of a request that the provider has under this id: its callback named it,
        while the answer to `submit` was lost."""
        return Ticket(external_id)


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
    if request.operation not in can.operations:
        raise UnsupportedOption("This provider cannot do that.", field="operation")
    if len(request.references) > can.references_for(request.operation):
        raise UnsupportedOption("So many reference pictures are not taken.", field="references")


def _format_of(request: ImageRequest) -> str:
    size = (request.width_px, request.height_px)
    sizes = {measure: slug for slug, measure in FORMAT_SIZES.items()}
    return sizes.get(size, f"{request.width_px} × {request.height_px}")
