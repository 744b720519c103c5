"""Writes docs/contact-sheet.webp: six characters, eight pictures each, by the illustrator.

    python -m benchmarks.contact_sheet [path]

For looking at: is everybody the same person along a row, and nobody like the row above?
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from characters.config import CharacterConfig
from generation.providers.base import ImageRequest
from generation.providers.illustrator.compose import paint_picture

TARGET = Path(__file__).resolve().parent.parent / "docs" / "contact-sheet.webp"
WIDTH_PX, HEIGHT_PX = 240, 300
GAP_PX = 6
GROUND = (24, 19, 32)

PEOPLE = (
    {
        "presentation": "female", "ethnicity": "latino", "age_range": "26-33", "skin_tone": "tan",
        "face_shape": "heart", "eye_colour": "hazel", "hair_style": "wavy", "hair_colour": "brown",
        "body_type": "curvy", "beauty_marks": "cheek", "piercings": "ear",
        "outfit_style": "summer_dress", "archetype": "next_door",
    },
    {
        "presentation": "male", "ethnicity": "black", "age_range": "26-33", "skin_tone": "dark",
        "face_shape": "square", "eye_colour": "brown", "hair_style": "crew_cut",
        "hair_colour": "black", "body_type": "muscular", "outfit_style": "tailored_suit",
        "archetype": "luxury",
    },
    {
        "presentation": "female", "ethnicity": "asian", "age_range": "18-25", "skin_tone": "light",
        "face_shape": "oval", "eye_colour": "gray", "hair_style": "bangs",
        "hair_colour": "#e0559f", "body_type": "slim", "piercings": "several",
        "tattoos": "large", "outfit_style": "cyberpunk", "archetype": "mysterious",
    },
    {
        "presentation": "androgynous", "ethnicity": "white", "age_range": "26-33",
        "skin_tone": "light", "face_shape": "diamond", "eye_colour": "green",
        "hair_style": "short", "hair_colour": "red", "body_type": "athletic",
        "freckles": "heavy", "glasses": "round", "outfit_style": "denim_jacket",
        "archetype": "playful",
    },
    {
        "presentation": "female", "ethnicity": "black", "age_range": "42-50",
        "skin_tone": "medium", "face_shape": "round", "eye_colour": "amber",
        "hair_style": "curly", "hair_colour": "auburn", "body_type": "plus_size",
        "outfit_style": "blazer_look", "archetype": "professional",
    },
    {
        "presentation": "male", "ethnicity": "arab", "age_range": "51-65", "skin_tone": "tan",
        "face_shape": "oval", "eye_colour": "brown", "hair_style": "pompadour",
        "hair_colour": "gray", "body_type": "average", "outfit_style": "linen_shirt",
        "archetype": "luxury",
    },
)  # fmt: skip

# Scene, pose, framing, expression, outfit (None keeps the character's own), light (None: the
# scene's), by character.
PICTURES = (
    (
        ("beach_sunset", "hand_on_hip", "half_body", "smile", None, None),
        ("studio_portrait", "relaxed", "close_up", "neutral", None, None),
        ("market_street", "waving", "half_body", "laugh", "linen_shirt", None),
        ("tropical_pool", "sitting_floor", "full_body", "smile", "swimsuit", None),
        ("rooftop", "hand_in_hair", "half_body", "serious", "cocktail_dress", None),
        ("kitchen_morning", "thinking", "half_body", "thoughtful", "knit_sweater", None),
        ("christmas", "heart_hands", "half_body", "smile", "oversized_hoodie", None),
        ("yoga_studio", "stretching", "full_body", "smile", "yoga_set", None),
    ),
    (
        ("paris_balcony", "hands_in_pockets", "half_body", "smile", None, None),
        ("gym", "arms_crossed", "half_body", "serious", "gym_set", None),
        ("colour_backdrop", "relaxed", "close_up", "laugh", "tee_and_jeans", None),
        ("crosswalk", "walking", "full_body", "neutral", "long_coat", None),
        ("spotlight", "sitting_stool", "full_body", "smile", "velvet_tuxedo", None),
        ("mountain_view", "running", "full_body", "smile", "running_kit", None),
        ("airport_lounge", "selfie", "half_body", "surprised", "tracksuit", None),
        ("bookstore", "thinking", "close_up", "thoughtful", "knit_sweater", None),
    ),
    (
        ("neon_alley", "arms_crossed", "half_body", "serious", None, None),
        ("night_club", "dancing", "full_body", "laugh", "sequin_top", None),
        ("graffiti_wall", "sitting_forward", "full_body", "neutral", "leather_jacket", None),
        ("home_office", "peace_sign", "half_body", "smile", "oversized_hoodie", None),
        ("street_style", "hand_on_hip", "full_body", "smile", "denim_jacket", None),
        ("forest_trail", "spinning", "full_body", "smile", "fairy", "backlit"),
        ("colour_backdrop", "heart_hands", "close_up", "laugh", "tee_and_jeans", "flash"),
        ("snow_day", "waving", "half_body", "surprised", "knit_sweater", None),
    ),
    (
        ("autumn_park", "hands_in_pockets", "half_body", "smile", None, None),
        ("cafe", "thinking", "half_body", "thoughtful", "linen_shirt", None),
        ("concert", "arms_up", "half_body", "laugh", "leather_jacket", None),
        ("living_room", "sitting_crossed", "full_body", "smile", "knit_sweater", None),
        ("subway", "leaning", "full_body", "serious", "long_coat", None),
        ("flower_field", "jumping", "full_body", "laugh", "tee_and_jeans", None),
        ("desert_road", "relaxed", "close_up", "neutral", None, "golden_hour"),
        ("neon_alley", "selfie", "half_body", "surprised", "astronaut", None),
    ),
    (
        ("home_office", "arms_crossed", "half_body", "smile", None, None),
        ("rooftop", "hand_on_hip", "full_body", "smile", "evening_gown", None),
        ("flower_field", "relaxed", "close_up", "laugh", "summer_dress", "daylight"),
        ("island_terrace", "waving", "half_body", "laugh", "summer_dress", None),
        ("cozy_bedroom", "sitting_floor", "full_body", "thoughtful", "oversized_hoodie", None),
        ("autumn_park", "walking", "full_body", "smile", "long_coat", None),
        ("spotlight", "arms_up", "half_body", "surprised", "flapper", None),
        ("living_room", "heart_hands", "half_body", "smile", "knit_sweater", None),
    ),
    (
        ("island_terrace", "relaxed", "half_body", "smile", None, None),
        ("desert_road", "leaning", "full_body", "serious", "leather_jacket", None),
        ("bookstore", "sitting_stool", "full_body", "thoughtful", "blazer_look", None),
        ("beach_sunset", "walking", "full_body", "smile", "board_shorts", None),
        ("studio_portrait", "arms_crossed", "close_up", "neutral", "tailored_suit", "rim_light"),
        ("kitchen_morning", "peace_sign", "half_body", "laugh", "tee_and_jeans", None),
        ("snow_day", "hands_in_pockets", "half_body", "smile", "long_coat", None),
        ("concert", "dancing", "full_body", "laugh", "pirate", None),
    ),
)


def main(target: Path = TARGET) -> None:
    columns = max(len(row) for row in PICTURES)
    size = (
        GAP_PX + columns * (WIDTH_PX + GAP_PX),
        GAP_PX + len(PICTURES) * (HEIGHT_PX + GAP_PX),
    )
    sheet = Image.new("RGB", size, GROUND)
    for row, (person, pictures) in enumerate(zip(PEOPLE, PICTURES, strict=True)):
        look = {**CharacterConfig.parse(person).to_json(), "seed": f"contact-{row}"}
        for column, picture in enumerate(pictures):
            at = (GAP_PX + column * (WIDTH_PX + GAP_PX), GAP_PX + row * (HEIGHT_PX + GAP_PX))
            sheet.paste(_thumbnail(look, picture, seed=row * 8 + column), at)
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, "WEBP", quality=82, method=6)
    print(f"{target}: {size[0]} × {size[1]} px, {target.stat().st_size / 1000:.0f} kB")


def _thumbnail(
    look: dict[str, object],
    picture: tuple[str, str, str, str, str | None, str | None],
    *,
    seed: int,
) -> Image.Image:
    scene, pose, framing, expression, outfit, lighting = picture
    request = ImageRequest(
        external_key="",
        look=look,
        seed=seed,
        width_px=1024,
        height_px=1280,
        scene=scene,
        pose=pose,
        framing=framing,
        expression=expression,
        outfit=outfit,
        lighting=lighting,
    )
    # As it is made, and then reduced: finer than drawing it at the final size.
    large = Image.open(io.BytesIO(paint_picture(request))).convert("RGB")
    return large.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:2]))
