"""The questions of the designer as the pickers of the design system show them.

Every option is a picture of this look with that option; js/preview.js redraws those on which
another answer can be seen (characters/pictures.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from characters.catalogue import Field, Option, get_catalogue
from characters.config import STYLE_FIELDS, CharacterConfig
from characters.forms import OWN_COLOUR, DesignerForm
from characters.pictures import SHOWN_FIELDS, look_query, shown_query

OPTION_WIDTH_PX, OPTION_HEIGHT_PX = 160, 200

# Chips beside the pictures; the illustrator shades its own tones from the same words.
_HAIR_COLOURS = {
    "black": "#231f29",
    "brown": "#5a3825",
    "blonde": "#e2b866",
    "auburn": "#86371f",
    "red": "#c4502a",
    "gray": "#9a9aa3",
    "white": "#ece8e4",
}
_FIRST_OWN_COLOUR = "#d946a0"
# In the line of a closed group: the noun an answer needs ("Round face"); None where the
# question alone says enough ("Freckles").
_NOUNS = {
    "skin_tone": "skin",
    "face_shape": "face",
    "eye_colour": "eyes",
    "freckles": None,
    "beauty_marks": None,
    "scars": None,
    "piercings": None,
    "tattoos": None,
    "glasses": None,
}


@dataclass(frozen=True, slots=True)
class Group:
    slug: str
    label: str
    fields: tuple[str, ...]


LOOK_GROUPS = (
    Group("basics", "Basics", ("presentation", "age_range", "ethnicity", "skin_tone")),
    Group("face", "Face", ("face_shape", "eye_colour", "freckles", "beauty_marks", "scars")),
    Group("hair", "Hair", ("hair_style", "hair_colour")),
    Group("body", "Body", ("body_type",)),
    Group("details", "Details", ("piercings", "tattoos", "glasses")),
)
LOOK_ORDER = tuple(name for group in LOOK_GROUPS for name in group.fields)


@dataclass(frozen=True, slots=True)
class Screen:
    """What the pickers of one screen draw: the answers shown now, and the look behind them."""

    look: CharacterConfig
    answers: Mapping[str, Any]
    errors: Mapping[str, Iterable[str]]
    fields: tuple[str, ...]
    seed: str = ""

    @classmethod
    def of(
        cls, look: CharacterConfig, form: DesignerForm, fields: tuple[str, ...], *, seed: str
    ) -> Screen:
        """In the order of the screen, so that addresses equal those that preview.js makes."""
        answers: dict[str, Any] = {}
        for name in fields:
            answers[name] = _answer(look, form, name)
            if name == "hair_colour":
                answers |= _own_colour(answers[name], form)
        return cls(look, answers, form.errors, fields, seed)

    @property
    def rest_query(self) -> str:
        """What a picture needs beside this screen's answers."""
        return look_query(self.look, without=self.fields, seed=self.seed)

    @property
    def answers_query(self) -> str:
        return urlencode([(n, v) for n, v in self.answers.items() if v != ""], doseq=True)

    @property
    def shown(self) -> dict[str, Any]:
        """The look with this screen's answers; a colour of one's own under its one name."""
        look = self.look.to_json() | {n: v for n, v in self.answers.items() if v != ""}
        if look["hair_colour"] == OWN_COLOUR:
            look["hair_colour"] = look["hair_colour_custom"]
        return look

    def preview_base(self) -> str:
        return f"{reverse('generation:preview')}?{self.rest_query}"

    def preview(self) -> str:
        return f"{self.preview_base()}&{self.answers_query}"


def look_groups(screen: Screen) -> list[dict[str, Any]]:
    """The collapsible groups of the first screen; open are the first and any with an error."""
    return [
        {
            "slug": group.slug,
            "label": group.label,
            "summary": _summary(screen, group),
            "is_open": n == 0 or any(screen.errors.get(name) for name in group.fields),
            "pickers": [picker(screen, name) for name in group.fields],
        }
        for n, group in enumerate(LOOK_GROUPS)
    ]


