"""The tables of scenes and environments and how the two meet.

A scene alone draws its place, its mood (what is in front of the figure) and brings its default
light and accent colours. An environment replaces the place; the scene still decides the mood,
the accents the environment's textiles and small things are coloured with, and the light if none
is asked for. So both controls change every picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import scene_city, scene_home, scene_nights, scene_outdoors, scene_studio, scene_travel
from .lights import LIGHTS, Light
from .scene_environments import ENVIRONMENTS as _PLACES
from .scene_kit import Draw, Scene

SCENE_TABLE: Mapping[str, Scene] = MappingProxyType(
    {
        **scene_outdoors.SCENES,
        **scene_city.SCENES,
        **scene_home.SCENES,
        **scene_studio.SCENES,
        **scene_travel.SCENES,
        **scene_nights.SCENES,
    }
)
SCENES: tuple[str, ...] = tuple(SCENE_TABLE)
ENVIRONMENTS: tuple[str, ...] = tuple(_PLACES)


def place_of(scene: str, environment: str | None) -> Draw:
    return _PLACES[environment] if environment else SCENE_TABLE[scene].place


def light_of(scene: str, lighting: str | None) -> Light:
    return LIGHTS[lighting or SCENE_TABLE[scene].light]
