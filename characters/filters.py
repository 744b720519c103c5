"""Query filters of the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet

from characters.catalogue import get_catalogue
from characters.config import CHOICE_FIELDS
from characters.marks import limits_of
from characters.models import LIKENESS, Album, Character, Image


class CharacterFilter(django_filters.FilterSet):
    """Every choice of a look is a filter: `?archetype=luxury&hair_style=long`. Several together
    are one containment question, which the GIN index answers."""

    status = django_filters.CharFilter()
    handle = django_filters.CharFilter()

    class Meta:
        model = Character
        fields = ("status", "handle")

    def filter_queryset(self, queryset: QuerySet[Character]) -> QuerySet[Character]:
        choices = {n: v for n in CHOICE_FIELDS if (v := self.form.cleaned_data.get(n))}
        plain = {n: v for n, v in self.form.cleaned_data.items() if n not in CHOICE_FIELDS}
        for name, value in plain.items():
            queryset = self.filters[name].filter(queryset, value)
        if choices:
            queryset = queryset.filter(config__contains=_contained(choices))
        return queryset


def _contained(choices: dict[str, Any]) -> dict[str, Any]:
    many = {f.slug for f in get_catalogue().fields.values() if f.max_choices > 1}
    return {name: [value] if name in many else value for name, value in choices.items()}


for _name in CHOICE_FIELDS:
    _field = get_catalogue()[_name]
    CharacterFilter.base_filters[_name] = (
        django_filters.CharFilter(label=_field.label)
        if _field.allows_hex
        else django_filters.ChoiceFilter(
            label=_field.label, choices=[(o.slug, o.label) for o in _field.options]
        )
    )


class ImageFilter(django_filters.FilterSet):
    character = django_filters.UUIDFilter(field_name="character_id")
    job = django_filters.UUIDFilter(field_name="job_id")
    is_favourite = django_filters.BooleanFilter()
    kind = django_filters.ChoiceFilter(choices=Image.Kind.choices)
    album = django_filters.UUIDFilter(method="filter_album", label="In this album")
    likeness = django_filters.ChoiceFilter(
        method="filter_likeness",
        choices=[(standing, standing) for standing in LIKENESS],
        label="To the face: good, below its character's threshold, or none measured",
    )
    is_binned = django_filters.BooleanFilter(method="filter_binned", label="In the bin")

    class Meta:
        model = Image
        fields = ("character", "job", "is_favourite", "kind")

    def filter_queryset(self, queryset: QuerySet[Image]) -> QuerySet[Image]:
        queryset = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("is_binned")
        return queryset if asked is not None else queryset.filter(binned_at=None)

    def filter_album(self, queryset: QuerySet[Image], name: str, value: UUID) -> QuerySet[Image]:
        album = Album.objects.owned_by(self.request.user).filter(pk=value).first()
        return queryset.in_album(album) if album else queryset.none()

    def filter_likeness(self, queryset: QuerySet[Image], name: str, value: str) -> QuerySet[Image]:
        return queryset.like_the_face(value, limits_of(self.request.user))

    def filter_binned(self, queryset: QuerySet[Image], name: str, value: bool) -> QuerySet[Image]:
        return queryset.filter(binned_at__isnull=not value)
