"""Quotes and jobs for integrators."""

from __future__ import annotations

import base64
import json
from typing import Any

import django_filters
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from characters.models import Character, Image
from generation import catalogue, services
from generation.masks import save_mask
from generation.models import GenerationJob
from generation.quotes import QuoteRefused
from generation.serializers import (
    JobDetailSerializer,
    JobRequestSerializer,
    JobSerializer,
    MaskRequestSerializer,
    MaskSerializer,
    OfferSerializer,
    QuoteRefusedSerializer,
    QuoteRequestSerializer,
)
from generation.states import ENDED, LIVE
from ryla.lib.api import NewestFirst
from ryla.lib.errors import InvalidInput
from ryla.lib.http import answer_with_etag, error_body

_STUDIO_FIELDS = (
    (catalogue.SCENES, "scenes"),
    (catalogue.ENVIRONMENTS, "environments"),
    (catalogue.LIGHTING, "lighting"),
    (catalogue.POSES, "poses"),
    (catalogue.FRAMINGS, "framings"),
    (catalogue.EXPRESSIONS, "expressions"),
    (catalogue.QUALITIES, "qualities"),
)


class StudioCatalogueView(APIView):
    """What the studio takes now: only what the present provider honours."""

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="catalogue_studio")
    def get(self, request: Request) -> Response:
        can = services.default_capabilities()
        fields = [
            {
                "slug": field.slug,
                "label": field.label,
                "options": [
                    {"slug": o.slug, "label": o.label, "group": o.group}
                    for o in field.options
                    if o.slug in getattr(can, name)
                ],
            }
            for field, name in _STUDIO_FIELDS
        ]
        formats = [
            {"slug": f.slug, "label": f.label, "width_px": f.width_px, "height_px": f.height_px}
            for f in catalogue.FORMATS.values()
            if f.slug in can.formats
        ]
        return Response(
            {
                "fields": fields,
                "formats": formats,
                "outfits": list(can.outfits),
                "accepts_free_text": can.accepts_free_text,
                "disclosure": can.disclosure,
            }
        )


class JobFilter(django_filters.FilterSet):
    character = django_filters.UUIDFilter(field_name="character_id")
    status = django_filters.MultipleChoiceFilter(choices=[(s, s) for s in (*LIVE, *ENDED)])
    request_key = django_filters.CharFilter()

    class Meta:
        model = GenerationJob
        fields = ("character", "status", "request_key")


class QuoteView(APIView):
    """What a job would cost, how long it should take, and who makes it. Charges nothing.

    The signed `quote` of the answer holds for ten minutes: a job asked for with it is charged
    exactly that, or not made."""

    @extend_schema(request=QuoteRequestSerializer, responses=OfferSerializer)
    def post(self, request: Request) -> Response:
        body = QuoteRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        offer = services.quote(
            character=_own_character(request, data["character"]),
            recipe=data["recipe"],
            options=data["options"],
        )
        return Response(OfferSerializer(offer).data)


class MaskView(APIView):
    """Which part of a picture the recipe `inpaint` is to change; its `id` goes into the options.
    Sending the same again returns the same mask. Name it within the hour: of a picture with many,
    unused ones go then."""

    throttle_scope = "generate"

    @extend_schema(request=MaskRequestSerializer, responses={201: MaskSerializer})
    def post(self, request: Request) -> Response:
        body = MaskRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        image = Image.objects.owned_by(request.user).visible().filter(pk=data["image"]).first()
        if image is None:
            raise InvalidInput("There is no such picture.", field="image")
        try:
            content = base64.b64decode(data["png"], validate=True)
        except ValueError:
            raise InvalidInput("Send the PNG in base64.", field="png") from None
        mask = save_mask(image=image, content=content)
        return Response(MaskSerializer(mask).data, status=status.HTTP_201_CREATED)


_CREATED_OR_REPEATED = {
    201: JobDetailSerializer,
    200: OpenApiResponse(JobDetailSerializer, "A repeat: the job of the first request."),
}


class JobViewSet(
    mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[GenerationJob]
):
    """Creating charges credits once per request key; what is not delivered is refunded."""

    serializer_class = JobSerializer
    pagination_class = NewestFirst
    filterset_class = JobFilter
    throttle_scope = "generate"
    queryset = GenerationJob.objects.none()

    def get_queryset(self) -> QuerySet[GenerationJob]:
        rows = GenerationJob.objects.owned_by(self.request.user)
        if self.action == "list":
            return rows
        return rows.select_related("owner").prefetch_related("items")

    def get_serializer_class(self) -> type[JobSerializer]:
        return JobSerializer if self.action == "list" else JobDetailSerializer

    def get_throttles(self) -> list[Any]:
        self.throttle_scope = "generate" if self.action in ("create", "retry") else None
        return super().get_throttles()

    @extend_schema(
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        responses={200: JobDetailSerializer, 304: OpenApiResponse(description="As it was.")},
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """With the `ETag` of the last answer in `If-None-Match`, 304 while nothing changed."""
        data = self.get_serializer(self.get_object()).data
        return answer_with_etag(request, Response(data), json.dumps(data, default=str))

    @extend_schema(
        request=JobRequestSerializer,
        responses={**_CREATED_OR_REPEATED, 409: QuoteRefusedSerializer},
    )
    def create(self, request: Request) -> Response:
        body = JobRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        try:
            job = services.request_generation(
                character=_own_character(request, data["character"]),
                recipe=data["recipe"],
                options=data["options"],
                request_key=data["request_key"],
                quote=data["quote"],
            )
        except QuoteRefused as refused:
            error = error_body(refused.code, refused.message, refused.field)
            offer = OfferSerializer(refused.offer).data
            return Response({**error, "quote": offer}, status=refused.status)
        return self._answer(job)

    @extend_schema(request=None, responses=JobDetailSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Ends it now; what was not delivered is refunded. Repeating is harmless."""
        job = services.cancel_job(job=self.get_object())
        return Response(self.get_serializer(job).data)

    @extend_schema(request=None, responses=_CREATED_OR_REPEATED)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """A new job for what was not delivered. Repeating returns the same new job."""
        job = services.retry_job(job=self.get_object())
        return self._answer(job)

    def _answer(self, job: GenerationJob) -> Response:
        prefetch_related_objects([job], "items")
        code = status.HTTP_200_OK if job.is_repeat else status.HTTP_201_CREATED
        return Response(self.get_serializer(job).data, status=code)


def _own_character(request: Request, pk: Any) -> Character:
    rows = Character.objects.owned_by(request.user).select_related("base_face")
    character = rows.filter(pk=pk).first()
    if character is None:
        raise InvalidInput("There is no such character.", field="character")
    character.owner = request.user
    return character
