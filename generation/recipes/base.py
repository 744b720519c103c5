"""What every recipe answers: which options it takes, what it costs, which pictures it asks for."""

from __future__ import annotations

import abc
import dataclasses
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final
from uuid import UUID

from characters.models import Character, Image
from generation import catalogue
from generation.catalogue import FORMATS
from generation.prompts import compile_prompt
from generation.providers.base import Capabilities, ImageRequest, Reference, require_adult
from ryla.lib.errors import InvalidInput

# Credits per picture, by quality (product.md).
PICTURE_CREDITS: Mapping[str, int] = {"draft": 15, "standard": 40, "high": 50}
PROFILE_SET_CREDITS = 250
BASE_FACES_CREDITS = 80
FREE_FIRST_DRAWS = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """What a request costs before it is made. `reason` says why it is free, when it is."""

    credits: int
    count: int
    reason: str = ""


class Recipe(abc.ABC):
    slug: str
    label: str
    image_kind: str = Image.Kind.PICTURE
    # Under which recipe a single picture of it is made again; empty: its own.
    again: str = ""
    needs_face = True

    @abc.abstractmethod
    def parse(self, options: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        """Options as they will be stored, defaults filled in. Raises InvalidInput naming the
        first wrong one; unknown options are wrong."""

    @abc.abstractmethod
    def quote(self, character: Character, options: Mapping[str, Any]) -> Quote:
        """`options` are parsed ones."""

    @final
    def requests(
        self,
        character: Character,
        options: Mapping[str, Any],
        rng: random.Random,
        capabilities: Capabilities,
    ) -> list[ImageRequest]:
        """One per picture, with `external_key` left empty for the job to fill in, and with what
        carries the identity as far as the provider takes it: the base face, chosen pictures.

        Adults only, whatever the recipe composes and whichever provider it goes to. Raises
        UnsupportedOption naming the field, InvalidInput for pictures that are not the
        character's.
        """
        composed = self.compose(character, options, rng)
        for request in composed:
            require_adult(request.look)
        shown = self._shown(character, options, capabilities)
        shown_to = (_with_references(request, shown, capabilities) for request in composed)
        return [_in_words(request, capabilities) for request in shown_to]

    def _shown(
        self, character: Character, options: Mapping[str, Any], capabilities: Capabilities
    ) -> tuple[Reference, ...]:
        """The same person again: the base face first, then what the owner chose."""
        if not self.needs_face or not capabilities.references_at_most:
            return ()
        face = character.base_face
        faces = (Reference("base_face", str(face.pk), face.sha256),) if face else ()
        return (*faces, *_chosen(character, options.get("references", ())))

    @abc.abstractmethod
    def compose(
        self, character: Character, options: Mapping[str, Any], rng: random.Random
    ) -> list[ImageRequest]:
        """What `requests` hands out; `options` are parsed ones."""

    def image_settings(self, character: Character, request: ImageRequest) -> dict[str, Any]:
        """What is stored with the picture so that its page can show and repeat it."""
        return picture_settings(request)


def _chosen(character: Character, ids: Sequence[str]) -> tuple[Reference, ...]:
    """In the owner's order. Raises InvalidInput."""
    if not ids:
        return ()
    rows = {str(i.pk): i for i in character.images.visible().filter(pk__in=ids)}
    if len(rows) < len(ids):
        message = "References: choose pictures of this character that are not in the bin."
        raise InvalidInput(message, field="references")
    others = [rows[pk] for pk in ids if rows[pk].pk != character.base_face_id]
    return tuple(Reference("character", str(i.pk), i.sha256) for i in others)


def _with_references(
    request: ImageRequest, shown: tuple[Reference, ...], capabilities: Capabilities
) -> ImageRequest:
    """What the recipe itself needs (a source, a mask) comes before what only helps."""
    room = max(0, capabilities.references_for(request.operation) - len(request.references))
    return dataclasses.replace(request, references=(*request.references, *shown[:room]))


def _in_words(request: ImageRequest, capabilities: Capabilities) -> ImageRequest:
    compiled = compile_prompt(request)
    negative = compiled.negative if capabilities.accepts_negative else ""
    return dataclasses.replace(request, text=compiled.text, negative=negative)


def new_seed(rng: random.Random) -> int:
    return rng.getrandbits(53)  # exact in JSON and JavaScript alike


def picture_settings(request: ImageRequest) -> dict[str, Any]:
    names = (
        "scene",
        "environment",
        "lighting",
        "pose",
        "framing",
        "expression",
        "quality",
        "prompt",
    )
    settings = {name: getattr(request, name) for name in names if getattr(request, name)}
    settings["outfit"] = request.outfit or request.look["outfit_style"]
    settings["format"] = format_of(request)
    return settings


def format_of(request: ImageRequest) -> str:
    size = (request.width_px, request.height_px)
    return next(f.slug for f in FORMATS.values() if (f.width_px, f.height_px) == size)


def reject_unknown(options: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in options:
        if name not in known:
            raise InvalidInput(f"“{str(name)[:40]}” is not an option here.", field=str(name)[:40])


def one_of(
    options: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str | None
) -> str | None:
    """The chosen slug; empty means the default. Raises InvalidInput."""
    value = options.get(name) or default
    if value is None:
        return None
    if not isinstance(value, str) or value not in allowed:
        raise InvalidInput(
            f"{name.capitalize()}: “{str(value)[:40]}” is not available.", field=name
        )
    return value


def whole_number(
    options: Mapping[str, Any], name: str, *, low: int, high: int, default: int | None
) -> int | None:
    value = options.get(name)
    if value is None or value == "":
        return default
    try:
        number = int(value) if not isinstance(value, bool | float) else None
    except (TypeError, ValueError):
        number = None
    if number is None or not low <= number <= high:
        raise InvalidInput(f"{name.capitalize()}: a whole number from {low} to {high}.", field=name)
    return number


def chosen_references(options: Mapping[str, Any], capabilities: Capabilities) -> list[str] | None:
    """Ids of pictures to show to the provider beside the base face. Raises InvalidInput."""
    value = options.get("references")
    if not value:
        return None
    most = capabilities.references_at_most - 1
    if most < 1:
        raise InvalidInput("This provider takes no further pictures.", field="references")
    try:
        if not isinstance(value, list | tuple):
            raise ValueError
        ids = list(dict.fromkeys(str(UUID(str(one))) for one in value))
    except ValueError:
        raise InvalidInput("References: a list of picture ids.", field="references") from None
    if len(ids) > most:
        raise InvalidInput(f"References: at most {most}.", field="references")
    return ids


def request_to_json(request: ImageRequest) -> dict[str, Any]:
    """As it is stored: everything but what is filled in when it is submitted."""
    data = {
        field.name: getattr(request, field.name)
        for field in dataclasses.fields(request)
        if field.name not in ("references", "external_key", "callback_url")
    }
    data["look"] = dict(request.look)
    data["references"] = [
        {"role": r.role, "image_id": r.image_id, "sha256": r.sha256} for r in request.references
    ]
    return data


def request_from_json(data: Mapping[str, Any], *, external_key: str) -> ImageRequest:
    """The references' pictures are still to be filled in."""
    references = tuple(Reference(**reference) for reference in data.get("references", ()))
    return ImageRequest(external_key=external_key, **{**data, "references": references})


def size_of(format_slug: str) -> tuple[int, int]:
    chosen = catalogue.FORMATS[format_slug]
    return chosen.width_px, chosen.height_px
