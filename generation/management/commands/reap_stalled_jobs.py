"""What the sweeper does every few seconds, once and by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from generation.sweeper import sweep


class Command(BaseCommand):
    help = "Take up what a dead worker or a lost message left behind. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        done = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in sweep().items())
        self.stdout.write(f"Items: {done}.")
