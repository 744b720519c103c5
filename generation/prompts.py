"""Words made of a look and a scene. Pure: no tables, no settings, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generation import catalogue
from generation.providers.base import ImageRequest

# Raised with every change of what comes out for the same choices; pictures keep theirs.
PROMPT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of a prompt and the choice that put them there. `field` is a field of the look,
    a control of the studio, `prompt` for the owner's own words, or `references`."""

    words: str
    field: str
    choice: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """`text` is the phrases of `trace` in their order with commas and full stops between them;
    every word of it stands in one of them."""

    text: str
    negative: str
    trace: tuple[Phrase, ...]


_Words = Mapping[str, str]

_STYLE: _Words = {
    "realistic": "A realistic photograph",
    "anime": "An anime picture",
    "illustrated": "A digital illustration",
}
_FRAMING: _Words = {
    "close_up": "a close-up of the head and shoulders",
    "half_body": "a half-body shot from the hips up",
    "full_body": "a full-body shot from head to feet",
}
# Said in so many words, whatever the age: models otherwise lean to the young.
_ADULT: _Words = {
    "female": "an adult woman",
    "male": "an adult man",
    "androgynous": "an androgynous adult",
}
_HERITAGE: _Words = {
    "asian": "of Asian heritage",
    "black": "of African heritage",
    "white": "of European heritage",
    "latino": "of Latin American heritage",
    "arab": "of Arab heritage",
    "indian": "of Indian heritage",
    "mixed": "of mixed heritage",
}
_BODY: _Words = {
    "slim": "a slim build",
    "athletic": "an athletic build",
    "average": "an average build",
    "curvy": "a curvy build",
    "muscular": "a muscular build",
    "plus_size": "a plus-size build",
}
_SHAPES: _Words = {
    "oval": "an oval face",
    "round": "a round face",
    "square": "a square face",
    "heart": "a heart-shaped face",
    "diamond": "a diamond-shaped face",
}
_HAIR: _Words = {
    "long": "worn long and straight",
    "short": "cut short",
    "braids": "worn in braids",
    "ponytail": "worn in a ponytail",
    "bangs": "cut with bangs",
    "bun": "worn in a bun",
    "wavy": "worn wavy",
    "curly": "worn curly",
    "crew_cut": "in a crew cut",
    "pompadour": "in a pompadour",
    "layered": "cut in layers",
    "bald": "a bald head",
}
_HAIR_COLOURS: _Words = {
    "black": "black",
    "brown": "brown",
    "blonde": "blonde",
    "auburn": "auburn",
    "red": "red",
    "gray": "gray",
    "white": "white",
}
# What a colour of one's own is called: the nearest of these.
_DYES: Mapping[str, tuple[int, int, int]] = {
    "jet black": (16, 16, 20),
    "dark brown": (70, 45, 35),
    "silver": (190, 190, 196),
    "platinum white": (240, 238, 232),
    "bright red": (214, 40, 40),
    "burgundy": (120, 20, 50),
    "orange": (240, 130, 40),
    "copper": (184, 100, 50),
    "yellow": (245, 220, 70),
    "lime green": (150, 220, 60),
    "emerald green": (20, 140, 90),
    "mint green": (150, 225, 190),
    "teal": (20, 140, 150),
    "turquoise": (70, 210, 215),
    "sky blue": (120, 180, 240),
    "electric blue": (40, 80, 235),
    "navy blue": (25, 30, 95),
    "violet": (125, 60, 200),
    "lavender": (190, 160, 235),
    "magenta": (220, 40, 170),
    "hot pink": (250, 80, 150),
    "pastel pink": (245, 180, 205),
}
_DETAILS: Mapping[str, _Words] = {
    "freckles": {"light": "a few freckles", "medium": "freckles", "heavy": "many freckles"},
    "beauty_marks": {"cheek": "a beauty mark on the cheek", "lip": "a beauty mark above the lip"},
    "scars": {"brow": "a small scar through one eyebrow", "cheek": "a small scar on the cheek"},
    "piercings": {
        "ear": "pierced ears",
        "nose": "a nose piercing",
        "lip": "a lip piercing",
        "eyebrow": "an eyebrow piercing",
        "several": "several face piercings",
    },
    "tattoos": {
        "small": "a small tattoo",
        "medium": "tattoos on the arms",
        "large": "large tattoos over the arms and chest",
    },
    "glasses": {
        "round": "round glasses",
        "square": "square glasses",
        "sunglasses": "sunglasses",
    },
}
_OUTFITS: _Words = {
    "tee_and_jeans": "a tee and jeans",
    "oversized_hoodie": "an oversized hoodie",
    "knit_sweater": "a knit sweater",
    "denim_jacket": "a denim jacket",
    "linen_shirt": "a linen shirt",
    "summer_dress": "a summer dress",
    "leather_jacket": "a leather jacket",
    "long_coat": "a long coat",
    "evening_gown": "an evening gown",
    "cocktail_dress": "a cocktail dress",
    "tailored_suit": "a tailored suit",
    "silk_blouse": "a silk blouse",
    "blazer_look": "a blazer over a plain top",
    "sequin_top": "a sequin top",
    "velvet_tuxedo": "a velvet tuxedo",
    "gym_set": "a matching gym set",
    "tracksuit": "a tracksuit",
    "yoga_set": "a yoga set",
    "tennis_whites": "tennis whites",
    "running_kit": "a running kit",
    "swimsuit": "a modest swimsuit",
    "board_shorts": "board shorts and a tee",
    "wetsuit": "a wetsuit",
    "witch": "a witch costume with a pointed hat",
    "superhero": "a superhero costume with a cape",
    "astronaut": "an astronaut suit",
    "pirate": "a pirate costume",
    "fairy": "a fairy costume with wings",
    "cyberpunk": "a cyberpunk outfit",
    "flapper": "a roaring twenties outfit",
}
_EXPRESSION: _Words = {
    "neutral": "with a calm face",
    "smile": "smiling",
    "laugh": "laughing",
    "serious": "with a serious look",
    "surprised": "looking surprised",
    "thoughtful": "lost in thought",
}
_POSES: _Words = {
    "relaxed": "standing relaxed",
    "hand_on_hip": "standing with one hand on the hip",
    "arms_crossed": "standing with crossed arms",
    "hands_in_pockets": "standing with both hands in the pockets",
    "leaning": "leaning to one side",
    "hand_in_hair": "standing with one hand in the hair",
    "sitting_stool": "sitting on a stool",
    "sitting_crossed": "sitting with crossed legs",
    "sitting_floor": "sitting on the floor",
    "lounging": "lounging",
    "kneeling": "kneeling",
    "sitting_forward": "sitting and leaning forward",
    "walking": "walking",
    "running": "running",
    "jumping": "jumping",
    "dancing": "dancing",
    "stretching": "stretching",
    "spinning": "spinning around",
    "waving": "waving at the viewer",
    "peace_sign": "making a peace sign",
    "thinking": "thinking with a hand at the chin",
    "arms_up": "raising both arms",
    "heart_hands": "forming a heart with both hands",
    "selfie": "taking a selfie",
}
_SCENES: _Words = {
    "beach_sunset": "on a beach at sunset",
    "tropical_pool": "at a tropical pool",
    "mountain_view": "before a wide view of mountains",
    "forest_trail": "on a forest trail",
    "flower_field": "in a field of flowers",
    "rooftop": "on a rooftop above the city",
    "street_style": "on a city street",
    "crosswalk": "on a crosswalk",
    "graffiti_wall": "before a graffiti wall",
    "subway": "on a subway platform",
    "cafe": "in a café",
    "bookstore": "in a bookstore",
    "kitchen_morning": "in a kitchen in the morning",
    "cozy_bedroom": "in a cosy bedroom",
    "living_room": "in a living room",
    "home_office": "in a home office",
    "studio_portrait": "before a plain studio backdrop",
    "colour_backdrop": "before a backdrop of one strong colour",
    "spotlight": "in a spotlight on a dark stage",
    "gym": "in a gym",
    "yoga_studio": "in a yoga studio",
    "airport_lounge": "in an airport lounge",
    "island_terrace": "on a white island terrace above the sea",
    "paris_balcony": "on a balcony in Paris",
    "desert_road": "on a desert road",
    "market_street": "on a market street",
    "night_club": "in a night club",
    "neon_alley": "in an alley of neon signs at night",
    "concert": "at a concert",
    "autumn_park": "in a park in autumn",
    "snow_day": "outside on a day of snow",
    "christmas": "in a room decorated for Christmas",
}
_ENVIRONMENTS: _Words = {
    "beach": "at a beach",
    "bedroom": "in a bedroom",
    "living_room": "in a living room",
    "office": "in an office",
    "cafe": "in a café",
    "urban_street": "on an urban street",
    "photo_studio": "in a photo studio",
    "nature": "out in nature",
}
_LIGHTING: _Words = {
    "daylight": "in daylight",
    "golden_hour": "in the low light of the golden hour",
    "blue_hour": "in the light of the blue hour",
    "overcast": "under an overcast sky",
    "window_light": "in soft light from a window",
    "softbox": "lit by a softbox",
    "rim_light": "with a bright rim light",
    "backlit": "lit from behind",
    "flash": "in direct flash",
    "neon": "in neon light",
    "candlelight": "in candlelight",
    "moonlight": "in moonlight",
}
_ARCHETYPE: _Words = {
    "next_door": "an approachable, everyday feel",
    "fitness": "a sporty, energetic feel",
    "luxury": "a polished, luxurious feel",
    "mysterious": "a moody, mysterious feel",
    "playful": "a colourful, playful feel",
    "professional": "a composed, professional feel",
}
_NEVER = (
    "child, teenager, underage-looking person, nudity, second person, extra fingers, "
    "deformed hands, extra limbs, distorted face, text, watermark, logo"
)
_NOT_THIS_STYLE: _Words = {
    "realistic": "drawing, cartoon, painting, 3d render, plastic skin",
    "anime": "photograph, 3d render",
    "illustrated": "photograph, 3d render",
}


