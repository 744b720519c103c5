from __future__ import annotations

from django.apps import AppConfig


class GenerationConfig(AppConfig):
    name = "generation"

    def ready(self) -> None:
        from generation import notices, receivers  # noqa: F401, PLC0415 (words, signals)
