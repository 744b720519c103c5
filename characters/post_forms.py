"""What is typed about a post."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from characters.forms import DayField
from characters.models import Post
from characters.models.post import CAPTION_MAX, HASHTAGS_MAX
from characters.posts import PLATFORMS, USUAL_HOUR
from ryla.lib.errors import DomainError
from ryla.lib.zones import instant_at


class PostForm(forms.Form):
    """`day` and `clock` are of its owner's time zone; without a day it is a draft."""

    platform = forms.ChoiceField(
        label="Where it is posted",
        choices=[(slug, platform.label) for slug, platform in PLATFORMS.items()],
        error_messages={
            "required": "Choose where it is posted.",
            "invalid_choice": "Choose where it is posted.",
        },
    )
    caption = forms.CharField(
        label="Caption",
        required=False,
        max_length=CAPTION_MAX,
        help_text=f"At most {CAPTION_MAX:,} characters.",
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": CAPTION_MAX}),
    )
    hashtags = forms.CharField(
        label="Hashtags",
        required=False,
        max_length=4000,
        help_text=f"At most {HASHTAGS_MAX}, with or without #, apart by spaces or commas.",
        widget=forms.Textarea(attrs={"rows": 2, "autocapitalize": "none", "spellcheck": "false"}),
    )
    day = forms.DateField(
        label="Day",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "A day, like 2027-03-14."},
    )
    clock = forms.TimeField(
        label="Hour",
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "An hour, like 18:30."},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("clock") and not data.get("day") and "day" not in self.errors:
            self.add_error("day", "Say the day as well, or leave the hour empty.")
        return data

    @classmethod
    def initial_of(cls, post: Post) -> dict[str, Any]:
        at = post.scheduled_at.astimezone(post.owner.zone) if post.scheduled_at else None
        return {
            "platform": post.platform,
            "caption": post.caption,
            "hashtags": " ".join(f"#{tag}" for tag in post.hashtags),
            "day": at.date() if at else None,
            "clock": at.time() if at else None,
        }

    def words(self) -> list[str]:
        return str(self.cleaned_data["hashtags"]).replace(",", " ").split()

    def instant(self, zone: ZoneInfo) -> datetime | None:
        """Raises InvalidInput (clock) for an hour that does not exist on that day."""
        day: date | None = self.cleaned_data["day"]
        clock: time = self.cleaned_data["clock"] or USUAL_HOUR
        return instant_at(day, clock, zone) if day else None

    def put_error(self, error: DomainError) -> None:
        names = {"scheduled_at": "day", "time": "clock", "images": None}
        field = names.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else None, error.message)


class DayForm(forms.Form):
    """To which day a post is moved; with `by` so many days from where it is."""

    day = DayField()
    by = forms.IntegerField(required=False, min_value=-366, max_value=366)


class PeriodForm(forms.Form):
    """Which part of the calendar; nonsense counts as not asked."""

    view = forms.ChoiceField(choices=[("month", "Month"), ("week", "Week")], required=False)
    on = DayField()
    character = forms.UUIDField(required=False)

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or None

    @property
    def character_id(self) -> UUID | None:
        found: UUID | None = self.value("character")
        return found


class RangeForm(forms.Form):
    """Both days included."""

    since = forms.DateField(label="From", input_formats=["%Y-%m-%d"])
    until = forms.DateField(label="Until", input_formats=["%Y-%m-%d"])
