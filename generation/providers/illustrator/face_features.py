"""What makes an expression: eyes, brows and mouth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .head_pen import Canvas, Point, outline, ribbon
from .head_person import EYE_SHADOWS, LIPSTICKS
from .head_traits import Traits, brow_colour
from .palette import darken, lighten, mix
from .takes import STILL, HeadTake


@dataclass(frozen=True, slots=True)
class Mood:
    """An expression. Lids are factors, brows and gaze are shifts (up is positive), the mouth is
    `wide` × its width with raised corners (`lift`), opened up by `gape_up` and down by `gape`."""

    lid: float = 1.0
    squint: float = 0.0
    brow_in: float = 0.0
    brow_out: float = 0.0
    brow_skew: float = 0.0
    gaze: Point = (0.0, 0.0)
    wide: float = 1.0
    lift: float = 0.5
    gape_up: float = 0.0
    gape: float = 0.0
    shift: float = 0.0
    skew: float = 0.0
    thin: float = 1.0


MOODS = {
    "neutral": Mood(lift=1.35),
    "smile": Mood(0.93, 0.32, 0.5, 0.8, wide=1.24, lift=3.5, gape_up=0.35, gape=3.1, thin=0.8),
    "laugh": Mood(0.66, 0.95, 1.6, 2.0, wide=1.32, lift=4.6, gape_up=1.6, gape=9.0, thin=0.72),
    "serious": Mood(0.8, 0.2, -1.8, -0.4, wide=0.94, lift=-0.8, thin=0.9),
    "surprised": Mood(1.3, -0.3, 4.6, 4.0, wide=0.66, lift=0.2, gape_up=2.3, gape=6.3, thin=0.95),
    "thoughtful": Mood(
        0.96, 0.05, 0.2, 0.4, 3.0, gaze=(2.2, 1.7), wide=0.86, lift=-0.3, shift=2.0, skew=1.5
    ),
}

INK = "#2a1620"

# How a temper rests on a face: corners of the mouth, lids, one raised brow, inner brows.
_CALM = (0.0, 0.0, 0.0, 0.0)
_TEMPER = {
    "next_door": (0.45, 0.0, 0.0, 0.2),
    "fitness": (0.2, -0.02, 0.0, -0.4),
    "luxury": (0.0, -0.08, 0.5, 0.0),
    "mysterious": (-0.3, -0.1, 0.3, -0.3),
    "playful": (0.6, 0.03, 0.5, 0.3),
    "professional": (0.05, -0.03, 0.0, -0.2),
    "confident": (0.25, -0.03, 0.4, 0.0),
    "shy": (0.1, -0.05, 0.0, 0.7),
    "bold": (0.0, 0.03, 0.6, -0.5),
    "laid_back": (0.25, -0.09, 0.0, 0.1),
    "caring": (0.4, 0.0, 0.0, 0.5),
    "independent": (-0.1, 0.0, 0.3, -0.2),
    "adventurous": (0.3, 0.05, 0.2, 0.1),
    "homebody": (0.3, -0.05, 0.0, 0.3),
    "ambitious": (0.0, 0.0, 0.2, -0.6),
    "creative": (0.15, 0.04, 0.8, 0.2),
    "flirty": (0.4, -0.07, 0.7, 0.0),
    "classy": (0.1, -0.06, 0.2, 0.1),
    "edgy": (-0.35, -0.05, 0.5, -0.4),
    "sweet": (0.55, 0.04, 0.0, 0.4),
}


def read_mood(traits: Traits, expression: str, take: HeadTake = STILL.head) -> Mood:
    """The expression as this person's temper colours it. Raises KeyError for an unknown one."""
    mood = MOODS[expression]
    words = (traits.look.get("archetype"), *traits.look.get("personality", ()))
    shifts = [_TEMPER.get(word, _CALM) for word in words]
    lift, lid, skew, brow = (sum(column) for column in zip(_CALM, *shifts, strict=True))
    return replace(
        mood,
        lift=mood.lift + lift + take.lift,
        lid=mood.lid * (1 + max(lid, -0.16) + take.lid),
        brow_skew=mood.brow_skew + min(skew, 1.5) + take.skew,
        brow_in=mood.brow_in + brow + take.brow,
        brow_out=mood.brow_out + take.brow * 0.6,
        gaze=(mood.gaze[0] + take.gaze[0], mood.gaze[1] + take.gaze[1]),
    )


