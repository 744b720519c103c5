from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from billing.models import CreditEntry
from billing.services import get_account
from characters import services as characters
from characters.models import Character
from generation import screening
from generation.models import GenerationJob, ModerationVerdict
from generation.moderation.base import Moderator, ModeratorError, Verdict
from ryla.lib.records import RecordIsFinal
from tests.builders import make_character, make_staff, request_job

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


class Unreachable(Moderator):
    def screen_text(self, text: str, context: str) -> Verdict:
        raise ModeratorError("The vendor is away.", is_transient=True)


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def kept() -> dict[str, str]:
    return dict(ModerationVerdict.objects.values_list("stage", "decision"))


def refusal(character: Character, **options: Any) -> screening.TextRefused:
    with pytest.raises(screening.TextRefused) as refused:
        request_job(character, **options)
    return refused.value


def test_every_text_is_looked_at_and_every_verdict_kept(user: User) -> None:
    character = make_character(
        owner=user, ready=True, name="Mara", handle="mara_vale", bio="Climber."
    )
    request_job(character, prompt="waves at sunset")
    assert kept() == {
        "text:name": "allow",
        "text:handle": "allow",
        "text:bio": "allow",
        "text:prompt": "allow",
    }


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("name", {"name": "Schoolgirl Mia"}),
        ("handle", {"handle": "teen_girl"}),
        ("bio", {"bio": "She is 16."}),
    ],
)
def test_refused_text_of_the_character_is_named_and_costs_nothing(
    user: User, field: str, texts: dict[str, str]
) -> None:
    refused = refusal(make_character(owner=user, ready=True, **texts))
    assert refused.field == field
    assert refused.message.startswith(f"{field.capitalize()}: this text suggests")
    assert refused.message.endswith("”. Nothing was charged.")
    assert get_account(user).balance == 500
    assert not GenerationJob.objects.exists()


def test_one_refused_text_keeps_the_verdicts_of_all(user: User) -> None:
    character = make_character(owner=user, ready=True, name="Schoolgirl Mia", bio="Climber.")
    refusal(character, prompt="sch00lgirl")
    assert kept() == {"text:name": "block", "text:bio": "allow", "text:prompt": "block"}


def test_unsure_text_is_withheld_with_words_that_say_what_to_change(user: User) -> None:
    refused = refusal(make_character(owner=user, ready=True), prompt="teenage dream of travelling")
    assert (refused.field, refused.status, refused.code) == ("prompt", 400, "text_refused")
    assert refused.message == (
        "Prompt: “teenage” could be read as somebody under 18; say it in other words or leave it "
        "out. Nothing was charged."
    )
    assert kept()["text:prompt"] == "review"
    assert not CreditEntry.objects.filter(amount__lt=0).exists()


def test_text_nobody_could_look_at_is_withheld(user: User, settings: Any) -> None:
    settings.MODERATORS = {"rules": {"BACKEND": f"{__name__}.Unreachable", "OPTIONS": {}}}
    refused = refusal(make_character(owner=user, ready=True, name="Mara"))
    assert refused.message == (
        "Name: this text could not be checked just now; try again in a moment. Nothing was charged."
    )
    assert kept() == {"text:name": "review"}
    assert get_account(user).balance == 500


def test_operator_who_offers_adult_content_says_so_in_the_settings(
    user: User, settings: Any
) -> None:
    character = make_character(owner=user, ready=True)
    refusal(character, prompt="nude")
    rules = dict(settings.MODERATORS["rules"])
    settings.MODERATORS = {"rules": {**rules, "OPTIONS": {"allows_explicit": True}}}
    assert request_job(character, prompt="nude").status == "queued"


def test_changed_text_is_accepted_with_the_same_request_key(user: User) -> None:
    character = make_character(owner=user, ready=True)
    refusal(character, prompt="a teen", request_key="k1")
    job = request_job(character, prompt="a woman of 25", request_key="k1")
    assert (job.status, get_account(user).balance) == ("queued", 460)


