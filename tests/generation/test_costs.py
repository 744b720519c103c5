"""What pictures cost at their providers: with each picture, and for staff with each job."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core import checks
from django.test import Client

from accounts.models import User
from characters.models import Character
from generation import services
from generation.models import GenerationJob, Provenance
from ryla.checks import fallbacks_exist, pictures_cost_less_than_they_bring, rates_can_be_kept
from tests.builders import (
    admin_address,
    give_credits,
    make_character,
    make_staff,
    request_job,
    run_jobs,
)
from tests.contracts.openai_server import drawn, recorded
from tests.contracts.player import Player, Reply

pytestmark = pytest.mark.django_db
SCENES = ["cafe", "rooftop", "subway"]


@pytest.fixture
def far() -> Iterator[Player]:
    with Player([Reply("POST", "/v1/images/(generations|edits)", body=drawn)]) as player:
        yield player


def use(settings: Any, far: Player, **cost_minor: float) -> None:
    settings.IMAGE_PROVIDERS = {
        "vendor": {
            "BACKEND": "generation.providers.openai.OpenAI",
            "OPTIONS": {
                "api_key": "sk-test",
                "base_url": f"{far.url}/v1",
                "cost_minor": cost_minor,
            },
        }
    }
    settings.DEFAULT_IMAGE_PROVIDER = "vendor"


@pytest.fixture
def character(user: User) -> Character:
    give_credits(user, 1000)
    return make_character(owner=user, ready=True)


def costs_of(job: GenerationJob) -> list[Decimal | None]:
    job.refresh_from_db()
    return list(Provenance.objects.filter(job=job).values_list("cost_minor", flat=True))


def run_all() -> None:
    for _ in range(len(SCENES)):
        run_jobs()


def test_cost_is_kept_with_every_picture_and_summed_for_its_job(
    character: Character, settings: Any, far: Player
) -> None:
    use(settings, far, standard=1.25, high=16.7)
    job = request_job(character, "grid", scenes=SCENES)
    one = request_job(character, quality="high")
    run_all()
    assert costs_of(job) == [Decimal("1.25")] * 3
    assert job.cost_minor == Decimal("3.75")
    assert (costs_of(one), one.cost_minor) == ([Decimal("16.7")], Decimal("16.7"))


def test_pictures_that_were_not_delivered_are_not_in_the_sum(
    character: Character, settings: Any, far: Player
) -> None:
    use(settings, far, standard=1.25)
    far.replies.insert(0, recorded("moderation_blocked", times=1))
    job = request_job(character, "grid", scenes=SCENES)
    run_all()
    assert costs_of(job) == [Decimal("1.25")] * 2
    assert (job.delivered_count, job.cost_minor) == (2, Decimal("2.5"))


def test_provider_that_names_no_price_leaves_it_open(
    character: Character, settings: Any, far: Player
) -> None:
    use(settings, far)
    job = request_job(character)
    run_jobs()
    assert (costs_of(job), job.cost_minor) == ([None], None)


def test_cost_stands_in_no_quote(character: Character, settings: Any, far: Player) -> None:
    offers = []
    for cost in (0.1, 99):
        use(settings, far, standard=cost)
        offers.append(services.quote(character=character, recipe="studio", options={}).credits)
    assert offers == [40, 40]


def test_staff_see_the_margin_and_find_what_cost_too_much(
    character: Character, settings: Any, far: Player, client: Client
) -> None:
    use(settings, far, standard=1.25)
    good = request_job(character, scene="cafe")
    run_jobs()
    use(settings, far, standard=6)
    bad = request_job(character, scene="rooftop")
    run_jobs()
    use(settings, far)
    open_ = request_job(character, scene="subway")
    run_jobs()
    client.force_login(make_staff(), backend="django.contrib.auth.backends.ModelBackend")
    page = admin_address(GenerationJob, "changelist")

    def found(query: str = "") -> tuple[set[str], str]:
        html = client.get(page + query).content.decode()
        return {str(j.pk) for j in (good, bad, open_) if str(j.pk) in html}, html

    everything, html = found()
    assert len(everything) == 3
    # 40 credits are 4 cents.
    assert "€0.0125" in html
    assert "€0.0275" in html
    assert "€0.0600" in html
    assert "−€0.0200" in html
    assert found("?margin=loss")[0] == {str(bad.pk)}
    assert found("?margin=gain")[0] == {str(good.pk)}


# --- What does not fit together is found before a customer does ----------------------------------


def ids_of(found: list[checks.CheckMessage]) -> list[str]:
    return [str(message.id) for message in found]


def test_price_below_the_cost_is_warned_of(settings: Any, far: Player) -> None:
    use(settings, far, draft=1, standard=4, high=5.1)
    (warning,) = pictures_cost_less_than_they_bring()
    assert warning.id == "ryla.W003"
    assert warning.msg == "A high picture of vendor costs 5.1 cents and brings 5.0 at the most."


def test_fallback_that_is_nobody_is_found(settings: Any) -> None:
    settings.IMAGE_PROVIDER_FALLBACKS = ["illustrator", "nobody"]
    assert ids_of(fallbacks_exist()) == ["ryla.E008"]


@pytest.mark.parametrize(
    ("rate", "found"),
    [
        ({"per_minute": 60}, []),
        ({"per_minute": 0.5, "burst": 2}, []),
        ({"per_minute": 0}, ["ryla.E009"]),
        ({"per_minute": 60, "brust": 2}, ["ryla.E009"]),
        ({"burst": 2}, ["ryla.E009"]),
        ({"per_minute": "60"}, ["ryla.E009"]),
        (60, ["ryla.E009"]),
    ],
)
def test_rate_that_cannot_be_kept_is_found(settings: Any, rate: Any, found: list[str]) -> None:
    settings.PROVIDER_RATES = {"fal": rate}
    assert ids_of(rates_can_be_kept()) == found
