"""Freckles, beauty marks, scars, piercings and glasses."""

from __future__ import annotations

from .face import face_path
from .head_pen import Canvas, Point, blob, curve, num, outline, ribbon
from .head_traits import Traits
from .palette import darken, lighten, mix

_FRECKLES = {"none": 0, "light": 22, "medium": 54, "heavy": 170}
_METAL = "#e3c069"
_METAL_LIGHT = "#fff3cf"
_METAL_DARK = "#a57b2c"


def draw_freckles(canvas: Canvas, traits: Traits) -> None:
    level = traits.look["freckles"]
    count = _FRECKLES[level]
    if not count:
        return
    dice = traits.dice("freckles")
    tone = mix(traits.skin.deep, "#9a4f22", 0.6)
    canvas.open(canvas.clip(face_path(traits)))
    for number in range(count):
        if number < 60:
            x = dice.gauss(0, 15.0)
            y = -61.0 + abs(x) * 0.06 + dice.gauss(0, 3.8)
        else:
            x = dice.uniform(-1, 1) * 33
            y = dice.choice((dice.uniform(-98, -82), dice.uniform(-66, -32), dice.gauss(-58, 5)))
        if _is_on_feature(traits, x, y):
            continue
        size = dice.uniform(0.4, 0.84) * (1.1 if level == "heavy" else 1)
        canvas.ellipse((x, y), size, size * 0.85, tone, dice.uniform(0.4, 0.75))
    canvas.close()


def _is_on_feature(traits: Traits, x: float, y: float) -> bool:
    on_eye = abs(abs(x) - traits.eye_x) < 11 and abs(y - traits.eye_y) < 7
    on_mouth = abs(x) < traits.mouth_w + 2 and abs(y - traits.mouth_y) < 7.5
    on_nostril = abs(x) < traits.nose_w and abs(y - traits.nose_y) < 2.4
    return on_eye or on_mouth or on_nostril


def draw_beauty_mark(canvas: Canvas, traits: Traits) -> None:
    spots = {
        "cheek": (-traits.eye_x - 4.2, -55.4),
        "lip": (traits.mouth_w * 0.72, traits.mouth_y - traits.lip_upper - 3.0),
    }
    mark = traits.look["beauty_marks"]
    if mark in spots:
        tone = darken(mix(traits.skin.deep, "#3a1a14", 0.6), 0.2)
        canvas.ellipse(spots[mark], 1.02, 0.98, tone, 0.95)
        x, y = spots[mark]
        canvas.ellipse((x - 0.25, y - 0.3), 0.3, 0.25, lighten(tone, 0.4), 0.7)


def draw_scar(canvas: Canvas, traits: Traits) -> None:
    """The brow scar's gap in the brow itself is left by the brows."""
    kind = traits.look["scars"]
    pale = mix(traits.skin.light, "#e9a99d", 0.35)
    if kind == "brow":
        x = traits.eye_x + 2.2
        _scar_line(canvas, traits, [(x - 1.6, -92.4), (x + 0.6, -87), (x + 2.2, -80.2)], pale)
    elif kind == "cheek":
        x = traits.eye_x + 1.5
        line: list[Point] = [(x + 10.5, -62.6), (x + 5.2, -58.4), (x + 1.2, -53.0), (x - 0.8, -49)]
        _scar_line(canvas, traits, line, pale)
        for x_at, y_at in ((x + 6.6, -59.6), (x + 2.6, -55.2)):
            canvas.line([(x_at - 1.5, y_at - 1.3), (x_at + 1.5, y_at + 1.1)], pale, 0.6, 0.85)


def _scar_line(canvas: Canvas, traits: Traits, line: list[Point], pale: str) -> None:
    canvas.path(ribbon([(x + 0.55, y + 0.35) for x, y in line], 1.9), traits.skin.deep, 0.5)
    canvas.path(ribbon(line, 1.5), pale, 0.95)


def draw_earrings(canvas: Canvas, traits: Traits) -> None:
    kind = traits.look["piercings"]
    if kind in ("ear", "several"):
        _earrings(canvas, traits, is_rich=kind == "several")


