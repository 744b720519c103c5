"""Puts the figure into its scene: framing, place, light and shadow; and turns SVG into PNG."""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageFilter

from generation.providers.base import ImageRequest

from .figure import Figure, draw_figure, measure_figure
from .lights import Light, Shadow, flat, grade_figure, rim_filter
from .palette import lighten, mix
from .raster import rasterise
from .scene_kit import HEIGHT, Stage, num, oval, rect
from .scene_light import SCREEN, glow_behind, veil
from .scenes import SCENE_TABLE, light_of, place_of
from .takes import STILL, Take, lit, read_take, sided

# Of a garment: in one colour it cannot be seen.
_PRINT = re.compile(r'<g clip-path="url\(#[\w-]+\)">(?:<use [^>]*/>)+</g>')

FRAMINGS = ("close_up", "half_body", "full_body")

_GROUND = 938.0  # where feet stand in a full-body picture
_HEAD_ROOM = {"close_up": 44.0, "half_body": 44.0, "full_body": 58.0}
# How much nearer the place comes, and around which height.
_ZOOM = {"close_up": (1.42, 400.0), "half_body": (1.16, 430.0), "full_body": (1.0, 500.0)}
# How far away and how near a take may be, as factors of the framing's scale.
_NEARNESS = {"close_up": (0.86, 1.08), "half_body": (0.86, 1.12), "full_body": (0.86, 1.0)}
_BLUR = {"close_up": 4.0}  # depth of field; filters over the whole picture are slow
_BLURRED = 3  # times smaller may what is blurred be drawn
_HAIR_ABOVE = 20.0  # figure units; a tilted bun reaches out of the figure's box
_WIDE = 1150.0
_STANDING_HEIGHT = 790.0  # a standing figure, from its soles to its hair, in figure units


