from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from billing.services import get_account
from characters.models import Character, Image
from generation import fair_share
from generation.providers.fake import FakeProvider
from tests.builders import (
    PASSWORD,
    make_character,
    make_image,
    make_user,
    request_job,
    run_jobs,
)
from tests.generation.history import make_history

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def sign_in(user: User) -> APIClient:
    client = APIClient()
    tokens = client.post(
        "/api/v1/token/", {"email": user.email, "password": PASSWORD}, format="json"
    ).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    return client


@pytest.fixture
def api(user: User) -> APIClient:
    return sign_in(user)


def test_wrong_password_gets_no_token(user: User) -> None:
    answer = APIClient().post(
        "/api/v1/token/", {"email": user.email, "password": "not-it-at-all"}, format="json"
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_active_account")


def test_refresh_token_works_once(user: User) -> None:
    client = APIClient()
    body = {"email": user.email, "password": PASSWORD}
    first = client.post("/api/v1/token/", body, format="json").json()["refresh"]
    answer = client.post("/api/v1/token/refresh/", {"refresh": first}, format="json")
    assert set(answer.json()) == {"access", "refresh"}
    again = client.post("/api/v1/token/refresh/", {"refresh": first}, format="json")
    assert again.status_code == 401


def test_revoked_refresh_token_is_worthless(user: User) -> None:
    client = APIClient()
    body = {"email": user.email, "password": PASSWORD}
    token = client.post("/api/v1/token/", body, format="json").json()["refresh"]
    for _ in range(2):
        answer = client.post("/api/v1/token/revoke/", {"refresh": token}, format="json")
        assert answer.status_code == 204
    answer = client.post("/api/v1/token/refresh/", {"refresh": token}, format="json")
    assert answer.status_code == 401


def test_me_shows_and_changes_the_name(api: APIClient, user: User) -> None:
    answer = api.patch("/api/v1/me/", {"display_name": "Ada", "email": "x@y.z"}, format="json")
    assert (answer.json()["display_name"], answer.json()["email"]) == ("Ada", user.email)


def test_character_is_created_from_a_partial_config(api: APIClient) -> None:
    body = {
        "name": "Mara",
        "handle": "mara",
        "config": {"hair_style": "bun", "hair_colour": "#FF00aa"},
    }
    answer = api.post("/api/v1/characters/", body, format="json")
    assert answer.status_code == 201
    config = answer.json()["config"]
    assert (config["hair_style"], config["hair_colour"], config["age_range"]) == (
        "bun",
        "#ff00aa",
        "26-33",
    )


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"age_range": "12-17"}, "age_range"),
        ({"hair_style": 4}, "hair_style"),
        ({"personality": []}, "personality"),
        ({"wings": "yes"}, "wings"),
        ({"bio": "x" * 501}, "bio"),
        ({"catalogue_version": 99}, "catalogue_version"),
    ],
)
def test_character_with_bad_config_is_refused_naming_the_field(
    api: APIClient, config: dict[str, Any], field: str
) -> None:
    answer = api.post("/api/v1/characters/", {"config": config}, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]["config"]) == [field]
    assert not Character.objects.exists()


@pytest.mark.parametrize(
    ("config", "field"),
    [({"visual_style": "anime"}, "visual_style"), ({"nsfw_enabled": True}, "nsfw_enabled")],
)
def test_choice_that_nobody_draws_is_refused_naming_the_field(
    api: APIClient, user: User, settings: Any, config: dict[str, Any], field: str
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    character = make_character(owner=user)
    created = api.post("/api/v1/characters/", {"config": config}, format="json")
    changed = api.patch(f"/api/v1/characters/{character.pk}/", {"config": config}, format="json")
    for answer in (created, changed):
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]["config"]) == [field]
    assert Character.objects.get().config == character.config


def test_catalogue_offers_what_the_default_provider_draws(api: APIClient, settings: Any) -> None:
    def styles() -> list[str]:
        fields = {f["slug"]: f["options"] for f in api.get("/api/v1/catalogue/").json()["fields"]}
        assert len(fields["hair_style"]) == 12
        return [option["slug"] for option in fields["visual_style"]]

    assert styles() == ["realistic", "anime", "illustrated"]
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    assert styles() == ["illustrated"]


