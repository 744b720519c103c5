"""Shapes of jobs and quotes on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from generation.estimates import Standing, standing_of
from generation.models import GenerationJob, JobItem
from generation.recipes import RECIPES
from generation.services import REQUEST_KEY_MAX
from generation.timeline import timeline_of


class QuoteRequestSerializer(serializers.Serializer[Any]):
    character = serializers.UUIDField()
    recipe = serializers.ChoiceField(choices=sorted(RECIPES))
    options = serializers.DictField(required=False, default=dict)


class JobRequestSerializer(QuoteRequestSerializer):
    request_key = serializers.CharField(
        max_length=REQUEST_KEY_MAX,
        help_text="Your own unique text for this request; repeating it returns the same job.",
    )

    quote = serializers.CharField(
        required=False,
        default="",
        max_length=2000,
        help_text="The `quote` of an answer of /quotes/. With it exactly what was quoted is "
        "charged; when that cannot be, the answer is 409 (`quote_expired`, `price_changed`, "
        "`quote_invalid`) with a new quote in `quote`. Without it the price of now is charged.",
    )


class RangeSerializer(serializers.Serializer[Any]):
    """Half of the time it is there by `low_s`, nine times in ten by `high_s`."""

    low_s = serializers.IntegerField()
    high_s = serializers.IntegerField()


class WhyNotSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class MaskRequestSerializer(serializers.Serializer[Any]):
    image = serializers.UUIDField()
    png = serializers.CharField(
        trim_whitespace=False,
        help_text="A PNG of the picture's shape in base64; what is white is changed.",
    )


class MaskSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    image = serializers.UUIDField(source="image_id")
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class OfferSerializer(serializers.Serializer[Any]):
    recipe = serializers.CharField()
    credits = serializers.IntegerField()
    count = serializers.IntegerField()
    reason = serializers.CharField(help_text="Why it is free, when it is.")
    balance = serializers.IntegerField()
    is_affordable = serializers.BooleanField()
    provider = serializers.CharField()
    may_substitute = serializers.ListField(
        child=serializers.CharField(),
        help_text="Other providers that may make it; empty: this provider only.",
    )
    disclosure = serializers.CharField()
    expected = RangeSerializer(
        allow_null=True, help_text="Seconds from asking to the last picture; null if unknown."
    )
    notice = serializers.CharField(help_text="Why what is asked for now would wait.")
    why_not = WhyNotSerializer(allow_null=True, help_text="What a job would be refused with now.")
    quote = serializers.CharField(help_text="Signed; send it along with the job.")
    expires_at = serializers.DateTimeField(help_text="Until then the quote holds.")


class QuoteRefusedSerializer(serializers.Serializer[Any]):
    error = serializers.DictField()
    quote = OfferSerializer()


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
        read_only_fields: tuple[str, ...] = fields


class ItemSerializer(serializers.ModelSerializer[JobItem]):
    class Meta:
        model = JobItem
        fields = (
            "position",
            "status",
            "provider",
            "progress",
            "error_code",
            "error_message",
            "created_at",
            "moved_at",
            "claimed_at",
            "submitted_at",
            "first_progress_at",
            "made_at",
            "finished_at",
        )
        read_only_fields = fields


class TimelineSerializer(serializers.Serializer[Any]):
    """The first picture at each step, the last one delivered; null for steps not passed."""

    queued_at = serializers.DateTimeField(allow_null=True)
    moved_at = serializers.DateTimeField(allow_null=True)
    claimed_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    first_progress_at = serializers.DateTimeField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)


class JobDetailSerializer(JobSerializer):
    """One job with where it stands and every picture's way."""

    promised = serializers.SerializerMethodField(
        help_text="Seconds from asking to the last picture, as told when it was asked for."
    )
    expected = serializers.SerializerMethodField(help_text="Seconds from now; null if unknown.")
    ahead = serializers.SerializerMethodField(
        help_text="Pictures before its first; null once it is being made."
    )
    waits_for = serializers.SerializerMethodField(
        help_text="In words, when it waits for something else than its turn."
    )
    timeline = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()

    class Meta(JobSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *JobSerializer.Meta.fields,
            "promised",
            "expected",
            "ahead",
            "waits_for",
            "timeline",
            "items",
        )
        read_only_fields = fields

    @cached_property
    def _standing(self) -> Standing:
        assert self.instance is not None  # noqa: S101 (a detail is of one job)
        return standing_of(self.instance) or Standing(None, "", None)  # type: ignore[arg-type]

    @extend_schema_field(RangeSerializer(allow_null=True))
    def get_promised(self, job: GenerationJob) -> Mapping[str, int] | None:
        if job.promised_low_s is None or job.promised_high_s is None:
            return None
        return {"low_s": job.promised_low_s, "high_s": job.promised_high_s}

    @extend_schema_field(RangeSerializer(allow_null=True))
    def get_expected(self, job: GenerationJob) -> Mapping[str, int] | None:
        expected = self._standing.expected
        return {"low_s": expected.low_s, "high_s": expected.high_s} if expected else None

    def get_ahead(self, job: GenerationJob) -> int | None:
        return self._standing.ahead

    def get_waits_for(self, job: GenerationJob) -> str:
        return self._standing.reason

    @extend_schema_field(ItemSerializer(many=True))
    def get_items(self, job: GenerationJob) -> Any:
        return ItemSerializer(sorted(job.items.all(), key=lambda i: i.position), many=True).data

    @extend_schema_field(TimelineSerializer)
    def get_timeline(self, job: GenerationJob) -> Any:
        return TimelineSerializer(timeline_of(job.items.all())).data