def compile_prompt(request: ImageRequest) -> Compiled:
    """The look and the choices of a request as the words a model is given.

    The same request always gives the same words. What is to be seen most comes first, the
    owner's own words last. Slugs this version does not know are said as they are written.
    """
    sentences = [
        sentence
        for sentence in (
            _picture(request),
            _likeness(request),
            _face(request.look),
            _doing(request),
            _place(request),
            _feel(request.look),
            _own_words(request),
        )
        if sentence
    ]
    text = " ".join(_sentence(phrases) for phrases in sentences)
    style = request.look["visual_style"]
    negative = f"{_NEVER}, {_NOT_THIS_STYLE[style]}" if style in _NOT_THIS_STYLE else _NEVER
    return Compiled(text, negative, tuple(p for phrases in sentences for p in phrases))


def describe(request: ImageRequest, name: str) -> str:
    """One sentence for people who cannot see the picture:
    `Half body of Mara Vale, smiling, pose: waving, scene: rooftop.`"""
    framing = catalogue.FRAMINGS.by_slug[request.framing].label
    pose = catalogue.POSES.by_slug[request.pose].label.lower()
    scene = catalogue.SCENES.by_slug[request.scene].label.lower()
    who = name or "the character"
    return f"{framing} of {who}, {_EXPRESSION[request.expression]}, pose: {pose}, scene: {scene}."


