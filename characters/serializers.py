"""Shapes of characters and images on the wire; the services decide what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from characters import images as files
from characters.catalogue import CURRENT_VERSION, fitted, get_catalogue, is_offered
from characters.config import BIO_MAX, CHOICE_FIELDS, CharacterConfig
from characters.models import Character, Image
from ryla.lib.errors import InvalidInput


def _config_schema() -> dict[str, Any]:
    """The look as JSON schema, made of the catalogue so that the two cannot differ. It says what
    a character may hold; what can be chosen now, `/catalogue/` says."""
    catalogue = get_catalogue()
    properties: dict[str, Any] = {}
    for name in CHOICE_FIELDS:
        field = catalogue[name]
        one: dict[str, Any] = {"type": "string", "enum": [o.slug for o in field.options]}
        if field.allows_hex:
            one = {"anyOf": [one, {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}]}
        if field.max_choices > 1:
            one = {"type": "array", "items": one, "minItems": 1, "maxItems": field.max_choices}
        properties[name] = one
    properties["bio"] = {"type": "string", "maxLength": BIO_MAX}
    properties["nsfw_enabled"] = {
        "type": "boolean",
        "description": "Adult content is not made here: true is refused.",
    }
    properties["catalogue_version"] = {"type": "integer", "enum": [CURRENT_VERSION]}
    properties["schema_version"] = {"type": "integer", "readOnly": True}
    return {"type": "object", "properties": properties, "additionalProperties": False}


@extend_schema_field(_config_schema())
class ConfigField(serializers.Field[Any, Any, Any, Any]):
    """Parsed over the character's present look, so a PATCH may send one choice."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError("Send an object.")
        character = getattr(self.parent, "instance", None)
        base = character.look if isinstance(character, Character) else starting_look()
        sent = {name: value for name, value in data.items() if name != "schema_version"}
        try:
            _require_offered(CharacterConfig.parse(sent, base=base), base)
        except InvalidInput as error:
            raise serializers.ValidationError({error.field or "": [error.message]}) from error
        return sent

    def to_representation(self, value: Any) -> Any:
        return value


def starting_look() -> CharacterConfig:
    """What a new character is where nothing else is said."""
    return CharacterConfig.parse(fitted(CharacterConfig().to_json()))


def _require_offered(look: CharacterConfig, before: CharacterConfig) -> None:
    """What is chosen anew must be what somebody draws. Raises InvalidInput naming the field."""
    for name in CHOICE_FIELDS:
        chosen = getattr(look, name)
        if chosen != getattr(before, name) and not is_offered(name, chosen):
            label = get_catalogue(look.catalogue_version)[name].label
            raise InvalidInput(f"{label}: “{chosen}” is not drawn here now.", field=name)
    if look.nsfw_enabled and not before.nsfw_enabled:
        raise InvalidInput("Adult content is not made here.", field="nsfw_enabled")


class CharacterSerializer(serializers.ModelSerializer[Character]):
    config = ConfigField(required=False)
    name = serializers.CharField(required=False, allow_blank=True, max_length=100)
    handle = serializers.CharField(required=False, allow_blank=True, max_length=30)

    class Meta:
        model = Character
        fields = (
            "id",
            "name",
            "handle",
            "config",
            "seed",
            "status",
            "generation_error",
            "base_face",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("seed", "status", "generation_error", "base_face")


class ImageUrlsSerializer(serializers.Serializer[Any]):
    original = serializers.URLField()
    large = serializers.URLField()
    small = serializers.URLField()


class ImageSerializer(serializers.ModelSerializer[Image]):
    job = serializers.UUIDField(source="job_id", read_only=True)
    urls = serializers.SerializerMethodField(help_text="Signed; they end after ten minutes.")

    class Meta:
        model = Image
        fields = (
            "id",
            "character",
            "job",
            "position",
            "kind",
            "content_type",
            "width_px",
            "height_px",
            "size_bytes",
            "sha256",
            "dominant_colour",
            "seed",
            "settings",
            "is_favourite",
            "likeness",
            "caption",
            "urls",
            "binned_at",
            "created_at",
        )
        read_only_fields = tuple(f for f in fields if f not in ("is_favourite", "caption"))

    @extend_schema_field(ImageUrlsSerializer)
    def get_urls(self, image: Image) -> dict[str, str]:
        return {variant: files.url(image, variant) for variant in files.VARIANTS}


class FaceChoiceSerializer(serializers.Serializer[Any]):
    image = serializers.UUIDField(help_text="One of this character's base faces.")