@dataclass(frozen=True, slots=True)
class Shot:
    """Where the figure's origin lies on the stage and how large one of its units is."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Layers:
    """A composed picture from back to front, in stage units; `defs` is what all refer to."""

    behind: str
    shadows: str
    person: str
    mood: str  # things in front of the figure
    veil: str  # light over everything
    defs: str
    blur: float
    light: Light
    shot: Shot
    figure: Figure
    width: float


def draw_picture(request: ImageRequest) -> str:
    """The whole picture as one SVG of exactly `width_px` × `height_px`, for browsers."""
    layers = _compose(request)
    behind, defs = layers.behind, layers.defs
    if layers.blur:
        # A blurred edge is not quite opaque; this is what it mixes with.
        ground = rect(0, 0, layers.width + 1, HEIGHT + 1, "#808080")
        behind = f'{ground}<g filter="url(#fsoft)">{behind}</g>'
        defs += _blur_filter(layers.blur, layers.width)
    rims = rim_filter(
        layers.light,
        "frim",
        _visible(layers.figure, layers.shot, layers.width),
        _rim_scale(layers.shot),
    )
    person = layers.person
    if rims:
        person = person.replace("<g ", '<g filter="url(#frim)" ', 1)
    body = f"{behind}{layers.shadows}{person}{layers.mood}{layers.veil}<defs>{defs}{rims}</defs>"
    return _svg(request.width_px, request.height_px, _view(layers.width), body)


def paint_picture(request: ImageRequest) -> bytes:
    """The same picture as PNG bytes of exactly `width_px` × `height_px`."""
    return _png(paint(request))


def paint(request: ImageRequest) -> Image.Image:
    """The same picture as pixels, RGB.

    What the SVG says with filters and over all of the picture is done on pixels, in a fraction of
    the time: what lies behind a face is drawn small, blurred and enlarged, and the rims are the
    figure's shape less its moved copy.
    """
    return _painted(_compose(request), (request.width_px, request.height_px))


def _painted(layers: Layers, size: tuple[int, int]) -> Image.Image:
    picture = _place(layers, size)
    if layers.shadows:
        shadows = _drawn(layers, layers.shadows, size)
        picture.paste(shadows, mask=shadows)
    person, corner = _person(layers, size)
    picture.paste(person, corner, mask=person)
    if layers.mood:
        mood = _drawn(layers, layers.mood, size)
        picture.paste(mood, mask=mood)
    if layers.veil:
        picture = _veiled(picture, layers)
    return picture


def _drawn(
    layers: Layers,
    body: str,
    size: tuple[int, int],
    *,
    part: tuple[int, int, int, int] | None = None,
) -> Image.Image:
    """Some of the layers in a picture of this size, or `part` of it: left, top, right, bottom."""
    left, top, right, bottom = part or (0, 0, *size)
    at = (right - left, bottom - top)
    x, y = layers.width / size[0], HEIGHT / size[1]
    view = f"{left * x:.3f} {top * y:.3f} {at[0] * x:.3f} {at[1] * y:.3f}"
    svg = _svg(*at, view, f"{body}<defs>{layers.defs}</defs>")
    return rasterise(svg, *at)


def _place(layers: Layers, size: tuple[int, int]) -> Image.Image:
    """What lies behind the figure."""
    if not layers.blur:
        return _drawn(layers, layers.behind, size).convert("RGB")
    small = (math.ceil(size[0] / _BLURRED), math.ceil(size[1] / _BLURRED))
    place = _drawn(layers, layers.behind, small).convert("RGB")
    place = place.filter(ImageFilter.GaussianBlur(layers.blur * size[1] / HEIGHT / _BLURRED))
    return place.resize(size, Image.Resampling.BICUBIC)


def _person(layers: Layers, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]]:
    """The figure with its lit edges, as much of it as the picture shows; and its corner in it."""
    left, top, width, height = _visible(layers.figure, layers.shot, layers.width)
    top, height = top - _HAIR_ABOVE, height + _HAIR_ABOVE
    shot, x, y = layers.shot, size[0] / layers.width, size[1] / HEIGHT
    part = (
        max(0, math.floor((shot.x + shot.scale * left) * x)),
        max(0, math.floor((shot.y + shot.scale * top) * y)),
        min(size[0], math.ceil((shot.x + shot.scale * (left + width)) * x)),
        min(size[1], math.ceil((shot.y + shot.scale * (top + height)) * y)),
    )
    person = _drawn(layers, layers.person, size, part=part)
    _light_edges(person, layers, size[1] / HEIGHT)
    return person, part[:2]


def _veiled(picture: Image.Image, layers: Layers) -> Image.Image:
    veil = _drawn(layers, layers.veil, picture.size)
    if SCREEN in layers.veil:
        # Over nothing, what would be screened is only laid; over black both are the same.
        black = Image.new("RGB", veil.size)
        black.paste(veil, mask=veil)
        return ImageChops.screen(picture, black)
    picture.paste(veil, mask=veil)
    return picture


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    # The file is kept as it is: a little longer here, a fifth smaller for good.
    picture.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def _light_edges(person: Image.Image, layers: Layers, px: float) -> None:
    """What the figure covers but its moved copy does not is lit; later rims lie over earlier."""
    alpha = person.getchannel("A")
    scale = _rim_scale(layers.shot) * layers.shot.scale * px
    for rim in layers.light.rims:
        moved = alpha.transform(
            alpha.size,
            Image.Transform.AFFINE,
            (1, 0, -rim.dx * scale, 0, 1, -rim.dy * scale),
            Image.Resampling.BILINEAR,
        )
        edge = ImageChops.subtract(alpha, moved).point(lambda v, o=rim.opacity: round(v * o))
        lit = Image.new("RGBA", person.size, rim.colour)
        lit.putalpha(alpha)
        person.paste(lit, mask=edge)


def _compose(request: ImageRequest) -> Layers:
    take = read_take(request.scene, request.seed)
    figure = draw_figure(
        request.look,
        pose=request.pose,
        expression=request.expression,
        outfit=request.outfit,
        uid="f",
        take=take,
    )
    stage, shot = _framed(request, figure, take)
    return _layers(stage, request, figure, shot, take)


def _framed(request: ImageRequest, figure: Figure, take: Take) -> tuple[Stage, Shot]:
    width = HEIGHT * request.width_px / request.height_px
    head_top = _head_top(request.look, figure, request.outfit)
    light = lit(light_of(request.scene, request.lighting), take)
    stage = _stage(request, width, light, take)
    # The place is drawn the other way round where the light comes from the other side.
    figure_x = stage.figure_x if take.side > 0 else width - stage.figure_x
    shot = frame_figure(figure, head_top, request.framing, width, figure_x, take=take)
    return stage, shot


def face_box(request: ImageRequest) -> tuple[float, float, float, float]:
    """Where the face lies in the picture of a request: left, top, right, bottom in fractions of
    its width and height; beyond 0..1 where it is cut off."""
    take = read_take(request.scene, request.seed)
    figure = measure_figure(request.look, pose=request.pose, outfit=request.outfit, take=take)
    stage, shot = _framed(request, figure, take)
    left, top, right, bottom = figure.face
    return (
        (shot.x + shot.scale * left) / stage.width,
        (shot.y + shot.scale * top) / HEIGHT,
        (shot.x + shot.scale * right) / stage.width,
        (shot.y + shot.scale * bottom) / HEIGHT,
    )


def draw_portrait(
    look: Mapping[str, Any],
    *,
    size_px: int = 512,
    expression: str = "smile",
    background: bool = True,
) -> str:
    """Head to hips in the character's own outfit, square, on a quiet backdrop."""
    figure = draw_figure(look, pose="relaxed", expression=expression, uid="f")
    top = figure.box[1]
    scale = 905 / (figure.waist_y - 40 - top)
    shot = Shot(HEIGHT / 2 - scale * _middle(figure.face), 62 - scale * top, scale)
    body = _backdrop(look) if background else ""
    body += f'<g transform="{_transform(shot)}">{figure.svg}</g>'
    return _svg(size_px, size_px, _view(HEIGHT), body)


