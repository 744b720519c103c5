"""The living style page of local mode: every component in every state, with made-up data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

Options = list[dict[str, Any]]

COLOURS = ("paper", "surface", "sunken", "ink", "accent", "petal", "sky", "butter")
ICONS = ("house", "images", "heart", "drop", "camera", "trash", "gear", "download-simple")


class SampleForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="As her followers will read it.")
    handle = forms.CharField(max_length=30, initial="mia noon")
    bio = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Who is she?"}), required=False
    )
    language = forms.ChoiceField(choices=[("en", "English"), ("sk", "Slovak")])
    picture = forms.FileField(required=False, help_text="PNG, JPEG or WebP, up to 10 MB.")
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters.",
    )
    platforms = forms.MultipleChoiceField(
        choices=[("a", "Square feed"), ("b", "Stories")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    is_adult = forms.BooleanField(label="I am 18 or older and agree to the terms")


def _refused_form() -> SampleForm:
    form = SampleForm({"handle": "mia noon", "language": "en"}, auto_id="bad_%s")
    form.add_error("handle", "Letters, digits, - and _ only.")
    form.add_error(None, "This handle is already yours on another character.")
    return form


def _sample(number: int) -> str:
    return reverse("generation:preview_sample", args=[number])


def _options(labels: str, checked: str, *, pictured: bool = True) -> Options:
    options: Options = [
        {"value": label.lower(), "label": label, "checked": label == checked}
        for label in labels.split(",")
    ]
    if pictured:
        for place, option in enumerate(options):
            option["image"] = _sample(place % 6 + 1)
    return options


def _looks() -> dict[str, Any]:
    hair = _options("Long,Short,Braids,Ponytail,Bangs,Bun,Wavy,Curly", "Braids")
    hair[3]["disabled"] = True
    hair[4]["hint"] = "new"
    return {
        "hair": hair,
        "outfit_groups": [
            {"label": "Casual", "options": _options("Tee and jeans,Hoodie,Sweater,Coat", "Hoodie")},
            {"label": "Glamour", "options": _options("Gown,Tailored suit,Silk blouse", "")},
        ],
        "traits": _options("Confident,Shy,Bold,Playful,Caring,Classy", "Bold", pictured=False),
        "hair_colours": [
            {"value": "black", "label": "Black", "color": "#1d1716"},
            {"value": "brown", "label": "Brown", "color": "#5b3a26", "checked": True},
            {"value": "blonde", "label": "Blonde", "color": "#d9b26a"},
            {"value": "auburn", "label": "Auburn", "color": "#7a3018"},
            {"value": "red", "label": "Red", "color": "#b4432a"},
            {"value": "gray", "label": "Gray", "color": "#9a9a9c"},
            {"value": "white", "label": "White", "color": "#eeeae4"},
        ],
        "formats": [
            {"value": "1:1", "label": "1:1", "hint": "Square", "width": 1024, "height": 1024},
            {
                "value": "4:5",
                "label": "4:5",
                "hint": "Feed",
                "width": 1024,
                "height": 1280,
                "checked": True,
            },
            {"value": "9:16", "label": "9:16", "hint": "Story", "width": 1024, "height": 1820},
            {"value": "16:9", "label": "16:9", "hint": "Wide", "width": 1820, "height": 1024},
        ],
        "qualities": [
            {"value": "draft", "label": "Draft", "hint": "15 each", "credits": 15},
            {
                "value": "standard",
                "label": "Standard",
                "hint": "40 each",
                "credits": 40,
                "checked": True,
            },
            {"value": "high", "label": "High", "hint": "50 each", "credits": 50},
        ],
        "counts": [{"value": n, "label": n, "checked": n == 2} for n in (1, 2, 5, 8, 10)],
    }


def _navigation() -> dict[str, Any]:
    return {
        "steps": [
            {"label": "Look", "state": "done", "href": "#stepper"},
            {"label": "Style", "state": "current"},
            {"label": "Identity", "state": "todo"},
            {"label": "Review", "state": "todo"},
        ],
        "tabs": [
            {"label": "All", "href": "#tabs", "current": True, "count": 128},
            {"label": "Favourites", "href": "#tabs", "count": 12},
            {"label": "Base faces", "href": "#tabs", "count": 0},
        ],
        "crumbs": [
            {"label": "Characters", "href": "#crumbs"},
            {"label": "Mia Noon", "href": "#crumbs"},
            {"label": "Studio"},
        ],
        "menu_items": [
            {"label": "Edit", "href": "#menu", "icon": "pencil-simple"},
            {"label": "Duplicate", "action": "?", "icon": "copy"},
            {
                "label": "Delete",
                "action": "?",
                "icon": "trash",
                "danger": True,
                "divider": True,
                "confirm": "Delete Mia Noon and her 24 images?",
            },
        ],
        "sign_in_aside": {"label": "Forgot it?", "href": "#field"},
    }


def _people() -> dict[str, Any]:
    return {
        "characters": [
            {"name": "Mia Noon", "handle": "mia.noon", "status": "ready", "picture": _sample(1)},
            {"name": "Idris", "handle": "idris", "status": "generating", "picture": _sample(2)},
            {"name": "Valentina Oh", "handle": "v-oh", "status": "failed", "picture": _sample(3)},
            {"name": "Jun", "handle": "", "status": "draft", "picture": ""},
        ],
        "pictures": [
            {"src": _sample(1), "alt": "Mia on the beach", "color": "#e7a891", "liked": True},
            {"src": _sample(4), "alt": "Mia in a café", "color": "#a9c6c0", "liked": False},
            {"src": _sample(5), "alt": "Mia at night", "color": "#413a66", "liked": False},
        ],
        "statuses": ("draft", "queued", "running", "succeeded", "failed", "canceled", "withheld"),
    }


def components_page(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Four pictures are ready.")
    context = {
        "colours": COLOURS,
        "icons": ICONS,
        "form": SampleForm(auto_id="good_%s"),
        "refused_form": _refused_form(),
        **_looks(),
        **_navigation(),
        **_people(),
    }
    return render(request, "dev/components.html", context)
