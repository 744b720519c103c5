"""Replicate's predictions, played from recordings."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from generation.providers.base import CannotLookUp, ForgedCallback, Progress, Ticket
from generation.providers.replicate import Replicate
from tests.builders import make_png
from tests.contracts.hosted import (
    CALLBACK,
    REPLICATE_SECRET,
    failure_of,
    models,
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

ID = "gm3qorzdhgbfurvjtvhg6dckhu"
LIST = "/v1/predictions"
ONE = f"{LIST}/{ID}"
SECRET = REPLICATE_SECRET
CREATED = Reply("POST", LIST, 201, body=played("replicate/created"))


@pytest.fixture
def far() -> Iterator[Player]:
    with Player() as player:
        yield player


def replicate(far: Player, **options: Any) -> Replicate:
    given = {"webhook_secret": SECRET, "timeout_s": 5, **options}
    return Replicate(
        token="r8_token",
        models=given.pop("models", models()),
        base_url=f"{far.url}/v1",
        allow_private=True,
        **given,
    )


def ticket_at(far: Player) -> Ticket:
    far.replies.insert(0, CREATED)
    return replicate(far).submit(request())


# --- Handing over ---------------------------------------------------------------------------------


def test_submit_names_model_input_and_where_to_ring(far: Player) -> None:
    far.replies = [CREATED]
    ticket = replicate(far).submit(request())
    call = far.calls[0]
    assert call.json["version"] == "fal-ai/flux/text-to-image"
    assert call.json["input"]["prompt"] == "a calm portrait of an adult woman"
    assert call.json["webhook"] == CALLBACK
    assert call.json["webhook_events_filter"] == ["start", "completed"]
    assert call.headers["authorization"] == "Bearer r8_token"
    assert call.headers["cancel-after"] == "1800s"
    assert (ticket.external_id, ticket.data["version"]) == (
        ID,
        "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b662",
    )


def test_small_references_go_along_and_large_ones_are_uploaded_before(far: Player) -> None:
    small = reference("base_face")
    large = reference("base_face", make_png() + os.urandom(200_000))
    far.replies = [
        Reply("POST", "/v1/files", 201, body=played("replicate/file"), times=1),
        CREATED,
    ]
    for shown in (small, large):
        replicate(far).submit(request(references=(shown,)))
    inline, uploaded = (c.json["input"]["face_url"] for c in far.calls_to("POST", LIST))
    assert inline.startswith("data:image/png;base64,")
    assert uploaded == f"{far.url}/v1/files/file1"
    assert far.paths() == ["POST /v1/predictions", "POST /v1/files", "POST /v1/predictions"]


def test_reference_that_is_not_taken_leaves_no_doubt_about_the_submit(far: Player) -> None:
    large = reference("base_face", make_png() + os.urandom(200_000))
    far.replies = [Reply("POST", "/v1/files", drop=True)]
    error = failure_of(lambda: replicate(far).submit(request(references=(large,))))
    assert words(error) == ("timeout", True, False)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("POST", LIST, 422, body=recording("replicate/validation_error")),
         ("refused", False, False)),
        (Reply("POST", LIST, 401, body=recording("replicate/unauthenticated")),
         ("unauthorized", True, False)),
        (Reply("POST", LIST, 402, body=recording("replicate/unpaid")),
         ("provider_unpaid", True, False)),
        (Reply("POST", LIST, 404, body=recording("replicate/not_found")),
         ("not_found", False, False)),
        (Reply("POST", LIST, 429, body=recording("replicate/throttled")),
         ("rate_limited", True, False)),
        (Reply("POST", LIST, 500, body="oops"), ("provider_fault", True, True)),
        (Reply("POST", LIST, 503, body="busy"), ("provider_fault", True, False)),
        (Reply("POST", LIST, 201, body={"detail": "?"}), ("bad_answer", True, True)),
        (Reply("POST", LIST, drop=True), ("timeout", True, True)),
        (Reply("POST", LIST, delay_s=3), ("timeout", True, True)),
    ],
)  # fmt: skip
def test_submit_that_fails_says_what_that_means(
    far: Player, reply: Reply, expected: tuple[str, bool, bool]
) -> None:
    far.replies = [reply]
    assert words(failure_of(lambda: replicate(far, timeout_s=0.3).submit(request()))) == expected


def test_refused_fields_are_named(far: Player) -> None:
    far.replies = [Reply("POST", LIST, 422, body=recording("replicate/validation_error"))]
    error = failure_of(lambda: replicate(far).submit(request()))
    assert error.message == "The model does not take num_inference_steps, prompt."


def test_wait_is_read_from_the_words_where_no_header_says_it(far: Player) -> None:
    throttled = recording("replicate/throttled")
    far.replies = [
        Reply("POST", LIST, 429, body=throttled, times=1),
        Reply("POST", LIST, 429, {"Retry-After": "7"}, body=throttled),
    ]
    waits = [failure_of(lambda: replicate(far).submit(request())).retry_after_s for _ in "12"]
    assert waits == [30, 7]


def test_nobody_listening_leaves_no_doubt_about_the_submit() -> None:
    with Player() as gone:
        provider = replicate(gone)
    error = failure_of(lambda: provider.submit(request()))
    assert words(error) == ("unreachable", True, False)


# --- Finding what nobody heard of -----------------------------------------------------------------


def prediction(**changes: Any) -> dict[str, Any]:
    return {
        **recording("replicate/created"),
        "id": "another",
        "created_at": datetime.now(UTC).isoformat(),
        **changes,
    }


def test_lost_answer_is_found_by_the_callbacks_address(far: Player) -> None:
    wanted = request()
    ours = prediction(id=ID, webhook=f"https://ryla.example/{wanted.external_key}:sig/")
    far.replies = [
        Reply("GET", LIST, body={"next": None, "results": [prediction()]}, query={"cursor": "p2"}),
        Reply("GET", LIST, query={"cursor": "p3"}, body={"next": None, "results": [ours]}),
        Reply(
            "GET",
            LIST,
            body={
                "next": "https://api.replicate.com/v1/predictions?cursor=p3",
                "results": [prediction()],
            },
        ),
    ]
    ticket = replicate(far).find(wanted)
    assert ticket is not None
    assert ticket.external_id == ID
    assert far.calls[1].query == {"cursor": "p3"}


def test_lost_answer_is_found_by_a_slot_in_the_input(far: Player) -> None:
    keyed = models(text_to_image={"prompt": "{{text}}", "user": "{{key}}"})
    wanted = request(callback_url="")
    ours = prediction(id=ID, input={"user": wanted.external_key})
    far.replies = [Reply("GET", LIST, body={"results": [prediction(), ours]})]
    ticket = replicate(far, models=keyed).find(wanted)
    assert ticket is not None
    assert ticket.external_id == ID


def test_request_that_is_not_among_those_since_then_was_not_taken(far: Player) -> None:
    old = prediction(created_at=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    far.replies = [Reply("GET", LIST, body={"next": f"{far.url}/?cursor=x", "results": [old]})]
    assert replicate(far).find(request()) is None
    assert len(far.calls) == 1


def test_list_without_an_end_proves_nothing(far: Player) -> None:
    page = {"next": "https://api.replicate.com/v1/predictions?cursor=x", "results": [prediction()]}
    far.replies = [Reply("GET", LIST, body=page)]
    with pytest.raises(CannotLookUp):
        replicate(far).find(request())


def test_without_our_key_anywhere_there_is_no_telling(far: Player) -> None:
    with pytest.raises(CannotLookUp) as caught:
        replicate(far).find(request(callback_url=""))
    assert not caught.value.is_word_possible


def test_list_that_cannot_be_had_is_asked_for_again(far: Player) -> None:
    far.replies = [Reply("GET", LIST, 503)]
    assert failure_of(lambda: replicate(far).find(request())).is_transient


# --- Asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["list", "text", "object"])
def test_picture_is_fetched_at_once_in_its_size(far: Player, shape: str) -> None:
    ticket = ticket_at(far)
    url = f"{far.url}/xezq/abc/out-0.png"
    output = {"list": [url], "text": url, "object": {"image": url}}[shape]
    far.replies += [Reply("GET", ONE, body=played("replicate/succeeded", output=output))]
    far.replies += [picture_at("/xezq/.*")]
    finished = polled(replicate(far), ticket)
    assert size_of(finished) == (1024, 1280)
    assert finished.model_version == "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b662"
    assert "authorization" not in far.calls_to("GET", "/xezq/.*")[0].headers


@pytest.mark.parametrize(
    ("price", "metrics", "cost"),
    [
        (0.14, {"predict_time": 2.9, "total_time": 4.0}, pytest.approx(0.406)),
        (0, {"predict_time": 2.9}, None),
        (0.14, {}, None),
        (0.14, None, None),
        (0.14, {"predict_time": "soon"}, None),
    ],
)
def test_cost_is_of_the_time_it_took(far: Player, price: float, metrics: Any, cost: Any) -> None:
    ticket = ticket_at(far)
    done = played("replicate/succeeded", output=f"{far.url}/xezq/out-0.png", metrics=metrics)
    far.replies += [Reply("GET", ONE, body=done), picture_at("/xezq/.*")]
    assert polled(replicate(far, cost_minor_per_s=price), ticket).cost_minor == cost


def test_answer_of_a_hundred_pictures_is_taken_and_one_without_an_end_is_not(
    far: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pictures are handed around in the answers there is more room, but not without end."""
    wanted = request()
    heavy = prediction(input={"image": "A" * 9_000_000, "user": wanted.external_key})
    far.replies = [Reply("GET", LIST, body={"next": None, "results": [heavy]})]
    assert replicate(far).find(wanted) is not None
    monkeypatch.setattr("generation.providers.replicate.PICTURE_ANSWER_MAX_BYTES", 1_000_000)
    assert failure_of(lambda: replicate(far).find(wanted)).code == "too_large"


