"""Shapes of people and events on the wire."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import Event, User


class MeSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "email", "display_name", "is_email_verified", "created_at")
        read_only_fields = ("id", "email", "created_at")


class EventSerializer(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = ("id", "kind", "subject", "data", "created_at")
