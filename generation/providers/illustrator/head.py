"""The head of a person: hair behind the body, and everything in front of the neck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import face, face_details, face_features, hair
from .head_pen import Canvas
from .head_traits import Traits, read_traits

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
    look: Mapping[str, Any], expression: str = "neutral", *, uid: str = "h"
) -> HeadLayers:
    """Draw one person's head; the same look, expression and uid give the same text.

    Every id inside starts with `uid`. Raises KeyError for a slug outside the catalogue.
    """
    traits = read_traits(look)
    mood = face_features.read_mood(traits, expression)
    back = Canvas(f"{uid}-b")
    front = Canvas(f"{uid}-f")
    dress = hair.dress(traits)
    dress.draw_back(back)
    if not dress.covers_ears:
        face.draw_ears(front, traits)
    _draw_face(front, traits, mood, dress)
    dress.draw_front(front)
    if dress.covers_brows:
        face_features.draw_brows(front, traits, mood, opacity=0.4)
    face_details.draw_glasses(front, traits, has_covered_ears=dress.covers_ears)
    face_details.draw_piercings(front, traits)
    return HeadLayers(back=back.svg(), front=front.svg())


def _draw_face(canvas: Canvas, traits: Traits, mood: face_features.Mood, dress: hair.Dress) -> None:
    face.draw_skin(canvas, traits)
    face.double_chin(canvas, traits)
    face.hair_shadow(canvas, traits, dress.casts)
    face_details.draw_freckles(canvas, traits)
    face.draw_beard(canvas, traits)
    face.draw_nose(canvas, traits)
    face.draw_age(canvas, traits)
    face_features.draw_mouth(canvas, traits, mood)
    face_features.draw_eyes(canvas, traits, mood)
    face_features.draw_brows(canvas, traits, mood)
    face_details.draw_beauty_mark(canvas, traits)
    face_details.draw_scar(canvas, traits)