def draw_piercings(canvas: Canvas, traits: Traits) -> None:
    """Those of the face itself."""
    kind = traits.look["piercings"]
    several = kind == "several"
    if kind == "nose":
        _stud(canvas, (traits.nose_w * 0.92, traits.nose_y - 3.2), 1.05)
    if several:
        _nose_ring(canvas, traits)
    if kind == "lip" or several:
        _lip_ring(canvas, traits)
    if kind == "eyebrow" or several:
        x = traits.eye_x + 6.6
        y = traits.brow_y - traits.brow_arch + 1.2
        canvas.line([(x + 0.2, y - 2.6), (x + 1.0, y + 2.8)], _METAL_DARK, 0.7)
        _stud(canvas, (x + 0.1, y - 2.9), 0.95)
        _stud(canvas, (x + 1.1, y + 3.0), 0.95)


def _stud(canvas: Canvas, centre: Point, radius: float) -> None:
    canvas.ellipse((centre[0] + 0.25, centre[1] + 0.35), radius, radius, _METAL_DARK)
    canvas.ellipse(centre, radius, radius, _METAL)
    canvas.ellipse(
        (centre[0] - radius * 0.3, centre[1] - radius * 0.35),
        radius * 0.42,
        radius * 0.4,
        _METAL_LIGHT,
    )


def _nose_ring(canvas: Canvas, traits: Traits) -> None:
    x, y = traits.nose_w * 0.8, traits.nose_y - 1.4
    ring = [(x + 0.6, y - 2.4), (x + 1.6, y - 0.4), (x + 0.6, y + 1.5), (x - 0.9, y + 0.9)]
    canvas.line(ring, _METAL_DARK, 1.1)
    canvas.line(ring, _METAL, 0.75)


def _lip_ring(canvas: Canvas, traits: Traits) -> None:
    x = -traits.mouth_w * 0.42
    y = traits.mouth_y + traits.lip_lower
    ring = [(x + 1.0, y - 2.3), (x - 1.1, y - 0.8), (x - 0.7, y + 1.2), (x + 0.9, y + 1.0)]
    canvas.line(ring, _METAL_DARK, 1.25)
    canvas.line(ring, _METAL, 0.85)
    canvas.ellipse((x - 0.9, y - 0.3), 0.4, 0.4, _METAL_LIGHT)


def _earrings(canvas: Canvas, traits: Traits, *, is_rich: bool) -> None:
    """At the lobes, drawn over the hair, so that they show with every hair style."""
    for side in (-1, 1):
        x = side * (traits.edge(-79) + 1.8)
        if traits.femininity > 0.25 and not traits.is_masculine:
            radius = 5.2 if traits.is_feminine else 3.6
            canvas.ring((x, -58.6 + radius), radius * 0.82, radius, _METAL_DARK, 1.5)
            canvas.ring((x - 0.15, -58.8 + radius), radius * 0.82, radius, _METAL, 1.05)
            glint = [
                (x - radius * 0.8, -58 + radius * 0.7),
                (x - radius * 0.72, -58 + radius * 1.3),
            ]
            canvas.line(glint, _METAL_LIGHT, 0.6)
        _stud(canvas, (x, -60.2), 1.5)
        if is_rich:
            _stud(canvas, (x + side * 2.3, -66.4), 1.05)
            _stud(canvas, (x + side * 3.5, -71.2), 1.0)


def draw_glasses(canvas: Canvas, traits: Traits, *, has_covered_ears: bool) -> None:
    kind = traits.look["glasses"]
    if kind == "none":
        return
    y = traits.eye_y + 0.8
    x = traits.eye_x + 0.9
    for side in (-1, 1):
        shape = _lens(kind, side, x, y)
        if kind == "sunglasses":
            _dark_lens(canvas, shape, (side * x, y))
        else:
            _clear_lens(canvas, shape, (side * x, y), _frame_colour(traits, kind))
    _bridge(canvas, traits, kind, x, y)
    _arms(canvas, traits, kind, (x, y), -4.0 if has_covered_ears else 0.8)


def _frame_colour(traits: Traits, kind: str) -> str:
    if kind == "round":
        return traits.dice("frame").choice(("#b98a3a", "#3b2a2a", "#8a8f99"))
    return traits.dice("frame").choice(("#2b2024", "#6b3a24", "#20303f"))


def _lens(kind: str, side: int, x: float, y: float) -> str:
    if kind == "round":
        return _circle((side * x, y), 10.6)
    if kind == "square":
        corners = [(x - 11, y - 7.4), (x + 11.8, y - 8), (x + 10.6, y + 8), (x - 9.6, y + 7.8)]
        return _rounded(corners, side, 4.0)
    corners = [(x - 11.6, y - 8.2), (x + 13, y - 9.4), (x + 10.2, y + 9.2), (x - 8.4, y + 8.8)]
    return _rounded(corners, side, 5.6)


