"""The writer that needs nobody: lines for every scene, archetype and trait, put together.

Works offline and costs nothing. It repeats itself sooner or later, which the page says openly.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from characters.captions.base import Brief, CaptionWriter, Suggestion
from characters.captions.hashtags import clean_hashtags

TAGS_AT_MOST = 8

# Said of where the picture was made; first person, no place that is not on the picture.
SCENES: Mapping[str, tuple[str, ...]] = {
    "beach_sunset": ("Stayed until the sun was gone.", "Salt in my hair, sky on fire."),
    "tropical_pool": ("Pool first, questions later.", "Today's office has a deep end."),
    "mountain_view": ("Worth every step up.", "Thin air, wide view."),
    "forest_trail": ("Took the long way through the trees.", "No signal, no problem."),
    "flower_field": ("Came for one flower, stayed for all of them.", "Knee-deep in colour."),
    "rooftop": ("The city looks kinder from up here.", "Top floor, no ceiling."),
    "street_style": ("Sidewalk, but make it a runway.", "Just passing through. Slowly."),
    "crosswalk": ("Green light, good mood.", "Crossing over to the fun side."),
    "graffiti_wall": ("This wall dressed up for me.", "Background by someone with spray cans."),
    "subway": ("Two stops early, on purpose.", "Platform shoes, literally."),
    "cafe": ("One coffee. Then one more.", "Best table in the house: the one by the window."),
    "bookstore": ("Came for one book. Left with five.", "Quiet aisles, loud imagination."),
    "kitchen_morning": ("Breakfast is a love language.", "Slow morning, strong coffee."),
    "cozy_bedroom": ("Five more minutes, said an hour ago.", "Soft light, soft start."),
    "living_room": ("Sofa season is all year.", "Home looks good on me."),
    "home_office": ("Inbox zero is a myth. Good light is not.", "Working from where I feel best."),
    "studio_portrait": ("Hold still, they said.", "Just me and one good light."),
    "colour_backdrop": ("Colour does half the talking.", "A plain wall is never plain."),
    "spotlight": ("One light. All mine.", "Found my light and kept it."),
    "gym": ("Last set, best set.", "Showed up. That was the hard part."),
    "yoga_studio": ("Breathe in, phone down.", "Balance is a daily practice."),
    "airport_lounge": ("Gate closes when I say so. Almost.", "Somewhere between here and there."),
    "island_terrace": ("White walls, blue everything.", "Lunch took until evening."),
    "paris_balcony": ("Balcony first, croissant second.", "A little romance before noon."),
    "desert_road": ("No traffic. No plans.", "The road goes on, so do I."),
    "market_street": ("Bargained badly, smiled a lot.", "Smells like every spice at once."),
    "night_club": ("One song more.", "The bass said stay."),
    "neon_alley": ("Neon is my natural light.", "The night has good taste in colours."),
    "concert": ("Front row feelings.", "Lost my voice, found my song."),
    "autumn_park": ("Leaves down, collar up.", "My colours are in season."),
    "snow_day": ("Cold nose, warm heart.", "The world turned the volume down."),
    "christmas": ("Lights up, phones away. After this one.", "Wrapped up and ready."),
}
_ANY_SCENE = ("Today looked like this.", "A moment worth keeping.", "No filter for a good mood.")

ARCHETYPES: Mapping[str, tuple[str, ...]] = {
    "next_door": ("Nothing special planned, and that was the plan.", "Come say hi."),
    "fitness": ("Small steps count too.", "Rest day? Tomorrow, maybe."),
    "luxury": ("Taste is knowing what to leave out.", "Details, always the details."),
    "mysterious": ("I will not explain this one.", "Some stories stay untold."),
    "playful": ("Ten out of ten, would do again.", "I laughed before the picture and after."),
    "professional": ("Meeting moved. Mood did not.", "Done by noon. Well, almost."),
}
TRAITS: Mapping[str, tuple[str, ...]] = {
    "confident": ("Yes, I like this one.",),
    "shy": ("Nearly did not post this.",),
    "bold": ("Too much? Good.",),
    "laid_back": ("No rush at all.",),
    "playful": ("Guess what happened a second later.",),
    "mysterious": ("You had to be there.",),
    "caring": ("Drink some water today.",),
    "independent": ("Took myself out. Lovely company.",),
    "adventurous": ("Next stop: not telling yet.",),
    "homebody": ("And now back to my blanket.",),
    "ambitious": ("On to the next one.",),
    "creative": ("I see colours you have not named yet.",),
    "flirty": ("Thinking of you. Maybe.",),
    "classy": ("Simple never goes out of style.",),
    "edgy": ("Not sorry.",),
    "sweet": ("Sending you a good day.",),
}
EXPRESSIONS: Mapping[str, str] = {
    "smile": "This smile is real.",
    "laugh": "Somebody told a joke.",
    "serious": "My thinking face.",
    "surprised": "Did not see that coming.",
    "thoughtful": "Somewhere in my head.",
}
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "next_door": ("What did your day look like?", "Who else?"),
    "fitness": ("What are you training today?", "Who is in?"),
    "luxury": ("Yes or yes?", "Where to next?"),
    "mysterious": ("What do you think it means?", "Guess."),
    "playful": ("Caption this better than me.", "Rate my face, one to ten."),
    "professional": ("How do you start your week?", "What is on your list today?"),
}
_ANY_QUESTION = ("What do you think?",)

_SCENE_TAGS: Mapping[str, tuple[str, ...]] = {
    "beach_sunset": ("sunset", "beachlife"),
    "tropical_pool": ("poolday", "summer"),
    "mountain_view": ("mountains", "hiking"),
    "forest_trail": ("forest", "outdoors"),
    "flower_field": ("flowers", "spring"),
    "rooftop": ("rooftop", "cityview"),
    "street_style": ("streetstyle", "citylife"),
    "crosswalk": ("streetstyle", "citylife"),
    "graffiti_wall": ("streetart", "urban"),
    "subway": ("subway", "citylife"),
    "cafe": ("coffeetime", "cafe"),
    "bookstore": ("bookstore", "booklover"),
    "kitchen_morning": ("breakfast", "slowmorning"),
    "cozy_bedroom": ("cozy", "slowmorning"),
    "living_room": ("athome", "cozy"),
    "home_office": ("homeoffice", "workday"),
    "studio_portrait": ("portrait", "studio"),
    "colour_backdrop": ("portrait", "colour"),
    "spotlight": ("portrait", "lighting"),
    "gym": ("gym", "workout"),
    "yoga_studio": ("yoga", "balance"),
    "airport_lounge": ("travel", "airport"),
    "island_terrace": ("travel", "islandlife"),
    "paris_balcony": ("travel", "balcony"),
    "desert_road": ("roadtrip", "desert"),
    "market_street": ("travel", "streetmarket"),
    "night_club": ("nightlife", "party"),
    "neon_alley": ("neon", "nightphotography"),
    "concert": ("concert", "livemusic"),
    "autumn_park": ("autumn", "autumnvibes"),
    "snow_day": ("winter", "snow"),
    "christmas": ("christmas", "holidays"),
}
_ARCHETYPE_TAGS: Mapping[str, tuple[str, ...]] = {
    "next_door": ("everyday", "goodmood", "lifestyle"),
    "fitness": ("fitness", "training", "healthylifestyle"),
    "luxury": ("luxurylifestyle", "elegance", "style"),
    "mysterious": ("moody", "darkaesthetic", "edgy"),
    "playful": ("fun", "goodvibes", "weekendmood"),
    "professional": ("worklife", "businessstyle", "motivation"),
}
# What everybody should see at once; the label on the platform says it again.
_OPEN_TAGS = ("virtualinfluencer", "aigenerated")


class TemplateWriter(CaptionWriter):
    origin = (
        "Composed from ready-made lines that fit the character and the picture, on this server "
        "and without an AI model. Lines come back after a while: make them your own."
    )

    def suggest(self, brief: Brief, *, seed: str) -> Suggestion:
        rng = random.Random(seed)  # noqa: S311 (words, not secrets)
        return Suggestion(_caption(brief, rng), _hashtags(brief, rng))


def _caption(brief: Brief, rng: random.Random) -> str:
    """Two or three sentences: where, in whose voice, and now and then a question."""
    where = rng.choice(SCENES.get(brief.scene, _ANY_SCENE))
    lines = [where, *rng.sample(_voices(brief), rng.randint(1, 2))]
    text = " ".join(lines if rng.random() < 0.7 else [lines[1], lines[0], *lines[2:]])  # noqa: PLR2004
    if rng.random() < 0.5:  # noqa: PLR2004
        text += "\n\n" + rng.choice(QUESTIONS.get(brief.archetype, _ANY_QUESTION))
    return text


def _voices(brief: Brief) -> list[str]:
    """At least two."""
    voices = list(ARCHETYPES.get(brief.archetype, ARCHETYPES["next_door"]))
    for trait in brief.personality:
        voices += TRAITS.get(trait, ())
    if brief.expression in EXPRESSIONS:
        voices.append(EXPRESSIONS[brief.expression])
    return voices


def _hashtags(brief: Brief, rng: random.Random) -> tuple[str, ...]:
    scene: Sequence[str] = _SCENE_TAGS.get(brief.scene, (brief.labels.get("scene", ""),))
    own = _ARCHETYPE_TAGS.get(brief.archetype, ())
    outfit = brief.labels.get("outfit", "").lower()
    words = [*scene, *rng.sample(own, min(2, len(own))), "".join(outfit.split()), "ootd"]
    tags = clean_hashtags([*words, "".join(brief.name.split()).lower()])
    return (*tags[: TAGS_AT_MOST - len(_OPEN_TAGS)], *_OPEN_TAGS)