# --- framing ------------------------------------------------------------------------------------


def frame_figure(
    figure: Figure,
    head_top: float,
    framing: str,
    width: float,
    figure_x: float,
    *,
    take: Take = STILL,
) -> Shot:
    """Size and place of the figure; `head_top` is the highest point of hair or hat."""
    if framing == "full_body":
        return _full_body(figure, width, figure_x, take)
    if framing == "half_body":
        return _half_body(figure, head_top, width, figure_x, take)
    return _close_up(figure, head_top, width, figure_x, take)


def _zoomed(take: Take, framing: str) -> float:
    low, high = _NEARNESS[framing]
    return 1.0 if take is STILL else low + (high - low) * take.zoom


def _full_body(figure: Figure, width: float, figure_x: float, take: Take) -> Shot:
    left, top, right, _ = figure.box
    room = _GROUND - _HEAD_ROOM["full_body"]
    # Somebody sitting is not blown up to the height of somebody standing.
    natural = room / _STANDING_HEIGHT * 1.12
    scale = min(natural, room / (figure.ground_y - top), width * 0.95 / (right - left))
    scale *= _zoomed(take, "full_body")
    x = _inside(figure_x, left * scale, right * scale, width)
    return Shot(x, _GROUND - scale * figure.ground_y, scale)


def _half_body(figure: Figure, head_top: float, width: float, figure_x: float, take: Take) -> Shot:
    left, top, right, _ = figure.box
    air = _HEAD_ROOM["half_body"] * take.room
    room = HEIGHT - air
    top = min(top, head_top)
    scale = min(room / (figure.waist_y + 26 - top), 2.5)
    # A wide pose is taken from further away, but never from so far that it fills half the frame.
    scale = max(min(scale, width / (right - left)), scale * 0.76)
    scale *= _zoomed(take, "half_body")
    x = figure_x - scale * _middle(figure.face) * 0.5
    if (right - left) * scale < width:
        x = _inside(x, left * scale, right * scale, width)
    return Shot(_with_face(x, figure, scale, width), air - scale * top, scale)


def _close_up(figure: Figure, head_top: float, width: float, figure_x: float, take: Take) -> Shot:
    air = _HEAD_ROOM["close_up"] * take.room
    face_left, _, face_right, face_bottom = figure.face
    face = face_right - face_left
    scale = min((HEIGHT - air) / (face_bottom - head_top + 108), width * 0.52 / face)
    scale *= _zoomed(take, "close_up")
    x = figure_x - scale * _middle(figure.face)
    return Shot(_with_face(x, figure, scale, width), air - scale * head_top, scale)


def _with_face(x: float, figure: Figure, scale: float, width: float) -> float:
    """x moved so that the face keeps air on both sides."""
    left, right = figure.face[0] * scale, figure.face[2] * scale
    return _inside(x, left, right, width, margin=min(width * 0.09, (width - right + left) / 2))


def _inside(x: float, left: float, right: float, width: float, margin: float = 14) -> float:
    """x moved so that x+left .. x+right lies in the picture."""
    x = max(x, margin - left)
    return min(x, width - margin - right)


def _middle(box: tuple[float, float, float, float]) -> float:
    return (box[0] + box[2]) / 2


