"""Fetching through the owner for pages of every floor: a stranger meets a 404."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from characters.models import Character


def owned_character(request: HttpRequest, pk: UUID) -> Character:
    rows = Character.objects.owned_by(request.user).select_related("owner", "base_face")
    return get_object_or_404(rows, pk=pk)
