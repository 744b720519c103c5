"""Shapes of jobs and quotes on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from generation.models import GenerationJob
from generation.recipes import RECIPES
from generation.services import REQUEST_KEY_MAX


class QuoteRequestSerializer(serializers.Serializer[Any]):
    character = serializers.UUIDField()
    recipe = serializers.ChoiceField(choices=sorted(RECIPES))
    options = serializers.DictField(required=False, default=dict)


class JobRequestSerializer(QuoteRequestSerializer):
    request_key = serializers.CharField(
        max_length=REQUEST_KEY_MAX,
        help_text="Your own unique text for this request; repeating it returns the same job.",
    )


class OfferSerializer(serializers.Serializer[Any]):
    recipe = serializers.CharField()
    credits = serializers.IntegerField()
    count = serializers.IntegerField()
    reason = serializers.CharField()
    balance = serializers.IntegerField()
    is_affordable = serializers.BooleanField()
    provider = serializers.CharField()
    disclosure = serializers.CharField()


class JobSerializer(serializers.ModelSerializer[GenerationJob]):
    class Meta:
        model = GenerationJob
        fields = (
            "id",
            "character",
            "recipe",
            "provider",
            "status",
            "request_key",
            "options",
            "count",
            "delivered_count",
            "progress",
            "credits_charged",
            "credits_refunded",
            "error_code",
            "error_message",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields
