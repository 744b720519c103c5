"""What every image provider keeps, whoever the vendor: capabilities that are true, tickets that
outlive a process, adults only."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from typing import Any

import pytest
from PIL import Image as Pillow

from characters.catalogue import get_catalogue
from characters.config import FACE_FIELDS
from generation.providers.base import (
    FORMAT_SIZES,
    ForgedCallback,
    ImageProvider,
    ImageRequest,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from tests.builders import make_png
from tests.contracts.image_providers import (
    VENDORS,
    Vendor,
    deliver,
    picture,
    plain_request,
    stored,
    ticket_of,
    with_option,
)

# Option of a request to the capability that advertises it.
ADVERTISED = {
    "visual_style": "visual_styles",
    "format": "formats",
    "quality": "qualities",
    "scene": "scenes",
    "environment": "environments",
    "lighting": "lighting",
    "pose": "poses",
    "framing": "framings",
    "expression": "expressions",
    "outfit": "outfits",
}
DRAWN_FIELDS = (*FACE_FIELDS, "outfit_style")
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@pytest.fixture(params=list(VENDORS))
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return VENDORS[request.param]


@pytest.fixture
def provider(vendor: Vendor) -> ImageProvider:
    return vendor.make()


def refused_field(provider: ImageProvider, request: ImageRequest) -> str | None:
    """The option the provider named when it refused; "" when it took the request."""
    try:
        provider.check(request)
    except UnsupportedOption as refusal:
        return refusal.field
    return ""


# --- Who is under contract -----------------------------------------------------------------------


def test_every_provider_of_the_settings_is_under_contract(settings: Any) -> None:
    assert set(settings.IMAGE_PROVIDERS) <= set(VENDORS)


@pytest.mark.parametrize("name", list(VENDORS))
def test_provider_goes_by_the_name_it_is_listed_under(name: str) -> None:
    assert VENDORS[name].make().alias == name


# --- Capabilities are true -----------------------------------------------------------------------


def test_the_plainest_request_is_taken(provider: ImageProvider) -> None:
    assert refused_field(provider, plain_request(provider)) == ""


@pytest.mark.parametrize("option", list(ADVERTISED))
def test_each_advertised_option_is_taken_and_makes_another_picture(
    vendor: Vendor, provider: ImageProvider, option: str
) -> None:
    slugs = getattr(provider.capabilities, ADVERTISED[option])
    plain = plain_request(provider)
    wanted = {slug: with_option(plain, option, slug) for slug in slugs}
    refused = {slug: field for slug, r in wanted.items() if (field := refused_field(provider, r))}
    assert refused == {}
    assert len(set(slugs)) == len(slugs)
    assert len({vendor.outcome(provider, request) for request in wanted.values()}) == len(slugs)


@pytest.mark.parametrize("field", DRAWN_FIELDS)
def test_each_choice_of_a_look_makes_another_picture_or_is_refused_by_name(
    vendor: Vendor, provider: ImageProvider, field: str
) -> None:
    plain = plain_request(provider, framing="half_body")
    looks = [with_option(plain, field, option.slug) for option in get_catalogue()[field].options]
    answers = [refused_field(provider, look) for look in looks]
    taken = [look for look, answer in zip(looks, answers, strict=True) if not answer]
    assert set(answers) <= {"", field}
    assert taken
    assert len({vendor.outcome(provider, look) for look in taken}) == len(taken)


@pytest.mark.parametrize("option", [o for o in ADVERTISED if o != "format"])
@pytest.mark.parametrize("slug", ["nowhere", "", 7])
def test_option_that_is_not_advertised_is_refused_by_name(
    provider: ImageProvider, option: str, slug: Any
) -> None:
    assert refused_field(provider, with_option(plain_request(provider), option, slug)) == option


def test_size_of_no_format_is_refused_by_name(provider: ImageProvider) -> None:
    assert refused_field(provider, plain_request(provider, width_px=1000)) == "format"


def test_formats_come_in_their_size(provider: ImageProvider) -> None:
    sizes = {}
    for slug in provider.capabilities.formats:
        content = picture(provider, with_option(plain_request(provider), "format", slug))
        sizes[slug] = Pillow.open(io.BytesIO(content)).size
    assert sizes == {slug: FORMAT_SIZES[slug] for slug in provider.capabilities.formats}


def test_free_text_makes_another_picture_or_is_refused_by_name(
    vendor: Vendor, provider: ImageProvider
) -> None:
    plain, told = plain_request(provider), plain_request(provider, prompt="with a red umbrella")
    if not provider.capabilities.accepts_free_text:
        assert refused_field(provider, told) == "prompt"
        return
    assert refused_field(provider, told) == ""
    assert vendor.outcome(provider, told) != vendor.outcome(provider, plain)


def test_references_make_another_picture_or_are_refused_by_name(
    vendor: Vendor, provider: ImageProvider
) -> None:
    face = Reference("base_face", "face", hashlib.sha256(make_png()).hexdigest(), make_png())
    plain, shown = plain_request(provider), plain_request(provider, references=(face,))
    if not provider.capabilities.references_at_most:
        assert refused_field(provider, shown) == "references"
        return
    assert refused_field(provider, shown) == ""
    assert vendor.outcome(provider, shown) != vendor.outcome(provider, plain)


def test_seed_repeats_a_picture_where_seeds_are_taken(
    vendor: Vendor, provider: ImageProvider
) -> None:
    if not provider.capabilities.accepts_seeds:
        pytest.skip("takes no seeds")
    request, other = plain_request(provider), plain_request(provider, seed=8)
    again = plain_request(provider, external_key="contract:1")
    assert picture(provider, request) == picture(vendor.make(), again)
    assert vendor.outcome(provider, request) != vendor.outcome(provider, other)


# --- Adults only ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "age", ["17-25", "13-17", "0-9", "-18", "9", "teen", "", "²5-30", None, 16, ["18-25"]]
)
def test_nobody_below_18_is_drawn(provider: ImageProvider, age: Any) -> None:
    request = with_option(plain_request(provider), "age_range", age)
    assert refused_field(provider, request) == "age_range"


def test_nobody_without_an_age_is_drawn(provider: ImageProvider) -> None:
    plain = plain_request(provider)
    look = {name: value for name, value in plain.look.items() if name != "age_range"}
    assert refused_field(provider, plain_request(provider, look=look)) == "age_range"


def test_adult_content_is_refused_by_name(provider: ImageProvider) -> None:
    request = with_option(plain_request(provider), "nsfw_enabled", True)
    assert refused_field(provider, request) == "nsfw_enabled"


# --- From ticket to picture ----------------------------------------------------------------------


def test_picture_is_fetched_by_another_process_and_says_where_it_comes_from(
    vendor: Vendor, provider: ImageProvider
) -> None:
    finished = deliver(vendor.make(), stored(provider.submit(plain_request(provider))))
    image = Pillow.open(io.BytesIO(finished.content))
    assert Pillow.MIME[image.format or ""] == finished.content_type
    assert finished.model
    assert finished.model_version
    assert finished.digital_source_type.startswith(IPTC)
    assert json.loads(json.dumps(dict(finished.parameters))) == finished.parameters


def test_each_picture_has_an_id_of_its_own(provider: ImageProvider) -> None:
    """Also where the vendor goes by the id that we give."""
    requests = [plain_request(provider, external_key=f"contract:{n}") for n in range(5)]
    ids = [ticket_of(provider.submit(request)).external_id for request in requests]
    assert len(set(ids)) == 5
    assert all(0 < len(id_) <= 120 for id_ in ids)  # what provenance can hold


@pytest.mark.parametrize("data", [{}, {"seed": 1}, {"id": "somebody-elses"}])
def test_poll_of_an_unknown_ticket_is_lost(provider: ImageProvider, data: dict[str, Any]) -> None:
    with pytest.raises(ProviderError) as failure:
        provider.poll(Ticket("nobodys", data))
    assert failure.value.code == "lost"


def test_cancel_is_harmless_however_often_and_for_whom(provider: ImageProvider) -> None:
    ticket = ticket_of(provider.submit(plain_request(provider)))
    for _ in range(2):
        provider.cancel(ticket)
    provider.cancel(Ticket("nobodys", {}))
    done = provider.submit(plain_request(provider))
    deliver(provider, done)
    provider.cancel(ticket_of(done))


def test_callback_of_a_stranger_rings_about_nothing(provider: ImageProvider) -> None:
    named: list[str] = []
    with contextlib.suppress(ForgedCallback):
        named = list(provider.read_callback({}, b"nonsense"))
    assert named == []
