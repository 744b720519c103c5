"""How far a picture is, from the provider's answer to whoever listens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event, User
from generation import pipeline
from generation.dispatch import dispatch
from generation.models import JobItem
from generation.providers.base import Progress
from generation.providers.fake import FakeProvider
from ryla.lib import pubsub
from tests.builders import make_character, request_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """(key, tick) of everything that was published, unthrottled."""
    told: list[tuple[str, dict[str, Any]]] = []

    def publish(message: str, *, once: str = "") -> None:
        key, _, body = message.partition("\n")
        if body:
            told.append((key, json.loads(body)))

    monkeypatch.setattr(pubsub, "_publish", publish)
    return told


def test_progress_is_told_to_its_owner_and_only_rises(
    user: User,
    settings: Any,
    said: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    answers = iter((0.0, 0.25, 0.5, 0.4, None, 0.75))
    monkeypatch.setattr(
        FakeProvider, "poll", lambda self, ticket: Progress(next(answers), check_after_s=1)
    )
    job = request_job(make_character(owner=user, ready=True))
    dispatch("fake")
    item = job.items.get()
    for _ in range(6):
        with django_capture_on_commit_callbacks(execute=True):
            JobItem.objects.filter(pk=item.pk).update(next_check_at=timezone.now())
            pipeline.run_item(item.pk)
    ticks = [tick for key, tick in said if key == str(user.pk)]
    assert len(ticks) == len(said)
    assert [tick["percent"] for tick in ticks] == [25, 50, 50, 50, 75]
    assert {(tick["subject"], tick["job"]) for tick in ticks} == {(str(item.pk), str(job.pk))}
    item.refresh_from_db()
    assert item.progress == 75
    told_as_rows = Event.objects.filter(subject=str(job.pk)).values_list("kind", flat=True)
    assert set(told_as_rows) == {"generation.job.queued", "generation.job.started"}


def test_a_worker_that_lost_its_lease_tells_nothing(
    user: User,
    settings: Any,
    said: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    job = request_job(make_character(owner=user, ready=True))
    dispatch("fake")
    item = job.items.get()

    def poll(self: FakeProvider, ticket: Any) -> Progress:
        JobItem.objects.filter(pk=item.pk).update(lease_id=job.pk)  # another has it now
        return Progress(0.5, check_after_s=1)

    monkeypatch.setattr(FakeProvider, "poll", poll)
    with django_capture_on_commit_callbacks(execute=True):
        pipeline.run_item(item.pk)
    assert said == []
