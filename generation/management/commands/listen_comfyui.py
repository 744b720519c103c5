"""Hear ComfyUI's socket, so that progress moves and pictures arrive without waiting for the next
look. One process for each `client_id`; needs the package `websockets`."""

from __future__ import annotations

import logging
import threading
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from generation import callbacks
from generation.providers.comfyui import ComfyUI
from generation.services import providers
from ryla.lib.errors import DomainError

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Listen to a ComfyUI server until stopped; without it everything works, a little later."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("alias", nargs="?", default="comfyui")

    def handle(self, *args: Any, alias: str, **options: Any) -> None:
        if alias not in providers or not isinstance(provider := providers[alias], ComfyUI):
            raise CommandError(f"{alias} is no ComfyUI server of the settings.")
        stop = threading.Event()
        try:
            provider.listen(
                lambda key: self._ended(alias, key), is_stopped=stop.is_set, sleep=stop.wait
            )
        except KeyboardInterrupt:
            stop.set()

    def _ended(self, alias: str, key: str) -> None:
        close_old_connections()
        try:
            knock(alias, key)
        except DatabaseError:
            log.warning("knock not heard", extra={"provider": alias})


def knock(alias: str, key: str) -> bool:
    """Have the item of that id looked at now; ids that are not ours are passed over."""
    try:
        return callbacks.ring(alias=alias, item_id=UUID(key), headers={}, body=key.encode())
    except (ValueError, DomainError):
        return False
