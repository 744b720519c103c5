"""fal's queue, played from recordings."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured
from PIL import Image as Pillow

from generation.providers.base import (
    CannotLookUp,
    ForgedCallback,
    Progress,
    Ticket,
    UnsupportedOption,
)
from generation.providers.fal import Fal
from tests.contracts.hosted import (
    CALLBACK,
    PNG,
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

ID = "764cabcf-b745-4b3e-ae38-1200304cf45b"
SUBMIT = "/fal-ai/flux/text-to-image"
RESULT = f"/fal-ai/flux/requests/{ID}"
STATUS = f"{RESULT}/status"
CANCEL = f"{RESULT}/cancel"
JWKS = "/.well-known/jwks.json"
PICTURE = "/files/rabbit/.*"

TAKEN = Reply("POST", SUBMIT, body=played("fal/submitted"))
COMPLETED = Reply("GET", STATUS, body=played("fal/completed"))


@pytest.fixture
def far() -> Iterator[Player]:
    with Player() as player:
        yield player


def fal(far: Player, **options: Any) -> Fal:
    return Fal(
        key="id:secret",
        models=models(),
        base_url=far.url,
        jwks_url=far.url + JWKS,
        allow_private=True,
        **{"timeout_s": 5, **options},
    )


def ticket_at(far: Player) -> Ticket:
    far.replies.insert(0, TAKEN)
    return fal(far).submit(request())


# --- Handing over ---------------------------------------------------------------------------------


def test_submit_fills_the_model_and_asks_for_that_very_model(far: Player) -> None:
    far.replies = [TAKEN]
    ticket = fal(far).submit(request())
    call = far.calls_to("POST", SUBMIT)[0]
    assert call.json == {
        "prompt": "a calm portrait of an adult woman",
        "negative_prompt": "blurry",
        "seed": 7,
        "image_size": {"width": 1024, "height": 1280},
        "num_inference_steps": 28,
    }
    assert call.query == {"fal_webhook": CALLBACK}
    assert call.headers["authorization"] == "Key id:secret"
    assert call.headers["x-fal-disable-fallbacks"] == "true"
    assert ticket.external_id == ID
    assert ticket.data["status_url"] == far.url + STATUS


def test_installation_that_nobody_can_reach_asks_for_no_callback(far: Player) -> None:
    far.replies = [TAKEN]
    fal(far).submit(request(callback_url=""))
    assert far.calls[0].query == {}


def test_references_go_along_to_the_model_that_takes_them(far: Player) -> None:
    far.replies = [Reply("POST", "/fal-ai/flux/reference-face", body=played("fal/submitted"))]
    fal(far).submit(request(references=(reference("base_face"),)))
    sent = far.calls[0].json["face_url"]
    assert base64.b64decode(sent.removeprefix("data:image/png;base64,")) == PNG


def test_edit_sends_source_and_mask_in_one_size(far: Player) -> None:
    far.replies = [Reply("POST", "/fal-ai/flux/inpaint", body=played("fal/submitted"))]
    both = (reference("source"), reference("mask"))
    fal(far).submit(request(operation="edit", references=both))
    sent = far.calls[0].json
    sizes = {_size(sent[name]) for name in ("image_url", "mask_url")}
    assert sizes == {(1024, 1280)}


def _size(uri: str) -> tuple[int, int]:
    return Pillow.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).size


def test_pictures_of_the_person_need_a_model_that_takes_them(far: Player) -> None:
    all_but = {name: body for name, body in models().items() if name != "reference_face"}
    provider = Fal(key="k", models=all_but, base_url=far.url)
    with pytest.raises(UnsupportedOption) as refusal:
        provider.check(request(references=(reference("base_face"),)))
    assert refusal.value.field == "references"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"text_to_image": {"model": "a/b"}},
        {"text_to_image": {"model": "", "input": {"p": "{{text}}"}}},
        {"text_to_image": {"model": "a/b", "input": {"p": "no slot"}}},
        {"text_to_image": {"model": "a/b", "input": {"p": "{{text}} {{unknown}}"}}},
        {"reference_face": {"model": "a/b", "input": {"p": "{{text}}"}}},
        {"something": {"model": "a/b", "input": {"p": "{{text}}"}}},
    ],
)
def test_model_that_cannot_work_is_told_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured):
        Fal(key="k", models=options)


def test_what_no_model_does_is_not_offered(far: Player) -> None:
    only = {"text_to_image": {"model": "fal-ai/x", "input": {"prompt": "{{text}}"}}}
    can = Fal(key="k", models=only, base_url=far.url).capabilities
    offered = (can.operations, can.references_at_most, can.accepts_seeds, can.accepts_negative)
    assert offered == (("create",), 0, False, False)
    assert (can.qualities, can.formats) == (("standard",), ("1:1",))


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("POST", SUBMIT, 422, body=recording("fal/validation_error")),
         ("refused", False, False)),
        (Reply("POST", SUBMIT, 422, body=recording("fal/content_policy")),
         ("blocked", False, False)),
        (Reply("POST", SUBMIT, 401, body={"detail": "Unauthorized"}),
         ("unauthorized", True, False)),
        (Reply("POST", SUBMIT, 403, body=recording("fal/exhausted")),
         ("provider_unpaid", True, False)),
        (Reply("POST", SUBMIT, 404, body={"detail": "Application not found"}),
         ("not_found", False, False)),
        (Reply("POST", SUBMIT, 429, body={"detail": "Too many requests"}),
         ("rate_limited", True, False)),
        (Reply("POST", SUBMIT, 502, body="Bad gateway"), ("provider_fault", True, True)),
        (Reply("POST", SUBMIT, 503, body="Unavailable"), ("provider_fault", True, False)),
        (Reply("POST", SUBMIT, body="<html>"), ("bad_answer", True, True)),
        (Reply("POST", SUBMIT, drop=True), ("timeout", True, True)),
        (Reply("POST", SUBMIT, delay_s=3), ("timeout", True, True)),
    ],
)  # fmt: skip
def test_submit_that_fails_says_what_that_means(
    far: Player, reply: Reply, expected: tuple[str, bool, bool]
) -> None:
    far.replies = [reply]
    assert words(failure_of(lambda: fal(far, timeout_s=0.3).submit(request()))) == expected


def test_refused_field_is_named_and_nothing_of_the_vendors_words(far: Player) -> None:
    far.replies = [Reply("POST", SUBMIT, 422, body=recording("fal/validation_error"))]
    error = failure_of(lambda: fal(far).submit(request()))
    assert error.message == "The model does not take image_size.width."


def test_wait_that_was_asked_for_is_handed_on(far: Player) -> None:
    far.replies = [Reply("POST", SUBMIT, 429, {"Retry-After": "17"}, body={})]
    assert failure_of(lambda: fal(far).submit(request())).retry_after_s == 17


def test_nobody_listening_leaves_no_doubt_about_the_submit() -> None:
    with Player() as gone:
        provider = fal(gone)
    error = failure_of(lambda: provider.submit(request()))
    assert words(error) == ("unreachable", True, False)


def test_key_goes_to_no_other_house(far: Player) -> None:
    far.replies = [
        Reply("POST", SUBMIT, body=played("fal/submitted", status_url="https://evil.example/s"))
    ]
    assert failure_of(lambda: fal(far).submit(request())).code == "bad_answer"


@pytest.mark.parametrize(("callback", "is_possible"), [(CALLBACK, True), ("", False)])
def test_submit_nobody_heard_of_waits_for_its_callback(
    far: Player, callback: str, is_possible: bool
) -> None:
    with pytest.raises(CannotLookUp) as caught:
        fal(far).find(request(callback_url=callback))
    assert caught.value.is_word_possible is is_possible


def test_adopted_ticket_asks_where_the_lost_answer_would_have_said(far: Player) -> None:
    submitted = ticket_at(far)
    assert fal(far).adopt(request(), ID) == submitted


def test_adopted_ticket_of_a_workflow_has_its_three_parts(far: Player) -> None:
    options = {"text_to_image": {"model": "workflows/me/mine/sub", "input": {"p": "{{text}}"}}}
    ticket = Fal(key="k", models=options, base_url=far.url).adopt(request(), ID)
    assert ticket.data["response_url"] == f"{far.url}/workflows/me/mine/requests/{ID}"


# --- Asking ---------------------------------------------------------------------------------------


def test_picture_comes_in_the_size_that_was_asked_for(far: Player) -> None:
    ticket = ticket_at(far)
    far.replies += [COMPLETED, Reply("GET", RESULT, body=played("fal/result")), picture_at(PICTURE)]
    finished = polled(fal(far), ticket)
    assert size_of(finished) == (1024, 1280)
    assert finished.model == "fal-ai/flux/text-to-image"
    assert finished.parameters == {
        "template": "text_to_image",
        "model": "fal-ai/flux/text-to-image",
        "seed": 7,
        "steps": 28,
    }


def test_upscale_comes_twice_as_wide(far: Player) -> None:
    far.replies = [
        Reply("POST", "/fal-ai/flux/upscale", body=played("fal/submitted")),
        COMPLETED,
        Reply("GET", RESULT, body=lambda call: {"image": _only_image(call)}),
        picture_at(PICTURE),
    ]
    provider = fal(far)
    ticket = provider.submit(request(operation="upscale", references=(reference("source"),)))
    assert far.calls[0].json["scale"] == 2
    assert size_of(polled(provider, ticket)) == (2048, 2560)


def _only_image(call: Any) -> Any:
    return played("fal/result")(call)["images"][0]


def test_credentials_do_not_travel_to_where_pictures_lie(far: Player) -> None:
    ticket = ticket_at(far)
    far.replies += [COMPLETED, Reply("GET", RESULT, body=played("fal/result")), picture_at(PICTURE)]
    polled(fal(far), ticket)
    assert "authorization" in far.calls_to("GET", RESULT)[0].headers
    assert "authorization" not in far.calls_to("GET", PICTURE)[0].headers


@pytest.mark.parametrize(("name", "is_started"), [("in_queue", False), ("in_progress", True)])
def test_what_is_not_done_is_asked_about_again(far: Player, name: str, is_started: bool) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", STATUS, 202, body=played(f"fal/{name}"))]
    answer = fal(far).poll(ticket)
    assert isinstance(answer, Progress)
    assert answer.is_started is is_started


@pytest.mark.parametrize(
    ("status", "result", "expected"),
    [
        ("completed_with_error", Reply("GET", RESULT, 422, body=recording("fal/validation_error")),
         ("refused", False)),
        ("completed_with_error", Reply("GET", RESULT, 422, body=recording("fal/content_policy")),
         ("blocked", False)),
        ("completed_with_error", Reply("GET", RESULT, 500, body={"detail": "Internal error"}),
         ("failed", False)),
        ("completed_with_error",
         Reply("GET", RESULT, 500, {"X-Fal-Retryable": "true"}, body={"detail": "CUDA"}),
         ("lost", True)),
        ("completed_unstarted",
         Reply("GET", RESULT, 504, {"X-Fal-Request-Timeout-Type": "user"},
               body=recording("fal/request_timeout")),
         ("lost", True)),
        ("completed", Reply("GET", RESULT, 422, body=recording("fal/validation_error")),
         ("refused", False)),
        ("completed", Reply("GET", RESULT, body=recording("fal/result_black")),
         ("blocked", False)),
        ("completed", Reply("GET", RESULT, 404, body=recording("fal/not_found")),
         ("result_gone", False)),
        ("completed", Reply("GET", RESULT, body={"text": "no picture"}), ("not_a_picture", False)),
        ("completed", Reply("GET", RESULT, 502, body="Bad gateway"), ("provider_fault", True)),
    ],
)  # fmt: skip
def test_request_that_failed_is_completed_too(
    far: Player, status: str, result: Reply, expected: tuple[str, bool]
) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", STATUS, body=played(f"fal/{status}")), result]
    error = failure_of(lambda: fal(far).poll(ticket))
    assert (error.code, error.is_transient) == expected


@pytest.mark.parametrize("status", [403, 404, 410])
def test_picture_that_was_erased_there_is_gone(far: Player, status: int) -> None:
    ticket = ticket_at(far)
    far.replies += [COMPLETED, Reply("GET", RESULT, body=played("fal/result"))]
    far.replies += [Reply("GET", PICTURE, status)]
    error = failure_of(lambda: fal(far).poll(ticket))
    assert (error.code, error.is_transient) == ("result_gone", False)


def test_forgotten_request_is_lost_and_may_be_made_anew(far: Player) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("GET", STATUS, 404, body=played("fal/not_found"))]
    error = failure_of(lambda: fal(far).poll(ticket))
    assert (error.code, error.is_transient) == ("lost", True)


# --- Stopping -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "name"),
    [(202, "cancel_requested"), (400, "already_completed"), (404, "not_found")],
)
def test_cancel_of_what_waits_runs_or_has_ended(far: Player, status: int, name: str) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("PUT", CANCEL, status, body=played(f"fal/{name}"))]
    for _ in range(2):
        fal(far).cancel(ticket)
    assert len(far.calls_to("PUT", CANCEL)) == 2


def test_cancel_that_is_not_heard_passes(far: Player) -> None:
    ticket = ticket_at(far)
    far.replies += [Reply("PUT", CANCEL, 503)]
    assert failure_of(lambda: fal(far).cancel(ticket)).is_transient


# --- Being called ---------------------------------------------------------------------------------

BODY = json.dumps(recording("fal/webhook")).encode()
Sign = Callable[..., dict[str, str]]


def keys_of(*secrets: Ed25519PrivateKey) -> dict[str, Any]:
    keys = [
        base64.urlsafe_b64encode(s.public_key().public_bytes_raw()).rstrip(b"=").decode()
        for s in secrets
    ]
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x} for x in keys]}


def signed(secret: Ed25519PrivateKey, body: bytes = BODY, *, at: float | None = None) -> Any:
    stamp = str(int(at or time.time()))
    message = "\n".join([ID, "user_1", stamp, hashlib.sha256(body).hexdigest()])
    return {
        "X-Fal-Webhook-Request-Id": ID,
        "X-Fal-Webhook-User-Id": "user_1",
        "X-Fal-Webhook-Timestamp": stamp,
        "X-Fal-Webhook-Signature": secret.sign(message.encode()).hex(),
    }


OURS, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


def test_signed_callback_names_its_request_by_any_key_of_the_set(far: Player) -> None:
    far.replies = [Reply("GET", JWKS, body=keys_of(OTHER, OURS))]
    provider = fal(far)
    assert list(provider.read_callback(signed(OURS), BODY)) == [ID]
    assert list(provider.read_callback(signed(OTHER), BODY)) == [ID]
    assert len(far.calls) == 1  # the keys are kept


@pytest.mark.parametrize(
    "change",
    [
        {"X-Fal-Webhook-Signature": "00" * 64},
        {"X-Fal-Webhook-Signature": "nonsense"},
        {"X-Fal-Webhook-Signature": ""},
        {"X-Fal-Webhook-Request-Id": "another"},
        {"X-Fal-Webhook-User-Id": "another"},
        {"X-Fal-Webhook-Timestamp": str(int(time.time()) + 1)},
        {"X-Fal-Webhook-Timestamp": "²"},
    ],
)
def test_forged_callback_is_refused(far: Player, change: dict[str, str]) -> None:
    far.replies = [Reply("GET", JWKS, body=keys_of(OURS))]
    headers = {**signed(OURS), **change}
    with pytest.raises(ForgedCallback):
        fal(far).read_callback(headers, BODY)


def test_callback_with_another_body_or_a_strangers_key_is_refused(far: Player) -> None:
    far.replies = [Reply("GET", JWKS, body=keys_of(OURS))]
    provider = fal(far)
    for headers, body in ((signed(OURS), BODY + b" "), (signed(OTHER), BODY), ({}, BODY)):
        with pytest.raises(ForgedCallback):
            provider.read_callback(headers, body)


@pytest.mark.parametrize("away_s", [-301, 301])
def test_callback_of_another_time_is_refused(far: Player, away_s: int) -> None:
    far.replies = [Reply("GET", JWKS, body=keys_of(OURS))]
    with pytest.raises(ForgedCallback):
        fal(far).read_callback(signed(OURS, at=time.time() + away_s), BODY)


def test_callback_within_the_difference_of_clocks_is_taken(far: Player) -> None:
    far.replies = [Reply("GET", JWKS, body=keys_of(OURS))]
    assert fal(far).read_callback(signed(OURS, at=time.time() - 290), BODY)


def test_new_key_is_fetched_soon_and_nonsense_does_not_make_us_ask_each_time(far: Player) -> None:
    far.replies = [
        Reply("GET", JWKS, body=keys_of(OTHER), times=1),
        Reply("GET", JWKS, body=keys_of(OURS)),
    ]
    provider = fal(far)
    with time_machine.travel(time.time(), tick=False) as clock:
        for _ in range(5):
            with pytest.raises(ForgedCallback):
                provider.read_callback(signed(OURS), BODY)
        assert len(far.calls) == 1
        clock.shift(301)
        assert list(provider.read_callback(signed(OURS), BODY)) == [ID]
        assert len(far.calls) == 2


def test_keys_are_kept_for_a_day_at_most(far: Player) -> None:
    far.replies = [Reply("GET", JWKS, body=keys_of(OURS))]
    provider = fal(far)
    with time_machine.travel(time.time(), tick=False) as clock:
        provider.read_callback(signed(OURS), BODY)
        clock.shift(23 * 3600)
        provider.read_callback(signed(OURS), BODY)
        assert len(far.calls) == 1
        clock.shift(2 * 3600)
        provider.read_callback(signed(OURS), BODY)
        assert len(far.calls) == 2


@pytest.mark.parametrize("reply", [Reply("GET", JWKS, 503), Reply("GET", JWKS, body={"keys": []})])
def test_callback_that_cannot_be_checked_now_is_asked_for_again(far: Player, reply: Reply) -> None:
    far.replies = [reply]
    assert failure_of(lambda: fal(far).read_callback(signed(OURS), BODY)).is_transient
