"""The twelve hair styles, each cut for feminine, masculine and androgynous presentation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from .hair_pieces import (
    Cap,
    Crop,
    Curls,
    Fall,
    Knot,
    Parting,
    Piece,
    Plait,
    Shape,
    Shine,
    Tie,
    Wisp,
)
from .head_pen import Point, Sheet, both_sides, mirrored, outline
from .head_traits import Traits
from .palette import mix

_TIES = ("#c9a24e", "#b0475a", "#3e5a7a", "#2b2530", "#7d9a72")


@dataclass
class Style:
    """Pieces in painting order. `casting` are those that throw a shadow on the face."""

    back: list[Piece] = field(default_factory=list)
    front: list[Piece] = field(default_factory=list)
    casting: list[Piece] = field(default_factory=list)
    covers_brows: bool = False
    covers_ears: bool = False

    def add(self, *pieces: Piece, casts: bool = True) -> None:
        self.front.extend(pieces)
        if casts:
            self.casting.extend(pieces)


# --- measures every style shares -------------------------------------------------------------


def _hairline(traits: Traits) -> list[Point]:
    """Right half of the hairline, from the middle of the forehead down to before the ear."""
    e, f = traits.edge, traits.femininity
    recede = 0.5 * max(0, traits.age - 2) * (1 - f) + 0.2 * max(0, traits.age - 3)
    m = 1 - f
    low, peak = traits.person.hairline, traits.person.peak
    return [
        (0.0, -107.2 - recede * 0.4 + low + peak),
        (8.6 + 0.4 * m, -106.6 - recede - 0.6 * m + low),
        (16.2 + 1.8 * m, -103.6 - recede * 1.4 - 2.8 * m + low * 0.7),
        (22.2 + 3.4 * m, -98.6 - recede * 1.5 - 2.8 * m),
        (e(-92) - 7.4 + 2.0 * m, -92.6 - 0.8 * m),
        (e(-86) - 4.8 + 0.6 * m, -86.0),
        (e(-79) - 2.6 - 0.6 * m, -79.0),
        (e(-71) - 0.6 - 1.0 * m, -70.6 + 4.0 * m),
    ]


def _silhouette(traits: Traits, volume: float, side: float | None = None) -> list[Point]:
    """Right half of the outer contour, point for point opposite the hairline."""
    e = traits.edge
    volume *= traits.person.volume**0.6
    w = volume * 0.75 if side is None else side * (0.5 + 0.5 * traits.person.volume)
    return [
        (0.0, -124.6 - volume),
        (12.5, -122.8 - volume),
        (23.5, -117.6 - volume * 0.85),
        (e(-110) + w * 0.8, -109.4 - volume * 0.45),
        (e(-99) + w, -99.4 - volume * 0.2),
        (e(-90) + w, -90.0),
        (e(-82) + w * 0.8, -81.6),
        (e(-73) + w * 0.35 + 0.6, -73.0 + 4.0 * (1 - traits.femininity)),
    ]


def _span(traits: Traits) -> float:
    """Half-width that loose hair must clear: the temple, or wider cheekbones."""
    return max(traits.edge(-88), traits.edge(-67) - 1.5)


def _cap_sheet(traits: Traits, volume: float, side: float | None = None) -> Sheet:
    return Sheet(both_sides(_hairline(traits)), both_sides(_silhouette(traits, volume, side)))


def _sides(traits: Traits, *, volume: float, strength: float = 0.9, fade: float = 0.25) -> Crop:
    return Crop(_cap_sheet(traits, min(volume, 1.2), volume), strength, fade, 260)


@dataclass(frozen=True)
class _Curtain:
    """Hair falling from a parting at `part` down one side to `length`."""

    traits: Traits
    side: int
    part: float = 0.0
    length: float = 60.0
    top: float = 5.0
    volume: float = 7.0
    hug: float = 0.0
    flare: float = 0.0
    wave: float = 0.0
    phase: float = 0.0
    inward: float = 7.0

    def sheet(self, tips: int = 4, bite: float = 0.12) -> Sheet:
        inner = self._upper_inner()
        outer = self._upper_outer()
        start = -40.0
        room = self.length - start
        steps = max(2, round(room / (13 if self.wave else 24)))
        temple = _span(self.traits)
        for k in range(1, steps + 1):
            u = k / steps
            y = start + room * u
            ripple = self._ripple(y)
            near = 30.5 + self.hug - self.inward * math.sin(u * 1.4) + ripple * 0.8
            far = (
                temple
                + self._own_volume
                + 1.2
                + self.flare * math.sin(u * 2.2)
                - 5 * u * u
                + ripple
            )
            inner.append((self.side * near, y))
            outer.append((self.side * far, y - 4 * u))
        return Sheet(inner, outer, tips=tips, bite=bite)

    @property
    def _own_volume(self) -> float:
        return self.volume * self.traits.person.volume

    def _ripple(self, y: float) -> float:
        return self.wave * math.sin(y / 13.0 + self.phase) if self.wave else 0.0

    def _upper_inner(self) -> list[Point]:
        e, side = self.traits.edge, self.side
        off = self.part * 0.55
        low, frame = self.traits.person.hairline, self.traits.person.frame
        return [
            (self.part, -108.4 + low),
            (off + side * 9.0, -106.2 + low),
            (off * 0.3 + side * (20.2 - frame * 0.6), -99.4 + low * 0.7),
            (side * (e(-88) - 5.6 - frame), -88.0),
            (side * (e(-73) - 3.0 - frame * 0.8 + self._ripple(-73) * 0.4), -73.0),
            (
                side * (e(-57) - 2.2 - frame * 0.4 + self.hug + self._ripple(-57) * 0.7),
                -57.0,
            ),
            (side * (32.4 + self.hug + self._ripple(-40)), -40.0),
        ]

    def _upper_outer(self) -> list[Point]:
        side, vol = self.side, self._own_volume
        top = self.top * self.traits.person.volume
        temple = _span(self.traits)
        off = self.part * 0.5
        return [
            (self.part * 0.8, -125.6 - top),
            (off + side * 13.0, -124.0 - top),
            (off * 0.3 + side * 25.5, -117.8 - top * 0.75),
            (side * (temple * 0.935 + vol * 0.72), -103.0),
            (side * (temple + vol + self._ripple(-84) * 0.5), -84.0),
            (side * (temple + vol + 0.8 + self._ripple(-62) * 0.9), -62.0),
            (side * (temple + vol + 1.4 + self._ripple(-40)), -40.0),
        ]


def _back_mass(
    traits: Traits, length: float, *, volume: float = 6.0, flare: float = 2.0, wave: float = 0.0
) -> Fall:
    """What hangs behind neck and shoulders."""
    temple = _span(traits)
    volume *= traits.person.volume
    steps = max(3, round((length + 100) / (14 if wave else 28)))

    def guide(side: int) -> list[Point]:
        points: list[Point] = [(side * (temple - 2), -104.0)]
        for k in range(1, steps + 1):
            u = k / steps
            y = -104 + (length + 104) * u
            x = temple + volume * math.sin(min(u * 3, 1.57)) + flare * u - 7 * u**3
            points.append((side * (x + wave * math.sin(y / 13.0 + side * 0.6)), y))
        return points

    return Fall(
        Sheet(guide(-1), guide(1), sag=6, tips=7 if length > -30 else 0, bite=0.07),
        "back",
        shades=9,
        lights=5,
        shine=None,
        start=0.3,
    )


def _parting(traits: Traits, part: float, top: float) -> Parting:
    top *= traits.person.volume
    low = -108.0 + traits.person.hairline
    points = [(part, low), (part * 0.92, (low - 125.0 - top) / 2), (part * 0.82, -125.0 - top)]
    return Parting(points, mix(traits.skin.shade, traits.hair.shade, 0.35))


def _side_part(traits: Traits, reach: float = 15.0) -> float:
    """Where this person parts the hair; some in the middle, most on a side."""
    dice = traits.dice("part")
    if dice.random() < 0.25:
        return 0.0
    return dice.choice((-1, 1)) * dice.uniform(reach * 0.55, reach)


def _pair(traits: Traits, style: Style, left: _Curtain, right: _Curtain, *, tips: int = 4) -> None:
    """Both curtains, the one with more hair on top."""
    first, second = (left, right) if left.part > 0 else (right, left)
    for curtain in (first, second):
        style.add(
            Fall(
                curtain.sheet(tips, 13 / (curtain.length + 135)),
                shades=6,
                lights=6,
                shine=(0.16, 0.36) if curtain.length > -20 else (0.25, 0.55),
                turn=0.6 if curtain.side > 0 else 0.0,
            )
        )
    style.add(_parting(traits, left.part, left.top), casts=False)


# --- long and loose --------------------------------------------------------------------------


def _long(traits: Traits) -> Style:
    f = traits.femininity
    part = _side_part(traits)
    style = Style(covers_ears=True)
    length = {1.0: 78.0, 0.5: 44.0, 0.0: 14.0}[f] + traits.dice("length").uniform(-20, 14)
    volume = 6.5 + 1.5 * f
    style.back.append(_back_mass(traits, length + 12 * f, volume=volume - 1, flare=4 * f))
    bend = traits.dice("bend").choice((0.0, 0.0, 0.9, 1.7))
    common = {
        "part": part, "top": 5.5, "volume": volume, "flare": 3 * f, "hug": 1.0 - f, "wave": bend,
    }  # fmt: skip
    left = _Curtain(traits, -1, length=length, inward=4 + 6 * f, **common)
    right = _Curtain(traits, 1, length=length - 10 * f, inward=4 + 6 * f, **common)
    _pair(traits, style, left, right, tips=3)
    return style


def _wavy(traits: Traits) -> Style:
    f = traits.femininity
    part = _side_part(traits)
    style = Style(covers_ears=True)
    length = {1.0: 66.0, 0.5: 8.0, 0.0: -28.0}[f] + traits.dice("length").uniform(-9, 10)
    volume = 9.5 + 1.0 * f
    if length > -20:
        style.back.append(_back_mass(traits, length + 10, volume=volume, flare=5, wave=3.0))
    else:
        style.back.append(_back_mass(traits, -22, volume=volume - 1, flare=-3, wave=1.6))
    common = {"part": part, "top": 7.5, "volume": volume, "flare": 4.0, "wave": 3.2 + 0.8 * f}
    left = _Curtain(traits, -1, length=length, phase=0.4, hug=1.2, **common)
    right = _Curtain(traits, 1, length=length - 5, phase=2.2, hug=1.2, **common)
    _pair(traits, style, left, right, tips=4)
    if f > 0.25:
        _add_waves(style, traits, left, right)
    return style


def _add_waves(style: Style, traits: Traits, *curtains: _Curtain) -> None:
    """Loose locks outside the mass that break its contour."""
    for curtain in curtains:
        x = _span(traits) + curtain.volume * traits.person.volume
        for start, reach in ((-52.0, 44.0), (-26.0, 48.0)):
            if start + reach > curtain.length + 16:
                continue
            spine = [
                (curtain.side * (x + 0.5 + 2.6 * math.sin(k * 1.25 + start)), start + reach * k / 6)
                for k in range(7)
            ]
            style.add(Wisp(spine, 5.2, is_light=curtain.side < 0, ends=(0.0, 0.0)), casts=False)


def _layered(traits: Traits) -> Style:
    f = traits.femininity
    style = Style(covers_ears=True)
    part = _side_part(traits, 9.0)
    length = {1.0: 26.0, 0.5: 2.0, 0.0: -20.0}[f] + traits.dice("length").uniform(-7, 9)
    style.back.append(_back_mass(traits, length + 8, volume=6.5, flare=3.0))
    for side in (-1, 1):
        for sheet in _tiers(traits, side, length):
            style.add(Fall(sheet, shades=3, lights=3, shine=None), casts=False)
    for side in (-1, 1):
        style.add(
            Fall(_tier_top(traits, side, part), shades=6, lights=6, turn=0.6 if side > 0 else 0.0)
        )
    for side in (-1, 1):
        style.add(Fall(_face_frame(traits, side, part), shades=3, lights=3, shine=(0.2, 0.5)))
    style.add(_parting(traits, part, 7.5), casts=False)
    return style


def _tiers(traits: Traits, side: int, length: float) -> list[Sheet]:
    """Feathered locks whose ends flick outwards; the longest first."""
    x = _span(traits)
    locks = []
    for number in range(3):
        u = number / 2
        low = length + (-50 - length) * u * 0.82
        start = -88 + 6 * (1 - u)
        middle = (start + low) / 2
        out = 15.0 - 2.0 * u
        near = x - 3.0 + 2.0 * u
        inner = [
            (side * near, start),
            (side * near, middle),
            (side * (near - 2.0 + 4.0 * u), low - 12),
            (side * (x + out * 0.55), low - 1.0),
            (side * (x + out), low - 1.5),
        ]
        outer = [
            (side * (x + 6.0), start),
            (side * (x + 8.0), middle),
            (side * (x + 7.0), low - 18),
            (side * (x + out * 0.72), low - 8),
            (side * (x + out + 0.6), low - 3.0),
        ]
        locks.append(Sheet(inner, outer))
    return locks


def _tier_top(traits: Traits, side: int, part: float) -> Sheet:
    """The uppermost layer, from the parting to the cheek, curling out at its end."""
    curtain = _Curtain(traits, side, part=part, top=7.5, volume=7.0, hug=0.6)
    inner, outer = curtain._upper_inner()[:6], curtain._upper_outer()[:6]
    x = _span(traits)
    inner += [(side * (x + 1.0), -47.0), (side * (x + 10.5), -46.5)]
    outer += [(side * (x + 8.6), -55.0), (side * (x + 12.0), -49.5)]
    return Sheet(inner, outer)


def _face_frame(traits: Traits, side: int, part: float) -> Sheet:
    """A curtain-fringe lock that opens beside the eye and flicks out at the cheekbone."""
    e = traits.edge
    inner = [
        (part, -108.6),
        (part * 0.5 + side * 8.5, -103.4),
        (side * 18.5, -94.5),
        (side * (e(-84) - 10.0), -84.0),
        (side * (e(-70) - 4.4), -70.0),
        (side * (e(-58) + 2.5), -58.5),
    ]
    outer = [
        (part * 0.9, -121.0),
        (part * 0.5 + side * 12.0, -117.0),
        (side * 26.0, -107.0),
        (side * (e(-90) - 0.5), -90.0),
        (side * (e(-74) + 4.5), -74.0),
        (side * (e(-60) + 7.0), -61.0),
    ]
    return Sheet(inner, outer, tips=2, bite=0.16)


# --- fringes ---------------------------------------------------------------------------------


def _fringe(traits: Traits, *, low: float, half: float, tips: int = 8, sag: float = -3.0) -> Sheet:
    right = [
        (7.0, -126.0),
        (17.0, -121.4),
        (half * 0.86, -110.0),
        (half * 0.99, -97.0),
        (half, low),
    ]
    return Sheet(mirrored(right), right, sag=sag, tips=tips, bite=0.09)


def _bangs(traits: Traits) -> Style:
    style = Style(covers_brows=True)
    f = traits.femininity
    e = traits.edge
    if f < 0.25:
        return _comma_fringe(traits)
    style.covers_ears = True
    length = 46.0 if f > 0.75 else -22.0
    volume = 6.0 if f > 0.75 else 7.0
    style.back.append(
        _back_mass(traits, length + 8, volume=volume - 0.5, flare=2.0 if f > 0.75 else -2.0)
    )
    for side in (-1, 1):
        curtain = _Curtain(traits, side, length=length, top=5.0, volume=volume, hug=-0.6)
        style.add(
            Fall(
                curtain.sheet(3, 0.05 if f < 0.75 else 0.07),
                shades=6,
                lights=5,
                turn=0.6 if side > 0 else 0.0,
            )
        )
    low = -84.6 + traits.dice("fringe").uniform(-0.8, 1.0)
    sheet = _fringe(traits, low=low, half=e(-88) - 3.0, tips=9)
    style.add(Fall(sheet, shades=9, lights=9, shine=(0.34, 0.58)))
    return style


def _comma_fringe(traits: Traits) -> Style:
    """A heavy textured fringe swept to one side over short sides."""
    style = Style(covers_brows=True)
    side = traits.dice("fringe").choice((-1, 1))
    style.add(_sides(traits, volume=2.4, strength=0.98, fade=0.75), casts=False)
    style.add(Fall(_crown(traits, 7.5), shades=0, lights=0, shine=None), casts=False)
    e = traits.edge
    half = e(-92) - 2.0
    locks = (
        (-0.9, -1.0, -82.0),
        (0.9, 1.0, -85.0),
        (-0.55, -0.74, -82.5),
        (0.6, 0.66, -86.5),
        (-0.1, -0.36, -82.0),
        (0.3, 0.18, -86.0),
    )
    for start, end, low in locks:
        x0, x1 = side * start * 14, side * end * half
        lean = side * -2.5
        inner = [
            (x0 - 9, -124),
            (x0 * 0.8 + x1 * 0.3 - 8, -115),
            (x1 - 7.0, -101),
            (x1 + lean, low),
        ]
        outer = [
            (x0 + 9, -124.0),
            (x0 * 0.8 + x1 * 0.3 + 8, -115.0),
            (x1 + 6.0, -101.0),
            (x1 + lean + 1.5, low - 0.5),
        ]
        style.add(Fall(Sheet(inner, outer), shades=4, lights=4, shine=(0.35, 0.6)))
    return style


def _crown(traits: Traits, volume: float) -> Sheet:
    """Short hair over the top of the head, from ear height to ear height."""
    e = traits.edge
    right = [
        (4.0, -124.5 - volume),
        (17.0, -122.0 - volume * 0.9),
        (29.0, -114.0 - volume * 0.6),
        (e(-102) + volume * 0.5, -102.0),
        (e(-92) + volume * 0.42, -90.0),
        (e(-84) + volume * 0.24, -82.0),
    ]
    return Sheet(mirrored(right), right, sag=-22.0)


# --- short -----------------------------------------------------------------------------------


def _short(traits: Traits) -> Style:
    if traits.is_feminine:
        return _pixie(traits)
    if traits.is_masculine:
        return _classic(traits)
    return _tousled(traits)


def _pixie(traits: Traits) -> Style:
    """Short back, a long soft fringe swept over the forehead."""
    style = Style()
    side = traits.dice("part").choice((-1, 1))
    e = traits.edge
    style.back.append(_back_mass(traits, -47, volume=2.0, flare=-10))
    style.add(Cap(_cap_sheet(traits, 6.5, 4.2), lines=13), casts=False)
    for k in (-1, 1):
        wisp = [
            (k * (e(-90) + 1.0), -92),
            (k * (e(-80) - 0.6), -80),
            (k * (e(-70) - 2.2), -69),
            (k * (e(-62) - 3.6), -60.5),
        ]
        style.add(Wisp(wisp, 6.4, is_light=k < 0, ends=(0.8, 0.0)))
    style.add(
        Fall(_swept(traits, side, volume=8.5, low=-86.5), shades=7, lights=7, shine=(0.3, 0.56))
    )
    return style


def _swept(traits: Traits, side: int, *, volume: float, low: float) -> Sheet:
    """A fringe from a parting at one side across the forehead to the other temple."""
    e = traits.edge
    inner = [
        (side * 15.0, -108.6),
        (side * 7.0, -103.6),
        (-side * 6.0, -98.4),
        (-side * 18.0, -92.6),
        (-side * (e(-84) - 6.0), low + 3.0),
        (-side * (e(-76) - 1.0), low + 10.5),
    ]
    outer = [
        (side * 16.5, -121.6 - volume * 0.75),
        (side * 3.0, -125.0 - volume),
        (-side * 16.0, -121.4 - volume * 0.9),
        (-side * (e(-107) + 2.2), -108.0),
        (-side * (e(-94) + 5.0), -94.0),
        (-side * (e(-80) + 2.6), low + 7.0),
    ]
    return Sheet(inner, outer, tips=4, bite=0.15)


def _classic(traits: Traits) -> Style:
    """Side parting, tapered sides, some height in front."""
    style = Style()
    side = traits.dice("part").choice((-1, 1))
    e = traits.edge
    style.add(_sides(traits, volume=1.8, strength=0.96, fade=0.45), casts=False)
    inner = [
        (side * 19.0, -107.6),
        (side * 10.0, -109.4),
        (-side * 4.0, -110.0),
        (-side * 17.0, -106.4),
        (-side * 26.5, -100.4),
        (-side * (e(-93) - 3.0), -93.0),
    ]
    outer = [
        (side * 23.0, -119.6),
        (side * 15.0, -131.0),
        (-side * 3.0, -135.0),
        (-side * 21.0, -129.0),
        (-side * (e(-110) + 2.4), -114.0),
        (-side * (e(-94) + 1.9), -95.0),
    ]
    style.add(Fall(Sheet(inner, outer, tips=3, bite=0.1), shades=7, lights=7, shine=(0.28, 0.62)))
    near = [
        (side * 18.4, -107.8),
        (side * 25.5, -105.0),
        (side * (e(-96) - 2.6), -97.0),
        (side * (e(-88) - 1.0), -89.0),
    ]
    far = [
        (side * 22.5, -120.0),
        (side * 30.5, -114.4),
        (side * (e(-102) + 2.2), -103.0),
        (side * (e(-90) + 1.8), -89.0),
    ]
    style.add(
        Fall(Sheet(near, far, tips=3, bite=0.16), shades=4, lights=3, shine=None), casts=False
    )
    style.add(
        Parting(
            [(side * 18.6, -108), (side * 21.0, -114), (side * 22.6, -120)],
            mix(traits.skin.shade, traits.hair.shade, 0.4),
        ),
        casts=False,
    )
    return style


def _tousled(traits: Traits) -> Style:
    """A choppy crop pushed forward."""
    style = Style()
    e = traits.edge
    dice = traits.dice("tousle")
    style.add(_sides(traits, volume=2.6, strength=0.98, fade=0.7), casts=False)
    style.add(Fall(_crown(traits, 7.0), shades=0, lights=0, shine=None), casts=False)
    half = e(-94) - 2.0
    lean = dice.choice((-1, 1)) * 4
    for k in range(9):
        u = (k / 8) * 2 - 1
        x = u * half
        low = -96.5 - 4.0 * (1 - u * u) + dice.uniform(-2.0, 2.0) + 6.0 * u * u
        root = u * 19
        spine = [
            (root, -125.0 + 6 * u * u),
            ((root + x) / 2 - lean * 0.3 + u * 3, -117 + 3 * u * u),
            (x, -106 + 3 * u * u),
            (x + lean, low),
        ]
        style.add(Wisp(spine, 11.5, is_light=k % 3 == 0, ends=(0.7, 0.0)))
    return style


def _crew_cut(traits: Traits) -> Style:
    style = Style()
    volume = 3.4 - 1.6 * traits.femininity
    style.add(Crop(_cap_sheet(traits, volume, 1.0), 0.95, 0.35 + 0.3 * traits.femininity, 330))
    if traits.femininity < 0.75:
        e = traits.edge
        inner = both_sides([(0.0, -108.0), (10.0, -108.2), (19.0, -106.6), (e(-99) - 5.5, -101.0)])
        outer = both_sides(
            [
                (0.0, -125.4 - volume * 1.5),
                (13.0, -124.2 - volume * 1.4),
                (24.0, -119.2 - volume * 1.1),
                (e(-106) + 1.2, -107.4),
            ]
        )
        style.add(Crop(Sheet(inner, outer), 0.95, 0.85, 130), casts=False)
    return style


def _bald(traits: Traits) -> Style:
    """No hair; a faint shade of what is shaved for masculine presentation is in the skin."""
    style = Style(front=[Shine(traits.skin.light)])
    if traits.is_masculine:
        style.front.insert(0, Crop(_cap_sheet(traits, 0.0, 0.0), 0.16, 0.08, 0))
    return style


def _pompadour(traits: Traits) -> Style:
    style = Style()
    f = traits.femininity
    if f > 0.75:
        style.add(Cap(_cap_sheet(traits, 4.5, 2.6), lines=14), casts=False)
    else:
        style.add(_sides(traits, volume=1.8, strength=0.95, fade=0.3 + 0.3 * f), casts=False)
    style.add(Fall(_quiff(traits, 20.0 - 3.0 * f), shades=9, lights=9, shine=(0.36, 0.7)))
    return style


def _quiff(traits: Traits, tall: float) -> Sheet:
    """Hair rising from the whole hairline and rolling back to one side."""
    side = traits.dice("pomp").choice((-1, 1))
    half = traits.edge(-100) - 3.4
    crest = -124.0 - tall
    far = [
        (-half, -99.0),
        (-half - 5.0, -109.0),
        (-half - 5.0, -121.0),
        (-half + 2.0, -130.0 - tall * 0.25),
        (-half * 0.5, crest + 3.5),
        (-2.0, crest - 0.5),
        (11.0, crest + 0.2),
    ]
    near = [
        (half, -99.0),
        (half + 4.0, -105.0),
        (half + 5.6, -112.0),
        (half + 5.4, -119.5),
        (half + 2.2, -127.0),
        (half - 3.4, -132.6),
        (half - 8.0, -136.0),
    ]
    inner = [(side * x, y) for x, y in far]
    outer = [(side * x, y) for x, y in near]
    return _Arched(inner, outer, sag=-3.0, rise=-8.6)


@dataclass(frozen=True)
class _Arched(Sheet):
    """A sheet whose root follows the hairline's arch."""

    rise: float = 0.0

    def at(self, s: float, t: float) -> Point:
        x, y = Sheet.at(self, s, t)
        return x, y + self.rise * (1 - s) ** 2 * (1 - (2 * t - 1) ** 2) ** 0.7


