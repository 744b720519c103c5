"""The grid's page: what is ticked is what is shown, priced and made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import ledger
from billing.services import get_account
from characters.models import Character, Image
from generation.models import GenerationJob
from generation.providers.fake import FakeProvider
from tests.builders import give_credits, make_character, request_job, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


@pytest.fixture
def character(user: User) -> Character:
    return make_character(owner=user, ready=True, outfit_style="tee_and_jeans")


def grid_url(character: Character) -> str:
    return reverse("generation:studio_grid", args=[character.pk])


def sent(**changes: Any) -> dict[str, Any]:
    return {
        "scenes": ["cafe", "rooftop"],
        "outfits": ["tee_and_jeans", "evening_gown"],
        "pose": "waving",
        "framing": "full_body",
        "expression": "laugh",
        "format": "9:16",
        "quality": "draft",
        "request_key": "k1",
        **changes,
    }


def checked(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)" checked', html)


def total_in(html: str) -> str:
    found = re.search(r"data-price-total>([\d,]+)<", html)
    assert found
    return found.group(1)


def quote_in(html: str) -> str:
    found = re.search(r'name="quote" value="([^"]+)"', html)
    assert found
    return found.group(1)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_grid_starts_with_the_plainest_and_with_what_the_address_names(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    html = client.get(grid_url(character)).content.decode()
    assert checked(html, "scenes") == ["studio_portrait"]
    assert checked(html, "outfits") == ["tee_and_jeans"]
    assert total_in(html) == "40"
    query = "?scenes=cafe&scenes=moon&scene=gym&outfits=pirate&pose=waving&quality=high"
    html = client.get(grid_url(character) + query).content.decode()
    assert checked(html, "scenes") == ["cafe", "gym"]
    assert (checked(html, "outfits"), checked(html, "pose")) == (["pirate"], ["waving"])
    assert total_in(html) == "100"


def test_grid_that_is_sent_becomes_one_job_with_all_of_it(
    character: Character, client_of: SignIn
) -> None:
    answer = client_of(character.owner).post(grid_url(character), sent(lighting="neon"))
    job = GenerationJob.objects.get()
    assert answer["Location"] == reverse("generation:job", args=[job.pk])
    assert (job.recipe, job.count, job.credits_charged) == ("grid", 4, 60)
    assert job.options == {
        "scenes": ["cafe", "rooftop"],
        "outfits": ["tee_and_jeans", "evening_gown"],
        "pose": "waving",
        "framing": "full_body",
        "expression": "laugh",
        "lighting": "neon",
        "format": "9:16",
        "quality": "draft",
    }


def test_grid_of_the_own_outfit_alone_names_none(character: Character, client_of: SignIn) -> None:
    client_of(character.owner).post(grid_url(character), sent(outfits=["tee_and_jeans"]))
    assert GenerationJob.objects.get().options["outfits"] == []


def test_own_outfit_is_offered_only_by_name_and_kept_where_none_is_chosen(
    character: Character, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    can = replace(FakeProvider.capabilities, outfits=("pirate", "fairy"))
    monkeypatch.setattr(FakeProvider, "capabilities", can)
    client = client_of(character.owner)
    html = client.get(grid_url(character)).content.decode()
    assert re.findall(r'name="outfits" value="([^"]*)"', html) == ["pirate", "fairy"]
    assert checked(html, "outfits") == []
    mixed = client.post(grid_url(character), sent(outfits=["tee_and_jeans", "pirate"]))
    assert "tee_and_jeans is not one of the available choices" in mixed.content.decode()
    assert client.post(grid_url(character), sent(outfits=[])).status_code == 302
    assert GenerationJob.objects.get().options["outfits"] == []


def test_grid_shows_its_price_without_asking_for_anything(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    html = client.post(grid_url(character), sent(show="price", quality="high")).content.decode()
    assert not GenerationJob.objects.exists()
    assert total_in(html) == "200"
    assert "2 scenes with 2 outfits: 4 pictures." in html
    table = text_of(html[html.index("<table") : html.index("</table>")])
    assert "Café Tee and jeans, Evening gown 2 100" in table
    assert "Together 4 200" in table
    answer = client.post(grid_url(character), sent(quality="high", quote=quote_in(html)))
    assert answer.status_code == 302
    assert get_account(character.owner).balance == 300


def test_grid_of_another_price_than_shown_asks_again(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    token = quote_in(client.get(grid_url(character)).content.decode())
    html = client.post(grid_url(character), sent(quote=token)).content.decode()
    assert "It is 60 credits now. Nothing was charged" in html
    assert total_in(html) == "60"
    assert checked(html, "scenes") == ["rooftop", "cafe"]
    assert not GenerationJob.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenes": []}, "Choose one scene or more."),
        ({"scenes": ["moon"]}, "moon is not one of the available choices"),
        ({"outfits": ["toga"]}, "toga is not one of the available choices"),
        ({"pose": "flying"}, "flying is not one of the available choices"),
        ({"prompt": "a schoolgirl"}, "this text suggests somebody under 18"),
    ],
)
def test_grid_wrong_answers_are_named_and_cost_nothing(
    character: Character, client_of: SignIn, changes: dict[str, Any], words: str
) -> None:
    html = client_of(character.owner).post(grid_url(character), sent(**changes)).content.decode()
    assert words in html
    assert "Nothing was charged" in html
    assert not GenerationJob.objects.exists()
    assert get_account(character.owner).balance == 500


def test_grid_of_too_many_says_so_before_and_after_the_button(
    character: Character, client_of: SignIn
) -> None:
    client = client_of(character.owner)
    many = sent(
        scenes=["cafe", "rooftop", "gym", "subway", "concert"],
        outfits=["pirate", "fairy", "witch", "wetsuit", "gym_set"],
    )
    html = client.post(grid_url(character), many).content.decode()
    assert "5 scenes with 5 outfits are 25 pictures; a grid holds 24." in html
    assert "25 pictures are too many: a grid holds 24." in html
    assert total_in(html) == "375"
    assert not GenerationJob.objects.exists()


def test_grid_quote_brings_the_table_along(character: Character, client_of: SignIn) -> None:
    client = client_of(character.owner)
    url = reverse("generation:quote", args=[character.pk])
    answer = client.post(url, sent(recipe="grid")).json()
    assert (answer["credits"], answer["count"]) == (60, 4)
    assert answer["parts"]["grid-said"].strip() == "2 scenes with 2 outfits: 4 pictures."
    assert "Together 4 60" in text_of(answer["parts"]["grid-plan"])
    assert client.post(grid_url(character), sent(quote=answer["quote"])).status_code == 302
    nothing = client.post(url, sent(recipe="grid", scenes=[])).json()
    assert nothing["credits"] == 0
    assert nothing["parts"]["grid-said"].strip() == "Choose one scene or more."


def test_grid_beyond_the_balance_says_so(character: Character, client_of: SignIn) -> None:
    ledger.charge(get_account(character.owner), 450, key="test:spent")
    client = client_of(character.owner)
    html = client.post(grid_url(character), sent()).content.decode()
    assert "This costs 60 credits and you have 50. Nothing was charged." in html
    assert "<span data-price-short><strong>Not enough" in html
    enough = client.post(grid_url(character), sent(show="1", outfits=[])).content.decode()
    assert "<span data-price-short hidden>" in enough


def test_grid_without_a_face_leads_to_the_faces_and_strangers_get_nothing(
    user: User, stranger: User, character: Character, client_of: SignIn
) -> None:
    draft = make_character(owner=user)
    answer = client_of(user).get(grid_url(draft))
    assert answer["Location"] == reverse("generation:faces", args=[draft.pk])
    assert client_of(stranger).post(grid_url(character), sent()).status_code == 404
    assert not GenerationJob.objects.exists()


def test_studio_and_grid_lead_to_each_other(character: Character, client_of: SignIn) -> None:
    client = client_of(character.owner)
    studio = reverse("generation:studio", args=[character.pk])
    for here, there in ((studio, grid_url(character)), (grid_url(character), studio)):
        html = client.get(here).content.decode()
        tabs = html[html.index('<nav class="tabs"') :]
        assert f'href="{here}" aria-current="page"' in tabs
        assert f'href="{there}">' in tabs


def test_job_of_a_grid_says_which_picture_is_which(character: Character, client_of: SignIn) -> None:
    give_credits(character.owner, 500)
    job = request_job(character, "grid", scenes=["cafe", "gym"], outfits=["pirate", "witch"])
    client, url = client_of(character.owner), reverse("generation:job", args=[job.pk])
    expected = ["Café, Pirate", "Café, Witch", "Gym, Pirate", "Gym, Witch"]
    pattern = r'class="shot__caption">([^<]+)<'
    assert re.findall(pattern, client.get(url).content.decode()) == expected
    run_jobs()
    assert Image.objects.filter(job_id=job.pk).count() == 4
    html = client.get(url).content.decode()
    assert re.findall(pattern, html) == expected
    again = re.search(rf'href="({re.escape(grid_url(character))}\?[^"]+)"', html)
    assert again
    filled = client.get(again.group(1).replace("&amp;", "&")).content.decode()
    assert checked(filled, "scenes") == ["cafe", "gym"]
    assert sorted(checked(filled, "outfits")) == ["pirate", "witch"]
