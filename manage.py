#!/usr/bin/env python
"""Entry for commands."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["local"]:
        # Django finds commands through the settings, and this one makes what they are read from.
        from ryla.management.commands.local import Command  # noqa: PLC0415

        Command().run_from_argv(sys.argv)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ryla.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