# --- gathered --------------------------------------------------------------------------------


def _ponytail(traits: Traits) -> Style:
    style = Style()
    f = traits.femininity
    side = traits.dice("tail").choice((-1, 1))
    tie = traits.dice("tie").choice(_TIES)
    if f > 0.25:
        style.back.append(Fall(_high_tail(side, 1.0 if f > 0.75 else 0.72), "mid", 8, 8))
        style.back.append(Tie([(-7.5, -130.4), (0, -132.4), (7.5, -130.4)], 5.6, tie))
    else:
        style.back.append(Fall(_low_tail(side), "mid", 6, 6, shine=None))
        style.back.append(Tie([(side * 17, -33.0), (side * 24, -30.0)], 4.0, tie))
    style.add(Cap(_cap_sheet(traits, 4.6, 2.8), lines=18))
    if f > 0.25:
        _tendrils(style, traits, long=f > 0.75)
    return style


def _high_tail(side: int, scale: float) -> Sheet:
    def tail(points: list[Point]) -> list[Point]:
        return [(side * x, -136 + (y + 136) * (scale if y > -100 else 1)) for x, y in points]

    inner = tail(
        [
            (6, -129),
            (20, -131),
            (32, -121),
            (39, -100),
            (39, -66),
            (44, -30),
            (42, 4),
            (36, 30),
            (40, 52),
        ]
    )
    outer = tail(
        [
            (-7, -134),
            (12, -146),
            (40, -142),
            (60, -120),
            (67, -82),
            (72, -40),
            (72, -4),
            (60, 26),
            (42, 54),
        ]
    )
    return Sheet(inner, outer, tips=3, bite=0.1)


