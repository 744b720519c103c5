"""The head of a person: hair behind the body, and everything in front of the neck."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import face, face_details, face_features, hair
from .head_pen import Canvas, num
from .head_traits import Traits, read_traits
from .takes import STILL, HeadTake

HAIR_STYLES: tuple[str, ...] = tuple(hair.STYLES)
EXPRESSIONS: tuple[str, ...] = tuple(face_features.MOODS)


@dataclass(frozen=True, slots=True)
class HeadLayers:
    """Two SVG fragments in figure coordinates (origin at the neck joint, y down).

    `back` goes behind neck and body, `front` in front of them.
    """

    back: str
    front: str


def draw_head(
    look: Mapping[str, Any],
    expression: str = "neutral",
    *,
    uid: str = "h",
    take: HeadTake = STILL.head,
) -> HeadLayers:
    """Draw one person's head; the same arguments give the same text.

    `take` is how the picture catches it. Every id inside starts with `uid`. Raises KeyError for
    a slug outside the catalogue.
    """
    traits = read_traits(look)
    mood = face_features.read_mood(traits, expression, take)
    back = Canvas(f"{uid}-b")
    front = Canvas(f"{uid}-f")
    dress = hair.dress(traits)
    dress.draw_back(back)
    # A turned head moves its features over the skull and its ears the other way.
    features = f' transform="translate({num(take.turn)} {num(take.nod)})"'
    ears = f' transform="translate({num(-0.4 * take.turn)} {num(-0.5 * take.nod)})"'
    if not dress.covers_ears:
        front.open(ears)
        _lit_from(front, take, lambda: face.draw_ears(front, traits))
        front.close()
    _lit_from(front, take, lambda: face.draw_skin(front, traits))
    face.double_chin(front, traits)
    face.hair_shadow(front, traits, dress.casts, take.light)
    front.open(front.clip(face.face_path(traits)))
    front.open(features)
    face_details.draw_freckles(front, traits)
    face.draw_beard(front, traits)
    front.close()
    front.close()
    front.open(features)
    _draw_features(front, traits, mood, take)
    front.close()
    dress.draw_front(front)
    front.open(features)
    if dress.covers_brows:
        face_features.draw_brows(front, traits, mood, opacity=0.28)
    face_details.draw_glasses(front, traits, has_covered_ears=dress.covers_ears)
    face_details.draw_piercings(front, traits)
    front.close()
    front.open(ears)
    face_details.draw_earrings(front, traits)
    front.close()
    return HeadLayers(back=back.svg(), front=front.svg())


def _lit_from(canvas: Canvas, take: HeadTake, draw: Callable[[], None]) -> None:
    """What is symmetric but for its light is drawn the other way round."""
    if take.light > 0:
        draw()
        return
    canvas.open(' transform="scale(-1 1)"')
    draw()
    canvas.close()


def _draw_features(
    canvas: Canvas, traits: Traits, mood: face_features.Mood, take: HeadTake
) -> None:
    canvas.open(f' transform="translate({num(take.turn * 0.45)} {num(take.nod * 0.3)})"')
    _lit_from(canvas, take, lambda: face.draw_nose(canvas, traits))
    canvas.close()
    face.draw_age(canvas, traits)
    face_features.draw_mouth(canvas, traits, mood)
    face_features.draw_eyes(canvas, traits, mood)
    face_features.draw_brows(canvas, traits, mood)
    face_details.draw_beauty_mark(canvas, traits)
    face_details.draw_scar(canvas, traits)
