"""Albums for integrators."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from characters import albums
from characters.forms import SELECTION_MAX
from characters.models import Album, Image
from ryla.lib.api import NewestFirst
from ryla.lib.errors import InvalidInput


class AlbumSerializer(serializers.ModelSerializer[Album]):
    # The verbs say what is wrong with either.
    name = serializers.CharField(trim_whitespace=False)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    cover = serializers.UUIDField(
        source="cover_id",
        required=False,
        allow_null=True,
        help_text="One of its pictures; null: the newest.",
    )

    class Meta:
        model = Album
        fields = ("id", "name", "description", "cover", "created_at")


class PicturesSerializer(serializers.Serializer[Any]):
    images = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=SELECTION_MAX
    )


class ChangedSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField(help_text="How many went in, or out.")


class MoveSerializer(PicturesSerializer):
    to = serializers.UUIDField(help_text="The album they go into.")


class AlbumViewSet(viewsets.ModelViewSet[Album]):
    """What lies in an album is listed by `/images/?album=`. Deleting it keeps its pictures."""

    serializer_class = AlbumSerializer
    pagination_class = NewestFirst
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = Album.objects.none()

    def get_queryset(self) -> QuerySet[Album]:
        return Album.objects.owned_by(self.request.user).select_related("owner")

    def perform_create(self, serializer: BaseSerializer[Album]) -> None:
        data = serializer.validated_data
        if data.get("cover_id"):
            raise InvalidInput("Put the picture into the album first.", field="cover")
        serializer.instance = albums.create_album(
            owner=self.request.user, name=data["name"], description=data.get("description", "")
        )

    def perform_update(self, serializer: BaseSerializer[Album]) -> None:
        data, album = serializer.validated_data, serializer.instance
        assert album is not None  # noqa: S101 (an update has one)
        if "cover_id" in data:
            albums.set_cover(album=album, image=self._cover(data["cover_id"]))
        serializer.instance = albums.update_album(
            album=album, name=data.get("name"), description=data.get("description")
        )

    def _cover(self, pk: Any) -> Image | None:
        if pk is None:
            return None
        image = Image.objects.owned_by(self.request.user).filter(pk=pk).first()
        if image is None:
            raise InvalidInput("Put the picture into the album first.", field="cover")
        return image

    def perform_destroy(self, instance: Album) -> None:
        albums.delete_album(album=instance)

    @extend_schema(request=PicturesSerializer, responses=ChangedSerializer)
    @action(detail=True, methods=["post"])
    def add(self, request: Request, pk: str) -> Response:
        """Pictures of yours; those that are in it already stay as they are."""
        album, images = self._asked(request, PicturesSerializer)
        return Response({"changed": albums.add_pictures(album=album, images=images)})

    @extend_schema(request=PicturesSerializer, responses=ChangedSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """They stay wherever else they are."""
        album, images = self._asked(request, PicturesSerializer)
        return Response({"changed": len(albums.remove_pictures(album=album, images=images))})

    @extend_schema(request=MoveSerializer, responses=ChangedSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Out of this album and into another, both or neither."""
        album, images = self._asked(request, MoveSerializer)
        target = self.get_queryset().filter(pk=request.data["to"]).first()
        if target is None:
            raise InvalidInput("There is no such album.", field="to")
        moved = albums.move_pictures(source=album, target=target, images=images)
        return Response({"changed": moved})

    def _asked(
        self, request: Request, serializer: type[PicturesSerializer]
    ) -> tuple[Album, QuerySet[Image]]:
        album = self.get_object()
        body = serializer(data=request.data)
        body.is_valid(raise_exception=True)
        ids = body.validated_data["images"]
        return album, Image.objects.owned_by(request.user).viewable().filter(pk__in=ids)
