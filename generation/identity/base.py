"""What every scorer speaks."""

from __future__ import annotations

import abc
import io
from dataclasses import dataclass

from PIL import Image as Pillow

Box = tuple[float, float, float, float]  # left, top, right, bottom in fractions of the picture


@dataclass(frozen=True, slots=True)
class Score:
    """`value` is 0..1 with 0.5 between "somebody else" and "the same"; values of different models
    or versions do not compare."""

    value: float
    model: str
    version: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the two pictures: their framings, and where the face lies, None where only
    the one who drew it would know."""

    face_framing: str = "close_up"
    framing: str = "half_body"
    face_box: Box | None = None
    box: Box | None = None

    @property
    def is_exact(self) -> bool:
        return self.face_box is not None and self.box is not None


class Scorer(abc.ABC):
    """Safe to build anew in every process and to call from threads."""

    model: str
    version: str

    @abc.abstractmethod
    def score(self, face: bytes, picture: bytes, context: Context) -> Score | None:
        """Both are PNG, JPEG or WebP files. None when there is nothing to compare: no face was
        found in one of them. Raises OSError for what is no picture."""


def open_picture(content: bytes) -> Pillow.Image:
    """As RGB. Raises OSError for what is no picture or too large to be one."""
    try:
        return Pillow.open(io.BytesIO(content)).convert("RGB")
    except (ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise OSError("This is no picture that can be read.") from error
