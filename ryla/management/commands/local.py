from __future__ import annotations

import sys
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser

from ryla.local.__main__ import add_arguments, run


class Command(BaseCommand):
    help = "Run RYLA on this machine with everything it needs; Ctrl-C stops it all."
    requires_system_checks: ClassVar[list[str]] = []  # the children check once they have a database

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        asked = {name: options[name] for name in ("data_dir", "port", "no_demo", "check")}
        sys.exit(run(**asked))
