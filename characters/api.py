"""Characters and images for integrators."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from characters import crops, exports, services
from characters.catalogue import (
    CURRENT_VERSION,
    Catalogue,
    get_catalogue,
    offered_options,
)
from characters.config import CharacterConfig
from characters.filters import CharacterFilter, ImageFilter
from characters.models import Character, Image
from characters.serializers import (
    CharacterSerializer,
    FaceChoiceSerializer,
    ImageSerializer,
    starting_look,
)
from ryla.lib.api import NewestFirst
from ryla.lib.errors import InvalidInput


class CatalogueView(APIView):
    """The options of a look, by field: what can be chosen now, so only what is drawn."""

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="catalogue_look")
    def get(self, request: Request) -> Response:
        return Response(_catalogue_json(get_catalogue(CURRENT_VERSION)))


def _catalogue_json(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "version": catalogue.version,
        "fields": [
            {
                "slug": field.slug,
                "label": field.label,
                "max_choices": field.max_choices,
                "allows_hex": field.allows_hex,
                "options": [
                    {"slug": o.slug, "label": o.label, "group": o.group}
                    for o in offered_options(field)
                ],
            }
            for field in catalogue.fields.values()
        ],
    }


class CharacterViewSet(viewsets.ModelViewSet[Character]):
    """A character is created as a draft; draw its base faces with a job, then choose one."""

    serializer_class = CharacterSerializer
    pagination_class = NewestFirst
    filterset_class = CharacterFilter
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = Character.objects.none()

    def get_queryset(self) -> QuerySet[Character]:
        return Character.objects.owned_by(self.request.user)

    def perform_create(self, serializer: BaseSerializer[Character]) -> None:
        data = serializer.validated_data
        serializer.instance = services.create_character(
            owner=self.request.user,
            config=CharacterConfig.parse(data.get("config", {}), base=starting_look()),
            name=data.get("name", ""),
            handle=data.get("handle", ""),
        )

    def perform_update(self, serializer: BaseSerializer[Character]) -> None:
        data = serializer.validated_data
        serializer.instance = services.update_character(
            character=serializer.instance,
            config=data.get("config"),
            name=data.get("name"),
            handle=data.get("handle"),
        )

    def perform_destroy(self, instance: Character) -> None:
        services.delete_character(character=instance)

    @extend_schema(request=None, responses={201: CharacterSerializer})
    @action(detail=True, methods=["post"])
    def duplicate(self, request: Request, pk: str) -> Response:
        copy = services.duplicate_character(character=self.get_object())
        return Response(self.get_serializer(copy).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=FaceChoiceSerializer, responses=CharacterSerializer)
    @action(detail=True, methods=["post"])
    def face(self, request: Request, pk: str) -> Response:
        """Choose the base face; the character is ready from then on."""
        character = self.get_object()
        body = FaceChoiceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        image = Image.objects.owned_by(request.user).filter(pk=body.validated_data["image"]).first()
        if image is None:
            raise InvalidInput("Pick one of this character's faces.", field="image")
        chosen = services.choose_base_face(character=character, image=image)
        return Response(self.get_serializer(chosen).data)


class ImagesNewestFirst(NewestFirst):
    """Of an album too: its own index is told where the page begins."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        cursor = self.decode_cursor(request)
        if queryset.twin and cursor and cursor.position:
            queryset = queryset.within("gt" if cursor.reverse else "lt", cursor.position)
        return super().paginate_queryset(queryset, request, view)


class ImageViewSet(
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[Image],
):
    """Deleting moves to the bin, from where it can be restored for thirty days."""

    serializer_class = ImageSerializer
    pagination_class = ImagesNewestFirst
    filterset_class = ImageFilter
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = Image.objects.none()

    def get_queryset(self) -> QuerySet[Image]:
        return Image.objects.owned_by(self.request.user).viewable()

    def filter_queryset(self, queryset: QuerySet[Image]) -> QuerySet[Image]:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def perform_update(self, serializer: BaseSerializer[Image]) -> None:
        data, image = serializer.validated_data, serializer.instance
        assert image is not None  # noqa: S101 (an update has one)
        if "caption" in data:
            services.set_caption(image=image, caption=data["caption"])
        if "is_favourite" in data:
            services.set_favourite(image=image, is_favourite=data["is_favourite"])

    def perform_destroy(self, instance: Image) -> None:
        services.bin_images(owner=self.request.user, images=[instance])

    @extend_schema(
        parameters=[OpenApiParameter("platform", str, enum=list(crops.PLATFORMS))],
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
    )
    @action(detail=True, methods=["get"])
    def crop(self, request: Request, pk: str) -> HttpResponse:
        """The picture cut to what a platform shows, as a JPEG; without `platform` the list of
        those it is large enough for. Free."""
        image = self.get_object()
        if "platform" not in request.query_params:
            fitting = [dataclasses.asdict(p) for p in crops.platforms_for(image)]
            return Response({"platforms": fitting})
        platform = crops.PLATFORMS.get(request.query_params["platform"])
        if platform is None:
            raise InvalidInput("There is no such platform.", field="platform")
        try:
            content = crops.crop(image, platform)
        except FileNotFoundError:
            raise Http404 from None
        response = HttpResponse(content, content_type="image/jpeg")
        response["Content-Disposition"] = exports.attachment(crops.file_name(image, platform))
        return response

    @extend_schema(request=None, responses=ImageSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        image = self.get_object()
        services.restore_images(owner=request.user, images=[image])
        image.refresh_from_db()
        return Response(self.get_serializer(image).data)
