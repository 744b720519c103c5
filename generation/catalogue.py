"""What the studio may ask for: scenes, places, light, poses, expressions, formats.

The same shape as the catalogue of a look. A provider advertises the slugs it can honour;
only those reach the screen and the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from characters.catalogue import Field, Option
from generation.providers.base import FORMAT_SIZES


def _grouped(slug: str, label: str, groups: dict[str, dict[str, str]]) -> Field:
    return Field(
        slug,
        label,
        tuple(
            Option(s, name, group)
            for group, members in groups.items()
            for s, name in members.items()
        ),
    )


def _flat(slug: str, label: str, options: dict[str, str]) -> Field:
    return Field(slug, label, tuple(Option(s, name) for s, name in options.items()))


SCENES = _grouped(
    "scene",
    "Scene",
    {
        "Outdoors": {
            "beach_sunset": "Beach sunset",
            "tropical_pool": "Tropical pool",
            "mountain_view": "Mountain view",
            "forest_trail": "Forest trail",
            "flower_field": "Flower field",
        },
        "City": {
            "rooftop": "Rooftop",
            "street_style": "Street style",
            "crosswalk": "Crosswalk",
            "graffiti_wall": "Graffiti wall",
            "subway": "Subway platform",
        },
        "Home and café": {
            "cafe": "Café",
            "bookstore": "Bookstore",
            "kitchen_morning": "Kitchen in the morning",
            "cozy_bedroom": "Cosy bedroom",
            "living_room": "Living room",
            "home_office": "Home office",
        },
        "Studio and gym": {
            "studio_portrait": "Studio portrait",
            "colour_backdrop": "Colour backdrop",
            "spotlight": "Spotlight",
            "gym": "Gym",
            "yoga_studio": "Yoga studio",
        },
        "Travel": {
            "airport_lounge": "Airport lounge",
            "island_terrace": "Island terrace",
            "paris_balcony": "Paris balcony",
            "desert_road": "Desert road",
            "market_street": "Market street",
        },
        "Nights and seasons": {
            "night_club": "Night club",
            "neon_alley": "Neon alley",
            "concert": "Concert",
            "autumn_park": "Autumn park",
            "snow_day": "Snow day",
            "christmas": "Christmas",
        },
    },
)

ENVIRONMENTS = _flat(
    "environment",
    "Environment",
    {
        "beach": "Beach",
        "bedroom": "Bedroom",
        "living_room": "Living room",
        "office": "Office",
        "cafe": "Café",
        "urban_street": "Urban street",
        "photo_studio": "Photo studio",
        "nature": "Nature",
    },
)

LIGHTING = _flat(
    "lighting",
    "Lighting",
    {
        "daylight": "Daylight",
        "golden_hour": "Golden hour",
        "blue_hour": "Blue hour",
        "overcast": "Overcast",
        "window_light": "Window light",
        "softbox": "Softbox",
        "rim_light": "Rim light",
        "backlit": "Backlit",
        "flash": "Direct flash",
        "neon": "Neon",
        "candlelight": "Candlelight",
        "moonlight": "Moonlight",
    },
)

POSES = _grouped(
    "pose",
    "Pose",
    {
        "Standing": {
            "relaxed": "Relaxed",
            "hand_on_hip": "Hand on hip",
            "arms_crossed": "Arms crossed",
            "hands_in_pockets": "Hands in pockets",
            "leaning": "Leaning",
            "hand_in_hair": "Hand in hair",
        },
        "Sitting": {
            "sitting_stool": "On a stool",
            "sitting_crossed": "Legs crossed",
            "sitting_floor": "On the floor",
            "lounging": "Lounging",
            "kneeling": "Kneeling",
            "sitting_forward": "Leaning forward",
        },
        "Action": {
            "walking": "Walking",
            "running": "Running",
            "jumping": "Jumping",
            "dancing": "Dancing",
            "stretching": "Stretching",
            "spinning": "Spinning",
        },
        "Expressive": {
            "waving": "Waving",
            "peace_sign": "Peace sign",
            "thinking": "Thinking",
            "arms_up": "Arms up",
            "heart_hands": "Heart hands",
            "selfie": "Selfie",
        },
    },
)

FRAMINGS = _flat(
    "framing",
    "Framing",
    {"close_up": "Close-up", "half_body": "Half body", "full_body": "Full body"},
)

EXPRESSIONS = _flat(
    "expression",
    "Expression",
    {
        "neutral": "Neutral",
        "smile": "Smile",
        "laugh": "Laugh",
        "serious": "Serious",
        "surprised": "Surprised",
        "thoughtful": "Thoughtful",
    },
)

QUALITIES = _flat("quality", "Quality", {"draft": "Draft", "standard": "Standard", "high": "High"})


@dataclass(frozen=True, slots=True)
class Format:
    """A picture format; every provider that offers it makes this size."""

    slug: str
    label: str
    width_px: int
    height_px: int


FORMATS = MappingProxyType(
    {
        f.slug: f
        for f in (
            Format("1:1", "Square", *FORMAT_SIZES["1:1"]),
            Format("4:5", "Feed portrait", *FORMAT_SIZES["4:5"]),
            Format("3:4", "Portrait", *FORMAT_SIZES["3:4"]),
            Format("2:3", "Tall portrait", *FORMAT_SIZES["2:3"]),
            Format("9:16", "Story", *FORMAT_SIZES["9:16"]),
            Format("16:9", "Wide", *FORMAT_SIZES["16:9"]),
            Format("3:2", "Landscape", *FORMAT_SIZES["3:2"]),
        )
    }
)
