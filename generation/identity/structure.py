"""The built-in scorer: needs no model and no network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PIL import Image as Pillow

from .base import Box, Context, Score, Scorer, open_picture
from .faces import Face, agreements, read_face
from .fitted import KNOWN, SEARCHED
from .search import find_face
from .upright import Place, places

# Of two ways a head may be tilted the more symmetric one is it, unless they are this close.
_UNSURE = 0.03
# Few, so that nothing of a face outlives its character for long.
_FACES_KEPT = 8


class StructureScorer(Scorer):
    """Takes no options."""

    model = "structure"
    version = "2"

    def score(self, face: bytes, picture: bytes, context: Context) -> Score | None:
        wanted = _wanted_face(face, context.face_box, context.face_framing)
        if wanted is None:
            return None
        shown = _faces(open_picture(picture), context.box, context.framing)
        if not shown:
            return None
        fit = KNOWN if context.is_exact else SEARCHED
        value = fit.value_of(likest(wanted, shown))
        return Score(
            value, self.model, self.version if context.is_exact else f"{self.version}-searched"
        )


@lru_cache(maxsize=_FACES_KEPT)
def _wanted_face(content: bytes, box: Box | None, framing: str) -> Face | None:
    """Remembered, since a set of pictures is compared with one and the same face."""
    return next(iter(_faces(open_picture(content), box, framing)), None)


def likest(wanted: Face, shown: Sequence[Face]) -> dict[str, float]:
    """What agrees with the one of `shown` whose edges agree the most."""
    return max((agreements(wanted, one) for one in shown), key=lambda found: found["face"])


def _faces(picture: Pillow.Image, box: Box | None, framing: str) -> list[Face]:
    tried = [find_face(picture, framing)] if box is None else places(picture.size, box)
    return read_faces(picture, tried)


def read_faces(picture: Pillow.Image, tried: Sequence[Place]) -> list[Face]:
    """The face in each of the ways its box can be meant, the likeliest first."""
    found = [face for place in tried if (face := read_face(picture, place))]
    found.sort(key=lambda face: -face.symmetry)
    return [face for face in found if face.symmetry >= found[0].symmetry - _UNSURE]
