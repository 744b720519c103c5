from __future__ import annotations

from django.apps import AppConfig


class RylaConfig(AppConfig):
    """The roof as an app: it only carries commands, deploy checks and the local mode."""

    name = "ryla"
    verbose_name = "RYLA"

    def ready(self) -> None:
        from ryla import checks  # noqa: F401, PLC0415 (registers system checks)