def test_character_of_a_style_no_longer_drawn_stays_valid(
    api: APIClient, user: User, settings: Any
) -> None:
    character = make_character(owner=user, visual_style="anime", nsfw_enabled=True)
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    address = f"/api/v1/characters/{character.pk}/"
    config = api.get(address).json()["config"]
    answer = api.patch(address, {"config": {**config, "eye_colour": "blue"}}, format="json")
    assert answer.status_code == 200
    changed = answer.json()["config"]
    assert (changed["visual_style"], changed["eye_colour"]) == ("anime", "blue")


def test_character_starts_in_a_style_that_is_drawn(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    can = replace(FakeProvider.capabilities, visual_styles=("realistic",))
    monkeypatch.setattr(FakeProvider, "capabilities", can)
    for body in ({}, {"config": {"eye_colour": "blue"}}):
        answer = api.post("/api/v1/characters/", body, format="json")
        assert answer.json()["config"]["visual_style"] == "realistic"


def test_picture_of_adult_content_is_refused_by_every_provider_and_costs_nothing(
    api: APIClient, user: User
) -> None:
    character = make_character(owner=user, ready=True, nsfw_enabled=True)
    body = {"character": str(character.pk), "recipe": "studio", "request_key": "k"}
    answer = api.post("/api/v1/jobs/", body, format="json")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "nsfw_enabled")
    assert get_account(user).balance == 500


def test_patch_of_one_choice_keeps_the_others(api: APIClient, user: User) -> None:
    character = make_character(owner=user, hair_style="curly", eye_colour="green")
    answer = api.patch(
        f"/api/v1/characters/{character.pk}/", {"config": {"eye_colour": "blue"}}, format="json"
    )
    config = answer.json()["config"]
    assert (config["eye_colour"], config["hair_style"]) == ("blue", "curly")


def test_patch_of_a_chosen_face_is_refused(api: APIClient, user: User) -> None:
    character = make_character(owner=user, ready=True)
    answer = api.patch(
        f"/api/v1/characters/{character.pk}/", {"config": {"eye_colour": "blue"}}, format="json"
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "look_is_fixed")


def test_characters_are_filtered_by_their_look(api: APIClient, user: User) -> None:
    wanted = make_character(owner=user, archetype="luxury", hair_style="bun")
    make_character(owner=user, archetype="luxury", hair_style="long")
    make_character(owner=user, archetype="fitness", hair_style="bun")
    answer = api.get("/api/v1/characters/?archetype=luxury&hair_style=bun")
    assert [c["id"] for c in answer.json()["results"]] == [str(wanted.pk)]


def test_characters_are_filtered_by_one_of_several_traits(api: APIClient, user: User) -> None:
    wanted = make_character(owner=user, personality=["bold", "edgy"])
    make_character(owner=user, personality=["shy"])
    answer = api.get("/api/v1/characters/?personality=edgy")
    assert [c["id"] for c in answer.json()["results"]] == [str(wanted.pk)]


