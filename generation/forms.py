"""Forms of the faces and the studio. They convert; the recipes and services decide.

The studio's form is built of what the provider honours: an option it lacks is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from characters.catalogue import Field, Option, get_catalogue
from characters.models import Character, Image
from characters.pictures import shown_query
from generation import catalogue
from generation.likeness import Standing
from generation.masks import rectangle_png
from generation.providers.base import Capabilities
from generation.recipes.base import PICTURE_CREDITS
from generation.recipes.studio import COUNT_MAX, PROMPT_MAX, SEED_MAX, choices_of

FROM_THE_SCENE = "From the scene"
SEED_WORDS = f"A seed is a whole number from 0 to {SEED_MAX:,}. Leave it empty for something new."
Card = dict[str, Any]
_PART = ("left", "top", "width", "height")


class AgainForm(forms.Form):
    """`credits` is the price the page showed; absent where it is free."""

    request_key = forms.CharField(max_length=80)
    credits = forms.IntegerField(min_value=0, required=False)


class ThresholdForm(forms.Form):
    """In percent; empty goes back to what the installation says."""

    threshold = forms.IntegerField(label="Ask me below", min_value=0, max_value=100, required=False)

    @classmethod
    def of(cls, standing: Standing) -> ThresholdForm:
        return cls(initial={"threshold": round(100 * standing.threshold)})

    @property
    def fraction(self) -> float | None:
        percent: int | None = self.cleaned_data["threshold"]
        return None if percent is None else percent / 100


def _percent(label: str, at_least: int) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "autocomplete": "off", "data-brush-part": ""}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=at_least,
        max_value=100,
        widget=forms.NumberInput(attrs=attrs),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"A whole number from {at_least} to 100."
        ),
    )


class EditForm(forms.Form):
    """Which part of a picture is to be changed and to what. The part comes as a painted PNG from
    the page's script, or as a rectangle in percent of the picture."""

    prompt = forms.CharField(
        label="What is to be there instead?",
        max_length=PROMPT_MAX,
        help_text="It is checked before anything is charged.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is to be there instead."},
    )
    left = _percent("From the left", 0)
    top = _percent("From the top", 0)
    width = _percent("Width", 1)
    height = _percent("Height", 1)
    mask = forms.FileField(label="The part", required=False)
    request_key = forms.CharField(
        max_length=80, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, image: Image, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.image = image

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("mask") or self.errors.keys() & {"mask", *_PART}:
            return data
        given = [name for name in _PART if data.get(name) is not None]
        if not given:
            self.add_error("mask", "Paint over what is to be changed, or say where in numbers.")
        for name in _PART:
            if given and name not in given:
                self.add_error(name, "Say all four.")
        return data

    def png(self) -> bytes:
        """The mask; call on a valid form."""
        painted = self.cleaned_data["mask"]
        if painted:
            content: bytes = painted.read()
            return content
        return rectangle_png(self.image, **{name: self.cleaned_data[name] for name in _PART})

    def renew_key(self, key: str) -> None:
        """The page was left, reached again by "back" and changed: a new wish needs a new key."""
        self.data = self.data.copy()
        self.data["request_key"] = key
        words = "This page was already sent once. Send it again to have this picture too."
        self.add_error(None, words)

    @property
    def has_numbers(self) -> bool:
        return any(self[name].value() not in (None, "") for name in _PART)


class ChooseFaceForm(forms.Form):
    """`name` counts only while the character has none."""

    image = forms.ModelChoiceField(
        queryset=Image.objects.none(),
        error_messages={
            "required": "Choose one of the faces.",
            "invalid_choice": "Choose one of the faces.",
        },
    )
    name = forms.CharField(
        label="What is the name?",
        required=False,
        max_length=100,
        help_text="It can be changed later.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, images: QuerySet[Image], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["image"].queryset = images  # type: ignore[attr-defined]


class StudioForm(forms.Form):
    """Everything `recipes.studio` takes, as fields named like its options."""

    count = forms.TypedChoiceField(
        label="How many",
        coerce=int,
        choices=[(n, str(n)) for n in range(1, COUNT_MAX + 1)],
        initial=1,
    )
    seed = forms.IntegerField(
        label="Seed",
        required=False,
        min_value=0,
        max_value=SEED_MAX,
        help_text="The same seed with the same settings draws the same picture again. "
        "Leave it empty for something new.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), SEED_WORDS),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    prompt = forms.CharField(
        label="Anything else?",
        required=False,
        max_length=PROMPT_MAX,
        help_text="It is checked before anything is charged.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    request_key = forms.CharField(
        max_length=80, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )

    def __init__(
        self, *args: Any, character: Character, capabilities: Capabilities, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.character = character
        self.capabilities = capabilities
        for name, control in _controls(capabilities).items():
            self.fields[name] = forms.ChoiceField(
                label=control.label,
                choices=[(slug, slug) for slug in control.slugs],
                required=False,
                initial=control.at_first,
            )
        if not capabilities.accepts_free_text:
            del self.fields["prompt"]
        if not capabilities.accepts_seeds:
            del self.fields["seed"]

    def options(self) -> dict[str, Any]:
        """What the recipe is asked for; call on a valid form. A control that was not sent
        says what it said at first."""
        given = {
            name: self.fields[name].initial if value in (None, "") else value
            for name, value in self.cleaned_data.items()
            if name != "request_key"
        }
        return {name: value for name, value in given.items() if value not in (None, "")}

    # --- The controls as the components draw them ---------------------------------------------

    @property
    def scene_groups(self) -> list[dict[str, Any]]:
        return self._groups("scene", catalogue.SCENES, self.capabilities.scenes)

    @property
    def pose_groups(self) -> list[dict[str, Any]]:
        return self._groups("pose", catalogue.POSES, self.capabilities.poses)

    @property
    def framings(self) -> list[Card]:
        return self._cards("framing", catalogue.FRAMINGS, self.capabilities.framings)

    @property
    def expressions(self) -> list[Card]:
        return self._cards("expression", catalogue.EXPRESSIONS, self.capabilities.expressions)

    @property
    def environments(self) -> list[Card]:
        own = self._cards("environment", catalogue.ENVIRONMENTS, self.capabilities.environments)
        return [self._from_the_scene("environment"), *own] if own else []

    @property
    def lightings(self) -> list[Card]:
        own = self._cards("lighting", catalogue.LIGHTING, self.capabilities.lighting)
        return [self._from_the_scene("lighting"), *own] if own else []

    @property
    def outfit_groups(self) -> list[dict[str, Any]]:
        field = get_catalogue(self.character.look.catalogue_version)["outfit_style"]
        own = self.character.look.outfit_style
        keep = {
            "value": "",
            "label": "Own outfit",
            "hint": self.character.look.label("outfit_style"),
            "image": self._outfit_picture(own),
            "checked": not self.chosen("outfit"),
        }
        others = _grouped(field, self.capabilities.outfits, self._outfit_card)
        return [{"label": "The character’s", "options": [keep]}, *others]

    @property
    def formats(self) -> list[Card]:
        chosen = self.chosen("format")
        return [
            {
                "value": slug,
                "label": fmt.label,
                "hint": slug,
                "width": fmt.width_px,
                "height": fmt.height_px,
                "checked": slug == chosen,
            }
            for slug, fmt in catalogue.FORMATS.items()
            if slug in self.capabilities.formats
        ]

    @property
    def qualities(self) -> list[Card]:
        """Empty where there is nothing to choose."""
        offered = self.capabilities.qualities
        if len(offered) < 2:  # noqa: PLR2004
            return []
        chosen = self.chosen("quality")
        return [
            {
                "value": option.slug,
                "label": option.label,
                "hint": f"{PICTURE_CREDITS[option.slug]} credits",
                "credits": PICTURE_CREDITS[option.slug],
                "checked": option.slug == chosen,
            }
            for option in catalogue.QUALITIES.options
            if option.slug in offered
        ]

    @property
    def counts(self) -> list[Card]:
        chosen = str(self.chosen("count"))
        return [
            {"value": n, "label": str(n), "checked": str(n) == chosen}
            for n in range(1, COUNT_MAX + 1)
        ]

    @property
    def has_details(self) -> bool:
        """Whether a control of the folded part already says something."""
        return any(self.chosen(name) for name in ("environment", "lighting", "seed"))

    def chosen(self, name: str) -> Any:
        return self[name].value() if name in self.fields else None

    def _groups(self, name: str, field: Field, slugs: Iterable[str]) -> list[dict[str, Any]]:
        return _grouped(field, slugs, lambda option: self._card(name, option))

    def _cards(self, name: str, field: Field, slugs: Iterable[str]) -> list[Card]:
        offered = set(slugs)
        return [self._card(name, option) for option in field.options if option.slug in offered]

    def _card(self, name: str, option: Option) -> Card:
        return {
            "value": option.slug,
            "label": option.label,
            "image": reverse("generation:preview_studio", args=[name, option.slug]),
            "checked": self.chosen(name) == option.slug,
        }

    def _from_the_scene(self, name: str) -> Card:
        return {"value": "", "label": FROM_THE_SCENE, "checked": not self.chosen(name)}

    def _outfit_card(self, option: Option) -> Card:
        return {
            "value": option.slug,
            "label": option.label,
            "image": self._outfit_picture(option.slug),
            "checked": self.chosen("outfit") == option.slug,
        }

    def _outfit_picture(self, slug: str) -> str:
        path = reverse("generation:preview_option", args=["outfit_style", slug])
        return f"{path}?{shown_query('outfit_style', self.character.look.to_json())}"


class _Control(NamedTuple):
    label: str
    slugs: tuple[str, ...]
    at_first: str | None


_LABELS = {
    "scene": "Scene",
    "environment": "Place",
    "lighting": "Light",
    "pose": "Pose",
    "framing": "Framing",
    "expression": "Expression",
    "outfit": "Outfit",
    "format": "Format",
    "quality": "Quality",
}


def _controls(can: Capabilities) -> Mapping[str, _Control]:
    """What can be chosen from, by option name; an empty slug leaves it open."""
    return {
        name: _Control(_LABELS[name], ("", *slugs) if at_first is None else slugs, at_first)
        for name, (slugs, at_first) in choices_of(can).items()
    }


def _grouped(field: Field, slugs: Iterable[str], card: Any) -> list[dict[str, Any]]:
    offered = set(slugs)
    groups = (
        {"label": label, "options": [card(o) for o in options if o.slug in offered]}
        for label, options in field.groups.items()
    )
    return [group for group in groups if group["options"]]


def prefill(query: QueryDict, capabilities: Capabilities) -> dict[str, Any]:
    """Settings from an address (“use these settings”); what is not offered is left out."""
    offered = {name: control.slugs for name, control in _controls(capabilities).items()}
    initial: dict[str, Any] = {
        name: query[name] for name, slugs in offered.items() if query.get(name) in slugs
    }
    for name, low, high in (("count", 1, COUNT_MAX), ("seed", 0, SEED_MAX)):
        text = query.get(name, "")
        if text.isascii() and text.isdecimal() and low <= int(text[:20]) <= high:
            initial[name] = int(text)
    if not capabilities.accepts_seeds:
        initial.pop("seed", None)
    if capabilities.accepts_free_text and query.get("prompt"):
        initial["prompt"] = query["prompt"][:PROMPT_MAX]
    return initial
