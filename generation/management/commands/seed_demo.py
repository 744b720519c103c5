"""Two people to sign in as on one's own machine: a creator with a character begun, and staff."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import Consent, User
from characters.presets import PRESETS
from characters.services import create_character
from characters.suggestions import suggest_handle

EMAILS = {"creator": "demo@ryla.local", "staff": "staff@ryla.local"}
_NAME = "Mara Vale"
# Nothing that looks like something else: these are read off a terminal and typed.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = (
        "Make the demo creator and the demo staff, and keep their passwords in a file that only "
        "its owner can read. Repeatable: the same file gives the same sign-ins. Local mode only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--credentials", required=True, help="path of the file")

    def handle(self, *args: Any, credentials: str, **options: Any) -> None:
        if not settings.LOCAL_MODE:
            raise CommandError("Demo sign-ins are for local mode (LOCAL_MODE) only.")
        path = Path(credentials)
        passwords = _passwords(path)
        # The file first: a sign-in nobody knows the password of would be of no use.
        _write(path, passwords)
        with transaction.atomic():
            _seed_creator(passwords["creator"])
            _seed_staff(passwords["staff"])
        self.stdout.write(f"Demo sign-ins: {', '.join(EMAILS.values())}; passwords in {path}")


def _passwords(path: Path) -> dict[str, str]:
    """Those of the file, by role; new ones for whoever is not in it."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    return {role: _kept(kept, role) or _new_password() for role in EMAILS}


def _kept(people: Any, role: str) -> str:
    person = people.get(role) if isinstance(people, dict) else None
    password = person.get("password") if isinstance(person, dict) else None
    return password if isinstance(password, str) else ""


def _new_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _write(path: Path, passwords: dict[str, str]) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    people = {role: {"email": EMAILS[role], "password": passwords[role]} for role in EMAILS}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(people, file, indent=2)
    draft.replace(path)


def _seed_creator(password: str) -> None:
    user = User.objects.filter(email=EMAILS["creator"]).first()
    if user:
        _keep_password(user, password)
        return
    user = User.objects.create_user(
        EMAILS["creator"], password, display_name="Demo", email_verified_at=timezone.now()
    )
    for kind in (Consent.Kind.TERMS, Consent.Kind.ADULT):
        Consent.objects.create(user=user, kind=kind, version=settings.TERMS_VERSION)
    create_character(
        owner=user,
        config=next(iter(PRESETS.values())).config,
        name=_NAME,
        handle=suggest_handle(user, _NAME),
    )


def _seed_staff(password: str) -> None:
    user = User.objects.filter(email=EMAILS["staff"]).first()
    if user:
        _keep_password(user, password)
        return
    User.objects.create_superuser(EMAILS["staff"], password, display_name="Staff")


def _keep_password(user: User, password: str) -> None:
    """What the terminal prints works, whatever was changed since; unchanged, sessions last."""
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