def _head_top(look: Mapping[str, Any], figure: Figure, outfit: str | None) -> float:
    """The top of the hair or hat, also when raised arms reach higher."""
    above_face = _room_above_face(json.dumps(dict(look), sort_keys=True), outfit)
    return max(figure.box[1], figure.face[1] - above_face - 8)


@lru_cache(maxsize=256)
def _room_above_face(look: str, outfit: str | None) -> float:
    """Somebody is mostly drawn several times in a row, in the same clothes; `look` is JSON."""
    calm = measure_figure(json.loads(look), outfit=outfit)
    return calm.face[1] - calm.box[1]


# --- layers ---------------------------------------------------------------------------------------


def _stage(request: ImageRequest, width: float, light: Light, take: Take) -> Stage:
    rng = Random(_digest(request))
    side = rng.choice((-1, 1))
    aside = 0.1 if width > _WIDE else 0.0
    return Stage(
        width=width,
        light=light,
        rng=rng,
        figure_x=width * (0.5 - aside * side + take.shift * take.side * (1.0 - 5 * aside)),
        side=side,
        framing=request.framing,
        accents=SCENE_TABLE[request.scene].accents,
        uid="s",
    )


def _digest(request: ImageRequest) -> str:
    """Scene and seed decide the variation, so that other controls change only what they name."""
    name = f"{request.scene}|{request.environment}|{request.seed}"
    return hashlib.sha256(name.encode()).hexdigest()


def _layers(stage: Stage, request: ImageRequest, figure: Figure, shot: Shot, take: Take) -> Layers:
    scene = SCENE_TABLE[request.scene]
    place = place_of(request.scene, request.environment)(stage)
    if scene.overhead:
        place += scene.overhead(stage)
    mood = scene.mood(stage)
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
    behind, light_before = over.graded(glow_behind(over)), over.graded(veil(over))
    near = _nearer(stage.graded(place), request.framing, stage, take)
    light = sided(stage.light, take)
    person = grade_figure(stage.light, figure.svg)
    mood = stage.graded(mood)
    base = stage.graded(stage.base())
    return Layers(
        behind=_turned(f"{base}{near}{behind}", stage.width, take),
        shadows=_shadows(light.shadow, figure, shot, request.framing),
        person=f'<g transform="{_transform(shot)}">{person}</g>',
        mood=_turned(mood, stage.width, take),
        veil=_turned(light_before, stage.width, take),
        # What the scenes define is collected while they are drawn, so the definitions come last.
        defs=stage.defs_svg() + over.defs_svg(),
        blur=_BLUR.get(request.framing, 0.0),
        light=light,
        shot=shot,
        figure=figure,
        width=stage.width,
    )


def _rim_scale(shot: Shot) -> float:
    """Figure units per unit of a rim: edges grow with the figure, but slower than it."""
    half_body = 2.3
    return math.pow(shot.scale / half_body, 0.7) / shot.scale


def _nearer(place: str, framing: str, stage: Stage, take: Take) -> str:
    """The place enlarged around a point of the picture, so that it still fills it."""
    zoom, y = _ZOOM[framing]
    zoom *= take.place_zoom
    # On the floor the figure stands on, the camera cannot be higher or lower.
    y = _GROUND if framing == "full_body" else y + take.place_y
    x = (stage.figure_x + stage.width * take.place_x) / 2
    return _moved(place, zoom, zoom, x - x * zoom, y - y * zoom)


def _turned(svg: str, width: float, take: Take) -> str:
    return svg if take.side > 0 or not svg else _moved(svg, -1, 1, width, 0)


def _moved(svg: str, sx: float, sy: float, x: float, y: float) -> str:
    return f'<g transform="matrix({sx:.4g} 0 0 {sy:.4g} {num(x)} {num(y)})">{svg}</g>'


def _visible(figure: Figure, shot: Shot, width: float) -> tuple[float, float, float, float]:
    """x, y, width, height of the figure's part inside the picture, in figure units."""
    left, top, right, bottom = figure.box
    left, right = max(left, -shot.x / shot.scale) - 8, min(right, (width - shot.x) / shot.scale) + 8
    top, bottom = (
        max(top, -shot.y / shot.scale) - 8,
        min(bottom, (HEIGHT - shot.y) / shot.scale) + 8,
    )
    return left, top, right - left, bottom - top


