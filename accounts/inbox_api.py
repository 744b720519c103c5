"""The inbox and the mails one wants, for integrators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import inbox, switches
from accounts.models import Event
from accounts.telling import Topic
from ryla.lib.api import NewestFirst
from ryla.lib.errors import InvalidInput


class InboxRowSerializer(serializers.Serializer[Any]):
    """`page_url` and `picture_url` are addresses on this site, empty when there is none."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    topic = serializers.ChoiceField(Topic.choices)
    title = serializers.CharField()
    text = serializers.CharField()
    about = serializers.CharField(source="thing.name")
    page_url = serializers.CharField(source="thing.href")
    picture_url = serializers.CharField(source="thing.picture_url")
    is_unread = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class InboxView(ListAPIView[Event]):
    """What you were told, newest first, in words."""

    serializer_class = InboxRowSerializer
    pagination_class = NewestFirst
    queryset = Event.objects.none()

    @extend_schema(parameters=[OpenApiParameter("topic", str, enum=Topic.values)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        topic = self.request.query_params.get("topic", "")
        if topic and topic not in Topic.values:
            raise InvalidInput(f"One of: {', '.join(Topic.values)}.", field="topic")
        return inbox.told_to(self.request.user, topic=topic)

    def paginate_queryset(self, queryset: Any) -> Sequence[Any] | None:
        page = super().paginate_queryset(queryset)
        return None if page is None else inbox.rows_of(self.request.user, page)


class ReadSerializer(serializers.Serializer[Any]):
    up_to = serializers.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, help_text="An id; all when left out."
    )


class UnreadSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField(
        help_text=f"How many are new, counted up to {inbox.COUNTED_AT_MOST}."
    )


class InboxReadView(APIView):
    """All up to an id is no news any more; it never becomes news again."""

    @extend_schema(request=ReadSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        body = ReadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        inbox.mark_read(user=request.user, up_to=body.validated_data.get("up_to"))
        request.user.refresh_from_db(fields=["events_read_id"])
        return Response({"unread": inbox.count_unread(request.user)})


class NotificationsView(APIView):
    """Which mails you get: a yes or no for each kind. Mails that guard the account always come."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(_switches(request))

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request) -> Response:
        switches.set_switches(user=request.user, switches=_asked(request.data))
        return Response(_switches(request))


def _switches(request: Request) -> dict[str, bool]:
    return {switch.kind.slug: switch.is_on for switch in switches.switches_of(request.user)}


def _asked(data: Any) -> dict[str, bool]:
    if not isinstance(data, dict):
        raise InvalidInput('Send an object, like {"set_finished": false}.')
    for slug, is_on in data.items():
        if not isinstance(is_on, bool):
            raise InvalidInput("true or false.", field=slug)
    return data