@pytest.mark.parametrize(
    ("name", "is_started", "fraction"), [("created", False, None), ("processing", True, 0.43)]
)
def test_what_is_not_done_says_how_far_it_is(
    far: Player, name: str, is_started: bool, fraction: float | None
) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", ONE, body=played(f"replicate/{name}"))]
    answer = replicate(far).poll(ticket)
    assert isinstance(answer, Progress)
    assert (answer.is_started, answer.fraction) == (is_started, fraction)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("failed", ("failed", False)),
        ("blocked", ("blocked", False)),
        ("interrupted", ("lost", True)),
        ("canceled", ("canceled_there", False)),
        ("aborted", ("lost", True)),
        ("erased", ("result_gone", False)),
    ],
)
def test_prediction_without_a_picture_says_why(
    far: Player, name: str, expected: tuple[str, bool]
) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", ONE, body=played(f"replicate/{name}"))]
    error = failure_of(lambda: replicate(far).poll(ticket))
    assert (error.code, error.is_transient) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("GET", ONE, 404, body=recording("replicate/not_found")), ("lost", True)),
        (Reply("GET", ONE, 429, body=recording("replicate/throttled")), ("rate_limited", True)),
        (Reply("GET", ONE, 502), ("provider_fault", True)),
        (Reply("GET", ONE, drop=True), ("timeout", True)),
    ],
)
def test_question_without_an_answer(far: Player, reply: Reply, expected: tuple[str, bool]) -> None:
    ticket = ticket_at(far)
    far.replies += [reply]
    error = failure_of(lambda: replicate(far).poll(ticket))
    assert (error.code, error.is_transient) == expected


