"""No dead control: whatever stands on a page that asks for something changes what is asked.

The controls are read from the page itself, as a browser would send them; each in turn is set to
something else, and what was stored has to be something else as well. A control that is new on one
of these pages is tested from its first day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from justhtml import JustHTML

from accounts.models import User
from characters.models import Character, Image
from generation.models import GenerationJob
from tests.builders import (
    give_credits,
    make_character,
    make_image,
    request_job,
    run_jobs,
    subscribe,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
# What the page sends along by itself: nobody sees it, so nobody can change it.
_HIDDEN = {"csrfmiddlewaretoken", "request_key", "quote", "credits"}
_FORM_OF = {"studio": "#studio-form", "studio_grid": "#grid-form"}
_TYPED = {"number": "7", "search": "mara"}


@dataclass
class Control:
    """`values` are all it can send; of a checkbox the one that it sends or does not."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)

    def others(self) -> list[str]:
        """To something else, in the values to send."""
        if self.kind == "checkbox":
            free = [value for value in self.values if value not in self.chosen]
            return [*self.chosen, free[0]] if free else self.chosen[:-1]
        if self.kind in ("radio", "select"):
            return [next(value for value in self.values if value not in self.chosen)]
        return [_TYPED.get(self.kind, "Something else")]

    @property
    def can_change(self) -> bool:
        return self.kind not in ("radio", "select") or len(set(self.values)) > 1


def controls_of(html: str, form: str) -> dict[str, Control]:
    """Of the form that a CSS selector names, by name."""
    found: dict[str, Control] = {}
    root = JustHTML(html, sanitize=False).query(form)[0]
    for element in root.query("input, select, textarea"):
        name = element.attrs.get("name")
        kind = element.attrs.get("type") or element.name
        if not name or name in _HIDDEN or kind in ("hidden", "submit", "file"):
            continue
        control = found.setdefault(name, Control(name, kind))
        for value, is_chosen in _values(element, kind):
            control.values.append(value)
            if is_chosen:
                control.chosen.append(value)
    return found


def _values(element: Any, kind: str) -> Iterator[tuple[str, bool]]:
    if kind == "select":
        options = element.query("option")
        said = [option for option in options if "selected" in option.attrs] or options[:1]
        for option in options:
            yield option.attrs.get("value") or "", option in said
    elif kind == "textarea":
        yield element.to_text(), True
    else:
        is_box = kind in ("checkbox", "radio")
        value = element.attrs.get("value")
        value = ("on" if is_box else "") if value is None else value
        yield value, "checked" in element.attrs or not is_box


def hidden_of(html: str, form: str) -> dict[str, str]:
    root = JustHTML(html, sanitize=False).query(form)[0]
    boxes = root.query("input[type=hidden]")
    return {box.attrs["name"]: box.attrs.get("value") or "" for box in boxes}


def body_of(controls: dict[str, Control]) -> dict[str, list[str]]:
    return {name: control.chosen for name, control in controls.items()}


# --- Pages that ask for pictures -----------------------------------------------------------------


@pytest.fixture
def character(user: User) -> Character:
    subscribe(user, "studio")
    give_credits(user, 1_000_000)
    character = make_character(owner=user, ready=True)
    for _ in range(2):
        make_image(character=character)
    return character


def _asked(browser: Client, address: str, form: str) -> tuple[list[str], list[str]]:
    """The controls there are, and those that change nothing."""
    html = browser.get(address).content.decode()
    controls = controls_of(html, form)
    keys = count()

    def stored(body: dict[str, list[str]]) -> dict[str, Any]:
        sent = {**hidden_of(html, form), **body, "request_key": f"key-{next(keys)}"}
        sent.pop("quote", None)  # is that of the page as it came
        answer = browser.post(address, sent)
        assert answer.status_code == 302, answer.context["form"].errors
        job = GenerationJob.objects.order_by("-pk")[0]
        return {"recipe": job.recipe, **job.options}

    before = stored(body_of(controls))
    dead = [
        name
        for name, control in controls.items()
        if control.can_change and stored({**body_of(controls), name: control.others()}) == before
    ]
    return sorted(controls), dead


