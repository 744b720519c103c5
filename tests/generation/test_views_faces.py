from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.services import get_account
from characters.models import Character, Image
from characters.services import bin_images, update_character
from generation.models import GenerationJob
from tests.builders import make_character, make_image, make_user, run_jobs

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fake_provider(settings: Any) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"


def faces_url(character: Character) -> str:
    return reverse("generation:faces", args=[character.pk])


def choose_url(character: Character) -> str:
    return reverse("generation:choose_face", args=[character.pk])


def request_key(html: str) -> str:
    found = re.search(r'name="request_key" value="([^"]+)"', html)
    assert found
    return found.group(1)


def dead_buttons(html: str) -> list[str]:
    found = r'<button[^>]* disabled[^>]*>.*?<span class="btn__label">([^<]+)</span></button>'
    return re.findall(found, html, re.DOTALL)


def draw(client: Client, character: Character) -> None:
    page = client.get(faces_url(character)).content.decode()
    client.post(faces_url(character), {"request_key": request_key(page)})


def test_faces_first_draw_is_offered_free_with_the_reason(user: User, client_of: SignIn) -> None:
    page = client_of(user).get(faces_url(make_character(owner=user)))
    assert page.status_code == 200
    html = page.content.decode()
    assert "Draw three faces" in html
    assert "The first draw of your first three characters is free." in html
    assert f'src="{reverse("generation:preview")}?presentation=female' in html
    assert page.headers["Cache-Control"].endswith("private")


def test_faces_page_sent_twice_draws_once(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user)
    key = request_key(client.get(faces_url(character)).content.decode())
    for _ in range(2):
        answer = client.post(faces_url(character), {"request_key": key})
        assert (answer.status_code, answer["Location"]) == (302, faces_url(character))
    assert GenerationJob.objects.get().recipe == "base_faces"


def test_faces_under_way_show_real_progress_and_refresh(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user)
    draw(client, character)
    html = client.get(faces_url(character)).content.decode()
    assert '<span class="progress__detail">0 of 3</span>' in html
    assert html.count('class="skeleton"') == 3
    assert f'data-refresh="{reverse("generation:faces_fragment", args=[character.pk])}"' in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "Draw three faces" not in html


def test_faces_drawn_can_be_chosen_and_stop_refreshing(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, name="Mara")
    draw(client, character)
    run_jobs()
    url = reverse("generation:faces_fragment", args=[character.pk])
    html = client.get(url).content.decode()
    assert html.count('type="radio" name="image"') == 3
    assert html.count("This is Mara") == 3
    assert "data-refresh=" not in html
    assert "Draw three more" in html
    assert "80</span> credits" in html


def test_faces_of_the_illustrator_are_three_different_drawings(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "illustrator"
    client, character = client_of(user), make_character(owner=user)
    draw(client, character)
    run_jobs()
    drawn = Image.objects.filter(character=character)
    assert len({image.sha256 for image in drawn}) == 3
    assert {(image.width_px, image.height_px) for image in drawn} == {(1024, 1280)}
    assert client.get(faces_url(character)).content.decode().count('name="image"') == 3


def test_choose_face_makes_the_character_ready(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user)
    draw(client, character)
    run_jobs()
    face = Image.objects.filter(character=character)[1]
    answer = client.post(choose_url(character), {"image": str(face.pk)})
    character.refresh_from_db()
    assert answer["Location"] == reverse("characters:detail", args=[character.pk])
    assert (character.status, character.base_face_id) == ("ready", face.pk)
    assert character.seed == face.settings["look_seed"]


def test_choose_face_without_a_name_asks_for_one_and_keeps_it(
    user: User, client_of: SignIn
) -> None:
    client, character = client_of(user), make_character(owner=user, name="")
    draw(client, character)
    run_jobs()
    html = client.get(faces_url(character)).content.decode()
    suggestion = re.search(r'name="name" value="([^"]+)"', html)
    assert suggestion
    face = Image.objects.filter(character=character).first()
    assert face
    refused = client.post(choose_url(character), {"image": str(face.pk), "name": ""})
    assert "Give the character a name first." in refused.content.decode()
    client.post(choose_url(character), {"image": str(face.pk), "name": " Noor  Vale "})
    character.refresh_from_db()
    assert (character.name, character.status) == ("Noor Vale", "ready")


def test_choose_face_of_another_character_is_refused(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user)
    other = make_image(character=make_character(owner=user), kind="base_face")
    answer = client_of(user).post(choose_url(character), {"image": str(other.pk)})
    character.refresh_from_db()
    assert "Choose one of the faces." in answer.content.decode()
    assert character.base_face_id is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Choose one of the faces."), ({"image": "nonsense"}, "is not a valid UUID.")],
)
def test_choose_face_without_a_choice_says_so(
    user: User, client_of: SignIn, sent: dict[str, str], said: str
) -> None:
    answer = client_of(user).post(choose_url(make_character(owner=user)), sent)
    assert said in answer.content.decode()


