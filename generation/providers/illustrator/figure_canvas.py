"""Layers of SVG fragments that grow while a figure is drawn, and the box they fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .figure_geometry import Point


@dataclass(frozen=True, slots=True)
class Style:
    """How a visual style renders form: depth of cel shade, sheen, tone lines."""

    depth: float
    sheen: float
    line: float


STYLES: Mapping[str, Style] = {
    "illustrated": Style(depth=0.48, sheen=0.0, line=0.0),
    "realistic": Style(depth=0.44, sheen=0.3, line=0.0),
    "anime": Style(depth=0.38, sheen=0.0, line=1.3),
}


@dataclass(slots=True)
class Canvas:
    uid: str
    style: Style
    layers: dict[str, list[str]] = field(default_factory=dict)
    defs: list[str] = field(default_factory=list)
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    _count: int = 0

    def extend(self, points: Iterable[Point]) -> None:
        for x, y in points:
            self.left, self.right = min(self.left, x), max(self.right, x)
            self.top, self.bottom = min(self.top, y), max(self.bottom, y)

    def add(self, layer: str, fragment: str) -> None:
        self.layers.setdefault(layer, []).append(fragment)

    def fill(self, layer: str, d: str, colour: str, opacity: float = 1.0) -> None:
        if d:
            faint = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
            self.add(layer, f'<path d="{d}" fill="{colour}"{faint}/>')

    def stroke(
        self,
        layer: str,
        d: str,
        colour: str,
        width: float = 1.2,
        *,
        opacity: float = 1.0,
        dash: str = "",
        cap: str = "round",
    ) -> None:
        faint = f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(
            layer,
            f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
            f' stroke-linecap="{cap}" stroke-linejoin="round"{faint}{dashed}/>',
        )

    def define(self, body: str) -> str:
        """Add a definition; `body` holds `{id}` where its id goes. Returns the id."""
        self._count += 1
        name = f"{self.uid}-d{self._count}"
        self.defs.append(body.replace("{id}", name))
        return name

    def drain(self, layer: str) -> str:
        """The layer's fragments, in order, which then leave the canvas."""
        return "".join(self.layers.pop(layer, ()))
