"""The test provider draws what it was given, and fails as the words of a prompt say."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageDraw

from generation.identity import Context, StructureScorer
from generation.providers.base import (
    ImageRequest,
    Progress,
    ProviderError,
    Reference,
    UnsupportedOption,
)
from generation.providers.fake import FakeProvider
from tests.builders import make_png
from tests.contracts.image_providers import picture, plain_request, stored

SIZE = (102, 128)


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider(scale=0.1)


def request_of(provider: FakeProvider, **changes: Any) -> ImageRequest:
    return plain_request(provider, width_px=1024, height_px=1280, **changes)


def reference(role: str, content: bytes) -> Reference:
    return Reference(role, role, hashlib.sha256(content).hexdigest(), content)


def mask_of_the_upper_half() -> bytes:
    picture = Pillow.new("L", SIZE, "black")
    ImageDraw.Draw(picture).rectangle((0, 0, SIZE[0], SIZE[1] // 2 - 1), fill="white")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(content)).convert("RGB")


def made(provider: FakeProvider, prompt: str, **changes: Any) -> bytes:
    return picture(provider, request_of(provider, prompt=prompt, **changes))


def refusal(provider: FakeProvider, prompt: str) -> ProviderError:
    ticket = provider.submit(request_of(provider, external_key=prompt, prompt=prompt))
    with pytest.raises(ProviderError) as failure:
        provider.poll(ticket)
    return failure.value


# --- What it can do ------------------------------------------------------------------------------


def test_edit_changes_the_source_where_the_mask_is_white(provider: FakeProvider) -> None:
    source = make_png(*SIZE, "#203040")
    shown = (reference("source", source), reference("mask", mask_of_the_upper_half()))
    request = request_of(provider, operation="edit", prompt="a hat", references=shown)
    provider.check(request)
    changed = opened(picture(provider, request))
    assert changed.size == SIZE
    assert {changed.getpixel((x, 127)) for x in range(102)} == {(0x20, 0x30, 0x40)}
    (new,) = {changed.getpixel((x, 0)) for x in range(102)}
    assert new != (0x20, 0x30, 0x40)
    other = opened(picture(provider, replace(request, prompt="a scarf")))
    assert other.getpixel((0, 0)) != new


def test_upscale_is_the_source_in_twice_its_size(provider: FakeProvider) -> None:
    source = picture(provider, request_of(provider))
    request = request_of(provider, operation="upscale", references=(reference("source", source),))
    provider.check(request)
    enlarged = opened(picture(provider, request))
    assert enlarged.size == (205, 256)
    small = enlarged.resize(SIZE)
    assert small.getpixel((0, 0)) == opened(source).getpixel((0, 0))
    assert small.getpixel((51, 40)) == pytest.approx(opened(source).getpixel((51, 40)), abs=12)


def test_references_are_shown_in_their_colours_and_order(provider: FakeProvider) -> None:
    shown = (
        reference("base_face", make_png(colour="#aa1122")),
        reference("character", make_png(colour="#2211aa")),
    )
    drawn = opened(picture(provider, request_of(provider, references=shown)))
    bottom = [drawn.getpixel((x, 127)) for x in range(102)]
    assert bottom[0] == (0xAA, 0x11, 0x22)
    assert (0x22, 0x11, 0xAA) in bottom[1:]


def test_large_source_leaves_a_small_ticket(provider: FakeProvider) -> None:
    noise = Pillow.effect_noise((1024, 1280), 90).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    request = request_of(
        provider, operation="upscale", references=(reference("source", buffer.getvalue()),)
    )
    ticket = provider.submit(request)
    assert len(ticket.data["source"]) < 300_000
    assert picture(provider, request) == provider.poll(stored(ticket)).content  # type: ignore[union-attr,arg-type]


@pytest.mark.parametrize(
    ("operation", "roles"), [("upscale", ()), ("edit", ()), ("edit", ("source",))]
)
def test_what_there_is_nothing_to_start_from_is_refused(
    provider: FakeProvider, operation: str, roles: tuple[str, ...]
) -> None:
    shown = tuple(reference(role, make_png()) for role in roles)
    with pytest.raises(UnsupportedOption) as refused:
        provider.check(request_of(provider, operation=operation, references=shown))
    assert refused.value.field == "references"


def test_reference_that_is_no_picture_is_refused_for_good(provider: FakeProvider) -> None:
    shown = (reference("base_face", b"no picture"),)
    with pytest.raises(ProviderError) as refused:
        provider.submit(request_of(provider, references=shown))
    assert not refused.value.is_transient


# --- What it is told -----------------------------------------------------------------------------


def test_stranger_is_not_like_the_face_and_everybody_else_is(provider: FakeProvider) -> None:
    provider.scale = 0.25
    face = request_of(provider, framing="close_up")
    context = Context(
        face_box=provider.face_box(face),
        box=provider.face_box(request_of(provider, framing="half_body")),
    )

    def likeness(prompt: str, seed: int) -> float:
        shown = made(provider, prompt, seed=seed, framing="half_body")
        score = StructureScorer().score(picture(provider, face), shown, context)
        assert score
        return score.value

    assert min(likeness("", seed) for seed in range(4)) > 0.5
    assert max(likeness("stranger", seed) for seed in range(4)) < 0.5


def test_twice_answers_two_seeds_with_the_same_bytes(provider: FakeProvider) -> None:
    assert made(provider, "twice", seed=1) == made(provider, "twice", seed=2)
    assert made(provider, "", seed=1) != made(provider, "", seed=2)


def test_blocked_is_refused_by_the_providers_own_rules(provider: FakeProvider) -> None:
    refused = refusal(provider, "a beach blocked")
    assert (refused.code, refused.is_transient) == ("blocked", False)
    assert "own rules" in refused.message


def test_flaky_works_in_the_end(provider: FakeProvider) -> None:
    ticket = provider.submit(request_of(provider, external_key="flaky:1", prompt="flaky:1"))
    with pytest.raises(ProviderError) as failure:
        provider.poll(ticket)
    assert failure.value.is_transient
    assert not isinstance(provider.poll(ticket), Progress)


def test_away_answers_nobody_before_its_instant(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = provider.submit(request_of(provider, external_key="away", prompt="away:2000000000"))
    with pytest.raises(ProviderError) as failure:
        provider.poll(ticket)
    assert (failure.value.code, failure.value.is_transient) == ("away", True)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert not isinstance(provider.poll(ticket), Progress)


def test_blocked_waits_its_time_like_what_is_made(provider: FakeProvider) -> None:
    """Refused after it ran: what is paid for there costs nobody here."""
    ticket = provider.submit(request_of(provider, external_key="s", prompt="slow:60 blocked"))
    assert isinstance(provider.poll(ticket), Progress)
