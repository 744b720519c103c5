from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image as Pillow

from accounts.models import Event, User
from billing.services import get_account
from characters import images as files
from characters import services as characters
from characters.models import Image, StoredFile
from generation import pipeline, services, sweeper
from generation.models import GenerationJob, JobItem, Provenance
from generation.providers.fake import FakeProvider
from tests.builders import make_character, request_job, run_jobs, subscribe, with_scripts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def balance(user: User) -> int:
    return get_account(user).balance


def make_due(job: GenerationJob) -> None:
    """As if the pause of its items had gone by."""
    job.items.filter(next_check_at__isnull=False).update(next_check_at=timezone.now())
    sweeper.wake_backed_off()


def let_leases_run_out(job: GenerationJob) -> None:
    past = timezone.now() - timedelta(seconds=1)
    job.items.filter(lease_expires_at__isnull=False).update(lease_expires_at=past)


def statuses(job: GenerationJob) -> list[str]:
    return list(job.items.order_by("position").values_list("status", flat=True))


def only_item(job: GenerationJob) -> JobItem:
    return job.items.get()


def ended(job: GenerationJob) -> GenerationJob:
    job.refresh_from_db()
    return job


def test_job_delivers_every_picture_with_its_origin_and_files(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=3)
    run_jobs()
    images = Image.objects.filter(job_id=job.pk).order_by("position")
    assert ended(job).status == "succeeded"
    assert [image.position for image in images] == [0, 1, 2]
    assert Provenance.objects.filter(job=job, provider="fake").count() == 3
    assert (job.progress, job.credits_kept, balance(user)) == (100, 120, 380)
    assert all(storages["images"].exists(key) for image in images for key in image.keys)
    assert not StoredFile.objects.exists()


def test_delivered_file_says_that_a_machine_made_it_and_nothing_else(user: User) -> None:
    request_job(make_character(owner=user, ready=True), prompt="a secret wish")
    run_jobs()
    with files.read(Image.objects.get(kind="picture", settings__prompt="a secret wish")) as stored:
        content = stored.read()
    picture = Pillow.open(io.BytesIO(content))
    assert set(picture.info) <= {"XML:com.adobe.xmp", "xmp"}
    assert b"digitalsourcetype/algorithmicMedia" in content
    assert b"secret wish" not in content


def test_job_events_come_in_order_and_carry_ids_only(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2)
    run_jobs()
    events = Event.objects.filter(subject=str(job.pk)).order_by("id")
    assert [event.kind for event in events] == [
        "generation.job.queued",
        "generation.job.started",
        "generation.image.delivered",
        "generation.image.delivered",
        "generation.job.succeeded",
    ]


def test_running_a_finished_job_again_changes_nothing(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=2)
    run_jobs()
    for item in job.items.all():
        pipeline.run_item(item.pk)
    assert Image.objects.filter(job_id=job.pk).count() == 2
    assert balance(user) == 420


def test_refused_pictures_fail_the_job_and_refund_it_whole(user: User) -> None:
    character = make_character(owner=user, ready=True)
    job = request_job(character, count=2, prompt="fail:blocked")
    run_jobs()
    character.refresh_from_db()
    assert (ended(job).status, job.error_code, job.credits_refunded) == ("failed", "blocked", 80)
    assert (balance(user), character.status) == (500, "ready")


def test_base_faces_that_fail_leave_the_character_failed_with_the_reason(user: User) -> None:
    character = make_character(owner=user)
    job = request_job(character, "base_faces")
    with_scripts(job, *["fail:blocked"] * 3)
    run_jobs()
    character.refresh_from_db()
    assert character.status == "failed"
    assert character.generation_error == "The provider could not make this picture."
    assert request_job(character, "base_faces").credits_charged == 0


def test_partly_delivered_job_refunds_the_missing_part(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=4)
    with_scripts(job, "", "", "fail:oom", "")
    run_jobs()
    assert (ended(job).status, job.delivered_count, job.credits_refunded) == ("succeeded", 3, 40)
    assert balance(user) == 500 - 120


def test_retry_of_a_partly_delivered_job_asks_only_for_the_rest(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=4)
    with_scripts(job, "", "", "fail:oom", "")
    run_jobs()
    again = services.retry_job(job=ended(job))
    missing = job.items.get(position=2)
    assert (again.count, again.credits_charged) == (1, 40)
    assert only_item(again).request == missing.request


