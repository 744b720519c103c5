from __future__ import annotations

import io
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import Consent, User
from characters.models import Character
from generation.dispatch import dispatch
from ryla.lib.ids import new_id
from tests.builders import make_character, request_job

pytestmark = pytest.mark.django_db


def run(name: str, **options: Any) -> str:
    said = io.StringIO()
    call_command(name, stdout=said, **options)
    return said.getvalue()


def test_reap_stalled_jobs_brings_a_silent_job_back(user: User, settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    job = request_job(make_character(owner=user, ready=True))
    dispatch("fake")
    long_ago = timezone.now() - timedelta(seconds=1)
    job.items.update(lease_id=new_id(), lease_expires_at=long_ago)
    assert run("reap_stalled_jobs") == (
        "Items: 1 verdicts, 0 given up, 0 woken, 0 sent, 0 moved, 1 claimed.\n"
    )
    assert job.items.get().status == "claimed"
    assert run("reap_stalled_jobs").startswith("Items: 0 verdicts, 0 given up")


def people(path: Path) -> dict[str, dict[str, str]]:
    return dict(json.loads(path.read_text()))


def test_seed_demo_makes_two_people_who_can_sign_in(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "credentials.json"
    assert run("seed_demo", credentials=str(path)).count("\n") == 1
    kept = people(path)
    creator, staff = (User.objects.get(email=kept[role]["email"]) for role in ("creator", "staff"))
    assert (creator.email, staff.email) == ("demo@ryla.local", "staff@ryla.local")
    assert creator.check_password(kept["creator"]["password"])
    assert staff.check_password(kept["staff"]["password"])
    assert (creator.is_staff, staff.is_staff, staff.is_superuser) == (False, True, True)
    assert creator.is_email_verified
    assert set(creator.consents.values_list("kind", flat=True)) == {
        Consent.Kind.TERMS,
        Consent.Kind.ADULT,
    }
    assert Character.objects.get(owner=creator).status == "draft"


def test_seed_demo_file_is_its_owners_alone_and_has_unguessable_passwords(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    run("seed_demo", credentials=str(first))
    run("seed_demo", credentials=str(second))
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert {p.name for p in tmp_path.iterdir()} == {"a.json", "b.json"}
    passwords = {people(p)[role]["password"] for p in (first, second) for role in people(p)}
    assert len(passwords) == 4
    assert min(len(password) for password in passwords) >= 16


def test_seed_demo_again_keeps_people_passwords_and_what_they_did(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    run("seed_demo", credentials=str(path))
    before, hashes = people(path), set(User.objects.values_list("password", flat=True))
    Character.objects.all().delete()
    run("seed_demo", credentials=str(path))
    assert people(path) == before
    assert set(User.objects.values_list("password", flat=True)) == hashes
    assert not Character.objects.exists()


@pytest.mark.parametrize("content", [None, "not json", "[]", '{"creator": {}}'])
def test_seed_demo_lost_file_gives_new_sign_ins_that_work(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "credentials.json"
    run("seed_demo", credentials=str(path))
    path.unlink() if content is None else path.write_text(content)
    run("seed_demo", credentials=str(path))
    for person in people(path).values():
        assert User.objects.get(email=person["email"]).check_password(person["password"])
    assert User.objects.count() == 2


def test_seed_demo_outside_local_mode_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.LOCAL_MODE = False
    with pytest.raises(CommandError):
        run("seed_demo", credentials=str(tmp_path / "credentials.json"))
    assert not User.objects.exists()
