"""What a form of the studio can start from: templates people saved, and a few of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from generation.models import StudioTemplate
from ryla.lib.errors import Conflict, InvalidInput

TEMPLATES_MAX = 100
NAME_MAX = 60
# References are pictures of one character; a template is for all of them.
_OF_ONE_CHARACTER = ("references",)


@dataclass(frozen=True, slots=True)
class Start:
    """Options of a request under a name. `slug` names one of ours, or is the id of a template."""

    name: str
    options: Mapping[str, Any]
    slug: str = ""


def templates_of(owner: User, recipe: str = "") -> list[StudioTemplate]:
    """By name; of one recipe, or of all."""
    rows = StudioTemplate.objects.filter(owner=owner).order_by("name")
    return [row for row in rows if not recipe or row.recipe == recipe]


def save_template(
    *, owner: User, name: str, recipe: str, options: Mapping[str, Any]
) -> StudioTemplate:
    """`options` as a form of the studio says them. Raises InvalidInput(name), and Conflict when
    there are too many."""
    kept = {key: value for key, value in options.items() if key not in _OF_ONE_CHARACTER}
    template = StudioTemplate(owner=owner, name=_valid(name), recipe=recipe, options=kept)
    with transaction.atomic():
        # One owner's templates are counted in turn.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if StudioTemplate.objects.filter(owner=owner).count() >= TEMPLATES_MAX:
            raise Conflict(f"You have {TEMPLATES_MAX} templates. Delete one first.")
        _save(template)
    return template


def rename_template(*, template: StudioTemplate, name: str) -> StudioTemplate:
    """Raises InvalidInput(name)."""
    template.name = _valid(name)
    _save(template)
    return template


def delete_template(*, template: StudioTemplate) -> None:
    """Harmless when it is gone already."""
    StudioTemplate.objects.filter(pk=template.pk).delete()


def _valid(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise InvalidInput(f"A name has 1 to {NAME_MAX} characters.", field="name")
    return name


def _save(template: StudioTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        if "studio_template_once" in str(error):
            raise InvalidInput("You already have a template of this name.", field="name") from error
        raise


def _ours(slug: str, name: str, **options: Any) -> Start:
    return Start(name, MappingProxyType(options), slug)


# By archetype: what suits it, as a beginning.
CURATED: Mapping[str, tuple[Start, ...]] = MappingProxyType(
    {
        "next_door": (
            _ours(
                "slow-morning", "Slow morning", scene="kitchen_morning", pose="relaxed",
                expression="smile", lighting="window_light", outfit="knit_sweater",
            ),
            _ours(
                "coffee-date", "Coffee date", scene="cafe", pose="sitting_forward",
                expression="laugh", framing="half_body", format="4:5",
            ),
            _ours(
                "autumn-walk", "Autumn walk", scene="autumn_park", pose="walking",
                framing="full_body", lighting="golden_hour", outfit="denim_jacket",
            ),
        ),
        "fitness": (
            _ours(
                "gym-day", "Gym day", scene="gym", pose="arms_crossed", expression="serious",
                outfit="gym_set", framing="half_body",
            ),
            _ours(
                "morning-run", "Morning run", scene="forest_trail", pose="running",
                framing="full_body", outfit="running_kit", format="9:16",
            ),
            _ours(
                "yoga-hour", "Yoga hour", scene="yoga_studio", pose="stretching",
                framing="full_body", outfit="yoga_set", lighting="window_light",
            ),
        ),
        "luxury": (
            _ours(
                "gala-night", "Gala night", scene="spotlight", pose="hand_on_hip",
                expression="serious", outfit="evening_gown", framing="full_body",
            ),
            _ours(
                "terrace", "Terrace by the sea", scene="island_terrace", pose="leaning",
                lighting="golden_hour", outfit="linen_shirt",
            ),
            _ours(
                "lounge", "Before the flight", scene="airport_lounge", pose="sitting_crossed",
                outfit="tailored_suit", expression="thoughtful",
            ),
        ),
        "mysterious": (
            _ours(
                "neon", "Neon alley", scene="neon_alley", pose="hands_in_pockets",
                lighting="neon", expression="serious", outfit="leather_jacket",
            ),
            _ours(
                "underground", "Underground", scene="subway", pose="leaning",
                expression="neutral", outfit="long_coat",
            ),
            _ours(
                "candles", "By candlelight", scene="cozy_bedroom", pose="thinking",
                lighting="candlelight", framing="close_up",
            ),
        ),
        "playful": (
            _ours(
                "pool-day", "Pool day", scene="tropical_pool", pose="jumping",
                expression="laugh", outfit="swimsuit", framing="full_body",
            ),
            _ours(
                "selfie", "Street selfie", scene="graffiti_wall", pose="selfie",
                expression="smile", framing="close_up", format="9:16",
            ),
            _ours(
                "snowball", "Snow day", scene="snow_day", pose="arms_up", expression="laugh",
                outfit="oversized_hoodie",
            ),
        ),
        "professional": (
            _ours(
                "headshot", "Headshot", scene="studio_portrait", pose="arms_crossed",
                framing="close_up", lighting="softbox", outfit="blazer_look", format="1:1",
            ),
            _ours(
                "at-the-desk", "At the desk", scene="home_office", pose="sitting_forward",
                expression="thoughtful", outfit="silk_blouse",
            ),
            _ours(
                "city-walk", "City walk", scene="crosswalk", pose="walking",
                framing="full_body", outfit="tailored_suit",
            ),
        ),
    }
)  # fmt: skip


def find_curated(archetype: str, slug: str) -> Start | None:
    return next((start for start in CURATED.get(archetype, ()) if start.slug == slug), None)