def test_list_shows_only_ones_own_newest_first(api: APIClient, user: User, stranger: User) -> None:
    first, second = make_character(owner=user), make_character(owner=user)
    make_character(owner=stranger)
    answer = api.get("/api/v1/characters/")
    assert [c["id"] for c in answer.json()["results"]] == [str(second.pk), str(first.pk)]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_a_fixed_number_of_queries(
    user: User, count: int, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(user)
    for _ in range(count):
        make_image(character=make_character(owner=user))
        request_job(make_character(owner=user, ready=True))
    for path in ("characters", "images", "jobs", "events", "credits/entries"):
        with django_assert_max_num_queries(3):
            assert client.get(f"/api/v1/{path}/").status_code == 200


def test_order_takes_a_known_number_of_statements(
    api: APIClient, user: User, django_assert_num_queries: Any
) -> None:
    """Four of them are the begin and end of its two transactions."""
    character = make_character(owner=user, ready=True)
    body = {"character": str(character.pk), "recipe": "studio", "options": {"count": 2}}
    assert api.post("/api/v1/jobs/", {**body, "request_key": "1"}, format="json").data
    with django_assert_num_queries(35):
        answer = api.post("/api/v1/jobs/", {**body, "request_key": "2"}, format="json")
    assert answer.status_code == 201


def test_pages_lead_from_one_to_the_next(api: APIClient, user: User) -> None:
    made = [str(make_character(owner=user).pk) for _ in range(5)]
    seen: list[str] = []
    address = "/api/v1/characters/?page_size=2"
    while address:
        page = api.get(address).json()
        seen += [c["id"] for c in page["results"]]
        address = page["next"]
    assert seen == made[::-1]


def test_from_draft_to_pictures_by_api_alone(api: APIClient, user: User) -> None:
    character = api.post("/api/v1/characters/", {"name": "Mara"}, format="json").json()
    faces = api.post(
        "/api/v1/jobs/",
        {"character": character["id"], "recipe": "base_faces", "request_key": "faces-1"},
        format="json",
    )
    assert (faces.status_code, faces.json()["credits_charged"]) == (201, 0)
    run_jobs()
    found = api.get(f"/api/v1/images/?job={faces.json()['id']}").json()["results"]
    chosen = api.post(
        f"/api/v1/characters/{character['id']}/face/", {"image": found[0]["id"]}, format="json"
    )
    assert chosen.json()["status"] == "ready"
    order = {
        "character": character["id"],
        "recipe": "studio",
        "options": {"count": 2, "scene": "cafe"},
        "request_key": "set-1",
    }
    quote = api.post(
        "/api/v1/quotes/", {k: v for k, v in order.items() if k != "request_key"}, format="json"
    )
    assert quote.json()["credits"] == 80
    job = api.post("/api/v1/jobs/", order, format="json").json()
    assert api.post("/api/v1/jobs/", order, format="json").json()["id"] == job["id"]
    run_jobs()
    job = api.get(f"/api/v1/jobs/{job['id']}/").json()
    assert (job["status"], job["delivered_count"], job["credits_refunded"]) == ("succeeded", 2, 0)
    held = api.get("/api/v1/credits/").json()
    assert (held["balance"], held["plan"]) == (420, "free")
    assert [(lot["kind"], lot["remaining"]) for lot in held["lots"]] == [("granted", 420)]


def test_signed_address_of_an_image_opens_without_signing_in(api: APIClient, user: User) -> None:
    import httpx

    image = make_image(character=make_character(owner=user))
    urls = api.get(f"/api/v1/images/{image.pk}/").json()["urls"]
    answer = httpx.get(urls["original"])
    assert (answer.status_code, len(answer.content)) == (200, image.size_bytes)
    assert httpx.get(urls["original"].replace("Signature=", "Signature=0")).status_code == 403


def test_quote_says_everything_and_is_what_is_charged(api: APIClient, user: User) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [20] * 10)
    order = {"character": str(character.pk), "recipe": "studio", "options": {"count": 2}}
    quote = api.post("/api/v1/quotes/", order, format="json").json()
    assert (quote["credits"], quote["provider"], quote["may_substitute"]) == (80, "fake", [])
    assert (quote["expected"], quote["why_not"]) == ({"low_s": 40, "high_s": 40}, None)
    answer = api.post(
        "/api/v1/jobs/", {**order, "request_key": "a", "quote": quote["quote"]}, format="json"
    )
    assert (answer.status_code, answer.json()["credits_charged"]) == (201, 80)
    assert answer.json()["promised"] == {"low_s": 40, "high_s": 40}


def test_next_job_is_expected_behind_those_that_came_before(api: APIClient, user: User) -> None:
    character = make_character(owner=user, ready=True)
    make_history(character, [20] * 10)
    body = {"character": str(character.pk), "recipe": "studio", "options": {}}
    for key in ("a", "b"):
        answer = api.post("/api/v1/jobs/", {**body, "request_key": key}, format="json").json()
    assert answer["expected"] == {"low_s": 40, "high_s": 40}