def _bezier(p0: Point, c1: Point, c2: Point, p3: Point) -> Callable[[float], Point]:
    def at(t: float) -> Point:
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        return (
            a * p0[0] + b * c1[0] + c * c2[0] + d * p3[0],
            a * p0[1] + b * c1[1] + c * c2[1] + d * p3[1],
        )

    return at


@dataclass(frozen=True)
class _Eye:
    """One eye's curves in picture coordinates; t = 0 is the inner corner."""

    side: int
    traits: Traits
    mood: Mood

    @property
    def half(self) -> float:
        return self.traits.eye_w / 2

    def place(self, x: float, y: float) -> Point:
        slope = -self.traits.eye_tilt * x / self.half
        return self.side * (self.traits.eye_x + x), self.traits.eye_y + y + slope

    def upper(self, rise: float = 0.0, outer: float = 0.0) -> list[Point]:
        h = self.traits.eye_h * self.mood.lid
        droop = 0.3 * max(0, self.traits.age - 3)
        half, peak = self.half, self.traits.eyes.peak
        curve = _bezier(
            self.place(-half, 1.0 - rise * 0.2),
            self.place(-half * (0.68 - 0.12 * peak), -h * (1.0 - 0.3 * peak) - rise),
            self.place(half * (0.36 + 0.2 * peak), -h * (1.52 + 0.12 * peak) - rise * 1.25 + droop),
            self.place(half + outer, -0.9 - outer * 0.8 + droop * 0.7),
        )
        return [curve(t / 8) for t in range(9)]

    def lower(self, drop: float = 0.0) -> list[Point]:
        d = (1.6 + self.traits.eye_h * 0.34) * self.traits.eyes.low * (
            1 - 0.72 * self.mood.squint
        ) + drop
        half = self.half
        curve = _bezier(
            self.place(half, -0.9),
            self.place(half * 0.76, d * 0.95),
            self.place(-half * 0.26, d * 1.5),
            self.place(-half, 1.0),
        )
        return [curve(t / 8) for t in range(9)]


def draw_eyes(canvas: Canvas, traits: Traits, mood: Mood) -> None:
    for side in (-1, 1):
        eye = _Eye(side, traits, mood)
        _draw_socket(canvas, eye)
        _draw_ball(canvas, eye)
        _draw_lashes(canvas, eye)


def _draw_socket(canvas: Canvas, eye: _Eye) -> None:
    traits = eye.traits
    skin = traits.skin
    raised = eye.upper(2.6, 1.6)
    painted = traits.femininity * traits.person.make_up
    shadow = mix(skin.shade, traits.dice("shadow").choice(EYE_SHADOWS), 0.6 * painted)
    canvas.path(outline(raised, eye.upper()[::-1]), shadow, 0.45 + 0.28 * painted)
    crease = max(traits.crease, 0.0)
    fold = eye.upper(1.5 + 1.5 * crease, 0.8)[1:8]
    canvas.path(ribbon(fold, 0.55 + 0.35 * crease), skin.deep, 0.3 + 0.35 * min(crease, 1))
    below = eye.lower(1.9)[2:8]
    canvas.path(ribbon(below, 0.6 + eye.mood.squint), skin.shade, 0.3 + 0.35 * eye.mood.squint)


