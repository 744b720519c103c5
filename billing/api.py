"""Credits for integrators."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.models import CreditEntry
from billing.services import current_plan, get_account
from ryla.lib.api import NewestFirst


class CreditsSerializer(serializers.Serializer[Any]):
    balance = serializers.IntegerField()
    plan = serializers.CharField()


class CreditEntrySerializer(serializers.ModelSerializer[CreditEntry]):
    class Meta:
        model = CreditEntry
        fields = ("id", "amount", "kind", "key", "reference", "created_at")


class CreditsView(APIView):
    """What is left, and the plan it is spent under."""

    @extend_schema(responses=CreditsSerializer)
    def get(self, request: Request) -> Response:
        account = get_account(request.user)
        body = {"balance": account.balance, "plan": current_plan(request.user).slug}
        return Response(CreditsSerializer(body).data)


class CreditEntriesView(ListAPIView[CreditEntry]):
    """The statement: every movement, newest first."""

    serializer_class = CreditEntrySerializer
    pagination_class = NewestFirst
    queryset = CreditEntry.objects.none()

    def get_queryset(self) -> Any:
        return CreditEntry.objects.filter(account=get_account(self.request.user))
