from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts import services


class Command(BaseCommand):
    help = "Forget events older than EVENTS_KEEP_DAYS, and sessions and tokens that ran out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=settings.EVENTS_KEEP_DAYS)

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        events = services.prune_events(days=days)
        sessions = services.prune_sessions()
        self.stdout.write(f"Forgot {events} events and {sessions} sessions and tokens.")