def _low_tail(side: int) -> Sheet:
    inner = [(side * 14, -44), (side * 17, -30), (side * 22, -12), (side * 22, 8), (side * 24, 26)]
    outer = [(side * 30, -46), (side * 25, -30), (side * 37, -14), (side * 39, 6), (side * 29, 30)]
    return Sheet(inner, outer, tips=3, bite=0.15)


def _tendrils(style: Style, traits: Traits, *, long: bool) -> None:
    """Loose strands before the ears."""
    e = traits.edge
    low = -42.0 if long else -54.0
    for side in (-1, 1):
        x = e(-96) - 3.4
        spine = [
            (side * (x - 6.0), -102.0),
            (side * (x + 0.6), -92.0),
            (side * (e(-78) - 1.6), -78.0),
            (side * (e(-66) + 0.4), -64.0),
            (side * (e(-60) + 2.2), (low - 62) / 2),
            (side * (e(-56) - 1.0), low),
        ]
        style.add(Wisp(spine, 3.4, is_light=side < 0, ends=(0.5, 0.0)))


def _bun(traits: Traits) -> Style:
    style = Style()
    f = traits.femininity
    if f > 0.75:
        style.back.append(Knot((0, -140.5), 17.5, 15.0))
        style.add(Cap(_cap_sheet(traits, 4.8, 3.0), lines=18))
        _tendrils(style, traits, long=True)
    elif f > 0.25:
        _half_up(style, traits)
    else:
        style.back.append(Knot((0, -134.5), 11.5, 10.0))
        style.add(_sides(traits, volume=1.4, strength=0.95, fade=0.3), casts=False)
        style.add(Cap(_top_cap(traits, 4.6), lines=15))
    return style


