"""Forms of albums; the verbs decide what a name may be."""

from __future__ import annotations

from django import forms

from characters.forms import SelectionForm
from characters.models import ALBUM_DESCRIPTION_MAX, ALBUM_NAME_MAX, Album
from ryla.lib.errors import DomainError


class AlbumForm(forms.Form):
    name = forms.CharField(
        label="Name",
        widget=forms.TextInput(attrs={"maxlength": ALBUM_NAME_MAX, "autocomplete": "off"}),
        error_messages={"required": "Give the album a name."},
    )
    description = forms.CharField(
        label="Description",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": ALBUM_DESCRIPTION_MAX}),
        help_text="What belongs here. Only you read it.",
    )

    @classmethod
    def of(cls, album: Album) -> AlbumForm:
        return cls(initial={"name": album.name, "description": album.description})

    def put_error(self, error: DomainError) -> None:
        """At the field it names, if this form has it."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class ChooseForm(SelectionForm):
    """Pictures on their way into an album: `source` is the one they leave, if they do, and `name`
    what was typed, part of a name or a new one. `next` is the page to come back to."""

    source = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Find an album, or name a new one",
        required=False,
        widget=forms.TextInput(
            attrs={"maxlength": ALBUM_NAME_MAX, "autocomplete": "off", "data-album-find": ""}
        ),
    )
    album = forms.UUIDField(required=False)

    def put_error(self, error: DomainError) -> None:
        self.add_error("name", error.message)
