"""The one command that works without settings: `manage.py` runs it before Django looks for them."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser

from ryla.local.environment import Options, data_dir_from
from ryla.local.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run RYLA on this machine with everything it needs; Ctrl-C stops it all."
    requires_system_checks: ClassVar[list[str]] = []  # the children check once they have a database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data-dir", help="where everything is kept (default: .local)")
        parser.add_argument("--port", type=int, help="the address to use, or nothing at all")
        parser.add_argument("--no-demo", action="store_true", help="without demo people and data")
        parser.add_argument("--check", action="store_true", help="start, make sure it works, stop")

    def handle(
        self,
        *,
        data_dir: str | None,
        port: int | None,
        no_demo: bool,
        check: bool,
        **_: Any,
    ) -> None:
        options = Options(data_dir_from(data_dir), port=port, demo=not no_demo, check=check)
        sys.exit(Supervisor(options).run())
