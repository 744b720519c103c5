from __future__ import annotations

from collections.abc import Callable
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
from generation.providers.illustrator.compose import draw_picture
from generation.providers.illustrator.options import HEIGHT_PX, WIDTH_PX
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


def _forbid_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> str:
        raise AssertionError("drawn again")

    monkeypatch.setattr(preview, "option_picture", refuse)
    monkeypatch.setattr(preview, "studio_picture", refuse)


def _forget_in_process() -> None:
    preview._option.cache_clear()
    preview._studio.cache_clear()


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
    urls = [reverse("generation:preview_sample", args=[n]) for n in range(1, 7)]
    assert len({ElementTree.tostring(drawing(client, url)) for url in urls}) == 6


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
    request = studio.requests(character, parsed, None)[0]  # type: ignore[arg-type]
    assert answer.content.decode() == draw_picture(request)
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
