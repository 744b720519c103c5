#!/usr/bin/env python
"""Entry for commands."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["local"]:
        # It makes the settings that every other command needs.
        from ryla.local.__main__ import main as local  # noqa: PLC0415

        sys.exit(local(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ryla.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