def _draw_ball(canvas: Canvas, eye: _Eye) -> None:
    traits, mood = eye.traits, eye.mood
    shape = outline(eye.upper(), eye.lower())
    white = mix("#fdfaf6", traits.skin.base, 0.1)
    canvas.path(shape, white)
    canvas.open(canvas.clip(shape))
    gx, gy = mood.gaze
    centre = (
        eye.side * traits.eye_x + gx - eye.side * 0.15,
        traits.eye_y - 1.0 - gy - 0.5 * mood.squint,
    )
    radius = (16.6 + 1.9 * traits.femininity) * 0.282 * traits.eyes.iris
    iris = traits.iris
    rim = darken(iris, 0.55)
    fill = canvas.radial(
        (0, lighten(iris, 0.28), 1), (0.5, iris, 1), (0.82, darken(iris, 0.22), 1), (1, rim, 1)
    )
    canvas.ellipse(centre, radius, radius, fill)
    canvas.ellipse(
        (centre[0], centre[1] + radius * 0.42),
        radius * 0.66,
        radius * 0.46,
        lighten(iris, 0.42),
        0.5,
    )
    canvas.ellipse(centre, radius * 0.42, radius * 0.42, "#160d14")
    upper = eye.upper()
    cast = [(x, y + 1.7) for x, y in upper]
    canvas.path(outline(upper, cast[::-1]), "#4a2536", 0.34)
    canvas.close()
    if mood.squint < 0.8:
        canvas.ellipse((centre[0] - radius * 0.36, centre[1] - radius * 0.4), 1.15, 1.25, "#ffffff")
        canvas.ellipse(
            (centre[0] + radius * 0.42, centre[1] + radius * 0.4), 0.55, 0.55, "#ffffff", 0.7
        )
    else:
        canvas.ellipse((centre[0] - radius * 0.3, centre[1] - radius * 0.25), 0.9, 0.8, "#ffffff")
    inner = eye.place(-eye.half + 0.5, 1.1)
    canvas.ellipse(inner, 0.9, 0.7, mix(traits.skin.blush, "#e88a90", 0.4), 0.8)


def _draw_lashes(canvas: Canvas, eye: _Eye) -> None:
    traits = eye.traits
    ink = mix(INK, traits.hair.deep, 0.3) if traits.lash > 0.5 else darken(traits.skin.deep, 0.62)
    weight = 0.75 + 0.75 * traits.lash
    lid = eye.upper()
    wing = traits.person.wing * traits.femininity
    edge = eye.upper(weight, 0.7 + 1.5 * traits.lash + wing)
    canvas.path(outline(lid, edge[::-1]), ink)
    if traits.femininity > 0.25:
        for k, index in enumerate((5, 6, 7)):
            (bx, by), (ex, ey) = lid[index], edge[index]
            reach = (1.5 + 0.35 * k) * traits.femininity
            lean = eye.side * reach * (0.75 + 0.25 * k)
            bend = (ex + lean * 0.6, ey - reach * 0.1)
            tip = (ex + lean, ey - reach * 0.62)
            canvas.path(ribbon([((bx + ex) / 2, (by + ey) / 2), bend, tip], 1.0, ends=(1, 0)), ink)
    low = eye.lower()[:6]
    canvas.path(ribbon(low, 0.6 + 0.25 * traits.lash, ends=(0.9, 0)), ink, 0.55)


def draw_brows(canvas: Canvas, traits: Traits, mood: Mood, opacity: float = 1.0) -> None:
    colour = brow_colour(traits)
    has_notch = traits.look["scars"] == "brow"
    for side in (-1, 1):
        top, bottom = _brow(traits, mood, side)
        soft = canvas.linear(
            (top[0][0], 0),
            (top[4][0], 0),
            (0, colour, 0.5 * opacity),
            (0.5, colour, 0.9 * opacity),
            (1, colour, opacity),
        )
        if has_notch and side > 0:
            head, tail = slice(0, 5), slice(4, None)
            canvas.path(outline(top[head], bottom[head][::-1]), soft)
            canvas.path(outline(_eased(top[tail], 1.7), _eased(bottom[tail], 1.7)[::-1]), soft)
        else:
            canvas.path(outline(top, bottom[::-1]), soft)
        _draw_brow_hairs(canvas, traits, (top, bottom), opacity)


def _eased(points: list[Point], dx: float) -> list[Point]:
    """The points with the first moved along, which leaves a gap before them."""
    return [(points[0][0] + dx, points[0][1]), *points[1:]]


