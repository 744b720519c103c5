from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode
from PIL import Image

from accounts.models import User
from characters.catalogue import get_catalogue
from characters.config import CHOICE_FIELDS, CharacterConfig
from characters.pictures import SHOWN_FIELDS
from generation import preview
from generation.providers.illustrator.compose import paint
from generation.providers.illustrator.options import HEIGHT_PX, WIDTH_PX, webp
from ryla.lib.cache import RecentBytes, SlottedCache
from tests.builders import make_character

SignIn = Callable[[User], Client]
SVG = "{http://www.w3.org/2000/svg}svg"
# The illustrator's own tests draw every slug; here the doors to it are walked.
PICTURED_LOOK = [(field, get_catalogue()[field].options[-1].slug) for field in CHOICE_FIELDS]
PICTURED_STUDIO = [
    ("scene", "cafe"),
    ("environment", "beach"),
    ("lighting", "neon"),
    ("pose", "waving"),
    ("framing", "close_up"),
    ("expression", "laugh"),
]


def drawing(client: Client, url: str) -> ElementTree.Element:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content[:200]
    assert answer.headers["Content-Type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == SVG
    return root


def photograph(client: Client, url: str) -> bytes:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content[:200]
    assert answer.headers["Content-Type"] == "image/webp"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    with Image.open(BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (WIDTH_PX, HEIGHT_PX))
    assert len(answer.content) < 12_000
    again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    return answer.content


def test_preview_is_public_safe_and_remembered_by_browsers(client: Client) -> None:
    answer = client.get(reverse("generation:preview"))
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "public" in answer.headers["Cache-Control"]
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    again = client.get(
        reverse("generation:preview"), headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_preview_follows_the_look_and_the_person(client: Client) -> None:
    url = reverse("generation:preview")
    queries = ("", "?hair_style=bun", "?hair_colour=%23d946a0", "?seed=a", "?seed=b")
    assert len({client.get(url + query).content for query in queries}) == 5


def test_preview_takes_the_designers_whole_form(client: Client) -> None:
    url = reverse("generation:preview")
    form = {
        "hair_colour": "custom",
        "hair_colour_custom": "#d946a0",
        "personality": ["bold", "shy"],
        "name": "Mara",
        "handle": "mara",
        "bio": "é" * 500,
    }
    whole = client.get(f"{url}?{urlencode(form, doseq=True)}")
    assert whole.status_code == 200
    assert (
        whole.content
        == client.get(f"{url}?hair_colour=%23d946a0&personality=bold&personality=shy").content
    )


@pytest.mark.parametrize(
    "query",
    [
        "hair_style=mohawk",
        "hair_colour=%23zzz",
        "hair_colour=custom",
        "hair_colour=%22%3E%3Cscript%3E",
        "age_range=12-17",
        "personality=bold&personality=shy&personality=sweet&personality=edgy",
        "name=" + "x" * preview.QUERY_MAX,
    ],
)
def test_preview_of_nonsense_is_refused_in_plain_text(client: Client, query: str) -> None:
    answer = client.get(f"{reverse('generation:preview')}?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_preview_seed_cannot_write_into_the_drawing(client: Client) -> None:
    answer = client.get(reverse("generation:preview"), {"seed": '"/><script>alert(1)</script>'})
    assert b"<script" not in answer.content
    ElementTree.fromstring(answer.content)


@pytest.mark.parametrize(("field", "slug"), PICTURED_LOOK)
def test_preview_option_is_drawn(client: Client, field: str, slug: str) -> None:
    photograph(client, reverse("generation:preview_option", args=[field, slug]))


@pytest.mark.parametrize(("field", "slug"), PICTURED_STUDIO)
def test_preview_studio_is_drawn(client: Client, field: str, slug: str) -> None:
    photograph(client, reverse("generation:preview_studio", args=[field, slug]))


def test_preview_option_of_the_path_wins_over_the_query(client: Client) -> None:
    url = reverse("generation:preview_option", args=["hair_style", "bun"])
    assert client.get(url).content == client.get(url + "?hair_style=long").content
    assert client.get(url).content != client.get(url + "?skin_tone=dark").content


OTHER = CharacterConfig(
    presentation="male",
    ethnicity="black",
    age_range="66-80",
    skin_tone="dark",
    face_shape="square",
    hair_style="bun",
    hair_colour="white",
    body_type="plus_size",
).to_json()


@pytest.mark.parametrize(
    ("field", "name"),
    [(field, name) for field, names in SHOWN_FIELDS.items() for name in names],
)
def test_preview_option_shows_every_field_it_is_said_to_show(
    client: Client, field: str, name: str
) -> None:
    url = reverse("generation:preview_option", args=[field, get_catalogue()[field].options[1].slug])
    assert client.get(url).content != client.get(url, {name: OTHER[name]}).content


@pytest.mark.parametrize("field", CHOICE_FIELDS)
def test_preview_option_passes_over_what_it_does_not_show(
    client: Client, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One picture for everybody: no seed, no glasses on the pictures of hair."""
    url = reverse("generation:preview_option", args=[field, get_catalogue()[field].options[0].slug])
    first = client.get(url).content
    _forbid_drawing(monkeypatch)
    unseen = {n: v for n, v in OTHER.items() if n in CHOICE_FIELDS and n not in SHOWN_FIELDS[field]}
    answer = client.get(url, {**unseen, "seed": "somebody", "name": "Mara"})
    assert answer.content == first


def test_preview_option_is_kept_in_the_shared_cache(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = reverse("generation:preview_option", args=["scars", "brow"]) + "?skin_tone=dark"
    scene = reverse("generation:preview_studio", args=["scene", "cafe"])
    _forget_in_process()
    drawn = [client.get(url).content, client.get(scene).content]
    _forget_in_process()
    _forbid_drawing(monkeypatch)
    assert [client.get(url).content, client.get(scene).content] == drawn


def test_preview_of_another_version_of_the_illustrator_is_drawn_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = reverse("generation:preview_option", args=["scars", "brow"])
    _forget_in_process()
    client.get(url)
    _forget_in_process()
    monkeypatch.setattr(preview, "_engine", lambda: "another")
    monkeypatch.setattr(preview, "as_webp", lambda svg: b"drawn anew")
    try:
        assert client.get(url).content == b"drawn anew"
    finally:
        _forget_in_process()


def test_preview_with_a_colour_of_ones_own_is_not_kept_for_others(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise AssertionError("kept")

    _forget_in_process()
    monkeypatch.setattr(cache, "set", refuse)
    url = reverse("generation:preview_option", args=["hair_style", "bun"])
    assert client.get(url, {"hair_colour": "#0f1e2d"}).status_code == 200


def test_preview_fills_the_shared_cache_up_to_its_bound_and_no_further(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lives beside the queue, in a Redis that evicts nothing."""
    bounded = SlottedCache("picture", slots=3, max_bytes=16 * 2**10, keep_s=60)
    monkeypatch.setattr(preview, "_SHARED", bounded)
    monkeypatch.setattr(preview, "as_webp", lambda svg: b"small")
    _forget_in_process()
    for option in get_catalogue()["hair_style"].options:
        url = reverse("generation:preview_option", args=["hair_style", option.slug])
        assert client.get(url).status_code == 200
    try:
        assert len(_kept_keys()) == 3
    finally:
        _forget_in_process()


def test_shared_cache_of_pictures_takes_no_large_ones_and_mixes_none_up() -> None:
    one_place = SlottedCache("test", slots=1, max_bytes=4, keep_s=60)
    one_place.put("a", b"aaaa")
    one_place.put("b", b"too large")
    assert (one_place.get("a"), one_place.get("b")) == (b"aaaa", None)
    one_place.put("b", b"bb")
    assert (one_place.get("a"), one_place.get("b")) == (None, b"bb")


def test_recent_bytes_forgets_what_was_used_longest_ago() -> None:
    recent = RecentBytes(10)
    recent.put("a", b"1234")
    recent.put("b", b"1234")
    recent.put("a", b"12345")
    recent.get("b")
    recent.put("c", b"123")
    assert [recent.get(key) for key in "abc"] == [None, b"1234", b"123"]
    recent.put("d", b"larger than all")
    assert [recent.get(key) for key in "bcd"] == [None] * 3


def test_preview_that_the_browser_has_is_not_drawn_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = reverse("generation:preview_option", args=["scars", "brow"])
    etag = client.get(url).headers["ETag"]
    _forget_in_process()
    cache.clear()
    _forbid_drawing(monkeypatch)
    again = client.get(url, headers={"If-None-Match": f"W/{etag}"})
    assert again.status_code == 304
    assert "max-age=86400" in again.headers["Cache-Control"]
    assert "immutable" in again.headers["Cache-Control"]


def test_preview_of_one_network_is_limited_and_says_until_when(
    client: Client, settings: Any
) -> None:
    settings.PREVIEWS_PER_MINUTE = 2
    _forget_in_process()
    url = reverse("generation:preview")
    home = {"REMOTE_ADDR": "2001:db8:0:1::1"}
    answers = [client.get(url, {"seed": f"limit-{n}"}, **home) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].headers["Content-Type"].startswith("text/plain")
    assert "public" not in answers[2].headers.get("Cache-Control", "")
    # What is drawn already costs nothing; the same /64 is the same household; others are not.
    assert client.get(url, {"seed": "limit-0"}, **home).status_code == 200
    beside = {"REMOTE_ADDR": "2001:db8:0:1:ffff::2"}
    assert client.get(url, {"seed": "limit-4"}, **beside).status_code == 429
    elsewhere = {"REMOTE_ADDR": "2001:db8:0:2::1"}
    assert client.get(url, {"seed": "limit-4"}, **elsewhere).status_code == 200


@pytest.mark.django_db
def test_studio_preview_is_limited_by_person(
    user: User, stranger: User, client_of: SignIn, settings: Any
) -> None:
    settings.PREVIEWS_PER_MINUTE = 1
    _forget_in_process()

    def draw(owner: User, scene: str) -> int:
        character = make_character(owner=owner, ready=True)
        url = reverse("generation:studio_preview", args=[character.pk])
        return client_of(owner).get(url, {"scene": scene}).status_code

    assert [draw(user, scene) for scene in ("cafe", "gym")] == [200, 429]
    assert draw(stranger, "bookstore") == 200


@pytest.mark.django_db
def test_studio_preview_is_drawn_once_for_one_setting(
    user: User, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = reverse("generation:studio_preview", args=[make_character(owner=user, ready=True).pk])
    browser = client_of(user)
    first = browser.get(url, {"scene": "cafe"})

    def refuse(*args: Any) -> str:
        raise AssertionError("drawn again")

    monkeypatch.setattr(preview, "paint", refuse)
    assert browser.get(url, {"scene": "cafe"}).content == first.content
    known = {"If-None-Match": first.headers["ETag"]}
    again = browser.get(url, {"scene": "cafe"}, headers=known)
    assert (again.status_code, again.headers["Cache-Control"]) == (
        304,
        first.headers["Cache-Control"],
    )


def _kept_keys() -> list[bytes]:
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return list(client.scan_iter("*:picture:*"))


def _forbid_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> str:
        raise AssertionError("drawn again")

    monkeypatch.setattr(preview, "option_picture", refuse)
    monkeypatch.setattr(preview, "studio_picture", refuse)


def _forget_in_process() -> None:
    preview._OPTIONS.clear()
    preview._DRAWINGS.clear()


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("preview_option", ["hair_style", "mohawk"]),
        ("preview_option", ["bio", "anything"]),
        ("preview_option", ["seed", "x"]),
        ("preview_studio", ["scene", "moon"]),
        ("preview_studio", ["quality", "high"]),
        ("preview_sample", [0]),
        ("preview_sample", [7]),
    ],
)
def test_preview_of_what_is_not_in_the_catalogue_is_not_found(
    client: Client, name: str, args: list[Any]
) -> None:
    assert client.get(reverse(f"generation:{name}", args=args)).status_code == 404


def test_preview_samples_are_six_different_pictures(client: Client) -> None:
    urls = [reverse("generation:preview_sample_small", args=[n]) for n in range(1, 7)]
    answers = [client.get(url) for url in urls]
    assert {answer["Content-Type"] for answer in answers} == {"image/webp"}
    assert len({answer.content for answer in answers}) == 6


def test_preview_sample_comes_in_two_sizes(client: Client) -> None:
    def size(name: str) -> tuple[int, int]:
        answer = client.get(reverse(f"generation:{name}", args=[2]))
        return Image.open(BytesIO(answer.content)).size

    assert size("preview_sample") == (768, 1024)
    assert size("preview_sample_small") == (480, 640)


@pytest.mark.django_db
def test_studio_preview_is_the_picture_a_request_would_deliver(
    user: User, client_of: SignIn
) -> None:
    from generation.recipes import RECIPES
    from generation.services import default_capabilities

    character = make_character(owner=user, ready=True)
    chosen = {"scene": "cafe", "pose": "waving", "format": "16:9", "seed": "7"}
    url = reverse("generation:studio_preview", args=[character.pk])
    answer = client_of(user).get(url, {**chosen, "count": "4", "request_key": "k"})
    studio = RECIPES["studio"]
    parsed = studio.parse(chosen, default_capabilities())
    can = default_capabilities()
    request = studio.requests(character, parsed, None, can)[0]  # type: ignore[arg-type]
    small = paint(replace(request, width_px=720, height_px=405))
    assert answer["Content-Type"] == "image/webp"
    assert answer.content == webp(small)
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["scene=moon", "sceen=cafe", "format=5:4", "prompt=hello"])
def test_studio_preview_of_nonsense_is_refused(user: User, client_of: SignIn, query: str) -> None:
    character = make_character(owner=user, ready=True)
    url = reverse("generation:studio_preview", args=[character.pk])
    assert client_of(user).get(f"{url}?{query}").status_code == 400


@pytest.mark.django_db
def test_studio_preview_is_closed_to_strangers_and_before_a_face(
    user: User, stranger: User, client_of: SignIn
) -> None:
    ready, draft = make_character(owner=user, ready=True), make_character(owner=user)
    url = reverse("generation:studio_preview", args=[ready.pk])
    assert client_of(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert (
        client_of(user).get(reverse("generation:studio_preview", args=[draft.pk])).status_code
        == 404
    )


def test_samples_are_valid_looks() -> None:
    for request in preview.SAMPLES.values():
        look = {name: value for name, value in request.look.items() if name != "seed"}
        assert CharacterConfig.parse(look).to_json() == look