def test_bytes_that_are_no_picture_fail_without_a_charge(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="garbage")
    run_jobs()
    assert (ended(job).status, balance(user)) == ("failed", 500)
    assert not Image.objects.filter(job_id=job.pk).exists()


def test_slow_provider_frees_the_worker_and_is_asked_again(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="slow:0.2")
    run_jobs()
    item = only_item(ended(job))
    assert (job.status, item.status, item.lease_id) == ("running", "running", None)
    assert item.next_check_at is not None
    pipeline.run_item(item.pk)  # too early: nobody takes it
    assert not Image.objects.filter(job_id=job.pk).exists()
    item.ticket["data"]["submitted_at"] = 0
    item.save(update_fields=["ticket"])
    make_due(job)
    run_jobs()
    assert ended(job).status == "succeeded"


def test_passing_fault_is_asked_about_again_without_a_second_submit(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="flaky:2")
    for status in ("submitted", "submitted", "succeeded"):
        make_due(job)
        run_jobs()
        assert statuses(job) == [status]
    assert only_item(job).attempts == 3
    assert Provenance.objects.filter(job=job).count() == 1


def test_passing_fault_that_does_not_pass_ends_with_a_refund(user: User, settings: Any) -> None:
    settings.JOB_MAX_ATTEMPTS = 3
    job = request_job(make_character(owner=user, ready=True), prompt="flaky:99")
    for _ in range(3):
        make_due(job)
        run_jobs()
    assert (ended(job).status, job.error_code, balance(user)) == ("failed", "busy", 500)


def test_lost_ticket_is_submitted_again(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), prompt="lost")
    run_jobs()
    item = only_item(job)
    assert (item.status, item.ticket, item.submit_started_at) == ("queued", None, None)
    make_due(job)
    run_jobs()
    assert ended(job).status == "succeeded"


def test_picture_that_takes_too_long_is_lost_with_a_refund(user: User, settings: Any) -> None:
    settings.JOB_MAX_AGE_S = 60
    job = request_job(make_character(owner=user, ready=True), prompt="slow:9999")
    run_jobs()
    job.items.update(submitted_at=timezone.now() - timedelta(minutes=2))
    make_due(job)
    run_jobs()
    assert statuses(job) == ["lost"]
    assert (ended(job).status, job.error_code, balance(user)) == ("failed", "expired", 500)


class Interrupting(FakeProvider):
    """Lets a test act in the middle of a job, after `after` pictures."""

    after = 1
    polls = 0
    act: Any = None

    def poll(self, ticket: Any) -> Any:
        answer = super().poll(ticket)
        type(self).polls += 1
        if type(self).polls > self.after and type(self).act:
            act, type(self).act = type(self).act, None
            act()
        return answer


@pytest.fixture
def interrupting(settings: Any) -> type[Interrupting]:
    settings.IMAGE_PROVIDERS = {
        "fake": {"BACKEND": "tests.generation.test_pipeline.Interrupting", "OPTIONS": {}}
    }
    Interrupting.polls = 0
    return Interrupting


def test_cancel_while_running_keeps_what_was_delivered_and_refunds_the_rest(
    user: User, interrupting: type[Interrupting]
) -> None:
    job = request_job(make_character(owner=user, ready=True), count=4)
    interrupting.act = lambda: services.cancel_job(job=GenerationJob.objects.get(pk=job.pk))
    run_jobs()
    assert (ended(job).status, job.delivered_count, job.credits_refunded) == ("canceled", 1, 120)
    assert Image.objects.filter(job_id=job.pk).count() == 1
    assert balance(user) == 460