# --- Sentences -----------------------------------------------------------------------------------


def _sentence(phrases: list[Phrase]) -> str:
    text = ", ".join(phrase.words for phrase in phrases)
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _said(table: _Words, field: str, slug: str, form: str = "{}") -> Phrase:
    return Phrase(form.format(table.get(slug, slug.replace("_", " "))), field, slug)


def _picture(request: ImageRequest) -> list[Phrase]:
    look = request.look
    youngest, _, oldest = look["age_range"].partition("-")
    return [
        _said(_STYLE, "visual_style", look["visual_style"]),
        _said(_FRAMING, "framing", request.framing),
        _said(_ADULT, "presentation", look["presentation"], "showing {}"),
        Phrase(f"{youngest} to {oldest} years old", "age_range", look["age_range"]),
        _said(_HERITAGE, "ethnicity", look["ethnicity"]),
        _said(_BODY, "body_type", look["body_type"], "with {}"),
    ]


def _likeness(request: ImageRequest) -> list[Phrase]:
    """Where pictures go along, words only say what they are for."""
    shown = [r for r in request.references if r.role in ("base_face", "character")]
    if not shown:
        return []
    pictures = "picture" if len(shown) == 1 else "pictures"
    words = f"the very same person as in the reference {pictures}, with the same face"
    return [Phrase(words, "references", str(len(shown)))]


