"""RYLA's Celery application with one task more: it holds a worker until a file is gone."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ryla.celery import app

__all__ = ["app"]
HOLD = "tests.hold"


@app.task(name=HOLD)
def hold(file: str) -> None:
    Path(f"{file}.{os.getpid()}").touch()
    while Path(file).exists():
        time.sleep(0.05)
