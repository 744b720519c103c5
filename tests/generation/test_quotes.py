from __future__ import annotations

import time
from typing import Any

import pytest
from django.core import signing

from accounts.models import User
from billing.services import get_account
from characters.models import Character
from generation import quotes, services
from generation.models import GenerationJob
from generation.quotes import PriceChanged, QuoteExpired, QuoteRefused
from generation.recipes import studio
from tests.builders import give_credits, make_character, run_jobs
from tests.generation.history import make_history

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True)


def ask(character: Character, token: str, *, key: str = "k", **options: Any) -> GenerationJob:
    return services.request_generation(
        character=character, recipe="studio", options=options, request_key=key, quote=token
    )


def offer_of(character: Character, recipe: str = "studio", **options: Any) -> services.Offer:
    return services.quote(character=character, recipe=recipe, options=options)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + seconds)


def raise_prices(monkeypatch: pytest.MonkeyPatch, credits: int) -> None:
    monkeypatch.setattr(studio, "PICTURE_CREDITS", {"draft": 1, "standard": credits, "high": 99})


def test_quote_is_what_is_charged(character: Character, user: User) -> None:
    offer = offer_of(character, count=2)
    job = ask(character, offer.quote, count=2)
    assert (offer.credits, job.credits_charged, job.count) == (80, 80, 2)
    assert (job.provider, offer.may_substitute) == (offer.provider, ())
    assert get_account(user).balance == 420


def test_quote_holds_for_ten_minutes_and_no_longer(
    character: Character, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = offer_of(character).quote
    later(monkeypatch, quotes.VALID_S - 5)
    assert ask(character, token).credits_charged == 40
    later(monkeypatch, quotes.VALID_S + 5)
    with pytest.raises(QuoteExpired, match="It is 40 credits now") as refused:
        ask(character, token, key="k2")
    assert get_account(user).balance == 460
    assert ask(character, refused.value.offer.quote, key="k2").credits_charged == 40


def test_quote_of_a_job_that_exists_may_be_old(
    character: Character, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = offer_of(character).quote
    job = ask(character, token)
    later(monkeypatch, quotes.VALID_S + 60)
    assert ask(character, token) == job
    assert get_account(user).balance == 460


def test_quote_for_other_options_counts_while_all_it_says_is_the_same(
    character: Character,
) -> None:
    token = offer_of(character, scene="cafe").quote
    assert ask(character, token, scene="rooftop").credits_charged == 40
    with pytest.raises(PriceChanged, match="It is 120 credits now") as refused:
        ask(character, token, key="k2", count=3)
    assert (refused.value.offer.credits, refused.value.offer.count) == (120, 3)
    with pytest.raises(PriceChanged):
        ask(character, token, key="k3", quality="high")


def test_quote_outlives_a_price_that_rises(
    character: Character, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = offer_of(character).quote
    raise_prices(monkeypatch, 45)
    assert ask(character, token).credits_charged == 40
    # Only for what it was asked for: other options are priced as of now.
    with pytest.raises(PriceChanged):
        ask(character, token, key="k2", scene="rooftop")


def test_quote_above_the_price_of_now_is_never_charged(
    character: Character, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = offer_of(character).quote
    raise_prices(monkeypatch, 30)
    with pytest.raises(PriceChanged, match="It is 30 credits now"):
        ask(character, token)
    assert get_account(user).balance == 500


def test_quote_of_a_free_draw_is_good_for_one(user: User) -> None:
    character = make_character(owner=user)
    token = offer_of(character, "base_faces").quote

    def draw(key: str) -> GenerationJob:
        return services.request_generation(
            character=character, recipe="base_faces", options={}, request_key=key, quote=token
        )

    assert draw("first").credits_charged == 0
    run_jobs()
    with pytest.raises(PriceChanged, match="It is 80 credits now"):
        draw("second")
    assert get_account(user).balance == 500


def test_quote_of_another_provider_is_refused(character: Character, settings: Any) -> None:
    token = offer_of(character).quote
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    with pytest.raises(PriceChanged):
        ask(character, token)


@pytest.mark.parametrize("whose", ["owner", "character", "recipe"])
def test_quote_for_something_else_is_refused(
    character: Character, user: User, stranger: User, whose: str
) -> None:
    if whose == "recipe":
        token = offer_of(character, "profile_set").quote
    else:
        owner = stranger if whose == "owner" else user
        token = offer_of(make_character(owner=owner, ready=True)).quote
    with pytest.raises(QuoteRefused, match="This quote is not for this request") as refused:
        ask(character, token)
    assert refused.value.code == "quote_invalid"
    assert not GenerationJob.objects.exists()


def test_quote_made_up_or_of_another_kind_is_refused(character: Character) -> None:
    token = offer_of(character).quote
    other = signing.dumps({"credits": 0}, salt="generation.quote")
    elsewhere = signing.dumps(signing.loads(token, salt="generation.quote"), salt="else")
    for wrong in ("nonsense", token[:-1], token + "x", other, elsewhere):
        with pytest.raises(QuoteRefused, match="This is no quote of ours"):
            ask(character, wrong)
    assert not GenerationJob.objects.exists()


def test_quote_promises_the_time_that_was_shown(character: Character, user: User) -> None:
    give_credits(user, 1000)
    assert offer_of(character).expected is None
    assert ask(character, offer_of(character).quote).promised_low_s is None
    services.cancel_job(job=GenerationJob.objects.get())
    make_history(character, seconds=[20, 21, 22, 23, 24, 25, 26, 27, 28, 40])
    offer = offer_of(character)
    assert offer.expected is not None
    make_history(character, seconds=[300] * 30)
    job = ask(character, offer.quote, key="k2")
    assert (job.promised_low_s, job.promised_high_s) == (
        offer.expected.low_s,
        offer.expected.high_s,
    )
    unquoted = ask(character, "", key="k3")
    assert (unquoted.promised_low_s or 0) >= 240
