"""The bare face: ears, skin and its shading, nose, the lines of age, beards."""

from __future__ import annotations

from .head_pen import Canvas, Point, blob, curve, mirrored, num, outline, ribbon
from .head_traits import Traits
from .palette import darken, lighten, mix


def face_path(traits: Traits) -> str:
    return blob(traits.contour)


def draw_ears(canvas: Canvas, traits: Traits) -> None:
    for side in (-1, 1):
        x, ear = traits.edge(-79) - 1.2, traits.person.ear
        shell = [
            (x, -81),
            (x + 3.6, -84.2),
            (x + 6.9, -81.6),
            (x + 6.8, -74),
            (x + 4.9, -66.6),
            (x + 2.7, -60.6),
            (x - 0.6, -60.2),
            (x - 2.5, -70),
        ]
        tone = traits.skin.base if side < 0 else mix(traits.skin.base, traits.skin.shade, 0.6)
        shell = [(x + (px - x) * ear, -72 + (py + 72) * ear) for px, py in shell]
        canvas.path(blob([(side * px, py) for px, py in shell]), tone)
        inner = [
            (x + 1.4, -79.6),
            (x + 4.0, -81.6),
            (x + 5.2, -78.2),
            (x + 4.3, -72.4),
            (x + 2.2, -67.6),
            (x + 1.2, -71.5),
            (x + 2.4, -75.4),
        ]
        canvas.path(blob([(side * px, py) for px, py in inner]), traits.skin.shade, 0.9)
        fold = [(x + 1.8, -76.8), (x + 3.5, -77.6), (x + 3.4, -73.4), (x + 1.6, -70.2)]
        canvas.line([(side * px, py) for px, py in fold], traits.skin.deep, 0.8, 0.5)


def draw_skin(canvas: Canvas, traits: Traits) -> None:
    """Base, soft light from the upper left and one clear cel shadow on the right."""
    skin = traits.skin
    glow = mix(skin.base, skin.light, 0.75)
    low = mix(skin.base, skin.shade, 0.35)
    fill = canvas.linear((-26, -120), (22, -28), (0, glow, 1), (0.45, skin.base, 1), (1, low, 1))
    canvas.path(face_path(traits), fill)
    canvas.open(canvas.clip(face_path(traits)))
    canvas.path(_side_shadow(traits), skin.shade, 0.62)
    canvas.path(_jaw_shadow(traits), skin.shade, 0.34)
    canvas.ellipse((-9, -98), 19, 9.5, canvas.glow(skin.light, 0.75))
    _draw_cheeks(canvas, traits)
    canvas.close()


def _side_shadow(traits: Traits) -> str:
    edge = traits.edge
    full = traits.fullness
    inside = [
        (19, -127),
        (25.5, -116.5),
        (edge(-104) - 4.6, -104),
        (edge(-90) - 4.2, -90),
        (edge(-78) - 4.6, -79),
        (edge(-68) - 5.4, -69),
        (edge(-58) - 10.6 + full, -59),
        (edge(-50) - 11.4 + full, -50),
        (edge(-42) - 7.8, -42.5),
        (edge(-33) - 5.4, -34),
        (4, -25.2),
        (0, -20),
    ]
    outside = [(14, -14), (50, -40), (54, -90), (36, -124)]
    return outline(inside, outside)


def _jaw_shadow(traits: Traits) -> str:
    """A narrow shade under the left jaw turns the form away from the light."""
    edge = traits.edge
    inside = [
        (-edge(-56), -57),
        (-edge(-46) + 2.6, -46),
        (-edge(-37) + 3.4, -38),
        (-edge(-29) + 3.2, -30),
        (-3, -25.6),
        (2, -20),
    ]
    return outline(inside, [(-20, -14), (-46, -40), (-42, -58)])


