"""ComfyUI in the engine: a job over the wire, its listener, and what the server has."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from generation import services, tasks
from generation.management.commands.listen_comfyui import knock
from generation.models import JobItem
from generation.states import ItemStatus, JobStatus
from ryla.lib.ids import new_id
from tests.builders import make_character, request_job, run_jobs
from tests.contracts.comfyui import VALUES, stand_in
from tests.contracts.player import Player, Reply

pytestmark = pytest.mark.django_db


def use(settings: Any, url: str) -> None:
    settings.IMAGE_PROVIDERS = {
        **settings.IMAGE_PROVIDERS,
        "comfyui": {
            "BACKEND": "generation.providers.comfyui.ComfyUI",
            "OPTIONS": {"base_url": url, "values": VALUES},
        },
    }
    settings.DEFAULT_IMAGE_PROVIDER = "comfyui"


@pytest.fixture(autouse=True)
def _nothing_synced() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_job_goes_over_the_wire_with_words_and_face(user: User, settings: Any) -> None:
    use(settings, stand_in().player.url)
    character = make_character(owner=user, ready=True)
    job = request_job(character, scene="cafe", count=2)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.delivered_count) == (JobStatus.SUCCEEDED, 2)
    for item in job.items.all():
        graph = stand_in().graph_of(str(item.pk))
        assert "adult" in graph["positive"]["inputs"]["text"]
        assert graph["reference_1"]["class_type"] == "LoadImage"


def test_unheard_submit_is_looked_up_and_made_once(user: User, settings: Any) -> None:
    """The answer is lost, the run is not."""
    queue: dict[str, Any] = {"queue_running": [], "queue_pending": []}
    replies = [
        Reply("POST", "/upload/image", body={"name": "a.png", "subfolder": "ryla"}),
        Reply("POST", "/prompt", drop=True, times=1),
        Reply("GET", "/history/.*", body={}),
        Reply("GET", "/queue", body=lambda call: queue),
    ]
    with Player(replies) as far:
        use(settings, far.url)
        job = request_job(make_character(owner=user, ready=True))
        run_jobs()
        item = job.items.get()
        assert (item.status, item.ticket) == (ItemStatus.CLAIMED, None)
        queue["queue_running"] = [[4, str(item.pk), {}, {}, []]]
        job.items.update(next_check_at=timezone.now())
        run_jobs()
        item.refresh_from_db()
        assert item.status == ItemStatus.RUNNING
        assert len(far.calls_to("POST", "/prompt")) == 1


# --- The listener --------------------------------------------------------------------------------


def waiting(user: User, settings: Any) -> JobItem:
    """At the provider, to be looked at in a minute."""
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    job = request_job(make_character(owner=user, ready=True))
    job.items.update(
        status=ItemStatus.RUNNING,
        provider="comfyui",
        ticket={"external_id": "x", "data": {}},
        next_check_at=timezone.now() + timedelta(minutes=1),
    )
    return job.items.get()


def test_knock_has_the_item_looked_at_now(user: User, settings: Any) -> None:
    use(settings, "http://127.0.0.1:1")
    item = waiting(user, settings)
    assert knock("comfyui", str(item.pk))
    item.refresh_from_db()
    assert item.next_check_at is not None
    assert item.next_check_at <= timezone.now()


@pytest.mark.parametrize("key", ["", "nobodys", "../x"])
def test_knock_about_somebody_elses_run_is_passed_over(key: str, settings: Any) -> None:
    use(settings, "http://127.0.0.1:1")
    assert not knock("comfyui", key)
    assert not knock("comfyui", str(new_id()))


def test_listener_wants_a_comfyui() -> None:
    with pytest.raises(CommandError, match="illustrator is no ComfyUI"):
        call_command("listen_comfyui", "illustrator")


# --- What the server has -------------------------------------------------------------------------


def test_sync_says_what_is_lacking(settings: Any) -> None:
    with Player([Reply("GET", "/object_info", body={"SaveImage": {}})]) as far:
        use(settings, far.url)
        said = io.StringIO()
        call_command("sync_providers", stdout=said)
    line = next(line for line in said.getvalue().splitlines() if line.startswith("comfyui: "))
    assert "upscale (there is no node ImageScale)" in line


def test_sync_of_a_server_that_is_away_fails_and_names_it(settings: Any) -> None:
    use(settings, "http://127.0.0.1:1")
    with pytest.raises(CommandError, match="Not reached: comfyui"):
        call_command("sync_providers", stdout=io.StringIO(), stderr=io.StringIO())


def test_clock_has_every_provider_asked_by_the_workers_of_jobs(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """The round itself asks nobody, so that it holds nothing up."""
    with Player() as far:
        use(settings, far.url)
        sent: list[tuple[str, list[str]]] = []
        monkeypatch.setattr("ryla.lib.queue._send", lambda name, ids: sent.append((name, ids)))
        with django_capture_on_commit_callbacks(execute=True):
            tasks.sync_providers()
        assert far.calls == []
    assert sorted(sent) == sorted(
        (services.SYNC_PROVIDER, [alias]) for alias in settings.IMAGE_PROVIDERS
    )
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "generation.sync_providers" in scheduled
    routed = settings.CELERY_TASK_ROUTES
    assert routed["generation.sync_providers"] == {"queue": "clock"}
    assert services.SYNC_PROVIDER not in routed


def test_what_the_server_lost_is_offered_no_more_after_the_clocks_round(settings: Any) -> None:
    with Player([Reply("GET", "/object_info", body={"SaveImage": {}})]) as far:
        use(settings, far.url)
        can = services.providers["comfyui"]
        assert "upscale" in can.capabilities.operations
        tasks.sync_provider("comfyui")
        assert "upscale" not in can.capabilities.operations


@pytest.mark.parametrize("alias", ["comfyui", "illustrator", "gone"])
def test_provider_that_does_not_answer_keeps_what_was_known(settings: Any, alias: str) -> None:
    use(settings, "http://127.0.0.1:1")
    before = services.providers["comfyui"].capabilities
    tasks.sync_provider(alias)
    assert services.providers["comfyui"].capabilities == before
