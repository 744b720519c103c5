"""RunPod's serverless ComfyUI, played from recordings."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from generation.providers.base import CannotLookUp, Progress, Ticket
from generation.providers.runpod import RunPod
from tests.contracts.hosted import (
    CALLBACK,
    PNG,
    failure_of,
    picture_at,
    played,
    polled,
    recording,
    reference,
    request,
    size_of,
    words,
)
from tests.contracts.player import Player, Reply

ID = "c80ffee4-f315-4e25-a146-0f3d98cf024b-u1"
RUN = "/v2/ep1/run"
STATUS = f"/v2/ep1/status/{ID}"
CANCEL = f"/v2/ep1/cancel/{ID}"
TAKEN = Reply("POST", RUN, body=played("runpod/queued"))
VALUES = {
    "checkpoint": "sd_xl_base_1.0.safetensors",
    "upscale_model": "4x.pth",
    "identity_preset": "PLUS FACE (portraits)",
}


@pytest.fixture
def far() -> Iterator[Player]:
    with Player() as player:
        yield player


def runpod(far: Player, **options: Any) -> RunPod:
    return RunPod(
        key="rpa_key",
        endpoint="ep1",
        values=VALUES,
        base_url=f"{far.url}/v2",
        allow_private=True,
        **{"timeout_s": 5, **options},
    )


def ticket_at(far: Player) -> Ticket:
    far.replies.insert(0, TAKEN)
    return runpod(far).submit(request())


# --- Handing over ---------------------------------------------------------------------------------


def test_submit_sends_a_whole_workflow_and_how_long_it_may_take(far: Player) -> None:
    far.replies = [TAKEN]
    wanted = request()
    ticket = runpod(far, run_at_most_s=300, wait_at_most_s=900).submit(wanted)
    call = far.calls[0]
    assert call.headers["authorization"] == "Bearer rpa_key"
    assert call.json["webhook"] == CALLBACK
    # The time to live counts the time in the queue and kills what runs.
    assert call.json["policy"] == {"executionTimeout": 300_000, "ttl": 1_200_000}
    text = json.dumps(call.json["input"]["workflow"])
    assert "{{" not in text
    assert all(word in text for word in (wanted.text, wanted.external_key, VALUES["checkpoint"]))
    assert "images" not in call.json["input"]
    assert ticket.external_id == ID


def test_pictures_go_along_under_the_names_the_workflow_loads(far: Player) -> None:
    far.replies = [TAKEN]
    both = (reference("source"), reference("mask"))
    runpod(far).submit(request(operation="edit", references=both))
    sent = far.calls[0].json["input"]
    names = {one["name"] for one in sent["images"]}
    loaded = {
        node["inputs"]["image"]
        for node in sent["workflow"].values()
        if node["class_type"].startswith("LoadImage")
    }
    assert len(names) == 2
    assert loaded == names
    assert all(one["image"].startswith("data:image/png;base64,") for one in sent["images"])


def test_requests_at_the_same_time_do_not_share_pictures(far: Player) -> None:
    far.replies = [TAKEN]
    provider = runpod(far)
    provider.submit(request(references=(reference("base_face"),)))
    provider.submit(request())
    first, second = (call.json["input"] for call in far.calls)
    assert "images" in first
    assert "images" not in second


def test_what_is_too_large_is_not_sent(far: Player) -> None:
    huge = reference("base_face", PNG + os.urandom(8_000_000))
    error = failure_of(lambda: runpod(far).submit(request(references=(huge,))))
    assert (error.code, far.calls) == ("too_large", [])


@pytest.mark.parametrize("times", [{"run_at_most_s": 4}, {"wait_at_most_s": 7 * 86_400}])
def test_times_that_are_not_allowed_are_told_at_once(far: Player, times: dict[str, int]) -> None:
    with pytest.raises(ImproperlyConfigured):
        runpod(far, **times)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("POST", RUN, 400, body=recording("runpod/refused")), ("refused", False, False)),
        (Reply("POST", RUN, 401), ("unauthorized", True, False)),
        (Reply("POST", RUN, 404), ("not_found", False, False)),
        (Reply("POST", RUN, 429), ("rate_limited", True, False)),
        (Reply("POST", RUN, 500), ("provider_fault", True, True)),
        (Reply("POST", RUN, body="<html>"), ("bad_answer", True, True)),
        (Reply("POST", RUN, body={"status": "IN_QUEUE"}), ("bad_answer", True, True)),
        (Reply("POST", RUN, drop=True), ("timeout", True, True)),
        (Reply("POST", RUN, delay_s=3), ("timeout", True, True)),
    ],
)
def test_submit_that_fails_says_what_that_means(
    far: Player, reply: Reply, expected: tuple[str, bool, bool]
) -> None:
    far.replies = [reply]
    assert words(failure_of(lambda: runpod(far, timeout_s=0.3).submit(request()))) == expected


def test_wait_that_was_asked_for_is_handed_on(far: Player) -> None:
    far.replies = [Reply("POST", RUN, 429, {"Retry-After": "9"})]
    assert failure_of(lambda: runpod(far).submit(request())).retry_after_s == 9


def test_nobody_listening_leaves_no_doubt_about_the_submit() -> None:
    with Player() as gone:
        provider = runpod(gone)
    error = failure_of(lambda: provider.submit(request()))
    assert words(error) == ("unreachable", True, False)


def test_submit_nobody_heard_of_waits_for_its_callback(far: Player) -> None:
    for url in (CALLBACK, ""):
        with pytest.raises(CannotLookUp) as caught:
            runpod(far).find(request(callback_url=url))
        assert caught.value.is_word_possible is bool(url)


def test_adopted_ticket_is_the_one_the_lost_answer_would_have_given(far: Player) -> None:
    submitted = ticket_at(far)
    assert runpod(far).adopt(request(), ID) == Ticket(ID, submitted.data)


# --- Asking ---------------------------------------------------------------------------------------

INLINE = base64.b64encode(PNG).decode()


@pytest.mark.parametrize(
    "output",
    [
        {"images": [{"filename": "x.png", "type": "base64", "data": INLINE}]},
        {"images": [{"filename": "x.png", "type": "base64", "data": INLINE}], "errors": ["late"]},
        {"status": "success", "message": INLINE},
        f"data:image/png;base64,{INLINE}",
    ],
    ids=["from 5.0", "with a warning", "before 5.0", "alone"],
)
def test_picture_within_the_answer(far: Player, output: Any) -> None:
    ticket = ticket_at(far)
    done = {"id": ID, "status": "COMPLETED", "output": output}
    far.replies += [Reply("GET", STATUS, body=done)]
    finished = polled(runpod(far), ticket)
    assert size_of(finished) == (1024, 1280)
    assert finished.model == VALUES["checkpoint"]


@pytest.mark.parametrize(
    ("took", "cost"),
    [({"executionTime": 2500}, pytest.approx(0.1)), ({}, None), ({"executionTime": None}, None)],
)
def test_cost_is_of_the_time_it_took(far: Player, took: dict[str, Any], cost: Any) -> None:
    ticket = ticket_at(far)
    done = {"id": ID, "status": "COMPLETED", "output": {"message": INLINE}, **took}
    far.replies += [Reply("GET", STATUS, body=done)]
    assert polled(runpod(far, cost_minor_per_s=0.04), ticket).cost_minor == cost


def test_picture_in_the_workers_bucket(far: Player) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", STATUS, body=played("runpod/completed_s3"))]
    far.replies += [picture_at("/11-23/.*")]
    assert size_of(polled(runpod(far), ticket)) == (1024, 1280)
    assert "authorization" not in far.calls_to("GET", "/11-23/.*")[0].headers


def test_bucket_in_a_network_of_ones_own_is_opened_only_where_that_is_allowed(far: Player) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", STATUS, body=played("runpod/completed_s3"))]
    careful = RunPod(key="k", endpoint="ep1", values=VALUES, base_url=f"{far.url}/v2")
    assert failure_of(lambda: careful.poll(ticket)).code == "bad_address"


@pytest.mark.parametrize(("name", "is_started"), [("queued", False), ("running", True)])
def test_what_is_not_done_is_asked_about_again(far: Player, name: str, is_started: bool) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", STATUS, body=played(f"runpod/{name}"))]
    answer = runpod(far).poll(ticket)
    assert isinstance(answer, Progress)
    assert answer.is_started is is_started


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("failed", ("failed", False)),
        ("timed_out", ("expired", False)),
        ("cancelled", ("canceled_there", False)),
        ("completed_with_errors", ("failed", False)),
        ("completed_with_error", ("failed", False)),
        ("completed_erased", ("result_gone", False)),
    ],
)
def test_job_without_a_picture_says_why_and_nothing_of_the_worker(
    far: Player, name: str, expected: tuple[str, bool]
) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", STATUS, body=played(f"runpod/{name}"))]
    error = failure_of(lambda: runpod(far).poll(ticket))
    assert (error.code, error.is_transient) == expected
    assert "/" not in error.message


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("GET", STATUS, 404, body=recording("runpod/not_found")), ("lost", True)),
        (Reply("GET", STATUS, 429), ("rate_limited", True)),
        (Reply("GET", STATUS, 500), ("provider_fault", True)),
        (Reply("GET", STATUS, body={}), ("bad_answer", True)),
    ],
)
def test_question_without_an_answer(far: Player, reply: Reply, expected: tuple[str, bool]) -> None:
    ticket = ticket_at(far)
    far.replies += [reply]
    error = failure_of(lambda: runpod(far).poll(ticket))
    assert (error.code, error.is_transient) == expected


@pytest.mark.parametrize("data", ["%%%", "AAAA", "", None, 7])
def test_output_that_is_no_picture(far: Player, data: Any) -> None:
    ticket = ticket_at(far)
    output = {"images": [{"type": "base64", "data": data}]}
    far.replies += [Reply("GET", STATUS, body={"status": "COMPLETED", "output": output})]
    assert failure_of(lambda: runpod(far).poll(ticket)).code == "not_a_picture"


# --- Stopping, being called -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400, 404])
def test_cancel_of_what_waits_runs_or_has_ended(far: Player, status: int) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("POST", CANCEL, status, body=played("runpod/cancelled"))]
    for _ in range(2):
        runpod(far).cancel(ticket)
    assert len(far.calls_to("POST", CANCEL)) == 2


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (json.dumps(recording("runpod/completed_s3")).encode(), [ID]),
        (b"nonsense", []),
        (b"[]", []),
        (b'{"id": 7}', []),
        (b"\xff\xfe", []),
    ],
)
def test_unsigned_callback_names_an_id_and_nothing_else(
    far: Player, body: bytes, named: list[str]
) -> None:
    assert list(runpod(far).read_callback({}, body)) == named