@pytest.mark.parametrize("provider", ["illustrator", "fake"])
@pytest.mark.parametrize("page", _FORM_OF)
def test_every_control_of_the_studio_changes_the_request(
    character: Character, client_of: SignIn, settings: Any, page: str, provider: str
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = provider
    settings.GENERATION_PAUSED = False
    address = reverse(f"generation:{page}", args=[character.pk])
    names, dead = _asked(client_of(character.owner), address, _FORM_OF[page])
    assert dead == []
    scene = {"scene"} if page == "studio" else {"scenes", "outfits"}
    assert scene | {"pose", "expression", "framing", "format"} <= set(names)
    assert ("prompt" in names) == (provider == "fake")


def test_every_control_of_a_change_changes_the_request(
    character: Character, client_of: SignIn, settings: Any
) -> None:
    settings.DEFAULT_IMAGE_PROVIDER = "fake"
    job = request_job(character, scene="rooftop")
    run_jobs()
    image = Image.objects.get(job_id=job.pk)
    browser = client_of(character.owner)
    address = reverse("generation:image_edit", args=[image.pk])
    html = browser.get(address).content.decode()
    controls = controls_of(html, "#edit-form")
    keys = count()

    def stored(**body: str) -> dict[str, Any]:
        browser.post(address, {**body, "request_key": f"key-{next(keys)}"})
        return dict(GenerationJob.objects.order_by("-pk")[0].options)

    first = {"prompt": "a hat", "left": "10", "top": "10", "width": "30", "height": "30"}
    said = set(controls) - {"brush-mode", "brush-size"}  # what the brush is like, not what is sent
    assert said == set(first)
    before = stored(**first)
    for name in first:
        assert stored(**{**first, name: "40" if name != "prompt" else "a bird"}) != before, name


@pytest.mark.parametrize("step", ["look", "style", "identity"])
def test_every_control_of_the_designer_changes_the_character(
    user: User, client_of: SignIn, step: str
) -> None:
    draft = make_character(owner=user)
    browser = client_of(user)
    address = reverse("characters:design", args=[draft.pk, step])
    html = browser.get(address).content.decode()
    form = "form.designer__form"
    controls = controls_of(html, form)
    assert len(controls) >= 3

    def stored(body: dict[str, list[str]]) -> list[Any]:
        browser.post(address, {**hidden_of(html, form), **body})
        draft.refresh_from_db()
        return [draft.config, draft.name, draft.handle]

    start = body_of(controls)
    if step == "identity":
        start |= {"name": ["Mara"], "handle": ["mara"], "bio": ["Loves rain."]}
    if "hair_colour_custom" in controls:
        controls["hair_colour_custom"].kind = "colour"  # counts with "custom" chosen: below
    before = stored(start)
    dead = []
    for name, control in controls.items():
        if name == "hair_colour_custom":
            changed = {"hair_colour": ["custom"], name: ["#123456"]}
        else:
            changed = {name: ["another-one"] if step == "identity" else control.others()}
        if control.can_change and stored({**start, **changed}) == before:
            dead.append(name)
        stored(start)
    assert dead == []


# --- Pages that ask which pictures to see --------------------------------------------------------


def test_every_filter_of_the_gallery_changes_what_is_shown(
    character: Character, client_of: SignIn
) -> None:
    """Pictures of two characters, scenes, outfits, formats; each filter leaves some away."""
    Image.objects.filter(character=character).update(
        settings={"scene": "cafe", "outfit": "casual_tee", "format": "1:1"}
    )
    other = make_character(owner=character.owner, ready=True, name="Ines", handle="ines")
    last = make_image(character=other)
    chosen = {"scene": "gym", "outfit": "evening_gown", "format": "4:5"}
    Image.objects.filter(pk=last.pk).update(
        settings=chosen, is_favourite=True, caption="Mara again"
    )
    browser = client_of(character.owner)
    address = reverse("characters:gallery")
    controls = controls_of(browser.get(address).content.decode(), "form[role=search]")
    everything = _shown(browser, {})
    days = {"since": ["2999-01-01"], "until": ["2001-01-01"]}
    dead = [
        name
        for name, control in controls.items()
        if control.can_change
        and _shown(browser, {name: days.get(name) or control.others()}) == everything
    ]
    assert dead == []
    assert {"q", "scene", "outfit", "format", "character", "since", "until"} <= set(controls)


def _shown(browser: Client, query: dict[str, list[str]]) -> set[str]:
    html = browser.get(reverse("characters:gallery"), query).content.decode()
    boxes = JustHTML(html, sanitize=False).query("input[name=image]")
    return {box.attrs["value"] for box in boxes}