def test_faces_of_an_older_look_are_not_offered(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user)
    draw(client, character)
    run_jobs()
    face = Image.objects.filter(character=character).first()
    assert face
    update_character(character=character, config={"eye_colour": "green"})
    html = client.get(faces_url(character)).content.decode()
    assert 'name="image"' not in html
    assert "The look changed since the faces were drawn." in html
    refused = client.post(choose_url(character), {"image": str(face.pk)})
    assert "The look changed since this face was drawn" in refused.content.decode()


def test_faces_in_the_bin_are_not_offered(user: User, client_of: SignIn) -> None:
    character = make_character(owner=user)
    kept, binned = (make_image(character=character, kind="base_face") for _ in range(2))
    bin_images(owner=user, images=[binned])
    html = client_of(user).get(faces_url(character)).content.decode()
    assert (str(kept.pk) in html, str(binned.pk) in html) == (True, False)


def test_faces_that_failed_say_why_and_can_be_drawn_again(
    user: User, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generation.providers.base import ProviderError
    from generation.providers.fake import FakeProvider

    def refuse(self: FakeProvider, request: Any) -> None:
        raise ProviderError("The provider is closed today.", is_transient=False)

    client, character = client_of(user), make_character(owner=user)
    monkeypatch.setattr(FakeProvider, "submit", refuse)
    draw(client, character)
    run_jobs()
    html = client.get(faces_url(character)).content.decode()
    assert "The provider is closed today." in html
    assert "Draw three faces" in html
    assert "The first draw of your first three characters is free." in html


def test_faces_without_enough_credits_cannot_be_drawn(user: User, client_of: SignIn) -> None:
    from billing import ledger

    client, character = client_of(user), make_character(owner=user)
    draw(client, character)
    run_jobs()
    ledger.charge(get_account(user), 450, key="test:spent")
    html = client.get(faces_url(character)).content.decode()
    assert "You have 50 credits, this takes 80." in html
    assert re.search(r"<button[^>]*aria-describedby=\"faces-short\"", html)
    key = request_key(html)
    answer = client.post(faces_url(character), {"request_key": key}, follow=True)
    assert "This costs 80 credits and you have 50. Nothing was charged." in answer.content.decode()


def test_faces_before_the_address_is_confirmed_say_so_and_mail_the_link_from_there(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.GENERATION_REQUIRES_VERIFIED_EMAIL = True
    newcomer = make_user("newcomer@example.com", email_verified_at=None)
    client, character = client_of(newcomer), make_character(owner=newcomer)
    html = client.get(faces_url(character)).content.decode()
    assert "Confirm your e-mail address first: we sent you a link." in html
    assert dead_buttons(html) == ["Draw three faces"]
    assert re.search(r'<button[^>]*form="faces-resend"', html)
    form = re.search(r'<form id="faces-resend"[^>]*action="([^"]+)".*?</form>', html, re.DOTALL)
    assert form
    back = re.search(r'name="next" value="([^"]+)"', form.group(0))
    assert back
    answer = client.post(form.group(1), {"next": back.group(1)})
    assert answer["Location"] == faces_url(character)
    assert [message.to for message in mail.outbox] == [["newcomer@example.com"]]


def test_faces_once_the_address_is_confirmed_can_be_drawn(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.GENERATION_REQUIRES_VERIFIED_EMAIL = True
    html = client_of(user).get(faces_url(make_character(owner=user))).content.decode()
    assert dead_buttons(html) == []
    assert "faces-resend" not in html
    assert html.count("data-refresh=") == 1  # the bell's


def test_faces_waiting_for_the_address_wake_up_when_it_is_confirmed(
    client_of: SignIn, settings: Any
) -> None:
    settings.GENERATION_REQUIRES_VERIFIED_EMAIL = True
    newcomer = make_user(email_verified_at=None)
    character = make_character(owner=newcomer)
    html = client_of(newcomer).get(faces_url(character)).content.decode()
    fragment = reverse("generation:faces_fragment", args=[character.pk])
    assert f'data-refresh="{fragment}" data-refresh-on="accounts.email"' in html


def test_faces_while_paused_say_so_before_the_button(
    user: User, client_of: SignIn, settings: Any
) -> None:
    settings.GENERATION_PAUSED = True
    html = client_of(user).get(faces_url(make_character(owner=user))).content.decode()
    assert "New pictures are paused for maintenance." in html
    assert dead_buttons(html) == ["Draw three faces"]


def test_faces_of_a_ready_character_lead_to_it(user: User, client_of: SignIn) -> None:
    client, character = client_of(user), make_character(owner=user, ready=True)
    answer = client.get(faces_url(character))
    assert answer["Location"] == reverse("characters:detail", args=[character.pk])
    fragment = client.get(reverse("generation:faces_fragment", args=[character.pk]))
    assert fragment.status_code == 410


def test_faces_are_closed_to_strangers(user: User, stranger: User, client_of: SignIn) -> None:
    character = make_character(owner=user)
    face = make_image(character=character, kind="base_face")
    client = client_of(stranger)
    assert client.get(faces_url(character)).status_code == 404
    assert client.post(faces_url(character), {"request_key": "k"}).status_code == 404
    assert client.post(choose_url(character), {"image": str(face.pk)}).status_code == 404
    assert not GenerationJob.objects.exists()