def test_quote_that_does_not_hold_is_answered_with_a_new_one(api: APIClient, user: User) -> None:
    character = make_character(owner=user, ready=True)
    order = {"character": str(character.pk), "recipe": "studio", "options": {}}
    token = api.post("/api/v1/quotes/", order, format="json").json()["quote"]
    more = {**order, "options": {"count": 3}, "request_key": "a"}
    refused = api.post("/api/v1/jobs/", {**more, "quote": token}, format="json")
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["field"]) == (409, "price_changed", "quote")
    assert get_account(user).balance == 500
    fresh = refused.json()["quote"]
    assert (fresh["credits"], fresh["count"]) == (120, 3)
    again = api.post("/api/v1/jobs/", {**more, "quote": fresh["quote"]}, format="json")
    assert again.status_code == 201


def test_quote_says_what_stands_in_the_way(api: APIClient, user: User, settings: Any) -> None:
    character = make_character(owner=user, ready=True)
    settings.GENERATION_PAUSED = True
    order = {"character": str(character.pk), "recipe": "studio"}
    quote = api.post("/api/v1/quotes/", order, format="json").json()
    assert quote["why_not"]["code"] == "generation_paused"


def test_job_tells_where_it_stands_and_every_pictures_way(api: APIClient, user: User) -> None:
    character = make_character(owner=user, ready=True)
    job = request_job(character, count=2)
    address = f"/api/v1/jobs/{job.pk}/"
    told = api.get(address).json()
    assert (told["ahead"], told["expected"], told["waits_for"]) == (0, None, "")
    assert told["timeline"]["claimed_at"] is None
    fair_share.pause_provider("fake", reason="Cards")
    assert api.get(address).json()["waits_for"].startswith("Paused: Cards.")
    fair_share.resume_provider("fake")
    run_jobs()
    told = api.get(address).json()
    assert (told["ahead"], told["expected"], told["waits_for"]) == (None, None, "")
    assert [(i["position"], i["status"]) for i in told["items"]] == [
        (0, "succeeded"),
        (1, "succeeded"),
    ]
    passed = ("queued_at", "claimed_at", "submitted_at", "made_at", "delivered_at")
    times = [told["timeline"][name] for name in passed]
    assert None not in times
    assert times == sorted(times)
    assert told["timeline"]["first_progress_at"] is None
    assert "items" not in api.get("/api/v1/jobs/").json()["results"][0]


def test_job_answers_304_until_something_changes(api: APIClient, user: User) -> None:
    job = request_job(make_character(owner=user, ready=True))
    address = f"/api/v1/jobs/{job.pk}/"
    first = api.get(address)
    again = api.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    run_jobs()
    changed = api.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (changed.status_code, changed.json()["status"]) == (200, "succeeded")
    other = sign_in(make_user())
    assert other.get(address, HTTP_IF_NONE_MATCH=changed["ETag"]).status_code == 404


def test_job_for_anothers_character_is_refused(api: APIClient, stranger: User) -> None:
    theirs = make_character(owner=stranger, ready=True)
    body = {"character": str(theirs.pk), "recipe": "studio", "request_key": "k"}
    answer = api.post("/api/v1/jobs/", body, format="json")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "character")