def _face(look: Mapping[str, Any]) -> list[Phrase]:
    details = [
        _said(table, field, look[field])
        for field, table in _DETAILS.items()
        if look.get(field, "none") != "none"
    ]
    return [
        Phrase(f"{look['skin_tone']} skin", "skin_tone", look["skin_tone"]),
        _said(_SHAPES, "face_shape", look["face_shape"]),
        Phrase(f"{look['eye_colour']} eyes", "eye_colour", look["eye_colour"]),
        *_hair(look),
        *details,
    ]


def _hair(look: Mapping[str, Any]) -> list[Phrase]:
    """Style and colour are two choices, so they are two phrases; a bald head has no colour."""
    style, colour = look["hair_style"], look["hair_colour"]
    worn = _said(_HAIR, "hair_style", style)
    if style == "bald":
        return [worn]
    return [Phrase(f"{_hair_colour(colour)} hair", "hair_colour", colour), worn]


def _hair_colour(colour: str) -> str:
    if not colour.startswith("#"):
        return _HAIR_COLOURS.get(colour, colour)
    wanted = bytes.fromhex(colour[1:])
    return min(
        _DYES,
        key=lambda dye: sum((a - b) ** 2 for a, b in zip(_DYES[dye], wanted, strict=True)),
    )


def _doing(request: ImageRequest) -> list[Phrase]:
    outfit = request.outfit or request.look["outfit_style"]
    field = "outfit" if request.outfit else "outfit_style"
    return [
        _said(_OUTFITS, field, outfit, "wearing {}"),
        _said(_EXPRESSION, "expression", request.expression),
        _said(_POSES, "pose", request.pose),
    ]


def _place(request: ImageRequest) -> list[Phrase]:
    """Another place keeps of the scene what it feels like, as in the studio's preview."""
    place = [_said(_SCENES, "scene", request.scene)]
    if request.environment:
        mood = Phrase(f"in the mood of {request.scene.replace('_', ' ')}", "scene", request.scene)
        place = [_said(_ENVIRONMENTS, "environment", request.environment), mood]
    light = [_said(_LIGHTING, "lighting", request.lighting)] if request.lighting else []
    return [*place, *light]


def _feel(look: Mapping[str, Any]) -> list[Phrase]:
    traits = [trait.replace("_", "-") for trait in look["personality"]]
    return [
        _said(_ARCHETYPE, "archetype", look["archetype"]),
        Phrase(f"coming across as {' and '.join(traits)}", "personality", ", ".join(traits)),
    ]


def _own_words(request: ImageRequest) -> list[Phrase]:
    words = " ".join(request.prompt.split())
    return [Phrase(words, "prompt", words)] if words else []