def test_file_that_was_erased_after_its_hour_is_gone(far: Player) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", ONE, body=played("replicate/succeeded"))]
    far.replies += [Reply("GET", "/xezq/.*", 404)]
    assert failure_of(lambda: replicate(far).poll(ticket)).code == "result_gone"


# --- Stopping -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 404, 422])
def test_cancel_of_what_waits_runs_or_has_ended(far: Player, status: int) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("POST", f"{ONE}/cancel", status, body=played("replicate/canceled"))]
    for _ in range(2):
        replicate(far).cancel(ticket)
    assert len(far.calls_to("POST", f"{ONE}/cancel")) == 2


# --- Being called ---------------------------------------------------------------------------------

BODY = json.dumps(recording("replicate/succeeded")).encode()


def signed(body: bytes = BODY, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at or time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message = b".".join([b"msg_1", stamp.encode(), body])
    digest = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{digest}",
    }


def test_signed_callback_names_its_prediction(far: Player) -> None:
    assert list(replicate(far).read_callback(signed(), BODY)) == [ID]


def test_one_fitting_signature_among_several_is_enough(far: Player) -> None:
    headers = signed()
    headers["Webhook-Signature"] = f"v1,AAAA v2,x {headers['Webhook-Signature']}"
    assert list(replicate(far).read_callback(headers, BODY)) == [ID]


def test_secret_is_asked_for_once_when_it_is_not_given(far: Player) -> None:
    far.replies = [Reply("GET", "/v1/webhooks/default/secret", body={"key": SECRET})]
    provider = replicate(far, webhook_secret="")
    for _ in range(2):
        assert list(provider.read_callback(signed(), BODY)) == [ID]
    assert len(far.calls) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"Webhook-Signature": "v1,AAAA"},
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "é"},
        {"Webhook-Id": "msg_2"},
        {"Webhook-Timestamp": str(int(time.time()) + 1)},
        {"Webhook-Timestamp": ""},
    ],
)
def test_forged_callback_is_refused(far: Player, change: dict[str, str]) -> None:
    with pytest.raises(ForgedCallback):
        replicate(far).read_callback({**signed(), **change}, BODY)


def test_callback_with_another_body_or_secret_or_of_another_time_is_refused(far: Player) -> None:
    other = "whsec_" + base64.b64encode(b"another").decode()
    for headers, body in (
        (signed(), BODY + b" "),
        (signed(secret=other), BODY),
        (signed(at=time.time() - 301), BODY),
        ({}, BODY),
    ):
        with pytest.raises(ForgedCallback):
            replicate(far).read_callback(headers, body)


def test_secret_that_is_none_proves_nothing(far: Player) -> None:
    with pytest.raises(ForgedCallback):
        replicate(far, webhook_secret="whsec_").read_callback(signed(), BODY)
