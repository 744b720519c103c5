"""Other words under which people look for the studio's options, where label, group and slug lack
them."""

from __future__ import annotations

from collections.abc import Mapping

from characters.catalogue import Option

_SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "scene": {
        "beach_sunset": "sea ocean sand evening holiday",
        "tropical_pool": "swimming water summer resort holiday",
        "mountain_view": "hike alps peak nature",
        "forest_trail": "woods trees nature hike",
        "flower_field": "meadow spring garden nature",
        "rooftop": "skyline terrace town",
        "street_style": "town fashion sidewalk pavement",
        "crosswalk": "town zebra crossing traffic",
        "graffiti_wall": "town urban street art",
        "subway": "metro underground train station",
        "cafe": "coffee shop bar",
        "bookstore": "books library reading shop",
        "kitchen_morning": "breakfast cooking food",
        "cozy_bedroom": "cosy bed room sleep",
        "living_room": "sofa couch lounge",
        "home_office": "desk work computer",
        "studio_portrait": "plain backdrop headshot",
        "colour_backdrop": "color plain background",
        "spotlight": "stage dark",
        "gym": "fitness workout training sport",
        "yoga_studio": "fitness stretching calm",
        "airport_lounge": "plane flight trip",
        "island_terrace": "greece sea holiday summer",
        "paris_balcony": "france city holiday",
        "desert_road": "car trip sand",
        "market_street": "shopping bazaar food",
        "night_club": "party dance disco",
        "neon_alley": "cyberpunk tokyo street night",
        "concert": "music stage festival party",
        "autumn_park": "fall leaves trees",
        "snow_day": "winter cold ice",
        "christmas": "xmas winter holiday tree",
    },
    "pose": {
        "relaxed": "neutral calm plain",
        "leaning": "wall",
        "hands_in_pockets": "casual",
        "sitting_stool": "seated chair",
        "sitting_crossed": "seated chair",
        "sitting_floor": "seated ground",
        "sitting_forward": "seated chair",
        "lounging": "lying sofa rest",
        "walking": "stroll step",
        "running": "jogging sport",
        "jumping": "leap joy",
        "dancing": "party music",
        "stretching": "yoga sport",
        "spinning": "twirl turn",
        "waving": "hello hi greeting",
        "peace_sign": "victory fingers",
        "thinking": "thoughtful chin",
        "arms_up": "cheer win joy",
        "heart_hands": "love",
        "selfie": "phone camera mirror",
    },
    "outfit": {
        "tee_and_jeans": "t-shirt tshirt denim trousers",
        "oversized_hoodie": "sweatshirt hoody",
        "knit_sweater": "jumper pullover wool",
        "denim_jacket": "jeans",
        "linen_shirt": "summer",
        "leather_jacket": "biker",
        "long_coat": "winter",
        "evening_gown": "dress ball gala",
        "cocktail_dress": "party",
        "tailored_suit": "business formal",
        "silk_blouse": "shirt",
        "blazer_look": "business jacket",
        "sequin_top": "party glitter",
        "velvet_tuxedo": "formal gala suit",
        "gym_set": "fitness workout",
        "tracksuit": "jogging",
        "running_kit": "jogging",
        "swimsuit": "bikini beach pool",
        "board_shorts": "t-shirt beach swim",
        "wetsuit": "surf dive",
        "witch": "halloween magic",
        "superhero": "cape comic",
        "astronaut": "space suit",
        "pirate": "sea halloween",
        "fairy": "wings magic",
        "cyberpunk": "future neon",
        "flapper": "1920s twenties gatsby",
    },
}


def words_for(field: str, option: Option) -> str:
    """Everything an option can be found by, for static/js/find-option.js."""
    synonyms = _SYNONYMS.get(field, {}).get(option.slug, "")
    return " ".join(filter(None, (option.label, option.group, option.slug, synonyms)))