def _draw_cheeks(canvas: Canvas, traits: Traits) -> None:
    skin = traits.skin
    young = 1 - 0.1 * traits.age
    strength = (0.3 + 0.26 * traits.femininity) * young
    for side in (-1, 1):
        x = side * (traits.eye_x + 8.0)
        tilt = f' transform="rotate({-side * 24} {num(x)} -59)"'
        canvas.ellipse((x, -59.0), 14.5, 7.6, canvas.glow(skin.blush, strength), 1, extra=tilt)
    if traits.person.jaw.cheek > 1.2:  # high cheekbones throw a shade below them
        for side in (-1, 1):
            x = side * (traits.edge(-54) - 7.0)
            spin = f' transform="rotate({side * 62} {num(x)} -54)"'
            canvas.ellipse((x, -54), 3.8, 13, canvas.glow(skin.shade, 0.5), 1, extra=spin)
    if traits.person.has_chin_cleft and not traits.is_feminine:
        low = traits.right_contour[-1][1]
        dent = [(0.2, low - 7.4), (-0.3, low - 5.0), (0.1, low - 2.6)]
        canvas.path(ribbon(dent, 1.3), skin.deep, 0.4)
    shine = 0.5 + 0.25 * traits.femininity
    canvas.ellipse((-traits.eye_x - 7.2, -64.4), 6.4, 3.0, canvas.glow(skin.light, shine))
    canvas.ellipse((-1.0, traits.mouth_y + 12.4), 6, 3.4, canvas.glow(skin.light, 0.5))


def draw_nose(canvas: Canvas, traits: Traits) -> None:
    skin = traits.skin
    y, w = traits.nose_y, traits.nose_w
    depth, own = traits.nose_bridge, traits.nose
    r = own.ridge
    plane: list[Point] = [
        (6.4 * r, -79.0),
        (4.0 * r, -73.4),
        (3.1 * r + own.bump, -66.5),
        (4.0 * r + own.bump * 0.4, y - 7.4),
        (w * 0.84, y - 3.8),
        (w * 0.62, y - 1.2),
    ]
    ridge: list[Point] = [(2.0, y - 2.6), (1.9, y - 8), (1.7 * r, -68), (3.4 * r, -76)]
    canvas.path(outline(plane, ridge), skin.shade, 0.4 * depth)
    canvas.ellipse((-1.5 * r, -69.5), 2.1 * r, 10.5, canvas.glow(skin.light, 0.7 * depth))
    under = [
        (-w * 0.8, y - 1.7),
        (-w * 0.4, y + own.tip * 0.6),
        (0.0, y + 1.6 + own.tip),
        (w * 0.44, y + own.tip * 0.6),
        (w * 0.86, y - 1.8),
        (w * 0.42, y - 1.5),
        (0.0, y - 0.7 + own.tip * 0.7),
        (-w * 0.4, y - 1.4),
    ]
    canvas.path(blob(under), mix(skin.shade, skin.deep, 0.2), 0.95)
    for side in (-1, 1):
        nostril = [
            (side * w * 0.18, y + 0.1),
            (side * w * 0.38, y - 1.15),
            (side * w * 0.64, y - 1.1),
            (side * w * 0.46, y + 0.05),
        ]
        canvas.path(blob(nostril), skin.deep, 0.9)
        wing = [
            (side * w * 0.96, y - 4.6),
            (side * w * 1.04, y - 2.7),
            (side * w * 0.9, y - 1.0),
            (side * w * 0.7, y - 0.7),
        ]
        canvas.path(ribbon(wing, 0.85), skin.deep, 0.4 if side < 0 else 0.62)
    canvas.ellipse(
        (-1.1, y - 4.2 + own.tip * 0.6),
        2.9 * (0.5 + 0.5 * own.width),
        2.3,
        canvas.glow(lighten(skin.light, 0.3), 0.9),
    )


def draw_age(canvas: Canvas, traits: Traits) -> None:
    """Each age range adds its lines; the youngest adult face has none."""
    tone = traits.skin.deep
    age = traits.age
    canvas.open(canvas.clip(face_path(traits)))
    if age >= 1:
        _draw_hollows(canvas, traits)
    if age >= 2:
        _draw_smile_lines(canvas, traits, tone)
        _draw_under_eyes(canvas, traits, tone)
    if age >= 3:
        _draw_crows_feet(canvas, traits, tone)
        _draw_forehead(canvas, traits, tone)
    if age >= 4:
        _draw_jowls(canvas, traits, tone)
    canvas.close()


