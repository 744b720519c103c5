"""The head of a character's pages: who it is, and the tabs, which are pages of their own."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from characters.config import CharacterConfig
from characters.models import Character
from characters.views import cards

register = template.Library()


@register.filter
def label_of(look: CharacterConfig, name: str) -> str:
    """What an answer is called."""
    return look.label(name)


# By name of the page: pages of other floors are linked by their name too. A further tab (posts,
# albums) is one line here and `{% character_head character "its name" %}` on top of its page; its
# address takes the character's id.
TABS = (
    ("Pictures", "characters:detail"),
    ("Favourites", "characters:favourites"),
    ("Posts", "characters:posts"),
    ("Likeness", "generation:likeness"),
    ("Versions", "characters:versions"),
    ("Settings", "characters:settings"),
)


@register.inclusion_tag("components/tabs.html")
def character_tabs(character: Character, current: str) -> dict[str, Any]:
    """`current` is the name of the page it stands on."""
    return {
        "label": f"Pages of {character.display_name}",
        "items": [
            {
                "label": label,
                "href": reverse(name, args=[character.pk]),
                "current": name == current,
            }
            for label, name in TABS
        ],
    }


@register.inclusion_tag("characters/_profile_head.html")
def character_head(character: Character, current: str, title: str) -> dict[str, Any]:
    """Top of every tab but the first, which shows more of the character."""
    return {
        "character": character,
        "current": current,
        "title": title,
        "face_url": cards.face_url(character, "small"),
    }
