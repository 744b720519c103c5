"""Small upright pictures of every option, for the designer and the studio.

Each is a complete SVG of WIDTH_PX × HEIGHT_PX, drawn by the code that draws the pictures
themselves. Browsers get it as pixels (`as_webp`): a figure is 130 kB of curves, whatever its size.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any

from PIL import Image

from .figure import Figure, draw_figure
from .lights import LIGHTS, grade_figure, rim_filter
from .palette import hair_tones, lighten, mix, skin_tones
from .raster import rasterise
from .scene_icons import trait_icon
from .scene_indoor import planks, wall, window
from .scene_kit import HEIGHT, Draw, Stage, disc, group, rect, shape, stroke
from .scene_light import glow_behind, veil
from .scene_nature import potted
from .scenes import ENVIRONMENTS, SCENE_TABLE, light_of, place_of

Look = Mapping[str, Any]
Box = tuple[float, float, float, float]  # x, y, width, height

# Sharp enough on a card of 88 to 152 points; drawing them takes time by the pixel.
WIDTH_PX, HEIGHT_PX = 180, 225
_ASPECT = WIDTH_PX / HEIGHT_PX
_QUALITY = 80

# Who shows poses, expressions and framings in the studio.
_MODEL: Look = MappingProxyType(
    {
        "presentation": "female",
        "visual_style": "illustrated",
        "ethnicity": "mixed",
        "age_range": "26-33",
        "skin_tone": "medium",
        "face_shape": "oval",
        "eye_colour": "hazel",
        "hair_style": "bun",
        "hair_colour": "auburn",
        "body_type": "average",
        "freckles": "none",
        "beauty_marks": "none",
        "scars": "none",
        "piercings": "none",
        "tattoos": "none",
        "glasses": "none",
        "outfit_style": "tee_and_jeans",
        "archetype": "next_door",
        "personality": ["confident"],
        "seed": "studio",
    }
)
_ACCENTS = ("#e0785a", "#4f8a8b", "#f2c46a")


@dataclass(frozen=True, slots=True)
class _View:
    """A cut around the face: how far below its middle and how high, in figure units."""

    size: float
    down: float = 0
    outfit: str | None = None
    pose: str = "relaxed"
    expression: str = "neutral"


_FACE = _View(108, 4)
_HEAD = _View(196, 2)
_HAIR = _View(252, 34)
_BUST = _View(280, 52, expression="smile")
_VIEWS: Mapping[str, _View] = MappingProxyType(
    {
        "presentation": _BUST,
        "visual_style": _BUST,
        "ethnicity": _BUST,
        "age_range": _HEAD,
        "skin_tone": _HEAD,
        "face_shape": _View(150, 4),
        "eye_colour": _View(66, -3),
        "hair_style": _HAIR,
        "hair_colour": _HAIR,
        "body_type": _View(500, 166, outfit="gym_set"),
        "freckles": _View(84, 6),
        "beauty_marks": _View(84, 14),
        "scars": _View(84, 2),
        "piercings": _FACE,
        "tattoos": _View(340, 128, outfit="gym_set"),
        "glasses": _FACE,
        "outfit_style": _View(560, 190),
    }
)


@dataclass(frozen=True, slots=True)
class _Role:
    """How an archetype is worn: by presentation the outfit, then manner and backdrop."""

    outfits: tuple[str, str]  # female, others
    pose: str
    expression: str
    colour: str


_ROLES: Mapping[str, _Role] = MappingProxyType(
    {
        "next_door": _Role(("denim_jacket", "denim_jacket"), "relaxed", "smile", "#f2b8a0"),
        "fitness": _Role(("gym_set", "gym_set"), "hand_on_hip", "smile", "#8fd0c0"),
        "luxury": _Role(("evening_gown", "velvet_tuxedo"), "hand_on_hip", "neutral", "#d9b98f"),
        "mysterious": _Role(
            ("leather_jacket", "leather_jacket"), "arms_crossed", "serious", "#8f86b5"
        ),
        "playful": _Role(("summer_dress", "board_shorts"), "peace_sign", "laugh", "#f7b267"),
        "professional": _Role(("blazer_look", "tailored_suit"), "arms_crossed", "smile", "#8fabd0"),
    }
)


def option_picture(field: str, slug: str, look: Look) -> str:
    """The look with this option of `characters.catalogue`, cropped to what the option changes.

    Raises KeyError for a field without pictures or an unknown option.
    """
    if field == "personality":
        return _svg((0, 0, 100, 100), trait_icon(slug))
    if field == "archetype":
        return _archetype(slug, look)
    view = _VIEWS[field]
    changed = {**look, field: slug}
    if field in ("face_shape", "piercings"):
        # Hair must not hide jaw and ears.
        changed["hair_style"] = "crew_cut" if look["presentation"] == "male" else "bun"
    if field in ("freckles", "beauty_marks", "scars", "eye_colour"):
        changed["glasses"] = "none"
    picture = _portrait(changed, view, _backdrop_of(field, changed))
    if field == "visual_style":
        return picture.replace("</svg>", f"{_badge(slug)}</svg>")
    return picture


def studio_picture(field: str, slug: str) -> str:
    """An option of `generation.catalogue`: scene, environment, lighting, pose, expression,
    framing. Raises KeyError for anything else."""
    return _STUDIO[field](slug)


def as_webp(svg: str) -> bytes:
    """One of these pictures as WebP of WIDTH_PX × HEIGHT_PX."""
    return webp(rasterise(svg, WIDTH_PX, HEIGHT_PX).convert("RGB"))


def webp(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=_QUALITY, method=2)
    return buffer.getvalue()


# --- portraits --------------------------------------------------------------------------------


def _archetype(slug: str, look: Look) -> str:
    role = _ROLES[slug]
    outfit = role.outfits[0 if look["presentation"] == "female" else 1]
    view = _View(400, 108, outfit, role.pose, role.expression)
    return _portrait({**look, "archetype": slug}, view, role.colour)


def _portrait(look: Look, view: _View, colour: str) -> str:
    figure = draw_figure(
        look, pose=view.pose, expression=view.expression, outfit=view.outfit, uid="f"
    )
    return _card(figure, _crop(figure, view), colour)


def _crop(figure: Figure, view: _View) -> Box:
    left, top, right, bottom = figure.face
    x, y = (left + right) / 2 - view.size / 2, (top + bottom) / 2 + view.down - view.size / 2
    if view.size > 450:
        y = min(y, figure.box[1])  # hats
    return x, y, view.size, view.size


def _card(figure: Figure, crop: Box, colour: str) -> str:
    x, y, w, h = crop
    ground = (
        '<defs><radialGradient id="card" cx=".5" cy=".4" r=".75">'
        f'<stop stop-color="{lighten(colour, 0.55)}"/><stop offset="1" stop-color="{colour}"/>'
        "</radialGradient></defs>"
    )
    return _svg(crop, ground + rect(x, y, w, h, "url(#card)") + figure.svg)


def _backdrop_of(field: str, look: Look) -> str:
    """Quiet rose; cooler behind skin and hair it would swallow."""
    if field in ("hair_style", "hair_colour"):
        return mix("#e9d5cf", hair_tones(look).base, 0.08)
    if field == "skin_tone":
        return mix("#dfe3e6", skin_tones(look).base, 0.1)
    return "#ead6cd"


def _badge(slug: str) -> str:
    """A camera, a sparkle or a brush in the corner of a bust."""
    x, y = 92, 92
    icons = {
        "realistic": rect(-17, -9, 34, 22, "#3a2348", 5)
        + rect(-8, -14, 16, 8, "#3a2348", 3)
        + disc(0, 2, 8, "#fff8ec")
        + disc(0, 2, 5, "#4fa4d9"),
        "anime": shape("M0-18Q3-3 18 0 3 3 0 18-3 3-18 0-3-3 0-18Z", "#f2569a"),
        "illustrated": stroke("M14-15L-3 4", "#b97f4c", 6)
        + shape("M-1 2Q-4 14-17 14-11 10-12 5-8-4-1 2Z", "#e0485f"),
    }
    return group(disc(0, 0, 27, "#fff8ec") + icons[slug], x, y)


def _svg(crop: Box, body: str) -> str:
    """The upright middle of a square of the drawing."""
    x, y, width, height = _upright(crop)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{HEIGHT_PX}"'
        f' viewBox="{x:.1f} {y:.1f} {width:.1f} {height:.1f}">{body}</svg>'
    )


def _upright(crop: Box) -> Box:
    x, y, width, height = crop
    return x + width * (1 - _ASPECT) / 2, y, width * _ASPECT, height


# --- studio -----------------------------------------------------------------------------------


def _scene(slug: str) -> str:
    scene = SCENE_TABLE[slug]
    stage = _stage(slug, light_of(slug, None).slug, scene.accents, "half_body")
    draws = [place_of(slug, None), *([scene.overhead] if scene.overhead else []), scene.mood]
    return _place_picture(stage, draws)


def _environment(slug: str) -> str:
    if slug not in ENVIRONMENTS:
        raise KeyError(slug)
    stage = _stage(slug, "daylight", _ACCENTS, "full_body")
    return _place_picture(stage, [place_of("studio_portrait", slug)])


def _lighting(slug: str) -> str:
    """A bust in a plain room under this light."""
    stage = _stage("lighting", slug, _ACCENTS, "half_body")
    view = _View(262, 30, expression="smile")
    figure = draw_figure(_MODEL, expression=view.expression, uid="f")
    x, y, size, _ = crop = _crop(figure, view)
    scale = HEIGHT / size
    rims = rim_filter(LIGHTS[slug], "frim", crop, 1.5 / scale)
    bust = grade_figure(LIGHTS[slug], figure.svg)
    lit = ' filter="url(#frim)"' if rims else ""
    placed = f"matrix({scale:.3f} 0 0 {scale:.3f} {-x * scale:.1f} {-y * scale:.1f})"
    person = f'<defs>{rims}</defs><g transform="{placed}"{lit}>{bust}</g>'
    return _place_picture(stage, [_plain_room], person)


def _plain_room(stage: Stage) -> str:
    out = wall(stage, "#cdb8b0")
    out += window(stage, 70, 140, 230, 380, frame="#f7efe4") + planks(stage, "#b98a66")
    return out + potted(stage, 850, 860, 420, "#f2e6d6", "fig")


def _stage(name: str, light: str, accents: tuple[str, str, str], framing: str) -> Stage:
    return Stage(
        width=HEIGHT,
        light=LIGHTS[light],
        rng=Random(f"option|{name}"),
        figure_x=HEIGHT / 2,
        side=1,
        framing=framing,
        accents=accents,
        uid="s",
    )


def _place_picture(stage: Stage, draws: list[Draw], middle: str = "") -> str:
    place = stage.graded(stage.base() + "".join(draw(stage) for draw in draws))
    over = Stage(
        stage.width,
        stage.light,
        stage.rng,
        stage.figure_x,
        stage.side,
        stage.framing,
        stage.accents,
        uid="v",
        is_graded=False,
    )
    behind, before = over.graded(glow_behind(over)), over.graded(veil(over))
    defs = f"<defs>{stage.defs_svg()}{over.defs_svg()}</defs>"
    return _svg((0, 0, HEIGHT, HEIGHT), f"{place}{behind}{middle}{before}{defs}")


def _pose(slug: str) -> str:
    figure = draw_figure(_MODEL, pose=slug, expression="smile", uid="f")
    left, top, right, bottom = figure.box
    size = max((right - left) / _ASPECT, bottom - top) * 1.06
    crop = ((left + right - size) / 2, (top + bottom - size) / 2, size, size)
    return _card(figure, crop, "#d9dfe8")


def _expression(slug: str) -> str:
    return _portrait(_MODEL, _View(172, 2, expression=slug), "#f0d3b8")


def _framing(slug: str) -> str:
    view = {
        "close_up": _View(230, 34, expression="smile"),
        "half_body": _View(440, 130, expression="smile"),
        "full_body": _View(860, 296, expression="smile"),
    }[slug]
    figure = draw_figure(_MODEL, pose="hand_on_hip", expression="smile", uid="f")
    crop = _crop(figure, view)
    x, y, width, height = _upright(crop)
    inset = height * 0.06
    frame = (
        f'<rect x="{x + inset:.1f}" y="{y + inset:.1f}" width="{width - 2 * inset:.1f}"'
        f' height="{height - 2 * inset:.1f}" fill="none" stroke="#ffffff"'
        f' stroke-width="{height * 0.014:.1f}" opacity=".9"'
        f' stroke-dasharray="{height * 0.16:.1f} {height * 0.07:.1f}"/>'
    )
    picture = _card(figure, crop, "#c9dcd6")
    return picture.replace("</svg>", f"{frame}</svg>")


_STUDIO = MappingProxyType(
    {
        "scene": _scene,
        "environment": _environment,
        "lighting": _lighting,
        "pose": _pose,
        "expression": _expression,
        "framing": _framing,
    }
)