def _top_cap(traits: Traits, volume: float) -> Sheet:
    """Hair gathered from the top only, above shaved sides."""
    line, rim = _hairline(traits), _silhouette(traits, volume, 1.6)
    return Sheet(both_sides(line[:5]), both_sides(rim[:5]))


def _half_up(style: Style, traits: Traits) -> None:
    """Half of it in a top knot, the rest falling to the jaw."""
    style.covers_ears = True
    style.back.append(Knot((0, -138.0), 13.0, 11.5))
    style.back.append(_back_mass(traits, -14, volume=5.0, flare=-1.0))
    e, x = traits.edge, _span(traits)
    for side in (-1, 1):
        inner = [
            (side * (e(-98) - 5.0), -99.0),
            (side * (e(-86) - 3.0), -86.0),
            (side * (e(-72) - 1.6), -72.0),
            (side * (e(-56) + 0.5), -56.0),
            (side * (e(-44) + 2.0), -40.0),
            (side * 27.0, -22.0),
        ]
        outer = [
            (side * (e(-106) - 3.0), -108.0),
            (side * (x + 2.4), -92.0),
            (side * (x + 5.6), -76.0),
            (side * (x + 7.5), -56.0),
            (side * (x + 6.0), -36.0),
            (side * 38.0, -20.0),
        ]
        style.add(Fall(Sheet(inner, outer, tips=3, bite=0.12), shades=5, lights=4))
    style.add(Cap(_cap_sheet(traits, 5.0, 3.4), lines=17))
    _tendrils(style, traits, long=False)


