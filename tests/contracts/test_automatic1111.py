"""AUTOMATIC1111 against its recorded answers: what goes there, what comes back, what goes wrong."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from PIL import Image as Pillow

from generation.providers.automatic1111 import Automatic1111
from generation.providers.base import (
    ImageRequest,
    Progress,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from tests.builders import make_png
from tests.contracts.automatic1111_server import MAKES, PROGRESS, drawn, recorded
from tests.contracts.image_providers import in_words, plain_request
from tests.contracts.player import Player, Reply

UPSCALER = "R-ESRGAN 4x+"
KEY = "5f0c2c43-7f43-4d1e-9f63-0f6f3a3a8f11"


@pytest.fixture
def far() -> Iterator[Player]:
    cache.clear()
    with Player() as player:
        yield player
    cache.clear()


def provider_at(far: Player, *replies: Reply, **options: Any) -> Automatic1111:
    far.replies.extend(replies)
    return Automatic1111(base_url=far.url, **options)


def draws() -> Reply:
    return Reply("POST", MAKES, body=drawn)


def progress(name: str, **more: Any) -> Reply:
    return recorded(f"progress_{name}", path_regex=PROGRESS, **more)


def reference(role: str, content: bytes) -> Reference:
    return Reference(role, f"id-{role}", hashlib.sha256(content).hexdigest(), content)


def request_for(provider: Automatic1111, **changes: Any) -> ImageRequest:
    return in_words(plain_request(provider, **{"external_key": KEY, **changes}))


def failure_of(provider: Automatic1111, **changes: Any) -> ProviderError:
    with pytest.raises(ProviderError) as failure:
        provider.submit(request_for(provider, **changes))
    return failure.value


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(content))


def decoded(text: str) -> Pillow.Image:
    return opened(base64.b64decode(text))


# --- What goes there, what comes back -----------------------------------------------------------


def test_picture_comes_with_the_answer(far: Player) -> None:
    provider = provider_at(far, draws(), checkpoint="photoreal_xl", auth=("me", "secret"))
    request = request_for(provider, width_px=1024, height_px=1365, seed=2**40 + 5)
    made = provider.submit(request)
    (call,) = far.calls
    assert call.path == "/sdapi/v1/txt2img"
    assert call.headers["authorization"].startswith("Basic ")
    assert call.json["force_task_id"] == KEY
    assert call.json["prompt"] == request.text
    assert call.json["negative_prompt"] == request.negative
    assert (call.json["width"], call.json["height"]) == (1024, 1368)
    assert call.json["seed"] == 5
    assert call.json["override_settings"] == {"sd_model_checkpoint": "photoreal_xl"}
    assert opened(made.finished.content).size == (1024, 1365)
    assert made.ticket.data == {"task": KEY}


def test_origin_is_read_from_the_text_in_the_answer(far: Player) -> None:
    provider = provider_at(far, draws())
    finished = provider.submit(request_for(provider, seed=7)).finished
    assert (finished.model, finished.model_version) == ("photoreal_xl", "31e35c80fc")
    assert finished.parameters["vendor_seed"] == 7
    assert finished.parameters["version"] == "v1.10.1"
    assert "prompt" not in str(finished.parameters)


def test_mask_and_source_go_to_img2img_in_one_size(far: Player) -> None:
    source, mask = make_png(1024, 1365), make_png(1024, 1365, "#ffffff")
    provider = provider_at(far, draws())
    shown = (reference("source", source), reference("mask", mask))
    request = request_for(
        provider, operation="edit", references=shown, width_px=1024, height_px=1365
    )
    provider.check(request)
    made = provider.submit(request)
    (call,) = far.calls
    assert call.path == "/sdapi/v1/img2img"
    sent = decoded(call.json["init_images"][0]), decoded(call.json["mask"])
    assert [picture.size for picture in sent] == [(1024, 1368), (1024, 1368)]
    assert opened(made.finished.content).size == (1024, 1365)


def test_picture_is_enlarged_twice_by_the_named_upscaler(far: Player) -> None:
    source = make_png(1024, 1280)
    provider = provider_at(far, draws(), upscaler=UPSCALER)
    shown = (reference("source", source),)
    request = request_for(
        provider, operation="upscale", references=shown, width_px=1024, height_px=1280
    )
    provider.check(request)
    made = provider.submit(request)
    (call,) = far.calls
    assert (call.path, call.json["upscaler_1"]) == ("/sdapi/v1/extra-single-image", UPSCALER)
    assert base64.b64decode(call.json["image"]) == source
    assert opened(made.finished.content).size == (2048, 2560)
    assert made.finished.model == UPSCALER


def test_nothing_is_enlarged_without_an_upscaler(far: Player) -> None:
    provider = provider_at(far)
    shown = (reference("source", make_png()),)
    with pytest.raises(UnsupportedOption) as refusal:
        provider.check(request_for(provider, operation="upscale", references=shown))
    assert refusal.value.field == "operation"


def test_base_face_goes_to_the_identity_unit(far: Player) -> None:
    face = make_png(40, 40)
    provider = provider_at(far, draws(), identity_model="ip-adapter_face", identity_module="face")
    request = request_for(provider, references=(reference("base_face", face),))
    provider.check(request)
    provider.submit(request)
    (unit,) = far.calls[0].json["alwayson_scripts"]["controlnet"]["args"]
    assert (unit["model"], unit["module"]) == ("ip-adapter_face", "face")
    assert base64.b64decode(unit["image"]) == face


def test_base_face_is_refused_where_no_unit_is_named(far: Player) -> None:
    provider = provider_at(far)
    shown = (reference("base_face", make_png()),)
    with pytest.raises(UnsupportedOption) as refusal:
        provider.check(request_for(provider, references=shown))
    assert refusal.value.field == "references"


# --- What the server has ------------------------------------------------------------------------


def server_lists() -> tuple[Reply, ...]:
    return tuple(
        recorded(name, "GET", f"/sdapi/v1/{name.replace('_', '-')}")
        for name in ("sd_models", "samplers", "upscalers")
    )


def test_what_the_server_has_is_offered(far: Player) -> None:
    provider = provider_at(far, *server_lists(), checkpoint="photoreal_xl", upscaler=UPSCALER)
    assert provider.sync() == {"create": "", "edit": "", "upscale": ""}
    assert provider.capabilities.operations == ("create", "edit", "upscale")


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"checkpoint": "gone_xl", "upscaler": UPSCALER}, ("upscale",)),
        ({"sampler": "Euler z", "upscaler": UPSCALER}, ("upscale",)),
        ({"upscaler": "4x-gone"}, ("create", "edit")),
    ],
)
def test_what_the_server_lacks_is_refused_in_every_process(
    far: Player, options: dict[str, Any], left: tuple[str, ...]
) -> None:
    provider_at(far, *server_lists(), **options).sync()
    assert provider_at(far, **options).capabilities.operations == left


# --- Refusals -----------------------------------------------------------------------------------


def test_wrong_field_is_named(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("validation_error")))
    assert (error.code, error.is_transient) == ("refused", False)
    assert error.message == "The provider refused the request (width)."


def test_missing_sampler_is_final(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("sampler_not_found")))
    assert (error.code, error.is_transient) == ("model_missing", False)


def test_no_memory_is_final_and_tells_no_paths(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("out_of_memory")))
    assert (error.code, error.is_transient) == ("oom", False)
    assert "/home" not in error.message


def test_fault_that_was_answered_may_be_tried_again(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("runtime_error")))
    assert (error.is_transient, error.is_outcome_unknown) == (True, False)


def test_wrong_password_is_the_operators_to_put_right(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("unauthorized")))
    assert (error.code, error.is_transient) == ("unauthorized", True)


def test_proxy_that_asks_for_time_is_heard(far: Player) -> None:
    busy = recorded("runtime_error", status=429, headers={"retry-after": "7"})
    error = failure_of(provider_at(far, busy))
    assert (error.code, error.retry_after_s) == ("rate_limited", 7)


@pytest.mark.parametrize("body", ["<html>", [], {}, {"images": []}, {"images": ["%"]}])
def test_answer_without_a_picture_is_tried_again(far: Player, body: Any) -> None:
    error = failure_of(provider_at(far, recorded("made", body=body)))
    assert (error.code, error.is_transient) == ("bad_answer", True)


# --- Silence ------------------------------------------------------------------------------------


def test_nobody_there_is_surely_not_submitted(far: Player) -> None:
    provider = provider_at(far)
    far.stop()
    error = failure_of(provider)
    assert (error.code, error.is_outcome_unknown) == ("unreachable", False)


@pytest.mark.parametrize(
    "silence", [{"drop": True}, {"delay_s": 5}, {"status": 504}, {"status": 502}]
)
def test_broken_call_leaves_the_outcome_unknown(far: Player, silence: dict[str, Any]) -> None:
    error = failure_of(provider_at(far, recorded("made", **silence), timeout_s=0.3))
    assert (error.is_transient, error.is_outcome_unknown) == (True, True)


@pytest.mark.parametrize("state", ["active", "queued"])
def test_broken_call_is_not_repeated_while_the_server_is_at_it(far: Player, state: str) -> None:
    provider = provider_at(far, progress(state, times=2), progress("completed"))
    ticket = provider.find(request_for(provider))
    assert ticket is not None
    answer = provider.poll(ticket)
    assert isinstance(answer, Progress)
    assert answer.is_started is (state == "active")
    assert answer.fraction == (0.42 if state == "active" else None)
    with pytest.raises(ProviderError) as failure:
        provider.poll(ticket)
    assert (failure.value.code, failure.value.is_transient) == ("lost", True)
    assert {call.json["id_task"] for call in far.calls} == {KEY}


@pytest.mark.parametrize("state", ["completed", "forgotten"])
def test_broken_call_is_repeated_once_the_server_is_done(far: Player, state: str) -> None:
    provider = provider_at(far, progress(state))
    assert provider.find(request_for(provider)) is None


# --- Canceling ----------------------------------------------------------------------------------


def test_running_one_of_ours_is_interrupted(far: Player) -> None:
    interrupt = Reply("POST", "/sdapi/v1/interrupt", body={})
    provider = provider_at(far, progress("active"), interrupt)
    provider.cancel(Ticket("x", {"task": KEY}))
    assert far.paths() == [f"POST {PROGRESS}", "POST /sdapi/v1/interrupt"]


@pytest.mark.parametrize("state", ["queued", "completed", "forgotten"])
def test_somebody_elses_picture_is_not_interrupted(far: Player, state: str) -> None:
    provider = provider_at(far, progress(state))
    provider.cancel(Ticket("x", {"task": KEY}))
    assert far.paths() == [f"POST {PROGRESS}"]