def test_files_of_a_canceled_picture_are_erased_when_their_time_is_up(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    store = files.store

    def store_and_cancel(*args: Any) -> None:
        store(*args)
        services.cancel_job(job=GenerationJob.objects.get(pk=job.pk))

    monkeypatch.setattr("characters.images.store", store_and_cancel)
    run_jobs()
    assert ended(job).status == "canceled"
    orphans = list(StoredFile.objects.values_list("key", flat=True))
    assert len(orphans) == 3
    assert all(storages["images"].exists(key) for key in orphans)
    StoredFile.objects.update(due_at=timezone.now())
    assert files.erase_due_files() == 3
    assert not any(storages["images"].exists(key) for key in orphans)


def test_worker_that_lost_its_lease_changes_nothing(
    user: User, interrupting: type[Interrupting]
) -> None:
    """The first worker is thought dead, a second finishes the picture, then the first wakes."""
    job = request_job(make_character(owner=user, ready=True), count=3)

    def take_over() -> None:
        let_leases_run_out(job)
        assert sweeper.judge_silent() == 1
        pipeline.run_item(job.items.get(status="submitted").pk)

    interrupting.act = take_over
    run_jobs()
    positions = Counter(Image.objects.filter(job_id=job.pk).values_list("position", flat=True))
    assert (ended(job).status, positions) == ("succeeded", Counter([0, 1, 2]))
    assert balance(user) == 380
    assert Event.objects.filter(kind="generation.job.succeeded").count() == 1


def test_profile_set_is_eight_different_shots(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), "profile_set")
    requests = job.items.values_list("request", flat=True)
    shots = {(r["scene"], r["pose"], r["expression"]) for r in requests}
    assert (job.count, len(shots), job.credits_charged) == (8, 8, 250)


def test_one_pictures_passing_fault_does_not_hold_up_the_others(user: User) -> None:
    subscribe(user, "starter")
    job = request_job(make_character(owner=user, ready=True), count=3)
    with_scripts(job, "flaky:1", "", "")
    run_jobs()
    assert statuses(job) == ["submitted", "succeeded", "succeeded"]
    make_due(job)
    run_jobs()
    assert statuses(ended(job)) == ["succeeded"] * 3


def test_faces_delivered_in_part_leave_a_draft_to_choose_from(user: User) -> None:
    character = make_character(owner=user)
    job = request_job(character, "base_faces")
    with_scripts(job, "", "fail:oom", "")
    run_jobs()
    character.refresh_from_db()
    assert (character.status, character.generation_error) == ("draft", "")
    assert Image.objects.filter(job_id=job.pk).count() == 2


def test_retry_after_erasing_what_was_delivered_asks_only_for_the_rest(user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=3)
    with_scripts(job, "", "", "fail:oom")
    run_jobs()
    images = list(Image.objects.filter(job_id=job.pk))
    characters.bin_images(owner=user, images=images)
    characters.erase_binned(owner=user)
    again = services.retry_job(job=ended(job))
    assert (again.count, again.credits_charged) == (1, 40)


def test_store_that_refuses_for_a_while_costs_a_delay_and_no_picture(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = request_job(make_character(owner=user, ready=True))
    with monkeypatch.context() as broken:
        broken.setattr("characters.images.store", _refuse)
        run_jobs()
    assert (only_item(job).status, only_item(job).error_code) == ("importing", "storage_away")
    make_due(job)
    run_jobs()
    assert ended(job).status == "succeeded"


@pytest.mark.parametrize("attempt", [1, 2])
def test_every_long_step_of_an_import_has_a_whole_lease(
    user: User, monkeypatch: pytest.MonkeyPatch, settings: Any, attempt: int
) -> None:
    """On a busy machine drawing, comparing and storing together outlast one."""
    job = request_job(make_character(owner=user, ready=True))
    if attempt == 2:
        with monkeypatch.context() as broken:
            broken.setattr("characters.images.store", _refuse)
            run_jobs()
        make_due(job)
    left: list[float] = []

    def slow(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            now = timezone.now()
            end = only_item(job).lease_expires_at
            assert end is not None
            left.append((end - now).total_seconds())
            job.items.update(lease_expires_at=now + timedelta(seconds=1))
            return step(*args)

        return run

    provider = type(services.providers["fake"])
    monkeypatch.setattr(provider, "poll", slow(provider.poll))
    monkeypatch.setattr(files, "prepare", slow(files.prepare))
    monkeypatch.setattr(files, "store", slow(files.store))
    run_jobs()
    assert ended(job).status == "succeeded"
    assert [round(seconds / settings.JOB_LEASE_S) for seconds in left] == [1, 1, 1]


def _refuse(*args: Any) -> None:
    raise OSError("no route to the store")
