"""Ask every provider what it has now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.providers.base import ProviderError
from generation.services import providers


class Command(BaseCommand):
    help = "Ask the image providers what they have, and offer only that. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = [alias for alias in providers.aliases if not self._sync(alias)]
        if failed:
            raise CommandError(f"Not reached: {', '.join(failed)}. What was known is kept.")

    def _sync(self, alias: str) -> bool:
        try:
            found = providers[alias].sync()
        except ProviderError as error:
            self.stderr.write(f"{alias}: {error.message}")
            return False
        lacking = [f"{name} ({why})" for name, why in found.items() if why]
        self.stdout.write(f"{alias}: {'; '.join(lacking) if lacking else 'everything is there'}")
        return True