def test_texts_of_a_request_are_all_that_is_no_choice_of_ours(user: User) -> None:
    character = make_character(owner=user, name="Mara", handle="mara", bio="Climber.")
    options = {
        "scene": "cafe",
        "outfit": "tee_and_jeans",
        "format": "4:5",
        "count": 2,
        "seed": 7,
        "prompt": "waves",
        "captions": ["one", {"alt": "two"}],
        "empty": " ",
    }
    assert list(screening.texts_of(character, options)) == [
        ("name", "Mara"),
        ("handle", "mara"),
        ("bio", "Climber."),
        ("prompt", "waves"),
        ("captions", "one"),
        ("captions", "two"),
    ]


def test_refusal_inside_a_transaction_is_a_mistake_that_shows(user: User) -> None:
    """It would take the verdicts back with it."""
    character = make_character(owner=user, ready=True)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        request_job(character)


# --- Through the doors: committed for real ------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_studio_page_that_refuses_keeps_the_verdict_and_says_why(
    user: User, client_of: SignIn
) -> None:
    character = make_character(owner=user, ready=True)
    page = client_of(user).post(
        reverse("generation:studio", args=[character.pk]),
        {
            "scene": "cafe",
            "pose": "waving",
            "framing": "close_up",
            "expression": "smile",
            "outfit": "",
            "format": "4:5",
            "quality": "standard",
            "count": "1",
            "prompt": "looks 14",
            "request_key": "k1",
        },
    )
    assert (page.status_code, kept()["text:prompt"]) == (200, "block")
    assert "this text suggests somebody under 18" in page.content.decode()
    assert get_account(user).balance == 500


@pytest.mark.django_db(transaction=True)
def test_api_that_refuses_keeps_the_verdict_and_says_why(user: User) -> None:
    character = make_character(owner=user, ready=True)
    api = APIClient()
    api.force_authenticate(user)
    answer = api.post(
        "/api/v1/jobs/",
        {
            "character": str(character.pk),
            "recipe": "studio",
            "options": {"prompt": "looks 14"},
            "request_key": "k1",
        },
        format="json",
    )
    assert (answer.status_code, kept()["text:prompt"]) == (400, "block")
    assert "this text suggests somebody under 18" in answer.content.decode()
    assert get_account(user).balance == 500


@pytest.mark.django_db(transaction=True)
def test_faces_page_that_refuses_keeps_the_verdict(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user, name="Schoolgirl Mia")
    client_of(user).post(reverse("generation:faces", args=[character.pk]), {"request_key": "k1"})
    assert kept() == {"text:name": "block"}
    assert not GenerationJob.objects.exists()


def test_no_request_runs_in_one_transaction() -> None:
    """A refusal would otherwise roll its own record back."""
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


# --- Kept ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_verdicts_outlive_their_character_and_still_name_it(user: User) -> None:
    character = make_character(owner=user, name="Schoolgirl Mia")
    refusal(character, recipe="base_faces")
    characters.delete_character(character=character)
    verdict = ModerationVerdict.objects.get()
    assert (verdict.character_id, verdict.owner_id) == (character.pk, user.pk)
    assert not Character.objects.filter(pk=character.pk).exists()


def test_verdicts_outlive_the_closing_of_an_account(user: User) -> None:
    character = make_character(owner=user, name="Schoolgirl Mia")
    refusal(character, recipe="base_faces")
    characters.delete_all_of(user=user)
    assert ModerationVerdict.objects.get().owner_id == user.pk


def test_staff_still_see_verdicts_whose_character_is_gone(client_of: SignIn, user: User) -> None:
    character = make_character(owner=user, name="Schoolgirl Mia")
    refusal(character, recipe="base_faces")
    characters.delete_character(character=character)
    staff = client_of(make_staff())
    verdict = ModerationVerdict.objects.get()
    rows = staff.get(reverse("admin:generation_moderationverdict_changelist"))
    assert rows.context["cl"].result_list[0] == verdict
    detail = staff.get(reverse("admin:generation_moderationverdict_change", args=[verdict.pk]))
    assert detail.status_code == 200
    found = staff.get(
        reverse("admin:generation_moderationverdict_changelist"), {"q": user.email}
    ).context["cl"]
    assert list(found.result_list) == [verdict]


def test_verdicts_are_never_rewritten(user: User) -> None:
    refusal(make_character(owner=user, name="Schoolgirl Mia"), recipe="base_faces")
    with pytest.raises(RecordIsFinal):
        ModerationVerdict.objects.update(decision="allow")
    nulling = "UPDATE generation_moderationverdict SET character_id = NULL"
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(nulling)
