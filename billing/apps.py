from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import notices, receivers  # noqa: F401, PLC0415 (words, signals)
