from __future__ import annotations

from django.apps import AppConfig


class CharactersConfig(AppConfig):
    name = "characters"

    def ready(self) -> None:
        from characters import notices, receivers  # noqa: F401, PLC0415 (words, signals)
