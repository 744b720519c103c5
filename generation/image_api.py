"""For integrators: where a picture comes from, how like the face it is, and the same again."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from characters.models import Character, Image
from generation import likeness
from generation.again import make_again, redraw
from generation.models import Provenance
from generation.serializers import JobSerializer
from generation.services import REQUEST_KEY_MAX


class LikenessSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(help_text="0 to 1; compare only within model and version.")
    model = serializers.CharField()
    version = serializers.CharField()
    is_deciding = serializers.BooleanField()


class OriginSerializer(serializers.Serializer[Any]):
    """The recipe of a picture: everything it was made from."""

    job = serializers.UUIDField(source="job_id")
    recipe = serializers.CharField()
    provider = serializers.CharField()
    model = serializers.CharField()
    model_version = serializers.CharField()
    digital_source_type = serializers.CharField()
    seed = serializers.IntegerField()
    prompt = serializers.CharField(help_text="The owner's own words.")
    parameters = serializers.DictField(
        help_text="`text` and `negative` as sent, `references`, `prompt_version`, and `trace`: "
        "[words, field, choice] of each phrase."
    )


class ImageOriginSerializer(serializers.Serializer[Any]):
    origin = OriginSerializer(allow_null=True)
    likenesses = LikenessSerializer(many=True)
    threshold = serializers.FloatField(allow_null=True)
    needs_review = serializers.BooleanField()
    redraws_left = serializers.IntegerField()


class RepeatSerializer(serializers.Serializer[Any]):
    request_key = serializers.CharField(
        max_length=REQUEST_KEY_MAX,
        help_text="Your own unique text for this request; repeating it returns the same job.",
    )


class AgainSerializer(RepeatSerializer):
    credits = serializers.IntegerField(
        required=False, min_value=0, help_text="What you expect to pay; refused when it is not so."
    )


class ThresholdSerializer(serializers.Serializer[Any]):
    threshold = serializers.FloatField(
        min_value=0, max_value=1, allow_null=True, help_text="null: what the installation says."
    )


class ImageOriginView(APIView):
    @extend_schema(responses=ImageOriginSerializer, operation_id="image_origin")
    def get(self, request: Request, pk: str) -> Response:
        image = _own(request, pk)
        standing = likeness.standing_of(image)
        body = {
            "origin": Provenance.objects.filter(image=image).first(),
            "likenesses": likeness.likenesses_json(image),
            "threshold": standing.threshold if standing else None,
            "needs_review": bool(standing and standing.needs_review),
            "redraws_left": standing.redraws_left if standing and standing.may_redraw else 0,
        }
        return Response(ImageOriginSerializer(body).data)


class _JobView(APIView):
    throttle_scope = "generate"

    def answer(self, job: Any) -> Response:
        return Response(JobSerializer(job).data, status=status.HTTP_201_CREATED)


class ImageAgainView(_JobView):
    @extend_schema(
        request=AgainSerializer, responses={201: JobSerializer}, operation_id="image_again"
    )
    def post(self, request: Request, pk: str) -> Response:
        """The identical request once more, at the price of one such picture."""
        image = _own(request, pk)
        body = AgainSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.answer(make_again(image=image, **body.validated_data))


class ImageRedrawView(_JobView):
    @extend_schema(
        request=RepeatSerializer, responses={201: JobSerializer}, operation_id="image_redraw"
    )
    def post(self, request: Request, pk: str) -> Response:
        """A free new try at a picture below its character's threshold; two for each picture."""
        image = _own(request, pk)
        body = RepeatSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.answer(redraw(image=image, **body.validated_data))


class ImageKeepView(APIView):
    @extend_schema(request=None, responses={204: None}, operation_id="image_keep")
    def post(self, request: Request, pk: str) -> Response:
        """Its likeness is good as it is. Repeating is harmless."""
        likeness.keep(image=_own(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class LikenessThresholdView(APIView):
    """From which likeness on pictures of a character are taken as they are."""

    @extend_schema(responses=ThresholdSerializer, operation_id="likeness_threshold")
    def get(self, request: Request, character: str) -> Response:
        return self._answer(_own_character(request, character))

    @extend_schema(
        request=ThresholdSerializer,
        responses=ThresholdSerializer,
        operation_id="likeness_threshold_set",
    )
    def put(self, request: Request, character: str) -> Response:
        owned = _own_character(request, character)
        body = ThresholdSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        likeness.set_threshold(character=owned, value=body.validated_data["threshold"])
        return self._answer(owned)

    def _answer(self, character: Character) -> Response:
        return Response({"threshold": likeness.threshold_of(character)})


def _own_character(request: Request, pk: str) -> Character:
    return get_object_or_404(Character.objects.owned_by(request.user), pk=pk)


def _own(request: Request, pk: str) -> Image:
    rows = Image.objects.owned_by(request.user).viewable().select_related("character__owner")
    return get_object_or_404(rows, pk=pk)