def _brow(traits: Traits, mood: Mood, side: int) -> tuple[list[Point], list[Point]]:
    lift_in = mood.brow_in + (mood.brow_skew if side > 0 else -mood.brow_skew * 0.25)
    lift_out = mood.brow_out + (mood.brow_skew * 0.9 if side > 0 else -mood.brow_skew * 0.2)
    own = traits.brows
    start, end = traits.eye_x - 9.0 * own.length, traits.eye_x + 10.8 * own.length
    top, bottom = [], []
    for k in range(9):
        u = k / 8
        x = start + (end - start) * u
        rise = lift_in + (lift_out - lift_in) * u
        top_u = own.peak
        peak = traits.brow_arch * (1 - ((u - top_u) / top_u) ** 2 if u < top_u else 1)
        past = max(0.0, (u - top_u) / (1 - top_u))
        fall = past**1.6 * (traits.brow_arch + 2.2)
        y = traits.brow_y + 1.2 - peak - rise + fall - (0.6 + own.rise) * u + own.rise * 0.35
        half = traits.brow_w / 2 * (0.82 + 0.3 * u if u < 0.45 else 0.955 * (1 - (u - 0.45) / 0.66))
        half = half * (0.5, 0.86)[k] if k < 2 else half
        top.append((side * x, y - half))
        bottom.append((side * (x - 0.25), y + half))
    return top, bottom


def _draw_brow_hairs(
    canvas: Canvas, traits: Traits, brow: tuple[list[Point], list[Point]], opacity: float
) -> None:
    top, bottom = brow
    side = 1 if top[0][0] > 0 else -1
    colour = darken(brow_colour(traits), 0.35)
    for k in (0, 1, 2, 3):
        low, high = bottom[k], top[k + 1]
        canvas.path(
            ribbon([low, ((low[0] + high[0]) / 2 - side * 0.3, (low[1] + high[1]) / 2), high], 0.5),
            colour,
            0.5 * opacity,
        )


@dataclass(frozen=True)
class _Mouth:
    """The four edges of the lips, each from the left corner to the right one."""

    upper_top: list[Point]
    upper_low: list[Point]
    lower_top: list[Point]
    lower_low: list[Point]


_STEPS = (-1.0, -0.82, -0.56, -0.24, 0.0, 0.24, 0.56, 0.82, 1.0)
_BOW = (0.0, 0.34, 0.68, 1.0, 0.0, 1.0, 0.68, 0.34, 0.0)


def _mouth(traits: Traits, mood: Mood) -> _Mouth:
    w = traits.mouth_w * mood.wide
    upper = traits.lip_upper * mood.thin
    lower = traits.lip_lower * mood.thin
    edges = _Mouth([], [], [], [])
    for u, bow in zip(_STEPS, _BOW, strict=True):
        x = mood.shift + u * w
        lift = mood.lift + traits.person.lips.corner
        middle = traits.mouth_y - lift * abs(u) ** 1.9 - mood.skew * u
        dome = 1 - u * u
        round_ = 0.5 if mood.wide < 0.8 else 1.0
        top = middle - mood.gape_up * dome**round_
        low = middle + mood.gape * dome ** (0.62 * (0.75 if mood.wide < 0.8 else 1))
        ripple = 0.0 if mood.gape > 1 else 0.55 * (1 - abs(u) * 2.2 if abs(u) < 0.45 else 0)
        rise = upper * (bow if u else 1 - 0.26 * traits.bow)
        edges.upper_top.append((x, top - rise))
        edges.upper_low.append((x, top + ripple))
        edges.lower_top.append((x, low + ripple * 0.6))
        edges.lower_low.append((x, low + lower * dome**0.7))
    return edges


def _lip_colour(traits: Traits) -> str:
    natural = mix(traits.skin.base, traits.skin.lip, 0.34 + 0.22 * traits.femininity)
    if not traits.is_feminine:
        return natural
    chosen = traits.dice("lipstick").choice(LIPSTICKS)
    return mix(natural, chosen, 0.2 + 0.5 * traits.person.make_up)