# --- braids ----------------------------------------------------------------------------------


def _braids(traits: Traits) -> Style:
    if traits.is_feminine:
        return _two_plaits(traits)
    if traits.is_masculine:
        return _cornrows(traits)
    return _box_braids(traits)


def _two_plaits(traits: Traits) -> Style:
    style = Style(covers_ears=True)
    part = traits.dice("part").choice((-1, 0, 1)) * traits.dice("parted").uniform(5, 11)
    tie = traits.dice("tie").choice(_TIES)
    e = traits.edge
    style.back.append(_back_mass(traits, -54, volume=4.0, flare=-2))
    for side in (-1, 1):
        x = e(-52) + 4.5
        spine = [
            (side * (x + 1.5), -47),
            (side * (x + 3.0), -30),
            (side * (x + 3.2), -6),
            (side * (x + 2.0), 20),
            (side * (x - 0.5), 46),
            (side * (x - 2.5), 72),
        ]
        style.add(Plait(spine, 13.5, 0.6, tie), casts=False)
    for side in (-1, 1):
        curtain = _Curtain(traits, side, part=part, top=4.6, volume=5.0, hug=1.0)
        inner, outer = curtain._upper_inner()[:6], curtain._upper_outer()[:6]
        inner.append((side * (e(-52) + 1.0), -43.0))
        outer.append((side * (e(-52) + 10.5), -41.0))
        sheet = Sheet(inner, outer, sag=3)
        style.add(Fall(sheet, shades=7, lights=6, turn=0.6 if side > 0 else 0.0))
    style.add(_parting(traits, part, 4.6), casts=False)
    return style