def style_pickers(screen: Screen) -> dict[str, dict[str, Any]]:
    return {name: picker(screen, name) for name in STYLE_FIELDS}


def picker(screen: Screen, name: str) -> dict[str, Any]:
    """The variables of components/option_picker.html, or of swatch_picker for hair colour."""
    field = _field(screen, name)
    base = {"name": name, "legend": field.label, "errors": screen.errors.get(name)}
    if name == "hair_colour":
        return {**base, "is_swatch": True, **_swatches(screen, field)}
    if len(field.groups) > 1:
        groups = [
            {"label": label, "options": [_option(screen, field, o) for o in members]}
            for label, members in field.groups.items()
        ]
        return {**base, "groups": groups}
    return {**base, "options": [_option(screen, field, o) for o in field.options]}


def _option(screen: Screen, field: Field, option: Option) -> dict[str, Any]:
    chosen = screen.answers[field.slug]
    card = {
        "value": option.slug,
        "label": option.label,
        "checked": option.slug in chosen if isinstance(chosen, list) else option.slug == chosen,
    }
    return {**card, **_picture(screen, field, option)}


def _picture(screen: Screen, field: Field, option: Option) -> dict[str, Any]:
    address = reverse("generation:preview_option", args=[field.slug, option.slug])
    shown = SHOWN_FIELDS[field.slug]
    card = {
        "image": _address(address, shown_query(field.slug, screen.shown)),
        "width": OPTION_WIDTH_PX,
        "height": OPTION_HEIGHT_PX,
    }
    asked = [name for name in shown if name in screen.fields]
    if not asked:  # nothing on this screen can change it
        return card
    fixed = {name: value for name, value in screen.shown.items() if name not in screen.fields}
    rest = shown_query(field.slug, fixed)
    template = _address(address, f"{rest}&{{look}}" if rest else "{look}")
    return {**card, "src_template": template, "src_fields": " ".join(asked)}


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _swatches(screen: Screen, field: Field) -> dict[str, Any]:
    colour = screen.answers["hair_colour"]
    return {
        "options": [
            {
                "value": option.slug,
                "label": option.label,
                "color": _HAIR_COLOURS[option.slug],
                "checked": option.slug == colour,
            }
            for option in field.options
        ],
        "custom_name": "hair_colour_custom",
        "custom_value": screen.answers["hair_colour_custom"],
        "custom_checked": colour == OWN_COLOUR,
    }


def _answer(look: CharacterConfig, form: DesignerForm, name: str) -> Any:
    if form.is_bound and name in form.fields:
        return form[name].value() or ""
    value = getattr(look, name)
    return list(value) if isinstance(value, tuple) else value


def _own_colour(colour: str, form: DesignerForm) -> dict[str, str]:
    """A colour of one's own is two answers on screen: the chip, and the colour it has."""
    if colour.startswith("#"):
        return {"hair_colour": OWN_COLOUR, "hair_colour_custom": colour}
    typed = form["hair_colour_custom"].value() if form.is_bound else ""
    return {"hair_colour_custom": typed or _FIRST_OWN_COLOUR}


def _summary(screen: Screen, group: Group) -> str:
    """The answers of a closed group, without what there is none of."""
    given = [_in_words(screen, n) for n in group.fields if screen.answers[n] != "none"]
    return ", ".join(given) or "None"


def _in_words(screen: Screen, name: str) -> str:
    value = screen.answers[name]
    if value == OWN_COLOUR:
        return "Your own colour"
    field = _field(screen, name)
    noun = _NOUNS.get(name, "")
    if noun is None:
        return field.label
    label = field.by_slug[value].label if value in field.by_slug else str(value)
    return f"{label} {noun}".strip()


def _field(screen: Screen, name: str) -> Field:
    return get_catalogue(screen.look.catalogue_version)[name]