def _draw_hollows(canvas: Canvas, traits: Traits) -> None:
    """The roundness of the earliest years leaves the cheeks, and the eyes get a soft shade."""
    skin = traits.skin
    for side in (-1, 1):
        under = [
            (side * (traits.eye_x - 6.4), traits.eye_y + 4.9),
            (side * (traits.eye_x - 1.5), traits.eye_y + 6.7),
            (side * (traits.eye_x + 4.5), traits.eye_y + 5.9),
        ]
        canvas.path(ribbon(under, 1.2), skin.shade, 0.2 + 0.07 * traits.age)
        x = side * (traits.edge(-51) - 6.0)
        spin = f' transform="rotate({side * 58} {num(x)} -51)"'
        shade = canvas.glow(skin.shade, 0.35 + 0.06 * traits.age)
        canvas.ellipse((x, -51), 4.2, 11.5, shade, 1, extra=spin)


def _draw_smile_lines(canvas: Canvas, traits: Traits, tone: str) -> None:
    age = traits.age
    x, y = traits.nose_w + 0.9, traits.nose_y - 2.6
    for side in (-1, 1):
        fold = [
            (side * x, y),
            (side * (x + 2.7), y + 2.2 + age * 0.5),
            (side * (x + 4.6), y + 4.4 + age * 1.3),
        ]
        canvas.path(ribbon(fold, 0.45 + 0.15 * age), tone, 0.16 + 0.075 * age)


def _draw_under_eyes(canvas: Canvas, traits: Traits, tone: str) -> None:
    age = traits.age
    for side in (-1, 1):
        for row in range(1 if age < 4 else 2):
            y = traits.eye_y + 6.2 + row * 2.0
            bag = [
                (side * (traits.eye_x - 6.6), y - 1.2),
                (side * (traits.eye_x - 1), y + 0.9),
                (side * (traits.eye_x + 5 + row), y - 0.4),
            ]
            canvas.path(ribbon(bag, 0.5 + 0.13 * age), tone, 0.16 + 0.05 * age - 0.1 * row)


def _draw_crows_feet(canvas: Canvas, traits: Traits, tone: str) -> None:
    count = min(traits.age - 1, 4)
    for side in (-1, 1):
        x = traits.eye_x + traits.eye_w / 2 + 2.0
        for k in range(count):
            dy = (k - (count - 1) / 2) * 2.3
            line = [
                (side * x, traits.eye_y + dy * 0.6),
                (side * (x + 2.2), traits.eye_y + dy * 1.1 + 0.1),
                (side * (x + 4.4), traits.eye_y + dy * 1.8 + 0.5),
            ]
            canvas.path(ribbon(line, 0.6), tone, 0.24 + 0.05 * traits.age)


def _draw_forehead(canvas: Canvas, traits: Traits, tone: str) -> None:
    for row in range(traits.age - 2):
        y = -94.6 - row * 4.0
        half = 15 - row * 2.0
        line = [
            (-half, y + 0.8),
            (-half * 0.4, y - 0.6),
            (half * 0.2, y + 0.2),
            (half * 0.95, y - 0.2),
        ]
        canvas.path(ribbon(line, 0.75), tone, 0.16 + 0.05 * traits.age)
    if traits.age >= 4:
        for x in (-2.4, 2.2):
            canvas.path(ribbon([(x, -86), (x * 0.9, -83), (x * 1.1, -80.4)], 0.6), tone, 0.35)