def _cornrows(traits: Traits) -> Style:
    style = Style()
    sheet = _cap_sheet(traits, 2.2, 1.4)
    for x, low in ((-31, -14), (-24, -4), (-17, 4), (17, 2), (24, -6), (31, -12)):
        spine = [(x * 0.9, -62), (x * 1.04, -40), (x * 1.08, -20), (x * 1.04, low)]
        style.back.append(Plait(spine, 7.0, 0.8, None, "back"))
    style.add(Crop(sheet, 0.88, 0.6, 0))
    rows = 9
    for k in range(rows):
        s = 0.19 + 0.62 * k / (rows - 1)
        root, rim = sheet.at(s, 0.02), sheet.at(s, 0.96)
        middle = sheet.at(s, 0.5)
        style.add(Plait([root, middle, rim], 5.2, 0.9, None, has_tuft=False), casts=False)
    return style


def _box_braids(traits: Traits) -> Style:
    style = Style(covers_ears=True)
    dice = traits.dice("braids")
    part = _side_part(traits, 8.0)
    style.back.append(_back_mass(traits, -10, volume=5, flare=0))
    for k in range(7):
        x = (k - 3) * 11.0
        low = 24 + dice.uniform(-6, 6)
        style.back.append(
            Plait(
                [(x, -60), (x * 1.06, -30), (x * 1.1, 0), (x * 1.05, low)], 7.4, 0.8, None, "back"
            )
        )
    for side in (-1, 1):
        curtain = _Curtain(
            traits, side, part=part, length=24, top=5.5, volume=7.5, hug=2.0, flare=3
        )
        sheet = curtain.sheet(0)
        style.add(Shape(_upper_part(sheet), "back"))
        for k in range(5):
            t = 1 - (k + 0.4) / 5
            end = 0.9 + dice.uniform(-0.04, 0.1)
            style.add(Plait(sheet.along(t, 0.0, end, 9), 6.4, 0.85, None), casts=k == 4)
    return style


