"""Makes a drawing small: what a thumbnail cannot show is left out.

Shapes outside the crop or smaller than a pixel go, curves become polylines that differ by less
than half a pixel, definitions nobody refers to go. A figure of 130 kB becomes a thumbnail
of 15 to 35 kB that looks the same at its size.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

Box = tuple[float, float, float, float]  # x, y, width, height
Matrix = tuple[float, float, float, float, float, float]
Line = list[tuple[float, float]]

_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_TOKEN = re.compile(r"[MLHVCSQTAZmlhvcsqtaz]|-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
_TRANSFORM = re.compile(r"(\w+)\(([^)]*)\)")
_REFERENCE = re.compile(r"#([\w-]+)")
_DEFINING = {
    "defs",
    "clipPath",
    "pattern",
    "mask",
    "filter",
    "linearGradient",
    "radialGradient",
    "symbol",
}
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


def slim(svg: str, crop: Box, px: float) -> str:
    """The fragment reduced to what shows when `crop` is `px` wide."""
    root = ElementTree.fromstring(f"<g>{svg}</g>")  # noqa: S314 (our own drawing)
    _Slimmer(crop, crop[2] / px).visit(root, _IDENTITY)
    _drop_unused(root)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return text.replace(" />", "/>")


@dataclass(frozen=True, slots=True)
class _Slimmer:
    crop: Box
    unit: float  # drawing units per pixel

    def visit(self, node: ElementTree.Element, matrix: Matrix) -> None:
        for child in list(node):
            if child.tag in _DEFINING:
                self._simplify_all(child, matrix)
                continue
            inner = _product(matrix, _parse_transform(child.get("transform", "")))
            box = _bounds(child, inner)
            if box is not None and self._is_invisible(child, box, inner):
                node.remove(child)
                continue
            self._simplify(child, inner)
            self.visit(child, inner)
            if child.tag == "g" and len(child) == 0:
                node.remove(child)

    def _is_invisible(self, node: ElementTree.Element, box: Box, matrix: Matrix) -> bool:
        margin = float(node.get("stroke-width", 0)) * _scale(matrix) + self.unit
        x, y, w, h = box
        cx, cy, cw, ch = self.crop
        is_outside = x + w < cx - margin or x > cx + cw + margin
        is_outside = is_outside or y + h < cy - margin or y > cy + ch + margin
        return is_outside or max(w, h) + margin - self.unit < 1.1 * self.unit

    def _simplify_all(self, node: ElementTree.Element, matrix: Matrix) -> None:
        for child in node.iter():
            self._simplify(child, matrix)

    def _simplify(self, node: ElementTree.Element, matrix: Matrix) -> None:
        d = node.get("d")
        if d is None:
            return
        lines = _lines(d)
        if lines is not None:
            tolerance = self.unit * 0.38 / max(_scale(matrix), 1e-6)
            node.set("d", _path(lines, tolerance))


def _drop_unused(root: ElementTree.Element) -> None:
    used = {
        name
        for node in root.iter()
        for key, value in node.attrib.items()
        if key != "id" and "#" in value
        for name in _REFERENCE.findall(value)
    }
    for parent in list(root.iter()):
        for child in list(parent):
            name = child.get("id")
            if child.tag in _DEFINING and name and name not in used:
                parent.remove(child)


# --- transforms -------------------------------------------------------------------------------


def _parse_transform(text: str) -> Matrix:
    matrix = _IDENTITY
    for kind, arguments in _TRANSFORM.findall(text):
        matrix = _product(
            matrix, _step(kind, [float(v) for v in re.split(r"[\s,]+", arguments.strip())])
        )
    return matrix


def _step(kind: str, values: list[float]) -> Matrix:
    if kind == "translate":
        return (1, 0, 0, 1, values[0], values[1] if len(values) > 1 else 0)
    if kind == "scale":
        return (values[0], 0, 0, values[-1], 0, 0)
    if kind == "matrix":
        return (values[0], values[1], values[2], values[3], values[4], values[5])
    if kind == "rotate":
        turn = math.radians(values[0])
        cos, sin = math.cos(turn), math.sin(turn)
        x, y = (values[1], values[2]) if len(values) > 2 else (0.0, 0.0)
        return (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
    raise ValueError(f"Unknown transform {kind}")


def _product(a: Matrix, b: Matrix) -> Matrix:
    return (
        a[0] * b[0] + a[2] * b[1],
        a[1] * b[0] + a[3] * b[1],
        a[0] * b[2] + a[2] * b[3],
        a[1] * b[2] + a[3] * b[3],
        a[0] * b[4] + a[2] * b[5] + a[4],
        a[1] * b[4] + a[3] * b[5] + a[5],
    )


def _scale(matrix: Matrix) -> float:
    return math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def _bounds(node: ElementTree.Element, matrix: Matrix) -> Box | None:
    """The box of a plain shape on the page; None when it cannot be told cheaply."""
    corners = _corners(node)
    if not corners:
        return None
    points = [
        (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5])
        for x, y in corners
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _corners(node: ElementTree.Element) -> Line:
    def value(name: str) -> float:
        return float(node.get(name, 0))

    if node.tag == "path":
        lines = _lines(node.get("d", ""))
        return [point for line in lines or () for point in line[0]]
    if node.tag in ("circle", "ellipse"):
        rx = value("r") or value("rx")
        ry = value("r") or value("ry")
        x, y = value("cx"), value("cy")
        return [(x - rx, y - ry), (x + rx, y - ry), (x - rx, y + ry), (x + rx, y + ry)]
    if node.tag == "rect":
        x, y, w, h = value("x"), value("y"), value("width"), value("height")
        return [(x, y), (x + w, y), (x, y + h), (x + w, y + h)]
    return []


# --- paths ------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _lines(d: str) -> list[tuple[Line, bool]] | None:
    """The path as polylines, each with whether it is closed; None if it has arcs."""
    lines: list[tuple[Line, bool]] = []
    line: Line = []
    x = y = control_x = control_y = 0.0
    for command, values in _commands(d):
        kind, is_relative = command.upper(), command.islower()
        if kind == "A":
            return None
        if kind == "Z":
            if line:
                lines.append((line, True))
                x, y = line[0]
            line = []
            continue
        if kind == "M" and line:
            lines.append((line, False))
            line = []
        if not line and kind != "M":
            line = [(x, y)]
        base_x, base_y = (x, y) if is_relative else (0.0, 0.0)
        if kind == "H":
            points = [(base_x + values[0], y)]
        elif kind == "V":
            points = [(x, base_y + values[0])]
        else:
            points = [
                (base_x + values[i], base_y + values[i + 1]) for i in range(0, len(values), 2)
            ]
        if kind in "ST":
            points.insert(0, (2 * x - control_x, 2 * y - control_y))
        control_x, control_y = points[-2] if len(points) > 1 else points[-1]
        line.extend(_flattened((x, y), points))
        x, y = points[-1]
    if line:
        lines.append((line, False))
    return lines


def _commands(d: str) -> Iterator[tuple[str, list[float]]]:
    tokens = _TOKEN.findall(d)
    i, command = 0, ""
    while i < len(tokens):
        if tokens[i].isalpha():
            command = tokens[i]
            i += 1
        count = _ARGUMENTS[command.upper()]
        yield command, [float(token) for token in tokens[i : i + count]]
        i += count
        if command in "Mm":  # further pairs after a move are lines
            command = "L" if command == "M" else "l"


def _flattened(start: tuple[float, float], points: Line) -> Line:
    """Points along a line (one point), a quadratic (two) or a cubic (three)."""
    if len(points) == 1:
        return points
    (ax, ay), (bx, by) = points[0], points[-2]
    ex, ey = points[-1]
    if len(points) == 2:  # as a cubic
        qx, qy = points[0]
        ax, ay = start[0] + (qx - start[0]) * 2 / 3, start[1] + (qy - start[1]) * 2 / 3
        bx, by = ex + (qx - ex) * 2 / 3, ey + (qy - ey) * 2 / 3
    out = []
    for i in range(1, 9):
        t = i / 8
        u = 1 - t
        a, b, c, e = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        out.append(
            (a * start[0] + b * ax + c * bx + e * ex, a * start[1] + b * ay + c * by + e * ey)
        )
    return out


def _path(lines: list[tuple[Line, bool]], tolerance: float) -> str:
    """Path data of relative lines, rounded to what the tolerance allows."""
    factor = 10 ** max(0, math.ceil(-math.log10(tolerance)))
    out = []
    for line, is_closed in lines:
        points = [(round(x * factor), round(y * factor)) for x, y in _thinned(line, tolerance)]
        steps = [
            f"{_number(bx - ax, factor)} {_number(by - ay, factor)}"
            for (ax, ay), (bx, by) in itertools.pairwise(points)
            if (ax, ay) != (bx, by)
        ]
        out.append(f"M{_number(points[0][0], factor)} {_number(points[0][1], factor)}")
        out.append(f"l{' '.join(steps)}" if steps else "")
        out.append("z" if is_closed else "")
    return "".join(out).replace(" -", "-")


def _number(value: int, factor: int) -> str:
    text = f"{value / factor:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _thinned(line: Line, tolerance: float) -> Line:
    """The fewest points that stay within the tolerance (Ramer, Douglas and Peucker)."""
    line = _spaced(line, tolerance * 0.6)
    keep = [False] * len(line)
    keep[0] = keep[-1] = True
    todo = [(0, len(line) - 1)]
    while todo:
        first, last = todo.pop()
        worst = _farthest(line, first, last, tolerance)
        if worst:
            keep[worst] = True
            todo += [(first, worst), (worst, last)]
    return [point for point, is_kept in zip(line, keep, strict=True) if is_kept]


def _spaced(line: Line, gap: float) -> Line:
    """Without points nearer than the gap to the one before; curves come with many of them."""
    out = [line[0]]
    x, y = line[0]
    for point in line[1:-1]:
        if abs(point[0] - x) + abs(point[1] - y) > gap:
            out.append(point)
            x, y = point
    return [*out, line[-1]] if len(line) > 1 else out


def _farthest(line: Line, first: int, last: int, tolerance: float) -> int:
    """The point between two farthest from their segment; 0 if all are within the tolerance."""
    (ax, ay), (bx, by) = line[first], line[last]
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    worst, most = 0, tolerance * tolerance
    for i in range(first + 1, last):
        px, py = line[i][0] - ax, line[i][1] - ay
        t = (px * dx + py * dy) / length if length else 0.0
        t = 0.0 if t < 0 else 1.0 if t > 1 else t
        away = (px - t * dx) ** 2 + (py - t * dy) ** 2
        if away > most:
            worst, most = i, away
    return worst