def _draw_jowls(canvas: Canvas, traits: Traits, tone: str) -> None:
    age = traits.age
    for side in (-1, 1):
        x, y = traits.mouth_w + 1.6, traits.mouth_y
        crease = [(side * x, y + 1.2), (side * (x + 1.5), y + 4.6), (side * (x + 1.1), y + 8.2)]
        canvas.path(ribbon(crease, 0.85), tone, 0.1 * age - 0.1)
        hollow = [
            (side * (traits.edge(-60) - 4), -61),
            (side * (traits.edge(-52) - 8), -52),
            (side * (traits.edge(-46) - 7), -44.5),
        ]
        canvas.path(ribbon(hollow, 3.2), traits.skin.shade, 0.12 * age - 0.2)
    if age >= 5:
        for x in (-5.4, -2.0, 1.7, 5.2):
            y = traits.mouth_y - traits.lip_upper - 1.4
            canvas.line([(x, y), (x * 1.06, y - 2.2)], tone, 0.45, 0.32)


BEARDS = ("clean", "stubble", "short_beard", "full_beard", "goatee", "moustache")
_BEARD_ODDS = {0: (46, 40, 8, 0, 6, 0), 1: (34, 34, 20, 4, 8, 0)}
_BEARD_ODDS_LATER = (30, 24, 22, 12, 7, 5)


def beard_of(traits: Traits) -> str:
    """What this person wears on the chin; decided by the seed, masculine presentation only."""
    if not traits.is_masculine:
        return "clean"
    odds = _BEARD_ODDS.get(traits.age, _BEARD_ODDS_LATER)
    return traits.dice("beard").choices(BEARDS, odds)[0]


def draw_beard(canvas: Canvas, traits: Traits) -> None:
    """Below the lips: call before the mouth is drawn."""
    beard = beard_of(traits)
    if beard == "clean":
        return
    canvas.open(canvas.clip(face_path(traits)))
    if beard == "stubble":
        _draw_stubble(canvas, traits)
    elif beard in {"short_beard", "full_beard"}:
        _draw_full_beard(canvas, traits, is_long=beard == "full_beard")
    if beard in {"goatee", "moustache"}:
        _draw_stubble(canvas, traits)
        _draw_moustache(canvas, traits)
    if beard == "goatee":
        _draw_goatee(canvas, traits)
    canvas.close()


def _beard_tone(traits: Traits) -> str:
    natural = mix(traits.hair.shade, "#3a2018", 0.25)
    return mix(natural, "#d8d4d2", 0.14 * max(0, traits.age - 3))


def _beard_area(traits: Traits, *, cheek_y: float) -> str:
    """Sideburn to sideburn, under the cheek, around the mouth."""
    edge = traits.edge
    m = traits.mouth_y
    w = traits.mouth_w
    upper = traits.nose_y + 2.6
    left = [
        (-edge(-70) - 2, -72),
        (-edge(-66) + 2.6, -66),
        (-edge(-58) + 4.6, cheek_y),
        (-w - 4.2, m - 3.4),
        (-w * 0.62, upper + 0.6),
        (0, upper + 1.2),
    ]
    right = [(-x, y) for x, y in reversed(left)]
    below = [(edge(-50) + 5, -48), (16, -15), (-16, -15), (-edge(-50) - 5, -48)]
    return outline(left, right, below)


def _draw_stubble(canvas: Canvas, traits: Traits) -> None:
    tone = _beard_tone(traits)
    for cheek_y in (-57, -54, -51):
        fill = canvas.linear((0, -64), (0, -44), (0, tone, 0.0), (1, tone, 0.12))
        canvas.path(_beard_area(traits, cheek_y=cheek_y), fill)
    dice = traits.dice("stubble")
    dots = []
    for _ in range(420):
        x = dice.uniform(-1, 1) * traits.edge(-46)
        y = -25 - dice.random() * 27
        is_lip = abs(x) < traits.mouth_w + 1 and abs(y - traits.mouth_y) < 4.5
        if is_lip or y < -47 - abs(x) * 0.16:
            continue
        dots.append(f"M{x:.1f} {y:.1f}l{x * 0.008:.2f} .6")
    canvas.parts.append(
        f'<path d="{"".join(dots)}" stroke="{tone}" stroke-width=".38" '
        'stroke-opacity=".42" fill="none"/>'
    )