def _upper_part(sheet: Sheet) -> str:
    """The sheet's upper half: keeps the scalp from showing between single braids."""
    return outline(sheet.along(0, 0, 0.5), sheet.along(1, 0, 0.5)[::-1])


# --- curls -----------------------------------------------------------------------------------


def _curly(traits: Traits) -> Style:
    style = Style()
    f = traits.femininity
    if f > 0.75:
        _big_curls(style, traits, drop=30.0, reach=24.0, top=17.0)
    elif f > 0.25:
        _big_curls(style, traits, drop=-44.0, reach=16.0, top=16.0)
    else:
        _curly_top(style, traits)
    return style


def _big_curls(style: Style, traits: Traits, *, drop: float, reach: float, top: float) -> None:
    """A halo of curls, wider than the head; `drop` is how far down it hangs."""
    style.covers_ears = True
    dice = traits.dice("curls")
    e = traits.edge
    reach *= 0.45 + 0.55 * traits.person.volume
    drop += dice.uniform(-12, 8)
    back: list[tuple[Point, float]] = []
    rows = max(5, round((drop + 118) / 10))
    for row in range(rows):
        y = -112 + (drop + 112) * row / (rows - 1)
        u = (y + 112) / (drop + 112)
        width = e(-88) + reach * math.sin(0.55 + 2.0 * u) - 2
        for side in (-1, 1):
            for x in (width, width - 11, width - 22):
                back.append(
                    (
                        (side * (x + dice.uniform(-2, 2)), y + dice.uniform(-3, 3)),
                        dice.uniform(7.5, 10.0),
                    )
                )
    style.back.append(Shape(_halo(traits, drop, reach, top * traits.person.volume**0.6), "back"))
    style.back.append(Curls(back, "back"))
    sheet = _cap_sheet(traits, top, reach * 0.62)
    style.add(Curls(_cover(traits, sheet, rows=4, columns=15, radius=(6.4, 8.6))))
    _side_curls(style, traits, drop=min(drop, 22.0), reach=reach)


