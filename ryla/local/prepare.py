"""Bring the tables up to date and lay out the demo data; one process, since Django starts slowly.

Run by the supervisor as `python -m ryla.local.prepare [--credentials PATH]`.
"""

from __future__ import annotations

import argparse

import django
from django.core.management import call_command


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--credentials", help="make the demo people and write their passwords here")
    arguments = parser.parse_args()
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if arguments.credentials:
        call_command("seed_demo", credentials=arguments.credentials)


if __name__ == "__main__":
    main()