def _blur_filter(blur: float, width: float) -> str:
    return (
        # Wider than the picture: its edges must not fade.
        f'<filter id="fsoft" filterUnits="userSpaceOnUse" x="-20" y="-20" width="{num(width + 40)}"'
        f' height="{num(HEIGHT + 40)}" color-interpolation-filters="sRGB">'
        f'<feGaussianBlur stdDeviation="{blur}"/></filter>'
    )


def _shadows(shadow: Shadow, figure: Figure, shot: Shot, framing: str) -> str:
    out = ""
    if shadow.wall:
        dx, dy = shadow.wall
        moved = Shot(shot.x + dx * shot.scale, shot.y + dy * shot.scale, shot.scale)
        out += _silhouette(figure, shadow, _transform(moved), 0.75)
    if framing != "full_body":
        return out
    if shadow.length:
        out += _silhouette(figure, shadow, _cast(figure, shot, shadow), 0.62)
    return out + _contact(figure, shot, shadow)


def _cast(figure: Figure, shot: Shot, shadow: Shadow) -> str:
    """The figure laid onto the floor: sheared by `lean`, flattened to `length`."""
    s, ground = shot.scale, figure.ground_y
    shear = -shadow.lean * abs(shadow.length) * s
    x = shot.x - shear * ground
    y = _GROUND - shadow.length * s * ground
    return f"matrix({s:.4f} 0 {shear:.4f} {shadow.length * s:.4f} {num(x)} {num(y)})"


def _silhouette(figure: Figure, shadow: Shadow, transform: str, strength: float) -> str:
    shape = flat(_PRINT.sub("", figure.svg), shadow.colour)
    shape = shape.replace('id="f', 'id="g').replace("url(#f", "url(#g").replace('"#f', '"#g')
    return f'<g transform="{transform}" opacity="{shadow.opacity * strength:.2f}">{shape}</g>'


def _contact(figure: Figure, shot: Shot, shadow: Shadow) -> str:
    """The dark patch where the figure touches the floor; wider and fainter under a jump."""
    left, _, right, bottom = figure.box
    height = max(0.0, figure.ground_y - bottom) * shot.scale
    half = min(260.0, max(80.0, (right - left) * shot.scale * 0.36))
    x = shot.x + shot.scale * (left + right) / 2
    strength = shadow.opacity / (1 + height / 90)
    paint = (
        '<radialGradient id="fcontact">'
        f'<stop stop-color="{shadow.colour}" stop-opacity="{strength + 0.18:.2f}"/>'
        f'<stop offset=".6" stop-color="{shadow.colour}" stop-opacity="{strength * 0.55:.2f}"/>'
        f'<stop offset="1" stop-color="{shadow.colour}" stop-opacity="0"/></radialGradient>'
    )
    return paint + oval(x, _GROUND - 3, half, 19, "url(#fcontact)")


def _transform(shot: Shot) -> str:
    return f"matrix({shot.scale:.4f} 0 0 {shot.scale:.4f} {num(shot.x)} {num(shot.y)})"


def _view(width: float) -> str:
    return f"0 0 {width:.3f} {num(HEIGHT)}"


def _svg(width_px: int, height_px: int, view: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{width_px}" height="{height_px}" viewBox="{view}"'
        f' preserveAspectRatio="none">{body}</svg>'
    )


# --- the designer's backdrop ------------------------------------------------------------------

# By archetype.
BACKDROPS = {
    "next_door": "#f2b8a0",
    "fitness": "#8fd0c0",
    "luxury": "#d9b98f",
    "mysterious": "#8f86b5",
    "playful": "#f7b267",
    "professional": "#8fabd0",
}


def _backdrop(look: Mapping[str, Any]) -> str:
    """A soft round wash in the colour of the archetype."""
    tone = BACKDROPS[look["archetype"]]
    wash = (
        '<defs><radialGradient id="bwash" cx=".5" cy=".38" r=".75">'
        f'<stop stop-color="{lighten(tone, 0.62)}"/>'
        f'<stop offset=".6" stop-color="{lighten(tone, 0.3)}"/>'
        f'<stop offset="1" stop-color="{mix(tone, "#5a3a5e", 0.12)}"/></radialGradient>'
        '<linearGradient id="bdisc" x2="1" y2="1">'
        f'<stop stop-color="{lighten(tone, 0.75)}"/><stop offset="1" stop-color="{tone}"/>'
        "</linearGradient></defs>"
    )
    return (
        wash
        + rect(0, 0, HEIGHT, HEIGHT, "url(#bwash)")
        + oval(560, 430, 330, 330, "url(#bdisc)", 0.55)
    )
