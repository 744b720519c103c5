"""Forms convert; what a look may be is decided by `CharacterConfig`, for pages and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from characters.config import BIO_MAX, FACE_FIELDS
from characters.models import LIKENESS, Image
from characters.services import NAME_MAX
from ryla.lib.errors import DomainError

# The style is offered when more than one can be drawn; until then a look keeps what it has.
LOOK_FIELDS = tuple(field for field in FACE_FIELDS if field != "visual_style")
OWN_COLOUR = "custom"
SELECTION_MAX = 200
SEARCH_MAX = 200
VERSION_MAX = 2**31 - 1


class DesignerForm(forms.Form):
    """One screen of the designer. `choices()` and `identity()` are what to update."""

    def choices(self) -> dict[str, Any]:
        return {}

    def identity(self) -> dict[str, str]:
        return {}

    def put_error(self, error: DomainError) -> None:
        """At the field it names, if this form has it."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class LookForm(DesignerForm):
    """Questions that were not answered keep their answer."""

    hair_colour_custom = forms.CharField(required=False, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LOOK_FIELDS:
            self.fields[name] = forms.CharField(required=False, max_length=60)

    def choices(self) -> dict[str, Any]:
        given = {n: self.cleaned_data[n] for n in LOOK_FIELDS if self.cleaned_data[n]}
        if given.get("hair_colour") == OWN_COLOUR:
            given["hair_colour"] = self.cleaned_data["hair_colour_custom"]
        return given


class StyleForm(DesignerForm):
    outfit_style = forms.CharField(required=False, max_length=60)
    archetype = forms.CharField(required=False, max_length=60)
    personality = forms.Field(required=False, widget=forms.CheckboxSelectMultiple)

    def choices(self) -> dict[str, Any]:
        single = ("outfit_style", "archetype")
        given = {name: self.cleaned_data[name] for name in single if self.cleaned_data[name]}
        # No box ticked sends nothing, and means none: a question about 1 to 3 is always answered.
        return {**given, "personality": self.cleaned_data["personality"] or []}


class IdentityForm(DesignerForm):
    name = forms.CharField(
        label="Name",
        widget=forms.TextInput(attrs={"maxlength": NAME_MAX, "autocomplete": "off"}),
        error_messages={"required": "Give your character a name."},
    )
    handle = forms.CharField(
        label="Handle",
        required=False,
        help_text="3 to 30 letters, digits, - or _. Your pictures' files are named after it.",
        widget=forms.TextInput(
            attrs={
                "maxlength": 31,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "data-handle": "",
            }
        ),
    )
    bio = forms.CharField(
        label="Bio",
        required=False,
        help_text=f"At most {BIO_MAX} characters.",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": BIO_MAX}),
    )

    def choices(self) -> dict[str, Any]:
        return {"bio": self.cleaned_data["bio"]}

    def identity(self) -> dict[str, str]:
        return {"name": self.cleaned_data["name"], "handle": self.cleaned_data["handle"]}


FORMS: Mapping[str, type[DesignerForm]] = {
    "look": LookForm,
    "style": StyleForm,
    "identity": IdentityForm,
}


class CaptionForm(forms.Form):
    caption = forms.CharField(required=False, strip=False)


_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


class DayField(forms.DateField):
    """A day as addresses and date pickers write it."""

    default_validators = (MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY))

    def __init__(self) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"])


class GalleryFilter(forms.Form):
    """Which of one's pictures to see; nonsense counts as not asked."""

    character = forms.UUIDField(required=False)
    favourites = forms.BooleanField(required=False)
    kind = forms.ChoiceField(required=False, choices=Image.Kind.choices)
    scene = forms.CharField(required=False, max_length=60)
    outfit = forms.CharField(required=False, max_length=60)
    format = forms.CharField(required=False, max_length=60)
    likeness = forms.ChoiceField(required=False, choices=[(name, name) for name in LIKENESS])
    version = forms.IntegerField(required=False, min_value=1, max_value=VERSION_MAX)
    since = DayField()
    until = DayField()
    q = forms.CharField(required=False, max_length=SEARCH_MAX)

    def clean_q(self) -> str:
        """Signs alone ask nothing."""
        text: str = self.cleaned_data["q"]
        return text if any(sign.isalnum() for sign in text) else ""

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or None

    @property
    def is_any(self) -> bool:
        return any(self.value(name) for name in self.fields)


class IdsField(forms.Field):
    """Several UUIDs; what is none is left out."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[UUID]:
        return [found for text in value or () if (found := _find_uuid(text))]


def _find_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class SelectionForm(forms.Form):
    """The pictures ticked in a grid; at most SELECTION_MAX count."""

    image = IdsField(required=False)

    def ids(self) -> list[UUID]:
        self.is_valid()
        return self.cleaned_data["image"][:SELECTION_MAX]
