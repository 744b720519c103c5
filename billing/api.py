"""Credits for integrators."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.models import CreditEntry, CreditEntryLot, CreditLot
from billing.services import current_plan, entries_of, get_account, lots_of
from ryla.lib.api import NewestFirst

_JOB_KEY = re.compile(r"job:([0-9a-f-]{36}):")


class CreditLotSerializer(serializers.ModelSerializer[CreditLot]):
    """Credits that came in together; `expires_at` is null for what never does."""

    class Meta:
        model = CreditLot
        fields = ("id", "kind", "credits", "remaining", "expires_at")


class CreditsSerializer(serializers.Serializer[Any]):
    balance = serializers.IntegerField()
    plan = serializers.CharField()
    lots = CreditLotSerializer(many=True)


class MovementSerializer(serializers.ModelSerializer[CreditEntryLot]):
    kind = serializers.CharField(source="lot.kind")
    expires_at = serializers.DateTimeField(source="lot.expires_at", allow_null=True)

    class Meta:
        model = CreditEntryLot
        fields = ("lot", "amount", "kind", "expires_at")


class CreditEntrySerializer(serializers.ModelSerializer[CreditEntry]):
    job = serializers.SerializerMethodField()
    lots = MovementSerializer(source="movements", many=True)

    class Meta:
        model = CreditEntry
        fields = ("id", "amount", "kind", "key", "reference", "job", "lots", "created_at")

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_job(self, entry: CreditEntry) -> str | None:
        """The job it was about; one that went with its character is not found any more."""
        job = _JOB_KEY.match(entry.key)
        return job.group(1) if job else None


class CreditsView(APIView):
    """What is left, in the order in which it is spent, and the plan it is spent under."""

    @extend_schema(responses=CreditsSerializer)
    def get(self, request: Request) -> Response:
        account = get_account(request.user)
        body = {
            "balance": account.balance,
            "plan": current_plan(request.user).slug,
            "lots": lots_of(account),
        }
        return Response(CreditsSerializer(body).data)


class CreditEntriesView(ListAPIView[CreditEntry]):
    """The statement: every movement, newest first, with what it moved in which lot."""

    serializer_class = CreditEntrySerializer
    pagination_class = NewestFirst
    queryset = CreditEntry.objects.none()

    def get_queryset(self) -> Any:
        return entries_of(self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        if answer.data["results"]:
            return answer
        get_account(request.user)  # opened at first use, which is a line to tell
        return super().list(request, *args, **kwargs)