def _draw_full_beard(canvas: Canvas, traits: Traits, *, is_long: bool) -> None:
    tone = _beard_tone(traits)
    strength = 0.96 if is_long else 0.8
    fill = canvas.linear(
        (0, -74), (0, -46), (0, tone, 0.0), (0.35, tone, strength * 0.6), (1, tone, strength)
    )
    canvas.path(_beard_area(traits, cheek_y=-53.5 if is_long else -50.5), fill)
    dice = traits.dice("beard-strands")
    for _ in range(46):
        x = dice.uniform(-1, 1) * (traits.edge(-44) - 2)
        y = -30 - dice.random() * 16
        if abs(x) < traits.mouth_w + 1.5 and y < traits.mouth_y + 7:
            continue
        drift = x * 0.06
        hair = [(x, y - 3), (x + drift, y), (x + drift * 1.6, y + 3.2)]
        shade = darken(tone, 0.3) if dice.random() < 0.55 else lighten(tone, 0.22)
        canvas.path(ribbon(hair, 0.8), shade, 0.55)
    soul = traits.skin.base
    m = traits.mouth_y
    for side in (-1, 1):
        patch = [
            (side * 3.2, m + 5.6),
            (side * 6.6, m + 4.6),
            (side * 8.6, m + 3.2),
            (side * 6.2, m + 7.0),
        ]
        canvas.path(blob(patch), soul, 0.32)


def _draw_moustache(canvas: Canvas, traits: Traits) -> None:
    tone = _beard_tone(traits)
    m, w = traits.mouth_y, traits.mouth_w
    y = traits.nose_y + 2.9
    for side in (-1, 1):
        half = [
            (0, y + 0.8),
            (side * 4.4, y),
            (side * w * 0.9, m - 2.2),
            (side * (w + 1.9), m + 1.6),
            (side * (w - 0.6), m - 0.6),
            (side * 4.8, m - traits.lip_upper - 0.2),
            (0, m - traits.lip_upper + 0.1),
        ]
        canvas.path(blob(half), tone, 0.9)
    canvas.path(
        ribbon([(-1, y + 1.6), (-5, y + 1.9), (-w * 0.85, m - 1.2)], 0.9), lighten(tone, 0.2), 0.5
    )


def _draw_goatee(canvas: Canvas, traits: Traits) -> None:
    tone = _beard_tone(traits)
    m = traits.mouth_y
    low = traits.right_contour[-1][1]
    w = traits.mouth_w
    rim = [(w + 1.7, m + 0.4), (w + 1.4, m + 5.6), (10.4, low - 4.2), (5.6, low - 0.6)]
    rim = [*rim, (0, low + 1), *mirrored(rim)[::-1]]
    lip = [(-w + 0.4, m + 1.4), (-7.2, m + 6.0), (-3.0, m + 6.6), (0, m + 5.4)]
    lip = [*lip, *mirrored(lip[:-1])[::-1]]
    canvas.path(outline(rim, lip), tone, 0.9)
    for x in (-4.5, -1.6, 1.4, 4.6):
        canvas.path(
            ribbon([(x, m + 9), (x * 1.1, m + 12), (x * 0.9, low - 1)], 0.8),
            lighten(tone, 0.18),
            0.5,
        )


def hair_shadow(canvas: Canvas, traits: Traits, casts: list[str], light: int = 1) -> None:
    """The shade that the hair throws on the face; `light` +1 comes from the left."""
    if not casts:
        return
    canvas.open(canvas.clip(face_path(traits)))
    canvas.open(f' transform="translate({1.3 * light} 3.1)"')
    for data in casts:
        canvas.path(data, mix(traits.skin.shade, traits.skin.deep, 0.25), 0.6)
    canvas.close()
    canvas.close()


def double_chin(canvas: Canvas, traits: Traits) -> None:
    if traits.fullness < 2:
        return
    y = traits.right_contour[-1][1]
    fold = [(-14, y - 6.2), (-8, y - 3.2), (0, y - 2.4), (8, y - 3.2), (14, y - 6.2)]
    canvas.parts.append(
        f'<path d="{curve(fold)}" fill="none" stroke="{traits.skin.shade}" stroke-width="0.9" '
        'stroke-linecap="round" stroke-opacity="0.8"/>'
    )
