"""How each platform is told that a machine made a picture: goes with every package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Label:
    """`line` is for the caption; `how` says what to switch on before posting, if there is
    something to switch on."""

    line: str
    how: str


_META = "Switch on “Add AI label” (AI info) before you share."
_ANYWHERE = "There is no switch to rely on: put the line into the post itself."
_HOW: Mapping[str, str] = MappingProxyType(
    {
        "instagram-portrait": _META,
        "instagram-square": _META,
        "facebook-post": _META,
        "story": (
            "Instagram and Facebook: switch on “Add AI label” before you share. "
            "TikTok: More options, “AI-generated content”. "
            "YouTube Shorts: “Altered content”, answer yes."
        ),
        "youtube-thumbnail": "Under “Altered content” answer yes when you upload the video.",
    }
)


def label_for(platform: str) -> Label:
    return Label(
        line="Made with AI: this person does not exist.", how=_HOW.get(platform, _ANYWHERE)
    )


def label_text(platform: str, *, platform_label: str) -> str:
    """`ai-label.txt` of a package."""
    label = label_for(platform)
    return (
        f"{label.line}\n\n"
        f"{platform_label}\n{label.how}\n\n"
        "The pictures carry IPTC's mark for it (digital source type, in XMP). Leave it in.\n"
    )
