"""The illustrator: one 1024×1024 picture, drawn and rasterised, by framing."""

from __future__ import annotations

import random
import time

from benchmarks.table import median, ms, percentile, show
from characters.config import CharacterConfig
from generation.providers.base import ImageRequest
from generation.providers.illustrator import compose
from generation.providers.illustrator.scenes import SCENES

PICTURES = 16


def run() -> None:
    rows = [_measure(framing) for framing in ("close_up", "half_body", "full_body")]
    show(
        f"Illustrator, 1024×1024, {PICTURES} pictures each, ms",
        ("framing", "svg p50", "png p50", "png p95", "svg kB"),
        rows,
    )


def _measure(framing: str) -> tuple[str, ...]:
    rng = random.Random(7)
    drawing, total, size = [], [], []
    for number in range(PICTURES):
        request = ImageRequest(
            external_key=str(number),
            look={**CharacterConfig.surprise(rng).to_json(), "seed": str(number)},
            seed=number,
            width_px=1024,
            height_px=1024,
            scene=SCENES[number * 2 % len(SCENES)],
            framing=framing,
        )
        begun = time.perf_counter()
        svg = compose.draw_picture(request)
        drawn = time.perf_counter()
        compose.paint_picture(request)
        ended = time.perf_counter()
        drawing.append(drawn - begun)
        total.append(ended - drawn)
        size.append(len(svg) / 1000)
    return (
        framing,
        ms(median(drawing)),
        ms(median(total)),
        ms(percentile(total, 0.95)),
        f"{median(size):.0f}",
    )
