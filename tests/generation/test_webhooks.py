"""Callbacks of providers: a doorbell that strangers cannot ring and that says nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from billing.services import get_account
from characters.models import Image
from generation import callbacks, pipeline, webhooks
from generation.dispatch import dispatch
from generation.models import GenerationJob, JobItem
from tests.builders import make_character, request_job
from tests.contracts.hosted import REPLICATE_SECRET, models, picture_at, played, recording
from tests.contracts.player import Player, Reply

pytestmark = pytest.mark.django_db

ID = recording("runpod/queued")["id"]
PREDICTION = recording("replicate/created")["id"]
SECRET = REPLICATE_SECRET
RUN, STATUS = "/v2/ep1/run", f"/v2/ep1/status/{ID}"
DONE = {"images": [{"type": "s3_url", "data": "https://bucket.example/11-23/out.png"}]}


@pytest.fixture
def far() -> Iterator[Player]:
    with Player() as player:
        yield player


@pytest.fixture(autouse=True)
def _providers(settings: Any, far: Player) -> None:
    settings.PROVIDER_CALLBACK_ORIGIN = "https://ryla.example"
    settings.IMAGE_PROVIDERS = {
        "runpod": {
            "BACKEND": "generation.providers.runpod.RunPod",
            "OPTIONS": {
                "key": "k",
                "endpoint": "ep1",
                "values": {"checkpoint": "sd_xl.safetensors"},
                "base_url": f"{far.url}/v2",
                "allow_private": True,
                "timeout_s": 0.5,
            },
        },
        "replicate": {
            "BACKEND": "generation.providers.replicate.Replicate",
            "OPTIONS": {
                "token": "t",
                "models": models(),
                "base_url": f"{far.url}/v1",
                "webhook_secret": SECRET,
                "allow_private": True,
            },
        },
    }
    settings.DEFAULT_IMAGE_PROVIDER = "runpod"


def claimed(user: User) -> JobItem:
    """An item that has its slot; its text stands for the compiled prompt."""
    job = request_job(make_character(owner=user, ready=True))
    dispatch(job.provider)
    item = job.items.get()
    item.request["text"] = item.request.get("text") or "a calm portrait"
    item.save(update_fields=["request"])
    return item


def submitted(user: User, far: Player) -> JobItem:
    far.replies += [Reply("POST", RUN, body=played("runpod/queued"))]
    far.replies += [Reply("GET", STATUS, body=played("runpod/queued"), times=1)]
    item = claimed(user)
    pipeline.run_item(item.pk)
    item.refresh_from_db()
    assert (item.status, item.lease_id) == ("submitted", None)
    return item


def unheard(user: User, far: Player) -> JobItem:
    """The provider took it, and nobody heard the answer."""
    far.replies += [Reply("POST", RUN, drop=True)]
    item = claimed(user)
    pipeline.run_item(item.pk)
    item.refresh_from_db()
    assert (item.status, item.ticket, item.lease_id) == ("claimed", None, None)
    assert item.submit_started_at is not None
    return item


def ring(item: JobItem, body: Any = None, *, url: str = "", **headers: str) -> HttpResponse:
    """What the vendor sends, on the address it was given."""
    content = body if isinstance(body, bytes) else json.dumps(body or {"id": ID}).encode()
    address = url or callbacks.url_for(item).removeprefix("https://ryla.example")
    client = Client(enforce_csrf_checks=True)
    return client.post(address, content, content_type="application/json", headers=headers)


def due(item: JobItem) -> bool:
    item.refresh_from_db()
    return item.next_check_at is not None and item.next_check_at <= timezone.now()


def as_it_is(item: JobItem) -> Any:
    return JobItem.objects.filter(pk=item.pk).values().get()


# --- The address ----------------------------------------------------------------------------------


def test_address_goes_out_with_the_submit_and_leads_back_to_the_item(
    user: User, far: Player
) -> None:
    item = submitted(user, far)
    sent = far.calls_to("POST", RUN)[0].json["webhook"]
    assert sent == callbacks.url_for(item)
    assert sent.startswith("https://ryla.example/webhooks/providers/runpod/")
    assert ring(item).status_code == 204


def test_installation_that_nobody_can_reach_hands_out_no_address(
    user: User, far: Player, settings: Any
) -> None:
    settings.PROVIDER_CALLBACK_ORIGIN = ""
    submitted(user, far)
    assert "webhook" not in far.calls_to("POST", RUN)[0].json


def test_guessed_altered_and_borrowed_addresses_lead_nowhere(user: User, far: Player) -> None:
    item = submitted(user, far)
    before = as_it_is(item)
    token = callbacks.token_for(item)
    other = callbacks.token_for(JobItem(pk=item.pk, provider="replicate"))
    for alias, tried in (
        ("runpod", f"{item.pk}"),
        ("runpod", f"{item.pk}:nonsense"),
        ("runpod", token[:-1] + ("A" if token[-1] != "A" else "B")),
        ("runpod", other),
        ("replicate", token),
        ("nobody", token),
    ):
        answer = ring(item, url=f"/webhooks/providers/{alias}/{tried}/")
        assert (answer.status_code, answer.content) == (404, b"")
    assert as_it_is(item) == before


def test_only_post_rings(user: User, far: Player) -> None:
    item = submitted(user, far)
    url = callbacks.url_for(item).removeprefix("https://ryla.example")
    assert Client().get(url).status_code == 405


def test_no_session_is_opened(user: User, far: Player) -> None:
    answer = ring(submitted(user, far))
    assert not answer.cookies


# --- A ring ---------------------------------------------------------------------------------------


def test_ring_brings_the_picture_at_once_without_believing_the_body(
    user: User, far: Player
) -> None:
    item = submitted(user, far)
    assert not due(item)
    lies = {"id": ID, "status": "FAILED", "output": None}
    assert ring(item, lies).status_code == 204
    assert due(item)
    far.replies += [Reply("GET", STATUS, body=played("runpod/completed_s3"))]
    far.replies += [picture_at("/11-23/.*")]
    pipeline.run_item(item.pk)
    assert GenerationJob.objects.get(pk=item.job_id).status == "succeeded"


def test_ring_answers_in_milliseconds_and_asks_nobody(user: User, far: Player) -> None:
    item = submitted(user, far)
    calls = len(far.calls)
    began = time.perf_counter()
    ring(item)
    assert time.perf_counter() - began < 0.5
    assert len(far.calls) == calls


def test_repeats_and_what_comes_out_of_order_change_nothing(user: User, far: Player) -> None:
    item = submitted(user, far)
    done = {"id": ID, "status": "COMPLETED", "output": DONE}
    started = {"id": ID, "status": "IN_PROGRESS"}
    for body in (done, started, done, started, done):
        assert ring(item, body).status_code == 204
    far.replies += [Reply("GET", STATUS, body=played("runpod/completed_s3"))]
    far.replies += [picture_at("/11-23/.*")]
    pipeline.run_item(item.pk)
    after = as_it_is(item)
    for body in (started, done, {"id": ID, "status": "FAILED"}):
        assert ring(item, body).status_code == 204
        pipeline.run_item(item.pk)
    assert as_it_is(item) == after
    assert Image.objects.filter(job_id=item.job_id).count() == 1
    assert get_account(user).balance == 460


def test_repeat_does_not_ring_again(user: User, far: Player) -> None:
    item = submitted(user, far)
    ring(item)
    later = timezone.now() + timedelta(hours=1)
    JobItem.objects.filter(pk=item.pk).update(next_check_at=later)
    ring(item)
    assert not due(item)
    ring(item, {"id": ID, "status": "COMPLETED"})
    assert due(item)


def test_item_in_a_workers_hands_is_left_to_it(user: User, far: Player) -> None:
    item = submitted(user, far)
    JobItem.objects.filter(pk=item.pk).update(
        lease_id=item.pk, lease_expires_at=timezone.now() + timedelta(minutes=1)
    )
    before = as_it_is(item)
    assert ring(item).status_code == 204
    assert as_it_is(item) == before


def test_ring_about_another_job_of_the_provider_is_not_for_this_item(
    user: User, far: Player
) -> None:
    item = submitted(user, far)
    assert ring(item, {"id": "another"}).status_code == 204
    assert not due(item)


def test_nonsense_on_the_right_address_only_rings(user: User, far: Player) -> None:
    item = submitted(user, far)
    assert ring(item, b"\xff nonsense").status_code == 204
    assert due(item)


def test_body_without_an_end_is_not_read(
    user: User, far: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "BODY_MAX_BYTES", 1000)
    item = submitted(user, far)
    before = as_it_is(item)
    assert ring(item, b"x" * 1001).status_code == 413
    assert as_it_is(item) == before


def test_body_larger_than_a_form_may_be_is_read(user: User, far: Player, settings: Any) -> None:
    item = submitted(user, far)
    body = json.dumps({"id": ID, "output": "A" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    assert ring(item, body.encode()).status_code == 204
    assert due(item)


# --- Adopting what nobody heard of ----------------------------------------------------------------


def test_lost_answer_is_made_good_by_the_callback(user: User, far: Player) -> None:
    item = unheard(user, far)
    assert ring(item).status_code == 204
    item.refresh_from_db()
    assert (item.status, item.ticket["external_id"]) == ("submitted", ID)
    far.replies += [Reply("GET", STATUS, body=played("runpod/completed_s3"))]
    far.replies += [picture_at("/11-23/.*")]
    pipeline.run_item(item.pk)
    job = GenerationJob.objects.get(pk=item.job_id)
    assert (job.status, job.error_code, len(far.calls_to("POST", RUN))) == ("succeeded", "", 1)


def test_adopting_twice_is_adopting_once(user: User, far: Player) -> None:
    item = unheard(user, far)
    ring(item, {"id": ID, "status": "IN_PROGRESS"})
    ring(item, {"id": "another", "status": "COMPLETED"})
    item.refresh_from_db()
    assert item.ticket["external_id"] == ID


@pytest.mark.parametrize("body", [b"nonsense", {"id": ""}, {"id": 7}, {"id": "x" * 121}])
def test_callback_that_names_nothing_adopts_nothing(user: User, far: Player, body: Any) -> None:
    item = unheard(user, far)
    before = as_it_is(item)
    assert ring(item, body).status_code == 204
    assert as_it_is(item) == before


def test_ticket_of_another_item_is_not_adopted(user: User, far: Player, stranger: User) -> None:
    theirs = submitted(stranger, far)
    far.replies = [Reply("POST", RUN, drop=True)]
    mine = unheard(user, far)
    assert ring(mine).status_code == 204
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.ticket, theirs.ticket["external_id"]) == (None, ID)


def test_callback_before_the_answer_is_asked_for_again(user: User, far: Player) -> None:
    """The worker waits for the answer to its submit; if that never comes, this was the word."""
    item = unheard(user, far)
    held = {"lease_id": item.pk, "lease_expires_at": timezone.now() + timedelta(minutes=1)}
    JobItem.objects.filter(pk=item.pk).update(**held)
    answer = ring(item)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    JobItem.objects.filter(pk=item.pk).update(lease_id=None, lease_expires_at=None)
    assert ring(item).status_code == 204
    item.refresh_from_db()
    assert item.status == "submitted"


def test_item_that_was_never_sent_is_not_adopted(user: User, far: Player) -> None:
    item = claimed(user)
    before = as_it_is(item)
    assert ring(item).status_code == 204
    assert as_it_is(item) == before


# --- Vendors that sign ----------------------------------------------------------------------------


def signed(body: bytes, name: str = "msg_1") -> dict[str, str]:
    stamp = str(int(time.time()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    message = b".".join([name.encode(), stamp.encode(), body])
    digest = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return {
        "Webhook-Id": name,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{digest}",
    }


@pytest.fixture
def prediction(user: User, far: Player, settings: Any) -> JobItem:
    settings.DEFAULT_IMAGE_PROVIDER = "replicate"
    far.replies += [
        Reply("POST", "/v1/predictions", 201, body=played("replicate/created")),
        Reply("GET", "/v1/predictions/.*", body=played("replicate/created"), times=1),
    ]
    item = claimed(user)
    pipeline.run_item(item.pk)
    item.refresh_from_db()
    assert item.status == "submitted"
    return item


BODY = json.dumps(recording("replicate/succeeded")).encode()


def test_signed_callback_rings(prediction: JobItem) -> None:
    assert ring(prediction, BODY, **signed(BODY)).status_code == 204
    assert due(prediction)


def test_forged_callback_changes_nothing_even_on_the_right_address(prediction: JobItem) -> None:
    before = as_it_is(prediction)
    for headers in ({}, signed(b"another"), {**signed(BODY), "Webhook-Signature": "v1,AAAA"}):
        answer = ring(prediction, BODY, **headers)
        assert (answer.status_code, answer.content) == (401, b"")
    assert as_it_is(prediction) == before


def test_delivery_is_known_by_its_name_whatever_its_body(prediction: JobItem) -> None:
    ring(prediction, BODY, **signed(BODY))
    later = timezone.now() + timedelta(hours=1)
    JobItem.objects.filter(pk=prediction.pk).update(next_check_at=later)
    again = BODY + b" "
    assert ring(prediction, again, **signed(again)).status_code == 204
    assert not due(prediction)
    assert ring(prediction, BODY, **signed(BODY, "msg_2")).status_code == 204
    assert due(prediction)


def test_signature_that_cannot_be_checked_now_is_asked_for_again(
    prediction: JobItem, far: Player, settings: Any
) -> None:
    entry = settings.IMAGE_PROVIDERS["replicate"]
    options = {**entry["OPTIONS"], "webhook_secret": ""}
    settings.IMAGE_PROVIDERS = {
        **settings.IMAGE_PROVIDERS,
        "replicate": {**entry, "OPTIONS": options},
    }
    far.replies += [Reply("GET", "/v1/webhooks/default/secret", 503)]
    before = as_it_is(prediction)
    assert ring(prediction, BODY, **signed(BODY)).status_code == 503
    assert as_it_is(prediction) == before