def draw_mouth(canvas: Canvas, traits: Traits, mood: Mood) -> None:
    edges = _mouth(traits, mood)
    colour = _lip_colour(traits)
    skin = traits.skin
    is_open = mood.gape > 1
    bottom = edges.lower_low[4][1]
    shade_x = mood.shift
    canvas.ellipse((shade_x + 0.4, bottom + 1.6), 5.2, 1.7, canvas.glow(skin.deep, 0.55))
    if is_open:
        _draw_inside(canvas, traits, mood, edges)
    lower_fill = canvas.linear(
        (shade_x - 8, edges.lower_top[4][1]),
        (shade_x + 7, bottom),
        (0, lighten(colour, 0.14), 1),
        (1, darken(colour, 0.12), 1),
    )
    canvas.path(outline(edges.lower_top, edges.lower_low[::-1]), lower_fill)
    canvas.path(outline(edges.upper_top, edges.upper_low[::-1]), darken(colour, 0.13))
    glint = 0.3 + 0.3 * traits.femininity
    canvas.ellipse(
        (shade_x - 2.2, (edges.lower_top[4][1] + bottom) / 2 + 0.1),
        3.0,
        0.75,
        lighten(colour, 0.5),
        glint,
    )
    if not is_open:
        line = [(x, y) for x, y in edges.upper_low]
        canvas.path(ribbon(line, 1.05), darken(colour, 0.55), 0.95)
    for corner, sign in ((edges.upper_low[0], -1), (edges.upper_low[-1], 1)):
        canvas.path(
            ribbon(
                [
                    (corner[0] - sign * 1.4, corner[1] + 0.2),
                    (corner[0], corner[1]),
                    (corner[0] + sign * 1.1, corner[1] - 0.5 - 0.15 * max(mood.lift, -2)),
                ],
                1.0,
            ),
            skin.deep,
            0.75,
        )
    if mood.lift > 2:
        _draw_dimples(canvas, traits, mood, edges)


def _draw_inside(canvas: Canvas, traits: Traits, mood: Mood, edges: _Mouth) -> None:
    shape = outline(edges.upper_low, edges.lower_top[::-1])
    canvas.path(shape, "#541722")
    canvas.open(canvas.clip(shape))
    x, y = mood.shift, traits.mouth_y
    if mood.gape > 5:
        canvas.ellipse((x, y + mood.gape + 1.4), traits.mouth_w * mood.wide * 0.55, 4.4, "#c4505c")
    depth = 1.5 if mood.wide < 0.8 else min(mood.gape + 0.4, 4.4)
    teeth = [
        (px, py + depth * (1 - 0.5 * (abs(px - x) / (traits.mouth_w * 1.4)) ** 2))
        for px, py in edges.upper_low
    ]
    canvas.path(outline([(px, py - 1) for px, py in edges.upper_low], teeth[::-1]), "#fdf8f2")
    shadow = [(px, py + 0.75) for px, py in edges.upper_low]
    canvas.path(outline(edges.upper_low, shadow[::-1]), "#8a4a58", 0.3)
    canvas.close()


def _draw_dimples(canvas: Canvas, traits: Traits, mood: Mood, edges: _Mouth) -> None:
    tone = traits.skin.deep
    for index, side in ((0, -1), (-1, 1)):
        x, y = edges.upper_low[index]
        fold = [
            (side * (traits.nose_w + 2.0), traits.nose_y - 1.6),
            (x + side * 2.1, y - 4.0),
            (x + side * 2.9, y + 1.0),
        ]
        canvas.path(ribbon(fold, 0.9), tone, 0.24 + 0.05 * mood.squint + 0.03 * traits.age)
        if traits.person.has_dimples:
            x += side * 5.0
            pit = [(x - side * 0.5, y - 2.6), (x + side * 0.9, y - 0.4), (x, y + 2.0)]
            canvas.path(ribbon(pit, 1.3), tone, 0.5)
