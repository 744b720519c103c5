"""The optional scorer: dlib's recognition network, where requirements/faces.txt is installed."""

from __future__ import annotations

import math
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .base import Context, Score, Scorer, open_picture

_MODELS = "face_recognition_models"
_LOOKED_AT_PX = 960  # the longest side: more takes seconds and finds no more
_SAME_BELOW = 0.6  # http://dlib.net/face_recognition.py.html: same person below this distance


class EmbeddingScorer(Scorer):
    """Distance of two faces in the space of dlib's recognition network. `is_available` says
    whether the optional extra is installed; without it, building works and scoring raises."""

    model = "dlib-resnet"
    version = "1"

    @staticmethod
    def is_available() -> bool:
        return all(find_spec(name) for name in ("dlib", "numpy", _MODELS))

    def score(self, face: bytes, picture: bytes, context: Context) -> Score | None:
        wanted, shown = self._faces(face), self._faces(picture)
        if not wanted or not shown:
            return None
        distance = min(math.dist(a, b) for a in wanted[:1] for b in shown)
        value = max(0.0, 1 - distance / (2 * _SAME_BELOW))
        return Score(value, self.model, self.version)

    def _faces(self, content: bytes) -> list[tuple[float, ...]]:
        """The largest first; small ones are looked for where there is no other."""
        numpy = import_module("numpy")
        detect, find_marks, embed = self._networks
        picture = open_picture(content)
        picture.thumbnail((_LOOKED_AT_PX, _LOOKED_AT_PX))
        pixels = numpy.asarray(picture)
        places = sorted(detect(pixels, 0) or detect(pixels, 1), key=lambda p: -p.area())
        marks = [find_marks(pixels, place) for place in places]
        return [tuple(embed.compute_face_descriptor(pixels, one)) for one in marks]

    @cached_property
    def _networks(self) -> tuple[Any, Any, Any]:
        dlib = import_module("dlib")
        # The package's own functions need `pkg_resources`, which newer Pythons do not have.
        spec = find_spec(_MODELS)
        places = spec.submodule_search_locations if spec else None
        models = Path(next(iter(places or [""]))) / "models"
        return (
            dlib.get_frontal_face_detector(),
            dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat")),
            dlib.face_recognition_model_v1(
                str(models / "dlib_face_recognition_resnet_model_v1.dat")
            ),
        )
