from __future__ import annotations

from django.urls import path

from accounts.stream import stream

urlpatterns = [path("", stream, name="events")]