def _halo(traits: Traits, drop: float, reach: float, top: float) -> str:
    w = traits.edge(-88)
    right = [
        (0.0, -122.0 - top),
        (24.0, -117.0 - top * 0.8),
        (w + reach * 0.5, -100.0),
        (w + reach * 0.85, -70.0),
        (w + reach * 0.75, (drop - 70) / 2),
        (w + reach * 0.2, drop - 4),
        (0.0, drop - 8),
    ]
    return outline(right, mirrored(right)[::-1])


def _cover(
    traits: Traits, sheet: Sheet, *, rows: int, columns: int, radius: tuple[float, float]
) -> list[tuple[Point, float]]:
    """Curls over a cap, outer ones first, so that inner ones lie on top."""
    dice = traits.dice("cover")
    curls = []
    for row in range(rows):
        t = 0.94 - 0.86 * row / max(rows - 1, 1)
        shift = 0.5 * (row % 2)
        for k in range(columns):
            s = (k + 0.25 + shift * 0.5 + dice.uniform(-0.12, 0.12)) / columns
            x, y = sheet.at(s, t + dice.uniform(-0.05, 0.05))
            size = dice.uniform(*radius) * (0.86 if row == rows - 1 else 1.0)
            curls.append(((x, y), size))
    return curls


def _side_curls(style: Style, traits: Traits, *, drop: float, reach: float) -> None:
    """Curls beside the face, over ears and shoulders."""
    dice = traits.dice("side-curls")
    e = traits.edge
    curls: list[tuple[Point, float]] = []
    rows = max(3, round((drop + 80) / 8))
    for row in range(rows):
        u = row / max(rows - 1, 1)
        y = -80 + (drop + 80) * u
        near = e(max(y, -60)) + 3.5 if y < -50 else 31.0 + 2 * u
        span = reach * (0.95 - 0.35 * u)
        for side in (-1, 1):
            for column in (2, 1, 0):
                x = near + column * span / 2
                curls.append(
                    (
                        (
                            side * (x + dice.uniform(-2.2, 2.2)),
                            y + dice.uniform(-3, 3) - column * 2.0,
                        ),
                        dice.uniform(5.6, 8.2) * (1 - 0.12 * u),
                    )
                )
    style.add(Curls(curls), casts=False)


def _curly_top(style: Style, traits: Traits) -> None:
    style.add(_sides(traits, volume=1.6, strength=0.95, fade=0.35), casts=False)
    line, rim = _hairline(traits), _silhouette(traits, 13.0, 4.5)
    sheet = Sheet(both_sides(line[:5]), both_sides(rim[:5]))
    style.add(Shape(sheet.path(), "mid"))
    style.add(Curls(_cover(traits, sheet, rows=4, columns=9, radius=(5.2, 6.8))))


STYLES: dict[str, Callable[[Traits], Style]] = {
    "long": _long,
    "short": _short,
    "braids": _braids,
    "ponytail": _ponytail,
    "bangs": _bangs,
    "bun": _bun,
    "wavy": _wavy,
    "curly": _curly,
    "crew_cut": _crew_cut,
    "pompadour": _pompadour,
    "layered": _layered,
    "bald": _bald,
}
