from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import ledger
from billing.services import get_account
from characters.models import Character
from generation import fair_share
from generation.models import GenerationJob
from generation.providers.fake import FakeProvider
from generation.services import quote
from tests.builders import make_character, make_user, request_job, run_jobs
from tests.generation.history import make_history

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def studio_url(character: Character) -> str:
    return reverse("generation:studio", args=[character.pk])


def sent(**changes: Any) -> dict[str, Any]:
    return {
        "scene": "cafe",
        "pose": "waving",
        "framing": "close_up",
        "expression": "smile",
        "outfit": "",
        "format": "9:16",
        "quality": "standard",
        "count": "2",
        "request_key": "k1",
        **changes,
    }


def checked(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)" checked', html)


def test_studio_shows_only_what_the_provider_honours(
    user: User, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    can = FakeProvider.capabilities
    monkeypatch.setattr(
        FakeProvider, "capabilities", replace(can, scenes=("studio_portrait", "cafe"))
    )
    html = client_of(user).get(studio_url(make_character(owner=user, ready=True))).content.decode()
    scenes = re.findall(r'name="scene" value="([^"]*)"', html)
    assert sorted(scenes) == ["cafe", "studio_portrait"]
    assert len(re.findall(r'name="quality" value=', html)) == 3
    assert 'name="prompt"' in html
    assert checked(html, "scene") == ["studio_portrait"]
    assert checked(html, "lighting") == [""]


def test_studio_of_the_illustrator_has_no_free_text_and_no_lone_quality(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    html = client_of(user).get(studio_url(make_character(owner=user, ready=True))).content.decode()
    assert 'name="prompt"' not in html
    assert 'name="quality"' not in html
    assert len(re.findall(r'name="scene" value=', html)) >= 30


def test_studio_request_becomes_a_job_with_those_options(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    answer = client_of(user).post(studio_url(character), sent(lighting="neon", seed="7"))
    job = GenerationJob.objects.get()
    assert answer["Location"] == reverse("generation:job", args=[job.pk])
    assert job.options == {
        "scene": "cafe",
        "pose": "waving",
        "framing": "close_up",
        "expression": "smile",
        "format": "9:16",
        "quality": "standard",
        "lighting": "neon",
        "count": 2,
        "seed": 7,
    }
    assert job.credits_charged == 80


def test_studio_page_sent_twice_charges_once(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    first, second = (client.post(studio_url(character), sent()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert get_account(user).balance == 420


def test_studio_page_reached_by_back_and_changed_gets_a_new_key(
    user: User, client_of: SignIn
) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    client.post(studio_url(character), sent())
    page = client.post(studio_url(character), sent(scene="rooftop"))
    html = page.content.decode()
    assert "This page was already sent once." in html
    assert checked(html, "scene") == ["rooftop"]
    key = re.search(r'name="request_key" value="([^"]+)"', html)
    assert key
    answer = client.post(studio_url(character), sent(scene="rooftop", request_key=key.group(1)))
    assert answer.status_code == 302
    assert GenerationJob.objects.count() == 2


def test_studio_is_filled_in_from_the_address(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    query = "?scene=rooftop&pose=waving&count=4&seed=12&format=1:1&expression=nonsense&quality=high"
    html = client_of(user).get(studio_url(character) + query).content.decode()
    names = ("scene", "pose", "count", "format", "expression", "quality")
    assert [checked(html, name) for name in names] == [
        ["rooftop"],
        ["waving"],
        ["4"],
        ["1:1"],
        ["smile"],
        ["high"],
    ]
    assert re.search(r'name="seed" value="12"', html)
    assert '<output class="price__number" data-price-total>200</output>' in html


def test_studio_wrong_answers_are_named_and_cost_nothing(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    html = client.post(studio_url(character), sent(scene="moon", count="11")).content.decode()
    assert "Nothing was charged" in html
    assert "moon is not one of the available choices" in html
    assert not GenerationJob.objects.exists()


def test_studio_text_that_is_refused_is_named(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    html = client.post(studio_url(character), sent(prompt="a schoolgirl")).content.decode()
    assert "Prompt: this text suggests somebody under 18" in html
    assert get_account(user).balance == 500


def test_studio_more_than_the_balance_is_refused_with_figures(
    user: User, client_of: SignIn
) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    ledger.charge(get_account(user), 450, key="test:spent")
    html = client.post(studio_url(character), sent()).content.decode()
    assert "This costs 80 credits and you have 50. Nothing was charged." in html


def test_studio_without_credits_for_one_picture_has_a_dead_button_and_says_why(
    user: User, client_of: SignIn
) -> None:
    character = make_character(owner=user, ready=True)
    ledger.charge(get_account(user), 490, key="test:spent")
    html = client_of(user).get(studio_url(character)).content.decode()
    assert "You have 10, a picture takes 40." in html
    assert re.search(r'<button[^>]* disabled aria-describedby="studio-short"', html)


def test_studio_before_the_address_is_confirmed_offers_the_link_instead_of_pictures(
    client_of: SignIn, settings: Any
) -> None:
    settings.GENERATION_REQUIRES_VERIFIED_EMAIL = True
    newcomer = make_user("newcomer@example.com", email_verified_at=None)
    client, character = client_of(newcomer), make_character(owner=newcomer, ready=True)
    html = client.get(studio_url(character)).content.decode()
    assert "Confirm your e-mail address first: we sent you a link." in html
    assert "Make pictures" not in html
    assert re.search(r'<button[^>]* form="studio-resend" aria-describedby="studio-short"', html)
    assert re.search(r'<button[^>]* disabled aria-describedby="profile-set-note"', html)
    resend = re.search(r'<form id="studio-resend"[^>]*action="([^"]+)"', html)
    assert resend
    assert html.index("</form>", html.index('id="studio-form"')) < html.index(resend.group(0))
    answer = client.post(resend.group(1), {"next": studio_url(character)}, follow=True)
    assert "A new link is on its way to newcomer@example.com." in answer.content.decode()
    assert [message.to for message in mail.outbox] == [["newcomer@example.com"]]


@pytest.mark.parametrize(
    ("reason", "words"),
    [("paused", "New pictures are paused"), ("full", "Your plan makes 6 requests at once.")],
)
def test_studio_says_beforehand_why_nothing_can_be_made_now(
    user: User, client_of: SignIn, settings: Any, reason: str, words: str
) -> None:
    character = make_character(owner=user, ready=True)
    if reason == "full":
        for _ in range(6):
            request_job(character)
    settings.GENERATION_PAUSED = reason == "paused"
    html = client_of(user).get(studio_url(character)).content.decode()
    assert words in html
    assert re.search(r'<button[^>]* disabled aria-describedby="studio-short"', html)
    assert "studio-resend" not in html


def test_studio_of_a_character_without_a_face_leads_to_its_faces(
    user: User, client_of: SignIn
) -> None:
    character = make_character(owner=user)
    answer = client_of(user).get(studio_url(character))
    assert answer["Location"] == reverse("generation:faces", args=[character.pk])


def test_studio_sketch_only_with_the_illustrator(
    user: User, client_of: SignIn, settings: Any
) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    sketch = reverse("generation:studio_preview", args=[character.pk])
    assert sketch not in client.get(studio_url(character)).content.decode()
    assert client.get(sketch).status_code == 404
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    assert sketch in client.get(studio_url(character)).content.decode()
    assert client.get(sketch).status_code == 200


def test_studio_is_closed_to_strangers(user: User, stranger: User, client_of: SignIn) -> None:
    character = make_character(owner=user, ready=True)
    client = client_of(stranger)
    assert client.get(studio_url(character)).status_code == 404
    assert client.post(studio_url(character), sent()).status_code == 404
    profile = reverse("generation:profile_set", args=[character.pk])
    assert client.post(profile, {"request_key": "k"}).status_code == 404
    assert not GenerationJob.objects.exists()


def quote_in(html: str) -> str:
    found = re.search(r'name="quote" value="([^"]+)"', html)
    assert found
    return found.group(1)


def test_studio_page_carries_its_quote_and_is_charged_by_it(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    html = client.get(f"{studio_url(character)}?count=2").content.decode()
    assert "Made by fake only." in html
    answer = client.post(studio_url(character), sent(quote=quote_in(html)))
    assert answer.status_code == 302
    assert get_account(user).balance == 420


def test_studio_names_who_may_make_it_instead(user: User, client_of: SignIn, settings: Any) -> None:
    settings.IMAGE_PROVIDERS = {
        **settings.IMAGE_PROVIDERS,
        "spare": settings.IMAGE_PROVIDERS["fake"],
    }
    settings.IMAGE_PROVIDER_FALLBACKS = ["spare"]
    character = make_character(owner=user, ready=True)
    html = client_of(user).get(studio_url(character)).content.decode()
    assert "Made by fake, or where that fails by spare, at the same price." in html


def test_studio_of_another_price_than_shown_asks_again_and_loses_nothing(
    user: User, client_of: SignIn
) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    token = quote_in(client.get(studio_url(character)).content.decode())
    wish = sent(count="3", scene="rooftop", prompt="by the door", quote=token)
    html = client.post(studio_url(character), wish).content.decode()
    assert "The price is not the one that was shown. It is 120 credits now." in html
    assert not GenerationJob.objects.exists()
    assert (checked(html, "scene"), checked(html, "count")) == (["rooftop"], ["3"])
    assert "by the door" in html
    assert '<output class="price__number" data-price-total>120</output>' in html
    answer = client.post(studio_url(character), {**wish, "quote": quote_in(html)})
    assert answer.status_code == 302
    assert get_account(user).balance == 380


def test_studio_quote_follows_the_form(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    make_history(character, [20] * 10)
    url = reverse("generation:quote", args=[character.pk])
    answer = client.post(url, sent(count="4", recipe="studio", quote="", request_key="x")).json()
    assert (answer["credits"], answer["count"]) == (160, 4)
    assert answer["words"].strip() == "Ready in about 80 s. Made by fake only."
    job_page = client.post(studio_url(character), sent(count="4", quote=answer["quote"]))
    assert job_page.status_code == 302
    assert GenerationJob.objects.get(request_key="k1").promised_high_s == 80
    fair_share.pause_provider("fake", reason="Cards")
    paused = client.post(url, {"recipe": "profile_set"}).json()
    assert "<strong>Paused: Cards." in paused["words"]
    assert client.post(url, {"recipe": "nonsense"}).status_code == 400


def test_profile_set_and_faces_carry_a_quote_that_can_be_refused(
    user: User, stranger: User, client_of: SignIn
) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    detail = reverse("characters:detail", args=[character.pk])
    token = quote_in(client.get(detail).content.decode())
    theirs = make_character(owner=stranger, ready=True)
    other = quote(character=theirs, recipe="profile_set", options={}).quote
    url = reverse("generation:profile_set", args=[character.pk])
    refused = client.post(url, {"request_key": "k", "quote": other}, follow=True)
    assert "This quote is not for this request. It is 250 credits now." in refused.content.decode()
    assert client.post(url, {"request_key": "k", "quote": token}).status_code == 302
    assert GenerationJob.objects.get().credits_charged == 250

    draft = make_character(owner=user)
    faces = reverse("generation:faces", args=[draft.pk])
    token = quote_in(client.get(faces).content.decode())
    refused = client.post(faces, {"request_key": "f", "quote": f"{token}x"}, follow=True)
    assert "This is no quote of ours. It is free now." in refused.content.decode()
    client.post(faces, {"request_key": "f", "quote": token})
    assert GenerationJob.objects.get(recipe="base_faces").credits_charged == 0


def test_profile_set_is_asked_for_once_per_page(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    url = reverse("generation:profile_set", args=[character.pk])
    answers = [client.post(url, {"request_key": "k1"}) for _ in range(2)]
    job = GenerationJob.objects.get()
    assert {a["Location"] for a in answers} == {reverse("generation:job", args=[job.pk])}
    assert (job.recipe, job.count, job.credits_charged) == ("profile_set", 8, 250)
    run_jobs()
    job.refresh_from_db()
    assert job.delivered_count == 8


def test_profile_set_refused_says_why_on_the_characters_page(user: User, client_of: SignIn) -> None:
    ledger.charge(get_account(user), 400, key="test:spent")
    character = make_character(owner=user, ready=True)
    url = reverse("generation:profile_set", args=[character.pk])
    answer = client_of(user).post(url, {"request_key": "k1"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("characters:detail", args=[character.pk])
    assert "This costs 250 credits and you have 100." in answer.content.decode()
    assert not GenerationJob.objects.exists()


def test_prices_name_every_action(user: User, client_of: SignIn) -> None:
    html = client_of(user).get(reverse("generation:prices")).content.decode()
    assert re.findall(r'<td class="num">([^<]+)</td>', html) == [
        "free",
        "80",
        "15",
        "40",
        "50",
        "250",
        "free",
    ]
