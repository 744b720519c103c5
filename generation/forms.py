"""Forms of the faces and the studio. They convert; the recipes and services decide.

The studio's form is built of what the provider honours: an option it lacks is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from characters.catalogue import Field, Option, get_catalogue
from characters.models import Character, Image
from characters.pictures import image_url, shown_query
from generation import catalogue
from generation.favourites import NONE as NO_FAVOURITES
from generation.favourites import Favourites
from generation.likeness import Standing
from generation.masks import MAX_BYTES as MASK_MAX_BYTES
from generation.masks import rectangle_png
from generation.providers.base import Capabilities
from generation.recipes.base import PICTURE_CREDITS
from generation.recipes.grid import COMMON as GRID_COMMON
from generation.recipes.studio import COUNT_MAX, PROMPT_MAX, SEED_MAX, choices_of
from generation.references import picture_label, pictures_to_show
from generation.starts import NAME_MAX
from generation.synonyms import words_for

FROM_THE_SCENE = "From the scene"
SEED_WORDS = f"A seed is a whole number from 0 to {SEED_MAX:,}. Leave it empty for something new."
Card = dict[str, Any]
_PART = ("left", "top", "width", "height")
Group = dict[str, Any]


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


def _percent(label: str, at_least: int, at_most: int = 100) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "autocomplete": "off", "data-brush-part": ""}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=at_least,
        max_value=at_most,
        widget=forms.NumberInput(attrs=attrs),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"A whole number from {at_least} to {at_most}."
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
    left = _percent("From the left", 0, 99)
    top = _percent("From the top", 0, 99)
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

    def clean_mask(self) -> Any:
        painted = self.cleaned_data["mask"]
        if painted and painted.size > MASK_MAX_BYTES:
            raise forms.ValidationError("A mask has at most 1 MB.")
        return painted

    def png(self) -> bytes:
        """The mask; call on a valid form."""
        painted = self.cleaned_data["mask"]
        if painted:
            content: bytes = painted.read()
            return content
        return rectangle_png(self.image, **{name: self.cleaned_data[name] for name in _PART})

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


class TemplateNameForm(forms.Form):
    """`kept` is what the studio's form said, signed, on its way through the page that asks."""

    name = forms.CharField(
        label="What is it called?",
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    kept = forms.CharField(widget=forms.HiddenInput)


_NOTHING: tuple[Any, ...] = (None, "", [])


class _PictureIds(forms.MultipleChoiceField):
    """Whether a picture may be used, the recipe says."""

    def valid_value(self, value: Any) -> bool:
        return True


class PictureForm(forms.Form):
    """What every page of the studio asks for, as fields named like the options of its recipe;
    `controls` are those of which one is chosen."""

    controls: ClassVar[tuple[str, ...]]

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
        self,
        *args: Any,
        character: Character,
        capabilities: Capabilities,
        favourites: Favourites = NO_FAVOURITES,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.character = character
        self.favourites = favourites
        self.capabilities = capabilities
        for name, control in _controls(capabilities).items():
            if name in self.controls:
                self.fields[name] = forms.ChoiceField(
                    label=control.label,
                    choices=[(slug, slug) for slug in control.slugs],
                    required=False,
                    initial=control.at_first,
                )
        if not capabilities.accepts_free_text:
            del self.fields["prompt"]
        if self.references_most:
            self.fields["references"] = _PictureIds(label="More pictures to go by", required=False)

    @property
    def references_most(self) -> int:
        """How many pictures can go along beside the base face."""
        return max(0, self.capabilities.references_at_most - 1)

    def options(self) -> dict[str, Any]:
        """What the recipe is asked for; call on a valid form. A control that was not sent
        says what it said at first."""
        given = {
            name: self.fields[name].initial if value in _NOTHING else value
            for name, value in self.cleaned_data.items()
            if name != "request_key"
        }
        return {name: value for name, value in given.items() if value not in _NOTHING}

    def asked(self) -> dict[str, Any]:
        """What the form says now, valid or not."""
        chosen = {name: self.chosen(name) for name in self.fields if name != "request_key"}
        return {name: value for name, value in chosen.items() if value not in _NOTHING}

    def priced(self) -> dict[str, Any]:
        """As much of it as the price needs."""
        asked = self.asked()
        return {**self.plainest(), **{n: asked[n] for n in ("count", "quality") if n in asked}}

    def plainest(self) -> dict[str, Any]:
        """The least that can be asked for."""
        return {}

    # --- The controls as the components draw them ---------------------------------------------

    @property
    def pose_groups(self) -> list[Group]:
        field, slugs = catalogue.POSES, self.capabilities.poses
        return self._groups("pose", field, slugs, partial(self._card, "pose"))

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

    @cached_property
    def reference_cards(self) -> list[Card]:
        """Pictures of the character to choose from. None where the provider takes none."""
        if not self.references_most:
            return []
        chosen = [str(pk) for pk in self.chosen("references") or ()]
        return [
            {
                "value": str(image.pk),
                "label": picture_label(image),
                "hint": f"{image.created_at:%-d %b %Y}",
                "image": image_url(image, "small"),
                "width": image.width_px,
                "height": image.height_px,
                "checked": str(image.pk) in chosen,
            }
            for image in pictures_to_show(self.character, chosen)
        ]

    @property
    def has_details(self) -> bool:
        """Whether a control of the folded part already says something."""
        return any(self.chosen(name) for name in ("environment", "lighting", "seed"))

    def _is_chosen(self, name: str, slug: str) -> bool:
        chosen = self.chosen(name)
        return slug in chosen if isinstance(chosen, list) else slug == chosen

    def chosen(self, name: str) -> Any:
        return self[name].value() if name in self.fields else None

    def _scene_groups(self, name: str) -> list[Group]:
        """The pictures are those of the field `scene`, whatever the input is called."""
        field, slugs = catalogue.SCENES, self.capabilities.scenes
        return self._groups("scene", field, slugs, partial(self._scene_card, name))

    def _outfit_groups(self, name: str, slugs: Iterable[str]) -> list[Group]:
        field = get_catalogue(self.character.look.catalogue_version)["outfit_style"]
        return self._groups("outfit", field, slugs, partial(self._outfit_card, name))

    def _own_outfit(self, value: str, *, is_chosen: bool) -> Group:
        keep = {
            "value": value,
            "label": "Own outfit",
            "hint": self.character.look.label("outfit_style"),
            "image": self._outfit_picture(self.character.look.outfit_style),
            "checked": is_chosen,
        }
        return {"label": "The character’s", "options": [keep]}

    def _groups(
        self, kind: str, field: Field, slugs: Iterable[str], card: Callable[[Option], Card]
    ) -> list[Group]:
        """By the field's groups, with the favourites of this kind taken out and put first."""
        starred = self.favourites.get(kind, frozenset()) & set(slugs)

        def found(option: Option) -> Card:
            return {
                **card(option),
                "words": words_for(kind, option),
                "star": f"{kind}:{option.slug}",
                "is_starred": option.slug in starred,
            }

        others = _grouped(field, [slug for slug in slugs if slug not in starred], found)
        first = [found(option) for option in field.options if option.slug in starred]
        return [{"label": "Favourites", "options": first}, *others] if first else others

    def _cards(self, name: str, field: Field, slugs: Iterable[str]) -> list[Card]:
        offered = set(slugs)
        return [self._card(name, option) for option in field.options if option.slug in offered]

    def _card(self, name: str, option: Option, pictured: str = "") -> Card:
        return {
            "value": option.slug,
            "label": option.label,
            "image": reverse("generation:preview_studio", args=[pictured or name, option.slug]),
            "checked": self._is_chosen(name, option.slug),
        }

    def _scene_card(self, name: str, option: Option) -> Card:
        return self._card(name, option, "scene")

    def _outfit_card(self, name: str, option: Option) -> Card:
        return {
            "value": option.slug,
            "label": option.label,
            "image": self._outfit_picture(option.slug),
            "checked": self._is_chosen(name, option.slug),
        }

    def _from_the_scene(self, name: str) -> Card:
        return {"value": "", "label": FROM_THE_SCENE, "checked": not self.chosen(name)}

    def _outfit_picture(self, slug: str) -> str:
        path = reverse("generation:preview_option", args=["outfit_style", slug])
        return f"{path}?{shown_query('outfit_style', self.character.look.to_json())}"


class StudioForm(PictureForm):
    """Everything `recipes.studio` takes."""

    controls = tuple(_LABELS)

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.capabilities.accepts_seeds:
            del self.fields["seed"]

    @property
    def scene_groups(self) -> list[Group]:
        return self._scene_groups("scene")

    @property
    def outfit_groups(self) -> list[Group]:
        keep = self._own_outfit("", is_chosen=not self.chosen("outfit"))
        return [keep, *self._outfit_groups("outfit", self.capabilities.outfits)]

    @property
    def counts(self) -> list[Card]:
        chosen = str(self.chosen("count"))
        return [
            {"value": n, "label": str(n), "checked": str(n) == chosen}
            for n in range(1, COUNT_MAX + 1)
        ]


class GridRow(NamedTuple):
    """A scene and the outfits it is made with, in words."""

    scene: str
    outfits: list[str]


class GridForm(PictureForm):
    """Everything `recipes.grid` takes. The character's own outfit is one to choose like the
    others where the provider knows it by name; with none chosen it is kept."""

    controls = GRID_COMMON

    scenes = forms.MultipleChoiceField(
        label="Scenes", error_messages={"required": "Choose one scene or more."}
    )
    outfits = forms.MultipleChoiceField(label="Outfits", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = self.character.look.outfit_style
        for name, slugs in (
            ("scenes", self.capabilities.scenes),
            ("outfits", self.capabilities.outfits),
        ):
            self.fields[name].choices = [(slug, slug) for slug in slugs]  # type: ignore[attr-defined]

    def options(self) -> dict[str, Any]:
        return self._without_own(super().options())

    def asked(self) -> dict[str, Any]:
        return self._without_own(super().asked())

    def plainest(self) -> dict[str, Any]:
        return {"scenes": list(self.capabilities.scenes[:1])}

    def _without_own(self, options: dict[str, Any]) -> dict[str, Any]:
        """Alone it need not be named, which every provider takes."""
        if options.get("outfits") == [self.own]:
            del options["outfits"]
        return options

    @property
    def scene_groups(self) -> list[Group]:
        return self._scene_groups("scenes")

    @property
    def outfit_groups(self) -> list[Group]:
        outfits = self.capabilities.outfits
        others = self._outfit_groups("outfits", [slug for slug in outfits if slug != self.own])
        if self.own not in outfits:
            return others
        return [self._own_outfit(self.own, is_chosen=self._is_chosen("outfits", self.own)), *others]

    @property
    def rows(self) -> list[GridRow]:
        """What would be made, scene by scene."""
        field = get_catalogue(self.character.look.catalogue_version)["outfit_style"]
        outfits = [field.by_slug[slug].label for slug in self._known("outfits", field.by_slug)]
        return [
            GridRow(
                catalogue.SCENES.by_slug[slug].label, outfits or [field.by_slug[self.own].label]
            )
            for slug in self._known("scenes", catalogue.SCENES.by_slug)
        ]

    def _known(self, name: str, options: Mapping[str, Option]) -> list[str]:
        return [slug for slug in dict.fromkeys(self.chosen(name) or ()) if slug in options]


def _controls(can: Capabilities) -> Mapping[str, _Control]:
    """What can be chosen from, by option name; an empty slug leaves it open."""
    return {
        name: _Control(_LABELS[name], ("", *slugs) if at_first is None else slugs, at_first)
        for name, (slugs, at_first) in choices_of(can).items()
    }


def _grouped(field: Field, slugs: Iterable[str], card: Callable[[Option], Card]) -> list[Group]:
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
    if capabilities.references_at_most > 1 and query.getlist("references"):
        initial["references"] = query.getlist("references")[: capabilities.references_at_most - 1]
    return initial


def prefill_grid(
    query: QueryDict, character: Character, capabilities: Capabilities
) -> dict[str, Any]:
    """The same for a grid, which also takes the one scene and outfit of the studio's address. It
    never starts empty."""
    initial = prefill(query, capabilities)
    own = [slug for slug in capabilities.outfits if slug == character.look.outfit_style]
    at_first = choices_of(capabilities)["scene"][1]
    common = (*GRID_COMMON, "prompt", "references")
    return {name: initial[name] for name in common if name in initial} | {
        "scenes": _offered(query, "scene", capabilities.scenes) or ([at_first] if at_first else []),
        "outfits": _offered(query, "outfit", capabilities.outfits) or own,
    }


def _offered(query: QueryDict, name: str, slugs: Iterable[str]) -> list[str]:
    named = [*query.getlist(f"{name}s"), *query.getlist(name)]
    offered = set(slugs)
    return [slug for slug in dict.fromkeys(named) if slug in offered]