def test_job_beyond_balance_says_what_is_missing(api: APIClient, user: User) -> None:
    character = make_character(owner=user, ready=True)
    body = {"character": str(character.pk), "recipe": "studio", "options": {"count": 10}}
    api.post("/api/v1/jobs/", {**body, "request_key": "a"}, format="json")
    answer = api.post("/api/v1/jobs/", {**body, "request_key": "b"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (402, "insufficient_credits")
    assert get_account(user).balance == 100


def test_cancel_is_repeatable_and_refunds(api: APIClient, user: User) -> None:
    job = request_job(make_character(owner=user, ready=True), count=3)
    for _ in range(2):
        answer = api.post(f"/api/v1/jobs/{job.pk}/cancel/")
        assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
    assert get_account(user).balance == 500


def test_deleted_image_goes_to_the_bin_and_comes_back(api: APIClient, user: User) -> None:
    image = make_image(character=make_character(owner=user))
    assert api.delete(f"/api/v1/images/{image.pk}/").status_code == 204
    assert api.get("/api/v1/images/").json()["results"] == []
    binned = api.get("/api/v1/images/?is_binned=true").json()["results"]
    assert [i["id"] for i in binned] == [str(image.pk)]
    assert api.post(f"/api/v1/images/{image.pk}/restore/").json()["binned_at"] is None


def test_image_takes_caption_and_favourite_and_nothing_else(api: APIClient, user: User) -> None:
    image = make_image(character=make_character(owner=user))
    body = {"caption": "By the sea", "is_favourite": True, "width_px": 1}
    api.patch(f"/api/v1/images/{image.pk}/", body, format="json")
    image = Image.objects.get(pk=image.pk)
    assert (image.caption, image.is_favourite, image.width_px) == ("By the sea", True, 64)


def test_events_continue_after_the_last_one_seen(api: APIClient, user: User) -> None:
    request_job(make_character(owner=user, ready=True))
    first, *rest = api.get("/api/v1/events/").json()["results"]
    assert api.get(f"/api/v1/events/?after={first['id']}").json()["results"] == rest
    assert api.get("/api/v1/events/?after=x").json()["error"]["field"] == "after"


def test_token_of_an_ended_epoch_is_refused(api: APIClient, user: User) -> None:
    from accounts import services

    services.end_all_sessions(user=user)
    assert api.get("/api/v1/me/").status_code == 401


def test_session_cookie_alone_opens_no_api(user: User, client_of: Any) -> None:
    client: Client = client_of(user)
    assert client.get("/api/v1/me/").status_code == 401


def test_schema_and_docs_are_served_from_here(client: Client) -> None:
    schema = client.get("/api/v1/schema/")
    docs = client.get("/api/v1/docs/")
    assert schema.status_code == 200
    assert b"/api/v1/jobs/{id}/cancel/" in schema.content
    assert docs.status_code == 200
    assert b"//cdn" not in docs.content


def test_schema_is_complete(capsys: Any) -> None:
    from django.core.management import call_command

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


def test_stranger_sees_nothing(stranger: User, user: User) -> None:
    make_image(character=make_character(owner=user))
    request_job(make_character(owner=user, ready=True))
    api = sign_in(stranger)
    for path in ("characters", "images", "jobs", "events"):
        assert api.get(f"/api/v1/{path}/").json()["results"] == []


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"name": "\\ud800"}', '{"name": "a\\u0000b"}', '{"\\ud800": 1}']
)
def test_json_that_is_no_text_is_refused(api: APIClient, body: str) -> None:
    answer = api.post("/api/v1/characters/", body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("position", ["abc", "\x00", "9" * 40])
@pytest.mark.parametrize("path", ["characters", "images", "jobs", "credits/entries"])
def test_made_up_cursor_is_no_page(api: APIClient, path: str, position: str) -> None:
    from base64 import b64encode
    from urllib.parse import urlencode

    cursor = b64encode(urlencode({"p": position}).encode()).decode()
    answer = api.get(f"/api/v1/{path}/", {"cursor": cursor})
    assert answer.status_code == 404


def test_repeat_of_a_request_answers_with_its_job_and_says_it_is_none_of_its_own(
    api: APIClient, user: User
) -> None:
    character = make_character(owner=user, ready=True)
    body = {"character": str(character.pk), "recipe": "studio", "options": {}, "request_key": "k"}
    first, again = (api.post("/api/v1/jobs/", body, format="json") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


@pytest.mark.parametrize("address", ["/api/v1/nothing/", "/api/v1/", "/api/nowhere"])
def test_api_address_that_is_none_is_refused_in_json(address: str) -> None:
    answer = APIClient().get(address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_api_that_crashes_says_so_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr("accounts.api.TokenView.post", crash)
    client = APIClient(raise_request_exception=False)
    answer = client.post("/api/v1/token/", {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "error")
    assert "lost" not in answer.content.decode()
