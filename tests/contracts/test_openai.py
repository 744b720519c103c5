"""OpenAI Images against its recorded answers: what goes there, what comes back, what goes wrong."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from PIL import Image as Pillow

from generation.providers.base import (
    CannotLookUp,
    ImageRequest,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from generation.providers.openai import OpenAI
from tests.builders import make_png
from tests.contracts.image_providers import in_words, plain_request
from tests.contracts.openai_server import drawn, read_call, recorded
from tests.contracts.player import Player, Reply

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


@pytest.fixture
def far() -> Iterator[Player]:
    with Player() as player:
        yield player


def provider_at(far: Player, *replies: Reply, **options: Any) -> OpenAI:
    far.replies.extend(replies)
    return OpenAI(api_key="sk-test", base_url=f"{far.url}/v1", **options)


def draws() -> Reply:
    return Reply("POST", "/v1/images/(generations|edits)", body=drawn)


def reference(role: str, content: bytes) -> Reference:
    return Reference(role, f"id-{role}", hashlib.sha256(content).hexdigest(), content)


def request_for(provider: OpenAI, **changes: Any) -> ImageRequest:
    return in_words(plain_request(provider, **changes))


def failure_of(provider: OpenAI, **changes: Any) -> ProviderError:
    with pytest.raises(ProviderError) as failure:
        provider.submit(request_for(provider, **changes))
    return failure.value


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(content))


# --- What goes there, what comes back -----------------------------------------------------------


def test_picture_comes_with_the_answer(far: Player) -> None:
    provider = provider_at(far, draws())
    made = provider.submit(request_for(provider, quality="standard"))
    (call,) = far.calls
    assert call.path == "/v1/images/generations"
    assert call.headers["authorization"] == "Bearer sk-test"
    assert call.json["model"] == "gpt-image-1"
    assert call.json["quality"] == "medium"
    assert call.json["size"] == "1024x1024"
    assert call.json["prompt"] == request_for(provider).text
    assert opened(made.finished.content).size == (1024, 1024)
    assert made.ticket.external_id == made.finished.parameters["request_id"]
    assert "prompt" not in made.finished.parameters


def test_format_between_the_vendors_sizes_is_cut_from_the_next_one(far: Player) -> None:
    provider = provider_at(far, draws())
    made = provider.submit(request_for(provider, width_px=1024, height_px=1280))
    assert far.calls[0].json["size"] == "1024x1536"
    assert opened(made.finished.content).size == (1024, 1280)


def test_formats_that_would_have_to_be_blown_up_are_not_offered() -> None:
    old, new = OpenAI(api_key="k"), OpenAI(api_key="k", model="gpt-image-2")
    assert set(new.capabilities.formats) - set(old.capabilities.formats) == {"9:16", "16:9"}


def test_free_sizes_are_multiples_of_16(far: Player) -> None:
    provider = provider_at(far, draws(), model="gpt-image-2")
    made = provider.submit(request_for(provider, width_px=1024, height_px=1820))
    assert far.calls[0].json["size"] == "1024x1824"
    assert opened(made.finished.content).size == (1024, 1820)


def test_base_face_goes_along_and_is_kept_faithfully(far: Player) -> None:
    face = make_png(40, 40)
    provider = provider_at(far, draws())
    provider.submit(request_for(provider, references=(reference("base_face", face),)))
    (call,) = far.calls
    fields, files = read_call(call)
    assert call.path == "/v1/images/edits"
    assert fields["input_fidelity"] == "high"
    assert files == [("image[]", face)]


def test_mask_lets_through_what_is_white_and_lies_on_its_picture(far: Player) -> None:
    """1024 × 1280 lies in the middle of 1024 × 1536, with 128 rows above that may change."""
    source, face = make_png(1024, 1280, "#00ff00"), make_png(40, 40)
    mask = Pillow.new("RGB", (1024, 1280), BLACK)
    mask.paste(WHITE, (0, 0, 1024, 100))
    buffer = io.BytesIO()
    mask.save(buffer, "PNG")
    provider = provider_at(far, draws())
    shown = (
        reference("base_face", face),
        reference("mask", buffer.getvalue()),
        reference("source", source),
    )
    request = request_for(
        provider, operation="edit", references=shown, width_px=1024, height_px=1280
    )
    provider.check(request)
    made = provider.submit(request)
    _fields, files = read_call(far.calls[0])
    assert [name for name, _content in files] == ["image[]", "image[]", "mask"]
    sent_source, sent_mask = opened(files[0][1]), opened(files[2][1])
    assert files[1][1] == face
    assert sent_source.size == sent_mask.size == (1024, 1536)
    assert sent_source.getpixel((512, 128)) == (0, 255, 0, 255)
    heights = (0, 127, 128, 227, 228, 1407, 1408)
    alphas = [sent_mask.getpixel((512, y))[3] for y in heights]  # type: ignore[index]
    assert alphas == [0, 0, 0, 0, 255, 255, 0]
    assert opened(made.finished.content).size == (1024, 1280)


def test_edit_without_a_source_is_refused_before_anything_is_sent() -> None:
    provider = OpenAI(api_key="k")
    with pytest.raises(UnsupportedOption) as refusal:
        provider.check(request_for(provider, operation="edit"))
    assert refusal.value.field == "references"


def test_it_does_not_start_without_a_key() -> None:
    with pytest.raises(ImproperlyConfigured):
        OpenAI(api_key="")


# --- Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["moderation_blocked", "content_policy_violation"])
def test_safety_refusal_is_final_and_says_what_to_do(far: Player, name: str) -> None:
    error = failure_of(provider_at(far, recorded(name)))
    assert error.code == "provider_blocked"
    assert not error.is_transient
    assert not error.is_outcome_unknown
    assert "safety rules" in error.message
    assert "openai.com" not in error.message


def test_refused_option_is_named(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("invalid_size")))
    assert (error.code, error.is_transient) == ("refused", False)
    assert error.message == "The provider refused the request (size)."


def test_rate_limit_passes_after_the_time_it_says(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("rate_limited")))
    assert (error.code, error.is_transient) == ("rate_limited", True)
    assert error.retry_after_s == 12
    assert not error.is_outcome_unknown


def test_empty_account_is_no_rate_limit(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("insufficient_quota")))
    assert (error.code, error.is_transient) == ("provider_unpaid", False)


def test_wrong_key_is_the_operators_to_put_right(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("invalid_api_key")))
    assert (error.code, error.is_transient) == ("unauthorized", True)
    assert "sk-x" not in error.message


def test_fault_that_was_answered_may_be_tried_again(far: Player) -> None:
    error = failure_of(provider_at(far, recorded("server_error")))
    assert (error.is_transient, error.is_outcome_unknown) == (True, False)


@pytest.mark.parametrize("status", [502, 504])
def test_gateway_that_gave_up_leaves_the_outcome_unknown(far: Player, status: int) -> None:
    error = failure_of(provider_at(far, recorded("server_error", status=status, body="")))
    assert (error.is_transient, error.is_outcome_unknown) == (True, True)


@pytest.mark.parametrize("body", ["", "<html>", {"data": []}, {"data": [{"b64_json": "%"}]}, []])
def test_answer_without_a_picture_is_not_paid_for_twice(far: Player, body: Any) -> None:
    error = failure_of(provider_at(far, recorded("generated", body=body)))
    assert (error.code, error.is_transient) == ("bad_answer", False)


# --- Silence ------------------------------------------------------------------------------------


def test_nobody_there_is_surely_not_submitted(far: Player) -> None:
    provider = provider_at(far)
    far.stop()
    error = failure_of(provider)
    assert (error.code, error.is_outcome_unknown) == ("unreachable", False)


@pytest.mark.parametrize("silence", [{"drop": True}, {"delay_s": 5}])
def test_broken_call_is_never_repeated(far: Player, silence: dict[str, Any]) -> None:
    provider = provider_at(far, recorded("generated", **silence), timeout_s=0.3)
    error = failure_of(provider)
    assert (error.code, error.is_outcome_unknown) == ("timeout", True)
    with pytest.raises(CannotLookUp) as failure:
        provider.find(request_for(provider))
    assert not failure.value.is_word_possible
    assert len(far.calls) == 1


def test_picture_that_was_not_kept_is_lost_for_good() -> None:
    with pytest.raises(ProviderError) as failure:
        OpenAI(api_key="k").poll(Ticket("req_1", {"key": "x"}))
    assert (failure.value.code, failure.value.is_transient) == ("lost", False)


def test_too_many_pictures_are_refused() -> None:
    provider = OpenAI(api_key="k")
    face = reference("base_face", make_png(4, 4))
    request = request_for(provider, references=(face,) * 17)
    with pytest.raises(UnsupportedOption):
        provider.check(request)
    provider.check(replace(request, references=(face,) * 16))