def _circle(centre: Point, radius: float) -> str:
    x, y = centre
    r = num(radius)
    return (
        f"M{num(x - radius)} {num(y)}a{r} {r} 0 1 1 {num(radius * 2)} 0"
        f"a{r} {r} 0 1 1 {num(-radius * 2)} 0Z"
    )


def _rounded(corners: list[Point], side: int, radius: float) -> str:
    """A polygon with rounded corners, mirrored for the left side."""
    points = [(side * px, py) for px, py in corners]
    parts: list[str] = []
    for i, corner in enumerate(points):
        start = _towards(corner, points[i - 1], radius)
        end = _towards(corner, points[(i + 1) % len(points)], radius)
        parts.append(
            f"{'L' if parts else 'M'}{num(start[0])} {num(start[1])}"
            f"Q{num(corner[0])} {num(corner[1])} {num(end[0])} {num(end[1])}"
        )
    return "".join(parts) + "Z"


def _towards(a: Point, b: Point, distance: float) -> Point:
    length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 or 1.0
    t = min(distance / length, 0.5)
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def _frame(canvas: Canvas, shape: str, colour: str, width: float) -> None:
    canvas.parts.append(
        f'<path d="{shape}" fill="none" stroke="{colour}" stroke-width="{num(width)}" '
        'stroke-linejoin="round"/>'
    )


def _clear_lens(canvas: Canvas, shape: str, centre: Point, colour: str) -> None:
    x, y = centre
    canvas.path(shape, "#eaf4ff", 0.05)
    canvas.open(canvas.clip(shape))
    shine = [(x - 7, y + 12), (x + 2, y - 13), (x + 6, y - 13)]
    canvas.path(outline([*shine, (x - 3, y + 12)]), "#ffffff", 0.12)
    canvas.close()
    width = 1.25 if colour in {"#b98a3a", "#8a8f99"} else 1.9
    _frame(canvas, shape, colour, width)
    arc = [(x - 8, y - 8), (x - 3, y - 10.2), (x + 2.6, y - 10.2)]
    canvas.line(arc, lighten(colour, 0.45), 0.45, 0.8)


def _dark_lens(canvas: Canvas, shape: str, centre: Point) -> None:
    x, y = centre
    fill = canvas.linear((0, y - 10), (0, y + 10), (0, "#17121c", 0.97), (1, "#6a4453", 0.9))
    canvas.path(shape, fill)
    canvas.open(canvas.clip(shape))
    canvas.path(
        blob(
            [
                (x - 9, y - 1),
                (x - 3, y - 9),
                (x + 1, y - 9.4),
                (x - 5, y + 2),
            ]
        ),
        "#ffffff",
        0.28,
    )
    canvas.close()
    _frame(canvas, shape, "#15101a", 1.7)


def _bridge(canvas: Canvas, traits: Traits, kind: str, x: float, y: float) -> None:
    dark = "#15101a" if kind == "sunglasses" else _frame_colour(traits, kind)
    half = {"round": x - 10.6, "square": x - 10.8, "sunglasses": x - 11.2}[kind]
    rise = y - (3.2 if kind == "round" else 5.4)
    arch = [(-half - 0.4, rise + 0.6), (0, rise - 1.9), (half + 0.4, rise + 0.6)]
    canvas.parts.append(
        f'<path d="{curve(arch)}" fill="none" stroke="{dark}" stroke-width="1.7" '
        'stroke-linecap="round"/>'
    )


def _arms(canvas: Canvas, traits: Traits, kind: str, eye: Point, reach: float) -> None:
    """To the ears, or less far where hair lies over them."""
    dark = "#15101a" if kind == "sunglasses" else _frame_colour(traits, kind)
    x, y = eye
    start = x + {"round": 10.6, "square": 11.4, "sunglasses": 12.4}[kind]
    end = traits.edge(y - 4) + reach
    if end < start + 0.5:
        return
    for side in (-1, 1):
        middle = side * (start + end) / 2
        canvas.line([(side * start, y - 4.4), (middle, y - 4.9), (side * end, y - 4.6)], dark, 1.5)
