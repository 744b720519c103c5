"""Words made of a look and a scene. Pure: no tables, no settings, no clock."""

from __future__ import annotations

from generation import catalogue
from generation.providers.base import ImageRequest

_EXPRESSION = {
    "neutral": "with a calm face",
    "smile": "smiling",
    "laugh": "laughing",
    "serious": "with a serious look",
    "surprised": "looking surprised",
    "thoughtful": "lost in thought",
}


def describe(request: ImageRequest, name: str) -> str:
    """One sentence for people who cannot see the picture:
    `Half body of Mara Vale, smiling, pose: waving, scene: rooftop.`"""
    framing = catalogue.FRAMINGS.by_slug[request.framing].label
    pose = catalogue.POSES.by_slug[request.pose].label.lower()
    scene = catalogue.SCENES.by_slug[request.scene].label.lower()
    who = name or "the character"
    return f"{framing} of {who}, {_EXPRESSION[request.expression]}, pose: {pose}, scene: {scene}."
