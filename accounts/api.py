"""Signing in, oneself, and what one was told, for integrators."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from accounts import services
from accounts.events import events_after
from accounts.serializers import EventSerializer, MeSerializer
from accounts.tokens import (
    RylaTokenObtainPairSerializer,
    RylaTokenRefreshSerializer,
    revoke_token,
)
from ryla.lib.errors import InvalidInput

EVENTS_PER_PAGE = 100


class TokenView(TokenObtainPairView):
    """E-mail and password for an access token (ten minutes) and a refresh token."""

    serializer_class = RylaTokenObtainPairSerializer
    throttle_scope = "token"


class RefreshView(TokenRefreshView):
    """A refresh token works once; its successor comes with the new access token."""

    serializer_class = RylaTokenRefreshSerializer
    throttle_scope = "token"


class RevokeSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField()


class TokenRevokeView(APIView):
    """The refresh token is worthless from now on; revoking twice is harmless."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_scope = "token"

    @extend_schema(request=RevokeSerializer, responses={204: None}, auth=[])
    def post(self, request: Request) -> Response:
        body = RevokeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        revoke_token(body.validated_data["refresh"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        body = MeSerializer(request.user, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        if "display_name" in body.validated_data:
            services.update_profile(
                user=request.user, display_name=body.validated_data["display_name"]
            )
        return Response(MeSerializer(request.user).data)


class EventsView(APIView):
    """What happened after an id, oldest first: for programs that ask instead of listening."""

    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="The last id you have seen.")],
        responses=EventSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not after.isascii() or not after.isdigit() or len(after) > 18:  # noqa: PLR2004 (bigint)
            raise InvalidInput("A whole number: the last id you have seen.", field="after")
        events = events_after(request.user.pk, int(after), limit=EVENTS_PER_PAGE)
        return Response({"results": EventSerializer(events, many=True).data})
